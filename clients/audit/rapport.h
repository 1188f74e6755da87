// SPDX-License-Identifier: EUPL-1.2
// What a report counts, per onderwerp (a thema or an aanpak) and gemeente: meldingen, casussen and
// unique persons are three things (R13), and what cannot be told apart a fourth. Everything is an
// id that is put in and counted once, in each cell in which it is and in each total.
#ifndef KNP_AUDIT_RAPPORT_H
#define KNP_AUDIT_RAPPORT_H

#include "base/bytes.h"

enum telling {
	TELLING_MELDINGEN,
	TELLING_CASUSSEN,
	TELLING_PERSONEN,
	TELLING_ZONDER_NUMMER, // betrokkenen of whom no number is known: no unique persons
	TELLING_COUNT,
};

#define ONDERWERPEN_MAX 64
#define ONDERWERP_ALLES 0 // whatever the onderwerp
#define GEMEENTE_LEN 6    // "GM1883"
#define GEMEENTE_ONBEKEND "-"
#define GEMEENTE_TOTAAL "" // whatever the gemeente
#define GETELD_MAX 16      // bytes of an id

// A number below it stands for so few that somebody may be recognised.
#define KLEIN 5

struct cel {
	char gemeente[GEMEENTE_LEN + 1];
	uint8_t onderwerp;
	uint64_t aantal[TELLING_COUNT];
	bool onderdrukt[TELLING_COUNT];
};

struct tabel {
	struct bytes onderwerpen[ONDERWERPEN_MAX]; // names on the heap; the first is "alles"
	size_t onderwerp_count;
	struct geteld *geteld;
	size_t count, room;
	struct cel *cellen; // by onderwerp, then gemeente with the total first
	size_t cel_count;
};

// Frees; takes a table of zeros.
void tabel_done(struct tabel *tabel);
// The number of an onderwerp, a new one where it is not known. RESULT_NO_MEMORY, RESULT_TOO_LARGE.
enum result tabel_onderwerp(struct tabel *tabel, struct bytes naam,
			    uint8_t *ret_onderwerp) KNP_MUST_CHECK;
// One of `wat` in this onderwerp and gemeente, and in the totals of both. The same id once more
// changes nothing. RESULT_NO_MEMORY; RESULT_MALFORMED of what is too long.
struct waar {
	uint8_t onderwerp;
	struct bytes gemeente;
};
enum result tabel_tel(struct tabel *tabel, const struct waar *waar, enum telling wat,
		      struct bytes id) KNP_MUST_CHECK;
// Counts what was put in: the cells. Each onderwerp has a total and a gemeente that is not known,
// also of nothing.
enum result tabel_maak(struct tabel *tabel) KNP_MUST_CHECK;
// For outside the house: of each onderwerp the numbers that are small, and so many more that none
// of them follows from the total and the others. `alles` is not for outside: see rapport.c.
void tabel_onderdruk(struct tabel *tabel);

#endif

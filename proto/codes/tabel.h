// SPDX-License-Identifier: EUPL-1.2
// Code tables that say something about a code: a data file of the house each
// (config/codes/<tabel>.yaml), a list of rows with source and status. Which codes of klasse and
// thema there are is a closed list of the wire (melding/lists.h); a table of them has a row for
// each.
#ifndef KNP_CODES_TABEL_H
#define KNP_CODES_TABEL_H

#include "base/problem.h"
#include "codes/termijn.h"

#define RIJ_CODE_MAX 64
#define RIJ_TEXT_MAX 240
#define RIJ_GRONDSLAGEN_MAX 16

enum tabel_soort { TABEL_KLASSEN, TABEL_THEMAS, TABEL_GRONDSLAGEN, TABEL_BEWAARTERMIJNEN };
#define TABEL_COUNT 4
const char *tabel_name(enum tabel_soort soort); // "klassen"

enum grens { GRENS_INHOUD_HOOGSTENS, GRENS_VERANTWOORDING_MINSTENS };

struct rij {
	char code[RIJ_CODE_MAX + 1];
	char naam[RIJ_TEXT_MAX + 1]; // grondslagen, bewaartermijnen: what it is, for people
	char bron[RIJ_TEXT_MAX + 1];
	bool bevestigd; // else niet-geverifieerd
	unsigned line;
	char ruimer[RIJ_CODE_MAX + 1]; // klassen: every one of this is also one of that; "" none
	bool has_van, has_tot;         // grondslagen: in force from, until
	struct civil_date van, tot;    // both inclusive
	enum grens grens;              // bewaartermijnen: what a convenant may not pass
	struct termijn termijn;
	char termijn_text[RIJ_CODE_MAX + 1]; // as written
	char grondslagen[RIJ_GRONDSLAGEN_MAX]
			[RIJ_CODE_MAX + 1]; // of a regel that names one of these
	size_t grondslag_count;
};

struct tabel; // opaque, immutable after loading

// RESULT_CONFIG with file, line, field, reason and fix: unknown or missing keys, a code twice or
// not on its list, a code of the list without a row, wider klassen that lead in a circle, an
// impossible date or term, an interval that ends before it begins. RESULT_NO_MEMORY.
enum result tabel_load(enum tabel_soort soort, struct bytes document, const char *file,
		       struct tabel **ret_tabel, struct problem *problem) KNP_MUST_CHECK;
void tabel_free(struct tabel *tabel); // NULL allowed

size_t tabel_count(const struct tabel *tabel);
const struct rij *tabel_at(const struct tabel *tabel, size_t n);            // NULL past the end
const struct rij *tabel_find(const struct tabel *tabel, struct bytes code); // or NULL

#endif

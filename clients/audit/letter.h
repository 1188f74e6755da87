// SPDX-License-Identifier: EUPL-1.2
// Inside clients/audit only: the letters beside that of an inzage (brief.h). A letter is a list of
// pieces, told as a page and as JSON alike, and signed as that one is (brief_teken()). To whom it
// goes stands in no log: the officer may give it in a file, with whatever else a person has to say.
#ifndef KNP_AUDIT_LETTER_H
#define KNP_AUDIT_LETTER_H

#include "audit/brief.h"

#define STUKKEN_MAX 4096

enum stuk_soort { STUK_ALINEA, STUK_KOP, STUK_PUNT };
struct stuk {
	enum stuk_soort soort;
	const char *tekst;
};
struct letter {
	struct arena *arena;
	const char *soort, *titel; // soort: as the command calls it
	const char *huis, *oin, *contactpunt;
	const char *zaak; // "" when it is about none
	const char *aan;  // lines: name and address; "" when it was not given
	bool oefening;
	struct stuk *stukken;
	size_t count;
	bool failed; // a piece found no room: the letter is not made
};

// 0, or the exit code after telling what was wrong. letter_done() takes a half-made one.
int letter_begin(struct desk *desk, struct letter *letter);
void letter_done(struct letter *letter);
void letter_add(struct letter *letter, enum stuk_soort soort, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
// Each line of the text as an alinea of its own.
void letter_add_lines(struct letter *letter, const char *text);
// The right to complain, signs it and writes it into the folder. An exit code.
int letter_send(struct desk *desk, struct letter *letter, const char *map);

// ---- what the officer gives (letter_bijlage.c) ------------------------------------------------

// A file of lines "<name>: <text>", where a line that begins with a space goes on with the one
// before, and one that begins with "#" is none. `names` ends in NULL; those of them that must be
// there come first, `needed` in number.
#define BIJLAGE_MAX 8
struct bijlage {
	const char *const *names;
	size_t needed;
	const char *texts[BIJLAGE_MAX]; // "" where nothing was given; on the arena of the letter
};
// `path` NULL: none was given, which is wrong where something is needed. 0, or the exit code after
// telling what was wrong, with the line.
int bijlage_read(struct desk *desk, const char *path, struct letter *letter,
		 struct bijlage *bijlage);
const char *bijlage_text(const struct bijlage *bijlage, const char *name);

#endif

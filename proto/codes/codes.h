// SPDX-License-Identifier: EUPL-1.2
// The code tables of a house together: gemeenten, klassen, themas, grondslagen, bewaartermijnen.
// Each row names its source and whether it was confirmed. What a convenant rests on is in
// convenant/berust.h. Feestdagen follow from the law for every year (codes/termijn.h): no table has
// them.
#ifndef KNP_CODES_CODES_H
#define KNP_CODES_CODES_H

#include "codes/gemeenten.h"
#include "codes/tabel.h"

struct codes; // opaque, immutable after loading

// Reads the tables of a folder: gemeenten.yaml and those of tabel_name(). As gemeenten_read() and
// tabel_read(); also RESULT_CONFIG when a bewaartermijn names a grondslag that has no row.
enum result codes_read(const char *folder, struct codes **ret_codes,
		       struct problem *problem) KNP_MUST_CHECK;
void codes_free(struct codes *codes); // NULL allowed

const struct gemeenten *codes_gemeenten(const struct codes *codes);
const struct tabel *codes_tabel(const struct codes *codes, enum tabel_soort soort);

// A klasse and every wider one, the narrowest first: "every E33 is also an I28". Returns how many,
// 0 when the klasse has no row or, with `bevestigd`, one of them is not confirmed.
#define KLASSEN_DIEP_MAX 8
size_t codes_klassen(const struct codes *codes, struct bytes klasse, bool bevestigd,
		     const char *out[KLASSEN_DIEP_MAX]);

// Every row of every table, gemeenten first, in the order of the files.
struct codes_row {
	const char *tabel, *code, *bron;
	bool bevestigd;
	unsigned line;
};
#define CODES_ROWS_MAX 1024
size_t codes_count(const struct codes *codes); // at most CODES_ROWS_MAX
struct codes_row codes_at(const struct codes *codes, size_t n);
// The number of a row in that order; CODES_ROWS_MAX for a code without one.
size_t codes_number(const struct codes *codes, enum tabel_soort soort, struct bytes code);
// Of a gemeente: its row that holds on a day, else the first of that code.
size_t codes_number_gemeente(const struct codes *codes, struct bytes code, struct civil_date on);

// Some of those rows.
struct codes_set {
	uint64_t bits[CODES_ROWS_MAX / 64];
};
void codes_set_add(struct codes_set *set, size_t n); // nothing for CODES_ROWS_MAX
bool codes_set_has(const struct codes_set *set, size_t n);

#endif

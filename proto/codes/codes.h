// SPDX-License-Identifier: EUPL-1.2
// The code tables of a house together: gemeenten, klassen, themas, grondslagen, bewaartermijnen.
// Each row names its source and whether it was confirmed. What a convenant rests on is in
// convenant/berust.h. Feestdagen follow from the law for every year (codes/termijn.h): no table has
// them.
//
// The tables are also one document, the exact bytes of their files, with a hash: a log keeps the
// document beside the first decision that was taken with it and each decision the hash, so that
// why and replay use the tables of then.
//
//   knooppunt/codes/v1
//   gemeenten 12345              bytes of the file, which follow
//   <the file>klassen 678        and so each table, in the order of tabel_name()
//   …
#ifndef KNP_CODES_CODES_H
#define KNP_CODES_CODES_H

#include "codes/gemeenten.h"
#include "codes/tabel.h"
#include "crypto/hash.h"

#define CODES_DOCUMENT_MAX (4u * 1024 * 1024)

struct codes; // opaque, immutable after loading

// Reads the tables of a folder: gemeenten.yaml and those of tabel_name(). As gemeenten_load() and
// tabel_load(), of a file that cannot be read as yaml_read(); also RESULT_CONFIG when a
// bewaartermijn names a grondslag that has no row.
enum result codes_read(const char *folder, struct codes **ret_codes,
		       struct problem *problem) KNP_MUST_CHECK;
// The same from a document; `name` is what problems name instead of files. RESULT_MALFORMED when it
// has not the form above.
enum result codes_load(struct bytes document, const char *name, struct codes **ret_codes,
		       struct problem *problem) KNP_MUST_CHECK;
void codes_free(struct codes *codes);                   // NULL allowed
struct bytes codes_document(const struct codes *codes); // lives as long as the tables
struct hash codes_hash(const struct codes *codes);      // SHA-256 of it

const struct gemeenten *codes_gemeenten(const struct codes *codes);
const struct tabel *codes_tabel(const struct codes *codes, enum tabel_soort soort);

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

// Whether the row stands in other tables too, and says all it says here and where from; its status
// and its line may be others.
bool codes_same_row(const struct codes *codes, size_t n, const struct codes *other);

// Some of those rows.
struct codes_set {
	uint64_t bits[CODES_ROWS_MAX / 64];
};
void codes_set_add(struct codes_set *set, size_t n); // nothing for CODES_ROWS_MAX
bool codes_set_has(const struct codes_set *set, size_t n);
// Every row of `set` is one of `whole`; NULL: of all there are.
bool codes_set_within(const struct codes_set *set, const struct codes_set *whole);
bool codes_set_is_voorlopig(const struct codes *codes, const struct codes_set *set); // one of them

// What the tables say. Both add every row they rest on to `rows`: whether those count is the
// caller's to decide.
// Short name of the house that works for a gemeente on a day; NULL when there is none.
const char *codes_huis(const struct codes *codes, struct bytes gemeente, struct civil_date on,
		       struct codes_set *rows);
// A klasse and every wider one, the narrowest first: "every E33 is also an I28". Returns how many,
// 0 when the klasse has no row.
#define KLASSEN_DIEP_MAX 8
size_t codes_klassen(const struct codes *codes, struct bytes klasse, struct codes_set *rows,
		     const char *out[KLASSEN_DIEP_MAX]);

#endif

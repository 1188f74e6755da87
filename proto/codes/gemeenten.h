// SPDX-License-Identifier: EUPL-1.2
// The code table of gemeenten: which code was in force when, what succeeded it, and which
// Veiligheidshuis works for it. A data file of the house (config/codes/gemeenten.yaml), because
// gemeenten merge every first of January. Validation of meldingen checks only the shape of a code;
// this table turns a code and a date into a house.
#ifndef KNP_CODES_GEMEENTEN_H
#define KNP_CODES_GEMEENTEN_H

#include "base/clock.h"
#include "base/problem.h"

#define GEMEENTE_CODE_LEN 6 // "GM1883"
#define GEMEENTE_ONBEKEND "GM0000"
#define GEMEENTE_NAAM_MAX 60
#define GEMEENTE_BRON_MAX 240
#define HUIS_MAX 32 // characters of the short name of a house, [a-z0-9.-]

// One row: a code in one period. "GM0000" is the gemeente that is not known; it has no house.
struct gemeente {
	char code[GEMEENTE_CODE_LEN + 1];
	char naam[GEMEENTE_NAAM_MAX + 1];
	bool has_van, has_tot;
	struct civil_date van, tot;           // both inclusive
	char opvolger[GEMEENTE_CODE_LEN + 1]; // "" none
	char huis[HUIS_MAX + 1];              // "" none
	char bron[GEMEENTE_BRON_MAX + 1];     // where the row comes from
	bool bevestigd;                       // else niet-geverifieerd
	unsigned line;
};
struct huis {
	char huis[HUIS_MAX + 1];
	char naam[GEMEENTE_NAAM_MAX + 1];
};

struct gemeenten; // opaque, immutable after loading

// RESULT_CONFIG with file, line, reason and fix: unknown or missing keys, a code of another shape,
// an impossible date, an interval that ends before it begins, two rows of one code on the same day,
// a successor or house that is not in the file, successors that lead in a circle.
enum result gemeenten_load(struct bytes document, const char *file,
			   struct gemeenten **ret_gemeenten,
			   struct problem *problem) KNP_MUST_CHECK;
void gemeenten_free(struct gemeenten *gemeenten); // NULL allowed

size_t gemeenten_count(const struct gemeenten *gemeenten);
const struct gemeente *gemeenten_at(const struct gemeenten *gemeenten, size_t n); // NULL past end
size_t huizen_count(const struct gemeenten *gemeenten);
const struct huis *huizen_at(const struct gemeenten *gemeenten, size_t n);          // NULL past end
const struct huis *huis_find(const struct gemeenten *gemeenten, struct bytes huis); // or NULL

// The row of a code on a day; NULL when the code is not in force then.
const struct gemeente *gemeente_on(const struct gemeenten *gemeenten, struct bytes code,
				   struct civil_date on);
// The gemeente that answers for a code on a day: its own row, or that of its successors when it
// had ended by then. NULL for an unknown code, or a day before the code was in force.
const struct gemeente *gemeente_answering(const struct gemeenten *gemeenten, struct bytes code,
					  struct civil_date on);
// The rows by which it was found, the one that answers last; how many, 0 for none or more.
#define GEMEENTE_WEG_MAX 16
size_t gemeente_weg(const struct gemeenten *gemeenten, struct bytes code, struct civil_date on,
		    const struct gemeente *ret_weg[GEMEENTE_WEG_MAX]);

// What somebody who wrote `text` for the code of a gemeente probably meant: "GM1883 is
// Sittard-Geleen" in `out`, "" when the table has no name or code like it. `gemeenten` may be NULL.
void gemeenten_guess(const struct gemeenten *gemeenten, struct bytes text, char *out, size_t size);

#endif

// SPDX-License-Identifier: EUPL-1.2
// What two roles, one of them the privacy officer, sign to let rows of the code tables count until
// a day though nobody confirmed them (act soort "codes-acceptatie"): a text, so that whoever signs
// can read it, in this very form:
//
//   acceptatie van codes
//   codes <64 hex digits>           the tables as they are (codes/codes.h, codes_hash)
//   tot 2027-05-30                  the last day
//   grond nagelezen door de jurist voor 1 mei
//   rij gemeenten GM0935            each row of them, in the order of the tables; at most
//   rij grondslagen wpg-20          ACCEPTATIE_RIJEN_MAX, or none
//
// The newest goes in the place of the one before it; one without rows ends it. `grond` stays in the
// log for good: it names a ground and no person.
#ifndef KNP_REGISTER_ACCEPTATIE_H
#define KNP_REGISTER_ACCEPTATIE_H

#include "base/bytes.h"
#include "base/clock.h"
#include "wire/part.h"

#define ACCEPTATIE_SOORT "codes-acceptatie"
#define ACCEPTATIE_GROND_MAX 200
#define ACCEPTATIE_NAAM_MAX 64 // of a table, of a code
#define ACCEPTATIE_RIJEN_MAX 1024
#define ACCEPTATIE_MAX ACCEPTATIE_BYTES_MAX
#define ACCEPTATIE_DAGEN_MAX 366 // from the day it comes into force

struct acceptatie_rij {
	struct bytes tabel, code; // [A-Za-z0-9.-], 1..ACCEPTATIE_NAAM_MAX
};
struct acceptatie {
	struct hash codes;
	struct civil_date tot; // inclusive
	char grond[ACCEPTATIE_GROND_MAX + 1];
	struct bytes rijen; // their lines, for acceptatie_next(); of one that was read
	size_t rij_count;
};
// RESULT_MALFORMED: the grond is empty, too long or no plain line (utf8_is_plain_line), or a name
// has not its shape. RESULT_TOO_LARGE.
enum result acceptatie_write(const struct acceptatie *acceptatie,
			     const struct acceptatie_rij *rijen, struct buffer *out) KNP_MUST_CHECK;
// Strict: only what acceptatie_write() makes. The rows are views of `text`. RESULT_MALFORMED.
enum result acceptatie_read(struct bytes text, struct acceptatie *ret_acceptatie) KNP_MUST_CHECK;
// Takes the first row off *rijen; false when there is none.
bool acceptatie_next(struct bytes *rijen, struct acceptatie_rij *ret_rij);

#endif

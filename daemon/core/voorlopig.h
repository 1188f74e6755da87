// SPDX-License-Identifier: EUPL-1.2
// Inside daemon/core only: rows of the code tables that nobody confirmed.
#ifndef KNP_CORE_VOORLOPIG_H
#define KNP_CORE_VOORLOPIG_H

#include "base/problem.h"
#include "convenant/berust.h"
#include "core/core.h"

// A line "voorlopig <tabel> <code>" for each row of the set that is not confirmed.
void voorlopig_tell(const struct codes *codes, const struct codes_set *set, struct buffer *out);
// RESULT_DENIED with REASON_NOT_CONFIRMED when the convenant rests on a row that does not count in
// earnest now: nobody confirmed it, and it is not accepted until a day that is not past.
enum result voorlopig_check(struct core *core, const struct convenant *convenant,
			    struct problem *problem) KNP_MUST_CHECK;
// How many such rows the convenanten in force rest on, and the first of them.
size_t voorlopig_count(struct core *core, struct codes_row *ret_first);
// Lines "acceptatie <entry> <last day> <rows>" and "acceptatie-grond <text>" of what is accepted
// now; nothing when nothing is.
void acceptatie_tell(struct core *core, struct buffer *out);

#endif

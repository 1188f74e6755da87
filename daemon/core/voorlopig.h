// SPDX-License-Identifier: EUPL-1.2
// Inside daemon/core only: rows of the code tables that nobody confirmed.
#ifndef KNP_CORE_VOORLOPIG_H
#define KNP_CORE_VOORLOPIG_H

#include "base/problem.h"
#include "convenant/berust.h"

// A line "voorlopig <tabel> <code>" for each row of the set that is not confirmed.
void voorlopig_tell(const struct codes *codes, const struct codes_set *set, struct buffer *out);
// RESULT_DENIED with REASON_NOT_CONFIRMED when the convenant rests on such a row.
enum result voorlopig_check(const struct convenant *convenant, const struct codes *codes,
			    struct problem *problem) KNP_MUST_CHECK;

#endif

// SPDX-License-Identifier: EUPL-1.2
// What a weging may say by a convenant, and what is told to who said something else (weighing.c).
#ifndef KNP_FLOW_WEIGHING_H
#define KNP_FLOW_WEIGHING_H

#include "flow/flow.h"

// The outcome under which no regel applies that asks or shares a weging: of every weging.
#define WEIGHING_NEE "nee"

// The convenant under which a weging is owed, as that stands now; NULL when it ended.
const struct convenant *weighing_under(const struct core *core,
				       const struct state_obligation *owed);

struct weighing_outcomes {
	const char *names[REGELS_MAX + 1]; // of the convenant
	size_t count;
};
// The outcomes there are of the weging that `regel` asks, each once in the order of the file, `nee`
// last. None when the convenant (NULL: none is in force) does not know the regel or it asks none.
void weighing_outcomes(const struct convenant *convenant, struct bytes regel,
		       struct weighing_outcomes *ret_outcomes);
// Refuses a weging by this regel with another outcome than there are, and names them. Of a regel
// that the convenant does not know the outcome opens nothing, so any is taken.
void weighing_check(const struct convenant *convenant, struct bytes regel, struct bytes uitkomst,
		    struct flow_item *item);
// Refuses a weging that is not owed by its signer. Somebody of the house is told by the convenanten
// in force what is wrong; whether anything is owed about a melding only who weighs by that regel.
void weighing_refuse(const struct core *core, struct bytes regel, struct flow_item *item);

#endif

// SPDX-License-Identifier: EUPL-1.2
// Who was given something about a person before: the fact `eerdere.ontvangers`. It is read from
// the log itself, no row holds it, and only where a regel asks for it.
#ifndef KNP_FLOW_EERDER_H
#define KNP_FLOW_EERDER_H

#include "flow/flow.h"

// The earlier meldingen in which a betrokkene of the item occurs; `all`: there are no others.
struct eerder_vraag {
	uint32_t betrokkene;
	const struct state_occurrence *meldingen;
	size_t count;
	bool all;
};
// Under the item's convenant, and in its words.
enum result eerder_ontvangers(struct core *core, struct flow_item *item,
			      const struct eerder_vraag *vraag) KNP_MUST_CHECK;

#endif

// SPDX-License-Identifier: EUPL-1.2
// Entered for a partner without keys of its own (specification K40): the house signs, the melding
// is the partner's.
#ifndef KNP_FLOW_NAMENS_H
#define KNP_FLOW_NAMENS_H

#include "flow/flow.h"

// Whether this signer may enter it: a refusal of the item when not. Without a rubriek namens there
// is nothing to ask.
enum result namens_settle(struct core *core, struct flow_item *item) KNP_MUST_CHECK;
// Whose it is, in the facts, instead of the signer's; nothing without such a rubriek.
void namens_enrich(const struct core *core, struct flow_item *item);
// What accounts for it.
enum result namens_account(struct core *core, struct flow_item *item,
			   struct part_verantwoording *v) KNP_MUST_CHECK;

// "g-namens <partner's OIN> <medewerker> <functie, or ->"
void namens_tell(const struct part_verantwoording *v, struct buffer *out);

#endif

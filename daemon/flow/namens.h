// SPDX-License-Identifier: EUPL-1.2
// Entered for a partner without keys of its own: the house signs, the melding is the partner's (K40
// of the specification), and so is what it answers or declares (K40).
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

// Who speaks by a statement: the partner in its veld `veld`, for which the house enters it, or who
// signs. False, and the item is refused by `field`, when this signer may not enter it for that
// partner.
bool namens_speaks(const struct core *core, struct flow_item *item, uint32_t veld,
		   const char *field, struct oin *ret_speaker);
// Of a statement that was taken: the OIN of who speaks.
struct bytes namens_said(const struct part_verantwoording *v, uint32_t veld);
// Whether who speaks by it owes this; `veld` 0: who signs speaks for itself.
bool namens_owes(const struct flow_item *item, uint32_t veld, const struct state_obligation *o);
// "g-namens <partner's OIN> <medewerker> -", of such a statement.
void namens_tell_said(const struct part_verantwoording *v, uint32_t veld, uint32_t medewerker,
		      struct buffer *out);

// "g-namens <partner's OIN> <medewerker> <functie, or ->"
void namens_tell(const struct part_verantwoording *v, struct buffer *out);

#endif

// SPDX-License-Identifier: EUPL-1.2
// The convenanten in force: each samenwerkingsverband has its own, and each decides for itself
// (docs/convenant-taal.md §4.5). Of each name one is in force; no regel or overleg has its name
// twice among them, so that what is said about one names its convenant.
#ifndef KNP_FLOW_IN_FORCE_H
#define KNP_FLOW_IN_FORCE_H

#include "flow/flow.h"

// In force now, NULL when none is: of this name; that has a regel of this name; that has this
// document, or replaced it.
const struct convenant *in_force_named(const struct core *core, struct bytes naam);
const struct convenant *in_force_with(const struct core *core, struct bytes regel);
const struct convenant *in_force_of(const struct core *core, const struct hash *document);
// That has an overleg of this name.
const struct convenant *in_force_seating(const struct core *core, struct bytes naam,
					 const struct overleg **ret_overleg);
// The name of the convenant that an entry was decided under; empty when under none.
struct bytes in_force_name(const struct core *core, const struct part_verantwoording *v);
// Whether this document can stand beside the others in force: no regel or overleg of another
// convenant has the name of one of its own. RESULT_CONFLICT.
enum result in_force_check(const struct core *core, const struct convenant *next,
			   struct problem *problem) KNP_MUST_CHECK;
// All that the register has in force, from the journal.
enum result in_force_load(struct core *core, struct problem *problem) KNP_MUST_CHECK;
// The accountability of what was decided about a melding when it came, under the convenant of this
// name: of the first it is that of its own entry, of a further one that of a following entry. NULL:
// it was not put before it.
enum result recall_decision(struct core *core, const struct recalled *melding, struct bytes naam,
			    struct arena *arena,
			    const struct part_verantwoording **ret_decision) KNP_MUST_CHECK;
// Makes the item one that is put before each convenant in force that decided the melding it is
// about, with the facts of that: as many items as `further` leads to. *ret_found false when the
// melding's content or accountability is gone.
enum result recall_under_each(struct core *core, uint64_t melding, struct flow_item *item,
			      bool *ret_found) KNP_MUST_CHECK;
// After the leaf: takes `next` over in place of the one of its name, or ends the one of a name.
void in_force_put(struct core *core, struct convenant *next);
void in_force_end(struct core *core, struct bytes naam);
void in_force_free(struct core *core);

#endif

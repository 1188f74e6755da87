// SPDX-License-Identifier: EUPL-1.2
// Shared by the files of flow/ that put parts together: the entries of one item as they grow.
#ifndef KNP_FLOW_DRAFT_H
#define KNP_FLOW_DRAFT_H

#include "flow/flow.h"

// All that goes into the entries of one item while they are put together.
struct draft {
	struct core *core;
	struct flow_item *item;
	struct part *parts;
	size_t count;
	struct verrijkingen *verrijkingen;
	uint64_t slot_inhoud, slot_verantwoording;
	uint64_t number; // of the delivery that is decided again; 0: the next one
};

// Room for the parts of a further entry.
enum result draft_begin(struct draft *draft) KNP_MUST_CHECK;
void draft_slots(struct draft *draft);
struct part draft_sender(const struct draft *draft);
enum result draft_verantwoording(const struct draft *draft, struct part *ret_part) KNP_MUST_CHECK;
// The accountability of an entry that adds to an earlier one: whose it is, and what it gave.
enum result draft_later(const struct draft *draft, struct part *ret_part) KNP_MUST_CHECK;
enum result draft_verstrekking(struct draft *draft, const struct toedeling *toedeling,
			       struct part *ret_part) KNP_MUST_CHECK;
// Records the parts as an entry; `whole` with the sender's content, else with what the knooppunt
// states only.
enum result draft_flush(struct draft *draft, bool whole) KNP_MUST_CHECK;

#endif

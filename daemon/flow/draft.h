// SPDX-License-Identifier: EUPL-1.2
// Shared by the files of flow/ that put parts together: the entries of one item as they grow.
#ifndef KNP_FLOW_DRAFT_H
#define KNP_FLOW_DRAFT_H

#include "flow/flow.h"

#define DRAFT_LEAVES_MAX ((ONTVANGERS_MAX + 1) * REGISTER_CONVENANTEN_MAX)
// An entry whose content came to this continues in a next one, well below what can be stored.
#define ENTRY_BYTES_SOFT (2u * 1024 * 1024)
_Static_assert(DELIVERY_BYTES_MAX - GRONDEN_MAX >= 64 * 1024, "what is given has room beside why");

// All that goes into the entries of one item while they are put together. Nothing is applied
// before all of them are made, so that what cannot be made harms nobody else.
struct draft {
	struct core *core;
	struct flow_item *item;
	struct flow_item *first; // that of the first convenant: what is said once stands with it
	bool whole;              // a statement on its way: its first entry has the sender's content
	uint64_t index;          // of that first entry
	// of the entry in hand
	struct part *parts;
	size_t count;
	size_t *sizes; // of what goes with each part when it is delivered
	size_t bytes;  // about, of what the parts say of their grounds
	struct verrijkingen *verrijkingen;
	uint64_t slot_inhoud, slot_verantwoording;
	bool rest;       // of a delivery that lapsed: its accountability tells what it gives
	uint64_t number; // of the delivery that is decided again; 0: the next one
	uint64_t vorige; // as that had it
	int64_t until;   // geldig_tot of that delivery so far; 0: none
	struct record *records[DRAFT_LEAVES_MAX];
	size_t record_count;
};

// Moves what was just encoded into core->encoded to the batch's arena; a failure of the encoder is
// passed on.
enum result keep_encoded(struct core *core, enum result encoded,
			 struct bytes *ret_bytes) KNP_MUST_CHECK;
// Room for the parts of a further entry.
enum result draft_begin(struct draft *draft) KNP_MUST_CHECK;
void draft_slots(struct draft *draft);
struct part draft_sender(const struct draft *draft);
enum result draft_verantwoording(const struct draft *draft, struct part *ret_part) KNP_MUST_CHECK;
// The accountability of an entry that adds to an earlier one: whose it is, and what it gave.
enum result draft_later(const struct draft *draft, struct part *ret_part) KNP_MUST_CHECK;
enum result draft_verstrekking(struct draft *draft, const struct toedeling *toedeling,
			       struct part *ret_part) KNP_MUST_CHECK;
// The content of the entry in hand, `whole` with what the sender gave.
enum result draft_content(const struct draft *draft, bool whole,
			  struct bytes *ret_content) KNP_MUST_CHECK;
// The gronden of a verstrekking (gronden.c).
enum result draft_gronden(struct draft *draft, const struct toedeling *toedeling,
			  struct part_verstrekking *v) KNP_MUST_CHECK;
// Makes an entry of the parts; the first of a whole item with the sender's content, else with what
// the knooppunt states only. RESULT_TOO_LARGE when a delivery would not fit in an envelope.
enum result draft_flush(struct draft *draft) KNP_MUST_CHECK;
// Applies the entries that were made.
enum result draft_apply(struct draft *draft) KNP_MUST_CHECK;

#endif

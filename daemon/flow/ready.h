// SPDX-License-Identifier: EUPL-1.2
// Entries made ready to deliver from: read, unsealed, their commitment vectors made. One melding
// goes to several ontvangers within moments, so what was made for one is kept for the next.
//
// An entry never changes, so what is kept cannot be out of date. What does change is decided anew
// for every delivery and never kept: which part an ontvanger is owed (state), whether it may still
// leave (geldig_tot), and whether the content still exists: the first look after an erasure forgets
// everything. What is kept is bounded in bytes and in time, and wiped when it goes.
#ifndef KNP_FLOW_READY_H
#define KNP_FLOW_READY_H

#include "flow/flow.h"

struct ready {
	uint64_t index;
	uint8_t entry[ENTRY_LEN];
	struct vector_view parts; // empty when the accountability is erased
	bool erased;              // one of the two, or both
	bool has_content;         // what follows
	bool asks;                // it is a question: what it gives is an answer
	struct signed_statement sender;
	uint64_t sender_head;         // size of the newest checkpoint the sender had seen
	struct vector_view slots;     // empty of a statement without slots
	struct opening *verrijkingen; // position: the part each belongs to
	size_t verrijking_count;
};

struct ready_cache;
enum result ready_cache_new(struct ready_cache **ret_cache) KNP_MUST_CHECK;
void ready_cache_free(struct ready_cache *cache); // wipes; NULL allowed

// The entry, kept or read now. It is good until ready_turn() or until `arena`, on which it is put
// when it cannot be kept, is cleared. Fails as recall_entry().
enum result ready_entry(struct core *core, uint64_t index, struct arena *arena,
			const struct ready **ret_ready) KNP_MUST_CHECK;
// The class of an entry that is kept; false when it is not.
bool ready_class(struct core *core, uint64_t index, enum entry_class *ret_class);
// Keeps an entry that was just committed under this index, while it is still in memory. To be used
// when somebody waits for it.
void ready_offer(struct core *core, uint64_t index, const struct record *record);
// Between two answers: lets go of what was kept long enough.
void ready_turn(struct ready_cache *cache, int64_t monotonic_ms);

#endif

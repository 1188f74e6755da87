// SPDX-License-Identifier: EUPL-1.2
// A client asks for the leaves of the register that it does not have yet, which every partner may
// read in full (design §6).
#include "flow/leaves.h"
#include "flow/type.h"

#include <string.h>

#define REGISTER_LEAVES_MAX 64
#define REGISTER_LEAF_OVERHEAD 4096 // of one leaf beside its part

enum result flow_register_leaves(struct core *core, uint64_t from, struct arena *arena,
				 struct reply *reply)
{
	reply->leaves = arena_alloc(arena, REGISTER_LEAVES_MAX * sizeof *reply->leaves);
	size_t bytes = 0;
	if (!reply->leaves)
		return RESULT_NO_MEMORY;
	while (true) {
		uint64_t index;
		struct recalled recalled;
		struct leaf *leaf = &reply->leaves[reply->leaf_count];
		enum result r = state_register_leaf(core->state, from, &index);
		if (r == RESULT_NOT_FOUND || (!r && index >= core->checkpoint.size))
			return RESULT_OK;
		if (!r)
			r = recall_entry(core, index, RECALL_PARTS, arena, &recalled);
		if (r)
			return r;
		if (recalled.part_count == 0)
			return RESULT_DAMAGED;
		bytes += REGISTER_LEAF_OVERHEAD + recalled.part_bytes[0].len;
		reply->more = reply->leaf_count == REGISTER_LEAVES_MAX ||
			      (reply->leaf_count > 0 && bytes > REPLY_BYTES_MAX);
		if (reply->more)
			return RESULT_OK;
		memset(leaf, 0, sizeof *leaf);
		r = leaf_recalled(core, &recalled, 0, arena, leaf);
		if (r)
			return r;
		reply->leaf_count++;
		from = index + 1;
	}
}

static enum result register_request(struct core *core, struct flow_item *item, struct arena *arena)
{
	const struct statement *s = &item->opened->statement;
	bool has_after = veld_get(s->velden, s->veld_count, REGISTER_AFTER).len > 0;
	uint64_t from = has_after ? statement_number(s, REGISTER_AFTER, 0) + 1 : 0;
	struct reply reply = {.outcome = OUTCOME_AANVAARD};
	enum result r = flow_register_leaves(core, from, arena, &reply);
	if (r)
		return r;
	return answer_request(core, item, &reply, arena);
}

const struct type_handler type_register = {.request = register_request};

// SPDX-License-Identifier: EUPL-1.2
// Leaves of the register that are read before the log they come from can be verified.
#include "register/house.h"

#include "wire/entry.h"
#include "wire/vector.h"

static bool opening_holds(const struct leaf *leaf, const struct entry *entry)
{
	struct hash root;
	return leaf->vector.len == VECTOR_PARTS * sizeof(struct hash) &&
	       vector_root_of(VECTOR_PARTS_LABEL, leaf->vector, &root) == RESULT_OK &&
	       hash_equal(&root, &entry->parts_root) &&
	       vector_check(VECTOR_PARTS_LABEL, leaf->vector, leaf->part.position, leaf->part.salt,
			    leaf->part.value) == RESULT_OK;
}

enum result register_fold_shown(struct registry *reg, const struct leaf *leaf, struct arena *arena,
				struct problem *problem)
{
	struct entry entry = {.class = ENTRY_EVENT};
	struct part part;
	bool first = reg->leaves == 0;
	enum result r = entry_decode(leaf->entry, &entry);
	if (r || !opening_holds(leaf, &entry) ||
	    entry.class != (first ? ENTRY_GENESIS : ENTRY_REGISTER) ||
	    (first ? leaf->index != 0 : leaf->index <= reg->head_index) ||
	    (!first && !hash_equal(&entry.register_head, &reg->head)))
		return register_refuse(problem, RESULT_MALFORMED, REASON_MALFORMED,
				       "a leaf of the register does not hold together");
	r = part_decode(leaf->part.value, arena, &part);
	if (r || part.kind != PART_REGISTER)
		return register_refuse(problem, RESULT_MALFORMED, REASON_MALFORMED,
				       "a leaf of the register holds something else");
	const struct register_leaf shown = {.index = leaf->index,
					    .time = entry.time,
					    .hash = tree_leaf(leaf->entry),
					    .part = &part.registerdeel};
	return register_fold(reg, &shown,
			     (struct register_source){.send = NULL, .problem = problem});
}

static enum result fold_leaves(struct registry *reg, const struct reply *reply, struct arena *arena)
{
	struct problem problem = {.code = NULL};
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < reply->leaf_count; i++) {
		const struct leaf *leaf = &reply->leaves[i];
		struct hash hash = tree_leaf(leaf->entry);
		bool known = reg->leaves > 0 && leaf->index <= reg->head_index;
		if (!known)
			r = register_fold_shown(reg, leaf, arena, &problem);
		else if (leaf->index == 0 && !hash_equal(&hash, &reg->genesis.leaf))
			r = RESULT_CONFLICT;
	}
	return r;
}

enum result register_read_shown(struct registry *reg, struct bytes wire, struct arena *arena)
{
	struct replies replies;
	enum result r = replies_decode(wire, arena, &replies);
	for (size_t i = 0; !r && i < replies.reply_count; i++)
		r = fold_leaves(reg, &replies.replies[i], arena);
	return r;
}

// SPDX-License-Identifier: EUPL-1.2
#include "sender.h"

#include "wire/entry.h"
#include "wire/part.h"

enum result answer_open(struct sender *sender, struct replies *ret_replies)
{
	struct bytes frame = buffer_view(&sender->frame), content;
	struct envelope_prefix prefix;
	enum hint_code code;
	uint32_t pause_ms;
	if (hint_decode(frame, &code, &pause_ms))
		return RESULT_NOT_FOUND;
	if (envelope_read_prefix(frame, &prefix) != RESULT_OK ||
	    prefix.direction != ENVELOPE_FROM_KNOOPPUNT || frame.len < ENVELOPE_OVERHEAD)
		return RESULT_BAD_SIGNATURE;
	buffer_clear(&sender->plain);
	uint8_t *plain = buffer_reserve(&sender->plain, frame.len - ENVELOPE_OVERHEAD);
	if (!plain)
		return RESULT_NO_MEMORY;
	arena_clear(sender->work);
	enum result result = envelope_open(frame, &sender->from, plain, &content);
	return result == RESULT_OK ? replies_decode(content, sender->work, ret_replies) : result;
}

enum result answer_prove(struct sender *sender, const struct replies *replies)
{
	struct checkpoint next;
	const struct checkpoint *held = &sender->held;
	enum result result = checkpoint_verify(replies->checkpoint, &sender->vkey, &next);
	if (result != RESULT_OK)
		return result;
	// With many envelopes under way an answer may prove growth from a checkpoint held earlier.
	if (held->size > 0 && held->size == replies->old_size)
		result = tree_verify_consistency(held->size, &held->root, next.size, &next.root,
						 &replies->consistency);
	if (result == RESULT_OK)
		sender->held = next;
	return result;
}

enum result receipt_prove(const struct sender *sender, const struct reply *reply)
{
	const struct leaf *leaf = &reply->receipt;
	struct entry entry;
	struct hash root, hash = tree_leaf(leaf->entry);
	struct part part;
	if (entry_decode(leaf->entry, &entry) != RESULT_OK ||
	    vector_root_of(VECTOR_PARTS_LABEL, leaf->vector, &root) != RESULT_OK ||
	    !hash_equal(&root, &entry.parts_root) ||
	    vector_check(VECTOR_PARTS_LABEL, leaf->vector, leaf->part.position, leaf->part.salt,
			 leaf->part.value) != RESULT_OK ||
	    part_decode(leaf->part.value, sender->work, &part) != RESULT_OK)
		return RESULT_BAD_SIGNATURE;
	if (part.kind != PART_SENDER || part.sender.outcome != reply->outcome ||
	    !hash_equal(&part.sender.header_hash, &reply->about))
		return RESULT_BAD_SIGNATURE;
	return tree_verify_inclusion(&hash, leaf->index, sender->held.size, &leaf->path,
				     &sender->held.root);
}

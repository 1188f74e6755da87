// SPDX-License-Identifier: EUPL-1.2
#include "lib/receipt.h"

#include "wire/entry.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_LINE "c2sp.org/tlog-proof@v1\n"
#define EXTRA "extra "
#define VECTOR_LEN (VECTOR_PARTS * sizeof(struct hash))
#define POSITION_AT (ENTRY_LEN + VECTOR_LEN)
#define SALT_AT (POSITION_AT + 4)
#define PART_AT (SALT_AT + VECTOR_SALT_LEN)

static void make_extra(const struct leaf *leaf, struct buffer *extra)
{
	buffer_append(extra, leaf->entry);
	buffer_append(extra, leaf->vector);
	buffer_append_u32be(extra, leaf->part.position);
	buffer_append(extra, leaf->part.salt);
	buffer_append(extra, leaf->part.value);
}

static void append_base64(struct buffer *out, struct bytes view)
{
	size_t size = base64_size(view.len);
	uint8_t *text = buffer_reserve(out, size);
	if (!text)
		return;
	base64_encode((char *)text, view);
	out->len--; // the NUL
}

enum result receipt_format(const struct leaf *leaf, struct bytes note, struct buffer *out)
{
	struct buffer extra, proof;
	buffer_init(&extra, TLOG_PROOF_EXTRA_MAX);
	buffer_init(&proof, TLOG_PROOF_MAX);
	make_extra(leaf, &extra);
	enum result result = extra.status;
	if (result == RESULT_OK)
		result = tlog_proof_format(leaf->index, &leaf->path, note, &proof);
	if (result == RESULT_OK) {
		struct bytes text = buffer_view(&proof);
		size_t first = strlen(FIRST_LINE);
		buffer_append_text(out, FIRST_LINE EXTRA);
		append_base64(out, buffer_view(&extra));
		buffer_append_text(out, "\n");
		buffer_append(out, bytes_make(text.data + first, text.len - first));
		result = out->status;
	}
	buffer_done(&extra);
	buffer_done(&proof);
	return result;
}

static enum result read_extra(struct bytes text, struct arena *arena, struct bytes *ret_extra)
{
	size_t before = strlen(FIRST_LINE EXTRA);
	if (text.len < before || memcmp(text.data, FIRST_LINE EXTRA, before) != 0)
		return RESULT_DAMAGED;
	struct bytes line = bytes_make(text.data + before, text.len - before);
	const uint8_t *end = memchr(line.data, '\n', line.len);
	uint8_t *extra = arena_alloc(arena, TLOG_PROOF_EXTRA_MAX);
	size_t len;
	if (!extra)
		return RESULT_NO_MEMORY;
	if (!end)
		return RESULT_DAMAGED;
	line.len = (size_t)(end - line.data);
	if (base64_decode(extra, TLOG_PROOF_EXTRA_MAX, &len, line) != RESULT_OK || len < PART_AT)
		return RESULT_DAMAGED;
	*ret_extra = bytes_make(extra, len);
	return RESULT_OK;
}

// The part must be the one the entry commits to: the entry alone is what the tree holds.
static enum result check_extra(struct bytes extra, struct arena *arena, struct part *ret_part)
{
	struct entry entry;
	struct hash root;
	struct bytes vector = bytes_make(extra.data + ENTRY_LEN, VECTOR_LEN);
	struct bytes salt = bytes_make(extra.data + SALT_AT, VECTOR_SALT_LEN);
	struct bytes part = bytes_make(extra.data + PART_AT, extra.len - PART_AT);
	if (entry_decode(bytes_make(extra.data, ENTRY_LEN), &entry) != RESULT_OK ||
	    vector_root_of(VECTOR_PARTS_LABEL, vector, &root) != RESULT_OK ||
	    !hash_equal(&root, &entry.parts_root) ||
	    vector_check(VECTOR_PARTS_LABEL, vector, get_u32be(extra.data + POSITION_AT), salt,
			 part) != RESULT_OK ||
	    part_decode(part, arena, ret_part) != RESULT_OK)
		return RESULT_DAMAGED;
	return RESULT_OK;
}

struct bytes receipt_note(struct bytes text)
{
	static const char blank[] = "\n\n";
	const uint8_t *end = text.len > 0 ? memmem(text.data, text.len, blank, 2) : NULL;
	if (!end)
		return (struct bytes){0};
	size_t before = (size_t)(end - text.data) + 2;
	return bytes_make(text.data + before, text.len - before);
}

enum result receipt_parse(struct bytes text, const struct log_keys *keys, struct arena *arena,
			  struct receipt *ret_receipt)
{
	struct receipt receipt;
	struct bytes extra;
	enum result result = read_extra(text, arena, &extra);
	if (result == RESULT_OK)
		result = check_extra(extra, arena, &receipt.part);
	if (result != RESULT_OK)
		return result;
	struct hash leaf = tree_leaf(bytes_make(extra.data, ENTRY_LEN));
	if (tlog_proof_verify(text, &leaf, keys, &receipt.index, &receipt.checkpoint) != RESULT_OK)
		return RESULT_DAMAGED;
	*ret_receipt = receipt;
	return RESULT_OK;
}

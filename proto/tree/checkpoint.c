// SPDX-License-Identifier: EUPL-1.2
// Checkpoints (tlog-checkpoint) and receipts (tlog-proof).
#include "tree/note.h"

#include "tree/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PROOF_FIRST_LINE "c2sp.org/tlog-proof@v1"
#define CHECKPOINT_TEXT_MAX (ORIGIN_MAX + 1 + 19 + 1 + TEXT_HASH_LEN + 1 + 1)

// A log says one thing about an empty tree.
static bool root_fits_size(const struct checkpoint *checkpoint)
{
	struct hash empty = tree_empty_root();
	return checkpoint->size != 0 || hash_equal(&checkpoint->root, &empty);
}

static struct bytes format_text(char text[CHECKPOINT_TEXT_MAX], const struct checkpoint *checkpoint)
{
	char root[TEXT_HASH_LEN + 1];
	base64_encode(root, bytes_of_hash(&checkpoint->root));
	int len = snprintf(text, CHECKPOINT_TEXT_MAX, "%s\n%" PRIu64 "\n%s\n", checkpoint->origin,
			   checkpoint->size, root);
	return bytes_make(text, (size_t)len);
}

enum result checkpoint_sign(const struct checkpoint *checkpoint, const struct vkey *vkey,
			    const uint8_t secret[SIGN_SECRET_LEN], struct buffer *out)
{
	if (!origin_is_valid(checkpoint->origin) || strcmp(checkpoint->origin, vkey->name) != 0)
		return RESULT_MALFORMED;
	if (checkpoint->size >= TREE_SIZE_END || !root_fits_size(checkpoint))
		return RESULT_MALFORMED;
	char text[CHECKPOINT_TEXT_MAX];
	struct bytes view = format_text(text, checkpoint);
	size_t before = out->len;
	buffer_append(out, view);
	buffer_append_text(out, "\n");
	enum result result = out->status;
	if (result == RESULT_OK)
		result = note_append_signature(view, vkey, secret, out);
	if (result != RESULT_OK)
		out->len = before;
	return result;
}

enum result checkpoint_add_signature(struct buffer *note, const struct vkey *vkey,
				     const uint8_t secret[SIGN_SECRET_LEN])
{
	char text[CHECKPOINT_TEXT_MAX];
	static const char blank[] = "\n\n";
	const uint8_t *end = note->len > 0 ? memmem(note->data, note->len, blank, 2) : NULL;
	size_t len = end ? (size_t)(end - note->data) + 1 : 0;
	if (len == 0 || len >= sizeof text)
		return RESULT_MALFORMED;
	memcpy(text, note->data, len); // the note may move while it grows
	return note_append_signature(bytes_make(text, len), vkey, secret, note);
}

// Three lines and nothing after them: what stands in extension lines no witness vouches for.
static enum result parse_text(struct bytes text, const struct vkey *vkey,
			      struct checkpoint *ret_checkpoint)
{
	struct bytes origin, size, root;
	struct checkpoint checkpoint = {0};
	if (!text_take_line(&text, &origin) || !text_take_line(&text, &size) ||
	    !text_take_line(&text, &root) || text.len != 0)
		return RESULT_MALFORMED;
	if (!bytes_equal(origin, bytes_of_text(vkey->name)))
		return RESULT_MALFORMED;
	enum result result = text_read_decimal(size, &checkpoint.size);
	if (result == RESULT_OK)
		result = text_read_hash(root, &checkpoint.root);
	if (result != RESULT_OK)
		return result;
	if (!root_fits_size(&checkpoint))
		return RESULT_MALFORMED;
	memcpy(checkpoint.origin, vkey->name, sizeof checkpoint.origin);
	*ret_checkpoint = checkpoint;
	return RESULT_OK;
}

enum result checkpoint_verify(struct bytes note, const struct vkey *vkey,
			      struct checkpoint *ret_checkpoint)
{
	struct bytes text;
	enum result result = note_verify(note, vkey, &text);
	return result == RESULT_OK ? parse_text(text, vkey, ret_checkpoint) : result;
}

enum result tlog_proof_format(uint64_t index, const struct tree_path *path, struct bytes note,
			      struct buffer *out)
{
	if (index >= TREE_SIZE_END || path->count > TREE_PATH_MAX)
		return RESULT_MALFORMED;
	if (note.len > CHECKPOINT_MAX)
		return RESULT_TOO_LARGE;
	size_t before = out->len;
	buffer_append_format(out, "%s\nindex %" PRIu64 "\n", PROOF_FIRST_LINE, index);
	for (size_t i = 0; i < path->count; i++) {
		char line[TEXT_HASH_LEN + 1];
		base64_encode(line, bytes_of_hash(&path->hashes[i]));
		buffer_append_text(out, line);
		buffer_append_text(out, "\n");
	}
	buffer_append_text(out, "\n");
	buffer_append(out, note);
	if (out->status != RESULT_OK)
		out->len = before;
	return out->status;
}

// The optional extra line is authenticated by nothing, so only its shape is looked at.
static enum result skip_extra(struct bytes *text)
{
	struct bytes rest = *text, line;
	uint8_t extra[TLOG_PROOF_EXTRA_MAX];
	size_t len = 0;
	if (!text_take_prefix(&rest, "extra "))
		return RESULT_OK;
	if (!text_take_line(&rest, &line))
		return RESULT_MALFORMED;
	enum result result = base64_decode(extra, sizeof extra, &len, line);
	if (result == RESULT_OK && len == 0)
		result = RESULT_MALFORMED;
	if (result == RESULT_OK)
		*text = rest;
	return result;
}

// Index and path lines, up to and including the blank line; leaves the note in `text`.
static enum result take_path(struct bytes *text, uint64_t *ret_index, struct tree_path *ret_path)
{
	struct bytes line;
	if (!text_take_prefix(text, "index ") || !text_take_line(text, &line))
		return RESULT_MALFORMED;
	enum result result = text_read_decimal(line, ret_index);
	ret_path->count = 0;
	while (result == RESULT_OK) {
		if (!text_take_line(text, &line))
			return RESULT_MALFORMED;
		if (line.len == 0)
			return RESULT_OK;
		if (ret_path->count == TREE_PATH_MAX)
			return RESULT_TOO_LARGE;
		result = text_read_hash(line, &ret_path->hashes[ret_path->count++]);
	}
	return result;
}

enum result tlog_proof_verify(struct bytes text, const struct hash *leaf,
			      const struct log_keys *keys, uint64_t *ret_index,
			      struct checkpoint *ret_checkpoint)
{
	if (text.len > TLOG_PROOF_MAX)
		return RESULT_TOO_LARGE;
	uint64_t index = 0;
	struct tree_path path;
	struct checkpoint checkpoint;
	if (!text_take_prefix(&text, PROOF_FIRST_LINE "\n"))
		return RESULT_MALFORMED;
	enum result result = skip_extra(&text);
	if (result == RESULT_OK)
		result = take_path(&text, &index, &path);
	if (result == RESULT_OK)
		result = log_keys_verify(keys, text, &checkpoint);
	if (result == RESULT_OK)
		result = tree_verify_inclusion(leaf, index, checkpoint.size, &path,
					       &checkpoint.root);
	if (result != RESULT_OK)
		return result;
	*ret_index = index;
	*ret_checkpoint = checkpoint;
	return RESULT_OK;
}

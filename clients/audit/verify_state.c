// SPDX-License-Identifier: EUPL-1.2
// How far a log was verified, from one run to the next.
#include "audit/verify_internal.h"
#include "base/file.h"
#include "tree/verified.h"

#include <string.h>

#define STATE_MODE 0600

// The first line of a note names its log, which may have gone on under another origin since.
static bool is_other_log(const struct verifier *verifier, struct bytes note)
{
	const uint8_t *end = note.len > 0 ? memchr(note.data, '\n', note.len) : NULL;
	struct bytes name = bytes_make(note.data, end ? (size_t)(end - note.data) : 0);
	return !bytes_equal(name, bytes_of_text(verifier->vkey.name)) &&
	       !register_has_origin(&verifier->reg, name);
}

// Its own hash is right; nothing of it is believed that the log's key, or its own sums, do not say.
static bool contradicts_itself(const struct verifier *verifier, const struct frontier *frontier)
{
	const struct checkpoint *kept = &verifier->kept.checkpoint;
	struct hash root = frontier_root(frontier);
	return frontier->size > kept->size ||
	       (frontier->size == kept->size && !hash_equal(&root, &kept->root));
}

// Goes on from the last whole bundle: the peaks of whole bundles are the same there.
static void begin_at(struct verifier *verifier, const struct frontier *frontier)
{
	verifier->from = *frontier;
	verifier->from.size -= frontier->size % TILE_WIDTH;
	if (verifier->from.size == frontier->size)
		return;
	verifier->edge_size = frontier->size;
	verifier->edge = frontier_root(frontier);
}

static enum result take_state(struct verifier *verifier, const struct verified *state)
{
	if (is_other_log(verifier, state->note))
		return RESULT_CONFLICT;
	enum result result =
		log_keys_verify(&verifier->keys, state->note, &verifier->kept.checkpoint);
	if (result == RESULT_BAD_SIGNATURE)
		return verify_report_lost(
			verifier, verifier->options->state_file, state->note,
			"the checkpoint in the state is not signed by the key that this log had at "
			"its size: another log stands in its place, or the state was forged");
	if (result != RESULT_OK || contradicts_itself(verifier, &state->frontier)) {
		verifier->outcome.state = VERIFY_STATE_DAMAGED;
		return RESULT_OK;
	}
	if (verifier->kept.checkpoint.size > verifier->checkpoint.size)
		return verify_report(
			verifier, "checkpoint",
			"the log was cut off or rolled back: the checkpoint of an earlier "
			"verification, signed by its key, is of more entries; keep both as "
			"evidence");
	verifier->kept.has = true;
	verifier->kept.ties = verify_ties(verifier, state->note);
	verifier->kept_extended = verify_head_extends(verifier, &verifier->kept.checkpoint);
	buffer_append(&verifier->kept_note, state->note);
	verifier->outcome.state = verifier->options->whole ? VERIFY_STATE_WHOLE : VERIFY_STATE_USED;
	if (verifier->outcome.state == VERIFY_STATE_USED)
		begin_at(verifier, &state->frontier);
	return verifier->kept_note.status;
}

enum result verify_state_load(struct verifier *verifier)
{
	struct verified state;
	struct buffer file;
	if (!verifier->options->state_file)
		return RESULT_OK;
	buffer_init(&file, VERIFIED_MAX);
	enum result result = file_read(verifier->options->state_file, VERIFIED_MAX, &file);
	bool whole = result == RESULT_OK && verified_parse(buffer_view(&file), &state) == RESULT_OK;
	if (whole)
		result = take_state(verifier, &state);
	else if (result == RESULT_OK || result == RESULT_TOO_LARGE)
		verifier->outcome.state = VERIFY_STATE_DAMAGED;
	buffer_done(&file);
	return !whole && (result == RESULT_TOO_LARGE || result == RESULT_NOT_FOUND) ? RESULT_OK
										    : result;
}

// Nothing is kept of entries in which something is wrong: they are to be read again.
static bool is_sound(const struct verifier *verifier)
{
	uint64_t size = verifier->tiler.frontier.size;
	const struct seen *seen[] = {&verifier->last, &verifier->kept};
	for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++)
		if (seen[i]->has && seen[i]->checkpoint.size <= size &&
		    !verify_is_extended(seen[i]))
			return false;
	return !verifier->misfit.found && !verifier->leaf.found && !verifier->node.found &&
	       !verifier->edge_differs;
}

enum result verify_state_keep(struct verifier *verifier)
{
	const char *path = verifier->options->state_file;
	if (!path || !is_sound(verifier))
		return RESULT_OK;
	// What had to be extended before stays until it is: by the entries so far, and by the
	// checkpoint that takes its place. Before the end only a proof says the latter.
	uint64_t size = verifier->tiler.frontier.size;
	bool before = verifier->kept.has && size < verifier->kept.checkpoint.size;
	if (verifier->kept.has && !before && size < verifier->checkpoint.size &&
	    !verifier->kept_extended)
		return RESULT_OK;
	const struct verified state = {
		.frontier = verifier->tiler.frontier,
		.note = buffer_view(before ? &verifier->kept_note : &verifier->note),
	};
	struct buffer text;
	buffer_init(&text, VERIFIED_MAX);
	verified_format(&state, &text);
	enum result result = text.status;
	if (result == RESULT_OK)
		result = file_replace(path, buffer_view(&text), STATE_MODE);
	buffer_done(&text);
	return result;
}

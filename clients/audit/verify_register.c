// SPDX-License-Identifier: EUPL-1.2
// The keys of a log that changed its key: from the register beside the export, whose acts count as
// they do for every reader. That its leaves are entries of this very log shows in verify_tiles.c.
#include "audit/verify_internal.h"
#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_NAME "register"
#define GENESIS_MAX (1024 * 1024)

static enum result bad_leaf(struct verifier *verifier, const struct leaf *leaf, const char *what)
{
	verifier->outcome.has_index = true;
	verifier->outcome.index = leaf->index;
	return verify_report(verifier, FILE_NAME, what);
}

static enum result take_leaf(struct verifier *verifier, const struct leaf *leaf,
			     struct arena *arena)
{
	struct problem problem = {.code = NULL};
	struct shown_leaf *grown =
		realloc(verifier->shown, (verifier->shown_count + 1) * sizeof *grown);
	if (!grown)
		return RESULT_NO_MEMORY;
	verifier->shown = grown;
	enum result result = register_fold_shown(&verifier->reg, leaf, arena, &problem);
	if (result == RESULT_NO_MEMORY)
		return result;
	if (result != RESULT_OK)
		return bad_leaf(verifier, leaf, problem.message);
	grown[verifier->shown_count++] =
		(struct shown_leaf){.index = leaf->index, .hash = tree_leaf(leaf->entry)};
	return RESULT_OK;
}

static enum result take_leaves(struct verifier *verifier, struct bytes wire, struct arena *arena)
{
	struct replies replies;
	enum result result = replies_decode(wire, arena, &replies);
	if (result == RESULT_NO_MEMORY)
		return result;
	if (result != RESULT_OK)
		return verify_report(verifier, FILE_NAME, "this is no register of a log");
	for (size_t i = 0; result == RESULT_OK && i < replies.reply_count; i++)
		for (size_t k = 0; result == RESULT_OK && k < replies.replies[i].leaf_count; k++)
			result = take_leaf(verifier, &replies.replies[i].leaves[k], arena);
	if (result == RESULT_OK && register_log_keys(&verifier->reg, &verifier->keys) != RESULT_OK)
		result = verify_report(verifier, FILE_NAME, "it names no usable key of the log");
	return result;
}

// What the part of genesis says of the log: whether it is an oefening, and its first key.
static enum result read_genesis(struct bytes wire, struct verifier *verifier)
{
	char origin[ORIGIN_MAX + 1];
	struct arena *arena;
	struct part part;
	enum result result = arena_new(REGISTER_SHOWN_ARENA, &arena);
	if (result != RESULT_OK)
		return result;
	result = part_decode(wire, arena, &part);
	const struct genesis *genesis = &part.registerdeel.genesis;
	if (result == RESULT_OK &&
	    (part.kind != PART_REGISTER || genesis->origin.len >= sizeof origin))
		result = RESULT_MALFORMED;
	if (result == RESULT_OK) {
		snprintf(origin, sizeof origin, "%.*s", (int)genesis->origin.len,
			 (const char *)genesis->origin.data);
		verifier->outcome.oefening = genesis->oefening;
		result = vkey_make(origin, genesis->log_key, &verifier->vkey);
	}
	arena_free(arena);
	return result;
}

enum result verify_register(struct verifier *verifier)
{
	struct buffer wire;
	struct arena *arena;
	buffer_init(&wire, REGISTER_SHOWN_MAX);
	enum result result = verify_read(verifier, FILE_NAME, REGISTER_SHOWN_MAX, &wire);
	if (result == RESULT_OK)
		result = arena_new(REGISTER_SHOWN_ARENA, &arena);
	if (result == RESULT_OK) {
		result = take_leaves(verifier, buffer_view(&wire), arena);
		verifier->outcome.oefening |= verifier->reg.genesis.oefening;
		arena_free(arena);
	} else if (result == RESULT_NOT_FOUND) {
		result = RESULT_OK; // the log has the key that it began with
	} else if (result == RESULT_TOO_LARGE) {
		result = verify_report(verifier, FILE_NAME, "larger than a register can be");
	}
	buffer_done(&wire);
	return result;
}

enum result verify_report_lost(struct verifier *verifier, const char *path, struct bytes note,
			       const char *what)
{
	struct checkpoint lost;
	if (register_lost_checkpoint(&verifier->reg, note, &lost) != RESULT_OK)
		return verify_report(verifier, path, what);
	const struct registry *reg = &verifier->reg;
	for (size_t i = 0; i < reg->herstel_count; i++)
		if (strcmp(lost.origin, register_origin_at(reg, reg->herstel[i].from - 1)) == 0)
			verifier->outcome.index = reg->herstel[i].from;
	verifier->outcome.has_index = true;
	return verify_report(verifier, path,
			     "it is of entries that are lost: two roles had the log go on from a "
			     "copy, with the herstel at this entry; keep the checkpoint, which "
			     "proves how far the log had come");
}

enum result verify_herstel(struct verifier *verifier, uint64_t index)
{
	for (size_t i = 0; i < verifier->reg.herstel_count; i++) {
		const struct register_herstel *herstel = &verifier->reg.herstel[i];
		if (herstel->from != index)
			continue;
		struct hash root = frontier_root(&verifier->tiler.frontier);
		if (hash_equal(&root, &herstel->root))
			continue;
		verifier->outcome.has_index = true;
		verifier->outcome.index = index;
		return verify_report(verifier, FILE_NAME,
				     "the log did not go on from the copy that the herstel names");
	}
	return RESULT_OK;
}

enum result verify_genesis(struct verifier *verifier)
{
	const char *path = verifier->options->genesis_file;
	struct genesis_file genesis;
	struct buffer wire;
	if (!path)
		return RESULT_OK;
	buffer_init(&wire, GENESIS_MAX);
	enum result result = file_read(path, GENESIS_MAX, &wire);
	if (result == RESULT_OK)
		result = genesis_file_decode(buffer_view(&wire), &genesis);
	if (result == RESULT_OK)
		result = read_genesis(genesis.part, verifier);
	if (result == RESULT_OK) {
		verifier->genesis = tree_leaf(bytes_make(genesis.entry, sizeof genesis.entry));
		verifier->has_genesis = true;
	} else if (result == RESULT_TOO_LARGE || result == RESULT_MALFORMED ||
		   result == RESULT_BAD_SIGNATURE) {
		result = RESULT_CONFIG;
	}
	buffer_done(&wire);
	return result;
}

enum result verify_shown(struct verifier *verifier, uint64_t index, const struct hash *leaf)
{
	if (index == 0 && verifier->has_genesis && !hash_equal(leaf, &verifier->genesis)) {
		verifier->outcome.has_index = true;
		verifier->outcome.index = 0;
		verifier->outcome.oefening = verifier->reg.genesis.oefening;
		return verify_report(verifier, verifier->options->genesis_file,
				     "the log begins with another genesis than this one");
	}
	if (verifier->shown_next == verifier->shown_count)
		return RESULT_OK;
	const struct shown_leaf *next = &verifier->shown[verifier->shown_next];
	if (next->index != index)
		return RESULT_OK;
	verifier->shown_next++;
	if (hash_equal(&next->hash, leaf))
		return RESULT_OK;
	verifier->outcome.has_index = true;
	verifier->outcome.index = index;
	return verify_report(verifier, FILE_NAME,
			     "the leaf that it shows is not the entry of this log");
}

// SPDX-License-Identifier: EUPL-1.2
// Going on behind entries that were verified before. All that is taken from the folder for it is
// proven by the peaks of the state, and those by the signed root that they must lead to.
#include "audit/verify_internal.h"

#include <string.h>

// The tile that hash `position` of a level of tiles stands in, of the size of the checkpoint.
static enum result read_tile(struct verifier *verifier, unsigned level, uint64_t index)
{
	unsigned last_width;
	uint64_t count = tile_count((int)level, verifier->checkpoint.size, &last_width);
	if (index >= count)
		return RESULT_DAMAGED;
	const struct finding where = {.level = (int)level,
				      .tile = index,
				      .width = index + 1 == count ? last_width : TILE_WIDTH};
	enum result result = verify_read_tile(verifier, &where, TILE_BYTES, &verifier->tile);
	bool is_bad = result == RESULT_NOT_FOUND || result == RESULT_TOO_LARGE;
	return is_bad ? RESULT_DAMAGED : result;
}

// For proofs of the first verifier->from.size entries.
static enum result read_subtree(void *context, unsigned level, uint64_t index,
				struct hash *ret_hash)
{
	struct verifier *verifier = context;
	struct hash below[TILE_WIDTH];
	unsigned inside = level % 8;
	uint64_t first = index << inside; // among the hashes of this level of tiles
	size_t at = (size_t)(first % TILE_WIDTH) * sizeof *below, len = sizeof *below << inside;
	enum result result = read_tile(verifier, level / 8, first / TILE_WIDTH);
	if (result != RESULT_OK)
		return result;
	if (verifier->tile.len < at + len)
		return RESULT_DAMAGED;
	memcpy(below, verifier->tile.data + at, len);
	*ret_hash = tree_small_root(below, (size_t)1 << inside);
	return RESULT_OK;
}

// What a proof of the folder's own hashes does not show is damage of one of the two.
static enum result damage_of(enum result result)
{
	return result == RESULT_BAD_SIGNATURE ? RESULT_DAMAGED : result;
}

static enum result prove_leaf(struct verifier *verifier, uint64_t index, const struct hash *leaf)
{
	const struct tree_reader reader = {.read = read_subtree, .context = verifier};
	struct hash root = frontier_root(&verifier->from);
	struct tree_path path;
	enum result result = tree_inclusion(&reader, index, verifier->from.size, &path);
	if (result == RESULT_OK)
		result = tree_verify_inclusion(leaf, index, verifier->from.size, &path, &root);
	return damage_of(result);
}

// That the first `size` entries, under `root`, extend a checkpoint.
static enum result prove_extended(struct verifier *verifier, const struct checkpoint *checkpoint,
				  uint64_t size, const struct hash *root)
{
	const struct tree_reader reader = {.read = read_subtree, .context = verifier};
	struct tree_path path;
	enum result result = tree_consistency(&reader, checkpoint->size, size, &path);
	if (result == RESULT_OK)
		result = tree_verify_consistency(checkpoint->size, &checkpoint->root, size, root,
						 &path);
	return damage_of(result);
}

static enum result prove_seen(struct verifier *verifier, struct seen *seen)
{
	const struct checkpoint *checkpoint = &seen->checkpoint;
	struct hash root = frontier_root(&verifier->from);
	if (!seen->has || checkpoint->size > verifier->from.size)
		return RESULT_OK;
	enum result result = prove_extended(verifier, checkpoint, verifier->from.size, &root);
	if (result == RESULT_OK)
		seen->root = checkpoint->root;
	return result;
}

bool verify_head_extends(struct verifier *verifier, const struct checkpoint *before)
{
	const struct checkpoint *head = &verifier->checkpoint;
	return prove_extended(verifier, before, head->size, &head->root) == RESULT_OK;
}

// The register's acts count for entries that were read then; it may be another one now.
static enum result prove_shown(struct verifier *verifier)
{
	enum result result = RESULT_OK;
	if (verifier->has_genesis)
		result = prove_leaf(verifier, 0, &verifier->genesis);
	while (result == RESULT_OK && verifier->shown_next < verifier->shown_count) {
		const struct shown_leaf *shown = &verifier->shown[verifier->shown_next];
		if (shown->index >= verifier->from.size)
			break;
		result = prove_leaf(verifier, shown->index, &shown->hash);
		verifier->shown_next++;
	}
	return result;
}

// The next entry must follow on the one before it.
static enum result restore_chain(struct verifier *verifier)
{
	uint64_t last = verifier->from.size - 1;
	const struct finding where = {
		.level = LEVEL_ENTRIES, .tile = last / TILE_WIDTH, .width = TILE_WIDTH};
	enum result result =
		verify_read_tile(verifier, &where, TILE_WIDTH * ENTRY_IN_BUNDLE, &verifier->file);
	if (result == RESULT_NOT_FOUND || result == RESULT_TOO_LARGE)
		return RESULT_DAMAGED;
	if (result != RESULT_OK)
		return result;
	if (verifier->file.len != TILE_WIDTH * ENTRY_IN_BUNDLE)
		return RESULT_DAMAGED;
	struct bytes entry =
		bytes_make(verifier->file.data + verifier->file.len - ENTRY_LEN, ENTRY_LEN);
	struct hash leaf = tree_leaf(entry);
	result = prove_leaf(verifier, last, &leaf);
	if (result == RESULT_OK &&
	    entry_chain_resume(last, entry, &leaf, &verifier->chain) != RESULT_OK)
		result = RESULT_DAMAGED;
	return result;
}

static enum result restore_tiles(struct verifier *verifier)
{
	struct tiler *tiler = &verifier->tiler;
	enum result result = RESULT_OK;
	tiler_resume(tiler, &verifier->from);
	for (unsigned level = 1; level < TILE_LEVELS && result == RESULT_OK; level++) {
		if (tiler_waiting(tiler, level) == 0)
			continue;
		result = read_tile(verifier, level, verifier->from.size >> 8 * level >> 8);
		if (result == RESULT_OK)
			result = tiler_restore(tiler, level, buffer_view(&verifier->tile));
	}
	return damage_of(result);
}

enum result verify_resume(struct verifier *verifier)
{
	enum result result = restore_tiles(verifier);
	if (result == RESULT_OK)
		result = restore_chain(verifier);
	if (result == RESULT_OK)
		result = prove_shown(verifier);
	if (result == RESULT_OK)
		result = prove_seen(verifier, &verifier->last);
	return result == RESULT_OK ? prove_seen(verifier, &verifier->kept) : result;
}

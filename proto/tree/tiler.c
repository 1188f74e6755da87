// SPDX-License-Identifier: EUPL-1.2
#include "tree/tiler.h"

#include <assert.h>
#include <string.h>

#define TILE_HEIGHT 8 // levels of the tree in one tile

void tiler_init(struct tiler *tiler, enum result (*emit)(void *context, const struct tile *tile),
		void *context)
{
	tiler->emit = emit;
	tiler->context = context;
	frontier_init(&tiler->frontier);
}

void tiler_resume(struct tiler *tiler, const struct frontier *frontier)
{
	assert(frontier->size % TILE_WIDTH == 0);
	tiler->frontier = *frontier;
}

unsigned tiler_waiting(const struct tiler *tiler, unsigned level)
{
	return (unsigned)(tiler->frontier.size >> (TILE_HEIGHT * level) & (TILE_WIDTH - 1));
}

enum result tiler_restore(struct tiler *tiler, unsigned level, struct bytes hashes)
{
	uint8_t *tile = tiler->tiles[level];
	unsigned width = tiler_waiting(tiler, level), from = 0;
	if (hashes.len < width * sizeof(struct hash))
		return RESULT_BAD_SIGNATURE;
	memcpy(tile, hashes.data, width * sizeof(struct hash));
	// The peaks from left to right, as the bits of the width from the highest.
	for (unsigned bit = TILE_HEIGHT; bit-- > 0;) {
		if ((width >> bit & 1) == 0)
			continue;
		struct hash below[TILE_WIDTH];
		memcpy(below, tile + from * sizeof *below, sizeof *below << bit);
		struct hash peak = tree_small_root(below, (size_t)1 << bit);
		if (!hash_equal(&peak, &tiler->frontier.peaks[TILE_HEIGHT * level + bit]))
			return RESULT_BAD_SIGNATURE;
		from += 1U << bit;
	}
	return RESULT_OK;
}

static enum result emit_tile(struct tiler *tiler, unsigned level, uint64_t index, unsigned width)
{
	const struct tile tile = {
		.level = level,
		.index = index,
		.width = width,
		.hashes = bytes_make(tiler->tiles[level], (size_t)width * sizeof(struct hash)),
	};
	return tiler->emit(tiler->context, &tile);
}

static enum result place_hash(struct tiler *tiler, const struct tree_done *done)
{
	unsigned level = done->level / TILE_HEIGHT;
	unsigned position = (unsigned)(done->index % TILE_WIDTH);
	memcpy(tiler->tiles[level] + position * sizeof done->hash, done->hash.b, sizeof done->hash);
	if (position + 1 < TILE_WIDTH)
		return RESULT_OK;
	return emit_tile(tiler, level, done->index / TILE_WIDTH, TILE_WIDTH);
}

enum result tiler_add(struct tiler *tiler, const struct hash *leaf)
{
	struct tree_done done[64];
	size_t count = frontier_append(&tiler->frontier, leaf, done);
	enum result result = RESULT_OK;
	for (size_t i = 0; i < count && result == RESULT_OK; i += TILE_HEIGHT)
		result = place_hash(tiler, &done[i]);
	return result;
}

enum result tiler_finish(struct tiler *tiler)
{
	enum result result = RESULT_OK;
	for (unsigned level = 0; level < TILE_LEVELS && result == RESULT_OK; level++) {
		unsigned width = 0;
		uint64_t count = tile_count((int)level, tiler->frontier.size, &width);
		if (count > 0 && width < TILE_WIDTH)
			result = emit_tile(tiler, level, count - 1, width);
	}
	return result;
}

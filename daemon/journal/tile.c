// SPDX-License-Identifier: EUPL-1.2
#include "journal/internal.h"
#include "tree/tiles.h"

static enum result take_entry(void *context, struct store_txn *txn, uint64_t index,
			      struct bytes entry)
{
	(void)txn;
	(void)index;
	return bundle_append_entry(context, entry);
}

static enum result read_bundle(struct journal *journal, uint64_t first, unsigned width,
			       struct buffer *ret_tile)
{
	struct journal_walk walk = {
		.take = take_entry, .context = ret_tile, .step = TILE_WIDTH, .index = first};
	return journal_walk_entries(journal, &walk, first + width);
}

enum result journal_tile(struct journal *journal, int level, uint64_t index, unsigned width,
			 struct buffer *ret_tile)
{
	const struct tree_reader tree = journal_tree(journal);
	uint64_t first = index * TILE_WIDTH;
	unsigned last_width;
	uint64_t count = tile_count(level, journal_size(journal), &last_width);
	enum result result = RESULT_OK;
	if (index >= count || width > (index + 1 == count ? last_width : TILE_WIDTH))
		return RESULT_NOT_FOUND;
	if (level < 0)
		return read_bundle(journal, first, width, ret_tile);
	for (unsigned i = 0; i < width && result == RESULT_OK; i++) {
		struct hash hash;
		result = tree.read(tree.context, 8 * (unsigned)level, first + i, &hash);
		if (result == RESULT_OK)
			buffer_append(ret_tile, bytes_of_hash(&hash));
	}
	return result == RESULT_OK ? ret_tile->status : result;
}

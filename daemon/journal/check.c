// SPDX-License-Identifier: EUPL-1.2
#include "journal/internal.h"

#define CHECK_STEP 4096

// Everything above the entries as they themselves make it.
struct check {
	struct frontier frontier;
	struct entry_chain chain;
};

static enum result walk_rows(struct store_txn *txn, struct journal_walk *walk, uint64_t end)
{
	struct store_cursor *cursor;
	struct bytes key, entry;
	uint8_t from[INDEX_KEY_LEN];
	put_u64be(from, walk->index);
	enum result result = store_cursor_open(txn, TABLE_ENTRY, &cursor);
	if (result != RESULT_OK)
		return result;
	result = store_cursor_seek(cursor, bytes_make(from, sizeof from), &key, &entry);
	while (result == RESULT_OK) {
		if (key.len != INDEX_KEY_LEN || get_u64be(key.data) != walk->index ||
		    entry.len != ENTRY_LEN)
			result = RESULT_DAMAGED;
		else
			result = walk->take(walk->context, txn, walk->index, entry);
		if (result != RESULT_OK || ++walk->index == end)
			break;
		result = store_cursor_next(cursor, &key, &entry);
	}
	store_cursor_close(cursor);
	return result == RESULT_NOT_FOUND ? RESULT_DAMAGED : result;
}

enum result journal_walk_entries(struct journal *journal, struct journal_walk *walk, uint64_t end)
{
	enum result result = RESULT_OK;
	while (walk->index < end && result == RESULT_OK) {
		uint64_t left = end - walk->index;
		uint64_t step = left < walk->step ? left : walk->step;
		struct store_txn *txn;
		result = store_begin(journal->store, false, &txn);
		if (result != RESULT_OK)
			return result;
		result = walk_rows(txn, walk, walk->index + step);
		store_abort(txn);
	}
	return result;
}

static enum result check_entry(void *context, struct store_txn *txn, uint64_t index,
			       struct bytes entry)
{
	struct check *check = context;
	struct tree_done done[64];
	struct hash leaf = tree_leaf(entry), stored;
	(void)index;
	if (entry_chain_add(&check->chain, entry, &leaf) != ENTRY_FITS)
		return RESULT_DAMAGED;
	size_t count = frontier_append(&check->frontier, &leaf, done);
	for (size_t i = 1; i < count; i++) {
		enum result result = journal_get_node(txn, done[i].level, done[i].index, &stored);
		if (result != RESULT_OK)
			return result;
		if (!hash_equal(&stored, &done[i].hash))
			return RESULT_DAMAGED;
	}
	return RESULT_OK;
}

static enum result load_edge(struct journal *journal, uint64_t size, struct check *ret_check)
{
	struct store_txn *txn;
	enum result result = store_begin(journal->store, false, &txn);
	if (result != RESULT_OK)
		return result;
	result = journal_load_edge(txn, size, &ret_check->frontier, &ret_check->chain);
	store_abort(txn);
	return result;
}

enum result journal_check(struct journal *journal, uint64_t from, uint64_t *ret_index)
{
	struct check check;
	struct journal_walk walk = {
		.take = check_entry, .context = &check, .step = CHECK_STEP, .index = from};
	if (from > journal->frontier.size)
		return RESULT_NOT_FOUND;
	enum result result = load_edge(journal, from, &check);
	if (result == RESULT_OK)
		result = journal_walk_entries(journal, &walk, journal->frontier.size);
	if (result == RESULT_OK) {
		struct hash got = frontier_root(&check.frontier), want = journal_root(journal);
		result = hash_equal(&got, &want) ? RESULT_OK : RESULT_DAMAGED;
	}
	if (result == RESULT_DAMAGED)
		*ret_index = walk.index;
	return result;
}

enum result journal_check_pages(struct journal *journal, struct store_walk *walk, size_t pages)
{
	struct store_txn *txn;
	enum result result = store_begin(journal->store, false, &txn);
	if (result != RESULT_OK)
		return result;
	result = store_check_pages(txn, walk, pages);
	store_abort(txn);
	return result;
}

enum result journal_check_free(struct journal *journal)
{
	struct store_txn *txn;
	enum result result = store_begin(journal->store, false, &txn);
	if (result != RESULT_OK)
		return result;
	result = store_check_free(txn);
	store_abort(txn);
	return result;
}

// The nodes that an entry completes, each from the two below it: of all entries together, all.
static enum result check_nodes(struct store_txn *txn, uint64_t index)
{
	enum result result = RESULT_OK;
	for (unsigned level = 1; level < 64 && result == RESULT_OK; level++) {
		struct hash left, right, stored;
		uint64_t at = index >> level;
		if (((index + 1) & ((UINT64_C(1) << level) - 1)) != 0)
			break;
		result = journal_get_node(txn, level - 1, 2 * at, &left);
		if (result == RESULT_OK)
			result = journal_get_node(txn, level - 1, 2 * at + 1, &right);
		if (result == RESULT_OK)
			result = journal_get_node(txn, level, at, &stored);
		if (result != RESULT_OK)
			return result;
		struct hash made = tree_node(&left, &right);
		result = hash_equal(&made, &stored) ? RESULT_OK : RESULT_DAMAGED;
	}
	return result;
}

enum result journal_check_nodes(struct journal *journal, uint64_t index)
{
	struct store_txn *txn;
	if (index >= journal->frontier.size)
		return RESULT_NOT_FOUND;
	enum result result = store_begin(journal->store, false, &txn);
	if (result != RESULT_OK)
		return result;
	result = check_nodes(txn, index);
	store_abort(txn);
	return result;
}

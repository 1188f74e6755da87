// SPDX-License-Identifier: EUPL-1.2
#include "journal/journal.h"

#include "journal/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT 1
#define SEALED_MAX ((size_t)64 << 20)

static const char *const tables[] = {
	[TABLE_ENTRY] = "entry",
	[TABLE_PARTS] = PARTS_PLACE,
	[TABLE_CONTENT] = CONTENT_PLACE,
	[TABLE_TREE] = "tree",
	[TABLE_DOCUMENT] = "document",
	[TABLE_META] = "meta",
	NULL,
};

static enum result open_store(const char *folder, size_t map_bytes, bool read_only,
			      struct store **ret_store)
{
	const struct store_options options = {
		.map_bytes = map_bytes,
		.tables = tables,
		.durable = true,
		.read_only = read_only,
	};
	return store_open(folder, &options, ret_store);
}

static enum result write_format(struct store *store)
{
	struct store_txn *txn;
	struct bytes value;
	uint8_t format[4];
	enum result result = store_begin(store, true, &txn);
	if (result != RESULT_OK)
		return result;
	put_u32be(format, FORMAT);
	if (store_get(txn, TABLE_META, bytes_of_text("format"), &value) == RESULT_OK) {
		store_abort(txn);
		return RESULT_EXISTS;
	}
	store_put(txn, TABLE_META, bytes_of_text("format"), bytes_make(format, sizeof format));
	return store_commit(txn);
}

// Tables without a format are what a create that was cut off left behind; it is finished.
enum result journal_create(const char *folder, size_t map_bytes)
{
	struct store *store;
	enum result result = open_store(folder, map_bytes, false, &store);
	if (result != RESULT_OK)
		return result;
	result = write_format(store);
	store_close(store);
	return result;
}

static enum result check_format(struct store_txn *txn)
{
	struct bytes value;
	enum result result = store_get(txn, TABLE_META, bytes_of_text("format"), &value);
	if (result != RESULT_OK)
		return result;
	if (value.len != 4)
		return RESULT_DAMAGED;
	return get_u32be(value.data) == FORMAT ? RESULT_OK : RESULT_UNSUPPORTED;
}

static enum result read_size(struct store_txn *txn, uint64_t *ret_size)
{
	struct store_cursor *cursor;
	struct bytes key, value;
	enum result result = store_cursor_open(txn, TABLE_ENTRY, &cursor);
	if (result != RESULT_OK)
		return result;
	result = store_cursor_last(cursor, &key, &value);
	store_cursor_close(cursor);
	if (result == RESULT_NOT_FOUND) {
		*ret_size = 0;
		return RESULT_OK;
	}
	if (result != RESULT_OK)
		return result;
	if (key.len != INDEX_KEY_LEN || get_u64be(key.data) >= INT64_MAX)
		return RESULT_DAMAGED;
	*ret_size = get_u64be(key.data) + 1;
	return RESULT_OK;
}

// A node goes behind the others of its level, which is not the end of the table.
static enum result check_levels(struct store_txn *txn, uint64_t size)
{
	uint8_t keys[64][NODE_KEY_LEN];
	struct bytes views[64];
	struct store_ways ways = {.table = TABLE_TREE, .keys = views};
	for (unsigned level = 1; size >> level != 0; level++) {
		journal_node_key(keys[ways.count], level, size >> level);
		views[ways.count] = bytes_make(keys[ways.count], NODE_KEY_LEN);
		ways.count++;
	}
	enum result result = store_check_ways(txn, &ways);
	return result == RESULT_CONFLICT ? RESULT_DAMAGED : result;
}

enum result journal_check_ends(struct journal *journal)
{
	struct store_txn *txn;
	enum result result = store_begin(journal->store, false, &txn);
	if (result != RESULT_OK)
		return result;
	result = store_check_ends(txn);
	if (result == RESULT_OK)
		result = check_levels(txn, journal->frontier.size);
	store_abort(txn);
	return result == RESULT_CONFLICT ? RESULT_DAMAGED : result;
}

static enum result load(struct journal *journal)
{
	struct store_txn *txn;
	uint64_t size;
	enum result result = store_begin(journal->store, false, &txn);
	if (result != RESULT_OK)
		return result;
	result = check_format(txn);
	if (result == RESULT_OK)
		result = read_size(txn, &size);
	if (result == RESULT_OK)
		result = check_levels(txn, size);
	if (result == RESULT_OK)
		result = journal_load_edge(txn, size, &journal->frontier, &journal->chain);
	store_abort(txn);
	return result;
}

enum result journal_open(const char *folder, size_t map_bytes, struct keystore *keystore,
			 bool read_only, struct journal **ret_journal)
{
	if (!store_exists(folder))
		return RESULT_NOT_FOUND;
	struct journal *journal = calloc(1, sizeof *journal);
	if (!journal)
		return RESULT_NO_MEMORY;
	buffer_init(&journal->sealed, SEALED_MAX);
	journal->keystore = keystore;
	enum result result = open_store(folder, map_bytes, read_only, &journal->store);
	if (result == RESULT_OK)
		result = load(journal);
	if (result == RESULT_OK)
		*ret_journal = journal;
	else
		journal_close(journal);
	return result;
}

enum result journal_renew(struct journal *journal)
{
	return load(journal);
}

enum result journal_forget_dead(struct journal *journal)
{
	return store_forget_dead(journal->store);
}

void journal_close(struct journal *journal)
{
	if (!journal)
		return;
	int saved = errno;
	store_close(journal->store);
	buffer_wipe(&journal->sealed);
	free(journal);
	errno = saved;
}

enum result journal_facts(struct journal *journal, struct store_facts *ret_facts)
{
	return store_facts(journal->store, ret_facts);
}

uint64_t journal_size(const struct journal *journal)
{
	return journal->frontier.size;
}

struct hash journal_root(const struct journal *journal)
{
	return frontier_root(&journal->frontier);
}

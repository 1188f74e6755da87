// SPDX-License-Identifier: EUPL-1.2
#include "store/internal.h"

#include <assert.h>
#include <stdlib.h>

struct store_cursor {
	MDB_cursor *cursor;
	struct store_txn *txn;
};

enum result store_cursor_open(struct store_txn *txn, unsigned table,
			      struct store_cursor **ret_cursor)
{
	assert(table < txn->store->table_count);
	if (txn->status != RESULT_OK)
		return txn->status;
	struct store_cursor *cursor = calloc(1, sizeof *cursor);
	if (!cursor)
		return RESULT_NO_MEMORY;
	cursor->txn = txn;
	int rc = mdb_cursor_open(txn->txn, txn->store->tables[table], &cursor->cursor);
	if (rc != MDB_SUCCESS) {
		free(cursor);
		return store_result_of(rc);
	}
	*ret_cursor = cursor;
	return RESULT_OK;
}

void store_cursor_close(struct store_cursor *cursor)
{
	if (!cursor)
		return;
	mdb_cursor_close(cursor->cursor);
	free(cursor);
}

static enum result move(struct store_cursor *cursor, MDB_cursor_op op, struct bytes from,
			struct bytes *ret_key, struct bytes *ret_value)
{
	if (cursor->txn->status != RESULT_OK)
		return cursor->txn->status;
	MDB_val key = {.mv_size = from.len, .mv_data = (void *)(uintptr_t)from.data}, value;
	enum result result = store_result_of(mdb_cursor_get(cursor->cursor, &key, &value, op));
	if (result != RESULT_OK && result != RESULT_NOT_FOUND)
		cursor->txn->status = result;
	if (result != RESULT_OK)
		return result;
	*ret_key = bytes_make(key.mv_data, key.mv_size);
	*ret_value = bytes_make(value.mv_data, value.mv_size);
	return RESULT_OK;
}

enum result store_cursor_seek(struct store_cursor *cursor, struct bytes from, struct bytes *ret_key,
			      struct bytes *ret_value)
{
	MDB_cursor_op op = from.len == 0 ? MDB_FIRST : MDB_SET_RANGE;
	return move(cursor, op, from, ret_key, ret_value);
}

enum result store_cursor_next(struct store_cursor *cursor, struct bytes *ret_key,
			      struct bytes *ret_value)
{
	return move(cursor, MDB_NEXT, bytes_make(NULL, 0), ret_key, ret_value);
}

enum result store_cursor_last(struct store_cursor *cursor, struct bytes *ret_key,
			      struct bytes *ret_value)
{
	return move(cursor, MDB_LAST, bytes_make(NULL, 0), ret_key, ret_value);
}

enum result store_cursor_prev(struct store_cursor *cursor, struct bytes *ret_key,
			      struct bytes *ret_value)
{
	return move(cursor, MDB_PREV, bytes_make(NULL, 0), ret_key, ret_value);
}

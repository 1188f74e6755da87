// SPDX-License-Identifier: EUPL-1.2
// A copy of the log while it is appended to: rows, not pages, so that nothing freed comes along and
// no reader keeps a page for long (design §7).
#include "base/clock.h"
#include "journal/internal.h"

#include <string.h>

#define STEP_ROWS 4096
#define STEP_BYTES ((size_t)8 << 20)
#define STEP_MS 25 // half of what a read transaction may live

struct copying {
	const struct journal_copy *copy;
	struct store *from, *to;
	enum journal_table table;
	uint8_t next[STORE_KEY_MAX + 1];
	size_t next_len; // where the next step begins
	bool done;       // with this table
};

enum belongs { BELONGS, SKIPPED, BEYOND };

// Whether a row is of the first entries. A document is wanted whenever it came: nothing in its key
// says by which entry.
static enum belongs row_belongs(const struct copying *copying, struct bytes key)
{
	if (copying->table == TABLE_DOCUMENT)
		return BELONGS;
	if (copying->table == TABLE_TREE) {
		if (key.len != NODE_KEY_LEN || key.data[0] > 63)
			return SKIPPED;
		return get_u64be(key.data + 1) < copying->copy->size >> key.data[0] ? BELONGS
										    : SKIPPED;
	}
	return key.len == INDEX_KEY_LEN && get_u64be(key.data) < copying->copy->size ? BELONGS
										     : BEYOND;
}

// The next key there can be is the same with a zero behind it.
static void go_on_behind(struct copying *copying, struct bytes key)
{
	memcpy(copying->next, key.data, key.len);
	copying->next[key.len] = 0;
	copying->next_len = key.len + 1;
}

// What the copy has of a row: all of it, or of one that is gone its slot alone.
static struct bytes as_copied(const struct journal_copy *copy, enum journal_table table,
			      struct bytes value, uint8_t stub[KEYSTORE_SEALED_OVERHEAD])
{
	if (!copy->is_gone || (table != TABLE_PARTS && table != TABLE_CONTENT) ||
	    value.len <= KEYSTORE_SEALED_OVERHEAD ||
	    !copy->is_gone(copy->context, keystore_slot_of(value)))
		return value;
	memset(stub, 0, KEYSTORE_SEALED_OVERHEAD);
	put_u32be(stub, (uint32_t)keystore_slot_of(value));
	return bytes_make(stub, KEYSTORE_SEALED_OVERHEAD);
}

static enum result copy_rows(struct copying *copying, struct store_cursor *cursor,
			     struct store_txn *to)
{
	uint8_t stub[KEYSTORE_SEALED_OVERHEAD];
	struct bytes key, value;
	size_t bytes = 0;
	int64_t until = clock_monotonic_ms() + STEP_MS;
	enum result result = store_cursor_seek(cursor, bytes_make(copying->next, copying->next_len),
					       &key, &value);
	for (unsigned rows = 0; result == RESULT_OK; rows++) {
		enum belongs belongs = row_belongs(copying, key);
		if (belongs == BEYOND)
			return RESULT_NOT_FOUND;
		if (key.len > STORE_KEY_MAX - 1)
			return RESULT_DAMAGED;
		go_on_behind(copying, key);
		if (belongs == BELONGS)
			store_append(to, copying->table, key,
				     as_copied(copying->copy, copying->table, value, stub));
		bytes += value.len;
		if (rows + 1 == STEP_ROWS || bytes >= STEP_BYTES || clock_monotonic_ms() >= until)
			return RESULT_OK;
		result = store_cursor_next(cursor, &key, &value);
	}
	return result;
}

static enum result read_step(struct copying *copying, struct store_txn *to)
{
	struct store_txn *from;
	struct store_cursor *cursor;
	enum result result = store_begin(copying->from, false, &from);
	if (result != RESULT_OK)
		return result;
	result = store_cursor_open(from, copying->table, &cursor);
	if (result == RESULT_OK) {
		result = copy_rows(copying, cursor, to);
		store_cursor_close(cursor);
	}
	store_abort(from);
	copying->done = result == RESULT_NOT_FOUND;
	return copying->done ? RESULT_OK : result;
}

// The reading has ended before the writing is synced.
static enum result copy_step(struct copying *copying, bool *ret_of_target)
{
	struct store_txn *to;
	*ret_of_target = true;
	enum result result = store_begin(copying->to, true, &to);
	if (result != RESULT_OK)
		return result;
	result = read_step(copying, to);
	*ret_of_target = result == RESULT_OK;
	if (result != RESULT_OK) {
		store_abort(to);
		return result;
	}
	return store_commit(to);
}

static const enum journal_table copied[] = {TABLE_ENTRY, TABLE_PARTS, TABLE_CONTENT, TABLE_TREE,
					    TABLE_DOCUMENT};
#define COPIED_COUNT (sizeof copied / sizeof copied[0])

enum result journal_copy(struct journal *journal, const struct journal_copy *copy,
			 bool *ret_of_target)
{
	*ret_of_target = false;
	if (copy->size > journal_size(journal))
		return RESULT_NOT_FOUND;
	if (journal_size(copy->target) != 0)
		return RESULT_EXISTS;
	enum result result = RESULT_OK;
	for (size_t i = 0; result == RESULT_OK && i < COPIED_COUNT; i++) {
		struct copying copying = {.copy = copy,
					  .from = journal->store,
					  .to = copy->target->store,
					  .table = copied[i]};
		while (result == RESULT_OK && !copying.done)
			result = copy_step(&copying, ret_of_target);
	}
	return result == RESULT_OK ? journal_renew(copy->target) : result;
}

// ---- whether it is the same ----------------------------------------------------------------

struct pair {
	struct store_txn *txn;
	struct store_cursor *cursor;
	struct bytes key, value;
};

static enum result same_rows(struct pair *from, struct pair *to, enum journal_table table,
			     const struct journal_copy *copy, uint64_t *gone)
{
	uint8_t stub[KEYSTORE_SEALED_OVERHEAD];
	enum result a =
		store_cursor_seek(from->cursor, bytes_make(NULL, 0), &from->key, &from->value);
	enum result b = store_cursor_seek(to->cursor, bytes_make(NULL, 0), &to->key, &to->value);
	while (a == RESULT_OK && b == RESULT_OK) {
		struct bytes want = as_copied(copy, table, from->value, stub);
		if (!bytes_equal(from->key, to->key) || !bytes_equal(want, to->value))
			return RESULT_DAMAGED;
		*gone += want.data == stub;
		a = store_cursor_next(from->cursor, &from->key, &from->value);
		b = store_cursor_next(to->cursor, &to->key, &to->value);
	}
	if (a == RESULT_NOT_FOUND && b == RESULT_NOT_FOUND)
		return RESULT_OK;
	return a != RESULT_OK && a != RESULT_NOT_FOUND   ? a
	       : b != RESULT_OK && b != RESULT_NOT_FOUND ? b
							 : RESULT_DAMAGED;
}

static enum result same_table(struct pair *from, struct pair *to, enum journal_table table,
			      const struct journal_copy *copy, uint64_t *gone)
{
	enum result result = store_cursor_open(from->txn, table, &from->cursor);
	if (result != RESULT_OK)
		return result;
	result = store_cursor_open(to->txn, table, &to->cursor);
	if (result == RESULT_OK) {
		result = same_rows(from, to, table, copy, gone);
		store_cursor_close(to->cursor);
	}
	store_cursor_close(from->cursor);
	return result;
}

enum result journal_same(struct journal *journal, const struct journal_copy *copy,
			 uint64_t *ret_gone)
{
	struct pair from = {.txn = NULL}, to = {.txn = NULL};
	uint64_t gone = 0;
	enum result result = store_begin(journal->store, false, &from.txn);
	if (result == RESULT_OK)
		result = store_begin(copy->target->store, false, &to.txn);
	for (size_t i = 0; result == RESULT_OK && i < COPIED_COUNT; i++)
		result = same_table(&from, &to, copied[i], copy, &gone);
	store_abort(to.txn);
	store_abort(from.txn);
	if (result == RESULT_OK)
		*ret_gone = gone;
	return result;
}

// SPDX-License-Identifier: EUPL-1.2
// Rows with their hashes: the only file that reads and writes the tables of the store. What is read
// was checked, what is absent was looked for between two rows that were checked, and count and sum
// of each table follow every change (state.h says what that shows and what it does not).
#include "state/internal.h"

#include <string.h>

// What LMDB makes of a page or a record that is damaged has many names; reading a map meets no
// disk, and asks nothing that a sound table does not have.
static enum result damaged(struct state *state, enum result result)
{
	if (result == RESULT_INTERNAL || result == RESULT_TOO_LARGE ||
	    result == RESULT_UNSUPPORTED || result == RESULT_IO)
		result = RESULT_DAMAGED;
	if (result == RESULT_DAMAGED)
		state->damaged = true;
	return result;
}

// Table ‖ length of the key ‖ key ‖ value; the value begins at *ret_value.
static enum result row_message(struct state *state, enum state_table table, struct bytes key,
			       struct bytes value, uint8_t **ret_value)
{
	uint8_t *p = state->row;
	if (key.len > STORE_KEY_MAX || value.len > ROW_VALUE_MAX)
		return RESULT_TOO_LARGE;
	p[0] = (uint8_t)table;
	put_u16be(p + 1, (uint16_t)key.len);
	if (key.len > 0)
		memcpy(p + ROW_HEAD_LEN, key.data, key.len);
	*ret_value = p + ROW_HEAD_LEN + key.len;
	if (value.len > 0)
		memcpy(*ret_value, value.data, value.len);
	return RESULT_OK;
}

static enum result row_hash(struct state *state, enum state_table table, struct bytes key,
			    struct bytes value, uint64_t *ret_hash)
{
	uint8_t *at;
	enum result r = row_message(state, table, key, value, &at);
	if (r)
		return r;
	struct bytes message = bytes_make(state->row, (size_t)(at - state->row) + value.len);
	return keystore_short_hash(state->keystore, KEYSTORE_SLOT_STATE, message, ret_hash);
}

// Takes the hash off a stored value and checks it.
static enum result row_check(struct state *state, enum state_table table, struct bytes key,
			     struct bytes *value, uint64_t *ret_hash)
{
	if (value->len < ROW_HASH_LEN)
		return damaged(state, RESULT_DAMAGED);
	struct bytes bare = bytes_make(value->data, value->len - ROW_HASH_LEN);
	enum result r = row_hash(state, table, key, bare, ret_hash);
	if (r == RESULT_TOO_LARGE || (!r && *ret_hash != get_u64be(bare.data + bare.len)))
		return damaged(state, RESULT_DAMAGED);
	*value = bare;
	return r;
}

// The order of LMDB: bytes, then length.
static int key_compare(struct bytes a, struct bytes b)
{
	size_t shared = a.len < b.len ? a.len : b.len;
	int order = shared ? memcmp(a.data, b.data, shared) : 0;
	return order ? order : a.len < b.len ? -1 : a.len > b.len;
}

// ---- reading -------------------------------------------------------------------------------

enum result row_cursor_open(struct state *state, enum state_table table,
			    struct row_cursor *ret_cursor)
{
	struct store_txn *txn;
	struct row_cursor cursor = {.state = state, .table = table};
	enum result r = state_txn(state, &txn);
	if (!r)
		r = damaged(state, store_cursor_open(txn, table, &cursor.cursor));
	if (!r)
		*ret_cursor = cursor;
	return r;
}

void row_cursor_close(struct row_cursor *cursor)
{
	store_cursor_close(cursor->cursor);
	cursor->cursor = NULL;
}

// A row that the cursor came to. `side` is on which side of `cursor->key` it must lie, 0 anywhere.
static enum result arrive(struct row_cursor *cursor, enum result result, int side,
			  struct bytes *key, struct bytes *value)
{
	uint64_t hash;
	if (!result)
		result = row_check(cursor->state, cursor->table, *key, value, &hash);
	else
		result = damaged(cursor->state, result);
	if (result)
		return result;
	if (side && key_compare(*key, cursor->key) * side <= 0)
		return damaged(cursor->state, RESULT_DAMAGED);
	cursor->key = *key;
	return RESULT_OK;
}

enum result row_cursor_next(struct row_cursor *cursor, struct bytes *ret_key,
			    struct bytes *ret_value)
{
	return arrive(cursor, store_cursor_next(cursor->cursor, ret_key, ret_value), 1, ret_key,
		      ret_value);
}

enum result row_cursor_prev(struct row_cursor *cursor, struct bytes *ret_key,
			    struct bytes *ret_value)
{
	return arrive(cursor, store_cursor_prev(cursor->cursor, ret_key, ret_value), -1, ret_key,
		      ret_value);
}

// The row before the place where `from` belongs: whole, and before it indeed.
static enum result check_below(struct row_cursor *cursor, struct bytes from, bool found)
{
	struct bytes key, value;
	enum result r = found ? store_cursor_prev(cursor->cursor, &key, &value)
			      : store_cursor_last(cursor->cursor, &key, &value);
	if (r == RESULT_NOT_FOUND)
		return RESULT_OK;
	cursor->key = from;
	return arrive(cursor, r, -1, &key, &value);
}

enum result row_cursor_seek(struct row_cursor *cursor, struct bytes from, struct bytes *ret_key,
			    struct bytes *ret_value)
{
	enum result found = store_cursor_seek(cursor->cursor, from, ret_key, ret_value), r;
	if (from.len > 0 && (!found || found == RESULT_NOT_FOUND)) {
		r = check_below(cursor, from, !found);
		if (r)
			return r;
	}
	if (found)
		return damaged(cursor->state, found);
	if (from.len > 0)
		found = store_cursor_seek(cursor->cursor, from, ret_key, ret_value);
	cursor->key = from;
	r = arrive(cursor, found, 0, ret_key, ret_value);
	return !r && key_compare(*ret_key, from) < 0 ? damaged(cursor->state, RESULT_DAMAGED) : r;
}

enum result row_cursor_seek_down(struct row_cursor *cursor, struct bytes from,
				 struct bytes *ret_key, struct bytes *ret_value)
{
	enum result r = row_cursor_seek(cursor, from, ret_key, ret_value);
	if (r == RESULT_NOT_FOUND) {
		r = store_cursor_last(cursor->cursor, ret_key, ret_value);
		return arrive(cursor, r, 0, ret_key, ret_value);
	}
	if (r || bytes_equal(*ret_key, from))
		return r;
	return row_cursor_prev(cursor, ret_key, ret_value);
}

// Absent: both neighbours must be whole and lie where they should, for a changed byte in a key
// would else make a row unseen.
static enum result prove_absent(struct state *state, enum state_table table, struct bytes key)
{
	struct row_cursor cursor;
	struct bytes k, v;
	enum result r = row_cursor_open(state, table, &cursor);
	if (r)
		return r;
	r = row_cursor_seek(&cursor, key, &k, &v);
	if (!r && bytes_equal(k, key))
		r = damaged(state, RESULT_DAMAGED);
	row_cursor_close(&cursor);
	return r ? r : RESULT_NOT_FOUND;
}

static enum result read_row(struct state *state, enum state_table table, struct bytes key,
			    struct bytes *ret_value, uint64_t *ret_hash)
{
	struct store_txn *txn;
	struct bytes value;
	enum result r = state_txn(state, &txn);
	if (!r)
		r = damaged(state, store_get(txn, table, key, &value));
	if (!r)
		r = row_check(state, table, key, &value, ret_hash);
	if (!r)
		*ret_value = value;
	return r;
}

enum result row_get(struct state *state, enum state_table table, struct bytes key,
		    struct bytes *ret_value)
{
	uint64_t hash;
	enum result r = read_row(state, table, key, ret_value, &hash);
	return r == RESULT_NOT_FOUND ? prove_absent(state, table, key) : r;
}

enum result row_first(struct state *state, enum state_table table, struct bytes from,
		      size_t prefix_len, struct row_found *ret_row)
{
	enum result r = row_cursor_open(state, table, &ret_row->cursor);
	if (r)
		return r;
	r = row_cursor_seek(&ret_row->cursor, from, &ret_row->key, &ret_row->value);
	if (!r && (ret_row->key.len < prefix_len ||
		   (prefix_len && memcmp(ret_row->key.data, from.data, prefix_len) != 0)))
		r = RESULT_NOT_FOUND;
	if (r)
		row_cursor_close(&ret_row->cursor);
	return r;
}

enum result row_one(struct state *state, enum state_table table, struct bytes from,
		    size_t prefix_len, struct row *ret_row)
{
	struct row_found found;
	enum result r = row_first(state, table, from, prefix_len, &found);
	if (r)
		return r;
	row_cursor_close(&found.cursor);
	*ret_row = (struct row){found.key, found.value};
	return found.key.len == from.len ? RESULT_OK : damaged(state, RESULT_DAMAGED);
}

enum result row_numbered(struct state *state, enum state_table table, uint64_t from,
			 struct row *ret_row)
{
	uint8_t key[8];
	put_u64be(key, from);
	return row_one(state, table, bytes_make(key, sizeof key), 0, ret_row);
}

// ---- changing ------------------------------------------------------------------------------

// A row came (`by` 1) or went (-1). What the scrub has walked past changes with it.
static void account(struct state *state, enum state_table table, struct bytes key, int by,
		    uint64_t hash)
{
	struct state_sum *sum = &state->meta.sums[table];
	sum->rows += (uint64_t)by;
	sum->sum += (uint64_t)by * hash;
	struct scrub *scrub = &state->scrub;
	if (scrub->table != table || scrub->at_len == 0 ||
	    key_compare(key, bytes_make(scrub->at, scrub->at_len)) > 0)
		return;
	scrub->seen.rows += (uint64_t)by;
	scrub->seen.sum += (uint64_t)by * hash;
}

void row_put(struct state *state, enum state_table table, struct bytes key, struct bytes value)
{
	struct bytes old;
	uint64_t old_hash, hash;
	uint8_t *stored;
	enum result r = read_row(state, table, key, &old, &old_hash);
	if (!r && bytes_equal(old, value))
		return;
	bool had = !r;
	if (!r || r == RESULT_NOT_FOUND)
		r = row_hash(state, table, key, value, &hash);
	if (!r)
		r = row_message(state, table, key, value, &stored);
	if (r) {
		state->failure = state->failure ? state->failure : r;
		return;
	}
	put_u64be(stored + value.len, hash);
	store_put(state->txn, table, key, bytes_make(stored, value.len + ROW_HASH_LEN));
	if (had)
		account(state, table, key, -1, old_hash);
	account(state, table, key, 1, hash);
}

void row_del(struct state *state, enum state_table table, struct bytes key)
{
	struct bytes old;
	uint64_t hash;
	enum result r = read_row(state, table, key, &old, &hash);
	if (!r) {
		store_del(state->txn, table, key);
		account(state, table, key, -1, hash);
	} else if (r != RESULT_NOT_FOUND) {
		state->failure = state->failure ? state->failure : r;
	}
}

// ---- the scrub -----------------------------------------------------------------------------

// A walk over all of the table in hand has seen what meta says there is.
static enum result table_is_whole(struct state *state)
{
	const struct state_sum *seen = &state->scrub.seen;
	const struct state_sum *sum = &state->meta.sums[state->scrub.table];
	return seen->rows == sum->rows && seen->sum == sum->sum ? RESULT_OK
								: damaged(state, RESULT_DAMAGED);
}

static enum result table_ends(struct state *state)
{
	struct scrub *scrub = &state->scrub;
	enum result r = table_is_whole(state);
	if (r)
		return r;
	enum state_table next = scrub->table + 1;
	*scrub = (struct scrub){.table = next == STATE_TABLES ? STATE_META + 1 : next};
	return next == STATE_TABLES ? RESULT_NOT_FOUND : RESULT_OK;
}

static enum result walk_table(struct state *state, size_t *rows)
{
	struct scrub *scrub = &state->scrub;
	struct row_cursor cursor;
	struct bytes key, value;
	enum result r = row_cursor_open(state, scrub->table, &cursor);
	if (r)
		return r;
	r = row_cursor_seek(&cursor, bytes_make(scrub->at, scrub->at_len), &key, &value);
	if (!r && scrub->at_len > 0 && bytes_equal(key, bytes_make(scrub->at, scrub->at_len)))
		r = row_cursor_next(&cursor, &key, &value);
	for (; !r && *rows > 0; (*rows)--) {
		scrub->seen.rows++;
		scrub->seen.sum += get_u64be(value.data + value.len); // was checked just now
		memcpy(scrub->at, key.data, key.len);
		scrub->at_len = key.len;
		r = row_cursor_next(&cursor, &key, &value);
	}
	row_cursor_close(&cursor);
	return r;
}

enum result state_scrub(struct state *state, size_t rows)
{
	struct store_txn *txn;
	enum result r = state_txn(state, &txn);
	while (!r && rows > 0) {
		r = walk_table(state, &rows);
		if (r == RESULT_NOT_FOUND)
			r = table_ends(state);
	}
	return r;
}

enum result state_check(struct state *state, enum state_table table)
{
	struct store_txn *txn;
	size_t rows = SIZE_MAX;
	enum result r = state_txn(state, &txn);
	state->scrub = (struct scrub){.table = table};
	if (!r)
		r = walk_table(state, &rows);
	if (r == RESULT_NOT_FOUND)
		r = table_is_whole(state);
	state->scrub = (struct scrub){.table = STATE_META + 1};
	return r;
}

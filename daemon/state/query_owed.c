// SPDX-License-Identifier: EUPL-1.2
// What is owed: of one melding, and of all in order of due time.
#include "state/internal.h"

#include <string.h>

// The obligation that one row of STATE_OWED names.
static enum result owed_open(struct state *state, struct bytes key, struct bytes value,
			     struct state_obligation *ret_obligation)
{
	uint8_t due_first[OBLIGATION_KEY_LEN];
	struct bytes sealed;
	if (key.len != OWED_KEY_LEN || value.len != 8)
		return RESULT_DAMAGED;
	memcpy(due_first, value.data, 8);
	memcpy(due_first + 8, key.data, OWED_KEY_LEN);
	struct bytes row = bytes_make(due_first, sizeof due_first);
	enum result r = row_get(state, STATE_OBLIGATION, row, &sealed);
	if (r)
		return r == RESULT_NOT_FOUND ? RESULT_DAMAGED : r;
	return obligation_open(state, row, sealed, ret_obligation);
}

enum result state_owed(struct state *state, uint64_t index, uint32_t n,
		       struct state_obligation *ret_obligation)
{
	uint8_t from[OWED_KEY_LEN];
	struct row_found row;
	if (n > UINT16_MAX)
		return RESULT_NOT_FOUND;
	put_u64be(from, index);
	put_u16be(from + 8, (uint16_t)n);
	enum result r = row_first(state, STATE_OWED, bytes_make(from, sizeof from), 8, &row);
	if (r)
		return r;
	while (!r) {
		if (row.key.len < 8 || memcmp(row.key.data, from, 8) != 0)
			r = RESULT_NOT_FOUND;
		else
			r = owed_open(state, row.key, row.value, ret_obligation);
		if (r != RESULT_ERASED)
			break;
		r = row_cursor_next(&row.cursor, &row.key, &row.value);
	}
	row_cursor_close(&row.cursor);
	return r;
}

enum result state_next_obligation(struct state *state, const struct state_obligation *after,
				  struct state_obligation *ret_obligation)
{
	uint8_t from[OBLIGATION_KEY_LEN] = {0};
	struct row_found row;
	if (after) {
		put_u64be(from, after->due);
		put_u64be(from + 8, after->index);
		put_u16be(from + 16, (uint16_t)after->n);
	}
	enum result r = row_first(state, STATE_OBLIGATION, bytes_make(from, sizeof from), 0, &row);
	if (r)
		return r;
	if (after && bytes_equal(row.key, bytes_make(from, sizeof from)))
		r = row_cursor_next(&row.cursor, &row.key, &row.value);
	if (!r) {
		r = obligation_open(state, row.key, row.value, ret_obligation);
		ret_obligation->due = get_u64be(row.key.data);
		ret_obligation->index = get_u64be(row.key.data + 8);
		ret_obligation->n = get_u16be(row.key.data + 16);
	}
	row_cursor_close(&row.cursor);
	return r;
}

enum result state_count_obligations(struct state *state, uint64_t *ret_count)
{
	struct store_txn *txn;
	enum result r = state_txn(state, &txn);
	return r ? r : store_count(txn, STATE_OBLIGATION, ret_count);
}

enum result state_obligations(struct state *state,
			      bool (*each)(void *context, const struct state_obligation *o),
			      void *context)
{
	struct row_cursor cursor;
	enum result r = row_cursor_open(state, STATE_OBLIGATION, &cursor);
	if (r)
		return r;
	struct bytes key, value;
	bool unreadable = false;
	r = row_cursor_seek(&cursor, bytes_make(NULL, 0), &key, &value);
	while (!r) {
		struct state_obligation obligation;
		r = obligation_open(state, key, value, &obligation);
		unreadable |= r == RESULT_DAMAGED; // its key was changed; the others are owed
		if ((r && r != RESULT_ERASED && r != RESULT_DAMAGED) ||
		    (!r && !each(context, &obligation)))
			break;
		r = row_cursor_next(&cursor, &key, &value);
	}
	row_cursor_close(&cursor);
	if (r && r != RESULT_NOT_FOUND)
		return r;
	return unreadable ? RESULT_DAMAGED : RESULT_OK;
}

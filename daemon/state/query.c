// SPDX-License-Identifier: EUPL-1.2
// What the flow asks of state. Reads inside the open transaction, so that a batch sees itself.
#include "state/internal.h"

#include <string.h>

enum result state_source(struct state *state, struct bytes source, uint32_t *ret_number,
			 bool *ret_known)
{
	struct store_txn *txn;
	struct bytes value;
	enum result r = state_txn(state, &txn);
	if (!r)
		r = source.len ? row_get(state, STATE_SOURCE, source, &value) : RESULT_NOT_FOUND;
	if (!r && value.len != SOURCE_NUMBER_LEN)
		return RESULT_DAMAGED;
	if (r && r != RESULT_NOT_FOUND)
		return r;
	*ret_known = !r;
	*ret_number = r ? (uint32_t)state->meta.sources : get_u32be(value.data);
	return RESULT_OK;
}

enum result state_dedupe(struct state *state, uint32_t source, struct bytes id,
			 struct state_outcome *ret_outcome)
{
	if (id.len > ID_MAX)
		return RESULT_TOO_LARGE;
	uint8_t key[SOURCE_NUMBER_LEN + ID_MAX];
	put_u32be(key, source);
	memcpy(key + SOURCE_NUMBER_LEN, id.data, id.len);
	struct bytes value;
	enum result r =
		row_get(state, STATE_DEDUPE, bytes_make(key, SOURCE_NUMBER_LEN + id.len), &value);
	if (r)
		return r;
	if (value.len != DEDUPE_VALUE_LEN)
		return RESULT_DAMAGED;
	memcpy(ret_outcome->header_hash.b, value.data, 32);
	ret_outcome->index = get_u64be(value.data + 32);
	ret_outcome->outcome = value.data[40];
	ret_outcome->reason = get_u16be(value.data + 41);
	return RESULT_OK;
}

enum result state_person(struct state *state, const struct identificatie *identificatie,
			 uint8_t ret_handle[HANDLE_LEN])
{
	struct hash hash;
	struct row row;
	uint8_t from[PERSON_KEY_LEN] = {0};
	enum result r = person_key(state, identificatie, &hash);
	if (r)
		return r;
	memcpy(from, hash.b, sizeof hash.b);
	r = row_one(state, STATE_PERSON, bytes_make(from, sizeof from), sizeof hash.b, &row);
	if (r)
		return r;
	if (row.value.len != HANDLE_LEN)
		return RESULT_DAMAGED;
	memcpy(ret_handle, row.value.data, HANDLE_LEN);
	return RESULT_OK;
}

static enum result occurrence_open(struct state *state, struct bytes key, struct bytes value,
				   struct state_occurrence *ret_occurrence)
{
	struct keystore_place place = {.table = "occurrence", .key = key};
	struct buffer plain;
	buffer_init(&plain, 256);
	enum result r = keystore_unseal(state->keystore, &place, value, &plain);
	if (!r && plain.len != OCCURRENCE_LEN)
		r = RESULT_DAMAGED;
	if (!r) {
		ret_occurrence->index = get_u64be(key.data + HANDLE_LEN);
		ret_occurrence->betrokkene = key.data[HANDLE_LEN + 8];
		ret_occurrence->received = get_u64be(plain.data);
		memset(&ret_occurrence->bron, 0, sizeof ret_occurrence->bron);
		memcpy(ret_occurrence->bron.text, plain.data + 8, OIN_LEN);
	}
	buffer_wipe(&plain);
	return r;
}

static enum result is_gesloten(struct state *state, const struct state_occurrence *o,
			       bool *ret_gesloten)
{
	uint8_t key[GESLOTEN_KEY_LEN];
	struct bytes value;
	enum result r = RESULT_NOT_FOUND;
	put_u64be(key, o->index);
	key[8] = (uint8_t)o->betrokkene;
	if (state->meta.sums[STATE_GESLOTEN].rows > 0) // mostly there is none at all
		r = row_get(state, STATE_GESLOTEN, bytes_make(key, sizeof key), &value);
	*ret_gesloten = !r;
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

// Walks one person's rows from the newest back. Received times do not fall with the index, so the
// walk ends at the first one before `since`.
static enum result occurrences_walk(struct state *state, struct row_cursor *cursor,
				    const struct state_span *span,
				    struct state_occurrence *occurrences, size_t *count)
{
	uint8_t after[HANDLE_LEN + 9];
	struct bytes key, value;
	memcpy(after, span->handle, HANDLE_LEN);
	memset(after + HANDLE_LEN, 0xff, 9);
	if (span->below)
		put_u64be(after + HANDLE_LEN, span->below - 1);
	enum result r = row_cursor_seek_down(cursor, bytes_make(after, sizeof after), &key, &value);
	while (!r && *count < span->max && key.len == OCCURRENCE_KEY_LEN &&
	       memcmp(key.data, span->handle, HANDLE_LEN) == 0) {
		struct state_occurrence occurrence;
		r = occurrence_open(state, key, value, &occurrence);
		if (r && r != RESULT_ERASED)
			return r;
		if (!r && occurrence.received < span->since)
			return RESULT_OK;
		bool left_out = r != RESULT_OK;
		if (!r && span->counted)
			r = is_gesloten(state, &occurrence, &left_out);
		if (r && r != RESULT_ERASED)
			return r;
		if (!left_out)
			occurrences[(*count)++] = occurrence;
		r = row_cursor_prev(cursor, &key, &value);
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

enum result state_occurrences(struct state *state, struct state_span span,
			      struct state_occurrence *ret_occurrences, size_t *ret_count)
{
	struct row_cursor cursor;
	enum result r = row_cursor_open(state, STATE_OCCURRENCE, &cursor);
	if (r)
		return r;
	size_t count = 0;
	r = occurrences_walk(state, &cursor, &span, ret_occurrences, &count);
	row_cursor_close(&cursor);
	if (!r)
		*ret_count = count;
	return r;
}

enum result state_casus(struct state *state, const uint8_t *handle, uint64_t from,
			uint64_t *ret_first)
{
	uint8_t key[CASUS_KEY_LEN];
	struct row row;
	memcpy(key, handle, HANDLE_LEN);
	put_u64be(key + HANDLE_LEN, from);
	enum result r = row_one(state, STATE_CASUS, bytes_make(key, sizeof key), HANDLE_LEN, &row);
	if (!r)
		*ret_first = get_u64be(row.key.data + HANDLE_LEN);
	return r;
}

enum result state_next_casus(struct state *state, const struct state_casus_place *from,
			     struct state_casus_place *ret_place)
{
	uint8_t key[CASUS_KEY_LEN];
	struct row row;
	memcpy(key, from->handle, HANDLE_LEN);
	put_u64be(key + HANDLE_LEN, from->first);
	enum result r = row_one(state, STATE_CASUS, bytes_make(key, sizeof key), 0, &row);
	if (!r && row.key.len != CASUS_KEY_LEN)
		r = RESULT_DAMAGED;
	if (r)
		return r;
	memcpy(ret_place->handle, row.key.data, HANDLE_LEN);
	ret_place->first = get_u64be(row.key.data + HANDLE_LEN);
	return RESULT_OK;
}

enum result state_any_casus(struct state *state, const uint8_t *place, uint64_t *ret_first)
{
	uint8_t key[CASUS_KEY_LEN] = {0};
	struct row row;
	memcpy(key, place, HANDLE_LEN);
	enum result r = row_one(state, STATE_CASUS, bytes_make(key, sizeof key), 0, &row);
	if (r == RESULT_NOT_FOUND) { // from the first one on
		memset(key, 0, sizeof key);
		r = row_one(state, STATE_CASUS, bytes_make(key, sizeof key), 0, &row);
	}
	if (!r)
		*ret_first = get_u64be(row.key.data + HANDLE_LEN);
	return r;
}

enum result state_newest(struct state *state, uint64_t first, uint32_t type, uint64_t *ret_index)
{
	uint8_t key[NEWEST_KEY_LEN];
	struct bytes value;
	put_u64be(key, first);
	put_u32be(key + 8, type);
	enum result r = row_get(state, STATE_NEWEST, bytes_make(key, sizeof key), &value);
	if (!r && value.len != 8)
		r = RESULT_DAMAGED;
	if (!r)
		*ret_index = get_u64be(value.data);
	return r;
}

enum result state_nood(struct state *state, uint64_t *ret_received)
{
	static const uint8_t last[8] = {255, 255, 255, 255, 255, 255, 255, 255};
	struct row_cursor cursor;
	struct bytes key, value;
	enum result r = row_cursor_open(state, STATE_NOOD, &cursor);
	if (r)
		return r;
	r = row_cursor_seek_down(&cursor, bytes_make(last, sizeof last), &key, &value);
	if (!r && value.len != 8)
		r = RESULT_DAMAGED;
	if (!r)
		*ret_received = get_u64be(value.data);
	row_cursor_close(&cursor);
	return r;
}

enum result state_known(struct state *state, const struct ontvanger *ontvanger, uint64_t index,
			bool *ret_known)
{
	struct ontvanger_numbers numbers;
	enum result r = ontvanger_numbers(state, ontvanger, &numbers);
	if (r == RESULT_NOT_FOUND) {
		*ret_known = false;
		return RESULT_OK;
	}
	if (r)
		return r;
	uint8_t from[KNOWN_KEY_LEN] = {0};
	struct row row;
	put_u64be(from, numbers.number);
	put_u64be(from + 8, index);
	r = row_one(state, STATE_KNOWN, bytes_make(from, sizeof from), 16, &row);
	if (r && r != RESULT_NOT_FOUND)
		return r;
	*ret_known = r == RESULT_OK;
	return RESULT_OK;
}

enum result state_last_number(struct state *state, const struct ontvanger *ontvanger,
			      uint64_t *ret_number)
{
	struct ontvanger_numbers numbers = {0};
	enum result r = ontvanger_numbers(state, ontvanger, &numbers);
	if (r && r != RESULT_NOT_FOUND)
		return r;
	*ret_number = numbers.last;
	return RESULT_OK;
}

enum result state_next_cause(struct state *state, uint64_t index, uint64_t from,
			     uint64_t *ret_later)
{
	uint8_t key[16];
	struct row row;
	put_u64be(key, index);
	put_u64be(key + 8, from);
	enum result r = row_one(state, STATE_CAUSE, bytes_make(key, 16), 8, &row);
	if (!r)
		*ret_later = get_u64be(row.key.data + 8);
	return r;
}

enum result state_register_leaf(struct state *state, uint64_t from, uint64_t *ret_index)
{
	struct row row;
	enum result r = row_numbered(state, STATE_REGISTER, from, &row);
	if (!r)
		*ret_index = get_u64be(row.key.data);
	return r;
}

enum result state_wissing(struct state *state, uint64_t from, struct state_wissing *ret_wissing)
{
	struct row row;
	enum result r = row_numbered(state, STATE_WISSING, from, &row);
	if (r)
		return r;
	if (row.value.len != WISSING_VALUE_LEN)
		return RESULT_DAMAGED;
	*ret_wissing = (struct state_wissing){.slot = get_u64be(row.key.data),
					      .melding = get_u64be(row.value.data),
					      .begonnen = get_u64be(row.value.data + 8),
					      .klaar = get_u64be(row.value.data + 16)};
	return RESULT_OK;
}

static uint64_t count_deliveries(struct state *state, uint64_t number)
{
	uint8_t from[DELIVERY_KEY_LEN] = {0};
	struct row_found row;
	uint64_t count = 0;
	put_u64be(from, number);
	enum result r = row_first(state, STATE_DELIVERY, bytes_make(from, sizeof from), 8, &row);
	if (r)
		return 0;
	while (!r && get_u64be(row.key.data) == number) {
		count++;
		r = row_cursor_next(&row.cursor, &row.key, &row.value);
	}
	row_cursor_close(&row.cursor);
	return count;
}

static bool ontvanger_row(struct state *state, struct bytes key, struct bytes value,
			  struct state_ontvanger_row *ret_row)
{
	if (key.len < OIN_LEN || key.len > OIN_LEN + FUNCTIE_MAX ||
	    value.len != ONTVANGER_VALUE_LEN)
		return false;
	memset(ret_row, 0, sizeof *ret_row);
	memcpy(ret_row->ontvanger.oin.text, key.data, OIN_LEN);
	memcpy(ret_row->ontvanger.functie, key.data + OIN_LEN, key.len - OIN_LEN);
	uint64_t number;
	ret_row->last_number = get_u64be(value.data);
	if (ontvanger_number(state, key, &number))
		return false;
	ret_row->unacknowledged = count_deliveries(state, number);
	return true;
}

enum result state_ontvangers(struct state *state,
			     bool (*each)(void *context, const struct state_ontvanger_row *row),
			     void *context)
{
	struct row_cursor cursor;
	struct bytes key, value;
	enum result r = row_cursor_open(state, STATE_ONTVANGER, &cursor);
	if (r)
		return r;
	r = row_cursor_seek(&cursor, bytes_make(NULL, 0), &key, &value);
	while (!r) {
		struct state_ontvanger_row row;
		if (!ontvanger_row(state, key, value, &row))
			r = RESULT_DAMAGED;
		if (r || !each(context, &row))
			break;
		r = row_cursor_next(&cursor, &key, &value);
	}
	row_cursor_close(&cursor);
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

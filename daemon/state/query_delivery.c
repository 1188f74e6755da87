// SPDX-License-Identifier: EUPL-1.2
// What each ontvanger is owed, what it confirmed, and what was decided under another convenant.
#include "state/internal.h"

#include <string.h>

static enum result delivery_decode(struct bytes key, struct bytes value,
				   struct state_delivery *ret_delivery)
{
	if (key.len != DELIVERY_KEY_LEN || value.len != DELIVERY_VALUE_LEN)
		return RESULT_DAMAGED;
	ret_delivery->number = get_u64be(key.data + 8);
	ret_delivery->index = get_u64be(value.data);
	ret_delivery->part = value.data[8];
	ret_delivery->generation = get_u64be(value.data + 9);
	memcpy(ret_delivery->part_hash.b, value.data + 17, 32);
	return RESULT_OK;
}

// Rows of one ontvanger from where the cursor stands.
static enum result list_deliveries(struct row_found *found, const uint8_t *of,
				   struct state_deliveries *deliveries)
{
	enum result r = RESULT_OK;
	while (!r && found->key.len >= 8 && memcmp(found->key.data, of, 8) == 0) {
		r = delivery_decode(found->key, found->value, &deliveries->rows[deliveries->count]);
		if (r) {
			found->cursor.state->damaged = true;
			return r;
		}
		if (++deliveries->count == deliveries->cap)
			return RESULT_OK;
		r = row_cursor_next(&found->cursor, &found->key, &found->value);
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

enum result state_next_deliveries(struct state *state, const struct ontvanger *ontvanger,
				  uint64_t after, struct state_deliveries *deliveries)
{
	struct ontvanger_numbers numbers;
	enum result r = ontvanger_numbers(state, ontvanger, &numbers);
	deliveries->count = 0;
	if (r)
		return r;
	if (after == UINT64_MAX)
		return RESULT_NOT_FOUND;
	uint8_t from[DELIVERY_KEY_LEN];
	put_u64be(from, numbers.number);
	put_u64be(from + 8, after + 1);
	struct row_found found;
	r = row_first(state, STATE_DELIVERY, bytes_make(from, sizeof from), 8, &found);
	if (r)
		return r;
	r = list_deliveries(&found, from, deliveries);
	row_cursor_close(&found.cursor);
	return r;
}

enum result state_next_delivery(struct state *state, const struct ontvanger *ontvanger,
				uint64_t after, struct state_delivery *ret_delivery)
{
	struct state_deliveries one = {.rows = ret_delivery, .cap = 1};
	return state_next_deliveries(state, ontvanger, after, &one);
}

void delivery_key_after(uint8_t from[DELIVERY_KEY_LEN], struct bytes key)
{
	memcpy(from, key.data, DELIVERY_KEY_LEN);
	for (size_t i = DELIVERY_KEY_LEN; i-- > 0 && ++from[i] == 0;)
		;
}

// The entry that gave a delivery which was acknowledged.
enum result state_acked(struct state *state, const struct ontvanger *ontvanger, uint64_t number,
			uint64_t *ret_index)
{
	struct ontvanger_numbers numbers;
	struct bytes value;
	uint8_t key[DELIVERY_KEY_LEN];
	enum result r = ontvanger_numbers(state, ontvanger, &numbers);
	if (r)
		return r;
	put_u64be(key, numbers.number);
	put_u64be(key + 8, number);
	r = row_get(state, STATE_ACKED, bytes_make(key, sizeof key), &value);
	if (r)
		return r;
	if (value.len != ACKED_VALUE_LEN)
		return RESULT_DAMAGED;
	*ret_index = get_u64be(value.data);
	return RESULT_OK;
}

enum result state_next_stale(struct state *state, uint64_t generation, struct state_stale *place)
{
	struct row_found row;
	enum result r = row_first(state, STATE_DELIVERY, bytes_make(place->from, DELIVERY_KEY_LEN),
				  0, &row);
	if (r)
		return r;
	while (!r) {
		r = delivery_decode(row.key, row.value, &place->delivery);
		if (r || place->delivery.generation != generation)
			break;
		r = row_cursor_next(&row.cursor, &row.key, &row.value);
	}
	if (!r)
		delivery_key_after(place->from, row.key);
	row_cursor_close(&row.cursor);
	return r;
}

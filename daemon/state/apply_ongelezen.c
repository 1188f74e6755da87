// SPDX-License-Identifier: EUPL-1.2
// What waits in an entry that could not be read when it had to be decided again (state.h,
// VELD_ONGELEZEN). It stays owed, under no generation: nothing of it leaves until it was decided
// again, whenever the entry is put back.
#include "state/apply.h"

#include <string.h>

#define NO_GENERATION 0 // the first entry of a log brings no convenant

static bool is_one(const struct part_verantwoording *v, uint64_t index)
{
	for (size_t i = 0; i < v->veld_count; i++) {
		struct bytes entry = v->velden[i].waarde;
		if (v->velden[i].veld == VELD_ONGELEZEN &&
		    (entry.len == 0 || (entry.len == 8 && get_u64be(entry.data) == index)))
			return true;
	}
	return false;
}

// The next waiting delivery from `from` on that lies in one of them.
static enum result find_one(struct state *state, const struct part_verantwoording *v,
			    uint8_t from[DELIVERY_KEY_LEN], uint8_t ret_value[DELIVERY_VALUE_LEN])
{
	struct row_found row;
	enum result r =
		row_first(state, STATE_DELIVERY, bytes_make(from, DELIVERY_KEY_LEN), 0, &row);
	if (r)
		return r;
	while (!r && row.value.len == DELIVERY_VALUE_LEN && !is_one(v, get_u64be(row.value.data)))
		r = row_cursor_next(&row.cursor, &row.key, &row.value);
	if (!r && (row.key.len != DELIVERY_KEY_LEN || row.value.len != DELIVERY_VALUE_LEN))
		r = RESULT_DAMAGED;
	if (!r) {
		memcpy(from, row.key.data, DELIVERY_KEY_LEN);
		memcpy(ret_value, row.value.data, DELIVERY_VALUE_LEN);
	}
	row_cursor_close(&row.cursor);
	return r;
}

enum result apply_ongelezen(struct state *state, const struct part_verantwoording *v)
{
	uint8_t key[DELIVERY_KEY_LEN] = {0}, value[DELIVERY_VALUE_LEN];
	enum result r = RESULT_OK;
	bool any = false;
	for (size_t i = 0; i < v->veld_count; i++)
		any |= v->velden[i].veld == VELD_ONGELEZEN;
	while (any && !r) {
		r = find_one(state, v, key, value);
		if (r)
			break;
		put_u64be(value + 9, NO_GENERATION);
		row_put(state, STATE_DELIVERY, bytes_make(key, sizeof key),
			bytes_make(value, sizeof value));
		delivery_key_after(key, bytes_make(key, sizeof key));
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

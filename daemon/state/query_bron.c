// SPDX-License-Identifier: EUPL-1.2
// What came of each source: the names there are, which sequence numbers were used, on which days.
#include "state/internal.h"

#include <string.h>

enum result state_next_source(struct state *state, struct bytes after,
			      struct state_source_row *ret_source)
{
	uint8_t from[SOURCE_MAX + 1] = {0};
	struct row_found found;
	if (after.len > SOURCE_MAX)
		return RESULT_TOO_LARGE;
	if (after.len > 0)
		memcpy(from, after.data, after.len);
	// With a zero behind it: the least that is more than the name itself.
	enum result r = row_first(state, STATE_SOURCE, bytes_make(from, after.len + 1), 0, &found);
	if (r)
		return r;
	if (found.key.len > SOURCE_MAX || found.value.len != SOURCE_NUMBER_LEN)
		r = RESULT_DAMAGED;
	if (!r) {
		memcpy(ret_source->name, found.key.data, found.key.len);
		ret_source->name[found.key.len] = '\0';
		ret_source->number = get_u32be(found.value.data);
	}
	row_cursor_close(&found.cursor);
	return r;
}

enum result run_read(struct bytes key, struct bytes value, struct state_run *ret_run)
{
	if (key.len != SEQUENCE_KEY_LEN || value.len != SEQUENCE_VALUE_LEN)
		return RESULT_DAMAGED;
	*ret_run = (struct state_run){get_u64be(key.data + 4), get_u64be(value.data),
				      get_u64be(value.data + 8)};
	return RESULT_OK;
}

enum result state_next_run(struct state *state, uint32_t source, uint64_t from,
			   struct state_run *ret_run)
{
	uint8_t key[SEQUENCE_KEY_LEN];
	struct row row;
	put_u32be(key, source);
	put_u64be(key + 4, from);
	enum result r = row_one(state, STATE_SEQUENCE, bytes_make(key, sizeof key), 4, &row);
	return r ? r : run_read(row.key, row.value, ret_run);
}

enum result state_previous_run(struct state *state, uint32_t source, uint64_t from,
			       struct state_run *ret_run)
{
	uint8_t key[SEQUENCE_KEY_LEN];
	struct bytes k, v;
	struct row_cursor cursor;
	enum result r = row_cursor_open(state, STATE_SEQUENCE, &cursor);
	if (r)
		return r;
	put_u32be(key, source);
	put_u64be(key + 4, from);
	r = row_cursor_seek_down(&cursor, bytes_make(key, sizeof key), &k, &v);
	if (!r && k.len == sizeof key && get_u32be(k.data) != source)
		r = RESULT_NOT_FOUND;
	if (!r)
		r = run_read(k, v, ret_run);
	row_cursor_close(&cursor);
	return r;
}

enum result state_next_gehoord(struct state *state, uint32_t source, uint32_t from,
			       struct state_gehoord *ret_gehoord)
{
	uint8_t key[GEHOORD_KEY_LEN];
	struct row row;
	put_u32be(key, source);
	put_u32be(key + 4, from);
	enum result r = row_one(state, STATE_GEHOORD, bytes_make(key, sizeof key), 4, &row);
	if (!r && row.value.len != GEHOORD_VALUE_LEN)
		r = RESULT_DAMAGED;
	if (!r)
		*ret_gehoord = (struct state_gehoord){get_u32be(row.key.data + 4),
						      get_u32be(row.value.data)};
	return r;
}

// SPDX-License-Identifier: EUPL-1.2
// What came of each source: which sequence numbers were used and since when, and how many meldingen
// on which day. What an entry adds must be the same when another comes first, or when a replay
// finds it empty after its accountability went: a range is since its least moment, of which 0 is
// the least of all; and a day counts what is accounted for, and counts back.
#include "state/apply.h"

#include "base/clock.h"

// ---- sequence numbers ----------------------------------------------------------------------

static void sequence_key(uint8_t key[SEQUENCE_KEY_LEN], uint32_t source, uint64_t sequence)
{
	put_u32be(key, source);
	put_u64be(key + 4, sequence);
}

static void put_run(struct state *state, uint32_t source, const struct state_run *run)
{
	uint8_t key[SEQUENCE_KEY_LEN], value[SEQUENCE_VALUE_LEN];
	sequence_key(key, source, run->first);
	put_u64be(value, run->last);
	put_u64be(value + 8, run->since);
	row_put(state, STATE_SEQUENCE, bytes_make(key, sizeof key),
		bytes_make(value, sizeof value));
}

// The one that begins at `first`.
static enum result run_at(struct state *state, uint32_t source, uint64_t first,
			  struct state_run *ret_run)
{
	uint8_t key[SEQUENCE_KEY_LEN];
	struct bytes v;
	sequence_key(key, source, first);
	enum result r = row_get(state, STATE_SEQUENCE, bytes_make(key, sizeof key), &v);
	return r ? r : run_read(bytes_make(key, sizeof key), v, ret_run);
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

// Joins `sequence` to the ranges beside it, so that a source without gaps is one row.
enum result apply_sequence(struct state *state, uint32_t source, uint64_t sequence,
			   uint64_t received)
{
	uint8_t key[SEQUENCE_KEY_LEN];
	struct state_run run = {sequence, sequence, received}, below, above;
	enum result r = state_previous_run(state, source, sequence, &below);
	if (r && r != RESULT_NOT_FOUND)
		return r;
	bool seen = !r && below.last >= sequence; // reuse is an alarm of the flow, not of state
	if (!r && (seen || below.last == sequence - 1)) {
		run = (struct state_run){below.first, seen ? below.last : sequence,
					 least(below.since, received)};
		if (seen && run.since == below.since)
			return RESULT_OK;
	}
	r = seen || sequence == UINT64_MAX ? RESULT_NOT_FOUND
					   : run_at(state, source, sequence + 1, &above);
	if (!r) {
		run = (struct state_run){run.first, above.last, least(run.since, above.since)};
		sequence_key(key, source, sequence + 1);
		row_del(state, STATE_SEQUENCE, bytes_make(key, sizeof key));
	}
	if (r && r != RESULT_NOT_FOUND)
		return r;
	put_run(state, source, &run);
	return RESULT_OK;
}

enum result state_sequence_seen(struct state *state, uint32_t source, uint64_t sequence,
				bool *ret_seen)
{
	struct state_run run;
	enum result r = state_previous_run(state, source, sequence, &run);
	if (r && r != RESULT_NOT_FOUND)
		return r;
	*ret_seen = !r && run.last >= sequence;
	return RESULT_OK;
}

// ---- days ----------------------------------------------------------------------------------

// A statement that brought rubrieken of its own: acks and answers follow the rhythm of others.
static bool brings(const struct part_verantwoording *v)
{
	return v->rubriek_count > 0 && !v->betreft;
}

static enum result count_gehoord(struct state *state, const struct part_verantwoording *v, int by)
{
	uint8_t key_bytes[GEHOORD_KEY_LEN], value_bytes[GEHOORD_VALUE_LEN];
	struct bytes key = bytes_make(key_bytes, sizeof key_bytes), value;
	uint32_t count = 0;
	put_u32be(key_bytes, (uint32_t)v->source_number);
	put_u32be(key_bytes + 4, (uint32_t)date_to_days(date_amsterdam((int64_t)v->received)));
	enum result r = row_get(state, STATE_GEHOORD, key, &value);
	if (!r && value.len != GEHOORD_VALUE_LEN)
		return RESULT_DAMAGED;
	if (r && r != RESULT_NOT_FOUND)
		return r;
	if (!r)
		count = get_u32be(value.data);
	if (by < 0 && count <= 1) {
		if (!r)
			row_del(state, STATE_GEHOORD, key);
		return RESULT_OK;
	}
	put_u32be(value_bytes, by < 0 ? count - 1 : count + 1);
	row_put(state, STATE_GEHOORD, key, bytes_make(value_bytes, sizeof value_bytes));
	return RESULT_OK;
}

enum result apply_gehoord(struct state *state, const struct part_verantwoording *v)
{
	return brings(v) ? count_gehoord(state, v, 1) : RESULT_OK;
}

enum result forget_gehoord(struct state *state, const struct part_verantwoording *v)
{
	return brings(v) ? count_gehoord(state, v, -1) : RESULT_OK;
}

// SPDX-License-Identifier: EUPL-1.2
// Which numbers came, and what an instance remembers of it.
#include "adapter/state.h"

#include "base/file.h"

#include <stdio.h>
#include <string.h>

#define MAGIC "KNPA\1\0\0"
#define MAGIC_LEN 8
#define NUMBERS 5
#define STATE_MAX (MAGIC_LEN + 8 * (NUMBERS + 2 * STORE_GAPS_MAX) + 4 + READING_PATH_MAX)

// ---- numbers -----------------------------------------------------------------------------------

static void add_gap(struct store_state *state, uint64_t from, uint64_t to)
{
	if (state->gap_count == STORE_GAPS_MAX)
		state->gaps[STORE_GAPS_MAX - 1].to = to; // rather one too many than one too few
	else
		state->gaps[state->gap_count++] = (struct gap){.from = from, .to = to};
}

static void remove_gap(struct store_state *state, size_t n)
{
	memmove(&state->gaps[n], &state->gaps[n + 1],
		(state->gap_count - n - 1) * sizeof state->gaps[0]);
	state->gap_count--;
}

// One in the middle of a gap came. Where there is no room for two it stays missing: rather one too
// many than one too few.
static void split_gap(struct store_state *state, size_t n, uint64_t number)
{
	struct gap *gap = &state->gaps[n];
	if (state->gap_count == STORE_GAPS_MAX)
		return;
	memmove(gap + 1, gap, (state->gap_count - n) * sizeof *gap);
	state->gap_count++;
	gap[0].to = number - 1;
	gap[1].from = number + 1;
}

// One that was missing came after all.
static void close_gap(struct store_state *state, uint64_t number)
{
	for (size_t i = 0; i < state->gap_count; i++) {
		struct gap *gap = &state->gaps[i];
		if (number < gap->from || number > gap->to)
			continue;
		if (gap->from == gap->to)
			remove_gap(state, i);
		else if (number == gap->from)
			gap->from++;
		else if (number == gap->to)
			gap->to--;
		else
			split_gap(state, i, number);
		return;
	}
}

void store_note_number(struct store_state *state, uint64_t number)
{
	if (number <= state->highest) {
		close_gap(state, number);
		return;
	}
	if (state->highest > 0 && number > state->highest + 1)
		add_gap(state, state->highest + 1, number - 1);
	state->highest = number;
}

uint64_t store_missing(const struct store_state *state)
{
	uint64_t missing = 0;
	for (size_t i = 0; i < state->gap_count; i++)
		missing += state->gaps[i].to - state->gaps[i].from + 1;
	return missing;
}

// ---- the file ----------------------------------------------------------------------------------

void state_encode(const struct store_state *state, const char *in, struct buffer *out)
{
	buffer_append(out, bytes_make(MAGIC, MAGIC_LEN));
	const uint64_t numbers[NUMBERS] = {state->next, state->highest, state->last_ms,
					   state->lines, state->gap_count};
	for (size_t i = 0; i < NUMBERS; i++)
		buffer_append_u64be(out, numbers[i]);
	for (size_t i = 0; i < state->gap_count; i++) {
		buffer_append_u64be(out, state->gaps[i].from);
		buffer_append_u64be(out, state->gaps[i].to);
	}
	buffer_append_u32be(out, (uint32_t)strlen(in));
	buffer_append_text(out, in);
}

static bool take_u64(struct bytes *rest, uint64_t *ret_number)
{
	if (rest->len < 8)
		return false;
	*ret_number = get_u64be(rest->data);
	*rest = bytes_make(rest->data + 8, rest->len - 8);
	return true;
}

enum result state_decode(struct bytes data, struct store_state *ret_state, char *ret_in)
{
	struct store_state state;
	struct bytes rest = data;
	uint64_t *const numbers[NUMBERS] = {&state.next, &state.highest, &state.last_ms,
					    &state.lines, &state.gap_count};
	if (data.len < MAGIC_LEN || memcmp(data.data, MAGIC, MAGIC_LEN) != 0)
		return RESULT_DAMAGED;
	rest = bytes_make(data.data + MAGIC_LEN, data.len - MAGIC_LEN);
	for (size_t i = 0; i < NUMBERS; i++) {
		if (!take_u64(&rest, numbers[i]))
			return RESULT_DAMAGED;
	}
	if (state.gap_count > STORE_GAPS_MAX)
		return RESULT_DAMAGED;
	for (size_t i = 0; i < state.gap_count; i++) {
		struct gap *gap = &state.gaps[i];
		if (!take_u64(&rest, &gap->from) || !take_u64(&rest, &gap->to) ||
		    gap->to < gap->from)
			return RESULT_DAMAGED;
	}
	if (rest.len < 4 || get_u32be(rest.data) != rest.len - 4 ||
	    rest.len - 4 >= READING_PATH_MAX)
		return RESULT_DAMAGED;
	memcpy(ret_in, rest.data + 4, rest.len - 4);
	ret_in[rest.len - 4] = '\0';
	*ret_state = state;
	return RESULT_OK;
}

enum result state_read(const char *path, struct store_state *ret_state, char *ret_in)
{
	struct buffer data;
	buffer_init(&data, STATE_MAX);
	enum result result = file_read_private(path, STATE_MAX, &data);
	if (result == RESULT_OK)
		result = state_decode(buffer_view(&data), ret_state, ret_in);
	buffer_done(&data);
	return result;
}

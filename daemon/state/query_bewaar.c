// SPDX-License-Identifier: EUPL-1.2
// What the flow asks about terms, about what is being destroyed and about what may not be.
#include "state/internal.h"

enum result state_wissend(struct state *state, uint64_t from, uint64_t *ret_slot)
{
	struct row row;
	enum result r = row_numbered(state, STATE_WISSEND, from, &row);
	if (!r)
		*ret_slot = get_u64be(row.key.data);
	return r;
}

enum result state_bewaar(struct state *state, uint64_t from, struct state_bewaar *ret_bewaar)
{
	struct row row;
	enum result r = row_numbered(state, STATE_BEWAAR, from, &row);
	if (r)
		return r;
	if (row.value.len != BEWAAR_VALUE_LEN)
		return RESULT_DAMAGED;
	*ret_bewaar = (struct state_bewaar){.melding = get_u64be(row.key.data),
					    .inhoud = get_u64be(row.value.data),
					    .verantwoording = get_u64be(row.value.data + 8)};
	ret_bewaar->bureau = ret_bewaar->inhoud == BEWAAR_OF_BUREAU;
	if (ret_bewaar->bureau)
		ret_bewaar->inhoud = 0;
	return RESULT_OK;
}

static bool stop_names(struct bytes value, uint64_t melding)
{
	for (size_t at = 8; at + 8 <= value.len; at += 8)
		if (get_u64be(value.data + at) == melding)
			return true;
	return value.len == 8;
}

// The first stop from `from` on; whether it holds `melding`.
static enum result next_stop(struct state *state, uint64_t from, uint64_t melding,
			     struct state_stop *ret_stop, bool *ret_holds)
{
	struct row row;
	enum result r = row_numbered(state, STATE_STOP, from, &row);
	if (r)
		return r;
	if (row.value.len < 8)
		return RESULT_DAMAGED;
	*ret_stop = (struct state_stop){.index = get_u64be(row.key.data),
					.herzien = get_u64be(row.value.data),
					.meldingen = row.value.len / 8 - 1};
	*ret_holds = stop_names(row.value, melding);
	return RESULT_OK;
}

enum result state_stop(struct state *state, uint64_t from, struct state_stop *ret_stop)
{
	bool holds;
	return next_stop(state, from, 0, ret_stop, &holds);
}

enum result state_held(struct state *state, uint64_t melding, bool *ret_held)
{
	struct state_stop stop = {.index = 0};
	bool held = false;
	enum result r = RESULT_OK;
	for (uint64_t from = 0; !r && !held; from = stop.index + 1)
		r = next_stop(state, from, melding, &stop, &held);
	if (r && r != RESULT_NOT_FOUND)
		return r;
	*ret_held = held;
	return RESULT_OK;
}

enum result state_acceptatie(struct state *state, uint64_t from, uint64_t *ret_index)
{
	struct row row;
	enum result r = row_numbered(state, STATE_ACCEPTATIE, from, &row);
	if (!r)
		*ret_index = get_u64be(row.key.data);
	return r;
}

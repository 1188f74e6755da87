// SPDX-License-Identifier: EUPL-1.2
// When an attendering goes, and what is remembered of that.
#include "attendering/attendering.h"

#include "base/clock.h"
#include "base/file.h"
#include "melding/reason.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PAUSE_FIRST_MS MS_PER_MINUTE
#define PAUSE_MAX_MS MS_PER_HOUR
#define STATE_MAX 4096
#define SENDING "sending"

// ---- the file ----------------------------------------------------------------------------------

static bool read_line(const char *line, struct attendering_state *state)
{
	static_assert(ATTENDERING_NAME_MAX == 32 && sizeof state->code == 24, "the widths below");
	struct attendering_place told = {.oldest = 0};
	if (sscanf(line, "told %32s %" SCNu64, told.name, &told.newest) == 2) {
		if (state->told_count == ATTENDERING_PLACES_MAX)
			return false;
		state->told[state->told_count++] = told;
		return true;
	}
	return sscanf(line, "failed %23s %" SCNd64 " %" SCNd64 " %" SCNd64, state->code,
		      &state->since_ms, &state->next_ms, &state->pause_ms) == 4;
}

enum result attendering_state_read(const char *path, struct attendering_state *ret_state)
{
	struct attendering_state state = {.told_count = 0};
	struct buffer file;
	buffer_init(&file, STATE_MAX);
	enum result result = file_read_private(path, STATE_MAX - 1, &file);
	if (result == RESULT_OK) {
		buffer_append_u8(&file, '\0');
		result = file.status;
	}
	for (char *line = (char *)file.data; result == RESULT_OK && line && *line;) {
		char *end = strchr(line, '\n');
		if (!end || end == line)
			result = RESULT_DAMAGED;
		else
			*end = '\0';
		if (result == RESULT_OK && !read_line(line, &state))
			result = RESULT_DAMAGED;
		line = end ? end + 1 : NULL;
	}
	buffer_done(&file);
	if (result == RESULT_OK)
		*ret_state = state;
	return result;
}

static enum result write_state(const char *path, const struct attendering_state *state)
{
	struct buffer file;
	buffer_init(&file, STATE_MAX);
	for (size_t i = 0; i < state->told_count; i++)
		buffer_append_format(&file, "told %s %" PRIu64 "\n", state->told[i].name,
				     state->told[i].newest);
	if (state->code[0])
		buffer_append_format(&file, "failed %s %" PRId64 " %" PRId64 " %" PRId64 "\n",
				     state->code, state->since_ms, state->next_ms, state->pause_ms);
	enum result result = file.status;
	if (result == RESULT_OK)
		result = file_replace(path, buffer_view(&file), 0600);
	buffer_done(&file);
	return result;
}

// ---- what people were told ---------------------------------------------------------------------

static uint64_t told_of(const struct attendering_state *state, const char *name)
{
	for (size_t i = 0; i < state->told_count; i++) {
		if (strcmp(state->told[i].name, name) == 0)
			return state->told[i].newest;
	}
	return 0;
}

// Something waits; and nothing of that is what people know of already.
static bool is_news(const struct attendering_state *state, const struct attendering_place *places,
		    size_t count)
{
	bool waits = false;
	for (size_t i = 0; i < count; i++) {
		if (places[i].oldest > 0 && places[i].oldest <= told_of(state, places[i].name))
			return false;
		waits |= places[i].oldest > 0;
	}
	return waits;
}

// Of places that are no more nothing stays.
static void note_told(struct attendering_state *state, const struct attendering_place *places,
		      size_t count)
{
	struct attendering_state next = {.told_count = 0};
	for (size_t i = 0; i < count && i < ATTENDERING_PLACES_MAX; i++) {
		struct attendering_place place = places[i];
		if (place.oldest == 0)
			place.newest = told_of(state, place.name);
		if (place.newest > 0)
			next.told[next.told_count++] = place;
	}
	*state = next;
}

// ---- one round ---------------------------------------------------------------------------------

static void set_failed(struct attendering_state *state, const char *code, int64_t now)
{
	if (!state->code[0])
		state->since_ms = now;
	if (code != state->code)
		snprintf(state->code, sizeof state->code, "%s", code);
}

static enum result not_yet(const struct attendering_state *state, struct problem *problem)
{
	enum reason reason = reason_of_code(bytes_of_text(state->code));
	problem_set(problem, reason_code(reason ? reason : REASON_BUSY),
		    "Nothing: it is tried again, after pauses that grow.",
		    "the attendering did not go, and its next attempt is not due");
	return RESULT_AGAIN;
}

static enum result state_failed(const struct attendering *attendering, enum result result,
				struct problem *problem)
{
	enum reason reason = result == RESULT_FULL      ? REASON_FULL
			     : result == RESULT_DAMAGED ? REASON_DAMAGED
							: REASON_IO;
	problem_set(problem, reason_code(reason),
		    result == RESULT_DAMAGED ? "Remove it: at most one more goes."
					     : reason_fix(reason),
		    "what is kept of attenderingen cannot be used");
	problem_set_file(problem, attendering->path);
	return result;
}

// The next attempt is fixed before this one: whatever becomes of it, none goes at once.
static enum result attempt(const struct attendering *attendering, struct attendering_state *state,
			   const struct attendering_place *places, size_t count,
			   struct problem *problem)
{
	int64_t now = clock_wall_ms();
	int64_t pause = state->code[0] ? 2 * state->pause_ms : PAUSE_FIRST_MS;
	state->pause_ms = pause < PAUSE_MAX_MS ? pause : PAUSE_MAX_MS;
	state->next_ms = now + state->pause_ms;
	set_failed(state, state->code[0] ? state->code : SENDING, now);
	enum result result = write_state(attendering->path, state);
	if (result != RESULT_OK)
		return state_failed(attendering, result, problem);
	enum result sent = attendering_send(attendering->settings, attendering->oefening, problem);
	if (sent == RESULT_OK)
		note_told(state, places, count);
	else
		set_failed(state, problem->code ? problem->code : reason_code(REASON_IO), now);
	result = write_state(attendering->path, state);
	return result == RESULT_OK ? sent : state_failed(attendering, result, problem);
}

enum result attendering_round(const struct attendering *attendering,
			      const struct attendering_place *places, size_t count, bool *ret_sent,
			      struct problem *problem)
{
	struct attendering_state state = {.told_count = 0};
	int64_t now = clock_wall_ms();
	enum result result = attendering_state_read(attendering->path, &state);
	*ret_sent = false;
	if (result != RESULT_OK && result != RESULT_NOT_FOUND)
		return state_failed(attendering, result, problem);
	if (is_news(&state, places, count)) {
		// A clock that was set back keeps nobody waiting.
		bool due = !state.code[0] || now >= state.next_ms ||
			   state.next_ms > now + PAUSE_MAX_MS;
		result = due ? attempt(attendering, &state, places, count, problem)
			     : not_yet(&state, problem);
		*ret_sent = result == RESULT_OK;
		return result;
	}
	if (!state.code[0])
		return RESULT_OK;
	// It was fetched without one.
	state.code[0] = '\0';
	result = write_state(attendering->path, &state);
	return result == RESULT_OK ? RESULT_OK : state_failed(attendering, result, problem);
}

void attendering_trouble(const char *path, char ret_code[ATTENDERING_CODE_MAX])
{
	struct attendering_state state = {.code = ""};
	enum result result = attendering_state_read(path, &state);
	bool unread = result != RESULT_OK && result != RESULT_NOT_FOUND;
	bool sending = strcmp(state.code, SENDING) == 0;
	snprintf(ret_code, ATTENDERING_CODE_MAX, "%s",
		 unread    ? reason_code(REASON_DAMAGED)
		 : sending ? ""
			   : state.code);
}

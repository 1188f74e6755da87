// SPDX-License-Identifier: EUPL-1.2
// What core tells the gate arrives however full the way is, and a door that stays closed costs its
// connections less and less often.
#include "flow_world.h"

#define ROOM (64 * 1024) // of core's queue

struct line {
	struct flow_world *world;
	struct channel core, gate;
	uint8_t *memory;
};

static int setup(void **state)
{
	struct line *line = calloc(1, sizeof *line);
	int pair[2];
	assert_non_null(line);
	line->world = flow_town();
	line->memory = malloc(CHANNEL_MESSAGE_MAX);
	assert_non_null(line->memory);
	assert_int_equal(channel_pair(pair), RESULT_OK);
	assert_int_equal(channel_init(&line->core, pair[0], ROOM), RESULT_OK);
	assert_int_equal(channel_init(&line->gate, pair[1], ROOM), RESULT_OK);
	*state = line;
	return 0;
}

static int teardown(void **state)
{
	struct line *line = *state;
	void *world = line->world;
	channel_done(&line->core);
	channel_done(&line->gate);
	free(line->memory);
	free(line);
	flow_clock_ahead = 0;
	return flow_world_end(&world);
}

static uint32_t next_kind(struct line *line)
{
	struct bytes message;
	uint32_t kind = 0;
	(void)!channel_flush(&line->core);
	if (channel_receive(&line->gate, line->memory, &message) == RESULT_OK)
		memcpy(&kind, message.data, sizeof kind);
	return kind;
}

static void turn(struct line *line)
{
	(void)!channel_flush(&line->core);
	core_turn_gate(line->world->core, &line->core, clock_monotonic_ms());
}

// With answers that nobody took yet.
static void fill(struct line *line)
{
	static const uint8_t answer[1024] = {FRAME_REPLY};
	while (channel_send(&line->core, bytes_make(answer, sizeof answer), (struct bytes){0}) ==
	       RESULT_OK)
		;
	static const uint8_t small[4] = {FRAME_REPLY};
	while (channel_send(&line->core, bytes_make(small, sizeof small), (struct bytes){0}) ==
	       RESULT_OK)
		;
}

static void assert_comes(struct line *line, uint32_t wanted)
{
	uint32_t kind = FRAME_REPLY;
	while (kind == FRAME_REPLY)
		kind = next_kind(line);
	assert_int_equal(kind, wanted);
}

static void what_found_no_room_is_told_when_there_is(void **state)
{
	struct line *line = *state;
	struct core *core = line->world->core;
	fill(line);
	core->reopen = true;
	core_tell_gate(core, &line->core);
	turn(line);
	assert_true(core->reopen && core->gate_behind);
	while (next_kind(line) == FRAME_REPLY)
		;
	turn(line);
	assert_comes(line, FRAME_DOORS);
	assert_comes(line, FRAME_ADMIT);
	assert_comes(line, FRAME_REOPEN);
	turn(line);
	assert_int_equal(next_kind(line), 0);
}

static void served(struct line *line, uint32_t closed)
{
	const struct frame_served said = {.kind = FRAME_SERVED, .closed = closed};
	core_take_from_gate(line->world->core, FRAME_SERVED, bytes_make(&said, sizeof said));
}

// The gate says so again after every change of the register. Minutes until it is to begin anew.
static int64_t waits(struct line *line)
{
	for (int64_t minutes = 0; minutes <= 90; minutes++) {
		served(line, 1);
		turn(line);
		if (next_kind(line) == FRAME_REOPEN)
			return minutes;
		flow_clock_ahead += MS_PER_MINUTE;
	}
	return -1;
}

static void a_door_that_stays_closed_cuts_connections_less_and_less_often(void **state)
{
	static const int64_t minutes[] = {1, 2, 4, 8, 16, 32, 60, 60};
	struct line *line = *state;
	for (size_t i = 0; i < COUNT_OF(minutes); i++)
		assert_int_equal(waits(line), minutes[i]);
	served(line, 0);
	flow_clock_ahead += MS_PER_DAY;
	turn(line);
	assert_int_equal(next_kind(line), 0);
	assert_int_equal(waits(line), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_found_no_room_is_told_when_there_is),
		TEST(a_door_that_stays_closed_cuts_connections_less_and_less_often),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

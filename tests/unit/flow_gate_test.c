// SPDX-License-Identifier: EUPL-1.2
// What core tells the gate and the openers arrives however full the way is, and a door that stays
// closed costs its connections less and less often.
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

// ---- openers -------------------------------------------------------------------------------

// How many parties the next list names; -1: none comes.
static int64_t next_list(struct line *line)
{
	struct bytes message;
	struct frame_parties list;
	if (channel_receive(&line->gate, line->memory, &message) != RESULT_OK)
		return -1;
	assert_true(message.len >= sizeof list);
	memcpy(&list, message.data, sizeof list);
	assert_int_equal(list.kind, FRAME_PARTIES);
	assert_int_equal(message.len, sizeof list + list.count * sizeof(struct party_row));
	return list.count;
}

// `line->gate` is the opener's end here.
static struct told_opener opener_of(struct line *line)
{
	struct told_opener opener = {.channel = line->core};
	line->core = (struct channel){.fd = -1};
	return opener;
}

static void an_opener_that_did_not_read_is_told_the_newest_list(void **state)
{
	struct line *line = *state;
	struct core *core = line->world->core;
	struct told_opener opener = opener_of(line);
	size_t all = core->registry.party_count;
	int64_t told, last = -1;
	while (!opener.behind) // as the register changes and nobody reads
		core_tell_opener(core, &opener);
	assert_true(opener.channel.queued <= 1);
	core->registry.party_count = all - 1; // the change that it must not miss
	core_tell_opener(core, &opener);
	assert_true(opener.behind);
	for (int turns = 0; turns < 1000 && opener.behind; turns++) {
		while ((told = next_list(line)) >= 0)
			last = told;
		core_turn_opener(core, &opener);
	}
	assert_false(opener.behind);
	while ((told = next_list(line)) >= 0)
		last = told;
	core->registry.party_count = all;
	core_tell_opener(core, &opener);
	assert_int_equal(next_list(line), last + 1);
	channel_done(&opener.channel);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_found_no_room_is_told_when_there_is),
		TEST(a_door_that_stays_closed_cuts_connections_less_and_less_often),
		TEST(an_opener_that_did_not_read_is_told_the_newest_list),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

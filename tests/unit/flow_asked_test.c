// SPDX-License-Identifier: EUPL-1.2
// Core and the reader that answers what the privacy officer asks: the test has the reader's end,
// and the clock. (spec K27, K28)
#include "flow_convenanten.h"
#include "flow_world.h"

#include "core/asked.h"
#include "parent/process.h"

#define LINES "result ok\nmelding 7\n"

struct line {
	struct flow_world *world;
	struct flow_party *bureau;
	struct asked *asked;
	struct channel reader;
	uint8_t *memory;
};

static int setup(void **state)
{
	struct line *line = calloc(1, sizeof *line);
	int pair[2];
	assert_non_null(line);
	line->world = flow_town();
	line->bureau = flow_enrol(line->world, FLOW_HOUSE, "veiligheidshuis", "privacybureau");
	line->memory = malloc(CHANNEL_MESSAGE_MAX);
	assert_non_null(line->memory);
	assert_int_equal(channel_pair(pair), RESULT_OK);
	assert_int_equal(asked_new(line->world->core, pair[0], &line->asked), RESULT_OK);
	assert_int_equal(channel_init(&line->reader, pair[1], 65536), RESULT_OK);
	line->world->core->ask = asked_take;
	line->world->core->ask_context = line->asked;
	*state = line;
	return 0;
}

static int teardown(void **state)
{
	struct line *line = *state;
	void *world = line->world;
	asked_free(line->asked);
	channel_done(&line->reader);
	free(line->memory);
	free(line);
	flow_clock_ahead = 0;
	return flow_world_end(&world);
}

static struct flow_sent *ask(struct line *line)
{
	struct veld velden[] = {{VRAAG_VRAAG, LITERAL("gezien")},
				{VRAAG_MEDEWERKER, LITERAL("mw-1")}};
	struct flow_sent *sent =
		flow_say(line->world, line->bureau, TYPE_VRAAG, velden, COUNT_OF(velden));
	flow_send_one(line->world, sent);
	return sent;
}

static void turn(struct line *line)
{
	asked_turn(line->asked, line->memory, clock_monotonic_ms());
}

static void say(struct line *line, uint64_t number, struct bytes rest)
{
	uint8_t prefix[PARENT_PREFIX_LEN];
	put_u64be(prefix, number);
	assert_int_equal(channel_send(&line->reader, bytes_make(prefix, sizeof prefix), rest),
			 RESULT_OK);
	turn(line);
}

static void begins(struct line *line)
{
	say(line, PARENT_REPORT, LITERAL("ready"));
}

static void answer(struct line *line, uint64_t number, enum answer_kind kind, const char *lines)
{
	char text[64] = {(char)kind};
	snprintf(text + 1, sizeof text - 1, "%s", lines);
	say(line, number, bytes_make(text, 1 + strlen(lines)));
}

// The number of the question that the reader has; 0: none.
static uint64_t given(struct line *line)
{
	struct bytes message;
	turn(line);
	if (channel_receive(&line->reader, line->memory, &message) != RESULT_OK)
		return 0;
	assert_true(message.len > PARENT_PREFIX_LEN);
	return get_u64be(message.data);
}

static void assert_told(struct line *line, const struct flow_sent *sent, const char *begin)
{
	const struct reply *reply = flow_answer(line->world, line->bureau, sent);
	assert_non_null(reply);
	assert_int_equal(flow_answers(line->world, line->bureau, sent), 1);
	assert_int_equal(reply->outcome, OUTCOME_AANVAARD);
	assert_true(reply->has_receipt);
	assert_true(reply->antwoord.len >= strlen(begin));
	assert_memory_equal(reply->antwoord.data, begin, strlen(begin));
}

static void what_was_asked_waits_for_a_reader_and_its_answer(void **state)
{
	struct line *line = *state;
	struct flow_sent *first = ask(line), *second = ask(line);
	assert_int_equal(given(line), 0);
	begins(line);
	uint64_t number = given(line);
	assert_true(number > 0);
	assert_int_equal(given(line), 0); // one at a time
	assert_null(flow_answer(line->world, line->bureau, first));
	answer(line, number, ANSWER_LAST, LINES);
	assert_told(line, first, LINES);
	assert_int_equal(given(line), 0); // a reader answers one
	begins(line);
	answer(line, given(line), ANSWER_LAST, LINES);
	assert_told(line, second, LINES);
}

static void a_reader_that_ends_costs_its_question_alone(void **state)
{
	struct line *line = *state;
	struct flow_sent *first = ask(line), *second = ask(line);
	begins(line);
	uint64_t lost = given(line);
	begins(line);
	assert_told(line, first, "result io\n");
	uint64_t number = given(line);
	assert_true(number > 0 && number != lost);
	answer(line, lost, ANSWER_LAST, LINES); // of one that was told already
	assert_null(flow_answer(line->world, line->bureau, second));
	answer(line, number, ANSWER_LAST, LINES);
	assert_told(line, second, LINES);
	assert_told(line, first, "result io\n");
}

static void who_waits_too_long_is_told_so(void **state)
{
	struct line *line = *state;
	struct flow_sent *first = ask(line);
	begins(line);
	uint64_t late = given(line);
	flow_clock_ahead += VRAAG_MS / 2;
	struct flow_sent *second = ask(line);
	flow_clock_ahead += VRAAG_MS / 2 + 1;
	turn(line);
	assert_told(line, first, "result busy\n");
	assert_null(flow_answer(line->world, line->bureau, second));
	answer(line, late, ANSWER_LAST, LINES);
	assert_told(line, first, "result busy\n");
	begins(line);
	answer(line, given(line), ANSWER_LAST, LINES);
	assert_told(line, second, LINES);
}

static void a_reader_that_cannot_read_yet_leaves_it_to_the_next_so_many_times(void **state)
{
	struct line *line = *state;
	struct flow_sent *sent = ask(line);
	unsigned tries = 0;
	while (!flow_answer(line->world, line->bureau, sent)) {
		assert_true(tries++ < 20);
		begins(line);
		answer(line, given(line), ANSWER_NOT_NOW, "result busy\n");
	}
	assert_int_equal(tries, 5);
	assert_told(line, sent, "result busy\n");
}

static void more_than_can_wait_are_told_to_come_again(void **state)
{
	struct line *line = *state;
	struct flow_sent *sent[ASKED_MAX + 1];
	for (size_t i = 0; i < COUNT_OF(sent); i++)
		sent[i] = ask(line);
	assert_told(line, sent[ASKED_MAX], "result busy\n");
	asked_stop(line->asked);
	for (size_t i = 0; i < ASKED_MAX; i++)
		assert_told(line, sent[i], "result stopping\n");
}

static void a_key_that_was_revoked_meanwhile_is_told_nothing(void **state)
{
	struct line *line = *state;
	struct flow_sent *sent = ask(line);
	begins(line);
	uint64_t number = given(line);
	flow_revoke(line->world, line->bureau);
	answer(line, number, ANSWER_LAST, LINES);
	const struct reply *reply = flow_answer(line->world, line->bureau, sent);
	assert_true(!reply || reply->antwoord.len == 0);
}

static void what_a_reader_cannot_say_is_let_go(void **state)
{
	struct line *line = *state;
	struct flow_sent *sent = ask(line);
	static uint8_t large[ANTWOORD_MAX + 2];
	begins(line);
	uint64_t number = given(line);
	say(line, number, LITERAL(""));
	say(line, number, bytes_make(large, sizeof large));
	say(line, number + 1, LITERAL("\1result ok\n"));
	assert_int_equal(channel_send(&line->reader, LITERAL("x"), (struct bytes){0}), RESULT_OK);
	turn(line);
	assert_null(flow_answer(line->world, line->bureau, sent));
	answer(line, number, ANSWER_LAST, LINES);
	assert_told(line, sent, LINES);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_asked_waits_for_a_reader_and_its_answer),
		TEST(a_reader_that_ends_costs_its_question_alone),
		TEST(who_waits_too_long_is_told_so),
		TEST(a_reader_that_cannot_read_yet_leaves_it_to_the_next_so_many_times),
		TEST(more_than_can_wait_are_told_to_come_again),
		TEST(a_key_that_was_revoked_meanwhile_is_told_nothing),
		TEST(what_a_reader_cannot_say_is_let_go),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

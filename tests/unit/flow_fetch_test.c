// SPDX-License-Identifier: EUPL-1.2
// What waits for a recipient comes in as many envelopes as it asked for, one after another, and no
// turn gives so many that others wait long for it.
#include "flow_convenanten.h"
#include "flow_world.h"

#include "flow/ready.h"

#define MELDINGEN 150

static uint64_t unreadable; // the entry that cannot be read, 0: none
static bool all_unreadable; // of them

enum result __real_ready_entry(struct core *core, uint64_t index, struct arena *arena,
			       const struct ready **ret_ready);
enum result __wrap_ready_entry(struct core *core, uint64_t index, struct arena *arena,
			       const struct ready **ret_ready);
enum result __wrap_ready_entry(struct core *core, uint64_t index, struct arena *arena,
			       const struct ready **ret_ready)
{
	if (all_unreadable || (unreadable && index == unreadable))
		return RESULT_DAMAGED;
	return __real_ready_entry(core, index, arena, ret_ready);
}

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	struct flow_case c = {.soort = "politie",
			      .count = 1,
			      .persons = {{.rol = "slachtoffer", .geslachtsnaam = "X"}}};
	flow_convenant(w, FLOW_HEAD("eerste") FLOW_PARTIJEN FLOW_VERSTREK(
				  "wmo", "", AAN_WMO, "kenmerken, identificatie, herkomst")
				  FLOW_VERSTREK("oov", "", AAN_OOV, "kenmerken"));
	for (size_t i = 0; i < MELDINGEN; i++)
		flow_hand(w, flow_melding(w, POLITIE, &c));
	flow_end_batch(w);
	flow_forget_frames(w);
	*state = w;
	return 0;
}

// For oov, of whose deliveries an envelope holds as many as may be; or for wmo, which gets more of
// each melding than so many of them fit.
struct asked {
	const char *after, *max, *envelopes; // NULL: not named
	const char *functie;                 // NULL: oov
};

static struct flow_sent *ask(struct flow_world *w, const struct asked *asked)
{
	struct veld velden[4] = {
		{FETCH_FUNCTIE, bytes_of_text(asked->functie ? asked->functie : "oov")},
		{FETCH_AFTER, bytes_of_text(asked->after)}};
	size_t count = 2;
	if (asked->max)
		velden[count++] = (struct veld){FETCH_MAX, bytes_of_text(asked->max)};
	if (asked->envelopes)
		velden[count++] = (struct veld){FETCH_ENVELOPES, bytes_of_text(asked->envelopes)};
	struct flow_sent *sent = flow_say(w, STAD, TYPE_FETCH, velden, count);
	flow_send_one(w, sent);
	return sent;
}

// An answer in envelopes with so many deliveries each, their numbers in a row; all but the last say
// that another follows, and the last says whether there is more.
static void expect(struct flow_world *w, const struct asked *asked, const size_t *counts,
		   size_t envelopes, bool more)
{
	const struct flow_sent *sent = ask(w, asked);
	uint64_t number = strtoull(asked->after, NULL, 10);
	assert_int_equal(flow_answers(w, STAD, sent), envelopes);
	for (size_t n = 0; n < envelopes; n++) {
		const struct reply *reply = flow_answer_at(w, STAD, sent, n);
		assert_int_equal(reply->delivery_count, counts[n]);
		assert_int_equal(reply->follows, n + 1 < envelopes);
		if (n + 1 == envelopes)
			assert_int_equal(reply->more, more);
		for (size_t i = 0; i < reply->delivery_count; i++)
			assert_true(flow_part(w, &reply->deliveries[i])->number == ++number);
	}
	flow_forget_frames(w);
	deliver_waiting(w->core, 0); // the turn ends
}

static void an_answer_comes_in_as_many_envelopes_as_were_asked_for(void **state)
{
	struct flow_world *w = *state;
	expect(w, &(struct asked){"0", "256", NULL, NULL}, (size_t[]){64}, 1, true);
	expect(w, &(struct asked){"0", "256", "1", NULL}, (size_t[]){64}, 1, true);
	expect(w, &(struct asked){"0", "256", "2", NULL}, (size_t[]){64, 64}, 2, true);
	expect(w, &(struct asked){"0", "256", "3", NULL}, (size_t[]){64, 64, 22}, 3, false);
	expect(w, &(struct asked){"0", "256", "8", NULL}, (size_t[]){64, 64, 22}, 3, false);
	expect(w, &(struct asked){"0", NULL, "8", NULL}, (size_t[]){64}, 1, true);
	expect(w, &(struct asked){"0", "100", "8", NULL}, (size_t[]){64, 36}, 2, true);
	expect(w, &(struct asked){"0", "64", "8", NULL}, (size_t[]){64}, 1, true);
	expect(w, &(struct asked){"140", "256", "8", NULL}, (size_t[]){10}, 1, false);
	expect(w, &(struct asked){"150", "256", "8", NULL}, (size_t[]){0}, 1, false);
	// Whether one more follows is said before it is known what is in it.
	expect(w, &(struct asked){"22", "256", "8", NULL}, (size_t[]){64, 64, 0}, 3, false);
}

static void an_envelope_that_is_full_is_followed_by_the_rest(void **state)
{
	struct flow_world *w = *state;
	const struct flow_sent *sent = ask(w, &(struct asked){"0", "256", "8", "wmo"});
	size_t envelopes = flow_answers(w, STAD, sent);
	uint64_t number = 0;
	assert_true(envelopes > 2);
	for (size_t n = 0; n < envelopes; n++) {
		const struct reply *reply = flow_answer_at(w, STAD, sent, n);
		assert_in_range(reply->delivery_count, 1, FETCH_MAX_ITEMS - 1);
		assert_int_equal(reply->follows, n + 1 < envelopes);
		for (size_t i = 0; i < reply->delivery_count; i++)
			assert_true(flow_part(w, &reply->deliveries[i])->number == ++number);
	}
	assert_true(number == MELDINGEN);
}

// What was confirmed is given no more, whatever number is named: the rest comes once.
static void who_names_a_number_of_before_is_given_each_once(void **state)
{
	struct flow_world *w = *state;
	const struct reply *first = flow_collect(w, STAD, "oov", 0);
	for (size_t i = 0; i < 20; i++)
		flow_send_one(w, flow_ack(w, STAD, "oov", &first->deliveries[i]));
	flow_forget_frames(w);
	const struct flow_sent *sent = ask(w, &(struct asked){"0", "256", "8", NULL});
	size_t envelopes = flow_answers(w, STAD, sent);
	uint64_t number = 20;
	for (size_t n = 0; n < envelopes; n++) {
		const struct reply *reply = flow_answer_at(w, STAD, sent, n);
		for (size_t i = 0; i < reply->delivery_count; i++)
			assert_true(flow_part(w, &reply->deliveries[i])->number == ++number);
	}
	assert_true(number == MELDINGEN);
}

// With what others were given in this turn there is room for one more.
static void a_turn_goes_on_with_so_many_and_no_more(void **state)
{
	struct flow_world *w = *state;
	const struct asked asked = {"0", "256", "8", NULL};
	w->core->following = FOLLOWING_MAX - 1;
	struct flow_sent *sent = ask(w, &asked);
	assert_int_equal(flow_answers(w, STAD, sent), 2);
	assert_int_equal(flow_answer(w, STAD, sent)->delivery_count, 64);
	assert_true(flow_answer(w, STAD, sent)->more);
	assert_false(flow_answer(w, STAD, sent)->follows);
	flow_forget_frames(w);
	assert_int_equal(flow_answers(w, STAD, ask(w, &asked)), 3); // in the next
}

// The entry of a delivery to oov.
static uint64_t entry_of(struct flow_world *w, uint64_t number)
{
	struct state_delivery row;
	struct ontvanger ontvanger = {.functie = "oov"};
	memcpy(ontvanger.oin.text, STAD->bundle.oin.text, sizeof ontvanger.oin.text);
	assert_int_equal(state_next_delivery(w->core->state, &ontvanger, number - 1, &row),
			 RESULT_OK);
	return row.index;
}

// The number it begins with.
static uint64_t first_of(struct flow_world *w, const struct reply *reply)
{
	assert_int_equal(reply->outcome, OUTCOME_AANVAARD);
	assert_true(reply->delivery_count > 0);
	return flow_part(w, &reply->deliveries[0])->number;
}

static bool is_told(struct flow_world *w, uint64_t number)
{
	char about[80];
	snprintf(about, sizeof about, " " FLOW_STAD "/oov number %llu, entry %llu\n",
		 (unsigned long long)number, (unsigned long long)entry_of(w, number));
	const char *alarm = strstr(flow_control(w, "status\n"), "alarm damaged-delivery ");
	return alarm && strstr(alarm, about);
}

// One that can no longer be read when its turn comes: what is before it goes, and nothing goes on
// past it in the same answer, where it would look as if it were lost on the way.
static void what_cannot_be_read_ends_the_answer(void **state)
{
	struct flow_world *w = *state;
	for (uint64_t number = 100; number < 130; number += 29) { // 129: the first of the third
		unreadable = entry_of(w, number);
		struct flow_sent *sent = ask(w, &(struct asked){"0", "256", "8", NULL});
		size_t answers = flow_answers(w, STAD, sent), count = 0;
		for (size_t n = 0; n < answers; n++) {
			const struct reply *reply = flow_answer_at(w, STAD, sent, n);
			assert_int_equal(reply->outcome, OUTCOME_AANVAARD);
			assert_int_equal(reply->follows, n + 1 < answers);
			count += reply->delivery_count;
		}
		assert_true(answers == (number == 100 ? 2 : 3));
		assert_true(count == number - 1);
		assert_true(flow_answer_at(w, STAD, sent, answers - 1)->more);
		assert_true(is_told(w, number));
		flow_forget_frames(w);
		deliver_waiting(w->core, 0);
	}
	unreadable = 0;
}

// It keeps back nothing but itself, stays owed, and is given when it can be read again.
static void what_is_after_one_that_cannot_be_read_is_given_from_the_next_on(void **state)
{
	struct flow_world *w = *state;
	assert_null(strstr(flow_control(w, "status\n"), "alarm damaged-delivery "));
	for (uint64_t number = 1; number < MELDINGEN; number += 70) {
		char after[24];
		snprintf(after, sizeof after, "%llu", (unsigned long long)number - 1);
		unreadable = entry_of(w, number);
		struct flow_sent *sent = ask(w, &(struct asked){after, "5", NULL, NULL});
		assert_true(first_of(w, flow_answer(w, STAD, sent)) == number + 1);
		flow_forget_frames(w);
		// Asked for one alone, too.
		sent = ask(w, &(struct asked){after, "1", NULL, NULL});
		assert_true(first_of(w, flow_answer(w, STAD, sent)) == number + 1);
		flow_forget_frames(w);
		assert_true(is_told(w, number));
		unreadable = 0;
		sent = ask(w, &(struct asked){after, "1", NULL, NULL});
		assert_true(first_of(w, flow_answer(w, STAD, sent)) == number);
		flow_forget_frames(w);
		assert_false(is_told(w, number));
	}
}

// With nothing after it who asks is told why nothing comes, instead of that nothing is there; at
// once, also who would wait.
static void where_nothing_is_after_it_that_is_told(void **state)
{
	struct flow_world *w = *state;
	unreadable = entry_of(w, MELDINGEN);
	for (int wait = 0; wait < 2; wait++) {
		struct veld velden[] = {{FETCH_FUNCTIE, bytes_of_text("oov")},
					{FETCH_AFTER, bytes_of_text("149")},
					{FETCH_WAIT, bytes_of_text(wait ? "60" : "0")}};
		struct flow_sent *sent = flow_say(w, STAD, TYPE_FETCH, velden, 3);
		flow_send_one(w, sent);
		const struct reply *reply = flow_answer(w, STAD, sent);
		assert_int_equal(reply->outcome, OUTCOME_GEWEIGERD);
		assert_int_equal(reply->reason, REASON_DAMAGED);
		assert_true(bytes_equal(reply->field, bytes_of_text("fetch.after")));
		flow_forget_frames(w);
	}
	assert_true(is_told(w, MELDINGEN));
	unreadable = 0;
}

static size_t alarms_about(struct flow_world *w, const char *what)
{
	size_t count = 0;
	const char *line = flow_control(w, "status\n");
	while ((line = strstr(line, "alarm damaged-delivery "))) {
		size_t len = strcspn(line, "\n");
		const char *at = strstr(line, what);
		count += at && at < line + len;
		line += len;
	}
	return count;
}

// Each is known: sixteen are told by name, the others by how many they are; and no more than there
// are, when some can be read again.
static void very_many_that_cannot_be_read_are_counted(void **state)
{
	struct flow_world *w = *state;
	all_unreadable = true;
	for (int again = 0; again < 2; again++) {
		struct flow_sent *sent = ask(w, &(struct asked){"0", "256", NULL, NULL});
		assert_int_equal(flow_answer(w, STAD, sent)->outcome, OUTCOME_GEWEIGERD);
		flow_forget_frames(w);
		assert_int_equal(alarms_about(w, "/oov number "), 16);
		assert_int_equal(alarms_about(w, " 134 others\n"), 1);
	}
	all_unreadable = false;
	for (uint64_t number = 1; number <= 130; number++) {
		char after[24];
		snprintf(after, sizeof after, "%llu", (unsigned long long)number - 1);
		struct flow_sent *sent = ask(w, &(struct asked){after, "1", NULL, NULL});
		assert_true(first_of(w, flow_answer(w, STAD, sent)) == number);
		flow_forget_frames(w);
	}
	assert_int_equal(alarms_about(w, "/oov number "), 16);
	assert_int_equal(alarms_about(w, " 4 others\n"), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_answer_comes_in_as_many_envelopes_as_were_asked_for),
		TEST(an_envelope_that_is_full_is_followed_by_the_rest),
		TEST(who_names_a_number_of_before_is_given_each_once),
		TEST(a_turn_goes_on_with_so_many_and_no_more),
		TEST(what_cannot_be_read_ends_the_answer),
		TEST(what_is_after_one_that_cannot_be_read_is_given_from_the_next_on),
		TEST(where_nothing_is_after_it_that_is_told),
		TEST(very_many_that_cannot_be_read_are_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

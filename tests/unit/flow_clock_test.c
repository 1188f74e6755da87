// SPDX-License-Identifier: EUPL-1.2
// A clock that steps while core runs, or that nobody can be sure of at a start: nothing is
// destroyed by time, nothing is refused for good, and status asks.
#include "flow_convenanten.h"
#include "flow_world.h"

#include "base/clock.h"

static const char wmo_only[] =
	FLOW_HEAD("gewoon") FLOW_PARTIJEN FLOW_VERSTREK("gewoon", "", AAN_WMO, "kenmerken");

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_convenant(w, wmo_only);
	*state = w;
	return 0;
}

static void melded(struct flow_world *w)
{
	struct flow_case c = {.count = 1, .persons = {{.rol = "slachtoffer"}}};
	struct flow_sent *melding = flow_melding(w, POLITIE, &c);
	flow_send_one(w, melding);
	flow_accepted(w, POLITIE, melding);
}

static const struct part_verstrekking *first_for(struct flow_world *w, const char *functie)
{
	const struct reply *reply = flow_collect(w, STAD, functie, 0);
	return reply->delivery_count > 0 ? flow_part(w, &reply->deliveries[0]) : NULL;
}

static void tick(struct flow_world *w)
{
	assert_int_equal(flow_tick(w->core, time_now(w->core)), RESULT_OK);
	flow_end_batch(w);
}

#define YEAR_2038_MS ((INT64_C(1) << 31) * 1000) // where 32 bits of seconds end

// How far a clock steps: by an hour, by more than a term, to where seconds of 32 bits end, to 1970.
static int64_t step_at(size_t i)
{
	static const int64_t steps[] = {MS_PER_HOUR, -MS_PER_HOUR, 400 * MS_PER_DAY,
					-400 * MS_PER_DAY};
	int64_t now = clock_wall_ms();
	return i < COUNT_OF(steps)    ? steps[i]
	       : i == COUNT_OF(steps) ? YEAR_2038_MS + MS_PER_DAY - now
				      : MS_PER_DAY - now;
}
#define STEPS 6

// What waits stays, what comes in is judged as before.
static void a_clock_that_steps_while_core_runs_destroys_nothing(void **state)
{
	struct flow_world *w = *state;
	melded(w);
	for (size_t i = 0; i < STEPS; i++) {
		int64_t step = step_at(i);
		int64_t before = w->core->last_time;
		flow_clock_step = step;
		tick(w);
		assert_true(w->core->last_time - before < MS_PER_MINUTE);
		assert_non_null(strstr(flow_control(w, "status\n"), "alarm clock-stepped "));
		// Dated by the clock that stepped: after a small step that may be the right one;
		// else to come again, not refused for good.
		bool small = step == MS_PER_HOUR || step == -MS_PER_HOUR;
		struct flow_case c = {.count = 1, .persons = {{.rol = "slachtoffer"}}};
		struct flow_sent *odd = flow_melding(w, POLITIE, &c);
		flow_send_one(w, odd);
		if (small)
			flow_accepted(w, POLITIE, odd);
		else
			flow_told_again(w, POLITIE, odd, REASON_CLOCK);
		flow_clock_step = 0; // the clock of an honest partner
		struct flow_sent *good = flow_melding(w, POLITIE, &c);
		flow_clock_step = step;
		flow_send_one(w, good);
		flow_accepted(w, POLITIE, good);
		flow_clock_step = 0;
		assert_null(strstr(flow_control(w, "status\n"), "alarm clock"));
		flow_send_one(w, odd);
		if (small)
			flow_accepted(w, POLITIE, odd);
		else
			flow_refused(w, POLITIE, odd,
				     step > 0 ? REASON_FROM_FUTURE : REASON_TOO_OLD);
		assert_int_equal(first_for(w, "wmo")->soort, VERSTREKKING_GEGEVEN);
	}
}

static void a_step_that_a_person_confirms_is_followed(void **state)
{
	struct flow_world *w = *state;
	melded(w);
	flow_clock_step = 365 * MS_PER_DAY;
	assert_null(first_for(w, "wmo")); // held back by whichever clock is later
	assert_non_null(strstr(flow_control(w, "clock\n"), "result usage"));
	assert_non_null(strstr(flow_control(w, "status\n"), "alarm clock-stepped "));
	assert_non_null(strstr(flow_control(w, "clock\nconfirm yes\n"), "result ok"));
	assert_null(strstr(flow_control(w, "status\n"), "alarm clock"));
	tick(w);
	assert_int_equal(first_for(w, "wmo")->soort, VERSTREKKING_VERVALLEN);
}

// After a start nobody can tell a long absence from a wrong clock.
static void a_start_in_doubt_decides_nothing_until_it_is_confirmed(void **state)
{
	static const int64_t steps[] = {31 * MS_PER_DAY, -31 * MS_PER_DAY};
	struct flow_world *w = *state;
	melded(w);
	for (size_t i = 0; i < COUNT_OF(steps); i++) {
		flow_world_close(w);
		flow_clock_step += steps[i];
		flow_world_open(w);
		uint64_t size = journal_size(w->core->journal);
		struct flow_case c = {.count = 1, .persons = {{.rol = "slachtoffer"}}};
		struct flow_sent *melding = flow_melding(w, POLITIE, &c);
		flow_send_one(w, melding);
		flow_told_again(w, POLITIE, melding, REASON_CLOCK);
		assert_true(journal_size(w->core->journal) == size);
		assert_non_null(strstr(flow_control(w, "status\n"), "alarm clock-"));
		assert_int_equal(first_for(w, "wmo")->soort, VERSTREKKING_GEGEVEN);
		assert_non_null(strstr(flow_control(w, "clock\nconfirm yes\n"), "result ok"));
		flow_send_one(w, melding);
		flow_accepted(w, POLITIE, melding);
	}
	// The log is a month ahead now; that it is was confirmed, and a restart knows it.
	flow_world_close(w);
	flow_world_open(w);
	assert_int_equal(w->core->time.doubt, CLOCK_SURE);
}

// Past the second that 32 bits cannot hold: times are whole, in the log, in answers, in terms.
static void a_house_goes_on_after_2038(void **state)
{
	struct flow_world *w = *state;
	melded(w);
	int64_t to_go = YEAR_2038_MS - clock_wall_ms();
	flow_days_later(w, to_go / MS_PER_DAY); // the day before
	for (int i = 0; i < 3; i++) {
		melded(w);
		flow_ticks(w, 2);
		flow_clock_ahead += 12 * MS_PER_HOUR;
	}
	assert_true(w->core->last_time > YEAR_2038_MS);
	const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
	assert_true(reply->delivery_count >= 3);
	const struct part_verstrekking *newest =
		flow_part(w, &reply->deliveries[reply->delivery_count - 1]);
	assert_int_equal(newest->soort, VERSTREKKING_GEGEVEN);
	assert_true((int64_t)newest->geldig_tot > YEAR_2038_MS);
	flow_world_close(w);
	flow_world_open(w);
	assert_int_equal(w->core->time.doubt, CLOCK_SURE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_clock_that_steps_while_core_runs_destroys_nothing),
		TEST(a_step_that_a_person_confirms_is_followed),
		TEST(a_start_in_doubt_decides_nothing_until_it_is_confirmed),
		TEST(a_house_goes_on_after_2038),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
// What time is believed when the wall clock steps, slews, or was away.
#include "unit.h"

#include "flow/timekeeper.h"

#define NOW INT64_C(1795000000000)
#define STEADY 5000 // the steady clock has no meaning of its own

static struct timekeeper started(int64_t newest)
{
	struct timekeeper keeper;
	timekeeper_start(&keeper, newest, NOW, STEADY);
	return keeper;
}

static void a_clock_that_runs_is_followed_to_the_millisecond(void **state)
{
	(void)state;
	struct timekeeper keeper = started(NOW - MS_PER_HOUR);
	for (int64_t ms = 0; ms < 100 * MS_PER_DAY; ms += 7 * MS_PER_MINUTE + 3) {
		assert_true(timekeeper_now(&keeper, NOW + ms, STEADY + ms) == NOW + ms);
		assert_int_equal(keeper.doubt, CLOCK_SURE);
	}
}

static void a_step_is_not_followed_and_time_goes_on(void **state)
{
	(void)state;
	static const int64_t steps[] = {CLOCK_STEP_MS + 1, -CLOCK_STEP_MS - 1, 365 * MS_PER_DAY,
					-20 * 365 * MS_PER_DAY};
	for (size_t i = 0; i < COUNT_OF(steps); i++) {
		struct timekeeper keeper = started(NOW);
		int64_t wall = NOW + steps[i];
		assert_true(timekeeper_now(&keeper, wall + 1000, STEADY + 1000) == NOW + 1000);
		assert_int_equal(keeper.doubt, CLOCK_STEPPED);
		assert_true(timekeeper_now(&keeper, wall + MS_PER_DAY, STEADY + MS_PER_DAY) ==
			    NOW + MS_PER_DAY);
		// It agrees again.
		assert_true(timekeeper_now(&keeper, NOW + MS_PER_DAY + 5, STEADY + MS_PER_DAY) ==
			    NOW + MS_PER_DAY + 5);
		assert_int_equal(keeper.doubt, CLOCK_SURE);
	}
}

static void a_small_step_is_followed(void **state)
{
	(void)state;
	struct timekeeper keeper = started(NOW);
	assert_true(timekeeper_now(&keeper, NOW + CLOCK_STEP_MS, STEADY) == NOW + CLOCK_STEP_MS);
	assert_int_equal(keeper.doubt, CLOCK_SURE);
}

static void small_steps_add_up_and_a_slew_does_not(void **state)
{
	(void)state;
	struct timekeeper keeper = started(NOW);
	int64_t steady = STEADY, wall = NOW;
	unsigned taken = 0;
	while (keeper.doubt == CLOCK_SURE && taken < 100) {
		steady += 10 * MS_PER_SECOND;
		wall += 10 * MS_PER_SECOND + 30 * MS_PER_SECOND;
		timekeeper_now(&keeper, wall, steady);
		taken++;
	}
	assert_int_equal(taken, 5); // of half a minute each, against two minutes
	keeper = started(NOW);
	for (int64_t ms = 0; ms < 60 * MS_PER_DAY; ms += MS_PER_MINUTE) // 500 ppm, as NTP slews
		timekeeper_now(&keeper, NOW + ms + ms / 2000, STEADY + ms);
	assert_int_equal(keeper.doubt, CLOCK_SURE);
}

static void a_weekend_away_is_nothing_and_a_month_is_asked_about(void **state)
{
	(void)state;
	struct timekeeper keeper = started(NOW - CLOCK_AWAY_MS);
	assert_int_equal(keeper.doubt, CLOCK_SURE);
	assert_true(timekeeper_now(&keeper, NOW, STEADY) == NOW);
	keeper = started(NOW - 31 * MS_PER_DAY);
	assert_int_equal(keeper.doubt, CLOCK_AWAY);
	assert_true(timekeeper_now(&keeper, NOW + 10, STEADY + 10) == NOW - 31 * MS_PER_DAY + 10);
	assert_int_equal(keeper.doubt, CLOCK_AWAY);
	timekeeper_confirm(&keeper, NOW + 20, STEADY + 20);
	assert_true(timekeeper_now(&keeper, NOW + 30, STEADY + 30) == NOW + 30);
	assert_int_equal(keeper.doubt, CLOCK_SURE);
}

static void a_clock_before_the_newest_entry_waits_until_it_is_reached(void **state)
{
	(void)state;
	struct timekeeper keeper = started(NOW + CLOCK_STEP_MS);
	assert_int_equal(keeper.doubt, CLOCK_SURE);
	keeper = started(NOW + MS_PER_HOUR);
	assert_int_equal(keeper.doubt, CLOCK_BEHIND);
	assert_true(timekeeper_now(&keeper, NOW, STEADY) == NOW + MS_PER_HOUR);
	assert_int_equal(keeper.doubt, CLOCK_BEHIND);
	assert_true(timekeeper_now(&keeper, NOW + MS_PER_HOUR, STEADY) == NOW + MS_PER_HOUR);
	assert_int_equal(keeper.doubt, CLOCK_SURE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clock_that_runs_is_followed_to_the_millisecond),
		cmocka_unit_test(a_step_is_not_followed_and_time_goes_on),
		cmocka_unit_test(a_small_step_is_followed),
		cmocka_unit_test(small_steps_add_up_and_a_slew_does_not),
		cmocka_unit_test(a_weekend_away_is_nothing_and_a_month_is_asked_about),
		cmocka_unit_test(a_clock_before_the_newest_entry_waits_until_it_is_reached),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

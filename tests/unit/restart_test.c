// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/unit.h"

#include "parent/restart.h"

static void the_wait_doubles_up_to_its_limit(void **state)
{
	(void)state;
	static const int64_t waits[] = {50, 100, 200, 400, 800, 1600, 3200, 5000, 5000};
	struct restart restart = {0};
	int64_t now = 1000;
	for (size_t i = 0; i < COUNT_OF(waits); i++) {
		restart_began(&restart, now);
		now += 10;
		assert_int_equal(restart_ended(&restart, now), waits[i]);
		now += waits[i];
	}
}

static void a_good_life_makes_earlier_failures_forgotten(void **state)
{
	(void)state;
	struct restart restart = {0};
	for (int i = 0; i < 4; i++) {
		restart_began(&restart, 0);
		restart_ended(&restart, 1);
	}
	restart_began(&restart, 1000);
	assert_int_equal(restart_ended(&restart, 1000 + RESTART_GOOD_MS - 1), 800);
	restart_began(&restart, 20000);
	assert_int_equal(restart_ended(&restart, 20000 + RESTART_GOOD_MS), 50);
}

static void five_ends_within_a_minute_are_too_often(void **state)
{
	(void)state;
	struct restart restart = {0};
	for (int i = 0; i < 4; i++) {
		restart_ended(&restart, i * 1000);
		assert_false(restart_too_often(&restart));
	}
	restart_ended(&restart, 59999);
	assert_true(restart_too_often(&restart));
}

static void five_ends_over_a_minute_are_not(void **state)
{
	(void)state;
	struct restart restart = {0};
	for (int64_t i = 0; i < 50; i++) {
		restart_ended(&restart, i * RESTART_WINDOW_MS / 4);
		assert_false(restart_too_often(&restart));
	}
	// A burst after a long quiet life.
	for (int64_t i = 0; i < 4; i++)
		restart_ended(&restart, 10000000 + i);
	assert_false(restart_too_often(&restart));
	restart_ended(&restart, 10000004);
	assert_true(restart_too_often(&restart));
}

static void an_alarm_stands_from_the_fourth_failure_until_a_good_life(void **state)
{
	(void)state;
	struct restart restart = {0};
	for (int i = 0; i < 3; i++) {
		restart_began(&restart, i);
		restart_ended(&restart, i);
		assert_false(restart_keeps_failing(&restart, i));
	}
	restart_began(&restart, 100);
	restart_ended(&restart, 101);
	assert_true(restart_keeps_failing(&restart, 102));
	restart_began(&restart, 500);
	assert_true(restart_keeps_failing(&restart, 500 + RESTART_GOOD_MS - 1));
	assert_false(restart_keeps_failing(&restart, 500 + RESTART_GOOD_MS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_wait_doubles_up_to_its_limit),
		cmocka_unit_test(a_good_life_makes_earlier_failures_forgotten),
		cmocka_unit_test(five_ends_within_a_minute_are_too_often),
		cmocka_unit_test(five_ends_over_a_minute_are_not),
		cmocka_unit_test(an_alarm_stands_from_the_fourth_failure_until_a_good_life),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

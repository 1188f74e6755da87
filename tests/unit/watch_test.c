// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/unit.h"

#include "base/clock.h"
#include "flow/watch.h"

#include <stdio.h>
#include <stdlib.h>

#define T0 (INT64_C(500000) * MS_PER_HOUR)

static struct oin oin_of(unsigned n)
{
	struct oin oin;
	snprintf(oin.text, sizeof oin.text, "00000099%012u", n);
	return oin;
}

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct watch));
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

static void refusals_are_counted_by_partner_reason_and_hour(void **state)
{
	struct watch *watch = *state;
	const struct oin a = oin_of(1), b = oin_of(2);
	watch_refused(watch, &a, REASON_BAD_SIGNATURE, 1, T0);
	watch_refused(watch, &a, REASON_BAD_SIGNATURE, 1, T0 + MS_PER_HOUR - 1);
	watch_refused(watch, &a, REASON_UNKNOWN_KEY, 1, T0);
	watch_refused(watch, &b, REASON_BAD_SIGNATURE, 1, T0);
	watch_refused(watch, &a, REASON_BAD_SIGNATURE, 1, T0 + MS_PER_HOUR);
	assert_int_equal(watch->refusal_count, 3);
	const struct watch_refusals *row = &watch->refusals[0];
	assert_int_equal(row->total, 3);
	assert_int_equal(row->first, T0);
	assert_int_equal(row->last, T0 + MS_PER_HOUR);
	assert_int_equal(watch_refused_in(row, T0 + MS_PER_HOUR, 1), 1);
	assert_int_equal(watch_refused_in(row, T0 + MS_PER_HOUR, 2), 3);
	assert_int_equal(watch_refused_in(row, T0 + 2 * MS_PER_HOUR, 1), 0);
	assert_int_equal(watch_refused_in(row, T0 + 24 * MS_PER_HOUR, WATCH_HOURS), 1);
	assert_int_equal(watch_refused_in(row, T0 + 25 * MS_PER_HOUR, WATCH_HOURS), 0);
}

static void hours_that_passed_are_empty_when_something_comes_again(void **state)
{
	struct watch *watch = *state;
	const struct oin a = oin_of(1);
	for (int hour = 0; hour < WATCH_HOURS; hour++)
		watch_refused(watch, &a, REASON_MALFORMED, 1, T0 + hour * MS_PER_HOUR);
	int64_t last = T0 + (WATCH_HOURS - 1) * MS_PER_HOUR;
	assert_int_equal(watch_refused_in(watch->refusals, last, WATCH_HOURS), WATCH_HOURS);
	watch_refused(watch, &a, REASON_MALFORMED, 1, last + 3 * MS_PER_HOUR);
	assert_int_equal(watch_refused_in(watch->refusals, last + 3 * MS_PER_HOUR, WATCH_HOURS),
			 WATCH_HOURS - 2);
	watch_refused(watch, &a, REASON_MALFORMED, 1, last + 1000 * MS_PER_HOUR);
	assert_int_equal(watch_refused_in(watch->refusals, last + 1000 * MS_PER_HOUR, WATCH_HOURS),
			 1);
	// A clock that went back adds to the newest hour, and loses nothing.
	watch_refused(watch, &a, REASON_MALFORMED, 1, T0);
	assert_int_equal(watch_refused_in(watch->refusals, last + 1000 * MS_PER_HOUR, 1), 2);
	assert_int_equal(watch->refusals[0].total, WATCH_HOURS + 3);
}

static void more_partners_than_rows_are_counted_together(void **state)
{
	struct watch *watch = *state;
	for (unsigned n = 0; n < WATCH_REFUSALS + 2; n++) {
		const struct oin oin = oin_of(n);
		watch_refused(watch, &oin, REASON_MALFORMED, 1, T0);
	}
	assert_int_equal(watch->refusal_count, WATCH_REFUSALS);
	assert_int_equal(watch->refusals_beyond, 2);
	watch_heard(watch, WATCH_PARTIES, T0); // beyond the table: nothing happens
	watch_heard(watch, WATCH_PARTIES - 1, T0);
	assert_int_equal(watch->heard[WATCH_PARTIES - 1], T0);
}

// Each is known once; beyond the table it is known as soon as there is room.
static void deliveries_that_cannot_be_read_are_known_each_once(void **state)
{
	struct watch *watch = *state;
	struct watch_damaged found = {.ontvanger = {.oin = oin_of(1), .functie = "oov"}};
	for (found.number = 1; found.number <= WATCH_DAMAGED; found.number++) {
		assert_true(watch_found_damaged(watch, &found));
		assert_false(watch_found_damaged(watch, &found));
	}
	assert_false(watch_found_damaged(watch, &found));
	assert_false(watch_is_damaged(watch, &found.ontvanger, found.number));
	assert_true(watch_is_damaged(watch, &found.ontvanger, 17));
	watch_is_sound(watch, &found.ontvanger, 17);
	assert_false(watch_is_damaged(watch, &found.ontvanger, 17));
	assert_true(watch_found_damaged(watch, &found));
	assert_true(watch_is_damaged(watch, &found.ontvanger, found.number));
	assert_int_equal(watch->damaged_count, WATCH_DAMAGED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(refusals_are_counted_by_partner_reason_and_hour),
		T(hours_that_passed_are_empty_when_something_comes_again),
		T(more_partners_than_rows_are_counted_together),
		T(deliveries_that_cannot_be_read_are_known_each_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

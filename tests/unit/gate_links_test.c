// SPDX-License-Identifier: EUPL-1.2
// How many connections a partner may have, and how often it may come; a running gate that cuts them
// is in tests/hostile.
#include "tests/unit/unit.h"

#include "base/clock.h"
#include "gate/admission.h"
#include "gate/links.h"

#include <stdio.h>

static const struct oin a = {"00000099000000001000"}, b = {"00000099000000002000"};

static int set_up(void **state)
{
	struct links *links = NULL;
	int failed = links_new(&links) != RESULT_OK;
	*state = links;
	return failed;
}

static int tear_down(void **state)
{
	links_free(*state);
	return 0;
}

static void open_and_use(struct links *links, int fd, const struct oin *oin, int64_t now)
{
	assert_int_equal(links_opened(links, fd, now), RESULT_OK);
	assert_int_equal(links_used(links, fd, oin, now), LINKS_NONE);
}

static void the_one_not_used_for_longest_gives_way(void **state)
{
	struct links *links = *state;
	for (int i = 0; i < LINKS_PER_PARTNER; i++)
		open_and_use(links, 10 + i, &a, i);
	assert_int_equal(links_used(links, 10, &a, 1000), LINKS_NONE); // the first is fresh again
	assert_int_equal(links_opened(links, 500, 1001), RESULT_OK);
	assert_int_equal(links_used(links, 500, &a, 1002), 11);
	links_closed(links, 11); // as libzmq tells of it afterwards
	assert_int_equal(links_opened(links, 501, 1003), RESULT_OK);
	assert_int_equal(links_used(links, 501, &a, 1004), 12);
}

static void one_that_is_closed_leaves_room(void **state)
{
	struct links *links = *state;
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < LINKS_PER_PARTNER; i++)
			open_and_use(links, i, &a, round);
		for (int i = 0; i < LINKS_PER_PARTNER; i++)
			links_closed(links, i);
	}
}

static void what_one_partner_has_counts_for_no_other(void **state)
{
	struct links *links = *state;
	for (int i = 0; i < LINKS_PER_PARTNER; i++) {
		open_and_use(links, 2 * i, &a, 2 * i);
		open_and_use(links, 2 * i + 1, &b, 2 * i + 1);
	}
	assert_int_equal(links_used(links, 1000, &a, 5000), 0);
	// A number that another partner has now is not counted twice.
	links_closed(links, 2);
	assert_int_equal(links_opened(links, 2, 5001), RESULT_OK);
	assert_int_equal(links_used(links, 2, &b, 5002), 1);
	assert_int_equal(links_used(links, 1001, &a, 5003), LINKS_NONE);
}

// The last frame of a connection may be read when that is known to be gone.
static void a_frame_of_who_had_the_number_before_counts_for_nobody_after(void **state)
{
	struct links *links = *state;
	assert_int_equal(links_opened(links, 7, 100), RESULT_OK);
	links_closed(links, 7);
	assert_int_equal(links_used(links, 7, &a, 101), LINKS_NONE);
	assert_int_equal(links_opened(links, 7, 60000), RESULT_OK);
	for (int i = 0; i < LINKS_PER_PARTNER; i++) // not one too many
		open_and_use(links, 10 + i, &a, 60001);
	assert_int_equal(links_next_silent(links, 59999 + LINKS_SILENT_MS), LINKS_NONE);
	assert_int_equal(links_next_silent(links, 60000 + LINKS_SILENT_MS), 7);
}

static void one_that_stays_silent_goes_once(void **state)
{
	struct links *links = *state;
	assert_int_equal(links_opened(links, 7, 100), RESULT_OK);
	assert_int_equal(links_opened(links, 8, 101), RESULT_OK);
	assert_int_equal(links_used(links, 8, &a, 102), LINKS_NONE);
	assert_int_equal(links_next_silent(links, 99 + LINKS_SILENT_MS), LINKS_NONE);
	assert_int_equal(links_next_silent(links, 100 + LINKS_SILENT_MS), 7);
	assert_int_equal(links_next_silent(links, INT64_MAX / 2), LINKS_NONE);
}

static void a_frame_may_come_before_the_word_that_its_connection_is_open(void **state)
{
	struct links *links = *state;
	assert_int_equal(links_used(links, 7, &a, 100), LINKS_NONE);
	assert_int_equal(links_opened(links, 7, 101), RESULT_OK);
	assert_int_equal(links_next_silent(links, INT64_MAX / 2), LINKS_NONE);
}

static void that_most_of_them_went_is_told_once(void **state)
{
	struct links *links = *state;
	for (int i = 0; i < 20; i++)
		assert_int_equal(links_opened(links, i, 0), RESULT_OK);
	assert_false(links_fell(links));
	for (int i = 0; i < 10; i++)
		links_closed(links, i);
	assert_false(links_fell(links));
	links_closed(links, 10);
	assert_true(links_fell(links));
	assert_false(links_fell(links));
}

static void numbers_that_cannot_be_change_nothing(void **state)
{
	struct links *links = *state;
	assert_int_equal(links_opened(links, -1, 0), RESULT_INTERNAL);
	assert_int_equal(links_used(links, -1, &a, 0), LINKS_NONE);
	links_closed(links, -1);
	links_closed(links, 1 << 20);
	assert_int_equal(links_next_silent(links, INT64_MAX / 2), LINKS_NONE);
}

static void handshakes_come_in_a_burst_and_then_at_a_pace(void **state)
{
	struct partner partner = {.oin = a};
	int64_t now = 1000000;
	(void)state;
	for (int round = 0; round < 2; round++) {
		int count = 0;
		while (partner_may_connect(&partner, now))
			count++;
		assert_int_equal(count, CONNECTS_BURST);
		assert_false(partner_may_connect(&partner, now));
		now += MS_PER_SECOND;
		for (count = 0; partner_may_connect(&partner, now); count++)
			;
		assert_in_range(count, CONNECTS_PER_SECOND, CONNECTS_PER_SECOND + 1);
		now += MS_PER_MINUTE; // and all of it again after a while
	}
}

int main(void)
{
#define LINKS_TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		LINKS_TEST(the_one_not_used_for_longest_gives_way),
		LINKS_TEST(one_that_is_closed_leaves_room),
		LINKS_TEST(what_one_partner_has_counts_for_no_other),
		LINKS_TEST(one_that_stays_silent_goes_once),
		LINKS_TEST(a_frame_of_who_had_the_number_before_counts_for_nobody_after),
		LINKS_TEST(a_frame_may_come_before_the_word_that_its_connection_is_open),
		LINKS_TEST(that_most_of_them_went_is_told_once),
		LINKS_TEST(numbers_that_cannot_be_change_nothing),
		cmocka_unit_test(handshakes_come_in_a_burst_and_then_at_a_pace),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

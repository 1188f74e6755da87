// SPDX-License-Identifier: EUPL-1.2
// The places where a fetch waits: one partner has a share of them, whatever keys, functies and
// connections it comes with.
#include "tests/unit/unit.h"

#include "flow/waiter.h"

#include <stdio.h>
#include <string.h>

static struct waiter waiters[WAITERS_MAX];

static int setup(void **state)
{
	(void)state;
	memset(waiters, 0, sizeof waiters);
	return 0;
}

static struct waiter waiter_of(unsigned partner, unsigned functie, uint64_t connection)
{
	struct waiter w = {.live = true, .route = {.connection = connection}};
	snprintf(w.ontvanger.oin.text, sizeof w.ontvanger.oin.text, "00000099%012u", partner);
	snprintf(w.ontvanger.functie, sizeof w.ontvanger.functie, "functie-%u", functie);
	w.sealing_id.b[0] = (uint8_t)functie;
	return w;
}

// As deliver_fetch() has it wait.
static struct waiter *wait_for_it(const struct waiter *wanted)
{
	struct waiter *place = waiter_place(waiters, wanted);
	if (place)
		*place = *wanted;
	return place;
}

// How many places one gets with 16 functies on so many connections.
static size_t take_all(unsigned partner, uint64_t connections)
{
	size_t got = 0;
	for (uint64_t n = 1; n <= connections; n++)
		for (unsigned functie = 0; functie < 16; functie++) {
			const struct waiter wanted = waiter_of(partner, functie, n);
			got += wait_for_it(&wanted) != NULL;
		}
	return got;
}

static void one_partner_has_a_share_and_others_find_theirs(void **state)
{
	(void)state;
	assert_int_equal(take_all(1, 64), WAITERS_MAX / (WAITERS_SHARE + 1));
	// All functies of others, on one connection each.
	for (unsigned partner = 2; partner < 30; partner++)
		assert_int_equal(take_all(partner, 1), 16);
}

static void however_many_take_all_they_can_the_next_finds_places(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 64; round++)
		for (unsigned partner = 1; partner <= 50; partner++) {
			const struct waiter wanted = waiter_of(partner, round % 16, 1 + round / 16);
			(void)wait_for_it(&wanted);
		}
	assert_true(take_all(51, 1) >= WAITERS_MAX / (WAITERS_SHARE + 51) - 1);
}

static void a_newer_fetch_takes_the_place_of_the_older_one_even_at_the_bound(void **state)
{
	(void)state;
	size_t share = take_all(1, 64);
	struct waiter again = waiter_of(1, 3, 1);
	again.after = 7;
	struct waiter *place = wait_for_it(&again);
	assert_non_null(place);
	assert_int_equal(place->after, 7);
	const struct waiter more = waiter_of(1, 3, 65);
	assert_null(waiter_place(waiters, &more));
	size_t live = 0;
	for (size_t i = 0; i < WAITERS_MAX; i++)
		live += waiters[i].live;
	assert_int_equal(live, share);
	// One that was answered leaves its place to the next.
	place->live = false;
	assert_non_null(waiter_place(waiters, &more));
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_partner_has_a_share_and_others_find_theirs),
		TEST(however_many_take_all_they_can_the_next_finds_places),
		TEST(a_newer_fetch_takes_the_place_of_the_older_one_even_at_the_bound),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

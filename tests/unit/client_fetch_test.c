// SPDX-License-Identifier: EUPL-1.2
// One call of client_fetch: answers that are asked for ahead, answers of several envelopes, and
// what does not come or does not hold.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client_inbox.h"

static void what_one_answer_does_not_hold_is_asked_for_ahead(void **state)
{
	struct fixture *f = *state;
	f->fake->page = 2;
	deliver(f, 1, 7);
	unsigned frames = f->fake->frames;
	must(f->ontvanger, client_sync(f->ontvanger));
	unsigned sync = f->fake->frames - frames;
	assert_int_equal(fetch(f, 5), 5); // 2, 2, 1
	assert_int_equal(f->fake->frames - frames - sync, 3);
	assert_int_equal(f->ontvanger->inboxes[0]->count, 3);
	assert_int_equal(fetch(f, 16), 2);
	expect_numbers(f, 1, 7);
	kill_and_reopen(f);
	expect_numbers(f, 1, 7);
}

// Spoils the delivery whose place among all is in fake->test, as it is shown the next time.
static void spoil_one(struct fake_knooppunt *fake, struct replies *replies)
{
	uint64_t *spoiled = fake->test;
	for (size_t i = 0; i < replies->reply_count; i++) {
		for (size_t k = 0; k < replies->replies[i].delivery_count; k++) {
			struct delivery *delivery = &replies->replies[i].deliveries[k];
			if (delivery->leaf.index == fake->deliveries[*spoiled].index)
				delivery->leaf.index++;
		}
	}
}

// While one answer fails a check the next was asked for already: none of it counts.
static void what_was_asked_for_ahead_of_a_bad_delivery_is_dropped(void **state)
{
	struct fixture *f = *state;
	uint64_t spoiled;
	f->fake->page = 2;
	deliver(f, 1, 7);
	for (spoiled = 0; spoiled < 7; spoiled++) {
		size_t count;
		f->fake->test = &spoiled;
		f->fake->on_replies = spoil_one;
		assert_int_equal(client_fetch(f->ontvanger, FUNCTIE, 16, 0, &count),
				 RESULT_BAD_SIGNATURE);
		assert_int_equal(waiting(f), spoiled);
		f->fake->on_replies = NULL;
		must(f->ontvanger, client_sync(f->ontvanger));
		assert_int_equal(fetch(f, 1), 1);
	}
	expect_numbers(f, 1, 7);
	assert_int_equal(fetch(f, 16), 0);
}

// Four in the two envelopes of each answer.
static void an_answer_in_two_envelopes_is_taken_whole(void **state)
{
	struct fixture *f = *state;
	f->fake->page = 2;
	f->fake->split = true;
	deliver(f, 1, 7);
	must(f->ontvanger, client_sync(f->ontvanger));
	unsigned frames = f->fake->frames;
	assert_int_equal(fetch(f, 16), 7);
	assert_int_equal(f->fake->frames - frames, 2);
	assert_int_equal(f->ontvanger->inboxes[0]->count, 4);
	expect_numbers(f, 1, 7);
	kill_and_reopen(f);
	expect_numbers(f, 1, 7);
}

// One that is lost, or that comes under a checkpoint which the first has made too old to prove it,
// takes nothing away: what was in it is asked for again.
static void what_follows_and_does_not_come_is_asked_for_again(void **state)
{
	struct fixture *f = *state;
	f->fake->page = 2;
	f->fake->split = true;
	deliver(f, 1, 7);
	f->fake->lose_second = true;
	assert_int_equal(fetch(f, 16), 2);
	f->fake->lose_second = false;
	f->fake->grow_between = true;
	fake_tick(f->fake);
	assert_int_equal(fetch(f, 16), 2);
	f->fake->grow_between = false;
	assert_int_equal(fetch(f, 16), 3);
	expect_numbers(f, 1, 7);
}

static void of_what_follows_only_what_holds_is_kept(void **state)
{
	struct fixture *f = *state;
	uint64_t spoiled = 3; // the second of the second envelope
	size_t count;
	f->fake->page = 2;
	f->fake->split = true;
	deliver(f, 1, 7);
	f->fake->test = &spoiled;
	f->fake->on_replies = spoil_one;
	assert_int_equal(client_fetch(f->ontvanger, FUNCTIE, 16, 0, &count), RESULT_BAD_SIGNATURE);
	assert_int_equal(waiting(f), 3);
	f->fake->on_replies = NULL;
	must(f->ontvanger, client_sync(f->ontvanger));
	assert_int_equal(fetch(f, 16), 4);
	expect_numbers(f, 1, 7);
}

// Of the second envelope the first two are gone, or what comes is of before: nobody but who carries
// it needs to have done so.
static void an_envelope_that_is_lost_on_the_way_proves_nothing(void **state)
{
	struct fixture *f = *state;
	uint64_t number = 99;
	f->fake->page = 2;
	f->fake->split = true;
	deliver(f, 1, 7);
	f->fake->skip = 2;
	assert_int_equal(fetch(f, 16), 2);
	f->fake->skip = (unsigned)-2;
	assert_int_equal(fetch(f, 16), 2);
	must(f->ontvanger, inbox_find_aside(f->ontvanger->inboxes[0], &number));
	assert_int_equal(number, 0);
	f->fake->skip = 0;
	assert_int_equal(fetch(f, 16), 3);
	expect_numbers(f, 1, 7);
}

static void empty_the_first(struct fake_knooppunt *fake, struct replies *replies)
{
	(void)fake;
	if (replies->replies[0].follows)
		replies->replies[0].delivery_count = 0;
}

// Nothing came at all: who asked is told why.
static void what_follows_nothing_and_does_not_come_is_told(void **state)
{
	struct fixture *f = *state;
	size_t count;
	f->fake->page = 2;
	f->fake->split = f->fake->lose_second = true;
	deliver(f, 1, 7);
	must(f->ontvanger, client_sync(f->ontvanger));
	f->fake->on_replies = empty_the_first;
	assert_int_equal(client_fetch(f->ontvanger, FUNCTIE, 16, 0, &count), RESULT_AGAIN);
	assert_string_equal(client_problem(f->ontvanger)->code, "busy");
	assert_non_null(strstr(client_problem(f->ontvanger)->message, "lost on the way"));
}

static void more_envelopes_than_were_asked_for_are_not_waited_for(void **state)
{
	struct fixture *f = *state;
	f->fake->page = 2;
	f->fake->split = f->fake->endless = true;
	deliver(f, 1, 7);
	must(f->ontvanger, client_sync(f->ontvanger));
	unsigned received = f->fake->received;
	assert_int_equal(fetch(f, 16), 2);
	assert_int_equal(f->fake->received - received, 8);
}

static void go_away(struct fake_knooppunt *fake, struct replies *replies)
{
	(void)replies;
	fake->unreachable = true;
}

// The answer after this one is made and lost.
static void lose_the_next(struct fake_knooppunt *fake, struct replies *replies)
{
	unsigned *made = fake->test;
	(void)replies;
	fake->lose_answers = (*made)++ == 1;
}

static void what_came_before_the_knooppunt_went_away_is_kept(void **state)
{
	struct fixture *f = *state;
	size_t count;
	must(f->ontvanger, client_sync(f->ontvanger));
	f->fake->page = 2;
	deliver(f, 1, 5);
	f->fake->on_replies = go_away;
	assert_int_equal(fetch(f, 16), 2);
	assert_int_equal(client_fetch(f->ontvanger, FUNCTIE, 16, 0, &count), RESULT_AGAIN);
	assert_int_equal(waiting(f), 2);
	f->fake->on_replies = NULL;
	f->fake->unreachable = false;
	assert_int_equal(fetch(f, 16), 3);
	deliver(f, 6, 4);
	unsigned made = 0;
	f->fake->test = &made;
	f->fake->on_replies = lose_the_next;
	assert_int_equal(fetch(f, 16), 2);
	f->fake->on_replies = NULL;
	assert_int_equal(fetch(f, 16), 2);
	expect_numbers(f, 1, 9);
}

#define WITH_FIXTURE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FIXTURE(what_one_answer_does_not_hold_is_asked_for_ahead),
		WITH_FIXTURE(what_was_asked_for_ahead_of_a_bad_delivery_is_dropped),
		WITH_FIXTURE(an_answer_in_two_envelopes_is_taken_whole),
		WITH_FIXTURE(what_follows_and_does_not_come_is_asked_for_again),
		WITH_FIXTURE(of_what_follows_only_what_holds_is_kept),
		WITH_FIXTURE(an_envelope_that_is_lost_on_the_way_proves_nothing),
		WITH_FIXTURE(what_follows_nothing_and_does_not_come_is_told),
		WITH_FIXTURE(more_envelopes_than_were_asked_for_are_not_waited_for),
		WITH_FIXTURE(what_came_before_the_knooppunt_went_away_is_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

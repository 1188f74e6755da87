// SPDX-License-Identifier: EUPL-1.2
// A question of the officer: nothing of its answer is shown before the receipt proves that it is
// recorded.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client_fixture.h"

#define TOLD "result ok\nmelding 4 1 1\n"

static struct reply *logged_reply(struct replies *replies)
{
	for (size_t i = 0; i < replies->reply_count; i++)
		if (replies->replies[i].has_receipt)
			return &replies->replies[i];
	return NULL;
}

static void tells(struct fake_knooppunt *fake, struct replies *replies)
{
	struct reply *reply = logged_reply(replies);
	(void)fake;
	if (reply)
		reply->antwoord = bytes_of_text(TOLD);
}

static void tells_without_receipt(struct fake_knooppunt *fake, struct replies *replies)
{
	struct reply *reply = logged_reply(replies);
	tells(fake, replies);
	if (reply)
		reply->has_receipt = false;
}

// The receipt of something else that was recorded.
static void tells_with_another_receipt(struct fake_knooppunt *fake, struct replies *replies)
{
	struct reply *reply = logged_reply(replies);
	tells(fake, replies);
	if (reply)
		reply->receipt.index ^= 1;
}

static void tells_of_what_is_refused(struct fake_knooppunt *fake, struct replies *replies)
{
	struct reply *reply = logged_reply(replies);
	tells(fake, replies);
	if (reply)
		reply->outcome = OUTCOME_GEWEIGERD;
}

static enum result ask(struct client *client, struct buffer *told)
{
	const struct vraag_line lines[] = {{bytes_of_text("bsn"), bytes_of_text("999990019")},
					   {bytes_of_text("vraag"), bytes_of_text("inzage")},
					   {bytes_of_text("medewerker"), bytes_of_text("mw-1")}};
	uint64_t index;
	buffer_init(told, 1 << 20);
	const struct vraag_lines question = {TYPE_VRAAG, lines, sizeof lines / sizeof lines[0]};
	return client_vraag(client, &question, told, &index);
}

static void an_answer_with_its_receipt_is_told(void **state)
{
	struct fixture *f = *state;
	struct buffer told;
	f->fake->on_replies = tells;
	assert_int_equal(ask(f->sender, &told), RESULT_OK);
	assert_true(bytes_equal(buffer_view(&told), bytes_of_text(TOLD)));
	buffer_done(&told);
}

// spec C28
static void without_proof_that_it_is_recorded_nothing_is_told(void **state)
{
	struct fixture *f = *state;
	static const struct {
		void (*replies)(struct fake_knooppunt *fake, struct replies *replies);
		enum result result;
	} cases[] = {{tells_without_receipt, RESULT_BAD_SIGNATURE},
		     {tells_with_another_receipt, RESULT_BAD_SIGNATURE},
		     {tells_of_what_is_refused, RESULT_BAD_SIGNATURE}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct buffer told;
		f->fake->on_replies = cases[i].replies;
		assert_int_equal(ask(f->sender, &told), cases[i].result);
		assert_int_equal(told.len, 0);
		buffer_done(&told);
	}
	f->fake->on_replies = tells;
	struct buffer told;
	assert_int_equal(ask(f->sender, &told), RESULT_OK);
	buffer_done(&told);
}

static void what_was_not_answered_is_asked_anew_and_stands_in_no_outbox(void **state)
{
	struct fixture *f = *state;
	struct buffer told;
	uint32_t pause_ms;
	f->fake->on_replies = tells;
	f->fake->lose_answers = 1;
	assert_int_equal(ask(f->sender, &told), RESULT_AGAIN);
	buffer_done(&told);
	size_t seen = f->fake->seen_count;
	assert_int_equal(client_flush(f->sender, &pause_ms), RESULT_OK);
	assert_int_equal(f->fake->seen_count, seen);
	assert_int_equal(ask(f->sender, &told), RESULT_OK);
	assert_int_equal(f->fake->seen_count, seen + 1);
	buffer_done(&told);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_answer_with_its_receipt_is_told, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(without_proof_that_it_is_recorded_nothing_is_told,
						fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(
			what_was_not_answered_is_asked_anew_and_stands_in_no_outbox, fixture_setup,
			fixture_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

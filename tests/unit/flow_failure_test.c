// SPDX-License-Identifier: EUPL-1.2
// Full disks, failed syncs and failures half-way: no receipt for what is not durable, nothing half
// done, and it goes on by itself unless a person must look.
#include "faults.h"
#include "flow_convenanten.h"
#include "flow_world.h"

#include <errno.h>

// The n-th entry that goes into state from now on fails after it was applied; 0: none.
static unsigned apply_fails_at;
static enum result apply_result;

enum result __real_state_apply(struct state *state, const struct applied *applied);
enum result __wrap_state_apply(struct state *state, const struct applied *applied);
enum result __wrap_state_apply(struct state *state, const struct applied *applied)
{
	enum result r = __real_state_apply(state, applied);
	if (apply_fails_at == 0 || --apply_fails_at > 0)
		return r;
	return apply_result;
}

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_convenant(w, FLOW_ALLES_WMO);
	apply_fails_at = 0;
	*state = w;
	return 0;
}

static void assert_again(struct flow_world *w, const struct flow_sent *sent, enum reason reason)
{
	const struct reply *reply = flow_answer(w, POLITIE, sent);
	assert_non_null(reply);
	assert_int_equal(reply->outcome, OUTCOME_AGAIN);
	assert_string_equal(reason_code(reply->reason), reason_code(reason));
	assert_false(reply->has_receipt);
	assert_true(reply->pause_ms > 0);
}

// One melding while the n-th call of a kind fails; false when so many calls were not made.
static bool send_while_failing(struct flow_world *w, const struct flow_sent *melding, unsigned n,
			       unsigned kind)
{
	flow_hand(w, melding);
	fault_arm(n, kind, kind == FAULT_SYNC ? EIO : ENOSPC, false);
	enum result r = flow_commit(w->core);
	bool hit = fault_disarm();
	assert_true(r == RESULT_OK || w->core->readonly);
	const struct reply *reply = flow_answer(w, POLITIE, melding);
	if (hit)
		assert_true(!reply || (reply->outcome == OUTCOME_AGAIN && !reply->has_receipt));
	return hit;
}

static void start_again(struct flow_world *w)
{
	flow_world_close(w);
	flow_world_open(w);
	assert_false(w->core->readonly);
}

static void a_full_disk_says_again_and_goes_on_by_itself(void **state)
{
	struct flow_world *w = *state;
	unsigned by_itself = 0;
	for (unsigned n = 1;; n++) {
		struct flow_sent *melding = flow_melding(w, POLITIE, &flow_one_person);
		assert_true(n < 30);
		flow_forget_frames(w);
		if (!send_while_failing(w, melding, n, FAULT_WRITE))
			break;
		if (w->core->readonly)
			start_again(w); // LMDB's own page, or the guard: not known what it holds
		else
			assert_again(w, melding, REASON_FULL), by_itself++;
		flow_forget_frames(w);
		flow_send_one(w, melding);
		flow_accepted(w, POLITIE, melding);
	}
	assert_true(by_itself > 0);
}

static void assert_given_once(struct flow_world *w, unsigned expected)
{
	const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
	assert_int_equal(reply->delivery_count, expected);
	for (size_t i = 0; i < reply->delivery_count; i++)
		for (size_t j = 0; j < i; j++)
			assert_false(hash_equal(&flow_part(w, &reply->deliveries[i])->header_hash,
						&flow_part(w, &reply->deliveries[j])->header_hash));
}

static void after_a_failed_sync_nothing_is_accepted_until_a_start(void **state)
{
	struct flow_world *w = *state;
	unsigned sent = 0;
	for (unsigned n = 1;; n++) {
		struct flow_sent *melding = flow_melding(w, POLITIE, &flow_one_person);
		struct flow_sent *later = flow_melding(w, POLITIE, &flow_one_person);
		assert_true(n < 20);
		flow_forget_frames(w);
		sent++;
		if (!send_while_failing(w, melding, n, FAULT_SYNC))
			break;
		assert_true(w->core->readonly);
		flow_send_one(w, later);
		assert_again(w, later, REASON_READONLY);
		start_again(w);
		flow_forget_frames(w);
		flow_send_one(w, melding);
		flow_send_one(w, later);
		flow_accepted(w, POLITIE, melding);
		flow_accepted(w, POLITIE, later);
		sent++;
	}
	assert_given_once(w, sent);
}

static void a_failure_half_way_ends_the_batch_and_keeps_nothing_of_it(void **state)
{
	struct flow_world *w = *state;
	static const enum result failures[] = {RESULT_FULL, RESULT_IO, RESULT_DAMAGED,
					       RESULT_NO_MEMORY};
	for (size_t i = 0; i < COUNT_OF(failures); i++) {
		uint64_t size = journal_size(w->core->journal);
		struct flow_sent *first = flow_melding(w, POLITIE, &flow_one_person);
		struct flow_sent *second = flow_melding(w, POLITIE, &flow_one_person);
		apply_result = failures[i];
		apply_fails_at = 2;
		flow_hand(w, first);
		flow_hand(w, second);
		enum reason reason = failures[i] == RESULT_FULL ? REASON_FULL : REASON_BUSY;
		assert_again(w, first, reason);
		assert_again(w, second, reason);
		flow_end_batch(w);
		assert_true(journal_size(w->core->journal) == size);
		flow_assert_rebuild_equal(w);
		flow_forget_frames(w);
		flow_hand(w, first);
		flow_hand(w, second);
		flow_end_batch(w);
		flow_accepted(w, POLITIE, first);
		flow_accepted(w, POLITIE, second);
	}
}

static void a_conflict_with_what_was_not_kept_is_no_conflict_yet(void **state)
{
	struct flow_world *w = *state;
	struct flow_sent *first = flow_melding(w, POLITIE, &flow_one_person);
	struct flow_sent *other = flow_melding(w, POLITIE, &flow_one_person);
	other->opened.statement.id = first->opened.statement.id;
	flow_sign_again(w, POLITIE, other);
	flow_hand(w, first);
	flow_hand(w, other);
	fault_arm(1, FAULT_WRITE, ENOSPC, false);
	flow_end_batch(w);
	assert_true(fault_disarm());
	assert_again(w, first, REASON_FULL);
	assert_again(w, other, REASON_FULL);
	flow_forget_frames(w);
	flow_send_one(w, other);
	flow_send_one(w, first);
	flow_accepted(w, POLITIE, other);
	flow_refused(w, POLITIE, first, REASON_CONFLICT);
}

static void what_was_refused_or_answered_before_stands_when_a_batch_fails(void **state)
{
	struct flow_world *w = *state;
	struct flow_sent *kept = flow_melding(w, POLITIE, &flow_one_person);
	flow_send_one(w, kept);
	uint64_t index = flow_accepted(w, POLITIE, kept);
	flow_forget_frames(w);
	struct flow_sent *fresh = flow_melding(w, POLITIE, &flow_one_person);
	struct flow_sent *fetch = flow_fetch(w, STAD, "wmo", 0);
	flow_hand(w, kept);
	flow_hand(w, fetch);
	flow_hand(w, fresh);
	fault_arm(1, FAULT_WRITE, ENOSPC, false);
	flow_end_batch(w);
	assert_true(fault_disarm());
	assert_true(flow_accepted(w, POLITIE, kept) == index);
	assert_int_equal(flow_answer(w, STAD, fetch)->delivery_count, 1);
	assert_again(w, fresh, REASON_FULL);
}

static void a_refusal_that_comes_again_says_the_same_also_in_one_batch(void **state)
{
	struct flow_world *w = *state;
	struct flow_sent *old = flow_melding(w, POLITIE, &flow_one_person);
	old->opened.statement.time -= (uint64_t)(31 * MS_PER_DAY);
	flow_sign_again(w, POLITIE, old);
	flow_hand(w, old);
	flow_hand(w, old);
	flow_end_batch(w);
	assert_int_equal(flow_answers(w, POLITIE, old), 2);
	flow_refused(w, POLITIE, old, REASON_TOO_OLD);
	uint64_t index = flow_answer(w, POLITIE, old)->receipt.index;
	flow_forget_frames(w);
	flow_send_one(w, old);
	flow_refused(w, POLITIE, old, REASON_TOO_OLD);
	const struct reply *reply = flow_answer(w, POLITIE, old);
	assert_true(reply->has_receipt && reply->receipt.index == index);
	assert_int_equal(reply->field.len, 4);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_full_disk_says_again_and_goes_on_by_itself),
		TEST(after_a_failed_sync_nothing_is_accepted_until_a_start),
		TEST(a_failure_half_way_ends_the_batch_and_keeps_nothing_of_it),
		TEST(a_conflict_with_what_was_not_kept_is_no_conflict_yet),
		TEST(what_was_refused_or_answered_before_stands_when_a_batch_fails),
		TEST(a_refusal_that_comes_again_says_the_same_also_in_one_batch),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
// Step 4, settle: who may speak here, what was said before, and when. Each bound is tried on both
// sides of it, with clocks that stand still.
#include "faults.h"
#include "flow_convenanten.h"
#include "flow_world.h"

#include "base/clock.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_enrol(w, FLOW_ZORG, "ggz", "behandeling");
	flow_convenant(w, FLOW_ALLES_WMO);
	*state = w;
	return 0;
}
#define ZORG (&w->parties[2])

static struct flow_sent *melding(struct flow_world *w)
{
	return flow_melding(w, POLITIE, &flow_one_person);
}

// Refused, and nothing of it is in the log: nobody knows whose it is.
static void assert_no_entry(struct flow_world *w, struct flow_party *told,
			    const struct flow_sent *sent, enum reason reason)
{
	uint64_t size = journal_size(w->core->journal);
	flow_send_one(w, sent);
	assert_true(journal_size(w->core->journal) == size);
	flow_refused(w, told, sent, reason);
	assert_false(flow_answer(w, told, sent)->has_receipt);
}

// Sends it; whether core writes this to the beheerder's log meanwhile.
static bool logs(struct flow_world *w, const struct flow_sent *sent, const char *line)
{
	char told[4096] = "";
	int kept = dup(STDERR_FILENO), log = memfd_create("log", MFD_CLOEXEC);
	assert_true(kept >= 0 && log >= 0 && dup2(log, STDERR_FILENO) >= 0);
	flow_send_one(w, sent);
	assert_true(dup2(kept, STDERR_FILENO) >= 0);
	assert_true(pread(log, told, sizeof told - 1, 0) >= 0);
	close(kept);
	close(log);
	return strstr(told, line) != NULL;
}

// As an opener that found a fault in it hands it over.
static void with_fault(struct flow_sent *sent)
{
	sent->opened.has_slots = false;
	sent->opened.slots = (struct slots){0};
	sent->opened.melding = (struct melding){0};
	sent->opened.refusal = (struct refusal){.reason = REASON_MALFORMED, .field = "kenmerken"};
}

// ---- who -----------------------------------------------------------------------------------

static void a_key_that_nobody_has_is_not_known(void **state)
{
	struct flow_world *w = *state;
	static const uint8_t nobody[KEY_ID_LEN] = {1, 2, 3};
	struct flow_sent *sent = melding(w);
	sent->opened.signed_statement.key_id = bytes_make(nobody, sizeof nobody);
	assert_no_entry(w, POLITIE, sent, REASON_UNKNOWN_KEY);
}

// A role speaks in acts, over the control socket.
static void a_role_of_the_house_sends_no_melding(void **state)
{
	struct flow_world *w = *state;
	struct flow_sent *sent = melding(w);
	sent->opened.signed_statement.key_id = bytes_make(w->beheerder.id.b, KEY_ID_LEN);
	assert_no_entry(w, POLITIE, sent, REASON_UNKNOWN_KEY);
}

static void who_signs_seals_and_is_connected_is_one(void **state)
{
	struct flow_world *w = *state;
	struct flow_sent *sealed = melding(w), *connected = melding(w), *nobody = melding(w);
	sealed->opened.sealing_id = STAD->sealing.id;
	assert_no_entry(w, STAD, sealed, REASON_SENDER_MISMATCH);
	connected->opened.connection_oin = STAD->bundle.oin;
	assert_no_entry(w, POLITIE, connected, REASON_SENDER_MISMATCH);
	// A sealing key that nobody has: there is nobody to tell, and nothing is taken.
	uint64_t size = journal_size(w->core->journal);
	nobody->opened.sealing_id.b[0] ^= 1;
	size_t frames = w->frame_count;
	flow_send_one(w, nobody);
	assert_true(journal_size(w->core->journal) == size);
	assert_int_equal(w->frame_count, frames);
}

// The same OIN with two pairs of keys, one of which is revoked: neither half will do.
static void both_keys_must_be_in_force(void **state)
{
	struct flow_world *w = *state;
	struct flow_party *old = flow_enrol(w, FLOW_POLITIE, "politie", "wijk");
	flow_revoke(w, old);
	struct flow_sent *signs = melding(w), *seals = melding(w);
	signs->opened.signed_statement.key_id = bytes_make(old->identity.id.b, KEY_ID_LEN);
	assert_no_entry(w, POLITIE, signs, REASON_REVOKED_KEY);
	seals->opened.sealing_id = old->sealing.id;
	assert_no_entry(w, old, seals, REASON_REVOKED_KEY);
}

// A key counts by the index that the entry will have, not by that of the log as it lies on disk.
static void a_key_is_revoked_also_for_what_comes_behind_others_in_a_batch(void **state)
{
	struct flow_world *w = *state;
	struct flow_sent *late = flow_melding(w, ZORG, &flow_one_person);
	flow_revoke(w, ZORG);
	struct flow_sent *before = melding(w);
	flow_hand(w, before);
	flow_hand(w, late);
	flow_end_batch(w);
	flow_accepted(w, POLITIE, before);
	flow_refused(w, ZORG, late, REASON_REVOKED_KEY);
}

// Not told what was wrong with it either, and no entry of its own.
static void a_revoked_key_hears_that_it_is_revoked_before_anything_else(void **state)
{
	struct flow_world *w = *state;
	struct flow_sent *early = flow_melding(w, ZORG, &flow_one_person);
	flow_send_one(w, early);
	uint64_t index = flow_accepted(w, ZORG, early);
	struct flow_sent *late = flow_melding(w, ZORG, &flow_one_person);
	with_fault(late);
	flow_revoke(w, ZORG);
	assert_no_entry(w, ZORG, late, REASON_REVOKED_KEY);
	assert_true(bytes_equal(flow_answer(w, ZORG, late)->field, bytes_of_text("signer")));
	// What was receipted before stays so.
	flow_forget_frames(w);
	flow_send_one(w, early);
	assert_true(flow_accepted(w, ZORG, early) == index);
}

static void when_a_partner_was_heard_is_known(void **state)
{
	struct flow_world *w = *state;
	flow_clock_stand(true);
	int64_t now = clock_wall_ms();
	flow_send_one(w, melding(w));
	size_t heard = 0;
	for (size_t i = 0; i < WATCH_PARTIES; i++) {
		if (w->core->watch.heard[i] == 0)
			continue;
		heard++;
		assert_true(w->core->watch.heard[i] == now);
		assert_true(i < w->core->registry.party_count);
		assert_true(
			oin_equal(&w->core->registry.parties[i].bundle.oin, &POLITIE->bundle.oin));
	}
	assert_int_equal(heard, 1);
}

static void a_source_is_of_its_signer_and_has_a_name(void **state)
{
	struct flow_world *w = *state;
	static const char *const sources[] = {"urn:nld:oin:" FLOW_POLITIE,            // no name
					      "urn:nld:oin:" FLOW_STAD ":systeem:s1", // of another
					      "urn:nld:kvk:" FLOW_POLITIE
					      ":systeem:s1",                     // of another list
					      "urn:nld:oin:0000009900000000100", // not whole
					      ""};
	for (size_t i = 0; i < COUNT_OF(sources); i++) {
		struct flow_sent *sent = melding(w);
		sent->opened.statement.source = bytes_of_text(sources[i]);
		assert_no_entry(w, POLITIE, sent, REASON_SENDER_MISMATCH);
	}
}

// ---- what was said before ------------------------------------------------------------------

static struct flow_sent *other_under_the_id_of(struct flow_world *w, const struct flow_sent *first)
{
	struct flow_sent *other = melding(w);
	other->opened.statement.id = first->opened.statement.id;
	flow_sign_again(w, POLITIE, other);
	return other;
}

static void other_words_under_an_id_are_a_conflict_and_the_first_stay(void **state)
{
	struct flow_world *w = *state;
	struct flow_sent *first = melding(w);
	flow_send_one(w, first);
	uint64_t index = flow_accepted(w, POLITIE, first);
	struct flow_sent *other = other_under_the_id_of(w, first);
	// Also when an opener finds a fault in it: that is not what is to be told.
	with_fault(other);
	assert_no_entry(w, POLITIE, other, REASON_CONFLICT);
	assert_true(bytes_equal(flow_answer(w, POLITIE, other)->field, bytes_of_text("id")));
	assert_int_equal(w->core->counts.conflicts, 1);
	flow_send_one(w, first);
	assert_true(flow_accepted(w, POLITIE, first) == index);
	assert_int_equal(w->core->counts.duplicates, 1);
	assert_int_equal(flow_collect(w, STAD, "wmo", 0)->delivery_count, 1);
}

// The same id of another partner, or of another system of the same one, is another melding.
static void an_id_is_of_its_source(void **state)
{
	struct flow_world *w = *state;
	struct flow_sent *first = melding(w), *zorg = flow_melding(w, ZORG, &flow_one_person);
	struct flow_sent *system = melding(w);
	zorg->opened.statement.id = system->opened.statement.id = first->opened.statement.id;
	flow_sign_again(w, ZORG, zorg);
	system->opened.statement.source =
		bytes_of_text("urn:nld:oin:" FLOW_POLITIE ":systeem:ander");
	flow_sign_again(w, POLITIE, system);
	flow_send_one(w, first);
	flow_send_one(w, zorg);
	flow_send_one(w, system);
	uint64_t indices[] = {flow_accepted(w, POLITIE, first), flow_accepted(w, ZORG, zorg),
			      flow_accepted(w, POLITIE, system)};
	assert_true(indices[0] < indices[1] && indices[1] < indices[2]);
}

// P1: what is answered for one that came twice in a batch rests on that batch, at each place of it.
static void what_came_twice_in_a_batch_that_fails_is_not_receipted(void **state)
{
	enum { MELDINGEN = 3 };
	struct flow_world *w = *state;
	struct flow_sent *sent[MELDINGEN], *other[MELDINGEN];
	for (size_t i = 0; i < MELDINGEN; i++)
		flow_hand(w, sent[i] = melding(w));
	for (size_t i = 0; i < MELDINGEN; i++)
		flow_hand(w, sent[i]);
	for (size_t i = 0; i < MELDINGEN; i++)
		flow_hand(w, other[i] = other_under_the_id_of(w, sent[i]));
	fault_arm(1, FAULT_WRITE, ENOSPC, false);
	flow_end_batch(w);
	assert_true(fault_disarm());
	for (size_t i = 0; i < MELDINGEN; i++) {
		assert_int_equal(flow_answers(w, POLITIE, sent[i]), 2);
		flow_told_again(w, POLITIE, sent[i], REASON_FULL);
		flow_told_again(w, POLITIE, other[i], REASON_FULL); // nor is it a conflict
	}
	flow_forget_frames(w);
	for (size_t i = 0; i < MELDINGEN; i++)
		flow_hand(w, sent[i]);
	for (size_t i = 0; i < MELDINGEN; i++)
		flow_hand(w, sent[i]);
	flow_end_batch(w);
	uint64_t last = 0;
	for (size_t i = 0; i < MELDINGEN; i++) {
		assert_int_equal(flow_answers(w, POLITIE, sent[i]), 2);
		uint64_t index = flow_accepted(w, POLITIE, sent[i]);
		assert_true(index > last);
		last = index;
	}
}

static void a_number_that_comes_again_is_taken_and_counted(void **state)
{
	struct flow_world *w = *state;
	struct flow_sent *first = melding(w), *second = melding(w), *third = melding(w);
	second->opened.statement.sequence = first->opened.statement.sequence;
	flow_sign_again(w, POLITIE, second);
	flow_send_one(w, first);
	assert_int_equal(w->core->counts.sequence_reuse, 0);
	assert_true(logs(w, second, "event=sequence-reuse oin=" FLOW_POLITIE " "));
	assert_int_equal(w->core->counts.sequence_reuse, 1);
	assert_false(logs(w, third, "event="));
	assert_int_equal(w->core->counts.sequence_reuse, 1);
	flow_accepted(w, POLITIE, first);
	flow_accepted(w, POLITIE, second);
	flow_accepted(w, POLITIE, third);
}

// While core takes nothing more, nothing goes into the log; what was said before is still told.
static void a_core_that_only_reads_takes_nothing(void **state)
{
	struct flow_world *w = *state;
	struct flow_sent *before = melding(w), *later = melding(w);
	flow_send_one(w, before);
	uint64_t index = flow_accepted(w, POLITIE, before);
	flow_stop(w->core, "test");
	uint64_t size = journal_size(w->core->journal);
	flow_forget_frames(w);
	flow_send_one(w, later);
	flow_send_one(w, before);
	flow_told_again(w, POLITIE, later, REASON_READONLY);
	assert_true(flow_accepted(w, POLITIE, before) == index);
	assert_true(journal_size(w->core->journal) == size);
}

// ---- when ----------------------------------------------------------------------------------

static struct flow_sent *dated(struct flow_world *w, struct flow_sent *sent, int64_t time)
{
	sent->opened.statement.time = (uint64_t)time;
	flow_sign_again(w, sent->opened.statement.type == TYPE_MELDING ? POLITIE : STAD, sent);
	flow_send_one(w, sent);
	return sent;
}

static void a_melding_is_of_the_last_thirty_days_and_the_next_five_minutes(void **state)
{
	struct flow_world *w = *state;
	flow_clock_stand(true);
	const int64_t now = clock_wall_ms(), oldest = now - 30 * MS_PER_DAY,
		      newest = now + 5 * MS_PER_MINUTE;
	flow_accepted(w, POLITIE, dated(w, melding(w), oldest));
	flow_accepted(w, POLITIE, dated(w, melding(w), newest));
	const struct flow_sent *old = dated(w, melding(w), oldest - 1);
	flow_refused(w, POLITIE, old, REASON_TOO_OLD);
	assert_true(flow_answer(w, POLITIE, old)->has_receipt); // it lasts
	assert_true(bytes_equal(flow_answer(w, POLITIE, old)->field, bytes_of_text("time")));
	flow_refused(w, POLITIE, dated(w, melding(w), newest + 1), REASON_FROM_FUTURE);
}

static void a_question_is_of_the_last_ten_minutes(void **state)
{
	struct flow_world *w = *state;
	flow_clock_stand(true);
	const int64_t now = clock_wall_ms(), oldest = now - 10 * MS_PER_MINUTE;
	const struct flow_sent *good = dated(w, flow_fetch(w, STAD, "wmo", 0), oldest);
	assert_int_equal(flow_answer(w, STAD, good)->outcome, OUTCOME_AANVAARD);
	flow_refused(w, STAD, dated(w, flow_fetch(w, STAD, "wmo", 0), oldest - 1), REASON_TOO_OLD);
}

// After a step either clock may be the right one, by a day at most: what one of them finds fresh is
// taken, anything else comes again.
static void after_a_step_of_a_day_either_clock_counts(void **state)
{
	struct flow_world *w = *state;
	flow_clock_stand(true);
	const int64_t now = clock_wall_ms();
	time_confirm(w->core);
	flow_clock_step = MS_PER_DAY;
	flow_accepted(w, POLITIE, dated(w, melding(w), now + MS_PER_DAY));
	flow_clock_step = MS_PER_DAY + 1;
	flow_told_again(w, POLITIE, dated(w, melding(w), now + MS_PER_DAY), REASON_CLOCK);
	flow_clock_step = -MS_PER_DAY;
	const int64_t old = now - 30 * MS_PER_DAY - MS_PER_HOUR;
	flow_accepted(w, POLITIE, dated(w, melding(w), old));
	flow_clock_step = -MS_PER_DAY - 1;
	flow_told_again(w, POLITIE, dated(w, melding(w), old), REASON_CLOCK);
	const struct flow_sent *again = dated(w, melding(w), old);
	assert_int_equal(flow_answer(w, POLITIE, again)->pause_ms, AGAIN_PAUSE_MS);
	flow_clock_step = 0;
	flow_refused(w, POLITIE, dated(w, melding(w), old), REASON_TOO_OLD);
}

// ---- what it has seen ----------------------------------------------------------------------

static void a_head_is_of_this_log_or_of_none(void **state)
{
	struct flow_world *w = *state;
	const struct head now = {w->core->checkpoint.size, w->core->checkpoint.root};
	struct flow_sent *none = melding(w), *other = melding(w), *beyond = melding(w);
	none->opened.statement.head = (struct head){0};
	flow_sign_again(w, POLITIE, none);
	flow_send_one(w, none);
	flow_accepted(w, POLITIE, none);
	struct flow_sent *held = melding(w);
	held->opened.statement.head = now; // of before the newest entry
	flow_sign_again(w, POLITIE, held);
	flow_send_one(w, held);
	flow_accepted(w, POLITIE, held);
	other->opened.statement.head.root.b[31] ^= 1;
	flow_sign_again(w, POLITIE, other);
	assert_true(logs(w, other, "event=split-view oin=" FLOW_POLITIE " size="));
	flow_refused(w, POLITIE, other, REASON_BAD_HEAD);
	struct flow_sent *first = melding(w);
	first->opened.statement.head = (struct head){1, {{1}}};
	flow_sign_again(w, POLITIE, first);
	flow_send_one(w, first);
	flow_refused(w, POLITIE, first, REASON_BAD_HEAD);
	beyond->opened.statement.head.size = journal_size(w->core->journal) + 1;
	flow_sign_again(w, POLITIE, beyond);
	flow_send_one(w, beyond);
	flow_refused(w, POLITIE, beyond, REASON_BAD_HEAD);
	assert_true(bytes_equal(flow_answer(w, POLITIE, beyond)->field, bytes_of_text("head")));
}

static void a_type_that_is_not_on_the_list_is_refused_for_good(void **state)
{
	struct flow_world *w = *state;
	struct flow_sent *sent = flow_say(w, POLITIE, 999, NULL, 0);
	flow_send_one(w, sent);
	flow_refused(w, POLITIE, sent, REASON_UNKNOWN_TYPE);
	assert_true(flow_answer(w, POLITIE, sent)->has_receipt);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_key_that_nobody_has_is_not_known),
		TEST(a_role_of_the_house_sends_no_melding),
		TEST(who_signs_seals_and_is_connected_is_one),
		TEST(both_keys_must_be_in_force),
		TEST(a_key_is_revoked_also_for_what_comes_behind_others_in_a_batch),
		TEST(a_revoked_key_hears_that_it_is_revoked_before_anything_else),
		TEST(when_a_partner_was_heard_is_known),
		TEST(a_source_is_of_its_signer_and_has_a_name),
		TEST(other_words_under_an_id_are_a_conflict_and_the_first_stay),
		TEST(an_id_is_of_its_source),
		TEST(what_came_twice_in_a_batch_that_fails_is_not_receipted),
		TEST(a_number_that_comes_again_is_taken_and_counted),
		TEST(a_core_that_only_reads_takes_nothing),
		TEST(a_melding_is_of_the_last_thirty_days_and_the_next_five_minutes),
		TEST(a_question_is_of_the_last_ten_minutes),
		TEST(after_a_step_of_a_day_either_clock_counts),
		TEST(a_head_is_of_this_log_or_of_none),
		TEST(a_type_that_is_not_on_the_list_is_refused_for_good),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
// The client as a witness: which log and which register it believes, and what it does when the log
// contradicts itself.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client_fixture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#define ID "melding-000000000001"

static enum result flush(struct client *client)
{
	uint32_t pause_ms = 0;
	return client_flush(client, &pause_ms);
}

static void rewrite_entry(struct fake_knooppunt *fake, uint64_t index)
{
	fake->log.entries[index].wire[15] ^= 1;
	fake_log_rehash(&fake->log, index);
}

static bool has_file(struct fixture *f, const char *name)
{
	char path[400];
	snprintf(path, sizeof path, "%s/spool-sender/%s", f->fake->folder->folder, name);
	return access(path, F_OK) == 0;
}

static void expect_conflict(struct fixture *f)
{
	size_t count;
	assert_int_equal(flush(f->sender), RESULT_CONFLICT);
	assert_string_equal(client_problem(f->sender)->code, "bad-head");
	assert_true(client_has_conflict(f->sender));
	assert_true(has_file(f, "conflict-001-received"));
	// From here on nothing is exchanged, in this process or a later one.
	unsigned frames = f->fake->frames;
	fixture_reopen(f);
	assert_true(client_has_conflict(f->sender));
	assert_int_equal(flush(f->sender), RESULT_CONFLICT);
	assert_int_equal(client_fetch(f->sender, "melder", 1, 0, &count), RESULT_CONFLICT);
	assert_int_equal(client_ack(f->sender, "melder"), RESULT_CONFLICT);
	assert_int_equal(client_sync(f->sender), RESULT_CONFLICT);
	assert_int_equal(f->fake->frames, frames);
	assert_false(has_file(f, "conflict-002-received"));
	// What was pushed is still there.
	push_as(f->sender, "melding-000000000009");
}

static void hold_a_checkpoint(struct fixture *f)
{
	push_as(f->sender, ID);
	must(f->sender, flush(f->sender));
	push_as(f->sender, "melding-000000000002");
}

static void a_rewritten_log_is_kept_as_evidence(void **state)
{
	struct fixture *f = *state;
	hold_a_checkpoint(f);
	rewrite_entry(f->fake, 1);
	expect_conflict(f);
	assert_true(has_file(f, "conflict-001-held"));
}

static void a_log_of_the_same_size_with_another_root_is_kept_as_evidence(void **state)
{
	struct fixture *f = *state;
	must(f->sender, client_sync(f->sender));
	rewrite_entry(f->fake, f->fake->log.size - 1);
	f->sender->greeted = false;
	push_as(f->sender, ID);
	expect_conflict(f);
}

static void a_log_that_became_shorter_is_kept_as_evidence(void **state)
{
	struct fixture *f = *state;
	hold_a_checkpoint(f);
	f->fake->log.size--;
	f->sender->greeted = false;
	expect_conflict(f);
}

static void a_log_that_does_not_begin_with_the_pinned_genesis_is_refused(void **state)
{
	struct fixture *f = *state;
	rewrite_entry(f->fake, 0);
	push_as(f->sender, ID);
	expect_conflict(f);
	assert_int_equal(client_checkpoint(f->sender)->size, 0);
}

static void another_genesis_file_is_refused_once_one_is_pinned(void **state)
{
	struct fixture *f = *state;
	struct fake_knooppunt *other = fake_new();
	struct client_settings settings = fake_settings(f->fake, f->sender_party, "sender");
	struct link link = fake_link(f->fake);
	struct problem problem = {.code = NULL};
	struct client *client;
	client_close(f->sender);
	snprintf(settings.genesis, sizeof settings.genesis, "%s", other->genesis_path);
	assert_int_equal(client_open_over(&settings, &link, &client, &problem), RESULT_CONFLICT);
	assert_string_equal(problem.file, other->genesis_path);
	// Without the file the pinned one goes on counting.
	snprintf(settings.genesis, sizeof settings.genesis, "%s/nergens", f->fake->folder->folder);
	assert_int_equal(client_open_over(&settings, &link, &f->sender, &problem), RESULT_OK);
	fake_free(other);
}

static void a_log_that_stands_still_is_noticed(void **state)
{
	struct fixture *f = *state;
	char path[400];
	struct timespec times[2];
	must(f->sender, client_sync(f->sender));
	must(f->sender, client_sync(f->sender));
	assert_false(client_log_stands_still(f->sender));
	snprintf(path, sizeof path, "%s/spool-sender/checkpoint", f->fake->folder->folder);
	clock_gettime(CLOCK_REALTIME, &times[0]);
	times[0].tv_sec -= 16 * 60;
	times[1] = times[0];
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	must(f->sender, client_sync(f->sender));
	assert_true(client_log_stands_still(f->sender));
	fake_tick(f->fake);
	must(f->sender, client_sync(f->sender));
	assert_false(client_log_stands_still(f->sender));
}

static void a_second_process_does_not_get_the_spool(void **state)
{
	struct fixture *f = *state;
	struct client_settings settings = fake_settings(f->fake, f->sender_party, "sender");
	struct link link = fake_link(f->fake);
	struct problem problem = {.code = NULL};
	struct client *client;
	assert_int_equal(client_open_over(&settings, &link, &client, &problem), RESULT_AGAIN);
	assert_string_equal(problem.code, "in-use");
}

// ---- register --------------------------------------------------------------------------------

static void the_register_is_folded_and_survives(void **state)
{
	struct fixture *f = *state;
	assert_null(client_party(f->sender));
	for (unsigned n = 0; n < 5; n++)
		fake_tick(f->fake);
	fake_enrol(f->fake, "00000099000000003000", "oov");
	must(f->sender, client_sync(f->sender));
	assert_int_equal(client_register(f->sender)->party_count, 5);
	fixture_reopen(f);
	assert_int_equal(client_register(f->sender)->party_count, 5);
	assert_string_equal(client_party(f->sender)->bundle.functies[0], "melder");
	assert_int_equal(client_checkpoint(f->sender)->size, f->fake->log.size);
}

static void turn_round(struct fake_knooppunt *fake, struct replies *replies)
{
	struct reply swap = replies->replies[0];
	(void)fake;
	if (replies->reply_count != 2)
		return;
	replies->replies[0] = replies->replies[1];
	replies->replies[1] = swap;
}

static void hello_and_question_may_be_answered_apart(void **state)
{
	struct fixture *f = *state;
	must(f->sender, client_sync(f->sender));
	fake_enrol(f->fake, "00000099000000003000", "oov");
	fixture_reopen(f);
	f->fake->on_replies = turn_round;
	must(f->sender, client_sync(f->sender));
	assert_int_equal(client_register(f->sender)->party_count, 5);
	fake_enrol(f->fake, "00000099000000004000", "oov");
	fixture_reopen(f);
	f->fake->split = true;
	must(f->sender, client_sync(f->sender));
	assert_int_equal(client_register(f->sender)->party_count, 6);
}

static void a_register_leaf_that_is_missing_is_fetched_when_an_entry_names_it(void **state)
{
	struct fixture *f = *state;
	struct verstrekking v;
	size_t count;
	must(f->ontvanger, client_sync(f->ontvanger));
	struct fake_party *late = fake_enrol(f->fake, "00000099000000003000", "oov");
	struct client *client = fixture_open(f, late, "late");
	push_as(client, ID);
	must(client, flush(client));
	must(f->ontvanger, client_fetch(f->ontvanger, FUNCTIE, 16, 0, &count));
	assert_int_equal(count, 1);
	must(f->ontvanger, client_next(f->ontvanger, FUNCTIE, &v));
	assert_string_equal(v.sender->bundle.oin.text, "00000099000000003000");
	// A receipt after another change of the register.
	fake_enrol(f->fake, "00000099000000004000", "regie");
	push_as(client, "melding-000000000002");
	must(client, flush(client));
	assert_int_equal(state_of(client, "melding-000000000002"), ITEM_AANVAARD);
	assert_int_equal(fake_find(f->fake, "melding-000000000002")->index, f->fake->log.size - 1);
	client_close(client);
}

static void a_register_leaf_that_is_withheld_stops_everything_after_it(void **state)
{
	struct fixture *f = *state;
	size_t count;
	must(f->ontvanger, client_sync(f->ontvanger));
	f->fake->hide_register_from = f->fake->log.size;
	fake_enrol(f->fake, "00000099000000003000", "oov");
	push_as(f->sender, ID);
	assert_int_equal(flush(f->sender), RESULT_BAD_SIGNATURE);
	assert_string_equal(client_problem(f->sender)->field, "register-stale");
	assert_int_equal(state_of(f->sender, ID), ITEM_OUTBOX);
	assert_int_equal(client_fetch(f->ontvanger, FUNCTIE, 16, 0, &count), RESULT_BAD_SIGNATURE);
	assert_string_equal(client_problem(f->ontvanger)->field, "register-stale");
	f->fake->hide_register_from = 0;
	must(f->sender, flush(f->sender));
	must(f->ontvanger, client_fetch(f->ontvanger, FUNCTIE, 16, 0, &count));
}

static void bad_register_leaf(struct fake_knooppunt *fake, struct replies *replies)
{
	for (size_t i = 0; i < replies->reply_count; i++) {
		for (size_t k = 0; k < replies->replies[i].leaf_count; k++) {
			struct leaf *leaf = &replies->replies[i].leaves[k];
			struct bytes copy = arena_copy(fake->arena, leaf->part.value);
			((uint8_t *)(uintptr_t)copy.data)[copy.len / 2] ^= 1;
			leaf->part.value = copy;
		}
	}
}

static void a_register_leaf_that_is_not_proven_changes_nothing(void **state)
{
	struct fixture *f = *state;
	f->fake->on_replies = bad_register_leaf;
	assert_int_equal(client_sync(f->sender), RESULT_BAD_SIGNATURE);
	assert_string_equal(client_problem(f->sender)->field, "opening");
	assert_int_equal(client_register(f->sender)->party_count, 2);
}

static void a_register_leaf_with_one_signature_is_refused(void **state)
{
	struct fixture *f = *state;
	struct part part;
	struct arena *arena;
	const struct fake_entry *enrolled = &f->fake->log.entries[2];
	fake_must(arena_new(1 << 20, &arena));
	fake_must(part_decode(enrolled->parts[0], arena, &part));
	part.registerdeel.act_count = 1;
	part.registerdeel.vorige = f->fake->log.register_head;
	f->fake->register_leaves[f->fake->register_count++] =
		fake_log_append(&f->fake->log, ENTRY_REGISTER, &part, 1);
	assert_int_equal(client_sync(f->sender), RESULT_DENIED);
	assert_string_equal(client_problem(f->sender)->code, "two-needed");
	arena_free(arena);
}

static void a_key_under_our_oin_that_we_did_not_make_is_seen(void **state)
{
	struct fixture *f = *state;
	struct fake_party *other = fake_make_party(f->fake, SENDER_OIN);
	fake_enrol_party(f->fake, other, "oov");
	must(f->sender, client_sync(f->sender));
	assert_null(client_foreign_key(f->sender));
	struct fake_party *thief = fake_make_party(f->fake, SENDER_OIN);
	fake_enrol_party(f->fake, thief, "melder");
	must(f->sender, client_sync(f->sender));
	assert_non_null(client_foreign_key(f->sender));
	assert_true(key_id_equal(&client_foreign_key(f->sender)->identity_id, &thief->identity.id));
}

static void a_revoked_party_is_no_longer_enrolled(void **state)
{
	struct fixture *f = *state;
	fake_revoke(f->fake, f->sender_party);
	must(f->sender, client_sync(f->sender));
	assert_null(client_party(f->sender));
}

#define WITH_FIXTURE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FIXTURE(a_rewritten_log_is_kept_as_evidence),
		WITH_FIXTURE(a_log_of_the_same_size_with_another_root_is_kept_as_evidence),
		WITH_FIXTURE(a_log_that_became_shorter_is_kept_as_evidence),
		WITH_FIXTURE(a_log_that_does_not_begin_with_the_pinned_genesis_is_refused),
		WITH_FIXTURE(another_genesis_file_is_refused_once_one_is_pinned),
		WITH_FIXTURE(a_log_that_stands_still_is_noticed),
		WITH_FIXTURE(a_second_process_does_not_get_the_spool),
		WITH_FIXTURE(the_register_is_folded_and_survives),
		WITH_FIXTURE(hello_and_question_may_be_answered_apart),
		WITH_FIXTURE(a_register_leaf_that_is_missing_is_fetched_when_an_entry_names_it),
		WITH_FIXTURE(a_register_leaf_that_is_withheld_stops_everything_after_it),
		WITH_FIXTURE(a_register_leaf_that_is_not_proven_changes_nothing),
		WITH_FIXTURE(a_register_leaf_with_one_signature_is_refused),
		WITH_FIXTURE(a_key_under_our_oin_that_we_did_not_make_is_seen),
		WITH_FIXTURE(a_revoked_party_is_no_longer_enrolled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

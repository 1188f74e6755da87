// SPDX-License-Identifier: EUPL-1.2
// What the outbox lets go of 14 days after its outcome, and what it remembers of that.
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

static uint64_t sequence_of(struct fixture *f, const char *id)
{
	const struct outbox_item *item;
	must(f->sender, outbox_find(&f->sender->outbox, bytes_of_text(id), &item));
	return item->statement.sequence;
}

static void age_file(struct fixture *f, const char *name, int days)
{
	char path[400];
	struct timespec times[2];
	clock_gettime(CLOCK_REALTIME, &times[0]);
	times[0].tv_sec -= days * 86400;
	times[1] = times[0];
	snprintf(path, sizeof path, "%s/spool-sender/outbox/%s", f->fake->folder->folder, name);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void age_by_days(struct fixture *f, uint64_t sequence, int days)
{
	char name[40];
	snprintf(name, sizeof name, "%012llu.receipts", (unsigned long long)sequence);
	age_file(f, name, days);
}

static bool has_file(struct fixture *f, const char *name)
{
	char path[400];
	snprintf(path, sizeof path, "%s/spool-sender/outbox/%s", f->fake->folder->folder, name);
	return access(path, F_OK) == 0;
}

static void receipted_items_go_after_14_days_and_numbers_go_on(void **state)
{
	struct fixture *f = *state;
	struct item_status status;
	push_as(f->sender, ID);
	push_as(f->sender, "melding-000000000002");
	must(f->sender, flush(f->sender));
	assert_int_equal(sequence_of(f, ID), 1);
	age_by_days(f, 1, 13);
	fixture_reopen(f);
	assert_int_equal(state_of(f->sender, ID), ITEM_AANVAARD);
	assert_true(has_file(f, "000000000001.tlog-proof"));
	age_by_days(f, 1, 15);
	fixture_reopen(f);
	assert_int_equal(client_item(f->sender, ID, &status), RESULT_NOT_FOUND);
	assert_int_equal(f->sender->outbox.count, 0);
	assert_int_equal(f->sender->outbox.outcome_count, 0);
	assert_false(has_file(f, "000000000001.receipts"));
	assert_false(has_file(f, "000000000001.tlog-proof"));
	fixture_reopen(f);
	push_as(f->sender, "melding-000000000003");
	assert_int_equal(sequence_of(f, "melding-000000000003"), 3);
}

static void assert_refused_before(struct fixture *f, const char *id, enum reason wanted)
{
	struct item_status status;
	enum reason reason = REASON_NONE;
	enum result result = client_refused_before(f->sender, id, &reason);
	assert_int_equal(result, wanted == REASON_NONE ? RESULT_NOT_FOUND : RESULT_OK);
	assert_int_equal(reason, wanted);
	if (wanted != REASON_NONE)
		assert_int_equal(client_item(f->sender, id, &status), RESULT_NOT_FOUND);
}

static void what_was_refused_is_known_after_14_days(void **state)
{
	struct fixture *f = *state;
	struct test_melding m;
	struct push_result pushed;
	struct client *twin = fixture_open(f, f->sender_party, "twin");
	must(twin, client_push(twin, make_melding(&m, "anders"), ID, &pushed));
	must(twin, flush(twin));
	client_close(twin);
	push_as(f->sender, ID);
	must(f->sender, flush(f->sender));
	f->fake->refuse_unlogged = REASON_WRONG_AUDIENCE;
	push_as(f->sender, "melding-000000000002");
	must(f->sender, flush(f->sender));
	f->fake->refuse_unlogged = REASON_NONE;
	push_as(f->sender, "melding-000000000003");
	must(f->sender, flush(f->sender));
	assert_refused_before(f, ID, REASON_NONE);
	age_file(f, "000000000001.refusal", 15);
	age_file(f, "000000000002.refusal", 15);
	age_file(f, "000000000003.receipts", 15);
	fixture_reopen(f);
	for (unsigned n = 0; n < 2; n++) {
		assert_int_equal(f->sender->outbox.count, 0);
		assert_refused_before(f, ID, REASON_CONFLICT);
		assert_refused_before(f, "melding-000000000002", REASON_WRONG_AUDIENCE);
		assert_refused_before(f, "melding-000000000003", REASON_NONE);
		fixture_reopen(f);
	}
}

static void it_is_forgotten_after_13_months(void **state)
{
	struct fixture *f = *state;
	struct outbox *outbox = &f->sender->outbox;
	const int64_t then = 20000 * MS_PER_DAY;
	const struct bytes id = bytes_of_text(ID);
	assert_int_equal(outbox_refused_note(outbox, id, REASON_TOO_OLD, then), RESULT_OK);
	assert_int_equal(outbox_refused_save(outbox, then + 390 * MS_PER_DAY), RESULT_OK);
	assert_int_equal(outbox_refused_load(outbox), RESULT_OK);
	assert_refused_before(f, ID, REASON_TOO_OLD);
	assert_int_equal(outbox_refused_save(outbox, then + 400 * MS_PER_DAY), RESULT_OK);
	assert_refused_before(f, ID, REASON_NONE);
	assert_int_equal(outbox_refused_load(outbox), RESULT_OK);
	assert_refused_before(f, ID, REASON_NONE);
}

// The knooppunt says *conflict* of what it knows: nothing goes twice.
static void a_damaged_list_of_what_was_refused_holds_nothing_up(void **state)
{
	struct fixture *f = *state;
	char path[400];
	struct outbox *outbox = &f->sender->outbox;
	const struct bytes id = bytes_of_text(ID);
	assert_int_equal(outbox_refused_note(outbox, id, REASON_TOO_OLD, 0), RESULT_OK);
	assert_int_equal(outbox_refused_save(outbox, 0), RESULT_OK);
	snprintf(path, sizeof path, "%s/spool-sender/refused", f->fake->folder->folder);
	FILE *file = fopen(path, "r+");
	assert_non_null(file);
	assert_int_equal(fseek(file, 60, SEEK_SET), 0);
	assert_true(fputs("damage", file) >= 0);
	assert_int_equal(fclose(file), 0);
	fixture_reopen(f);
	assert_refused_before(f, ID, REASON_NONE);
	push_as(f->sender, ID);
	must(f->sender, flush(f->sender));
}

static void receipts_stay_as_long_as_one_of_their_items(void **state)
{
	struct fixture *f = *state;
	struct test_melding meldingen[70];
	struct melding given[70];
	static struct push_result results[70];
	unsigned answers = 0;
	for (unsigned n = 0; n < 70; n++)
		given[n] = *make_melding(&meldingen[n], "een naam");
	must(f->sender, client_push_many(f->sender, given, NULL, 70, results));
	must(f->sender, client_sync(f->sender));
	f->fake->test = &answers;
	f->fake->on_replies = fixture_lose_second;
	assert_int_equal(flush(f->sender), RESULT_AGAIN);
	age_by_days(f, 1, 15);
	fixture_reopen(f);
	assert_int_equal(state_of(f->sender, results[0].id), ITEM_AANVAARD);
	must(f->sender, flush(f->sender));
	fixture_reopen(f);
	assert_int_equal(state_of(f->sender, results[0].id), ITEM_AANVAARD);
	age_by_days(f, UNDER_WAY_MAX + 1, 15);
	fixture_reopen(f);
	assert_int_equal(f->sender->outbox.count, 0);
	assert_int_equal(f->sender->outbox.outcome_count, 0);
}

#define WITH_FIXTURE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FIXTURE(receipted_items_go_after_14_days_and_numbers_go_on),
		WITH_FIXTURE(receipts_stay_as_long_as_one_of_their_items),
		WITH_FIXTURE(what_was_refused_is_known_after_14_days),
		WITH_FIXTURE(it_is_forgotten_after_13_months),
		WITH_FIXTURE(a_damaged_list_of_what_was_refused_holds_nothing_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

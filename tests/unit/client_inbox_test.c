// SPDX-License-Identifier: EUPL-1.2
// The inbox: what is durable in it, what a crash leaves of it, and what goes when it is acked.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "client_inbox.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#define FIRST "000000000001.item"

static const char *inbox_path(struct fixture *f, const char *name)
{
	static char path[400];
	snprintf(path, sizeof path, "%s/spool-ontvanger/inbox/" FUNCTIE "/%s",
		 f->fake->folder->folder, name);
	return path;
}

static void deliveries_of_several_fetches_lie_in_one_file(void **state)
{
	struct fixture *f = *state;
	deliver(f, 1, 7);
	assert_int_equal(fetch(f, 3), 3);
	assert_int_equal(fetch(f, 3), 3);
	assert_int_equal(fetch(f, 3), 1);
	assert_int_equal(fetch(f, 3), 0);
	assert_int_equal(f->ontvanger->inboxes[0]->count, 3);
	assert_int_equal(access(inbox_path(f, FIRST), F_OK), 0);
	assert_int_not_equal(access(inbox_path(f, "000000000004.item"), F_OK), 0);
	expect_numbers(f, 1, 7);
	fixture_reopen(f);
	assert_int_equal(waiting(f), 7);
	expect_numbers(f, 1, 7);
}

static void what_a_crash_cut_short_is_fetched_again(void **state)
{
	struct fixture *f = *state;
	struct stat st;
	deliver(f, 1, 5);
	assert_int_equal(fetch(f, 2), 2);
	assert_int_equal(stat(inbox_path(f, FIRST), &st), 0);
	off_t whole = st.st_size;
	assert_int_equal(fetch(f, 2), 2);
	assert_int_equal(stat(inbox_path(f, FIRST), &st), 0);
	// Cut at every so many bytes of the second record.
	for (off_t size = whole; size < st.st_size; size += 997) {
		assert_int_equal(truncate(inbox_path(f, FIRST), size), 0);
		fixture_reopen(f);
		assert_int_equal(waiting(f), 2);
		assert_int_equal(fetch(f, 2), 2);
		expect_numbers(f, 1, 4);
	}
	assert_int_equal(fetch(f, 2), 1);
	fixture_reopen(f);
	expect_numbers(f, 1, 5);
}

static void a_record_of_zeros_at_the_end_is_none(void **state)
{
	struct fixture *f = *state;
	struct stat st;
	deliver(f, 1, 3);
	assert_int_equal(fetch(f, 2), 2);
	assert_int_equal(stat(inbox_path(f, FIRST), &st), 0);
	assert_int_equal(truncate(inbox_path(f, FIRST), st.st_size + 5000), 0);
	fixture_reopen(f);
	assert_int_equal(fetch(f, 2), 1);
	fixture_reopen(f);
	expect_numbers(f, 1, 3);
}

static void change_a_bit_of_the_first_record(struct fixture *f)
{
	FILE *file = fopen(inbox_path(f, FIRST), "r+");
	assert_non_null(file);
	fseek(file, 100, SEEK_SET);
	int before = fgetc(file);
	fseek(file, 100, SEEK_SET);
	fputc(before ^ 1, file);
	fclose(file);
}

// Without the sync a power cut may damage any record of a call, not only the last.
static void a_damaged_record_and_what_follows_it_are_fetched_again(void **state)
{
	struct fixture *f = *state;
	deliver(f, 1, 4);
	assert_int_equal(fetch(f, 2), 2);
	assert_int_equal(fetch(f, 2), 2);
	change_a_bit_of_the_first_record(f);
	fixture_reopen(f);
	assert_int_equal(waiting(f), 0);
	assert_int_equal(fetch(f, 4), 4);
	fixture_reopen(f);
	expect_numbers(f, 1, 4);
}

static void a_record_that_is_partly_handed_over_is_found_damaged(void **state)
{
	struct fixture *f = *state;
	struct verstrekking v;
	deliver(f, 1, 4);
	assert_int_equal(fetch(f, 2), 2);
	assert_int_equal(fetch(f, 2), 2);
	must(f->ontvanger, client_handed_over(f->ontvanger, FUNCTIE, 1));
	change_a_bit_of_the_first_record(f);
	fixture_reopen(f);
	assert_int_equal(client_next(f->ontvanger, FUNCTIE, &v), RESULT_DAMAGED);
	assert_string_equal(client_problem(f->ontvanger)->file, inbox_path(f, FIRST));
}

static void the_checkpoint_of_a_fetch_is_held_after_a_kill(void **state)
{
	struct fixture *f = *state;
	must(f->ontvanger, client_sync(f->ontvanger));
	deliver(f, 1, 2);
	assert_int_equal(fetch(f, 2), 2);
	assert_int_equal(f->ontvanger->held.place, HELD_INBOX);
	uint64_t size = client_checkpoint(f->ontvanger)->size;
	kill_and_reopen(f);
	assert_int_equal(client_checkpoint(f->ontvanger)->size, size);
	// And a log that became shorter than that is seen.
	f->fake->log.size--;
	assert_int_equal(client_sync(f->ontvanger), RESULT_CONFLICT);
}

static void acked_files_go_and_numbers_go_on(void **state)
{
	struct fixture *f = *state;
	deliver(f, 1, 4);
	assert_int_equal(fetch(f, 2), 2);
	assert_int_equal(fetch(f, 1), 1);
	must(f->ontvanger, client_handed_over(f->ontvanger, FUNCTIE, 2));
	must(f->ontvanger, client_ack(f->ontvanger, FUNCTIE));
	// The third is in the same file and not handed over.
	assert_int_equal(access(inbox_path(f, FIRST), F_OK), 0);
	must(f->ontvanger, client_handed_over(f->ontvanger, FUNCTIE, 3));
	must(f->ontvanger, client_ack(f->ontvanger, FUNCTIE));
	assert_int_not_equal(access(inbox_path(f, FIRST), F_OK), 0);
	fixture_reopen(f);
	assert_int_equal(waiting(f), 0);
	assert_int_equal(fetch(f, 2), 1);
	expect_numbers(f, 4, 4);
	for (unsigned n = 0; n < 3; n++)
		assert_int_equal(f->fake->deliveries[n].acked, 1);
	assert_int_equal(f->fake->deliveries[3].acked, 0);
}

static void the_checkpoint_of_a_receipt_is_held_after_a_kill(void **state)
{
	struct fixture *f = *state;
	deliver(f, 1, 2);
	assert_int_equal(fetch(f, 2), 2);
	must(f->ontvanger, client_handed_over(f->ontvanger, FUNCTIE, 2));
	must(f->ontvanger, client_ack(f->ontvanger, FUNCTIE));
	assert_int_equal(f->ontvanger->held.place, HELD_RECEIPTS);
	assert_int_not_equal(access(inbox_path(f, FIRST), F_OK), 0);
	uint64_t size = client_checkpoint(f->ontvanger)->size;
	kill_and_reopen(f);
	assert_int_equal(client_checkpoint(f->ontvanger)->size, size);
	f->fake->log.size--;
	assert_int_equal(client_sync(f->ontvanger), RESULT_CONFLICT);
}

static const char *outbox_path(struct fixture *f, const char *name)
{
	static char path[400];
	snprintf(path, sizeof path, "%s/spool-ontvanger/outbox/%s", f->fake->folder->folder, name);
	return path;
}

static void expect_acked_once(struct fixture *f, unsigned count)
{
	must(f->ontvanger, client_ack(f->ontvanger, FUNCTIE));
	for (unsigned n = 0; n < count; n++)
		assert_int_equal(f->fake->deliveries[n].acked, 1);
}

// How far an inbox is acked is written down before the outbox lets go of the ack that tells it.
static void an_ack_is_remembered_after_a_kill_and_a_long_silence(void **state)
{
	struct fixture *f = *state;
	struct timespec times[2];
	deliver(f, 1, 3);
	assert_int_equal(fetch(f, 3), 3);
	must(f->ontvanger, client_handed_over(f->ontvanger, FUNCTIE, 3));
	expect_acked_once(f, 3);
	assert_true(f->ontvanger->inboxes[0]->unsaved);
	clock_gettime(CLOCK_REALTIME, &times[0]);
	times[0].tv_sec -= 15 * 24 * 3600;
	times[1] = times[0];
	assert_int_equal(utimensat(AT_FDCWD, outbox_path(f, "000000000001.receipts"), times, 0), 0);
	kill_and_reopen(f);
	assert_int_equal(f->ontvanger->outbox.count, 0);
	kill_and_reopen(f);
	expect_acked_once(f, 3);
	assert_int_equal(f->ontvanger->outbox.count, 0);
	assert_int_equal(waiting(f), 0);
}

static void read_file(const char *path, struct buffer *content)
{
	buffer_init(content, INBOX_FILE_MAX);
	assert_int_equal(file_read(path, INBOX_FILE_MAX, content), RESULT_OK);
}

// Neither removing an acked file nor marking an item done is synced.
static void what_a_power_cut_brings_back_does_no_harm(void **state)
{
	struct fixture *f = *state;
	struct buffer record;
	char done[400];
	deliver(f, 1, 5);
	assert_int_equal(fetch(f, 2), 2);
	read_file(inbox_path(f, FIRST), &record);
	must(f->ontvanger, client_handed_over(f->ontvanger, FUNCTIE, 2));
	expect_acked_once(f, 2);
	assert_int_equal(fetch(f, 2), 2);
	assert_int_equal(file_create(inbox_path(f, FIRST), buffer_view(&record), 0600), RESULT_OK);
	buffer_done(&record);
	snprintf(done, sizeof done, "%s", outbox_path(f, "000000000001.done"));
	assert_int_equal(rename(done, outbox_path(f, "000000000001.item")), 0);
	kill_and_reopen(f);
	assert_int_equal(waiting(f), 2);
	expect_numbers(f, 3, 4);
	assert_int_equal(fetch(f, 2), 1);
	must(f->ontvanger, client_handed_over(f->ontvanger, FUNCTIE, 5));
	expect_acked_once(f, 5);
	assert_int_not_equal(access(inbox_path(f, FIRST), F_OK), 0);
	assert_int_equal(access(done, F_OK), 0);
}

static void what_is_not_in_the_inbox_cannot_be_handed_over(void **state)
{
	struct fixture *f = *state;
	deliver(f, 1, 1);
	assert_int_equal(fetch(f, 2), 1);
	assert_int_equal(client_handed_over(f->ontvanger, FUNCTIE, 2), RESULT_NOT_FOUND);
	assert_int_equal(client_handed_over(f->ontvanger, "met spatie", 1), RESULT_MALFORMED);
}

static void an_ack_waits_in_the_outbox_while_the_knooppunt_is_away(void **state)
{
	struct fixture *f = *state;
	deliver(f, 1, 2);
	assert_int_equal(fetch(f, 2), 2);
	must(f->ontvanger, client_handed_over(f->ontvanger, FUNCTIE, 2));
	f->fake->unreachable = true;
	assert_int_equal(client_ack(f->ontvanger, FUNCTIE), RESULT_AGAIN);
	fixture_reopen(f);
	f->fake->unreachable = false;
	must(f->ontvanger, client_ack(f->ontvanger, FUNCTIE));
	assert_int_equal(f->fake->deliveries[0].acked, 1);
	assert_int_equal(f->fake->deliveries[1].acked, 1);
	assert_int_equal(f->ontvanger->outbox.count, 1);
}

static void a_long_inbox_takes_several_files(void **state)
{
	struct fixture *f = *state;
	unsigned fetched = 0, files = 0;
	// Each delivery is some 4 KiB; a file ends at INBOX_FILE_MAX.
	for (unsigned round = 0; round < 9; round++) {
		deliver(f, 1 + 100 * round, 100);
		for (size_t count = 1; count > 0; fetched += (unsigned)count)
			count = fetch(f, 16);
	}
	assert_int_equal(fetched, 900);
	const struct inbox *inbox = f->ontvanger->inboxes[0];
	for (size_t i = 0; i < inbox->count; i++)
		files += inbox->records[i].offset == 0;
	assert_true(files > 1);
	must(f->ontvanger, client_handed_over(f->ontvanger, FUNCTIE, 899));
	// One statement does not hold them all: those that do lie in one file, and after a kill
	// each of them tells how far it acked.
	size_t before = f->ontvanger->outbox.count;
	must(f->ontvanger, client_ack(f->ontvanger, FUNCTIE));
	assert_int_equal(f->ontvanger->outbox.count, before + 1);
	assert_true(f->ontvanger->inboxes[0]->unsaved);
	kill_and_reopen(f);
	expect_numbers(f, 900, 900);
	assert_int_equal(f->ontvanger->inboxes[0]->position.acked, 899);
	assert_int_not_equal(access(inbox_path(f, FIRST), F_OK), 0);
}

#define WITH_FIXTURE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FIXTURE(deliveries_of_several_fetches_lie_in_one_file),
		WITH_FIXTURE(what_a_crash_cut_short_is_fetched_again),
		WITH_FIXTURE(a_record_of_zeros_at_the_end_is_none),
		WITH_FIXTURE(a_damaged_record_and_what_follows_it_are_fetched_again),
		WITH_FIXTURE(a_record_that_is_partly_handed_over_is_found_damaged),
		WITH_FIXTURE(the_checkpoint_of_a_fetch_is_held_after_a_kill),
		WITH_FIXTURE(acked_files_go_and_numbers_go_on),
		WITH_FIXTURE(the_checkpoint_of_a_receipt_is_held_after_a_kill),
		WITH_FIXTURE(an_ack_is_remembered_after_a_kill_and_a_long_silence),
		WITH_FIXTURE(what_a_power_cut_brings_back_does_no_harm),
		WITH_FIXTURE(what_is_not_in_the_inbox_cannot_be_handed_over),
		WITH_FIXTURE(an_ack_waits_in_the_outbox_while_the_knooppunt_is_away),
		WITH_FIXTURE(a_long_inbox_takes_several_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
#include "unit.h"

#include "journal/journal.h"

#include "faults.h"
#include "journal_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

static void a_new_journal_is_empty_and_made_once(void **state)
{
	struct fixture *f = *state;
	struct hash root = journal_root(f->journal), empty = tree_empty_root();
	struct journal *other = NULL;
	assert_int_equal(journal_size(f->journal), 0);
	assert_true(hash_equal(&root, &empty));
	assert_int_equal(
		journal_open(temporary_path(f->t, "none"), MAP, f->keystore, false, &other),
		RESULT_NOT_FOUND);
	close_journal(f);
	assert_int_equal(journal_create(f->folder, MAP), RESULT_EXISTS);
	open_journal(f);
}

static void what_is_appended_is_read_back_after_a_reopen(void **state)
{
	struct fixture *f = *state;
	static const size_t batches[] = {1, 1, 2, 7, 256, 1, 89};
	for (size_t i = 0; i < COUNT_OF(batches); i++) {
		append_ok(f, batches[i]);
		if (i % 2 == 0)
			reopen(f);
		assert_is_log(f);
	}
	for (uint64_t index = 0; index < 357; index++)
		assert_entry_reads(f, index);
	uint8_t entry[ENTRY_LEN];
	assert_int_equal(journal_read(f->journal, 357, entry, NULL, NULL), RESULT_NOT_FOUND);
	assert_checks(f);
}

static void an_append_at_another_position_is_a_conflict(void **state)
{
	struct fixture *f = *state;
	append_ok(f, 3);
	struct batch batch;
	make_batch(f, &batch, 1);
	assert_int_equal(journal_append(f->journal, 2, batch.items, 1), RESULT_CONFLICT);
	assert_int_equal(journal_append(f->journal, 4, batch.items, 1), RESULT_CONFLICT);
	assert_int_equal(journal_append(f->journal, 3, batch.items, 1), RESULT_OK);
	f->log = batch.after;
	assert_is_log(f);
}

static void an_entry_that_does_not_follow_stops_the_whole_batch(void **state)
{
	struct fixture *f = *state;
	append_ok(f, 12);
	// Magic, version, class, zeros, time far back, register head.
	static const size_t places[] = {0, 4, 5, 6, 8, 16, 47};
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		struct batch batch;
		make_batch(f, &batch, 5);
		uint8_t *byte = &batch.items[3].entry[places[i]];
		*byte = places[i] == 5 || places[i] == 8 ? 0 : (uint8_t)(*byte ^ 0x80);
		if (places[i] == 8)
			memset(byte, 0, 8);
		assert_int_equal(journal_append(f->journal, 12, batch.items, 5), RESULT_MALFORMED);
		assert_is_log(f);
	}
	append_ok(f, 5);
	reopen(f);
	assert_is_log(f);
	assert_checks(f);
}

static void a_slot_without_a_key_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct batch batch;
	append_ok(f, 2);
	make_batch(f, &batch, 2);
	batch.items[0].slot_content = keystore_filled(f->keystore);
	assert_int_equal(journal_append(f->journal, 2, batch.items, 2), RESULT_NOT_FOUND);
	const uint64_t slot = 77;
	assert_int_equal(keystore_erase(f->keystore, &slot, 1), RESULT_OK);
	batch.items[0].slot_content = slot;
	assert_int_equal(journal_append(f->journal, 2, batch.items, 2), RESULT_ERASED);
	assert_is_log(f);
}

static void a_document_is_kept_under_its_hash(void **state)
{
	struct fixture *f = *state;
	struct batch batch;
	struct buffer document;
	buffer_init(&document, 1000);
	make_batch(f, &batch, 1);
	batch.items[0].document = bytes_of_text("regels: []\n");
	assert_int_equal(journal_append(f->journal, 0, batch.items, 1), RESULT_MALFORMED);
	struct hash hash = sha256(batch.items[0].document);
	assert_int_equal(journal_document(f->journal, &hash, &document), RESULT_NOT_FOUND);
	batch.items[0].document_hash = hash;
	assert_int_equal(journal_append(f->journal, 0, batch.items, 1), RESULT_OK);
	reopen(f);
	buffer_append_text(&document, "what was there before");
	assert_int_equal(journal_document(f->journal, &hash, &document), RESULT_OK);
	assert_true(bytes_equal(buffer_view(&document), bytes_of_text("regels: []\n")));
	buffer_done(&document);
}

static void what_is_erased_is_gone_and_the_entry_stays(void **state)
{
	struct fixture *f = *state;
	append_ok(f, 20);
	struct buffer parts, content;
	uint8_t entry[ENTRY_LEN], want[ENTRY_LEN];
	buffer_init(&parts, 10000);
	buffer_init(&content, 10000);
	assert_int_equal(journal_read(f->journal, 5, want, NULL, NULL), RESULT_OK);
	uint64_t slot = content_slot(5);
	assert_int_equal(keystore_erase(f->keystore, &slot, 1), RESULT_OK);
	assert_int_equal(journal_read(f->journal, 5, entry, &parts, &content), RESULT_ERASED);
	assert_memory_equal(entry, want, ENTRY_LEN);
	assert_true(parts.len > 0);
	assert_int_equal(content.len, 0);
	assert_int_equal(journal_read(f->journal, 5, entry, &parts, NULL), RESULT_OK);
	slot = parts_slot(5);
	assert_int_equal(keystore_erase(f->keystore, &slot, 1), RESULT_OK);
	assert_int_equal(journal_read(f->journal, 5, entry, &parts, NULL), RESULT_ERASED);
	assert_int_equal(parts.len, 0);
	assert_int_equal(journal_read(f->journal, 5, entry, NULL, NULL), RESULT_OK);
	assert_entry_reads(f, 6);
	assert_checks(f);
	buffer_done(&parts);
	buffer_done(&content);
}

static void proofs_are_made_from_the_stored_tree(void **state)
{
	struct fixture *f = *state;
	append_ok(f, 200);
	append_ok(f, 101);
	struct tree_reader reader = journal_tree(f->journal);
	static const uint64_t sizes[] = {1, 2, 63, 64, 65, 200, 255, 256, 257, 301};
	struct hash roots[COUNT_OF(sizes)], leaf;
	struct tree_path path;
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		assert_int_equal(tree_root_at(&reader, sizes[i], &roots[i]), RESULT_OK);
		for (uint64_t index = 0; index < sizes[i]; index += 13) {
			assert_int_equal(reader.read(reader.context, 0, index, &leaf), RESULT_OK);
			assert_int_equal(tree_inclusion(&reader, index, sizes[i], &path),
					 RESULT_OK);
			assert_int_equal(
				tree_verify_inclusion(&leaf, index, sizes[i], &path, &roots[i]),
				RESULT_OK);
		}
		for (size_t j = 0; j <= i; j++) {
			assert_int_equal(tree_consistency(&reader, sizes[j], sizes[i], &path),
					 RESULT_OK);
			assert_int_equal(tree_verify_consistency(sizes[j], &roots[j], sizes[i],
								 &roots[i], &path),
					 RESULT_OK);
		}
	}
	struct hash root = journal_root(f->journal);
	assert_true(hash_equal(&root, &roots[COUNT_OF(sizes) - 1]));
	assert_int_equal(reader.read(reader.context, 0, 301, &leaf), RESULT_NOT_FOUND);
	assert_int_equal(reader.read(reader.context, 8, 1, &leaf), RESULT_NOT_FOUND);
	assert_int_equal(reader.read(reader.context, 63, 0, &leaf), RESULT_NOT_FOUND);
	assert_int_equal(reader.read(reader.context, 200, 0, &leaf), RESULT_NOT_FOUND);
}

static void a_check_may_start_anywhere(void **state)
{
	struct fixture *f = *state;
	append_ok(f, 137);
	uint64_t index = 0;
	for (uint64_t from = 0; from <= 137; from++)
		assert_int_equal(journal_check(f->journal, from, &index), RESULT_OK);
	assert_int_equal(journal_check(f->journal, 138, &index), RESULT_NOT_FOUND);
	assert_int_equal(index, 0);
}

static void a_full_map_changes_nothing(void **state)
{
	struct fixture *f = *state;
	close_journal(f);
	f->map = 512 << 10;
	open_journal(f);
	enum result result = RESULT_OK;
	while (result == RESULT_OK) {
		struct batch batch;
		make_batch(f, &batch, 20);
		result = journal_append(f->journal, f->log.frontier.size, batch.items, 20);
		if (result == RESULT_OK)
			f->log = batch.after;
		assert_is_log(f);
	}
	assert_int_equal(result, RESULT_FULL);
	assert_true(f->log.frontier.size > 20);
	reopen(f);
	assert_is_log(f);
	close_journal(f);
	f->map = MAP; // the beheerder gives it room
	open_journal(f);
	append_ok(f, 20);
	assert_checks(f);
}

// Every write and sync of a commit fails in turn: the frontier is what is on disk, or the journal
// takes nothing more until it is opened anew.
static void append_with_every_fault(struct fixture *f, int error)
{
	bool hit = true, failed = false;
	for (unsigned n = 1; hit; n++) {
		struct batch batch, next;
		make_batch(f, &batch, 30);
		uint64_t size = f->log.frontier.size;
		fault_arm(n, FAULT_ANY, error, false);
		enum result result = journal_append(f->journal, size, batch.items, 30);
		hit = fault_disarm();
		assert_true(hit || result == RESULT_OK);
		failed = failed || result != RESULT_OK;
		if (result == RESULT_OK)
			f->log = batch.after;
		assert_is_log(f);
		make_batch(f, &next, 30);
		if (result == RESULT_IO) {
			assert_int_equal(
				journal_append(f->journal, f->log.frontier.size, next.items, 30),
				RESULT_IO);
		} else if (result != RESULT_OK) {
			assert_int_equal(result, RESULT_FULL);
			append_ok(f, 30); // by itself, once there is space
		}
		reopen(f);
		assert_is_log(f);
		assert_checks(f);
	}
	assert_true(failed);
}

static void an_append_that_fails_at_any_call_is_as_if_it_never_was(void **state)
{
	struct fixture *f = *state;
	append_ok(f, 40);
	append_with_every_fault(f, ENOSPC);
	append_with_every_fault(f, EIO);
	append_with_every_fault(f, FAULT_SHORT);
}

static void append_until_killed(struct fixture *f, int report)
{
	for (;;) {
		struct batch batch;
		make_batch(f, &batch, 16);
		if (journal_append(f->journal, f->log.frontier.size, batch.items, 16) != RESULT_OK)
			_exit(1);
		f->log = batch.after;
		uint64_t size = f->log.frontier.size;
		if (write(report, &size, sizeof size) != sizeof size)
			_exit(2);
	}
}

static void a_killed_writer_loses_nothing_it_told_of(void **state)
{
	struct fixture *f = *state;
	close_journal(f);
	// On a busy machine it takes longer before there is something to kill.
	for (unsigned i = 0; i < 25 || (f->log.frontier.size <= 100 && i < 500); i++) {
		int pipes[2];
		assert_int_equal(pipe(pipes), 0);
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			open_journal(f);
			append_until_killed(f, pipes[1]);
		}
		close(pipes[1]);
		usleep(2000 + i * 300);
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, NULL, 0), child);
		uint64_t told = f->log.frontier.size, size;
		while (read(pipes[0], &size, sizeof size) == sizeof size)
			told = size;
		close(pipes[0]);
		open_journal(f);
		assert_true(journal_size(f->journal) >= told);
		while (f->log.frontier.size < journal_size(f->journal)) {
			uint8_t entry[ENTRY_LEN];
			testlog_next(&f->log, entry);
		}
		assert_is_log(f);
		assert_checks(f);
		close_journal(f);
	}
	assert_true(f->log.frontier.size > 100); // else this tests nothing
	open_journal(f);
}

// Opens for reading, says so, waits until the writer has appended, and looks again.
static bool read_beside(struct fixture *f, int ready, int appended)
{
	struct journal *reader = NULL;
	struct keystore *keystore = NULL;
	struct batch batch;
	struct buffer parts;
	uint8_t entry[ENTRY_LEN];
	uint64_t index;
	char byte = 0;
	buffer_init(&parts, 10000);
	make_batch(f, &batch, 1);
	return keystore_open(f->keystore_path, &keystore) == RESULT_OK &&
	       journal_open(f->folder, MAP, keystore, true, &reader) == RESULT_OK &&
	       write(ready, &byte, 1) == 1 && read(appended, &byte, 1) == 1 &&
	       journal_size(reader) == 51 &&
	       journal_read(reader, 50, entry, &parts, NULL) == RESULT_OK &&
	       journal_read(reader, 51, entry, &parts, NULL) == RESULT_NOT_FOUND &&
	       journal_check(reader, 0, &index) == RESULT_OK &&
	       journal_append(reader, 51, batch.items, 1) == RESULT_DENIED;
}

static void another_process_reads_the_size_it_opened_with_beside_the_writer(void **state)
{
	struct fixture *f = *state;
	int ready[2], appended[2], status;
	char byte = 0;
	append_ok(f, 51);
	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(appended), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(read_beside(f, ready[1], appended[0]) ? 0 : 1);
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	append_ok(f, 50);
	assert_int_equal(write(appended[1], &byte, 1), 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_is_log(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define JOURNAL_TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
		JOURNAL_TEST(a_new_journal_is_empty_and_made_once),
		JOURNAL_TEST(what_is_appended_is_read_back_after_a_reopen),
		JOURNAL_TEST(an_append_at_another_position_is_a_conflict),
		JOURNAL_TEST(an_entry_that_does_not_follow_stops_the_whole_batch),
		JOURNAL_TEST(a_slot_without_a_key_changes_nothing),
		JOURNAL_TEST(a_document_is_kept_under_its_hash),
		JOURNAL_TEST(what_is_erased_is_gone_and_the_entry_stays),
		JOURNAL_TEST(proofs_are_made_from_the_stored_tree),
		JOURNAL_TEST(a_check_may_start_anywhere),
		JOURNAL_TEST(a_full_map_changes_nothing),
		JOURNAL_TEST(an_append_that_fails_at_any_call_is_as_if_it_never_was),
		JOURNAL_TEST(a_killed_writer_loses_nothing_it_told_of),
		JOURNAL_TEST(another_process_reads_the_size_it_opened_with_beside_the_writer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

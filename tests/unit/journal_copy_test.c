// SPDX-License-Identifier: EUPL-1.2
#include "unit.h"

#include "journal/journal.h"

#include "journal_fixture.h"

#define COPIED 300

// The same journal under another folder.
static char *target_new(struct fixture *f, const char *name, struct journal **ret_target)
{
	char *folder = strdup(temporary_path(f->t, name));
	assert_int_equal(journal_create(folder, MAP), RESULT_OK);
	assert_int_equal(journal_open(folder, MAP, NULL, false, ret_target), RESULT_OK);
	return folder;
}

static void the_first_entries_come_with_all_that_belongs_to_them(void **state)
{
	struct fixture *f = *state;
	struct journal *target;
	bool of_target;
	uint64_t index;
	append_ok(f, 200);
	append_ok(f, 100);
	const struct testlog then = f->log;
	append_ok(f, 70); // while it is copied, or after
	char *folder = target_new(f, "copy", &target);
	assert_int_equal(journal_copy(f->journal, COPIED, target, &of_target), RESULT_OK);
	journal_close(target);
	close_journal(f);
	// What is opened now is the copy, and must be that log to its last row.
	char *own = f->folder;
	f->folder = folder;
	f->log = then;
	open_journal(f);
	assert_is_log(f);
	assert_checks(f);
	for (index = 0; index < COPIED; index++)
		assert_entry_reads(f, index);
	append_ok(f, 50); // and it goes on as the log itself would have
	assert_is_log(f);
	assert_checks(f);
	f->folder = own;
	free(folder);
}

static void what_was_erased_is_erased_in_the_copy(void **state)
{
	struct fixture *f = *state;
	struct journal *target;
	struct buffer parts, content;
	uint8_t entry[ENTRY_LEN];
	bool of_target;
	const uint64_t slot = content_slot(8);
	append_ok(f, 20);
	assert_int_equal(keystore_erase(f->keystore, &slot, 1), RESULT_OK);
	char *folder = target_new(f, "copy", &target);
	assert_int_equal(journal_copy(f->journal, 20, target, &of_target), RESULT_OK);
	journal_close(target);
	assert_int_equal(journal_open(folder, MAP, f->keystore, true, &target), RESULT_OK);
	buffer_init(&parts, 10000);
	buffer_init(&content, 10000);
	assert_int_equal(journal_read(target, 8, entry, &parts, &content), RESULT_ERASED);
	assert_int_equal(journal_read(target, 9, entry, &parts, &content), RESULT_OK);
	buffer_done(&parts);
	buffer_done(&content);
	journal_close(target);
	free(folder);
}

static void a_target_that_holds_something_is_left_alone(void **state)
{
	struct fixture *f = *state;
	struct journal *target;
	bool of_target;
	append_ok(f, 20);
	char *folder = target_new(f, "copy", &target);
	assert_int_equal(journal_copy(f->journal, 21, target, &of_target), RESULT_NOT_FOUND);
	assert_int_equal(journal_copy(f->journal, 10, target, &of_target), RESULT_OK);
	assert_int_equal(journal_copy(f->journal, 20, target, &of_target), RESULT_EXISTS);
	assert_int_equal(journal_size(target), 10);
	journal_close(target);
	free(folder);
}

// A map of the target that is too small is said to be the target's.
static void a_target_without_room_is_named_as_the_target(void **state)
{
	struct fixture *f = *state;
	struct journal *target;
	bool of_target = false;
	for (int i = 0; i < 8; i++)
		append_ok(f, BATCH_MAX);
	char *folder = strdup(temporary_path(f->t, "small"));
	assert_int_equal(journal_create(folder, (size_t)128 << 10), RESULT_OK);
	assert_int_equal(journal_open(folder, (size_t)128 << 10, NULL, false, &target), RESULT_OK);
	assert_int_equal(journal_copy(f->journal, journal_size(f->journal), target, &of_target),
			 RESULT_FULL);
	assert_true(of_target);
	journal_close(target);
	free(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_first_entries_come_with_all_that_belongs_to_them, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_was_erased_is_erased_in_the_copy, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_target_that_holds_something_is_left_alone, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_target_without_room_is_named_as_the_target,
						set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

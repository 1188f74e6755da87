// SPDX-License-Identifier: EUPL-1.2
#include "unit.h"

#include "journal/journal.h"
#include "store/store.h"

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

static enum result copy_first(struct fixture *f, uint64_t size, struct journal *target,
			      bool *ret_of_target)
{
	const struct journal_copy copy = {.size = size, .target = target};
	return journal_copy(f->journal, &copy, ret_of_target);
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
	assert_int_equal(copy_first(f, COPIED, target, &of_target), RESULT_OK);
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
	assert_int_equal(copy_first(f, 20, target, &of_target), RESULT_OK);
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

static bool is_slot(void *context, uint64_t slot)
{
	return slot == *(uint64_t *)context;
}

static uint64_t size_of_row(const struct fixture *f, const char *folder, uint64_t index)
{
	uint8_t key[8];
	struct store *store;
	struct store_txn *txn;
	struct bytes value;
	static const char *const tables[] = {"content", NULL};
	const struct store_options options = {
		.map_bytes = f->map, .tables = tables, .read_only = true};
	put_u64be(key, index);
	assert_int_equal(store_open(folder, &options, &store), RESULT_OK);
	assert_int_equal(store_begin(store, false, &txn), RESULT_OK);
	assert_int_equal(store_get(txn, 0, bytes_make(key, sizeof key), &value), RESULT_OK);
	const uint64_t len = value.len;
	store_abort(txn);
	store_close(store);
	return len;
}

// Of a row that is gone its slot is left, so that it reads as erased as it did; whether a copy is
// that one is seen to the last byte.
static void what_is_gone_takes_no_room_and_nothing_else_changes(void **state)
{
	struct fixture *f = *state;
	struct buffer parts, content;
	uint8_t entry[ENTRY_LEN];
	bool of_target;
	uint64_t gone = 0, slot = content_slot(8);
	append_ok(f, 20);
	assert_int_equal(keystore_erase(f->keystore, &slot, 1), RESULT_OK);
	struct journal_copy copy = {.size = 20, .is_gone = is_slot, .context = &slot};
	char *folder = target_new(f, "copy", &copy.target);
	assert_int_equal(journal_copy(f->journal, &copy, &of_target), RESULT_OK);
	assert_int_equal(journal_same(f->journal, &copy, &gone), RESULT_OK);
	assert_int_equal(gone, 1);
	// Another slot would have to be gone, or none: that is not this copy.
	uint64_t other = content_slot(9);
	struct journal_copy wrong = copy;
	wrong.context = &other;
	assert_int_equal(journal_same(f->journal, &wrong, &gone), RESULT_DAMAGED);
	wrong.is_gone = NULL;
	assert_int_equal(journal_same(f->journal, &wrong, &gone), RESULT_DAMAGED);
	assert_int_equal(gone, 1);
	append_ok(f, 1); // and neither is one that lacks an entry
	assert_int_equal(journal_same(f->journal, &copy, &gone), RESULT_DAMAGED);
	journal_close(copy.target);
	assert_int_equal(size_of_row(f, folder, 8), KEYSTORE_SEALED_OVERHEAD);
	assert_true(size_of_row(f, folder, 9) > KEYSTORE_SEALED_OVERHEAD + 100);
	assert_int_equal(journal_open(folder, MAP, f->keystore, true, &copy.target), RESULT_OK);
	buffer_init(&parts, 10000);
	buffer_init(&content, 10000);
	assert_int_equal(journal_read(copy.target, 8, entry, &parts, &content), RESULT_ERASED);
	assert_int_equal(journal_read(copy.target, 9, entry, &parts, &content), RESULT_OK);
	buffer_done(&parts);
	buffer_done(&content);
	journal_close(copy.target);
	free(folder);
}

static void a_target_that_holds_something_is_left_alone(void **state)
{
	struct fixture *f = *state;
	struct journal *target;
	bool of_target;
	append_ok(f, 20);
	char *folder = target_new(f, "copy", &target);
	assert_int_equal(copy_first(f, 21, target, &of_target), RESULT_NOT_FOUND);
	assert_int_equal(copy_first(f, 10, target, &of_target), RESULT_OK);
	assert_int_equal(copy_first(f, 20, target, &of_target), RESULT_EXISTS);
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
	assert_int_equal(copy_first(f, journal_size(f->journal), target, &of_target), RESULT_FULL);
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
		cmocka_unit_test_setup_teardown(what_is_gone_takes_no_room_and_nothing_else_changes,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_target_that_holds_something_is_left_alone, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_target_without_room_is_named_as_the_target,
						set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

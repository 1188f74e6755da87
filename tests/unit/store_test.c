// SPDX-License-Identifier: EUPL-1.2
#include "unit.h"

#include "store/store.h"

#include "store_fixture.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

static void what_is_committed_is_there_after_a_reopen(void **state)
{
	const char *folder = temporary_path(*state, "log");
	struct store *store = open_store(folder);
	put_one(store, "a", "1");
	store_close(store);
	store = open_store(folder);
	assert_true(has(store, "a", "1"));
	assert_false(has(store, "b", "1"));
	store_close(store);
}

static void what_is_aborted_is_not_there(void **state)
{
	struct store *store = open_store(temporary_path(*state, "log"));
	struct store_txn *txn = begin(store, true);
	store_put(txn, FIRST, text("a"), text("1"));
	store_abort(txn);
	assert_false(has(store, "a", "1"));
	put_one(store, "b", "2");
	txn = begin(store, true);
	store_del(txn, FIRST, text("b"));
	store_del(txn, FIRST, text("never there"));
	assert_int_equal(store_commit(txn), RESULT_OK);
	assert_false(has(store, "b", "2"));
	store_close(store);
}

static void the_first_failure_is_what_commit_returns_and_nothing_is_changed(void **state)
{
	struct store *store = open_store(temporary_path(*state, "log"));
	struct store_txn *txn = begin(store, true);
	struct bytes value;
	store_append(txn, FIRST, text("m"), text("1"));
	store_append(txn, FIRST, text("a"), text("2")); // not above the last
	assert_int_equal(store_status(txn), RESULT_CONFLICT);
	store_put(txn, SECOND, text("x"), text("3"));
	assert_int_equal(store_get(txn, FIRST, text("m"), &value), RESULT_CONFLICT);
	assert_int_equal(store_commit(txn), RESULT_CONFLICT);
	assert_false(has(store, "m", "1"));
	txn = begin(store, false);
	assert_int_equal(store_get(txn, SECOND, text("x"), &value), RESULT_NOT_FOUND);
	assert_int_equal(store_status(txn), RESULT_OK); // not found is not a failure
	store_abort(txn);
	store_close(store);
}

static void a_key_longer_than_the_maximum_is_too_large(void **state)
{
	struct store *store = open_store(temporary_path(*state, "log"));
	static const uint8_t key[STORE_KEY_MAX + 1] = {1};
	struct store_txn *txn = begin(store, true);
	store_put(txn, FIRST, bytes_make(key, STORE_KEY_MAX), text("fits"));
	assert_int_equal(store_status(txn), RESULT_OK);
	store_put(txn, FIRST, bytes_make(key, STORE_KEY_MAX + 1), text("does not"));
	assert_int_equal(store_commit(txn), RESULT_TOO_LARGE);
	store_close(store);
}

static void a_cursor_walks_keys_in_order(void **state)
{
	struct store *store = open_store(temporary_path(*state, "log"));
	struct store_txn *txn = begin(store, true);
	struct store_cursor *cursor = NULL;
	struct bytes key, value;
	assert_int_equal(store_cursor_open(txn, FIRST, &cursor), RESULT_OK);
	assert_int_equal(store_cursor_last(cursor, &key, &value), RESULT_NOT_FOUND);
	store_cursor_close(cursor);
	for (const char *k = "dbeac"; *k != '\0'; k++)
		store_put(txn, FIRST, bytes_make(k, 1), bytes_make(k, 1));
	assert_int_equal(store_commit(txn), RESULT_OK);

	txn = begin(store, false);
	assert_int_equal(store_cursor_open(txn, FIRST, &cursor), RESULT_OK);
	char seen[8] = "";
	enum result result = store_cursor_seek(cursor, bytes_make(NULL, 0), &key, &value);
	for (size_t i = 0; result == RESULT_OK && i < 7; i++) {
		assert_true(bytes_equal(key, value));
		seen[i] = (char)key.data[0];
		result = store_cursor_next(cursor, &key, &value);
	}
	assert_int_equal(result, RESULT_NOT_FOUND);
	assert_string_equal(seen, "abcde");
	assert_int_equal(store_cursor_seek(cursor, text("bb"), &key, &value), RESULT_OK);
	assert_int_equal(key.data[0], 'c');
	assert_int_equal(store_cursor_last(cursor, &key, &value), RESULT_OK);
	assert_int_equal(key.data[0], 'e');
	assert_int_equal(store_cursor_seek(cursor, text("f"), &key, &value), RESULT_NOT_FOUND);
	store_cursor_close(cursor);
	store_abort(txn);
	store_close(store);
}

static void readers_and_the_writer_live_side_by_side_in_one_thread(void **state)
{
	struct store *store = open_store(temporary_path(*state, "log"));
	put_one(store, "a", "1");
	struct store_txn *old = begin(store, false), *second = begin(store, false);
	put_one(store, "a", "2");
	put_one(store, "a", "3");
	struct bytes value;
	assert_int_equal(store_get(old, FIRST, text("a"), &value), RESULT_OK);
	assert_true(bytes_equal(value, text("1")));
	struct store_facts facts;
	assert_int_equal(store_facts(store, &facts), RESULT_OK);
	assert_int_equal(facts.readers, 2);
	assert_int_equal(facts.oldest_reader_lag, 2);
	assert_int_equal(store_renew(old), RESULT_OK);
	assert_int_equal(store_get(old, FIRST, text("a"), &value), RESULT_OK);
	assert_true(bytes_equal(value, text("3")));
	store_abort(old);
	store_abort(second);
	assert_int_equal(store_facts(store, &facts), RESULT_OK);
	assert_int_equal(facts.readers, 0);
	assert_int_equal(facts.oldest_reader_lag, 0);
	store_close(store);
}

static void count_tells_the_rows_of_one_table(void **state)
{
	struct store *store = open_store(temporary_path(*state, "log"));
	uint64_t first = 9, second = 9;
	put_one(store, "a", "1");
	put_one(store, "b", "1");
	struct store_txn *txn = begin(store, false);
	assert_int_equal(store_count(txn, FIRST, &first), RESULT_OK);
	assert_int_equal(store_count(txn, SECOND, &second), RESULT_OK);
	assert_int_equal(first, 2);
	assert_int_equal(second, 0);
	store_abort(txn);
	store_close(store);
}

static void facts_tell_map_and_durability(void **state)
{
	struct store *store = open_store(temporary_path(*state, "log"));
	put_one(store, "a", "1");
	put_one(store, "b", "1");
	struct store_facts facts;
	assert_int_equal(store_facts(store, &facts), RESULT_OK);
	assert_int_equal(facts.map_bytes, MAP);
	assert_true(facts.used_bytes > 0 && facts.used_bytes < MAP);
	assert_true(facts.durable_flags);
	store_close(store);

	struct store_options derived = {.map_bytes = MAP, .tables = tables, .durable = false};
	assert_int_equal(store_open(temporary_path(*state, "state"), &derived, &store), RESULT_OK);
	assert_int_equal(store_facts(store, &facts), RESULT_OK);
	assert_false(facts.durable_flags);
	store_close(store);
}

static void a_read_only_store_neither_creates_nor_writes(void **state)
{
	const char *folder = temporary_path(*state, "log");
	static const char *const more[] = {"first", "second", "third", NULL};
	struct store_options options = {
		.map_bytes = MAP, .tables = tables, .durable = true, .read_only = true};
	struct store *store = NULL;
	assert_int_equal(store_open(folder, &options, &store), RESULT_NOT_FOUND);
	assert_false(store_exists(folder));
	struct store *writer = open_store(folder);
	put_one(writer, "a", "1");
	store_close(writer);
	assert_true(store_exists(folder));
	assert_int_equal(store_open(folder, &options, &store), RESULT_OK);
	assert_true(has(store, "a", "1"));
	struct store_txn *txn = NULL;
	assert_int_equal(store_begin(store, true, &txn), RESULT_DENIED);
	store_close(store);
	options.tables = more;
	assert_int_equal(store_open(folder, &options, &store), RESULT_UNSUPPORTED);
}

static void a_full_map_changes_nothing_and_deleting_helps(void **state)
{
	struct store *store = NULL;
	assert_int_equal(open_with(temporary_path(*state, "log"), 300000, &store), RESULT_OK);
	enum result last;
	unsigned rows = fill(store, &last);
	assert_int_equal(last, RESULT_FULL);
	assert_true(rows > 10);
	assert_int_equal(rows_of(store), rows);
	for (uint32_t i = 0; i < rows; i++) {
		uint8_t key[4];
		put_u32be(key, i);
		struct store_txn *txn = begin(store, true);
		store_del(txn, SECOND, bytes_make(key, 4));
		assert_int_equal(store_commit(txn), RESULT_OK);
	}
	put_one(store, "a", "fits again");
	assert_int_equal(rows_of(store), 1);
	store_close(store);
}

static void a_full_disk_changes_nothing_and_resumes_by_itself(void **state)
{
	struct store *store = open_store(temporary_path(*state, "log"));
	struct rlimit before, small = {.rlim_cur = 200000};
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small.rlim_max = before.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	enum result last;
	unsigned rows = fill(store, &last);
	assert_int_equal(last, RESULT_FULL);
	assert_int_equal(rows_of(store), rows);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	put_one(store, "a", "after");
	assert_int_equal(rows_of(store), rows + 1);
	store_close(store);
}

// In a process of its own: one opens an environment once. Ends by a signal, in the middle of a
// snapshot.
static void read_and_be_killed(const char *folder, int told)
{
	struct store_options options = {
		.map_bytes = MAP, .tables = tables, .durable = true, .read_only = true};
	struct store *store = NULL;
	if (store_open(folder, &options, &store) == RESULT_OK && has(store, "a", "1")) {
		struct store_txn *txn = begin(store, false);
		(void)!write(told, "r", 1);
		pause();
		store_abort(txn);
	}
	_exit(1);
}

static uint32_t readers_of(struct store *store)
{
	struct store_facts facts;
	assert_int_equal(store_facts(store, &facts), RESULT_OK);
	return facts.readers;
}

static void what_a_killed_reader_held_is_given_back(void **state)
{
	struct store *store = open_store(temporary_path(*state, "store"));
	int told[2];
	char word = 0;
	put_one(store, "a", "1");
	assert_int_equal(pipe(told), 0);
	pid_t pid = fork();
	if (pid == 0)
		read_and_be_killed(temporary_path(*state, "store"), told[1]);
	close(told[1]);
	assert_int_equal(read(told[0], &word, 1), 1);
	close(told[0]);
	uint32_t own = readers_of(store) - 1;
	assert_int_equal(store_forget_dead(store), RESULT_OK);
	assert_int_equal(readers_of(store), own + 1); // it lives
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(readers_of(store), own + 1); // and nobody saw
	assert_int_equal(store_forget_dead(store), RESULT_OK);
	assert_int_equal(readers_of(store), own);
	store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define FOLDER_TEST(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)
		FOLDER_TEST(what_is_committed_is_there_after_a_reopen),
		FOLDER_TEST(what_is_aborted_is_not_there),
		FOLDER_TEST(the_first_failure_is_what_commit_returns_and_nothing_is_changed),
		FOLDER_TEST(a_key_longer_than_the_maximum_is_too_large),
		FOLDER_TEST(a_cursor_walks_keys_in_order),
		FOLDER_TEST(readers_and_the_writer_live_side_by_side_in_one_thread),
		FOLDER_TEST(count_tells_the_rows_of_one_table),
		FOLDER_TEST(facts_tell_map_and_durability),
		FOLDER_TEST(a_read_only_store_neither_creates_nor_writes),
		FOLDER_TEST(what_a_killed_reader_held_is_given_back),
		FOLDER_TEST(a_full_map_changes_nothing_and_deleting_helps),
		FOLDER_TEST(a_full_disk_changes_nothing_and_resumes_by_itself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

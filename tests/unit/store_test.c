// SPDX-License-Identifier: EUPL-1.2
#include "store/store.h"

#include "faults.h"
#include "temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#define FIRST 0
#define SECOND 1
#define MAP ((size_t)16 << 20)

static const char *const tables[] = {"first", "second", NULL};

static int make_folder(void **state)
{
	*state = temporary_new();
	return 0;
}

static int remove_folder(void **state)
{
	temporary_free(*state);
	return 0;
}

static enum result open_with(const char *folder, size_t map, struct store **ret_store)
{
	struct store_options options = {.map_bytes = map, .tables = tables, .durable = true};
	return store_open(folder, &options, ret_store);
}

static struct store *open_store(const char *folder)
{
	struct store *store = NULL;
	assert_int_equal(open_with(folder, MAP, &store), RESULT_OK);
	return store;
}

static struct store_txn *begin(struct store *store, bool write)
{
	struct store_txn *txn = NULL;
	assert_int_equal(store_begin(store, write, &txn), RESULT_OK);
	return txn;
}

static struct bytes text(const char *t)
{
	return bytes_of_text(t);
}

static void put_one(struct store *store, const char *key, const char *value)
{
	struct store_txn *txn = begin(store, true);
	store_put(txn, FIRST, text(key), text(value));
	assert_int_equal(store_commit(txn), RESULT_OK);
}

static bool has(struct store *store, const char *key, const char *value)
{
	struct store_txn *txn = begin(store, false);
	struct bytes found;
	enum result result = store_get(txn, FIRST, text(key), &found);
	bool same = result == RESULT_OK && bytes_equal(found, text(value));
	assert_true(result == RESULT_OK || result == RESULT_NOT_FOUND);
	store_abort(txn);
	return same;
}

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

static void facts_tell_rows_map_and_durability(void **state)
{
	struct store *store = open_store(temporary_path(*state, "log"));
	put_one(store, "a", "1");
	put_one(store, "b", "1");
	struct store_facts facts;
	assert_int_equal(store_facts(store, &facts), RESULT_OK);
	assert_int_equal(facts.entries, 2);
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

// Fills until the store says no; returns how many rows went in.
static unsigned fill(struct store *store, enum result *ret_last)
{
	static const uint8_t value[3000] = {7};
	unsigned rows = 0;
	for (;; rows++) {
		uint8_t key[4];
		put_u32be(key, rows);
		struct store_txn *txn = begin(store, true);
		store_append(txn, SECOND, bytes_make(key, 4), bytes_make(value, sizeof value));
		*ret_last = store_commit(txn);
		if (*ret_last != RESULT_OK)
			return rows;
	}
}

static uint64_t rows_of(struct store *store)
{
	struct store_facts facts;
	assert_int_equal(store_facts(store, &facts), RESULT_OK);
	return facts.entries;
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

// One transaction with the n-th call failing. Returns false when the fault was not reached.
static bool commit_with_fault(const char *folder, unsigned n, int error, enum result *ret_result)
{
	struct store *store = open_store(folder);
	static const uint8_t value[20000] = {9};
	struct store_txn *txn = begin(store, true);
	store_put(txn, FIRST, text("key"), text("new"));
	store_put(txn, SECOND, text("big"), bytes_make(value, sizeof value));
	fault_arm(n, FAULT_ANY, error, false);
	*ret_result = store_commit(txn);
	bool hit = fault_disarm();
	if (*ret_result != RESULT_OK && *ret_result != RESULT_IO)
		assert_true(has(store, "key", "old"));
	enum result again = store_begin(store, true, &txn);
	assert_int_equal(again, *ret_result == RESULT_IO ? RESULT_IO : RESULT_OK);
	if (again == RESULT_OK)
		store_abort(txn);
	store_close(store);
	return hit;
}

static void assert_every_fault(struct temporary *t, int error, enum result want)
{
	bool hit = true, seen = false;
	for (unsigned n = 1; hit; n++) {
		char name[32];
		snprintf(name, sizeof name, "log-%d-%u", error, n);
		const char *folder = temporary_path(t, name);
		struct store *store = open_store(folder);
		put_one(store, "key", "old");
		store_close(store);
		enum result result;
		hit = commit_with_fault(folder, n, error, &result);
		if (!hit)
			assert_int_equal(result, RESULT_OK);
		// A meta page that could not be written ends the environment, whatever the reason.
		else if (result != RESULT_IO)
			assert_int_equal(result, want);
		seen = seen || (hit && result == want);
		store = open_store(folder);
		assert_true(has(store, "key", result == RESULT_OK ? "new" : "old"));
		store_close(store);
	}
	assert_true(seen);
}

static void a_write_or_sync_that_finds_no_space_is_full(void **state)
{
	assert_every_fault(*state, ENOSPC, RESULT_FULL);
}

static void a_write_or_sync_that_fails_ends_all_writing(void **state)
{
	assert_every_fault(*state, EIO, RESULT_IO);
}

static void a_write_that_comes_out_short_is_a_disk_filling_up(void **state)
{
	assert_every_fault(*state, FAULT_SHORT, RESULT_FULL);
}

static void a_create_that_fails_leaves_nothing(void **state)
{
	static const int errors[] = {ENOSPC, EIO, FAULT_SHORT};
	for (size_t i = 0; i < 3; i++) {
		bool hit = true;
		for (unsigned n = 1; hit; n++) {
			char name[32];
			snprintf(name, sizeof name, "new-%zu-%u", i, n);
			const char *folder = temporary_path(*state, name);
			struct store *store = NULL;
			fault_arm(n, FAULT_ANY, errors[i], false);
			enum result result = open_with(folder, MAP, &store);
			hit = fault_disarm();
			assert_true(hit || result == RESULT_OK);
			store_close(store);
			store = open_store(folder); // nothing, or all of it
			store_close(store);
		}
	}
}

static void a_killed_create_leaves_nothing_half_made(void **state)
{
	unsigned made = 0;
	for (unsigned i = 0; i < 60; i++) {
		char name[32];
		snprintf(name, sizeof name, "killed-%u", i);
		const char *folder = temporary_path(*state, name);
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			struct store *store;
			_exit(open_with(folder, MAP, &store) == RESULT_OK ? 0 : 1);
		}
		usleep(i * 60);
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, NULL, 0), child);
		struct store_options options = {
			.map_bytes = MAP, .tables = tables, .durable = true, .read_only = true};
		if (store_exists(folder)) {
			struct store *store = NULL;
			assert_int_equal(store_open(folder, &options, &store), RESULT_OK);
			store_close(store);
			made++;
		}
		struct store *store = open_store(folder);
		put_one(store, "a", "1");
		store_close(store);
	}
	print_message("%u of 60 were made before the kill\n", made);
}

static off_t size_of(const char *path)
{
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

static void a_file_cut_short_is_damaged_and_never_mapped(void **state)
{
	const char *folder = temporary_path(*state, "log");
	const char *file = temporary_path(*state, "log/data.mdb");
	struct store *store = open_store(folder);
	enum result last;
	struct rlimit before, small = {.rlim_cur = 100000};
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small.rlim_max = before.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	(void)fill(store, &last);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	struct store_facts facts;
	assert_int_equal(store_facts(store, &facts), RESULT_OK);
	store_close(store);
	for (off_t size = (off_t)facts.used_bytes - 1; size >= 0; size -= 1365) {
		assert_int_equal(truncate(file, size), 0);
		store = NULL;
		assert_int_equal(open_with(folder, MAP, &store), RESULT_DAMAGED);
		assert_null(store);
	}
	assert_int_equal(truncate(file, 0), 0); // not taken for a new one
	assert_int_equal(open_with(folder, MAP, &store), RESULT_DAMAGED);
}

// Adds pages at the end and frees them again in one transaction, which LMDB never writes; a few
// rows stay. Returns how many stay so far.
static uint32_t churn(struct store *store, uint32_t round)
{
	static const uint8_t value[100000] = {1};
	struct store_txn *txn = begin(store, true);
	uint8_t key[5] = {'s'};
	for (uint32_t i = 0; i <= round % 7; i++) {
		put_u32be(key + 1, round * 7 + i);
		store_put(txn, FIRST, bytes_make(key, 5), bytes_make(value, i * 977 % 3000 + 10));
	}
	for (uint32_t i = 0; i < 60; i++)
		store_put(txn, FIRST, bytes_make(&i, 4), bytes_make(value, 1500));
	if (round % 3 == 0)
		store_put(txn, FIRST, text("z-large"), bytes_make(value, sizeof value));
	for (uint32_t i = 0; i < 60; i++)
		store_del(txn, FIRST, bytes_make(&i, 4));
	store_del(txn, FIRST, text("z-large"));
	assert_int_equal(store_commit(txn), RESULT_OK);
	return round % 7 + 1;
}

static uint32_t rows_that_read(struct store *store)
{
	struct store_txn *txn = begin(store, false);
	struct store_cursor *cursor = NULL;
	struct bytes key, value;
	uint32_t rows = 0;
	assert_int_equal(store_cursor_open(txn, FIRST, &cursor), RESULT_OK);
	enum result result = store_cursor_seek(cursor, bytes_make(NULL, 0), &key, &value);
	for (; result == RESULT_OK; rows++) {
		assert_int_equal(value.data[0], 1);
		assert_true(value.len == 1 ||
			    bytes_all_zero(bytes_make(value.data + 1, value.len - 1)));
		result = store_cursor_next(cursor, &key, &value);
	}
	store_cursor_close(cursor);
	store_abort(txn);
	return rows;
}

static void a_file_that_lacks_only_free_pages_is_sound(void **state)
{
	const char *folder = temporary_path(*state, "state");
	const char *file = temporary_path(*state, "state/data.mdb");
	struct store *store = open_store(folder);
	struct store_facts facts;
	uint32_t rows = 0, round = 0;
	do {
		rows += churn(store, round++);
		assert_int_equal(store_facts(store, &facts), RESULT_OK);
	} while ((uint64_t)size_of(file) >= facts.used_bytes && round < 200);
	store_close(store);
	assert_true((uint64_t)size_of(file) < facts.used_bytes); // else this tests nothing

	// Cut off page by page: as long as it opens, everything is there.
	unsigned opened = 0, refused = 0;
	for (off_t size = size_of(file); size >= 3 * 4096; size -= 4096) {
		assert_int_equal(truncate(file, size), 0);
		store = NULL;
		enum result result = open_with(folder, MAP, &store);
		assert_true(result == RESULT_DAMAGED || rows_that_read(store) == rows);
		opened += result == RESULT_OK;
		refused += result == RESULT_DAMAGED;
		store_close(store);
	}
	assert_true(opened > 0 && refused > 0);
}

static void change_byte(const char *path, off_t at, uint8_t value)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, &value, 1, at), 1);
	close(fd);
}

static void another_format_is_refused(void **state)
{
	const char *folder = temporary_path(*state, "log");
	const char *file = temporary_path(*state, "log/data.mdb");
	struct store *store = open_store(folder);
	store_close(store);
	store = NULL;
	change_byte(file, 20, 2);
	assert_int_equal(open_with(folder, MAP, &store), RESULT_UNSUPPORTED);
	change_byte(file, 20, 1);
	change_byte(file, 4096 + 16, 0);
	assert_int_equal(open_with(folder, MAP, &store), RESULT_DAMAGED);
	change_byte(file, 4096 + 16, 0xde);
	store = open_store(folder);
	store_close(store);
}

// Runs in a child, so that a crash is counted and not ours.
static int open_in_child(const char *folder)
{
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct store *store = NULL;
		enum result result = open_with(folder, MAP, &store);
		store_close(store);
		_exit((int)result);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void no_changed_byte_of_a_meta_page_crashes_an_open(void **state)
{
	const char *folder = temporary_path(*state, "log");
	const char *file = temporary_path(*state, "log/data.mdb");
	struct store *store = open_store(folder);
	put_one(store, "a", "1");
	store_close(store);
	uint8_t page[8192];
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, page, sizeof page), sizeof page);
	close(fd);
	unsigned refused = 0;
	for (off_t at = 0; at < 8192; at = at == 151 ? 4096 : at == 4096 + 151 ? 8192 : at + 1) {
		change_byte(file, at, page[at] ^ 0xff);
		int status = open_in_child(folder);
		assert_true(WIFEXITED(status));
		refused += WEXITSTATUS(status) != RESULT_OK;
		// The open may have written: put both pages back.
		fd = open(file, O_WRONLY | O_CLOEXEC);
		assert_int_equal(pwrite(fd, page, sizeof page, 0), sizeof page);
		close(fd);
	}
	assert_true(refused > 20);
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
		FOLDER_TEST(facts_tell_rows_map_and_durability),
		FOLDER_TEST(a_read_only_store_neither_creates_nor_writes),
		FOLDER_TEST(a_full_map_changes_nothing_and_deleting_helps),
		FOLDER_TEST(a_full_disk_changes_nothing_and_resumes_by_itself),
		FOLDER_TEST(a_write_or_sync_that_finds_no_space_is_full),
		FOLDER_TEST(a_write_or_sync_that_fails_ends_all_writing),
		FOLDER_TEST(a_write_that_comes_out_short_is_a_disk_filling_up),
		FOLDER_TEST(a_create_that_fails_leaves_nothing),
		FOLDER_TEST(a_killed_create_leaves_nothing_half_made),
		FOLDER_TEST(a_file_cut_short_is_damaged_and_never_mapped),
		FOLDER_TEST(a_file_that_lacks_only_free_pages_is_sound),
		FOLDER_TEST(another_format_is_refused),
		FOLDER_TEST(no_changed_byte_of_a_meta_page_crashes_an_open),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

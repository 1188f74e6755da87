// SPDX-License-Identifier: EUPL-1.2
// Calls that fail, processes that are killed, and files that changed.
#include "unit.h"

#include "store/store.h"

#include "faults.h"
#include "store_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

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

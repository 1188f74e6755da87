// SPDX-License-Identifier: EUPL-1.2
// The pages of LMDB hold together, or it is seen before anything is written by what they say.
#include "unit.h"

#include "store/store.h"

#include "store_fixture.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define PAGE 4096
#define PAGES_MAX 8192

// What one walk over a file came by: its leaves in order, and what did not hold.
struct walked {
	uint64_t leaves[PAGES_MAX], bad[PAGES_MAX];
	size_t leaf_count, bad_count;
};

static struct walked *walk(struct store *store)
{
	static struct walked walked;
	struct store_walk walk = {.table = 0};
	enum result r;
	walked.leaf_count = walked.bad_count = 0;
	do {
		struct store_txn *txn = begin(store, false);
		r = store_check_pages(txn, &walk, 1);
		store_abort(txn);
		assert_true(walked.leaf_count < PAGES_MAX && walked.bad_count < PAGES_MAX);
		if (r == RESULT_DAMAGED || r == RESULT_CONFLICT)
			walked.bad[walked.bad_count++] = walk.bad;
		else if (walk.bad)
			walked.leaves[walked.leaf_count++] = walk.bad;
	} while (r == RESULT_OK || r == RESULT_DAMAGED || r == RESULT_CONFLICT);
	assert_int_equal(r, RESULT_NOT_FOUND);
	return &walked;
}

static enum result check_way(struct store_txn *txn, unsigned table, struct bytes key)
{
	return store_check_ways(txn, &(const struct store_ways){table, &key, 1});
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

// One row at random: put, put with another length, or taken away.
static void change_row(struct store_txn *txn, uint32_t *seed)
{
	static const uint8_t value[9000] = {5};
	uint8_t key[200] = {0};
	size_t len = 1 + next_random(seed) % 40 * (next_random(seed) % 5);
	put_u32be(key, next_random(seed) % 700 * 2654435761u);
	len = len < 4 ? 4 : len;
	unsigned table = next_random(seed) % 2;
	if (next_random(seed) % 3 == 0) {
		store_del(txn, table, bytes_make(key, len));
		return;
	}
	size_t most = next_random(seed) % 8 == 0 ? sizeof value : 300;
	store_put(txn, table, bytes_make(key, len), bytes_make(value, next_random(seed) % most));
}

// The walk rests on what LMDB leaves behind being exact; here it is asked after all that LMDB does.
static void whatever_is_written_and_taken_away_the_pages_hold(void **state)
{
	struct store *store = open_store(temporary_path(*state, "log"));
	uint32_t seed = 1;
	size_t most = 0;
	for (unsigned round = 0; round < 300; round++) {
		struct store_txn *txn = begin(store, true);
		for (unsigned i = 0; i < 1 + round % 60; i++)
			change_row(txn, &seed);
		assert_int_equal(store_commit(txn), RESULT_OK);
		txn = begin(store, false);
		assert_int_equal(store_check_ends(txn), RESULT_OK);
		assert_int_equal(check_way(txn, SECOND, text("a")), RESULT_OK);
		assert_int_equal(store_check_free(txn), RESULT_OK);
		store_abort(txn);
		struct walked *walked = walk(store);
		assert_int_equal(walked->bad_count, 0);
		most = walked->leaf_count > most ? walked->leaf_count : most;
	}
	assert_true(most > 100);
	store_close(store);
}

static void append_rows(struct store *store, uint32_t from, uint32_t count)
{
	static const uint8_t value[100] = {3};
	struct store_txn *txn = begin(store, true);
	for (uint32_t i = from; i < from + count; i++) {
		uint8_t key[4];
		put_u32be(key, i);
		store_append(txn, SECOND, bytes_make(key, 4), bytes_make(value, sizeof value));
	}
	assert_int_equal(store_commit(txn), RESULT_OK);
}

static void every_page_is_come_by_once(void **state)
{
	struct store *store = open_store(temporary_path(*state, "log"));
	for (uint32_t i = 0; i < 60; i++)
		append_rows(store, i * 1000, 1000);
	struct walked *walked = walk(store);
	assert_int_equal(walked->bad_count, 0);
	assert_true(walked->leaf_count > 60000 * 110 / PAGE); // more cannot be on one
	for (size_t i = 0; i < walked->leaf_count; i++)
		for (size_t k = i + 1; k < walked->leaf_count; k++)
			assert_int_not_equal(walked->leaves[i], walked->leaves[k]);
	store_close(store);
}

// ---- what changed --------------------------------------------------------------------------

static void flip(const char *file, uint64_t page, size_t bit)
{
	uint8_t byte;
	off_t at = (off_t)(page * PAGE + bit / 8);
	int fd = open(file, O_RDWR | O_CLOEXEC);
	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte ^= (uint8_t)(1u << bit % 8);
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	close(fd);
}

static void read_page(const char *file, uint64_t page, uint8_t out[PAGE])
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	assert_int_equal(pread(fd, out, PAGE, (off_t)(page * PAGE)), PAGE);
	close(fd);
}

// The walk of a store that is open names this page, and no other.
static void expect_named(struct store *store, const char *file, uint64_t page, size_t bit)
{
	flip(file, page, bit);
	struct walked *walked = walk(store);
	if (walked->bad_count != 1 || walked->bad[0] != page)
		fail_msg("bit %zu of page %llu is not seen", bit, (unsigned long long)page);
	flip(file, page, bit);
}

// Its head (but for two bytes that LMDB leaves alone), the places of its nodes, their heads.
static void expect_all_named(struct store *store, const char *file, uint64_t page)
{
	uint8_t bytes[PAGE];
	uint16_t lower, at;
	read_page(file, page, bytes);
	memcpy(&lower, bytes + 12, 2);
	for (size_t bit = 0; bit < lower * 8u; bit++)
		if (bit / 8 != 8 && bit / 8 != 9)
			expect_named(store, file, page, bit);
	for (size_t slot = 16; slot < lower; slot += 2) {
		memcpy(&at, bytes + slot, 2);
		for (size_t bit = 0; bit < 64; bit++)
			expect_named(store, file, page, at * 8u + bit);
	}
}

static void a_bit_of_a_page_by_which_it_is_followed_is_named(void **state)
{
	const char *file = temporary_path(*state, "log/data.mdb");
	struct store *store = open_store(temporary_path(*state, "log"));
	append_rows(store, 0, 100); // three leaves
	// As even as those are: nodes begin at even bytes, so that one byte more or less of a value
	// of which that is the last may hide there, where it moves nothing.
	put_one(store, "keys", "values");
	struct walked *walked = walk(store);
	size_t count = walked->leaf_count;
	uint64_t leaves[PAGES_MAX];
	memcpy(leaves, walked->leaves, sizeof leaves);
	assert_int_equal(walked->bad_count, 0);
	// The last two are of the table of tables, which hides what it names, and of free pages.
	for (size_t i = 0; i + 2 < count; i++)
		expect_all_named(store, file, leaves[i]);
	assert_int_equal(walk(store)->bad_count, 0);
	store_close(store);
}

// Of a file that was written to once there is one.
static uint64_t branch_of(const char *file)
{
	uint8_t bytes[PAGE];
	uint64_t found = 0;
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	for (uint64_t page = 2; pread(fd, bytes, PAGE, (off_t)(page * PAGE)) == PAGE; page++) {
		if (bytes[10] != 1 || bytes[11] != 0)
			continue;
		assert_int_equal(found, 0);
		found = page;
	}
	close(fd);
	assert_int_not_equal(found, 0);
	return found;
}

static void a_branch_that_leads_elsewhere_is_seen(void **state)
{
	const char *file = temporary_path(*state, "log/data.mdb");
	struct store *store = open_store(temporary_path(*state, "log"));
	uint8_t bytes[PAGE];
	append_rows(store, 0, 1500);
	uint64_t branch = branch_of(file);
	read_page(file, branch, bytes);
	for (size_t slot = 16; slot < 40; slot += 2) {
		uint16_t at;
		memcpy(&at, bytes + slot, 2);
		for (size_t bit = 0; bit < 48; bit++) { // the page that it names
			flip(file, branch, at * 8u + bit);
			assert_true(walk(store)->bad_count > 0);
			flip(file, branch, at * 8u + bit);
		}
	}
	assert_int_equal(walk(store)->bad_count, 0);
	store_close(store);
}

static void a_store_whose_end_is_damaged_does_not_open(void **state)
{
	const char *folder = temporary_path(*state, "log");
	const char *file = temporary_path(*state, "log/data.mdb");
	struct store *store = open_store(folder);
	append_rows(store, 0, 1500);
	struct walked *walked = walk(store);
	// Behind the leaves: the table of tables, the list of free pages.
	uint64_t first = walked->leaves[0], last = walked->leaves[walked->leaf_count - 3];
	store_close(store);
	store = NULL;
	flip(file, last, 14 * 8 + 6); // where the next row would go
	assert_int_equal(open_with(folder, MAP, &store), RESULT_DAMAGED);
	flip(file, last, 14 * 8 + 6);
	flip(file, first, 14 * 8 + 6); // nothing is written there; the walk names it
	store = open_store(folder);
	walked = walk(store);
	assert_int_equal(walked->bad_count, 1);
	assert_int_equal(walked->bad[0], first);
	struct store_txn *txn = begin(store, false);
	assert_int_equal(store_check_ends(txn), RESULT_OK);
	assert_int_equal(check_way(txn, SECOND, bytes_make("\0\0\0\1", 4)), RESULT_DAMAGED);
	store_abort(txn);
	store_close(store);
}

// The page of the list of free pages, and where on it the first list stands.
static uint64_t free_list(struct store *store, const char *file, size_t *ret_at, size_t *ret_count)
{
	struct walked *walked = walk(store);
	uint64_t page = walked->leaves[walked->leaf_count - 1], count;
	uint8_t bytes[PAGE];
	uint16_t node;
	read_page(file, page, bytes);
	memcpy(&node, bytes + 16, sizeof node);
	*ret_at = node + 8u + 8u; // behind its head and its key, the number of a transaction
	memcpy(&count, bytes + *ret_at, sizeof count);
	*ret_count = (size_t)count;
	return page;
}

static void a_page_in_use_that_may_be_written_again_is_seen_before_it_is(void **state)
{
	const char *folder = temporary_path(*state, "log");
	const char *file = temporary_path(*state, "log/data.mdb");
	struct store *store = open_store(folder);
	static const uint8_t big[9000] = {4};
	struct store_txn *txn = begin(store, true);
	store_put(txn, FIRST, text("big"), bytes_make(big, sizeof big));
	assert_int_equal(store_commit(txn), RESULT_OK);
	for (uint32_t i = 0; i < 20; i++)
		append_rows(store, i * 100, 100);
	size_t at, count, conflicts = 0;
	uint64_t page = free_list(store, file, &at, &count);
	assert_true(count > 0);
	for (size_t bit = 0; bit < count * 64; bit++) {
		struct store_walk walk = {.table = 0};
		enum result r;
		flip(file, page, (at + 8) * 8 + bit);
		txn = begin(store, false);
		do {
			r = store_check_pages(txn, &walk, 1);
			conflicts += r == RESULT_CONFLICT;
		} while (r == RESULT_OK);
		assert_true(r == RESULT_DAMAGED || r == RESULT_CONFLICT);
		store_walk_done(&walk);
		assert_int_equal(store_check_free(txn), r);
		store_abort(txn);
		flip(file, page, (at + 8) * 8 + bit);
	}
	assert_true(conflicts > 0);
	assert_int_equal(walk(store)->bad_count, 0);
	store_close(store);
}

// Writes a number over a page of a list, and gives what stood there.
static uint64_t list_page(const char *file, uint64_t page, size_t at, uint64_t listed)
{
	uint64_t before;
	off_t place = (off_t)(page * PAGE + at);
	int fd = open(file, O_RDWR | O_CLOEXEC);
	assert_int_equal(pread(fd, &before, sizeof before, place), sizeof before);
	assert_int_equal(pwrite(fd, &listed, sizeof listed, place), sizeof listed);
	close(fd);
	return before;
}

static enum result check_free(struct store *store)
{
	struct store_txn *txn = begin(store, false);
	enum result r = store_check_free(txn);
	store_abort(txn);
	return r;
}

#define ROWS 9000

// Two on a leaf, so that there are more pages than a look at some of them would come by.
static void put_many(struct store *store)
{
	static const uint8_t value[1900] = {6};
	struct store_txn *txn = begin(store, true);
	for (uint32_t i = 0; i < ROWS; i++) {
		uint8_t key[4];
		put_u32be(key, i);
		store_append(txn, FIRST, bytes_make(key, 4), bytes_make(value, sizeof value));
	}
	assert_int_equal(store_commit(txn), RESULT_OK);
}

static void behind_many_pages_in_use_one_is_seen_as_well(void **state)
{
	const char *folder = temporary_path(*state, "log");
	const char *file = temporary_path(*state, "log/data.mdb");
	struct store *store = NULL;
	size_t at, count;
	assert_int_equal(open_with(folder, 4 * MAP, &store), RESULT_OK);
	put_many(store);
	for (uint32_t i = 0; i < 4; i++)
		append_rows(store, i * 100, 100);
	assert_int_equal(check_free(store), RESULT_OK);
	uint64_t page = free_list(store, file, &at, &count);
	assert_true(count > 0);
	at += 8 * count; // the lowest of the first list
	const struct walked *walked = walk(store);
	assert_true(walked->leaf_count > ROWS / 2);
	unsigned seen = 0;
	for (size_t i = 0; i < walked->leaf_count; i += 97) {
		if (walked->leaves[i] < ROWS / 4)
			continue;
		uint64_t before = list_page(file, page, at, walked->leaves[i]);
		enum result r = check_free(store);
		assert_true(r == RESULT_CONFLICT || r == RESULT_DAMAGED);
		seen += r == RESULT_CONFLICT;
		list_page(file, page, at, before);
	}
	assert_true(seen > 10);
	assert_int_equal(check_free(store), RESULT_OK);
	store_close(store);
}

// Pages are used again while a walk is on its way that knew them as free.
static void a_walk_beside_a_writer_names_nothing(void **state)
{
	struct store *store = open_store(temporary_path(*state, "log"));
	struct store_walk walk = {.table = 0};
	enum result r = RESULT_OK;
	uint32_t seed = 7;
	unsigned steps = 0;
	append_rows(store, 0, 1000);
	for (; r == RESULT_OK; steps++) {
		struct store_txn *txn = begin(store, true);
		for (unsigned i = 0; i < 20; i++)
			change_row(txn, &seed);
		assert_int_equal(store_commit(txn), RESULT_OK);
		txn = begin(store, false);
		r = store_check_pages(txn, &walk, 1);
		store_abort(txn);
	}
	assert_int_equal(r, RESULT_NOT_FOUND);
	assert_true(steps > 30);
	assert_null(walk.free);
	store_close(store);
}

// A reader beside the writer looks at what it has, which is not used again meanwhile.
static void a_reader_beside_a_writer_sees_sound_pages(void **state)
{
	struct store *store = open_store(temporary_path(*state, "log"));
	struct store_walk walk = {.table = 0};
	append_rows(store, 0, 1000);
	struct store_txn *reader = begin(store, false);
	for (uint32_t round = 1; round < 20; round++) {
		append_rows(store, round * 1000, 1000);
		assert_int_equal(store_check_pages(reader, &walk, 3), RESULT_OK);
	}
	store_walk_done(&walk);
	store_abort(reader);
	store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define FOLDER_TEST(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)
		FOLDER_TEST(whatever_is_written_and_taken_away_the_pages_hold),
		FOLDER_TEST(every_page_is_come_by_once),
		FOLDER_TEST(a_bit_of_a_page_by_which_it_is_followed_is_named),
		FOLDER_TEST(a_branch_that_leads_elsewhere_is_seen),
		FOLDER_TEST(a_store_whose_end_is_damaged_does_not_open),
		FOLDER_TEST(a_page_in_use_that_may_be_written_again_is_seen_before_it_is),
		FOLDER_TEST(behind_many_pages_in_use_one_is_seen_as_well),
		FOLDER_TEST(a_walk_beside_a_writer_names_nothing),
		FOLDER_TEST(a_reader_beside_a_writer_sees_sound_pages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

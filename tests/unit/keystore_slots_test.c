// SPDX-License-Identifier: EUPL-1.2
// What a keystore keeps in memory and for how long, what it asks of the disk when it erases, and
// where its bounds are.
#include "unit.h"

#include "base/file.h"
#include "keystore/keystore.h"

#include "faults.h"
#include "keystore_fixture.h"

#include <errno.h>
#include <sys/stat.h>

#define CHUNK 4096 // of new keys, in one piece through memory
#define SLOTS_MAX (INT64_MAX / KEYSTORE_KEY_LEN - SLOTS_AT - 2 * KEYSTORE_BLOCK)

// ---- what is seen of it ------------------------------------------------------------------------

static size_t wiped_keys, wiped_chunks; // wipes of exactly that size
void __real_secret_wipe(void *memory, size_t len);
void __wrap_secret_wipe(void *memory, size_t len);

void __wrap_secret_wipe(void *memory, size_t len)
{
	wiped_keys += len == KEYSTORE_KEY_LEN;
	wiped_chunks += len == CHUNK;
	__real_secret_wipe(memory, len);
}

// The n-th write of a key says that it was done and does nothing; 0: none.
static unsigned lie_at;
enum result __real_file_write_at(int fd, struct bytes content, uint64_t offset);
enum result __wrap_file_write_at(int fd, struct bytes content, uint64_t offset);

enum result __wrap_file_write_at(int fd, struct bytes content, uint64_t offset)
{
	if (content.len == KEYSTORE_KEY_LEN && lie_at > 0 && --lie_at == 0)
		return RESULT_OK;
	return __real_file_write_at(fd, content, offset);
}

// What the kernel was told that it need not keep, for the slots below 64.
static uint64_t dropped;
int __real_posix_fadvise(int fd, off_t offset, off_t len, int advice);
int __wrap_posix_fadvise(int fd, off_t offset, off_t len, int advice);

int __wrap_posix_fadvise(int fd, off_t offset, off_t len, int advice)
{
	uint64_t slot = (uint64_t)(offset - SLOTS_AT) / KEYSTORE_KEY_LEN;
	if (advice == POSIX_FADV_DONTNEED && len == KEYSTORE_KEY_LEN && slot < 64)
		dropped |= UINT64_C(1) << slot;
	return __real_posix_fadvise(fd, offset, len, advice);
}

// Whether memory can be locked does not depend on the machine here (secret_test has that).
static bool cannot_lock;
enum result __wrap_secret_alloc(size_t len, uint8_t **ret_secret);
void __wrap_secret_free(uint8_t *secret);

enum result __wrap_secret_alloc(size_t len, uint8_t **ret_secret)
{
	uint8_t *secret = cannot_lock ? NULL : calloc(1, len);
	if (!secret)
		return RESULT_NO_MEMORY;
	*ret_secret = secret;
	return RESULT_OK;
}

void __wrap_secret_free(uint8_t *secret)
{
	free(secret);
}

static void get(struct fixture *f, uint64_t slot, uint8_t key[32])
{
	assert_int_equal(keystore_get(f->keystore, slot, key), RESULT_OK);
}

static void fill_to(struct fixture *f, uint64_t slots)
{
	assert_int_equal(keystore_fill_ahead(f->keystore, slots), RESULT_OK);
}

// Another key in the file, behind the back of who has it open; true when that is what it gives.
static bool reads_the_file(struct keystore *keystore, const struct fixture *f, uint64_t slot)
{
	uint8_t before[32], other[32], key[32];
	slot_in_file(f, slot, before);
	memset(other, 0x77, sizeof other);
	off_t at = (off_t)(SLOTS_AT + slot * 32);
	write_in_file(f, at, other, sizeof other);
	assert_int_equal(keystore_get(keystore, slot, key), RESULT_OK);
	write_in_file(f, at, before, sizeof before);
	assert_memory_equal(key, memcmp(key, other, 32) == 0 ? other : before, 32);
	return memcmp(key, other, 32) == 0;
}

// ---- the tests ---------------------------------------------------------------------------------

static void the_file_has_a_page_and_whole_blocks(void **state)
{
	struct fixture *f = *state;
	for (uint64_t blocks = 1; blocks <= 3; blocks++) {
		struct stat stat_;
		uint8_t first[32];
		fill_to(f, (blocks - 1) * KEYSTORE_BLOCK);
		assert_int_equal(keystore_filled(f->keystore), blocks * KEYSTORE_BLOCK);
		assert_int_equal(stat(f->path, &stat_), 0);
		assert_int_equal(stat_.st_size, SLOTS_AT + blocks * KEYSTORE_BLOCK * 32);
		slot_in_file(f, (blocks - 1) * KEYSTORE_BLOCK, first);
		assert_true(first[0] || first[1] || first[2] || first[3]);
	}
}

static void each_slot_is_where_it_stands_in_the_file(void **state)
{
	struct fixture *f = *state;
	static const uint64_t slots[] = {0,
					 KEYSTORE_FIRST_FREE - 1,
					 KEYSTORE_FIRST_FREE,
					 KEYSTORE_BLOCK - 1,
					 KEYSTORE_BLOCK,
					 KEYSTORE_BLOCK + 1,
					 2 * KEYSTORE_BLOCK - 1,
					 2 * KEYSTORE_BLOCK,
					 KEYSTORE_BLOCK + 7,
					 3};
	uint8_t key[32], there[32];
	fill_to(f, 2 * KEYSTORE_BLOCK);
	for (size_t i = 0; i < COUNT_OF(slots); i++) {
		get(f, slots[i], key);
		slot_in_file(f, slots[i], there);
		assert_memory_equal(key, there, 32);
	}
}

static void the_block_used_last_and_the_system_keys_are_kept(void **state)
{
	struct fixture *f = *state;
	uint8_t key[32];
	fill_to(f, KEYSTORE_BLOCK);
	reopen(f);
	assert_false(reads_the_file(f->keystore, f, 0));
	assert_false(reads_the_file(f->keystore, f, KEYSTORE_FIRST_FREE - 1));
	get(f, KEYSTORE_FIRST_FREE, key);
	assert_false(reads_the_file(f->keystore, f, KEYSTORE_FIRST_FREE));
	assert_false(reads_the_file(f->keystore, f, KEYSTORE_BLOCK - 1));
	get(f, KEYSTORE_BLOCK, key);
	assert_false(reads_the_file(f->keystore, f, KEYSTORE_BLOCK + 9));
	// An older one is read as it is asked for, and does not take the place of the newer.
	assert_true(reads_the_file(f->keystore, f, KEYSTORE_FIRST_FREE));
	assert_false(reads_the_file(f->keystore, f, KEYSTORE_BLOCK + 10));
}

static void where_memory_cannot_be_locked_no_key_is_kept(void **state)
{
	struct fixture *f = *state;
	cannot_lock = true;
	reopen(f);
	cannot_lock = false;
	assert_true(reads_the_file(f->keystore, f, SOME_SLOT));
	assert_true(reads_the_file(f->keystore, f, SOME_SLOT));
	assert_true(reads_the_file(f->keystore, f, KEYSTORE_SLOT_NONCE));
}

static void a_reader_keeps_no_key_of_a_melding(void **state)
{
	struct fixture *f = *state;
	struct keystore *reader = NULL;
	uint8_t key[32];
	assert_int_equal(keystore_open_to_read(f->path, &reader), RESULT_OK);
	assert_int_equal(keystore_get(reader, SOME_SLOT, key), RESULT_OK);
	assert_true(reads_the_file(reader, f, SOME_SLOT));
	assert_false(reads_the_file(reader, f, KEYSTORE_SLOT_NONCE));
	keystore_close(reader);
}

static void a_key_that_went_through_memory_is_wiped(void **state)
{
	struct fixture *f = *state;
	const uint64_t slots[] = {SOME_SLOT, SOME_SLOT + 1}, elsewhere = KEYSTORE_BLOCK + 1;
	uint8_t key[32];
	wiped_keys = wiped_chunks = 0;
	fill_to(f, 1);
	assert_int_equal(wiped_chunks, 1); // one room, used again and again
	get(f, SOME_SLOT, key);
	assert_int_equal(wiped_keys, 1);
	// What is kept, and what is read back.
	assert_int_equal(keystore_erase(f->keystore, slots, 2), RESULT_OK);
	assert_int_equal(wiped_keys, 5);
	assert_int_equal(keystore_get(f->keystore, SOME_SLOT, key), RESULT_ERASED);
	assert_int_equal(wiped_keys, 6);
	assert_int_equal(keystore_erase(f->keystore, &elsewhere, 1), RESULT_OK);
	assert_int_equal(wiped_keys, 7);
	assert_int_equal(keystore_get(f->keystore, elsewhere, key), RESULT_ERASED);
}

// A disk that says it wrote: what is read back shows that it did not, whichever slot it was.
static void an_erasure_that_the_disk_only_says_it_did_has_failed(void **state)
{
	struct fixture *f = *state;
	const uint64_t slots[] = {20, 40, 60};
	for (unsigned n = 1; n <= 3; n++) {
		lie_at = n;
		errno = 0;
		assert_int_equal(keystore_erase(f->keystore, slots, 3), RESULT_IO);
		assert_int_equal(errno, EIO);
		assert_int_equal(lie_at, 0);
		reopen(f);
		uint8_t key[32];
		get(f, slots[n - 1], key);
		for (size_t i = 0; i < 3; i++)
			write_in_file(f, (off_t)(SLOTS_AT + slots[i] * 32), "again", 5);
		reopen(f);
	}
	dropped = 0;
	assert_int_equal(keystore_erase(f->keystore, slots, 3), RESULT_OK);
	// What the kernel remembers would only say what was written.
	assert_true(dropped == (UINT64_C(1) << 20 | UINT64_C(1) << 40 | UINT64_C(1) << 60));
}

static void every_call_that_erases_is_counted_and_nothing_needs_no_disk(void **state)
{
	struct fixture *f = *state;
	const uint64_t slot = SOME_SLOT, system = 0;
	assert_int_equal(keystore_erasures(f->keystore), 0);
	assert_int_equal(keystore_erase(f->keystore, &slot, 1), RESULT_OK);
	assert_int_equal(keystore_erasures(f->keystore), 1);
	assert_int_equal(keystore_erase(f->keystore, &system, 1), RESULT_DENIED);
	assert_int_equal(keystore_erasures(f->keystore), 2);
	fault_arm(1, FAULT_ANY, EIO, true);
	assert_int_equal(keystore_erase(f->keystore, NULL, 0), RESULT_OK);
	assert_false(fault_disarm());
}

// Whatever keeps them: the file, memory, and who has it open to read and opens it anew.
static void the_keys_of_derived_rows_become_others_and_no_other_key_does(void **state)
{
	struct fixture *f = *state;
	uint8_t before[KEYSTORE_FIRST_FREE + 2][32], key[32], there[32];
	struct keystore *reader = NULL;
	for (uint64_t slot = 0; slot < COUNT_OF(before); slot++)
		get(f, slot, before[slot]);
	assert_int_equal(keystore_open_to_read(f->path, &reader), RESULT_OK);
	assert_int_equal(keystore_rekey(reader), RESULT_DENIED);
	keystore_close(reader);
	assert_int_equal(keystore_rekey(f->keystore), RESULT_OK);
	for (uint64_t slot = 0; slot < COUNT_OF(before); slot++) {
		bool derived = slot == KEYSTORE_SLOT_PERSON_INDEX || slot == KEYSTORE_SLOT_NONCE ||
			       slot == KEYSTORE_SLOT_STATE;
		get(f, slot, key);
		slot_in_file(f, slot, there);
		assert_memory_equal(key, there, 32);
		assert_int_equal(memcmp(key, before[slot], 32) != 0, derived);
	}
}

static void the_bounds_of_what_may_be_erased_and_filled(void **state)
{
	struct fixture *f = *state;
	const uint64_t first = KEYSTORE_FIRST_FREE, before = KEYSTORE_FIRST_FREE - 1,
		       last = KEYSTORE_BLOCK - 1, beyond = KEYSTORE_BLOCK;
	struct keystore *reader = NULL;
	assert_int_equal(keystore_erase(f->keystore, &before, 1), RESULT_DENIED);
	assert_int_equal(keystore_erase(f->keystore, &beyond, 1), RESULT_NOT_FOUND);
	assert_int_equal(keystore_erase(f->keystore, &first, 1), RESULT_OK);
	assert_int_equal(keystore_erase(f->keystore, &last, 1), RESULT_OK);
	// Through a reader nothing is filled, so that the bound can be asked for without a disk for
	// it.
	assert_int_equal(keystore_open_to_read(f->path, &reader), RESULT_OK);
	assert_int_equal(keystore_fill_ahead(reader, 0), RESULT_OK);
	assert_int_equal(keystore_fill_ahead(reader, 1), RESULT_DENIED);
	assert_int_equal(keystore_fill_ahead(reader, SLOTS_MAX), RESULT_DENIED);
	assert_int_equal(keystore_fill_ahead(reader, SLOTS_MAX + 1), RESULT_TOO_LARGE);
	keystore_close(reader);
}

static void after_a_failed_sync_the_reason_stays_the_same(void **state)
{
	struct fixture *f = *state;
	const uint64_t slot = SOME_SLOT;
	uint8_t key[32];
	fault_arm(1, FAULT_SYNC, EIO, false);
	assert_int_equal(keystore_erase(f->keystore, &slot, 1), RESULT_IO);
	assert_true(fault_disarm());
	errno = 0;
	assert_int_equal(keystore_fill_ahead(f->keystore, 1), RESULT_IO);
	assert_int_equal(errno, EIO);
	// Whatever the disk has, nobody gets the key here any more.
	assert_int_equal(keystore_get(f->keystore, slot, key), RESULT_ERASED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define KEYSTORE_TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
		KEYSTORE_TEST(the_file_has_a_page_and_whole_blocks),
		KEYSTORE_TEST(each_slot_is_where_it_stands_in_the_file),
		KEYSTORE_TEST(the_block_used_last_and_the_system_keys_are_kept),
		KEYSTORE_TEST(where_memory_cannot_be_locked_no_key_is_kept),
		KEYSTORE_TEST(a_reader_keeps_no_key_of_a_melding),
		KEYSTORE_TEST(a_key_that_went_through_memory_is_wiped),
		KEYSTORE_TEST(an_erasure_that_the_disk_only_says_it_did_has_failed),
		KEYSTORE_TEST(every_call_that_erases_is_counted_and_nothing_needs_no_disk),
		KEYSTORE_TEST(the_keys_of_derived_rows_become_others_and_no_other_key_does),
		KEYSTORE_TEST(the_bounds_of_what_may_be_erased_and_filled),
		KEYSTORE_TEST(after_a_failed_sync_the_reason_stays_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

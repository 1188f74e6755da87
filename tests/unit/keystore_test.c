// SPDX-License-Identifier: EUPL-1.2
#include "unit.h"

#include "keystore/keystore.h"

#include "faults.h"
#include "keystore_fixture.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static void a_new_keystore_has_a_block_of_different_keys_that_stay(void **state)
{
	struct fixture *f = *state;
	static uint8_t keys[KEYSTORE_BLOCK][32];
	uint8_t key[32];
	assert_int_equal(keystore_filled(f->keystore), KEYSTORE_BLOCK);
	for (uint64_t i = 0; i < KEYSTORE_BLOCK; i++) {
		assert_int_equal(keystore_get(f->keystore, i, keys[i]), RESULT_OK);
		slot_in_file(f, i, key);
		assert_memory_equal(keys[i], key, 32);
		assert_true(i == 0 || memcmp(keys[i], keys[i - 1], 32) != 0);
	}
	reopen(f);
	for (uint64_t i = KEYSTORE_BLOCK; i-- > 0;) {
		assert_int_equal(keystore_get(f->keystore, i, key), RESULT_OK);
		assert_memory_equal(keys[i], key, 32);
	}
	assert_int_equal(keystore_get(f->keystore, KEYSTORE_BLOCK, key), RESULT_NOT_FOUND);
}

static void an_existing_keystore_is_never_replaced(void **state)
{
	struct fixture *f = *state;
	uint8_t before[32], after[32];
	slot_in_file(f, 0, before);
	assert_int_equal(keystore_create(f->path), RESULT_EXISTS);
	slot_in_file(f, 0, after);
	assert_memory_equal(before, after, 32);
}

static void filling_ahead_keeps_a_block_in_front_and_touches_no_key(void **state)
{
	struct fixture *f = *state;
	uint8_t before[32], key[32];
	assert_int_equal(keystore_get(f->keystore, SOME_SLOT, before), RESULT_OK);
	assert_int_equal(keystore_fill_ahead(f->keystore, 0), RESULT_OK);
	assert_int_equal(keystore_filled(f->keystore), KEYSTORE_BLOCK);
	assert_int_equal(keystore_fill_ahead(f->keystore, 1), RESULT_OK);
	assert_int_equal(keystore_filled(f->keystore), 2 * KEYSTORE_BLOCK);
	assert_int_equal(keystore_fill_ahead(f->keystore, 3 * KEYSTORE_BLOCK), RESULT_OK);
	assert_int_equal(keystore_filled(f->keystore), 4 * KEYSTORE_BLOCK);
	reopen(f);
	assert_int_equal(keystore_filled(f->keystore), 4 * KEYSTORE_BLOCK);
	assert_int_equal(keystore_get(f->keystore, 4 * KEYSTORE_BLOCK - 1, key), RESULT_OK);
	assert_int_equal(keystore_get(f->keystore, SOME_SLOT, key), RESULT_OK);
	assert_memory_equal(before, key, 32);
	assert_int_equal(keystore_fill_ahead(f->keystore, UINT64_MAX), RESULT_TOO_LARGE);
}

static void an_erased_key_is_gone_from_memory_and_from_the_file(void **state)
{
	struct fixture *f = *state;
	const uint64_t slots[] = {SOME_SLOT, SOME_SLOT + 2, KEYSTORE_BLOCK - 1};
	static const uint8_t zeros[32] = {0};
	uint8_t key[32], between[32];
	assert_int_equal(keystore_get(f->keystore, SOME_SLOT, key), RESULT_OK); // now it is kept
	assert_int_equal(keystore_get(f->keystore, SOME_SLOT + 1, between), RESULT_OK);
	assert_int_equal(keystore_erase(f->keystore, slots, 3), RESULT_OK);
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < 3; i++) {
			assert_int_equal(keystore_get(f->keystore, slots[i], key), RESULT_ERASED);
			slot_in_file(f, slots[i], key);
			assert_memory_equal(key, zeros, 32);
		}
		assert_int_equal(keystore_get(f->keystore, SOME_SLOT + 1, key), RESULT_OK);
		assert_memory_equal(key, between, 32);
		// Every start applies all erasures again.
		assert_int_equal(keystore_erase(f->keystore, slots, 3), RESULT_OK);
		reopen(f);
	}
}

static void an_erasure_that_names_a_wrong_slot_changes_nothing(void **state)
{
	struct fixture *f = *state;
	uint8_t key[32];
	const uint64_t system[] = {SOME_SLOT, KEYSTORE_SLOT_SYSTEM};
	const uint64_t beyond[] = {SOME_SLOT, KEYSTORE_BLOCK};
	assert_int_equal(keystore_erase(f->keystore, system, 2), RESULT_DENIED);
	assert_int_equal(keystore_erase(f->keystore, beyond, 2), RESULT_NOT_FOUND);
	assert_int_equal(keystore_get(f->keystore, SOME_SLOT, key), RESULT_OK);
	assert_int_equal(keystore_get(f->keystore, KEYSTORE_SLOT_SYSTEM, key), RESULT_OK);
}

static void a_keystore_that_others_may_read_is_denied(void **state)
{
	struct fixture *f = *state;
	struct keystore *second = NULL;
	assert_int_equal(chmod(f->path, 0640), 0);
	assert_int_equal(keystore_open(f->path, &second), RESULT_DENIED);
	assert_int_equal(keystore_open(temporary_path(f->t, "none"), &second), RESULT_NOT_FOUND);
	assert_null(second);
}

static void any_changed_byte_of_the_header_is_noticed(void **state)
{
	struct fixture *f = *state;
	uint8_t header[96];
	int fd = open(f->path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, header, sizeof header), sizeof header);
	close(fd);
	for (size_t i = 0; i < sizeof header; i++) {
		uint8_t changed = header[i] ^ 0x01;
		struct keystore *second = NULL;
		write_in_file(f, (off_t)i, &changed, 1);
		enum result want = i == 4 ? RESULT_UNSUPPORTED : RESULT_DAMAGED;
		assert_int_equal(keystore_open(f->path, &second), want);
		write_in_file(f, (off_t)i, &header[i], 1);
	}
	assert_int_equal(truncate(f->path, SLOTS_AT + KEYSTORE_BLOCK * 32 - 1), 0);
	struct keystore *second = NULL;
	assert_int_equal(keystore_open(f->path, &second), RESULT_DAMAGED);
	assert_int_equal(truncate(f->path, 100), 0);
	assert_int_equal(keystore_open(f->path, &second), RESULT_DAMAGED);
}

// Every call of a fill fails in turn. What was filled stays, and nothing half filled is counted.
static void fill_with_every_fault(struct fixture *f, int error)
{
	uint8_t before[32], key[32];
	assert_int_equal(keystore_get(f->keystore, SOME_SLOT, before), RESULT_OK);
	bool hit = true, failed = false;
	for (unsigned n = 1; hit; n++) {
		uint64_t filled = keystore_filled(f->keystore);
		fault_arm(n, FAULT_ANY, error, false);
		enum result result = keystore_fill_ahead(f->keystore, filled);
		hit = fault_disarm();
		assert_int_equal(keystore_filled(f->keystore),
				 result == RESULT_OK ? filled + KEYSTORE_BLOCK : filled);
		failed = failed || result != RESULT_OK;
		if (result == RESULT_FULL) // by itself, once there is space
			assert_int_equal(keystore_fill_ahead(f->keystore, filled), RESULT_OK);
		else if (result != RESULT_OK)
			assert_int_equal(result, RESULT_IO);
		reopen(f);
		assert_int_equal(keystore_get(f->keystore, SOME_SLOT, key), RESULT_OK);
		assert_memory_equal(before, key, 32);
		uint64_t last = keystore_filled(f->keystore) - 1;
		assert_int_equal(keystore_get(f->keystore, last, key), RESULT_OK);
	}
	assert_true(failed || error == FAULT_SHORT); // a short write is simply carried on
}

static void a_fill_that_fails_at_any_call_loses_nothing(void **state)
{
	fill_with_every_fault(*state, ENOSPC);
	fill_with_every_fault(*state, EIO);
	fill_with_every_fault(*state, FAULT_SHORT);
}

static void a_failed_sync_ends_filling_and_erasing(void **state)
{
	struct fixture *f = *state;
	const uint64_t slot = SOME_SLOT;
	fault_arm(1, FAULT_SYNC, EIO, false);
	assert_int_equal(keystore_fill_ahead(f->keystore, 1), RESULT_IO);
	assert_true(fault_disarm());
	assert_int_equal(keystore_fill_ahead(f->keystore, 1), RESULT_IO);
	assert_int_equal(keystore_erase(f->keystore, &slot, 1), RESULT_IO);
	reopen(f);
	assert_int_equal(keystore_fill_ahead(f->keystore, 1), RESULT_OK);
}

static void an_erasure_that_fails_says_so_and_can_be_done_again(void **state)
{
	struct fixture *f = *state;
	bool hit = true;
	for (unsigned n = 1; hit; n++) {
		const uint64_t slots[] = {1000 + 2 * n, 1001 + 2 * n};
		uint8_t key[32];
		fault_arm(n, FAULT_ANY, EIO, false);
		enum result result = keystore_erase(f->keystore, slots, 2);
		hit = fault_disarm();
		assert_int_equal(result, hit ? RESULT_IO : RESULT_OK);
		reopen(f);
		assert_int_equal(keystore_erase(f->keystore, slots, 2), RESULT_OK);
		assert_int_equal(keystore_get(f->keystore, slots[0], key), RESULT_ERASED);
		assert_int_equal(keystore_get(f->keystore, slots[1], key), RESULT_ERASED);
	}
}

// Sanitizers make mlock do nothing and answer success.
static bool memory_cannot_be_locked(void)
{
#ifdef KNP_SANITIZED
	return true;
#else
	uint8_t *locked = NULL;
	return secret_alloc(32, &locked) == RESULT_NO_MEMORY;
#endif
}

static void forbid_locked_memory(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2];
	const struct rlimit none = {0, 0};
	if (syscall(SYS_capget, &header, data) != 0)
		_exit(90);
	data[0].effective &= ~(1u << CAP_IPC_LOCK);
	if (syscall(SYS_capset, &header, data) != 0 || setrlimit(RLIMIT_MEMLOCK, &none) != 0)
		_exit(91);
}

static void without_locked_memory_keys_are_read_from_the_file(void **state)
{
	struct fixture *f = *state;
	uint8_t wanted[32];
	slot_in_file(f, SOME_SLOT, wanted);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		forbid_locked_memory();
		struct keystore *keystore = NULL;
		uint8_t key[32];
		bool fine = memory_cannot_be_locked() &&
			    keystore_open(f->path, &keystore) == RESULT_OK &&
			    keystore_get(keystore, 0, key) == RESULT_OK &&
			    keystore_get(keystore, SOME_SLOT, key) == RESULT_OK &&
			    memcmp(key, wanted, 32) == 0;
		keystore_close(keystore);
		_exit(fine ? 0 : 1);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_killed_create_leaves_nothing_half_made(void **state)
{
	struct fixture *f = *state;
	for (unsigned i = 0; i < 40; i++) {
		char name[32];
		snprintf(name, sizeof name, "killed-%u", i);
		const char *path = temporary_path(f->t, name);
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0)
			_exit(keystore_create(path) == RESULT_OK ? 0 : 1);
		usleep(i * 60);
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, NULL, 0), child);
		if (access(path, F_OK) == 0)
			keystore_close(open_at(path));
	}
}

static void a_killed_fill_counts_only_keys_that_are_there(void **state)
{
	struct fixture *f = *state;
	uint64_t filled = keystore_filled(f->keystore);
	// On a busy machine it takes longer before there is something to kill.
	for (unsigned i = 0; i < 40 || (filled == KEYSTORE_BLOCK && i < 1000); i++) {
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			for (uint64_t slots = filled;; slots += KEYSTORE_BLOCK)
				if (keystore_fill_ahead(f->keystore, slots) != RESULT_OK)
					_exit(1);
		}
		usleep(200 + i * 60);
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, NULL, 0), child);
		reopen(f);
		assert_true(keystore_filled(f->keystore) >= filled);
		for (; filled < keystore_filled(f->keystore); filled += 128) {
			uint8_t key[32];
			assert_int_equal(keystore_get(f->keystore, filled, key), RESULT_OK);
		}
	}
	assert_true(filled > KEYSTORE_BLOCK); // else this tests nothing
}

static void one_that_only_reads_beside_it_sees_an_erasure_at_once_and_changes_nothing(void **state)
{
	struct fixture *f = *state;
	const uint64_t slot = SOME_SLOT, other = SOME_SLOT + 1;
	struct keystore *reader = NULL;
	uint8_t key[32], theirs[32];
	assert_int_equal(keystore_open_to_read(f->path, &reader), RESULT_OK);
	assert_int_equal(keystore_get(f->keystore, slot, key), RESULT_OK);
	assert_int_equal(keystore_get(reader, slot, theirs), RESULT_OK);
	assert_memory_equal(key, theirs, 32);
	assert_int_equal(keystore_erase(f->keystore, &slot, 1), RESULT_OK);
	assert_int_equal(keystore_get(reader, slot, theirs), RESULT_ERASED);
	assert_int_equal(keystore_erase(reader, &other, 1), RESULT_DENIED);
	assert_int_equal(keystore_fill_ahead(reader, 2 * KEYSTORE_BLOCK), RESULT_DENIED);
	assert_int_equal(keystore_get(f->keystore, other, key), RESULT_OK);
	keystore_close(reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define KEYSTORE_TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
		KEYSTORE_TEST(a_new_keystore_has_a_block_of_different_keys_that_stay),
		KEYSTORE_TEST(an_existing_keystore_is_never_replaced),
		KEYSTORE_TEST(filling_ahead_keeps_a_block_in_front_and_touches_no_key),
		KEYSTORE_TEST(an_erased_key_is_gone_from_memory_and_from_the_file),
		KEYSTORE_TEST(
			one_that_only_reads_beside_it_sees_an_erasure_at_once_and_changes_nothing),
		KEYSTORE_TEST(an_erasure_that_names_a_wrong_slot_changes_nothing),
		KEYSTORE_TEST(a_keystore_that_others_may_read_is_denied),
		KEYSTORE_TEST(any_changed_byte_of_the_header_is_noticed),
		KEYSTORE_TEST(a_fill_that_fails_at_any_call_loses_nothing),
		KEYSTORE_TEST(a_failed_sync_ends_filling_and_erasing),
		KEYSTORE_TEST(an_erasure_that_fails_says_so_and_can_be_done_again),
		KEYSTORE_TEST(without_locked_memory_keys_are_read_from_the_file),
		KEYSTORE_TEST(a_killed_create_leaves_nothing_half_made),
		KEYSTORE_TEST(a_killed_fill_counts_only_keys_that_are_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

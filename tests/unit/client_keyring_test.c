// SPDX-License-Identifier: EUPL-1.2
// A key folder whose keys change: killed before any of its calls, no key is lost, no set is mixed,
// and what the spools are sealed under stays.
#include "tests/unit/unit.h"

#include "base/file.h"
#include "crypto/secret.h"
#include "lib/keyring.h"
#include "tests/unit/temporary.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>

// ---- a kill before the n-th call that changes a folder ----------------------------------------

static unsigned calls_left; // 0: none

static void count_call(void)
{
	if (calls_left > 0 && --calls_left == 0)
		_exit(77);
}

int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to)
{
	count_call();
	return __real_rename(from, to);
}

int __real_unlink(const char *path);
int __wrap_unlink(const char *path);
int __wrap_unlink(const char *path)
{
	count_call();
	return __real_unlink(path);
}

int __real_rmdir(const char *path);
int __wrap_rmdir(const char *path);
int __wrap_rmdir(const char *path)
{
	count_call();
	return __real_rmdir(path);
}

ssize_t __real_pwrite(int fd, const void *data, size_t len, off_t offset);
ssize_t __wrap_pwrite(int fd, const void *data, size_t len, off_t offset);
ssize_t __wrap_pwrite(int fd, const void *data, size_t len, off_t offset)
{
	count_call();
	return __real_pwrite(fd, data, len, offset);
}

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
	count_call();
	return __real_fsync(fd);
}

// ---- a folder --------------------------------------------------------------------------------

struct fixture {
	struct temporary *t;
	char keys[300], unlock_path[300];
	struct unlock unlock;
};

static void make_folder(struct fixture *f)
{
	static const struct {
		const char *name;
		enum key_kind kind;
	} keys[] = {{"identity", KEY_KIND_IDENTITY},
		    {"sealing", KEY_KIND_SEALING},
		    {"transport", KEY_KIND_TRANSPORT}};
	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		struct private_key key;
		assert_int_equal(
			keyfile_create(&(const struct keyfile){f->keys, keys[i].name, keys[i].kind},
				       &f->unlock, &key),
			RESULT_OK);
		private_key_done(&key);
	}
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	if (!f || crypto_start() != RESULT_OK)
		return -1;
	f->t = temporary_new();
	snprintf(f->keys, sizeof f->keys, "%s", temporary_path(f->t, "keys"));
	snprintf(f->unlock_path, sizeof f->unlock_path, "%s", temporary_path(f->t, "unlock.key"));
	f->unlock.key_file = f->unlock_path;
	*state = f;
	if (unlock_file_create(f->unlock_path) != RESULT_OK)
		return -1;
	make_folder(f);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	temporary_free(f->t);
	free(f);
	return 0;
}

static struct keyring open_ring(struct fixture *f)
{
	struct keyring ring = {.has_next = false};
	struct problem problem = {.code = NULL};
	enum result result = keyring_open(f->keys, &f->unlock, &ring, &problem);
	if (result != RESULT_OK)
		print_message("%s: %s\n", result_name(result), problem.message);
	assert_int_equal(result, RESULT_OK);
	return ring;
}

// Makes next keys with a bundle beside them, as the program does.
static enum result make_next(struct fixture *f)
{
	struct key_set next;
	struct problem problem = {.code = NULL};
	char folder[KEYRING_PATH_MAX], bundle[KEYRING_PATH_MAX + 16];
	enum result result = keyring_prepare(f->keys, &f->unlock, &next, folder, &problem);
	if (result != RESULT_OK)
		return result;
	key_set_done(&next);
	snprintf(bundle, sizeof bundle, "%s/bundle.knp", folder);
	result = file_replace(bundle, bytes_of_text("bundle"), 0644);
	return result == RESULT_OK ? keyring_offer(f->keys) : result;
}

static bool same_key(const struct private_key *a, const struct private_key *b)
{
	return memcmp(a->public_key, b->public_key, 32) == 0;
}

static bool same_set(const struct key_set *a, const struct key_set *b)
{
	bool identity = same_key(&a->identity, &b->identity);
	// A set is one: parts of two would be found nowhere in a register.
	assert_int_equal(same_key(&a->sealing, &b->sealing), identity);
	assert_int_equal(same_key(&a->transport, &b->transport), identity);
	return identity;
}

static bool has(struct fixture *f, const char *name)
{
	char path[400];
	snprintf(path, sizeof path, "%s/%s", f->keys, name);
	return access(path, F_OK) == 0;
}

// Does the work in a child that dies before its n-th call. False when it came to its end.
static bool killed_at(struct fixture *f, unsigned n, enum result (*work)(struct fixture *f))
{
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		calls_left = n;
		_exit(work(f) == RESULT_OK ? 0 : 1);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_not_equal(WEXITSTATUS(status), 1);
	return WEXITSTATUS(status) == 77;
}

static enum result promote(struct fixture *f)
{
	return keyring_promote(f->keys);
}

static enum result drop(struct fixture *f)
{
	return keyring_drop_next(f->keys);
}

// ---- tests -----------------------------------------------------------------------------------

static void the_key_of_the_spools_stays_when_the_sealing_key_changes(void **state)
{
	struct fixture *f = *state;
	struct keyring before = open_ring(f);
	assert_false(before.has_next);
	assert_int_equal(make_next(f), RESULT_OK);
	assert_int_equal(make_next(f), RESULT_EXISTS);
	struct keyring between = open_ring(f);
	assert_true(between.has_next);
	assert_true(same_set(&between.current, &before.current));
	assert_false(same_set(&between.next, &before.current));
	assert_int_equal(keyring_promote(f->keys), RESULT_OK);
	struct keyring after = open_ring(f);
	assert_true(same_set(&after.current, &between.next));
	assert_false(after.has_next);
	assert_memory_equal(between.spool_key, before.spool_key, 32);
	assert_memory_equal(after.spool_key, before.spool_key, 32);
	assert_int_equal(keyring_promote(f->keys), RESULT_NOT_FOUND);
	// And once more: the key of the spools is still the first.
	assert_int_equal(make_next(f), RESULT_OK);
	assert_int_equal(keyring_promote(f->keys), RESULT_OK);
	struct keyring last = open_ring(f);
	assert_false(same_set(&last.current, &after.current));
	assert_memory_equal(last.spool_key, before.spool_key, 32);
	keyring_done(&before);
	keyring_done(&between);
	keyring_done(&after);
	keyring_done(&last);
}

static void killed_while_keys_are_made_there_are_next_ones_or_none(void **state)
{
	struct fixture *f = *state;
	struct keyring before = open_ring(f);
	unsigned n = 1;
	for (; killed_at(f, n, make_next); n++) {
		struct keyring ring = open_ring(f);
		assert_true(same_set(&ring.current, &before.current));
		assert_memory_equal(ring.spool_key, before.spool_key, 32);
		if (ring.has_next)
			assert_int_equal(keyring_drop_next(f->keys), RESULT_OK);
		keyring_done(&ring);
	}
	assert_true(n > 5);
	keyring_done(&before);
}

static void killed_while_keys_are_replaced_it_is_one_set_or_the_other(void **state)
{
	struct fixture *f = *state;
	unsigned replaced = 0, n = 1;
	for (bool killed = true; killed; n++) {
		if (!has(f, "next"))
			assert_int_equal(make_next(f), RESULT_OK);
		struct keyring before = open_ring(f);
		killed = killed_at(f, n, promote);
		struct keyring after = open_ring(f);
		assert_memory_equal(after.spool_key, before.spool_key, 32);
		assert_true(after.has_next ? same_set(&after.current, &before.current)
					   : same_set(&after.current, &before.next));
		if (after.has_next)
			assert_true(same_set(&after.next, &before.next));
		replaced += !after.has_next;
		// Of what was replaced nothing is left, wherever it was killed.
		if (!after.has_next)
			assert_false(has(f, "retired-identity.key") ||
				     has(f, "retired-sealing.key") ||
				     has(f, "retired-transport.key"));
		keyring_done(&before);
		keyring_done(&after);
	}
	assert_true(n > 10 && replaced > 5);
}

static void killed_while_next_keys_are_dropped_they_are_whole_or_gone(void **state)
{
	struct fixture *f = *state;
	unsigned n = 1;
	for (bool killed = true; killed; n++) {
		if (!has(f, "next"))
			assert_int_equal(make_next(f), RESULT_OK);
		struct keyring before = open_ring(f);
		killed = killed_at(f, n, drop);
		struct keyring after = open_ring(f);
		assert_true(same_set(&after.current, &before.current));
		keyring_done(&before);
		keyring_done(&after);
	}
	assert_true(n > 5);
	assert_false(has(f, "next"));
}

static void what_cannot_be_put_right_is_said_and_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct keyring ring;
	struct problem problem = {.code = NULL};
	assert_int_equal(make_next(f), RESULT_OK);
	// A key is missing that no crash of ours takes away.
	char path[400], next[400];
	snprintf(path, sizeof path, "%s/identity.key", f->keys);
	snprintf(next, sizeof next, "%s/next/identity.key", f->keys);
	assert_int_equal(file_remove(path), RESULT_OK);
	assert_int_equal(file_remove(next), RESULT_OK);
	assert_int_not_equal(keyring_open(f->keys, &f->unlock, &ring, &problem), RESULT_OK);
	assert_non_null(problem.code);
	assert_int_equal(keyring_open("/nowhere/keys", &f->unlock, &ring, &problem),
			 RESULT_NOT_FOUND);
	assert_string_equal(problem.code, "key-missing");
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(the_key_of_the_spools_stays_when_the_sealing_key_changes),
		WITH_FOLDER(killed_while_keys_are_made_there_are_next_ones_or_none),
		WITH_FOLDER(killed_while_keys_are_replaced_it_is_one_set_or_the_other),
		WITH_FOLDER(killed_while_next_keys_are_dropped_they_are_whole_or_gone),
		WITH_FOLDER(what_cannot_be_put_right_is_said_and_changes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

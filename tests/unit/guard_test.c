// SPDX-License-Identifier: EUPL-1.2
#include "unit.h"

#include "guard/guard.h"

#include "crypto/hash.h"
#include "faults.h"
#include "temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define BLOCK 4096

struct fixture {
	struct temporary *t;
	const char *path;
	struct guard *guard;
};

static struct bytes text(const char *t)
{
	return bytes_of_text(t);
}

static void reopen(struct fixture *f)
{
	guard_close(f->guard);
	f->guard = NULL;
	assert_int_equal(guard_open(f->path, &f->guard), RESULT_OK);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	f->t = temporary_new();
	f->path = strdup(temporary_path(f->t, "guard"));
	*state = f;
	return guard_create(f->path, text("note 0")) == RESULT_OK &&
			       guard_open(f->path, &f->guard) == RESULT_OK
		       ? 0
		       : -1;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	guard_close(f->guard);
	temporary_free(f->t);
	free((void *)(uintptr_t)f->path);
	free(f);
	return 0;
}

static void assert_note(const struct fixture *f, const char *want)
{
	assert_true(bytes_equal(guard_note(f->guard), text(want)));
}

static void read_file(const struct fixture *f, uint8_t out[2 * BLOCK])
{
	int fd = open(f->path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, out, 2 * BLOCK), 2 * BLOCK);
	close(fd);
}

static void write_file(const struct fixture *f, const uint8_t content[2 * BLOCK])
{
	int fd = open(f->path, O_WRONLY | O_CLOEXEC);
	assert_int_equal(write(fd, content, 2 * BLOCK), 2 * BLOCK);
	close(fd);
}

static void the_newest_note_is_the_one_that_counts(void **state)
{
	struct fixture *f = *state;
	char note[32];
	assert_note(f, "note 0");
	for (int i = 1; i < 10; i++) {
		snprintf(note, sizeof note, "note %d", i);
		assert_int_equal(guard_write(f->guard, text(note)), RESULT_OK);
		assert_note(f, note);
		if (i % 2 == 0)
			reopen(f);
		assert_note(f, note);
	}
}

static void a_write_leaves_the_note_before_it_in_the_other_block(void **state)
{
	struct fixture *f = *state;
	uint8_t before[2 * BLOCK], after[2 * BLOCK];
	for (int i = 0; i < 4; i++) {
		read_file(f, before);
		assert_int_equal(guard_write(f->guard, text(i % 2 == 0 ? "even" : "odd")),
				 RESULT_OK);
		read_file(f, after);
		bool first = memcmp(before, after, BLOCK) != 0;
		bool second = memcmp(before + BLOCK, after + BLOCK, BLOCK) != 0;
		assert_true(first != second);
	}
}

static void a_torn_block_leaves_the_other_note(void **state)
{
	struct fixture *f = *state;
	uint8_t old[2 * BLOCK], whole[2 * BLOCK], torn[2 * BLOCK];
	assert_int_equal(guard_write(f->guard, text("older")), RESULT_OK);
	read_file(f, old);
	assert_int_equal(guard_write(f->guard, text("newer")), RESULT_OK);
	read_file(f, whole);
	// The power fails after any sector of the write but the last.
	for (unsigned mask = 0; mask < 256; mask++) {
		memcpy(torn, old, sizeof torn);
		for (unsigned sector = 0; sector < 16; sector++)
			if ((mask >> sector % 8 & 1) != 0)
				memcpy(torn + sector * 512, whole + sector * 512, 512);
		write_file(f, torn);
		reopen(f);
		struct bytes note = guard_note(f->guard);
		assert_true(bytes_equal(note, text("older")) || bytes_equal(note, text("newer")));
		if (mask == 255)
			assert_note(f, "newer");
		// It can be written on, whichever block was torn.
		assert_int_equal(guard_write(f->guard, text("next")), RESULT_OK);
		reopen(f);
		assert_note(f, "next");
	}
}

static void any_changed_byte_makes_its_block_invalid(void **state)
{
	struct fixture *f = *state;
	uint8_t content[2 * BLOCK];
	assert_int_equal(guard_write(f->guard, text("older")), RESULT_OK);
	assert_int_equal(guard_write(f->guard, text("newer")), RESULT_OK);
	read_file(f, content);
	size_t newer = memcmp(content + 20, "newer", 5) == 0 ? 0 : BLOCK;
	for (size_t i = 0; i < BLOCK; i++) {
		content[newer + i] ^= 0x10;
		write_file(f, content);
		reopen(f);
		assert_note(f, "older");
		content[newer + i] ^= 0x10;
	}
}

static void a_guard_that_others_may_write_is_refused(void **state)
{
	struct fixture *f = *state;
	guard_close(f->guard);
	f->guard = NULL;
	assert_int_equal(chmod(f->path, 0620), 0);
	assert_int_equal(guard_open(f->path, &f->guard), RESULT_DENIED);
	assert_int_equal(chmod(f->path, 0600), 0);
	reopen(f);
	assert_note(f, "note 0");
}

static void without_a_valid_block_it_is_refused(void **state)
{
	struct fixture *f = *state;
	uint8_t content[2 * BLOCK];
	struct guard *guard = NULL;
	read_file(f, content);
	content[30] ^= 1;
	content[BLOCK + 30] ^= 1;
	write_file(f, content);
	assert_int_equal(guard_open(f->path, &guard), RESULT_DAMAGED);
	assert_int_equal(truncate(f->path, 0), 0);
	assert_int_equal(guard_open(f->path, &guard), RESULT_DAMAGED);
	assert_int_equal(guard_open(temporary_path(f->t, "none"), &guard), RESULT_NOT_FOUND);
	assert_null(guard);
}

// A block as the header describes it, made here.
static void make_block(uint8_t block[BLOCK], uint8_t version, uint64_t counter, const char *note)
{
	memset(block, 0, BLOCK);
	memcpy(block, "KNPG", 4);
	block[4] = version;
	put_u64be(block + 8, counter);
	put_u32be(block + 16, (uint32_t)strlen(note));
	memcpy(block + 20, note, strlen(note));
	struct hash hash = sha256(bytes_make(block, BLOCK - 32));
	memcpy(block + BLOCK - 32, hash.b, 32);
}

static void blocks_have_the_published_layout(void **state)
{
	struct fixture *f = *state;
	uint8_t content[2 * BLOCK];
	struct guard *guard = NULL;
	make_block(content, 1, 41, "made by hand");
	make_block(content + BLOCK, 1, 40, "older");
	write_file(f, content);
	reopen(f);
	assert_note(f, "made by hand");
	assert_int_equal(guard_write(f->guard, text("made by the guard")), RESULT_OK);
	make_block(content + BLOCK, 1, 42, "made by the guard");
	uint8_t got[2 * BLOCK];
	read_file(f, got);
	assert_memory_equal(got, content, sizeof got);
	make_block(content, 2, 43, "of a later version");
	make_block(content + BLOCK, 2, 44, "of a later version");
	write_file(f, content);
	assert_int_equal(guard_open(f->path, &guard), RESULT_UNSUPPORTED);
}

static void a_new_guard_has_its_note_in_both_blocks(void **state)
{
	struct fixture *f = *state;
	uint8_t content[2 * BLOCK], got[2 * BLOCK];
	make_block(content, 1, 1, "note 0");
	make_block(content + BLOCK, 1, 0, "note 0");
	read_file(f, got);
	assert_memory_equal(got, content, sizeof got);
}

static void a_block_of_a_later_version_leaves_the_other(void **state)
{
	struct fixture *f = *state;
	uint8_t content[2 * BLOCK];
	make_block(content, 1, 5, "of this version");
	make_block(content + BLOCK, 2, 6, "of a later one");
	write_file(f, content);
	reopen(f);
	assert_note(f, "of this version");
}

// Its hash is right, so it was written so: by something that is not this guard.
static void a_block_with_something_where_nothing_belongs_is_none(void **state)
{
	struct fixture *f = *state;
	static const size_t places[] = {5, 6, 7, 20 + 4, BLOCK - 33};
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		uint8_t content[2 * BLOCK];
		struct guard *guard = NULL;
		make_block(content, 1, 5, "note");
		content[places[i]] = 1;
		struct hash hash = sha256(bytes_make(content, BLOCK - 32));
		memcpy(content + BLOCK - 32, hash.b, 32);
		memcpy(content + BLOCK, content, BLOCK);
		write_file(f, content);
		assert_int_equal(guard_open(f->path, &guard), RESULT_DAMAGED);
	}
}

static void a_third_block_is_not_read(void **state)
{
	struct fixture *f = *state;
	uint8_t content[3 * BLOCK];
	make_block(content, 1, 5, "first");
	make_block(content + BLOCK, 1, 6, "second");
	make_block(content + (size_t)2 * BLOCK, 1, 7, "third");
	int fd = open(f->path, O_WRONLY | O_CLOEXEC);
	assert_int_equal(write(fd, content, sizeof content), sizeof content);
	close(fd);
	reopen(f);
	assert_note(f, "second");
}

static bool reads_fail;

enum result __real_file_read_at(int fd, uint8_t *out, size_t len, uint64_t offset);
enum result __wrap_file_read_at(int fd, uint8_t *out, size_t len, uint64_t offset);
enum result __wrap_file_read_at(int fd, uint8_t *out, size_t len, uint64_t offset)
{
	return reads_fail ? RESULT_IO : __real_file_read_at(fd, out, len, offset);
}

static void a_guard_that_cannot_be_read_is_refused(void **state)
{
	struct fixture *f = *state;
	struct guard *guard = NULL;
	reads_fail = true;
	assert_int_equal(guard_open(f->path, &guard), RESULT_IO);
	reads_fail = false;
	assert_null(guard);
}

static void the_longest_note_fits_and_no_longer_one(void **state)
{
	struct fixture *f = *state;
	static const uint8_t note[GUARD_NOTE_MAX + 1] = {'x'};
	assert_int_equal(guard_write(f->guard, bytes_make(note, GUARD_NOTE_MAX)), RESULT_OK);
	reopen(f);
	assert_int_equal(guard_note(f->guard).len, GUARD_NOTE_MAX);
	assert_int_equal(guard_write(f->guard, bytes_make(note, GUARD_NOTE_MAX + 1)),
			 RESULT_TOO_LARGE);
	assert_int_equal(guard_write(f->guard, bytes_make(note, 0)), RESULT_MALFORMED);
	assert_int_equal(guard_note(f->guard).len, GUARD_NOTE_MAX);
	assert_int_equal(
		guard_create(temporary_path(f->t, "large"), bytes_make(note, GUARD_NOTE_MAX + 1)),
		RESULT_TOO_LARGE);
	assert_int_equal(guard_create(f->path, text("another")), RESULT_EXISTS);
	reopen(f);
	assert_int_equal(guard_note(f->guard).len, GUARD_NOTE_MAX);
}

static void a_write_that_fails_leaves_the_note_and_ends_writing(void **state)
{
	struct fixture *f = *state;
	bool hit = true;
	unsigned hits = 0;
	for (unsigned n = 1; hit; n++) {
		assert_int_equal(guard_write(f->guard, text("before")), RESULT_OK);
		fault_arm(n, FAULT_ANY, EIO, false);
		enum result result = guard_write(f->guard, text("after"));
		hit = fault_disarm();
		hits += hit;
		assert_int_equal(result, hit ? RESULT_IO : RESULT_OK);
		assert_note(f, hit ? "before" : "after");
		if (hit)
			assert_int_equal(guard_write(f->guard, text("later")), RESULT_IO);
		reopen(f);
	}
	assert_int_equal(hits, 2); // it writes, and it syncs
	assert_int_equal(guard_write(f->guard, text("before")), RESULT_OK);
	fault_arm(1, FAULT_WRITE, ENOSPC, false);
	assert_int_equal(guard_write(f->guard, text("full")), RESULT_FULL);
	assert_true(fault_disarm());
	assert_note(f, "before");
	fault_arm(1, FAULT_WRITE, FAULT_SHORT, false);
	assert_int_equal(guard_write(f->guard, text("in two pieces")), RESULT_OK);
	assert_true(fault_disarm());
	reopen(f);
	assert_note(f, "in two pieces");
}

static void a_killed_writer_leaves_the_last_note_it_told_us_of_or_a_later_one(void **state)
{
	struct fixture *f = *state;
	unsigned long newest = 0;
	// On a busy machine it takes longer before there is something to kill.
	for (unsigned i = 0; i < 40 || (newest == 0 && i < 1000); i++) {
		int pipes[2];
		assert_int_equal(pipe(pipes), 0);
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			for (unsigned long n = newest + 1;; n++) {
				char note[32];
				snprintf(note, sizeof note, "%lu", n);
				if (guard_write(f->guard, text(note)) != RESULT_OK ||
				    write(pipes[1], &n, sizeof n) != sizeof n)
					_exit(1);
			}
		}
		close(pipes[1]);
		usleep(500 + i * 30);
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, NULL, 0), child);
		unsigned long told = newest, n;
		while (read(pipes[0], &n, sizeof n) == sizeof n)
			told = n;
		close(pipes[0]);
		reopen(f);
		struct bytes note = guard_note(f->guard);
		char digits[32] = "";
		memcpy(digits, note.data, note.len);
		newest = i == 0 && told == 0 ? 0 : strtoul(digits, NULL, 10);
		assert_true(newest >= told);
	}
	assert_true(newest > 0); // else this tests nothing
}

static void one_that_only_reads_beside_it_has_the_newest_note_and_writes_none(void **state)
{
	struct fixture *f = *state;
	struct guard *reader = NULL;
	assert_int_equal(guard_write(f->guard, text("note 1")), RESULT_OK);
	assert_int_equal(guard_open_to_read(f->path, &reader), RESULT_OK);
	assert_true(bytes_equal(guard_note(reader), text("note 1")));
	assert_int_equal(guard_write(reader, text("note 2")), RESULT_DENIED);
	guard_close(reader);
	reopen(f);
	assert_note(f, "note 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define GUARD_TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
		GUARD_TEST(the_newest_note_is_the_one_that_counts),
		GUARD_TEST(one_that_only_reads_beside_it_has_the_newest_note_and_writes_none),
		GUARD_TEST(a_write_leaves_the_note_before_it_in_the_other_block),
		GUARD_TEST(a_torn_block_leaves_the_other_note),
		GUARD_TEST(any_changed_byte_makes_its_block_invalid),
		GUARD_TEST(a_guard_that_others_may_write_is_refused),
		GUARD_TEST(without_a_valid_block_it_is_refused),
		GUARD_TEST(blocks_have_the_published_layout),
		GUARD_TEST(a_new_guard_has_its_note_in_both_blocks),
		GUARD_TEST(a_block_of_a_later_version_leaves_the_other),
		GUARD_TEST(a_block_with_something_where_nothing_belongs_is_none),
		GUARD_TEST(a_third_block_is_not_read),
		GUARD_TEST(a_guard_that_cannot_be_read_is_refused),
		GUARD_TEST(the_longest_note_fits_and_no_longer_one),
		GUARD_TEST(a_write_that_fails_leaves_the_note_and_ends_writing),
		GUARD_TEST(a_killed_writer_leaves_the_last_note_it_told_us_of_or_a_later_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
// Going on from where an earlier verification was: killed at any moment, and with any byte of what
// it passes over, or does not pass over, changed.
#include "unit.h"

#include "audit/verify.h"

#include "base/file.h"
#include "crypto/secret.h"
#include "testexport.h"
#include "tree/verified.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static int set_up(void **state)
{
	*state = temporary_new();
	return crypto_start() == RESULT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
	temporary_free(*state);
	return 0;
}

static struct verify_outcome verify_with(const struct testexport *e, bool whole)
{
	char *state = strdup(temporary_path(e->t, "state"));
	const struct verify_options options = {
		.folder = e->folder, .state_file = state, .whole = whole};
	struct verify_outcome outcome;
	assert_int_equal(verify_log(&options, &outcome), RESULT_OK);
	free(state);
	return outcome;
}

// The log as it was when it had so many entries.
static void put_size(struct testexport *e, size_t size)
{
	size_t all = e->count;
	e->count = size;
	testexport_put_all(e);
	e->count = all;
}

static void read_state(const struct testexport *e, struct buffer *text)
{
	buffer_init(text, VERIFIED_MAX);
	assert_int_equal(file_read(temporary_path(e->t, "state"), VERIFIED_MAX, text), RESULT_OK);
}

static void put_state(const struct testexport *e, const struct buffer *text)
{
	int fd =
		open(temporary_path(e->t, "state"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0 && write(fd, text->data, text->len) == (ssize_t)text->len);
	close(fd);
}

static uint64_t state_size(const struct testexport *e)
{
	struct buffer text;
	struct verified verified;
	read_state(e, &text);
	assert_int_equal(verified_parse(buffer_view(&text), &verified), RESULT_OK);
	buffer_done(&text);
	return verified.frontier.size;
}

#define KILLED_AT (VERIFY_KEEP_EVERY + 512)

static void kill_there(void *context, uint64_t done, uint64_t all)
{
	(void)context;
	(void)all;
	if (done == KILLED_AT)
		raise(SIGKILL);
}

static void verify_until_killed(const struct testexport *e)
{
	int status;
	char *state = strdup(temporary_path(e->t, "state"));
	const struct verify_options options = {
		.folder = e->folder, .state_file = state, .progress = kill_there};
	struct verify_outcome outcome;
	pid_t child = fork();
	if (child == 0)
		_exit(verify_log(&options, &outcome) == RESULT_OK ? 0 : 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	free(state);
}

static void one_that_was_killed_goes_on_from_what_was_kept(void **state)
{
	struct testexport e;
	testexport_init(&e, *state, "export", VERIFY_KEEP_EVERY + 1000);
	testexport_put_all(&e);
	verify_until_killed(&e);
	assert_int_equal(state_size(&e), VERIFY_KEEP_EVERY);
	struct verify_outcome outcome = verify_with(&e, false);
	assert_true(outcome.intact);
	assert_int_equal(outcome.state, VERIFY_STATE_USED);
	assert_int_equal(outcome.from, VERIFY_KEEP_EVERY);
	assert_int_equal(outcome.read, 1000);
	testexport_done(&e);
}

#define BEFORE 1100
#define AFTER 1700

static size_t flip(const struct testexport *e, const char *name, size_t at)
{
	char path[600];
	struct buffer content;
	snprintf(path, sizeof path, "%s/%s", e->folder, name);
	buffer_init(&content, 100000);
	assert_int_equal(file_read(path, 100000, &content), RESULT_OK);
	size_t len = content.len;
	if (at < len) {
		content.data[at] ^= 0x41;
		testexport_put(e->folder, name, buffer_view(&content));
	}
	buffer_done(&content);
	return len;
}

// True when going on from `kept` found this byte; what it finds is what a whole reading finds.
static bool is_found(const struct testexport *e, const struct buffer *kept, const char *name)
{
	put_state(e, kept);
	struct verify_outcome outcome = verify_with(e, false);
	if (outcome.intact) {
		assert_int_equal(outcome.state, VERIFY_STATE_USED);
		return false;
	}
	put_state(e, kept);
	struct verify_outcome whole = verify_with(e, true);
	assert_false(whole.intact);
	assert_string_equal(outcome.file, name);
	assert_string_equal(outcome.file, whole.file);
	assert_string_equal(outcome.what, whole.what);
	assert_int_equal(outcome.index, whole.index);
	assert_int_equal(outcome.offset, whole.offset);
	return true;
}

static void any_byte_of_the_new_part_is_found_and_of_the_old_what_it_builds_on(void **state)
{
	// From which byte on it is read, when going on from 1,100: entry 1,024 is the first.
	static const struct {
		const char *name;
		size_t from, step;
	} files[] = {
		{"tile/entries/000", SIZE_MAX, 5003},
		{"tile/entries/003", (size_t)255 * 82 + 2, 4001},
		{"tile/entries/004", 0, 997},
		{"tile/entries/006.p/164", 0, 997},
		{"tile/0/000", SIZE_MAX, 2009},
		{"tile/0/004", 0, 809},
		{"tile/0/006.p/164", 0, 809},
		{"tile/1/000.p/6", 0, 37},
	};
	struct testexport e;
	struct buffer kept;
	testexport_init(&e, *state, "export", AFTER);
	put_size(&e, BEFORE);
	assert_true(verify_with(&e, false).intact);
	read_state(&e, &kept);
	put_size(&e, AFTER);
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		size_t len = flip(&e, files[i].name, SIZE_MAX);
		for (size_t at = len - 1; at < len; at -= files[i].step) {
			(void)flip(&e, files[i].name, at);
			assert_int_equal(is_found(&e, &kept, files[i].name), at >= files[i].from);
			(void)flip(&e, files[i].name, at);
		}
	}
	buffer_done(&kept);
	testexport_done(&e);
}

// A folder of which the old part is as it was and the checkpoint is of a log that was rewritten.
// Whoever stops there, and is given all of that other log the next time, must not have forgotten
// what the log has to contain.
static void a_checkpoint_that_does_not_extend_the_one_kept_takes_its_place_at_no_stop(void **state)
{
	struct testexport e;
	struct buffer kept;
	struct verify_outcome outcome;
	const volatile sig_atomic_t stop = 1;
	testexport_init(&e, *state, "export", 1000);
	put_size(&e, 300);
	assert_true(verify_with(&e, false).intact);
	read_state(&e, &kept);
	put_size(&e, 1000);
	char *path = strdup(temporary_path(e.t, "state"));
	const struct verify_options options = {
		.folder = e.folder, .state_file = path, .stop = &stop};
	assert_int_equal(verify_log(&options, &outcome), RESULT_AGAIN);
	assert_int_equal(state_size(&e), 512); // of one that extends it all is kept
	put_state(&e, &kept);
	e.entries[22][79] ^= 1; // signed by the same key, and sound in itself
	testexport_hash(&e);
	testexport_put_note(&e, "checkpoint", 1000, e.log.secret);
	assert_int_equal(verify_log(&options, &outcome), RESULT_AGAIN);
	assert_int_equal(outcome.from, 256);
	testexport_put_all(&e);
	outcome = verify_with(&e, false);
	assert_false(outcome.intact);
	assert_non_null(strstr(outcome.what, "rewritten since it was last verified"));
	free(path);
	buffer_done(&kept);
	testexport_done(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define STATE_TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
		STATE_TEST(one_that_was_killed_goes_on_from_what_was_kept),
		STATE_TEST(
			a_checkpoint_that_does_not_extend_the_one_kept_takes_its_place_at_no_stop),
		STATE_TEST(any_byte_of_the_new_part_is_found_and_of_the_old_what_it_builds_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

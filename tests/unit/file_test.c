// SPDX-License-Identifier: EUPL-1.2
// Linked with --wrap for the system calls of file.c, so that the n-th one can be made to fail.
#include "tests/unit/unit.h"

#include "base/file.h"
#include "tests/unit/temporary.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/types.h>

// The call that fails next (1 is the first, 0 none), with which errno, how many there were, and
// their first letters, writes in a row as one.
static struct {
	unsigned fail_at, calls;
	int error;
	char trace[16];
} fault;

static bool fails(const char *name)
{
	size_t len = strlen(fault.trace);
	if (len + 1 < sizeof fault.trace && (len == 0 || fault.trace[len - 1] != name[0]))
		fault.trace[len] = name[0];
	if (++fault.calls != fault.fail_at)
		return false;
	errno = fault.error;
	return true;
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
	va_list args;
	va_start(args, flags);
	unsigned mode = flags & O_CREAT ? va_arg(args, unsigned) : 0;
	va_end(args);
	return fails("open") ? -1 : __real_open(path, flags, mode);
}

ssize_t __real_write(int fd, const void *data, size_t len);
ssize_t __wrap_write(int fd, const void *data, size_t len);
ssize_t __wrap_write(int fd, const void *data, size_t len)
{
	// Short writes always: the caller has to go on where it was.
	return fails("write") ? -1 : __real_write(fd, data, len > 3 ? len / 2 : len);
}

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
	return fails("fsync") ? -1 : __real_fsync(fd);
}

int __real_renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags);
int __wrap_renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags);
int __wrap_renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
	return fails("renameat2") ? -1 : __real_renameat2(from_fd, from, to_fd, to, flags);
}

struct fixture {
	struct temporary *t;
	struct buffer buffer;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	if (!f)
		return -1;
	f->t = temporary_new();
	buffer_init(&f->buffer, 100000);
	memset(&fault, 0, sizeof fault);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	buffer_done(&f->buffer);
	temporary_free(f->t);
	free(f);
	return 0;
}

static size_t count_entries(const char *folder)
{
	DIR *dir = opendir(folder);
	assert_non_null(dir);
	size_t count = 0;
	for (struct dirent *e = readdir(dir); e; e = readdir(dir))
		count += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	closedir(dir);
	return count;
}

static void expect_content(struct fixture *f, const char *path, struct bytes content)
{
	assert_int_equal(file_read(path, 100000, &f->buffer), RESULT_OK);
	assert_true(bytes_equal(buffer_view(&f->buffer), content));
}

static void what_is_written_is_read_back(void **state)
{
	struct fixture *f = *state;
	const char *path = temporary_path(f->t, "a");
	static uint8_t large[70000];
	memset(large, 7, sizeof large);
	const struct bytes contents[] = {
		{NULL, 0}, LITERAL("x"), LITERAL("twee\0delen"), bytes_make(large, sizeof large)};
	for (size_t i = 0; i < COUNT_OF(contents); i++) {
		assert_int_equal(file_replace(path, contents[i], 0600), RESULT_OK);
		expect_content(f, path, contents[i]);
		assert_int_equal(count_entries(f->t->folder), 1);
	}
}

static void reading_replaces_what_the_buffer_held(void **state)
{
	struct fixture *f = *state;
	const char *path = temporary_path(f->t, "a");
	buffer_append_text(&f->buffer, "iets anders en langer");
	assert_int_equal(file_replace(path, LITERAL("kort"), 0600), RESULT_OK);
	expect_content(f, path, LITERAL("kort"));
	buffer_append_text(&f->buffer, "er");
	assert_true(bytes_equal(buffer_view(&f->buffer), LITERAL("korter")));
}

static void the_ceiling_of_a_read_holds_to_the_byte(void **state)
{
	struct fixture *f = *state;
	const char *path = temporary_path(f->t, "a");
	assert_int_equal(file_replace(path, LITERAL("12345"), 0600), RESULT_OK);
	assert_int_equal(file_read(path, 5, &f->buffer), RESULT_OK);
	assert_int_equal(file_read(path, 4, &f->buffer), RESULT_TOO_LARGE);
	assert_int_equal(file_read(path, 0, &f->buffer), RESULT_TOO_LARGE);
	assert_true(bytes_equal(buffer_view(&f->buffer), LITERAL("12345")));
	assert_int_equal(file_read(path, SIZE_MAX, &f->buffer), RESULT_OK);
	// A file of /proc tells no size beforehand.
	assert_int_equal(file_read("/proc/self/status", 10, &f->buffer), RESULT_TOO_LARGE);
	assert_int_equal(file_read("/proc/self/status", 100000, &f->buffer), RESULT_OK);
	assert_memory_equal(f->buffer.data, "Name:", 5);
}

static void only_regular_files_are_read(void **state)
{
	struct fixture *f = *state;
	const char *fifo = temporary_path(f->t, "fifo");
	assert_int_equal(file_read(temporary_path(f->t, "none"), 10, &f->buffer), RESULT_NOT_FOUND);
	assert_int_equal(file_read(f->t->folder, 10, &f->buffer), RESULT_IO);
	assert_int_equal(errno, EISDIR);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(file_read(fifo, 10, &f->buffer), RESULT_IO);
	assert_int_equal(file_read("/dev/zero", 10, &f->buffer), RESULT_IO);
}

// Root's, as systemd puts them there: of a test that is not root nothing is a credential.
static void a_credential_of_the_service_manager_is_private(void **state)
{
	struct fixture *f = *state;
	const char *path = temporary_path(f->t, "unlock.key");
	enum result credential = geteuid() == 0 ? RESULT_OK : RESULT_DENIED;
	uint8_t out[2];
	assert_int_equal(file_create(path, bytes_of_text("ab"), 0400), RESULT_OK);
	assert_int_equal(chmod(path, 0440), 0);
	assert_int_equal(file_read_private_exact(path, out, 2), RESULT_DENIED);
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", f->t->folder, 1), 0);
	assert_int_equal(file_read_private_exact(path, out, 2), credential);
	assert_int_equal(file_read_private(path, 10, &f->buffer), credential);
	// Nothing that others may read or anybody may write, and nothing beside the folder.
	assert_int_equal(chmod(path, 0444), 0);
	assert_int_equal(file_read_private_exact(path, out, 2), RESULT_DENIED);
	assert_int_equal(chmod(path, 0460), 0);
	assert_int_equal(file_read_private_exact(path, out, 2), RESULT_DENIED);
	assert_int_equal(chmod(path, 0440), 0);
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", "/run/credentials/x", 1), 0);
	assert_int_equal(file_read_private_exact(path, out, 2), RESULT_DENIED);
	unsetenv("CREDENTIALS_DIRECTORY");
}

static void a_private_file_is_for_its_owner_alone(void **state)
{
	struct fixture *f = *state;
	const char *path = temporary_path(f->t, "a");
	uint8_t exact[2];
	assert_int_equal(file_replace(path, LITERAL("ab"), 0600), RESULT_OK);
	assert_int_equal(file_read_private(path, 10, &f->buffer), RESULT_OK);
	for (unsigned bit = 1; bit <= 040; bit <<= 1) {
		assert_int_equal(chmod(path, 0600 | bit), 0);
		assert_int_equal(file_read_private(path, 10, &f->buffer), RESULT_DENIED);
		assert_int_equal(file_read_private_exact(path, exact, 2), RESULT_DENIED);
		assert_int_equal(file_read(path, 10, &f->buffer), RESULT_OK);
	}
	assert_int_equal(chmod(path, 0400), 0);
	assert_int_equal(file_read_private(path, 10, &f->buffer), RESULT_OK);
	// Root may open what belongs to someone else, and must refuse it all the same.
	if (geteuid() == 0) {
		assert_int_equal(chown(path, 65534, 65534), 0);
		assert_int_equal(file_read_private(path, 10, &f->buffer), RESULT_DENIED);
	}
}

static void what_is_overwritten_in_place_is_private_and_read_whole(void **state)
{
	struct fixture *f = *state;
	const char *path = temporary_path(f->t, "a");
	uint64_t size = 0;
	uint8_t got[4];
	int fd = -1;
	assert_int_equal(file_open_private(path, &fd, &size), RESULT_NOT_FOUND);
	assert_int_equal(file_replace(path, LITERAL("abcdef"), 0600), RESULT_OK);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(file_open_private(path, &fd, &size), RESULT_DENIED);
	assert_int_equal(fd, -1);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(file_open_private(path, &fd, &size), RESULT_OK);
	assert_int_equal(size, 6);
	assert_int_equal(file_write_at(fd, LITERAL("XY"), 2), RESULT_OK);
	assert_int_equal(file_read_at(fd, got, 4, 2), RESULT_OK);
	assert_memory_equal(got, "XYef", 4);
	assert_int_equal(file_read_at(fd, got, 4, 3), RESULT_IO);
	assert_int_equal(close(fd), 0);
	expect_content(f, path, LITERAL("abXYef"));
}

static void an_exact_read_takes_no_other_length(void **state)
{
	struct fixture *f = *state;
	const char *path = temporary_path(f->t, "a");
	uint8_t out[4] = {0x5a, 0x5a, 0x5a, 0x5a};
	assert_int_equal(file_replace(path, LITERAL("abc"), 0600), RESULT_OK);
	assert_int_equal(file_read_private_exact(path, out, 2), RESULT_MALFORMED);
	assert_int_equal(file_read_private_exact(path, out, 4), RESULT_MALFORMED);
	assert_int_equal(out[0], 0x5a);
	assert_int_equal(file_read_private_exact(path, out, 3), RESULT_OK);
	assert_memory_equal(out, "abc\x5a", 4);
	assert_int_equal(file_read_private_exact(temporary_path(f->t, "none"), out, 3),
			 RESULT_NOT_FOUND);
}

static void creating_never_replaces(void **state)
{
	struct fixture *f = *state;
	const char *path = temporary_path(f->t, "a");
	struct stat st;
	assert_int_equal(file_create(path, LITERAL("eerst"), 0600), RESULT_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_nlink, 1);
	assert_int_equal(file_create(path, LITERAL("later"), 0600), RESULT_EXISTS);
	expect_content(f, path, LITERAL("eerst"));
	assert_int_equal(count_entries(f->t->folder), 1);
}

static void a_symbolic_link_is_replaced_and_not_followed(void **state)
{
	struct fixture *f = *state;
	const char *link = temporary_path(f->t, "link"), *target = temporary_path(f->t, "target");
	assert_int_equal(file_create(target, LITERAL("doel"), 0600), RESULT_OK);
	assert_int_equal(symlink(target, link), 0);
	assert_int_equal(file_create(link, LITERAL("x"), 0600), RESULT_EXISTS);
	assert_int_equal(file_replace(link, LITERAL("nieuw"), 0600), RESULT_OK);
	expect_content(f, target, LITERAL("doel"));
	expect_content(f, link, LITERAL("nieuw"));
}

static void removing_works_once(void **state)
{
	struct fixture *f = *state;
	const char *path = temporary_path(f->t, "a");
	assert_int_equal(file_create(path, LITERAL("x"), 0600), RESULT_OK);
	assert_int_equal(file_remove(path), RESULT_OK);
	assert_int_equal(file_remove(path), RESULT_NOT_FOUND);
	assert_int_equal(count_entries(f->t->folder), 0);
}

// Another name of the same file shows what was in it when the first went.
static void what_is_destroyed_is_overwritten_before_it_goes(void **state)
{
	struct fixture *f = *state;
	const char *path = temporary_path(f->t, "sleutel"), *other = temporary_path(f->t, "ander");
	uint8_t secret[5000];
	static const uint8_t zeros[sizeof secret];
	memset(secret, 0xa5, sizeof secret);
	assert_int_equal(file_create(path, bytes_make(secret, sizeof secret), 0600), RESULT_OK);
	assert_int_equal(link(path, other), 0);
	assert_int_equal(file_destroy(path), RESULT_OK);
	assert_int_not_equal(access(path, F_OK), 0);
	expect_content(f, other, bytes_make(zeros, sizeof zeros));
	assert_int_equal(file_destroy(path), RESULT_NOT_FOUND);
	assert_int_equal(chmod(other, 0644), 0);
	assert_int_equal(file_destroy(other), RESULT_DENIED);
}

static void folders_are_made_for_their_owner(void **state)
{
	struct fixture *f = *state;
	const char *folder = temporary_path(f->t, "map"), *file = temporary_path(f->t, "a");
	struct stat st;
	assert_int_equal(folder_check_private(folder), RESULT_NOT_FOUND);
	assert_int_equal(folder_ensure(folder), RESULT_OK);
	assert_int_equal(folder_ensure(folder), RESULT_OK);
	assert_int_equal(stat(folder, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(folder_check_private(folder), RESULT_OK);
	assert_int_equal(chmod(folder, 0710), 0);
	assert_int_equal(folder_check_private(folder), RESULT_DENIED);
	assert_int_equal(folder_ensure(temporary_path(f->t, "niet/daar")), RESULT_NOT_FOUND);
	assert_int_equal(file_create(file, LITERAL("x"), 0600), RESULT_OK);
	assert_int_equal(folder_ensure(file), RESULT_EXISTS);
	assert_int_equal(folder_check_private(file), RESULT_IO);
	assert_int_equal(file_sync_folder(folder), RESULT_OK);
	assert_int_equal(file_sync_folder(temporary_path(f->t, "none")), RESULT_NOT_FOUND);
}

static void paths_without_a_folder_mean_the_current_one(void **state)
{
	struct fixture *f = *state;
	int before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(before >= 0);
	assert_int_equal(chdir(f->t->folder), 0);
	assert_int_equal(file_replace("plat", LITERAL("x"), 0600), RESULT_OK);
	assert_int_equal(file_remove("plat"), RESULT_OK);
	assert_int_equal(fchdir(before), 0);
	close(before);
	char too_long[5000];
	memset(too_long, 'a', sizeof too_long - 1);
	too_long[4500] = '/';
	too_long[sizeof too_long - 1] = '\0';
	assert_int_equal(file_replace(too_long, LITERAL("x"), 0600), RESULT_IO);
	assert_int_equal(errno, ENAMETOOLONG);
	assert_int_equal(file_replace(temporary_path(f->t, "niet/daar"), LITERAL("x"), 0600),
			 RESULT_NOT_FOUND);
}

static void content_is_synced_before_it_gets_its_name_and_the_folder_after(void **state)
{
	struct fixture *f = *state;
	const char *path = temporary_path(f->t, "a");
	assert_int_equal(file_create(path, LITERAL("inhoud"), 0600), RESULT_OK);
	// open, write, fsync, rename; then open and fsync of the folder.
	assert_string_equal(fault.trace, "owfrof");
	memset(&fault, 0, sizeof fault);
	assert_int_equal(file_replace(path, LITERAL("andere"), 0600), RESULT_OK);
	assert_string_equal(fault.trace, "owfrof");
	memset(&fault, 0, sizeof fault);
	assert_int_equal(file_remove(path), RESULT_OK);
	assert_string_equal(fault.trace, "of");
	memset(&fault, 0, sizeof fault);
	assert_int_equal(folder_ensure(temporary_path(f->t, "map")), RESULT_OK);
	assert_string_equal(fault.trace, "of");
}

// Fails call 1, 2, … until a run passes: the old content stands and nothing is left behind, except
// after the rename, where only the sync of the folder can fail and the new content may be there.
static void replace_with_faults(struct fixture *f, int error, enum result expected)
{
	const char *path = temporary_path(f->t, "a");
	struct bytes old = LITERAL("oud"), new = LITERAL("de nieuwe inhoud van het bestand");
	size_t open_before = count_entries("/proc/self/fd");
	unsigned failed = 0;
	for (unsigned n = 1;; n++) {
		memset(&fault, 0, sizeof fault);
		assert_int_equal(file_replace(path, old, 0600), RESULT_OK);
		memset(&fault, 0, sizeof fault);
		fault.fail_at = n;
		fault.error = error;
		enum result result = file_replace(path, new, 0600);
		bool reached = fault.calls >= n, after_rename = false;
		int seen_errno = errno;
		fault.fail_at = 0;
		assert_int_equal(file_read(path, 1000, &f->buffer), RESULT_OK);
		after_rename = bytes_equal(buffer_view(&f->buffer), new);
		assert_int_equal(count_entries(f->t->folder), 1);
		assert_int_equal(count_entries("/proc/self/fd"), open_before);
		if (!reached) {
			assert_int_equal(result, RESULT_OK);
			assert_true(after_rename);
			break;
		}
		failed++;
		assert_int_not_equal(result, RESULT_OK);
		assert_int_equal(seen_errno, error);
		if (!after_rename) {
			assert_true(bytes_equal(buffer_view(&f->buffer), old));
			assert_int_equal(result, expected);
		}
	}
	// Two opens, two fsyncs, one rename and more than one write.
	assert_true(failed > 6);
}

static void whatever_call_fails_the_old_content_stands(void **state)
{
	replace_with_faults(*state, EIO, RESULT_IO);
}

static void a_full_disk_is_named_as_such(void **state)
{
	replace_with_faults(*state, ENOSPC, RESULT_FULL);
}

static void whatever_call_fails_creating_leaves_no_half_file(void **state)
{
	struct fixture *f = *state;
	const char *path = temporary_path(f->t, "a");
	struct bytes content = LITERAL("een sleutel");
	for (unsigned n = 1;; n++) {
		memset(&fault, 0, sizeof fault);
		fault.fail_at = n;
		fault.error = EIO;
		enum result result = file_create(path, content, 0600);
		bool reached = fault.calls >= n;
		fault.fail_at = 0;
		if (access(path, F_OK) == 0) {
			expect_content(f, path, content);
			assert_int_equal(file_remove(path), RESULT_OK);
		} else {
			assert_int_not_equal(result, RESULT_OK);
		}
		assert_int_equal(count_entries(f->t->folder), 0);
		if (!reached) {
			assert_int_equal(result, RESULT_OK);
			break;
		}
		assert_int_equal(result, RESULT_IO);
	}
}

static void an_interrupted_write_goes_on(void **state)
{
	struct fixture *f = *state;
	const char *path = temporary_path(f->t, "a");
	fault.fail_at = 3; // open, write, then this write
	fault.error = EINTR;
	assert_int_equal(file_replace(path, LITERAL("lang genoeg"), 0600), RESULT_OK);
	assert_true(fault.calls > 4);
	expect_content(f, path, LITERAL("lang genoeg"));
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(what_is_written_is_read_back),
		WITH_FOLDER(reading_replaces_what_the_buffer_held),
		WITH_FOLDER(the_ceiling_of_a_read_holds_to_the_byte),
		WITH_FOLDER(only_regular_files_are_read),
		WITH_FOLDER(a_private_file_is_for_its_owner_alone),
		WITH_FOLDER(what_is_overwritten_in_place_is_private_and_read_whole),
		WITH_FOLDER(a_credential_of_the_service_manager_is_private),
		WITH_FOLDER(an_exact_read_takes_no_other_length),
		WITH_FOLDER(creating_never_replaces),
		WITH_FOLDER(a_symbolic_link_is_replaced_and_not_followed),
		WITH_FOLDER(removing_works_once),
		WITH_FOLDER(what_is_destroyed_is_overwritten_before_it_goes),
		WITH_FOLDER(folders_are_made_for_their_owner),
		WITH_FOLDER(paths_without_a_folder_mean_the_current_one),
		WITH_FOLDER(content_is_synced_before_it_gets_its_name_and_the_folder_after),
		WITH_FOLDER(whatever_call_fails_the_old_content_stands),
		WITH_FOLDER(a_full_disk_is_named_as_such),
		WITH_FOLDER(whatever_call_fails_creating_leaves_no_half_file),
		WITH_FOLDER(an_interrupted_write_goes_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

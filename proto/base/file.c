// SPDX-License-Identifier: EUPL-1.2
#include "base/file.h"

#include "base/clock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK 65536
#define TEMPORARY ".tmp-"
#define RANDOM_DIGITS 16
#define SHARED_REST_S 3600

static enum result from_errno(void)
{
	switch (errno) {
	case ENOENT:
		return RESULT_NOT_FOUND;
	case EEXIST:
		return RESULT_EXISTS;
	case EACCES:
	case EPERM:
	case EROFS:
		return RESULT_DENIED;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return RESULT_FULL;
	default:
		return RESULT_IO;
	}
}

// Closing and unlinking on the way out must not hide the cause.
static void close_keep_errno(int fd)
{
	int saved = errno;
	close(fd);
	errno = saved;
}

static enum result read_all(int fd, size_t ceiling, struct buffer *into)
{
	for (;;) {
		// One byte more than allowed tells a file of exactly the ceiling from a larger one.
		size_t before = into->len;
		size_t want = ceiling - before < CHUNK ? ceiling - before + 1 : CHUNK;
		uint8_t *p = buffer_reserve(into, want);
		if (!p)
			return into->status;
		ssize_t got = read(fd, p, want);
		into->len = before + (got > 0 ? (size_t)got : 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return RESULT_IO;
		if (got == 0)
			return RESULT_OK;
		if (into->len > ceiling)
			return RESULT_TOO_LARGE;
	}
}

static bool is_private(const struct stat *st)
{
	if (st->st_uid == geteuid() && (st->st_mode & 077) == 0)
		return true;
	errno = EACCES;
	return false;
}

// A credential of systemd (systemd.exec(5)) is root's, readable by an access list that names the
// user of the unit, which its mode shows as rights of the group; the folder lets nobody else in.
static bool is_credential(const struct stat *st, const char *path)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	size_t len = folder ? strlen(folder) : 0;
	return len > 1 && strncmp(path, folder, len) == 0 && path[len] == '/' &&
	       !strchr(path + len + 1, '/') && st->st_uid == 0 && (st->st_mode & 0337) == 0;
}

// `private_path`: NULL when the file may be anybody's.
static enum result check_file(int fd, size_t ceiling, const char *private_path, uint64_t *ret_size)
{
	struct stat st;
	if (fstat(fd, &st) < 0)
		return RESULT_IO;
	if (!S_ISREG(st.st_mode)) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
		return RESULT_IO;
	}
	if (private_path && !is_credential(&st, private_path) && !is_private(&st))
		return RESULT_DENIED;
	if ((uint64_t)st.st_size > ceiling)
		return RESULT_TOO_LARGE;
	*ret_size = (uint64_t)st.st_size;
	return RESULT_OK;
}

static enum result read_file(const char *path, size_t ceiling, bool private,
			     struct buffer *ret_buffer)
{
	// Non-blocking, so that a FIFO in the place of a file cannot hold us.
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return from_errno();
	struct buffer content;
	buffer_init(&content, ceiling < SIZE_MAX ? ceiling + 1 : ceiling);
	uint64_t size;
	enum result result = check_file(fd, ceiling, private ? path : NULL, &size);
	if (result == RESULT_OK)
		result = read_all(fd, ceiling, &content);
	close_keep_errno(fd);
	if (result != RESULT_OK) {
		buffer_wipe(&content);
		return result;
	}
	content.ceiling = ret_buffer->ceiling > content.len ? ret_buffer->ceiling : content.len;
	buffer_wipe(ret_buffer);
	*ret_buffer = content;
	return RESULT_OK;
}

enum result file_read(const char *path, size_t ceiling, struct buffer *ret_buffer)
{
	return read_file(path, ceiling, false, ret_buffer);
}

enum result file_read_private(const char *path, size_t ceiling, struct buffer *ret_buffer)
{
	return read_file(path, ceiling, true, ret_buffer);
}

static enum result read_exact(int fd, uint8_t *out, size_t len)
{
	size_t done = 0;
	while (done < len) {
		ssize_t got = read(fd, out + done, len - done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return RESULT_IO;
		if (got == 0)
			return RESULT_MALFORMED;
		done += (size_t)got;
	}
	return RESULT_OK;
}

enum result file_read_private_exact(const char *path, uint8_t *out, size_t len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return from_errno();
	uint64_t size;
	enum result result = check_file(fd, SIZE_MAX, path, &size);
	if (result == RESULT_OK)
		result = size == len ? read_exact(fd, out, len) : RESULT_MALFORMED;
	close_keep_errno(fd);
	return result;
}

static enum result open_private(const char *path, int access, int *ret_fd, uint64_t *ret_size)
{
	int fd = open(path, access | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return from_errno();
	enum result result = check_file(fd, SIZE_MAX, path, ret_size);
	if (result == RESULT_OK)
		*ret_fd = fd;
	else
		close_keep_errno(fd);
	return result;
}

enum result file_open_private(const char *path, int *ret_fd, uint64_t *ret_size)
{
	return open_private(path, O_RDWR, ret_fd, ret_size);
}

enum result file_open_private_to_read(const char *path, int *ret_fd, uint64_t *ret_size)
{
	return open_private(path, O_RDONLY, ret_fd, ret_size);
}

enum result file_read_at(int fd, uint8_t *out, size_t len, uint64_t offset)
{
	while (len > 0) {
		ssize_t got = pread(fd, out, len, (off_t)offset);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			errno = got < 0 ? errno : EIO;
			return RESULT_IO;
		}
		out += got;
		len -= (size_t)got;
		offset += (uint64_t)got;
	}
	return RESULT_OK;
}

enum result file_write_at(int fd, struct bytes content, uint64_t offset)
{
	while (content.len > 0) {
		ssize_t put = pwrite(fd, content.data, content.len, (off_t)offset);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return from_errno() == RESULT_FULL ? RESULT_FULL : RESULT_IO;
		content.data += put;
		content.len -= (size_t)put;
		offset += (uint64_t)put;
	}
	return RESULT_OK;
}

static enum result folder_of(const char *path, char out[PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	size_t len = !slash ? 1 : slash == path ? 1 : (size_t)(slash - path);
	if (len >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return RESULT_IO;
	}
	memcpy(out, slash ? path : ".", len);
	out[len] = '\0';
	return RESULT_OK;
}

enum result file_sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return from_errno();
	enum result result = fsync(fd) < 0 ? RESULT_IO : RESULT_OK;
	close_keep_errno(fd);
	return result;
}

static enum result sync_folder_of(const char *path)
{
	char folder[PATH_MAX];
	enum result result = folder_of(path, folder);
	return result == RESULT_OK ? file_sync_folder(folder) : result;
}

static enum result write_all(int fd, struct bytes content)
{
	while (content.len > 0) {
		ssize_t written = write(fd, content.data, content.len);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return from_errno();
		content.data += written;
		content.len -= (size_t)written;
	}
	return fsync(fd) < 0 ? from_errno() : RESULT_OK;
}

// Writes and syncs a temporary file in the same folder; its path in `out`. Nothing is left
// behind on failure.
static enum result write_temporary(const char *path, struct bytes content, unsigned mode,
				   char out[PATH_MAX])
{
	char folder[PATH_MAX];
	enum result result = folder_of(path, folder);
	if (result != RESULT_OK)
		return result;
	uint64_t random;
	if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
		return RESULT_IO;
	int len = snprintf(out, PATH_MAX, "%s/" TEMPORARY "%016llx", folder,
			   (unsigned long long)random);
	if (len < 0 || len >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return RESULT_IO;
	}
	int fd = open(out, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return from_errno();
	result = write_all(fd, content);
	close_keep_errno(fd);
	if (result != RESULT_OK) {
		int saved = errno;
		unlink(out);
		errno = saved;
	}
	return result;
}

static enum result put_in_place(const char *path, struct bytes content, unsigned mode,
				unsigned rename_flags)
{
	char temporary[PATH_MAX];
	enum result result = write_temporary(path, content, mode, temporary);
	if (result != RESULT_OK)
		return result;
	if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, rename_flags) < 0) {
		int saved = errno;
		unlink(temporary);
		errno = saved;
		return from_errno();
	}
	return sync_folder_of(path);
}

enum result file_replace(const char *path, struct bytes content, unsigned mode)
{
	return put_in_place(path, content, mode, 0);
}

enum result file_create(const char *path, struct bytes content, unsigned mode)
{
	// One atomic step: a link and an unlink would leave a second name for a private key behind
	// when the power fails in between.
	return put_in_place(path, content, mode, RENAME_NOREPLACE);
}

enum result file_remove(const char *path)
{
	if (unlink(path) < 0)
		return from_errno();
	return sync_folder_of(path);
}

enum result file_destroy(const char *path)
{
	static const uint8_t zeros[4096];
	uint64_t size = 0;
	int fd;
	enum result result = file_open_private(path, &fd, &size);
	if (result != RESULT_OK)
		return result;
	for (uint64_t at = 0; result == RESULT_OK && at < size; at += sizeof zeros) {
		size_t len = size - at < sizeof zeros ? (size_t)(size - at) : sizeof zeros;
		result = file_write_at(fd, bytes_make(zeros, len), at);
	}
	if (result == RESULT_OK && fsync(fd) < 0)
		result = RESULT_IO;
	close_keep_errno(fd);
	return result == RESULT_OK ? file_remove(path) : result;
}

enum result folder_ensure(const char *path)
{
	if (mkdir(path, 0700) == 0)
		return sync_folder_of(path);
	struct stat st;
	if (errno != EEXIST)
		return from_errno();
	if (stat(path, &st) < 0)
		return from_errno();
	return S_ISDIR(st.st_mode) ? RESULT_OK : RESULT_EXISTS;
}

void folder_clear_leftovers(const char *path)
{
	DIR *dir = opendir(path);
	if (!dir)
		return;
	for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
		if (strncmp(entry->d_name, TEMPORARY, sizeof TEMPORARY - 1) == 0)
			unlinkat(dirfd(dir), entry->d_name, 0);
	}
	closedir(dir);
}

// One that is still written, by a program beside this one, is not left over.
static bool is_left_over(int folder, const char *name)
{
	struct stat st;
	return strncmp(name, TEMPORARY, sizeof TEMPORARY - 1) == 0 &&
	       strlen(name) == sizeof TEMPORARY - 1 + RANDOM_DIGITS &&
	       strspn(name + sizeof TEMPORARY - 1, "0123456789abcdef") == RANDOM_DIGITS &&
	       fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	       st.st_uid == geteuid() &&
	       clock_wall_ms() / 1000 - st.st_mtim.tv_sec >= SHARED_REST_S;
}

void folder_clear_shared(const char *path)
{
	DIR *dir = opendir(path);
	if (!dir)
		return;
	for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
		if (is_left_over(dirfd(dir), entry->d_name))
			unlinkat(dirfd(dir), entry->d_name, 0);
	}
	closedir(dir);
}

enum result folder_check_private(const char *path)
{
	struct stat st;
	if (stat(path, &st) < 0)
		return from_errno();
	if (!S_ISDIR(st.st_mode)) {
		errno = ENOTDIR;
		return RESULT_IO;
	}
	return is_private(&st) ? RESULT_OK : RESULT_DENIED;
}

// SPDX-License-Identifier: EUPL-1.2
// Files of the spool that are not sealed, names, and listings.
#include "base/file.h"
#include "lib/spool_parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MODE 0600

enum result spool_errno(void)
{
	return errno == ENOSPC || errno == EDQUOT ? RESULT_FULL : RESULT_IO;
}

enum result spool_write_all(int fd, struct bytes content)
{
	while (content.len > 0) {
		ssize_t written = write(fd, content.data, content.len);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return spool_errno();
		content = bytes_make(content.data + written, content.len - (size_t)written);
	}
	return RESULT_OK;
}

enum result spool_write_plain(const struct spool *spool, const char *path, struct bytes content)
{
	return spool_explain(spool, file_replace(path, content, MODE), path, "write to the spool");
}

enum result spool_read_plain(const struct spool *spool, const char *path, size_t ceiling,
			     struct buffer *ret_content)
{
	return spool_explain(spool, file_read(path, ceiling, ret_content), path,
			     "read from the spool");
}

static bool has_content(const char *path, struct bytes content)
{
	struct buffer there;
	buffer_init(&there, content.len);
	bool same = file_read(path, content.len, &there) == RESULT_OK &&
		    bytes_equal(buffer_view(&there), content);
	buffer_done(&there);
	return same;
}

static enum result write_once(const char *path, struct bytes content)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, MODE);
	if (fd < 0)
		return spool_errno();
	enum result result = spool_write_all(fd, content);
	int saved = errno;
	close(fd);
	errno = saved;
	return result;
}

enum result spool_write_copy(const struct spool *spool, const char *path, struct bytes content)
{
	char temporary[SPOOL_PATH_MAX];
	if (has_content(path, content))
		return RESULT_OK;
	const char *name = strrchr(path, '/') + 1;
	snprintf(temporary, sizeof temporary, "%.*s.tmp-%s", (int)(name - path), path, name);
	enum result result = write_once(temporary, content);
	if (result == RESULT_OK && rename(temporary, path) < 0)
		result = RESULT_IO;
	return spool_explain(spool, result, path, "write to the spool");
}

enum result spool_rename(const struct spool *spool, const char *from, const char *to)
{
	enum result result = RESULT_OK;
	if (rename(from, to) < 0)
		result = spool_errno();
	return spool_explain(spool, result, to, "rename in the spool");
}

enum result spool_remove(const struct spool *spool, const char *path)
{
	enum result result = file_remove(path);
	return result == RESULT_NOT_FOUND
		       ? RESULT_OK
		       : spool_explain(spool, result, path, "remove from the spool");
}

enum result spool_drop(const struct spool *spool, const char *path)
{
	enum result result = unlink(path) == 0 || errno == ENOENT ? RESULT_OK : spool_errno();
	return spool_explain(spool, result, path, "remove from the spool");
}

bool spool_has(const char *path)
{
	return access(path, F_OK) == 0;
}

static bool parse_name(const char *name, const char *suffix, uint64_t *ret_number)
{
	char *end;
	if (name[0] < '0' || name[0] > '9')
		return false;
	errno = 0;
	unsigned long long number = strtoull(name, &end, 10);
	if (errno != 0 || strcmp(end, suffix) != 0)
		return false;
	*ret_number = number;
	return true;
}

enum result spool_list(const struct spool *spool, const struct spool_listing *listing)
{
	char path[SPOOL_PATH_MAX];
	spool_path(spool, path, "%s", listing->folder);
	DIR *dir = opendir(path);
	if (!dir)
		return spool_explain(spool, RESULT_IO, path, "list the spool");
	enum result result = RESULT_OK;
	errno = 0;
	for (struct dirent *entry = readdir(dir); result == RESULT_OK && entry;
	     entry = readdir(dir)) {
		uint64_t number;
		if (parse_name(entry->d_name, listing->suffix, &number))
			result = listing->each(listing->context, number);
		errno = 0;
	}
	if (result == RESULT_OK && errno != 0)
		result = spool_explain(spool, RESULT_IO, path, "list the spool");
	closedir(dir);
	return result;
}

enum result spool_list_folders(const struct spool *spool, const char *folder,
			       enum result (*each)(void *context, const char *name), void *context)
{
	char path[SPOOL_PATH_MAX];
	spool_path(spool, path, "%s", folder);
	DIR *dir = opendir(path);
	if (!dir)
		return spool_explain(spool, RESULT_IO, path, "list the spool");
	enum result result = RESULT_OK;
	for (struct dirent *entry = readdir(dir); result == RESULT_OK && entry;
	     entry = readdir(dir)) {
		if ((entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN) &&
		    entry->d_name[0] != '.')
			result = each(context, entry->d_name);
	}
	closedir(dir);
	return result;
}

// SPDX-License-Identifier: EUPL-1.2
// Sealed records one after another in a file that grows.
#include "base/file.h"
#include "crypto/seal.h"
#include "lib/spool_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MODE 0600

static enum result append_at(const char *path, size_t offset, struct bytes record)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | (offset == 0 ? O_CREAT : 0), MODE);
	if (fd < 0)
		return spool_errno();
	// What a failed attempt left behind goes first, so that it can never be read as a record.
	enum result result =
		ftruncate(fd, (off_t)offset) == 0 && lseek(fd, (off_t)offset, SEEK_SET) >= 0
			? spool_write_all(fd, record)
			: spool_errno();
	int saved = errno;
	// The disk may begin, so that less is left for the sync: a hint, however it goes.
	sync_file_range(fd, (off_t)offset, (off_t)record.len, SYNC_FILE_RANGE_WRITE);
	close(fd);
	errno = saved;
	return result;
}

static enum result sync_folder_of(const char *path)
{
	char folder[SPOOL_PATH_MAX];
	snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
	return file_sync_folder(folder);
}

#define BEFORE (4 + SPOOL_HEADER_LEN) // of a record: its length, then as of any sealed file

void spool_begin_record(struct buffer *record)
{
	buffer_clear(record);
	buffer_append_zeros(record, BEFORE);
}

enum result spool_append(const struct spool *spool, const struct spool_file *file, size_t offset,
			 struct buffer *record, size_t *ret_end)
{
	enum result result = buffer_reserve(record, SEAL_TAG_LEN) ? RESULT_OK : record->status;
	if (result == RESULT_OK) {
		struct bytes plain =
			bytes_make(record->data + BEFORE, record->len - BEFORE - SEAL_TAG_LEN);
		put_u32be(record->data, (uint32_t)(record->len - 4));
		spool_seal_at(spool, file, plain, record->data + 4);
		result = append_at(file->path, offset, buffer_view(record));
	}
	result = spool_explain(spool, result, file->path, "write to the spool");
	if (result == RESULT_OK)
		*ret_end = offset + record->len;
	return result;
}

enum result spool_sync(const struct spool *spool, const char *path, bool is_new)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	enum result result = fd < 0 || fdatasync(fd) < 0 ? spool_errno() : RESULT_OK;
	int saved = errno;
	if (fd >= 0)
		close(fd);
	errno = saved;
	if (result == RESULT_OK && is_new)
		result = sync_folder_of(path);
	return spool_explain(spool, result, path, "write to the spool");
}

static enum result read_part(int fd, size_t offset, size_t length, struct buffer *content)
{
	uint8_t *out = buffer_reserve(content, length);
	if (!out)
		return content->status;
	while (length > 0) {
		ssize_t got = pread(fd, out, length, (off_t)offset);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return RESULT_IO;
		if (got == 0)
			return RESULT_DAMAGED;
		out += got;
		offset += (size_t)got;
		length -= (size_t)got;
	}
	return RESULT_OK;
}

enum result spool_read_part(const struct spool *spool, const char *path, size_t offset,
			    size_t length, struct buffer *ret_content)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return spool_explain(spool, RESULT_IO, path, "read from the spool");
	buffer_clear(ret_content);
	enum result result = read_part(fd, offset, length, ret_content);
	int saved = errno;
	close(fd);
	errno = saved;
	return spool_explain(spool, result, path, "read from the spool");
}

bool spool_next_record(struct bytes content, size_t offset, struct bytes *ret_record,
		       uint64_t *ret_number)
{
	if (content.len < offset + 4)
		return false;
	size_t length = get_u32be(content.data + offset), left = content.len - offset - 4;
	if (length > left || length < SPOOL_HEADER_LEN + SEAL_TAG_LEN)
		return false;
	*ret_record = bytes_make(content.data + offset + 4, length);
	*ret_number = get_u64be(ret_record->data + 8);
	return true;
}

enum result spool_read_record(const struct spool *spool, const struct spool_file *file,
			      struct bytes record, struct buffer *ret_plain)
{
	struct buffer plain;
	buffer_init(&plain, SPOOL_FILE_MAX);
	enum result result = spool_unseal(spool, file, record, &plain);
	result = spool_explain(spool, result, file->path, "read from the spool");
	if (result != RESULT_OK) {
		buffer_wipe(&plain);
		return result;
	}
	buffer_wipe(ret_plain);
	*ret_plain = plain;
	return RESULT_OK;
}

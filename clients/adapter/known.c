// SPDX-License-Identifier: EUPL-1.2
#include "adapter/known.h"

#include "base/file.h"
#include "crypto/hash.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "known-"
#define PREFIX_LEN (sizeof PREFIX - 1)
#define ROW_LEN 40
#define CHECK_AT 36
#define FILE_MAX (256 * 1024 * 1024)

void known_tag(struct bytes text, uint8_t ret_tag[KNOWN_TAG_LEN])
{
	struct hash hash = sha256(text);
	memcpy(ret_tag, hash.b, KNOWN_TAG_LEN);
}

bool known_was_taken(const struct known_row *row)
{
	static const uint8_t none[KNOWN_TAG_LEN];
	return memcmp(row->content, none, KNOWN_TAG_LEN) != 0;
}

// Months since the year 0.
static uint32_t month_of(int64_t now_ms)
{
	struct civil_date date = date_amsterdam(now_ms);
	return (uint32_t)date.year * 12 + (uint32_t)date.month - 1;
}

// ---- rows in memory ----------------------------------------------------------------------------

static int by_id(const void *a, const void *b)
{
	const struct known_row *x = a, *y = b;
	int order = memcmp(x->id, y->id, KNOWN_TAG_LEN);
	if (order != 0)
		return order;
	if (x->attempt != y->attempt)
		return x->attempt < y->attempt ? -1 : 1;
	return x->month < y->month ? -1 : x->month > y->month;
}

static enum result add(struct known_row **rows, size_t *count, size_t *room,
		       const struct known_row *row)
{
	if (*count == *room) {
		size_t more = *room ? 2 * *room : 256;
		struct known_row *grown = reallocarray(*rows, more, sizeof **rows);
		if (!grown)
			return RESULT_NO_MEMORY;
		*rows = grown;
		*room = more;
	}
	(*rows)[(*count)++] = *row;
	return RESULT_OK;
}

// One row for each id stays: that of the newest attempt. One that was taken counts, whatever was
// noted beside it.
static void settle(struct known *known)
{
	size_t kept = 0;
	if (known->count > 0)
		qsort(known->rows, known->count, sizeof *known->rows, by_id);
	for (size_t i = 0; i < known->count; i++) {
		struct known_row *last = kept > 0 ? &known->rows[kept - 1] : NULL;
		const struct known_row row = known->rows[i];
		if (!last || memcmp(last->id, row.id, KNOWN_TAG_LEN) != 0)
			known->rows[kept++] = row;
		else if (known_was_taken(&row) || !known_was_taken(last))
			*last = row;
	}
	known->count = kept;
}

const struct known_row *known_find(const struct known *known, const uint8_t id[KNOWN_TAG_LEN])
{
	size_t low = 0, high = known->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (memcmp(known->rows[middle].id, id, KNOWN_TAG_LEN) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	bool found = low < known->count && memcmp(known->rows[low].id, id, KNOWN_TAG_LEN) == 0;
	return found ? &known->rows[low] : NULL;
}

void known_begin(struct known *known)
{
	known->pending_count = 0;
}

enum result known_note(struct known *known, const struct known_row *row)
{
	return add(&known->pending, &known->pending_count, &known->pending_room, row);
}

// ---- the files ---------------------------------------------------------------------------------

static void row_path(const struct known *known, uint32_t month, char out[KNOWN_PATH_MAX])
{
	snprintf(out, KNOWN_PATH_MAX, "%s/" PREFIX "%04u%02u", known->root, month / 12,
		 month % 12 + 1);
}

static bool read_month(const char *name, uint32_t *ret_month)
{
	if (strncmp(name, PREFIX, PREFIX_LEN) != 0 || strlen(name) != PREFIX_LEN + 6 ||
	    strspn(name + PREFIX_LEN, "0123456789") != 6)
		return false;
	unsigned long number = strtoul(name + PREFIX_LEN, NULL, 10);
	*ret_month = (uint32_t)(number / 100 * 12 + number % 100 - 1);
	return number % 100 >= 1 && number % 100 <= 12;
}

static void row_encode(const struct known_row *row, uint8_t out[ROW_LEN])
{
	memcpy(out, row->id, KNOWN_TAG_LEN);
	memcpy(out + KNOWN_TAG_LEN, row->content, KNOWN_TAG_LEN);
	put_u32be(out + 2 * KNOWN_TAG_LEN, row->attempt);
	struct hash check = sha256(bytes_make(out, CHECK_AT));
	memcpy(out + CHECK_AT, check.b, ROW_LEN - CHECK_AT);
}

static bool row_decode(const uint8_t *data, uint32_t month, struct known_row *ret_row)
{
	struct hash check = sha256(bytes_make(data, CHECK_AT));
	memcpy(ret_row->id, data, KNOWN_TAG_LEN);
	memcpy(ret_row->content, data + KNOWN_TAG_LEN, KNOWN_TAG_LEN);
	ret_row->attempt = get_u32be(data + 2 * KNOWN_TAG_LEN);
	ret_row->month = month;
	return memcmp(check.b, data + CHECK_AT, ROW_LEN - CHECK_AT) == 0;
}

static enum result read_file(struct known *known, uint32_t month)
{
	char path[KNOWN_PATH_MAX];
	struct buffer data;
	row_path(known, month, path);
	buffer_init(&data, FILE_MAX);
	enum result result = file_read_private(path, FILE_MAX, &data);
	for (size_t at = 0; result == RESULT_OK && at + ROW_LEN <= data.len; at += ROW_LEN) {
		struct known_row row;
		if (row_decode(data.data + at, month, &row))
			result = add(&known->rows, &known->count, &known->room, &row);
	}
	buffer_done(&data);
	return result;
}

static enum result each_file(struct known *known, const char *name, uint32_t now)
{
	char path[KNOWN_PATH_MAX];
	uint32_t month;
	if (!read_month(name, &month))
		return RESULT_OK;
	if (month + KNOWN_MONTHS >= now)
		return read_file(known, month);
	row_path(known, month, path);
	return file_remove(path);
}

enum result known_open(struct known *known, const char *root, int64_t now_ms)
{
	struct dirent *row;
	enum result result = RESULT_OK;
	*known = (struct known){.count = 0};
	int made = snprintf(known->root, sizeof known->root, "%s", root);
	if (made < 0 || (size_t)made >= sizeof known->root)
		return RESULT_TOO_LARGE;
	DIR *folder = opendir(root);
	if (!folder)
		return RESULT_IO;
	while (result == RESULT_OK && (row = readdir(folder)))
		result = each_file(known, row->d_name, month_of(now_ms));
	closedir(folder);
	if (result == RESULT_OK)
		settle(known);
	else
		known_done(known);
	return result;
}

void known_done(struct known *known)
{
	free(known->rows);
	free(known->pending);
	*known = (struct known){.count = 0};
}

// ---- adding ------------------------------------------------------------------------------------

// Behind the last whole row: one that a power cut tore is written over.
static enum result append(const struct known *known, uint32_t month, struct bytes rows)
{
	char path[KNOWN_PATH_MAX];
	struct stat stat;
	row_path(known, month, path);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return errno == ENOSPC ? RESULT_FULL : RESULT_IO;
	enum result result = fstat(fd, &stat) == 0 ? RESULT_OK : RESULT_IO;
	uint64_t size = result == RESULT_OK ? (uint64_t)stat.st_size : 0;
	if (result == RESULT_OK)
		result = file_write_at(fd, rows, size - size % ROW_LEN);
	if (result == RESULT_OK && fdatasync(fd) != 0)
		result = errno == ENOSPC ? RESULT_FULL : RESULT_IO;
	close(fd);
	return result == RESULT_OK && size == 0 ? file_sync_folder(known->root) : result;
}

enum result known_commit(struct known *known, int64_t now_ms)
{
	struct buffer rows;
	uint8_t row[ROW_LEN];
	uint32_t month = month_of(now_ms);
	enum result result = RESULT_OK;
	if (known->pending_count == 0)
		return RESULT_OK;
	buffer_init(&rows, FILE_MAX);
	for (size_t i = 0; i < known->pending_count; i++) {
		known->pending[i].month = month;
		row_encode(&known->pending[i], row);
		buffer_append(&rows, bytes_make(row, ROW_LEN));
	}
	result = rows.status;
	if (result == RESULT_OK)
		result = append(known, month, buffer_view(&rows));
	for (size_t i = 0; result == RESULT_OK && i < known->pending_count; i++)
		result = add(&known->rows, &known->count, &known->room, &known->pending[i]);
	buffer_done(&rows);
	settle(known);
	known->pending_count = 0;
	return result;
}

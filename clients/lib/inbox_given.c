// SPDX-License-Identifier: EUPL-1.2
// What an inbox was given in the last days, as hashes: after a log went on from a copy, what was
// lost is pushed and given again under other numbers, and is not handed over twice.
#include "lib/inbox.h"

#include "base/clock.h"
#include "crypto/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEEP_DAYS 14 // as what was pushed is kept (lib/outbox.h)
#define ROW_LEN (8 + sizeof(struct hash))
#define LABEL "knooppunt/gegeven/v1"
#define ROWS_MAX (64u * 1024 * 1024) // bytes of one day

static void given_path(const struct inbox *inbox, uint64_t day, char out[SPOOL_PATH_MAX])
{
	spool_path(inbox->spool, out, "inbox/%s/%012" PRIu64 ".gegeven", inbox->functie, day);
}

// Not what the knooppunt says of it, which another entry says otherwise: the melding and the
// rubrieken.
static enum result hash_of(const struct delivered *delivered, struct hash *ret_what)
{
	const struct delivery *delivery = delivered->delivery;
	size_t given = delivery->opening_count, own = delivery->verrijking_count, n = 0;
	struct bytes *pieces = malloc((given + own + 3) * sizeof *pieces);
	uint8_t from_sender[4];
	if (!pieces)
		return RESULT_NO_MEMORY;
	put_u32be(from_sender, (uint32_t)given);
	pieces[n++] = bytes_of_text(LABEL);
	pieces[n++] = bytes_of_hash(&delivered->part->header_hash);
	pieces[n++] = bytes_make(from_sender, sizeof from_sender);
	for (size_t i = 0; i < given; i++)
		pieces[n++] = delivery->openings[i].value;
	for (size_t i = 0; i < own; i++)
		pieces[n++] = delivery->verrijkingen[i].value;
	*ret_what = pae_sha256(pieces, n);
	free(pieces);
	return RESULT_OK;
}

// ---- remembering -----------------------------------------------------------------------------

// A row that a crash cut short is cut off, or all after it would be read askew.
static enum result append_rows(const char *path, struct bytes rows)
{
	struct stat st;
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || fstat(fd, &st) != 0) {
		if (fd >= 0)
			close(fd);
		return RESULT_IO;
	}
	off_t end = st.st_size - st.st_size % (off_t)ROW_LEN;
	ssize_t written = pwrite(fd, rows.data, rows.len, end);
	enum result result = written == (ssize_t)rows.len ? RESULT_OK : RESULT_IO;
	if (written < 0 && (errno == ENOSPC || errno == EDQUOT))
		result = RESULT_FULL;
	close(fd);
	return result;
}

enum result inbox_remember(struct inbox *inbox, const struct inbox_content *content)
{
	char path[SPOOL_PATH_MAX];
	struct buffer rows;
	enum result result = RESULT_OK;
	buffer_init(&rows, content->count * ROW_LEN + 1);
	for (size_t i = 0; result == RESULT_OK && i < content->count; i++) {
		struct hash what;
		const struct delivered *delivered = &content->delivered[i];
		if (delivered->part->soort != VERSTREKKING_GEGEVEN)
			continue;
		result = hash_of(delivered, &what);
		buffer_append_u64be(&rows, delivered->part->number);
		buffer_append(&rows, bytes_of_hash(&what));
	}
	given_path(inbox, (uint64_t)(clock_wall_ms() / MS_PER_DAY), path);
	if (result == RESULT_OK)
		result = rows.status;
	if (result == RESULT_OK && rows.len > 0)
		result = append_rows(path, buffer_view(&rows));
	buffer_done(&rows);
	return result;
}

// ---- the files -------------------------------------------------------------------------------

static enum result each_file(const struct inbox *inbox,
			     enum result (*each)(void *context, uint64_t number), void *context)
{
	char folder[SPOOL_PATH_MAX];
	spool_path(inbox->spool, folder, "inbox/%s", inbox->functie);
	struct spool_listing listing = {folder + strlen(inbox->spool->folder) + 1, ".gegeven", each,
					context};
	return spool_list(inbox->spool, &listing);
}

struct forgetting {
	const struct inbox *inbox;
	uint64_t oldest; // that is kept
};

static enum result forget_file(void *context, uint64_t day)
{
	const struct forgetting *forgetting = context;
	char path[SPOOL_PATH_MAX];
	if (day >= forgetting->oldest)
		return RESULT_OK;
	given_path(forgetting->inbox, day, path);
	return spool_drop(forgetting->inbox->spool, path);
}

enum result inbox_forget(const struct inbox *inbox, int64_t now)
{
	uint64_t today = (uint64_t)(now / MS_PER_DAY);
	struct forgetting forgetting = {inbox, today > KEEP_DAYS ? today - KEEP_DAYS : 0};
	return each_file(inbox, forget_file, &forgetting);
}

// ---- looking ---------------------------------------------------------------------------------

static int by_what(const void *a, const void *b)
{
	const struct inbox_given *x = a, *y = b;
	return memcmp(x->what.b, y->what.b, sizeof x->what.b);
}

static enum result take_rows(struct inbox *inbox, struct bytes rows)
{
	size_t count = rows.len / ROW_LEN;
	struct inbox_given *grown =
		realloc(inbox->given, (inbox->given_count + count + 1) * sizeof *grown);
	if (!grown)
		return RESULT_NO_MEMORY;
	inbox->given = grown;
	for (size_t i = 0; i < count; i++) {
		const uint8_t *row = rows.data + i * ROW_LEN;
		struct inbox_given given = {.number = get_u64be(row)};
		memcpy(given.what.b, row + 8, sizeof given.what.b);
		if (given.number <= inbox->given_base)
			grown[inbox->given_count++] = given;
	}
	return RESULT_OK;
}

static enum result load_file(void *context, uint64_t day)
{
	struct inbox *inbox = context;
	char path[SPOOL_PATH_MAX];
	struct buffer rows;
	given_path(inbox, day, path);
	buffer_init(&rows, ROWS_MAX);
	enum result result = spool_read_plain(inbox->spool, path, ROWS_MAX, &rows);
	if (result == RESULT_OK)
		result = take_rows(inbox, buffer_view(&rows));
	buffer_done(&rows);
	return result;
}

enum result inbox_had(struct inbox *inbox, const struct delivered *delivered, uint64_t base,
		      bool *ret_had)
{
	struct inbox_given key = {.number = 0};
	enum result result = RESULT_OK;
	if (inbox->given_base != base) {
		inbox->given_base = base;
		inbox->given_count = 0;
		result = each_file(inbox, load_file, inbox);
		if (inbox->given_count > 0)
			qsort(inbox->given, inbox->given_count, sizeof *inbox->given, by_what);
	}
	if (result == RESULT_OK)
		result = hash_of(delivered, &key.what);
	if (result != RESULT_OK) {
		inbox->given_base = 0;
		return result;
	}
	*ret_had = inbox->given_count > 0 &&
		   bsearch(&key, inbox->given, inbox->given_count, sizeof *inbox->given, by_what);
	return RESULT_OK;
}

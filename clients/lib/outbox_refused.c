// SPDX-License-Identifier: EUPL-1.2
// What was refused, for longer than the outbox keeps it.
#include "lib/outbox.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REFUSED_KEEP_DAYS 396 // 13 months
#define REFUSED_MAX 65536     // the oldest go first
#define LINE_MAX_LEN (ID_MAX + 64)

static struct spool_file place(const struct spool *spool)
{
	struct spool_file file = {.kind = SPOOL_REFUSED, .number = 0, .scope = ""};
	spool_path(spool, file.path, "refused");
	return file;
}

static enum result add(struct outbox *outbox, const struct outbox_refused *row)
{
	if (outbox->refused_count == outbox->refused_room) {
		size_t room = outbox->refused_room ? 2 * outbox->refused_room : 16;
		struct outbox_refused *grown =
			reallocarray(outbox->refused, room, sizeof *outbox->refused);
		if (!grown)
			return RESULT_NO_MEMORY;
		outbox->refused = grown;
		outbox->refused_room = room;
	}
	outbox->refused[outbox->refused_count++] = *row;
	return RESULT_OK;
}

const struct outbox_refused *outbox_refused_find(const struct outbox *outbox, struct bytes id)
{
	for (size_t i = outbox->refused_count; i-- > 0;) {
		if (bytes_equal(bytes_of_text(outbox->refused[i].id), id))
			return &outbox->refused[i];
	}
	return NULL;
}

enum result outbox_refused_note(struct outbox *outbox, struct bytes id, enum reason reason,
				int64_t now)
{
	struct outbox_refused row = {.reason = reason, .day = now / MS_PER_DAY};
	snprintf(row.id, sizeof row.id, "%.*s", (int)id.len, (const char *)id.data);
	return outbox_refused_find(outbox, id) ? RESULT_OK : add(outbox, &row);
}

// ---- the file ----------------------------------------------------------------------------------

static bool read_line(const char *line, struct outbox_refused *ret_row)
{
	uint32_t reason;
	static_assert(ID_MAX == 64, "the width below");
	if (sscanf(line, "%64s %" SCNu32 " %" SCNd64, ret_row->id, &reason, &ret_row->day) != 3)
		return false;
	ret_row->reason = (enum reason)reason;
	return true;
}

static enum result read_lines(struct outbox *outbox, struct bytes text)
{
	enum result result = RESULT_OK;
	for (size_t start = 0, i = 0; result == RESULT_OK && i < text.len; i++) {
		char line[LINE_MAX_LEN];
		struct outbox_refused row;
		if (text.data[i] != '\n')
			continue;
		snprintf(line, sizeof line, "%.*s", (int)(i - start),
			 (const char *)text.data + start);
		if (read_line(line, &row))
			result = add(outbox, &row);
		start = i + 1;
	}
	return result;
}

enum result outbox_refused_load(struct outbox *outbox)
{
	const struct spool_file file = place(outbox->spool);
	const struct problem kept = *outbox->spool->problem;
	struct buffer text;
	outbox->refused_count = 0;
	buffer_init(&text, SPOOL_FILE_MAX);
	enum result result = spool_read(outbox->spool, &file, &text);
	if (result == RESULT_OK)
		result = read_lines(outbox, buffer_view(&text));
	buffer_wipe(&text);
	if (result != RESULT_NOT_FOUND && result != RESULT_DAMAGED)
		return result;
	*outbox->spool->problem = kept;
	return RESULT_OK;
}

// Of so many the last `REFUSED_MAX` that are young enough.
static void let_go(struct outbox *outbox, int64_t now)
{
	size_t kept = 0, count = outbox->refused_count;
	size_t first = count > REFUSED_MAX ? count - REFUSED_MAX : 0;
	for (size_t i = first; i < count; i++) {
		if (outbox->refused[i].day + REFUSED_KEEP_DAYS >= now / MS_PER_DAY)
			outbox->refused[kept++] = outbox->refused[i];
	}
	outbox->refused_count = kept;
}

enum result outbox_refused_save(struct outbox *outbox, int64_t now)
{
	const struct spool_file file = place(outbox->spool);
	struct buffer text;
	let_go(outbox, now);
	buffer_init(&text, SPOOL_FILE_MAX);
	for (size_t i = 0; i < outbox->refused_count; i++) {
		const struct outbox_refused *row = &outbox->refused[i];
		buffer_append_format(&text, "%s %" PRIu32 " %" PRId64 "\n", row->id,
				     (uint32_t)row->reason, row->day);
	}
	enum result result = text.status;
	if (result == RESULT_OK)
		result = spool_replace(outbox->spool, &file, buffer_view(&text));
	buffer_wipe(&text);
	return result;
}

// SPDX-License-Identifier: EUPL-1.2
// How far an inbox has come: what is handed over, and what is acked.
#include "lib/inbox.h"

#define POSITION_LEN 24

static struct spool_file position_file(const struct inbox *inbox)
{
	struct spool_file file = {.kind = SPOOL_POSITION, .scope = inbox->functie};
	spool_path(inbox->spool, file.path, "inbox/%s/position", inbox->functie);
	return file;
}

enum result inbox_position_read(struct inbox *inbox)
{
	struct spool_file file = position_file(inbox);
	struct buffer plain;
	if (!spool_has(file.path))
		return RESULT_OK;
	buffer_init(&plain, POSITION_LEN);
	enum result result = spool_read(inbox->spool, &file, &plain);
	if (result == RESULT_OK && plain.len != POSITION_LEN)
		result = inbox_damaged(inbox, file.path);
	if (result == RESULT_OK) {
		inbox->position.handed_over = get_u64be(plain.data);
		inbox->position.acked = get_u64be(plain.data + 8);
		inbox->position.outbox_mark = get_u64be(plain.data + 16);
	}
	buffer_done(&plain);
	return result;
}

enum result inbox_move(struct inbox *inbox, const struct inbox_position *position)
{
	uint8_t plain[POSITION_LEN];
	struct spool_file file = position_file(inbox);
	put_u64be(plain, position->handed_over);
	put_u64be(plain + 8, position->acked);
	put_u64be(plain + 16, position->outbox_mark);
	enum result result = spool_replace(inbox->spool, &file, bytes_make(plain, sizeof plain));
	if (result == RESULT_OK) {
		inbox->position = *position;
		inbox->unsaved = false;
	}
	return result;
}

void inbox_acked(struct inbox *inbox, uint64_t acked, uint64_t outbox_mark)
{
	inbox->position.acked = acked;
	inbox->position.outbox_mark = outbox_mark;
	inbox->unsaved = true;
}

enum result inbox_save(struct inbox *inbox)
{
	return inbox->unsaved ? inbox_move(inbox, &inbox->position) : RESULT_OK;
}

// SPDX-License-Identifier: EUPL-1.2
#include "lib/inbox.h"

#include "base/file.h"
#include "melding/reason.h"
#include "wire/envelope.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define INBOX_ARENA (64 * 1024 * 1024)
#define POSITION_LEN 32

static bool functie_is_valid(const char *functie)
{
	size_t len = strlen(functie);
	return len > 0 && len <= FUNCTIE_MAX &&
	       strspn(functie, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

static struct spool_file segment_file(const struct inbox *inbox, uint64_t first)
{
	struct spool_file file = {.kind = SPOOL_SEGMENT, .number = first, .scope = inbox->functie};
	spool_path(inbox->spool, file.path, "inbox/%s/%012" PRIu64 ".item", inbox->functie, first);
	return file;
}

static struct spool_file position_file(const struct inbox *inbox)
{
	struct spool_file file = {.kind = SPOOL_POSITION, .scope = inbox->functie};
	spool_path(inbox->spool, file.path, "inbox/%s/position", inbox->functie);
	return file;
}

static enum result damaged(const struct inbox *inbox, const char *path)
{
	problem_set_file(inbox->spool->problem, path);
	problem_set(inbox->spool->problem, reason_code(REASON_DAMAGED), reason_fix(REASON_DAMAGED),
		    "a file of the inbox cannot be read");
	return RESULT_DAMAGED;
}

// ---- position --------------------------------------------------------------------------------

static enum result position_read(struct inbox *inbox)
{
	struct spool_file file = position_file(inbox);
	struct buffer plain;
	if (!spool_has(file.path))
		return RESULT_OK;
	buffer_init(&plain, POSITION_LEN);
	enum result result = spool_read(inbox->spool, &file, &plain);
	if (result == RESULT_OK && plain.len != POSITION_LEN)
		result = damaged(inbox, file.path);
	if (result == RESULT_OK) {
		inbox->position.durable = get_u64be(plain.data);
		inbox->position.handed_over = get_u64be(plain.data + 8);
		inbox->position.acked = get_u64be(plain.data + 16);
		inbox->position.outbox_mark = get_u64be(plain.data + 24);
	}
	buffer_done(&plain);
	return result;
}

enum result inbox_move(struct inbox *inbox, const struct inbox_position *position)
{
	uint8_t plain[POSITION_LEN];
	struct spool_file file = position_file(inbox);
	put_u64be(plain, position->durable);
	put_u64be(plain + 8, position->handed_over);
	put_u64be(plain + 16, position->acked);
	put_u64be(plain + 24, position->outbox_mark);
	enum result result = spool_replace(inbox->spool, &file, bytes_make(plain, sizeof plain));
	if (result == RESULT_OK)
		inbox->position = *position;
	return result;
}

// ---- files of deliveries ---------------------------------------------------------------------

static enum result append_segment(struct inbox *inbox, uint64_t first, uint64_t last)
{
	struct inbox_segment *grown =
		realloc(inbox->segments, (inbox->count + 1) * sizeof *inbox->segments);
	if (!grown)
		return RESULT_NO_MEMORY;
	inbox->segments = grown;
	inbox->segments[inbox->count++] = (struct inbox_segment){.first = first, .last = last};
	return RESULT_OK;
}

static enum result each_segment(void *context, uint64_t number)
{
	return append_segment(context, number, number);
}

static int by_first(const void *a, const void *b)
{
	const struct inbox_segment *x = a, *y = b;
	return x->first < y->first ? -1 : x->first > y->first;
}

static enum result decode_segment(struct inbox *inbox, struct bytes plain, uint64_t *ret_count)
{
	if (plain.len < 4)
		return RESULT_DAMAGED;
	uint64_t count = get_u32be(plain.data);
	enum result result = replies_decode(bytes_make(plain.data + 4, plain.len - 4), inbox->arena,
					    &inbox->replies);
	if (result != RESULT_OK)
		return result == RESULT_NO_MEMORY ? result : RESULT_DAMAGED;
	if (count == 0 || inbox->replies.reply_count != 1 ||
	    inbox->replies.replies[0].delivery_count < count)
		return RESULT_DAMAGED;
	*ret_count = count;
	return RESULT_OK;
}

static enum result load_segment(struct inbox *inbox, size_t at)
{
	struct inbox_segment *segment = &inbox->segments[at];
	struct spool_file file = segment_file(inbox, segment->first);
	struct buffer plain;
	uint64_t count = 0;
	if (inbox->loaded == at + 1)
		return RESULT_OK;
	inbox->loaded = 0;
	arena_clear(inbox->arena);
	buffer_init(&plain, ENVELOPE_FRAME_MAX);
	enum result result = spool_read(inbox->spool, &file, &plain);
	if (result == RESULT_OK)
		result = decode_segment(inbox, buffer_view(&plain), &count);
	if (result == RESULT_DAMAGED)
		result = damaged(inbox, file.path);
	buffer_wipe(&plain);
	if (result == RESULT_OK) {
		segment->last = segment->first + count - 1;
		inbox->loaded = at + 1;
	}
	return result;
}

static enum result list_segments(struct inbox *inbox)
{
	char folder[SPOOL_PATH_MAX];
	spool_path(inbox->spool, folder, "inbox/%s", inbox->functie);
	struct spool_listing listing = {folder + strlen(inbox->spool->folder) + 1, ".item",
					each_segment, inbox};
	enum result result = spool_list(inbox->spool, &listing);
	if (result != RESULT_OK || inbox->count == 0)
		return result;
	qsort(inbox->segments, inbox->count, sizeof *inbox->segments, by_first);
	for (size_t i = 0; i + 1 < inbox->count; i++)
		inbox->segments[i].last = inbox->segments[i + 1].first - 1;
	result = load_segment(inbox, inbox->count - 1);
	uint64_t last = inbox->segments[inbox->count - 1].last;
	if (result == RESULT_OK && last > inbox->position.durable)
		inbox->position.durable = last;
	return result;
}

enum result inbox_open(const struct spool *spool, const char *functie, struct inbox **ret_inbox)
{
	if (!functie_is_valid(functie)) {
		problem_set(spool->problem, reason_code(REASON_BAD_VALUE),
			    "use 1 to 32 of a-z, 0-9 and '-', as the register has it",
			    "this cannot be the name of a functie");
		return RESULT_MALFORMED;
	}
	struct inbox *inbox = calloc(1, sizeof *inbox);
	if (!inbox)
		return RESULT_NO_MEMORY;
	inbox->spool = spool;
	memcpy(inbox->functie, functie, strlen(functie) + 1);
	enum result result = arena_new(INBOX_ARENA, &inbox->arena);
	if (result == RESULT_OK)
		result = spool_ensure_folder(spool, "inbox", inbox->functie);
	if (result == RESULT_OK)
		result = position_read(inbox);
	if (result == RESULT_OK)
		result = list_segments(inbox);
	if (result != RESULT_OK) {
		inbox_free(inbox);
		return result;
	}
	*ret_inbox = inbox;
	return RESULT_OK;
}

void inbox_free(struct inbox *inbox)
{
	if (!inbox)
		return;
	arena_free(inbox->arena);
	free(inbox->segments);
	free(inbox);
}

enum result inbox_add(struct inbox *inbox, size_t count, struct bytes replies)
{
	uint64_t first = inbox->position.durable + 1;
	struct spool_file file = segment_file(inbox, first);
	struct buffer plain;
	buffer_init(&plain, ENVELOPE_FRAME_MAX + 4);
	buffer_append_u32be(&plain, (uint32_t)count);
	buffer_append(&plain, replies);
	enum result result = plain.status;
	if (result == RESULT_OK)
		result = append_segment(inbox, first, first + count - 1);
	if (result == RESULT_OK) {
		// A file of this number can only be one whose writing failed halfway: nothing of it
		// was handed over.
		result = spool_replace(inbox->spool, &file, buffer_view(&plain));
		if (result != RESULT_OK)
			inbox->count--;
	}
	buffer_wipe(&plain);
	if (result == RESULT_OK)
		inbox->position.durable = first + count - 1;
	return result;
}

enum result inbox_set_aside(const struct inbox *inbox, const char *check, struct bytes replies)
{
	uint64_t number = inbox->position.durable + 1;
	struct spool_file file = {.kind = SPOOL_ASIDE, .number = number, .scope = inbox->functie};
	struct buffer plain;
	spool_path(inbox->spool, file.path, "inbox/%s/%012" PRIu64 ".aside", inbox->functie,
		   number);
	buffer_init(&plain, ENVELOPE_FRAME_MAX + 64);
	buffer_append_text(&plain, check);
	buffer_append_u8(&plain, 0);
	buffer_append(&plain, replies);
	enum result result = plain.status;
	if (result == RESULT_OK)
		result = spool_replace(inbox->spool, &file, buffer_view(&plain));
	buffer_wipe(&plain);
	return result;
}

enum result inbox_read(struct inbox *inbox, uint64_t number, const struct delivery **ret_delivery)
{
	size_t at = 0;
	while (at < inbox->count && inbox->segments[at].last < number)
		at++;
	if (at == inbox->count || inbox->segments[at].first > number)
		return RESULT_NOT_FOUND;
	enum result result = load_segment(inbox, at);
	if (result != RESULT_OK)
		return result;
	uint64_t offset = number - inbox->segments[at].first;
	if (offset >= inbox->replies.replies[0].delivery_count)
		return RESULT_NOT_FOUND;
	*ret_delivery = &inbox->replies.replies[0].deliveries[offset];
	return RESULT_OK;
}

enum result inbox_tidy(struct inbox *inbox)
{
	enum result result = RESULT_OK;
	size_t gone = 0;
	while (gone < inbox->count && inbox->segments[gone].last <= inbox->position.acked) {
		struct spool_file file = segment_file(inbox, inbox->segments[gone].first);
		result = spool_remove(inbox->spool, file.path);
		if (result != RESULT_OK)
			break;
		gone++;
	}
	if (gone > 0) {
		inbox->loaded = inbox->loaded > gone ? inbox->loaded - gone : 0;
		inbox->count -= gone;
		memmove(inbox->segments, inbox->segments + gone,
			inbox->count * sizeof *inbox->segments);
	}
	return result;
}

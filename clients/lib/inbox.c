// SPDX-License-Identifier: EUPL-1.2
#include "lib/inbox.h"

#include "base/clock.h"
#include "melding/reason.h"
#include "wire/envelope.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define INBOX_ARENA (64 * 1024 * 1024)
#define FILE_READ_MAX (INBOX_FILE_MAX + 2 * ENVELOPE_FRAME_MAX)

// A record of `number`, in the file whose first record is `file`.
static struct spool_file record_file(const struct inbox *inbox, uint64_t file, uint64_t number)
{
	struct spool_file made = {.kind = SPOOL_RECORD, .number = number, .scope = inbox->functie};
	spool_path(inbox->spool, made.path, "inbox/%s/%012" PRIu64 ".item", inbox->functie, file);
	return made;
}

enum result inbox_damaged(const struct inbox *inbox, const char *path)
{
	problem_set_file(inbox->spool->problem, path);
	problem_set(inbox->spool->problem, reason_code(REASON_DAMAGED), reason_fix(REASON_DAMAGED),
		    "a file of the inbox cannot be read");
	return RESULT_DAMAGED;
}

// ---- records -----------------------------------------------------------------------------------

static enum result append_record(struct inbox *inbox, const struct inbox_record *record)
{
	if (inbox->count == inbox->room) {
		size_t room = inbox->room ? 2 * inbox->room : 32;
		struct inbox_record *grown = realloc(inbox->records, room * sizeof *grown);
		if (!grown)
			return RESULT_NO_MEMORY;
		inbox->records = grown;
		inbox->room = room;
	}
	inbox->records[inbox->count++] = *record;
	return RESULT_OK;
}

// ---- records in memory -------------------------------------------------------------------------

static void forget(struct inbox_open *open)
{
	arena_clear(open->arena);
	open->first = 0;
}

static struct inbox_open *find_open(struct inbox *inbox, uint64_t first)
{
	for (size_t i = 0; first != 0 && i < INBOX_OPEN_MAX; i++) {
		if (inbox->open[i].first == first)
			return &inbox->open[i];
	}
	return NULL;
}

// An empty place, or the one that was read longest ago, emptied.
static enum result make_room(struct inbox *inbox, struct inbox_open **ret_open)
{
	struct inbox_open *open = &inbox->open[0];
	for (size_t i = 1; open->first != 0 && i < INBOX_OPEN_MAX; i++) {
		struct inbox_open *other = &inbox->open[i];
		if (other->first == 0 || other->turn < open->turn)
			open = other;
	}
	enum result result = RESULT_OK;
	if (!open->arena)
		result = arena_new(INBOX_ARENA, &open->arena);
	if (result == RESULT_OK)
		forget(open);
	*ret_open = open;
	return result;
}

static enum result take_apart(const struct reply *reply, size_t count, struct arena *arena,
			      struct inbox_content *content)
{
	struct delivered *delivered = arena_alloc(arena, count * sizeof *delivered);
	if (!delivered)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < count; i++) {
		if (delivered_read(&reply->deliveries[i], arena, &delivered[i]) != PROOF_FINE)
			return RESULT_DAMAGED;
	}
	content->delivered = delivered;
	content->count = count;
	return RESULT_OK;
}

static enum result decode_record(struct bytes plain, struct arena *arena,
				 struct inbox_content *content)
{
	struct replies replies;
	if (plain.len < 4)
		return RESULT_DAMAGED;
	size_t count = get_u32be(plain.data);
	enum result result =
		replies_decode(bytes_make(plain.data + 4, plain.len - 4), arena, &replies);
	if (result != RESULT_OK)
		return result == RESULT_NO_MEMORY ? result : RESULT_DAMAGED;
	if (count == 0 || replies.reply_count != 1 || replies.replies[0].delivery_count < count)
		return RESULT_DAMAGED;
	content->note = replies.checkpoint;
	return take_apart(&replies.replies[0], count, arena, content);
}

static enum result open_record(struct inbox *inbox, const struct inbox_record *record,
			       struct bytes sealed, struct inbox_open *open)
{
	struct spool_file file = record_file(inbox, record->file, record->first);
	struct buffer plain;
	buffer_init(&plain, ENVELOPE_FRAME_MAX);
	enum result result = spool_read_record(inbox->spool, &file, sealed, &plain);
	if (result == RESULT_OK)
		result = decode_record(buffer_view(&plain), open->arena, &open->content);
	if (result == RESULT_DAMAGED)
		result = inbox_damaged(inbox, file.path);
	buffer_wipe(&plain);
	return result;
}

static enum result read_again(struct inbox *inbox, const struct inbox_record *record,
			      struct inbox_open **ret_open)
{
	struct spool_file file = record_file(inbox, record->file, record->first);
	struct buffer sealed;
	enum result result = make_room(inbox, ret_open);
	if (result != RESULT_OK)
		return result;
	buffer_init(&sealed, 2 * ENVELOPE_FRAME_MAX);
	result = spool_read_part(inbox->spool, file.path, record->offset + 4, record->length,
				 &sealed);
	if (result == RESULT_OK)
		result = open_record(inbox, record, buffer_view(&sealed), *ret_open);
	buffer_done(&sealed);
	return result;
}

static enum result load_record(struct inbox *inbox, const struct inbox_record *record,
			       const struct inbox_content **ret_content)
{
	struct inbox_open *open = find_open(inbox, record->first);
	enum result result = open ? RESULT_OK : read_again(inbox, record, &open);
	if (result != RESULT_OK)
		return result;
	open->first = record->first;
	open->turn = ++inbox->turns;
	*ret_content = &open->content;
	return RESULT_OK;
}

// ---- opening -----------------------------------------------------------------------------------

static enum result scan_file(struct inbox *inbox, uint64_t number, struct bytes content)
{
	struct inbox_record record = {.file = number};
	struct bytes sealed;
	enum result result = RESULT_OK;
	while (result == RESULT_OK &&
	       spool_next_record(content, record.offset, &sealed, &record.first)) {
		record.last = record.first;
		record.length = sealed.len;
		result = append_record(inbox, &record);
		record.offset += 4 + sealed.len;
	}
	return result;
}

static enum result each_file(void *context, uint64_t number)
{
	struct inbox *inbox = context;
	struct spool_file file = record_file(inbox, number, number);
	struct buffer content;
	buffer_init(&content, FILE_READ_MAX);
	enum result result = spool_read_plain(inbox->spool, file.path, FILE_READ_MAX, &content);
	if (result == RESULT_OK)
		result = scan_file(inbox, number, buffer_view(&content));
	buffer_done(&content);
	return result;
}

static int by_first(const void *a, const void *b)
{
	const struct inbox_record *x = a, *y = b;
	return x->first < y->first ? -1 : x->first > y->first;
}

// Only the newest file can hold what was never synced, and there a crash may have damaged any
// record that was not handed over: the first such and what follows it is fetched again. The newest
// record says itself how many it holds.
static enum result check_newest(struct inbox *inbox)
{
	size_t i = inbox->count - 1;
	while (i > 0 && inbox->records[i - 1].file == inbox->records[i].file &&
	       inbox->records[i - 1].first > inbox->position.handed_over)
		i--;
	for (; i < inbox->count; i++) {
		const struct inbox_content *content;
		struct inbox_record *record = &inbox->records[i];
		enum result result = load_record(inbox, record, &content);
		if (result == RESULT_OK)
			record->last = record->first + content->count - 1;
		else if (result == RESULT_DAMAGED)
			inbox->count = i;
		else
			return result;
	}
	return RESULT_OK;
}

// Numbers have no gaps, so a record ends where the next begins; or later, where the inbox went on
// at a later number, and then all before that is acked.
static enum result list_records(struct inbox *inbox)
{
	char folder[SPOOL_PATH_MAX];
	spool_path(inbox->spool, folder, "inbox/%s", inbox->functie);
	struct spool_listing listing = {folder + strlen(inbox->spool->folder) + 1, ".item",
					each_file, inbox};
	enum result result = spool_list(inbox->spool, &listing);
	if (inbox->count > 0)
		qsort(inbox->records, inbox->count, sizeof *inbox->records, by_first);
	for (size_t i = 0; i + 1 < inbox->count; i++)
		inbox->records[i].last = inbox->records[i + 1].first - 1;
	if (result == RESULT_OK && inbox->count > 0)
		result = check_newest(inbox);
	inbox->durable = inbox->stored = inbox->position.handed_over;
	if (inbox->count > 0 && inbox->records[inbox->count - 1].last > inbox->stored)
		inbox->stored = inbox->records[inbox->count - 1].last;
	return result == RESULT_OK ? inbox_sync(inbox) : result;
}

enum result inbox_open(const struct spool *spool, const char *functie, struct inbox **ret_inbox)
{
	if (!functie_is_valid(bytes_of_text(functie))) {
		problem_set(spool->problem, reason_code(REASON_BAD_VALUE),
			    "use 1 to 32 of a-z, 0-9 and '-', as the register has it",
			    "this cannot be the name of a functie");
		return RESULT_MALFORMED;
	}
	struct inbox *inbox = calloc(1, sizeof *inbox);
	if (!inbox)
		return RESULT_NO_MEMORY;
	inbox->spool = spool;
	buffer_init(&inbox->record, 2 * ENVELOPE_FRAME_MAX);
	memcpy(inbox->functie, functie, strlen(functie) + 1);
	enum result result = spool_ensure_folder(spool, "inbox", inbox->functie);
	if (result == RESULT_OK)
		result = inbox_position_read(inbox);
	if (result == RESULT_OK)
		result = list_records(inbox);
	if (result == RESULT_OK)
		result = inbox_forget(inbox, clock_wall_ms());
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
	for (size_t i = 0; i < INBOX_OPEN_MAX; i++)
		arena_free(inbox->open[i].arena);
	buffer_wipe(&inbox->record);
	free(inbox->records);
	free(inbox->given);
	free(inbox);
}

// Where the next record goes: behind the newest, or into a new file.
static void place_record(const struct inbox *inbox, struct inbox_record *record)
{
	if (inbox->count == 0)
		return;
	const struct inbox_record *newest = &inbox->records[inbox->count - 1];
	size_t end = newest->offset + 4 + newest->length;
	if (end >= INBOX_FILE_MAX || newest->last + 1 != record->first)
		return;
	record->file = newest->file;
	record->offset = end;
}

static enum result write_record(struct inbox *inbox, size_t count, struct bytes wire,
				struct inbox_record *record)
{
	struct spool_file file = record_file(inbox, record->file, record->first);
	size_t end;
	spool_begin_record(&inbox->record);
	buffer_append_u32be(&inbox->record, (uint32_t)count);
	buffer_append(&inbox->record, wire);
	enum result result = inbox->record.status;
	if (result == RESULT_OK)
		result = spool_append(inbox->spool, &file, record->offset, &inbox->record, &end);
	if (result == RESULT_OK)
		record->length = end - record->offset - 4;
	return result;
}

static void keep_open(struct inbox *inbox, uint64_t first, const struct inbox_content *content,
		      struct inbox_open *open, struct arena **arena)
{
	struct arena *taken = *arena;
	*arena = open->arena;
	*open = (struct inbox_open){first, ++inbox->turns, taken, *content};
}

enum result inbox_add(struct inbox *inbox, struct bytes wire, const struct inbox_content *content,
		      struct arena **arena)
{
	struct inbox_record record = {.first = inbox->stored + 1,
				      .last = inbox->stored + content->count,
				      .file = inbox->stored + 1};
	struct inbox_open *open = NULL;
	enum result result = RESULT_OK;
	place_record(inbox, &record);
	// So that only the newest file can hold what is not durable.
	if (record.offset == 0)
		result = inbox_sync(inbox);
	if (result == RESULT_OK)
		result = make_room(inbox, &open);
	if (result == RESULT_OK)
		result = write_record(inbox, content->count, wire, &record);
	if (result == RESULT_OK)
		result = append_record(inbox, &record);
	if (result == RESULT_OK)
		result = inbox_remember(inbox, content);
	if (result != RESULT_OK)
		return result;
	keep_open(inbox, record.first, content, open, arena);
	inbox->stored = record.last;
	return RESULT_OK;
}

static void forget_unsynced(struct inbox *inbox)
{
	while (inbox->count > 0 && inbox->records[inbox->count - 1].first > inbox->durable) {
		struct inbox_open *open = find_open(inbox, inbox->records[--inbox->count].first);
		if (open)
			forget(open);
	}
	inbox->stored = inbox->durable;
}

enum result inbox_sync(struct inbox *inbox)
{
	if (inbox->stored == inbox->durable)
		return RESULT_OK;
	const struct inbox_record *newest = &inbox->records[inbox->count - 1];
	struct spool_file file = record_file(inbox, newest->file, newest->first);
	enum result result = spool_sync(inbox->spool, file.path, newest->file != inbox->named_file);
	if (result == RESULT_OK) {
		inbox->durable = inbox->stored;
		inbox->named_file = newest->file;
	}
	if (result != RESULT_OK)
		forget_unsynced(inbox);
	return result;
}

enum result inbox_set_aside(const struct inbox *inbox, const char *check, struct bytes replies)
{
	uint64_t number = inbox->stored + 1;
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

struct aside {
	uint64_t stored, number; // of the delivery, 0: none
};

static enum result find_aside(void *context, uint64_t number)
{
	struct aside *aside = context;
	if (number > aside->stored)
		aside->number = number;
	return RESULT_OK;
}

enum result inbox_find_aside(const struct inbox *inbox, uint64_t *ret_number)
{
	char folder[SPOOL_PATH_MAX];
	struct aside aside = {.stored = inbox->stored};
	spool_path(inbox->spool, folder, "inbox/%s", inbox->functie);
	struct spool_listing listing = {folder + strlen(inbox->spool->folder) + 1, ".aside",
					find_aside, &aside};
	enum result result = spool_list(inbox->spool, &listing);
	if (result == RESULT_OK)
		*ret_number = aside.number;
	return result;
}

enum result inbox_read(struct inbox *inbox, uint64_t number, const struct delivered **ret_delivered)
{
	size_t low = 0, high = inbox->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (inbox->records[middle].last < number)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == inbox->count || inbox->records[low].first > number)
		return RESULT_NOT_FOUND;
	const struct inbox_content *content;
	enum result result = load_record(inbox, &inbox->records[low], &content);
	if (result != RESULT_OK)
		return result;
	uint64_t offset = number - inbox->records[low].first;
	if (offset >= content->count)
		return RESULT_NOT_FOUND;
	*ret_delivered = &content->delivered[offset];
	return RESULT_OK;
}

enum result inbox_newest_note(struct inbox *inbox, struct bytes *ret_note)
{
	const struct inbox_content *content;
	if (inbox->count == 0)
		return RESULT_NOT_FOUND;
	enum result result = load_record(inbox, &inbox->records[inbox->count - 1], &content);
	if (result == RESULT_OK)
		*ret_note = content->note;
	return result;
}

// The records of the first file, when all of them are acked; 0 when not.
static size_t acked_file(const struct inbox *inbox)
{
	size_t count = 0;
	while (count < inbox->count && inbox->records[count].file == inbox->records[0].file &&
	       inbox->records[count].last <= inbox->position.acked)
		count++;
	bool whole = count == inbox->count ||
		     (count > 0 && inbox->records[count].file != inbox->records[0].file);
	return whole ? count : 0;
}

enum result inbox_tidy(struct inbox *inbox)
{
	size_t count;
	while ((count = acked_file(inbox)) > 0) {
		struct spool_file file = record_file(inbox, inbox->records[0].file, 0);
		enum result result = spool_drop(inbox->spool, file.path);
		if (result != RESULT_OK)
			return result;
		for (size_t i = 0; i < count; i++) {
			struct inbox_open *open = find_open(inbox, inbox->records[i].first);
			if (open)
				forget(open);
		}
		inbox->count -= count;
		memmove(inbox->records, inbox->records + count,
			inbox->count * sizeof *inbox->records);
	}
	return RESULT_OK;
}

enum result inbox_begin(struct inbox *inbox, uint64_t first)
{
	struct inbox_position position = inbox->position;
	if (first <= inbox->durable || inbox->stored != inbox->durable ||
	    position.acked != inbox->durable || position.handed_over != inbox->durable)
		return RESULT_EXISTS;
	position.handed_over = position.acked = first - 1;
	enum result result = inbox_move(inbox, &position);
	if (result == RESULT_OK)
		inbox->durable = inbox->stored = first - 1;
	return result;
}

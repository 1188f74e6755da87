// SPDX-License-Identifier: EUPL-1.2
// How statements of the outbox end: receipts, refusals, and the mark on their file. The receipts of
// one answer are one file: on most disks a sync costs more than all that is written.
#include "lib/outbox.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC "KNPR"
#define HEAD_LEN 12
#define ROW_LEN 12
#define RECEIPTS_MAX (BATCH_MAX * (size_t)TLOG_PROOF_MAX)
#define RECEIPT_ARENA (256 * 1024)
#define REFUSAL_MAX 1024

static void receipts_path(const struct spool *spool, uint64_t number, char out[SPOOL_PATH_MAX])
{
	spool_path(spool, out, "outbox/%012" PRIu64 ".receipts", number);
}

static struct spool_file refusal_file(const struct spool *spool, uint64_t sequence)
{
	struct spool_file file = {.kind = SPOOL_REFUSAL, .number = sequence, .scope = ""};
	spool_path(spool, file.path, "outbox/%012" PRIu64 ".refusal", sequence);
	return file;
}

// ---- the table ---------------------------------------------------------------------------------

static size_t place_of(const struct outbox *outbox, uint64_t sequence)
{
	size_t low = 0, high = outbox->outcome_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (outbox->outcomes[middle].sequence < sequence)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct outbox_outcome *outbox_outcome(const struct outbox *outbox, uint64_t sequence)
{
	size_t at = place_of(outbox, sequence);
	bool found = at < outbox->outcome_count && outbox->outcomes[at].sequence == sequence;
	return found ? &outbox->outcomes[at] : NULL;
}

static enum result reserve(struct outbox *outbox, size_t more)
{
	size_t needed = outbox->outcome_count + more, room = outbox->outcome_room;
	if (needed <= room)
		return RESULT_OK;
	room = 2 * needed > 64 ? 2 * needed : 64;
	struct outbox_outcome *grown = realloc(outbox->outcomes, room * sizeof *grown);
	if (!grown)
		return RESULT_NO_MEMORY;
	outbox->outcomes = grown;
	outbox->outcome_room = room;
	return RESULT_OK;
}

// There is room. A receipt takes the place of a refusal: what is in the log counts.
static void insert(struct outbox *outbox, const struct outbox_outcome *outcome)
{
	size_t at = place_of(outbox, outcome->sequence);
	struct outbox_outcome *place = &outbox->outcomes[at];
	if (at < outbox->outcome_count && place->sequence == outcome->sequence) {
		if (outcome->receipts != 0)
			*place = *outcome;
		return;
	}
	memmove(place + 1, place, (outbox->outcome_count - at) * sizeof *place);
	*place = *outcome;
	outbox->outcome_count++;
}

// Enters what the head of a file of receipts says. One that has not its form is left out: what it
// settled is asked for again, or reported where it is missed.
static enum result enter_receipts(struct outbox *outbox, uint64_t number, struct bytes content)
{
	if (content.len < HEAD_LEN || memcmp(content.data, MAGIC "\1\0\0", 8) != 0)
		return RESULT_OK;
	size_t count = get_u32be(content.data + 8);
	if (count > BATCH_MAX || content.len < HEAD_LEN + count * ROW_LEN)
		return RESULT_OK;
	enum result result = reserve(outbox, count);
	size_t offset = HEAD_LEN + count * ROW_LEN;
	for (size_t i = 0; result == RESULT_OK && i < count; i++) {
		const uint8_t *row = content.data + HEAD_LEN + i * ROW_LEN;
		struct outbox_outcome outcome = {.sequence = get_u64be(row),
						 .receipts = number,
						 .offset = (uint32_t)offset,
						 .length = get_u32be(row + 8)};
		if (outcome.length > content.len - offset)
			return RESULT_OK;
		insert(outbox, &outcome);
		offset += outcome.length;
	}
	return result;
}

// The first text of a file of receipts; empty when it has not its form.
static struct bytes first_text(struct bytes content)
{
	if (content.len < HEAD_LEN + ROW_LEN)
		return (struct bytes){0};
	size_t count = get_u32be(content.data + 8);
	size_t length = get_u32be(content.data + HEAD_LEN + 8);
	if (count < 1 || count > BATCH_MAX || content.len < HEAD_LEN + count * ROW_LEN + length)
		return (struct bytes){0};
	return bytes_make(content.data + HEAD_LEN + count * ROW_LEN, length);
}

// The size that a note names in its second line, 0 when it has none: a cheap look before it is
// verified.
static uint64_t size_named(struct bytes note)
{
	const uint8_t *line = note.len > 0 ? memchr(note.data, '\n', note.len) : NULL;
	uint64_t size = 0;
	if (!line)
		return 0;
	for (line++; line < note.data + note.len && *line >= '0' && *line <= '9'; line++)
		size = size * 10 + (uint64_t)(*line - '0');
	return size;
}

// The checkpoint that all receipts of a file came with, when it is the newest so far.
static enum result enter_note(struct outbox *outbox, const struct log_keys *keys,
			      struct bytes content)
{
	struct checkpoint checkpoint;
	struct bytes note = receipt_note(first_text(content));
	if (size_named(note) <= outbox->note_size ||
	    log_keys_verify(keys, note, &checkpoint) != RESULT_OK)
		return RESULT_OK;
	buffer_clear(&outbox->note);
	buffer_append(&outbox->note, note);
	outbox->note_size = checkpoint.size;
	return outbox->note.status;
}

enum result outbox_note_of(const struct outbox *outbox, uint64_t receipts, struct buffer *ret_note)
{
	char path[SPOOL_PATH_MAX];
	struct buffer content;
	receipts_path(outbox->spool, receipts, path);
	buffer_init(&content, RECEIPTS_MAX);
	enum result result = spool_read_plain(outbox->spool, path, RECEIPTS_MAX, &content);
	struct bytes note = receipt_note(first_text(buffer_view(&content)));
	if (result == RESULT_OK && note.len == 0)
		result = RESULT_NOT_FOUND;
	if (result == RESULT_OK)
		buffer_append(ret_note, note);
	if (result == RESULT_OK)
		result = ret_note->status;
	buffer_done(&content);
	return result == RESULT_TOO_LARGE ? RESULT_NOT_FOUND : result;
}

struct loading {
	struct outbox *outbox;
	const struct log_keys *keys;
};

static enum result each_receipts(void *context, uint64_t number)
{
	const struct loading *loading = context;
	struct outbox *outbox = loading->outbox;
	char path[SPOOL_PATH_MAX];
	struct buffer content;
	receipts_path(outbox->spool, number, path);
	buffer_init(&content, RECEIPTS_MAX);
	enum result result = spool_read_plain(outbox->spool, path, RECEIPTS_MAX, &content);
	if (result == RESULT_OK)
		result = enter_receipts(outbox, number, buffer_view(&content));
	else if (result == RESULT_TOO_LARGE)
		result = RESULT_OK;
	if (result == RESULT_OK)
		result = enter_note(outbox, loading->keys, buffer_view(&content));
	buffer_done(&content);
	return result;
}

static enum result enter_refusal(struct outbox *outbox, uint64_t number)
{
	enum result result = reserve(outbox, 1);
	if (result == RESULT_OK)
		insert(outbox, &(struct outbox_outcome){.sequence = number});
	return result;
}

static enum result each_refusal(void *context, uint64_t number)
{
	const struct loading *loading = context;
	return enter_refusal(loading->outbox, number);
}

enum result outbox_load_outcomes(struct outbox *outbox, const struct log_keys *keys)
{
	struct loading loading = {outbox, keys};
	struct spool_listing receipts = {"outbox", ".receipts", each_receipts, &loading};
	struct spool_listing refusals = {"outbox", ".refusal", each_refusal, &loading};
	outbox->outcome_count = 0;
	enum result result = spool_list(outbox->spool, &receipts);
	return result == RESULT_OK ? spool_list(outbox->spool, &refusals) : result;
}

// ---- settling ----------------------------------------------------------------------------------

enum result outbox_settle_receipts(struct outbox *outbox, const struct outbox_proof *proofs,
				   size_t count)
{
	static const uint8_t version[4] = {1, 0, 0, 0};
	char path[SPOOL_PATH_MAX];
	struct buffer content;
	if (count == 0)
		return RESULT_OK;
	buffer_init(&content, RECEIPTS_MAX);
	buffer_append(&content, bytes_make(MAGIC, 4));
	buffer_append(&content, bytes_make(version, sizeof version));
	buffer_append_u32be(&content, (uint32_t)count);
	for (size_t i = 0; i < count; i++) {
		buffer_append_u64be(&content, proofs[i].sequence);
		buffer_append_u32be(&content, (uint32_t)proofs[i].text.len);
	}
	for (size_t i = 0; i < count; i++)
		buffer_append(&content, proofs[i].text);
	receipts_path(outbox->spool, proofs[0].sequence, path);
	enum result result = content.status;
	if (result == RESULT_OK)
		result = reserve(outbox, count);
	if (result == RESULT_OK)
		result = spool_write_plain(outbox->spool, path, buffer_view(&content));
	if (result == RESULT_OK)
		result = enter_receipts(outbox, proofs[0].sequence, buffer_view(&content));
	buffer_done(&content);
	return result;
}

enum result outbox_settle_refusal(struct outbox *outbox, uint64_t sequence,
				  const struct refusal *refusal)
{
	struct spool_file file = refusal_file(outbox->spool, sequence);
	struct buffer plain;
	buffer_init(&plain, REFUSAL_MAX);
	buffer_append_u32be(&plain, (uint32_t)refusal->reason);
	buffer_append_text(&plain, refusal->field);
	enum result result = plain.status;
	if (result == RESULT_OK)
		result = spool_replace(outbox->spool, &file, buffer_view(&plain));
	if (result == RESULT_OK)
		result = enter_refusal(outbox, sequence);
	buffer_done(&plain);
	return result;
}

static bool all_settled(const struct outbox *outbox, const struct outbox_item *item)
{
	for (uint32_t i = 0; i < item->count; i++) {
		if (!outbox_outcome(outbox, item->number + i))
			return false;
	}
	return true;
}

static struct outbox_file *file_of(struct outbox *outbox, uint64_t number)
{
	for (size_t i = 0; i < outbox->count; i++) {
		if (outbox->files[i].number == number)
			return &outbox->files[i];
	}
	return NULL;
}

enum result outbox_mark_done(struct outbox *outbox, struct outbox_item *const *items, size_t count)
{
	enum result result = RESULT_OK;
	for (size_t i = 0; result == RESULT_OK && i < count; i++) {
		struct outbox_file *file = file_of(outbox, items[i]->number);
		if (!file || file->done || !all_settled(outbox, items[i]))
			continue;
		struct spool_file from = outbox_item_file(outbox->spool, file->number, false);
		struct spool_file to = outbox_item_file(outbox->spool, file->number, true);
		result = spool_rename(outbox->spool, from.path, to.path);
		file->done = result == RESULT_OK;
	}
	return result;
}

// ---- status ------------------------------------------------------------------------------------

static void set_field(struct refusal *refusal, struct bytes field)
{
	size_t len = field.len < sizeof refusal->field ? field.len : sizeof refusal->field - 1;
	if (len > 0)
		memcpy(refusal->field, field.data, len);
	refusal->field[len] = '\0';
}

static enum result damaged(const struct outbox *outbox, const char *path)
{
	problem_set_file(outbox->spool->problem, path);
	problem_set(outbox->spool->problem, reason_code(REASON_DAMAGED), reason_fix(REASON_DAMAGED),
		    "a receipt of the outbox does not verify");
	return RESULT_DAMAGED;
}

static enum result read_receipt(struct bytes text, const struct log_keys *keys,
				struct item_status *status)
{
	struct arena *arena;
	struct receipt receipt;
	enum result result = arena_new(RECEIPT_ARENA, &arena);
	if (result != RESULT_OK)
		return result;
	result = receipt_parse(text, keys, arena, &receipt);
	if (result == RESULT_OK && receipt.part.kind != PART_SENDER)
		result = RESULT_DAMAGED;
	if (result == RESULT_OK) {
		const struct part_sender *part = &receipt.part.sender;
		bool taken = part->outcome == OUTCOME_AANVAARD;
		status->state = taken ? ITEM_AANVAARD : ITEM_GEWEIGERD;
		status->index = receipt.index;
		status->refusal.reason = (enum reason)part->reason;
		set_field(&status->refusal, part->field);
	}
	arena_free(arena);
	return result;
}

// Only its own text: its file holds those of a whole answer.
static enum result read_text(const struct outbox *outbox, const struct outbox_outcome *outcome,
			     struct buffer *ret_text)
{
	char path[SPOOL_PATH_MAX];
	receipts_path(outbox->spool, outcome->receipts, path);
	if (outcome->length > TLOG_PROOF_MAX)
		return damaged(outbox, path);
	enum result result =
		spool_read_part(outbox->spool, path, outcome->offset, outcome->length, ret_text);
	return result == RESULT_DAMAGED ? damaged(outbox, path) : result;
}

static enum result ended_by_receipt(const struct outbox *outbox,
				    const struct outbox_outcome *outcome,
				    const struct log_keys *keys, struct item_status *status)
{
	char path[SPOOL_PATH_MAX];
	struct buffer text;
	buffer_init(&text, TLOG_PROOF_MAX);
	enum result result = read_text(outbox, outcome, &text);
	if (result == RESULT_OK) {
		result = read_receipt(buffer_view(&text), keys, status);
		receipts_path(outbox->spool, outcome->receipts, path);
		if (result == RESULT_DAMAGED)
			damaged(outbox, path);
	}
	buffer_done(&text);
	return result;
}

static enum result ended_by_refusal(const struct outbox *outbox, uint64_t sequence,
				    struct item_status *status)
{
	struct spool_file file = refusal_file(outbox->spool, sequence);
	struct buffer plain;
	buffer_init(&plain, REFUSAL_MAX);
	enum result result = spool_read(outbox->spool, &file, &plain);
	if (result == RESULT_OK && plain.len >= 4) {
		status->state = ITEM_GEWEIGERD;
		status->refusal.reason = (enum reason)get_u32be(plain.data);
		set_field(&status->refusal, bytes_make(plain.data + 4, plain.len - 4));
	}
	buffer_done(&plain);
	return result;
}

enum result outbox_ended(const struct outbox *outbox, const struct outbox_item *item,
			 const struct log_keys *keys, struct item_status *ret_status)
{
	uint64_t sequence = item->number + item->position;
	const struct outbox_outcome *outcome = outbox_outcome(outbox, sequence);
	struct item_status status = {.state = ITEM_OUTBOX, .type = item->statement.type};
	snprintf(status.id, sizeof status.id, "%.*s", (int)item->statement.id.len,
		 (const char *)item->statement.id.data);
	enum result result = RESULT_OK;
	struct spool_file done = outbox_item_file(outbox->spool, item->number, true);
	if (!outcome && spool_has(done.path))
		result = damaged(outbox, done.path);
	else if (outcome && outcome->receipts != 0)
		result = ended_by_receipt(outbox, outcome, keys, &status);
	else if (outcome)
		result = ended_by_refusal(outbox, sequence, &status);
	if (result == RESULT_OK)
		*ret_status = status;
	return result;
}

static enum result write_proof(const struct outbox *outbox, const struct outbox_outcome *outcome,
			       struct item_status *status)
{
	char path[SPOOL_PATH_MAX];
	struct buffer text;
	buffer_init(&text, TLOG_PROOF_MAX);
	enum result result = read_text(outbox, outcome, &text);
	spool_path(outbox->spool, path, "outbox/%012" PRIu64 ".tlog-proof", outcome->sequence);
	if (result == RESULT_OK)
		result = spool_write_copy(outbox->spool, path, buffer_view(&text));
	snprintf(status->proof, sizeof status->proof, "%s", path);
	buffer_done(&text);
	return result;
}

enum result outbox_status(const struct outbox *outbox, const struct outbox_item *item,
			  const struct log_keys *keys, struct item_status *ret_status)
{
	const struct outbox_outcome *outcome =
		outbox_outcome(outbox, item->number + item->position);
	struct item_status status;
	enum result result = outbox_ended(outbox, item, keys, &status);
	if (result == RESULT_OK && outcome && outcome->receipts != 0)
		result = write_proof(outbox, outcome, &status);
	if (result == RESULT_OK)
		*ret_status = status;
	return result;
}

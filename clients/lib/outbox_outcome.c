// SPDX-License-Identifier: EUPL-1.2
// How statements of the outbox end: receipts, refusals, the mark on the file, and
// letting go after 14 days.
#include "lib/outbox.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define SEQUENCE_TEXT_MAX 32
#define RECEIPT_ARENA (256 * 1024)

static void proof_path(const struct spool *spool, uint64_t sequence, char out[SPOOL_PATH_MAX])
{
	spool_path(spool, out, "outbox/%012" PRIu64 ".tlog-proof", sequence);
}

static struct spool_file refusal_file(const struct spool *spool, uint64_t sequence)
{
	struct spool_file file = {.kind = SPOOL_REFUSAL, .number = sequence, .scope = ""};
	spool_path(spool, file.path, "outbox/%012" PRIu64 ".refusal", sequence);
	return file;
}

bool outbox_is_settled(const struct outbox *outbox, uint64_t sequence)
{
	char path[SPOOL_PATH_MAX];
	proof_path(outbox->spool, sequence, path);
	struct spool_file refusal = refusal_file(outbox->spool, sequence);
	return spool_has(path) || spool_has(refusal.path);
}

enum result outbox_settle_receipt(const struct outbox *outbox, uint64_t sequence,
				  struct bytes proof)
{
	char path[SPOOL_PATH_MAX];
	proof_path(outbox->spool, sequence, path);
	return spool_write_plain(outbox->spool, path, proof);
}

enum result outbox_settle_refusal(const struct outbox *outbox, uint64_t sequence,
				  const struct refusal *refusal)
{
	struct spool_file file = refusal_file(outbox->spool, sequence);
	struct buffer plain;
	buffer_init(&plain, 1024);
	buffer_append_u32be(&plain, (uint32_t)refusal->reason);
	buffer_append_text(&plain, refusal->field);
	enum result result = plain.status;
	if (result == RESULT_OK)
		result = spool_replace(outbox->spool, &file, buffer_view(&plain));
	buffer_done(&plain);
	return result;
}

enum result outbox_close_file(struct outbox *outbox, uint64_t number, uint32_t count)
{
	char from[SPOOL_PATH_MAX], to[SPOOL_PATH_MAX];
	for (uint32_t i = 0; i < count; i++) {
		if (!outbox_is_settled(outbox, number + i))
			return RESULT_OK;
	}
	spool_path(outbox->spool, from, "outbox/%012" PRIu64 ".item", number);
	spool_path(outbox->spool, to, "outbox/%012" PRIu64 ".done", number);
	enum result result = spool_rename(outbox->spool, from, to);
	// Whether or not the folder could be synced, the name that is there now counts.
	for (size_t i = 0; i < outbox->count; i++) {
		if (outbox->files[i].number == number)
			outbox->files[i].done = spool_has(to);
	}
	return result;
}

// ---- status ----------------------------------------------------------------------------------

static void set_field(struct refusal *refusal, struct bytes field)
{
	size_t len = field.len < sizeof refusal->field ? field.len : sizeof refusal->field - 1;
	if (len > 0)
		memcpy(refusal->field, field.data, len);
	refusal->field[len] = '\0';
}

static enum result status_of_receipt(const struct outbox *outbox, const struct vkey *vkey,
				     struct item_status *status)
{
	struct arena *arena;
	struct buffer text;
	struct receipt receipt;
	enum result result = arena_new(RECEIPT_ARENA, &arena);
	if (result != RESULT_OK)
		return result;
	buffer_init(&text, TLOG_PROOF_MAX);
	result = spool_read_plain(outbox->spool, status->proof, TLOG_PROOF_MAX, &text);
	if (result == RESULT_OK)
		result = receipt_parse(buffer_view(&text), vkey, arena, &receipt);
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
	if (result == RESULT_DAMAGED) {
		problem_set_file(outbox->spool->problem, status->proof);
		problem_set(outbox->spool->problem, reason_code(REASON_DAMAGED),
			    reason_fix(REASON_DAMAGED), "a receipt of the outbox does not verify");
	}
	buffer_done(&text);
	arena_free(arena);
	return result;
}

static enum result status_of_refusal(const struct outbox *outbox, uint64_t sequence,
				     struct item_status *status)
{
	struct spool_file file = refusal_file(outbox->spool, sequence);
	struct buffer plain;
	buffer_init(&plain, 1024);
	enum result result = spool_read(outbox->spool, &file, &plain);
	if (result == RESULT_OK && plain.len >= 4) {
		status->state = ITEM_GEWEIGERD;
		status->refusal.reason = (enum reason)get_u32be(plain.data);
		set_field(&status->refusal, bytes_make(plain.data + 4, plain.len - 4));
	}
	buffer_done(&plain);
	return result;
}

enum result outbox_status(const struct outbox *outbox, const struct outbox_item *item,
			  const struct vkey *vkey, struct item_status *ret_status)
{
	uint64_t sequence = item->number + item->position;
	struct item_status status = {.state = ITEM_OUTBOX, .type = item->statement.type};
	snprintf(status.id, sizeof status.id, "%.*s", (int)item->statement.id.len,
		 (const char *)item->statement.id.data);
	enum result result = RESULT_OK;
	char path[SPOOL_PATH_MAX];
	proof_path(outbox->spool, sequence, path);
	if (spool_has(path)) {
		snprintf(status.proof, sizeof status.proof, "%s", path);
		result = status_of_receipt(outbox, vkey, &status);
	} else if (outbox_is_settled(outbox, sequence)) {
		result = status_of_refusal(outbox, sequence, &status);
	}
	if (result == RESULT_OK)
		*ret_status = status;
	return result;
}

// ---- letting go after 14 days ----------------------------------------------------------------

// When the outcome came: the time of its file. A missing one counts as new.
static int64_t settled_at(const struct outbox *outbox, uint64_t sequence, int64_t now)
{
	char path[SPOOL_PATH_MAX];
	struct stat st;
	proof_path(outbox->spool, sequence, path);
	if (stat(path, &st) < 0) {
		struct spool_file refusal = refusal_file(outbox->spool, sequence);
		if (stat(refusal.path, &st) < 0)
			return now;
	}
	return (int64_t)st.st_mtim.tv_sec * MS_PER_SECOND;
}

static enum result remove_file(const struct outbox *outbox, uint64_t number, uint32_t count)
{
	struct spool_file file = outbox_item_file(outbox->spool, number, true);
	enum result result = spool_remove(outbox->spool, file.path);
	for (uint32_t i = 0; result == RESULT_OK && i < count; i++) {
		char path[SPOOL_PATH_MAX];
		proof_path(outbox->spool, number + i, path);
		if (spool_has(path))
			result = spool_remove(outbox->spool, path);
		struct spool_file refusal = refusal_file(outbox->spool, number + i);
		if (result == RESULT_OK && spool_has(refusal.path))
			result = spool_remove(outbox->spool, refusal.path);
	}
	return result;
}

static enum result write_sequence(const struct outbox *outbox)
{
	char path[SPOOL_PATH_MAX];
	struct buffer text;
	spool_path(outbox->spool, path, "sequence");
	buffer_init(&text, SEQUENCE_TEXT_MAX);
	buffer_append_format(&text, "%" PRIu64 "\n", outbox->next);
	enum result result = text.status;
	if (result == RESULT_OK)
		result = spool_write_plain(outbox->spool, path, buffer_view(&text));
	buffer_done(&text);
	return result;
}

static enum result expire_one(struct outbox *outbox, const struct outbox_file *file, int64_t now,
			      struct arena *arena)
{
	// The first statement settled is a cheap first look: most files are young.
	if (!file->done || settled_at(outbox, file->number, now) > now - OUTBOX_KEEP_MS)
		return RESULT_AGAIN;
	struct outbox_item *items;
	enum result result = outbox_load(outbox, file->number, arena, &items);
	if (result != RESULT_OK)
		return result;
	uint32_t count = items[0].count;
	arena_clear(arena);
	for (uint32_t i = 0; i < count; i++) {
		if (settled_at(outbox, file->number + i, now) > now - OUTBOX_KEEP_MS)
			return RESULT_AGAIN;
	}
	// Only once the next number is written down may the files that imply it go.
	enum result written = write_sequence(outbox);
	return written == RESULT_OK ? remove_file(outbox, file->number, count) : written;
}

enum result outbox_expire(struct outbox *outbox, int64_t now, struct arena *arena)
{
	size_t kept = 0;
	enum result result = RESULT_OK;
	for (size_t i = 0; i < outbox->count; i++) {
		struct outbox_file file = outbox->files[i];
		enum result one = RESULT_AGAIN;
		if (result == RESULT_OK)
			one = expire_one(outbox, &file, now, arena);
		if (one != RESULT_OK)
			outbox->files[kept++] = file;
		if (one != RESULT_OK && one != RESULT_AGAIN && one != RESULT_DAMAGED)
			result = one;
	}
	outbox->count = kept;
	return result;
}

// SPDX-License-Identifier: EUPL-1.2
// Letting go of what was settled 14 days ago: items first, then the receipts that none of the items
// that are left needs.
#include "lib/outbox.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SEQUENCE_TEXT_MAX 32

static void outcome_path(const struct outbox *outbox, const struct outbox_outcome *outcome,
			 char out[SPOOL_PATH_MAX])
{
	if (outcome->receipts != 0)
		spool_path(outbox->spool, out, "outbox/%012" PRIu64 ".receipts", outcome->receipts);
	else
		spool_path(outbox->spool, out, "outbox/%012" PRIu64 ".refusal", outcome->sequence);
}

// When the outcome came: the time of its file. A missing one counts as new.
static bool is_old(const struct outbox *outbox, const struct outbox_outcome *outcome, int64_t now)
{
	char path[SPOOL_PATH_MAX];
	struct stat st;
	if (!outcome)
		return false;
	outcome_path(outbox, outcome, path);
	return stat(path, &st) == 0 &&
	       (int64_t)st.st_mtim.tv_sec * MS_PER_SECOND <= now - OUTBOX_KEEP_MS;
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

// What is noted before old files go.
struct letting_go {
	struct outbox *outbox;
	const struct log_keys *keys;
	int64_t now;
	struct arena *arena;
	bool refused; // something was noted
};

// Acks and questions of the library itself are never sent again under their ids.
static enum result note_refused(struct letting_go *go, const struct outbox_item *item)
{
	struct item_status status;
	if (type_by_library(item->statement.type))
		return RESULT_OK;
	enum result result = outbox_ended(go->outbox, item, go->keys, &status);
	if (result != RESULT_OK || status.state != ITEM_GEWEIGERD)
		return result;
	go->refused = true;
	return outbox_refused_note(go->outbox, item->statement.id, status.refusal.reason, go->now);
}

// RESULT_AGAIN: not its time.
static enum result look_at_file(struct letting_go *go, const struct outbox_file *file)
{
	const struct outbox *outbox = go->outbox;
	struct outbox_item *items;
	// The first statement is a cheap first look: most files are young.
	if (!file->done || !is_old(outbox, outbox_outcome(outbox, file->number), go->now))
		return RESULT_AGAIN;
	arena_clear(go->arena);
	enum result result = outbox_load(outbox, file->number, go->arena, &items);
	if (result != RESULT_OK)
		return result;
	for (uint32_t i = 0; i < items[0].count; i++) {
		if (!is_old(outbox, outbox_outcome(outbox, file->number + i), go->now))
			return RESULT_AGAIN;
	}
	for (uint32_t i = 0; result == RESULT_OK && i < items[0].count; i++)
		result = note_refused(go, &items[i]);
	return result;
}

static enum result choose_files(struct letting_go *go, size_t *ret_count)
{
	*ret_count = 0;
	for (size_t i = 0; i < go->outbox->count; i++) {
		struct outbox_file *file = &go->outbox->files[i];
		enum result result = look_at_file(go, file);
		file->going = result == RESULT_OK;
		*ret_count += file->going;
		if (result != RESULT_OK && result != RESULT_AGAIN && result != RESULT_DAMAGED)
			return result;
	}
	return RESULT_OK;
}

static enum result remove_files(struct outbox *outbox)
{
	size_t kept = 0;
	enum result result = RESULT_OK;
	for (size_t i = 0; i < outbox->count; i++) {
		struct outbox_file file = outbox->files[i];
		struct spool_file done = outbox_item_file(outbox->spool, file.number, true);
		bool gone = false;
		if (result == RESULT_OK && file.going) {
			result = spool_remove(outbox->spool, done.path);
			gone = result == RESULT_OK;
		}
		if (!gone)
			outbox->files[kept++] = file;
	}
	outbox->count = kept;
	return result;
}

// Only once the next number and what was refused are written down may the files that tell it go.
static enum result expire_files(struct letting_go *go)
{
	size_t count;
	enum result result = choose_files(go, &count);
	if (result != RESULT_OK || count == 0)
		return result;
	result = write_sequence(go->outbox);
	if (result == RESULT_OK && go->refused)
		result = outbox_refused_save(go->outbox, go->now);
	return result == RESULT_OK ? remove_files(go->outbox) : result;
}

// ---- outcomes ----------------------------------------------------------------------------------

static int by_file(const void *a, const void *b)
{
	const struct outbox_outcome *x = a, *y = b;
	if (x->receipts != y->receipts)
		return x->receipts < y->receipts ? -1 : 1;
	return x->sequence < y->sequence ? -1 : x->sequence > y->sequence;
}

static int by_sequence(const void *a, const void *b)
{
	const struct outbox_outcome *x = a, *y = b;
	return x->sequence < y->sequence ? -1 : x->sequence > y->sequence;
}

// May a statement with this number be in a file that is left? A file holds at most BATCH_MAX.
static bool is_needed(const struct outbox *outbox, uint64_t sequence)
{
	size_t low = 0, high = outbox->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (outbox->files[middle].number <= sequence)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && sequence < outbox->files[low - 1].number + BATCH_MAX;
}

// Outcomes in one file go together, when none of them is needed any more. RESULT_AGAIN: not yet.
static enum result expire_group(const struct outbox *outbox, const struct outbox_outcome *group,
				size_t count, int64_t now)
{
	char path[SPOOL_PATH_MAX];
	if (!is_old(outbox, &group[0], now))
		return RESULT_AGAIN;
	for (size_t i = 0; i < count; i++) {
		if (is_needed(outbox, group[i].sequence))
			return RESULT_AGAIN;
	}
	for (size_t i = 0; i < count; i++) {
		spool_path(outbox->spool, path, "outbox/%012" PRIu64 ".tlog-proof",
			   group[i].sequence);
		enum result result =
			spool_has(path) ? spool_remove(outbox->spool, path) : RESULT_OK;
		if (result != RESULT_OK)
			return result;
	}
	outcome_path(outbox, &group[0], path);
	return spool_remove(outbox->spool, path);
}

static size_t group_length(const struct outbox_outcome *group, size_t left)
{
	size_t count = 1;
	while (count < left && group[0].receipts != 0 && group[count].receipts == group[0].receipts)
		count++;
	return count;
}

// Also finds what a kill left behind when its item had gone already.
static enum result expire_outcomes(struct outbox *outbox, int64_t now)
{
	struct outbox_outcome *outcomes = outbox->outcomes;
	size_t kept = 0, count;
	enum result result = RESULT_OK;
	if (outbox->outcome_count == 0)
		return RESULT_OK;
	qsort(outcomes, outbox->outcome_count, sizeof *outcomes, by_file);
	for (size_t i = 0; i < outbox->outcome_count; i += count) {
		enum result one = RESULT_AGAIN;
		count = group_length(&outcomes[i], outbox->outcome_count - i);
		if (result == RESULT_OK)
			one = expire_group(outbox, &outcomes[i], count, now);
		if (one != RESULT_OK && one != RESULT_AGAIN)
			result = one;
		if (one != RESULT_OK) {
			memmove(&outcomes[kept], &outcomes[i], count * sizeof *outcomes);
			kept += count;
		}
	}
	outbox->outcome_count = kept;
	if (kept > 0)
		qsort(outcomes, kept, sizeof *outcomes, by_sequence);
	return result;
}

struct expiring_lost {
	const struct outbox *outbox;
	int64_t now;
};

// Receipts of what is lost: evidence, for as long as what was pushed is kept.
static enum result expire_lost(void *context, uint64_t number)
{
	const struct expiring_lost *expiring = context;
	char path[SPOOL_PATH_MAX];
	struct stat st;
	spool_path(expiring->outbox->spool, path, "outbox/%012" PRIu64 ".verloren", number);
	if (stat(path, &st) != 0 ||
	    (int64_t)st.st_mtim.tv_sec * MS_PER_SECOND > expiring->now - OUTBOX_KEEP_MS)
		return RESULT_OK;
	return spool_drop(expiring->outbox->spool, path);
}

enum result outbox_expire(struct outbox *outbox, const struct log_keys *keys, int64_t now)
{
	struct letting_go go = {.outbox = outbox, .keys = keys, .now = now};
	enum result result = arena_new(4 * OUTBOX_FILE_MAX, &go.arena);
	if (result != RESULT_OK)
		return result;
	result = expire_files(&go);
	arena_free(go.arena);
	if (result == RESULT_OK)
		result = expire_outcomes(outbox, now);
	struct spool_listing lost = {"outbox", ".verloren", expire_lost,
				     &(struct expiring_lost){outbox, now}};
	return result == RESULT_OK ? spool_list(outbox->spool, &lost) : result;
}

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

// RESULT_AGAIN: not its time.
static enum result expire_file(struct outbox *outbox, const struct outbox_file *file, int64_t now,
			       struct arena *arena)
{
	// The first statement is a cheap first look: most files are young.
	if (!file->done || !is_old(outbox, outbox_outcome(outbox, file->number), now))
		return RESULT_AGAIN;
	struct outbox_item *items;
	enum result result = outbox_load(outbox, file->number, arena, &items);
	if (result != RESULT_OK)
		return result;
	uint32_t count = items[0].count;
	arena_clear(arena);
	for (uint32_t i = 0; i < count; i++) {
		if (!is_old(outbox, outbox_outcome(outbox, file->number + i), now))
			return RESULT_AGAIN;
	}
	// Only once the next number is written down may the files that imply it go.
	result = write_sequence(outbox);
	struct spool_file done = outbox_item_file(outbox->spool, file->number, true);
	return result == RESULT_OK ? spool_remove(outbox->spool, done.path) : result;
}

static enum result expire_files(struct outbox *outbox, int64_t now, struct arena *arena)
{
	size_t kept = 0;
	enum result result = RESULT_OK;
	for (size_t i = 0; i < outbox->count; i++) {
		struct outbox_file file = outbox->files[i];
		enum result one = RESULT_AGAIN;
		if (result == RESULT_OK)
			one = expire_file(outbox, &file, now, arena);
		if (one != RESULT_OK)
			outbox->files[kept++] = file;
		if (one != RESULT_OK && one != RESULT_AGAIN && one != RESULT_DAMAGED)
			result = one;
	}
	outbox->count = kept;
	return result;
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

enum result outbox_expire(struct outbox *outbox, int64_t now)
{
	struct arena *arena;
	enum result result = arena_new(4 * OUTBOX_FILE_MAX, &arena);
	if (result != RESULT_OK)
		return result;
	result = expire_files(outbox, now, arena);
	arena_free(arena);
	return result == RESULT_OK ? expire_outcomes(outbox, now) : result;
}

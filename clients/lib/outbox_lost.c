// SPDX-License-Identifier: EUPL-1.2
// Receipts under a checkpoint of what a herstel says is lost: they prove nothing of the log any
// more. What they settled is opened again, to be pushed once more, byte for byte; what the copy has
// of it gets the outcome that it had.
#include "lib/outbox.h"

#include <inttypes.h>
#include <string.h>

struct reopening {
	struct outbox *outbox;
	const struct registry *reg;
	bool any;
};

static enum result reopen_file(struct outbox *outbox, struct outbox_file *file)
{
	if (!file->done)
		return RESULT_OK;
	struct spool_file from = outbox_item_file(outbox->spool, file->number, true);
	struct spool_file to = outbox_item_file(outbox->spool, file->number, false);
	enum result result = spool_rename(outbox->spool, from.path, to.path);
	file->done = result != RESULT_OK;
	return result;
}

// All that the receipts of one answer settled, by the files that hold it.
static enum result reopen_settled(struct outbox *outbox, uint64_t receipts)
{
	enum result result = RESULT_OK;
	for (size_t i = 0; result == RESULT_OK && i < outbox->outcome_count; i++) {
		const struct outbox_outcome *outcome = &outbox->outcomes[i];
		struct outbox_file *holds = NULL;
		for (size_t n = 0; outcome->receipts == receipts && n < outbox->count; n++)
			if (outbox->files[n].number <= outcome->sequence)
				holds = &outbox->files[n];
		if (holds)
			result = reopen_file(outbox, holds);
	}
	return result;
}

// The receipts go last: until they do, all of it is done again.
static enum result each_receipts(void *context, uint64_t number)
{
	struct reopening *reopening = context;
	struct outbox *outbox = reopening->outbox;
	char path[SPOOL_PATH_MAX], lost[SPOOL_PATH_MAX];
	struct buffer note;
	struct checkpoint checkpoint;
	spool_path(outbox->spool, path, "outbox/%012" PRIu64 ".receipts", number);
	spool_path(outbox->spool, lost, "outbox/%012" PRIu64 ".verloren", number);
	buffer_init(&note, CHECKPOINT_MAX);
	enum result result = outbox_note_of(outbox, number, &note);
	if (result == RESULT_OK)
		result = register_lost_checkpoint(reopening->reg, buffer_view(&note), &checkpoint);
	buffer_done(&note);
	if (result != RESULT_OK)
		return result == RESULT_NOT_FOUND ? RESULT_OK : result;
	result = reopen_settled(outbox, number);
	if (result == RESULT_OK)
		result = spool_rename(outbox->spool, path, lost);
	reopening->any = reopening->any || result == RESULT_OK;
	return result;
}

enum result outbox_reopen_lost(struct outbox *outbox, const struct registry *reg,
			       const struct log_keys *keys, bool *ret_any)
{
	struct reopening reopening = {outbox, reg, false};
	struct spool_listing listing = {"outbox", ".receipts", each_receipts, &reopening};
	enum result result = spool_list(outbox->spool, &listing);
	*ret_any = reopening.any;
	if (result == RESULT_OK && reopening.any)
		result = outbox_load_outcomes(outbox, keys);
	return result;
}

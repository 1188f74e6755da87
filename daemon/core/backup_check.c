// SPDX-License-Identifier: EUPL-1.2
#include "core/backup_check.h"

#define PAGES_A_CALL 4096

static enum result check_pages(struct journal *journal)
{
	struct store_walk walk = {.table = 0};
	enum result r = RESULT_OK;
	while (!r)
		r = journal_check_pages(journal, &walk, PAGES_A_CALL);
	store_walk_done(&walk);
	return r == RESULT_NOT_FOUND ? RESULT_OK : r == RESULT_CONFLICT ? RESULT_DAMAGED : r;
}

static enum result check_rows(struct journal *journal, const struct backup_room *room,
			      struct backup_found *found)
{
	uint8_t entry[ENTRY_LEN];
	enum result r = RESULT_OK;
	for (uint64_t i = 0; !r && i < journal_size(journal); i++) {
		pulse_beat(room->pulse);
		r = journal_read(journal, i, entry, room->parts, room->content);
		found->erased += r == RESULT_ERASED;
		found->has_bad = r != RESULT_OK && r != RESULT_ERASED;
		found->bad = i;
		r = r == RESULT_ERASED ? RESULT_OK : r;
	}
	buffer_wipe(room->parts);
	buffer_wipe(room->content);
	return r;
}

enum result backup_check(struct journal *journal, const struct checkpoint *checkpoint,
			 const struct backup_room *room, struct backup_found *ret_found)
{
	struct hash root = journal_root(journal);
	*ret_found = (struct backup_found){.entries = journal_size(journal)};
	enum result r = check_pages(journal);
	if (!r &&
	    (journal_size(journal) != checkpoint->size || !hash_equal(&root, &checkpoint->root)))
		r = RESULT_DAMAGED;
	if (r)
		return r;
	r = journal_check(journal, 0, &ret_found->bad);
	ret_found->has_bad = r == RESULT_DAMAGED;
	return r ? r : check_rows(journal, room, ret_found);
}

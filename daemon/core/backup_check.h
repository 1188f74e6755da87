// SPDX-License-Identifier: EUPL-1.2
// Inside core/ only: whether a copy of a log is whole, for who made it and for who tries it.
#ifndef KNP_CORE_BACKUP_CHECK_H
#define KNP_CORE_BACKUP_CHECK_H

#include "core/core.h"

struct backup_found {
	uint64_t entries, erased; // of which parts or content have no key any more
	uint64_t bad;             // the first entry that is not right
	bool has_bad;
};
// Everything of the log in `journal`: pages, size and root as the checkpoint says, each tree node,
// order of the entries, and that parts and content unseal or were erased. RESULT_DAMAGED, with the
// entry when it is one. The buffers are room; the pulse beats.
struct backup_room {
	struct buffer *parts, *content;
	struct pulse *pulse;
};
enum result backup_check(struct journal *journal, const struct checkpoint *checkpoint,
			 const struct backup_room *room, struct backup_found *ret_found);

#endif

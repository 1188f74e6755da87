// SPDX-License-Identifier: EUPL-1.2
// Inside clients/audit only: the lines of an answer to why, and the story among them (verloop.c).
#ifndef KNP_AUDIT_WHY_H
#define KNP_AUDIT_WHY_H

#include "audit/audit.h"
#include "control/control.h"

// Some lines of the answer, one after another.
struct block {
	const struct control_line *lines;
	size_t count;
};

// Value of the first line with this name; {NULL, 0} when there is none.
struct bytes block_value(const struct block *block, const char *name);
// Members "<feit>": "<waarde>" of the lines with this name.
void block_write_feiten(struct json_out *out, const struct block *block, const char *name);
// "nearest": {"regel", "test"}, from the lines with these names; nothing when there are none.
void block_write_nearest(struct json_out *out, const struct block *block, const char *regel,
			 const char *test);

// "verloop": [...] of the place that the block `asked` is about, from what stands before the
// blocks.
void verloop_write(struct json_out *out, const struct block *common, const struct block *asked);
void verloop_say(const struct desk *desk, const struct block *common, const struct block *asked);

#endif

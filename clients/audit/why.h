// SPDX-License-Identifier: EUPL-1.2
// Inside clients/audit only: the lines of an answer to why, and the story among them (verloop.c).
#ifndef KNP_AUDIT_WHY_H
#define KNP_AUDIT_WHY_H

#include "audit/audit.h"
#include "control/control.h"
#include "desk/answer.h"

// Some lines of the answer, one after another.
struct block {
	const struct control_line *lines;
	size_t count;
};

// What is told of an answer: all blocks, or those of what was not given.
struct why_telling {
	const struct answer *answer;
	bool withheld_only;
};
// The next block at or after line *at, which moves to its end; false when there is none.
bool why_next(const struct why_telling *telling, size_t *at, struct block *ret_block);
// What stands before the first block holds for all of them.
struct block why_preamble(const struct answer *answer);
// As people read it (why_text.c); how many blocks were told.
size_t why_say(const struct desk *desk, const struct why_telling *telling);

// Value of the first line with this name; {NULL, 0} when there is none.
struct bytes block_value(const struct block *block, const char *name);
// Members "<feit>": "<waarde>" of the lines with this name.
void block_write_feiten(struct json_out *out, const struct block *block, const char *name);
// "codes": {"hash", "nu"} of a line "<name> <hash> <yes or no>"; nothing when there is none.
void block_write_codes(struct json_out *out, const struct block *block, const char *name);
// "nearest": {"regel", "test"}, from the lines with these names; nothing when there are none.
void block_write_nearest(struct json_out *out, const struct block *block, const char *regel,
			 const char *test);

// "verloop": [...] of the place that the block `asked` is about, from what stands before the
// blocks.
void verloop_write(struct json_out *out, const struct block *common, const struct block *asked);
void verloop_say(const struct desk *desk, const struct block *common, const struct block *asked);
// Of a melding of which nothing came: who of the house owes a screening of it, and what the house
// made of it. "gehouden": {…} while it is owed, "screening": [...] once there is one.
void screening_write(struct json_out *out, const struct block *common);
void screening_say(const struct desk *desk, const struct block *common);

#endif

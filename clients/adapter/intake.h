// SPDX-License-Identifier: EUPL-1.2
// Inside clients/adapter only: one file while it is gone through. Lines are pushed a batch at a
// time, under one signature and one sync.
#ifndef KNP_ADAPTER_INTAKE_H
#define KNP_ADAPTER_INTAKE_H

#include "adapter/line.h"

#define INTAKE_FILE_MAX (32 * 1024 * 1024) // larger ones are kept in quarantine unread
#define INTAKE_BATCH 64

struct intake {
	struct adapter *adapter;
	const struct taken *taken;
	struct intake_report report;
	struct buffer bad, reasons;
	struct buffer answers;   // to questions that were refused, a line of JSON for each
	struct problem *problem; // of what failed, as far as more is known than the result
	struct line *lines;      // INTAKE_BATCH of them: read, and not settled yet
	size_t count;
};

// Pushes the lines that were read, sees what became of each, and empties the batch. What they view
// may go then.
enum result batch_settle(struct intake *intake) KNP_MUST_CHECK;
// Whether a line has the number of one in the batch: then the batch is settled before it.
bool batch_has(const struct intake *intake, const struct line *line);

// ---- questions that were refused (refused.c) ---------------------------------------------------

// What the system is told of a line in the place of an answer; of an instance that asks nothing,
// nothing.
void answers_add(struct intake *intake, const struct line *line);
// Puts them into the folder of `uit`, when nothing of the file waits any more.
enum result answers_write(struct intake *intake) KNP_MUST_CHECK;

// ---- the quarantine (aside.c) ------------------------------------------------------------------

void aside_begin(struct intake *intake);
// Places and reasons, never values. `who` stands before the reason.
void aside_add(struct intake *intake, const struct line *line, const char *who);
// Writes all of it anew: what is refused later comes to it.
enum result aside_write(struct intake *intake) KNP_MUST_CHECK;
// A file that is larger than is read, piece by piece.
enum result aside_keep_large(struct intake *intake) KNP_MUST_CHECK;

#endif

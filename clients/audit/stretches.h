// SPDX-License-Identifier: EUPL-1.2
// Questions about a stretch of the log at a time: the daemon answers from the newest entry back,
// and says "before <entry>" where it stopped.
#ifndef KNP_AUDIT_STRETCHES_H
#define KNP_AUDIT_STRETCHES_H

#include "base/bytes.h"
#include "desk/desk.h"

struct stretch_line {
	const char *name;
	// Tells one; RESULT_MALFORMED when it cannot be read.
	enum result (*tell)(struct desk *desk, struct bytes value);
};
struct stretch_more {
	const char *name, *value;
};
struct stretches {
	const char *command;
	bool sealed; // a vraag of the officer (desk/vraag.h)
	const struct stretch_more
		*more; // lines of the question; NULL, or ends in one without a name
	const char *since;
	const struct stretch_line *lines; // those that are told; ends in one without a name
	// NULL, or room for what "volgende" says: where that goes on which the log has no place
	// for.
	char *next;
	size_t next_size;
};
// Asks until all was read; an exit code, and how many lines were told.
int audit_stretches(struct desk *desk, const struct stretches *stretches, uint64_t *ret_told);

// How far a list goes back: as many days as its first argument (DAYS) says, else `standard`. 0, or
// the exit code after telling what was wrong.
struct days {
	uint64_t count;
	char since[21]; // the moment that many days ago
};
int audit_days(struct desk *desk, uint64_t standard, struct days *ret_days);

#define MONTH_LEN 7 // "2026-11"
// The first moment of a month in Amsterdam; of the month after with `next`. False: it is none.
bool month_begin(const char *text, bool next, char ret_moment[21]);

#endif

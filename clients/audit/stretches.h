// SPDX-License-Identifier: EUPL-1.2
// Questions about a stretch of the log at a time: the daemon answers from the newest entry back,
// and says "before <entry>" where it stopped.
#ifndef KNP_AUDIT_STRETCHES_H
#define KNP_AUDIT_STRETCHES_H

#include "base/bytes.h"
#include "desk/desk.h"

struct stretches {
	const char *command;
	const char *key; // sent as "key"; NULL: none
	const char *since;
	const char *line; // name of the lines that are told
	// Tells one; RESULT_MALFORMED when it cannot be read.
	enum result (*tell)(struct desk *desk, struct bytes value);
};
// Asks until all was read; an exit code, and how many lines were told.
int audit_stretches(struct desk *desk, const struct stretches *stretches, uint64_t *ret_told);

#endif

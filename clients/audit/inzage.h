// SPDX-License-Identifier: EUPL-1.2
// Inside clients/audit only: asking what is kept about a person, an answer at a time (the lines are
// those of daemon/core/inzage.c), for the concept as JSON and for the letter.
#ifndef KNP_AUDIT_INZAGE_H
#define KNP_AUDIT_INZAGE_H

#include "audit/why.h"
#include "desk/answer.h"

struct inzage_reader {
	void *context;
	// Of the first answer.
	void (*head)(void *context, const struct answer *answer);
	// Of each melding its lines, the first of which is "melding"; all of it lives until this
	// returns. Anything but RESULT_OK ends the asking: the answer cannot be read.
	enum result (*melding)(void *context, const struct answer *answer,
			       const struct block *melding);
};
// `argument` is PERSON (person.h). 0, or the exit code after telling what was wrong.
int inzage_ask(struct desk *desk, const char *argument, const struct inzage_reader *reader);

// A line of this name.
bool inzage_is(const struct control_line *line, const char *name);
// Line n is an m-overleg that no line before it names.
bool inzage_is_overleg(const struct block *melding, size_t n);

#endif

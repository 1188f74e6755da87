// SPDX-License-Identifier: EUPL-1.2
// Inside clients/ctl only: a status as it was answered, and as people read it.
#ifndef KNP_CTL_STATUS_H
#define KNP_CTL_STATUS_H

#include "control/alarm.h"
#include "control/control.h"
#include "desk/desk.h"

#define TROUBLES_MAX 96
#define TROUBLE_NEWER_TEXT "an alarm of a newer knooppuntd, which this program does not know"
#define TROUBLE_NEWER_FIX "beheerder: use the programs of one version of Knooppunt"

struct answer;

struct trouble {
	struct bytes code;
	struct alarm_line line; // alarm ALARM_COUNT when the code is not on our list
};

struct status {
	const struct answer *daemon, *partners;
	uint64_t size; // of the log
	bool readonly, ok;
	struct trouble troubles[TROUBLES_MAX]; // the most urgent first
	size_t trouble_count;
};

// The answers to "status" and "partners", which the caller frees, also after a failure (NULL when
// it did not come so far). 0, or the exit code after telling what was wrong.
int status_ask(struct desk *desk, struct answer **ret_daemon, struct answer **ret_partners);
// The first line with this name at or after *at, which moves past it; NULL at the end.
const struct control_line *status_next(const struct answer *answer, const char *name, size_t *at);
// N of "key=N" among the words of a line ("key=" is `key`); 0 when there is none.
uint64_t status_number(struct bytes line, const char *key);
// At most ten lines: first what is wrong, since when, and what ends it.
void status_say(const struct desk *desk, const struct status *status);

#endif

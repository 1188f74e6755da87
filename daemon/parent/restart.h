// SPDX-License-Identifier: EUPL-1.2
// When a process that ended is started again: after 50 ms, doubled each time up to 5 s, from the
// start again once it lived for 10 s. Times are monotonic milliseconds.
#ifndef KNP_PARENT_RESTART_H
#define KNP_PARENT_RESTART_H

#include <stdbool.h>
#include <stdint.h>

#define RESTART_FIRST_MS 50
#define RESTART_LAST_MS 5000
#define RESTART_GOOD_MS 10000 // a life of this length makes earlier failures forgotten
#define RESTART_ALARM_MS 400  // a wait this long (the fourth in a row) is an alarm
#define RESTART_FAILURES 5    // of core within RESTART_WINDOW_MS end the daemon
#define RESTART_WINDOW_MS 60000

// Zeroed at first.
struct restart {
	int64_t started;                  // of the life now
	int64_t delay_ms;                 // before the next one, 0 none yet
	int64_t failed[RESTART_FAILURES]; // the last ends, a ring
	unsigned ends;
};

// A life began or ended at `now`; the end returns how long to wait before the next.
void restart_began(struct restart *restart, int64_t now);
int64_t restart_ended(struct restart *restart, int64_t now);
// True when the last RESTART_FAILURES ends lie within RESTART_WINDOW_MS.
bool restart_too_often(const struct restart *restart);

// True from a wait of RESTART_ALARM_MS on, until the process has lived for RESTART_GOOD_MS.
bool restart_keeps_failing(const struct restart *restart, int64_t now);

#endif

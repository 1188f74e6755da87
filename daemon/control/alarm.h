// SPDX-License-Identifier: EUPL-1.2
// The closed list of alarms: what is wrong with a running knooppunt, what that means, and which
// command or person ends it. An alarm is a state, not an event: it is there as long as its cause
// is, and says since when. The order is that of urgency. A code never changes its meaning; later
// work adds rows (here and in alarm.c), and raises them where the cause is known: what core sees
// in core/alarms.c, what the parent sees in parent/questions.c.
//
// In an answer to "status" an alarm is a line
//   alarm <code> <since> <about>
// with since in wall milliseconds (0: not known) and about naming the process, partner, file or
// figure it is about ("" when there is nothing to name). Nothing personal stands in it.
#ifndef KNP_CONTROL_ALARM_H
#define KNP_CONTROL_ALARM_H

#include "base/bytes.h"

enum alarm {
	// nothing comes in, or nothing goes out
	ALARM_READONLY,
	ALARM_STOPPED_SIGNING,
	ALARM_DAMAGED_ENTRY,
	ALARM_DAMAGED_DELIVERY,
	ALARM_QUEUES_UNREADABLE,
	ALARM_OBLIGATION_UNREADABLE,
	ALARM_CLOCK_AWAY,
	ALARM_CLOCK_BEHIND,
	ALARM_DISK_FULL,
	ALARM_MAP_FULL,
	ALARM_PROCESS_DOWN,
	ALARM_PROCESS_FAILING,
	ALARM_PROCESS_HUNG,
	ALARM_DOOR_CLOSED,
	ALARM_NO_CONVENANT,
	// somebody may be doing what they must not
	ALARM_REVOKED_KEY_IN_USE,
	ALARM_SOORT_DIFFERS,
	ALARM_SANDBOX_WEAKER,
	ALARM_PARTNER_APART,
	ALARM_STATE_DAMAGED,
	// what was sent did not come
	ALARM_SOURCE_GAP,
	ALARM_SOURCE_SILENT,
	ALARM_SOURCE_FEW,
	// it will go wrong if nobody acts
	ALARM_SCRUB_FAILING,
	ALARM_CLOCK_STEPPED,
	ALARM_DISK_FILLING,
	ALARM_MAP_FILLING,
	ALARM_GUARD_BESIDE_LOG,
	ALARM_BACKUP_STALE,
	ALARM_ORDERS_LOST,
	ALARM_CORE_RESTARTED,
	ALARM_KEYS_OVERLAP,
	ALARM_CODES_OPEN,
	ALARM_CODES_CHANGED,
	// somebody owes something
	ALARM_OBLIGATION_OVERDUE,
	ALARM_STOP_REVIEW,
	ALARM_UNACKNOWLEDGED,
	ALARM_PARTNER_SILENT,
	ALARM_COUNT,
};

struct alarm_row {
	const char *code; // "map-filling"
	const char *text; // what it means, an English sentence without its full stop
	const char *fix;  // who does what
};
// NULL for a number that is not on the list.
const struct alarm_row *alarm_row(enum alarm alarm);
// RESULT_NOT_FOUND.
enum result alarm_of_code(struct bytes code, enum alarm *ret_alarm) KNP_MUST_CHECK;

#define ALARM_ABOUT_MAX 119
struct alarm_line {
	enum alarm alarm;
	int64_t since; // wall milliseconds, 0: not known
	char about[ALARM_ABOUT_MAX + 1];
};
// Appends the line.
void alarm_append(struct buffer *out, const struct alarm_line *line);
// Reads the value of one. RESULT_MALFORMED, RESULT_NOT_FOUND (a code of a newer daemon; since and
// about are given all the same).
enum result alarm_parse(struct bytes value, struct alarm_line *ret_line) KNP_MUST_CHECK;

// The alarms that stand, to be found anew at each look. What stood before keeps its since.
#define ALARMS_MAX 64
struct alarm_list {
	struct alarm_line lines[ALARMS_MAX];
	size_t count; // what does not fit is left out: the list is of troubles, not of partners
};
// Adds an alarm about `about`. `since`: when it is known; 0: since `before` had it, else `now`.
struct alarm_found {
	enum alarm alarm;
	const char *about;
	int64_t since;
};
void alarm_list_add(struct alarm_list *list, const struct alarm_list *before, int64_t now,
		    const struct alarm_found *found);

#endif

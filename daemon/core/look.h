// SPDX-License-Identifier: EUPL-1.2
// Shared by what looks for alarms: alarms.c, bronnen.c.
#ifndef KNP_CORE_LOOK_H
#define KNP_CORE_LOOK_H

#include "core/core.h"

struct look {
	struct core *core;
	struct alarm_list list; // found so far
	int64_t now;            // as it is believed
};
// Adds one; since when: alarm_list_add().
void look_found(struct look *look, enum alarm alarm, const char *about, int64_t since);
// What did not come of the sources of partners in force (bronnen.c).
void look_at_sources(struct look *look);

#endif

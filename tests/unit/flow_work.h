// SPDX-License-Identifier: EUPL-1.2
// What a question costs, counted, and what is left of a delivery without what is the question's
// own: for tests that nothing tells one question from another.
#ifndef KNP_TESTS_UNIT_FLOW_WORK_H
#define KNP_TESTS_UNIT_FLOW_WORK_H

#include "flow_world.h"

// Every read of log or state about persons and casussen, and every place put before a convenant.
struct work {
	uint64_t entries, persons, casussen, newest, places;
};
extern struct work work;

size_t work_newest_frame(struct flow_world *w); // bytes
// Of a part that came, the bytes without its number, its moment, its header.
struct bytes work_bare(struct flow_world *w, const struct part_verstrekking *came);
// By order of two roles, the content of the casus "pgax:<bsn>".
void work_erase_casus(struct flow_world *w, const char *bsn);

#endif

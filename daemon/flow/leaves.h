// SPDX-License-Identifier: EUPL-1.2
// Leaves of the register: what core has to check one with, and how it shows those it has.
#ifndef KNP_FLOW_LEAVES_H
#define KNP_FLOW_LEAVES_H

#include "flow/flow.h"

// With the send keys that core holds, and this problem (register.c).
struct register_source flow_register_source(const struct core *core, struct problem *problem);
// Leaves from this index on, as many as fit into one answer, into `reply` (type_register.c).
enum result flow_register_leaves(struct core *core, uint64_t from, struct arena *arena,
				 struct reply *reply) KNP_MUST_CHECK;

#endif

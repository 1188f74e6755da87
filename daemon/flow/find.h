// SPDX-License-Identifier: EUPL-1.2
// A statement by the id that its source gave it.
#ifndef KNP_FLOW_FIND_H
#define KNP_FLOW_FIND_H

#include "flow/flow.h"

// What has this id, of that source or, where it is empty, of any. RESULT_NOT_FOUND.
enum result flow_find(struct core *core, struct bytes source, struct bytes id,
		      struct state_outcome *ret_outcome) KNP_MUST_CHECK;

#endif

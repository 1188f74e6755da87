// SPDX-License-Identifier: EUPL-1.2
// A statement by the id that its source gave it; a person by the number of a casus.
#ifndef KNP_FLOW_FIND_H
#define KNP_FLOW_FIND_H

#include "flow/flow.h"

// What has this id, of that source or, where it is empty, of any. RESULT_NOT_FOUND.
enum result flow_find(struct core *core, struct bytes source, struct bytes id,
		      struct state_outcome *ret_outcome) KNP_MUST_CHECK;
// The person whom the casus of this number in a dossier system is about. RESULT_NOT_FOUND also when
// nobody knows any more whose it was.
enum result flow_find_person(struct core *core, struct bytes number, struct arena *arena,
			     uint8_t ret_handle[HANDLE_LEN]) KNP_MUST_CHECK;

#endif

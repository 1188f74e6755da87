// SPDX-License-Identifier: EUPL-1.2
#include "flow/find.h"

#include "flow/casus.h"

#include <string.h>

enum result flow_find(struct core *core, struct bytes source, struct bytes id,
		      struct state_outcome *ret_outcome)
{
	uint32_t first = 0, last = 0;
	bool known = false;
	// A name no source can have tells how many there are.
	struct bytes named = source.len > 0 ? source : bytes_of_text("-");
	enum result r = state_source(core->state, named, &last, &known);
	if (r)
		return r;
	if (source.len > 0) {
		if (!known)
			return RESULT_NOT_FOUND;
		first = last++;
	}
	for (uint32_t number = first; number < last; number++) {
		r = state_dedupe(core->state, number, id, ret_outcome);
		if (r != RESULT_NOT_FOUND)
			return r;
	}
	return RESULT_NOT_FOUND;
}

enum result flow_find_person(struct core *core, struct bytes number, struct arena *arena,
			     uint8_t ret_handle[HANDLE_LEN])
{
	struct recalled entry;
	uint64_t first;
	enum result r = casus_named(core, number, &first);
	if (!r)
		r = recall_entry(core, first, RECALL_PARTS, arena, &entry);
	if (r)
		return r;
	const struct persoon_link *link =
		entry.verantwoording ? casus_link(entry.verantwoording, true) : NULL;
	if (!link)
		return RESULT_NOT_FOUND;
	memcpy(ret_handle, link->handle, HANDLE_LEN);
	return RESULT_OK;
}

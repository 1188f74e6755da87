// SPDX-License-Identifier: EUPL-1.2
// What cannot be read when what waits has to be decided again: it is recorded, so that nothing of
// it leaves before it was decided (state/state.h, VELD_ONGELEZEN).
#ifndef KNP_FLOW_ONGELEZEN_H
#define KNP_FLOW_ONGELEZEN_H

#include "flow/flow.h"

// Entries about a melding of which parts or content cannot be read now, or that of the melding.
// Once there are more than it has room for, or when `all` is set by who cannot tell which,
// everything that waits is meant.
struct ongelezen {
	uint64_t entries[ONGELEZEN_MAX];
	size_t count;
	bool all;
	size_t waiting; // deliveries that wait in what can be read
};
// Adds those of one melding.
enum result ongelezen_find(struct core *core, uint64_t melding,
			   struct ongelezen *ongelezen) KNP_MUST_CHECK;
// Has the accountability of a statement say so (VELD_ONGELEZEN); what waits there is then decided
// again as soon as it can be. RESULT_NO_MEMORY.
enum result ongelezen_account(struct core *core, const struct ongelezen *ongelezen,
			      struct arena *arena, struct part_verantwoording *v) KNP_MUST_CHECK;

#endif

// SPDX-License-Identifier: EUPL-1.2
// What is destroyed, a little between two batches; and of what was: when, and on which ground, as
// the entry that began it says.
#include "core/core.h"

#include "base/log.h"
#include "flow/wissing.h"

#include <stdio.h>

#define WALK_ROWS 256 // terms a turn, about a tenth of a millisecond
#define WALK_MS 20

void core_destroy(struct core *core, int64_t monotonic_ms)
{
	enum result r = RESULT_OK;
	if (core->readonly)
		return;
	if (core->wissend)
		r = flow_overwrite_some(core);
	if (!r && monotonic_ms >= core->bewaar.next_step) {
		core->bewaar.next_step = monotonic_ms + WALK_MS;
		r = flow_bewaar_walk(core, WALK_ROWS);
	}
	if (r)
		log_line(LOG_LEVEL_ERROR, "event=terms-not-kept result=\"%s\"", result_name(r));
}

// By order of two roles, or because the term of the convenant ended.
static enum result read_ground(const struct recalled *entry, struct core_wissing *gone)
{
	struct wissing_opdracht opdracht;
	snprintf(gone->grond, sizeof gone->grond, TERM_GROND);
	for (size_t i = 0; i < entry->part_count; i++) {
		if (entry->parts[i].kind == PART_VERNIETIGING)
			return RESULT_OK;
		if (entry->parts[i].kind != PART_WISSING)
			continue;
		enum result r = wissing_opdracht_read(entry->parts[i].wissing.opdracht, &opdracht);
		snprintf(gone->grond, sizeof gone->grond, "%s", r ? "" : opdracht.grond);
		return r;
	}
	return RESULT_DAMAGED;
}

enum result core_wissing(struct core *core, uint64_t slot, struct core_wissing *ret_wissing)
{
	struct state_wissing w;
	struct recalled order;
	struct entry entry;
	struct core_wissing gone;
	enum result r = state_wissing(core->state, slot, &w);
	if (!r && w.slot != slot)
		r = RESULT_NOT_FOUND;
	if (r)
		return r;
	gone.begonnen = w.begonnen;
	gone.klaar = w.klaar;
	r = recall_entry(core, w.begonnen, RECALL_PARTS, core->command_arena, &order);
	if (!r)
		r = entry_decode(bytes_make(order.entry, ENTRY_LEN), &entry);
	if (!r)
		r = read_ground(&order, &gone);
	if (r)
		return r == RESULT_NO_MEMORY ? r : RESULT_DAMAGED;
	gone.time = (int64_t)entry.time;
	*ret_wissing = gone;
	return RESULT_OK;
}

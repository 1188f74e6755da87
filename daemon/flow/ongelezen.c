// SPDX-License-Identifier: EUPL-1.2
#include "flow/ongelezen.h"

#include "flow/recheck.h"

#include <string.h>

static void ongelezen_add(struct ongelezen *ongelezen, uint64_t entry)
{
	if (ongelezen->count == ONGELEZEN_MAX)
		ongelezen->all = true;
	else
		ongelezen->entries[ongelezen->count++] = entry;
}

// What lapsed, or only tells of what was given, is not decided again.
static enum result count_waiting(struct core *core, const struct recalled *entry, size_t *waiting)
{
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < entry->part_count; i++) {
		struct state_delivery row;
		bool waits = false;
		const struct part_verstrekking *part = &entry->parts[i].verstrekking;
		if (entry->parts[i].kind == PART_VERSTREKKING &&
		    part->soort != VERSTREKKING_VERVALLEN && !verstrekking_only_tells(part->soort))
			r = delivery_waits(core, part, entry->index, &row, &waits);
		*waiting += !r && waits;
	}
	return r;
}

// Content too: by it the sender's rubrieken are decided again. Where the melding itself cannot be
// read, nothing can be that waits of it, wherever that lies.
enum result ongelezen_find(struct core *core, uint64_t melding, struct ongelezen *ongelezen)
{
	uint64_t at = melding;
	bool none = false;
	enum result r = RESULT_OK;
	for (uint64_t from = 0; !r; from = at + 1) {
		struct recalled recalled;
		size_t used = arena_used(core->arena);
		r = recall_entry(core, at, RECALL_PARTS_AND_CONTENT, core->arena, &recalled);
		if (!r)
			r = count_waiting(core, &recalled, &ongelezen->waiting);
		arena_back(core->arena, used);
		none |= at == melding && r == RESULT_DAMAGED;
		if (r == RESULT_DAMAGED || (!r && none))
			ongelezen_add(ongelezen, at);
		if (!r || r == RESULT_DAMAGED)
			r = state_next_cause(core->state, melding, from, &at);
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

enum result ongelezen_account(struct core *core, const struct ongelezen *ongelezen,
			      struct arena *arena, struct part_verantwoording *v)
{
	size_t count = ongelezen->all ? 1 : ongelezen->count;
	struct veld *velden = arena_alloc(arena, (v->veld_count + count + 1) * sizeof *velden);
	uint8_t *indices = arena_alloc(arena, 8 * count + 1);
	if (!velden || !indices)
		return RESULT_NO_MEMORY;
	memcpy(velden, v->velden, v->veld_count * sizeof *velden);
	v->velden = velden;
	for (size_t i = 0; i < count; i++) {
		put_u64be(indices + 8 * i, ongelezen->entries[i]);
		velden[v->veld_count++] = (struct veld){
			VELD_ONGELEZEN, bytes_make(indices + 8 * i, ongelezen->all ? 0 : 8)};
	}
	core->recheck_left |= count > 0;
	return RESULT_OK;
}

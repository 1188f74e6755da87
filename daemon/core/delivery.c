// SPDX-License-Identifier: EUPL-1.2
// How a verstrekking stands, as the officer is told.
#include "core/command.h"

#include "flow/recheck.h"

#include <string.h>

bool core_is_told(const struct recalled *entry, size_t place)
{
	const struct part *part = &entry->parts[place];
	if (part->kind != PART_VERSTREKKING)
		return false;
	// One that waits is given again, under its number, when the register changes.
	bool first = entry->verantwoording && entry->verantwoording->type != 0;
	return part->verstrekking.soort == VERSTREKKING_GEGEVEN ||
	       (part->verstrekking.soort == VERSTREKKING_GETOOND && first);
}

enum result core_delivery_status(struct core *core, const struct part_verstrekking *v,
				 uint64_t index, const char **ret_status)
{
	struct ontvanger ontvanger = {.functie = ""};
	struct state_delivery row;
	uint64_t acked = 0;
	bool waits = false;
	if (v->oin.len != OIN_LEN || v->functie.len > FUNCTIE_MAX)
		return RESULT_DAMAGED;
	if (v->soort == VERSTREKKING_GETOOND) { // seen, whether or not it is confirmed here
		*ret_status = "getoond";
		return RESULT_OK;
	}
	memcpy(ontvanger.oin.text, v->oin.data, OIN_LEN);
	memcpy(ontvanger.functie, v->functie.data, v->functie.len);
	enum result r = state_acked(core->state, &ontvanger, v->number, &acked);
	bool confirmed = !r && acked == index;
	if (!r || r == RESULT_NOT_FOUND)
		r = delivery_waits(core, v, index, &row, &waits);
	*ret_status = confirmed ? "bevestigd" : waits ? "klaargezet" : "vervangen";
	return r;
}

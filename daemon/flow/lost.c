// SPDX-License-Identifier: EUPL-1.2
#include "flow/lost.h"

#include "flow/type.h"

#include <stdio.h>

// How many entries of the log that this statement is to are here too.
static uint64_t entries_of(const struct registry *reg, struct bytes log)
{
	for (size_t i = 0; i < reg->herstel_count; i++) {
		uint64_t from = reg->herstel[i].from;
		if (bytes_equal(log, bytes_of_text(register_origin_at(reg, from - 1))))
			return from;
	}
	return REGISTER_NEVER;
}

void lost_settle(const struct core *core, struct flow_item *item)
{
	const struct statement *s = &item->opened->statement;
	const uint64_t entries = entries_of(&core->registry, s->audience_log);
	for (size_t i = 0; entries != REGISTER_NEVER && i < item->type->veld_count; i++) {
		const struct veld_row *row = &item->type->velden[i];
		char field[FIELD_MAX];
		if (row->kind != VELD_NUMBER || row->max != ENTRY_MAX ||
		    statement_number(s, row->veld, 0) < entries)
			continue;
		snprintf(field, sizeof field, "%s.%s", item->type->name, row->name);
		refuse_item(item, REASON_NOT_FOUND, field);
	}
}

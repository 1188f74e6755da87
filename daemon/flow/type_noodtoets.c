// SPDX-License-Identifier: EUPL-1.2
// The review of a noodverstrekking, by the functie of the house that owes it.
#include "control/control.h"
#include "flow/type.h"

#include <stdio.h>

static enum result noodtoets_settle(struct core *core, struct flow_item *item)
{
	static const struct owed_velden velden = {.soort = VERPLICHTING_NOODTOETS,
						  .entry = NOODTOETS_ENTRY,
						  .naam = NOODTOETS_REGEL,
						  .entry_field = "noodtoets.entry",
						  .naam_field = "noodtoets.regel"};
	return settle_owed(core, item, &velden);
}

static enum result noodtoets_apply(struct state *state, const struct part_verantwoording *v)
{
	const struct state_settled settled = {
		.soort = VERPLICHTING_NOODTOETS,
		.naam = veld_get(v->velden, v->veld_count, NOODTOETS_REGEL),
		.own = true};
	return v->betreft ? state_settle(state, v, &settled) : RESULT_OK;
}

// "g-noodtoets <regel> <uitkomst>"
static void noodtoets_tell(const struct part_verantwoording *v, struct buffer *out)
{
	struct bytes regel = veld_get(v->velden, v->veld_count, NOODTOETS_REGEL);
	struct bytes uitkomst = veld_get(v->velden, v->veld_count, NOODTOETS_UITKOMST);
	char line[160];
	snprintf(line, sizeof line, "%.*s %.*s", (int)regel.len, (const char *)regel.data,
		 (int)uitkomst.len, (const char *)uitkomst.data);
	control_append_text(out, "g-noodtoets", line);
}

const struct type_handler type_noodtoets = {
	.read = read_signed,
	.settle = noodtoets_settle,
	.apply = noodtoets_apply,
	.content = UINT64_C(1) << NOODTOETS_MOTIVERING,
	.event = "noodtoets",
	.tell = noodtoets_tell,
	.listed = VELD_BIT(NOODTOETS_UITKOMST),
};

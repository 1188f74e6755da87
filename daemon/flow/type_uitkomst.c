// SPDX-License-Identifier: EUPL-1.2
// The outcome of an overleg about a melding on its agenda: its voorzitter says what became of it,
// and nothing is owed for the item any more.
#include "control/control.h"
#include "flow/type.h"

#include <stdio.h>

static enum result uitkomst_settle(struct core *core, struct flow_item *item)
{
	static const struct owed_velden velden = {.soort = VERPLICHTING_AGENDA,
						  .entry = UITKOMST_ENTRY,
						  .naam = UITKOMST_OVERLEG,
						  .entry_field = "uitkomst.entry",
						  .naam_field = "uitkomst.overleg"};
	return settle_owed(core, item, &velden);
}

static enum result uitkomst_apply(struct state *state, const struct part_verantwoording *v)
{
	const struct state_settled settled = {
		.soort = VERPLICHTING_AGENDA,
		.naam = veld_get(v->velden, v->veld_count, UITKOMST_OVERLEG),
		.own = true};
	return v->betreft ? state_settle(state, v, &settled) : RESULT_OK;
}

// "g-uitkomst <overleg> <uitkomst>"
static void uitkomst_tell(const struct part_verantwoording *v, struct buffer *out)
{
	struct bytes overleg = veld_get(v->velden, v->veld_count, UITKOMST_OVERLEG);
	struct bytes uitkomst = veld_get(v->velden, v->veld_count, UITKOMST_UITKOMST);
	char line[160];
	snprintf(line, sizeof line, "%.*s %.*s", (int)overleg.len, (const char *)overleg.data,
		 (int)uitkomst.len, (const char *)uitkomst.data);
	control_append_text(out, "g-uitkomst", line);
}

const struct type_handler type_uitkomst = {
	.read = read_signed,
	.settle = uitkomst_settle,
	.apply = uitkomst_apply,
	.content = UINT64_C(1) << UITKOMST_MOTIVERING,
	.event = "uitkomst",
	.tell = uitkomst_tell,
};

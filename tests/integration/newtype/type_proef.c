// SPDX-License-Identifier: EUPL-1.2
// The one file of a type that only the test's daemon has. It has something to do in every layer:
// refuses in the flow, changes rows in state, and has a line in `why`.
#include "control/control.h"
#include "flow/type.h"

static enum result proef_settle(struct core *core, struct flow_item *item)
{
	const struct statement *s = &item->opened->statement;
	(void)core;
	if (bytes_equal(veld_get(s->velden, s->veld_count, PROEF_TEKST), bytes_of_text("weiger")))
		refuse_item(item, REASON_BAD_VALUE, "proef.tekst");
	else
		item->betreft = statement_number(s, PROEF_ENTRY, 0);
	return RESULT_OK;
}

// Nobody has to weigh any more.
static enum result proef_apply(struct state *state, const struct part_verantwoording *v)
{
	const struct state_settled settled = {
		.soort = VERPLICHTING_WEGING,
		.naam = veld_get(v->velden, v->veld_count, PROEF_REGEL)};
	return v->betreft ? state_settle(state, v, &settled) : RESULT_OK;
}

static void proef_tell(const struct part_verantwoording *v, struct buffer *out)
{
	control_append(out, "g-proef", veld_get(v->velden, v->veld_count, PROEF_TEKST));
}

const struct type_handler type_proef = {
	.settle = proef_settle,
	.apply = proef_apply,
	.event = "proef",
	.tell = proef_tell,
};

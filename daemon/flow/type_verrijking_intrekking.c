// SPDX-License-Identifier: EUPL-1.2
// Who asked what is known about a person needs no answer any more, while the question is open:
// nobody owes one then, and what was not fetched of the question lapses. What was answered before
// stays; nothing closes the question once more.
#include "control/control.h"
#include "flow/recheck.h"
#include "flow/type.h"

static enum result intrekking_settle(struct core *core, struct flow_item *item)
{
	static const struct owed_velden velden = {.soort = VERPLICHTING_AFSLUITING,
						  .entry = VERRIJKING_INTREKKING_ENTRY,
						  .entry_field = "verrijking_intrekking.entry"};
	return settle_owed(core, item, &velden);
}

static enum result intrekking_apply(struct state *state, const struct part_verantwoording *v)
{
	const struct state_settled asked = {.soort = VERPLICHTING_BEKEND};
	const struct state_settled closing = {.soort = VERPLICHTING_AFSLUITING, .own = true};
	enum result r = v->betreft ? state_settle(state, v, &asked) : RESULT_OK;
	return r || !v->betreft ? r : state_settle(state, v, &closing);
}

static enum result intrekking_recorded(struct core *core, struct flow_item *item)
{
	return recheck_melding(core, item->betreft);
}

// "g-ingetrokken <oin>"
static void intrekking_tell(const struct part_verantwoording *v, struct buffer *out)
{
	control_append(out, "g-ingetrokken", v->signer);
}

const struct type_handler type_verrijking_intrekking = {
	.read = read_signed,
	.settle = intrekking_settle,
	.apply = intrekking_apply,
	.recorded = intrekking_recorded,
	.event = "verrijking-intrekking",
	.tell = intrekking_tell,
};

// SPDX-License-Identifier: EUPL-1.2
// How it goes after a melding that a regel has followed for a time (R43: a huisverbod, for a year).
// Each time it was looked at, it is owed again, until the time is over or somebody ends it.
#include "control/control.h"
#include "flow/given.h"
#include "flow/in_force.h"
#include "flow/type.h"

#include <stdio.h>

static const struct owed_velden of_volgen = {.soort = VERPLICHTING_VOLGEN,
					     .entry = VOLGEN_ENTRY,
					     .naam = VOLGEN_REGEL,
					     .entry_field = "volgen.entry",
					     .naam_field = "volgen.regel"};

// Until when it is owed next, by the regel as it is in force now; 0: no more. Who is late is not
// late at once again.
static int64_t next_time(const struct core *core, const struct flow_item *item,
			 const struct state_obligation *owed)
{
	const struct convenant *convenant = in_force_with(core, bytes_of_text(owed->regel));
	int64_t due = (int64_t)owed->due;
	const struct plicht_tijd tijd = {(int64_t)item->recalled->verantwoording->received,
					 due > item->now ? due : item->now};
	size_t n;
	return convenant && convenant_regel_named(convenant, bytes_of_text(owed->regel), &n) ==
				       RESULT_OK
		       ? convenant_plicht_uiterlijk(convenant, n, PLICHT_VOLGEN, tijd)
		       : 0;
}

static enum result volgen_settle(struct core *core, struct flow_item *item)
{
	struct state_obligation owed;
	enum result r = settle_owed(core, item, &of_volgen);
	if (r || item->refusal.reason ||
	    bytes_equal(said(item, VOLGEN_UITKOMST), bytes_of_text("beeindigd")))
		return r;
	r = owed_of_signer(core, item, &of_volgen, &owed);
	int64_t next = r ? 0 : next_time(core, item, &owed);
	return next ? owe_again(item, &owed, (uint64_t)next) : r;
}

static enum result volgen_apply(struct state *state, const struct part_verantwoording *v)
{
	const struct state_settled settled = {
		.soort = VERPLICHTING_VOLGEN,
		.naam = veld_get(v->velden, v->veld_count, VOLGEN_REGEL),
		.own = true};
	return v->betreft ? state_settle(state, v, &settled) : RESULT_OK;
}

// "g-volgen <regel> <oin> <uitkomst>"
static void volgen_tell(const struct part_verantwoording *v, struct buffer *out)
{
	struct bytes regel = veld_get(v->velden, v->veld_count, VOLGEN_REGEL);
	struct bytes uitkomst = veld_get(v->velden, v->veld_count, VOLGEN_UITKOMST);
	char line[200];
	snprintf(line, sizeof line, "%.*s %.*s %.*s", (int)regel.len, (const char *)regel.data,
		 (int)v->signer.len, (const char *)v->signer.data, (int)uitkomst.len,
		 (const char *)uitkomst.data);
	control_append_text(out, "g-volgen", line);
}

const struct type_handler type_volgen = {
	.read = read_signed,
	.settle = volgen_settle,
	.apply = volgen_apply,
	.content = UINT64_C(1) << VOLGEN_MOTIVERING,
	.event = "volgen",
	.tell = volgen_tell,
};

// SPDX-License-Identifier: EUPL-1.2
// The outcome of an overleg about a melding on its agenda: its voorzitter says what became of it,
// and nothing is owed for the item any more; but by whom it is handed, who takes it over or gives
// it back (type_overdracht.c).
#include "control/control.h"
#include "flow/given.h"
#include "flow/in_force.h"
#include "flow/type.h"

#include <stdio.h>

static const struct owed_velden of_agenda = {.soort = VERPLICHTING_AGENDA,
					     .entry = UITKOMST_ENTRY,
					     .naam = UITKOMST_OVERLEG,
					     .entry_field = "uitkomst.entry",
					     .naam_field = "uitkomst.overleg"};

static bool is_given(const struct gegeven *gegeven, const struct ontvanger *naar)
{
	for (size_t i = 0; i < gegeven->count; i++)
		if (gegeven->parts[i]->soort == VERSTREKKING_GEGEVEN &&
		    bytes_equal(gegeven->parts[i]->oin, bytes_of_text(naar->oin.text)) &&
		    bytes_equal(gegeven->parts[i]->functie, bytes_of_text(naar->functie)))
			return true;
	return false;
}

// To somebody who takes part and has it: a hand-over gives nothing, a regel does.
static enum result check_naar(struct core *core, struct flow_item *item,
			      const struct convenant *convenant, const struct ontvanger *naar)
{
	const struct gegeven_welke welke = {item->betreft, UINT64_MAX,
					    bytes_of_text(convenant_name(convenant)), item->arena};
	const struct ontvanger *all;
	struct gegeven gegeven = {.count = 0};
	bool partner = false;
	size_t count = convenant_ontvangers(convenant, &all);
	for (size_t i = 0; i < count; i++)
		partner |= ontvanger_equal(&all[i], naar);
	partner &= register_holder(&core->registry, &naar->oin, naar->functie,
				   state_position(core->state)) != NULL;
	enum result r = partner ? gegeven_read(core, &welke, &gegeven) : RESULT_OK;
	if (!r && !partner)
		refuse_item(item, REASON_UNKNOWN_PARTIJ, "uitkomst.naar");
	else if (!r && !is_given(&gegeven, naar))
		refuse_item(item, REASON_NOT_FOUND, "uitkomst.naar");
	return r;
}

static enum result owe_overname(struct flow_item *item, const struct convenant *convenant,
				const struct overleg *overleg, const struct ontvanger *naar)
{
	struct verplichting *owed = arena_alloc(item->arena, sizeof *owed);
	struct ontvanger *by = arena_alloc(item->arena, sizeof *by);
	if (!owed || !by)
		return RESULT_NO_MEMORY;
	*by = *naar;
	*owed = (struct verplichting){
		.soort = VERPLICHTING_OVERNAME,
		.oin = bytes_of_text(by->oin.text),
		.functie = bytes_of_text(by->functie),
		.regel = bytes_of_text(overleg->overleg),
		.uiterlijk = (uint64_t)termijn_end(&overleg->overdracht, item->now),
		.convenant = bytes_of_text(convenant_name(convenant)),
	};
	item->besluit.verplichtingen = owed;
	item->besluit.verplichting_count = 1;
	return RESULT_OK;
}

static enum result hand_over(struct core *core, struct flow_item *item)
{
	struct bytes naam = said(item, UITKOMST_OVERLEG);
	const struct overleg *overleg = NULL;
	const struct convenant *convenant = in_force_seating(core, naam, &overleg);
	struct ontvanger naar;
	if (!convenant) { // it changed: nobody is named to whom it would come back
		refuse_item(item, REASON_NOT_OWED, "uitkomst.overleg");
		return RESULT_OK;
	}
	if (!casus_who(said(item, UITKOMST_NAAR), &naar)) {
		refuse_item(item, REASON_BAD_VALUE, "uitkomst.naar");
		return RESULT_OK;
	}
	enum result r = check_naar(core, item, convenant, &naar);
	return r || item->refusal.reason ? r : owe_overname(item, convenant, overleg, &naar);
}

static enum result uitkomst_settle(struct core *core, struct flow_item *item)
{
	bool over = bytes_equal(said(item, UITKOMST_UITKOMST), bytes_of_text("overdracht"));
	enum result r = settle_owed(core, item, &of_agenda);
	if (r || item->refusal.reason)
		return r;
	if (over)
		return hand_over(core, item);
	if (said(item, UITKOMST_NAAR).len > 0)
		refuse_item(item, REASON_BAD_VALUE, "uitkomst.naar");
	return RESULT_OK;
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

// SPDX-License-Identifier: EUPL-1.2
// The outcome of an overleg about a melding on its agenda: its voorzitter says what became of it,
// and nothing is owed for the item any more; but by whom it is handed, who takes it over or gives
// it back (type_overdracht.c). By triage it is brought to another table (R05): that is a fact, and
// the convenant decides again.
#include "control/control.h"
#include "flow/agenda.h"
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

static bool is_uitkomst(const struct flow_item *item, const char *uitkomst)
{
	return bytes_equal(said(item, UITKOMST_UITKOMST), bytes_of_text(uitkomst));
}

// ---- to another table ----------------------------------------------------------------------

// The table to which this convenant takes what `overleg` says is for triage; NULL: none.
static const struct overleg *triage_of(const struct convenant *convenant, struct bytes overleg)
{
	const struct overleg *from = convenant ? convenant_overleg_named(convenant, overleg) : NULL;
	return from && from->triage
		       ? convenant_overleg_named(convenant, bytes_of_text(from->triage))
		       : NULL;
}

static void bring(struct feiten *feiten, const struct overleg *triage)
{
	struct feit *brought = feiten_at(feiten, ATTRIBUUT_OVERLEG, 0);
	for (size_t i = 0; i < brought->waarde_count; i++)
		if (bytes_equal(brought->waarden[i], bytes_of_text(triage->overleg)))
			return;
	feit_add(brought, bytes_of_text(triage->overleg));
}

static enum result settle_triage(struct core *core, struct flow_item *item)
{
	const struct overleg *overleg = NULL;
	item->convenant = in_force_seating(core, said(item, UITKOMST_OVERLEG), &overleg);
	if (!triage_of(item->convenant, said(item, UITKOMST_OVERLEG)))
		refuse_item(item, REASON_NOT_FOUND, "uitkomst.uitkomst");
	return RESULT_OK;
}

static enum result triage_prepare(struct core *core, struct flow_item *item)
{
	bool found = false;
	if (!is_uitkomst(item, "triage"))
		return RESULT_OK;
	enum result r = recall_item(core, item->betreft, item, &found);
	if (!r && found)
		bring(item->feiten, triage_of(item->convenant, said(item, UITKOMST_OVERLEG)));
	else if (!r) // its content is gone
		refuse_whole(item, REASON_NOT_FOUND, "uitkomst.entry");
	return r;
}

static enum result triage_subtract(struct core *core, struct flow_item *item)
{
	return subtract_given(core, item, bytes_make(NULL, 0));
}

static bool is_owed_anew(const struct besluit_set *set, const struct verplichting *wanted)
{
	for (size_t i = 0; i < set->verplichting_count; i++)
		if (set->verplichtingen[i].soort == wanted->soort &&
		    bytes_equal(set->verplichtingen[i].regel, wanted->regel))
			return true;
	return false;
}

static enum result owe_one_more(struct flow_item *item, const struct verplichting *owed)
{
	struct besluit_set *set = &item->besluit;
	struct verplichting *all =
		arena_alloc(item->arena, (set->verplichting_count + 1) * sizeof *all);
	if (!all)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < set->verplichting_count; i++)
		all[i] = set->verplichtingen[i];
	all[set->verplichting_count++] = *owed;
	set->verplichtingen = all;
	set->verplichting_cap = set->verplichting_count;
	return RESULT_OK;
}

// That table says what becomes of it, whether a regel puts it on its agenda anew or not: what was
// there before is on it again.
static enum result triage_owe(struct core *core, struct flow_item *item)
{
	if (!item->feiten)
		return RESULT_OK;
	const struct overleg *triage = triage_of(item->convenant, said(item, UITKOMST_OVERLEG));
	const struct ontvanger *by = overleg_voorzitter(triage, &item->feiten->bron);
	const struct verplichting owed = {
		.soort = VERPLICHTING_AGENDA,
		.oin = bytes_of_text(by->oin.text),
		.functie = bytes_of_text(by->functie),
		.regel = bytes_of_text(triage->overleg),
		.uiterlijk = (uint64_t)agenda_uiterlijk(item->convenant, triage, item->now,
							item->enriched_at),
		.convenant = bytes_of_text(convenant_name(item->convenant)),
	};
	struct state_obligation stands;
	enum result r = owed_same(core, item, &owed, &stands);
	if (r != RESULT_NOT_FOUND || is_owed_anew(&item->besluit, &owed))
		return r == RESULT_NOT_FOUND ? RESULT_OK : r;
	return owe_one_more(item, &owed);
}

static enum result uitkomst_recall(const struct recall_question *question,
				   const struct part_verantwoording *v, struct arena *arena,
				   struct feiten *feiten)
{
	(void)arena;
	struct bytes uitkomst = veld_get(v->velden, v->veld_count, UITKOMST_UITKOMST);
	const struct overleg *triage = triage_of(
		question->convenant, veld_get(v->velden, v->veld_count, UITKOMST_OVERLEG));
	if (triage && bytes_equal(uitkomst, bytes_of_text("triage")))
		bring(feiten, triage);
	return RESULT_OK;
}

// ---- either --------------------------------------------------------------------------------

static enum result uitkomst_settle(struct core *core, struct flow_item *item)
{
	enum result r = settle_owed(core, item, &of_agenda);
	if (r || item->refusal.reason)
		return r;
	if (is_uitkomst(item, "overdracht"))
		return hand_over(core, item);
	if (said(item, UITKOMST_NAAR).len > 0)
		refuse_item(item, REASON_BAD_VALUE, "uitkomst.naar");
	else if (is_uitkomst(item, "triage"))
		return settle_triage(core, item);
	return RESULT_OK;
}

// By triage what waited for a fact was decided again, and is named anew where it still waits.
static enum result uitkomst_apply(struct state *state, const struct part_verantwoording *v)
{
	const struct state_settled settled = {
		.soort = VERPLICHTING_AGENDA,
		.naam = veld_get(v->velden, v->veld_count, UITKOMST_OVERLEG),
		.own = true};
	const struct state_settled feit = {.soort = VERPLICHTING_FEIT, .convenant = v->convenant};
	enum result r = v->betreft ? state_settle(state, v, &settled) : RESULT_OK;
	return !r && v->betreft && v->has_convenant ? state_settle(state, v, &feit) : r;
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
	.decided = true,
	.read = read_signed,
	.settle = uitkomst_settle,
	.enrich = triage_prepare,
	.afterwards = triage_subtract,
	.whole = triage_owe,
	.recall = uitkomst_recall,
	.apply = uitkomst_apply,
	.content = UINT64_C(1) << UITKOMST_MOTIVERING,
	.event = "uitkomst",
	.tell = uitkomst_tell,
};

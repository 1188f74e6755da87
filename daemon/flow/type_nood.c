// SPDX-License-Identifier: EUPL-1.2
// A noodverstrekking: a regel of kind nood gives nothing until the functie of the house that it
// names activates it, for one betrokkene of one melding and one ontvanger, at most as many minutes
// as it says. It goes through the same engine as all else (P2). Each is reviewed within a working
// day, and none has to wait for the review of the one before; the second in a week also by the
// manager and the FG (design §10).
#include "control/control.h"
#include "flow/in_force.h"
#include "flow/type.h"

#include "base/clock.h"
#include "codes/termijn.h"

#include <stdio.h>
#include <string.h>

#define FUNCTIE_MANAGER "manager"
#define FUNCTIE_FG "fg"
#define TOLD_COUNT 2 // who else reviews the second within a week
#define WEEK_MS (7 * MS_PER_DAY)

static const struct nood_eis *eis_of(const struct convenant *convenant, struct bytes regel)
{
	size_t n;
	return convenant && convenant_regel_named(convenant, regel, &n) == RESULT_OK
		       ? convenant_nood(convenant, n)
		       : NULL;
}

// From the moment it came; what it does not say is the regel's.
static struct nood_feit feit_of(const struct veld *velden, size_t count, const struct nood_eis *eis,
				uint64_t received)
{
	const struct statement s = {.velden = (struct veld *)(uintptr_t)velden,
				    .veld_count = count};
	uint64_t minuten = statement_number(&s, NOOD_MINUTEN, eis->minuten);
	struct nood_feit feit = {
		.regel = veld_get(velden, count, NOOD_REGEL),
		.betrokkene = (uint32_t)statement_number(&s, NOOD_BETROKKENE, 0),
		.functie = veld_get(velden, count, NOOD_FUNCTIE),
		.van = (int64_t)received,
	};
	if (oin_parse(veld_get(velden, count, NOOD_ONTVANGER), &feit.oin) != RESULT_OK)
		feit.oin = (struct oin){.text = ""};
	if (minuten > eis->minuten)
		minuten = eis->minuten;
	feit.tot = feit.van + (int64_t)minuten * MS_PER_MINUTE;
	return feit;
}

static enum result add_nood(struct feiten *feiten, const struct nood_feit *feit,
			    struct arena *arena)
{
	struct nood_feit *grown =
		arena_alloc(arena, (feiten->nood_count + 1) * sizeof *feiten->noden);
	if (!grown)
		return RESULT_NO_MEMORY;
	if (feiten->nood_count > 0)
		memcpy(grown, feiten->noden, feiten->nood_count * sizeof *grown);
	grown[feiten->nood_count++] = *feit;
	feiten->noden = grown;
	return RESULT_OK;
}

static bool is_ontvanger(const struct convenant *convenant, const struct nood_feit *feit)
{
	const struct ontvanger *all;
	size_t count = convenant_ontvangers(convenant, &all);
	for (size_t i = 0; i < count; i++)
		if (oin_equal(&all[i].oin, &feit->oin) &&
		    bytes_equal(bytes_of_text(all[i].functie), feit->functie))
			return true;
	return false;
}

// Which regel, and that its signer may. What comes after says nothing about a melding that the
// signer does not have.
static enum result nood_settle(struct core *core, struct flow_item *item)
{
	uint64_t melding = statement_number(&item->opened->statement, NOOD_ENTRY, UINT64_MAX);
	item->convenant = in_force_with(core, said(item, NOOD_REGEL));
	const struct nood_eis *eis = eis_of(item->convenant, said(item, NOOD_REGEL));
	if (!eis) {
		refuse_item(item, REASON_NOT_FOUND, "nood.regel");
	} else if (!oin_equal(&item->signer->bundle.oin, &core->registry.genesis.house) ||
		   !party_has_functie(item->signer, eis->door)) {
		refuse_item(item, REASON_FUNCTIE_NOT_HELD, "nood.regel");
	} else if (statement_number(&item->opened->statement, NOOD_MINUTEN, eis->minuten) >
		   eis->minuten) {
		refuse_item(item, REASON_BAD_VALUE, "nood.minuten");
	} else if (melding >= journal_size(core->journal)) {
		refuse_item(item, REASON_NOT_FOUND, "nood.entry");
	}
	if (!item->refusal.reason)
		item->betreft = melding;
	return RESULT_OK;
}

static enum result nood_prepare(struct core *core, struct flow_item *item)
{
	const struct statement *s = &item->opened->statement;
	const struct part_verantwoording *decision = NULL;
	struct recalled melding;
	bool found = false;
	enum result r = recall_entry(core, item->betreft, RECALL_PARTS, item->arena, &melding);
	if (!r && melding.verantwoording && !melding.verantwoording->betreft)
		r = recall_decision(core, &melding, bytes_of_text(convenant_name(item->convenant)),
				    item->arena, &decision);
	if (!r && decision)
		r = recall_item(core, item->betreft, item, &found);
	if (r && r != RESULT_NOT_FOUND)
		return r;
	if (!found) { // erased, no melding, or not put before this convenant
		refuse_whole(item, REASON_NOT_FOUND, "nood.entry");
		return RESULT_OK;
	}
	const struct nood_feit feit =
		feit_of(s->velden, s->veld_count, eis_of(item->convenant, said(item, NOOD_REGEL)),
			(uint64_t)item->now);
	if (feit.betrokkene == 0 || feit.betrokkene > item->feiten->betrokkenen) {
		refuse_whole(item, REASON_UNKNOWN_BETROKKENE, "nood.betrokkene");
		return RESULT_OK;
	}
	if (!is_ontvanger(item->convenant, &feit)) {
		refuse_whole(item, REASON_BAD_VALUE, "nood.ontvanger");
		return RESULT_OK;
	}
	return add_nood(item->feiten, &feit, item->arena);
}

// Reviewed by other eyes where the house has them: the first of its functies that did not give it.
static const char *reviewer(const struct convenant *convenant, const struct nood_eis *eis)
{
	const struct partij *huis = convenant_partij(convenant, convenant_text(convenant)->huis);
	for (size_t i = 0; huis && i < huis->functie_count; i++)
		if (strcmp(huis->functies[i], eis->door) != 0)
			return huis->functies[i];
	return eis->door;
}

// Whether one was given in the week before this one, whatever the melding, regel or convenant.
static enum result is_second(struct core *core, const struct flow_item *item, bool *ret_second)
{
	uint64_t received = 0;
	enum result r = state_nood(core->state, &received);
	*ret_second = !r && (int64_t)received > item->now - WEEK_MS;
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

static struct verplichting review_by(const struct core *core, const struct flow_item *item,
				     const char *functie)
{
	static const struct termijn dag = {.werkdagen = 1};
	return (struct verplichting){
		.soort = VERPLICHTING_NOODTOETS,
		.oin = bytes_of_text(core->registry.genesis.house.text),
		.functie = bytes_of_text(functie),
		.regel = said(item, NOOD_REGEL),
		.uiterlijk = (uint64_t)termijn_end(&dag, item->now),
		.betrokkene =
			(uint32_t)statement_number(&item->opened->statement, NOOD_BETROKKENE, 0),
		.convenant = bytes_of_text(convenant_name(item->convenant)),
	};
}

// The second within a week the manager and the FG review too (design §10): it is told by that they
// owe it.
static enum result nood_afterwards(struct core *core, struct flow_item *item)
{
	static const char *const told[] = {FUNCTIE_MANAGER, FUNCTIE_FG};
	struct besluit_set *set = &item->besluit;
	const char *first =
		reviewer(item->convenant, eis_of(item->convenant, said(item, NOOD_REGEL)));
	bool second = false;
	enum result r = subtract_given(core, item, bytes_make(NULL, 0));
	if (!r)
		r = is_second(core, item, &second);
	struct verplichting *owed =
		arena_alloc(item->arena, (set->verplichting_count + 1 + TOLD_COUNT) * sizeof *owed);
	if (r || !owed)
		return r ? r : RESULT_NO_MEMORY;
	if (set->verplichting_count > 0)
		memcpy(owed, set->verplichtingen, set->verplichting_count * sizeof *owed);
	owed[set->verplichting_count++] = review_by(core, item, first);
	for (size_t i = 0; second && i < TOLD_COUNT; i++)
		if (strcmp(told[i], first) != 0)
			owed[set->verplichting_count++] = review_by(core, item, told[i]);
	set->verplichtingen = owed;
	set->verplichting_cap = set->verplichting_count;
	return RESULT_OK;
}

// The whole melding was decided again: what still waits for a fact its own part names anew.
static enum result nood_apply(struct state *state, const struct part_verantwoording *v)
{
	const struct state_settled feit = {.soort = VERPLICHTING_FEIT, .convenant = v->convenant};
	if (!v->betreft || !v->has_convenant)
		return RESULT_OK;
	state_is_nood(state, v);
	return state_settle(state, v, &feit);
}

static enum result nood_recall(const struct recall_question *question,
			       const struct part_verantwoording *v, struct arena *arena,
			       struct feiten *feiten)
{
	const struct nood_eis *eis =
		eis_of(question->convenant, veld_get(v->velden, v->veld_count, NOOD_REGEL));
	if (!eis || v->veld_count == 0)
		return RESULT_OK;
	const struct nood_feit feit = feit_of(v->velden, v->veld_count, eis, v->received);
	return add_nood(feiten, &feit, arena);
}

// "g-nood <regel> <betrokkene> <ontvanger OIN>/<functie>"
static void nood_tell(const struct part_verantwoording *v, struct buffer *out)
{
	char line[256];
	struct bytes regel = veld_get(v->velden, v->veld_count, NOOD_REGEL);
	struct bytes betrokkene = veld_get(v->velden, v->veld_count, NOOD_BETROKKENE);
	struct bytes oin = veld_get(v->velden, v->veld_count, NOOD_ONTVANGER);
	struct bytes functie = veld_get(v->velden, v->veld_count, NOOD_FUNCTIE);
	snprintf(line, sizeof line, "%.*s %.*s %.*s/%.*s", (int)regel.len, (const char *)regel.data,
		 (int)betrokkene.len, (const char *)betrokkene.data, (int)oin.len,
		 (const char *)oin.data, (int)functie.len, (const char *)functie.data);
	control_append_text(out, "g-nood", line);
}

const struct type_handler type_nood = {
	.decided = true,
	.read = read_signed,
	.settle = nood_settle,
	.enrich = nood_prepare,
	.afterwards = nood_afterwards,
	.apply = nood_apply,
	.content = UINT64_C(1) << NOOD_MOTIVERING,
	.recall = nood_recall,
	.event = "nood",
	.tell = nood_tell,
};

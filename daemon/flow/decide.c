// SPDX-License-Identifier: EUPL-1.2
// Step 6, decide: every rubriek of every betrokkene is put before the convenant for every
// ontvanger. What the engine does not give is not given: there is no second way out of here.
#include "flow/flow.h"

#include "base/clock.h"

#include <string.h>

#define PLAATSEN_MAX (RUBRIEKEN_MAX + 3 * (BETROKKENEN_MAX + 1) + 2)

bool verrijking_is(uint32_t rubriek)
{
	const struct rubriek_row *row = rubriek_row(rubriek);
	return row && row->by_knooppunt && rubriek != RUBRIEK_HERKOMST;
}

static bool plaats_add(struct flow_item *item, uint32_t betrokkene, uint32_t rubriek)
{
	for (size_t i = 0; i < item->plaats_count; i++)
		if (item->plaatsen[i].betrokkene == betrokkene &&
		    item->plaatsen[i].rubriek == rubriek)
			return true; // several rubrieken of one soort are decided together
	if (item->plaats_count >= PLAATSEN_MAX)
		return false;
	item->plaatsen[item->plaats_count++] = (struct plaats){betrokkene, rubriek};
	return true;
}

static bool feit_is_known(const struct flow_item *item, enum attribuut attribuut,
			  uint32_t betrokkene)
{
	const struct feit *feit = feiten_get(item->feiten, attribuut, betrokkene);
	return feit && feit->bekend && feit->waarde_count > 0;
}

// The knooppunt's own rubrieken exist where their facts are known.
static bool plaatsen_of_knooppunt(const struct convenant *convenant, struct flow_item *item)
{
	bool ok = plaats_add(item, 0, RUBRIEK_HERKOMST);
	if (convenant && convenant_vormen(convenant) & VORM_MELD)
		ok = ok && plaats_add(item, 0, RUBRIEK_BERICHT);
	if (feit_is_known(item, ATTRIBUUT_HUIS, 0))
		ok = ok && plaats_add(item, 0, RUBRIEK_VERRIJKING_HUIS);
	for (uint32_t b = 1; b <= item->feiten->betrokkenen; b++) {
		if (feit_is_known(item, ATTRIBUUT_WOONHUIS, b))
			ok = ok && plaats_add(item, b, RUBRIEK_VERRIJKING_HUIS);
		if (!feit_is_known(item, ATTRIBUUT_EERDER_365, b))
			continue;
		ok = ok && plaats_add(item, b, RUBRIEK_VERRIJKING_EERDER) &&
		     plaats_add(item, b, RUBRIEK_VERRIJKING_SAMENLOOP);
	}
	return ok;
}

// Collects what the engine gives while it goes through all ontvangers.
struct collector {
	struct core *core;
	struct flow_item *item;
	const struct ontvanger *ontvangers;
};

static struct toedeling *toedeling_of(struct flow_item *item, const struct ontvanger *ontvanger)
{
	struct besluit_set *set = &item->besluit;
	for (size_t i = set->count; i > 0; i--)
		if (ontvanger_equal(&set->toedelingen[i - 1].ontvanger, ontvanger))
			return &set->toedelingen[i - 1];
	if (!set->toedelingen) {
		set->cap = ONTVANGERS_MAX;
		set->toedelingen = arena_alloc(item->arena, set->cap * sizeof *set->toedelingen);
	}
	if (!set->toedelingen || set->count >= set->cap)
		return NULL;
	struct toedeling *t = &set->toedelingen[set->count++];
	t->ontvanger = *ontvanger;
	t->cap = item->plaats_count;
	t->gaves = arena_alloc(item->arena, t->cap * sizeof *t->gaves);
	return t->gaves ? t : NULL;
}

static enum result note_regels(struct flow_item *item, const struct beslissing *b)
{
	struct besluit_set *set = &item->besluit;
	if (!set->regels) {
		set->regel_cap = REGELS_MAX;
		set->regels = arena_alloc(item->arena, set->regel_cap * sizeof *set->regels);
		if (!set->regels)
			return RESULT_NO_MEMORY;
	}
	for (size_t i = 0; i < b->regel_count; i++) {
		bool known = false;
		for (size_t j = 0; j < set->regel_count; j++)
			known |= set->regels[j] == b->regels[i];
		if (!known && set->regel_count < set->regel_cap)
			set->regels[set->regel_count++] = b->regels[i];
	}
	return RESULT_OK;
}

static enum result collect_gave(struct collector *c, const struct ontvanger *ontvanger,
				const struct plaats *plaats, const struct beslissing *b)
{
	struct toedeling *t = toedeling_of(c->item, ontvanger);
	if (!t || t->count >= t->cap)
		return RESULT_NO_MEMORY;
	struct gave *gave = &t->gaves[t->count];
	gave->betrokkene = plaats->betrokkene;
	gave->rubriek = plaats->rubriek;
	gave->regels = arena_alloc(c->item->arena, b->regel_count * sizeof b->regels[0]);
	if (!gave->regels)
		return RESULT_NO_MEMORY;
	memcpy(gave->regels, b->regels, b->regel_count * sizeof b->regels[0]);
	gave->regel_count = b->regel_count;
	t->count++;
	return note_regels(c->item, b);
}

// Each is owed once per soort and regel, for the melding as a whole.
static enum result owe(struct collector *c, struct verplichting owed)
{
	struct besluit_set *set = &c->item->besluit;
	for (size_t i = 0; i < set->verplichting_count; i++)
		if (set->verplichtingen[i].soort == owed.soort &&
		    bytes_equal(set->verplichtingen[i].regel, owed.regel))
			return RESULT_OK;
	if (!set->verplichtingen) {
		set->verplichting_cap = 2 * REGELS_MAX; // of two soorten
		set->verplichtingen = arena_alloc(
			c->item->arena, set->verplichting_cap * sizeof *set->verplichtingen);
	}
	if (!set->verplichtingen || set->verplichting_count >= set->verplichting_cap)
		return RESULT_NO_MEMORY;
	owed.oin = bytes_of_text(c->core->registry.genesis.house.text);
	set->verplichtingen[set->verplichting_count++] = owed;
	return RESULT_OK;
}

static enum result collect_weging(struct collector *c, size_t regel)
{
	const struct convenant *convenant = c->core->convenant;
	const struct weging_eis *eis = convenant_weging(convenant, regel);
	if (!eis)
		return RESULT_INTERNAL;
	return owe(c, (struct verplichting){
			      .soort = VERPLICHTING_WEGING,
			      .functie = bytes_of_text(eis->door),
			      .regel = bytes_of_text(eis->regel),
			      .uiterlijk = (uint64_t)convenant_weging_uiterlijk(convenant, regel,
										c->item->now),
		      });
}

// A place that waits for a fact: nobody was asked for it, so the house's own first functie sees it.
// It waits no longer than there is content to give.
static enum result collect_feit(struct collector *c, const struct beslissing *b)
{
	const struct convenant *convenant = c->core->convenant;
	const struct partij *huis = convenant_partij(convenant, convenant_text(convenant)->huis);
	int64_t until, unused;
	const char *functie = huis && huis->functie_count > 0 ? huis->functies[0] : "";
	enum result r = RESULT_OK;
	convenant_bewaar(convenant, NULL, 0, c->item->enriched_at, &until, &unused);
	for (size_t i = 0; !r && i < b->regel_count; i++)
		r = owe(c, (struct verplichting){
				   .soort = VERPLICHTING_FEIT,
				   .functie = bytes_of_text(functie),
				   .regel = bytes_of_text(
					   convenant_regel(convenant, b->regels[i])->regel),
				   .uiterlijk = (uint64_t)until,
			   });
	return r;
}

static enum result collect(void *context, size_t ontvanger, const struct plaats *plaats,
			   const struct beslissing *beslissing)
{
	struct collector *c = context;
	if (beslissing->oordeel == OORDEEL_VERSTREKT)
		return collect_gave(c, &c->ontvangers[ontvanger], plaats, beslissing);
	if (beslissing->oordeel != OORDEEL_WACHT)
		return RESULT_OK;
	return beslissing->wacht_op_weging >= 0
		       ? collect_weging(c, (size_t)beslissing->wacht_op_weging)
		       : collect_feit(c, beslissing);
}

// Herkomst says nothing alone: an ontvanger that gets nothing else is not told of the melding.
static bool toedeling_is_empty(const struct toedeling *t)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->gaves[i].rubriek != RUBRIEK_HERKOMST)
			return false;
	return true;
}

static void drop_empty(struct besluit_set *set)
{
	size_t kept = 0;
	for (size_t i = 0; i < set->count; i++)
		if (!toedeling_is_empty(&set->toedelingen[i]))
			set->toedelingen[kept++] = set->toedelingen[i];
	set->count = kept;
}

enum result list_plaatsen(const struct convenant *convenant, struct flow_item *item)
{
	item->plaatsen = arena_alloc(item->arena, PLAATSEN_MAX * sizeof *item->plaatsen);
	if (!item->plaatsen)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < item->sent_count; i++)
		if (!plaats_add(item, item->sent[i].betrokkene, item->sent[i].rubriek))
			return RESULT_TOO_LARGE;
	return plaatsen_of_knooppunt(convenant, item) ? RESULT_OK : RESULT_TOO_LARGE;
}

enum result decide_item(struct core *core, struct flow_item *item, enum flow_next *ret_next)
{
	*ret_next = FLOW_NEXT;
	const struct type_handler *handler = type_handler(item->type->type);
	if (item->refusal.reason != REASON_NONE || !handler || !handler->decided)
		return RESULT_OK;
	enum result r = handler->places ? handler->places(core, item) : RESULT_OK;
	if (!r)
		r = list_plaatsen(core->convenant, item);
	if (r || !core->convenant)
		return r;
	struct collector collector = {.core = core, .item = item};
	convenant_ontvangers(core->convenant, &collector.ontvangers);
	struct beslissing_visitor visitor = {&collector, collect};
	r = convenant_decide_all(core->convenant, item->feiten, item->plaatsen, item->plaats_count,
				 &visitor);
	if (!r && handler->afterwards)
		r = handler->afterwards(core, item);
	if (!r)
		drop_empty(&item->besluit);
	return r;
}

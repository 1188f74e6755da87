// SPDX-License-Identifier: EUPL-1.2
// Step 6, decide: every rubriek of every betrokkene is put before each convenant that it concerns,
// for every ontvanger. What the engine does not give is not given: there is no second way out of
// here.
#include "flow/agenda.h"
#include "flow/bekend.h"
#include "flow/eerder.h"
#include "flow/toestemming.h"
#include "flow/type.h"

#include "base/clock.h"

#include <string.h>

#define PLAATSEN_MAX (RUBRIEKEN_MAX + 4 * (BETROKKENEN_MAX + 1) + 2)

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
		// Also of a person without one: that there is none must look like one of others.
		if (feiten_get(item->feiten, ATTRIBUUT_CASUS_STATUS, b)->bekend)
			ok = ok && plaats_add(item, b, RUBRIEK_VERRIJKING_CASUS);
		if (!feit_is_known(item, ATTRIBUUT_EERDER_365, b))
			continue;
		ok = ok && plaats_add(item, b, RUBRIEK_VERRIJKING_EERDER) &&
		     plaats_add(item, b, RUBRIEK_VERRIJKING_SAMENLOOP);
	}
	return ok;
}

static bool feit_is(const struct flow_item *item, enum attribuut attribuut, uint32_t betrokkene,
		    const char *waarde)
{
	return feit_is_known(item, attribuut, betrokkene) &&
	       bytes_equal(feiten_get(item->feiten, attribuut, betrokkene)->waarden[0],
			   bytes_of_text(waarde));
}

// What a question is answered with, by what is known of who is asked after. (A casus that is closed
// is the first one only where all are.)
static bool plaatsen_of_vraag(struct flow_item *item)
{
	bool ok = true;
	for (uint32_t b = 1; b <= item->feiten->betrokkenen; b++) {
		if (feit_is(item, ATTRIBUUT_PGA, b, "ja"))
			ok = ok && plaats_add(item, b, RUBRIEK_VERRIJKING_PGA);
		if (feit_is(item, ATTRIBUUT_ZSM_ADVIES, b, "ja"))
			ok = ok && plaats_add(item, b, RUBRIEK_VERRIJKING_ADVIES);
		if (feit_is_known(item, ATTRIBUUT_CASUS_STATUS, b) &&
		    !feit_is(item, ATTRIBUUT_CASUS_STATUS, b, "gesloten"))
			ok = ok && plaats_add(item, b, RUBRIEK_VERRIJKING_REGISSEUR);
	}
	return ok;
}

// Collects what the engine gives while it goes through all ontvangers.
struct collector {
	struct core *core;
	struct flow_item *item;
	const struct ontvanger *ontvangers;
	bool round; // all that may be given is put before the convenant, whatever is there
	bool waits; // what cannot be decided yet
};

struct bytes overleg_of(const struct gave *gave)
{
	return bytes_of_text(gave->overleg ? gave->overleg : "");
}

size_t gaves_max(const struct convenant *convenant, const struct flow_item *item)
{
	size_t agendas = convenant_vormen(convenant) & VORM_AGENDEER
				 ? convenant_overleg_count(convenant)
				 : 0;
	return item->plaats_count + agendas * (item->feiten->betrokkenen + 1);
}

static struct toedeling *toedeling_of(const struct convenant *convenant, struct flow_item *item,
				      const struct ontvanger *ontvanger)
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
	t->cap = gaves_max(convenant, item);
	t->gaves = arena_alloc(item->arena, (t->cap + 1) * sizeof *t->gaves);
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
				const struct plaats *plaats, const struct beslissing *b,
				const char *overleg)
{
	struct toedeling *t = toedeling_of(c->item->convenant, c->item, ontvanger);
	if (!t || t->count >= t->cap)
		return RESULT_NO_MEMORY;
	struct gave *gave = &t->gaves[t->count];
	gave->overleg = overleg;
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

static enum result make_room(const struct flow_item *item, struct besluit_set *set)
{
	size_t cap = set->verplichting_cap ? 2 * set->verplichting_cap : 64;
	if (set->verplichting_count < set->verplichting_cap)
		return RESULT_OK;
	struct verplichting *grown = arena_alloc(item->arena, cap * sizeof *grown);
	if (!grown)
		return RESULT_NO_MEMORY;
	if (set->verplichting_count > 0)
		memcpy(grown, set->verplichtingen, set->verplichting_count * sizeof *grown);
	set->verplichtingen = grown;
	set->verplichting_cap = cap;
	return RESULT_OK;
}

// Each is owed once per soort, regel and who owes it, for the melding as a whole, or where it is
// about one for each betrokkene.
static enum result owe(struct collector *c, struct verplichting owed)
{
	struct besluit_set *set = &c->item->besluit;
	for (size_t i = 0; i < set->verplichting_count; i++)
		if (set->verplichtingen[i].soort == owed.soort &&
		    set->verplichtingen[i].betrokkene == owed.betrokkene &&
		    bytes_equal(set->verplichtingen[i].regel, owed.regel) &&
		    bytes_equal(set->verplichtingen[i].oin, owed.oin) &&
		    bytes_equal(set->verplichtingen[i].functie, owed.functie))
			return RESULT_OK;
	enum result r = make_room(c->item, set);
	if (r)
		return r;
	owed.convenant = bytes_of_text(convenant_name(c->item->convenant));
	set->verplichtingen[set->verplichting_count++] = owed;
	return RESULT_OK;
}

static enum result collect_weging(struct collector *c, size_t regel)
{
	const struct convenant *convenant = c->item->convenant;
	const struct weging_eis *eis = convenant_weging(convenant, regel);
	if (!eis)
		return RESULT_INTERNAL;
	return owe(c, (struct verplichting){
			      .soort = VERPLICHTING_WEGING,
			      .oin = bytes_of_text(c->core->registry.genesis.house.text),
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
	const struct convenant *convenant = c->item->convenant;
	const struct partij *huis = convenant_partij(convenant, convenant_text(convenant)->huis);
	int64_t until, unused;
	const char *functie = huis && huis->functie_count > 0 ? huis->functies[0] : "";
	enum result r = RESULT_OK;
	convenant_bewaar(convenant, NULL, 0, c->item->enriched_at, &until, &unused);
	for (size_t i = 0; !r && i < b->regel_count; i++)
		r = owe(c, (struct verplichting){
				   .soort = VERPLICHTING_FEIT,
				   .oin = bytes_of_text(c->core->registry.genesis.house.text),
				   .functie = bytes_of_text(functie),
				   .regel = bytes_of_text(
					   convenant_regel(convenant, b->regels[i])->regel),
				   .uiterlijk = (uint64_t)until,
			   });
	return r;
}

static enum result collect_wait(struct collector *c, const struct beslissing *beslissing)
{
	if (beslissing->oordeel != OORDEEL_WACHT || !c->waits)
		return RESULT_OK; // as a question, which is answered at once
	return beslissing->wacht_op_weging >= 0
		       ? collect_weging(c, (size_t)beslissing->wacht_op_weging)
		       : collect_feit(c, beslissing);
}

// Of a melding that is decided again what is told of earlier ones is counted now. Where they cannot
// be read any more it waits, as a fact that is not known does, and the rest goes.
static enum result counts_are_there(struct collector *c, const struct plaats *plaats,
				    bool *ret_there)
{
	const struct flow_item *item = c->item;
	const struct persoon_link *link =
		persoon_of(item->personen, item->persoon_count, plaats->betrokkene);
	*ret_there = true;
	if (!item->recalled || !link ||
	    (plaats->rubriek != RUBRIEK_VERRIJKING_EERDER &&
	     plaats->rubriek != RUBRIEK_VERRIJKING_SAMENLOOP))
		return RESULT_OK;
	return eerder_is_readable(c->core, item, link->handle, ret_there);
}

static bool is_there(const struct flow_item *item, const struct plaats *plaats)
{
	bool there = false;
	for (size_t i = 0; i < item->plaats_count; i++)
		there |= item->plaatsen[i].betrokkene == plaats->betrokkene &&
			 item->plaatsen[i].rubriek == plaats->rubriek;
	return there;
}

static enum result collect(void *context, size_t ontvanger, const struct plaats *plaats,
			   const struct beslissing *beslissing)
{
	struct collector *c = context;
	// An answer is for who asked; whoever else the regel names did not ask after this person.
	if (c->round &&
	    (!is_there(c->item, plaats) ||
	     !vraag_reaches(c->item->convenant, c->item->feiten, &c->ontvangers[ontvanger])))
		return RESULT_OK;
	if (beslissing->oordeel != OORDEEL_VERSTREKT)
		return collect_wait(c, beslissing);
	bool there = false;
	enum result r = counts_are_there(c, plaats, &there);
	if (r || !there)
		return r || !c->waits ? r : collect_feit(c, beslissing);
	return collect_gave(c, &c->ontvangers[ontvanger], plaats, beslissing, NULL);
}

// What comes on the agenda of an overleg its voorzitter is told; what the leden see of it are
// verstrekkingen like any other.
static enum result collect_agenda(void *context, size_t n, const struct plaats *plaats,
				  const struct beslissing *beslissing)
{
	struct collector *c = context;
	const struct overleg *overleg = convenant_overleg(c->item->convenant, n);
	return beslissing->oordeel == OORDEEL_VERSTREKT
		       ? collect_gave(c, overleg_voorzitter(overleg, &c->item->feiten->bron),
				      plaats, beslissing, overleg->overleg)
		       : collect_wait(c, beslissing);
}

// ---- what is owed for what is given ----------------------------------------------------------

static enum result owe_agenda(struct collector *c, const struct toedeling *t, const char *name)
{
	const struct convenant *convenant = c->item->convenant;
	const struct overleg *overleg = convenant_overleg_named(convenant, bytes_of_text(name));
	if (!overleg)
		return RESULT_INTERNAL;
	return owe(c, (struct verplichting){
			      .soort = VERPLICHTING_AGENDA,
			      .oin = bytes_of_text(t->ontvanger.oin.text),
			      .functie = bytes_of_text(t->ontvanger.functie),
			      .regel = bytes_of_text(name),
			      .uiterlijk = (uint64_t)agenda_uiterlijk(
				      convenant, overleg, c->item->now, c->item->enriched_at),
		      });
}

static enum result owe_overdracht(struct collector *c, const struct toedeling *t, size_t regel)
{
	const struct convenant *convenant = c->item->convenant;
	if (!convenant_overdracht(convenant, regel))
		return RESULT_OK;
	return owe(c, (struct verplichting){
			      .soort = VERPLICHTING_OVERDRACHT,
			      .oin = bytes_of_text(t->ontvanger.oin.text),
			      .functie = bytes_of_text(t->ontvanger.functie),
			      .regel = bytes_of_text(convenant_regel(convenant, regel)->regel),
			      .uiterlijk = (uint64_t)convenant_overdracht_uiterlijk(
				      convenant, regel, c->item->now),
		      });
}

// To be informed is a person, by whoever of the convenant the regel names; to be followed a
// melding.
static enum result owe_plichten(struct collector *c, const struct gave *gave, size_t regel)
{
	static const uint32_t soorten[PLICHT_COUNT] = {[PLICHT_INFORMEREN] =
							       VERPLICHTING_INFORMEREN,
						       [PLICHT_VOLGEN] = VERPLICHTING_VOLGEN};
	const struct convenant *convenant = c->item->convenant;
	const struct plicht_tijd tijd = {c->item->enriched_at, c->item->now};
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < PLICHT_COUNT; i++) {
		const struct plicht_eis *eis = convenant_plicht(convenant, regel, i);
		int64_t until = convenant_plicht_uiterlijk(convenant, regel, i, tijd);
		if (!eis || !until || (i == PLICHT_INFORMEREN && gave->betrokkene == 0))
			continue;
		r = owe(c, (struct verplichting){
				   .soort = soorten[i],
				   .oin = bytes_of_text(eis->door.oin.text),
				   .functie = bytes_of_text(eis->door.functie),
				   .regel = bytes_of_text(convenant_regel(convenant, regel)->regel),
				   .betrokkene = i == PLICHT_INFORMEREN ? gave->betrokkene : 0,
				   .uiterlijk = (uint64_t)until,
			   });
	}
	return r;
}

// Only for what this decision gives anew: what was given before was owed for then.
static enum result owe_for_given(struct collector *c)
{
	const struct besluit_set *set = &c->item->besluit;
	enum result r = RESULT_OK;
	if (!(convenant_vormen(c->item->convenant) &
	      (VORM_AGENDEER | VORM_OVERDRACHT | VORM_PLICHT)))
		return RESULT_OK;
	for (size_t i = 0; !r && i < set->count; i++) {
		const struct toedeling *t = &set->toedelingen[i];
		for (size_t g = 0; !r && g < t->count; g++) {
			const struct gave *gave = &t->gaves[g];
			if (gave->overleg)
				r = owe_agenda(c, t, gave->overleg);
			for (size_t n = 0; !r && n < gave->regel_count; n++) {
				r = owe_overdracht(c, t, gave->regels[n]);
				if (!r)
					r = owe_plichten(c, gave, gave->regels[n]);
			}
		}
	}
	return r;
}

// An ontvanger that gets nothing that says something alone is not told of the melding.
static bool toedeling_is_empty(const struct feiten *feiten, const struct toedeling *t)
{
	for (size_t i = 0; i < t->count; i++)
		if (vraag_says_alone(feiten, t->gaves[i].rubriek))
			return false;
	return true;
}

static void drop_empty(struct flow_item *item)
{
	struct besluit_set *set = &item->besluit;
	size_t kept = 0;
	for (size_t i = 0; i < set->count; i++)
		if (set->toedelingen[i].antwoord ||
		    !toedeling_is_empty(item->feiten, &set->toedelingen[i]))
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
	bool room = false;
	if (vraag_is(item->feiten, VRAAG_ZSM) || vraag_is(item->feiten, VRAAG_VERRIJKING))
		room = plaatsen_of_vraag(item);
	else if (vraag_is(item->feiten, VRAAG_BEKEND))
		room = plaats_add(item, 1, RUBRIEK_BEKEND_VRAAG);
	else if (vraag_is(item->feiten, VRAAG_ANTWOORD))
		room = !feit_is(item, ATTRIBUUT_BEKEND, 1, "ja") ||
		       (plaats_add(item, 1, RUBRIEK_BEKEND_ANTWOORD) &&
			plaats_add(item, 1, RUBRIEK_BEKEND_CONTACT));
	else if (feit_is(item, ATTRIBUUT_VRAAG, 0, "zsm.terugkoppeling"))
		room = plaats_add(item, 1, RUBRIEK_VERRIJKING_TERUGKOPPELING);
	else
		room = plaatsen_of_knooppunt(convenant, item);
	return room ? RESULT_OK : RESULT_TOO_LARGE;
}

// Who asks gets an answer, and when nothing is given the same one whatever the reason.
static enum result add_answer(struct flow_item *item)
{
	struct toedeling *t = toedeling_of(item->convenant, item, &item->vrager);
	if (!t)
		return RESULT_NO_MEMORY;
	t->antwoord = true;
	return RESULT_OK;
}

static enum result decide_one(struct core *core, struct flow_item *item)
{
	const struct convenant *convenant = item->convenant;
	const struct type_handler *handler = type_handler(item->type->type);
	enum result r = list_plaatsen(convenant, item);
	if (r || !convenant)
		return r;
	const struct vraag_round *round = vraag_round(item->feiten);
	struct collector collector = {
		.core = core, .item = item, .round = round, .waits = type_waits(handler)};
	convenant_ontvangers(convenant, &collector.ontvangers);
	struct beslissing_visitor visitor = {&collector, collect};
	r = convenant_decide_all(convenant, item->feiten, round ? round->plaatsen : item->plaatsen,
				 round ? round->count : item->plaats_count, &visitor);
	visitor.visit = collect_agenda;
	if (!r && collector.waits && convenant_vormen(convenant) & VORM_AGENDEER)
		r = convenant_agenda_all(convenant, item->feiten, &visitor);
	if (!r && handler->asks && !vraag_is(item->feiten, VRAAG_BEKEND))
		r = add_answer(item);
	if (!r && handler->afterwards)
		r = handler->afterwards(core, item);
	if (!r)
		drop_empty(item);
	return r || !collector.waits ? r : owe_for_given(&collector);
}

// What the sender gave lies where it lies, whoever is asked about it.
static void share_places(const struct flow_item *first, struct flow_item *further)
{
	if (further->sent == first->sent)
		return;
	further->sent = first->sent;
	further->sent_count = first->sent_count;
	feiten_hold(further->feiten, further->sent, further->sent_count);
}

enum result decide_item(struct core *core, struct flow_item *item, enum flow_next *ret_next)
{
	*ret_next = FLOW_NEXT;
	const struct type_handler *handler = type_handler(item->type->type);
	if (item->refusal.reason != REASON_NONE || !handler || !handler->decided || !item->feiten)
		return RESULT_OK;
	enum result r = handler->places ? handler->places(core, item) : RESULT_OK;
	if (!r && core->convenant_count == 0 && !item->betreft)
		core->watch.undecided++;
	for (struct flow_item *each = item; !r && each; each = each->further) {
		if (handler->places)
			share_places(item, each);
		r = decide_one(core, each);
	}
	return !r && handler->whole ? handler->whole(core, item) : r;
}

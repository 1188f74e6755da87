// SPDX-License-Identifier: EUPL-1.2
// Step 5, enrich: what the melding says of itself becomes facts, and state adds what is already
// known: earlier meldingen, samenloop of two sources, the responsible house. Each fact keeps which
// entries it was computed from. What cannot be told stays "not known". What others told is gathered
// for each convenant apart, over what was put before that one.
#include "control/control.h"
#include "convenant/berust.h"
#include "flow/casus.h"
#include "flow/eerder.h"
#include "flow/in_force.h"
#include "flow/namens.h"
#include "flow/tabellen.h"
#include "flow/toestemming.h"
#include "flow/type.h"

#include "base/clock.h"
#include "base/log.h"
#include "crypto/secret.h"

#include <stdio.h>
#include <string.h>

#define ADULT_AGE 18
#define HANDLE_RANDOM 8

// Which veld of which rubriek is which attribute. `absent_is_none`: leaving it out says there is
// none; otherwise leaving it out says nothing.
struct source_row {
	enum attribuut attribuut;
	uint32_t rubriek, veld;
	bool absent_is_none;
};
static const struct source_row of_melding[] = {
	{ATTRIBUUT_SOORT, RUBRIEK_KENMERKEN, KENMERK_SOORT, false},
	{ATTRIBUUT_THEMA, RUBRIEK_KENMERKEN, KENMERK_THEMA, true},
	{ATTRIBUUT_KLASSE, RUBRIEK_KENMERKEN, KENMERK_KLASSE, true},
	{ATTRIBUUT_URGENTIE, RUBRIEK_KENMERKEN, KENMERK_URGENTIE, false},
	{ATTRIBUUT_STRAFRECHT, RUBRIEK_KENMERKEN, KENMERK_STRAFRECHT, false},
	{ATTRIBUUT_GEMEENTE, RUBRIEK_KENMERKEN, KENMERK_GEMEENTE, false},
	{ATTRIBUUT_OVERLEG, RUBRIEK_KENMERKEN, KENMERK_OVERLEG, true},
};
static const struct source_row of_betrokkene[] = {
	{ATTRIBUUT_ROL, RUBRIEK_BETROKKENHEID, BETROKKENHEID_ROL, false},
	{ATTRIBUUT_WOONGEMEENTE, RUBRIEK_BETROKKENHEID, BETROKKENHEID_WOONGEMEENTE, false},
	{ATTRIBUUT_VERBLIJFGEMEENTE, RUBRIEK_BETROKKENHEID, BETROKKENHEID_VERBLIJFGEMEENTE, true},
	{ATTRIBUUT_LEEFGEBIED, RUBRIEK_LEEFGEBIEDEN, LEEFGEBIEDEN_AANDACHT, false},
	{ATTRIBUUT_AFGESCHERMD, RUBRIEK_VERBLIJFADRES, VERBLIJFADRES_AFGESCHERMD, false},
};

// A gemeente that is said not to be known is not known: that is something else than none.
static void feit_from_veld(struct feiten *feiten, const struct melding *melding,
			   const struct source_row *row, uint32_t betrokkene)
{
	struct feit *feit = feiten_at(feiten, row->attribuut, betrokkene);
	const struct rubriek *rubriek = melding_find(melding, row->rubriek, betrokkene);
	bool said = false;
	for (size_t i = 0; rubriek && i < rubriek->veld_count; i++) {
		if (rubriek->velden[i].veld != row->veld)
			continue;
		said = true;
		if (!bytes_equal(rubriek->velden[i].waarde, bytes_of_text(GEMEENTE_ONBEKEND)))
			feit_add(feit, rubriek->velden[i].waarde);
	}
	if (!said && rubriek && row->absent_is_none)
		feit_set_none(feit);
}

static void feit_text(struct feiten *feiten, enum attribuut attribuut, uint32_t betrokkene,
		      const char *text)
{
	feit_set(feiten_at(feiten, attribuut, betrokkene), bytes_of_text(text));
}

enum result enrich_number(struct flow_item *item, enum attribuut attribuut, uint32_t betrokkene,
			  uint64_t number)
{
	char text[24];
	int n = snprintf(text, sizeof text, "%llu", (unsigned long long)number);
	struct bytes copy = arena_copy(item->arena, bytes_make(text, (size_t)n));
	if (!copy.data)
		return RESULT_NO_MEMORY;
	feit_set(feiten_at(item->feiten, attribuut, betrokkene), copy);
	return RESULT_OK;
}

// What the code tables say counts when every row it rests on counts: in an oefening all of them do,
// else those that are confirmed, and those accepted until a day that is not past. One that nobody
// confirmed makes the fact provisional.
static void enrich_by_codes(struct core *core, struct flow_item *item, enum attribuut attribuut,
			    uint32_t betrokkene)
{
	struct codes_set rows = {{0}};
	struct feit feit;
	if (!feit_by_codes(item->feiten, (struct feit_plaats){attribuut, betrokkene}, core->codes,
			   &rows, &feit) ||
	    !codes_set_within(&rows, tabellen_geldend(core, item->now)))
		return;
	feit.voorlopig = codes_set_is_voorlopig(core->codes, &rows);
	*feiten_at(item->feiten, attribuut, betrokkene) = feit;
}

static void enrich_source(struct flow_item *item)
{
	struct feiten *feiten = item->feiten;
	const struct bundle *bundle = &item->signer->bundle;
	feiten->bron = bundle->oin;
	feiten->bron_functie_count = bundle->functie_count;
	for (size_t i = 0; i < bundle->functie_count; i++)
		feiten->bron_functies[i] = bytes_of_text(bundle->functies[i]);
	feit_text(feiten, ATTRIBUUT_BRON_SOORT, 0, bundle->soort);
}

void enrich_partij(struct feiten *feiten, const struct convenant *convenant)
{
	struct feit *bron = feiten_at(feiten, ATTRIBUUT_BRON, 0);
	const struct partij *partij =
		convenant ? convenant_partij_of(convenant, &feiten->bron) : NULL;
	if (!convenant)
		return;
	bron->bekend = false;
	bron->waarde_count = 0;
	if (!partij)
		return;
	feit_text(feiten, ATTRIBUUT_BRON, 0, partij->partij);
	feit_text(feiten, ATTRIBUUT_BRON_SOORT, 0, partij->soort);
}

void enrich_begin(struct core *core, struct flow_item *item)
{
	item->feiten->now = item->now;
	item->enriched_at = item->now;
	item->feiten->oefening = core->registry.genesis.oefening;
	enrich_source(item);
	namens_enrich(core, item);
}

enum result enrich_born(struct flow_item *item, uint32_t betrokkene, struct bytes born)
{
	struct civil_date birth;
	if (born.len == 0 || date_parse(born, &birth))
		return RESULT_OK;
	int years = date_years_between(birth, date_amsterdam(item->now));
	feit_text(item->feiten, ATTRIBUUT_MINDERJARIG, betrokkene,
		  years < ADULT_AGE ? "ja" : "nee");
	return enrich_number(item, ATTRIBUUT_LEEFTIJD, betrokkene, years < 0 ? 0 : (uint64_t)years);
}

static struct bytes said_of(const struct melding *melding, uint32_t soort, uint32_t betrokkene,
			    uint32_t veld)
{
	const struct rubriek *rubriek = melding_find(melding, soort, betrokkene);
	return rubriek ? veld_get(rubriek->velden, rubriek->veld_count, veld) : bytes_make(NULL, 0);
}

// The age that is reached in the year of `today`; -1 when no year of birth is said.
static int64_t age_by_year(struct bytes year, struct civil_date today)
{
	uint64_t born;
	if (year.len == 0 || number_parse(year, &born))
		return -1;
	return (int64_t)born < today.year ? today.year - (int64_t)born : 0;
}

// Minderjarig on the day of receipt, Europe/Amsterdam: by birth date, by a year of birth that shows
// a child, and where nobody knows those, by what the sender says of it. Whoever may be a child is
// none of the adults: a sender that says so of somebody born too long ago leaves it untold. Years
// are known by birth date only.
static enum result enrich_age(struct flow_item *item, uint32_t betrokkene)
{
	const struct melding *melding = &item->opened->melding;
	struct feit *minderjarig = feiten_at(item->feiten, ATTRIBUUT_MINDERJARIG, betrokkene);
	struct bytes said =
		said_of(melding, RUBRIEK_BETROKKENHEID, betrokkene, BETROKKENHEID_MINDERJARIG);
	struct bytes born =
		said_of(melding, RUBRIEK_IDENTIFICATIE, betrokkene, IDENTIFICATIE_GEBOORTEDATUM);
	int64_t by_year = age_by_year(
		said_of(melding, RUBRIEK_IDENTIFICATIE, betrokkene, IDENTIFICATIE_GEBOORTEJAAR),
		date_amsterdam(item->now));
	bool says_child = bytes_equal(said, bytes_of_text("ja"));
	enum result r = enrich_born(item, betrokkene, born);
	bool dated = minderjarig->bekend;
	bool child_by_date = dated && bytes_equal(minderjarig->waarden[0], bytes_of_text("ja"));
	bool adult = (dated && !child_by_date) || by_year > ADULT_AGE;
	if (child_by_date || (by_year >= 0 && by_year < ADULT_AGE))
		feit_text(item->feiten, ATTRIBUUT_MINDERJARIG, betrokkene, "ja");
	else if (adult && says_child)
		*minderjarig = (struct feit){.bekend = false};
	else if (!dated && said.len > 0)
		feit_set(minderjarig, said);
	return r;
}

// The numbers that identify a betrokkene: BSN and chain numbers. A name is none (design §7).
static size_t identificaties_of(const struct melding *melding, uint32_t betrokkene,
				struct identificatie *out, size_t max)
{
	size_t count = 0;
	for (size_t i = 0; i < melding->count && count < max; i++) {
		const struct rubriek *r = &melding->rubrieken[i];
		if (r->betrokkene != betrokkene)
			continue;
		if (r->soort == RUBRIEK_BSN)
			out[count++] = (struct identificatie){
				ID_BSN, veld_get(r->velden, r->veld_count, BSN_WAARDE)};
		if (r->soort == RUBRIEK_KETENNUMMER) {
			struct bytes soort = veld_get(r->velden, r->veld_count, KETENNUMMER_SOORT);
			bool skn = bytes_equal(soort, bytes_of_text("skn"));
			out[count++] = (struct identificatie){
				skn ? ID_SKN : ID_VNUMMER,
				veld_get(r->velden, r->veld_count, KETENNUMMER_WAARDE)};
		}
	}
	return count;
}

// One person may stand in a melding twice, in two rollen.
static bool find_in_melding(const struct flow_item *item, const struct identificatie *wanted,
			    uint8_t handle[HANDLE_LEN])
{
	for (size_t p = 0; p < item->persoon_count; p++) {
		const struct persoon_link *link = &item->personen[p];
		for (size_t i = 0; i < link->identificatie_count; i++)
			if (link->identificaties[i].soort == wanted->soort &&
			    bytes_equal(link->identificaties[i].waarde, wanted->waarde)) {
				memcpy(handle, link->handle, HANDLE_LEN);
				return true;
			}
	}
	return false;
}

void handle_mint(const struct core *core, uint8_t ret_handle[HANDLE_LEN])
{
	put_u64be(ret_handle, journal_size(core->journal) + core->record_count);
	random_bytes(ret_handle + HANDLE_LEN - HANDLE_RANDOM, HANDLE_RANDOM);
}

enum result person_find(struct core *core, const struct flow_item *item,
			const struct persoon_link *link, uint8_t ret_handle[HANDLE_LEN])
{
	for (size_t i = 0; i < link->identificatie_count; i++) {
		if (find_in_melding(item, &link->identificaties[i], ret_handle))
			return RESULT_OK;
		enum result r = state_person(core->state, &link->identificaties[i], ret_handle);
		if (r != RESULT_NOT_FOUND)
			return r;
	}
	handle_mint(core, ret_handle);
	return RESULT_OK;
}

static enum result enrich_person(struct core *core, struct flow_item *item, uint32_t betrokkene)
{
	struct identificatie found[8];
	size_t count = identificaties_of(&item->opened->melding, betrokkene, found, 8);
	feit_text(item->feiten, ATTRIBUUT_IDENTIFICEERBAAR, betrokkene, count ? "ja" : "nee");
	if (count == 0)
		return RESULT_OK;
	struct persoon_link *link = &item->personen[item->persoon_count];
	link->betrokkene = betrokkene;
	link->identificaties = arena_alloc(item->arena, count * sizeof found[0]);
	if (!link->identificaties)
		return RESULT_NO_MEMORY;
	memcpy(link->identificaties, found, count * sizeof found[0]);
	link->identificatie_count = count;
	enum result r = person_find(core, item, link, link->handle);
	if (r)
		return r;
	item->persoon_count++;
	return RESULT_OK;
}

static enum result enrich_betrokkene(struct core *core, struct flow_item *item, uint32_t betrokkene)
{
	for (size_t i = 0; i < sizeof of_betrokkene / sizeof of_betrokkene[0]; i++)
		feit_from_veld(item->feiten, &item->opened->melding, &of_betrokkene[i], betrokkene);
	if (!melding_find(&item->opened->melding, RUBRIEK_VERBLIJFADRES, betrokkene))
		feit_text(item->feiten, ATTRIBUUT_AFGESCHERMD, betrokkene, "nee");
	enum result r = enrich_age(item, betrokkene);
	enrich_by_codes(core, item, ATTRIBUUT_WOONHUIS, betrokkene);
	return r ? r : enrich_person(core, item, betrokkene);
}

// ---- for each convenant ----------------------------------------------------------------------

// What is known here of the person. Of whom it is cannot be told when its numbers lead to two.
static enum result enrich_known(struct core *core, struct flow_item *item,
				const struct persoon_link *link)
{
	const struct casus_person person = {.betrokkene = link->betrokkene, .handle = link->handle};
	bool split = false;
	enum result r = persoon_is_split(core, link, &split);
	if (r || split) {
		casus_forget(item->feiten, link->betrokkene);
		eerder_forget(item->feiten, link->betrokkene);
		return r;
	}
	r = casus_feiten(core, item, &person);
	return r ? r : eerder_feiten(core, item, link);
}

static enum result put_before(struct core *core, struct flow_item *item,
			      const struct convenant *convenant)
{
	struct feiten *feiten = item->feiten;
	enum result r = RESULT_OK;
	item->convenant = convenant;
	enrich_partij(feiten, convenant);
	for (size_t i = 0; !r && i < item->persoon_count; i++)
		r = enrich_known(core, item, &item->personen[i]);
	const struct toestemming_vraag vraag = {item->betreft ? item->betreft : UINT64_MAX,
						item->personen, item->persoon_count, UINT64_MAX,
						item->arena};
	feiten->toestemming_count = 0;
	if (!r && convenant && convenant_vormen(convenant) & VORM_TOESTEMMING)
		r = toestemmingen_find(core, &vraag, feiten);
	return r;
}

enum result enrich_again(struct core *core, struct flow_item *item)
{
	item->gathered = true;
	return put_before(core, item, item->convenant);
}

enum result item_further(struct flow_item *item, struct flow_item **ret_further)
{
	struct flow_item *further = arena_alloc(item->arena, sizeof *further);
	if (!further)
		return RESULT_NO_MEMORY;
	*further = *item;
	further->further = NULL;
	memset(&further->besluit, 0, sizeof further->besluit);
	enum result r =
		item->feiten ? feiten_copy(item->feiten, item->arena, &further->feiten) : RESULT_OK;
	if (r)
		return r;
	item->further = further;
	*ret_further = further;
	return RESULT_OK;
}

// Each convenant that the melding concerns decides for itself.
static enum result put_before_each(struct core *core, struct flow_item *item)
{
	struct flow_item *last = NULL;
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < core->convenant_count; i++) {
		const struct convenant *convenant = core->convenanten[i];
		struct flow_item *next = item;
		if (!convenant_concerns(convenant, item->feiten))
			continue;
		if (last)
			r = item_further(last, &next);
		if (!r)
			r = put_before(core, next, convenant);
		last = next;
	}
	return r || last ? r : put_before(core, item, NULL);
}

static uint32_t betrokkenen_of(const struct melding *melding)
{
	uint32_t highest = 0;
	for (size_t i = 0; i < melding->count; i++)
		if (melding->rubrieken[i].betrokkene > highest)
			highest = melding->rubrieken[i].betrokkene;
	return highest;
}

enum result enrich_melding(struct core *core, struct flow_item *item)
{
	const struct melding *melding = &item->opened->melding;
	uint32_t betrokkenen = betrokkenen_of(melding);
	enum result r = feiten_new(betrokkenen, item->arena, &item->feiten);
	if (r == RESULT_TOO_LARGE)
		return RESULT_MALFORMED; // the opener validated; a forged struct ends here
	item->personen = arena_alloc(item->arena, (betrokkenen + 1) * sizeof *item->personen);
	if (r || !item->personen)
		return RESULT_NO_MEMORY;
	enrich_begin(core, item);
	feit_text(item->feiten, ATTRIBUUT_VRAAG, 0, "geen");
	feit_set_none(feiten_at(item->feiten, ATTRIBUUT_VRAGER, 0));
	for (size_t i = 0; i < sizeof of_melding / sizeof of_melding[0]; i++)
		feit_from_veld(item->feiten, melding, &of_melding[i], 0);
	enrich_by_codes(core, item, ATTRIBUUT_HUIS, 0);
	enrich_by_codes(core, item, ATTRIBUUT_KLASSEN, 0);
	r = enrich_number(item, ATTRIBUUT_BETROKKENEN, 0, betrokkenen);
	for (uint32_t b = 1; !r && b <= betrokkenen; b++)
		r = enrich_betrokkene(core, item, b);
	enrich_adressen(item);
	return r ? r : put_before_each(core, item);
}

enum result enrich_item(struct core *core, struct flow_item *item, enum flow_next *ret_next)
{
	*ret_next = FLOW_NEXT;
	if (item->refusal.reason != REASON_NONE)
		return RESULT_OK; // a refusal is recorded without being looked into
	const struct type_handler *handler = type_handler(item->type->type);
	return handler && handler->enrich ? handler->enrich(core, item) : RESULT_OK;
}

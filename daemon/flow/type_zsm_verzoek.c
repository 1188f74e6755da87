// SPDX-License-Identifier: EUPL-1.2
// ZSM asks what is known about a suspect (design §9). It is decided like a melding of one person,
// from what casussen say, and the answer is a delivery in the same entry. Nothing of what was asked
// is recorded, no person is minted, and what is refused depends on the question alone: who asks
// cannot tell somebody who is not known from somebody of whom nothing may be told.
#include "flow/casus.h"
#include "flow/type.h"

#include "base/clock.h"

#include <string.h>

// To write an advice, and to say what became of what was told; no source names a term.
#define ADVICE_MS (7 * MS_PER_DAY)
#define TERUGKOPPELING_MS (7 * MS_PER_DAY)

#define NUMBERS 3
static void numbers_of(const struct flow_item *item, struct identificatie numbers[NUMBERS])
{
	numbers[0] = (struct identificatie){ID_BSN, said(item, ZSM_VERZOEK_BSN)};
	numbers[1] = (struct identificatie){ID_SKN, said(item, ZSM_VERZOEK_SKN)};
	numbers[2] = (struct identificatie){ID_VNUMMER, said(item, ZSM_VERZOEK_VNUMMER)};
}

static bool term_is_known(struct bytes uren)
{
	return uren.len == 0 || bytes_equal(uren, bytes_of_text("6")) ||
	       bytes_equal(uren, bytes_of_text("9"));
}

static bool has_ontvanger(const struct convenant *convenant, const struct ontvanger *ontvanger)
{
	const struct ontvanger *all;
	size_t count = convenant_ontvangers(convenant, &all);
	for (size_t i = 0; i < count; i++)
		if (ontvanger_equal(&all[i], ontvanger))
			return true;
	return false;
}

// Under which convenant it is asked, by who asks alone: the first in force that has this ontvanger,
// else the first, which gives it nothing. NULL: none is in force.
static const struct convenant *asked_under(const struct core *core, const struct ontvanger *vrager)
{
	for (size_t i = 0; i < core->convenant_count; i++)
		if (has_ontvanger(core->convenanten[i], vrager))
			return core->convenanten[i];
	return core->convenant_count > 0 ? core->convenanten[0] : NULL;
}

// Before anybody is looked up.
static enum result verzoek_settle(struct core *core, struct flow_item *item)
{
	struct identificatie numbers[NUMBERS];
	struct bytes functie = said(item, ZSM_VERZOEK_FUNCTIE);
	size_t given = 0;
	item->vrager = (struct ontvanger){.oin = item->signer->bundle.oin};
	memcpy(item->vrager.functie, functie.data,
	       functie.len < FUNCTIE_MAX ? functie.len : FUNCTIE_MAX);
	item->convenant = asked_under(core, &item->vrager);
	numbers_of(item, numbers);
	for (size_t i = 0; i < NUMBERS; i++)
		given += numbers[i].waarde.len > 0;
	if (!party_has_functie(item->signer, item->vrager.functie))
		refuse_item(item, REASON_FUNCTIE_NOT_HELD, "zsm_verzoek.functie");
	else if (!item->convenant)
		refuse_item(item, REASON_NOT_FOUND, "convenant");
	else if (!term_is_known(said(item, ZSM_VERZOEK_UREN)))
		refuse_item(item, REASON_BAD_VALUE, "zsm_verzoek.uren");
	else if (given == 0)
		refuse_item(item, REASON_IDENTIFICATION, "zsm_verzoek.bsn");
	return RESULT_OK;
}

// Whom the numbers lead to; nobody (zeros) when to none, or to more than one.
static enum result find_person(struct core *core, const struct flow_item *item,
			       uint8_t handle[HANDLE_LEN])
{
	static const uint8_t nobody[HANDLE_LEN];
	struct identificatie numbers[NUMBERS];
	bool found = false, several = false;
	numbers_of(item, numbers);
	memcpy(handle, nobody, HANDLE_LEN);
	for (size_t i = 0; i < NUMBERS; i++) {
		uint8_t one[HANDLE_LEN];
		enum result r = numbers[i].waarde.len > 0
					? state_person(core->state, &numbers[i], one)
					: RESULT_NOT_FOUND;
		if (r == RESULT_NOT_FOUND)
			continue;
		if (r)
			return r;
		several |= found && memcmp(one, handle, HANDLE_LEN) != 0;
		found = true;
		memcpy(handle, one, HANDLE_LEN);
	}
	if (several)
		memcpy(handle, nobody, HANDLE_LEN);
	return RESULT_OK;
}

// What is known without looking anybody up. It is no melding, so it has no soort; what nobody said
// of the incident stays not known, so that what forbids because of it stops the answer.
static enum result verzoek_facts(struct core *core, struct flow_item *item)
{
	static const struct {
		enum attribuut attribuut;
		uint32_t betrokkene;
		const char *waarde;
	} facts[] = {{ATTRIBUUT_VRAAG, 0, "zsm.context"},
		     {ATTRIBUUT_BETROKKENEN, 0, "1"},
		     {ATTRIBUUT_ROL, 1, "verdachte"},
		     {ATTRIBUUT_IDENTIFICEERBAAR, 1, "ja"}};
	enum result r = feiten_new(1, item->arena, &item->feiten);
	if (r)
		return r;
	enrich_begin(core, item);
	enrich_partij(item->feiten, item->convenant);
	feit_set_none(feiten_at(item->feiten, ATTRIBUUT_SOORT, 0));
	for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
		feit_set(feiten_at(item->feiten, facts[i].attribuut, facts[i].betrokkene),
			 bytes_of_text(facts[i].waarde));
	return enrich_born(item, 1, said(item, ZSM_VERZOEK_GEBOORTEDATUM));
}

static enum result verzoek_enrich(struct core *core, struct flow_item *item)
{
	uint8_t handle[HANDLE_LEN];
	const struct casus_person person = {1, handle, true};
	enum result r = verzoek_facts(core, item);
	if (!r)
		r = find_person(core, item, handle);
	return r ? r : casus_feiten(core, item, &person);
}

// ---- what is owed for it -------------------------------------------------------------------

static const struct gave *told_of_pga(const struct flow_item *item)
{
	for (size_t i = 0; i < item->besluit.count; i++) {
		const struct toedeling *t = &item->besluit.toedelingen[i];
		for (size_t g = 0; t->antwoord && g < t->count; g++)
			if (t->gaves[g].rubriek == RUBRIEK_VERRIJKING_PGA)
				return &t->gaves[g];
	}
	return NULL;
}

static enum result is_owed(struct core *core, uint64_t first, bool *ret_owed)
{
	struct state_obligation owed;
	enum result r = RESULT_OK;
	for (uint32_t n = 0; !r; n = owed.n + 1) {
		r = state_owed(core->state, first, n, &owed);
		*ret_owed |= !r && owed.soort == VERPLICHTING_ADVIES;
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

// By who has the regie, else by the first functie of the house.
static void owe_advice(struct core *core, struct flow_item *item, const struct casus *casus,
		       const struct gave *gave)
{
	const struct convenant *convenant = item->convenant;
	const struct partij *huis = convenant_partij_of(convenant, &core->registry.genesis.house);
	const char *functie = huis && huis->functie_count > 0 ? huis->functies[0] : "";
	bool led = casus->regie.oin.text[0] != '\0';
	item->besluit.verplichtingen[item->besluit.verplichting_count++] = (struct verplichting){
		.soort = VERPLICHTING_ADVIES,
		.oin = bytes_of_text(led ? casus->regie.oin.text
					 : core->registry.genesis.house.text),
		.functie = bytes_of_text(led ? casus->regie.functie : functie),
		.regel = bytes_of_text(convenant_regel(convenant, gave->regels[0])->regel),
		.uiterlijk = (uint64_t)(item->now + ADVICE_MS),
		.convenant = bytes_of_text(convenant_name(convenant)),
		.over = casus->first,
	};
}

static enum result owe_advices(struct core *core, struct flow_item *item)
{
	const struct gave *gave = told_of_pga(item);
	enum result r = RESULT_OK;
	if (!gave || gave->regel_count == 0)
		return RESULT_OK;
	for (size_t i = 0; !r && i < item->casussen->count; i++) {
		const struct casus *casus = &item->casussen->casussen[i];
		bool owed =
			!casus_is_open(casus) || casus_is_advised(casus, date_amsterdam(item->now));
		if (!owed)
			r = is_owed(core, casus->first, &owed);
		if (!r && !owed)
			owe_advice(core, item, casus, gave);
	}
	return r;
}

static bool is_told_something(const struct flow_item *item)
{
	bool told = false;
	for (size_t i = 0; i < item->besluit.count; i++)
		told |= item->besluit.toedelingen[i].antwoord &&
			item->besluit.toedelingen[i].count > 0;
	return told;
}

// Where a regel passes on what became of it. Who was told nothing owes nothing: it cannot be told
// from what is owed why.
static void owe_terugkoppeling(struct flow_item *item)
{
	const struct convenant *convenant = item->convenant;
	size_t n;
	if (!is_told_something(item) ||
	    convenant_gives(convenant, RUBRIEK_VERRIJKING_TERUGKOPPELING, date_amsterdam(item->now),
			    &n) != RESULT_OK)
		return;
	item->besluit.verplichtingen[item->besluit.verplichting_count++] = (struct verplichting){
		.soort = VERPLICHTING_TERUGKOPPELING,
		.oin = bytes_of_text(item->vrager.oin.text),
		.functie = bytes_of_text(item->vrager.functie),
		.regel = bytes_of_text(convenant_regel(convenant, n)->regel),
		.uiterlijk = (uint64_t)(item->now + TERUGKOPPELING_MS),
		.convenant = bytes_of_text(convenant_name(convenant)),
	};
}

static enum result verzoek_owe(struct core *core, struct flow_item *item)
{
	item->besluit.verplichtingen =
		arena_alloc(item->arena, (CASUSSEN_MAX + 1) * sizeof *item->besluit.verplichtingen);
	if (!item->besluit.verplichtingen)
		return RESULT_NO_MEMORY;
	owe_terugkoppeling(item);
	return owe_advices(core, item);
}

const struct type_handler type_zsm_verzoek = {
	.decided = true,
	.asks = true,
	.settle = verzoek_settle,
	.enrich = verzoek_enrich,
	.afterwards = verzoek_owe,
	.is_content = true,
	.content = ~UINT64_C(0),
};

// SPDX-License-Identifier: EUPL-1.2
// ZSM asks what is known about a suspect (design §9). It is decided like a melding of one person,
// from what casussen say, and the answer is a delivery in the same entry. Nothing of what was asked
// is recorded, no person is minted, and what is refused depends on the question alone: who asks
// cannot tell somebody who is not known from somebody of whom nothing may be told.
#include "flow/bekend.h"
#include "flow/type.h"
#include "flow/vrager.h"

#include "base/clock.h"

// To write an advice, and to say what became of what was told; no source names a term.
#define ADVICE_MS (7 * MS_PER_DAY)
#define TERUGKOPPELING_MS (7 * MS_PER_DAY)

static const struct vrager_velden velden = {
	.vraag = VRAAG_ZSM,
	.rol = "verdachte",
	.functie = ZSM_VERZOEK_FUNCTIE,
	.bsn = ZSM_VERZOEK_BSN,
	.skn = ZSM_VERZOEK_SKN,
	.vnummer = ZSM_VERZOEK_VNUMMER,
	.geboortedatum = ZSM_VERZOEK_GEBOORTEDATUM,
	.functie_field = "zsm_verzoek.functie",
	.number_field = "zsm_verzoek.bsn",
};

static bool term_is_known(struct bytes uren)
{
	return uren.len == 0 || bytes_equal(uren, bytes_of_text("6")) ||
	       bytes_equal(uren, bytes_of_text("9"));
}

// Before anybody is looked up.
static enum result verzoek_settle(struct core *core, struct flow_item *item)
{
	vrager_settle(core, item, &velden);
	if (!term_is_known(said(item, ZSM_VERZOEK_UREN)))
		refuse_item(item, REASON_BAD_VALUE, "zsm_verzoek.uren");
	return RESULT_OK;
}

static enum result verzoek_enrich(struct core *core, struct flow_item *item)
{
	enum result r = vrager_feiten(core, item, &velden);
	return r ? r : vrager_enrich(core, item, &velden);
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

// SPDX-License-Identifier: EUPL-1.2
// What the house knows about a person, for a case that is looked into; and whether others do
// (flow/bekend.h). The answer of the house is made as that to ZSM: at once, from casussen, at the
// same cost whoever is asked after, and nothing of what was asked is recorded. Who else is asked is
// decided on facts of the question alone.
#include "flow/bekend.h"
#include "flow/type.h"
#include "flow/vrager.h"

#define SENT_MAX 4 // identificatie, bsn, and a ketennummer of either kind

static const struct vrager_velden asked = {
	.vraag = VRAAG_VERRIJKING,
	.functie = VERRIJKING_VERZOEK_FUNCTIE,
	.bsn = VERRIJKING_VERZOEK_BSN,
	.skn = VERRIJKING_VERZOEK_SKN,
	.vnummer = VERRIJKING_VERZOEK_VNUMMER,
	.geboortedatum = VERRIJKING_VERZOEK_GEBOORTEDATUM,
	.functie_field = "verrijking_verzoek.functie",
	.number_field = "verrijking_verzoek.bsn",
};

static enum result verzoek_settle(struct core *core, struct flow_item *item)
{
	vrager_settle(core, item, &asked);
	return RESULT_OK;
}

// GM0000 says that it is not known.
static void set_woongemeente(struct flow_item *item)
{
	struct bytes gemeente = said(item, VERRIJKING_VERZOEK_WOONGEMEENTE);
	if (gemeente.len > 0 && !bytes_equal(gemeente, bytes_of_text("GM0000")))
		feit_set(feiten_at(item->feiten, ATTRIBUUT_WOONGEMEENTE, 1), gemeente);
}

// ---- how the person is named, as rubrieken that the sender gave -------------------------------

static enum result sent_add(struct flow_item *item, const struct rubriek *rubriek)
{
	struct slots *slots = &item->opened->slots;
	struct buffer encoded;
	buffer_init(&encoded, STATEMENT_MAX);
	enum result r = rubriek_encode(rubriek, &encoded);
	struct bytes copy = arena_copy(item->arena, buffer_view(&encoded));
	buffer_wipe(&encoded);
	if (r || !copy.data)
		return r ? r : RESULT_NO_MEMORY;
	item->sent[item->sent_count] =
		(struct rubriekplaats){rubriek->betrokkene, rubriek->soort,
				       (uint32_t)item->sent_count, (uint32_t)rubriek->regime};
	slots->rubrieken[item->sent_count++] = copy;
	slots->count = item->sent_count;
	return RESULT_OK;
}

// Those of the velden that were said; nothing when none was.
static enum result sent_said(struct flow_item *item, uint32_t soort, const struct veld *velden,
			     size_t count)
{
	struct veld said_velden[4];
	struct rubriek rubriek = {
		.soort = soort, .betrokkene = 1, .regime = REGIME_AVG, .velden = said_velden};
	for (size_t i = 0; i < count; i++)
		if (velden[i].waarde.len > 0)
			said_velden[rubriek.veld_count++] = velden[i];
	bool any = count > 0 && velden[count - 1].waarde.len > 0;
	return any ? sent_add(item, &rubriek) : RESULT_OK;
}

static enum result sent_number(struct flow_item *item, const char *kind, uint32_t veld)
{
	const struct veld velden[] = {{KETENNUMMER_SOORT, bytes_of_text(kind)},
				      {KETENNUMMER_WAARDE, said(item, veld)}};
	return sent_said(item, RUBRIEK_KETENNUMMER, velden, 2);
}

static enum result name_person(struct flow_item *item)
{
	struct slots *slots = &item->opened->slots;
	const struct veld named[] = {
		{IDENTIFICATIE_VOORNAMEN, said(item, VERRIJKING_VERZOEK_VOORNAMEN)},
		{IDENTIFICATIE_GESLACHTSNAAM, said(item, VERRIJKING_VERZOEK_GESLACHTSNAAM)},
		{IDENTIFICATIE_GEBOORTEDATUM, said(item, VERRIJKING_VERZOEK_GEBOORTEDATUM)}};
	const struct veld bsn = {BSN_WAARDE, said(item, VERRIJKING_VERZOEK_BSN)};
	item->sent = arena_alloc(item->arena, SENT_MAX * sizeof *item->sent);
	slots->rubrieken = arena_alloc(item->arena, SENT_MAX * sizeof *slots->rubrieken);
	item->sent_count = slots->count = 0;
	if (!item->sent || !slots->rubrieken)
		return RESULT_NO_MEMORY;
	enum result r = sent_said(item, RUBRIEK_IDENTIFICATIE, named, 3);
	if (!r)
		r = sent_said(item, RUBRIEK_BSN, &bsn, 1);
	if (!r)
		r = sent_number(item, "skn", VERRIJKING_VERZOEK_SKN);
	if (!r)
		r = sent_number(item, "v-nummer", VERRIJKING_VERZOEK_VNUMMER);
	if (!r)
		feiten_hold(item->feiten, item->sent, item->sent_count);
	return r;
}

// ---- the rounds ------------------------------------------------------------------------------

// The round of those who are asked: the same question, before anybody is looked up.
static enum result pass_on(struct flow_item *item)
{
	struct flow_item *further;
	size_t n;
	if (convenant_gives(item->convenant, RUBRIEK_BEKEND_VRAAG, date_amsterdam(item->now), &n))
		return RESULT_OK;
	enum result r = item_further(item, &further);
	if (r)
		return r;
	feit_set(feiten_at(further->feiten, ATTRIBUUT_VRAAG, 0), bytes_of_text(VRAAG_BEKEND));
	return name_person(further);
}

static enum result verzoek_enrich(struct core *core, struct flow_item *item)
{
	enum result r = vrager_feiten(core, item, &asked);
	if (r)
		return r;
	set_woongemeente(item);
	r = pass_on(item);
	return r ? r : vrager_enrich(core, item, &asked);
}

static enum result verzoek_owe(struct core *core, struct flow_item *item)
{
	(void)core;
	return vraag_is(item->feiten, VRAAG_BEKEND) ? bekend_owe(item) : RESULT_OK;
}

static size_t verzoek_passes(const struct statement *s, uint32_t rubriek, struct veld *velden_out,
			     size_t max)
{
	struct bytes why = veld_get(s->velden, s->veld_count, VERRIJKING_VERZOEK_AANLEIDING);
	if (rubriek != RUBRIEK_BEKEND_VRAAG || why.len == 0 || max == 0)
		return 0;
	velden_out[0] = (struct veld){BEKEND_VRAAG_AANLEIDING, why};
	return 1;
}

const struct type_handler type_verrijking_verzoek = {
	.decided = true,
	.asks = true,
	.alone = true,
	.settle = verzoek_settle,
	.enrich = verzoek_enrich,
	.afterwards = verzoek_owe,
	.passes = verzoek_passes,
	.is_content = true,
	.content = ~UINT64_C(0),
};

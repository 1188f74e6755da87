// SPDX-License-Identifier: EUPL-1.2
#include "flow/vrager.h"
#include "flow/bekend.h"
#include "flow/type.h"

#include <string.h>

#define NUMBERS 3
static void numbers_of(const struct flow_item *item, const struct vrager_velden *velden,
		       struct identificatie numbers[NUMBERS])
{
	numbers[0] = (struct identificatie){ID_BSN, said(item, velden->bsn)};
	numbers[1] = (struct identificatie){ID_SKN, said(item, velden->skn)};
	numbers[2] = (struct identificatie){ID_VNUMMER, said(item, velden->vnummer)};
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

static const struct convenant *asked_under(const struct core *core, const struct ontvanger *vrager)
{
	for (size_t i = 0; i < core->convenant_count; i++)
		if (has_ontvanger(core->convenanten[i], vrager))
			return core->convenanten[i];
	return core->convenant_count > 0 ? core->convenanten[0] : NULL;
}

void vrager_settle(struct core *core, struct flow_item *item, const struct vrager_velden *velden)
{
	struct identificatie numbers[NUMBERS];
	struct bytes functie = said(item, velden->functie);
	size_t given = 0;
	item->vrager = (struct ontvanger){.oin = item->signer->bundle.oin};
	memcpy(item->vrager.functie, functie.data,
	       functie.len < FUNCTIE_MAX ? functie.len : FUNCTIE_MAX);
	item->convenant = asked_under(core, &item->vrager);
	numbers_of(item, velden, numbers);
	for (size_t i = 0; i < NUMBERS; i++)
		given += numbers[i].waarde.len > 0;
	if (!party_has_functie(item->signer, item->vrager.functie))
		refuse_item(item, REASON_FUNCTIE_NOT_HELD, velden->functie_field);
	else if (!item->convenant)
		refuse_item(item, REASON_NOT_FOUND, "convenant");
	else if (given == 0)
		refuse_item(item, REASON_IDENTIFICATION, velden->number_field);
}

// Whom the numbers lead to; nobody (zeros) when to none, or to more than one.
static enum result find_person(struct core *core, const struct flow_item *item,
			       const struct vrager_velden *velden, uint8_t handle[HANDLE_LEN])
{
	static const uint8_t nobody[HANDLE_LEN];
	struct identificatie numbers[NUMBERS];
	bool found = false, several = false;
	numbers_of(item, velden, numbers);
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

enum result vrager_feiten(struct core *core, struct flow_item *item,
			  const struct vrager_velden *velden)
{
	const struct {
		enum attribuut attribuut;
		uint32_t betrokkene;
		const char *waarde;
	} facts[] = {{ATTRIBUUT_VRAAG, 0, velden->vraag},
		     {ATTRIBUUT_BETROKKENEN, 0, "1"},
		     {ATTRIBUUT_ROL, 1, velden->rol},
		     {ATTRIBUUT_IDENTIFICEERBAAR, 1, "ja"}};
	enum result r = feiten_new(1, item->arena, &item->feiten);
	if (r)
		return r;
	enrich_begin(core, item);
	enrich_partij(item->feiten, item->convenant);
	feit_set_none(feiten_at(item->feiten, ATTRIBUUT_SOORT, 0));
	for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
		struct feit *feit =
			feiten_at(item->feiten, facts[i].attribuut, facts[i].betrokkene);
		if (facts[i].waarde)
			feit_set(feit, bytes_of_text(facts[i].waarde));
		else
			feit_set_none(feit);
	}
	r = vrager_feit(item, &item->vrager);
	return r ? r : enrich_born(item, 1, said(item, velden->geboortedatum));
}

enum result vrager_enrich(struct core *core, struct flow_item *item,
			  const struct vrager_velden *velden)
{
	uint8_t handle[HANDLE_LEN];
	const struct casus_person person = {1, handle, true};
	enum result r = find_person(core, item, velden, handle);
	return r ? r : casus_feiten(core, item, &person);
}

// SPDX-License-Identifier: EUPL-1.2
// A melding without outcome: nobody was given anything of it and nothing waits. Nothing leaves by
// this; somebody of the house owes that it is looked at (type_screening.c ends it).
#include "flow/flow.h"
#include "keys/keys.h"

#define PROCESREGISSEUR "procesregisseur"

bool came_of(const struct flow_item *item)
{
	bool any = false;
	for (; item; item = item->further)
		any |= item->besluit.count > 0 || item->besluit.verplichting_count > 0;
	return any;
}

static const char *first_functie(const struct core *core, const struct convenant *convenant)
{
	const struct partij *huis = convenant_partij_of(convenant, &core->registry.genesis.house);
	return huis && huis->functie_count > 0 ? huis->functies[0] : NULL;
}

static const char *enrolled(const struct core *core)
{
	for (size_t i = 0; i < core->registry.party_count; i++) {
		const struct party *party = &core->registry.parties[i];
		if (!party->is_role && party->until == REGISTER_NEVER &&
		    party->bundle.functie_count > 0 &&
		    oin_equal(&party->bundle.oin, &core->registry.genesis.house))
			return party->bundle.functies[0];
	}
	return NULL;
}

// The first functie of the house: by the convenant that decided it, by the first in force, or as
// the house itself is enrolled.
const char *house_functie(const struct core *core, const struct convenant *convenant)
{
	const char *functie = NULL;
	if (!convenant && core->convenant_count > 0)
		convenant = core->convenanten[0];
	if (convenant)
		functie = first_functie(core, convenant);
	if (!functie)
		functie = enrolled(core);
	return functie ? functie : PROCESREGISSEUR;
}

enum result screening_owe(struct core *core, struct flow_item *item, uint64_t uiterlijk)
{
	struct besluit_set *set = &item->besluit;
	const struct convenant *convenant = item->convenant;
	struct verplichting *owed = arena_alloc(item->arena, sizeof *owed);
	if (!owed)
		return RESULT_NO_MEMORY;
	*owed = (struct verplichting){
		.soort = VERPLICHTING_SCREENING,
		.oin = bytes_of_text(core->registry.genesis.house.text),
		.functie = bytes_of_text(house_functie(core, convenant)),
		.regel = bytes_of_text(VERPLICHTING_ZONDER_UITKOMST),
		.uiterlijk = uiterlijk,
		.convenant =
			convenant ? bytes_of_text(convenant_name(convenant)) : bytes_make(NULL, 0),
	};
	set->verplichtingen = owed; // nothing else is owed of what came to nothing
	set->verplichting_count = set->verplichting_cap = 1;
	return RESULT_OK;
}

// SPDX-License-Identifier: EUPL-1.2
// What the regels of a convenant use of the language and look at, so that nothing else is looked
// for.
#include "convenant/model.h"

#include <assert.h>

static unsigned vormen_of(const struct regel *regel)
{
	unsigned vormen = 0;
	if (regel->text.soort == REGEL_AGENDEER)
		vormen |= VORM_AGENDEER;
	if (regel->text.soort == REGEL_MELD)
		vormen |= VORM_MELD;
	if (regel->has_toestemming)
		vormen |= VORM_TOESTEMMING;
	if (regel->has_overdracht)
		vormen |= VORM_OVERDRACHT;
	for (size_t i = 0; i < PLICHT_COUNT; i++)
		if (regel->plichten[i].has)
			vormen |= VORM_PLICHT;
	return vormen;
}

unsigned vormen_of_regels(const struct convenant *convenant)
{
	unsigned vormen = 0;
	for (size_t i = 0; i < convenant->regel_count; i++)
		vormen |= vormen_of(&convenant->regels[i]);
	return vormen;
}

static_assert(ATTRIBUUT_COUNT <= 64, "a bit for each attribute");

uint64_t asked_by_regels(const struct convenant *convenant)
{
	uint64_t asked = 0;
	for (size_t i = 0; i < convenant->regel_count; i++) {
		const struct regel *regel = &convenant->regels[i];
		for (size_t t = 0; t < regel->toets_count; t++)
			asked |= UINT64_C(1)
				 << convenant->toetsen[regel->toetsen[t].toets].row->attribuut;
		for (size_t b = 0; b < BAND_COUNT; b++)
			if (regel->has_band[b])
				asked |= UINT64_C(1) << band_row((enum band)b)->attribuut;
	}
	return asked;
}

bool convenant_asks(const struct convenant *convenant, enum attribuut attribuut)
{
	return convenant->asked >> attribuut & 1;
}

unsigned convenant_vormen(const struct convenant *convenant)
{
	return convenant->vormen;
}

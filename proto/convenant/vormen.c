// SPDX-License-Identifier: EUPL-1.2
// Which forms of the language a convenant uses, for whoever cannot carry out all of them.
#include "convenant/model.h"
#include "melding/reason.h"

#include <assert.h>

static unsigned vormen_of(const struct regel *regel)
{
	static const unsigned of_soort[] = {
		[REGEL_VERSTREK] = 0,
		[REGEL_AGENDEER] = VORM_AGENDEER,
		[REGEL_MELD] = VORM_MELD,
		[REGEL_NOOD] = VORM_NOOD,
	};
	unsigned vormen = of_soort[regel->text.soort];
	if (regel->has_toestemming)
		vormen |= VORM_TOESTEMMING;
	if (regel->has_overdracht)
		vormen |= VORM_OVERDRACHT;
	if (regel->regimes)
		vormen |= VORM_REGIME;
	for (size_t i = 0; i < BAND_COUNT; i++) {
		bool asked_of_state = band_row((enum band)i)->is_rol && i != BAND_INDIENER;
		if (regel->has_band[i] && (asked_of_state || i == BAND_VERBLIJF))
			vormen |= VORM_ROL;
	}
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

enum result convenant_carried_by(const struct convenant *convenant, unsigned vormen,
				 const char *file, struct problem *problem)
{
	static const char *const names[] = {"agendeer",   "meld",   "nood", "toestemming",
					    "overdracht", "regime", "rol"};
	for (size_t i = 0; i < convenant->regel_count; i++) {
		const struct regel *regel = &convenant->regels[i];
		unsigned beyond = vormen_of(regel) & ~vormen;
		if (!beyond)
			continue;
		problem_set_file(problem, file);
		problem_set(problem, reason_code(REASON_UNSUPPORTED),
			    "Leave the regel out, or use a version that carries it out.",
			    "\"%s\" is not yet supported: this version cannot carry it out.",
			    names[__builtin_ctz(beyond)]);
		problem_set_field(problem, "regels.%s", regel->text.regel);
		problem->line = regel->text.line;
		return RESULT_CONFIG;
	}
	return RESULT_OK;
}

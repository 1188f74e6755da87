// SPDX-License-Identifier: EUPL-1.2
// Facts as they stand in the accountability part, and back, so that a decision can be taken again
// from what was recorded (P4).
#include "flow/flow.h"

#include <string.h>

static enum result record_one(const struct feit *feit, uint32_t attribuut, uint32_t betrokkene,
			      struct arena *arena, struct feit_waarde *out)
{
	out->attribuut = attribuut;
	out->betrokkene = betrokkene;
	out->bekend = feit->bekend;
	out->waarden = arena_alloc(arena, (feit->waarde_count + 1) * sizeof *out->waarden);
	out->herkomst = arena_alloc(arena, (feit->herkomst_count + 1) * sizeof *out->herkomst);
	if (!out->waarden || !out->herkomst)
		return RESULT_NO_MEMORY;
	memcpy(out->waarden, feit->waarden, feit->waarde_count * sizeof *out->waarden);
	out->waarde_count = feit->waarde_count;
	memcpy(out->herkomst, feit->herkomst, feit->herkomst_count * sizeof *out->herkomst);
	out->herkomst_count = feit->herkomst_count;
	out->voorlopig = feit->voorlopig;
	return RESULT_OK;
}

enum result feiten_record(const struct feiten *feiten, struct arena *arena,
			  struct feit_waarde **ret_waarden, size_t *ret_count)
{
	size_t max = (feiten->betrokkenen + 1) * ATTRIBUUT_COUNT, count = 0;
	struct feit_waarde *waarden = arena_alloc(arena, max * sizeof *waarden);
	if (!waarden)
		return RESULT_NO_MEMORY;
	const struct attribuut_row *row;
	for (size_t n = 0; (row = attribuut_row_at(n)); n++) {
		uint32_t first = row->of_betrokkene ? 1 : 0;
		uint32_t last = row->of_betrokkene ? (uint32_t)feiten->betrokkenen : 0;
		for (uint32_t b = first; b <= last; b++) {
			enum result r = record_one(feiten_get(feiten, row->attribuut, b),
						   row->attribuut, b, arena, &waarden[count++]);
			if (r)
				return r;
		}
	}
	*ret_waarden = waarden;
	*ret_count = count;
	return RESULT_OK;
}

void feiten_hold(struct feiten *feiten, const struct rubriekplaats *plaatsen, size_t count)
{
	const struct rubriek_row *row;
	for (size_t n = 0; (row = rubriek_row_at(n)); n++)
		for (size_t b = 0; row->by_knooppunt && b <= feiten->betrokkenen; b++)
			feiten->regimes[b][row->soort] = 1u << REGIME_AVG;
	for (size_t i = 0; i < count; i++)
		if (plaatsen[i].regime && plaatsen[i].regime <= REGIME_WMO_VT &&
		    plaatsen[i].betrokkene <= feiten->betrokkenen &&
		    plaatsen[i].rubriek <= RUBRIEK_SOORT_MAX)
			feiten->regimes[plaatsen[i].betrokkene][plaatsen[i].rubriek] |=
				(uint8_t)(1u << plaatsen[i].regime);
}

enum result feiten_recall(const struct feit_waarde *waarden, size_t count, struct arena *arena,
			  struct feiten **ret_feiten)
{
	struct feiten *feiten;
	uint32_t betrokkenen = 0;
	for (size_t i = 0; i < count; i++)
		betrokkenen =
			waarden[i].betrokkene > betrokkenen ? waarden[i].betrokkene : betrokkenen;
	enum result r = feiten_new(betrokkenen, arena, &feiten);
	if (r)
		return r == RESULT_TOO_LARGE ? RESULT_DAMAGED : r;
	for (size_t i = 0; i < count; i++) {
		const struct feit_waarde *w = &waarden[i];
		struct feit *feit = feiten_at(feiten, w->attribuut, w->betrokkene);
		if (!feit || w->waarde_count > FEIT_WAARDEN_MAX ||
		    w->herkomst_count > FEIT_HERKOMST_MAX)
			return RESULT_DAMAGED;
		feit->bekend = w->bekend;
		memcpy(feit->waarden, w->waarden, w->waarde_count * sizeof *w->waarden);
		feit->waarde_count = w->waarde_count;
		memcpy(feit->herkomst, w->herkomst, w->herkomst_count * sizeof *w->herkomst);
		feit->herkomst_count = w->herkomst_count;
		feit->voorlopig = w->voorlopig;
	}
	*ret_feiten = feiten;
	return RESULT_OK;
}

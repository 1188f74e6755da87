// SPDX-License-Identifier: EUPL-1.2
#include "convenant/parse.h"

#include <string.h>

static bool in_groep(const struct convenant *convenant, size_t n, const struct doelgroep *groep)
{
	const struct ontvanger *ontvanger = &convenant->ontvangers[n];
	if (groep->iedereen)
		return true;
	if (!groep->soort)
		return ontvanger_equal(ontvanger, &groep->ontvanger);
	const struct partij *partij = &convenant->partijen[convenant->ontvanger_rows[n].partij];
	return strcmp(partij->soort, groep->soort) == 0 &&
	       strcmp(ontvanger->functie, groep->ontvanger.functie) == 0;
}

// By which bands a regel concerns an ontvanger, as a bit set. Who is meant without more needs no
// band; who is excepted has none.
static unsigned find_bands(const struct convenant *convenant, size_t n, const struct regel *regel)
{
	unsigned bands = 0;
	for (size_t i = 0; i < regel->behalve_count; i++) {
		if (in_groep(convenant, n, &regel->behalve[i]))
			return 0;
	}
	for (size_t i = 0; i < regel->aan_count; i++) {
		if (in_groep(convenant, n, &regel->aan[i]))
			bands |= 1u << regel->aan[i].band;
	}
	return bands & 1u << BAND_GEEN ? 1u << BAND_GEEN : bands;
}

static void fail_cell(struct reader *reader, size_t ontvanger, const struct regel *regel)
{
	const struct convenant *convenant = reader->convenant;
	const struct ontvanger_row *row = &convenant->ontvanger_rows[ontvanger];
	reader_enter(reader, "regels.%s", regel->text.regel);
	reader_fail(reader, NULL,
		    (struct reader_fault){REASON_TOO_MANY, NULL, "Join regels that say the same."},
		    "More than %d regels concern one rubriek for \"%s\" (%s).",
		    BESLISSING_REGELS_MAX, convenant->partijen[row->partij].partij,
		    convenant->ontvangers[ontvanger].functie);
	reader->problem->line = regel->text.line;
}

// How many ingangen each cell of an ontvanger will have.
static void count_ontvanger(struct reader *reader, size_t n)
{
	struct convenant *convenant = reader->convenant;
	size_t regels[RUBRIEK_BOUND] = {0};
	for (size_t i = 0; i < convenant->regel_count; i++) {
		const struct regel *regel = &convenant->regels[i];
		unsigned bands = find_bands(convenant, n, regel);
		for (size_t j = 0; bands && j < regel->rubriek_count; j++) {
			uint32_t soort = (uint32_t)regel->rubrieken[j]->soort;
			convenant->cellen[n][soort].count += (uint32_t)__builtin_popcount(bands);
			if (++regels[soort] == BESLISSING_REGELS_MAX + 1 && reader_ok(reader))
				fail_cell(reader, n, regel);
		}
	}
	for (size_t i = 0; i < RUBRIEK_BOUND; i++) {
		convenant->cellen[n][i].first = (uint32_t)convenant->ingang_count;
		convenant->ingang_count += convenant->cellen[n][i].count;
		convenant->ontvanger_rows[n].regel_count += (uint16_t)regels[i];
	}
}

static void add_ingangen(struct convenant *convenant, struct cel *cel, size_t regel, unsigned bands)
{
	for (unsigned band = 0; band < BAND_COUNT; band++) {
		if (!(bands & 1u << band))
			continue;
		convenant->ingangen[cel->first + cel->count++] = (struct ingang){
			.regel = (uint16_t)regel,
			.band = (uint8_t)band,
			.verbied = convenant->regels[regel].text.soort == REGEL_VERBIED,
		};
	}
}

// Fills the cells in the order of the file, so that the regels of a beslissing stand in it too.
static void fill_ontvanger(struct convenant *convenant, size_t n)
{
	for (size_t i = 0; i < RUBRIEK_BOUND; i++)
		convenant->cellen[n][i].count = 0;
	for (size_t i = 0; i < convenant->regel_count; i++) {
		const struct regel *regel = &convenant->regels[i];
		unsigned bands = find_bands(convenant, n, regel);
		for (size_t j = 0; bands && j < regel->rubriek_count; j++)
			add_ingangen(convenant, &convenant->cellen[n][regel->rubrieken[j]->soort],
				     i, bands);
	}
}

static void learn_rubrieken(struct convenant *convenant)
{
	const struct rubriek_row *row;
	for (size_t i = 0; (row = rubriek_row_at(i)); i++) {
		convenant->rubrieken[row->soort] =
			(struct rubriek_info){.known = true,
					      .of_betrokkene = row->of_betrokkene,
					      .by_knooppunt = row->by_knooppunt};
	}
}

void index_build(struct reader *reader)
{
	struct convenant *convenant = reader->convenant;
	if (!reader_ok(reader))
		return;
	learn_rubrieken(convenant);
	for (size_t i = 0; reader_ok(reader) && i < convenant->ontvanger_count; i++)
		count_ontvanger(reader, i);
	convenant->ingangen =
		reader_alloc(reader, convenant->ingang_count, sizeof *convenant->ingangen);
	for (size_t i = 0; reader_ok(reader) && i < convenant->ontvanger_count; i++)
		fill_ontvanger(convenant, i);
}

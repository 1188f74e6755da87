// SPDX-License-Identifier: EUPL-1.2
#include "convenant/parse.h"

#include <string.h>

// By which bands a regel concerns an ontvanger, as a bit set. Who is meant without more needs no
// band; who is excepted has none.
static unsigned find_bands(const struct convenant *convenant, size_t n, const struct regel *regel)
{
	unsigned bands = 0;
	for (size_t i = 0; i < regel->behalve_count; i++) {
		if (doelgroep_names(convenant, &regel->behalve[i], n))
			return 0;
	}
	for (size_t i = 0; i < regel->aan_count; i++) {
		if (doelgroep_names(convenant, &regel->aan[i], n))
			bands |= 1u << regel->aan[i].band;
	}
	return bands & 1u << BAND_GEEN ? 1u << BAND_GEEN : bands;
}

// `what` is the name of an ontvanger or overleg.
static void fail_cell(struct reader *reader, const char *what, const struct regel *regel)
{
	if (!reader_ok(reader))
		return;
	reader_enter(reader, "regels.%s", regel->text.regel);
	reader_fail(reader, NULL,
		    (struct reader_fault){REASON_TOO_MANY, NULL, "Join regels that say the same."},
		    "More than %d regels, or %d groepen of them, concern one rubriek for \"%s\".",
		    BESLISSING_REGELS_MAX, INGANGEN_MAX, what);
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
			struct cel *cel = &convenant->cellen[n][regel->rubrieken[j]];
			cel->count += (uint32_t)__builtin_popcount(bands);
			if (++regels[regel->rubrieken[j]] > BESLISSING_REGELS_MAX ||
			    cel->count > INGANGEN_MAX)
				fail_cell(reader, convenant->ontvanger_namen[n], regel);
		}
	}
	for (size_t i = 0; i < RUBRIEK_BOUND; i++) {
		convenant->cellen[n][i].first = (uint32_t)convenant->ingang_count;
		convenant->ingang_count += convenant->cellen[n][i].count;
		if (regels[i] > 0)
			convenant->ontvanger_rows[n].rubrieken |= UINT64_C(1) << i;
	}
}

static void count_overleg(struct reader *reader, size_t n)
{
	struct convenant *convenant = reader->convenant;
	struct cel *cel = &convenant->agendas[n];
	for (size_t i = 0; i < convenant->regel_count; i++) {
		const struct regel *regel = &convenant->regels[i];
		if (!(regel->overleggen & UINT64_C(1) << n))
			continue;
		if (++cel->count > BESLISSING_REGELS_MAX)
			fail_cell(reader, convenant->overleggen[n].overleg, regel);
	}
	cel->first = (uint32_t)convenant->ingang_count;
	convenant->ingang_count += cel->count;
}

static void add_ingangen(struct convenant *convenant, struct cel *cel, size_t regel, unsigned bands)
{
	for (unsigned band = 0; band < BAND_COUNT; band++) {
		if (!(bands & 1u << band))
			continue;
		convenant->ingangen[cel->first + cel->count++] = (struct ingang){
			.regel = (uint16_t)regel,
			.band = (uint8_t)band,
			.forbids = regel_soort_forbids(convenant->regels[regel].text.soort),
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
		if (bands && !regel_soort_forbids(regel->text.soort))
			convenant->ontvanger_rows[n].gevers[i / 64] |= UINT64_C(1) << i % 64;
		for (size_t j = 0; bands && j < regel->rubriek_count; j++)
			add_ingangen(convenant, &convenant->cellen[n][regel->rubrieken[j]], i,
				     bands);
	}
}

static void fill_overleg(struct convenant *convenant, size_t n)
{
	convenant->agendas[n].count = 0;
	for (size_t i = 0; i < convenant->regel_count; i++) {
		if (convenant->regels[i].overleggen & UINT64_C(1) << n)
			add_ingangen(convenant, &convenant->agendas[n], i, 1u << BAND_GEEN);
	}
}

static void learn_rubrieken(struct convenant *convenant)
{
	const struct rubriek_row *row;
	convenant->rubrieken[RUBRIEK_BERICHT] =
		(struct rubriek_info){.known = true, .by_knooppunt = true};
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
	for (size_t i = 0; reader_ok(reader) && i < convenant->overleg_count; i++)
		count_overleg(reader, i);
	convenant->ingangen =
		reader_alloc(reader, convenant->ingang_count, sizeof *convenant->ingangen);
	for (size_t i = 0; reader_ok(reader) && i < convenant->ontvanger_count; i++)
		fill_ontvanger(convenant, i);
	for (size_t i = 0; reader_ok(reader) && i < convenant->overleg_count; i++)
		fill_overleg(convenant, i);
}

// SPDX-License-Identifier: EUPL-1.2
// Random facts for a convenant, the same in every run.
#ifndef KNP_TESTS_UNIT_CONVENANT_WORLD_H
#define KNP_TESTS_UNIT_CONVENANT_WORLD_H

#include "tests/unit/convenant_case.h"

#include "yaml/yaml.h"

static uint64_t seed = 88172645463325252u;

// xorshift64: the same run every time.
static inline unsigned draw(unsigned below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed % below);
}

struct pool {
	const char *name;
	const char *waarden[6];
};
// What the convenanten ask about, and one value beside it.
static const struct pool pools[] = {
	{"soort", {"politie", "partner", "wth", "detentie.begin", "radicalisering"}},
	{"thema", {"huiselijk-geweld", "overlast", "jeugd"}},
	{"strafrecht", {"ja", "nee"}},
	{"gemeente", {"GM1883", "GM0971", "GM0888"}},
	{"huis", {"westelijke-mijnstreek", "parkstad"}},
	{"bron.soort", {"gemeente", "politie", "ggz"}},
	{"rol", {"vermoedelijke-pleger", "slachtoffer", "kind", "getuige"}},
	{"minderjarig", {"ja", "nee"}},
	{"woongemeente", {"GM1883", "GM0971", "GM0888"}},
	{"eerder.30", {"0", "1", "3", "4", "veel", "17"}},
	{"samenloop", {"ja", "nee"}},
	{"leefgebied", {"huisvesting", "zorg", "schulden"}},
	{"afgeschermd", {"ja", "nee"}},
	{"urgentie", {"dringend", "gewoon"}},
	{"casus.status", {"gesloten", "afgeschaald", "opgepakt"}},
	{"ave", {"1", "2", "3"}},
	{"leeftijd", {"12", "15", "16", "40"}},
	{"verblijfgemeente", {"GM1883", "GM0971"}},
	{"regie", {"stad/oov", "huis/regisseur", "zorg/behandeling"}},
	{"casusregie", {"stad/wmo", "zorg/behandeling"}},
	{"inbrenger", {"politie/wijk", "stad/wmo"}},
	{"eerdere.ontvangers", {"stad/oov", "stad/wmo", "dorp/wmo"}},
};

static inline const char *pick(const struct pool *pool)
{
	unsigned count = 0;
	while (count < COUNT_OF(pool->waarden) && pool->waarden[count])
		count++;
	return pool->waarden[draw(count)];
}

// Not known, known to have none, one value, or several.
static inline void fill(struct feit *feit, const struct pool *pool)
{
	unsigned kind = draw(10);
	*feit = (struct feit){0};
	if (kind == 0)
		return;
	feit_set_none(feit);
	for (unsigned i = kind == 1 ? 0 : kind == 2 ? 2 : 1; i > 0; i--)
		feit_add(feit, bytes_of_text(pick(pool)));
}

struct world {
	struct convenant *convenant;
	struct yaml *yaml;
	struct feiten *feiten;
	struct weging_feit wegingen[3];
	struct toestemming_feit toestemmingen[4];
	struct nood_feit noden[2];
};

static inline void fill_bron(struct world *world)
{
	struct feiten *feiten = world->feiten;
	size_t count = convenant_partij_count(world->convenant);
	const struct partij *bron = convenant_partij(world->convenant, draw((unsigned)count));
	feiten->bron = bron->oin;
	feiten->bron_functie_count = draw(2);
	feiten->bron_functies[0] = bytes_of_text(bron->functies[0]);
	feiten->oefening = draw(4) > 0;
	feiten->now = INT64_C(1767000000000) + (int64_t)draw(1000) * MS_PER_DAY;
}

static inline void fill_wegingen(struct world *world)
{
	static const char *const outcomes[] = {"integraal-overleg", "lokaal", "regie",
					       "herhuisvesting",    "delen",  "provincie"};
	size_t regels = convenant_regel_count(world->convenant);
	world->feiten->wegingen = world->wegingen;
	world->feiten->weging_count = draw(COUNT_OF(world->wegingen) + 1);
	for (size_t i = 0; i < world->feiten->weging_count; i++) {
		const struct weging_eis *eis =
			convenant_weging(world->convenant, draw((unsigned)regels));
		const char *regel = eis ? eis->regel : "elders";
		const char *uitkomst = eis && draw(2) ? eis->uitkomst : outcomes[draw(6)];
		world->wegingen[i] = (struct weging_feit){.regel = bytes_of_text(regel),
							  .uitkomst = bytes_of_text(uitkomst),
							  .betrokkene = draw(2) ? 0 : draw(5)};
	}
}

static inline struct ontvanger some_ontvanger(const struct world *world)
{
	const struct ontvanger *ontvangers;
	size_t count = convenant_ontvangers(world->convenant, &ontvangers);
	return ontvangers[draw((unsigned)count)];
}

// Each of its sides is for all, for what is asked, or for something else.
static inline void fill_toestemmingen(struct world *world)
{
	static const char *const gronden[] = {"toestemming", "meldrecht", "wettelijke-plicht"};
	static const char *const gevers[] = {"betrokkene", "vertegenwoordiger", "gezagdrager"};
	static const char *const doelen[] = {"screening", "screening", "behandeling", ""};
	struct feiten *feiten = world->feiten;
	feiten->toestemmingen = world->toestemmingen;
	feiten->toestemming_count = draw(COUNT_OF(world->toestemmingen) + 1);
	feiten->toestemmingen_bekend = draw(4) > 0;
	for (size_t i = 0; i < feiten->toestemming_count; i++) {
		struct toestemming_feit *feit = &world->toestemmingen[i];
		*feit = (struct toestemming_feit){.betrokkene = draw(6)};
		feit->grond = bytes_of_text(gronden[draw(3)]);
		feit->gever = bytes_of_text(gevers[draw(3)]);
		feit->doel = bytes_of_text(doelen[draw(4)]);
		if (draw(3) == 0)
			feit->bron = some_ontvanger(world).oin;
		if (draw(2) == 0)
			feit->oin = some_ontvanger(world).oin;
		if (draw(3) == 0)
			feit->functie = LITERAL("wmo");
		if (draw(3) == 0)
			feit->rubriek = draw(2) ? RUBRIEK_GEZONDHEID : RUBRIEK_REGIE;
		feit->has_van = draw(4) == 0;
		feit->has_tot = draw(4) == 0;
		feit->van = feit->tot =
			date_amsterdam(feiten->now + ((int)draw(3) - 1) * MS_PER_DAY);
	}
}

static inline void fill_noden(struct world *world)
{
	struct feiten *feiten = world->feiten;
	feiten->noden = world->noden;
	feiten->nood_count = draw(8) ? COUNT_OF(world->noden) : 0;
	for (size_t i = 0; i < feiten->nood_count; i++) {
		int64_t van = feiten->now - (int64_t)draw(45) * 60 * 1000;
		world->noden[i] = (struct nood_feit){
			.regel = bytes_of_text(draw(8) ? "e-nood" : "elders"),
			.betrokkene = draw(4),
			.oin = convenant_partij(world->convenant, draw(8) > 0)->oin,
			.functie = bytes_of_text(draw(8) ? "wijk" : "recherche"),
			.van = van,
			.tot = van + (int64_t)draw(90) * 60 * 1000,
		};
	}
}

static inline void fill_regimes(struct world *world)
{
	for (size_t b = 0; b <= 4; b++) {
		for (size_t r = 0; r <= RUBRIEK_SOORT_MAX; r++)
			world->feiten->regimes[b][r] =
				draw(2) ? 1u << REGIME_AVG : (uint8_t)(draw(256) & 0xfe);
	}
}

static inline void fill_world(struct world *world)
{
	world->feiten->betrokkenen = draw(5);
	for (size_t i = 0; i < COUNT_OF(pools); i++) {
		const struct attribuut_row *row = attribuut_row_named(bytes_of_text(pools[i].name));
		uint32_t last = row->of_betrokkene ? 4 : 1;
		for (uint32_t b = 1; b <= last; b++)
			fill(feiten_at(world->feiten, row->attribuut, b), &pools[i]);
	}
	fill_bron(world);
	fill_wegingen(world);
	fill_toestemmingen(world);
	fill_noden(world);
	fill_regimes(world);
}

static inline struct world open_world(const char *path)
{
	struct world world = {.convenant = case_load(path), .feiten = case_feiten(0)};
	struct problem problem = {0};
	if (yaml_read(path, &world.yaml, &problem) != RESULT_OK)
		fail_msg("%s", problem.message);
	return world;
}

static inline void close_world(struct world *world)
{
	yaml_close(world->yaml);
	free(world->feiten);
	convenant_free(world->convenant);
}

#endif

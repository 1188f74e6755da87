// SPDX-License-Identifier: EUPL-1.2
#include "convenant/ruimte.h"

#include "convenant/dimensie.h"

#include <string.h>

#define ARENA_CEILING ((size_t)64 << 20)

struct ruimte {
	struct arena *arena;
	const struct ruimte_deel *delen;
	size_t deel_count;
	struct dimensie dimensies[DIMENSIES_MAX];
	size_t dimensie_count;
	uint64_t gevallen;
	struct geval geval;
	enum result result;
};

const struct cel *vakje_cel(const struct convenant *convenant, const struct vakje *vakje)
{
	return vakje->overleg >= 0 ? &convenant->agendas[vakje->overleg]
				   : &convenant->cellen[vakje->ontvanger][vakje->rubriek];
}

uint32_t vakje_plaats(const struct convenant *convenant, const struct vakje *vakje,
		      const struct feiten *feiten)
{
	bool of_betrokkene =
		vakje->overleg >= 0 || convenant->rubrieken[vakje->rubriek].of_betrokkene;
	return of_betrokkene && feiten->betrokkenen > 0 ? 1 : 0;
}

static bool same_key(const struct dimensie *dimensie, enum dimensie_soort soort, const void *key)
{
	if (dimensie->soort != soort)
		return false;
	// Wegingen are those of a name, in both convenanten.
	if (soort == DIMENSIE_WEGING)
		return strcmp(dimensie->key, key) == 0;
	return dimensie->key == key;
}

static struct dimensie *find_dimensie(struct ruimte *ruimte, enum dimensie_soort soort,
				      const void *key)
{
	size_t slot = 0;
	for (size_t i = 0; i < ruimte->dimensie_count; i++) {
		if (same_key(&ruimte->dimensies[i], soort, key))
			return &ruimte->dimensies[i];
		slot += ruimte->dimensies[i].soort == soort;
	}
	if (ruimte->dimensie_count == DIMENSIES_MAX || slot == GEVAL_FEITEN_MAX) {
		ruimte->result = RESULT_TOO_LARGE;
		return &ruimte->dimensies[0];
	}
	struct dimensie *ret = &ruimte->dimensies[ruimte->dimensie_count++];
	*ret = (struct dimensie){.soort = soort, .key = key, .slot = slot};
	return ret;
}

// A test of an attribute; those of who sent it are one dimension, because bron, bron.soort and the
// OIN of the sender go together.
static void add_toets(struct ruimte *ruimte, const struct toets *toets)
{
	bool of_sender = toets->row->attribuut == ATTRIBUUT_BRON ||
			 toets->row->attribuut == ATTRIBUUT_BRON_SOORT;
	struct dimensie *dimensie =
		find_dimensie(ruimte, of_sender ? DIMENSIE_ZENDER : DIMENSIE_ATTRIBUUT,
			      of_sender ? NULL : toets->row);
	if (dimensie->toets_count == DIMENSIE_TOETSEN_MAX) {
		ruimte->result = RESULT_TOO_LARGE;
		return;
	}
	if (!of_sender)
		dimensie->row = toets->row;
	dimensie->toetsen[dimensie->toets_count++] = toets;
}

// What ties an ontvanger to the case is a test like any other.
static void add_band(struct ruimte *ruimte, const struct ruimte_deel *deel, enum band band)
{
	const struct convenant *convenant = deel->convenant;
	const struct band_row *row = band_row(band);
	size_t n = deel->vakje.ontvanger;
	const struct partij *partij = &convenant->partijen[convenant->ontvanger_rows[n].partij];
	struct toets *toets = arena_alloc(ruimte->arena, sizeof *toets);
	struct bytes *waarde = arena_alloc(ruimte->arena, sizeof *waarde);
	if (band == BAND_GEEN || band == BAND_INDIENER)
		return; // the sender is always a dimension
	if (!toets || !waarde) {
		ruimte->result = RESULT_NO_MEMORY;
		return;
	}
	*waarde = bytes_of_text(row->is_rol ? convenant->ontvanger_namen[n] : partij->gemeente);
	*toets = (struct toets){.row = attribuut_row(row->attribuut),
				.soort = TOETS_IS,
				.waarden = waarde,
				.waarde_count = 1};
	add_toets(ruimte, toets);
}

static void add_besides(struct ruimte *ruimte, const struct ruimte_deel *deel, size_t n)
{
	const struct regel *regel = &deel->convenant->regels[n];
	if (regel->has_weging)
		dimensie_add_weging(find_dimensie(ruimte, DIMENSIE_WEGING, regel->weging.regel),
				    regel);
	if (regel->has_toestemming) {
		(void)find_dimensie(ruimte, DIMENSIE_BEKEND, NULL);
		find_dimensie(ruimte, DIMENSIE_TOESTEMMING, regel)->regel = regel;
	}
	if (regel->text.soort == REGEL_NOOD)
		find_dimensie(ruimte, DIMENSIE_NOOD, regel)->regel = regel;
	if (regel->regimes)
		dimensie_add_regimes(find_dimensie(ruimte, DIMENSIE_REGIME, NULL), regel);
	if (regel->has_van)
		dimensie_add_dag(find_dimensie(ruimte, DIMENSIE_DAG, NULL), regel->van);
	if (regel->has_tot)
		dimensie_add_dag(find_dimensie(ruimte, DIMENSIE_DAG, NULL), regel->tot + 1);
}

// A regel and those that go instead of it.
static void add_regel(struct ruimte *ruimte, const struct ruimte_deel *deel, size_t n,
		      uint64_t seen[REGELS_MAX / 64])
{
	const struct regel *regel = &deel->convenant->regels[n];
	if (seen[n / 64] & UINT64_C(1) << n % 64)
		return;
	seen[n / 64] |= UINT64_C(1) << n % 64;
	for (size_t i = 0; i < regel->toets_count; i++)
		add_toets(ruimte, &deel->convenant->toetsen[regel->toetsen[i].toets]);
	add_besides(ruimte, deel, n);
	for (size_t i = 0; i < regel->vervangen_door_count; i++)
		add_regel(ruimte, deel, regel->vervangen_door[i].regel, seen);
}

static void add_deel(struct ruimte *ruimte, const struct ruimte_deel *deel)
{
	const struct convenant *convenant = deel->convenant;
	const struct cel *cel = vakje_cel(convenant, &deel->vakje);
	uint64_t seen[REGELS_MAX / 64] = {0};
	struct dimensie *sender = find_dimensie(ruimte, DIMENSIE_ZENDER, NULL);
	if (deel->vakje.overleg < 0)
		dimensie_add_ontvanger(sender, convenant, deel->vakje.ontvanger);
	else
		dimensie_add_convenant(sender, convenant);
	for (uint32_t i = 0; i < cel->count; i++) {
		const struct ingang *ingang = &convenant->ingangen[cel->first + i];
		add_regel(ruimte, deel, ingang->regel, seen);
		add_band(ruimte, deel, (enum band)ingang->band);
	}
	if (!convenant->is_signed)
		(void)find_dimensie(ruimte, DIMENSIE_OEFENING, NULL);
	if (vakje_plaats(convenant, &deel->vakje, &(struct feiten){.betrokkenen = 1}) == 0 ||
	    deel->vakje.overleg >= 0)
		(void)find_dimensie(ruimte, DIMENSIE_BETROKKENEN, NULL);
}

static enum result build(struct ruimte *ruimte)
{
	for (size_t i = 0; i < ruimte->deel_count; i++)
		add_deel(ruimte, &ruimte->delen[i]);
	ruimte->gevallen = 1;
	for (size_t i = 0; !ruimte->result && i < ruimte->dimensie_count; i++) {
		struct dimensie *dimensie = &ruimte->dimensies[i];
		ruimte->result = dimensie_classify(dimensie, ruimte->arena);
		if (!ruimte->result && ruimte->gevallen > RUIMTE_MAX / dimensie->klasse_count)
			ruimte->result = RESULT_TOO_LARGE;
		else
			ruimte->gevallen *= dimensie->klasse_count;
	}
	for (size_t i = 0; !ruimte->result && i < ruimte->dimensie_count; i++)
		dimensie_apply(&ruimte->dimensies[i], &ruimte->geval);
	return ruimte->result;
}

enum result ruimte_new(const struct ruimte_deel *delen, size_t count, struct ruimte **ret_ruimte)
{
	struct arena *arena;
	enum result result = arena_new(ARENA_CEILING, &arena);
	if (result != RESULT_OK)
		return result;
	struct ruimte *ruimte = arena_alloc(arena, sizeof *ruimte);
	if (!ruimte || feiten_new(1, arena, &ruimte->geval.feiten) != RESULT_OK) {
		arena_free(arena);
		return RESULT_NO_MEMORY;
	}
	ruimte->arena = arena;
	ruimte->delen = delen;
	ruimte->deel_count = count;
	geval_init(&ruimte->geval, &delen[0]);
	result = build(ruimte);
	if (result != RESULT_OK)
		arena_free(arena);
	else
		*ret_ruimte = ruimte;
	return result;
}

void ruimte_free(struct ruimte *ruimte)
{
	if (ruimte)
		arena_free(ruimte->arena);
}

uint64_t ruimte_gevallen(const struct ruimte *ruimte)
{
	return ruimte->gevallen;
}

const struct feiten *ruimte_feiten(const struct ruimte *ruimte)
{
	return ruimte->geval.feiten;
}

bool ruimte_next(struct ruimte *ruimte)
{
	for (size_t i = 0; i < ruimte->dimensie_count; i++) {
		struct dimensie *dimensie = &ruimte->dimensies[i];
		dimensie->at = dimensie->at + 1 == dimensie->klasse_count ? 0 : dimensie->at + 1;
		dimensie_apply(dimensie, &ruimte->geval);
		if (dimensie->at != 0)
			return true;
	}
	return false;
}

void ruimte_describe(const struct ruimte *ruimte, struct buffer *out)
{
	for (size_t i = 0; i < ruimte->dimensie_count; i++)
		dimensie_describe(&ruimte->dimensies[i], out);
}

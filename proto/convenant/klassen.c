// SPDX-License-Identifier: EUPL-1.2
// The classes of a dimension: of all values there are, one of each sort that its tests tell apart.
#include "convenant/dimensie.h"

#include <stdio.h>
#include <string.h>

#define SIGNATURE_MAX (DIMENSIE_TOETSEN_MAX + 8)
#define GROEPEN_MAX 10 // of values of an attribute that has several: 2^10 sets of them

// How each test judges a value: what is the same for all of them is one class.
struct signature {
	uint8_t bits[SIGNATURE_MAX];
};

static struct signature sign_feit(const struct dimensie *dimensie, const struct feit *feit)
{
	struct signature ret = {{0}};
	for (size_t i = 0; i < dimensie->toets_count; i++)
		ret.bits[i] = (uint8_t)toets_judge(dimensie->toetsen[i], feit);
	return ret;
}

// Classes that were found, each with its signature.
struct klassen {
	struct klasse *list;
	struct signature *signatures;
	size_t count, max;
	bool te_veel;
};

static enum result klassen_new(struct klassen *klassen, size_t max, struct arena *arena)
{
	if (max > KLASSEN_MAX)
		return RESULT_TOO_LARGE;
	klassen->list = arena_alloc(arena, max * sizeof *klassen->list);
	klassen->signatures = arena_alloc(arena, max * sizeof *klassen->signatures);
	klassen->count = 0;
	klassen->max = max;
	klassen->te_veel = false;
	return klassen->list && klassen->signatures ? RESULT_OK : RESULT_NO_MEMORY;
}

static void klassen_add(struct klassen *klassen, const struct klasse *klasse,
			const struct signature *signature)
{
	for (size_t i = 0; i < klassen->count; i++) {
		if (memcmp(&klassen->signatures[i], signature, sizeof *signature) == 0)
			return;
	}
	klassen->te_veel |= klassen->count == klassen->max;
	if (klassen->te_veel)
		return;
	klassen->list[klassen->count] = *klasse;
	klassen->signatures[klassen->count++] = *signature;
}

static enum result klassen_give(const struct klassen *klassen, struct dimensie *dimensie)
{
	dimensie->klassen = klassen->list;
	dimensie->klasse_count = klassen->count;
	return klassen->te_veel ? RESULT_TOO_LARGE : RESULT_OK;
}

static void add_feit(const struct dimensie *dimensie, struct klassen *klassen,
		     const struct feit *feit)
{
	struct signature signature = sign_feit(dimensie, feit);
	struct klasse klasse = {.feit = *feit};
	klassen_add(klassen, &klasse, &signature);
}

static void add_waarde(const struct dimensie *dimensie, struct klassen *klassen,
		       struct bytes waarde)
{
	struct feit feit = {0};
	feit_set(&feit, waarde);
	add_feit(dimensie, klassen, &feit);
}

// Numbers at which some test turns.
static enum result add_numbers(const struct dimensie *dimensie, struct klassen *klassen,
			       struct arena *arena)
{
	add_waarde(dimensie, klassen, bytes_of_text("0"));
	for (size_t i = 0; i < dimensie->toets_count; i++) {
		const struct toets *toets = dimensie->toetsen[i];
		char text[24];
		int len = snprintf(text, sizeof text, "%lld",
				   (long long)(toets->grens + (toets->soort == TOETS_HOOGSTENS)));
		struct bytes kept = arena_copy(arena, bytes_make(text, (size_t)len));
		if (!kept.data)
			return RESULT_NO_MEMORY;
		add_waarde(dimensie, klassen, kept);
	}
	return RESULT_OK;
}

// Values that stand in the tests, and one that stands in none.
static void add_mentioned(const struct dimensie *dimensie, struct klassen *klassen)
{
	for (size_t i = 0; i < dimensie->toets_count; i++) {
		const struct toets *toets = dimensie->toetsen[i];
		for (size_t j = 0; j < toets->waarde_count; j++)
			add_waarde(dimensie, klassen, toets->waarden[j]);
	}
	bool gemeente = dimensie->row->kind == ATTRIBUUT_IS_GEMEENTE;
	add_waarde(dimensie, klassen, bytes_of_text(gemeente ? "GM0000" : "-"));
}

static enum result add_waarden(const struct dimensie *dimensie, struct klassen *klassen,
			       struct arena *arena)
{
	const struct attribuut_row *row = dimensie->row;
	if (row->kind == ATTRIBUUT_IS_NUMBER)
		return add_numbers(dimensie, klassen, arena);
	if (row->kind == ATTRIBUUT_IS_JANEE) {
		add_waarde(dimensie, klassen, bytes_of_text("ja"));
		add_waarde(dimensie, klassen, bytes_of_text("nee"));
		return RESULT_OK;
	}
	if (row->kind != ATTRIBUUT_IS_CODE) {
		add_mentioned(dimensie, klassen);
		return RESULT_OK;
	}
	const struct code_list *list = code_list_named(bytes_of_text(row->list));
	for (size_t i = 0; i < list->count; i++)
		add_waarde(dimensie, klassen, bytes_of_text(list->codes[i].code));
	return RESULT_OK;
}

// Sets of values, one of each class at most.
static void add_sets(const struct dimensie *dimensie, const struct klassen *single,
		     struct klassen *klassen)
{
	for (uint32_t set = 1; set < 1u << single->count; set++) {
		struct feit feit = {0};
		for (size_t i = 0; i < single->count; i++) {
			if (set & 1u << i)
				feit_add(&feit, single->list[i].feit.waarden[0]);
		}
		add_feit(dimensie, klassen, &feit);
	}
}

static enum result classify_attribuut(struct dimensie *dimensie, struct arena *arena)
{
	struct klassen single, all;
	struct feit none = {.bekend = true}, unknown = {0};
	enum result result = klassen_new(&single, 256, arena);
	if (result == RESULT_OK)
		result = add_waarden(dimensie, &single, arena);
	if (result == RESULT_OK &&
	    (single.te_veel || (dimensie->row->several && single.count > GROEPEN_MAX)))
		result = RESULT_TOO_LARGE;
	if (result == RESULT_OK)
		result = klassen_new(
			&all,
			(dimensie->row->several ? (size_t)1 << single.count : single.count) + 2,
			arena);
	if (result != RESULT_OK)
		return result;
	if (dimensie->row->several)
		add_sets(dimensie, &single, &all);
	for (size_t i = 0; !dimensie->row->several && i < single.count; i++)
		add_feit(dimensie, &all, &single.list[i].feit);
	add_feit(dimensie, &all, &none);
	add_feit(dimensie, &all, &unknown);
	return klassen_give(&all, dimensie);
}

static void add_sender(const struct dimensie *dimensie, struct klassen *klassen,
		       const struct klasse *klasse)
{
	struct signature signature = {{0}};
	struct feit bron = {0}, soort = {0};
	if (klasse->bron.len > 0)
		feit_set(&bron, klasse->bron);
	feit_set(&soort, klasse->bron_soort);
	for (size_t i = 0; i < dimensie->toets_count; i++) {
		const struct toets *toets = dimensie->toetsen[i];
		bool of_bron = toets->row->attribuut == ATTRIBUUT_BRON;
		signature.bits[i] = (uint8_t)toets_judge(toets, of_bron ? &bron : &soort);
	}
	for (size_t i = 0; i < dimensie->ontvanger_count; i++)
		signature.bits[DIMENSIE_TOETSEN_MAX + i] =
			klasse->getal == 0 && oin_equal(&klasse->oin, &dimensie->ontvangers[i]);
	klassen_add(klassen, klasse, &signature);
}

static enum result classify_sender(struct dimensie *dimensie, struct arena *arena)
{
	const struct code_list *soorten = code_list_named(bytes_of_text("partner-soort"));
	struct klassen klassen;
	enum result result = klassen_new(&klassen, 512, arena);
	if (result != RESULT_OK)
		return result;
	for (size_t c = 0; c < dimensie->convenant_count; c++) {
		const struct convenant *convenant = dimensie->convenanten[c];
		for (size_t i = 0; i < convenant->partij_count; i++) {
			const struct partij *partij = &convenant->partijen[i];
			struct klasse klasse = {.oin = partij->oin,
						.bron = bytes_of_text(partij->partij),
						.bron_soort = bytes_of_text(partij->soort)};
			add_sender(dimensie, &klassen, &klasse);
			klasse.getal = 1;
			add_sender(dimensie, &klassen, &klasse);
		}
	}
	for (size_t i = 0; i < soorten->count; i++) {
		struct klasse stranger = {.bron_soort = bytes_of_text(soorten->codes[i].code)};
		add_sender(dimensie, &klassen, &stranger);
	}
	return klassen_give(&klassen, dimensie);
}

// The outcomes that are asked, one that is not, and none.
static enum result classify_weging(struct dimensie *dimensie, struct arena *arena)
{
	size_t count = dimensie->uitkomst_count + 2;
	dimensie->klassen = arena_alloc(arena, count * sizeof *dimensie->klassen);
	if (!dimensie->klassen)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < dimensie->uitkomst_count; i++)
		dimensie->klassen[i].uitkomst = dimensie->uitkomsten[i];
	dimensie->klassen[count - 2].uitkomst = "(een andere)";
	dimensie->klasse_count = count;
	return RESULT_OK;
}

// None, and one of each grond and gever that is asked.
static enum result classify_toestemming(struct dimensie *dimensie, struct arena *arena)
{
	const struct toestemming_eis *eis = &dimensie->regel->toestemming;
	size_t gevers = eis->gever_count > 0 ? eis->gever_count : 1;
	dimensie->klasse_count = 1 + eis->grond_count * gevers;
	dimensie->klassen = arena_alloc(arena, dimensie->klasse_count * sizeof *dimensie->klassen);
	if (!dimensie->klassen)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < eis->grond_count; i++) {
		for (size_t j = 0; j < gevers; j++) {
			struct klasse *klasse = &dimensie->klassen[1 + i * gevers + j];
			klasse->grond = eis->gronden[i];
			klasse->gever = eis->gever_count > 0 ? eis->gevers[j] : "";
		}
	}
	return RESULT_OK;
}

// Sets of regimes, one of each sort that is told apart; and not known.
static enum result classify_regime(struct dimensie *dimensie, struct arena *arena)
{
	uint8_t found[8], representatives[8];
	size_t count = 0;
	for (unsigned regime = REGIME_AVG; regime <= REGIME_WMO_VT; regime++) {
		uint8_t sorted = 0;
		for (size_t i = 0; i < dimensie->regime_count; i++)
			sorted |= dimensie->regimes[i] & 1u << regime ? (uint8_t)(1u << i) : 0;
		size_t at = 0;
		while (at < count && found[at] != sorted)
			at++;
		if (at < count)
			continue;
		found[count] = sorted;
		representatives[count++] = (uint8_t)(1u << regime);
	}
	dimensie->klasse_count = (size_t)1 << count;
	dimensie->klassen = arena_alloc(arena, dimensie->klasse_count * sizeof *dimensie->klassen);
	if (!dimensie->klassen)
		return RESULT_NO_MEMORY;
	for (size_t set = 0; set < dimensie->klasse_count; set++) {
		for (size_t i = 0; i < count; i++) {
			if (set & (size_t)1 << i)
				dimensie->klassen[set].getal |= representatives[i];
		}
	}
	return RESULT_OK;
}

// The day before the first on which anything changes, and each such day.
static enum result classify_day(struct dimensie *dimensie, struct arena *arena)
{
	dimensie->klasse_count = dimensie->dag_count + 1;
	dimensie->klassen = arena_alloc(arena, dimensie->klasse_count * sizeof *dimensie->klassen);
	if (!dimensie->klassen)
		return RESULT_NO_MEMORY;
	dimensie->klassen[0].getal = dimensie->dagen[0] - 1;
	for (size_t i = 0; i < dimensie->dag_count; i++)
		dimensie->klassen[i + 1].getal = dimensie->dagen[i];
	return RESULT_OK;
}

// Ja first: of two cases in which something is given the plainer one is shown.
static enum result classify_janee(struct dimensie *dimensie, struct arena *arena)
{
	dimensie->klassen = arena_alloc(arena, 2 * sizeof *dimensie->klassen);
	if (!dimensie->klassen)
		return RESULT_NO_MEMORY;
	dimensie->klassen[0].getal = 1;
	dimensie->klasse_count = 2;
	return RESULT_OK;
}

enum result dimensie_classify(struct dimensie *dimensie, struct arena *arena)
{
	if (dimensie->te_veel)
		return RESULT_TOO_LARGE;
	switch (dimensie->soort) {
	case DIMENSIE_ATTRIBUUT:
		return classify_attribuut(dimensie, arena);
	case DIMENSIE_ZENDER:
		return classify_sender(dimensie, arena);
	case DIMENSIE_WEGING:
		return classify_weging(dimensie, arena);
	case DIMENSIE_TOESTEMMING:
		return classify_toestemming(dimensie, arena);
	case DIMENSIE_REGIME:
		return classify_regime(dimensie, arena);
	case DIMENSIE_DAG:
		return classify_day(dimensie, arena);
	default:
		return classify_janee(dimensie, arena);
	}
}

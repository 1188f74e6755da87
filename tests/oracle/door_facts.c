// SPDX-License-Identifier: EUPL-1.2
// The lines of decide_door that say what a melding is.
#include "door.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void refuse(const char *what, const char *detail)
{
	fprintf(stderr, "decide_door: %s: %s\n", what, detail);
	exit(2);
}

void must(enum result result, const char *what)
{
	if (result != RESULT_OK)
		refuse(what, result_name(result));
}

// The next word up to `mark`, ended in place; NULL after the last. Empty ones are skipped.
char *next_word(char **rest, char mark)
{
	char *word = *rest;
	while (*word == mark)
		word++;
	size_t len = strlen(word);
	char *end = memchr(word, mark, len);
	*rest = end ? end + 1 : word + len;
	if (end)
		*end = '\0';
	return *word ? word : NULL;
}

static bool is_none(const char *word)
{
	return strcmp(word, "-") == 0;
}

static struct bytes view(const char *word)
{
	return is_none(word) ? bytes_make("", 0) : bytes_of_text(word);
}

int64_t number(const char *word)
{
	char *end;
	long long value = strtoll(word, &end, 10);
	if (end == word || *end)
		refuse("no number", word);
	return value;
}

struct oin oin_of(const char *word)
{
	struct oin oin = {0};
	if (!is_none(word))
		must(oin_parse(bytes_of_text(word), &oin), word);
	return oin;
}

uint32_t rubriek_of(const char *word)
{
	if (strcmp(word, "bericht") == 0)
		return RUBRIEK_BERICHT;
	if (*word >= '0' && *word <= '9') // also one that is on no list
		return (uint32_t)number(word);
	const struct rubriek_row *row = rubriek_row_named(bytes_of_text(word));
	if (!row)
		refuse("no rubriek", word);
	return row->soort;
}

void need(const struct door *door, size_t count)
{
	if (door->count < count)
		refuse("words are missing", door->words[0]);
}

// Room for one more and no more, so that a sanitizer sees who reads past the last.
void *one_more(void *list, size_t count, size_t size)
{
	list = realloc(list, (count + 1) * size);
	if (!list)
		refuse("no memory for", "what was given");
	return list;
}

void forget(struct door *door)
{
	if (door->feiten) {
		free(door->feiten->wegingen);
		free(door->feiten->toestemmingen);
		free(door->feiten->noden);
	}
	door->feiten = NULL;
	door->dimensie_count = 0;
	arena_clear(door->arena);
}

void take_melding(struct door *door)
{
	need(door, 7);
	if (!door->convenant)
		refuse("no convenant for", door->words[0]);
	struct feiten *feiten;
	must(feiten_new((size_t)number(door->words[5]), door->arena, &feiten), "facts");
	door->feiten = feiten;
	feiten->bron = oin_of(door->words[1]);
	for (char *rest = door->words[2], *functie; (functie = next_word(&rest, ','));)
		if (!is_none(functie))
			feiten->bron_functies[feiten->bron_functie_count++] =
				bytes_of_text(functie);
	feiten->oefening = strcmp(door->words[3], "ja") == 0;
	feiten->now = number(door->words[4]);
	feiten->toestemmingen_bekend = strcmp(door->words[6], "ja") == 0;
	const struct attribuut_row *row;
	for (size_t n = 0; (row = attribuut_row_at(n)); n++)
		for (uint32_t b = row->of_betrokkene ? 1 : 0;
		     b <= (row->of_betrokkene ? feiten->betrokkenen : 0); b++)
			feit_set_none(feiten_at(feiten, row->attribuut, b));
}

struct feit *feit_named(const struct door *door)
{
	need(door, 3);
	const struct attribuut_row *row = attribuut_row_named(bytes_of_text(door->words[1]));
	struct feit *feit =
		row ? feiten_at(door->feiten, row->attribuut, (uint32_t)number(door->words[2]))
		    : NULL;
	if (!feit)
		refuse("no such fact", door->words[1]);
	return feit;
}

void take_onbekend(struct door *door)
{
	*feit_named(door) = (struct feit){0};
}

void take_feit(struct door *door)
{
	struct feit *feit = feit_named(door);
	for (size_t i = 3; i < door->count; i++)
		feit_add(feit, bytes_of_text(door->words[i]));
}

void take_weging(struct door *door)
{
	need(door, 4);
	struct feiten *feiten = door->feiten;
	feiten->wegingen =
		one_more(feiten->wegingen, feiten->weging_count, sizeof *feiten->wegingen);
	feiten->wegingen[feiten->weging_count++] = (struct weging_feit){
		.regel = view(door->words[1]),
		.uitkomst = view(door->words[2]),
		.betrokkene = (uint32_t)number(door->words[3]),
	};
}

void take_toestemming(struct door *door)
{
	need(door, 11);
	struct feiten *feiten = door->feiten;
	feiten->toestemmingen = one_more(feiten->toestemmingen, feiten->toestemming_count,
					 sizeof *feiten->toestemmingen);
	if (strcmp(door->words[8], "bericht") == 0)
		refuse("a toestemming is for a rubriek of the list, or for every one, not",
		       "bericht");
	struct toestemming_feit *one = &feiten->toestemmingen[feiten->toestemming_count++];
	char **words = door->words;
	*one = (struct toestemming_feit){
		.betrokkene = (uint32_t)number(words[1]),
		.grond = view(words[2]),
		.gever = view(words[3]),
		.doel = view(words[4]),
		.bron = oin_of(words[5]),
		.oin = oin_of(words[6]),
		.functie = view(words[7]),
		.rubriek = is_none(words[8]) ? 0 : rubriek_of(words[8]),
		.has_van = !is_none(words[9]),
		.has_tot = !is_none(words[10]),
	};
	if (one->has_van)
		must(date_parse(bytes_of_text(words[9]), &one->van), words[9]);
	if (one->has_tot)
		must(date_parse(bytes_of_text(words[10]), &one->tot), words[10]);
}

void take_nood(struct door *door)
{
	need(door, 7);
	struct feiten *feiten = door->feiten;
	feiten->noden = one_more(feiten->noden, feiten->nood_count, sizeof *feiten->noden);
	feiten->noden[feiten->nood_count++] = (struct nood_feit){
		.regel = view(door->words[1]),
		.betrokkene = (uint32_t)number(door->words[2]),
		.oin = oin_of(door->words[3]),
		.functie = view(door->words[4]),
		.van = number(door->words[5]),
		.tot = number(door->words[6]),
	};
}

void take_regime(struct door *door)
{
	need(door, 4);
	uint64_t betrokkene = (uint64_t)number(door->words[2]);
	uint32_t rubriek = rubriek_of(door->words[1]);
	if (betrokkene > BETROKKENEN_MAX || rubriek > RUBRIEK_SOORT_MAX)
		refuse("no such place", door->words[1]);
	for (size_t i = 3; i < door->count; i++) {
		enum regime regime;
		must(regime_parse(bytes_of_text(door->words[i]), &regime), door->words[i]);
		door->feiten->regimes[betrokkene][rubriek] |= (uint8_t)(1u << regime);
	}
}

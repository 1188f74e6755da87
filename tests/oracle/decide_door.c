// SPDX-License-Identifier: EUPL-1.2
// decide_door: the engine's decisions, many at once, for who holds another evaluator against it.
// Reads lines of words from standard input, writes a JSON line for each answer. "-" is nothing.
//
//   convenant FILE
//   melding OIN FUNCTIE,… OEFENING MOMENT BETROKKENEN ALLE   facts: known to have no value
//   onbekend ATTRIBUUT BETROKKENE                            a fact that is not known
//   feit ATTRIBUUT BETROKKENE WAARDE…
//   weging REGEL UITKOMST BETROKKENE
//   toestemming BETROKKENE GROND GEVER DOEL BRON OIN FUNCTIE RUBRIEK VAN TOT
//   nood REGEL BETROKKENE OIN FUNCTIE VAN TOT
//   regime RUBRIEK BETROKKENE REGIME…                        else it is not known
//   vraag OIN FUNCTIE RUBRIEK BETROKKENE     answer: one line
//   uitleg OIN FUNCTIE RUBRIEK BETROKKENE    answer: the regel that explains it, or "-"
//   agenda OVERLEG BETROKKENE                answer: one line
//   ronde RUBRIEK,…                          answers: all that are no refusal, and an empty line
//   geldt                                    answer: whether the melding concerns the convenant
#include "base/file.h"
#include "convenant/convenant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 32
#define ARENA_BYTES (UINT64_C(8) << 20)

struct door {
	struct convenant *convenant;
	struct arena *arena; // of one melding
	struct feiten *feiten;
	char *words[WORDS_MAX];
	size_t count;
};

static void refuse(const char *what, const char *detail)
{
	fprintf(stderr, "decide_door: %s: %s\n", what, detail);
	exit(2);
}

static void must(enum result result, const char *what)
{
	if (result != RESULT_OK)
		refuse(what, result_name(result));
}

// The next word up to `mark`, ended in place; NULL after the last. Empty ones are skipped.
static char *next_word(char **rest, char mark)
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

static int64_t number(const char *word)
{
	char *end;
	long long value = strtoll(word, &end, 10);
	if (end == word || *end)
		refuse("no number", word);
	return value;
}

static struct oin oin_of(const char *word)
{
	struct oin oin = {0};
	if (!is_none(word))
		must(oin_parse(bytes_of_text(word), &oin), word);
	return oin;
}

static uint32_t rubriek_of(const char *word)
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

static void need(const struct door *door, size_t count)
{
	if (door->count < count)
		refuse("words are missing", door->words[0]);
}

static void take_convenant(struct door *door)
{
	need(door, 2);
	struct buffer document;
	buffer_init(&document, CONVENANT_MAX);
	must(file_read(door->words[1], CONVENANT_MAX, &document), door->words[1]);
	struct problem problem = {0};
	convenant_free(door->convenant);
	door->convenant = NULL;
	if (convenant_load(buffer_view(&document), door->words[1], &door->convenant, &problem) !=
	    RESULT_OK) {
		fprintf(stderr, "%s:%u: %s: %s\n", problem.file, problem.line, problem.field,
			problem.message);
		exit(3);
	}
	buffer_done(&document);
}

// Room for one more and no more, so that a sanitizer sees who reads past the last.
static void *one_more(void *list, size_t count, size_t size)
{
	list = realloc(list, (count + 1) * size);
	if (!list)
		refuse("no memory for", "what was given");
	return list;
}

static void forget(struct door *door)
{
	if (door->feiten) {
		free(door->feiten->wegingen);
		free(door->feiten->toestemmingen);
		free(door->feiten->noden);
	}
	door->feiten = NULL;
	arena_clear(door->arena);
}

static void take_melding(struct door *door)
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

static struct feit *feit_named(const struct door *door)
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

static void take_onbekend(struct door *door)
{
	*feit_named(door) = (struct feit){0};
}

static void take_feit(struct door *door)
{
	struct feit *feit = feit_named(door);
	for (size_t i = 3; i < door->count; i++)
		feit_add(feit, bytes_of_text(door->words[i]));
}

static void take_weging(struct door *door)
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

static void take_toestemming(struct door *door)
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

static void take_nood(struct door *door)
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

static void take_regime(struct door *door)
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

static void print_beslissing(const struct door *door, const struct beslissing *beslissing)
{
	static const char *const oordelen[] = {"geweigerd", "wacht", "verstrekt"};
	printf("{\"oordeel\":\"%s\",\"regels\":[", oordelen[beslissing->oordeel]);
	for (size_t i = 0; i < beslissing->regel_count; i++)
		printf("%s\"%s\"", i ? "," : "",
		       convenant_regel(door->convenant, beslissing->regels[i])->regel);
	const struct weging_eis *eis =
		beslissing->wacht_op_weging < 0
			? NULL
			: convenant_weging(door->convenant, (size_t)beslissing->wacht_op_weging);
	printf("],\"weging\":\"%s\",\"onder\":[", eis ? eis->regel : "");
	unsigned onder = beslissing->oordeel == OORDEEL_VERSTREKT
				 ? convenant_regimes(door->convenant, beslissing->regels,
						     beslissing->regel_count)
				 : UINT8_MAX;
	const char *before = "";
	for (unsigned regime = REGIME_AVG; onder != UINT8_MAX && regime <= REGIME_WMO_VT; regime++)
		if (onder >> regime & 1) {
			printf("%s\"%s\"", before, regime_name(regime));
			before = ",";
		}
	puts("]}");
}

static struct vraag vraag_of(const struct door *door)
{
	need(door, 5);
	struct vraag vraag = {
		.ontvanger.oin = oin_of(door->words[1]),
		.rubriek = rubriek_of(door->words[3]),
		.betrokkene = (uint32_t)number(door->words[4]),
	};
	snprintf(vraag.ontvanger.functie, sizeof vraag.ontvanger.functie, "%s", door->words[2]);
	return vraag;
}

static void answer_vraag(struct door *door)
{
	struct vraag vraag = vraag_of(door);
	struct beslissing beslissing;
	convenant_decide(door->convenant, door->feiten, &vraag, &beslissing);
	print_beslissing(door, &beslissing);
}

static void answer_uitleg(struct door *door)
{
	struct vraag vraag = vraag_of(door);
	struct uitleg uitleg;
	convenant_explain(door->convenant, door->feiten, &vraag, &uitleg);
	puts(uitleg.regel < 0 ? "-"
			      : convenant_regel(door->convenant, (size_t)uitleg.regel)->regel);
}

static void answer_agenda(struct door *door)
{
	need(door, 3);
	size_t n = 0, count = convenant_overleg_count(door->convenant);
	while (n < count &&
	       strcmp(convenant_overleg(door->convenant, n)->overleg, door->words[1]) != 0)
		n++;
	struct beslissing beslissing;
	convenant_decide_agenda(door->convenant, door->feiten, n, (uint32_t)number(door->words[2]),
				&beslissing);
	print_beslissing(door, &beslissing);
}

static enum result print_given(void *context, size_t ontvanger, const struct plaats *plaats,
			       const struct beslissing *beslissing)
{
	const struct door *door = context;
	printf("%zu %u %u ", ontvanger, plaats->rubriek, plaats->betrokkene);
	print_beslissing(door, beslissing);
	return RESULT_OK;
}

static void answer_ronde(struct door *door)
{
	need(door, 2);
	struct plaats *plaatsen = NULL;
	size_t count = 0;
	for (char *rest = door->words[1], *name; (name = next_word(&rest, ','));)
		for (uint32_t b = 0; b <= door->feiten->betrokkenen; b++) {
			plaatsen = one_more(plaatsen, count, sizeof *plaatsen);
			plaatsen[count++] = (struct plaats){b, rubriek_of(name)};
		}
	struct beslissing_visitor visitor = {.context = door, .visit = print_given};
	must(convenant_decide_all(door->convenant, door->feiten, plaatsen, count, &visitor),
	     "a round");
	must(convenant_agenda_all(door->convenant, door->feiten, &visitor), "the agendas");
	free(plaatsen);
	puts("");
}

static void answer_geldt(struct door *door)
{
	puts(convenant_concerns(door->convenant, door->feiten) ? "ja" : "nee");
}

static const struct line {
	const char *word;
	void (*take)(struct door *door);
} lines[] = {
	{"convenant", take_convenant}, {"melding", take_melding}, {"onbekend", take_onbekend},
	{"feit", take_feit},           {"weging", take_weging},   {"toestemming", take_toestemming},
	{"nood", take_nood},           {"regime", take_regime},   {"vraag", answer_vraag},
	{"uitleg", answer_uitleg},     {"agenda", answer_agenda}, {"ronde", answer_ronde},
	{"geldt", answer_geldt},
};

// The words live in the arena of the melding they belong to: facts point to them.
static void take(struct door *door, struct bytes line)
{
	if (line.len > 8 && memcmp(line.data, "melding ", 8) == 0)
		forget(door);
	char *text = arena_text(door->arena, line);
	if (!text)
		refuse("no memory", "a line");
	door->count = 0;
	for (char *word; (word = next_word(&text, ' '));) {
		if (door->count == WORDS_MAX)
			refuse("too many words", door->words[0]);
		door->words[door->count++] = word;
	}
	if (!door->count)
		return;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		if (strcmp(lines[i].word, door->words[0]) == 0) {
			if (i >= 2 && !door->feiten)
				refuse("no melding for", door->words[0]);
			lines[i].take(door);
			return;
		}
	refuse("no such line", door->words[0]);
}

int main(void)
{
	struct door door = {0};
	must(arena_new(ARENA_BYTES, &door.arena), "memory");
	char *line = NULL;
	size_t room = 0;
	for (ssize_t len; (len = getline(&line, &room, stdin)) > 0;)
		take(&door, bytes_make(line, (size_t)len - (line[len - 1] == '\n')));
	free(line);
	forget(&door);
	convenant_free(door.convenant);
	arena_free(door.arena);
	return fflush(stdout) ? 1 : 0;
}

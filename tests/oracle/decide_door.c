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
//   dimensie ATTRIBUUT BETROKKENE            a fact in which cases differ
//   klasse WAARDE…                           what it is in some of them; "?": not known
//   gevallen vraag … | agenda …   answers: two characters for each case, the last dimensie turning
//                                 first; then how many different answers those are, and a line
//                                 for each, of "!!" and what comes after it
#include "door.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

// What is asked: of an ontvanger, or of an overleg.
struct asked {
	bool agenda;
	struct vraag vraag;
	size_t overleg;
};

static struct asked asked_of(const struct door *door)
{
	if (strcmp(door->words[0], "vraag") == 0)
		return (struct asked){.vraag = vraag_of(door)};
	need(door, 3);
	size_t n = 0, count = convenant_overleg_count(door->convenant);
	while (n < count &&
	       strcmp(convenant_overleg(door->convenant, n)->overleg, door->words[1]) != 0)
		n++;
	return (struct asked){true, {.betrokkene = (uint32_t)number(door->words[2])}, n};
}

// A decision that does not set what it rests on must not find it set by the one before it: small
// numbers where its own will lie, none of which is a pointer and each of which names something.
static void __attribute__((noinline)) soil_stack(void)
{
	uint64_t words[SOILED_WORDS];
	for (size_t i = 0; i < SOILED_WORDS; i++)
		words[i] = 1;
	__asm__ volatile("" : : "r"(words) : "memory");
}

static void decide(const struct door *door, const struct asked *asked,
		   struct beslissing *ret_beslissing)
{
	if (asked->agenda)
		convenant_decide_agenda(door->convenant, door->feiten, asked->overleg,
					asked->vraag.betrokkene, ret_beslissing);
	else
		convenant_decide(door->convenant, door->feiten, &asked->vraag, ret_beslissing);
}

static void answer_one(struct door *door)
{
	struct beslissing beslissing;
	const struct asked asked = asked_of(door);
	soil_stack();
	decide(door, &asked, &beslissing);
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

// ---- every case ------------------------------------------------------------------------------

static void take_dimensie(struct door *door)
{
	struct feit *klassen = arena_alloc(door->arena, KLASSEN_MAX * sizeof *klassen);
	if (!klassen || door->dimensie_count == DIMENSIES_MAX)
		refuse("too many", door->words[0]);
	door->dimensies[door->dimensie_count++] =
		(struct dimensie){.feit = feit_named(door), .klassen = klassen};
}

static void take_klasse(struct door *door)
{
	struct dimensie *dimensie =
		door->dimensie_count ? &door->dimensies[door->dimensie_count - 1] : NULL;
	if (!dimensie || dimensie->count == KLASSEN_MAX)
		refuse("no room for", door->words[0]);
	struct feit *feit = &dimensie->klassen[dimensie->count++];
	bool known = door->count == 1 || strcmp(door->words[1], "?") != 0;
	*feit = (struct feit){.bekend = known};
	for (size_t i = 1; known && i < door->count; i++)
		feit_add(feit, bytes_of_text(door->words[i]));
}

// False after the last one; then all are the first again.
static bool next_case(struct door *door)
{
	for (size_t d = door->dimensie_count; d-- > 0;) {
		struct dimensie *dimensie = &door->dimensies[d];
		dimensie->at = (dimensie->at + 1) % dimensie->count;
		*dimensie->feit = dimensie->klassen[dimensie->at];
		if (dimensie->at > 0)
			return true;
	}
	return false;
}

static size_t place_among(struct beslissing *seen, size_t *count, const struct beslissing *one)
{
	size_t n = 0;
	while (n < *count &&
	       (seen[n].oordeel != one->oordeel ||
		seen[n].wacht_op_weging != one->wacht_op_weging ||
		seen[n].regel_count != one->regel_count ||
		memcmp(seen[n].regels, one->regels, one->regel_count * sizeof *one->regels) != 0))
		n++;
	if (n == ANSWERS_MAX)
		refuse("too many different answers", "gevallen");
	if (n == *count)
		seen[(*count)++] = *one;
	return n;
}

static void answer_gevallen(struct door *door)
{
	static struct beslissing seen[ANSWERS_MAX];
	size_t count = 0;
	need(door, 2);
	memmove(door->words, door->words + 1, --door->count * sizeof *door->words);
	const struct asked asked = asked_of(door);
	for (size_t d = 0; d < door->dimensie_count; d++)
		*door->dimensies[d].feit = door->dimensies[d].klassen[0];
	do {
		struct beslissing beslissing;
		decide(door, &asked, &beslissing);
		size_t place = place_among(seen, &count, &beslissing);
		putchar('!' + (int)(place / DIGITS));
		putchar('!' + (int)(place % DIGITS));
	} while (next_case(door));
	printf("\n%zu\n", count);
	for (size_t n = 0; n < count; n++)
		print_beslissing(door, &seen[n]);
}

static void answer_geldt(struct door *door)
{
	puts(convenant_concerns(door->convenant, door->feiten) ? "ja" : "nee");
}

static const struct line {
	const char *word;
	void (*take)(struct door *door);
} lines[] = {
	{"convenant", take_convenant}, {"melding", take_melding},
	{"onbekend", take_onbekend},   {"feit", take_feit},
	{"weging", take_weging},       {"toestemming", take_toestemming},
	{"nood", take_nood},           {"regime", take_regime},
	{"vraag", answer_one},         {"uitleg", answer_uitleg},
	{"agenda", answer_one},        {"ronde", answer_ronde},
	{"geldt", answer_geldt},       {"dimensie", take_dimensie},
	{"klasse", take_klasse},       {"gevallen", answer_gevallen},
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

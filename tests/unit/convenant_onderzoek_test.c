// SPDX-License-Identifier: EUPL-1.2
// Everything about all meldingen: what random cases find, the enumeration must know of; and faults
// planted in a convenant must be found.
#include "tests/unit/convenant_world.h"

#include "convenant/onderzoek.h"

#ifdef KNP_SANITIZED
#define ROUNDS 60
#else
#define ROUNDS 400
#endif

static const struct regel_bereik *regel_of(const struct bereik *bereik, uint16_t regel)
{
	for (size_t i = 0; i < bereik->regel_count; i++) {
		if (bereik->regels[i].regel == regel)
			return &bereik->regels[i];
	}
	fail_msg("regel %u is not of this cell", regel);
	return NULL;
}

// One cell with what was enumerated, held against a random case.
struct cell {
	struct vakje vakje;
	struct bereik bereik;
	size_t given, reasons;
};

static void hold_against(const struct world *world, struct cell *cell)
{
	for (uint32_t b = 0; b <= 4; b++) {
		struct beslissing found;
		if (cell->vakje.overleg >= 0) {
			convenant_decide_agenda(world->convenant, world->feiten,
						(size_t)cell->vakje.overleg, b, &found);
		} else {
			const struct ontvanger *ontvangers;
			convenant_ontvangers(world->convenant, &ontvangers);
			struct vraag vraag = {ontvangers[cell->vakje.ontvanger], b,
					      cell->vakje.rubriek};
			convenant_decide(world->convenant, world->feiten, &vraag, &found);
		}
		if (found.oordeel == OORDEEL_VERSTREKT && cell->bereik.gegeven == 0)
			fail_msg("%s %s is called never, but was given",
				 vakje_ontvanger(world->convenant, &cell->vakje),
				 vakje_rubriek(world->convenant, &cell->vakje));
		if (found.oordeel == OORDEEL_WACHT)
			assert_true(cell->bereik.wacht > 0);
		cell->given += found.oordeel == OORDEEL_VERSTREKT;
		for (size_t i = 0; found.oordeel != OORDEEL_WACHT && i < found.regel_count; i++) {
			const struct regel_bereik *regel = regel_of(&cell->bereik, found.regels[i]);
			assert_true(regel->holds > 0);
			if (found.oordeel == OORDEEL_VERSTREKT)
				assert_true(regel->decides > 0);
			cell->reasons++;
		}
	}
}

static size_t list_cells(const struct convenant *convenant, struct cell **ret_cells)
{
	struct vakje vakje;
	size_t count = 0;
	*ret_cells = calloc(400, sizeof **ret_cells);
	for (size_t n = 0; convenant_next_vakje(convenant, &n, &vakje); count++) {
		assert_true(count < 400);
		(*ret_cells)[count].vakje = vakje;
		assert_int_equal(convenant_reach(convenant, &vakje, &(*ret_cells)[count].bereik),
				 RESULT_OK);
		assert_true((*ret_cells)[count].bereik.gevallen > 0);
	}
	return count;
}

static void what_happens_is_within_reach(const char *path)
{
	struct world world = {.convenant = case_load(path), .feiten = case_feiten(0)};
	struct cell *cells;
	size_t count = list_cells(world.convenant, &cells), given = 0, reasons = 0;
	for (size_t round = 0; round < ROUNDS; round++) {
		fill_world(&world);
		for (size_t i = 0; i < count; i++)
			hold_against(&world, &cells[i]);
	}
	for (size_t i = 0; i < count; i++) {
		given += cells[i].given;
		reasons += cells[i].reasons;
	}
	assert_true(given > 50 && reasons > given);
	free(cells);
	free(world.feiten);
	convenant_free(world.convenant);
}

static void what_random_cases_give_is_never_called_never(void **state)
{
	(void)state;
	what_happens_is_within_reach(KLEIN);
	what_happens_is_within_reach(SOORTEN);
	what_happens_is_within_reach(VOORBEELD);
}

static bool reaches(const struct convenant *convenant, const char *ontvanger, const char *rubriek,
		    struct bereik *ret)
{
	struct vakje vakje;
	for (size_t n = 0; convenant_next_vakje(convenant, &n, &vakje);) {
		if (strcmp(vakje_ontvanger(convenant, &vakje), ontvanger) != 0 ||
		    strcmp(vakje_rubriek(convenant, &vakje), rubriek) != 0)
			continue;
		assert_int_equal(convenant_reach(convenant, &vakje, ret), RESULT_OK);
		return true;
	}
	return false;
}

static void never_is_told_from_sometimes_with_an_example(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(KLEIN);
	struct bereik bereik;
	assert_true(reaches(convenant, "huis/regisseur", "melder", &bereik) == false);
	assert_true(reaches(convenant, "stad/oov", "melder", &bereik));
	assert_int_equal(bereik.gegeven + bereik.wacht, 0);
	assert_true(reaches(convenant, "stad/oov", "incident", &bereik));
	assert_true(bereik.gegeven > 0);
	assert_non_null(strstr(bereik.voorbeeld, "gemeente: GM1883"));
	assert_non_null(strstr(bereik.voorbeeld, "thema: overlast"));
	// thema: with it, without, none or unknown; gemeente: three; days: three; sender: two; ...
	assert_true(bereik.gevallen >= 100);
	assert_false(reaches(convenant, "stad/oov", "bsn", &bereik));
	convenant_free(convenant);
}

// ---- check ---------------------------------------------------------------------------------

struct findings {
	const struct convenant *convenant;
	char text[20000];
};

static enum result write_finding(void *context, const struct bevinding *bevinding)
{
	static const char *const names[] = {"nooit",     "gedekt",       "tegenspraak",
					    "overbodig", "niet-bewezen", "zonder-uitkomst",
					    "te-groot"};
	struct findings *findings = context;
	size_t used = strlen(findings->text);
	const char *regel =
		bevinding->regel >= 0
			? convenant_regel(findings->convenant, (size_t)bevinding->regel)->regel
			: "-";
	assert_true(bevinding->melding[0] || bevinding->soort == BEVINDING_TE_GROOT);
	snprintf(findings->text + used, sizeof findings->text - used, "%s %s %s [%s]\n",
		 names[bevinding->soort], regel, bevinding->where, bevinding->melding);
	return RESULT_OK;
}

static void check(const struct convenant *convenant, struct findings *findings)
{
	struct bevinding_visitor visitor = {findings, write_finding};
	findings->text[0] = '\0';
	findings->convenant = convenant;
	assert_int_equal(convenant_check(convenant, &visitor), RESULT_OK);
}

#define REGEL(name, body)                                                                          \
	"  - {regel: " name ", convenantartikel: \"1\", herkomst: \"papier: «woorden»\", " body    \
	", doel: d, grondslag: [g]}\n"
#define AAN_WMO "verstrek: {aan: {partij: stad, functie: wmo}, rubrieken: bsn}"

static struct convenant *load_with(const char *regels)
{
	char *text = case_read(KLEIN);
	char *at = strstr(text, "regels:\n");
	char *whole = malloc(strlen(text) + strlen(regels) + 16);
	if (!whole)
		abort();
	snprintf(whole, strlen(text) + strlen(regels) + 16, "%.*sregels:\n%s", (int)(at - text),
		 text, regels);
	struct convenant *convenant = case_load_text(whole);
	free(whole);
	free(text);
	return convenant;
}

static void faults_that_are_planted_are_found(void **state)
{
	(void)state;
	static const struct {
		const char *regels, *found;
	} cases[] = {
		{REGEL("a", "als: {soort: politie}, " AAN_WMO)
			 REGEL("b", "als: {soort: politie, thema: jeugd}, " AAN_WMO),
		 "gedekt b "},
		{REGEL("a", "als: {soort: politie}, " AAN_WMO)
			 REGEL("b", "als: {soort: [wth, politie]}, verbied: {aan: iedereen, "
				    "rubrieken: bsn}"),
		 "tegenspraak a stad/wmo bsn [bron: huis; soort: politie"},
		{REGEL("a", "als: {soort: wth}, laag: thema, " AAN_WMO)
			 REGEL("b", "als: {soort: [wth, politie]}, laag: compartiment, "
				    "in_plaats_van: a, " AAN_WMO),
		 ": b gaat voor]"},
		{REGEL("a", "verbied: {aan: iedereen, rubrieken: bsn}"), "overbodig a "},
		{REGEL("a", "als: {soort: wth}, " AAN_WMO),
		 "niet-bewezen - line 33: regel a, soort [bron: huis; soort: wth"},
		{REGEL("a", "als: {soort: wth}, " AAN_WMO), "zonder-uitkomst -  [soort: politie]"},
		{REGEL("a", "als: {soort: politie, thema: jeugd, bron.soort: ggz}, " AAN_WMO),
		 "zonder-uitkomst -  [soort: politie; bron.soort: gemeente]"},
		{REGEL("a", "als: {soort: politie, thema: jeugd, bron.soort: ggz}, " AAN_WMO),
		 "zonder-uitkomst -  [soort: politie; bron.soort: ggz; thema: huiselijk-geweld "
		 "of "},
	};
	struct findings *findings = calloc(1, sizeof *findings);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct convenant *convenant = load_with(cases[i].regels);
		check(convenant, findings);
		if (!strstr(findings->text, cases[i].found))
			fail_msg("%s: not found in\n%s", cases[i].found, findings->text);
		convenant_free(convenant);
	}
	free(findings);
}

static void a_convenant_that_is_in_order_has_nothing_to_mend(void **state)
{
	(void)state;
	static const char *const paths[] = {VOORBEELD, SOORTEN};
	static const char *const faults[] = {"nooit ", "gedekt ", "tegenspraak ", "niet-bewezen ",
					     "te-groot "};
	struct findings *findings = calloc(1, sizeof *findings);
	for (size_t p = 0; p < COUNT_OF(paths); p++) {
		struct convenant *convenant = case_load(paths[p]);
		check(convenant, findings);
		for (size_t i = 0; i < COUNT_OF(faults); i++) {
			if (strstr(findings->text, faults[i]))
				fail_msg("%s", findings->text);
		}
		convenant_free(convenant);
	}
	free(findings);
}

// Each class of a value has a convenant that only it gives under.
static void no_class_of_values_is_passed_over(void **state)
{
	(void)state;
	static const struct {
		const char *regels, *melding;
	} cases[] = {
		// known to be none: neither bound holds
		{REGEL("a", AAN_WMO) REGEL("b", "als: {eerder.30: {minstens: 1}}, verbied: {aan: "
						"iedereen, rubrieken: bsn}")
			 REGEL("c", "als: {eerder.30: {hoogstens: 0}}, verbied: {aan: iedereen, "
				    "rubrieken: bsn}"),
		 "eerder.30: geen"},
		// between two bounds
		{REGEL("a", "als: {eerder.30: {minstens: 5, hoogstens: 5}}, " AAN_WMO),
		 "eerder.30: 5"},
		// beyond the upper bound of what forbids
		{REGEL("a", "als: {eerder.30: {minstens: 0}}, " AAN_WMO)
			 REGEL("b", "als: {eerder.30: {hoogstens: 5}}, verbied: {aan: iedereen, "
				    "rubrieken: bsn}"),
		 "eerder.30: 6"},
		// two values at once
		{REGEL("a", "als: {thema: jeugd}, " AAN_WMO)
			 REGEL("b", "als: {thema: {niet: stalking}}, verbied: {aan: iedereen, "
				    "rubrieken: bsn}"),
		 "thema: "},
		// another functie of the ontvanger's own partij
		{REGEL("a", "als: {bron: stad}, " AAN_WMO), "bron: stad (een andere functie)"},
		// a stranger's soort
		{REGEL("a", "als: {bron.soort: riec}, " AAN_WMO), "bron.soort: riec (geen partij)"},
		// the last day
		{REGEL("a", "tot: 2026-01-31, van: 2026-01-31, " AAN_WMO), "op: 2026-01-31"},
		// one weging with one of two outcomes
		{REGEL("a", "vereis: {weging: {door: regisseur, uitkomst: x, binnen: P1D}}, "
			    "verstrek: {aan: {partij: dorp, functie: wmo}, rubrieken: bsn}")
			 REGEL("b", "vereis: {weging: {dezelfde_als: a, uitkomst: y}}, " AAN_WMO),
		 "weging a: y"},
		{REGEL("a", "als: {regie: stad/wmo}, " AAN_WMO)
			 REGEL("b", "verbied: {aan: {rol: casusregie}, rubrieken: bsn}"),
		 "regie: stad/wmo"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct convenant *convenant = load_with(cases[i].regels);
		struct bereik bereik;
		assert_true(reaches(convenant, "stad/wmo", "bsn", &bereik));
		if (bereik.gegeven == 0 || !strstr(bereik.voorbeeld, cases[i].melding))
			fail_msg("%s: %s", cases[i].melding, bereik.voorbeeld);
		assert_true(bereik.gegeven < bereik.gevallen);
		convenant_free(convenant);
	}
}

// ---- diff ----------------------------------------------------------------------------------

struct differences {
	size_t cells, ruimer, enger;
	char last[200];
};

static enum result count_difference(void *context, const struct verschil *verschil)
{
	struct differences *differences = context;
	differences->cells++;
	differences->ruimer += verschil->ruimer > 0;
	differences->enger += verschil->enger > 0;
	assert_true(verschil->gevallen >= verschil->ruimer + verschil->enger);
	assert_true(verschil->melding[0] && verschil->van != verschil->naar);
	snprintf(differences->last, sizeof differences->last, "%s %s", verschil->ontvanger,
		 verschil->rubriek);
	return RESULT_OK;
}

static struct differences differ(const char *from, const char *to)
{
	struct convenant *a = load_with(from), *b = load_with(to);
	struct differences ret = {0};
	struct verschil_visitor visitor = {&ret, count_difference};
	assert_int_equal(convenant_diff(a, b, &visitor), RESULT_OK);
	convenant_free(a);
	convenant_free(b);
	return ret;
}

static void a_difference_is_found_where_it_is_and_nowhere_else(void **state)
{
	(void)state;
	const char *base = REGEL("a", "als: {soort: wth}, " AAN_WMO);
	struct differences d = differ(base, base);
	assert_int_equal(d.cells, 0);
	// The same in other words, and in another order.
	d = differ(base, REGEL("c", "als: {soort: wth, rol: kind}, " AAN_WMO)
				 REGEL("b", "als: {soort: wth}, " AAN_WMO));
	assert_int_equal(d.cells, 0);
	d = differ(base, REGEL("a", "als: {soort: [wth, politie]}, " AAN_WMO));
	assert_int_equal(d.cells, 1);
	assert_int_equal(d.ruimer, 1);
	assert_int_equal(d.enger, 0);
	assert_string_equal(d.last, "stad/wmo bsn");
	d = differ(base, REGEL("a", "als: {soort: wth, minderjarig: nee}, " AAN_WMO));
	assert_int_equal(d.enger, 1);
	d = differ(base, REGEL("x", "als: {soort: wth}, verstrek: {aan: {partij: dorp, functie: "
				    "wmo}, rubrieken: bsn}"));
	assert_int_equal(d.cells, 2);
	assert_int_equal(d.ruimer, 1);
	assert_int_equal(d.enger, 1);
	d = differ(base, REGEL("a", "als: {soort: wth}, " AAN_WMO)
				 REGEL("t", "agendeer: {overleg: tafel}"));
	assert_string_equal(d.last, "agenda tafel");
}

static void conditions_read_as_one_line(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(SOORTEN);
	static const struct {
		const char *regel, *text;
	} cases[] = {
		{"c-uitzondering",
		 "woongemeente: GM0971; strafrecht: nee; tenzij d-haast voorgaat; "
		 "overdracht binnen 5 werkdagen"},
		{"b-geheim", "regime: wgbo of jeugdwet; zonder toestemming of meldrecht van "
			     "betrokkene of vertegenwoordiger voor screening"},
		{"d-haast", "urgentie: dringend; gemeente verblijf of rol indiener of rol regie"},
		{"e-nood", "regime: avg of wpg; nood, geactiveerd door regisseur voor hoogstens 30 "
			   "minuten"},
		{"h-weging", "leeftijd: hoogstens 15; zonder weging delen door regisseur"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct buffer text;
		size_t n;
		buffer_init(&text, 1000);
		assert_int_equal(
			convenant_regel_named(convenant, bytes_of_text(cases[i].regel), &n),
			RESULT_OK);
		convenant_conditions(convenant, n, -1, &text);
		buffer_append(&text, bytes_make("", 1));
		assert_string_equal((const char *)text.data, cases[i].text);
		buffer_done(&text);
	}
	convenant_free(convenant);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_random_cases_give_is_never_called_never),
		cmocka_unit_test(never_is_told_from_sometimes_with_an_example),
		cmocka_unit_test(faults_that_are_planted_are_found),
		cmocka_unit_test(a_convenant_that_is_in_order_has_nothing_to_mend),
		cmocka_unit_test(no_class_of_values_is_passed_over),
		cmocka_unit_test(a_difference_is_found_where_it_is_and_nowhere_else),
		cmocka_unit_test(conditions_read_as_one_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

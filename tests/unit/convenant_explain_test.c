// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/convenant_case.h"

struct world {
	struct convenant *convenant;
	struct feiten *feiten;
};

static int setup(void **state)
{
	struct world *world = calloc(1, sizeof *world);
	if (!world)
		return -1;
	world->convenant = case_load(KLEIN);
	world->feiten = case_feiten(1);
	case_say_all_none(world->feiten);
	case_say(world->feiten, "soort", 0, "politie");
	case_say(world->feiten, "rol", 1, "slachtoffer");
	case_say(world->feiten, "minderjarig", 1, "nee");
	case_say(world->feiten, "afgeschermd", 1, "nee");
	case_say(world->feiten, "woongemeente", 1, "GM1883");
	case_say(world->feiten, "eerder.30", 1, "2");
	world->feiten->oefening = true;
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;
	convenant_free(world->convenant);
	free(world->feiten);
	free(world);
	return 0;
}

// regel NULL: none.
static void explains(const struct world *world, const char *ontvanger, const char *rubriek,
		     const char *regel, const char *test)
{
	const struct rubriek_row *row = rubriek_row_named(bytes_of_text(rubriek));
	uint32_t betrokkene = row->of_betrokkene && world->feiten->betrokkenen ? 1 : 0;
	struct vraag vraag = case_vraag(world->convenant, ontvanger, betrokkene, rubriek);
	struct uitleg uitleg = {.regel = 99};
	convenant_explain(world->convenant, world->feiten, &vraag, &uitleg);
	assert_string_equal(uitleg.test, test);
	const struct regel_text *found =
		uitleg.regel < 0 ? NULL : convenant_regel(world->convenant, (size_t)uitleg.regel);
	assert_string_equal(found ? found->regel : "", regel ? regel : "");
	// The failing test of a fact begins with the name of its attribute.
	const struct attribuut_row *attribuut = attribuut_row(uitleg.attribuut);
	if (attribuut)
		assert_memory_equal(uitleg.test, attribuut->name, strlen(attribuut->name));
}

static void what_was_given_names_the_regel_that_gave_it(void **state)
{
	explains(*state, "politie/wijk", "identificatie", "b-volwassen", "");
}

static void a_refusal_names_the_first_test_that_does_not_hold(void **state)
{
	const struct world *world = *state;
	case_say(world->feiten, "minderjarig", 1, "ja");
	explains(world, "politie/wijk", "identificatie", "b-volwassen",
		 "minderjarig: ja, gevraagd nee");
	case_say(world->feiten, "soort", 0, "wth");
	explains(world, "politie/wijk", "identificatie", "b-volwassen",
		 "soort: wth, gevraagd partner of politie");
	feit_set_none(case_feit(world->feiten, "soort", 0));
	explains(world, "politie/wijk", "identificatie", "b-volwassen",
		 "soort: geen, gevraagd partner of politie");
	case_say(world->feiten, "soort", 0, "politie");
	case_say(world->feiten, "rol", 1, "getuige");
	explains(world, "politie/wijk", "identificatie", "b-volwassen",
		 "rol: getuige, gevraagd niet getuige of kind");
	// What is not known does not refuse; the other test does.
	case_forget(world->feiten, "rol", 1);
	explains(world, "politie/wijk", "identificatie", "b-volwassen",
		 "minderjarig: ja, gevraagd nee");
}

static void a_wait_names_what_it_waits_for(void **state)
{
	const struct world *world = *state;
	explains(world, "stad/wmo", "leefgebieden", "c-woon",
		 "weging door coordinator: nog niet gegeven, gevraagd lokaal");
	case_forget(world->feiten, "minderjarig", 1);
	explains(world, "politie/wijk", "identificatie", "b-volwassen",
		 "minderjarig: niet bekend, gevraagd nee");
	case_say(world->feiten, "minderjarig", 1, "nee");
	case_forget(world->feiten, "afgeschermd", 1);
	explains(world, "politie/wijk", "identificatie", "f-adres",
		 "afgeschermd: niet bekend, gevraagd ja");
}

static void numbers_wegingen_and_gemeenten_are_named_too(void **state)
{
	const struct world *world = *state;
	case_say(world->feiten, "eerder.30", 1, "0");
	explains(world, "stad/wmo", "leefgebieden", "c-woon", "eerder.30: 0, gevraagd minstens 1");
	case_say(world->feiten, "eerder.30", 1, "7");
	explains(world, "stad/wmo", "leefgebieden", "c-woon", "eerder.30: 7, gevraagd hoogstens 3");
	case_say(world->feiten, "eerder.30", 1, "2");
	explains(world, "dorp/wmo", "leefgebieden", "c-woon",
		 "woongemeente: GM1883, gevraagd GM0971 (van de ontvanger)");
	struct weging_feit weging = {.regel = LITERAL("c-woon"), .uitkomst = LITERAL("regie")};
	world->feiten->wegingen = &weging;
	world->feiten->weging_count = 1;
	explains(world, "stad/wmo", "leefgebieden", "c-woon",
		 "weging door coordinator: een andere uitkomst, gevraagd lokaal");
}

static void days_outside_the_term_of_a_regel_are_named(void **state)
{
	const struct world *world = *state;
	case_say(world->feiten, "thema", 0, "overlast");
	world->feiten->now = 0;
	explains(world, "dorp/wmo", "incident", "e-incident", "de regel geldt vanaf 2026-01-01");
	world->feiten->now = 80 * 365 * MS_PER_DAY;
	explains(world, "dorp/wmo", "incident", "e-incident",
		 "de regel geldt tot en met 2027-12-31");
}

static void a_verbied_is_named_as_such(void **state)
{
	const struct world *world = *state;
	case_say(world->feiten, "afgeschermd", 1, "ja");
	explains(world, "politie/wijk", "identificatie", "f-adres", "verboden door deze regel");
}

static void where_no_regel_is_looked_at_it_says_why(void **state)
{
	const struct world *world = *state;
	explains(world, "politie/wijk", "gezondheid", NULL,
		 "geen regel noemt deze ontvanger met deze rubriek");
	explains(world, "politie/balie", "identificatie", NULL,
		 "de ontvanger staat niet in dit convenant");
	world->feiten->bron = case_partij(world->convenant, "politie")->oin;
	explains(world, "politie/wijk", "identificatie", NULL,
		 "de ontvanger heeft dit zelf gemeld");
	world->feiten->bron = (struct oin){0};
	world->feiten->oefening = false;
	explains(world, "zorg/behandeling", "identificatie", NULL,
		 "de partij heeft het convenant niet getekend");
	world->feiten->betrokkenen = 0;
	explains(world, "politie/wijk", "identificatie", NULL,
		 "de melding heeft deze betrokkene of rubriek niet");
	explains(world, "politie/wijk", "incident", "b-volwassen",
		 "rol: geen betrokkene, gevraagd niet getuige of kind");
}

static void of_several_regels_the_nearest_is_named(void **state)
{
	const struct world *world = *state;
	// Of d-huis and of b-later no test holds; d-huis has fewer.
	case_say(world->feiten, "eerder.30", 1, "0");
	explains(world, "huis/coordinator", "identificatie", "d-huis",
		 "eerder.30: 0, gevraagd minstens 1");
	// One of the three of b-later holds.
	case_say(world->feiten, "soort", 0, "wth");
	explains(world, "huis/coordinator", "identificatie", "b-later",
		 "strafrecht: geen, gevraagd ja");
	case_say(world->feiten, "soort", 0, "politie");
	// The betrokkene with whom it came nearest speaks for the incident.
	world->feiten->betrokkenen = 2;
	case_say(world->feiten, "rol", 2, "kind");
	case_say(world->feiten, "minderjarig", 2, "ja");
	case_say(world->feiten, "minderjarig", 1, "ja");
	explains(world, "politie/wijk", "incident", "b-volwassen", "minderjarig: ja, gevraagd nee");
}

// Of the incident and two betrokkenen: of the first nothing is known, the second is an adult.
#define TWO_GROEPEN                                                                                \
	"convenant: twee\nversie: \"1\"\nstatus: proef\nhuis: huis\ndoel: d\ncontactpunt: n\n"     \
	"wpg20: {zwaarwegend_belang: x, samenwerkingsverband: x, doel: x, gegevens: x, "           \
	"voorwaarden: x, ontvangers: x}\nbewaar: {inhoud: P6M, verantwoording: P5Y}\npartijen:\n"  \
	"  - {partij: huis, naam: H, oin: \"00000099000000000001\", soort: veiligheidshuis, "      \
	"functies: [regisseur], getekend: nee}\nregels:\n"                                         \
	"  - {regel: b-een, convenantartikel: 1, herkomst: \"papier: «x»\", "                    \
	"als: {minderjarig: {niet: nee}}, meld: {aan: {rol: regie}}, doel: d, "                    \
	"grondslag: [wgs-zvh]}\n"                                                                  \
	"  - {regel: a-twee, convenantartikel: 1, herkomst: \"papier: «x»\", "                   \
	"als: {rol: {niet: verdachte}, minderjarig: ja}, "                                         \
	"meld: {aan: [{rol: regie}, {rol: inbrenger}]}, doel: d, grondslag: [wgs-zvh]}\n"

// A regel that waits by one of its groepen is a reason; what stopped it is told of the groep and
// the betrokkene by which it came nearest, also where those alone do not wait.
static void of_a_reason_every_groep_is_looked_at(void **state)
{
	struct world world = {.convenant = case_load_text(TWO_GROEPEN), .feiten = case_feiten(2)};
	(void)state;
	case_say_all_none(world.feiten);
	world.feiten->oefening = true;
	case_say(world.feiten, "regie", 1, "huis/regisseur");
	case_forget(world.feiten, "minderjarig", 1);
	case_forget(world.feiten, "rol", 1);
	case_say(world.feiten, "inbrenger", 2, "huis/regisseur");
	case_say(world.feiten, "minderjarig", 2, "nee");
	case_say(world.feiten, "rol", 2, "betrokkene");
	struct vraag vraag = case_vraag(world.convenant, "huis/regisseur", 0, "incident");
	struct uitleg uitleg;
	vraag.rubriek = RUBRIEK_BERICHT;
	convenant_explain(world.convenant, world.feiten, &vraag, &uitleg);
	assert_string_equal(uitleg.test, "minderjarig: nee, gevraagd ja");
	assert_string_equal(convenant_regel(world.convenant, (size_t)uitleg.regel)->regel,
			    "a-twee");
	convenant_free(world.convenant);
	free(world.feiten);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(what_was_given_names_the_regel_that_gave_it),
		T(a_refusal_names_the_first_test_that_does_not_hold),
		T(a_wait_names_what_it_waits_for),
		T(numbers_wegingen_and_gemeenten_are_named_too),
		T(days_outside_the_term_of_a_regel_are_named),
		T(a_verbied_is_named_as_such),
		T(where_no_regel_is_looked_at_it_says_why),
		T(of_several_regels_the_nearest_is_named),
		T(of_a_reason_every_groep_is_looked_at),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
// What a decision rests on, one sentence at a time, on the small convenant of the fixtures.
#include "tests/unit/convenant_case.h"

struct world {
	struct convenant *convenant;
	struct feiten *feiten;
};

// One adult betrokkene about whom all is known, reported by the police in an oefening.
static int setup(void **state)
{
	struct world *world = calloc(1, sizeof *world);
	if (!world)
		return -1;
	world->convenant = case_load(KLEIN);
	world->feiten = case_feiten(1);
	case_say_all_none(world->feiten);
	case_say(world->feiten, "soort", 0, "partner");
	case_say(world->feiten, "rol", 1, "slachtoffer");
	case_say(world->feiten, "minderjarig", 1, "nee");
	case_say(world->feiten, "afgeschermd", 1, "nee");
	case_say(world->feiten, "eerder.30", 1, "0");
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

static void expect(const struct world *world, const char *ontvanger, uint32_t betrokkene,
		   const char *rubriek, enum oordeel oordeel)
{
	struct beslissing beslissing =
		case_ask(world->convenant, world->feiten, ontvanger, betrokkene, rubriek);
	if (beslissing.oordeel != oordeel)
		fail_msg("%s %u %s: %d", ontvanger, betrokkene, rubriek, (int)beslissing.oordeel);
}

static void reasons(const struct world *world, const char *ontvanger, const char *rubriek,
		    enum oordeel oordeel, const char *expected)
{
	const struct rubriek_row *row = rubriek_row_named(bytes_of_text(rubriek));
	case_expect(
		world->convenant,
		case_ask(world->convenant, world->feiten, ontvanger, row->of_betrokkene, rubriek),
		oordeel, expected);
}

static void what_no_regel_gives_is_refused(void **state)
{
	const struct world *world = *state;
	reasons(world, "politie/wijk", "identificatie", GIVEN, "b-volwassen");
	reasons(world, "politie/wijk", "gezondheid", REFUSED, "");
	reasons(world, "stad/oov", "identificatie", REFUSED, "");
	reasons(world, "huis/regisseur", "bsn", REFUSED, "");
}

static void a_stranger_or_a_place_that_is_not_there_is_refused(void **state)
{
	const struct world *world = *state;
	expect(world, "politie/balie", 1, "identificatie", REFUSED);
	expect(world, "politie/wijk", 0, "identificatie", REFUSED);
	expect(world, "politie/wijk", 2, "identificatie", REFUSED);
	expect(world, "politie/wijk", 17, "identificatie", REFUSED);
	expect(world, "politie/wijk", 33, "identificatie", REFUSED);
	expect(world, "huis/regisseur", 32, "incident", REFUSED);
	expect(world, "politie/wijk", 4000000000u, "identificatie", REFUSED);
	expect(world, "huis/regisseur", 0, "incident", GIVEN);
	expect(world, "huis/regisseur", 1, "incident", REFUSED);
	struct vraag vraag = case_vraag(world->convenant, "politie/wijk", 1, "identificatie");
	struct beslissing beslissing;
	for (uint32_t rubriek = 43; rubriek < 100; rubriek++) {
		vraag.rubriek = rubriek;
		convenant_decide(world->convenant, world->feiten, &vraag, &beslissing);
		assert_int_equal(beslissing.oordeel, OORDEEL_GEWEIGERD);
	}
}

static void a_verbied_wins_over_every_verstrek(void **state)
{
	const struct world *world = *state;
	reasons(world, "huis/regisseur", "identificatie", GIVEN, "a-huis");
	case_say(world->feiten, "afgeschermd", 1, "ja");
	reasons(world, "huis/regisseur", "identificatie", REFUSED, "f-adres");
	reasons(world, "politie/wijk", "identificatie", REFUSED, "f-adres");
	reasons(world, "huis/regisseur", "betrokkenheid", GIVEN, "a-huis");
}

static void a_verbied_that_cannot_be_told_makes_wait(void **state)
{
	const struct world *world = *state;
	case_forget(world->feiten, "afgeschermd", 1);
	reasons(world, "huis/regisseur", "identificatie", WAITS, "f-adres");
	// Nothing waits where nothing would be given.
	reasons(world, "stad/oov", "identificatie", REFUSED, "");
	// Both keep it waiting.
	case_forget(world->feiten, "minderjarig", 1);
	reasons(world, "politie/wijk", "identificatie", WAITS, "b-volwassen f-adres");
}

static void an_exception_to_a_verbied_names_who_may(void **state)
{
	const struct world *world = *state;
	reasons(world, "huis/regisseur", "toelichting", GIVEN, "a-huis");
	case_say(world->feiten, "woongemeente", 1, "GM0971");
	case_say(world->feiten, "eerder.30", 1, "2");
	struct weging_feit weging = {.regel = LITERAL("c-woon"), .uitkomst = LITERAL("lokaal")};
	world->feiten->wegingen = &weging;
	world->feiten->weging_count = 1;
	reasons(world, "dorp/wmo", "leefgebieden", GIVEN, "c-woon");
	reasons(world, "dorp/wmo", "toelichting", REFUSED, "g-tekst");
	case_say(world->feiten, "woongemeente", 1, "GM1883");
	reasons(world, "stad/wmo", "toelichting", GIVEN, "c-woon");
}

static void each_condition_of_a_regel_must_hold(void **state)
{
	const struct world *world = *state;
	static const struct {
		const char *name;
		uint32_t betrokkene;
		const char *waarde;
	} broken[] = {{"soort", 0, "wth"}, {"rol", 1, "kind"}, {"minderjarig", 1, "ja"}};
	for (size_t i = 0; i < COUNT_OF(broken); i++) {
		struct feit *feit = case_feit(world->feiten, broken[i].name, broken[i].betrokkene);
		struct feit before = *feit;
		feit_set(feit, bytes_of_text(broken[i].waarde));
		expect(world, "politie/wijk", 1, "identificatie", REFUSED);
		*feit = before;
		expect(world, "politie/wijk", 1, "identificatie", GIVEN);
	}
}

static void what_cannot_be_told_waits_and_is_never_given(void **state)
{
	const struct world *world = *state;
	case_forget(world->feiten, "minderjarig", 1);
	reasons(world, "politie/wijk", "identificatie", WAITS, "b-volwassen");
	// Another condition that does not hold ends the waiting.
	case_say(world->feiten, "soort", 0, "wth");
	reasons(world, "politie/wijk", "identificatie", REFUSED, "");
}

static void a_fact_known_to_have_no_value_has_no_value_that_is_asked(void **state)
{
	const struct world *world = *state;
	feit_set_none(case_feit(world->feiten, "minderjarig", 1));
	expect(world, "politie/wijk", 1, "identificatie", REFUSED);
	case_say(world->feiten, "minderjarig", 1, "nee");
	feit_set_none(case_feit(world->feiten, "rol", 1));
	// It is no kind and no getuige.
	expect(world, "politie/wijk", 1, "identificatie", GIVEN);
}

static void one_of_several_values_is_enough(void **state)
{
	const struct world *world = *state;
	case_say(world->feiten, "gemeente", 0, "GM1883");
	case_say(world->feiten, "thema", 0, "jeugd");
	expect(world, "stad/oov", 0, "incident", REFUSED);
	feit_add(case_feit(world->feiten, "thema", 0), bytes_of_text("overlast"));
	expect(world, "stad/oov", 0, "incident", GIVEN);
}

static void two_values_where_one_is_expected_cannot_be_told(void **state)
{
	const struct world *world = *state;
	feit_add(case_feit(world->feiten, "minderjarig", 1), bytes_of_text("nee"));
	expect(world, "politie/wijk", 1, "identificatie", WAITS);
}

static void a_number_is_held_against_both_bounds(void **state)
{
	const struct world *world = *state;
	static const struct {
		const char *number;
		enum oordeel oordeel;
	} expected[] = {{"0", REFUSED},        {"1", GIVEN},          {"3", GIVEN},
			{"4", REFUSED},        {"03", GIVEN},         {"", WAITS},
			{"-1", WAITS},         {"2.5", WAITS},        {"twee", WAITS},
			{"9999999999", WAITS}, {"999999999", REFUSED}};
	struct weging_feit weging = {.regel = LITERAL("c-woon"), .uitkomst = LITERAL("lokaal")};
	world->feiten->wegingen = &weging;
	world->feiten->weging_count = 1;
	case_say(world->feiten, "woongemeente", 1, "GM1883");
	for (size_t i = 0; i < COUNT_OF(expected); i++) {
		case_say(world->feiten, "eerder.30", 1, expected[i].number);
		expect(world, "stad/wmo", 1, "leefgebieden", expected[i].oordeel);
	}
	feit_set_none(case_feit(world->feiten, "eerder.30", 1));
	expect(world, "stad/wmo", 1, "leefgebieden", REFUSED);
}

static void the_gemeente_of_the_ontvanger_is_that_of_the_betrokkene(void **state)
{
	const struct world *world = *state;
	struct weging_feit weging = {.regel = LITERAL("c-woon"), .uitkomst = LITERAL("lokaal")};
	world->feiten->wegingen = &weging;
	world->feiten->weging_count = 1;
	case_say(world->feiten, "eerder.30", 1, "1");
	case_say(world->feiten, "woongemeente", 1, "GM0971");
	expect(world, "dorp/wmo", 1, "identificatie", GIVEN);
	expect(world, "stad/wmo", 1, "identificatie", REFUSED);
	case_forget(world->feiten, "woongemeente", 1);
	expect(world, "dorp/wmo", 1, "identificatie", WAITS);
	expect(world, "stad/wmo", 1, "identificatie", WAITS);
}

static void the_gemeente_of_the_incident_is_another_matter(void **state)
{
	const struct world *world = *state;
	case_say(world->feiten, "thema", 0, "overlast");
	case_say(world->feiten, "gemeente", 0, "GM0971");
	case_say(world->feiten, "woongemeente", 1, "GM1883");
	expect(world, "stad/oov", 0, "incident", REFUSED);
	// Who is named without gemeente needs none.
	expect(world, "dorp/wmo", 0, "incident", GIVEN);
	case_say(world->feiten, "gemeente", 0, "GM1883");
	expect(world, "stad/oov", 0, "incident", GIVEN);
	expect(world, "dorp/wmo", 0, "incident", GIVEN);
}

static void a_regel_holds_from_its_first_to_its_last_day_in_amsterdam(void **state)
{
	const struct world *world = *state;
	static const struct {
		const char *time;
		enum oordeel oordeel;
	} expected[] = {
		{"2025-12-31T22:59:59Z", REFUSED},
		{"2025-12-31T23:00:00Z", GIVEN},
		{"2027-12-31T22:59:59Z", GIVEN},
		{"2027-12-31T23:00:00Z", REFUSED},
	};
	case_say(world->feiten, "thema", 0, "overlast");
	for (size_t i = 0; i < COUNT_OF(expected); i++) {
		struct bytes time = bytes_of_text(expected[i].time);
		assert_int_equal(time_parse(time, &world->feiten->now), RESULT_OK);
		expect(world, "dorp/wmo", 0, "incident", expected[i].oordeel);
	}
}

static void what_concerns_the_incident_holds_when_it_holds_for_one_and_the_same(void **state)
{
	const struct world *world = *state;
	world->feiten->betrokkenen = 2;
	case_say(world->feiten, "rol", 2, "kind");
	case_say(world->feiten, "minderjarig", 2, "ja");
	expect(world, "politie/wijk", 0, "incident", GIVEN);
	// The first is a minor victim, the second a kind of age: neither is an adult with another
	// rol.
	case_say(world->feiten, "minderjarig", 1, "ja");
	case_say(world->feiten, "minderjarig", 2, "nee");
	expect(world, "politie/wijk", 0, "incident", REFUSED);
	case_forget(world->feiten, "minderjarig", 1);
	expect(world, "politie/wijk", 0, "incident", WAITS);
	case_say(world->feiten, "rol", 2, "ouder");
	expect(world, "politie/wijk", 0, "incident", GIVEN);
	// Conditions on a betrokkene do not hold for a melding about nobody; others do.
	world->feiten->betrokkenen = 0;
	expect(world, "politie/wijk", 0, "incident", REFUSED);
	expect(world, "huis/regisseur", 0, "incident", GIVEN);
}

static void who_did_not_sign_takes_part_in_an_oefening_only(void **state)
{
	const struct world *world = *state;
	expect(world, "zorg/behandeling", 1, "identificatie", GIVEN);
	expect(world, "zorg/behandeling", 0, "incident", GIVEN);
	world->feiten->oefening = false;
	expect(world, "zorg/behandeling", 1, "identificatie", REFUSED);
	expect(world, "zorg/behandeling", 0, "incident", REFUSED);
	expect(world, "politie/wijk", 1, "identificatie", GIVEN);
}

static void a_sender_does_not_get_its_own_melding_back(void **state)
{
	const struct world *world = *state;
	world->feiten->bron = case_partij(world->convenant, "politie")->oin;
	reasons(world, "politie/wijk", "identificatie", REFUSED, "");
	expect(world, "huis/regisseur", 1, "identificatie", GIVEN);
	// Another functie of the same partij is another ear, once it is known which one sent it.
	world->feiten->bron_functies[0] = bytes_of_text("meldkamer");
	world->feiten->bron_functie_count = 1;
	expect(world, "politie/wijk", 1, "identificatie", GIVEN);
	world->feiten->bron_functies[1] = bytes_of_text("wijk");
	world->feiten->bron_functie_count = 2;
	expect(world, "politie/wijk", 1, "identificatie", REFUSED);
}

static void what_the_knooppunt_adds_may_go_to_the_sender(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(VOORBEELD);
	struct feiten *feiten = case_feiten(1);
	case_say(feiten, "soort", 0, "politie");
	case_say(feiten, "thema", 0, "huiselijk-geweld");
	feiten->oefening = true;
	feiten->bron = case_partij(convenant, "veilig-thuis-zl")->oin;
	const char *vt = "veilig-thuis-zl/frontoffice";
	assert_int_equal(case_ask(convenant, feiten, vt, 1, "verrijking.eerder").oordeel, GIVEN);
	assert_int_equal(case_ask(convenant, feiten, vt, 1, "identificatie").oordeel, REFUSED);
	free(feiten);
	convenant_free(convenant);
}

static void a_verrijking_may_also_be_about_the_incident(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(VOORBEELD);
	struct feiten *feiten = case_feiten(0);
	const char *regie = "veiligheidshuis-wm/procesregisseur";
	case_say(feiten, "soort", 0, "partner");
	case_say(feiten, "bron.soort", 0, "gemeente");
	case_say(feiten, "huis", 0, "westelijke-mijnstreek");
	feiten->oefening = true;
	assert_int_equal(case_ask(convenant, feiten, regie, 0, "verrijking.huis").oordeel, GIVEN);
	assert_int_equal(case_ask(convenant, feiten, regie, 1, "verrijking.huis").oordeel, REFUSED);
	assert_int_equal(case_ask(convenant, feiten, regie, 0, "identificatie").oordeel, REFUSED);
	feiten->betrokkenen = 1;
	assert_int_equal(case_ask(convenant, feiten, regie, 0, "verrijking.huis").oordeel, GIVEN);
	assert_int_equal(case_ask(convenant, feiten, regie, 1, "verrijking.huis").oordeel, GIVEN);
	free(feiten);
	convenant_free(convenant);
}

static void a_group_of_a_soort_reaches_each_partij_of_it(void **state)
{
	const struct world *world = *state;
	expect(world, "zorg/behandeling", 1, "identificatie", GIVEN);
	expect(world, "zorg/wmo", 1, "identificatie", REFUSED);
	// The ggz has a functie of that name, but is no gemeente.
	case_say(world->feiten, "gemeente", 0, "GM1883");
	expect(world, "stad/wmo", 0, "medewerker", GIVEN);
	expect(world, "zorg/wmo", 0, "medewerker", REFUSED);
}

static void a_regel_that_reaches_an_ontvanger_twice_is_named_once(void **state)
{
	const struct world *world = *state;
	case_say(world->feiten, "gemeente", 0, "GM1883");
	case_say(world->feiten, "woongemeente", 1, "GM1883");
	reasons(world, "stad/wmo", "regie", GIVEN, "h-woonplaats");
	reasons(world, "stad/wmo", "medewerker", GIVEN, "h-woonplaats");
	case_say(world->feiten, "gemeente", 0, "GM0971");
	reasons(world, "stad/wmo", "regie", GIVEN, "h-woonplaats");
	reasons(world, "dorp/wmo", "regie", GIVEN, "h-woonplaats");
	// Where somebody lives is asked of somebody.
	world->feiten->betrokkenen = 0;
	expect(world, "dorp/wmo", 0, "medewerker", GIVEN);
	case_forget(world->feiten, "gemeente", 0);
	expect(world, "dorp/wmo", 0, "medewerker", WAITS);
	case_say(world->feiten, "gemeente", 0, "GM0888");
	expect(world, "dorp/wmo", 0, "medewerker", REFUSED);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(what_no_regel_gives_is_refused),
		T(a_stranger_or_a_place_that_is_not_there_is_refused),
		T(a_verbied_wins_over_every_verstrek),
		T(a_verbied_that_cannot_be_told_makes_wait),
		T(an_exception_to_a_verbied_names_who_may),
		T(each_condition_of_a_regel_must_hold),
		T(what_cannot_be_told_waits_and_is_never_given),
		T(a_fact_known_to_have_no_value_has_no_value_that_is_asked),
		T(one_of_several_values_is_enough),
		T(two_values_where_one_is_expected_cannot_be_told),
		T(a_number_is_held_against_both_bounds),
		T(the_gemeente_of_the_ontvanger_is_that_of_the_betrokkene),
		T(the_gemeente_of_the_incident_is_another_matter),
		T(a_regel_holds_from_its_first_to_its_last_day_in_amsterdam),
		T(what_concerns_the_incident_holds_when_it_holds_for_one_and_the_same),
		T(who_did_not_sign_takes_part_in_an_oefening_only),
		T(a_sender_does_not_get_its_own_melding_back),
		T(what_the_knooppunt_adds_may_go_to_the_sender),
		T(a_verrijking_may_also_be_about_the_incident),
		T(a_group_of_a_soort_reaches_each_partij_of_it),
		T(a_regel_that_reaches_an_ontvanger_twice_is_named_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

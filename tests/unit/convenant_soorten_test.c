// SPDX-License-Identifier: EUPL-1.2
// Kinds of regel beside verstrek and verbied, requirements, rollen, lagen: what a decision then
// says to whoever carries it out.
#include "tests/unit/convenant_case.h"

#define WIJK "politie/wijk"
#define MINUTE INT64_C(60000)

static struct feiten *overlast(void)
{
	struct feiten *feiten = case_feiten(1);
	case_say_all_none(feiten);
	case_say(feiten, "thema", 0, "overlast");
	feiten->toestemmingen_bekend = true;
	return feiten;
}

static struct uitleg explain(const struct convenant *convenant, const struct feiten *feiten,
			     const char *ontvanger, uint32_t betrokkene, const char *rubriek)
{
	struct vraag vraag = {.ontvanger = case_ontvanger(convenant, ontvanger),
			      .betrokkene = betrokkene,
			      .rubriek = RUBRIEK_BERICHT};
	struct uitleg uitleg;
	if (rubriek)
		vraag = case_vraag(convenant, ontvanger, betrokkene, rubriek);
	convenant_explain(convenant, feiten, &vraag, &uitleg);
	return uitleg;
}

static void every_condition_of_the_fixture_is_proven(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(SOORTEN);
	size_t count = convenant_test_count(convenant);
	char where[160];
	assert_true(count > 25);
	for (size_t n = 0; n < count; n++) {
		if (!convenant_test_is_proven(convenant, n, where))
			fail_msg("not proven: %s", where);
	}
	convenant_free(convenant);
}

static size_t named(const struct convenant *convenant, const char *regel)
{
	size_t n = REGELS_MAX;
	if (convenant_regel_named(convenant, bytes_of_text(regel), &n) != RESULT_OK)
		fail_msg("no regel %s", regel);
	return n;
}

static void a_regel_says_what_is_owed_after_it(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(SOORTEN);
	size_t instead = named(convenant, "c-uitzondering"), nood = named(convenant, "e-nood");
	const struct overdracht_eis *overdracht = convenant_overdracht(convenant, instead);
	assert_string_equal(overdracht->terug, "coordinator");
	assert_string_equal(overdracht->binnen, "5 werkdagen");
	// Monday 21 September 2026: five working days later is Monday again.
	int64_t monday = INT64_C(1790000000000);
	assert_true(convenant_overdracht_uiterlijk(convenant, instead, monday) ==
		    monday + 7 * MS_PER_DAY);
	assert_null(convenant_overdracht(convenant, nood));
	assert_true(convenant_overdracht_uiterlijk(convenant, nood, 7) == 7);
	assert_string_equal(convenant_nood(convenant, nood)->door, "regisseur");
	assert_int_equal(convenant_nood(convenant, nood)->minuten, 30);
	assert_null(convenant_nood(convenant, instead));
	assert_null(convenant_nood(convenant, REGELS_MAX));
	assert_string_equal(convenant_regel(convenant, instead)->laag, "gemeente-uitzondering");
	assert_true(convenant_regel(convenant, instead)->doorverstrekking);
	assert_null(convenant_regel(convenant, nood)->laag);
	assert_false(convenant_regel(convenant, nood)->doorverstrekking);
	convenant_free(convenant);
}

static void a_convenant_concerns_a_melding_of_a_partij_that_signed(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(SOORTEN);
	struct feiten *feiten = case_feiten(0);
	assert_false(convenant_concerns(convenant, feiten));
	feiten->bron = case_partij(convenant, "stad")->oin;
	assert_true(convenant_concerns(convenant, feiten));
	feiten->bron = case_partij(convenant, "dorp")->oin;
	assert_false(convenant_concerns(convenant, feiten));
	feiten->oefening = true;
	assert_true(convenant_concerns(convenant, feiten));
	free(feiten);
	convenant_free(convenant);
}

// Radicalisering has a convenant and partijen of its own.
static void who_signed_another_convenant_gets_nothing_under_this_one(void **state)
{
	(void)state;
	struct convenant *house =
		case_load(KNP_SOURCE "/config/convenanten/voorbeeld-noord-limburg.yaml");
	struct convenant *other =
		case_load(KNP_SOURCE "/config/convenanten/voorbeeld-radicalisering.yaml");
	struct feiten *feiten = case_feiten(1);
	case_say_all_none(feiten);
	case_say(feiten, "soort", 0, "radicalisering");
	case_say(feiten, "woongemeente", 1, "GM0957");
	feiten->oefening = true;
	feiten->bron = case_partij(other, "gemeente-venlo")->oin;
	const char *roermond = "gemeente-roermond/aandachtsfunctionaris";
	assert_true(convenant_concerns(house, feiten) && convenant_concerns(other, feiten));
	assert_int_equal(case_ask(other, feiten, roermond, 1, "identificatie").oordeel, GIVEN);
	// The same ontvanger is none of the other paper, and what gives there gives nothing here.
	struct vraag vraag = case_vraag(other, roermond, 1, "identificatie");
	struct beslissing beslissing;
	convenant_decide(house, feiten, &vraag, &beslissing);
	assert_int_equal(beslissing.oordeel, REFUSED);
	assert_int_equal(
		case_ask(house, feiten, "zvh-noord-limburg/procesregisseur", 1, "identificatie")
			.oordeel,
		REFUSED);
	// A melding of the GGZ is no business of those who deal with radicalisering.
	feiten->bron = case_partij(house, "ggz")->oin;
	assert_true(convenant_concerns(house, feiten));
	assert_false(convenant_concerns(other, feiten));
	free(feiten);
	convenant_free(other);
	convenant_free(house);
}

// `regels` under the head of soorten.yaml.
static struct convenant *load_with(const char *regels)
{
	char *text = case_read(SOORTEN);
	char *at = strstr(text, "regels:\n");
	size_t head = (size_t)(at - text);
	size_t size = head + strlen(regels) + 16;
	char *whole = malloc(size);
	if (!whole)
		abort();
	snprintf(whole, size, "%.*sregels:\n%s", (int)head, text, regels);
	struct convenant *convenant = case_load_text(whole);
	free(whole);
	free(text);
	return convenant;
}

#define HEAD "  - {regel: r, convenantartikel: \"1\", herkomst: \"papier: «woorden»\", "
#define TAIL ", doel: d, grondslag: [g]}\n"

static void what_a_convenant_uses_of_the_language_is_told(void **state)
{
	(void)state;
	static const struct {
		const char *regel;
		unsigned vormen;
	} cases[] = {
		{HEAD "agendeer: {overleg: screening}" TAIL, VORM_AGENDEER},
		{HEAD "meld: {aan: {partij: stad, functie: wmo}}" TAIL, VORM_MELD},
		{HEAD "vereis: {aan: iedereen, rubrieken: bsn, toestemming: {grond: meldrecht}}}\n",
		 VORM_TOESTEMMING},
		{HEAD "vereis: {overdracht: {binnen: P1D, terug: regisseur}}, "
		      "verstrek: {aan: {partij: stad, functie: wmo}, rubrieken: bsn}" TAIL,
		 VORM_OVERDRACHT},
		{HEAD "nood: {aan: {partij: stad, functie: wmo}, rubrieken: bsn, door: regisseur, "
		      "minuten: 5}" TAIL,
		 0},
		{HEAD "verbied: {aan: {rol: eerder}, rubrieken: bsn, regime: wpg}}\n", 0},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct convenant *convenant = load_with(cases[i].regel);
		assert_int_equal(convenant_vormen(convenant), cases[i].vormen);
		convenant_free(convenant);
	}
	struct convenant *klein = case_load(KLEIN);
	assert_int_equal(convenant_vormen(klein), 0);
	convenant_free(klein);
}

struct agenda {
	const struct convenant *convenant;
	const struct feiten *feiten;
	size_t count;
};

static enum result visit_agenda(void *context, size_t overleg, const struct plaats *plaats,
				const struct beslissing *beslissing)
{
	struct agenda *agenda = context;
	struct beslissing one;
	convenant_decide_agenda(agenda->convenant, agenda->feiten, overleg, plaats->betrokkene,
				&one);
	assert_int_equal(one.oordeel, beslissing->oordeel);
	assert_int_equal(one.regel_count, beslissing->regel_count);
	assert_int_not_equal(one.oordeel, OORDEEL_GEWEIGERD);
	agenda->count++;
	return agenda->count == 100 ? RESULT_NO_MEMORY : RESULT_OK;
}

static void the_agenda_is_answered_alone_and_all_at_once_alike(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(SOORTEN);
	struct feiten *feiten = overlast();
	struct agenda agenda = {convenant, feiten, 0};
	struct beslissing_visitor visitor = {&agenda, visit_agenda};
	feiten->betrokkenen = 2;
	assert_int_equal(convenant_agenda_all(convenant, feiten, &visitor), RESULT_OK);
	assert_int_equal(agenda.count, 3); // the screening: as a whole and each of two
	feiten->oefening = true;
	case_say(feiten, "soort", 0, "radicalisering");
	agenda.count = 0;
	assert_int_equal(convenant_agenda_all(convenant, feiten, &visitor), RESULT_OK);
	assert_int_equal(agenda.count, 6); // the village, and the province waits for its weging
	agenda.count = 99;
	assert_int_equal(convenant_agenda_all(convenant, feiten, &visitor), RESULT_NO_MEMORY);
	struct beslissing none;
	convenant_decide_agenda(convenant, feiten, 3, 0, &none);
	assert_int_equal(none.oordeel, OORDEEL_GEWEIGERD);
	convenant_decide_agenda(convenant, feiten, 0, 17, &none);
	assert_int_equal(none.oordeel, OORDEEL_GEWEIGERD);
	free(feiten);
	convenant_free(convenant);
}

static void what_is_required_of_all_waits_for_its_weging(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(SOORTEN);
	struct feiten *feiten = overlast();
	case_say(feiten, "leeftijd", 1, "12");
	struct beslissing b = case_ask(convenant, feiten, WIJK, 1, "identificatie");
	case_expect(convenant, b, WAITS, "h-weging");
	assert_int_equal(b.wacht_op_weging, named(convenant, "g-eerder"));
	assert_string_equal(explain(convenant, feiten, WIJK, 1, "identificatie").test,
			    "weging door regisseur: nog niet gegeven, gevraagd delen");
	free(feiten);
	convenant_free(convenant);
}

static void an_exception_of_an_exception_leaves_the_default(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(SOORTEN);
	struct feiten *feiten = overlast();
	case_say(feiten, "woongemeente", 1, "GM0971");
	case_say(feiten, "strafrecht", 0, "nee");
	case_expect(convenant, case_ask(convenant, feiten, WIJK, 1, "identificatie"), REFUSED, "");
	assert_string_equal(explain(convenant, feiten, WIJK, 1, "identificatie").test,
			    "c-uitzondering gaat voor");
	case_forget(feiten, "urgentie", 0);
	case_expect(convenant, case_ask(convenant, feiten, WIJK, 1, "identificatie"), WAITS,
		    "a-gezondheid");
	assert_string_equal(explain(convenant, feiten, WIJK, 1, "identificatie").test,
			    "c-uitzondering gaat misschien voor");
	case_say(feiten, "urgentie", 0, "dringend");
	case_expect(convenant, case_ask(convenant, feiten, WIJK, 1, "identificatie"), GIVEN,
		    "a-gezondheid");
	free(feiten);
	convenant_free(convenant);
}

static void a_secrecy_that_is_not_lifted_says_what_lifts_it(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(SOORTEN);
	struct feiten *feiten = overlast();
	case_expect(convenant, case_ask(convenant, feiten, WIJK, 1, "gezondheid"), WAITS,
		    "b-geheim");
	assert_string_equal(explain(convenant, feiten, WIJK, 1, "gezondheid").test,
			    "regime: niet bekend, gevraagd wgbo of jeugdwet");
	feiten->regimes[1][RUBRIEK_GEZONDHEID] = 1u << REGIME_WGBO;
	case_expect(convenant, case_ask(convenant, feiten, WIJK, 1, "gezondheid"), REFUSED,
		    "b-geheim");
	assert_string_equal(explain(convenant, feiten, WIJK, 1, "gezondheid").test,
			    "toestemming: niet gegeven, gevraagd toestemming of meldrecht");
	feiten->toestemmingen_bekend = false;
	assert_string_equal(explain(convenant, feiten, WIJK, 1, "gezondheid").test,
			    "toestemming: niet bekend, gevraagd toestemming of meldrecht");
	assert_int_equal(case_ask(convenant, feiten, "huis/coordinator", 1, "gezondheid").oordeel,
			 REFUSED); // excepted, but nothing gives
	free(feiten);
	convenant_free(convenant);
}

static void a_rol_that_another_has_is_named(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(SOORTEN);
	struct feiten *feiten = overlast();
	case_say(feiten, "urgentie", 0, "dringend");
	assert_string_equal(explain(convenant, feiten, "stad/oov", 0, NULL).test, "indiener: nee");
	case_say(feiten, "casus.status", 1, "gesloten");
	case_say(feiten, "ave", 1, "1");
	case_say(feiten, "casusregie", 1, "stad/wmo");
	struct uitleg uitleg = explain(convenant, feiten, "zorg/behandeling", 1, "regie");
	assert_string_equal(uitleg.test,
			    "casusregie: stad/wmo, gevraagd zorg/behandeling (de ontvanger)");
	assert_int_equal(uitleg.attribuut, ATTRIBUUT_CASUSREGIE);
	free(feiten);
	convenant_free(convenant);
}

static void a_nood_ends_with_its_act_and_with_its_minutes(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(SOORTEN);
	struct feiten *feiten = overlast();
	struct nood_feit nood = {.regel = LITERAL("e-nood"),
				 .betrokkene = 1,
				 .oin = case_partij(convenant, "politie")->oin,
				 .functie = LITERAL("wijk"),
				 .van = feiten->now,
				 .tot = feiten->now + 10 * MINUTE};
	struct plaats adres = {1, RUBRIEK_VERBLIJFADRES};
	struct gegeven_vraag gegeven = {case_ontvanger(convenant, WIJK), &adres, 1};
	int64_t far = feiten->now + 365 * MS_PER_DAY;
	feiten->regimes[1][RUBRIEK_VERBLIJFADRES] = 1u << REGIME_AVG;
	assert_string_equal(explain(convenant, feiten, WIJK, 1, "verblijfadres").test,
			    "nood: niet geactiveerd door regisseur");
	feiten->noden = &nood;
	feiten->nood_count = 1;
	case_expect(convenant, case_ask(convenant, feiten, WIJK, 1, "verblijfadres"), GIVEN,
		    "e-nood");
	assert_true(convenant_geldig_tot(convenant, feiten, &gegeven, far) == nood.tot);
	nood.tot = far;
	assert_true(convenant_geldig_tot(convenant, feiten, &gegeven, far) ==
		    nood.van + 30 * MINUTE);
	case_say(feiten, "afgeschermd", 1, "ja");
	case_expect(convenant, case_ask(convenant, feiten, WIJK, 1, "verblijfadres"), REFUSED,
		    "f-adres");
	free(feiten);
	convenant_free(convenant);
}

static void what_rests_on_a_toestemming_ends_with_it(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(SOORTEN);
	struct feiten *feiten = overlast();
	struct toestemming_feit feit = {.betrokkene = 1,
					.grond = LITERAL("meldrecht"),
					.doel = LITERAL("screening"),
					.has_tot = true,
					.tot = {.year = 2026, .month = 9, .day = 25}};
	struct plaats plaats = {1, RUBRIEK_GEZONDHEID};
	struct gegeven_vraag gegeven = {case_ontvanger(convenant, WIJK), &plaats, 1};
	int64_t far = feiten->now + 365 * MS_PER_DAY;
	feiten->regimes[1][RUBRIEK_GEZONDHEID] = 1u << REGIME_WGBO;
	feiten->toestemmingen = &feit;
	feiten->toestemming_count = 1;
	case_expect(convenant, case_ask(convenant, feiten, WIJK, 1, "gezondheid"), GIVEN,
		    "a-gezondheid");
	// Midnight in Amsterdam is 22:00 in summer.
	int64_t until = date_to_days(feit.tot) * MS_PER_DAY + 22 * MS_PER_HOUR - 1;
	assert_true(convenant_geldig_tot(convenant, feiten, &gegeven, far) == until);
	feit.has_tot = false;
	assert_true(convenant_geldig_tot(convenant, feiten, &gegeven, far) == far);
	free(feiten);
	convenant_free(convenant);
}

#define SCREENING "  - {overleg: screening, "

// What a table is for bounds every regel that puts something before it.
static void an_overleg_gets_only_what_it_is_for(void **state)
{
	(void)state;
	static const struct {
		const char *scope, *field; // NULL: it loads
	} cases[] = {
		{"themas: [overlast, verward-gedrag, jeugd], ", NULL},
		{"themas: [overlast], ", "regels.i-screening.als.thema"},
		{"themas: [overlast, verward-gedrag], gemeenten: [GM1883], ",
		 "regels.i-screening.als.gemeente"},
	};
	char *whole = case_read(SOORTEN);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct convenant *convenant = NULL;
		struct problem problem = {0};
		char to[200];
		snprintf(to, sizeof to, SCREENING "%s", cases[i].scope);
		char *text = case_edit(whole, SCREENING, to);
		enum result result =
			convenant_load(bytes_of_text(text), "soorten.yaml", &convenant, &problem);
		assert_int_equal(result, cases[i].field ? RESULT_CONFIG : RESULT_OK);
		if (cases[i].field)
			assert_string_equal(problem.field, cases[i].field);
		else
			assert_int_equal(
				convenant_overleg_named(convenant, bytes_of_text("screening"))
					->themas.count,
				3);
		convenant_free(convenant);
		free(text);
	}
	free(whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_condition_of_the_fixture_is_proven),
		cmocka_unit_test(a_regel_says_what_is_owed_after_it),
		cmocka_unit_test(a_convenant_concerns_a_melding_of_a_partij_that_signed),
		cmocka_unit_test(who_signed_another_convenant_gets_nothing_under_this_one),
		cmocka_unit_test(what_a_convenant_uses_of_the_language_is_told),
		cmocka_unit_test(the_agenda_is_answered_alone_and_all_at_once_alike),
		cmocka_unit_test(what_is_required_of_all_waits_for_its_weging),
		cmocka_unit_test(an_exception_of_an_exception_leaves_the_default),
		cmocka_unit_test(a_secrecy_that_is_not_lifted_says_what_lifts_it),
		cmocka_unit_test(a_rol_that_another_has_is_named),
		cmocka_unit_test(a_nood_ends_with_its_act_and_with_its_minutes),
		cmocka_unit_test(what_rests_on_a_toestemming_ends_with_it),
		cmocka_unit_test(an_overleg_gets_only_what_it_is_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

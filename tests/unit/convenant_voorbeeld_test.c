// SPDX-License-Identifier: EUPL-1.2
// The convenant we ship, and what it does with the casus of Harry, Susan and Janneke
// (Veiligheidshuis Westelijke Mijnstreek, Jaarrapportage 2018).
#include "tests/unit/convenant_case.h"

enum { HARRY = 1, SUSAN = 2, JANNEKE = 3 };

static void say_adults(struct feiten *feiten)
{
	case_say(feiten, "rol", HARRY, "vermoedelijke-pleger");
	case_say(feiten, "rol", SUSAN, "slachtoffer");
	for (uint32_t b = HARRY; b <= SUSAN; b++) {
		case_say(feiten, "minderjarig", b, "nee");
		case_say(feiten, "woongemeente", b, "GM1883");
		case_say(feiten, "afgeschermd", b, "nee");
		case_say(feiten, "samenloop", b, "nee");
	}
}

static struct feiten *melding(const struct convenant *convenant, const char *bron,
			      const char *soort, size_t betrokkenen)
{
	struct feiten *feiten = case_feiten(betrokkenen);
	const struct partij *partij = case_partij(convenant, bron);
	case_say_all_none(feiten);
	case_say(feiten, "soort", 0, soort);
	case_say(feiten, "bron", 0, bron);
	case_say(feiten, "bron.soort", 0, partij->soort);
	case_say(feiten, "gemeente", 0, "GM1883");
	case_say(feiten, "huis", 0, "westelijke-mijnstreek");
	case_say(feiten, "thema", 0, "huiselijk-geweld");
	feiten->bron = partij->oin;
	feiten->oefening = true;
	say_adults(feiten);
	return feiten;
}

// What the police sends after the quarrel in the street: only the two adults are known.
static struct feiten *police(const struct convenant *convenant)
{
	return melding(convenant, "politie-limburg", "politie", 2);
}

// What the gemeente brings in: the anonymous report, which also speaks of a child.
static struct feiten *gemeente(const struct convenant *convenant)
{
	struct feiten *feiten = melding(convenant, "gemeente-sittard-geleen", "partner", 3);
	feiten->bron_functies[0] = bytes_of_text("oov");
	feiten->bron_functie_count = 1;
	case_say(feiten, "rol", JANNEKE, "kind");
	case_say(feiten, "minderjarig", JANNEKE, "ja");
	feit_add(case_feit(feiten, "thema", 0), bytes_of_text("overlast"));
	return feiten;
}

static enum oordeel about(const struct convenant *convenant, const struct feiten *feiten,
			  const char *ontvanger, uint32_t betrokkene, const char *rubriek)
{
	return case_ask(convenant, feiten, ontvanger, betrokkene, rubriek).oordeel;
}

static void every_test_of_every_regel_is_proven_by_a_proef_beside_it(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(VOORBEELD);
	size_t count = convenant_test_count(convenant);
	char where[160];
	assert_true(count > 40);
	for (size_t n = 0; n < count; n++) {
		if (!convenant_test_is_proven(convenant, n, where))
			fail_msg("not proven: %s", where);
	}
	assert_false(convenant_test_is_proven(convenant, count, where));
	convenant_free(convenant);
}

static void it_is_unsigned_and_for_practice_only(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(VOORBEELD);
	assert_string_equal(convenant_text(convenant)->status,
			    "afgeleid uit jaarplan, niet ondertekend");
	assert_false(convenant_is_signed(convenant));
	for (size_t i = 0; i < convenant_partij_count(convenant); i++)
		assert_memory_equal(convenant_partij(convenant, i)->oin.text, "00000099", 8);
	struct feiten *feiten = police(convenant);
	feiten->oefening = false;
	const struct ontvanger *ontvangers;
	size_t count = convenant_ontvangers(convenant, &ontvangers);
	for (size_t i = 0; i < count; i++) {
		struct vraag vraag = {.ontvanger = ontvangers[i],
				      .betrokkene = SUSAN,
				      .rubriek = RUBRIEK_IDENTIFICATIE};
		struct beslissing beslissing;
		convenant_decide(convenant, feiten, &vraag, &beslissing);
		assert_int_equal(beslissing.oordeel, OORDEEL_GEWEIGERD);
	}
	free(feiten);
	convenant_free(convenant);
}

static void the_police_report_goes_to_veilig_thuis_and_to_nobody_else(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(VOORBEELD);
	struct feiten *feiten = police(convenant);
	const char *vt = "veilig-thuis-zl/frontoffice";
	assert_int_equal(about(convenant, feiten, vt, 0, "incident"), GIVEN);
	assert_int_equal(about(convenant, feiten, vt, HARRY, "identificatie"), GIVEN);
	assert_int_equal(about(convenant, feiten, vt, SUSAN, "verblijfadres"), GIVEN);
	assert_int_equal(about(convenant, feiten, vt, SUSAN, "verrijking.eerder"), GIVEN);
	assert_int_equal(about(convenant, feiten, vt, HARRY, "bsn"), REFUSED);
	assert_int_equal(about(convenant, feiten, vt, 0, "toelichting"), REFUSED);
	assert_int_equal(about(convenant, feiten, vt, 0, "melder"), REFUSED);
	assert_int_equal(about(convenant, feiten, vt, HARRY, "strafrechtelijk"), REFUSED);
	static const char *const others[] = {"gemeente-sittard-geleen/wmo",
					     "wsg/gezinsvoogd",
					     "ggz/behandeling",
					     "woningcorporatie/wonen",
					     "veiligheidshuis-wm/procesregisseur",
					     "reclassering/toezicht"};
	for (size_t i = 0; i < COUNT_OF(others); i++)
		assert_int_equal(about(convenant, feiten, others[i], HARRY, "identificatie"),
				 REFUSED);
	free(feiten);
	convenant_free(convenant);
}

static void of_the_police_report_the_house_learns_only_that_there_is_one(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(VOORBEELD);
	struct feiten *feiten = police(convenant);
	const char *regie = "veiligheidshuis-wm/procesregisseur";
	const struct rubriek_row *row;
	for (size_t i = 0; (row = rubriek_row_at(i)); i++) {
		bool given = row->soort == RUBRIEK_KENMERKEN || row->soort == RUBRIEK_HERKOMST;
		uint32_t betrokkene = row->of_betrokkene ? HARRY : 0;
		assert_int_equal(about(convenant, feiten, regie, betrokkene, row->name),
				 given ? GIVEN : REFUSED);
	}
	free(feiten);
	convenant_free(convenant);
}

static void at_the_table_police_and_wsg_tell_the_house_what_they_know(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(VOORBEELD);
	const char *regie = "veiligheidshuis-wm/procesregisseur";
	struct feiten *police_knows = melding(convenant, "politie-limburg", "partner", 2);
	assert_int_equal(about(convenant, police_knows, regie, HARRY, "strafrechtelijk"), GIVEN);
	assert_int_equal(about(convenant, police_knows, regie, HARRY, "gezondheid"), REFUSED);
	struct feiten *dossier = melding(convenant, "wsg", "partner", 3);
	assert_int_equal(about(convenant, dossier, regie, JANNEKE, "regie"), GIVEN);
	assert_int_equal(about(convenant, dossier, regie, JANNEKE, "verblijfadres"), REFUSED);
	free(police_knows);
	free(dossier);
	convenant_free(convenant);
}

static void the_table_waits_for_the_procesregisseur(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(VOORBEELD);
	struct feiten *feiten = gemeente(convenant);
	const char *regie = "veiligheidshuis-wm/procesregisseur";
	assert_int_equal(about(convenant, feiten, regie, JANNEKE, "identificatie"), GIVEN);
	assert_int_equal(about(convenant, feiten, regie, 0, "toelichting"), GIVEN);
	assert_int_equal(about(convenant, feiten, regie, SUSAN, "verrijking.samenloop"), GIVEN);
	assert_int_equal(about(convenant, feiten, regie, 0, "melder"), REFUSED);
	struct beslissing beslissing =
		case_ask(convenant, feiten, "wsg/gezinsvoogd", JANNEKE, "identificatie");
	assert_int_equal(beslissing.oordeel, OORDEEL_WACHT);
	assert_string_equal(convenant_weging(convenant, (size_t)beslissing.wacht_op_weging)->regel,
			    "tafel-veilig-thuis");
	assert_int_equal(about(convenant, feiten, "gemeente-sittard-geleen/wmo", SUSAN, "contact"),
			 WAITS);
	assert_int_equal(about(convenant, feiten, "politie-limburg/basisteam", 0, "incident"),
			 WAITS);
	free(feiten);
	convenant_free(convenant);
}

static void at_the_table_each_gets_its_own_part(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(VOORBEELD);
	struct feiten *feiten = gemeente(convenant);
	struct weging_feit weging = {.regel = LITERAL("tafel-veilig-thuis"),
				     .uitkomst = LITERAL("integraal-overleg")};
	feiten->wegingen = &weging;
	feiten->weging_count = 1;
	static const struct {
		const char *ontvanger;
		uint32_t betrokkene;
		const char *rubriek;
		enum oordeel oordeel;
	} expected[] = {
		{"wsg/gezinsvoogd", JANNEKE, "identificatie", GIVEN},
		{"wsg/gezinsvoogd", 0, "incident", GIVEN},
		{"wsg/gezinsvoogd", HARRY, "identificatie", GIVEN},
		{"wsg/gezinsvoogd", SUSAN, "identificatie", REFUSED},
		{"wsg/gezinsvoogd", SUSAN, "gezondheid", REFUSED},
		{"gemeente-sittard-geleen/wmo", SUSAN, "identificatie", GIVEN},
		{"gemeente-sittard-geleen/wmo", SUSAN, "leefgebieden", GIVEN},
		{"gemeente-sittard-geleen/wmo", HARRY, "identificatie", REFUSED},
		{"gemeente-sittard-geleen/wmo", 0, "incident", REFUSED},
		{"gemeente-sittard-geleen/oov", SUSAN, "identificatie", REFUSED},
		{"veilig-thuis-zl/frontoffice", JANNEKE, "identificatie", GIVEN},
		{"politie-limburg/basisteam", HARRY, "identificatie", GIVEN},
		{"politie-limburg/basisteam", JANNEKE, "identificatie", REFUSED},
		{"ggz/behandeling", SUSAN, "identificatie", REFUSED},
		{"woningcorporatie/wonen", SUSAN, "identificatie", REFUSED},
		{"wsg/gezinsvoogd", 0, "toelichting", REFUSED},
		{"veilig-thuis-zl/frontoffice", 0, "melder", REFUSED},
	};
	for (size_t i = 0; i < COUNT_OF(expected); i++) {
		if (about(convenant, feiten, expected[i].ontvanger, expected[i].betrokkene,
			  expected[i].rubriek) != expected[i].oordeel)
			fail_msg("%s %u %s", expected[i].ontvanger, expected[i].betrokkene,
				 expected[i].rubriek);
	}
	free(feiten);
	convenant_free(convenant);
}

static void the_corporatie_learns_who_and_nothing_of_why(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(VOORBEELD);
	struct feiten *feiten = gemeente(convenant);
	const char *wonen = "woningcorporatie/wonen";
	struct weging_feit weging = {.regel = LITERAL("herhuisvesting"),
				     .uitkomst = LITERAL("herhuisvesting"),
				     .betrokkene = SUSAN};
	case_say(feiten, "leefgebied", SUSAN, "huisvesting");
	assert_int_equal(about(convenant, feiten, wonen, SUSAN, "identificatie"), WAITS);
	feiten->wegingen = &weging;
	feiten->weging_count = 1;
	assert_int_equal(about(convenant, feiten, wonen, SUSAN, "identificatie"), GIVEN);
	assert_int_equal(about(convenant, feiten, wonen, SUSAN, "contact"), GIVEN);
	assert_int_equal(about(convenant, feiten, wonen, HARRY, "identificatie"), REFUSED);
	const struct rubriek_row *row;
	for (size_t i = 0; (row = rubriek_row_at(i)); i++) {
		bool given = row->soort == RUBRIEK_IDENTIFICATIE || row->soort == RUBRIEK_CONTACT;
		uint32_t betrokkene = row->of_betrokkene ? SUSAN : 0;
		assert_int_equal(about(convenant, feiten, wonen, betrokkene, row->name),
				 given ? GIVEN : REFUSED);
	}
	free(feiten);
	convenant_free(convenant);
}

static void nobody_ever_gets_a_melder_or_a_bsn(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(VOORBEELD);
	const struct ontvanger *ontvangers;
	size_t count = convenant_ontvangers(convenant, &ontvangers);
	struct feiten *feiten = gemeente(convenant);
	// Nothing known: whatever could ever be given waits.
	memset(feiten->melding, 0, sizeof feiten->melding);
	memset(feiten->betrokkene[SUSAN], 0, sizeof feiten->betrokkene[SUSAN]);
	feiten->bron = (struct oin){0};
	for (size_t i = 0; i < count; i++) {
		struct vraag vraag = {.ontvanger = ontvangers[i], .rubriek = RUBRIEK_MELDER};
		struct beslissing beslissing;
		convenant_decide(convenant, feiten, &vraag, &beslissing);
		assert_int_equal(beslissing.oordeel, OORDEEL_GEWEIGERD);
		vraag = (struct vraag){
			.ontvanger = ontvangers[i], .betrokkene = SUSAN, .rubriek = RUBRIEK_BSN};
		convenant_decide(convenant, feiten, &vraag, &beslissing);
		assert_int_equal(beslissing.oordeel, OORDEEL_GEWEIGERD);
	}
	assert_int_equal(about(convenant, feiten, "wsg/gezinsvoogd", SUSAN, "identificatie"),
			 WAITS);
	free(feiten);
	convenant_free(convenant);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_test_of_every_regel_is_proven_by_a_proef_beside_it),
		cmocka_unit_test(it_is_unsigned_and_for_practice_only),
		cmocka_unit_test(the_police_report_goes_to_veilig_thuis_and_to_nobody_else),
		cmocka_unit_test(of_the_police_report_the_house_learns_only_that_there_is_one),
		cmocka_unit_test(at_the_table_police_and_wsg_tell_the_house_what_they_know),
		cmocka_unit_test(the_table_waits_for_the_procesregisseur),
		cmocka_unit_test(at_the_table_each_gets_its_own_part),
		cmocka_unit_test(the_corporatie_learns_who_and_nothing_of_why),
		cmocka_unit_test(nobody_ever_gets_a_melder_or_a_bsn),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
// Casussen: what the house says of them becomes facts of whoever is reported; who has the regie
// changes by `regie` alone; nobody learns of a casus in which it takes no part.
#include "flow_convenanten.h"
#include "flow_dossier.h"

#define BSN "999990342"
#define OTHER_BSN "999990019"
#define HUIS_REGISSEUR FLOW_HOUSE ":regisseur"
#define STAD_OOV FLOW_STAD ":oov"

static const char text[] = FLOW_HEAD("casus") FLOW_PARTIJEN FLOW_VERSTREK(
	"bij-pga", FLOW_ALS("pga: ja"), AAN_WMO, "kenmerken, verrijking.casus")
	FLOW_VERSTREK("oov-leest", "", AAN_OOV, "kenmerken, verrijking.casus");

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "regisseur,coordinator");
	flow_enrol(w, FLOW_ZORG, "ggz", "behandeling");
	flow_convenant(w, text);
	*state = w;
	return 0;
}

#define REGISSEUR (&w->parties[2])
#define ZORG (&w->parties[3])

static uint64_t opened(struct flow_world *w, const char *lines)
{
	return flow_accepted(w, REGISSEUR, dossier_casus(w, REGISSEUR, lines));
}

static size_t waiting(struct flow_world *w, const char *functie)
{
	return flow_collect(w, STAD, functie, 0)->delivery_count;
}

static struct flow_sent *overname(struct flow_world *w, struct flow_party *who, const char *casus,
				  const char *functie)
{
	char lines[256];
	snprintf(lines, sizeof lines,
		 "casus %s\nfunctie %s\nmedewerker mw-1\nmotivering omdat het zo is\n", casus,
		 functie);
	return dossier_say(w, who, TYPE_REGIE, lines);
}

// The rubriek verrijking.casus of a delivery, decoded.
static struct rubriek casus_of(struct flow_world *w, const struct delivery *delivery)
{
	struct rubriek rubriek = {.soort = 0};
	for (size_t i = 0; i < delivery->verrijking_count; i++) {
		assert_int_equal(
			rubriek_decode(delivery->verrijkingen[i].value, w->arena, &rubriek),
			RESULT_OK);
		if (rubriek.soort == RUBRIEK_VERRIJKING_CASUS)
			return rubriek;
	}
	fail_msg("no verrijking.casus");
	return rubriek;
}

static bool says(const struct rubriek *rubriek, uint32_t veld, const char *waarde)
{
	return bytes_equal(veld_get(rubriek->velden, rubriek->veld_count, veld),
			   bytes_of_text(waarde));
}

static void what_a_casus_says_becomes_facts(void **state)
{
	struct flow_world *w = *state;
	struct flow_sent *before = dossier_melding(w, POLITIE, BSN);
	dossier_tells(w, before, "g-feit 1.pga=nee\n");
	dossier_tells(w, before, "g-feit 1.casus.status=\n");
	assert_int_equal(waiting(w, "wmo"), 0);
	uint64_t first = opened(w, "casus pgax:1\nbsn " BSN "\nstatus opgepakt\npga ja\nave 3\n"
				   "top-x ja\nniveau veiligheidshuis\nregie " HUIS_REGISSEUR "\n"
				   "casusregie " STAD_OOV "\ninbrenger " FLOW_POLITIE ":wijk\n");
	struct flow_sent *melding = dossier_melding(w, POLITIE, BSN);
	static const char *const facts[] = {"g-feit 1.casus.status=opgepakt\n",
					    "g-feit 1.pga=ja\n",
					    "g-feit 1.ave=3\n",
					    "g-feit 1.top-x=ja\n",
					    "g-feit 1.wth=nee\n",
					    "g-feit 1.levensloop=nee\n",
					    "g-feit 1.regie=huis/regisseur\n",
					    "g-feit 1.casusregie=stad/oov\n",
					    "g-feit 1.inbrenger=politie/wijk\n",
					    "g-feit 1.regie.niveau=veiligheidshuis\n"};
	for (size_t i = 0; i < COUNT_OF(facts); i++)
		dossier_tells(w, melding, facts[i]);
	char origin[64];
	snprintf(origin, sizeof origin, "feit-uit 1.pga=%llu\n", (unsigned long long)first);
	dossier_tells(w, melding, origin);
	assert_int_equal(waiting(w, "wmo"), 1);
	// It is no melding: nothing was reported before but the first one.
	dossier_tells(w, melding, "g-feit 1.eerder.365=1\n");
	dossier_tells(w, dossier_melding(w, POLITIE, OTHER_BSN), "g-feit 1.pga=nee\n");
}

static void one_casus_has_numbers_of_several_systems(void **state)
{
	struct flow_world *w = *state;
	uint64_t first =
		opened(w, "casus pgax:1\ncasus gcos:9\nbsn " BSN "\nstatus opgepakt\npga ja\n");
	uint64_t later = opened(w, "casus gcos:9\ncasus link2control:7\nstatus terugval\npga ja\n");
	dossier_tells(w, dossier_melding(w, POLITIE, BSN), "g-feit 1.casus.status=terugval\n");
	opened(w, "casus link2control:7\nskn 123456789\nstatus gesloten\npga ja\n");
	struct flow_sent *melding = dossier_melding(w, POLITIE, BSN);
	dossier_tells(w, melding, "g-feit 1.casus.status=gesloten\n");
	dossier_tells(w, melding, "g-feit 1.pga=nee\n");
	assert_true(later > first);
	// Another casus of this person; what runs, runs in any of them.
	opened(w, "casus pgax:2\nbsn " BSN "\nstatus opgepakt\npga ja\nave 2\n");
	melding = dossier_melding(w, POLITIE, BSN);
	dossier_tells(w, melding, "g-feit 1.casus.status=opgepakt\n");
	opened(w, "casus pgax:3\nbsn " BSN "\nstatus afgeschaald\nave 4\n");
	melding = dossier_melding(w, POLITIE, BSN);
	dossier_tells(w, melding, "g-feit 1.casus.status=opgepakt,afgeschaald\n");
	dossier_tells(w, melding, "g-feit 1.pga=ja\n");
	dossier_tells(w, melding, "g-feit 1.ave=4\n");
}

static void only_the_house_says_how_a_casus_stands(void **state)
{
	struct flow_world *w = *state;
	static const char lines[] = "casus pgax:1\nbsn " BSN "\nstatus opgepakt\npga ja\n";
	flow_refused(w, POLITIE, dossier_casus(w, POLITIE, lines), REASON_FUNCTIE_NOT_HELD);
	flow_refused(w, STAD, dossier_casus(w, STAD, lines), REASON_FUNCTIE_NOT_HELD);
	dossier_tells(w, dossier_melding(w, POLITIE, BSN), "g-feit 1.pga=nee\n");
}

static void what_makes_no_sense_is_refused_and_changes_nothing(void **state)
{
	struct flow_world *w = *state;
	static const struct {
		const char *lines;
		enum reason reason;
	} bad[] = {
		{"casus pgax:2\nstatus opgepakt\n", REASON_MISSING_FIELD},
		{"casus pgax\nbsn " BSN "\nstatus opgepakt\n", REASON_BAD_VALUE},
		{"casus :2\nbsn " BSN "\nstatus opgepakt\n", REASON_BAD_VALUE},
		{"casus pgax:2\nbsn 999990343\nstatus opgepakt\n", REASON_BSN_ELFPROEF},
		{"casus pgax:2\nbsn " BSN "\nstatus weg\n", REASON_UNKNOWN_CODE},
		{"casus pgax:2\nbsn " BSN "\nstatus opgepakt\nave 5\n", REASON_BAD_VALUE},
		{"casus pgax:2\nbsn " BSN "\nstatus opgepakt\nregie 0000009900000000900x:a\n",
		 REASON_BAD_VALUE},
		// of somebody else; and numbers of two casussen
		{"casus pgax:1\nbsn " OTHER_BSN "\nstatus gesloten\n", REASON_BAD_VALUE},
		{"casus pgax:1\ncasus pgax:7\nstatus gesloten\n", REASON_BAD_VALUE},
	};
	opened(w, "casus pgax:1\nbsn " BSN "\nstatus opgepakt\npga ja\n");
	opened(w, "casus pgax:7\nbsn " OTHER_BSN "\nstatus aangemeld\n");
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		flow_refused(w, REGISSEUR, dossier_casus(w, REGISSEUR, bad[i].lines),
			     bad[i].reason);
	dossier_tells(w, dossier_melding(w, POLITIE, BSN), "g-feit 1.casus.status=opgepakt\n");
	dossier_tells(w, dossier_melding(w, POLITIE, OTHER_BSN),
		      "g-feit 1.casus.status=aangemeld\n");
}

static void regie_changes_by_an_overname_alone(void **state)
{
	struct flow_world *w = *state;
	opened(w, "casus pgax:1\nbsn " BSN "\nstatus aangemeld\nregie " STAD_OOV "\n"
		  "deelnemer " FLOW_ZORG ":behandeling\n");
	flow_refused(w, REGISSEUR,
		     dossier_casus(w, REGISSEUR,
				   "casus pgax:1\nstatus opgepakt\nregie " HUIS_REGISSEUR "\n"),
		     REASON_BAD_VALUE);
	opened(w, "casus pgax:1\nstatus opgepakt\ndeelnemer " FLOW_ZORG ":behandeling\n");
	dossier_tells(w, dossier_melding(w, POLITIE, BSN), "g-feit 1.regie=stad/oov\n");
	// The police takes no part: the same words as for a casus that is not there.
	flow_refused(w, POLITIE, overname(w, POLITIE, "pgax:1", "wijk"), REASON_NOT_FOUND);
	flow_refused(w, POLITIE, overname(w, POLITIE, "pgax:99", "wijk"), REASON_NOT_FOUND);
	flow_refused(w, STAD, overname(w, STAD, "pgax:1", "wmo"), REASON_NOT_FOUND);
	flow_refused(w, STAD, overname(w, STAD, "pgax:1", "regisseur"), REASON_FUNCTIE_NOT_HELD);
	flow_refused(w, STAD, overname(w, STAD, "pgax:1", "oov"), REASON_ALREADY_DECIDED);
	dossier_tells(w, dossier_melding(w, POLITIE, BSN), "g-feit 1.regie=stad/oov\n");
	flow_accepted(w, ZORG, overname(w, ZORG, "pgax:1", "behandeling"));
	dossier_tells(w, dossier_melding(w, POLITIE, BSN), "g-feit 1.regie=zorg/behandeling\n");
	flow_accepted(w, REGISSEUR, overname(w, REGISSEUR, "pgax:1", "regisseur"));
	opened(w, "casus pgax:1\nstatus terugval\n");
	struct flow_sent *melding = dossier_melding(w, POLITIE, BSN);
	dossier_tells(w, melding, "g-feit 1.regie=huis/regisseur\n");
	dossier_tells(w, melding, "g-feit 1.casus.status=terugval\n");
}

static void who_takes_no_part_gets_what_it_gets_of_a_person_without_a_casus(void **state)
{
	struct flow_world *w = *state;
	dossier_melding(w, POLITIE, BSN);
	opened(w, "casus pgax:1\nbsn " BSN "\nstatus opgepakt\npga ja\nave 3\n"
		  "deelnemer " FLOW_STAD ":wmo\n");
	dossier_melding(w, POLITIE, BSN);
	opened(w, "casus pgax:1\nstatus opgepakt\npga ja\nave 3\ndeelnemer " STAD_OOV "\n");
	dossier_melding(w, POLITIE, BSN);
	const struct reply *reply = flow_collect(w, STAD, "oov", 0);
	assert_int_equal(reply->delivery_count, 3);
	for (size_t i = 0; i < 3; i++) {
		struct rubriek rubriek = casus_of(w, &reply->deliveries[i]);
		assert_true(says(&rubriek, VERRIJKING_CASUS_DEELNEMER, i == 2 ? "ja" : "nee"));
		assert_int_equal(rubriek.veld_count, i == 2 ? 5 : 1);
	}
	struct rubriek rubriek = casus_of(w, &flow_collect(w, STAD, "wmo", 0)->deliveries[0]);
	assert_true(says(&rubriek, VERRIJKING_CASUS_STATUS, "opgepakt"));
	assert_true(says(&rubriek, VERRIJKING_CASUS_AVE, "3"));
}

static void what_is_besloten_steers_nothing_and_goes_to_nobody(void **state)
{
	struct flow_world *w = *state;
	opened(w, "casus pgax:1\nbsn " BSN "\nstatus opgepakt\npga ja\nbesloten ja\n"
		  "deelnemer " STAD_OOV "\n");
	struct flow_sent *melding = dossier_melding(w, POLITIE, BSN);
	dossier_tells(w, melding, "g-feit 1.pga=nee\n");
	dossier_tells(w, melding, "g-feit 1.casus.status=\n");
	struct rubriek rubriek = casus_of(w, &flow_collect(w, STAD, "oov", 0)->deliveries[0]);
	assert_true(says(&rubriek, VERRIJKING_CASUS_DEELNEMER, "nee"));
}

static void what_was_erased_is_as_if_it_never_was(void **state)
{
	struct flow_world *w = *state;
	uint64_t begun;
	struct flow_sent *casus =
		dossier_casus(w, REGISSEUR, "casus pgax:1\nbsn " BSN "\nstatus opgepakt\npga ja\n");
	uint64_t first = flow_accepted(w, REGISSEUR, casus);
	opened(w, "casus pgax:1\nstatus terugval\npga ja\n");
	dossier_tells(w, dossier_melding(w, POLITIE, BSN), "g-feit 1.pga=ja\n");
	assert_int_equal(flow_erase(w, flow_order(w, first, &casus->about), 2, &begun), RESULT_OK);
	struct flow_sent *melding = dossier_melding(w, POLITIE, BSN);
	dossier_tells(w, melding, "g-feit 1.pga=nee\n");
	dossier_tells(w, melding, "g-feit 1.casus.status=\n");
	// Nothing can be added to what is not there.
	flow_refused(w, REGISSEUR, dossier_casus(w, REGISSEUR, "casus pgax:1\nstatus opgepakt\n"),
		     REASON_NOT_FOUND);
	flow_refused(w, REGISSEUR, overname(w, REGISSEUR, "pgax:1", "regisseur"), REASON_NOT_FOUND);
}

static void a_batch_sees_the_casus_that_came_before_in_it(void **state)
{
	struct flow_world *w = *state;
	struct veld velden[] = {{CASUS_CASUS, bytes_of_text("pgax:1")},
				{CASUS_BSN, bytes_of_text(BSN)},
				{CASUS_ROL, bytes_of_text("betrokkene")},
				{CASUS_STATUS, bytes_of_text("opgepakt")},
				{CASUS_SINDS, bytes_of_text("2026-01-05")},
				{CASUS_PGA, bytes_of_text("ja")},
				{CASUS_MEDEWERKER, bytes_of_text("mw-1")}};
	const struct flow_case c = {.count = 1, .persons = {{.rol = "verdachte", .bsn = BSN}}};
	flow_hand(w, flow_say(w, REGISSEUR, TYPE_CASUS, velden, COUNT_OF(velden)));
	struct flow_sent *melding = flow_melding(w, POLITIE, &c);
	flow_hand(w, melding);
	flow_end_batch(w);
	dossier_tells(w, melding, "g-feit 1.pga=ja\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_a_casus_says_becomes_facts),
		TEST(one_casus_has_numbers_of_several_systems),
		TEST(only_the_house_says_how_a_casus_stands),
		TEST(what_makes_no_sense_is_refused_and_changes_nothing),
		TEST(regie_changes_by_an_overname_alone),
		TEST(who_takes_no_part_gets_what_it_gets_of_a_person_without_a_casus),
		TEST(what_is_besloten_steers_nothing_and_goes_to_nobody),
		TEST(what_was_erased_is_as_if_it_never_was),
		TEST(a_batch_sees_the_casus_that_came_before_in_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
// Forms of the language beside giving and withholding, carried out by a whole core: the notice, and
// the law under which a rubriek is held.
#include "flow_convenanten.h"
#include "flow_world.h"

#define MELD(name, conditions, aan)                                                                \
	"  - regel: " name "\n"                                                                    \
	"    convenantartikel: \"1\"\n"                                                            \
	"    herkomst: \"papier: «proef»\"\n" conditions "    meld: {aan: " aan "}\n"              \
	"    doel: d\n"                                                                            \
	"    grondslag: [g]\n"
#define REGIME(name, aan, rubrieken, regime)                                                       \
	"  - regel: " name "\n"                                                                    \
	"    convenantartikel: \"1\"\n"                                                            \
	"    herkomst: \"papier: «proef»\"\n"                                                    \
	"    verstrek: {aan: " aan ", rubrieken: [" rubrieken "], regime: " regime "}\n"           \
	"    doel: d\n"                                                                            \
	"    grondslag: [g]\n"

static const char met_bericht[] = FLOW_HEAD("met-bericht")
	FLOW_PARTIJEN MELD("zorg-hoort-ervan", FLOW_ALS("minderjarig: nee"), AAN_ZORG)
		FLOW_VERSTREK("wmo-leest", "", AAN_WMO, "kenmerken, herkomst")
			FLOW_VERSTREK("zorg-telt", FLOW_ALS("eerder.365: {minstens: 1}"), AAN_ZORG,
				      "verrijking.eerder");
static const char zonder_bericht[] = FLOW_HEAD("zonder-bericht")
	FLOW_PARTIJEN FLOW_VERSTREK("wmo-leest", "", AAN_WMO, "kenmerken, herkomst");
static const char anders_bericht[] =
	FLOW_HEAD("anders-bericht") FLOW_PARTIJEN MELD("zorg-hoort-ervan-anders", "", AAN_ZORG);
static const char onder_wpg[] = FLOW_HEAD("onder-wpg")
	FLOW_PARTIJEN REGIME("alleen-wpg", AAN_WMO, "kenmerken, identificatie, herkomst", "wpg")
		REGIME("alleen-avg", AAN_OOV, "kenmerken, identificatie, verrijking.huis", "avg");

static const struct flow_case adult = {.gemeente = "GM1883",
				       .count = 1,
				       .persons = {{.rol = "slachtoffer",
						    .woongemeente = "GM1883",
						    .minderjarig = "nee",
						    .bsn = "999990019",
						    .geslachtsnaam = "Een"}}};
static const struct flow_case child = {
	.gemeente = "GM1883",
	.count = 1,
	.persons = {{.rol = "kind", .minderjarig = "ja", .geslachtsnaam = "Kind"}}};

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "regisseur");
	flow_enrol(w, FLOW_ZORG, "ggz", "behandeling");
	*state = w;
	return 0;
}

#define ZORG (&w->parties[3])

static struct flow_sent *meld(struct flow_world *w, const struct flow_case *c)
{
	struct flow_sent *melding = flow_melding(w, POLITIE, c);
	flow_send_one(w, melding);
	flow_accepted(w, POLITIE, melding);
	return melding;
}

static const char *why(struct flow_world *w, const struct flow_sent *melding, const char *rest)
{
	char request[300];
	snprintf(request, sizeof request, "why\nid %s\n%s", melding->id, rest);
	return flow_control(w, request);
}

static void a_notice_says_that_there_is_a_melding_and_nothing_of_it(void **state)
{
	struct flow_world *w = *state;
	flow_convenant(w, met_bericht);
	struct flow_sent *melding = meld(w, &adult);
	const struct reply *reply = flow_collect(w, ZORG, "behandeling", 0);
	assert_int_equal(reply->delivery_count, 1);
	const struct delivery *delivery = &reply->deliveries[0];
	assert_false(delivery->has_sender);
	assert_int_equal(delivery->opening_count, 0);
	assert_int_equal(delivery->verrijking_count, 0);
	assert_int_equal(delivery->slots_vector.len, 0);
	const struct part_verstrekking *part = flow_part(w, delivery);
	assert_int_equal(part->grond_count, 1);
	assert_true(flow_gives(part, 0, RUBRIEK_BERICHT));
	const char *told =
		why(w, melding, "ontvanger zorg/behandeling\nbetrokkene 0\nrubriek bericht\n");
	assert_non_null(strstr(told, "beslissing verstrekt\n"));
	assert_non_null(strstr(told, "rubriek bericht\n"));
	assert_non_null(strstr(told, "regel zorg-hoort-ervan\n"));
	told = why(w, melding, "ontvanger stad/oov\nbetrokkene 0\nrubriek bericht\n");
	assert_non_null(strstr(told, "beslissing geweigerd\n"));
}

static void a_notice_has_its_conditions_and_a_convenant_without_one_sends_none(void **state)
{
	struct flow_world *w = *state;
	flow_convenant(w, met_bericht);
	struct flow_sent *melding = meld(w, &child);
	assert_int_equal(flow_collect(w, ZORG, "behandeling", 0)->delivery_count, 0);
	const char *told = why(w, melding, "ontvanger zorg/behandeling\nrubriek bericht\n");
	assert_non_null(strstr(told, "nearest-test minderjarig: ja, gevraagd nee\n"));
	flow_convenant(w, zonder_bericht);
	melding = meld(w, &adult);
	assert_int_equal(flow_collect(w, ZORG, "behandeling", 0)->delivery_count, 0);
	told = why(w, melding, "ontvanger zorg/behandeling\n");
	assert_null(strstr(told, "rubriek bericht\n"));
}

// Who heard that there was a melding may know that it exists: it counts among the earlier ones.
static void what_was_noticed_counts_for_who_got_the_notice(void **state)
{
	struct flow_world *w = *state;
	struct rubriek rubriek;
	flow_convenant(w, met_bericht);
	meld(w, &adult);
	meld(w, &adult);
	const struct reply *reply = flow_collect(w, ZORG, "behandeling", 1);
	assert_int_equal(reply->delivery_count, 1);
	assert_int_equal(reply->deliveries[0].verrijking_count, 1);
	assert_int_equal(
		rubriek_decode(reply->deliveries[0].verrijkingen[0].value, w->arena, &rubriek),
		RESULT_OK);
	assert_int_equal(rubriek.soort, RUBRIEK_VERRIJKING_EERDER);
	assert_true(bytes_equal(veld_get(rubriek.velden, rubriek.veld_count, EERDER_365),
				bytes_of_text("1")));
}

static void a_waiting_notice_is_decided_again_under_a_newer_convenant(void **state)
{
	struct flow_world *w = *state;
	flow_convenant(w, met_bericht);
	meld(w, &adult);
	flow_convenant(w, anders_bericht);
	assert_int_equal(flow_collect(w, ZORG, "behandeling", 0)->delivery_count, 0);
	flow_recheck_all(w);
	const struct reply *reply = flow_collect(w, ZORG, "behandeling", 0);
	assert_int_equal(reply->delivery_count, 1);
	const struct part_verstrekking *part = flow_part(w, &reply->deliveries[0]);
	assert_int_equal(part->soort, VERSTREKKING_GEGEVEN);
	assert_true(bytes_equal(part->gronden[0].regel, bytes_of_text("zorg-hoort-ervan-anders")));
	flow_convenant(w, zonder_bericht);
	flow_recheck_all(w);
	reply = flow_collect(w, ZORG, "behandeling", 0);
	assert_int_equal(flow_part(w, &reply->deliveries[0])->soort, VERSTREKKING_VERVALLEN);
	assert_int_equal(flow_part(w, &reply->deliveries[0])->grond_count, 0);
}

// What the sender holds under one law goes by the regel for that law alone, also after a restart
// and when it is decided again from what was recorded.
static void a_regel_for_one_regime_gives_what_is_held_under_it(void **state)
{
	struct flow_world *w = *state;
	flow_convenant(w, onder_wpg);
	struct flow_sent *melding = meld(w, &adult);
	assert_int_equal(flow_collect(w, STAD, "wmo", 0)->delivery_count, 0);
	const struct reply *reply = flow_collect(w, STAD, "oov", 0);
	const struct part_verstrekking *part = flow_part(w, &reply->deliveries[0]);
	assert_true(flow_gives(part, 1, RUBRIEK_IDENTIFICATIE));
	assert_true(flow_gives(part, 1, RUBRIEK_VERRIJKING_HUIS));
	const char *told =
		why(w, melding, "ontvanger stad/wmo\nbetrokkene 1\nrubriek identificatie\n");
	assert_non_null(strstr(told, "nearest-test regime: avg, gevraagd wpg\n"));
	flow_world_close(w);
	flow_world_open(w);
	told = why(w, melding, "ontvanger stad/oov\nbetrokkene 1\nrubriek identificatie\n");
	assert_non_null(strstr(told, "beslissing verstrekt\n"));
	assert_non_null(strstr(told, "regel alleen-avg\n"));
}

static const struct flow_case two_laws = {
	.count = 1, .persons = {{.rol = "slachtoffer", .skn = "SKN-7", .vnummer = "V-123456"}}};
#define AFZENDER FLOW_VERSTREK("afzender", "", AAN_WMO, "herkomst, kenmerken")
static const char nummers_wpg[] = FLOW_HEAD("nummers-wpg")
	FLOW_PARTIJEN AFZENDER REGIME("wmo-wpg", AAN_WMO, "ketennummer", "wpg")
		REGIME("oov-wpg", AAN_OOV, "ketennummer", "wpg");
static const char nummers_alle[] = FLOW_HEAD("nummers-alle")
	FLOW_PARTIJEN AFZENDER FLOW_VERSTREK("wmo-alle", "", AAN_WMO, "ketennummer")
		FLOW_VERSTREK("oov-alle", "", AAN_OOV, "ketennummer");
static const char nummers_avg[] = FLOW_HEAD("nummers-avg")
	FLOW_PARTIJEN AFZENDER REGIME("wmo-avg", AAN_WMO, "ketennummer", "avg")
		REGIME("oov-avg", AAN_OOV, "ketennummer", "avg");

// How many rubrieken of the sender go, with their source or in the knooppunt's words.
static void assert_numbers(struct flow_world *w, size_t opened, size_t restated)
{
	flow_recheck_all(w);
	const struct delivery *wmo = &flow_collect(w, STAD, "wmo", 0)->deliveries[0];
	assert_int_equal(wmo->opening_count, opened);
	const struct delivery *oov = &flow_collect(w, STAD, "oov", 0)->deliveries[0];
	assert_int_equal(oov->verrijking_count, restated);
	assert_true(restated > 0 || flow_part(w, oov)->soort == VERSTREKKING_VERVALLEN);
}

// Of two numbers under two laws one waits: a convenant that gives both adds nothing to what waits,
// and one that gives the other alone leaves nothing of it.
static void what_waits_under_one_law_is_not_widened_by_another(void **state)
{
	struct flow_world *w = *state;
	flow_convenant(w, nummers_wpg);
	meld(w, &two_laws);
	assert_numbers(w, 2, 1);
	flow_convenant(w, nummers_alle);
	assert_numbers(w, 2, 1);
	flow_convenant(w, nummers_alle);
	assert_numbers(w, 2, 1);
	flow_convenant(w, nummers_avg);
	assert_numbers(w, 1, 0);
	assert_null(strstr(flow_control(w, "replay\nfrom 0\n"), "\ndiffer "));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_notice_says_that_there_is_a_melding_and_nothing_of_it),
		TEST(a_notice_has_its_conditions_and_a_convenant_without_one_sends_none),
		TEST(what_was_noticed_counts_for_who_got_the_notice),
		TEST(a_waiting_notice_is_decided_again_under_a_newer_convenant),
		TEST(a_regel_for_one_regime_gives_what_is_held_under_it),
		TEST(what_waits_under_one_law_is_not_widened_by_another),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

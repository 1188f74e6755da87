// SPDX-License-Identifier: EUPL-1.2
// What comes between that a screen is recorded and that it is answered, or after it: nothing that
// ended is shown, and that it was shown stays.
#include "flow_scherm.h"

static const char krap[] = FLOW_HEAD("krap") PARTIJEN REGISSEUR_LEEST("") WMO_LEEST("")
	FLOW_VERSTREK("zorg-leest", "", AAN_ZORG, "kenmerken") OOV_LEEST;

// The wmo may know the source, and the care provider may not.
#define NUMMERS_OF(versie, wmo, zorg)                                                              \
	FLOW_HEAD(versie)                                                                          \
	PARTIJEN NUMMERS("regisseur-leest", AAN_REGISSEUR, ", herkomst", "")                       \
		NUMMERS("wmo-leest", AAN_WMO, ", herkomst", wmo)                                   \
			NUMMERS("zorg-leest", AAN_ZORG, "", zorg)
#define AVG ", regime: avg"
static const char een_wet[] = NUMMERS_OF("een-wet", AVG, AVG);
static const char elke_wet[] = NUMMERS_OF("elke-wet", "", "");

static struct flow_sent *say_correctie(struct flow_world *w, uint64_t index, const char *correctie,
				       const char *rubriek)
{
	char entry[24];
	snprintf(entry, sizeof entry, "%llu", (unsigned long long)index);
	struct veld velden[] = {{CORRECTIE_ENTRY, bytes_of_text(entry)},
				{CORRECTIE_CORRECTIE, bytes_of_text(correctie)},
				{CORRECTIE_BETROKKENE, bytes_of_text("1")},
				{CORRECTIE_RUBRIEK, bytes_of_text(rubriek)},
				{CORRECTIE_MEDEWERKER, bytes_of_text("mw-9")},
				{CORRECTIE_MOTIVERING, bytes_of_text("verwisseld")}};
	return flow_say(w, POLITIE, TYPE_CORRECTIE, velden, COUNT_OF(velden));
}

static struct flow_sent *correct(struct flow_world *w, uint64_t index, const char *rubriek)
{
	return say_correctie(w, index, "onjuist", rubriek);
}

// What was confirmed is not decided again, and lies where it went.
static void confirm(struct flow_world *w, struct flow_party *who, const char *functie)
{
	const struct reply *reply = flow_collect(w, who, functie, 0);
	struct flow_sent *ack = flow_ack(w, who, functie, &reply->deliveries[0]);
	flow_send_one(w, ack);
	flow_accepted(w, who, ack);
}

static void what_was_confirmed_and_is_not_given_any_more_is_not_shown(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &scherm_one, &index);
	confirm(w, ZORG, "behandeling");
	const struct showing what = {.entry = index, .aanwezig = {ZORG_IS_THERE}};
	struct seen seen = seen_in(w, show(w, &what));
	assert_string_equal(seen.places, "0/kenmerken 1/identificatie ");
	flow_convenant(w, krap);
	flow_recheck_all(w);
	seen = seen_in(w, show(w, &what));
	assert_string_equal(seen.places, "0/kenmerken ");
}

static void what_was_stated_and_is_not_given_any_more_is_not_shown(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_convenant(w, FLOW_HEAD("eerder") PARTIJEN REGISSEUR_LEEST(", verrijking.eerder")
				  WMO_LEEST(", verrijking.eerder"));
	flow_melded(w, POLITIE, &scherm_one, &index);
	confirm(w, STAD, "wmo");
	const struct showing what = {.entry = index, .aanwezig = {WMO_IS_THERE}};
	struct seen seen = seen_in(w, show(w, &what));
	assert_true(has(&seen, "1/verrijking.eerder "));
	flow_convenant(w, FLOW_HEAD("eerder-2") PARTIJEN REGISSEUR_LEEST(", verrijking.eerder")
				  WMO_LEEST(""));
	flow_recheck_all(w);
	seen = seen_in(w, show(w, &what));
	assert_true(has(&seen, "1/identificatie ") && !has(&seen, "eerder"));
}

// What is given again before the answer leaves was not recorded as shown.
static void what_comes_before_the_answer_leaves_is_of_the_next_screen(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &scherm_one, &index);
	struct flow_sent *away = correct(w, index, "identificatie");
	flow_send_one(w, away);
	flow_accepted(w, POLITIE, away);
	const struct showing what = {.entry = index, .aanwezig = {WMO_IS_THERE}};
	struct flow_sent *sent = showing(w, &what);
	struct flow_sent *back = say_correctie(w, index, "opgeheven", "identificatie");
	flow_hand(w, sent);
	flow_hand(w, back);
	flow_end_batch(w);
	flow_accepted(w, POLITIE, back);
	struct seen seen = seen_in(w, scherm_answer_of(w, sent));
	assert_true(has(&seen, "0/kenmerken ") && !has(&seen, "identificatie"));
	seen = seen_in(w, show(w, &what));
	assert_true(has(&seen, "1/identificatie "));
}

static void terms(struct flow_world *w, unsigned long long *inhoud,
		  unsigned long long *verantwoording)
{
	const char *at = strstr(flow_control(w, "inzage\nbsn 999990019\n"), "m-bewaar ");
	assert_non_null(at);
	assert_int_equal(sscanf(at, "m-bewaar %llu %llu", inhoud, verantwoording), 2);
}

static void what_is_shown_is_kept_no_longer_and_that_it_was_is(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	unsigned long long before[2], after[2];
	flow_melded(w, POLITIE, &scherm_one, &index);
	terms(w, &before[0], &before[1]);
	flow_days_later(w, 10);
	show(w, &(struct showing){.entry = index, .aanwezig = {WMO_IS_THERE}});
	terms(w, &after[0], &after[1]);
	assert_true(after[0] == before[0]);
	assert_true(after[1] > before[1]);
}

static void what_is_taken_away_before_the_answer_leaves_is_not_shown(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &scherm_one, &index);
	const struct showing what = {.entry = index, .aanwezig = {WMO_IS_THERE}};
	struct flow_sent *sent = showing(w, &what), *away = correct(w, index, "identificatie");
	flow_hand(w, sent);
	flow_hand(w, away);
	flow_end_batch(w);
	flow_accepted(w, POLITIE, away);
	struct seen seen = seen_in(w, scherm_answer_of(w, sent));
	assert_true(has(&seen, "0/kenmerken ") && !has(&seen, "identificatie"));
	// Later it is neither shown nor recorded as shown.
	seen = seen_in(w, show(w, &what));
	assert_true(has(&seen, "0/kenmerken ") && !has(&seen, "identificatie"));
	assert_false(flow_gives(newest(w, STAD, "wmo"), 1, RUBRIEK_IDENTIFICATIE));
}

static void what_a_convenant_does_not_give_any_more_is_not_shown(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &scherm_one, &index);
	flow_convenant(w, krap);
	flow_recheck_all(w);
	struct seen seen =
		seen_in(w, show(w, &(struct showing){.entry = index, .aanwezig = {ZORG_IS_THERE}}));
	assert_string_equal(seen.places, "0/kenmerken ");
	// And what it gives that was not given then, as little.
	flow_convenant(w, RUIM);
	flow_recheck_all(w);
	seen = seen_in(w, show(w, &(struct showing){.entry = index, .aanwezig = {WMO_IS_THERE}}));
	assert_true(has(&seen, "1/identificatie ") && !has(&seen, "bsn"));
}

// A place that was given under one law is given under each by now: what was not given then is not
// on the screen, whether the sender's own was opened or the knooppunt said it again.
static void what_was_given_under_one_law_is_not_shown_under_another(void **state)
{
	struct flow_world *w = *state;
	uint64_t index, next;
	const char *who[] = {WMO_IS_THERE, ZORG_IS_THERE};
	flow_convenant(w, een_wet);
	flow_melded(w, POLITIE, &scherm_two_laws, &index);
	confirm(w, STAD, "wmo");
	confirm(w, ZORG, "behandeling");
	flow_convenant(w, elke_wet);
	flow_recheck_all(w);
	flow_melded(w, POLITIE, &scherm_two_laws, &next);
	for (size_t i = 0; i < 2; i++) {
		struct seen seen = seen_in(
			w, show(w, &(struct showing){.entry = index, .aanwezig = {who[i]}}));
		assert_int_equal(count_of(seen.places, "1/ketennummer "), 1);
		seen = seen_in(w, show(w, &(struct showing){.entry = next, .aanwezig = {who[i]}}));
		assert_int_equal(count_of(seen.places, "1/ketennummer "), 2);
	}
}

static void an_outcome_before_the_answer_leaves_ends_it(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	char entry[24];
	flow_melded(w, POLITIE, &scherm_one, &index);
	snprintf(entry, sizeof entry, "%llu", (unsigned long long)index);
	struct veld velden[] = {{UITKOMST_ENTRY, bytes_of_text(entry)},
				{UITKOMST_OVERLEG, bytes_of_text("weegtafel")},
				{UITKOMST_UITKOMST, bytes_of_text("geen-actie")},
				{UITKOMST_MEDEWERKER, bytes_of_text("mw-1")}};
	struct flow_sent *sent = showing(w, &(struct showing){.entry = index});
	struct flow_sent *end = flow_say(w, REGISSEUR, TYPE_UITKOMST, velden, COUNT_OF(velden));
	flow_hand(w, sent);
	flow_hand(w, end);
	flow_end_batch(w);
	assert_non_null(strstr(scherm_answer_of(w, sent), "result not-owed\n"));
	assert_null(strstr(scherm_answer_of(w, sent), "rubriek"));
}

static void what_was_erased_is_not_shown_and_that_it_was_stays(void **state)
{
	struct flow_world *w = *state;
	uint64_t index, order;
	struct flow_sent *melding = flow_melded(w, POLITIE, &scherm_one, &index);
	const struct showing what = {.entry = index, .aanwezig = {WMO_IS_THERE}};
	show(w, &what);
	assert_int_equal(flow_erase(w, flow_order(w, index, &melding->about), 2, &order),
			 RESULT_OK);
	flow_ticks(w, 3);
	struct flow_sent *sent = showing(w, &what);
	flow_send_one(w, sent);
	const struct reply *reply = flow_answer(w, REGISSEUR, sent);
	assert_int_equal(reply->outcome, OUTCOME_GEWEIGERD);
	assert_int_equal(reply->antwoord.len, 0);
	const char *told = flow_control(w, "inzage\nbsn 999990019\n");
	assert_int_equal(count_of(told, " getoond "), 2);
	assert_null(strstr(told, "m-rubriek"));
	assert_non_null(strstr(told, "v-rubriek identificatie wmo-leest"));
	// Who saw it without having fetched it is told what was destroyed all the same.
	assert_int_equal(newest(w, STAD, "wmo")->soort, VERSTREKKING_GEWIST);
}

static void who_saw_what_is_not_so_is_told_what_it_saw(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &scherm_one, &index);
	show(w, &(struct showing){.entry = index, .aanwezig = {WMO_IS_THERE}});
	struct flow_sent *away = correct(w, index, "identificatie");
	flow_send_one(w, away);
	flow_accepted(w, POLITIE, away);
	// Nothing was fetched: of what waited nothing is named, of what was seen it is.
	const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
	size_t named = 0, onjuist = 0;
	for (size_t i = 0; i < reply->delivery_count; i++) {
		const struct part_verstrekking *part = flow_part(w, &reply->deliveries[i]);
		onjuist += part->soort == VERSTREKKING_ONJUIST;
		named += part->soort == VERSTREKKING_ONJUIST &&
			 flow_gives(part, 1, RUBRIEK_IDENTIFICATIE);
	}
	assert_true(onjuist >= 1 && named == 1);
}

static void that_it_was_shown_waits_through_a_change_of_the_register(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &scherm_one, &index);
	show(w, &(struct showing){.entry = index, .aanwezig = {WMO_IS_THERE}});
	flow_convenant(w, TAFEL);
	flow_recheck_all(w);
	const struct part_verstrekking *part = newest(w, STAD, "wmo");
	assert_true(part->soort == VERSTREKKING_GETOOND && part->number == 2);
	// Said again under its number, it is told once.
	assert_int_equal(count_of(flow_control(w, "inzage\nbsn 999990019\n"), " getoond "), 2);
	const char *told =
		flow_control(w, "datalek\nkey " FLOW_STAD "\nsince 2020-01-01T00:00:00Z\n");
	assert_int_equal(count_of(told, " getoond\n"), 1);
	const struct reply *reply = flow_collect(w, STAD, "wmo", 1);
	struct flow_sent *ack = flow_ack(w, STAD, "wmo", &reply->deliveries[0]);
	flow_send_one(w, ack);
	flow_accepted(w, STAD, ack);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scherm_setup, flow_world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_confirmed_and_is_not_given_any_more_is_not_shown),
		TEST(what_was_stated_and_is_not_given_any_more_is_not_shown),
		TEST(what_comes_before_the_answer_leaves_is_of_the_next_screen),
		TEST(what_is_shown_is_kept_no_longer_and_that_it_was_is),
		TEST(what_is_taken_away_before_the_answer_leaves_is_not_shown),
		TEST(what_a_convenant_does_not_give_any_more_is_not_shown),
		TEST(what_was_given_under_one_law_is_not_shown_under_another),
		TEST(an_outcome_before_the_answer_leaves_ends_it),
		TEST(what_was_erased_is_not_shown_and_that_it_was_stays),
		TEST(who_saw_what_is_not_so_is_told_what_it_saw),
		TEST(that_it_was_shown_waits_through_a_change_of_the_register),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

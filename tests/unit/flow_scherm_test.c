// SPDX-License-Identifier: EUPL-1.2
// The one screen of an overleg: what all who are present may see of a melding, never more, and that
// they saw it.
#include "flow_scherm.h"

static const char eerder[] = FLOW_HEAD("eerder") PARTIJEN REGISSEUR_LEEST(", verrijking.eerder")
	WMO_LEEST(", verrijking.eerder") ZORG_LEEST;

static const char wetten[] =
	FLOW_HEAD("wetten") PARTIJEN NUMMERS("regisseur-leest", AAN_REGISSEUR, "", "")
		NUMMERS("wmo-leest", AAN_WMO, "", ", regime: avg")
			NUMMERS("zorg-leest", AAN_ZORG, "", ", regime: wpg");

// ---- what is seen ----------------------------------------------------------------------------

static void all_see_what_each_of_them_may_see(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &scherm_one, &index);
	const char *lines = show(
		w, &(struct showing){.entry = index, .aanwezig = {WMO_IS_THERE, ZORG_IS_THERE}});
	struct seen seen = seen_in(w, lines);
	assert_true(has(&seen, "0/kenmerken ") && has(&seen, "1/identificatie "));
	assert_true(!has(&seen, "bsn") && !seen.bron && !strstr(lines, "\nbron "));
	assert_int_equal(count_of(seen.places, "/"), 2);
	// Two of the three may know the source.
	lines = show(w, &(struct showing){.entry = index, .aanwezig = {WMO_IS_THERE}});
	seen = seen_in(w, lines);
	assert_int_equal(count_of(seen.places, "/"), 2);
	assert_non_null(strstr(lines, "\nbron " FLOW_POLITIE "\n"));
	// Nobody but the voorzitter: its own view.
	seen = seen_in(w, show(w, &(struct showing){.entry = index}));
	assert_true(has(&seen, "1/bsn "));
	assert_int_equal(count_of(seen.places, "/"), 3);
}

// The check of the test above sees what a regel too many would bring.
static void a_regel_too_many_would_be_seen(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_convenant(w, RUIM);
	flow_melded(w, POLITIE, &scherm_one, &index);
	struct seen seen =
		seen_in(w, show(w, &(struct showing){.entry = index, .aanwezig = {WMO_IS_THERE}}));
	assert_true(has(&seen, "1/bsn "));
	seen = seen_in(w, show(w, &(struct showing){.entry = index,
						    .aanwezig = {WMO_IS_THERE, ZORG_IS_THERE}}));
	assert_false(has(&seen, "1/bsn "));
}

static void it_is_recorded_as_a_verstrekking_to_each(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	struct flow_sent *melding = flow_melded(w, POLITIE, &scherm_one, &index);
	show(w,
	     &(struct showing){.entry = index,
			       .aanwezig = {WMO_IS_THERE, FLOW_STAD ":wmo:mw-4", ZORG_IS_THERE}});
	// Two for one functie are one verstrekking.
	assert_int_equal(flow_collect(w, STAD, "wmo", 0)->delivery_count, 2);
	const struct part_verstrekking *part = newest(w, STAD, "wmo");
	assert_true(part->soort == VERSTREKKING_GETOOND && part->betreft == index);
	assert_true(part->slot_count == 0 && !part->has_verrijking);
	assert_int_equal(part->grond_count, 2);
	assert_true(flow_gives(part, 0, RUBRIEK_KENMERKEN) &&
		    flow_gives(part, 1, RUBRIEK_IDENTIFICATIE));
	assert_true(bytes_equal(part->gronden[0].regel, bytes_of_text("wmo-leest")));
	part = newest(w, ZORG, "behandeling");
	assert_true(bytes_equal(part->gronden[0].regel, bytes_of_text("zorg-leest")));
	assert_int_equal(newest(w, REGISSEUR, "regisseur")->soort, VERSTREKKING_GETOOND);
	assert_int_equal(newest(w, STAD, "oov")->soort, VERSTREKKING_GEGEVEN);

	char request[200];
	snprintf(request, sizeof request, "why\nid %s\nontvanger zorg/behandeling\n", melding->id);
	const char *told = flow_control(w, request);
	assert_non_null(strstr(told, "g-scherm weegtafel "));
	assert_non_null(strstr(told, "\ng-aanwezig " FLOW_ZORG " behandeling mw-3\n"));
	assert_int_equal(count_of(told, "\ng-aanwezig "), 3);
	const char *event = strstr(told, "gebeurtenis scherm ");
	assert_non_null(
		strstr(event, "g-plaats 1 identificatie verstrekt 1\ng-regel zorg-leest\n"));
	told = flow_control(w, "inzage\nbsn 999990019\n");
	assert_int_equal(count_of(told, " getoond "), 3);
	assert_non_null(strstr(told, " getoond " FLOW_ZORG " behandeling "));
	told = flow_control(w, "datalek\nkey " FLOW_ZORG "\nsince 2020-01-01T00:00:00Z\n");
	assert_int_equal(count_of(told, " getoond\n"), 1);
	told = flow_control(w, "replay\nfrom 0\n");
	assert_null(strstr(told, "\ndiffer "));
}

// Two rubrieken at one place, each held under its own law.
static void of_a_place_only_what_is_held_under_a_law_that_is_of_all(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_convenant(w, wetten);
	flow_melded(w, POLITIE, &scherm_two_laws, &index);
	struct seen seen = seen_in(w, show(w, &(struct showing){.entry = index}));
	assert_int_equal(count_of(seen.places, "1/ketennummer "), 2);
	seen = seen_in(w, show(w, &(struct showing){.entry = index, .aanwezig = {WMO_IS_THERE}}));
	assert_int_equal(count_of(seen.places, "1/ketennummer "), 1);
	seen = seen_in(w, show(w, &(struct showing){.entry = index,
						    .aanwezig = {WMO_IS_THERE, ZORG_IS_THERE}}));
	assert_string_equal(seen.places, "");
	assert_int_equal(newest(w, ZORG, "behandeling")->soort, VERSTREKKING_GEGEVEN);
}

// What the knooppunt adds is made for each by itself: it is on the screen where it is the same.
static void what_is_stated_is_seen_where_it_is_the_same_for_all(void **state)
{
	struct flow_world *w = *state;
	uint64_t first, second;
	flow_convenant(w, eerder);
	flow_melded(w, POLITIE, &scherm_one, &first);
	const struct showing at_first = {.entry = first, .aanwezig = {WMO_IS_THERE}};
	struct seen seen = seen_in(w, show(w, &at_first));
	assert_true(has(&seen, "1/verrijking.eerder "));
	// From here on the regisseur knows of one melding more than the wmo.
	flow_convenant(w, FLOW_HEAD("alleen") PARTIJEN REGISSEUR_LEEST(""));
	flow_melded(w, POLITIE, &scherm_one, NULL);
	flow_convenant(w, eerder);
	flow_melded(w, POLITIE, &scherm_one, &second);
	const struct showing both = {.entry = second, .aanwezig = {WMO_IS_THERE}};
	seen = seen_in(w, show(w, &both));
	assert_true(has(&seen, "1/identificatie ") && !has(&seen, "eerder"));
	seen = seen_in(w, show(w, &(struct showing){.entry = second}));
	assert_true(has(&seen, "1/verrijking.eerder "));
}

// ---- what is refused -------------------------------------------------------------------------

static void refused(struct flow_world *w, const struct showing *what, enum reason reason,
		    const char *field)
{
	struct flow_party *by = what->by ? what->by : REGISSEUR;
	struct flow_sent *sent = showing(w, what);
	flow_forget_frames(w);
	flow_send_one(w, sent);
	flow_refused(w, by, sent, reason);
	const struct reply *reply = flow_answer(w, by, sent);
	assert_true(bytes_equal(reply->field, bytes_of_text(field)));
	assert_int_equal(reply->antwoord.len, 0);
}

static void only_its_voorzitter_shows_what_is_on_its_agenda(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &scherm_one, &index);
	refused(w, &(struct showing){.by = STAD, .entry = index}, REASON_NOT_OWED, "scherm.entry");
	refused(w, &(struct showing){.entry = index + 1}, REASON_NOT_OWED, "scherm.entry");
	refused(w, &(struct showing){.entry = index, .overleg = "ander"}, REASON_NOT_OWED,
		"scherm.overleg (weegtafel)");
	refused(w, &(struct showing){.entry = index, .zitting = "2020-01-02"}, REASON_BAD_VALUE,
		"scherm.zitting");
	// Nothing of a refused one is recorded as shown.
	assert_int_equal(newest(w, STAD, "wmo")->soort, VERSTREKKING_GEGEVEN);
}

static void who_may_not_be_there_is_refused_by_name_of_the_field(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &scherm_one, &index);
	// No lid; no partij; not a functie that is its; nobody at all.
	refused(w, &(struct showing){.entry = index, .aanwezig = {FLOW_STAD ":oov:mw-2"}},
		REASON_NOT_FOUND, "scherm.aanwezig[0]");
	refused(w,
		&(struct showing){.entry = index,
				  .aanwezig = {WMO_IS_THERE, "00000099000000007000:wmo:mw-2"}},
		REASON_UNKNOWN_PARTIJ, "scherm.aanwezig[1]");
	refused(w, &(struct showing){.entry = index, .aanwezig = {FLOW_STAD ":wijk:mw-2"}},
		REASON_UNKNOWN_PARTIJ, "scherm.aanwezig[0]");
	refused(w, &(struct showing){.entry = index, .aanwezig = {FLOW_STAD ":wmo:"}},
		REASON_BAD_VALUE, "scherm.aanwezig[0]");
	refused(w, &(struct showing){.entry = index, .aanwezig = {FLOW_STAD ":behandeling"}},
		REASON_BAD_VALUE, "scherm.aanwezig[0]");
	assert_int_equal(newest(w, ZORG, "behandeling")->soort, VERSTREKKING_GEGEVEN);
	flow_revoke(w, ZORG);
	refused(w, &(struct showing){.entry = index, .aanwezig = {WMO_IS_THERE, ZORG_IS_THERE}},
		REASON_UNKNOWN_PARTIJ, "scherm.aanwezig[1]");
	struct seen seen =
		seen_in(w, show(w, &(struct showing){.entry = index, .aanwezig = {WMO_IS_THERE}}));
	assert_true(has(&seen, "1/identificatie "));
}

static void the_same_bytes_are_not_answered_twice(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &scherm_one, &index);
	struct flow_sent *sent = showing(w, &(struct showing){.entry = index});
	flow_send_one(w, sent);
	assert_non_null(strstr(scherm_answer_of(w, sent), "rubriek"));
	uint64_t entries = w->core->counts.entries;
	flow_forget_frames(w);
	flow_send_one(w, sent);
	assert_string_equal(scherm_answer_of(w, sent), "");
	assert_int_equal(w->core->counts.entries, entries);
}

static void what_nobody_but_one_may_see_is_an_empty_screen(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	char line[40];
	flow_convenant(w, FLOW_HEAD("leeg") PARTIJEN FLOW_VERSTREK("regisseur-leest", "",
								   AAN_REGISSEUR, "bsn, herkomst")
				  WMO_LEEST(""));
	flow_melded(w, POLITIE, &scherm_one, &index);
	const char *lines = show(w, &(struct showing){.entry = index, .aanwezig = {WMO_IS_THERE}});
	snprintf(line, sizeof line, "result ok\nmelding %llu\n", (unsigned long long)index);
	// They may both know the source; of nothing else that is said alone.
	assert_string_equal(lines, line);
	assert_int_equal(newest(w, STAD, "wmo")->soort, VERSTREKKING_GEGEVEN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scherm_setup, flow_world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_see_what_each_of_them_may_see),
		TEST(a_regel_too_many_would_be_seen),
		TEST(it_is_recorded_as_a_verstrekking_to_each),
		TEST(of_a_place_only_what_is_held_under_a_law_that_is_of_all),
		TEST(what_is_stated_is_seen_where_it_is_the_same_for_all),
		TEST(only_its_voorzitter_shows_what_is_on_its_agenda),
		TEST(who_may_not_be_there_is_refused_by_name_of_the_field),
		TEST(the_same_bytes_are_not_answered_twice),
		TEST(what_nobody_but_one_may_see_is_an_empty_screen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
// What waits may only leave while everything it rests on still holds: days of regels, terms, a new
// convenant, content that is gone. And what never arrived is not known to an ontvanger.
#include "flow_convenanten.h"
#include "flow_world.h"

#define A_PERSON "999990342"

// The clock begins at noon of tomorrow, so that whole days from there cross one midnight each.
static int64_t noon;

static void days_later(int64_t days)
{
	flow_clock_ahead = noon + days * MS_PER_DAY;
}

static int setup(void **state)
{
	struct flow_world *w = flow_world_new();
	int64_t now = clock_wall_ms();
	noon = (now / MS_PER_DAY + 1) * MS_PER_DAY + MS_PER_DAY / 2 - now;
	days_later(0);
	flow_enrol(w, FLOW_POLITIE, "politie", "wijk");
	flow_enrol(w, FLOW_STAD, "gemeente", "oov,wmo");
	*state = w;
	return 0;
}

static char last_id[ID_MAX + 1]; // of what was sent last

static uint64_t melded(struct flow_world *w, const char *soort, const char *bsn, const char *skn)
{
	struct flow_case c = {
		.soort = soort,
		.count = 1,
		.persons = {{.rol = "slachtoffer", .bsn = bsn, .skn = skn, .geslachtsnaam = "X"}}};
	struct flow_sent *melding = flow_melding(w, POLITIE, &c);
	snprintf(last_id, sizeof last_id, "%s", melding->id);
	flow_send_one(w, melding);
	return flow_accepted(w, POLITIE, melding);
}

static const struct part_verstrekking *first_for(struct flow_world *w, const char *functie,
						 uint64_t after)
{
	const struct reply *reply = flow_collect(w, STAD, functie, after);
	return reply->delivery_count > 0 ? flow_part(w, &reply->deliveries[0]) : NULL;
}

static void tick(struct flow_world *w)
{
	assert_int_equal(flow_tick(w->core, clock_wall_ms()), RESULT_OK);
	flow_end_batch(w);
}

// "YYYY-MM-DD" of so many days from today.
static const char *day(struct flow_world *w, int64_t days)
{
	struct civil_date date =
		date_from_days(date_to_days(date_amsterdam(clock_wall_ms())) + days);
	char *text = arena_alloc(w->arena, 40);
	assert_non_null(text);
	snprintf(text, 40, "%04d-%02d-%02d", date.year, date.month, date.day);
	return text;
}

// A convenant with the one "@" in it replaced by a day.
static void use(struct flow_world *w, const char *text, const char *when)
{
	struct buffer whole;
	size_t before = strcspn(text, "@");
	buffer_init(&whole, CONVENANT_MAX);
	buffer_append(&whole, bytes_make(text, before));
	buffer_append_text(&whole, when);
	buffer_append_text(&whole, text + before + 1);
	buffer_append_u8(&whole, 0);
	assert_int_equal(whole.status, RESULT_OK);
	flow_convenant(w, (const char *)whole.data);
	buffer_done(&whole);
}

static void assert_waits_then_lapses(struct flow_world *w, int64_t days)
{
	melded(w, NULL, NULL, NULL);
	assert_int_equal(first_for(w, "wmo", 0)->soort, VERSTREKKING_GEGEVEN);
	days_later(days - 1);
	assert_int_equal(first_for(w, "wmo", 0)->soort, VERSTREKKING_GEGEVEN);
	days_later(days);
	assert_null(first_for(w, "wmo", 0));
	tick(w);
	const struct part_verstrekking *part = first_for(w, "wmo", 0);
	assert_int_equal(part->soort, VERSTREKKING_VERVALLEN);
	assert_true(part->number == 1);
}

static void nothing_leaves_under_a_regel_that_ended_while_it_waited(void **state)
{
	struct flow_world *w = *state;
	use(w,
	    FLOW_HEAD("einde")
		    FLOW_PARTIJEN FLOW_VERSTREK("tijdelijk", "    tot: @\n", AAN_WMO, "kenmerken"),
	    day(w, 1));
	assert_waits_then_lapses(w, 2);
}

static int64_t last_sunday(int year, int month)
{
	int64_t last = date_to_days((struct civil_date){year, month, 31});
	return last - (last + 4) % 7; // day 0 was a Thursday
}

static void at(int64_t moment)
{
	flow_clock_ahead += moment - clock_wall_ms();
}

// On the Sundays on which the clocks on the wall are changed, a day has 23 hours or 25.
static void a_day_on_which_the_clock_changes_ends_at_its_own_midnight(void **state)
{
	struct flow_world *w = *state;
	int year = date_amsterdam(clock_wall_ms()).year + 1;
	const struct {
		int64_t day, hours; // of UTC, until its end
	} changes[] = {{last_sunday(year, 3), 22}, {last_sunday(year, 10), 23}};
	for (size_t i = 0; i < COUNT_OF(changes); i++) {
		int64_t end = changes[i].day * MS_PER_DAY + changes[i].hours * MS_PER_HOUR;
		at(changes[i].day * MS_PER_DAY - MS_PER_DAY / 2);
		use(w,
		    FLOW_HEAD("klok") FLOW_PARTIJEN FLOW_VERSTREK("tijdelijk", "    tot: @\n",
								  AAN_WMO, "kenmerken"),
		    day(w, 1));
		flow_recheck_all(w);
		for (int n = 0; n < 4; n++) { // the hour that is skipped, or comes twice
			at(changes[i].day * MS_PER_DAY + n * MS_PER_HOUR / 2);
			melded(w, NULL, NULL, NULL);
		}
		at(end - MS_PER_MINUTE);
		const struct part_verstrekking *part = first_for(w, "wmo", i * 4);
		assert_int_equal(part->soort, VERSTREKKING_GEGEVEN);
		assert_true((int64_t)part->geldig_tot == end - 1 ||
			    (int64_t)part->geldig_tot == end);
		at(end + MS_PER_MINUTE);
		assert_null(first_for(w, "wmo", i * 4));
		tick(w);
		const struct reply *reply = flow_collect(w, STAD, "wmo", i * 4);
		assert_int_equal(reply->delivery_count, 4);
		for (size_t n = 0; n < 4; n++) {
			assert_int_equal(flow_part(w, &reply->deliveries[n])->soort,
					 VERSTREKKING_VERVALLEN);
			flow_send_one(w, flow_ack(w, STAD, "wmo", &reply->deliveries[n]));
		}
	}
}

static void nothing_leaves_past_a_verbied_that_began_while_it_waited(void **state)
{
	struct flow_world *w = *state;
	use(w,
	    FLOW_HEAD("begin") FLOW_PARTIJEN FLOW_VERSTREK("gewoon", "", AAN_WMO, "kenmerken")
		    FLOW_VERBIED("straks", "    van: @\n", AAN_WMO, "kenmerken"),
	    day(w, 3));
	assert_waits_then_lapses(w, 3);
}

static void a_day_that_changes_nothing_for_it_makes_nothing_lapse(void **state)
{
	struct flow_world *w = *state;
	use(w,
	    FLOW_HEAD("anders") FLOW_PARTIJEN FLOW_VERSTREK("gewoon", "", AAN_WMO, "kenmerken")
		    FLOW_VERBIED("straks", FLOW_ALS("soort: wth") "    van: @\n", AAN_WMO,
				 "kenmerken"),
	    day(w, 3));
	melded(w, NULL, NULL, NULL);
	days_later(30);
	tick(w);
	assert_int_equal(first_for(w, "wmo", 0)->soort, VERSTREKKING_GEGEVEN);
}

static const char two_terms[] = FLOW_HEAD("termijnen") FLOW_PARTIJEN FLOW_VERSTREK(
	"kort", "    bewaar: {inhoud: P1M, verantwoording: P5Y}\n", AAN_WMO, "kenmerken")
	FLOW_VERSTREK("lang", "", AAN_OOV, "kenmerken");

static void each_ontvanger_waits_no_longer_than_its_own_regels_keep(void **state)
{
	struct flow_world *w = *state;
	flow_convenant(w, two_terms);
	melded(w, NULL, NULL, NULL);
	days_later(32);
	assert_null(first_for(w, "wmo", 0));
	assert_int_equal(first_for(w, "oov", 0)->soort, VERSTREKKING_GEGEVEN);
	tick(w);
	assert_int_equal(first_for(w, "wmo", 0)->soort, VERSTREKKING_VERVALLEN);
	assert_int_equal(first_for(w, "oov", 0)->soort, VERSTREKKING_GEGEVEN);
}

static void being_decided_again_never_lengthens_a_wait(void **state)
{
	struct flow_world *w = *state;
	flow_convenant(w, two_terms);
	melded(w, NULL, NULL, NULL);
	uint64_t until = first_for(w, "wmo", 0)->geldig_tot;
	days_later(20);
	flow_convenant(w, FLOW_HEAD("langer")
				  FLOW_PARTIJEN FLOW_VERSTREK("kort", "", AAN_WMO, "kenmerken"));
	assert_null(first_for(w, "wmo", 0)); // held back until it has been decided again
	flow_recheck_all(w);
	const struct part_verstrekking *part = first_for(w, "wmo", 0);
	assert_int_equal(part->soort, VERSTREKKING_GEGEVEN);
	assert_true(part->geldig_tot == until);
	assert_int_equal(first_for(w, "oov", 0)->soort, VERSTREKKING_VERVALLEN);
}

// The Wmo may know the person for a year and what it is about for a month.
static const char shorter_for_one[] = FLOW_HEAD("deel") FLOW_PARTIJEN FLOW_VERSTREK(
	"kort", "    bewaar: {inhoud: P1M, verantwoording: P5Y}\n", AAN_WMO, "kenmerken")
	FLOW_VERSTREK("lang", "    bewaar: {inhoud: P1Y, verantwoording: P5Y}\n", AAN_WMO,
		      "identificatie");

// Fetches what comes after a number, confirms it, and gives the part; NULL: nothing came.
static const struct part_verstrekking *confirmed(struct flow_world *w, uint64_t after)
{
	const struct reply *reply = flow_collect(w, STAD, "wmo", after);
	if (reply->delivery_count == 0)
		return NULL;
	const struct delivery *delivery = &reply->deliveries[0];
	const struct part_verstrekking *part = flow_part(w, delivery);
	for (int times = 0; times < 2; times++) { // said twice it is the same fact
		struct flow_sent *ack = flow_ack(w, STAD, "wmo", delivery);
		flow_send_one(w, ack);
		flow_accepted(w, STAD, ack);
	}
	return part;
}

static void assert_only_gives(const struct part_verstrekking *part, enum rubriek_soort rubriek)
{
	assert_non_null(part);
	assert_int_equal(part->soort, VERSTREKKING_GEGEVEN);
	assert_true(part->grond_count > 0);
	for (size_t i = 0; i < part->grond_count; i++)
		assert_int_equal(part->gronden[i].rubriek, rubriek);
}

// The story of the last melding for the Wmo has these, one after the other, and no more.
static void assert_story(struct flow_world *w, const char *const *events)
{
	char ask[ID_MAX + 80];
	snprintf(ask, sizeof ask, "why\nid %s\nontvanger " FLOW_STAD "/wmo\n", last_id);
	const char *at = flow_control(w, ask);
	for (; *events; events++) {
		char begin[80];
		snprintf(begin, sizeof begin, "gebeurtenis %s ", *events);
		at = strstr(at, "\ngebeurtenis ");
		assert_non_null(at);
		assert_memory_equal(++at, begin, strlen(begin));
	}
	assert_null(strstr(at, "\ngebeurtenis "));
}

static void what_is_left_of_one_that_lapsed_comes_once_that_is_known(void **state)
{
	struct flow_world *w = *state;
	flow_convenant(w, shorter_for_one);
	uint64_t index = melded(w, NULL, A_PERSON, NULL);
	days_later(32);
	assert_null(first_for(w, "wmo", 0));
	tick(w);
	uint64_t size = journal_size(w->core->journal);
	assert_int_equal(confirmed(w, 0)->soort, VERSTREKKING_VERVALLEN);
	assert_int_equal(journal_size(w->core->journal), size + 3); // two acks and what is left
	const struct part_verstrekking *rest = first_for(w, "wmo", 1);
	assert_only_gives(rest, RUBRIEK_IDENTIFICATIE);
	assert_true(rest->number == 2 && rest->betreft == index);
	// Counted from when the melding came, not from now.
	assert_true((int64_t)rest->geldig_tot < clock_wall_ms() + 335 * MS_PER_DAY);
	static const char *const events[] = {"beslissing", "vervallen", "herbeslissing", NULL};
	assert_story(w, events);
	assert_non_null(strstr(flow_control(w, "replay\n"), "result ok"));
	assert_null(strstr(flow_control(w, "replay\n"), "\ndiffer "));
	days_later(370);
	tick(w);
	assert_int_equal(confirmed(w, 1)->soort, VERSTREKKING_VERVALLEN);
	assert_null(first_for(w, "wmo", 2)); // and of that nothing is left
}

static void what_is_left_is_only_what_may_be_given_by_then(void **state)
{
	struct flow_world *w = *state;
	flow_convenant(w, shorter_for_one);
	melded(w, NULL, A_PERSON, NULL);
	days_later(32);
	tick(w);
	// The same words under another document: what that takes could not be told from the term.
	use(w,
	    FLOW_HEAD("deel") FLOW_PARTIJEN FLOW_VERSTREK(
		    "kort", "    bewaar: {inhoud: P1M, verantwoording: P5Y}\n", AAN_WMO,
		    "kenmerken") FLOW_VERSTREK("lang", "    tot: @\n", AAN_WMO, "identificatie"),
	    day(w, 200));
	flow_recheck_all(w);
	assert_int_equal(confirmed(w, 0)->soort, VERSTREKKING_VERVALLEN);
	assert_null(first_for(w, "wmo", 1));
	// Under that one its own day ends it before anybody asks.
	melded(w, NULL, A_PERSON, NULL);
	days_later(300);
	tick(w);
	assert_int_equal(confirmed(w, 1)->soort, VERSTREKKING_VERVALLEN);
	assert_null(first_for(w, "wmo", 2));
}

static const char with_history[] =
	FLOW_HEAD("geschiedenis") FLOW_PARTIJEN FLOW_VERSTREK("wmo-alles", "", AAN_WMO,
							      "kenmerken, verrijking.eerder, "
							      "verrijking.samenloop");
static const char without_politie[] = FLOW_HEAD("zonder")
	FLOW_PARTIJEN FLOW_VERSTREK("wmo-wth", FLOW_ALS("soort: wth"), AAN_WMO,
				    "kenmerken, verrijking.eerder, verrijking.samenloop");

// How many earlier meldingen in a year a delivery speaks of.
static unsigned told_of(struct flow_world *w, const struct delivery *delivery)
{
	for (size_t i = 0; i < delivery->verrijking_count; i++) {
		struct rubriek rubriek;
		char number[12] = "";
		assert_int_equal(
			rubriek_decode(delivery->verrijkingen[i].value, w->arena, &rubriek),
			RESULT_OK);
		if (rubriek.soort != RUBRIEK_VERRIJKING_EERDER)
			continue;
		struct bytes waarde = veld_get(rubriek.velden, rubriek.veld_count, EERDER_365);
		assert_true(waarde.len < sizeof number);
		memcpy(number, waarde.data, waarde.len);
		return (unsigned)strtoul(number, NULL, 10);
	}
	fail_msg("nothing is said of earlier meldingen");
	return 0;
}

static void a_melding_that_lapsed_before_it_arrived_is_not_counted_for_its_ontvanger(void **state)
{
	struct flow_world *w = *state;
	flow_convenant(w, with_history);
	melded(w, "politie", A_PERSON, NULL);
	melded(w, "wth", A_PERSON, NULL);
	flow_convenant(w, without_politie);
	flow_recheck_all(w);
	melded(w, "wth", A_PERSON, NULL);
	const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
	assert_int_equal(reply->delivery_count, 3);
	assert_int_equal(flow_part(w, &reply->deliveries[0])->soort, VERSTREKKING_VERVALLEN);
	assert_int_equal(told_of(w, &reply->deliveries[2]), 1);
}

// A slip, or one person under two numbers: nobody can tell which, so of that melding nothing is
// said, neither of the one nor of the other.
static void two_persons_named_in_one_melding_are_not_merged(void **state)
{
	struct flow_world *w = *state;
	flow_convenant(w, with_history);
	melded(w, "wth", A_PERSON, NULL);
	melded(w, "wth", NULL, "SKN-77");
	melded(w, "wth", A_PERSON, "SKN-77");
	melded(w, "wth", NULL, "SKN-77");
	const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
	assert_int_equal(reply->delivery_count, 4);
	assert_false(flow_gives(flow_part(w, &reply->deliveries[2]), 1, RUBRIEK_VERRIJKING_EERDER));
	assert_int_equal(told_of(w, &reply->deliveries[3]), 1);
}

static void what_waits_lapses_when_its_content_is_gone(void **state)
{
	struct flow_world *w = *state;
	flow_convenant(w, with_history);
	uint64_t index = melded(w, "wth", A_PERSON, NULL);
	struct recalled recalled;
	assert_int_equal(recall_entry(w->core, index, RECALL_PARTS, w->arena, &recalled),
			 RESULT_OK);
	uint64_t slot = recalled.verantwoording->slot_inhoud;
	assert_int_equal(keystore_erase(w->core->keystore, &slot, 1), RESULT_OK);
	melded(w, "wth", A_PERSON, NULL);
	flow_convenant(w, without_politie);
	flow_recheck_all(w);
	const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
	assert_int_equal(reply->delivery_count, 2);
	assert_int_equal(flow_part(w, &reply->deliveries[0])->soort, VERSTREKKING_VERVALLEN);
	assert_int_equal(flow_part(w, &reply->deliveries[1])->soort, VERSTREKKING_GEGEVEN);
}

static void a_partij_that_is_called_otherwise_is_still_the_same(void **state)
{
	struct flow_world *w = *state;
	flow_convenant(w, with_history);
	melded(w, "wth", NULL, NULL);
	flow_convenant(
		w, FLOW_HEAD("hernoemd") "partijen:\n"
					 "  - {partij: huis, naam: H, oin: \"" FLOW_HOUSE "\",\n"
					 "     soort: veiligheidshuis, functies: [regisseur],\n"
					 "     getekend: nee}\n"
					 "  - {partij: eenheid, naam: P, oin: \"" FLOW_POLITIE
					 "\",\n     soort: politie, functies: [wijk],\n"
					 "     getekend: nee}\n"
					 "  - {partij: stad, naam: S, oin: \"" FLOW_STAD "\",\n"
					 "     soort: gemeente, gemeente: GM1883,\n"
					 "     functies: [oov, wmo], getekend: nee}\n"
					 "overleggen: []\nregels:\n" FLOW_VERSTREK(
						 "wmo-alles", "", AAN_WMO, "kenmerken")
						 FLOW_VERBIED("niet-van-hen",
							      FLOW_ALS("bron: eenheid"), AAN_WMO,
							      "kenmerken"));
	flow_recheck_all(w);
	assert_int_equal(first_for(w, "wmo", 0)->soort, VERSTREKKING_VERVALLEN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_leaves_under_a_regel_that_ended_while_it_waited),
		TEST(a_day_on_which_the_clock_changes_ends_at_its_own_midnight),
		TEST(nothing_leaves_past_a_verbied_that_began_while_it_waited),
		TEST(a_day_that_changes_nothing_for_it_makes_nothing_lapse),
		TEST(each_ontvanger_waits_no_longer_than_its_own_regels_keep),
		TEST(what_is_left_of_one_that_lapsed_comes_once_that_is_known),
		TEST(what_is_left_is_only_what_may_be_given_by_then),
		TEST(being_decided_again_never_lengthens_a_wait),
		TEST(a_melding_that_lapsed_before_it_arrived_is_not_counted_for_its_ontvanger),
		TEST(two_persons_named_in_one_melding_are_not_merged),
		TEST(what_waits_lapses_when_its_content_is_gone),
		TEST(a_partij_that_is_called_otherwise_is_still_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

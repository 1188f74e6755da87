// SPDX-License-Identifier: EUPL-1.2
// A melding of which nobody is given anything and of which nothing waits: the house owes that it is
// looked at, by a day; a signed screening ends that, and alone puts it before newer convenanten.
#include "flow_convenanten.h"
#include "flow_dossier.h"
#include "flow_world.h"

#include "base/clock.h"

#define OWED " screening zonder-uitkomst " FLOW_HOUSE "/"

// Theme overlast has an outcome; the rest has none.
static const char narrow[] = FLOW_HEAD("eng") FLOW_PARTIJEN FLOW_VERSTREK(
	"overlast-wmo", FLOW_ALS("thema: overlast"), AAN_WMO, "kenmerken")
	FLOW_VERSTREK("jeugd-weegt", FLOW_ALS("thema: jeugd") FLOW_WEGING("regisseur", "ja"),
		      AAN_WMO, "kenmerken");
static const char wide[] = FLOW_HEAD("ruim")
	FLOW_PARTIJEN FLOW_VERSTREK("alles-wmo", "", AAN_WMO, "kenmerken, herkomst")
		FLOW_VERSTREK("alles-oov", FLOW_ALS("eerder.365: {minstens: 1}"), AAN_OOV,
			      "kenmerken, verrijking.eerder")
			FLOW_VERBIED("geen-naam", "", AAN_WMO, "identificatie");

// Another samenwerkingsverband, of the house and the politie alone.
#define AAN_ZVH "{partij: zvh, functie: regisseur}"
static const char other[] =
	"convenant: rad\nversie: \"1\"\nstatus: \"proef\"\nhuis: zvh\ndoel: proef\n"
	"contactpunt: niemand\n"
	"wpg20: {zwaarwegend_belang: a, samenwerkingsverband: rad, doel: c, gegevens: d,\n"
	"  voorwaarden: e, ontvangers: f}\n"
	"bewaar: {inhoud: P1Y, verantwoording: P7Y}\n"
	"partijen:\n"
	"  - {partij: zvh, naam: H, oin: \"" FLOW_HOUSE "\", soort: veiligheidshuis,\n"
	"     functies: [regisseur, coordinator], getekend: nee}\n"
	"  - {partij: np, naam: P, oin: \"" FLOW_POLITIE "\", soort: politie,\n"
	"     functies: [wijk], getekend: nee}\n"
	"overleggen: []\nregels:\n" FLOW_VERSTREK("zvh-telt-een",
						  FLOW_ALS("eerder.365: {minstens: 1}"), AAN_ZVH,
						  "kenmerken, verrijking.eerder")
		FLOW_VERSTREK("zvh-telt-geen", FLOW_ALS("eerder.365: {hoogstens: 0}"), AAN_ZVH,
			      "identificatie");

#define PERSONS                                                                                    \
	.count = 1, .persons = {{.rol = "verdachte",                                               \
				 .minderjarig = "nee",                                             \
				 .bsn = "999990019",                                               \
				 .geslachtsnaam = "A"}}
static const struct flow_case none = {.thema = "verslaving", PERSONS};
static const struct flow_case urgent = {.thema = "verslaving", .urgentie = "dringend", PERSONS};

static int setup_town(void **state)
{
	struct flow_world *w = flow_town();
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "regisseur");
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "coordinator");
	*state = w;
	return 0;
}

static int setup(void **state)
{
	setup_town(state);
	flow_convenant(*state, narrow);
	return 0;
}

#define REGISSEUR (&w->parties[2])
#define COORDINATOR (&w->parties[3])

static uint64_t meld(struct flow_world *w, const struct flow_case *c)
{
	uint64_t index;
	flow_melded(w, POLITIE, c, &index);
	return index;
}

static struct flow_sent *screen(struct flow_world *w, struct flow_party *who, uint64_t index,
				const char *uitkomst)
{
	char lines[120];
	snprintf(lines, sizeof lines,
		 "entry %llu\nuitkomst %s\nmedewerker mw-1\nmotivering zo is het\n",
		 (unsigned long long)index, uitkomst);
	return dossier_say(w, who, TYPE_SCREENING, lines);
}

static size_t waiting(struct flow_world *w, struct flow_party *who, const char *functie)
{
	return flow_collect(w, who, functie, 0)->delivery_count;
}

static size_t given(struct flow_world *w)
{
	return waiting(w, STAD, "wmo") + waiting(w, STAD, "oov") + waiting(w, POLITIE, "wijk") +
	       waiting(w, REGISSEUR, "regisseur");
}

// Until when the house owes it; 0: nothing is owed about this entry.
static int64_t owed_until(struct flow_world *w, const char *functie, uint64_t index)
{
	char line[200], due[21];
	int64_t moment = 0;
	const char *status = flow_control(w, "status\n");
	snprintf(line, sizeof line, OWED "%s entry=%llu\n", functie, (unsigned long long)index);
	const char *at = strstr(status, line);
	if (!at)
		return 0;
	memcpy(due, at - 20, 20);
	due[20] = '\0';
	assert_int_equal(time_parse(bytes_of_text(due), &moment), RESULT_OK);
	return moment;
}

static bool owed(struct flow_world *w, uint64_t index)
{
	return owed_until(w, "regisseur", index) != 0;
}

static bool late(struct flow_world *w)
{
	return strstr(flow_control(w, "status\n"), "alarm obligation-overdue ") != NULL;
}

static void assert_replays(struct flow_world *w, unsigned decisions)
{
	char expected[40];
	const char *said = flow_control(w, "replay\n");
	assert_null(strstr(said, "differ "));
	assert_null(strstr(said, "unreadable "));
	snprintf(expected, sizeof expected, "\ndecisions %u\n", decisions);
	if (!strstr(said, expected))
		fail_msg("not %u decisions: %s", decisions, said);
}

// ---- what is owed --------------------------------------------------------------------------

static void what_nobody_is_given_is_owed_by_the_house_within_a_working_day(void **state)
{
	struct flow_world *w = *state;
	uint64_t index = meld(w, &none);
	int64_t now = time_now(w->core);
	int64_t until = owed_until(w, "regisseur", index);
	assert_true(until > now + 23 * MS_PER_HOUR && until < now + 14 * MS_PER_DAY);
	assert_int_equal(given(w), 0);
	assert_false(late(w));
	flow_days_later(w, 15);
	assert_true(late(w));
	assert_non_null(strstr(flow_control(w, "status\n"),
			       "zonder-uitkomst by " FLOW_HOUSE "/regisseur, entry "));
	flow_clock_ahead = 0;
}

static void what_is_given_or_waits_is_not_owed(void **state)
{
	struct flow_world *w = *state;
	struct flow_case c = none;
	c.thema = "overlast";
	meld(w, &c);
	c.thema = "jeugd"; // for a weging
	meld(w, &c);
	assert_null(strstr(flow_control(w, "status\n"), " screening "));
	assert_int_equal(given(w), 1);
}

static void what_is_urgent_is_owed_at_once(void **state)
{
	struct flow_world *w = *state;
	int64_t now = time_now(w->core);
	uint64_t index = meld(w, &urgent);
	assert_true(owed_until(w, "regisseur", index) <= now + 5000);
	flow_clock_ahead += 3000;
	assert_true(late(w));
	flow_clock_ahead = 0;
}

static void without_a_convenant_it_is_owed_as_the_house_is_enrolled(void **state)
{
	struct flow_world *w = *state;
	uint64_t index = meld(w, &none);
	assert_true(owed(w, index));
	flow_convenant(w, wide); // loosening looks at nothing that was there before it
	flow_recheck_all(w);
	assert_int_equal(given(w), 0);
	assert_true(owed(w, index));
	flow_accepted(w, REGISSEUR, screen(w, REGISSEUR, index, "elders"));
	assert_false(owed(w, index));
	assert_int_equal(given(w), 0);
}

// "<inhoud> <verantwoording>" of the melding, in days from now; 0: none.
static void terms_of(struct flow_world *w, uint64_t index, int64_t ret_days[2])
{
	struct state_bewaar bewaar;
	assert_int_equal(state_bewaar(w->core->state, index, &bewaar), RESULT_OK);
	assert_true(bewaar.melding == index);
	const uint64_t terms[] = {bewaar.inhoud, bewaar.verantwoording};
	for (size_t i = 0; i < 2; i++)
		ret_days[i] = terms[i] == STATE_BEWAAR_NOOIT
				      ? 0
				      : ((int64_t)terms[i] - clock_wall_ms()) / MS_PER_DAY;
}

static void assert_terms(struct flow_world *w, uint64_t index, int64_t inhoud,
			 int64_t verantwoording)
{
	int64_t days[2];
	terms_of(w, index, days);
	assert_in_range(days[0] + 4, inhoud, inhoud + 8); // months and leap years
	assert_in_range(days[1] + 4, verantwoording, verantwoording + 8);
}

static bool is_destroyed(struct flow_world *w, uint64_t index)
{
	struct state_bewaar bewaar;
	flow_ticks(w, 4);
	enum result r = state_bewaar(w->core->state, index, &bewaar);
	return r == RESULT_NOT_FOUND || bewaar.melding != index || bewaar.inhoud == 0;
}

// Under no convenant nothing says how long it is kept: the screening does.
static void what_no_convenant_decided_is_kept_as_long_as_its_screening_says(void **state)
{
	struct flow_world *w = *state;
	uint64_t first = meld(w, &none), second = meld(w, &none), third = meld(w, &none);
	assert_terms(w, first, 0, 0);
	flow_accepted(w, REGISSEUR, screen(w, REGISSEUR, first, "geen-actie"));
	assert_terms(w, first, 30, 5 * 366);
	flow_convenant(w, wide); // P6M and P5Y
	flow_accepted(w, REGISSEUR, screen(w, REGISSEUR, second, "elders"));
	assert_terms(w, second, 182, 5 * 365);
	flow_accepted(w, REGISSEUR, screen(w, REGISSEUR, third, "opnieuw"));
	assert_terms(w, third, 182, 5 * 365);
	assert_terms(w, first, 30, 5 * 366);
	flow_assert_rebuild_equal(w);
	flow_days_later(w, 31);
	assert_true(is_destroyed(w, first));
	assert_false(is_destroyed(w, second));
	flow_days_later(w, 160);
	assert_true(is_destroyed(w, second));
	flow_clock_ahead = 0;
}

// Of a partner of no convenant it is kept as what was given to nobody.
static void what_concerns_no_convenant_has_the_terms_of_those_in_force(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_convenant(w, other); // P1Y and P7Y, without the stad
	flow_melded(w, STAD, &none, &index);
	assert_true(owed(w, index));
	assert_terms(w, index, 365, 7 * 365);
	flow_accepted(w, REGISSEUR, screen(w, REGISSEUR, index, "geen-actie"));
	assert_terms(w, index, 365, 7 * 365);
}

static int setup_nobody(void **state)
{
	*state = flow_town();
	return 0;
}

static void a_house_that_is_not_enrolled_owes_it_by_its_procesregisseur(void **state)
{
	struct flow_world *w = *state;
	uint64_t index = meld(w, &none);
	assert_true(owed_until(w, "procesregisseur", index) > 0);
	struct flow_party *late_one =
		flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "procesregisseur");
	flow_accepted(w, late_one, screen(w, late_one, index, "geen-actie"));
	assert_true(owed_until(w, "procesregisseur", index) == 0);
}

// ---- who ends it ---------------------------------------------------------------------------

static void only_who_owes_it_ends_it_and_once(void **state)
{
	struct flow_world *w = *state;
	struct flow_case c = none;
	c.thema = "overlast";
	uint64_t came = meld(w, &c), index = meld(w, &none);
	flow_refused(w, POLITIE, screen(w, POLITIE, index, "geen-actie"), REASON_NOT_OWED);
	flow_refused(w, COORDINATOR, screen(w, COORDINATOR, index, "geen-actie"), REASON_NOT_OWED);
	flow_refused(w, REGISSEUR, screen(w, REGISSEUR, came, "geen-actie"), REASON_NOT_OWED);
	flow_refused(w, REGISSEUR, screen(w, REGISSEUR, 1000000, "opnieuw"), REASON_NOT_OWED);
	assert_true(owed(w, index));
	flow_accepted(w, REGISSEUR, screen(w, REGISSEUR, index, "geen-actie"));
	assert_false(owed(w, index));
	flow_refused(w, REGISSEUR, screen(w, REGISSEUR, index, "opnieuw"), REASON_NOT_OWED);
	assert_int_equal(given(w), 1);
	assert_replays(w, 2);
}

static const char *why(struct flow_world *w, const struct flow_sent *melding, const char *ontvanger)
{
	char request[200];
	snprintf(request, sizeof request,
		 "why\nid %s\nontvanger %s\nbetrokkene 0\nrubriek kenmerken\n", melding->id,
		 ontvanger);
	return flow_control(w, request);
}

static void why_says_that_it_was_held_and_what_became_of_it(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	struct flow_sent *melding = flow_melded(w, POLITIE, &none, &index);
	const char *told = why(w, melding, "stad/wmo");
	assert_non_null(strstr(told, "beslissing geweigerd\n"));
	assert_non_null(strstr(told, "gehouden " FLOW_HOUSE "/regisseur "));
	flow_accepted(w, REGISSEUR, screen(w, REGISSEUR, index, "geen-actie"));
	told = why(w, melding, "stad/wmo");
	assert_null(strstr(told, "gehouden "));
	assert_non_null(strstr(told, "gebeurtenis screening "));
	assert_non_null(strstr(told, "g-screening geen-actie\n"));
	assert_null(strstr(told, "zo is het")); // the motivering is content
}

// ---- put before a newer convenant, when somebody says so -----------------------------------

static void again_it_is_given_what_the_regels_in_force_give_and_no_more(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	struct flow_sent *melding = flow_melded(w, POLITIE, &none, &index);
	flow_convenant(w, wide);
	flow_recheck_all(w);
	assert_int_equal(given(w), 0);
	flow_accepted(w, REGISSEUR, screen(w, REGISSEUR, index, "opnieuw"));
	assert_false(owed(w, index));
	const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
	assert_int_equal(reply->delivery_count, 1);
	const struct part_verstrekking *part = flow_part(w, &reply->deliveries[0]);
	assert_true(part->betreft == index && flow_gives(part, 0, RUBRIEK_KENMERKEN));
	assert_false(flow_gives(part, 1, RUBRIEK_IDENTIFICATIE));
	assert_int_equal(waiting(w, STAD, "oov"), 0); // nothing came before it, itself is none
	const char *told = why(w, melding, "stad/wmo");
	assert_non_null(strstr(told, "beslissing verstrekt\n"));
	assert_non_null(strstr(told, "g-screening opnieuw\n"));
	assert_replays(w, 2);
}

static void what_comes_to_nothing_again_stays_owed_by_the_same_day(void **state)
{
	struct flow_world *w = *state;
	uint64_t index = meld(w, &none);
	int64_t until = owed_until(w, "regisseur", index);
	flow_clock_ahead += 5 * MS_PER_HOUR;
	flow_accepted(w, REGISSEUR, screen(w, REGISSEUR, index, "opnieuw"));
	assert_true(owed_until(w, "regisseur", index) == until);
	assert_int_equal(given(w), 0);
	flow_accepted(w, REGISSEUR, screen(w, REGISSEUR, index, "opnieuw"));
	flow_accepted(w, REGISSEUR, screen(w, REGISSEUR, index, "geen-actie"));
	assert_false(owed(w, index));
	assert_replays(w, 3);
	flow_clock_ahead = 0;
}

static void before_no_convenant_it_is_refused_and_stays_owed(void **state)
{
	struct flow_world *w = *state;
	uint64_t index = meld(w, &none);
	flow_refused(w, REGISSEUR, screen(w, REGISSEUR, index, "opnieuw"), REASON_NOT_FOUND);
	assert_true(owed(w, index));
}

// What came in under one samenwerkingsverband is not known under the other.
static void another_convenant_decides_on_facts_gathered_for_it(void **state)
{
	struct flow_world *w = *state;
	uint64_t index, unused;
	struct delivery delivery;
	flow_melded(w, STAD, &none, &unused); // no partij of the other
	struct flow_sent *melding = flow_melded(w, POLITIE, &none, &index);
	flow_melded(w, POLITIE, &none, &unused); // later
	flow_convenant(w, other);
	flow_accepted(w, REGISSEUR, screen(w, REGISSEUR, index, "opnieuw"));
	assert_int_equal(given(w), 1);
	delivery = flow_collect(w, REGISSEUR, "regisseur", 0)->deliveries[0];
	const struct part_verstrekking *part = flow_part(w, &delivery);
	assert_true(bytes_equal(part->gronden[0].regel, bytes_of_text("zvh-telt-geen")));
	assert_true(flow_gives(part, 1, RUBRIEK_IDENTIFICATIE));
	assert_false(flow_gives(part, 0, RUBRIEK_KENMERKEN));
	const char *told = why(w, melding, "zvh/regisseur");
	assert_non_null(strstr(told, "convenant rad\n"));
	assert_non_null(strstr(told, "feit 1.eerder.365=0\n"));
	assert_non_null(strstr(told, "feit bron=np\n"));
	// The one after it has that before it.
	flow_accepted(w, REGISSEUR, screen(w, REGISSEUR, unused, "opnieuw"));
	delivery = flow_collect(w, REGISSEUR, "regisseur", 0)->deliveries[1];
	part = flow_part(w, &delivery);
	assert_true(flow_gives(part, 0, RUBRIEK_KENMERKEN));
	assert_replays(w, 7); // three, and two again before two convenanten
}

static void two_convenanten_decide_it_again_in_leaves_of_their_own(void **state)
{
	struct flow_world *w = *state;
	uint64_t index = meld(w, &none);
	flow_convenant(w, wide);
	flow_convenant(w, other);
	uint64_t size = journal_size(w->core->journal);
	flow_accepted(w, REGISSEUR, screen(w, REGISSEUR, index, "opnieuw"));
	assert_int_equal(journal_size(w->core->journal), size + 2);
	assert_int_equal(waiting(w, STAD, "wmo"), 1);
	assert_int_equal(waiting(w, REGISSEUR, "regisseur"), 1);
	assert_false(owed(w, index));
	assert_replays(w, 3);
}

static void with_its_content_gone_there_is_nothing_to_look_at(void **state)
{
	struct flow_world *w = *state;
	uint64_t index, begun;
	struct flow_sent *melding = flow_melded(w, POLITIE, &none, &index);
	struct bytes order = flow_order(w, index, &melding->about);
	assert_int_equal(flow_erase(w, order, 2, &begun), RESULT_OK);
	flow_convenant(w, wide);
	assert_false(owed(w, index));
	flow_refused(w, REGISSEUR, screen(w, REGISSEUR, index, "opnieuw"), REASON_NOT_OWED);
	assert_int_equal(given(w), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)
#define WITHOUT(name) cmocka_unit_test_setup_teardown(name, setup_town, flow_world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_nobody_is_given_is_owed_by_the_house_within_a_working_day),
		TEST(what_is_given_or_waits_is_not_owed),
		TEST(what_is_urgent_is_owed_at_once),
		WITHOUT(without_a_convenant_it_is_owed_as_the_house_is_enrolled),
		cmocka_unit_test_setup_teardown(
			a_house_that_is_not_enrolled_owes_it_by_its_procesregisseur, setup_nobody,
			flow_world_end),
		TEST(only_who_owes_it_ends_it_and_once),
		TEST(why_says_that_it_was_held_and_what_became_of_it),
		TEST(again_it_is_given_what_the_regels_in_force_give_and_no_more),
		TEST(what_comes_to_nothing_again_stays_owed_by_the_same_day),
		WITHOUT(before_no_convenant_it_is_refused_and_stays_owed),
		WITHOUT(what_no_convenant_decided_is_kept_as_long_as_its_screening_says),
		WITHOUT(what_concerns_no_convenant_has_the_terms_of_those_in_force),
		TEST(another_convenant_decides_on_facts_gathered_for_it),
		TEST(two_convenanten_decide_it_again_in_leaves_of_their_own),
		TEST(with_its_content_gone_there_is_nothing_to_look_at),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
// What partners owe by the clock: a verstrekking that nobody acknowledges, a partner that is not
// heard. Each is an alarm from its moment on, and gone when the partner does it.
#include "flow_convenanten.h"
#include "flow_world.h"

static const char wmo_only[] =
	FLOW_HEAD("gewoon") FLOW_PARTIJEN FLOW_VERSTREK("gewoon", "", AAN_WMO, "kenmerken");

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_convenant(w, wmo_only);
	*state = w;
	return 0;
}

static void melded(struct flow_world *w)
{
	struct flow_case c = {.count = 1, .persons = {{.rol = "slachtoffer"}}};
	struct flow_sent *melding = flow_melding(w, POLITIE, &c);
	flow_send_one(w, melding);
	flow_accepted(w, POLITIE, melding);
}

// So much later, and a person says that it is.
static void pass(struct flow_world *w, int64_t hours)
{
	flow_clock_step += hours * MS_PER_HOUR;
	assert_non_null(strstr(flow_control(w, "status\n"), "alarm clock-stepped "));
	assert_non_null(strstr(flow_control(w, "clock\nconfirm yes\n"), "result ok"));
}

static bool alarmed(struct flow_world *w, const char *code, const char *about)
{
	const char *at = flow_control(w, "status\n");
	char begin[80];
	snprintf(begin, sizeof begin, "\nalarm %s ", code);
	while ((at = strstr(at, begin))) {
		const char *end = strchr(++at, '\n');
		const char *found = strstr(at, about);
		if (found && found < end)
			return true;
	}
	return false;
}

static void what_is_not_acknowledged_in_time_is_an_alarm_until_it_is(void **state)
{
	struct flow_world *w = *state;
	melded(w);
	pass(w, 23);
	assert_false(alarmed(w, "unacknowledged", ""));
	pass(w, 2);
	assert_true(alarmed(w, "unacknowledged", FLOW_STAD "/wmo"));
	const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
	assert_int_equal(reply->delivery_count, 1);
	assert_true(alarmed(w, "unacknowledged", "")); // fetched is not acknowledged
	struct flow_sent *ack = flow_ack(w, STAD, "wmo", &reply->deliveries[0]);
	flow_send_one(w, ack);
	flow_accepted(w, STAD, ack);
	assert_false(alarmed(w, "unacknowledged", ""));
}

static void a_partner_that_is_not_heard_is_an_alarm_until_it_is(void **state)
{
	struct flow_world *w = *state;
	melded(w);
	pass(w, 71);
	assert_false(alarmed(w, "partner-silent", ""));
	pass(w, 2);
	assert_true(alarmed(w, "partner-silent", FLOW_POLITIE));
	assert_true(alarmed(w, "partner-silent", FLOW_STAD));
	melded(w);
	assert_false(alarmed(w, "partner-silent", FLOW_POLITIE));
	flow_collect(w, STAD, "wmo", 0);
	assert_false(alarmed(w, "partner-silent", ""));
	w->settings.silent_hours = 0; // for ever
	pass(w, 1000);
	assert_false(alarmed(w, "partner-silent", ""));
}

// Accepted it is not, so nobody waits for a convenant that could decide it.
static void refused(struct flow_world *w)
{
	struct flow_case c = {.count = 1, .persons = {{.rol = "slachtoffer"}}};
	struct flow_sent *old = flow_melding(w, POLITIE, &c);
	old->opened.statement.time -= (uint64_t)(31 * MS_PER_DAY);
	flow_sign_again(w, POLITIE, old);
	flow_send_one(w, old);
	flow_refused(w, POLITIE, old, REASON_TOO_OLD);
}

static int setup_without(void **state)
{
	*state = flow_town();
	return 0;
}

static void a_melding_without_a_convenant_is_an_alarm_until_there_is_one(void **state)
{
	struct flow_world *w = *state;
	assert_false(alarmed(w, "no-convenant", ""));
	refused(w);
	assert_false(alarmed(w, "no-convenant", ""));
	melded(w);
	melded(w);
	assert_true(alarmed(w, "no-convenant", "2 meldingen decided without one"));
	flow_world_close(w);
	flow_world_open(w);
	assert_true(alarmed(w, "no-convenant", "2 meldingen decided without one"));
	flow_convenant(w, wmo_only);
	assert_false(alarmed(w, "no-convenant", ""));
	assert_int_equal(flow_collect(w, STAD, "wmo", 0)->delivery_count, 0);
	melded(w);
	assert_int_equal(flow_collect(w, STAD, "wmo", 0)->delivery_count, 1);
}

static void an_old_key_that_stays_is_an_alarm_until_it_ends(void **state)
{
	struct flow_world *w = *state;
	w->settings.overlap_days = 30;
	flow_enrol(w, FLOW_STAD, "gemeente", "jeugd"); // another functie: nobody's successor
	pass(w, 31 * 24);
	assert_false(alarmed(w, "keys-overlap", ""));
	flow_enrol(w, FLOW_POLITIE, "politie", "wijk");
	pass(w, 29 * 24);
	assert_false(alarmed(w, "keys-overlap", ""));
	pass(w, 2 * 24);
	assert_true(alarmed(w, "keys-overlap", FLOW_POLITIE "/wijk"));
	assert_false(alarmed(w, "keys-overlap", FLOW_STAD));
	w->settings.overlap_days = 0; // for ever
	assert_false(alarmed(w, "keys-overlap", ""));
	w->settings.overlap_days = 30;
	flow_revoke(w, POLITIE);
	assert_false(alarmed(w, "keys-overlap", ""));
}

static void a_bundle_of_another_soort_than_the_convenant_says_is_an_alarm(void **state)
{
	struct flow_world *w = *state;
	assert_false(alarmed(w, "soort-differs", ""));
	flow_enrol(w, FLOW_ZORG, "gemeente", "behandeling");
	assert_true(
		alarmed(w, "soort-differs", FLOW_ZORG " is gemeente by its bundle, ggz by proef"));
	assert_false(alarmed(w, "soort-differs", FLOW_STAD));
	flow_revoke(w, &w->parties[w->party_count - 1]);
	assert_false(alarmed(w, "soort-differs", ""));
	flow_enrol(w, FLOW_ZORG, "ggz", "behandeling");
	assert_false(alarmed(w, "soort-differs", ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)
		T(what_is_not_acknowledged_in_time_is_an_alarm_until_it_is),
		T(a_partner_that_is_not_heard_is_an_alarm_until_it_is),
		cmocka_unit_test_setup_teardown(
			a_melding_without_a_convenant_is_an_alarm_until_there_is_one, setup_without,
			flow_world_end),
		T(a_bundle_of_another_soort_than_the_convenant_says_is_an_alarm),
		T(an_old_key_that_stays_is_an_alarm_until_it_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

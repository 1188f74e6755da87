// SPDX-License-Identifier: EUPL-1.2
// The sources are watched: numbers that never came, a source that falls silent, one that sends less
// than ever. Each alarm is there from its moment on, says the same after a restart and a replay of
// the log, and is gone with its cause. Days pass by a clock that is ahead; each is a restart.
#include "flow_convenanten.h"
#include "flow_world.h"

static const char wmo_only[] =
	FLOW_HEAD("gewoon") FLOW_PARTIJEN FLOW_VERSTREK("gewoon", "", AAN_WMO, "kenmerken");
static const struct flow_case one = {.count = 1, .persons = {{.rol = "slachtoffer"}}};

// How many ranges of numbers were read.
static unsigned runs_read;
enum result __real_state_next_run(struct state *state, uint32_t source, uint64_t from,
				  struct state_run *ret_run);
enum result __wrap_state_next_run(struct state *state, uint32_t source, uint64_t from,
				  struct state_run *ret_run);
enum result __wrap_state_next_run(struct state *state, uint32_t source, uint64_t from,
				  struct state_run *ret_run)
{
	runs_read++;
	return __real_state_next_run(state, source, from, ret_run);
}

enum result __real_state_previous_run(struct state *state, uint32_t source, uint64_t from,
				      struct state_run *ret_run);
enum result __wrap_state_previous_run(struct state *state, uint32_t source, uint64_t from,
				      struct state_run *ret_run);
enum result __wrap_state_previous_run(struct state *state, uint32_t source, uint64_t from,
				      struct state_run *ret_run)
{
	runs_read++;
	return __real_state_previous_run(state, source, from, ret_run);
}

static int64_t today(void)
{
	return date_to_days(date_amsterdam(clock_wall_ms()));
}

// At noon on a Monday in the next or second next September: three months without a feestdag.
static int setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_convenant(w, wmo_only);
	struct civil_date date = date_amsterdam(clock_wall_ms());
	date = (struct civil_date){date.year + 1, 9, 7};
	int64_t day = date_to_days(date) - date_weekday(date_to_days(date));
	flow_clock_ahead +=
		clock_from_amsterdam(day * MS_PER_DAY + 12 * MS_PER_HOUR) - clock_wall_ms();
	flow_days_later(w, 0);
	*state = w;
	return 0;
}

// NULL: there is none. Lives until the next question.
static const char *alarm_line(struct flow_world *w, const char *code)
{
	static char line[ALARM_ABOUT_MAX + 80];
	char begin[80];
	snprintf(begin, sizeof begin, "\nalarm %s ", code);
	const char *at = strstr(flow_control(w, "status\n"), begin);
	if (!at)
		return NULL;
	snprintf(line, sizeof line, "%.*s", (int)strcspn(at + 1, "\n"), at + 1);
	return line;
}

// The one alarm of this code.
static void alarmed(struct flow_world *w, const char *code, int64_t since, const char *about)
{
	char wanted[200];
	const char *line = alarm_line(w, code);
	snprintf(wanted, sizeof wanted, "alarm %s %lld %s", code, (long long)since, about);
	if (!line)
		fail_msg("no alarm %s", code);
	assert_string_equal(line, wanted);
}

static void quiet(struct flow_world *w, const char *code)
{
	const char *line = alarm_line(w, code);
	if (line)
		fail_msg("%s", line);
}

// One that was to come so, with a number of its own.
static struct flow_sent *numbered(struct flow_world *w, uint64_t number)
{
	struct flow_sent *melding = flow_melding(w, POLITIE, &one);
	melding->opened.statement.sequence = number;
	flow_sign_again(w, POLITIE, melding);
	return melding;
}

static void took(struct flow_world *w, struct flow_sent *melding)
{
	flow_send_one(w, melding);
	flow_accepted(w, POLITIE, melding);
}

static int64_t hours_later(struct flow_world *w, int64_t hours)
{
	flow_clock_ahead += hours * MS_PER_HOUR;
	flow_days_later(w, 0);
	return time_now(w->core);
}

static void a_number_that_does_not_come_is_an_alarm_until_it_does(void **state)
{
	struct flow_world *w = *state;
	char about[200];
	const char *name = POLITIE->source + strlen("urn:nld:oin:");
	flow_clock_stand(true);
	took(w, numbered(w, 1));
	int64_t since = time_now(w->core);
	took(w, numbered(w, 4));
	snprintf(about, sizeof about, "%s lacks 2, from number 2 on", name);
	hours_later(w, 23);
	quiet(w, "source-gap");  // they may be on their way
	took(w, numbered(w, 7)); // seen since now: not counted yet
	hours_later(w, 2);
	alarmed(w, "source-gap", since, about);
	flow_assert_rebuild_equal(w);
	hours_later(w, 24);
	snprintf(about, sizeof about, "%s lacks 4, from number 2 on", name);
	alarmed(w, "source-gap", since, about);
	w->settings.gap_hours = 0;
	quiet(w, "source-gap");
	w->settings.gap_hours = 24;
	took(w, numbered(w, 3));
	took(w, numbered(w, 6));
	took(w, numbered(w, 2));
	took(w, numbered(w, 5));
	quiet(w, "source-gap");
	flow_clock_stand(false);
}

// The first of the later numbers tells since when, whatever came in between afterwards.
static void a_gap_is_as_old_as_the_first_number_above_it(void **state)
{
	struct flow_world *w = *state;
	const char *name = POLITIE->source + strlen("urn:nld:oin:");
	char about[200];
	flow_clock_stand(true);
	took(w, numbered(w, 1));
	int64_t since = time_now(w->core);
	took(w, numbered(w, 9));
	hours_later(w, 30);
	took(w, numbered(w, 5));
	snprintf(about, sizeof about, "%s lacks 6, from number 2 on", name);
	alarmed(w, "source-gap", since, about);
	flow_days_later(w, 28);
	alarmed(w, "source-gap", since, about);
	flow_days_later(w, 3); // what can be sent no more
	quiet(w, "source-gap");
	flow_clock_stand(false);
}

// One number that was ahead by mistake is told for as long as any gap, and hides none that comes
// after it.
static void a_number_far_ahead_hides_no_later_gap(void **state)
{
	struct flow_world *w = *state;
	const char *name = POLITIE->source + strlen("urn:nld:oin:");
	char about[200];
	flow_clock_stand(true);
	took(w, numbered(w, 1));
	int64_t since = time_now(w->core);
	took(w, numbered(w, 1000000));
	took(w, numbered(w, 1000003));
	hours_later(w, 25);
	took(w, numbered(w, 2));
	snprintf(about, sizeof about, "%s lacks 999999, from number 3 on", name);
	alarmed(w, "source-gap", since, about);
	flow_days_later(w, 40);
	quiet(w, "source-gap");
	since = time_now(w->core);
	took(w, numbered(w, 5));
	hours_later(w, 25);
	snprintf(about, sizeof about, "%s lacks 2, from number 3 on", name);
	alarmed(w, "source-gap", since, about);
	flow_assert_rebuild_equal(w);
	flow_days_later(w, 31);
	quiet(w, "source-gap");
	flow_clock_stand(false);
}

// Core is held up no longer by who leaves out every other number: the newest are looked at.
static void of_a_source_with_many_gaps_the_newest_are_looked_at(void **state)
{
	struct flow_world *w = *state;
	const uint64_t count = 300, looked = 255;
	char about[200];
	flow_clock_stand(true);
	int64_t since = time_now(w->core);
	for (uint64_t n = 1; n <= count; n++) {
		flow_forget_frames(w);
		took(w, numbered(w, 2 * n));
	}
	hours_later(w, 25);
	runs_read = 0;
	snprintf(about, sizeof about, "%s lacks %llu, from number %llu on",
		 POLITIE->source + strlen("urn:nld:oin:"), (unsigned long long)looked,
		 (unsigned long long)(2 * (count - looked) + 1));
	alarmed(w, "source-gap", since, about);
	assert_true(runs_read > 0 && runs_read <= looked + 1);
	flow_clock_stand(false);
}

// However many systems it says it has.
static void one_partner_does_not_fill_the_list_of_alarms(void **state)
{
	struct flow_world *w = *state;
	size_t told = 0;
	flow_clock_stand(true);
	for (int n = 0; n < 20; n++) {
		char *source = arena_alloc(w->arena, SOURCE_MAX + 20);
		snprintf(source, SOURCE_MAX + 20, "%s-%d", POLITIE->source, n);
		struct flow_sent *melding = numbered(w, 5);
		melding->opened.statement.source = bytes_of_text(source);
		flow_sign_again(w, POLITIE, melding);
		took(w, melding);
	}
	hours_later(w, 25);
	for (const char *at = flow_control(w, "status\n"); (at = strstr(at, "\nalarm source-gap "));
	     at++)
		told++;
	assert_int_equal(told, 8);
	flow_clock_stand(false);
}

static void send_some(struct flow_world *w, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		took(w, flow_melding(w, POLITIE, &one));
}

// A Monday it is when it begins and when it ends.
static void a_week(struct flow_world *w, unsigned each_day)
{
	for (int day = 0; day < 7; day++) {
		if (day < 5)
			send_some(w, each_day);
		flow_days_later(w, 1);
	}
}

static void a_source_that_falls_silent_is_an_alarm_until_it_sends(void **state)
{
	struct flow_world *w = *state;
	char about[200];
	for (int i = 0; i < 3; i++)
		a_week(w, 1);
	int64_t since = clock_from_amsterdam((today() - 2) * MS_PER_DAY); // it sent last on Friday
	quiet(w, "source-silent");
	flow_days_later(w, 1);
	quiet(w, "source-silent"); // Monday passed without
	flow_days_later(w, 1);
	snprintf(about, sizeof about, "%s, usual ma di wo do vr, missed 2",
		 POLITIE->source + strlen("urn:nld:oin:"));
	alarmed(w, "source-silent", since, about);
	flow_assert_rebuild_equal(w);
	w->settings.rhythm_days = 3;
	quiet(w, "source-silent");
	w->settings.rhythm_days = 0;
	quiet(w, "source-silent");
	w->settings.rhythm_days = 2;
	// What others wait for is no melding.
	const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
	struct flow_sent *ack = flow_ack(w, STAD, "wmo", &reply->deliveries[0]);
	flow_send_one(w, ack);
	flow_accepted(w, STAD, ack);
	assert_non_null(alarm_line(w, "source-silent"));
	send_some(w, 1);
	quiet(w, "source-silent");
}

static void a_source_whose_key_is_revoked_is_not_missed(void **state)
{
	struct flow_world *w = *state;
	for (int i = 0; i < 3; i++)
		a_week(w, 1);
	flow_days_later(w, 4);
	assert_non_null(alarm_line(w, "source-silent"));
	flow_revoke(w, POLITIE);
	quiet(w, "source-silent");
}

static void a_source_that_sends_less_than_ever_is_an_alarm_for_a_week(void **state)
{
	struct flow_world *w = *state;
	char about[200];
	for (int i = 0; i < 8; i++)
		a_week(w, 4);
	quiet(w, "source-few");
	int64_t monday = clock_from_amsterdam(today() * MS_PER_DAY);
	a_week(w, 1);
	snprintf(about, sizeof about, "%s, 5 in a week, never below 20",
		 POLITIE->source + strlen("urn:nld:oin:"));
	alarmed(w, "source-few", monday, about);
	quiet(w, "source-silent");
	a_week(w, 4);
	quiet(w, "source-few");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)
		T(a_number_that_does_not_come_is_an_alarm_until_it_does),
		T(a_gap_is_as_old_as_the_first_number_above_it),
		T(a_number_far_ahead_hides_no_later_gap),
		T(of_a_source_with_many_gaps_the_newest_are_looked_at),
		T(one_partner_does_not_fill_the_list_of_alarms),
		T(a_source_that_falls_silent_is_an_alarm_until_it_sends),
		T(a_source_whose_key_is_revoked_is_not_missed),
		T(a_source_that_sends_less_than_ever_is_an_alarm_for_a_week),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

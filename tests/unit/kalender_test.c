// SPDX-License-Identifier: EUPL-1.2
// On which days an overleg sits, and on whose agenda comes what is brought.
#include "tests/unit/unit.h"

#include "codes/kalender.h"

static struct kalender parse(const char *text)
{
	struct kalender kalender = {.soort = KALENDER_GEEN};
	if (kalender_parse(bytes_of_text(text), &kalender) != RESULT_OK)
		fail_msg("%s was not read", text);
	return kalender;
}

static int64_t day_of(const char *text)
{
	struct civil_date date;
	assert_int_equal(date_parse(bytes_of_text(text), &date), RESULT_OK);
	return date_to_days(date);
}

static int64_t moment_of(const char *text)
{
	int64_t moment;
	assert_int_equal(time_parse(bytes_of_text(text), &moment), RESULT_OK);
	return moment;
}

static void sits(const struct kalender *kalender, const char *from, const char *expected)
{
	int64_t day = 0;
	assert_true(kalender_volgende(kalender, day_of(from), &day));
	if (day != day_of(expected)) {
		struct civil_date held = date_from_days(day);
		fail_msg("from %s: %d-%02d-%02d, not %s", from, held.year, held.month, held.day,
			 expected);
	}
}

static void a_week_has_its_days(void **state)
{
	(void)state;
	const struct kalender kalender = parse("maandag en donderdag");
	assert_int_equal(kalender.dagen, 4);
	sits(&kalender, "2026-11-30", "2026-11-30"); // a Monday
	sits(&kalender, "2026-12-01", "2026-12-03");
	sits(&kalender, "2026-12-04", "2026-12-07");
	const struct kalender one = parse("dinsdag");
	assert_int_equal(one.dagen, 7);
	sits(&one, "2026-12-02", "2026-12-08");
	const struct kalender daily = parse("dagelijks");
	sits(&daily, "2026-12-05", "2026-12-07");
}

static void weeks_are_counted_from_a_day_and_over_the_clock_change(void **state)
{
	(void)state;
	const struct kalender kalender = parse("eens per vier weken vanaf 2026-10-06");
	sits(&kalender, "2026-01-01", "2026-10-06"); // none before it
	sits(&kalender, "2026-10-07", "2026-11-03"); // summer time ended in between
	sits(&kalender, "2026-11-04", "2026-12-01");
	const struct kalender two = parse("eens per twee weken vanaf 2026-10-06");
	sits(&two, "2026-10-07", "2026-10-20");
}

static void a_month_has_a_first_and_a_last(void **state)
{
	(void)state;
	const struct kalender first = parse("maandelijks op de eerste dinsdag");
	sits(&first, "2026-12-01", "2026-12-01");
	sits(&first, "2026-12-02", "2027-01-05");
	const struct kalender last = parse("maandelijks op de laatste donderdag");
	sits(&last, "2026-11-01", "2026-11-26");
	sits(&last, "2026-02-01", "2026-02-26");
	const struct kalender fourth = parse("maandelijks op de vierde vrijdag");
	sits(&fourth, "2026-10-30", "2026-11-27"); // the fifth of October is none
}

static void a_sitting_on_a_feestdag_moves_to_the_next_werkdag_or_is_left_out(void **state)
{
	(void)state;
	struct kalender monday = parse("maandag");
	sits(&monday, "2026-04-06", "2026-04-07"); // tweede paasdag
	sits(&monday, "2026-04-07", "2026-04-07");
	sits(&monday, "2026-04-27", "2026-04-28"); // Koningsdag
	struct kalender friday = parse("vrijdag");
	sits(&friday, "2026-12-25", "2026-12-28"); // both kerstdagen, then a weekend
	sits(&friday, "2026-12-29", "2027-01-04"); // Nieuwjaarsdag
	struct kalender both = parse("maandag en dinsdag");
	sits(&both, "2026-04-06", "2026-04-07"); // one sitting, not two
	sits(&both, "2026-04-08", "2026-04-13");
	struct kalender weekend = parse("vrijdag en zaterdag");
	sits(&weekend, "2026-04-03", "2026-04-04"); // Goede Vrijdag moves behind the next
	sits(&weekend, "2026-04-05", "2026-04-07");
	monday.vervalt = true;
	sits(&monday, "2026-04-06", "2026-04-13");
	struct kalender monthly = parse("maandelijks op de laatste vrijdag");
	monthly.vervalt = true;
	sits(&monthly, "2026-12-01", "2027-01-29"); // eerste kerstdag
}

static void an_agenda_closes_before_its_sitting(void **state)
{
	(void)state;
	const struct kalender kalender = parse("maandag en donderdag");
	const struct termijn werkdag = {.werkdagen = 1}, days = {.dagen = 2};
	struct zitting_tijd tijd = {.aanvang = 10 * 60, .sluiting = &werkdag};
	static const struct {
		const char *at, *zitting;
	} cases[] = {
		{"2026-11-27T10:00:00+01:00", "2026-11-30"}, // Friday, to the minute
		{"2026-11-27T10:00:01+01:00", "2026-12-03"},
		{"2026-11-28T09:00:00+01:00", "2026-12-03"}, // a Saturday is no werkdag
		{"2026-12-02T09:59:00+01:00", "2026-12-03"},
		{"2026-12-02T10:01:00+01:00", "2026-12-07"},
	};
	int64_t day;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		assert_true(kalender_zitting(&kalender, &tijd, moment_of(cases[i].at), &day));
		assert_int_equal(day, day_of(cases[i].zitting));
	}
	tijd.sluiting = &days;
	assert_true(
		kalender_zitting(&kalender, &tijd, moment_of("2026-11-29T09:00:00+01:00"), &day));
	assert_int_equal(day, day_of("2026-12-03"));
	tijd.sluiting = NULL; // it closes when it begins
	assert_true(
		kalender_zitting(&kalender, &tijd, moment_of("2026-11-30T10:00:00+01:00"), &day));
	assert_int_equal(day, day_of("2026-11-30"));
	assert_true(
		kalender_zitting(&kalender, &tijd, moment_of("2026-11-30T10:00:01+01:00"), &day));
	assert_int_equal(day, day_of("2026-12-03"));
	// On the days around tweede paasdag the Monday is a Tuesday.
	tijd.sluiting = &werkdag;
	assert_true(
		kalender_zitting(&kalender, &tijd, moment_of("2026-04-02T10:00:00+02:00"), &day));
	assert_int_equal(day, day_of("2026-04-07"));
}

static void of_some_only_how_often_is_known_or_nothing(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		unsigned dagen;
	} loose[] = {{"wekelijks", 7},
		     {"eens per twee weken", 14},
		     {"eens per vier weken", 28},
		     {"maandelijks", 31},
		     {"op afroep", 0}};
	int64_t day = 17;
	for (size_t i = 0; i < COUNT_OF(loose); i++) {
		const struct kalender kalender = parse(loose[i].text);
		assert_int_equal(kalender.dagen, loose[i].dagen);
		assert_false(kalender_has_dagen(&kalender));
		assert_false(kalender_volgende(&kalender, day_of("2026-11-30"), &day));
		assert_int_equal(day, 17);
	}
}

static void what_is_no_kalender_is_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = {
		"",
		"Maandag",
		"maandag ",
		"maandag, donderdag",
		"donderdag en maandag",
		"maandag en maandag",
		"maandag en",
		"eens per vier weken vanaf",
		"eens per vier weken vanaf 2026-02-30",
		"eens per drie weken vanaf 2026-10-06",
		"maandelijks op de vijfde dinsdag",
		"maandelijks op de eerste dinsdag en vrijdag",
		"niet in de bron",
		"wekelijks op dinsdag",
	};
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		struct kalender kalender = {.dagen = 3};
		if (kalender_parse(bytes_of_text(wrong[i]), &kalender) != RESULT_MALFORMED)
			fail_msg("\"%s\"", wrong[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_week_has_its_days),
		cmocka_unit_test(weeks_are_counted_from_a_day_and_over_the_clock_change),
		cmocka_unit_test(a_month_has_a_first_and_a_last),
		cmocka_unit_test(a_sitting_on_a_feestdag_moves_to_the_next_werkdag_or_is_left_out),
		cmocka_unit_test(an_agenda_closes_before_its_sitting),
		cmocka_unit_test(of_some_only_how_often_is_known_or_nothing),
		cmocka_unit_test(what_is_no_kalender_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

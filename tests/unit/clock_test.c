// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/unit.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct civil_date day(const char *text)
{
	struct civil_date date;
	assert_int_equal(date_parse(bytes_of_text(text), &date), RESULT_OK);
	return date;
}

static int64_t ms(const char *text)
{
	int64_t wall_ms;
	assert_int_equal(time_parse(bytes_of_text(text), &wall_ms), RESULT_OK);
	return wall_ms;
}

static void clocks_run_forward(void **state)
{
	(void)state;
	int64_t a = clock_monotonic_us(), b = clock_monotonic_us();
	assert_true(b >= a && a > 0);
	assert_true(llabs(clock_monotonic_ms() - b / 1000) < 60000);
	assert_true(llabs(clock_wall_ms() - (int64_t)time(NULL) * 1000) < 60000);
}

static void days_are_counted_from_1970_without_a_hole(void **state)
{
	(void)state;
	assert_int_equal(date_to_days(day("1970-01-01")), 0);
	assert_int_equal(date_to_days(day("1969-12-31")), -1);
	assert_int_equal(date_to_days(day("2000-03-01")), 11017);
	struct civil_date previous = date_from_days(-50000);
	for (int64_t days = -49999; days < 100000; days++) {
		struct civil_date date = date_from_days(days);
		assert_int_equal(date_to_days(date), days);
		bool next_day = date.year == previous.year && date.month == previous.month &&
				date.day == previous.day + 1;
		bool next_month = date.day == 1 && previous.day >= 28 &&
				  date.month == previous.month % 12 + 1 &&
				  date.year == previous.year + (previous.month == 12);
		assert_true(next_day || next_month);
		previous = date;
	}
}

static void civil_dates_agree_with_the_c_library(void **state)
{
	(void)state;
	for (int64_t days = -43000; days < 84000; days += 7) {
		time_t t = (time_t)(days * 86400);
		struct tm tm;
		struct civil_date date = date_from_days(days);
		assert_non_null(gmtime_r(&t, &tm));
		assert_int_equal(date.year, tm.tm_year + 1900);
		assert_int_equal(date.month, tm.tm_mon + 1);
		assert_int_equal(date.day, tm.tm_mday);
	}
}

static void a_date_must_exist_and_be_written_in_full(void **state)
{
	(void)state;
	struct civil_date date = day("2024-02-29");
	assert_int_equal(date.year, 2024);
	assert_int_equal(date.month, 2);
	assert_int_equal(date.day, 29);
	day("1850-01-01");
	day("2200-12-31");
	day("2000-02-29");
	static const char *const bad[] = {"",           "2024-02-30", "2023-02-29",  "1900-02-29",
					  "2024-13-01", "2024-00-01", "2024-01-00",  "2024-04-31",
					  "1849-12-31", "2201-01-01", "24-01-01",    "2024-1-01",
					  "2024-01-1",  "2024/01/01", "2024-01-011", " 024-01-01",
					  "+024-01-01", "2024-01-0x", "20240101",    "2024-01-32"};
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_int_equal(date_parse(bytes_of_text(bad[i]), &date), RESULT_MALFORMED);
	assert_int_equal(date.day, 29);
}

static void someone_is_a_year_older_on_the_birthday_and_not_before(void **state)
{
	(void)state;
	assert_int_equal(date_years_between(day("2008-06-15"), day("2026-06-14")), 17);
	assert_int_equal(date_years_between(day("2008-06-15"), day("2026-06-15")), 18);
	assert_int_equal(date_years_between(day("2008-06-15"), day("2026-05-31")), 17);
	assert_int_equal(date_years_between(day("2008-06-15"), day("2026-07-01")), 18);
	assert_int_equal(date_years_between(day("2008-06-15"), day("2008-06-15")), 0);
	assert_int_equal(date_years_between(day("2008-06-15"), day("2007-06-15")), -1);
}

static void who_was_born_on_a_leap_day_turns_eighteen_on_the_first_of_march(void **state)
{
	(void)state;
	assert_int_equal(date_years_between(day("2008-02-29"), day("2026-02-28")), 17);
	assert_int_equal(date_years_between(day("2008-02-29"), day("2026-03-01")), 18);
	assert_int_equal(date_years_between(day("2008-02-29"), day("2028-02-29")), 20);
}

static void the_day_in_amsterdam_turns_at_its_own_midnight(void **state)
{
	(void)state;
	static const struct {
		const char *time;
		const char *date;
	} cases[] = {
		{"2026-01-15T22:59:59.999Z", "2026-01-15"},
		{"2026-01-15T23:00:00Z", "2026-01-16"},
		{"2026-07-15T21:59:59.999Z", "2026-07-15"},
		{"2026-07-15T22:00:00Z", "2026-07-16"},
		// 29 March 2026 is the last Sunday: that night still turns at 23:00 UTC, the next
		// at 22:00.
		{"2026-03-28T22:59:59Z", "2026-03-28"},
		{"2026-03-28T23:00:00Z", "2026-03-29"},
		{"2026-03-29T22:00:00Z", "2026-03-30"},
		{"2026-10-24T22:00:00Z", "2026-10-25"},
		{"2026-10-25T22:59:59Z", "2026-10-25"},
		{"2026-10-25T23:00:00Z", "2026-10-26"},
		{"2025-12-31T23:00:00Z", "2026-01-01"},
		{"1970-01-01T00:00:00Z", "1970-01-01"},
		{"1969-12-31T22:59:59Z", "1969-12-31"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct civil_date date = date_amsterdam(ms(cases[i].time));
		assert_int_equal(date_to_days(date), date_to_days(day(cases[i].date)));
	}
}

// The C library knows the EU's rule by its POSIX name, without time zone files.
static void every_hour_of_a_century_agrees_with_the_c_library(void **state)
{
	(void)state;
	assert_int_equal(setenv("TZ", "CET-1CEST,M3.5.0/2,M10.5.0/3", 1), 0);
	tzset();
	int64_t from = ms("1996-01-01T00:00:00Z"), until = ms("2096-01-01T00:00:00Z");
	for (int64_t at = from; at < until; at += MS_PER_HOUR) {
		time_t t = (time_t)(at / 1000);
		struct tm tm;
		struct civil_date date = date_amsterdam(at);
		assert_non_null(localtime_r(&t, &tm));
		if (date.year != tm.tm_year + 1900 || date.month != tm.tm_mon + 1 ||
		    date.day != tm.tm_mday)
			fail_msg("%lld: %d-%d-%d", (long long)at, date.year, date.month, date.day);
	}
	unsetenv("TZ");
	tzset();
}

static void times_are_read_with_their_offset(void **state)
{
	(void)state;
	assert_true(ms("1970-01-01T00:00:00Z") == 0);
	assert_true(ms("2026-11-22T10:00:00+01:00") == ms("2026-11-22T09:00:00Z"));
	assert_true(ms("2026-11-22T00:30:00-09:30") == ms("2026-11-22T10:00:00Z"));
	assert_true(ms("2026-11-22T00:30:00+01:00") == ms("2026-11-21T23:30:00Z"));
	assert_true(ms("2026-11-22T10:00:00.5Z") == ms("2026-11-22T10:00:00Z") + 500);
	assert_true(ms("2026-11-22T10:00:00.123456789Z") == ms("2026-11-22T10:00:00Z") + 123);
	assert_true(ms("2026-11-22T10:00:00.007+00:00") == ms("2026-11-22T10:00:00Z") + 7);
	assert_true(ms("1969-12-31T23:59:59Z") == -1000);
	assert_true(ms("2026-11-22T09:00:00Z") == INT64_C(1795338000000));
}

static void a_time_in_any_other_shape_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {"",
					  "2026-11-22",
					  "2026-11-22T10:00:00",
					  "2026-11-22T10:00Z",
					  "2026-11-22 10:00:00Z",
					  "2026-11-22t10:00:00Z",
					  "2026-11-22T10:00:00z",
					  "2026-11-22T24:00:00Z",
					  "2026-11-22T10:60:00Z",
					  "2026-11-22T10:00:60Z",
					  "2026-11-22T10-00-00Z",
					  "2026-11-22T10:00-00Z",
					  "2026-02-30T10:00:00Z",
					  "2026-11-22T10:00:00.Z",
					  "2026-11-22T10:00:00,5Z",
					  "2026-11-22T10:00:00.1234567890Z",
					  "2026-11-22T10:00:00.5",
					  "2026-11-22T10:00:00+0100",
					  "2026-11-22T10:00:00+01",
					  "2026-11-22T10:00:00+24:00",
					  "2026-11-22T10:00:00+01:60",
					  "2026-11-22T10:00:00ZZ",
					  "2026-11-22T10:00:00Z ",
					  "2026-11-22T1:000:00Z",
					  "2026-11-22T10:0:000Z",
					  "-026-11-22T10:00:00Z"};
	int64_t out = 7;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		if (time_parse(bytes_of_text(bad[i]), &out) != RESULT_MALFORMED)
			fail_msg("taken: %s", bad[i]);
	}
	assert_int_equal(out, 7);
}

static void a_formatted_time_reads_back_to_the_second(void **state)
{
	(void)state;
	char text[21];
	static const char *const times[] = {"1970-01-01T00:00:00Z", "1969-12-31T23:59:59Z",
					    "2026-11-22T09:08:07Z", "2024-02-29T23:59:59Z",
					    "2200-12-31T00:00:00Z"};
	for (size_t i = 0; i < COUNT_OF(times); i++) {
		time_format(text, ms(times[i]));
		assert_string_equal(text, times[i]);
		time_format(text, ms(times[i]) + 999);
		assert_string_equal(text, times[i]);
	}
	time_format(text, INT64_MIN);
	assert_string_equal(text, "0000-01-01T00:00:00Z");
	time_format(text, INT64_MAX);
	assert_string_equal(text, "9999-12-31T23:59:59Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clocks_run_forward),
		cmocka_unit_test(days_are_counted_from_1970_without_a_hole),
		cmocka_unit_test(civil_dates_agree_with_the_c_library),
		cmocka_unit_test(a_date_must_exist_and_be_written_in_full),
		cmocka_unit_test(someone_is_a_year_older_on_the_birthday_and_not_before),
		cmocka_unit_test(who_was_born_on_a_leap_day_turns_eighteen_on_the_first_of_march),
		cmocka_unit_test(the_day_in_amsterdam_turns_at_its_own_midnight),
		cmocka_unit_test(every_hour_of_a_century_agrees_with_the_c_library),
		cmocka_unit_test(times_are_read_with_their_offset),
		cmocka_unit_test(a_time_in_any_other_shape_is_refused),
		cmocka_unit_test(a_formatted_time_reads_back_to_the_second),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

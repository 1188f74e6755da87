// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/unit.h"

#include "codes/termijn.h"

static struct termijn parse(const char *text)
{
	struct termijn termijn = {0};
	if (termijn_parse(bytes_of_text(text), &termijn) != RESULT_OK)
		fail_msg("%s was not read", text);
	return termijn;
}

static void is(const char *text, unsigned maanden, unsigned dagen, unsigned werkdagen)
{
	struct termijn termijn = parse(text);
	assert_int_equal(termijn.maanden, maanden);
	assert_int_equal(termijn.dagen, dagen);
	assert_int_equal(termijn.werkdagen, werkdagen);
}

static void terms_are_written_in_years_months_weeks_days_or_working_days(void **state)
{
	(void)state;
	is("P6M", 6, 0, 0);
	is("P5Y", 60, 0, 0);
	is("P1Y6M2W3D", 18, 17, 0);
	is("P10D", 0, 10, 0);
	is("P0Y1M", 1, 0, 0);
	is("P100Y", 1200, 0, 0);
	is("1 werkdag", 0, 0, 1);
	is("99 werkdagen", 0, 0, 99);
}

static void what_is_no_term_is_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = {
		"",      "P",       "6M",       "P6",         "PM",         "P6m",
		"P6M1Y", "P1M1M",   "P0D",      "PT1H",       "P1DT1H",     "P-1D",
		"P1.5M", "P 6M",    "P6M ",     "p6m",        "P1000000D",  "0 werkdagen",
		"1 dag", "werkdag", "1werkdag", "1 werkdag ", "1  werkdag", "-1 werkdag"};
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		struct termijn termijn = {.dagen = 7};
		if (termijn_parse(bytes_of_text(wrong[i]), &termijn) != RESULT_MALFORMED)
			fail_msg("\"%s\"", wrong[i]);
		assert_int_equal(termijn.dagen, 7);
	}
	static const char *const large[] = {"P101Y", "P1201M", "P99999D", "100 werkdagen"};
	for (size_t i = 0; i < COUNT_OF(large); i++) {
		struct termijn termijn;
		assert_int_equal(termijn_parse(bytes_of_text(large[i]), &termijn),
				 RESULT_TOO_LARGE);
	}
}

static void ends(const char *from, const char *term, const char *expected)
{
	int64_t begin, end;
	assert_int_equal(time_parse(bytes_of_text(from), &begin), RESULT_OK);
	assert_int_equal(time_parse(bytes_of_text(expected), &end), RESULT_OK);
	struct termijn termijn = parse(term);
	char found[21];
	time_format(found, termijn_end(&termijn, begin));
	if (termijn_end(&termijn, begin) != end)
		fail_msg("%s and %s is %s", from, term, found);
}

static void terms_end_by_the_calendar(void **state)
{
	(void)state;
	ends("2026-01-15T10:30:00Z", "P5D", "2026-01-20T10:30:00Z");
	// By the clock of Amsterdam: 11:30 in January, 11:30 in July.
	ends("2026-01-15T10:30:00Z", "P6M", "2026-07-15T09:30:00Z");
	ends("2026-07-15T10:30:00Z", "P6M", "2027-01-15T11:30:00Z");
	ends("2026-01-15T22:30:00Z", "P6M", "2026-07-15T21:30:00Z"); // not a day later there
	ends("2026-03-28T11:00:00Z", "P1D", "2026-03-29T10:00:00Z");
	ends("2026-10-24T10:00:00Z", "P1D", "2026-10-25T11:00:00Z");
	ends("2026-03-28T01:30:00Z", "P1D", "2026-03-29T01:30:00Z"); // 02:30 is skipped: 03:30
	ends("2026-11-15T10:30:00Z", "P3M", "2027-02-15T10:30:00Z");
	ends("2026-12-31T12:00:00Z", "P1Y", "2027-12-31T12:00:00Z");
	ends("2026-12-01T12:00:00Z", "P1M", "2027-01-01T12:00:00Z");
	// A day that the month lacks becomes its last.
	ends("2026-08-31T12:00:00Z", "P6M", "2027-02-28T13:00:00Z");
	ends("2027-08-31T12:00:00Z", "P6M", "2028-02-29T13:00:00Z");
	ends("2028-02-29T12:00:00Z", "P1Y", "2029-02-28T12:00:00Z");
	ends("2026-01-31T12:00:00Z", "P1M1D", "2026-03-01T12:00:00Z");
	ends("2026-02-20T12:00:00Z", "P2W", "2026-03-06T12:00:00Z");
	// Just after midnight in Amsterdam it is the 1st there, the 31st in UTC.
	ends("2026-08-31T22:30:00Z", "P1M", "2026-09-30T22:30:00Z");
}

static void working_days_skip_weekends_and_feestdagen(void **state)
{
	(void)state;
	ends("2026-09-21T10:00:00Z", "1 werkdag", "2026-09-22T10:00:00Z");
	ends("2026-09-25T16:00:00Z", "1 werkdag", "2026-09-28T16:00:00Z");
	ends("2026-09-26T16:00:00Z", "1 werkdag", "2026-09-28T16:00:00Z");
	ends("2026-09-25T16:00:00Z", "6 werkdagen", "2026-10-05T16:00:00Z");
	// Maundy Thursday: Good Friday, weekend and Easter Monday follow.
	ends("2026-04-02T10:00:00Z", "1 werkdag", "2026-04-07T10:00:00Z");
	// The clock goes forward in the night of that Sunday.
	ends("2026-03-27T13:00:00Z", "1 werkdag", "2026-03-30T12:00:00Z");
	// Late on Friday evening in UTC it is Saturday in Amsterdam; Monday either way.
	ends("2026-09-25T22:30:00Z", "1 werkdag", "2026-09-27T22:30:00Z");
}

static void the_feestdagen_are_those_of_the_algemene_termijnenwet(void **state)
{
	(void)state;
	static const struct civil_date free_days[] = {
		{2026, 1, 1},  {2026, 4, 3},  {2026, 4, 6},   {2026, 4, 27},  {2026, 5, 5},
		{2026, 5, 14}, {2026, 5, 25}, {2026, 12, 25}, {2025, 12, 26}, {2025, 4, 26},
		{2024, 3, 29}, {2024, 4, 1},  {2024, 5, 9},   {2024, 5, 20},  {2038, 4, 26},
		{2019, 4, 22}, {2026, 9, 26}, {2026, 9, 27},  {2031, 4, 26},
	};
	static const struct civil_date working_days[] = {
		{2026, 1, 2},   {2026, 4, 2},  {2026, 4, 7},   {2026, 4, 28}, {2026, 5, 4},
		{2026, 5, 15},  {2026, 5, 26}, {2026, 12, 24}, {2026, 9, 25}, {2025, 4, 28},
		{2026, 12, 31}, {2027, 4, 26}, {2027, 11, 1},
	};
	for (size_t i = 0; i < COUNT_OF(free_days); i++) {
		struct civil_date d = free_days[i];
		if (termijn_is_werkdag(d))
			fail_msg("%d-%d-%d is free", d.year, d.month, d.day);
	}
	for (size_t i = 0; i < COUNT_OF(working_days); i++) {
		struct civil_date d = working_days[i];
		if (!termijn_is_werkdag(d))
			fail_msg("%d-%d-%d is a working day", d.year, d.month, d.day);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(terms_are_written_in_years_months_weeks_days_or_working_days),
		cmocka_unit_test(what_is_no_term_is_refused),
		cmocka_unit_test(terms_end_by_the_calendar),
		cmocka_unit_test(working_days_skip_weekends_and_feestdagen),
		cmocka_unit_test(the_feestdagen_are_those_of_the_algemene_termijnenwet),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
// When somebody can be reached: as people write it, by the clocks and the feestdagen of here.
#include "tests/unit/unit.h"

#include "codes/openingstijd.h"

#include <string.h>

static struct openingstijd read(const char *text)
{
	struct openingstijd tijd = {.count = 0};
	if (openingstijd_parse(bytes_of_text(text), &tijd) != RESULT_OK)
		fail_msg("\"%s\" is not read", text);
	return tijd;
}

static void opens(const char *text, const char *from, const char *wanted)
{
	struct openingstijd tijd = read(text);
	int64_t at;
	char found[21];
	assert_int_equal(time_parse(bytes_of_text(from), &at), RESULT_OK);
	time_format(found, openingstijd_vanaf(&tijd, at));
	if (strcmp(found, wanted) != 0)
		fail_msg("%s: from %s it opens at %s, not at %s", text, from, found, wanted);
}

static void who_is_there_is_there_now_else_from_the_next_opening(void **state)
{
	(void)state;
	static const char house[] = "ma-vr 08:30-17:00";
	opens(house, "2026-11-30T10:00:00Z", "2026-11-30T10:00:00Z"); // a Monday
	opens(house, "2026-11-30T07:29:59Z", "2026-11-30T07:30:00Z");
	opens(house, "2026-11-30T07:30:00Z", "2026-11-30T07:30:00Z");
	opens(house, "2026-11-30T15:59:59Z", "2026-11-30T15:59:59Z");
	opens(house, "2026-11-30T16:00:00Z", "2026-12-01T07:30:00Z");
	opens(house, "2026-11-28T23:10:00Z", "2026-11-30T07:30:00Z"); // Saturday night
	// Sunday here already, Saturday in UTC.
	opens("zo 00:00-24:00", "2026-11-28T23:00:00Z", "2026-11-28T23:00:00Z");
	opens("za 00:00-24:00", "2026-11-28T22:59:59Z", "2026-11-28T22:59:59Z");
	opens("za 00:00-24:00", "2026-11-28T23:00:00Z", "2026-12-04T23:00:00Z");
}

static void several_stretches_are_told_apart(void **state)
{
	(void)state;
	static const char broken[] = "ma-do 09:00-12:00, ma-do 13:00-17:00, vr 09:00-12:30";
	opens(broken, "2026-12-01T11:30:00Z", "2026-12-01T12:00:00Z");
	opens(broken, "2026-12-04T11:29:00Z", "2026-12-04T11:29:00Z");
	opens(broken, "2026-12-04T11:30:00Z", "2026-12-07T08:00:00Z");
	opens("di 14:00-15:00, di 09:00-10:00", "2026-12-01T07:00:00Z", "2026-12-01T08:00:00Z");
}

static void on_a_feestdag_nobody_is_there(void **state)
{
	(void)state;
	opens("ma-vr 08:30-17:00", "2026-12-24T16:30:00Z", "2026-12-28T07:30:00Z");
	opens("ma-zo 08:30-17:00", "2026-12-24T16:30:00Z", "2026-12-27T07:30:00Z");
	opens("ma-vr 08:30-17:00", "2026-04-02T15:30:00Z", "2026-04-07T06:30:00Z"); // Easter
	opens("ma 09:00-10:00", "2026-12-31T12:00:00Z", "2027-01-04T08:00:00Z");
}

// The clock goes forward on 29 March 2026 at 02:00, back on 25 October at 03:00.
static void summer_time_moves_the_opening_and_not_the_clock_on_the_wall(void **state)
{
	(void)state;
	opens("ma-zo 09:00-10:00", "2026-03-28T12:00:00Z", "2026-03-29T07:00:00Z");
	opens("ma-zo 09:00-10:00", "2026-10-24T12:00:00Z", "2026-10-25T08:00:00Z");
	opens("zo 02:30-04:00", "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z");
	opens("zo 02:30-04:00", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z");
}

static void what_people_do_not_mean_is_not_read(void **state)
{
	(void)state;
	static const char *const wrong[] = {
		"",
		"ma",
		"ma-vr",
		"maandag 09:00-10:00",
		"vr-ma 09:00-10:00",
		"ma-ma 09:00-10:00",
		"ma 9:00-10:00",
		"ma 09.00-10.00",
		"ma 10:00-10:00",
		"ma 17:00-09:00",
		"ma 09:60-10:00",
		"ma 09:00-24:01",
		"ma 09:00-10:00 uur",
		"ma 09:00-10:00,di 09:00-10:00",
		"ma 09:00-10:00, ",
		"MA 09:00-10:00",
		"ma-vr 9-17 uur, piket 06-12345678",
		("ma 09:00-10:00, ma 09:00-10:00, ma 09:00-10:00, ma 09:00-10:00, ma 09:00-10:00, "
		 "ma 09:00-10:00, ma 09:00-10:00, ma 09:00-10:00"),
	};
	struct openingstijd tijd;
	for (size_t i = 0; i < COUNT_OF(wrong); i++)
		if (openingstijd_parse(bytes_of_text(wrong[i]), &tijd) != RESULT_MALFORMED)
			fail_msg("\"%s\" is read", wrong[i]);
	assert_int_equal(read("ma-vr 08:30-17:00, za 10:00-12:00").count, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_there_is_there_now_else_from_the_next_opening),
		cmocka_unit_test(several_stretches_are_told_apart),
		cmocka_unit_test(on_a_feestdag_nobody_is_there),
		cmocka_unit_test(summer_time_moves_the_opening_and_not_the_clock_on_the_wall),
		cmocka_unit_test(what_people_do_not_mean_is_not_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

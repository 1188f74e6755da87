// SPDX-License-Identifier: EUPL-1.2
// The rhythm of a source: learned from its days, blind to weekends, feestdagen and what is new.
#include "unit.h"

#include "codes/termijn.h"
#include "core/ritme.h"

#include "base/clock.h"

#include <string.h>

#define WERKDAGEN 0x1f
#define DONDERDAG 0x08

static int64_t day_of(const char *date)
{
	struct civil_date day;
	assert_int_equal(date_parse(bytes_of_text(date), &day), RESULT_OK);
	return date_to_days(day);
}

static struct ritme_bron on(const char *today)
{
	return (struct ritme_bron){.today = day_of(today)};
}

// So many on each of these days of the week that is no feestdag, from and up to these dates.
struct sent {
	const char *from, *to;
	unsigned dagen, count;
};
static void sends(struct ritme_bron *bron, const struct sent *sent)
{
	int64_t first = bron->today - RITME_DAGEN;
	for (int64_t day = day_of(sent->from); day <= day_of(sent->to); day++)
		if (day >= first && day <= bron->today && sent->dagen >> date_weekday(day) & 1 &&
		    !termijn_is_feestdag(date_from_days(day)))
			bron->counts[day - first] = sent->count;
}

static struct ritme rhythm(const struct ritme_bron *bron)
{
	struct ritme ritme;
	assert_true(ritme_of(bron, &ritme));
	return ritme;
}

static unsigned missed(const char *today, const char *from, const char *to, unsigned dagen)
{
	struct ritme_bron bron = on(today);
	sends(&bron, &(struct sent){from, to, dagen, 3});
	return rhythm(&bron).gemist;
}

static void a_weekend_is_not_missed_and_the_days_after_it_are(void **state)
{
	(void)state;
	// Until Friday 2 October 2026.
	assert_int_equal(missed("2026-10-03", "2026-08-03", "2026-10-02", WERKDAGEN), 0);
	assert_int_equal(missed("2026-10-05", "2026-08-03", "2026-10-02", WERKDAGEN), 0);
	assert_int_equal(missed("2026-10-06", "2026-08-03", "2026-10-02", WERKDAGEN), 1);
	assert_int_equal(missed("2026-10-07", "2026-08-03", "2026-10-02", WERKDAGEN), 2);
	// Who sends on every day misses the weekend too.
	assert_int_equal(missed("2026-10-05", "2026-08-03", "2026-10-02", 0x7f), 2);
}

static void a_feestdag_is_not_missed(void **state)
{
	(void)state;
	// Goede Vrijdag and tweede paasdag 2027 are 26 and 29 March.
	assert_int_equal(missed("2027-03-30", "2027-01-04", "2027-03-25", WERKDAGEN), 0);
	assert_int_equal(missed("2027-03-31", "2027-01-04", "2027-03-25", WERKDAGEN), 1);
	assert_int_equal(missed("2027-04-01", "2027-01-04", "2027-03-25", WERKDAGEN), 2);
	// Nor does it make a day unusual: three of the four Mondays before had something.
	struct ritme_bron bron = on("2027-04-08");
	sends(&bron, &(struct sent){"2027-03-08", "2027-04-07", WERKDAGEN, 3});
	assert_int_equal(rhythm(&bron).dagen, WERKDAGEN);
}

static void a_source_that_is_new_has_a_rhythm_after_three_weeks(void **state)
{
	(void)state;
	struct ritme_bron bron = on("2026-10-30");
	sends(&bron, &(struct sent){"2026-09-07", "2026-09-18", WERKDAGEN, 3});
	assert_int_equal(rhythm(&bron).dagen, 0);
	assert_int_equal(rhythm(&bron).gemist, 0);
	sends(&bron, &(struct sent){"2026-09-21", "2026-09-25", WERKDAGEN, 3});
	assert_int_equal(rhythm(&bron).dagen, WERKDAGEN);
	assert_true(rhythm(&bron).gemist > 20);
}

static void what_comes_today_ends_it(void **state)
{
	(void)state;
	struct ritme_bron bron = on("2026-10-09");
	sends(&bron, &(struct sent){"2026-08-03", "2026-10-02", WERKDAGEN, 3});
	assert_int_equal(rhythm(&bron).gemist, 4);
	assert_int_equal(rhythm(&bron).stil, day_of("2026-10-03"));
	bron.counts[RITME_DAGEN] = 1;
	assert_int_equal(rhythm(&bron).gemist, 0);
}

static void who_sends_once_a_week_is_missed_by_its_day_or_by_its_weeks(void **state)
{
	(void)state;
	assert_int_equal(missed("2026-10-15", "2026-08-03", "2026-10-01", DONDERDAG), 1);
	assert_int_equal(missed("2026-10-16", "2026-08-03", "2026-10-01", DONDERDAG), 2);
	// Each week on another day: no day is usual, the week is. The last is Monday 21 September.
	struct ritme_bron bron = on("2026-10-04");
	static const int turns[] = {0, 2, 4, 1, 3, 0, 2, 4, 1, 3};
	int64_t last = day_of("2026-09-21"), first = bron.today - RITME_DAGEN;
	for (int i = 0; i < 10; i++)
		bron.counts[last - 7 * i + turns[i] - first] = 1;
	assert_true(rhythm(&bron).dagen == 0 && rhythm(&bron).week);
	assert_int_equal(rhythm(&bron).gemist, 0); // that week is not over
	bron.today += 8;
	memmove(bron.counts, bron.counts + 8, sizeof bron.counts - 8 * sizeof bron.counts[0]);
	memset(bron.counts + RITME_DAGEN - 7, 0, 8 * sizeof bron.counts[0]);
	assert_int_equal(rhythm(&bron).gemist, 2);
}

static void who_sends_now_and_then_is_never_missed(void **state)
{
	(void)state;
	struct ritme_bron bron = on("2026-10-30");
	for (int64_t back = 20; back < RITME_DAGEN; back += 23)
		bron.counts[RITME_DAGEN - back] = 4;
	assert_true(rhythm(&bron).dagen == 0 && !rhythm(&bron).week);
	assert_int_equal(rhythm(&bron).gemist, 0);
}

static struct ritme week_of(unsigned before, unsigned last)
{
	struct ritme_bron bron = on("2026-10-07");
	sends(&bron, &(struct sent){"2026-06-01", "2026-09-27", WERKDAGEN, before});
	sends(&bron, &(struct sent){"2026-09-28", "2026-10-02", WERKDAGEN, last});
	sends(&bron, &(struct sent){"2026-10-05", "2026-10-06", WERKDAGEN, last});
	return rhythm(&bron);
}

static void less_than_half_of_any_week_before_is_few(void **state)
{
	(void)state;
	struct ritme ritme = week_of(10, 4);
	assert_int_equal(ritme.gemist, 0);
	assert_int_equal(ritme.kwam, 20);
	assert_int_equal(ritme.minst, 50);
	assert_int_equal(ritme.maandag, day_of("2026-09-28"));
	assert_int_equal(week_of(10, 5).minst, 0);
	assert_int_equal(week_of(1, 0).minst, 0); // of so few half is chance
}

static void a_week_with_a_feestdag_is_not_compared(void **state)
{
	(void)state;
	// Hemelvaartsdag 2027 is Thursday 6 May, and 5 May is one too.
	struct ritme_bron bron = on("2027-05-11");
	sends(&bron, &(struct sent){"2027-01-04", "2027-05-02", WERKDAGEN, 10});
	sends(&bron, &(struct sent){"2027-05-03", "2027-05-07", WERKDAGEN, 4});
	assert_int_equal(rhythm(&bron).minst, 0);
}

static void what_is_gone_for_a_quarter_is_no_source_any_more(void **state)
{
	(void)state;
	struct ritme ritme;
	struct ritme_bron bron = on("2026-12-31");
	sends(&bron, &(struct sent){"2026-08-03", "2026-10-01", WERKDAGEN, 3});
	assert_true(ritme_of(&bron, &ritme));
	bron = on("2027-01-01");
	sends(&bron, &(struct sent){"2026-08-03", "2026-10-01", WERKDAGEN, 3});
	assert_false(ritme_of(&bron, &ritme));
	bron = on("2027-01-01");
	assert_false(ritme_of(&bron, &ritme)); // it never sent anything
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_weekend_is_not_missed_and_the_days_after_it_are),
		cmocka_unit_test(a_feestdag_is_not_missed),
		cmocka_unit_test(a_source_that_is_new_has_a_rhythm_after_three_weeks),
		cmocka_unit_test(what_comes_today_ends_it),
		cmocka_unit_test(who_sends_once_a_week_is_missed_by_its_day_or_by_its_weeks),
		cmocka_unit_test(who_sends_now_and_then_is_never_missed),
		cmocka_unit_test(less_than_half_of_any_week_before_is_few),
		cmocka_unit_test(a_week_with_a_feestdag_is_not_compared),
		cmocka_unit_test(what_is_gone_for_a_quarter_is_no_source_any_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

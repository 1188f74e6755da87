// SPDX-License-Identifier: EUPL-1.2
#include "core/ritme.h"

#include "codes/termijn.h"

#define KEREN 4 // of a day of the week, of which it came at least:
#define KEREN_GEHOORD 3
#define WEKEN 8
#define WEKEN_GEHOORD 7
#define WEKEN_TERUG 10  // among which those without a feestdag are looked for
#define WEKEN_GENOEG 4  // before less than usual can be told
#define WEINIG_VANAF 10 // meldingen a week: of fewer, half is chance

static int64_t oldest(const struct ritme_bron *bron)
{
	return bron->today - RITME_DAGEN;
}

static uint32_t on_day(const struct ritme_bron *bron, int64_t day)
{
	bool looked = day >= oldest(bron) && day <= bron->today;
	return looked ? bron->counts[day - oldest(bron)] : 0;
}

static bool is_feestdag(int64_t day)
{
	return termijn_is_feestdag(date_from_days(day));
}

// By the last days of this name up to `newest`.
static bool is_usual(const struct ritme_bron *bron, int64_t newest, int weekday)
{
	int64_t day = newest - (date_weekday(newest) - weekday + 7) % 7;
	unsigned looked = 0, heard = 0;
	for (; looked < KEREN && day >= oldest(bron); day -= 7) {
		if (is_feestdag(day))
			continue;
		looked++;
		heard += on_day(bron, day) > 0;
	}
	return heard >= KEREN_GEHOORD;
}

struct week {
	uint32_t count;
	bool whole; // no feestdag in it
};

static struct week week_from(const struct ritme_bron *bron, int64_t maandag)
{
	struct week week = {.whole = true};
	for (int64_t day = maandag; day < maandag + 7; day++) {
		week.count += on_day(bron, day);
		week.whole &= !is_feestdag(day);
	}
	return week;
}

static bool is_weekly(const struct ritme_bron *bron, int64_t newest)
{
	int64_t maandag = newest - date_weekday(newest);
	unsigned heard = 0;
	for (unsigned i = 0; i < WEKEN; i++)
		heard += week_from(bron, maandag - 7 * (int64_t)i).count > 0;
	return heard >= WEKEN_GEHOORD;
}

static unsigned missed_days(const struct ritme_bron *bron, const struct ritme *ritme)
{
	unsigned missed = 0;
	for (int64_t day = ritme->stil; day < bron->today; day++)
		missed += (ritme->dagen >> date_weekday(day) & 1) && !is_feestdag(day);
	return missed;
}

static unsigned missed_weeks(const struct ritme_bron *bron, const struct ritme *ritme)
{
	unsigned missed = 0;
	int64_t newest = ritme->stil - 1;
	int64_t maandag = newest - date_weekday(newest) + 7;
	for (; maandag + 7 <= bron->today; maandag += 7)
		missed += week_from(bron, maandag).whole;
	return missed;
}

// The last whole week beside the least of the weeks before it.
static void compare_weeks(const struct ritme_bron *bron, struct ritme *ritme)
{
	int64_t maandag = bron->today - date_weekday(bron->today) - 7;
	struct week last = week_from(bron, maandag);
	uint32_t least = UINT32_MAX;
	unsigned looked = 0;
	for (unsigned i = 1; i <= WEKEN_TERUG && looked < WEKEN; i++) {
		struct week week = week_from(bron, maandag - 7 * (int64_t)i);
		if (!week.whole)
			continue;
		looked++;
		least = week.count < least ? week.count : least;
	}
	if (!last.whole || looked < WEKEN_GENOEG || least < WEINIG_VANAF || last.count >= least / 2)
		return;
	ritme->kwam = last.count;
	ritme->minst = least;
	ritme->maandag = maandag;
}

bool ritme_of(const struct ritme_bron *bron, struct ritme *ret_ritme)
{
	struct ritme ritme = {.dagen = 0};
	int64_t newest = bron->today;
	while (newest >= oldest(bron) && on_day(bron, newest) == 0)
		newest--;
	if (newest < bron->today - RITME_STIL_MAX)
		return false;
	ritme.stil = newest + 1;
	for (int weekday = 0; weekday < 7; weekday++)
		ritme.dagen |= (uint8_t)(is_usual(bron, newest, weekday) << weekday);
	ritme.week = !ritme.dagen && is_weekly(bron, newest);
	if (ritme.dagen)
		ritme.gemist = missed_days(bron, &ritme);
	else if (ritme.week)
		ritme.gemist = missed_weeks(bron, &ritme);
	compare_weeks(bron, &ritme);
	*ret_ritme = ritme;
	return true;
}

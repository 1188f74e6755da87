// SPDX-License-Identifier: EUPL-1.2
#include "codes/kalender.h"

#include <string.h>

#define DAYS_OF_WEEK 7
// Further than this none is looked for: two feestdagen in a row on the day of a monthly sitting
// that leaves them out lie within it.
#define DAYS_AHEAD 400
#define DAYS_BACK 14 // a sitting moves no further over feestdagen and weekends
#define MS_PER_MINUTE_OF_DAY INT64_C(60000)

// ---- reading -------------------------------------------------------------------------------

static bool take(struct bytes *text, const char *wanted)
{
	return bytes_take_text(text, wanted);
}

static bool take_weekdag(struct bytes *text, unsigned *ret_day)
{
	static const char *const days[DAYS_OF_WEEK] = {
		"maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"};
	for (unsigned i = 0; i < DAYS_OF_WEEK; i++)
		if (take(text, days[i])) {
			*ret_day = i;
			return true;
		}
	return false;
}

// The widest stretch between two of the days, over the end of the week.
static unsigned widest(uint8_t weekdagen)
{
	unsigned wide = 0, since = 0;
	for (unsigned i = 0; i < 2 * DAYS_OF_WEEK; i++) {
		since++;
		if (!(weekdagen >> i % DAYS_OF_WEEK & 1))
			continue;
		wide = i >= DAYS_OF_WEEK && since > wide ? since : wide;
		since = 0;
	}
	return wide;
}

// In the order of the week, each once.
static bool take_weekdagen(struct bytes text, struct kalender *ret)
{
	struct kalender kalender = {.soort = KALENDER_WEEKDAGEN};
	int last = -1;
	unsigned day;
	do {
		if (!take_weekdag(&text, &day) || (int)day <= last)
			return false;
		last = (int)day;
		kalender.weekdagen |= (uint8_t)(1u << day);
	} while (take(&text, " en "));
	kalender.dagen = widest(kalender.weekdagen);
	*ret = kalender;
	return text.len == 0;
}

static bool take_weken(struct bytes text, struct kalender *ret)
{
	struct kalender kalender = {.soort = KALENDER_WEKEN};
	struct civil_date vanaf;
	if (take(&text, "eens per twee weken"))
		kalender.dagen = 2 * DAYS_OF_WEEK;
	else if (take(&text, "eens per vier weken"))
		kalender.dagen = 4 * DAYS_OF_WEEK;
	if (!kalender.dagen || !take(&text, " vanaf ") || date_parse(text, &vanaf))
		return false;
	kalender.vanaf = date_to_days(vanaf);
	*ret = kalender;
	return true;
}

static bool take_maand(struct bytes text, struct kalender *ret)
{
	static const char *const which[] = {"eerste ", "tweede ", "derde ", "vierde ", "laatste "};
	struct kalender kalender = {.soort = KALENDER_MAAND, .dagen = 5 * DAYS_OF_WEEK};
	unsigned day;
	if (!take(&text, "maandelijks op de "))
		return false;
	for (unsigned i = 0; !kalender.welke && i < KALENDER_LAATSTE; i++)
		kalender.welke = take(&text, which[i]) ? i + 1 : 0;
	if (!kalender.welke || !take_weekdag(&text, &day) || text.len > 0)
		return false;
	kalender.weekdagen = (uint8_t)(1u << day);
	*ret = kalender;
	return true;
}

enum result kalender_parse(struct bytes text, struct kalender *ret_kalender)
{
	static const struct {
		const char *text;
		struct kalender kalender;
	} whole[] = {
		{"op afroep", {.soort = KALENDER_AFROEP}},
		{"dagelijks", {.soort = KALENDER_WERKDAGEN, .dagen = 1}},
		{"wekelijks", {.soort = KALENDER_TUSSENPOOS, .dagen = 7}},
		{"eens per twee weken", {.soort = KALENDER_TUSSENPOOS, .dagen = 14}},
		{"eens per vier weken", {.soort = KALENDER_TUSSENPOOS, .dagen = 28}},
		{"maandelijks", {.soort = KALENDER_TUSSENPOOS, .dagen = 31}},
	};
	for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
		if (bytes_equal(text, bytes_of_text(whole[i].text))) {
			*ret_kalender = whole[i].kalender;
			return RESULT_OK;
		}
	bool read = take_weekdagen(text, ret_kalender) || take_weken(text, ret_kalender) ||
		    take_maand(text, ret_kalender);
	return read ? RESULT_OK : RESULT_MALFORMED;
}

bool kalender_has_dagen(const struct kalender *kalender)
{
	return kalender->soort >= KALENDER_WERKDAGEN;
}

// ---- the days ------------------------------------------------------------------------------

static bool is_in_month(const struct kalender *kalender, int64_t day)
{
	int of_month = date_from_days(day).day;
	if (kalender->welke < KALENDER_LAATSTE)
		return (unsigned)((of_month - 1) / DAYS_OF_WEEK + 1) == kalender->welke;
	return date_from_days(day + DAYS_OF_WEEK).day < of_month; // the next lies in another month
}

// As written, feestdagen aside.
static bool is_written(const struct kalender *kalender, int64_t day)
{
	bool weekdag = kalender->weekdagen >> date_weekday(day) & 1;
	switch (kalender->soort) {
	case KALENDER_WERKDAGEN:
		return termijn_is_werkdag(date_from_days(day));
	case KALENDER_WEEKDAGEN:
		return weekdag;
	case KALENDER_WEKEN:
		return day >= kalender->vanaf && (day - kalender->vanaf) % kalender->dagen == 0;
	case KALENDER_MAAND:
		return weekdag && is_in_month(kalender, day);
	default:
		return false;
	}
}

// Where a sitting that is written for this day is held.
static bool is_held(const struct kalender *kalender, int64_t day, int64_t *ret_day)
{
	*ret_day = day;
	if (!termijn_is_feestdag(date_from_days(day)))
		return true;
	while (!termijn_is_werkdag(date_from_days(*ret_day)))
		++*ret_day;
	return !kalender->vervalt;
}

bool kalender_volgende(const struct kalender *kalender, int64_t day, int64_t *ret_day)
{
	int64_t from = day - DAYS_BACK, held;
	if (!kalender_has_dagen(kalender))
		return false;
	if (kalender->soort == KALENDER_WEKEN && from < kalender->vanaf)
		from = kalender->vanaf;
	bool found = false;
	// One that moves may come after the next, which sits on a day of the weekend.
	for (int64_t at = from; at < from + DAYS_AHEAD && !(found && at >= *ret_day); at++)
		if (is_written(kalender, at) && is_held(kalender, at, &held) && held >= day &&
		    !(found && held >= *ret_day)) {
			*ret_day = held;
			found = true;
		}
	return found;
}

static int64_t closes(const struct zitting_tijd *tijd, int64_t day)
{
	int64_t closing = day;
	unsigned werkdagen = tijd->sluiting ? tijd->sluiting->werkdagen : 0;
	while (werkdagen > 0)
		werkdagen -= termijn_is_werkdag(date_from_days(--closing));
	closing -= tijd->sluiting ? (int64_t)tijd->sluiting->dagen : 0;
	return clock_from_amsterdam(closing * MS_PER_DAY + tijd->aanvang * MS_PER_MINUTE_OF_DAY);
}

bool kalender_zitting(const struct kalender *kalender, const struct zitting_tijd *tijd, int64_t at,
		      int64_t *ret_day)
{
	int64_t day = date_to_days(date_amsterdam(at)) - 1;
	do
		if (!kalender_volgende(kalender, day + 1, &day))
			return false;
	while (closes(tijd, day) < at);
	*ret_day = day;
	return true;
}

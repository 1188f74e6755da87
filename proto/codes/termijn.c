// SPDX-License-Identifier: EUPL-1.2
#include "codes/termijn.h"

#define DIGITS_MAX 5
#define WERKDAGEN_MAX 99

// Digits at *at; 0 digits, or more than DIGITS_MAX, give false.
static bool take_number(struct bytes text, size_t *at, unsigned *ret_number)
{
	unsigned number = 0;
	size_t begin = *at;
	while (*at < text.len && text.data[*at] >= '0' && text.data[*at] <= '9') {
		if (*at - begin == DIGITS_MAX)
			return false;
		number = number * 10 + (text.data[(*at)++] - '0');
	}
	*ret_number = number;
	return *at > begin;
}

static bool is_positive(const struct termijn *termijn)
{
	return termijn->maanden || termijn->dagen || termijn->werkdagen;
}

static enum result parse_iso(struct bytes text, struct termijn *ret_termijn)
{
	static const char units[] = "YMWD";
	struct termijn termijn = {0};
	size_t at = 1;
	for (const char *unit = units; at < text.len; at++) {
		unsigned number;
		if (!take_number(text, &at, &number) || at == text.len)
			return RESULT_MALFORMED;
		while (*unit && (uint8_t)*unit != text.data[at])
			unit++;
		if (!*unit)
			return RESULT_MALFORMED;
		switch (*unit++) {
		case 'Y':
			termijn.maanden += number * 12;
			break;
		case 'M':
			termijn.maanden += number;
			break;
		case 'W':
			termijn.dagen += number * 7;
			break;
		default:
			termijn.dagen += number;
		}
	}
	if (termijn.maanden > TERMIJN_JAREN_MAX * 12 || termijn.dagen > TERMIJN_JAREN_MAX * 366)
		return RESULT_TOO_LARGE;
	if (!is_positive(&termijn))
		return RESULT_MALFORMED;
	*ret_termijn = termijn;
	return RESULT_OK;
}

static enum result parse_werkdagen(struct bytes text, struct termijn *ret_termijn)
{
	unsigned number;
	size_t at = 0;
	if (!take_number(text, &at, &number))
		return RESULT_MALFORMED;
	struct bytes rest = bytes_make(text.data + at, text.len - at);
	if (!bytes_equal(rest, bytes_of_text(" werkdag")) &&
	    !bytes_equal(rest, bytes_of_text(" werkdagen")))
		return RESULT_MALFORMED;
	if (number == 0)
		return RESULT_MALFORMED;
	if (number > WERKDAGEN_MAX)
		return RESULT_TOO_LARGE;
	*ret_termijn = (struct termijn){.werkdagen = number};
	return RESULT_OK;
}

enum result termijn_parse(struct bytes text, struct termijn *ret_termijn)
{
	if (text.len > 1 && text.data[0] == 'P')
		return parse_iso(text, ret_termijn);
	return parse_werkdagen(text, ret_termijn);
}

// Easter Sunday of the Gregorian calendar, in days since 1970 (the algorithm of Meeus, Jones and
// Butcher): all movable feestdagen lie at a fixed distance from it.
static int64_t easter_days(int year)
{
	int a = year % 19, b = year / 100, c = year % 100;
	int d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
	int h = (19 * a + b - d - g + 15) % 30;
	int i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7;
	int m = (a + 11 * h + 22 * l) / 451, n = h + l - 7 * m + 114;
	return date_to_days((struct civil_date){.year = year, .month = n / 31, .day = n % 31 + 1});
}

static bool is_fixed_feestdag(struct civil_date date)
{
	struct civil_date koningsdag = {.year = date.year, .month = 4, .day = 27};
	if (date_weekday(date_to_days(koningsdag)) == 6)
		koningsdag.day = 26;
	if (date.month == 4 && date.day == koningsdag.day)
		return true;
	return (date.month == 1 && date.day == 1) || (date.month == 5 && date.day == 5) ||
	       (date.month == 12 && (date.day == 25 || date.day == 26));
}

bool termijn_is_feestdag(struct civil_date date)
{
	static const int movable[] = {-2, 1, 39, 50};
	int64_t since_easter = date_to_days(date) - easter_days(date.year);
	bool is = is_fixed_feestdag(date);
	for (size_t i = 0; i < sizeof movable / sizeof movable[0]; i++)
		is |= since_easter == movable[i];
	return is;
}

bool termijn_is_werkdag(struct civil_date date)
{
	return date_weekday(date_to_days(date)) < 5 && !termijn_is_feestdag(date);
}

// A change of the clock may lie between the two.
static int64_t days_after(int64_t from, int64_t days)
{
	return clock_from_amsterdam(clock_amsterdam(from) + days * MS_PER_DAY);
}

static int64_t end_of_werkdagen(unsigned werkdagen, int64_t from)
{
	int64_t first = date_to_days(date_amsterdam(from));
	int64_t days = first;
	while (werkdagen > 0) {
		days++;
		if (termijn_is_werkdag(date_from_days(days)))
			werkdagen--;
	}
	return days_after(from, days - first);
}

static int days_in_month(int year, int month)
{
	struct civil_date next = {
		.year = month == 12 ? year + 1 : year, .month = month % 12 + 1, .day = 1};
	return date_from_days(date_to_days(next) - 1).day;
}

int64_t termijn_end(const struct termijn *termijn, int64_t from)
{
	if (termijn->werkdagen)
		return end_of_werkdagen(termijn->werkdagen, from);
	struct civil_date begin = date_amsterdam(from);
	struct civil_date end = begin;
	int months = begin.month - 1 + (int)termijn->maanden;
	end.year += months / 12;
	end.month = months % 12 + 1;
	int last = days_in_month(end.year, end.month);
	end.day = begin.day < last ? begin.day : last;
	int64_t days = date_to_days(end) + termijn->dagen - date_to_days(begin);
	return days_after(from, days);
}

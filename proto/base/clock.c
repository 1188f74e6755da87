// SPDX-License-Identifier: EUPL-1.2
#include "base/clock.h"

#include <time.h>

#define YEAR_MIN 1850
#define YEAR_MAX 2200

static int64_t read_us(clockid_t id)
{
	struct timespec now;
	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_wall_ms(void)
{
	return read_us(CLOCK_REALTIME) / 1000;
}

int64_t clock_monotonic_ms(void)
{
	return read_us(CLOCK_MONOTONIC) / 1000;
}

int64_t clock_monotonic_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

// Exactly `count` digits; -1 otherwise.
static int digits(const uint8_t *p, size_t count)
{
	int value = 0;
	for (size_t i = 0; i < count; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		value = value * 10 + (p[i] - '0');
	}
	return value;
}

enum result date_parse(struct bytes text, struct civil_date *ret_date)
{
	if (text.len != 10 || text.data[4] != '-' || text.data[7] != '-')
		return RESULT_MALFORMED;
	struct civil_date date = {
		.year = digits(text.data, 4),
		.month = digits(text.data + 5, 2),
		.day = digits(text.data + 8, 2),
	};
	if (date.year < YEAR_MIN || date.year > YEAR_MAX || date.month < 1 || date.month > 12)
		return RESULT_MALFORMED;
	if (date.day < 1 || date.day > days_in_month(date.year, date.month))
		return RESULT_MALFORMED;
	*ret_date = date;
	return RESULT_OK;
}

// Years run from March here, so that the leap day is the last day of a year and the length of
// the months before any month is one linear formula. 719468 days lie between 0000-03-01 and
// 1970-01-01; an era is 400 years of 146097 days.
int64_t date_to_days(struct civil_date date)
{
	int64_t year = date.month > 2 ? date.year : date.year - 1;
	int64_t era = floor_div(year, 400);
	int64_t year_of_era = year - era * 400;
	int64_t month_from_march = (date.month + 9) % 12;
	int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468;
}

struct civil_date date_from_days(int64_t days)
{
	days += 719468;
	int64_t era = floor_div(days, 146097);
	int64_t day_of_era = days - era * 146097;
	int64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month_from_march = (5 * day_of_year + 2) / 153;
	int month = (int)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
	return (struct civil_date){
		.year = (int)(year_of_era + era * 400 + (month <= 2)),
		.month = month,
		.day = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1),
	};
}

// 1970-01-01 was a Thursday.
int date_weekday(int64_t days)
{
	return (int)(days + 3 - floor_div(days + 3, 7) * 7);
}

int date_years_between(struct civil_date birth, struct civil_date on)
{
	bool before_birthday =
		on.month < birth.month || (on.month == birth.month && on.day < birth.day);
	return on.year - birth.year - before_birthday;
}

// 01:00 UTC on the last Sunday of a month of 31 days: when the EU changes its clocks (Directive
// 2000/84/EC; since 1996 both changes follow this rule).
static int64_t last_sunday_ms(int year, int month)
{
	int64_t last = date_to_days((struct civil_date){year, month, 31});
	int64_t since_sunday = (date_weekday(last) + 1) % 7;
	return (last - since_sunday) * MS_PER_DAY + MS_PER_HOUR;
}

static bool is_summer(int64_t wall_ms)
{
	int year = date_from_days(floor_div(wall_ms, MS_PER_DAY)).year;
	return wall_ms >= last_sunday_ms(year, 3) && wall_ms < last_sunday_ms(year, 10);
}

int64_t clock_amsterdam(int64_t wall_ms)
{
	return wall_ms + (is_summer(wall_ms) ? 2 : 1) * MS_PER_HOUR;
}

int64_t clock_from_amsterdam(int64_t local_ms)
{
	int64_t summer = local_ms - 2 * MS_PER_HOUR;
	return is_summer(summer) ? summer : local_ms - MS_PER_HOUR;
}

struct civil_date date_amsterdam(int64_t wall_ms)
{
	return date_from_days(floor_div(clock_amsterdam(wall_ms), MS_PER_DAY));
}

// "HH:MM" in milliseconds; -1 otherwise.
static int64_t hour_minute(const uint8_t *p)
{
	int hour = digits(p, 2), minute = digits(p + 3, 2);
	if (p[2] != ':' || hour < 0 || hour > 23 || minute < 0 || minute > 59)
		return -1;
	return hour * MS_PER_HOUR + minute * MS_PER_MINUTE;
}

// "Z" or "±HH:MM" as the whole of the text.
static enum result offset_parse(struct bytes text, int64_t *ret_ms)
{
	if (text.len == 1 && text.data[0] == 'Z') {
		*ret_ms = 0;
		return RESULT_OK;
	}
	if (text.len != 6 || (text.data[0] != '+' && text.data[0] != '-'))
		return RESULT_MALFORMED;
	int64_t offset = hour_minute(text.data + 1);
	if (offset < 0)
		return RESULT_MALFORMED;
	*ret_ms = text.data[0] == '-' ? -offset : offset;
	return RESULT_OK;
}

// An optional fraction of 1..9 digits at text; its length in *ret_len, milliseconds in *ret_ms.
static enum result fraction_parse(struct bytes text, size_t *ret_len, int64_t *ret_ms)
{
	size_t count = 0;
	int64_t ms = 0, unit = 100;
	if (text.len && text.data[0] == '.') {
		while (1 + count < text.len && digits(text.data + 1 + count, 1) >= 0) {
			ms += digits(text.data + 1 + count, 1) * unit;
			unit /= 10;
			count++;
		}
		if (count < 1 || count > 9)
			return RESULT_MALFORMED;
	}
	*ret_len = count ? count + 1 : 0;
	*ret_ms = ms;
	return RESULT_OK;
}

enum result time_parse(struct bytes text, int64_t *ret_wall_ms)
{
	struct civil_date date;
	if (text.len < 20 || text.data[10] != 'T' || text.data[16] != ':')
		return RESULT_MALFORMED;
	if (date_parse(bytes_make(text.data, 10), &date) != RESULT_OK)
		return RESULT_MALFORMED;
	int64_t minutes = hour_minute(text.data + 11);
	int second = digits(text.data + 17, 2);
	if (minutes < 0 || second < 0 || second > 59)
		return RESULT_MALFORMED;
	struct bytes rest = bytes_make(text.data + 19, text.len - 19);
	size_t used;
	int64_t fraction, offset;
	if (fraction_parse(rest, &used, &fraction) != RESULT_OK)
		return RESULT_MALFORMED;
	if (offset_parse(bytes_make(rest.data + used, rest.len - used), &offset) != RESULT_OK)
		return RESULT_MALFORMED;
	*ret_wall_ms = date_to_days(date) * MS_PER_DAY + minutes + second * MS_PER_SECOND +
		       fraction - offset;
	return RESULT_OK;
}

static void put_digits(char *out, int64_t value, int count)
{
	for (int i = count; i-- > 0; value /= 10)
		out[i] = (char)('0' + value % 10);
}

void time_format(char out[21], int64_t wall_ms)
{
	// Four digits of year: what lies outside is shown as the nearest representable second.
	const int64_t first = INT64_C(-62167219200000), last = INT64_C(253402300799000);
	int64_t ms = wall_ms < first ? first : wall_ms > last ? last : wall_ms;
	int64_t days = floor_div(ms, MS_PER_DAY);
	int64_t seconds = (ms - days * MS_PER_DAY) / MS_PER_SECOND;
	struct civil_date date = date_from_days(days);
	static const char shape[21] = "0000-00-00T00:00:00Z";
	for (int i = 0; i < 21; i++)
		out[i] = shape[i];
	put_digits(out, date.year, 4);
	put_digits(out + 5, date.month, 2);
	put_digits(out + 8, date.day, 2);
	put_digits(out + 11, seconds / 3600, 2);
	put_digits(out + 14, seconds / 60 % 60, 2);
	put_digits(out + 17, seconds % 60, 2);
}

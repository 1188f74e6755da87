// SPDX-License-Identifier: EUPL-1.2
#include "codes/openingstijd.h"

#include "codes/termijn.h"

#include <string.h>

#define CLOCK_LEN 5   // "08:30"
#define DAYS_AHEAD 31 // a weekday that is a feestdag week after week there is not
#define MINUTES_OF_DAY 1440

// ---- reading -------------------------------------------------------------------------------

static bool take(struct bytes *text, const char *wanted)
{
	size_t len = strlen(wanted);
	if (text->len < len || memcmp(text->data, wanted, len) != 0)
		return false;
	*text = bytes_make(text->data + len, text->len - len);
	return true;
}

static bool take_day(struct bytes *text, unsigned *ret_day)
{
	static const char *const days[] = {"ma", "di", "wo", "do", "vr", "za", "zo"};
	for (unsigned i = 0; i < sizeof days / sizeof days[0]; i++)
		if (take(text, days[i])) {
			*ret_day = i;
			return true;
		}
	return false;
}

static bool take_days(struct bytes *text, uint8_t *ret_days)
{
	unsigned first, last;
	if (!take_day(text, &first))
		return false;
	last = first;
	if (take(text, "-") && (!take_day(text, &last) || last <= first))
		return false;
	*ret_days = (uint8_t)((1u << (last + 1)) - (1u << first));
	return true;
}

static bool take_clock(struct bytes *text, uint16_t *ret_minutes)
{
	unsigned number[2];
	if (text->len < CLOCK_LEN || text->data[2] != ':')
		return false;
	for (size_t i = 0; i < 2; i++) {
		const uint8_t *at = text->data + 3 * i;
		if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
			return false;
		number[i] = (at[0] - '0') * 10u + (at[1] - '0');
	}
	unsigned minutes = number[0] * 60 + number[1];
	if (number[1] > 59 || minutes > MINUTES_OF_DAY)
		return false;
	*ret_minutes = (uint16_t)minutes;
	*text = bytes_make(text->data + CLOCK_LEN, text->len - CLOCK_LEN);
	return true;
}

enum result openingstijd_parse(struct bytes text, struct openingstijd *ret_tijd)
{
	struct openingstijd tijd = {.count = 0};
	do {
		if (tijd.count == OPENINGSTIJD_MAX)
			return RESULT_MALFORMED;
		uint16_t van, tot;
		if (!take_days(&text, &tijd.tijden[tijd.count].dagen) || !take(&text, " ") ||
		    !take_clock(&text, &van) || !take(&text, "-") || !take_clock(&text, &tot) ||
		    van >= tot)
			return RESULT_MALFORMED;
		tijd.tijden[tijd.count].van = van;
		tijd.tijden[tijd.count++].tot = tot;
	} while (take(&text, ", "));
	if (text.len > 0)
		return RESULT_MALFORMED;
	*ret_tijd = tijd;
	return RESULT_OK;
}

// ---- when ----------------------------------------------------------------------------------

// The first moment of this day at or after `from` at which it is open, on clocks of Amsterdam;
// INT64_MAX: none.
static int64_t first_of_day(const struct openingstijd *tijd, int64_t days, int64_t from)
{
	int64_t first = INT64_MAX;
	if (termijn_is_feestdag(date_from_days(days)))
		return first;
	for (size_t i = 0; i < tijd->count; i++) {
		int64_t van = days * MS_PER_DAY + tijd->tijden[i].van * MS_PER_MINUTE;
		int64_t tot = days * MS_PER_DAY + tijd->tijden[i].tot * MS_PER_MINUTE;
		if (!(tijd->tijden[i].dagen >> date_weekday(days) & 1) || tot <= from)
			continue;
		int64_t at = from > van ? from : van;
		first = at < first ? at : first;
	}
	return first;
}

int64_t openingstijd_vanaf(const struct openingstijd *tijd, int64_t from)
{
	int64_t local = clock_amsterdam(from), first = INT64_MAX;
	int64_t today = date_to_days(date_amsterdam(from));
	for (int64_t days = today; first == INT64_MAX && days <= today + DAYS_AHEAD; days++)
		first = first_of_day(tijd, days, local);
	return first == local ? from : first == INT64_MAX ? first : clock_from_amsterdam(first);
}

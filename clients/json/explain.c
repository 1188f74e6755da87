// SPDX-License-Identifier: EUPL-1.2
#include "json/explain.h"

#include <stdio.h>
#include <string.h>

#define TIME_MAX 64

// Whether the text is as `shape` says, in which 0 stands for a digit.
static bool has_shape(struct bytes text, const char *shape)
{
	if (text.len != strlen(shape))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		bool digit = text.data[i] >= '0' && text.data[i] <= '9';
		if (shape[i] == '0' ? !digit : text.data[i] != (uint8_t)shape[i])
			return false;
	}
	return true;
}

static void set_message(struct problem *problem, const char *text)
{
	snprintf(problem->message, sizeof problem->message, "%s", text);
}

static void explain_future(const struct veld_row *row, const char *what, struct civil_date today,
			   struct problem *problem)
{
	struct civil_date last = date_from_days(date_to_days(today) + (int64_t)row->max);
	snprintf(problem->message, sizeof problem->message,
		 "The %s lies in the future: %04d-%02d-%02d is the last day allowed here.", what,
		 last.year, last.month, last.day);
	snprintf(problem->fix, sizeof problem->fix, "Check the %s, and the clock of this machine.",
		 what);
}

static void explain_date(const struct veld_row *row, struct bytes text, struct civil_date today,
			 struct problem *problem)
{
	struct civil_date date;
	if (date_parse(text, &date) == RESULT_OK)
		explain_future(row, "date", today, problem);
	else if (has_shape(text, "0000-00-00"))
		set_message(problem,
			    "The date does not exist, or is not of the years 1850 to 2200.");
	else
		set_message(problem, "The date is not written as YYYY-MM-DD.");
}

// A time that is right but for its offset is the commonest mistake.
static bool lacks_offset(struct bytes text)
{
	char with[TIME_MAX + 2];
	int64_t wall_ms;
	if (text.len > TIME_MAX)
		return false;
	int len = snprintf(with, sizeof with, "%.*sZ", (int)text.len, (const char *)text.data);
	return time_parse(bytes_make(with, (size_t)len), &wall_ms) == RESULT_OK;
}

static void explain_time(const struct veld_row *row, struct bytes text, struct civil_date today,
			 struct problem *problem)
{
	int64_t wall_ms;
	struct civil_date date;
	struct bytes day = bytes_make(text.data, text.len < 10 ? text.len : 10);
	if (time_parse(text, &wall_ms) == RESULT_OK)
		explain_future(row, "time", today, problem);
	else if (lacks_offset(text))
		set_message(problem, "The time has no offset: it ends with Z, +01:00 or +02:00.");
	else if (has_shape(day, "0000-00-00") && date_parse(day, &date) != RESULT_OK)
		set_message(problem, "The day of the time does not exist.");
	else
		set_message(
			problem,
			"The time does not exist, or is not written as 2026-11-22T10:00:00+01:00.");
}

void explain_waarde(const struct veld_row *row, struct bytes text, struct civil_date today,
		    struct problem *problem)
{
	if (row->kind == VELD_DATE)
		explain_date(row, text, today, problem);
	else if (row->kind == VELD_TIME)
		explain_time(row, text, today, problem);
	else if (row->kind == VELD_GEMEENTE)
		set_message(problem,
			    "A gemeente is its CBS code, not its name: GM and four digits, "
			    "GM0000 when it is not known.");
	else if (row->kind == VELD_BSN && !has_shape(text, "000000000"))
		set_message(problem, "A BSN has nine digits, leading zeros included.");
}

// SPDX-License-Identifier: EUPL-1.2
// One veld against its row: a check per kind, and the count of a list of velden.
#include "melding/veld.h"

#include "keys/keys.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NUMBER_DIGITS 10

bool refusal_set(struct refusal *refusal, enum reason reason, const char *format, ...)
{
	refusal->reason = reason;
	va_list args;
	va_start(args, format);
	if (vsnprintf(refusal->field, sizeof refusal->field, format, args) < 0)
		refusal->field[0] = '\0';
	va_end(args);
	return false;
}

bool bsn_is_valid(struct bytes bsn)
{
	if (bsn.len != 9)
		return false;
	int sum = 0, seen = 0;
	for (int i = 0; i < 9; i++) {
		if (bsn.data[i] < '0' || bsn.data[i] > '9')
			return false;
		int digit = bsn.data[i] - '0';
		sum += digit * (i == 8 ? -1 : 9 - i);
		seen |= digit;
	}
	return seen != 0 && sum % 11 == 0;
}

bool bsn_is_in(struct bytes text)
{
	for (size_t at = 0, len; at < text.len; at += len + 1) {
		for (len = 0; at + len < text.len && text.data[at + len] >= '0' &&
			      text.data[at + len] <= '9';)
			len++;
		if (bsn_is_valid(bytes_make(text.data + at, len)))
			return true;
	}
	return false;
}

static bool all_of(struct bytes text, const char *more)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];
		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && (c == '\0' || !strchr(more, c)))
			return false;
	}
	return true;
}

static enum reason check_length(const struct veld_row *row, struct bytes waarde)
{
	if (waarde.len > row->max)
		return REASON_TOO_LONG;
	return waarde.len < row->min ? REASON_BAD_VALUE : REASON_NONE;
}

static enum reason check_text(const struct veld_row *row, struct bytes waarde,
			      struct civil_date today)
{
	(void)today;
	return utf8_is_clean_text(waarde) ? check_length(row, waarde) : REASON_BAD_TEXT;
}

// A name with a line break or tab in it would let a sender write lines of a letter of its own.
static enum reason check_line(const struct veld_row *row, struct bytes waarde,
			      struct civil_date today)
{
	if (memchr(waarde.data, '\n', waarde.len) || memchr(waarde.data, '\t', waarde.len))
		return REASON_BAD_TEXT;
	return check_text(row, waarde, today);
}

static enum reason check_code(const struct veld_row *row, struct bytes waarde,
			      struct civil_date today)
{
	(void)today;
	return code_find(row->list, waarde) ? REASON_NONE : REASON_UNKNOWN_CODE;
}

static bool is_within(struct civil_date date, const struct veld_row *row, struct civil_date today)
{
	return date_to_days(date) <= date_to_days(today) + (int64_t)row->max;
}

static enum reason check_date(const struct veld_row *row, struct bytes waarde,
			      struct civil_date today)
{
	struct civil_date date;
	if (date_parse(waarde, &date) != RESULT_OK || !is_within(date, row, today))
		return REASON_IMPOSSIBLE_DATE;
	return REASON_NONE;
}

static enum reason check_time(const struct veld_row *row, struct bytes waarde,
			      struct civil_date today)
{
	int64_t wall_ms;
	if (time_parse(waarde, &wall_ms) != RESULT_OK ||
	    !is_within(date_amsterdam(wall_ms), row, today))
		return REASON_IMPOSSIBLE_DATE;
	return REASON_NONE;
}

static enum reason check_janee(const struct veld_row *row, struct bytes waarde,
			       struct civil_date today)
{
	(void)row;
	(void)today;
	bool known = bytes_equal(waarde, bytes_of_text("ja")) ||
		     bytes_equal(waarde, bytes_of_text("nee"));
	return known ? REASON_NONE : REASON_BAD_VALUE;
}

bool veld_parse_number(struct bytes text, uint32_t *ret_number)
{
	if (text.len == 0 || text.len > NUMBER_DIGITS || (text.len > 1 && text.data[0] == '0'))
		return false;
	uint64_t number = 0;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		number = number * 10 + (text.data[i] - '0');
	}
	if (number > UINT32_MAX)
		return false;
	*ret_number = (uint32_t)number;
	return true;
}

static enum reason check_number(const struct veld_row *row, struct bytes waarde,
				struct civil_date today)
{
	(void)today;
	uint32_t number;
	if (!veld_parse_number(waarde, &number) || number < row->min || number > row->max)
		return REASON_BAD_VALUE;
	return REASON_NONE;
}

static bool all_digits(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
	}
	return true;
}

static enum reason check_gemeente(const struct veld_row *row, struct bytes waarde,
				  struct civil_date today)
{
	(void)row;
	(void)today;
	if (waarde.len != 6 || memcmp(waarde.data, "GM", 2) != 0 ||
	    !all_digits(bytes_make(waarde.data + 2, 4)))
		return REASON_UNKNOWN_CODE;
	return REASON_NONE;
}

static enum reason check_bsn(const struct veld_row *row, struct bytes waarde,
			     struct civil_date today)
{
	(void)row;
	(void)today;
	if (waarde.len != 9 || !all_digits(waarde))
		return REASON_BAD_VALUE;
	return bsn_is_valid(waarde) ? REASON_NONE : REASON_BSN_ELFPROEF;
}

static bool is_capital(uint8_t c)
{
	return c >= 'A' && c <= 'Z';
}

// PostNL gives no postcode that begins with 0 or ends in SA, SD or SS.
static enum reason check_postcode(const struct veld_row *row, struct bytes waarde,
				  struct civil_date today)
{
	(void)row;
	(void)today;
	const uint8_t *p = waarde.data;
	if (waarde.len != 6 || !all_digits(bytes_make(p, 4)) || p[0] == '0' || !is_capital(p[4]) ||
	    !is_capital(p[5]))
		return REASON_BAD_VALUE;
	if (p[4] == 'S' && (p[5] == 'A' || p[5] == 'D' || p[5] == 'S'))
		return REASON_BAD_VALUE;
	return REASON_NONE;
}

static enum reason check_oin(const struct veld_row *row, struct bytes waarde,
			     struct civil_date today)
{
	(void)row;
	(void)today;
	struct oin oin;
	return oin_parse(waarde, &oin) == RESULT_OK ? REASON_NONE : REASON_BAD_VALUE;
}

static enum reason check_name(const struct veld_row *row, struct bytes waarde,
			      struct civil_date today)
{
	(void)today;
	return all_of(waarde, ".-") ? check_length(row, waarde) : REASON_BAD_VALUE;
}

static enum reason check_reference(const struct veld_row *row, struct bytes waarde,
				   struct civil_date today)
{
	(void)today;
	return all_of(waarde, "ABCDEFGHIJKLMNOPQRSTUVWXYZ._:-") ? check_length(row, waarde)
								: REASON_BAD_VALUE;
}

static enum reason check_binary(const struct veld_row *row, struct bytes waarde,
				struct civil_date today)
{
	(void)today;
	return waarde.len == row->max ? REASON_NONE : REASON_BAD_VALUE;
}

// Shape only: whoever uses the note verifies it.
static enum reason check_note(const struct veld_row *row, struct bytes waarde,
			      struct civil_date today)
{
	enum reason reason = check_text(row, waarde, today);
	if (reason == REASON_NONE && waarde.data[waarde.len - 1] != '\n')
		return REASON_BAD_VALUE;
	return reason;
}

static enum reason (*const checks[])(const struct veld_row *row, struct bytes waarde,
				     struct civil_date today) = {
	[VELD_TEXT] = check_text,
	[VELD_LINE] = check_line,
	[VELD_CODE] = check_code,
	[VELD_DATE] = check_date,
	[VELD_TIME] = check_time,
	[VELD_JANEE] = check_janee,
	[VELD_NUMBER] = check_number,
	[VELD_GEMEENTE] = check_gemeente,
	[VELD_BSN] = check_bsn,
	[VELD_POSTCODE] = check_postcode,
	[VELD_OIN] = check_oin,
	[VELD_NAME] = check_name,
	[VELD_REFERENCE] = check_reference,
	[VELD_BINARY] = check_binary,
	[VELD_NOTE] = check_note,
};

bool veld_validate(const struct veld_row *row, struct bytes waarde, struct civil_date today,
		   struct refusal *ret_refusal)
{
	assert((size_t)row->kind < sizeof checks / sizeof checks[0]);
	enum reason reason = REASON_MISSING_FIELD; // an empty value is none
	if (waarde.len > 0)
		reason = checks[row->kind](row, waarde, today);
	if (reason != REASON_NONE)
		return refusal_set(ret_refusal, reason, "%s", row->name);
	*ret_refusal = (struct refusal){0};
	return true;
}

// A code given twice says nothing more, and would count twice where values are counted.
static bool repeats_code(const struct veld *velden, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (velden[i].veld == velden[n].veld &&
		    bytes_equal(velden[i].waarde, velden[n].waarde))
			return true;
	}
	return false;
}

static bool check_one(const struct velden_check *check, const struct veld *velden, size_t n,
		      uint16_t *counts, struct refusal *ret_refusal)
{
	uint32_t number = velden[n].veld;
	const struct veld_row *row = veld_row(check->rows, check->row_count, number);
	if (!row)
		return refusal_set(ret_refusal, REASON_UNKNOWN_FIELD, "%sveld[%u]", check->prefix,
				   number);
	struct refusal refusal;
	if (!veld_validate(row, velden[n].waarde, check->today, &refusal))
		return refusal_set(ret_refusal, refusal.reason, "%s%s", check->prefix, row->name);
	if (++counts[number] > row->at_most)
		return refusal_set(ret_refusal,
				   row->at_most == 1 ? REASON_DUPLICATE : REASON_TOO_MANY, "%s%s",
				   check->prefix, row->name);
	if (row->kind == VELD_CODE && repeats_code(velden, n))
		return refusal_set(ret_refusal, REASON_DUPLICATE, "%s%s", check->prefix, row->name);
	return true;
}

bool velden_validate(const struct velden_check *check, const struct veld *velden, size_t count,
		     struct refusal *ret_refusal)
{
	uint16_t counts[VELD_NUMBER_MAX + 1] = {0};
	if (count > VELDEN_MAX)
		return refusal_set(ret_refusal, REASON_TOO_MANY, "%svelden", check->prefix);
	for (size_t n = 0; n < count; n++) {
		if (!check_one(check, velden, n, counts, ret_refusal))
			return false;
	}
	for (size_t i = 0; i < check->row_count; i++) {
		const struct veld_row *row = &check->rows[i];
		if (row->required && counts[row->veld] == 0)
			return refusal_set(ret_refusal, REASON_MISSING_FIELD, "%s%s", check->prefix,
					   row->name);
	}
	return true;
}

struct bytes veld_get(const struct veld *velden, size_t count, uint32_t veld)
{
	for (size_t i = 0; i < count; i++) {
		if (velden[i].veld == veld)
			return velden[i].waarde;
	}
	return (struct bytes){0};
}

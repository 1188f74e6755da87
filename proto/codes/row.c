// SPDX-License-Identifier: EUPL-1.2
#include "codes/row.h"

#include <string.h>

enum result row_refuse(const struct row_reading *reading, const struct yaml_node *node,
		       enum reason reason, const char *field, const char *message)
{
	const struct yaml_node *at = node ? node : reading->row;
	yaml_problem(reading->yaml, at, reading->problem, reason_code(reason), reason_fix(reason),
		     "%s", message);
	problem_set_field(reading->problem, "%s", field);
	return RESULT_CONFIG;
}

enum result row_text(const struct row_reading *reading, const char *key, bool required, size_t max,
		     char *out)
{
	const struct yaml_node *node = yaml_find(reading->row, key);
	out[0] = '\0';
	if (!node && !required)
		return RESULT_OK;
	if (!node)
		return row_refuse(reading, NULL, REASON_MISSING_KEYWORD, key,
				  "A key of this row is missing.");
	struct bytes text = yaml_scalar(node);
	if (text.len == 0 || memchr(text.data, '\n', text.len))
		return row_refuse(reading, node, REASON_BAD_TYPE, key, "A text is expected here.");
	if (text.len > max)
		return row_refuse(reading, node, REASON_TOO_LONG, key, "The text is too long.");
	memcpy(out, text.data, text.len);
	out[text.len] = '\0';
	return RESULT_OK;
}

enum result row_name(const struct row_reading *reading, const char *key, bool required, size_t max,
		     char *out)
{
	enum result result = row_text(reading, key, required, max, out);
	if (result == RESULT_OK &&
	    strspn(out, "abcdefghijklmnopqrstuvwxyz0123456789.-") != strlen(out))
		result = row_refuse(
			reading, yaml_find(reading->row, key), REASON_BAD_VALUE, key,
			"A short name has lower-case letters, digits, dots and hyphens.");
	return result;
}

static enum result read_date(const struct row_reading *reading, const char *key, bool *ret_has,
			     struct civil_date *ret_date)
{
	char text[11];
	enum result result = row_text(reading, key, false, sizeof text - 1, text);
	if (result != RESULT_OK || !text[0])
		return result;
	if (date_parse(bytes_of_text(text), ret_date) != RESULT_OK)
		return row_refuse(reading, yaml_find(reading->row, key), REASON_IMPOSSIBLE_DATE,
				  key, "This is no day of the calendar.");
	*ret_has = true;
	return RESULT_OK;
}

enum result row_period(const struct row_reading *reading, struct row_period *ret_period)
{
	struct row_period period = {.has_van = false};
	enum result result = read_date(reading, "van", &period.has_van, &period.van);
	if (result == RESULT_OK)
		result = read_date(reading, "tot", &period.has_tot, &period.tot);
	if (result != RESULT_OK)
		return result;
	if (period.has_van && period.has_tot && date_to_days(period.van) > date_to_days(period.tot))
		return row_refuse(reading, yaml_find(reading->row, "tot"), REASON_INTERVAL, "tot",
				  "The row ends before it begins.");
	*ret_period = period;
	return RESULT_OK;
}

enum result row_status(const struct row_reading *reading, bool *ret_bevestigd)
{
	char text[32];
	enum result result = row_text(reading, "status", true, sizeof text - 1, text);
	if (result != RESULT_OK)
		return result;
	bool bevestigd = strcmp(text, "bevestigd") == 0;
	if (!bevestigd && strcmp(text, "niet-geverifieerd") != 0)
		return row_refuse(reading, yaml_find(reading->row, "status"), REASON_UNKNOWN_CODE,
				  "status", "A status is bevestigd or niet-geverifieerd.");
	*ret_bevestigd = bevestigd;
	return RESULT_OK;
}

enum result row_list(const struct row_reading *reading, const char *key,
		     const struct yaml_node **ret_list)
{
	const struct yaml_node *list = yaml_find(reading->row, key);
	if (!list)
		return row_refuse(reading, NULL, REASON_MISSING_KEYWORD, key, "A list is missing.");
	if (yaml_kind(list) != YAML_SEQUENCE)
		return row_refuse(reading, list, REASON_BAD_TYPE, key, "A list is expected here.");
	*ret_list = list;
	return RESULT_OK;
}

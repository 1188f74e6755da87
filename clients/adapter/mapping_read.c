// SPDX-License-Identifier: EUPL-1.2
// The mapping out of the settings.
#include "adapter/mapping.h"

#include <stdlib.h>
#include <string.h>

static enum result read_optional(const struct reading *reading, const struct yaml_node *node,
				 const char *name, char *out, size_t size)
{
	const struct yaml_node *found = yaml_find(node, name);
	return found ? reading_text(reading, found, name, out, size) : RESULT_OK;
}

enum result mapping_read_codes(const struct reading *reading, const struct yaml_node *node,
			       struct mapping_code **ret_codes, size_t *ret_count)
{
	const struct yaml_node *codes = yaml_find(node, "codes");
	if (!codes)
		return RESULT_OK;
	size_t count = yaml_count(codes);
	if (yaml_kind(codes) != YAML_MAPPING || count == 0 || count > MAPPING_CODES_MAX)
		return reading_refuse(reading, codes, "codes",
				      "give what the file says and what it is here: {M: man}");
	struct mapping_code *made = calloc(count, sizeof *made);
	if (!made)
		return RESULT_NO_MEMORY;
	*ret_codes = made;
	*ret_count = count;
	for (size_t i = 0; i < count; i++) {
		struct bytes from = yaml_key(codes, i);
		if (from.len == 0 || from.len >= COLUMN_MAX)
			return reading_refuse(reading, codes, "codes", "a code has 1 to 63 bytes");
		memcpy(made[i].from, from.data, from.len);
		enum result result = reading_text(reading, yaml_item(codes, i), "codes", made[i].to,
						  sizeof made[i].to);
		if (result != RESULT_OK)
			return result;
	}
	return RESULT_OK;
}

enum result mapping_read_date(const struct reading *reading, const struct yaml_node *node,
			      enum mapping_date *ret_date)
{
	const struct yaml_node *date = yaml_find(node, "datum");
	*ret_date = DATE_AS_IT_IS;
	if (date && bytes_equal(yaml_scalar(date), bytes_of_text("dd-mm-jjjj")))
		*ret_date = DATE_DAY_FIRST;
	else if (date && bytes_equal(yaml_scalar(date), bytes_of_text("jjjjmmdd")))
		*ret_date = DATE_BARE;
	else if (date)
		return reading_refuse(reading, date, "datum", "give dd-mm-jjjj or jjjjmmdd");
	return RESULT_OK;
}

enum result mapping_read_separator(const struct reading *reading, const struct yaml_node *root,
				   char *ret_separator)
{
	const struct yaml_node *node = yaml_find(root, "scheiding");
	struct bytes text = node ? yaml_scalar(node) : bytes_of_text(";");
	if (text.len != 1 || !memchr(";,|\t", text.data[0], 4))
		return reading_refuse(reading, node, "scheiding", "give one of ; , | and a tab");
	*ret_separator = (char)text.data[0];
	return RESULT_OK;
}

static enum result read_form(const struct reading *reading, const struct yaml_node *node,
			     struct mapping_row *row)
{
	const struct yaml_node *date = yaml_find(node, "datum"), *split = yaml_find(node, "splits");
	enum result result = mapping_read_date(reading, node, &row->date);
	if (result != RESULT_OK)
		return result;
	if (split && (yaml_scalar(split).len != 1 || yaml_scalar(split).data[0] >= 0x80))
		return reading_refuse(reading, split, "splits", "give one character");
	row->split = split ? (char)yaml_scalar(split).data[0] : 0;
	return date && row->codes ? reading_refuse(reading, date, "datum", "a date has no codes")
				  : RESULT_OK;
}

static enum result read_row(const struct reading *reading, const struct yaml_node *node,
			    struct mapping_row *row)
{
	static const char *const keys[] = {"naar",  "kolom", "vast",   "voor", "codes",
					   "datum", "mits",  "splits", NULL};
	enum result result = yaml_only_keys(reading->yaml, node, keys, reading->problem);
	if (result != RESULT_OK)
		return result;
	if (!yaml_find(node, "naar"))
		return reading_lack(reading, node, "naar");
	result = reading_text(reading, yaml_find(node, "naar"), "naar", row->to, sizeof row->to);
	if (result == RESULT_OK && row->to[0] != '/')
		return reading_refuse(reading, node, "naar",
				      "give a JSON pointer, such as /kenmerken/soort");
	if (!yaml_find(node, "kolom") == !yaml_find(node, "vast"))
		return reading_refuse(reading, node, "kolom", "give one of kolom and vast");
	if (result == RESULT_OK)
		result = read_optional(reading, node, "kolom", row->column, sizeof row->column);
	if (result == RESULT_OK)
		result = read_optional(reading, node, "vast", row->fixed, sizeof row->fixed);
	if (result == RESULT_OK)
		result = read_optional(reading, node, "voor", row->before, sizeof row->before);
	if (result == RESULT_OK)
		result = read_optional(reading, node, "mits", row->unless_empty,
				       sizeof row->unless_empty);
	if (result == RESULT_OK)
		result = mapping_read_codes(reading, node, &row->codes, &row->code_count);
	return result == RESULT_OK ? read_form(reading, node, row) : result;
}

static enum result read_rows(const struct reading *reading, const struct yaml_node *root,
			     struct mapping *mapping)
{
	const struct yaml_node *list = yaml_find(root, "afbeelding");
	enum result result = RESULT_OK;
	if (!list)
		return reading_lack(reading, root, "afbeelding");
	size_t count = yaml_count(list);
	if (yaml_kind(list) != YAML_SEQUENCE || count == 0 || count > MAPPING_ROWS_MAX)
		return reading_refuse(reading, list, "afbeelding", "give a list of 1 to 128 rows");
	mapping->rows = calloc(count, sizeof *mapping->rows);
	if (!mapping->rows)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; result == RESULT_OK && i < count; i++) {
		mapping->count = i + 1;
		result = read_row(reading, yaml_item(list, i), &mapping->rows[i]);
	}
	return result;
}

static enum result read_ignored(const struct reading *reading, const struct yaml_node *root,
				struct mapping *mapping)
{
	const struct yaml_node *list = yaml_find(root, "negeer");
	enum result result = RESULT_OK;
	if (!list)
		return RESULT_OK;
	size_t count = yaml_count(list);
	if (yaml_kind(list) != YAML_SEQUENCE || count == 0 || count > CSV_FIELDS_MAX)
		return reading_refuse(reading, list, "negeer", "give a list of columns");
	mapping->ignored = calloc(count, sizeof *mapping->ignored);
	if (!mapping->ignored)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; result == RESULT_OK && i < count; i++)
		result = reading_text(reading, yaml_item(list, i), "negeer", mapping->ignored[i],
				      sizeof mapping->ignored[i]);
	mapping->ignored_count = count;
	return result;
}

enum result mapping_read(const struct reading *reading, const struct yaml_node *root,
			 struct mapping *ret_mapping)
{
	if (!yaml_find(root, "registratienummer"))
		return reading_lack(reading, root, "registratienummer");
	enum result result =
		reading_text(reading, yaml_find(root, "registratienummer"), "registratienummer",
			     ret_mapping->number, sizeof ret_mapping->number);
	if (result == RESULT_OK)
		result = read_optional(reading, root, "volgnummer", ret_mapping->sequence,
				       sizeof ret_mapping->sequence);
	if (result == RESULT_OK)
		result = read_rows(reading, root, ret_mapping);
	return result == RESULT_OK ? read_ignored(reading, root, ret_mapping) : result;
}

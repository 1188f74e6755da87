// SPDX-License-Identifier: EUPL-1.2
#include "adapter/settings.h"

#include <string.h>

#define UNTAKEN_STANDARD_H 24
#define UNTAKEN_MAX_H (31 * 24)

static enum result read_functies(const struct reading *reading, const struct yaml_node *node,
				 struct outlet_settings *out)
{
	const struct yaml_node *list = yaml_find(node, "functies");
	size_t count = list ? yaml_count(list) : 0;
	if (!list)
		return reading_lack(reading, node, "functies");
	if (yaml_kind(list) != YAML_SEQUENCE || count == 0 || count > FUNCTIES_MAX)
		return reading_refuse(reading, list, "functies", "give a list of functies");
	for (size_t i = 0; i < count; i++) {
		struct bytes value = yaml_scalar(yaml_item(list, i));
		if (!functie_is_valid(value))
			return reading_refuse(reading, yaml_item(list, i), "functies",
					      "a functie has 1 to 32 of a-z, 0-9 and '-'");
		memcpy(out->functies[i], value.data, value.len);
		out->functie_count = i + 1;
	}
	return RESULT_OK;
}

static enum result read_casus(const struct reading *reading, const struct yaml_node *node,
			      struct outlet_settings *out)
{
	const struct yaml_node *casus = yaml_find(node, "casus");
	if (!casus)
		return RESULT_OK;
	if (!functie_is_valid(yaml_scalar(casus)))
		return reading_refuse(reading, casus, "casus",
				      "give what stands before the numbers of this system, "
				      "without the colon, such as pgax");
	return reading_text(reading, casus, "casus", out->casus, sizeof out->casus);
}

static enum result read_form(const struct reading *reading, const struct yaml_node *node,
			     struct outlet_settings *out)
{
	static const char *const csv[] = {"map",         "functies",  "vorm",     "casus",
					  "stil_uren",   "scheiding", "kolommen", "negeer",
					  "attendering", NULL};
	static const char *const json[] = {"map",       "functies",    "vorm", "casus",
					   "stil_uren", "attendering", NULL};
	const struct yaml_node *form = yaml_find(node, "vorm");
	if (!form)
		return reading_lack(reading, node, "vorm");
	out->csv = bytes_equal(yaml_scalar(form), bytes_of_text("csv"));
	if (!out->csv && !bytes_equal(yaml_scalar(form), bytes_of_text("json")))
		return reading_refuse(reading, form, "vorm", "give csv or json");
	enum result result =
		yaml_only_keys(reading->yaml, node, out->csv ? csv : json, reading->problem);
	return result == RESULT_OK && out->csv ? sheet_read(reading, node, &out->sheet) : result;
}

static enum result read_attendering(const struct reading *reading, const struct yaml_node *node,
				    struct outlet_settings *out)
{
	char path[READING_PATH_MAX];
	if (!yaml_find(node, "attendering"))
		return RESULT_OK;
	out->attendeers = true;
	enum result result = reading_path(reading, node, "attendering", path);
	return result == RESULT_OK
		       ? attendering_settings_read(path, &out->attendering, reading->problem)
		       : result;
}

enum result outlet_read(const struct reading *reading, const struct yaml_node *root,
			struct outlet_settings *ret_settings)
{
	const struct yaml_node *node = yaml_find(root, "uit");
	if (!node)
		return RESULT_OK;
	if (yaml_kind(node) != YAML_MAPPING)
		return reading_refuse(reading, node, "uit", "give map, functies and vorm");
	ret_settings->untaken_h = UNTAKEN_STANDARD_H;
	enum result result = reading_path(reading, node, "map", ret_settings->folder);
	if (result == RESULT_OK)
		result = read_functies(reading, node, ret_settings);
	if (result == RESULT_OK)
		result = read_casus(reading, node, ret_settings);
	if (result == RESULT_OK)
		result = reading_number(reading, node, "stil_uren", UNTAKEN_MAX_H,
					&ret_settings->untaken_h);
	if (result == RESULT_OK)
		result = read_attendering(reading, node, ret_settings);
	return result == RESULT_OK ? read_form(reading, node, ret_settings) : result;
}

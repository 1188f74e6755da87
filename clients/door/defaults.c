// SPDX-License-Identifier: EUPL-1.2
#include "door/defaults.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POSTCODES_MAX 4000

// A code of a closed list.
static enum result read_code(const struct reading *reading, const struct yaml_node *node,
			     const char *name, char out[JZV_CODE_MAX])
{
	struct bytes value = yaml_scalar(node);
	const struct code_list *list = code_list_named(bytes_of_text(name));
	if (!list || !code_find(list, value) || value.len >= JZV_CODE_MAX)
		return reading_refuse(reading, node, name, "use a code of the list of that name");
	memcpy(out, value.data, value.len);
	out[value.len] = '\0';
	return RESULT_OK;
}

static enum result read_gemeente(const struct reading *reading, const struct yaml_node *node,
				 char out[7])
{
	static const struct veld_row row = {.kind = VELD_GEMEENTE, .at_most = 1};
	struct refusal refusal;
	struct bytes value = yaml_scalar(node);
	if (value.len != 6 ||
	    !veld_validate(&row, value, (struct civil_date){2026, 1, 1}, &refusal))
		return reading_refuse(reading, node, "gemeente", "write it as GM1883");
	memcpy(out, value.data, value.len);
	out[value.len] = '\0';
	return RESULT_OK;
}

static enum result read_thema(const struct reading *reading, const struct yaml_node *node,
			      struct jzv_soort *soort)
{
	enum result result = RESULT_OK;
	if (yaml_kind(node) != YAML_SEQUENCE || yaml_count(node) > JZV_THEMA_MAX)
		return reading_refuse(reading, node, "thema", "give a list of at most four themas");
	for (size_t i = 0; result == RESULT_OK && i < yaml_count(node); i++) {
		result = read_code(reading, yaml_item(node, i), "thema", soort->thema[i]);
		soort->thema_count = i + 1;
	}
	return result;
}

static enum result read_soort(const struct reading *reading, const struct yaml_node *node,
			      struct jzv_soort *soort)
{
	static const char *const keys[] = {"soort", "thema", "klasse", "urgentie", NULL};
	enum result result = yaml_only_keys(reading->yaml, node, keys, reading->problem);
	if (result != RESULT_OK)
		return result;
	snprintf(soort->urgentie, sizeof soort->urgentie, "gewoon");
	if (!yaml_find(node, "soort"))
		return reading_lack(reading, node, "soort");
	result = read_code(reading, yaml_find(node, "soort"), "soort", soort->soort);
	if (result == RESULT_OK && yaml_find(node, "klasse"))
		result = read_code(reading, yaml_find(node, "klasse"), "klasse", soort->klasse);
	if (result == RESULT_OK && yaml_find(node, "urgentie"))
		result = read_code(reading, yaml_find(node, "urgentie"), "urgentie",
				   soort->urgentie);
	if (result == RESULT_OK && yaml_find(node, "thema"))
		result = read_thema(reading, yaml_find(node, "thema"), soort);
	return result;
}

static enum result read_soorten(const struct reading *reading, const struct yaml_node *root,
				struct jzv_defaults *out)
{
	const char *allowed[JZV_SOORTEN + 1] = {NULL};
	const struct yaml_node *node = yaml_find(root, "soorten");
	for (size_t n = 0; n < JZV_SOORTEN; n++)
		allowed[n] = jzv_soort_name(n);
	if (!node)
		return RESULT_OK;
	enum result result = yaml_only_keys(reading->yaml, node, allowed, reading->problem);
	for (size_t n = 0; result == RESULT_OK && n < JZV_SOORTEN; n++) {
		const struct yaml_node *soort = yaml_find(node, allowed[n]);
		if (soort)
			result = read_soort(reading, soort, &out->soorten[n]);
	}
	return result;
}

static enum result read_range(const struct reading *reading, const struct yaml_node *node,
			      struct jzv_postcodes *out)
{
	static const char *const keys[] = {"van", "tot", "gemeente", NULL};
	enum result result = yaml_only_keys(reading->yaml, node, keys, reading->problem);
	if (result != RESULT_OK)
		return result;
	for (size_t i = 0; keys[i]; i++) {
		if (!yaml_find(node, keys[i]))
			return reading_lack(reading, node, keys[i]);
	}
	result = reading_number(reading, node, "van", 9999, &out->van);
	if (result == RESULT_OK)
		result = reading_number(reading, node, "tot", 9999, &out->tot);
	if (result == RESULT_OK && (out->van < 1000 || out->tot < out->van))
		return reading_refuse(reading, node, "postcodes",
				      "give van and tot as four digits each");
	return result == RESULT_OK
		       ? read_gemeente(reading, yaml_find(node, "gemeente"), out->gemeente)
		       : result;
}

static enum result read_postcodes(const struct reading *reading, const struct yaml_node *root,
				  struct jzv_defaults *out)
{
	const struct yaml_node *node = yaml_find(root, "postcodes");
	enum result result = RESULT_OK;
	if (!node)
		return RESULT_OK;
	if (yaml_kind(node) != YAML_SEQUENCE || yaml_count(node) > POSTCODES_MAX)
		return reading_refuse(reading, node, "postcodes",
				      "give a list of {van: 6130, tot: 6137, gemeente: GM1883}");
	out->postcodes = calloc(yaml_count(node) + 1, sizeof *out->postcodes);
	if (!out->postcodes)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; result == RESULT_OK && i < yaml_count(node); i++) {
		struct jzv_postcodes *range = &out->postcodes[i];
		result = read_range(reading, yaml_item(node, i), range);
		for (size_t n = 0; result == RESULT_OK && n < i; n++) {
			if (out->postcodes[n].van <= range->tot &&
			    range->van <= out->postcodes[n].tot)
				result = reading_refuse(reading, yaml_item(node, i), "postcodes",
							"a postcode stands in one row only");
		}
		out->postcode_count = i + 1;
	}
	return result;
}

enum result defaults_read(const struct reading *reading, const struct yaml_node *root,
			  struct jzv_defaults *ret_defaults)
{
	enum result result = RESULT_OK;
	if (yaml_find(root, "gemeente"))
		result =
			read_gemeente(reading, yaml_find(root, "gemeente"), ret_defaults->gemeente);
	if (result == RESULT_OK)
		result = read_soorten(reading, root, ret_defaults);
	return result == RESULT_OK ? read_postcodes(reading, root, ret_defaults) : result;
}

void defaults_done(struct jzv_defaults *defaults)
{
	free(defaults->postcodes);
	defaults->postcodes = NULL;
	defaults->postcode_count = 0;
}

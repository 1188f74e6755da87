// SPDX-License-Identifier: EUPL-1.2
#include "adapter/settings.h"

#include <string.h>

#define REST_STANDARD_S 2
#define REST_MAX_S 3600
#define QUIET_MAX_H (31 * 24)
#define EXPECT_MAX 1000000

static const char *const forms[] = {[FORM_CSV] = "csv", [FORM_JZV] = "jzv", [FORM_JSON] = "json"};

const char *adapter_suffix(const struct adapter_settings *settings)
{
	return settings->form == FORM_CSV ? ".csv" : ".json";
}

bool adapter_asks(const struct adapter_settings *settings)
{
	return settings->type == asking_type(ASKING_ZSM);
}

static enum result read_name(const struct reading *reading, const struct yaml_node *root,
			     struct adapter_settings *out)
{
	const struct yaml_node *node = yaml_find(root, "naam");
	if (!node)
		return reading_lack(reading, root, "naam");
	// It is the name of a folder.
	if (!functie_is_valid(yaml_scalar(node)))
		return reading_refuse(reading, node, "naam", "give 1 to 32 of a-z, 0-9 and '-'");
	return reading_text(reading, node, "naam", out->name, sizeof out->name);
}

static enum result read_which(const struct reading *reading, const struct yaml_node *root,
			      struct adapter_settings *out)
{
	const struct yaml_node *node = yaml_find(root, "vorm");
	if (!node)
		return reading_lack(reading, root, "vorm");
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		if (bytes_equal(yaml_scalar(node), bytes_of_text(forms[i]))) {
			out->form = (enum adapter_form)i;
			return RESULT_OK;
		}
	}
	return reading_refuse(reading, node, "vorm", "give csv, jzv or json");
}

// Those that may lie in an outbox for days; and questions, which go anew while they count.
static bool may_wait(const struct type_row *row)
{
	return row == asking_type(ASKING_ZSM) ||
	       (row->logged && !row->has_slots && !row->by_library &&
		row->max_age_ms >= 30 * MS_PER_DAY);
}

static enum result read_what(const struct reading *reading, const struct yaml_node *root,
			     struct adapter_settings *out)
{
	const struct yaml_node *node = yaml_find(root, "wat");
	const struct type_row *row;
	if (!node || bytes_equal(yaml_scalar(node), bytes_of_text("melding")))
		return RESULT_OK;
	for (size_t n = 0; (row = type_row_at(n)); n++) {
		if (may_wait(row) && bytes_equal(yaml_scalar(node), bytes_of_text(row->name))) {
			out->type = row;
			return RESULT_OK;
		}
	}
	return reading_refuse(reading, node, "wat",
			      "give melding, casus, overdracht, zsm_verzoek or another "
			      "statement that is not urgent");
}

static enum result read_csv_form(const struct reading *reading, const struct yaml_node *root,
				 struct csv_form *out)
{
	const struct yaml_node *encoding = yaml_find(root, "tekenset");
	enum result result = mapping_read_separator(reading, root, &out->separator);
	if (result != RESULT_OK)
		return result;
	struct bytes text = encoding ? yaml_scalar(encoding) : bytes_of_text("utf-8");
	out->windows_1252 = bytes_equal(text, bytes_of_text("windows-1252"));
	return out->windows_1252 || bytes_equal(text, bytes_of_text("utf-8"))
		       ? RESULT_OK
		       : reading_refuse(reading, encoding, "tekenset",
					"give utf-8 or windows-1252");
}

static enum result read_expected(const struct reading *reading, const struct yaml_node *root,
				 struct adapter_settings *out)
{
	static const char *const keys[] = {"van", "tot", NULL};
	const struct yaml_node *node = yaml_find(root, "verwacht");
	if (!node)
		return RESULT_OK;
	enum result result = yaml_only_keys(reading->yaml, node, keys, reading->problem);
	out->expect_to = EXPECT_MAX;
	if (result == RESULT_OK)
		result = reading_number(reading, node, "van", EXPECT_MAX, &out->expect_from);
	if (result == RESULT_OK)
		result = reading_number(reading, node, "tot", EXPECT_MAX, &out->expect_to);
	return result == RESULT_OK && out->expect_to < out->expect_from
		       ? reading_refuse(reading, node, "verwacht", "give van and tot, in order")
		       : result;
}

static enum result read_csv(const struct reading *reading, const struct yaml_node *root,
			    struct adapter_settings *out)
{
	static const char *const keys[] = {"wat",
					   "naam",
					   "client",
					   "in",
					   "vorm",
					   "rust_s",
					   "uit",
					   "stil_uren",
					   "scheiding",
					   "tekenset",
					   "verwacht",
					   "negeer",
					   "registratienummer",
					   "volgnummer",
					   "afbeelding",
					   NULL};
	enum result result = yaml_only_keys(reading->yaml, root, keys, reading->problem);
	if (result == RESULT_OK)
		result = read_what(reading, root, out);
	if (result == RESULT_OK)
		result = read_csv_form(reading, root, &out->csv);
	if (result == RESULT_OK)
		result = read_expected(reading, root, out);
	return result == RESULT_OK ? mapping_read(reading, root, &out->mapping) : result;
}

static enum result read_json(const struct reading *reading, const struct yaml_node *root,
			     struct adapter_settings *out)
{
	static const char *const keys[] = {"naam",     "client",    "in",        "vorm",
					   "uit",      "rust_s",    "stil_uren", "soorten",
					   "gemeente", "postcodes", NULL};
	static const char *const plain[] = {"wat",  "naam",   "client",    "in", "uit",
					    "vorm", "rust_s", "stil_uren", NULL};
	enum result result = yaml_only_keys(reading->yaml, root,
					    out->form == FORM_JZV ? keys : plain, reading->problem);
	if (result == RESULT_OK)
		result = read_what(reading, root, out);
	return result == RESULT_OK ? defaults_read(reading, root, &out->defaults) : result;
}

static enum result read_in(const struct reading *reading, const struct yaml_node *root,
			   struct adapter_settings *out)
{
	static const char *const keys[] = {"naam", "client", "uit", NULL};
	if (!yaml_find(root, "in") && yaml_find(root, "uit"))
		return yaml_only_keys(reading->yaml, root, keys, reading->problem);
	enum result result = reading_path(reading, root, "in", out->in);
	if (result == RESULT_OK)
		result = read_which(reading, root, out);
	if (result == RESULT_OK)
		result = reading_number(reading, root, "rust_s", REST_MAX_S, &out->rest_s);
	if (result == RESULT_OK)
		result = reading_number(reading, root, "stil_uren", QUIET_MAX_H, &out->quiet_h);
	if (result == RESULT_OK)
		result = out->form == FORM_CSV ? read_csv(reading, root, out)
					       : read_json(reading, root, out);
	return result;
}

// Nobody waits for an answer that comes out nowhere.
static enum result check_answers(const struct reading *reading, const struct yaml_node *root,
				 const struct adapter_settings *out)
{
	return adapter_asks(out) && !out->outlet.folder[0]
		       ? reading_refuse(
				 reading, yaml_find(root, "wat"), "wat",
				 "give uit as well: answers come out there, for the functies "
				 "that ask")
		       : RESULT_OK;
}

static enum result read_all(const struct reading *reading, const struct yaml_node *root, void *into)
{
	struct adapter_settings *out = into;
	enum result result = read_name(reading, root, out);
	if (result == RESULT_OK)
		result = reading_path(reading, root, "client", out->client_file);
	if (result == RESULT_OK)
		result = read_in(reading, root, out);
	if (result == RESULT_OK)
		result = outlet_read(reading, root, &out->outlet);
	if (result == RESULT_OK)
		result = check_answers(reading, root, out);
	return result == RESULT_OK
		       ? client_settings_read(out->client_file, &out->client, reading->problem)
		       : result;
}

enum result adapter_settings_read(const char *path, struct adapter_settings *ret_settings,
				  struct problem *problem)
{
	struct adapter_settings read = {.rest_s = REST_STANDARD_S};
	enum result result = reading_file(path, read_all, &read, problem);
	if (result == RESULT_OK)
		*ret_settings = read;
	else
		adapter_settings_done(&read);
	return result;
}

void adapter_settings_done(struct adapter_settings *settings)
{
	mapping_done(&settings->mapping);
	sheet_done(&settings->outlet.sheet);
	defaults_done(&settings->defaults);
}

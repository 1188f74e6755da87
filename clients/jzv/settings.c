// SPDX-License-Identifier: EUPL-1.2
#include "jzv/settings.h"

#include "yaml/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PORT_STANDARD 8443
#define FETCH_STANDARD 10
#define FETCH_S_MAX 3600
#define POSTCODES_MAX 4000

struct reading {
	const struct yaml *yaml;
	const char *path;
	struct problem *problem;
	struct jzv_settings *out;
};

static enum result refuse(const struct reading *reading, const struct yaml_node *node,
			  const char *name, const char *expected)
{
	yaml_problem(reading->yaml, node, reading->problem, reason_code(REASON_BAD_VALUE), expected,
		     "the value of %s cannot be used", name);
	problem_set_field(reading->problem, "%s", name);
	return RESULT_CONFIG;
}

static enum result lack(const struct reading *reading, const struct yaml_node *node,
			const char *name)
{
	yaml_problem(reading->yaml, node, reading->problem, reason_code(REASON_MISSING_KEYWORD),
		     "add the key", "the settings lack %s", name);
	problem_set_field(reading->problem, "%s", name);
	return RESULT_CONFIG;
}

// ---- plain values ------------------------------------------------------------------------------

// From the folder of the settings, not from where one happens to be.
static enum result read_path(const struct reading *reading, const struct yaml_node *root,
			     const char *name, char out[JZV_PATH_MAX])
{
	const struct yaml_node *node = yaml_find(root, name);
	if (!node)
		return lack(reading, root, name);
	struct bytes value = yaml_scalar(node);
	const char *slash = strrchr(reading->path, '/');
	int folder = slash && value.len > 0 && value.data[0] != '/'
			     ? (int)(slash - reading->path) + 1
			     : 0;
	int made = snprintf(out, JZV_PATH_MAX, "%.*s%.*s", folder, reading->path, (int)value.len,
			    value.len > 0 ? (const char *)value.data : "");
	return value.len > 0 && made > 0 && made < JZV_PATH_MAX
		       ? RESULT_OK
		       : refuse(reading, node, name,
				"give a path of 1 to 239 bytes, the folder of this file included");
}

static enum result read_number(const struct reading *reading, const struct yaml_node *root,
			       const char *name, unsigned max, unsigned *out)
{
	int64_t value;
	const struct yaml_node *node = yaml_find(root, name);
	if (!node)
		return RESULT_OK;
	enum result result = yaml_int(reading->yaml, node, &value, reading->problem);
	if (result != RESULT_OK)
		return result;
	if (value < 0 || value > max)
		return refuse(reading, node, name, "give a number in its range");
	*out = (unsigned)value;
	return RESULT_OK;
}

static enum result read_address(const struct reading *reading, const struct yaml_node *root)
{
	const struct yaml_node *node = yaml_find(root, "address");
	char *out = reading->out->address;
	if (!node)
		return RESULT_OK;
	struct bytes value = yaml_scalar(node);
	if (value.len == 0 || value.len >= sizeof reading->out->address)
		return refuse(reading, node, "address", "give an IPv4 or IPv6 address");
	memcpy(out, value.data, value.len);
	out[value.len] = '\0';
	return RESULT_OK;
}

static bool is_here(struct bytes rest)
{
	static const char *const hosts[] = {"127.0.0.1", "[::1]", "localhost"};
	for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
		struct bytes behind = rest;
		if (bytes_take_text(&behind, hosts[i]) &&
		    (behind.len == 0 || behind.data[0] == ':' || behind.data[0] == '/'))
			return true;
	}
	return false;
}

// Content never goes over a network without TLS.
static enum result read_webhook(const struct reading *reading, const struct yaml_node *root)
{
	struct jzv_settings *out = reading->out;
	const struct yaml_node *node = yaml_find(root, "webhook");
	if (!node)
		return RESULT_OK;
	struct bytes url = yaml_scalar(node), rest = url;
	bool clean = url.len > 0 && url.len < sizeof out->webhook;
	for (size_t i = 0; i < url.len; i++)
		clean = clean && url.data[i] > ' ' && url.data[i] < 0x7f && url.data[i] != '@';
	bool safe = bytes_take_text(&rest, "https://")
			    ? rest.len > 0 && rest.data[0] != '/'
			    : bytes_take_text(&rest, "http://") && is_here(rest);
	if (!clean || !safe)
		return refuse(reading, node, "webhook",
			      "give an https:// URL, or an http:// one of this machine, without a "
			      "user or password in it");
	if (out->functie_count == 0)
		return refuse(reading, node, "webhook", "name the functies whose it is");
	memcpy(out->webhook, url.data, url.len);
	out->webhook[url.len] = '\0';
	return yaml_find(root, "webhook_ca")
		       ? read_path(reading, root, "webhook_ca", out->webhook_ca)
		       : RESULT_OK;
}

// A code of a closed list.
static enum result read_code(const struct reading *reading, const struct yaml_node *node,
			     const char *name, char out[JZV_CODE_MAX])
{
	struct bytes value = yaml_scalar(node);
	const struct code_list *list = code_list_named(bytes_of_text(name));
	if (!list || !code_find(list, value) || value.len >= JZV_CODE_MAX)
		return refuse(reading, node, name, "use a code of the list of that name");
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
		return refuse(reading, node, "gemeente", "write it as GM1883");
	memcpy(out, value.data, value.len);
	out[value.len] = '\0';
	return RESULT_OK;
}

// ---- lists -------------------------------------------------------------------------------------

static enum result read_functies(const struct reading *reading, const struct yaml_node *root)
{
	struct jzv_settings *out = reading->out;
	const struct yaml_node *node = yaml_find(root, "functies");
	if (!node)
		return RESULT_OK;
	if (yaml_kind(node) != YAML_SEQUENCE || yaml_count(node) > JZV_FUNCTIES_MAX)
		return refuse(reading, node, "functies", "give a list of functies");
	for (size_t i = 0; i < yaml_count(node); i++) {
		struct bytes value = yaml_scalar(yaml_item(node, i));
		if (!functie_is_valid(value))
			return refuse(reading, yaml_item(node, i), "functies",
				      "a functie has 1 to 32 of a-z, 0-9 and '-'");
		memcpy(out->functies[i], value.data, value.len);
		out->functie_count = i + 1;
	}
	return RESULT_OK;
}

static enum result read_thema(const struct reading *reading, const struct yaml_node *node,
			      struct jzv_soort *soort)
{
	enum result result = RESULT_OK;
	if (yaml_kind(node) != YAML_SEQUENCE || yaml_count(node) > JZV_THEMA_MAX)
		return refuse(reading, node, "thema", "give a list of at most four themas");
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
		return lack(reading, node, "soort");
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

static enum result read_soorten(const struct reading *reading, const struct yaml_node *root)
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
			result = read_soort(reading, soort, &reading->out->defaults.soorten[n]);
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
			return lack(reading, node, keys[i]);
	}
	result = read_number(reading, node, "van", 9999, &out->van);
	if (result == RESULT_OK)
		result = read_number(reading, node, "tot", 9999, &out->tot);
	if (result == RESULT_OK && (out->van < 1000 || out->tot < out->van))
		return refuse(reading, node, "postcodes", "give van and tot as four digits each");
	return result == RESULT_OK
		       ? read_gemeente(reading, yaml_find(node, "gemeente"), out->gemeente)
		       : result;
}

static enum result read_postcodes(const struct reading *reading, const struct yaml_node *root)
{
	struct jzv_defaults *out = &reading->out->defaults;
	const struct yaml_node *node = yaml_find(root, "postcodes");
	enum result result = RESULT_OK;
	if (!node)
		return RESULT_OK;
	if (yaml_kind(node) != YAML_SEQUENCE || yaml_count(node) > POSTCODES_MAX)
		return refuse(reading, node, "postcodes",
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
				result = refuse(reading, yaml_item(node, i), "postcodes",
						"a postcode stands in one row only");
		}
		out->postcode_count = i + 1;
	}
	return result;
}

// ---- the file ----------------------------------------------------------------------------------

static enum result read_all(const struct reading *reading, const struct yaml_node *root)
{
	struct jzv_settings *out = reading->out;
	enum result result = read_path(reading, root, "client", out->client_file);
	if (result == RESULT_OK)
		result = read_path(reading, root, "certificate", out->certificate);
	if (result == RESULT_OK)
		result = read_path(reading, root, "key", out->key);
	if (result == RESULT_OK)
		result = read_path(reading, root, "clients", out->clients);
	if (result == RESULT_OK)
		result = read_address(reading, root);
	if (result == RESULT_OK)
		result = read_number(reading, root, "port", 65535, &out->port);
	if (result == RESULT_OK)
		result = read_number(reading, root, "fetch_s", FETCH_S_MAX, &out->fetch_s);
	if (result == RESULT_OK && out->fetch_s == 0)
		result = refuse(reading, yaml_find(root, "fetch_s"), "fetch_s", "give 1 to 3600");
	if (result == RESULT_OK)
		result = read_functies(reading, root);
	if (result == RESULT_OK)
		result = read_webhook(reading, root);
	if (result == RESULT_OK && yaml_find(root, "gemeente"))
		result =
			read_gemeente(reading, yaml_find(root, "gemeente"), out->defaults.gemeente);
	if (result == RESULT_OK)
		result = read_soorten(reading, root);
	return result == RESULT_OK ? read_postcodes(reading, root) : result;
}

enum result jzv_settings_read(const char *path, struct jzv_settings *ret_settings,
			      struct problem *problem)
{
	static const char *const keys[] = {"client",    "address",    "port",     "certificate",
					   "key",       "clients",    "functies", "fetch_s",
					   "webhook",   "webhook_ca", "gemeente", "soorten",
					   "postcodes", NULL};
	struct yaml *yaml;
	struct jzv_settings read = {
		.address = "127.0.0.1", .port = PORT_STANDARD, .fetch_s = FETCH_STANDARD};
	struct reading reading = {.path = path, .problem = problem, .out = &read};
	enum result result = yaml_read(path, &yaml, problem);
	if (result != RESULT_OK)
		return result;
	reading.yaml = yaml;
	result = yaml_only_keys(yaml, yaml_root(yaml), keys, problem);
	if (result == RESULT_OK)
		result = read_all(&reading, yaml_root(yaml));
	yaml_close(yaml);
	if (result == RESULT_OK)
		result = client_settings_read(read.client_file, &read.client, problem);
	if (result == RESULT_OK)
		*ret_settings = read;
	else
		jzv_settings_done(&read);
	return result;
}

void jzv_settings_done(struct jzv_settings *settings)
{
	free(settings->defaults.postcodes);
	settings->defaults.postcodes = NULL;
}

// SPDX-License-Identifier: EUPL-1.2
// The settings of a client: one table, from which reading, checking and defaults follow.
#include "lib/client.h"

#include "base/endpoint.h"
#include "yaml/yaml.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define TIMEOUT_MIN 100
#define TIMEOUT_MAX 600000
#define TIMEOUT_STANDARD 10000

enum setting_kind { KIND_OIN, KIND_NAME, KIND_PATH, KIND_ENDPOINT, KIND_MS };

struct setting {
	const char *name;
	enum setting_kind kind;
	size_t offset, size;
	bool required;
};

#define FIELD(member)                                                                              \
	offsetof(struct client_settings, member), sizeof(((struct client_settings *)NULL)->member)

static const struct setting settings[] = {
	{"oin", KIND_OIN, FIELD(oin), true},
	{"systeem", KIND_NAME, FIELD(systeem), true},
	{"keys", KIND_PATH, FIELD(keys), true},
	{"unlock_file", KIND_PATH, FIELD(unlock_file), false},
	{"passphrase_file", KIND_PATH, FIELD(passphrase_file), false},
	{"endpoint", KIND_ENDPOINT, FIELD(endpoint), true},
	{"genesis", KIND_PATH, FIELD(genesis), true},
	{"spool", KIND_PATH, FIELD(spool), true},
	{"timeout_ms", KIND_MS, FIELD(timeout_ms), false},
};
#define SETTING_COUNT (sizeof settings / sizeof settings[0])

// What a reader needs at every setting.
struct reading {
	const struct yaml *yaml;
	const char *path; // of the settings file
	struct problem *problem;
};

static enum result refuse(const struct reading *reading, const struct yaml_node *node,
			  enum reason reason, const struct setting *setting, const char *expected)
{
	yaml_problem(reading->yaml, node, reading->problem, reason_code(reason), expected,
		     "the value of %s cannot be used", setting->name);
	problem_set_field(reading->problem, "%s", setting->name);
	return RESULT_CONFIG;
}

// A relative path counts from the folder of the settings file, not from where one happens to be.
static bool join_path(const char *settings_path, struct bytes value, char *out, size_t size)
{
	const char *slash = strrchr(settings_path, '/');
	int folder = slash && value.data[0] != '/' ? (int)(slash - settings_path) + 1 : 0;
	int made = snprintf(out, size, "%.*s%.*s", folder, settings_path, (int)value.len,
			    (const char *)value.data);
	return made > 0 && (size_t)made < size;
}

static enum result read_path(const struct reading *reading, const struct yaml_node *node,
			     const struct setting *setting, char *out)
{
	struct bytes value = yaml_scalar(node);
	if (value.len == 0 || value.len >= setting->size ||
	    !join_path(reading->path, value, out, setting->size))
		return refuse(reading, node, REASON_TOO_LONG, setting,
			      "give a path of 1 to 239 bytes, the folder of this file included");
	return RESULT_OK;
}

static enum result read_text(const struct reading *reading, const struct yaml_node *node,
			     const struct setting *setting, char *out)
{
	struct bytes value = yaml_scalar(node);
	bool fits = value.len > 0 && value.len < setting->size;
	if (setting->kind == KIND_NAME && (!fits || !systeem_is_valid(value)))
		return refuse(reading, node, REASON_BAD_VALUE, setting,
			      "give 1 to 39 characters of a-z, 0-9, '.' and '-'");
	if (setting->kind == KIND_ENDPOINT && (!fits || !endpoint_is_valid(value)))
		return refuse(reading, node, REASON_BAD_VALUE, setting,
			      "give the endpoint as tcp://host:port, IPv6 as tcp://[address]:port");
	memcpy(out, value.data, value.len);
	out[value.len] = '\0';
	return RESULT_OK;
}

static enum result read_number(const struct reading *reading, const struct yaml_node *node,
			       const struct setting *setting, int64_t *out)
{
	int64_t value;
	enum result result = yaml_int(reading->yaml, node, &value, reading->problem);
	if (result != RESULT_OK)
		return result;
	if (value < TIMEOUT_MIN || value > TIMEOUT_MAX)
		return refuse(reading, node, REASON_OUT_OF_RANGE, setting,
			      "give 100 to 600000 milliseconds");
	*out = value;
	return RESULT_OK;
}

static enum result read_one(const struct reading *reading, const struct yaml_node *node,
			    const struct setting *setting, struct client_settings *out)
{
	char *field = (char *)out + setting->offset;
	switch (setting->kind) {
	case KIND_OIN:
		if (oin_parse(yaml_scalar(node), &out->oin) == RESULT_OK)
			return RESULT_OK;
		return refuse(reading, node, REASON_BAD_VALUE, setting,
			      "give the OIN of 20 characters, in quotes");
	case KIND_PATH:
		return read_path(reading, node, setting, field);
	case KIND_NAME:
	case KIND_ENDPOINT:
		return read_text(reading, node, setting, field);
	case KIND_MS:
		return read_number(reading, node, setting, &out->timeout_ms);
	}
	return RESULT_INTERNAL;
}

static enum result read_all(const struct reading *reading, const struct yaml_node *root,
			    struct client_settings *out)
{
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		const struct yaml_node *node = yaml_find(root, settings[i].name);
		if (!node && settings[i].required) {
			yaml_problem(reading->yaml, root, reading->problem,
				     reason_code(REASON_MISSING_KEYWORD), "add the key",
				     "the settings lack %s", settings[i].name);
			problem_set_field(reading->problem, "%s", settings[i].name);
			return RESULT_CONFIG;
		}
		enum result result = node ? read_one(reading, node, &settings[i], out) : RESULT_OK;
		if (result != RESULT_OK)
			return result;
	}
	if ((out->unlock_file[0] == '\0') == (out->passphrase_file[0] == '\0')) {
		yaml_problem(reading->yaml, root, reading->problem,
			     reason_code(REASON_MISSING_KEYWORD),
			     "name the one file with which the keys were made",
			     "the settings need exactly one of unlock_file and passphrase_file");
		return RESULT_CONFIG;
	}
	return RESULT_OK;
}

enum result client_settings_read(const char *path, struct client_settings *ret_settings,
				 struct problem *problem)
{
	const char *allowed[SETTING_COUNT + 1] = {NULL};
	for (size_t i = 0; i < SETTING_COUNT; i++)
		allowed[i] = settings[i].name;
	struct yaml *yaml;
	enum result result = yaml_read(path, &yaml, problem);
	if (result != RESULT_OK)
		return result;
	struct reading reading = {yaml, path, problem};
	struct client_settings read = {.timeout_ms = TIMEOUT_STANDARD};
	result = yaml_only_keys(yaml, yaml_root(yaml), allowed, problem);
	if (result == RESULT_OK)
		result = read_all(&reading, yaml_root(yaml), &read);
	yaml_close(yaml);
	if (result == RESULT_OK)
		*ret_settings = read;
	return result;
}

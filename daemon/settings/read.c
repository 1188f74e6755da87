// SPDX-License-Identifier: EUPL-1.2
#include "settings/settings.h"

#include "base/endpoint.h"
#include "melding/reason.h"
#include "yaml/yaml.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROWS_MAX 64
#define TEXT_SIZE sizeof((struct settings){0}.data)

// What a row is read from, and the settings it goes into.
struct reader {
	const struct yaml *yaml;
	const char *folder;
	struct settings *settings;
	struct problem *problem;
};

static char *text_at(const struct reader *reader, const struct setting_row *row)
{
	return (char *)reader->settings + row->offset;
}

static int64_t *number_at(const struct reader *reader, const struct setting_row *row)
{
	return (int64_t *)((char *)reader->settings + row->offset);
}

static enum result refuse(const struct reader *reader, const struct yaml_node *node,
			  enum reason reason, const char *fix)
{
	yaml_problem(reader->yaml, node, reader->problem, reason_code(reason), fix, "%s",
		     reason_text(reason));
	return RESULT_CONFIG;
}

static bool has_control(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] < ' ' || text.data[i] == 0x7f)
			return true;
	return false;
}

static enum result set_path(const struct reader *reader, const struct setting_row *row,
			    const struct yaml_node *node, struct bytes text)
{
	if (text.len == 0 && row->standard_text && !row->standard_text[0])
		return RESULT_OK; // what the empty path stands for is told where it is used
	if (text.len == 0)
		return refuse(reader, node, REASON_BAD_VALUE, "Write a path.");
	if (has_control(text)) // it would be in log lines and answers of one line
		return refuse(reader, node, REASON_BAD_TEXT,
			      "Choose a path without line breaks and other control characters.");
	bool absolute = text.data[0] == '/';
	int len = snprintf(text_at(reader, row), TEXT_SIZE, "%s%s%.*s",
			   absolute ? "" : reader->folder, absolute ? "" : "/", (int)text.len,
			   (const char *)text.data);
	if (text.len >= TEXT_SIZE || len >= (int)TEXT_SIZE)
		return refuse(reader, node, REASON_TOO_LONG,
			      "Choose a path of at most 239 characters, folder included.");
	return RESULT_OK;
}

static enum result set_endpoint(const struct reader *reader, const struct setting_row *row,
				const struct yaml_node *node, struct bytes text)
{
	if (text.len == 0 && row->standard_text && !row->standard_text[0])
		return RESULT_OK; // there is none
	if (text.len >= TEXT_SIZE || !endpoint_is_valid(text))
		return refuse(reader, node, REASON_BAD_VALUE,
			      "Write tcp://address:port, for example tcp://127.0.0.1:7477 or "
			      "tcp://[::1]:7477.");
	memcpy(text_at(reader, row), text.data, text.len);
	text_at(reader, row)[text.len] = '\0';
	return RESULT_OK;
}

static enum result set_choice(const struct reader *reader, const struct setting_row *row,
			      const struct yaml_node *node, struct bytes text)
{
	char fix[120] = "Write one of:";
	for (int64_t i = 0; row->choices[i]; i++) {
		if (bytes_equal(text, bytes_of_text(row->choices[i]))) {
			*number_at(reader, row) = i;
			return RESULT_OK;
		}
		size_t len = strlen(fix);
		snprintf(fix + len, sizeof fix - len, "%s %s", i ? "," : "", row->choices[i]);
	}
	return refuse(reader, node, REASON_BAD_VALUE, fix);
}

// A name as useradd(8) makes them, or a number.
static bool user_is_valid(struct bytes text)
{
	if (text.len == 0 || text.len > SETTING_USER_MAX || text.data[0] == '-')
		return false;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '_')
			return false;
	}
	return true;
}

static enum result set_user(const struct reader *reader, const struct setting_row *row,
			    const struct yaml_node *node, struct bytes text)
{
	if (!user_is_valid(text))
		return refuse(reader, node, REASON_BAD_VALUE,
			      "Write the name of a user, or its number.");
	memcpy(text_at(reader, row), text.data, text.len);
	text_at(reader, row)[text.len] = '\0';
	return RESULT_OK;
}

static enum result set_hours(const struct reader *reader, const struct setting_row *row,
			     const struct yaml_node *node, struct bytes text)
{
	struct openingstijd tijd;
	if (text.len > OPENINGSTIJD_LEN_MAX ||
	    (text.len > 0 && openingstijd_parse(text, &tijd) != RESULT_OK))
		return refuse(reader, node, REASON_BAD_VALUE,
			      "Write days and hours: ma-vr 08:30-17:00, or "
			      "\"ma-do 08:30-17:00, vr 08:30-12:30\".");
	memcpy(text_at(reader, row), text.data, text.len);
	text_at(reader, row)[text.len] = '\0';
	return RESULT_OK;
}

static bool phone_is_valid(struct bytes text)
{
	size_t digits = 0;
	for (size_t i = 0; i < text.len; i++) {
		if (!text.data[i] || !strchr("0123456789 +-()", text.data[i]))
			return false;
		digits += text.data[i] >= '0' && text.data[i] <= '9';
	}
	return text.len <= SETTING_PHONE_MAX && digits >= 3;
}

static enum result set_phone(const struct reader *reader, const struct setting_row *row,
			     const struct yaml_node *node, struct bytes text)
{
	if (text.len > 0 && !phone_is_valid(text))
		return refuse(reader, node, REASON_BAD_VALUE,
			      "Write a telephone number in quotes, at most 20 characters.");
	memcpy(text_at(reader, row), text.data, text.len);
	text_at(reader, row)[text.len] = '\0';
	return RESULT_OK;
}

static enum result set_number(const struct reader *reader, const struct setting_row *row,
			      const struct yaml_node *node)
{
	int64_t value = row->standard;
	if (node) {
		enum result result = yaml_int(reader->yaml, node, &value, reader->problem);
		if (result != RESULT_OK)
			return result;
	}
	if (value < row->min || value > row->max) {
		char fix[96];
		snprintf(fix, sizeof fix, "Write a number from %lld to %lld (%s).",
			 (long long)row->min, (long long)row->max, row->unit);
		return refuse(reader, node, REASON_OUT_OF_RANGE, fix);
	}
	*number_at(reader, row) = value;
	return RESULT_OK;
}

static enum result missing(const struct reader *reader, const struct setting_row *row)
{
	char fix[200];
	snprintf(fix, sizeof fix, "Add \"%s:\". %s", row->name, row->help);
	yaml_problem(reader->yaml, NULL, reader->problem, reason_code(REASON_MISSING_KEYWORD), fix,
		     "The setting \"%s\" is missing.", row->name);
	return RESULT_CONFIG;
}

static enum result set_row(const struct reader *reader, const struct setting_row *row,
			   const struct yaml_node *node)
{
	if (row->kind == SETTING_INT)
		return set_number(reader, row, node);
	if (!node && !row->standard_text)
		return missing(reader, row);
	if (node && yaml_kind(node) != YAML_SCALAR)
		return refuse(reader, node, REASON_BAD_TYPE, "Write one text here.");
	struct bytes text = node ? yaml_scalar(node) : bytes_of_text(row->standard_text);
	switch (row->kind) {
	case SETTING_PATH:
		return set_path(reader, row, node, text);
	case SETTING_ENDPOINT:
		return set_endpoint(reader, row, node, text);
	case SETTING_USER:
		return set_user(reader, row, node, text);
	case SETTING_HOURS:
		return set_hours(reader, row, node, text);
	case SETTING_PHONE:
		return set_phone(reader, row, node, text);
	default:
		return set_choice(reader, row, node, text);
	}
}

static enum result set_rows(const struct reader *reader, const struct yaml_node *root)
{
	const char *names[ROWS_MAX] = {NULL};
	for (size_t n = 0; setting_row_at(n) && n < ROWS_MAX - 1; n++)
		names[n] = setting_row_at(n)->name;
	enum result result = RESULT_OK;
	if (root)
		result = yaml_only_keys(reader->yaml, root, names, reader->problem);
	for (size_t n = 0; result == RESULT_OK && setting_row_at(n); n++) {
		const struct setting_row *row = setting_row_at(n);
		result = set_row(reader, row, root ? yaml_find(root, row->name) : NULL);
		if (result != RESULT_OK && reader->problem)
			problem_set_field(reader->problem, "%s", row->name);
	}
	return result;
}

// The absolute folder of a file that was read a moment ago.
static bool folder_of(const char *path, char folder[PATH_MAX])
{
	char copy[PATH_MAX];
	if (snprintf(copy, sizeof copy, "%s", path) >= (int)sizeof copy)
		return false;
	char *slash = strrchr(copy, '/');
	if (!slash)
		return realpath(".", folder) != NULL;
	slash[slash == copy] = '\0';
	return realpath(copy, folder) != NULL;
}

// "<CREDENTIALS_DIRECTORY>/<name of the unlock file>", if there is such a file.
static void take_credential(struct settings *settings)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	const char *slash = strrchr(settings->unlock_file, '/');
	char path[TEXT_SIZE];
	if (!folder || !slash)
		return;
	int len = snprintf(path, sizeof path, "%s%s", folder, slash);
	if (len > 0 && len < (int)sizeof path && access(path, F_OK) == 0)
		memcpy(settings->unlock_file, path, sizeof path);
}

enum result settings_read(const char *path, struct settings *ret_settings, struct problem *problem)
{
	struct yaml *yaml = NULL;
	enum result result = yaml_read(path, &yaml, problem);
	if (result != RESULT_OK)
		return RESULT_CONFIG;
	char folder[PATH_MAX];
	struct settings settings = {0};
	const struct reader reader = {
		.yaml = yaml, .folder = folder, .settings = &settings, .problem = problem};
	if (folder_of(path, folder)) {
		// "/" and "name" make "//name", which is the same file.
		result = set_rows(&reader, yaml_root(yaml));
	} else {
		result = refuse(&reader, NULL, REASON_IO, "Give the file by a path that exists.");
	}
	if (result == RESULT_OK) {
		take_credential(&settings);
		*ret_settings = settings;
	}
	yaml_close(yaml);
	return result;
}

// SPDX-License-Identifier: EUPL-1.2
#include "door/reading.h"

#include <stdio.h>
#include <string.h>

enum result reading_file(const char *path,
			 enum result (*read)(const struct reading *reading,
					     const struct yaml_node *root, void *out),
			 void *out, struct problem *problem)
{
	struct yaml *yaml;
	enum result result = yaml_read(path, &yaml, problem);
	if (result != RESULT_OK)
		return result;
	const struct reading reading = {.yaml = yaml, .path = path, .problem = problem};
	const struct yaml_node *root = yaml_root(yaml);
	if (root && yaml_kind(root) == YAML_MAPPING) {
		result = read(&reading, root, out);
	} else {
		yaml_problem(yaml, root, problem, reason_code(REASON_BAD_TYPE),
			     "Write keys with values here.",
			     "A mapping (keys with values) is expected here.");
		result = RESULT_CONFIG;
	}
	yaml_close(yaml);
	return result;
}

enum result reading_refuse(const struct reading *reading, const struct yaml_node *node,
			   const char *name, const char *expected)
{
	yaml_problem(reading->yaml, node, reading->problem, reason_code(REASON_BAD_VALUE), expected,
		     "the value of %s cannot be used", name);
	problem_set_field(reading->problem, "%s", name);
	return RESULT_CONFIG;
}

enum result reading_lack(const struct reading *reading, const struct yaml_node *node,
			 const char *name)
{
	yaml_problem(reading->yaml, node, reading->problem, reason_code(REASON_MISSING_KEYWORD),
		     "add the key", "the settings lack %s", name);
	problem_set_field(reading->problem, "%s", name);
	return RESULT_CONFIG;
}

// From the folder of the settings, not from where one happens to be.
enum result reading_path(const struct reading *reading, const struct yaml_node *root,
			 const char *name, char out[READING_PATH_MAX])
{
	const struct yaml_node *node = yaml_find(root, name);
	if (!node)
		return reading_lack(reading, root, name);
	struct bytes value = yaml_scalar(node);
	const char *slash = strrchr(reading->path, '/');
	int folder = slash && value.len > 0 && value.data[0] != '/'
			     ? (int)(slash - reading->path) + 1
			     : 0;
	int made = snprintf(out, READING_PATH_MAX, "%.*s%.*s", folder, reading->path,
			    (int)value.len, value.len > 0 ? (const char *)value.data : "");
	return value.len > 0 && made > 0 && made < READING_PATH_MAX
		       ? RESULT_OK
		       : reading_refuse(
				 reading, node, name,
				 "give a path of 1 to 239 bytes, the folder of this file included");
}

enum result reading_number(const struct reading *reading, const struct yaml_node *root,
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
		return reading_refuse(reading, node, name, "give a number in its range");
	*out = (unsigned)value;
	return RESULT_OK;
}

enum result reading_text(const struct reading *reading, const struct yaml_node *node,
			 const char *name, char *out, size_t size)
{
	struct bytes value = node ? yaml_scalar(node) : bytes_make(NULL, 0);
	if (value.len == 0 || value.len >= size)
		return reading_refuse(reading, node, name,
				      "give a text, not longer than it may be");
	memcpy(out, value.data, value.len);
	out[value.len] = '\0';
	return RESULT_OK;
}

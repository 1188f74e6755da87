// SPDX-License-Identifier: EUPL-1.2
// Published test vectors in JSON: loading, and their hex fields as bytes.
#ifndef KNP_TESTS_UNIT_VECTORS_H
#define KNP_TESTS_UNIT_VECTORS_H

#include "base/bytes.h"
#include "tests/unit/unit.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A file below tests/fixtures; json_decref when done.
static inline json_t *vectors_load(const char *name)
{
	char path[512];
	json_error_t error;
	snprintf(path, sizeof path, "%s/%s", KNP_FIXTURES, name);
	json_t *root = json_load_file(path, 0, &error);
	if (!root)
		fail_msg("%s:%d: %s", path, error.line, error.text);
	return root;
}

static inline const char *vectors_text(const json_t *item, const char *field)
{
	const char *text = json_string_value(json_object_get(item, field));
	if (!text)
		fail_msg("a vector has no text field \"%s\"", field);
	return text;
}

// A hex field on the heap, exactly as long as it is, so that sanitizers see every step outside.
static inline struct bytes vectors_hex(const json_t *item, const char *field)
{
	struct bytes text = bytes_of_text(vectors_text(item, field));
	uint8_t *out = malloc(text.len / 2 ? text.len / 2 : 1);
	if (!out || hex_decode(out, text.len / 2, text) != RESULT_OK)
		fail_msg("field \"%s\" is not hex", field);
	return bytes_make(out, text.len / 2);
}

static inline void vectors_free(struct bytes view)
{
	union {
		const uint8_t *view;
		void *owned;
	} memory = {.view = view.data};
	free(memory.owned);
}

static inline bool vectors_has_flag(const json_t *item, const char *flag)
{
	size_t i;
	json_t *value;
	json_array_foreach(json_object_get(item, "flags"), i, value)
	{
		if (strcmp(json_string_value(value), flag) == 0)
			return true;
	}
	return false;
}

// Calls `check` for every test of a Wycheproof file and returns how many there were.
static inline size_t wycheproof_each(const char *name,
				     void (*check)(const json_t *group, const json_t *test))
{
	size_t i, j, count = 0;
	json_t *group, *test, *root = vectors_load(name);
	json_array_foreach(json_object_get(root, "testGroups"), i, group)
	{
		json_array_foreach(json_object_get(group, "tests"), j, test)
		{
			check(group, test);
			count++;
		}
	}
	assert_int_equal(count, json_integer_value(json_object_get(root, "numberOfTests")));
	json_decref(root);
	return count;
}

#endif

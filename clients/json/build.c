// SPDX-License-Identifier: EUPL-1.2
#include "json/build.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_LEN 64
#define LIST_MAX 64

struct json_build {
	json_t *root;
};

enum result json_build_new(struct json_build **ret_build)
{
	struct json_build *build = calloc(1, sizeof *build);
	if (!build)
		return RESULT_NO_MEMORY;
	build->root = json_object();
	if (!build->root) {
		free(build);
		return RESULT_NO_MEMORY;
	}
	*ret_build = build;
	return RESULT_OK;
}

void json_build_free(struct json_build *build)
{
	if (build)
		json_decref(build->root);
	free(build);
}

// ---- walking -----------------------------------------------------------------------------------

// The next name of a pointer; false at its end or where it is none.
static bool take_name(const char **pointer, char out[NAME_MAX_LEN])
{
	if (**pointer != '/')
		return false;
	size_t len = strcspn(*pointer + 1, "/");
	if (len == 0 || len >= NAME_MAX_LEN)
		return false;
	memcpy(out, *pointer + 1, len);
	out[len] = '\0';
	*pointer += len + 1;
	return true;
}

static bool is_place(const char *name, size_t *ret_place)
{
	char *end;
	if (*name < '0' || *name > '9')
		return false;
	unsigned long place = strtoul(name, &end, 10);
	*ret_place = place;
	return *end == '\0' && place < LIST_MAX;
}

static json_t *child_of(const json_t *parent, const char *name)
{
	size_t place;
	if (json_is_object(parent))
		return json_object_get(parent, name);
	return is_place(name, &place) ? json_array_get(parent, place) : NULL;
}

// Takes the child over.
static enum result attach(json_t *parent, const char *name, json_t *child)
{
	size_t place;
	if (!child)
		return RESULT_NO_MEMORY;
	if (json_is_object(parent))
		return json_object_set_new(parent, name, child) == 0 ? RESULT_OK : RESULT_NO_MEMORY;
	if (!json_is_array(parent) || !is_place(name, &place) || place != json_array_size(parent)) {
		json_decref(child);
		return RESULT_MALFORMED;
	}
	return json_array_append_new(parent, child) == 0 ? RESULT_OK : RESULT_NO_MEMORY;
}

// Walks to the last name of the pointer, and makes what is not there.
static enum result walk(struct json_build *build, const char *pointer, json_t **ret_parent,
			char last[NAME_MAX_LEN])
{
	json_t *parent = build->root;
	size_t place;
	if (!take_name(&pointer, last))
		return RESULT_MALFORMED;
	while (*pointer) {
		char next[NAME_MAX_LEN];
		if (!take_name(&pointer, next))
			return RESULT_MALFORMED;
		json_t *child = child_of(parent, last);
		if (!child) {
			child = is_place(next, &place) ? json_array() : json_object();
			enum result result = attach(parent, last, child);
			if (result != RESULT_OK)
				return result;
		}
		parent = child;
		memcpy(last, next, NAME_MAX_LEN);
	}
	*ret_parent = parent;
	return RESULT_OK;
}

static enum result make_text(struct bytes text, json_t **ret_text)
{
	if (!utf8_is_string(text))
		return RESULT_MALFORMED;
	*ret_text = json_stringn((const char *)text.data, text.len);
	return *ret_text ? RESULT_OK : RESULT_NO_MEMORY;
}

// ---- putting -----------------------------------------------------------------------------------

enum result json_build_put(struct json_build *build, const char *pointer, struct bytes text)
{
	json_t *parent, *value;
	char name[NAME_MAX_LEN];
	enum result result = walk(build, pointer, &parent, name);
	if (result != RESULT_OK)
		return result;
	if (child_of(parent, name))
		return RESULT_EXISTS;
	result = make_text(text, &value);
	return result == RESULT_OK ? attach(parent, name, value) : result;
}

enum result json_build_add(struct json_build *build, const char *pointer, struct bytes text)
{
	json_t *parent, *value;
	char name[NAME_MAX_LEN];
	enum result result = walk(build, pointer, &parent, name);
	if (result == RESULT_OK && !child_of(parent, name))
		result = attach(parent, name, json_array());
	if (result != RESULT_OK)
		return result;
	json_t *list = child_of(parent, name);
	if (!json_is_array(list))
		return RESULT_EXISTS;
	result = make_text(text, &value);
	if (result != RESULT_OK)
		return result;
	return json_array_append_new(list, value) == 0 ? RESULT_OK : RESULT_NO_MEMORY;
}

static int append(const char *data, size_t len, void *context)
{
	buffer_append(context, bytes_make(data, len));
	return 0;
}

enum result json_build_write(const struct json_build *build, struct buffer *ret_text)
{
	if (json_dump_callback(build->root, append, ret_text, JSON_COMPACT) != 0)
		return RESULT_NO_MEMORY;
	return ret_text->status;
}

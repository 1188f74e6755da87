// SPDX-License-Identifier: EUPL-1.2
// The shape of a JZV document against its rows. A place is named by pointers of our own rows, and a
// key that is none of them only when it looks like a name.
#include "json/jzv.h"

#include <stdio.h>
#include <string.h>

#define KEY_SHOWN 40

enum result jzv_fail(const struct jzv *jzv, enum reason reason, const char *pointer,
		     const char *fix)
{
	return json_problem(jzv->problem, jzv->input->json.file, reason, pointer, fix);
}

struct bytes jzv_text(const json_t *value)
{
	return json_is_string(value)
		       ? bytes_make(json_string_value(value), json_string_length(value))
		       : (struct bytes){0};
}

json_t *jzv_get(const struct jzv *jzv, const char *path)
{
	json_t *value = jzv->doc;
	while (value && *path == '/') {
		char key[JZV_POINTER_MAX];
		size_t len = strcspn(path + 1, "/");
		snprintf(key, sizeof key, "%.*s", (int)len, path + 1);
		value = json_object_get(value, key);
		path += 1 + len;
	}
	return value;
}

static const struct jzv_row *find_row(const struct jzv *jzv, const char *path)
{
	for (size_t i = 0; i < jzv->row_count; i++) {
		if (strcmp(jzv->rows[i].path, path) == 0)
			return &jzv->rows[i];
	}
	return NULL;
}

static bool is_showable(const char *key)
{
	size_t len = strlen(key);
	return len > 0 && len <= KEY_SHOWN &&
	       strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") ==
		       len;
}

// Windows writes \r\n; elsewhere a control is none of ours.
static bool is_clean(struct bytes text)
{
	size_t from = 0;
	for (size_t i = 0; i + 1 < text.len; i++) {
		if (text.data[i] != '\r' || text.data[i + 1] != '\n')
			continue;
		if (!utf8_is_clean_text(bytes_make(text.data + from, i - from)))
			return false;
		from = i + 1;
	}
	return utf8_is_clean_text(bytes_make(text.data + from, text.len - from));
}

void jzv_append_text(struct buffer *out, struct bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] != '\r' || i + 1 == text.len || text.data[i + 1] != '\n')
			buffer_append_u8(out, text.data[i]);
	}
}

static enum result check_codes(const struct jzv *jzv, const struct jzv_row *row, struct bytes text)
{
	char fix[240];
	size_t at = (size_t)snprintf(fix, sizeof fix, "Use one of:");
	for (const struct jzv_code *code = row->codes; code->jzv; code++) {
		if (bytes_equal(bytes_of_text(code->jzv), text))
			return RESULT_OK;
		if (at < sizeof fix)
			at += (size_t)snprintf(fix + at, sizeof fix - at, " %s", code->jzv);
	}
	return jzv_fail(jzv, REASON_UNKNOWN_CODE, row->path, fix);
}

static enum result check_text(const struct jzv *jzv, const struct jzv_row *row, const json_t *value)
{
	struct bytes text = jzv_text(value);
	if (text.len == 0)
		return jzv_fail(jzv, REASON_BAD_VALUE, row->path,
				"Write a text of at least one character, in quotes.");
	if (!is_clean(text))
		return jzv_fail(jzv, REASON_BAD_TEXT, row->path, NULL);
	return row->codes ? check_codes(jzv, row, text) : RESULT_OK;
}

static enum result check_value(const struct jzv *jzv, const struct jzv_row *row,
			       const json_t *value)
{
	if (json_is_null(value))
		return jzv_fail(jzv, REASON_MISSING_FIELD, row->path,
				"Leave the key out when there is no value.");
	if (row->kind == JZV_TEXT)
		return check_text(jzv, row, value);
	if (row->kind == JZV_BOOL && !json_is_boolean(value))
		return jzv_fail(jzv, REASON_BAD_VALUE, row->path, "Write true or false.");
	if (row->kind == JZV_NUMBER && !json_is_integer(value))
		return jzv_fail(jzv, REASON_BAD_VALUE, row->path, "Write a whole number.");
	if (row->kind == JZV_LIST && !json_is_array(value))
		return jzv_fail(jzv, REASON_BAD_VALUE, row->path, "Write a list.");
	if ((row->kind == JZV_OBJECT || row->kind == JZV_EXTENSION) && !json_is_object(value))
		return jzv_fail(jzv, REASON_BAD_VALUE, row->path, "Write an object here.");
	return RESULT_OK;
}

static enum result check_keys(const struct jzv *jzv, json_t *object, const char *path)
{
	const char *key;
	json_t *value;
	json_object_foreach(object, key, value)
	{
		char pointer[JZV_POINTER_MAX];
		if (!is_showable(key))
			return jzv_fail(jzv, REASON_UNKNOWN_FIELD, path, NULL);
		snprintf(pointer, sizeof pointer, "%s/%s", path, key);
		const struct jzv_row *row = find_row(jzv, pointer);
		if (!row)
			return jzv_fail(jzv, REASON_UNKNOWN_FIELD, pointer,
					"Leave it out. What JZV does not know goes into the "
					"block `knooppunt`.");
		enum result result = check_value(jzv, row, value);
		if (result != RESULT_OK)
			return result;
	}
	return RESULT_OK;
}

static enum result check_required(const struct jzv *jzv, const struct jzv_row *row)
{
	char parent[JZV_POINTER_MAX];
	snprintf(parent, sizeof parent, "%.*s", (int)(strrchr(row->path, '/') - row->path),
		 row->path);
	if (!row->required || !jzv_get(jzv, parent) || jzv_get(jzv, row->path))
		return RESULT_OK;
	return jzv_fail(jzv, REASON_MISSING_FIELD, row->path, NULL);
}

enum result jzv_check(const struct jzv *jzv)
{
	if (!json_is_object(jzv->doc))
		return jzv_fail(jzv, REASON_BAD_VALUE, "", "Write one JSON object.");
	enum result result = check_keys(jzv, jzv->doc, "");
	for (size_t i = 0; result == RESULT_OK && i < jzv->row_count; i++) {
		const struct jzv_row *row = &jzv->rows[i];
		json_t *value = jzv_get(jzv, row->path);
		if (row->kind == JZV_OBJECT && value)
			result = check_keys(jzv, value, row->path);
		if (result == RESULT_OK)
			result = check_required(jzv, row);
	}
	return result;
}

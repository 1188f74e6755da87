// SPDX-License-Identifier: EUPL-1.2
// Values of JSON to velden, by their rows; and how whatever is wrong with a file is told.
#include "json/reader.h"

#include "json/explain.h"
#include "json/parse.h"

#include <stdio.h>
#include <string.h>

#define KEY_SHOWN 40 // a longer unknown key is not shown

// Longer than any pointer of a good file; a longer one of a bad file is cut.
void reader_point(char out[POINTER_MAX], const char *path, const char *key)
{
	if (snprintf(out, POINTER_MAX, "%s/%s", path, key) < 0)
		out[0] = '\0';
}

void reader_point_item(char out[POINTER_MAX], const char *path, size_t n)
{
	char number[24];
	snprintf(number, sizeof number, "%zu", n);
	reader_point(out, path, number);
}

enum result reader_fail(struct reader *reader, enum reason reason, const char *pointer,
			const char *fix)
{
	return json_problem(reader->problem, reader->input->file, reason, pointer, fix);
}

// Names may be shown, text that somebody put in the place of a name may not.
static bool is_showable(const char *key)
{
	size_t len = strlen(key);
	return len > 0 && len <= KEY_SHOWN &&
	       strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_-.") == len;
}

enum result reader_fail_key(struct reader *reader, const char *path, const char *key,
			    const char *fix)
{
	char pointer[POINTER_MAX];
	reader_point(pointer, path, key);
	return reader_fail(reader, REASON_UNKNOWN_FIELD, is_showable(key) ? pointer : path, fix);
}

static void list_codes(const struct code_list *list, char *out, size_t size)
{
	size_t at = (size_t)snprintf(out, size, "Use a code of the list %s:", list->name);
	for (size_t i = 0; i < list->count && at < size; i++)
		at += (size_t)snprintf(out + at, size - at, "%s %s", i ? "," : "",
				       list->codes[i].code);
}

void reader_list_velden(const struct veld_row *rows, size_t count, const char *first, char *out,
			size_t size)
{
	size_t at = (size_t)snprintf(out, size, "Known here: %s", first);
	for (size_t i = 0; i < count && at < size; i++)
		at += (size_t)snprintf(out + at, size - at, "%s%s", i ? ", " : "", rows[i].name);
}

// The text of a JSON value as the wire has it, or what to write instead.
static const char *text_of(json_t *value, const struct veld_row *row, char number[24],
			   struct bytes *ret_text)
{
	if (json_is_string(value)) {
		*ret_text = bytes_make(json_string_value(value), json_string_length(value));
		return NULL;
	}
	if (row->kind == VELD_JANEE && json_is_boolean(value)) {
		*ret_text = bytes_of_text(json_is_true(value) ? "ja" : "nee");
		return NULL;
	}
	if (row->kind == VELD_NUMBER && json_is_integer(value)) {
		snprintf(number, 24, "%lld", (long long)json_integer_value(value));
		*ret_text = bytes_of_text(number);
		return NULL;
	}
	if (row->kind == VELD_JANEE)
		return "Write true or false.";
	return row->kind == VELD_NUMBER ? "Write a whole number." : "Write a text, in quotes.";
}

enum result reader_add_waarde(struct reader *reader, struct rubriek *rubriek,
			      const struct veld_row *row, json_t *value, const char *pointer)
{
	char number[24], codes[sizeof reader->problem->fix];
	struct bytes text = {0};
	struct refusal refusal;
	if (json_is_null(value))
		return reader_fail(reader, REASON_MISSING_FIELD, pointer,
				   "Leave the key out when there is no value.");
	const char *fix = text_of(value, row, number, &text);
	if (fix)
		return reader_fail(reader, REASON_BAD_VALUE, pointer, fix);
	if (!veld_validate(row, text, reader->input->today, &refusal)) {
		if (refusal.reason == REASON_UNKNOWN_CODE && row->list)
			list_codes(row->list, codes, sizeof codes);
		enum result result = reader_fail(
			reader, refusal.reason, pointer,
			refusal.reason == REASON_UNKNOWN_CODE && row->list ? codes : NULL);
		if (reader->problem)
			explain_waarde(row, text, reader->input->today, reader->problem);
		return result;
	}
	struct bytes copy = arena_copy(reader->arena, text);
	if (!copy.data)
		return RESULT_NO_MEMORY;
	rubriek->velden[rubriek->veld_count++] = (struct veld){row->veld, copy};
	return RESULT_OK;
}

enum result reader_add_waarden(struct reader *reader, struct rubriek *rubriek,
			       const struct veld_row *row, json_t *value, const char *pointer)
{
	if (!json_is_array(value) || row->at_most == 1)
		return reader_add_waarde(reader, rubriek, row, value, pointer);
	enum result result = RESULT_OK;
	if (json_array_size(value) == 0)
		return reader_fail(reader, REASON_MISSING_FIELD, pointer,
				   "Leave the key out when there is no value.");
	if (json_array_size(value) > row->at_most)
		return reader_fail(reader, REASON_TOO_MANY, pointer, NULL);
	for (size_t i = 0; result == RESULT_OK && i < json_array_size(value); i++) {
		char item[POINTER_MAX];
		reader_point_item(item, pointer, i);
		result = reader_add_waarde(reader, rubriek, row, json_array_get(value, i), item);
	}
	return result;
}

enum result reader_load(struct reader *reader, json_t **ret_root)
{
	return json_text_parse(reader->input->text, reader->input->file, ret_root, reader->problem);
}

size_t reader_count_waarden(json_t *object)
{
	const char *key;
	json_t *value;
	size_t count = 1; // the number of betrokkenen, which kenmerken may leave out
	json_object_foreach(object, key, value) count +=
		json_is_array(value) ? json_array_size(value) : 1;
	return count;
}

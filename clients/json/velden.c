// SPDX-License-Identifier: EUPL-1.2
// The velden of a statement as one JSON object: keys are the names of its type's velden.
#include "json/reader.h"

#include <string.h>

#define NUMBER "registratienummer"

// What is read of one object.
struct reading_velden {
	const struct velden_json_input *input;
	struct rubriek into;
	struct bytes number;
};

static enum result read_number(struct reader *reader, json_t *value, struct reading_velden *reading)
{
	const char *given = json_is_string(value) ? json_string_value(value) : "";
	struct bytes number =
		bytes_make(given, json_is_string(value) ? json_string_length(value) : 0);
	if (!registratienummer_is_valid(number))
		return reader_fail(reader, REASON_BAD_VALUE, "/" NUMBER,
				   "Give 1 to 64 of A-Z a-z 0-9 . _ : -");
	reading->number = arena_copy(reader->arena, number);
	return reading->number.len > 0 ? RESULT_OK : RESULT_NO_MEMORY;
}

static enum result read_key(struct reader *reader, struct reading_velden *reading, const char *key,
			    json_t *value)
{
	const struct type_row *row = reading->input->row;
	const struct veld_row *veld =
		veld_row_named(row->velden, row->veld_count, bytes_of_text(key));
	char pointer[POINTER_MAX], known[sizeof reader->problem->fix];
	if (!veld && reading->input->numbered && strcmp(key, NUMBER) == 0)
		return read_number(reader, value, reading);
	if (!veld) {
		reader_list_velden(row->velden, row->veld_count, "", known, sizeof known);
		return reader_fail_key(reader, "", key, known);
	}
	reader_point(pointer, "", key);
	return reader_add_waarden(reader, &reading->into, veld, value, pointer);
}

static enum result check_required(struct reader *reader, const struct type_row *row,
				  const struct rubriek *into)
{
	for (size_t i = 0; i < row->veld_count; i++) {
		const struct veld_row *veld = &row->velden[i];
		char pointer[POINTER_MAX];
		if (!veld->required || veld_get(into->velden, into->veld_count, veld->veld).len > 0)
			continue;
		reader_point(pointer, "", veld->name);
		return reader_fail(reader, REASON_MISSING_FIELD, pointer, NULL);
	}
	return RESULT_OK;
}

static enum result read_object(struct reader *reader, json_t *root, struct reading_velden *reading)
{
	struct rubriek *into = &reading->into;
	const char *key;
	json_t *value;
	if (!json_is_object(root))
		return reader_fail(reader, REASON_BAD_VALUE, "", "Write one JSON object.");
	size_t room = reader_count_waarden(root);
	if (room > VELDEN_MAX)
		return reader_fail(reader, REASON_TOO_MANY, "", NULL);
	into->velden = arena_alloc(reader->arena, room * sizeof *into->velden);
	if (!into->velden)
		return RESULT_NO_MEMORY;
	json_object_foreach(root, key, value)
	{
		enum result result = read_key(reader, reading, key, value);
		if (result != RESULT_OK)
			return result;
	}
	return check_required(reader, reading->input->row, into);
}

enum result velden_json_read(const struct velden_json_input *input, struct arena *arena,
			     struct velden_file *ret_file, struct problem *problem)
{
	const struct melding_json_input file = {
		.text = input->text, .file = input->file, .today = input->today};
	struct reader reader = {.input = &file, .arena = arena, .problem = problem};
	struct reading_velden reading = {.input = input};
	json_t *root;
	enum result result = reader_load(&reader, &root);
	if (result != RESULT_OK)
		return result;
	result = read_object(&reader, root, &reading);
	json_decref(root);
	if (result == RESULT_OK)
		*ret_file = (struct velden_file){reading.into.velden, reading.into.veld_count,
						 reading.number};
	return result;
}

// SPDX-License-Identifier: EUPL-1.2
// The velden of a statement as one JSON object: keys are the names of its type's velden.
#include "json/reader.h"

static enum result read_key(struct reader *reader, const struct type_row *row, struct rubriek *into,
			    const char *key, json_t *value)
{
	const struct veld_row *veld =
		veld_row_named(row->velden, row->veld_count, bytes_of_text(key));
	char pointer[POINTER_MAX], known[sizeof reader->problem->fix];
	if (!veld) {
		reader_list_velden(row->velden, row->veld_count, "", known, sizeof known);
		return reader_fail_key(reader, "", key, known);
	}
	reader_point(pointer, "", key);
	return reader_add_waarden(reader, into, veld, value, pointer);
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

static enum result read_object(struct reader *reader, const struct type_row *row, json_t *root,
			       struct rubriek *into)
{
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
		enum result result = read_key(reader, row, into, key, value);
		if (result != RESULT_OK)
			return result;
	}
	return check_required(reader, row, into);
}

enum result velden_json_read(const struct velden_json_input *input, struct arena *arena,
			     struct velden_file *ret_file, struct problem *problem)
{
	const struct melding_json_input file = {
		.text = input->text, .file = input->file, .today = input->today};
	struct reader reader = {.input = &file, .arena = arena, .problem = problem};
	struct rubriek into = {.veld_count = 0};
	json_t *root;
	enum result result = reader_load(&reader, &root);
	if (result != RESULT_OK)
		return result;
	result = read_object(&reader, input->row, root, &into);
	json_decref(root);
	if (result == RESULT_OK)
		*ret_file = (struct velden_file){into.velden, into.veld_count};
	return result;
}

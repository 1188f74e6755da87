// SPDX-License-Identifier: EUPL-1.2
// JSON to rubrieken. The file is walked in its own order; each place is named by a JSON pointer
// that is built of our own names and numbers, so that a problem repeats nothing of the content.
#include "json/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Wherever it stands: to move it would not help.
static enum result fail_stated(struct reader *reader, const char *path, const char *key)
{
	char pointer[POINTER_MAX];
	reader_point(pointer, path, key);
	return reader_fail(reader, REASON_NOT_FOR_SENDER, pointer, NULL);
}

static enum result read_regime(struct reader *reader, struct rubriek *rubriek, json_t *value,
			       const char *pointer)
{
	enum regime regime;
	struct bytes name = {0};
	if (json_is_string(value))
		name = bytes_make(json_string_value(value), json_string_length(value));
	if (regime_parse(name, &regime) != RESULT_OK)
		return reader_fail(
			reader, REASON_UNKNOWN_CODE, pointer,
			"Write avg, wpg, wjsg-strafvorderlijk, wjsg-tenuitvoerlegging, wgbo, "
			"jeugdwet or wmo-vt.");
	rubriek->regime = regime;
	return RESULT_OK;
}

static enum result read_text(struct reader *reader, json_t *value, const char *pointer,
			     struct bytes *ret_text)
{
	if (!json_is_string(value) || json_string_length(value) == 0)
		return reader_fail(reader, REASON_BAD_VALUE, pointer, "Write a text, in quotes.");
	*ret_text = arena_copy(reader->arena,
			       bytes_make(json_string_value(value), json_string_length(value)));
	return ret_text->data ? RESULT_OK : RESULT_NO_MEMORY;
}

static enum result read_key(struct reader *reader, struct rubriek *rubriek, const char *key,
			    json_t *value, const char *path)
{
	const struct rubriek_row *row = rubriek_row(rubriek->soort);
	char pointer[POINTER_MAX], known[sizeof reader->problem->fix];
	reader_point(pointer, path, key);
	if (strcmp(key, "regime") == 0)
		return read_regime(reader, rubriek, value, pointer);
	if (strcmp(key, "bron") == 0)
		return read_text(reader, value, pointer, &rubriek->bron);
	const struct veld_row *veld =
		veld_row_named(row->velden, row->veld_count, bytes_of_text(key));
	if (veld)
		return reader_add_waarden(reader, rubriek, veld, value, pointer);
	reader_list_velden(row->velden, row->veld_count, "regime, bron, ", known, sizeof known);
	return reader_fail_key(reader, path, key, known);
}

// The veld that a plain value stands for: the only required one.
static const struct veld_row *short_form(const struct rubriek_row *row)
{
	const struct veld_row *found = NULL;
	for (size_t i = 0; i < row->veld_count; i++) {
		if (!row->velden[i].required)
			continue;
		if (found)
			return NULL;
		found = &row->velden[i];
	}
	return found;
}

static enum result read_velden(struct reader *reader, struct rubriek *rubriek, json_t *value,
			       const char *path)
{
	size_t room = json_is_object(value) ? reader_count_waarden(value) : 1;
	if (room > VELDEN_MAX)
		return reader_fail(reader, REASON_TOO_MANY, path, NULL);
	rubriek->velden = arena_alloc(reader->arena, room * sizeof *rubriek->velden);
	if (!rubriek->velden)
		return RESULT_NO_MEMORY;
	const struct veld_row *plain = short_form(rubriek_row(rubriek->soort));
	if (!json_is_object(value) && plain)
		return reader_add_waarde(reader, rubriek, plain, value, path);
	if (!json_is_object(value))
		return reader_fail(reader, REASON_BAD_VALUE, path,
				   "Write an object with velden here.");
	const char *key;
	json_t *item;
	json_object_foreach(value, key, item)
	{
		enum result result = read_key(reader, rubriek, key, item, path);
		if (result != RESULT_OK)
			return result;
	}
	return RESULT_OK;
}

static enum result read_rubriek(struct reader *reader, const struct rubriek_row *row,
				uint32_t betrokkene, json_t *value, const char *path)
{
	if (reader->count == RUBRIEKEN_MAX)
		return reader_fail(reader, REASON_TOO_MANY, path, NULL);
	size_t n = reader->count++;
	struct rubriek *rubriek = &reader->rubrieken[n];
	rubriek->soort = row->soort;
	rubriek->betrokkene = betrokkene;
	rubriek->regime = melding_default_regime(row, reader->partner_soort);
	reader->pointers[n] = arena_text(reader->arena, bytes_of_text(path));
	if (!reader->pointers[n])
		return RESULT_NO_MEMORY;
	return read_velden(reader, rubriek, value, path);
}

// One rubriek, or a list of them where several are allowed.
static enum result read_rubrieken(struct reader *reader, const struct rubriek_row *row,
				  uint32_t betrokkene, json_t *value, const char *path)
{
	if (!json_is_array(value) || row->at_most == 1)
		return read_rubriek(reader, row, betrokkene, value, path);
	enum result result = RESULT_OK;
	if (json_array_size(value) > row->at_most)
		return reader_fail(reader, REASON_TOO_MANY, path, NULL);
	for (size_t i = 0; result == RESULT_OK && i < json_array_size(value); i++) {
		char item[POINTER_MAX];
		reader_point_item(item, path, i);
		result = read_rubriek(reader, row, betrokkene, json_array_get(value, i), item);
	}
	return result;
}

static enum result read_betrokkene(struct reader *reader, uint32_t betrokkene, json_t *object,
				   const char *path)
{
	const char *key;
	json_t *value;
	if (!json_is_object(object))
		return reader_fail(reader, REASON_BAD_VALUE, path,
				   "Write an object with rubrieken for each betrokkene.");
	json_object_foreach(object, key, value)
	{
		const struct rubriek_row *row = rubriek_row_named(bytes_of_text(key));
		char pointer[POINTER_MAX];
		if (row && row->by_knooppunt)
			return fail_stated(reader, path, key);
		if (!row || !row->of_betrokkene)
			return reader_fail_key(
				reader, path, key,
				row ? "This rubriek belongs to the incident: move it to "
				      "the top level."
				    : NULL);
		reader_point(pointer, path, key);
		enum result result = read_rubrieken(reader, row, betrokkene, value, pointer);
		if (result != RESULT_OK)
			return result;
	}
	return RESULT_OK;
}

static enum result read_betrokkenen(struct reader *reader, json_t *list)
{
	if (!json_is_array(list))
		return reader_fail(reader, REASON_BAD_VALUE, "/betrokkenen",
				   "Write a list of betrokkenen, also for one.");
	if (json_array_size(list) > BETROKKENEN_MAX)
		return reader_fail(reader, REASON_TOO_MANY, "/betrokkenen",
				   "At most 16; put more of them into linked meldingen.");
	reader->betrokkenen = json_array_size(list);
	enum result result = RESULT_OK;
	for (size_t i = 0; result == RESULT_OK && i < reader->betrokkenen; i++) {
		char pointer[POINTER_MAX];
		reader_point_item(pointer, "/betrokkenen", i);
		result = read_betrokkene(reader, (uint32_t)i + 1, json_array_get(list, i), pointer);
	}
	return result;
}

static enum result read_name(struct reader *reader, json_t *value, const char *pointer,
			     bool (*is_valid)(struct bytes), struct bytes *ret_name)
{
	enum result result = read_text(reader, value, pointer, ret_name);
	if (result == RESULT_OK && !is_valid(*ret_name))
		result = reader_fail(
			reader, REASON_BAD_VALUE, pointer,
			"An id has 16 to 64 letters, digits, _ and -; a systeem 1 to 64 "
			"lower-case letters, digits, . and -.");
	return result;
}

static enum result read_top_key(struct reader *reader, struct melding_file *file, const char *key,
				json_t *value)
{
	char pointer[POINTER_MAX];
	if (strcmp(key, "id") == 0)
		return read_name(reader, value, "/id", id_is_valid, &file->id);
	if (strcmp(key, "systeem") == 0)
		return read_name(reader, value, "/systeem", systeem_is_valid, &file->systeem);
	if (strcmp(key, "betrokkenen") == 0)
		return read_betrokkenen(reader, value);
	const struct rubriek_row *row = rubriek_row_named(bytes_of_text(key));
	if (row && row->by_knooppunt)
		return fail_stated(reader, "", key);
	if (!row || row->of_betrokkene)
		return reader_fail_key(reader, "", key,
				       row ? "This rubriek belongs to a betrokkene: move it into "
					     "betrokkenen."
					   : NULL);
	reader_point(pointer, "", key);
	return read_rubrieken(reader, row, 0, value, pointer);
}

// Kenmerken may leave the number of betrokkenen out: the list tells it.
static enum result settle_betrokkenen(struct reader *reader)
{
	char number[24];
	snprintf(number, sizeof number, "%zu", reader->betrokkenen);
	for (size_t n = 0; n < reader->count; n++) {
		struct rubriek *rubriek = &reader->rubrieken[n];
		if (rubriek->soort != RUBRIEK_KENMERKEN)
			continue;
		struct bytes said =
			veld_get(rubriek->velden, rubriek->veld_count, KENMERK_BETROKKENEN);
		if (said.len > 0 && !bytes_equal(said, bytes_of_text(number)))
			return reader_fail(
				reader, REASON_BAD_VALUE, "/kenmerken/betrokkenen",
				"Leave it out: the betrokkenen in the file are counted.");
		struct bytes copy = arena_copy(reader->arena, bytes_of_text(number));
		if (!copy.data)
			return RESULT_NO_MEMORY;
		if (said.len == 0)
			rubriek->velden[rubriek->veld_count++] =
				(struct veld){KENMERK_BETROKKENEN, copy};
	}
	return RESULT_OK;
}

// "rubriek[3].identificatie.geboortedatum" to the pointer of that rubriek and the rest.
static void pointer_of_field(const struct reader *reader, const char *field,
			     char pointer[POINTER_MAX])
{
	unsigned long n;
	char *end;
	if (strncmp(field, "betrokkene[", 11) == 0) {
		n = strtoul(field + 11, NULL, 10);
		snprintf(pointer, POINTER_MAX, "/betrokkenen/%lu/betrokkenheid", n - 1);
		return;
	}
	n = strncmp(field, "rubriek[", 8) == 0 ? strtoul(field + 8, &end, 10) : RUBRIEKEN_MAX;
	if (n >= reader->count) {
		reader_point(pointer, "", field);
		return;
	}
	const char *name = rubriek_row(reader->rubrieken[n].soort)->name;
	size_t head = (size_t)(end - field) + strlen("].") + strlen(name);
	bool has_rest = strlen(field) > head + 1 && strcmp(field + head + 1, "velden") != 0;
	if (has_rest)
		reader_point(pointer, reader->pointers[n], field + head + 1);
	else
		snprintf(pointer, POINTER_MAX, "%s", reader->pointers[n]);
}

static enum result validate(struct reader *reader, const struct melding *melding)
{
	struct refusal refusal;
	char pointer[POINTER_MAX];
	if (melding_validate(melding, reader->input->today, &refusal))
		return RESULT_OK;
	pointer_of_field(reader, refusal.field, pointer);
	return reader_fail(reader, refusal.reason, pointer, NULL);
}

static enum result add_said(struct reader *reader, struct rubriek *rubriek, uint32_t veld,
			    struct bytes waarde)
{
	const struct rubriek_row *row = rubriek_row(RUBRIEK_NAMENS);
	json_t *text = json_stringn((const char *)waarde.data, waarde.len);
	if (!text) // bytes that are no text
		return reader_fail(reader, REASON_BAD_TEXT, "/namens", NULL);
	enum result result = reader_add_waarde(
		reader, rubriek, veld_row(row->velden, row->veld_count, veld), text, "/namens");
	json_decref(text);
	return result;
}

// What the caller says of it; the file cannot say it too.
static enum result add_namens(struct reader *reader)
{
	struct bytes partner = reader->input->namens, functie = {0};
	if (partner.len == 0)
		return RESULT_OK;
	const uint8_t *colon = memchr(partner.data, ':', partner.len);
	if (colon) {
		size_t at = (size_t)(colon - partner.data);
		functie = bytes_make(colon + 1, partner.len - at - 1);
		partner.len = at;
	}
	for (size_t n = 0; n < reader->count; n++)
		if (reader->rubrieken[n].soort == RUBRIEK_NAMENS)
			return reader_fail(reader, REASON_DUPLICATE, "/namens",
					   "Say it in the file or with the call, once.");
	if (reader->count == RUBRIEKEN_MAX)
		return reader_fail(reader, REASON_TOO_MANY, "/namens", NULL);
	struct rubriek *rubriek = &reader->rubrieken[reader->count];
	*rubriek = (struct rubriek){.soort = RUBRIEK_NAMENS};
	rubriek->regime =
		melding_default_regime(rubriek_row(RUBRIEK_NAMENS), reader->partner_soort);
	rubriek->velden = arena_alloc(reader->arena, 4 * sizeof *rubriek->velden);
	reader->pointers[reader->count] = arena_text(reader->arena, bytes_of_text("/namens"));
	if (!rubriek->velden || !reader->pointers[reader->count])
		return RESULT_NO_MEMORY;
	reader->count++;
	enum result result = add_said(reader, rubriek, NAMENS_PARTNER, partner);
	if (result == RESULT_OK && colon)
		result = add_said(reader, rubriek, NAMENS_FUNCTIE, functie);
	if (result == RESULT_OK)
		result = add_said(reader, rubriek, NAMENS_MEDEWERKER, reader->input->medewerker);
	if (result == RESULT_OK)
		result = add_said(reader, rubriek, NAMENS_SOORT, reader->input->namens_soort);
	return result;
}

static enum result read_top(struct reader *reader, json_t *root, struct melding_file *ret_file)
{
	struct melding_file file = {0};
	const char *key;
	json_t *value;
	reader->rubrieken = arena_alloc(reader->arena, RUBRIEKEN_MAX * sizeof *reader->rubrieken);
	reader->pointers = arena_alloc(reader->arena, RUBRIEKEN_MAX * sizeof *reader->pointers);
	if (!reader->rubrieken || !reader->pointers)
		return RESULT_NO_MEMORY;
	if (!json_is_object(root))
		return reader_fail(reader, REASON_BAD_VALUE, "",
				   "Write one melding as one JSON object.");
	json_object_foreach(root, key, value)
	{
		enum result result = read_top_key(reader, &file, key, value);
		if (result != RESULT_OK)
			return result;
	}
	enum result result = settle_betrokkenen(reader);
	if (result == RESULT_OK)
		result = add_namens(reader);
	file.melding = (struct melding){reader->rubrieken, reader->count};
	if (result == RESULT_OK)
		result = validate(reader, &file.melding);
	if (result == RESULT_OK)
		*ret_file = file;
	return result;
}

// The kind of partner whose melding it is, wherever the file says it.
static struct bytes find_soort(const struct melding_json_input *input, const json_t *root)
{
	const json_t *said = json_object_get(json_object_get(root, "namens"), "soort");
	if (input->namens.len > 0)
		return input->namens_soort;
	return json_is_string(said) ? bytes_make(json_string_value(said), json_string_length(said))
				    : input->partner_soort;
}

enum result melding_json_read(const struct melding_json_input *input, struct arena *arena,
			      struct melding_file *ret_file, struct problem *problem)
{
	struct reader reader = {.input = input, .arena = arena, .problem = problem};
	json_t *root;
	enum result result = reader_load(&reader, &root);
	if (result != RESULT_OK)
		return result;
	reader.partner_soort = find_soort(input, root);
	result = read_top(&reader, root, ret_file);
	json_decref(root);
	return result;
}

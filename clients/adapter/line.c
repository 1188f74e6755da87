// SPDX-License-Identifier: EUPL-1.2
#include "adapter/line.h"

#include "crypto/hash.h"
#include "json/jzv_json.h"
#include "json/problem_json.h"

#include <stdio.h>
#include <string.h>

#define ARENA_MAX (24 * 1024 * 1024)
#define JSON_MAX (256 * 1024) // of one line

// ---- the file ----------------------------------------------------------------------------------

static enum result open_csv(struct line_reader *reader, struct problem *problem)
{
	struct adapter_settings *settings = reader->adapter->settings;
	struct csv_record record;
	enum reason reason = REASON_SYNTAX;
	if (csv_open(reader->text, &settings->csv, &reader->csv) != RESULT_OK)
		return problem_refuse(problem, REASON_BAD_TEXT, "",
				      "Export it in the encoding of the settings, not in UTF-16.");
	enum result result = csv_next(&reader->csv, reader->arena, &record, &reason);
	if (result == RESULT_MALFORMED)
		return problem_refuse(problem, reason, "kolomnamen", NULL);
	if (result == RESULT_NOT_FOUND)
		return problem_refuse(problem, REASON_MISSING_FIELD, "kolomnamen",
				      "The first line must name the columns.");
	if (result != RESULT_OK)
		return result;
	reader->header = record.raw;
	problem->line = record.line;
	return mapping_bind(&settings->mapping, &record, problem);
}

enum result line_open(struct adapter *adapter, struct bytes text, struct line_reader *ret_reader,
		      struct problem *problem)
{
	struct line_reader reader = {.adapter = adapter, .text = text};
	buffer_init(&reader.json, JSON_MAX);
	enum result result = arena_new(ARENA_MAX, &reader.arena);
	if (result == RESULT_OK && adapter->settings->form == FORM_CSV)
		result = open_csv(&reader, problem);
	if (result == RESULT_OK)
		*ret_reader = reader;
	else
		line_close(&reader);
	return result;
}

void line_close(struct line_reader *reader)
{
	buffer_wipe(&reader->json);
	arena_free(reader->arena);
	reader->arena = NULL;
}

// ---- lines of a CSV ----------------------------------------------------------------------------

static bool read_number(struct bytes text, uint64_t *ret_number)
{
	uint64_t number = 0;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		number = number * 10 + (text.data[i] - '0');
	}
	*ret_number = number;
	return text.len >= 1 && text.len <= 15 && number > 0;
}

static bool is_fetched(const struct outlet_settings *outlet, struct bytes functie)
{
	for (size_t i = 0; i < outlet->functie_count; i++) {
		if (bytes_equal(functie, bytes_of_text(outlet->functies[i])))
			return true;
	}
	return false;
}

// A question is known by its number alone: the same words about the same person may be asked again.
static enum result read_question(struct line_reader *reader, struct line *line)
{
	const struct adapter_settings *settings = reader->adapter->settings;
	if (settings->form != FORM_CSV)
		line->registratienummer = line->velden.registratienummer;
	if (line->registratienummer.len == 0)
		return problem_refuse(&line->problem, REASON_MISSING_FIELD, "/registratienummer",
				      "Each question needs a number of its own.");
	adapter_make_id(reader->adapter, line->registratienummer, line->first);
	if (!registratienummer_is_valid(line->registratienummer))
		return problem_refuse(&line->problem, REASON_BAD_VALUE, settings->mapping.number,
				      "Give 1 to 64 of A-Z a-z 0-9 . _ : -");
	if (!is_fetched(&settings->outlet, asking_functie(line->velden.velden, line->velden.count)))
		return problem_refuse(&line->problem, REASON_BAD_VALUE, "/functie",
				      "Give a functie of uit: the answer comes to it.");
	return RESULT_OK;
}

// A newer word on the same number is another statement; the same one is the same.
static enum result read_velden(struct line_reader *reader, struct line *line)
{
	const struct adapter_settings *settings = reader->adapter->settings;
	const struct velden_json_input input = {.text = line->json,
						.file = "",
						.row = settings->type,
						.today = date_amsterdam(clock_wall_ms()),
						.numbered = adapter_asks(settings) &&
							    settings->form != FORM_CSV};
	struct hash content = sha256(line->json);
	if (!adapter_asks(settings))
		adapter_make_id(reader->adapter, bytes_of_hash(&content), line->first);
	enum result result = velden_json_read(&input, reader->arena, &line->velden, &line->problem);
	return result == RESULT_OK && adapter_asks(settings) ? read_question(reader, line) : result;
}

static enum result read_as_melding(struct line_reader *reader, struct line *line)
{
	const struct adapter *adapter = reader->adapter;
	struct melding_file file;
	const struct melding_json_input input = {.text = line->json,
						 .file = "",
						 .partner_soort = bytes_of_text(adapter->soort),
						 .today = date_amsterdam(clock_wall_ms())};
	enum result result = melding_json_read(&input, reader->arena, &file, &line->problem);
	if (result != RESULT_OK)
		return result;
	if (file.systeem.len > 0 &&
	    !bytes_equal(file.systeem, bytes_of_text(client_systeem(adapter->client))))
		return problem_refuse(&line->problem, REASON_BAD_VALUE, "/systeem",
				      "Its meldingen go by the client of that system.");
	line->melding = file.melding;
	if (file.id.len > 0)
		snprintf(line->first, sizeof line->first, "%.*s", (int)file.id.len,
			 (const char *)file.id.data);
	return RESULT_OK;
}

// What is wrong is said by its column.
static enum result read_melding(struct line_reader *reader, struct line *line)
{
	const struct adapter_settings *settings = reader->adapter->settings;
	enum result result =
		settings->type ? read_velden(reader, line) : read_as_melding(reader, line);
	if (result == RESULT_MALFORMED && settings->form == FORM_CSV) {
		const char *column = mapping_origin(&settings->mapping, line->problem.field);
		if (column != line->problem.field)
			problem_set_field(&line->problem, "%s", column);
	}
	return result;
}

static enum result read_record(struct line_reader *reader, const struct csv_record *record,
			       struct line *line)
{
	const struct mapping *mapping = &reader->adapter->settings->mapping;
	struct json_build *build;
	// Of a line that is wrong otherwise it is known that it came.
	if (mapping->sequence[0] && record->count == mapping->columns &&
	    !read_number(record->fields[mapping->sequence_at], &line->sequence))
		return problem_refuse(&line->problem, REASON_BAD_VALUE, mapping->sequence,
				      "Give a number from 1.");
	enum result result = json_build_new(&build);
	if (result != RESULT_OK)
		return result;
	result = mapping_apply(mapping, record, build, &line->problem);
	if (result == RESULT_OK)
		result = json_build_write(build, &reader->json);
	json_build_free(build);
	// The next line may be fine.
	if (result == RESULT_TOO_LARGE)
		return problem_refuse(&line->problem, REASON_TOO_LONG, "", NULL);
	if (result != RESULT_OK)
		return result;
	line->json = buffer_view(&reader->json);
	struct bytes number = record->fields[mapping->number_at];
	if (number.len == 0)
		return problem_refuse(&line->problem, REASON_MISSING_FIELD, mapping->number,
				      "Each line needs a number of its own.");
	adapter_make_id(reader->adapter, number, line->first);
	line->registratienummer = number;
	return read_melding(reader, line);
}

static enum result next_record(struct line_reader *reader, struct line *line)
{
	struct csv_record record;
	enum reason reason = REASON_SYNTAX;
	enum result result = csv_next(&reader->csv, reader->arena, &record, &reason);
	line->number = record.line;
	line->raw = record.raw;
	if (result == RESULT_MALFORMED)
		return problem_refuse(
			&line->problem, reason, "",
			reason == REASON_SYNTAX
				? "Correct the quotes of this line; the last one ends with a "
				  "line end too."
				: NULL);
	return result == RESULT_OK ? read_record(reader, &record, line) : result;
}

// ---- documents ---------------------------------------------------------------------------------

static enum result read_jzv(struct line_reader *reader, struct line *line)
{
	const struct adapter *adapter = reader->adapter;
	struct jzv_melding melding;
	const struct jzv_input input = {.json = {.text = reader->text,
						 .file = "",
						 .partner_soort = bytes_of_text(adapter->soort),
						 .today = date_amsterdam(clock_wall_ms())},
					.defaults = &adapter->settings->defaults};
	enum result result = jzv_melding_read(&input, reader->arena, &melding, &line->problem);
	if (result != RESULT_OK)
		return result;
	adapter_make_id(adapter, melding.registratienummer, line->first);
	line->melding = melding.melding;
	return RESULT_OK;
}

static enum result next_document(struct line_reader *reader, struct line *line)
{
	if (reader->done)
		return RESULT_NOT_FOUND;
	reader->done = true;
	line->raw = line->json = reader->text;
	if (reader->adapter->settings->form == FORM_JZV)
		return read_jzv(reader, line);
	// Without an id of its own the same bytes are the same melding.
	struct hash content = sha256(reader->text);
	adapter_make_id(reader->adapter, bytes_of_hash(&content), line->first);
	return read_melding(reader, line);
}

enum result line_next(struct line_reader *reader, struct line *ret_line)
{
	*ret_line = (struct line){.problem.code = NULL};
	buffer_scrub(&reader->json);
	enum result result = reader->adapter->settings->form == FORM_CSV
				     ? next_record(reader, ret_line)
				     : next_document(reader, ret_line);
	line_use_attempt(reader->adapter, ret_line, 0);
	return result;
}

void line_clear(struct line_reader *reader)
{
	arena_clear(reader->arena);
}

void line_use_attempt(const struct adapter *adapter, struct line *line, uint32_t attempt)
{
	line->attempt = attempt;
	client_attempt_id(adapter->client, "adp", line->first, attempt, line->id);
}

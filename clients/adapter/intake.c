// SPDX-License-Identifier: EUPL-1.2
// One file: each of its lines is pushed, or kept in quarantine with a reason.
#include "adapter/intake.h"

#include "base/file.h"
#include "json/client_json.h"
#include "json/problem_json.h"

#include <stdio.h>
#include <stdlib.h>

#define REASONS_MAX (8 * 1024 * 1024)
#define ARENA_FULL (8 * 1024 * 1024) // of the lines of a batch

// ---- the lines ---------------------------------------------------------------------------------

static enum result settle_batch(struct intake *intake, struct line_reader *reader)
{
	enum result result = intake->count > 0 ? batch_settle(intake) : RESULT_OK;
	line_clear(reader);
	return result;
}

// A bad line has its place among the others, so that what is told of them is in their order.
static enum result take_line(struct intake *intake, struct line_reader *reader,
			     const struct line *line)
{
	// The same number twice: what became of the first one decides.
	enum result result =
		!line->bad && batch_has(intake, line) ? batch_settle(intake) : RESULT_OK;
	if (result != RESULT_OK)
		return result;
	intake->lines[intake->count++] = *line;
	bool full = intake->count == INTAKE_BATCH || arena_used(reader->arena) > ARENA_FULL;
	return full ? settle_batch(intake, reader) : RESULT_OK;
}

static enum result each_line(struct intake *intake, struct line_reader *reader)
{
	struct line line;
	enum result result;
	buffer_append(&intake->bad, reader->header);
	while ((result = line_next(reader, &line)) != RESULT_NOT_FOUND) {
		intake->report.lines++;
		if (line.sequence > 0)
			store_note_number(&intake->adapter->store.state, line.sequence);
		line.bad = result == RESULT_MALFORMED;
		if (result == RESULT_OK || line.bad)
			result = take_line(intake, reader, &line);
		if (result != RESULT_OK)
			return result;
	}
	return settle_batch(intake, reader);
}

// ---- the file ----------------------------------------------------------------------------------

static enum result read_lines(struct intake *intake, struct bytes text)
{
	struct line_reader reader;
	struct line whole = {.raw = text, .problem.code = NULL};
	enum result result = line_open(intake->adapter, text, &reader, &whole.problem);
	if (result == RESULT_MALFORMED) {
		aside_add(intake, &whole, "");
	} else if (result == RESULT_OK) {
		result = each_line(intake, &reader);
		line_close(&reader);
	}
	if (result != RESULT_OK && result != RESULT_MALFORMED)
		return result;
	return intake->report.bad > 0 ? aside_write(intake) : RESULT_OK;
}

enum result intake_file(struct adapter *adapter, const struct taken *taken,
			struct intake_report *ret_report, struct problem *problem)
{
	struct intake intake = {.adapter = adapter, .taken = taken, .problem = problem};
	struct buffer text;
	intake.lines = calloc(INTAKE_BATCH, sizeof *intake.lines);
	if (!intake.lines)
		return RESULT_NO_MEMORY;
	buffer_init(&text, INTAKE_FILE_MAX);
	buffer_init(&intake.bad, 2 * INTAKE_FILE_MAX);
	buffer_init(&intake.reasons, REASONS_MAX);
	buffer_init(&intake.answers, REASONS_MAX);
	known_begin(&adapter->known);
	aside_begin(&intake);
	enum result result = file_read(taken->path, INTAKE_FILE_MAX, &text);
	if (result == RESULT_OK)
		result = read_lines(&intake, buffer_view(&text));
	else if (result == RESULT_TOO_LARGE)
		result = aside_keep_large(&intake);
	if (result == RESULT_OK)
		result = answers_write(&intake);
	buffer_wipe(&text);
	buffer_wipe(&intake.bad);
	buffer_done(&intake.reasons);
	buffer_wipe(&intake.answers);
	free(intake.lines);
	if (result == RESULT_OK)
		*ret_report = intake.report;
	return result;
}

// ---- showing -----------------------------------------------------------------------------------

static void show_rubrieken(struct json_out *out, const struct melding *melding)
{
	json_out_key(out, "rubrieken");
	melding_json_write(out, melding->rubrieken, melding->count);
}

static void show_velden(struct json_out *out, const struct type_row *type,
			const struct velden_file *velden)
{
	json_out_add_text(out, "type", type->name);
	json_out_key(out, "velden");
	json_out_array_begin(out);
	for (size_t i = 0; i < velden->count; i++) {
		const struct veld_row *row =
			veld_row(type->velden, type->veld_count, velden->velden[i].veld);
		json_out_object_begin(out);
		json_out_add_bytes(out, row ? row->name : "", velden->velden[i].waarde);
		json_out_object_end(out);
	}
	json_out_array_end(out);
}

static bool show_line(const struct type_row *type, const struct line *line, bool fine)
{
	struct json_out out;
	struct buffer text;
	json_line_begin(&out, &text);
	json_out_add_number(&out, "line", line->number);
	if (fine) {
		json_out_add_text(&out, "id", line->id);
		if (type)
			show_velden(&out, type, &line->velden);
		else
			show_rubrieken(&out, &line->melding);
	} else {
		json_out_key(&out, "error");
		json_out_problem(&out, &line->problem);
	}
	return json_line_end(&out, &text);
}

static enum result show_lines(struct line_reader *reader, uint64_t *bad)
{
	struct line line;
	enum result result;
	while ((result = line_next(reader, &line)) != RESULT_NOT_FOUND) {
		if (result != RESULT_OK && result != RESULT_MALFORMED)
			return result;
		*bad += result == RESULT_MALFORMED;
		if (!show_line(reader->adapter->settings->type, &line, result == RESULT_OK))
			return RESULT_IO;
		line_clear(reader);
	}
	return RESULT_OK;
}

enum result intake_show(struct adapter *adapter, const char *path, uint64_t *ret_bad,
			struct problem *problem)
{
	struct line_reader reader;
	struct buffer text;
	uint64_t bad = 0;
	buffer_init(&text, INTAKE_FILE_MAX);
	enum result result = file_read(path, INTAKE_FILE_MAX, &text);
	if (result != RESULT_OK)
		problem_set(problem, reason_code(REASON_IO), reason_fix(REASON_IO),
			    "the file cannot be read: %s", result_name(result));
	else
		result = line_open(adapter, buffer_view(&text), &reader, problem);
	if (result == RESULT_OK) {
		result = show_lines(&reader, &bad);
		line_close(&reader);
	}
	buffer_wipe(&text);
	if (result == RESULT_OK)
		*ret_bad = bad;
	return result;
}

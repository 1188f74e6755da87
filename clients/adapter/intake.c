// SPDX-License-Identifier: EUPL-1.2
// One file: each of its lines is pushed, or kept in quarantine with a reason.
#include "adapter/line.h"

#include "base/file.h"
#include "json/client_json.h"
#include "json/problem_json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX (32 * 1024 * 1024) // larger ones are kept in quarantine unread
#define PART_MAX (16 * 1024 * 1024) // of the quarantine
#define REASONS_MAX (8 * 1024 * 1024)
#define TOLD_MAX 5000 // lines of which the reason is told

struct intake {
	struct adapter *adapter;
	const struct taken *taken;
	struct intake_report report;
	struct buffer bad, reasons;
};

// ---- the quarantine ----------------------------------------------------------------------------

static void begin_reasons(struct intake *intake)
{
	char until[21];
	time_format(until, clock_wall_ms() + QUARANTINE_KEEP_MS);
	buffer_append_format(&intake->reasons, "bestand: %s\nbewaard tot: %.10s\n",
			     intake->taken->name, until);
}

// Places and reasons, never values.
static void add_bad(struct intake *intake, const struct line *line, const char *who)
{
	const struct problem *problem = &line->problem;
	intake->report.bad++;
	buffer_append(&intake->bad, line->raw);
	if (intake->report.bad > TOLD_MAX)
		return;
	if (line->number > 0)
		buffer_append_format(&intake->reasons, "regel %u: ", line->number);
	if (problem->field[0])
		buffer_append_format(&intake->reasons, "%s: ", problem->field);
	buffer_append_format(&intake->reasons, "%s%s: %s %s\n", who, problem->code,
			     problem->message, problem->fix);
}

static enum result keep_part(struct intake *intake, unsigned part, struct bytes content)
{
	char path[STORE_PATH_MAX];
	struct adapter *adapter = intake->adapter;
	store_quarantine_path(&adapter->store, intake->taken->number, part, path);
	const struct kept kept = {
		.path = path, .number = intake->taken->number, .scope = adapter->settings->name};
	return client_keep(adapter->client, &kept, content);
}

static enum result write_reasons(const struct intake *intake)
{
	return intake->reasons.status == RESULT_OK
		       ? store_write_reason(&intake->adapter->store, intake->taken->number,
					    buffer_view(&intake->reasons))
		       : intake->reasons.status;
}

// Both are written anew in each round: what is refused later comes to it. The reason comes last; so
// where one is, what it speaks of is there too.
static enum result write_quarantine(struct intake *intake)
{
	if (intake->report.bad > TOLD_MAX)
		buffer_append_format(&intake->reasons, "en nog %llu regels\n",
				     (unsigned long long)(intake->report.bad - TOLD_MAX));
	enum result result = intake->bad.status;
	if (result == RESULT_OK)
		result = keep_part(intake, 0, buffer_view(&intake->bad));
	return result == RESULT_OK ? write_reasons(intake) : result;
}

static enum result keep_parts(struct intake *intake, int fd, uint8_t *part)
{
	for (unsigned n = 0;; n++) {
		ssize_t got = 0, len = 0;
		while (len < PART_MAX &&
		       (got = read(fd, part + len, PART_MAX - (size_t)len)) != 0) {
			if (got < 0 && errno != EINTR)
				return RESULT_IO;
			len += got > 0 ? got : 0;
		}
		if (len == 0)
			return RESULT_OK;
		enum result result = keep_part(intake, n, bytes_make(part, (size_t)len));
		if (result != RESULT_OK)
			return result;
	}
}

// Larger than is read: all of it, piece by piece.
static enum result keep_large(struct intake *intake)
{
	struct buffer part;
	int fd = open(intake->taken->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return RESULT_IO;
	buffer_init(&part, PART_MAX);
	uint8_t *room = buffer_reserve(&part, PART_MAX);
	enum result result = room ? keep_parts(intake, fd, room) : RESULT_NO_MEMORY;
	buffer_wipe(&part);
	close(fd);
	struct line line = {.problem.code = NULL};
	problem_set(&line.problem, reason_code(REASON_TOO_LONG),
		    "Split it into files of at most 32 MiB.", "%s", reason_text(REASON_TOO_LONG));
	add_bad(intake, &line, "");
	return result == RESULT_OK ? write_reasons(intake) : result;
}

// ---- one line ----------------------------------------------------------------------------------

static void take_refusal(struct line *line, const struct refusal *refusal)
{
	problem_set(&line->problem, reason_code(refusal->reason), reason_fix(refusal->reason), "%s",
		    reason_text(refusal->reason));
	problem_set_field(&line->problem, "%s", refusal->field);
}

// What became of it.
static enum result settle(struct intake *intake, struct line *line)
{
	struct item_status status;
	enum result result = client_item(intake->adapter->client, line->id, &status);
	if (result != RESULT_OK)
		return result;
	if (status.state == ITEM_OUTBOX) {
		intake->report.waiting++;
	} else if (status.state == ITEM_GEWEIGERD &&
		   !(intake->adapter->settings->type && status.refusal.reason == REASON_CONFLICT)) {
		// The id of a statement is made of what it says: in conflict it is there already,
		// signed before this outbox forgot it.
		take_refusal(line, &status.refusal);
		add_bad(intake, line, "geweigerd: ");
	}
	return RESULT_OK;
}

static enum result push(struct intake *intake, struct line *line)
{
	struct push_result pushed = {.refusal.reason = REASON_NONE};
	const struct type_row *type = intake->adapter->settings->type;
	struct client *client = intake->adapter->client;
	const struct said said = {.type = type ? (uint32_t)type->type : 0,
				  .id = line->id,
				  .velden = line->velden.velden,
				  .count = line->velden.count};
	enum result result = type ? client_say(client, &said, &pushed)
				  : client_push(client, &line->melding, line->id, &pushed);
	if (result == RESULT_CONFLICT)
		pushed.refusal.reason = REASON_CONFLICT;
	if (result == RESULT_CONFLICT || result == RESULT_MALFORMED) {
		take_refusal(line, &pushed.refusal);
		add_bad(intake, line, "");
		return RESULT_OK;
	}
	if (result != RESULT_OK)
		return result;
	return settle(intake, line);
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
		if (result == RESULT_MALFORMED)
			add_bad(intake, &line, "");
		else if (result == RESULT_OK)
			result = push(intake, &line);
		if (result != RESULT_OK && result != RESULT_MALFORMED)
			return result;
	}
	return RESULT_OK;
}

// ---- the file ----------------------------------------------------------------------------------

static enum result read_lines(struct intake *intake, struct bytes text)
{
	struct line_reader reader;
	struct line whole = {.raw = text, .problem.code = NULL};
	enum result result = line_open(intake->adapter, text, &reader, &whole.problem);
	if (result == RESULT_MALFORMED) {
		add_bad(intake, &whole, "");
	} else if (result == RESULT_OK) {
		result = each_line(intake, &reader);
		line_close(&reader);
	}
	if (result != RESULT_OK && result != RESULT_MALFORMED)
		return result;
	return intake->report.bad > 0 ? write_quarantine(intake) : RESULT_OK;
}

enum result intake_file(struct adapter *adapter, const struct taken *taken,
			struct intake_report *ret_report)
{
	struct intake intake = {.adapter = adapter, .taken = taken};
	struct buffer text;
	buffer_init(&text, FILE_MAX);
	buffer_init(&intake.bad, 2 * FILE_MAX);
	buffer_init(&intake.reasons, REASONS_MAX);
	begin_reasons(&intake);
	enum result result = file_read(taken->path, FILE_MAX, &text);
	if (result == RESULT_OK)
		result = read_lines(&intake, buffer_view(&text));
	else if (result == RESULT_TOO_LARGE)
		result = keep_large(&intake);
	buffer_wipe(&text);
	buffer_wipe(&intake.bad);
	buffer_done(&intake.reasons);
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
	}
	return RESULT_OK;
}

enum result intake_show(struct adapter *adapter, const char *path, uint64_t *ret_bad,
			struct problem *problem)
{
	struct line_reader reader;
	struct buffer text;
	uint64_t bad = 0;
	buffer_init(&text, FILE_MAX);
	enum result result = file_read(path, FILE_MAX, &text);
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

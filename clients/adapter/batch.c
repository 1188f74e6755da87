// SPDX-License-Identifier: EUPL-1.2
// Lines of a file into the outbox, many under one signature, and what becomes of them. A number
// that the knooppunt refused goes again under a next id: at once when it was dated in the future
// (by a clock that was put right since, or the refusal had not come), else when a next file brings
// it.
#include "adapter/intake.h"

#include "crypto/hash.h"
#include "wire/message.h"
#include "json/problem_json.h"

#include <string.h>
#include <sys/stat.h>

#define CONTENT_MAX (1024 * 1024)
#define AT_ONCE_MAX 8                 // attempts in one round
#define QUESTION_MS (9 * MS_PER_HOUR) // the longest term of who asks (veld uren)

static enum result failed(struct intake *intake, enum result result)
{
	*intake->problem = *client_problem(intake->adapter->client);
	return result;
}

bool batch_has(const struct intake *intake, const struct line *line)
{
	for (size_t i = 0; i < intake->count; i++) {
		if (!intake->lines[i].bad && strcmp(intake->lines[i].first, line->first) == 0)
			return true;
	}
	return false;
}

static void refuse_line(struct line *line, enum reason reason, const char *field)
{
	(void)problem_refuse(&line->problem, reason, field, NULL);
	line->bad = true;
}

// ---- what was sent before ----------------------------------------------------------------------

static void append_velden(const struct velden_file *velden, struct buffer *out)
{
	for (size_t i = 0; i < velden->count; i++) {
		buffer_append_u32be(out, velden->velden[i].veld);
		buffer_append_u32be(out, (uint32_t)velden->velden[i].waarde.len);
		buffer_append(out, velden->velden[i].waarde);
	}
}

// The id of a statement that is neither melding nor question is made of what it says.
static enum result find_content(const struct adapter *adapter, struct line *line)
{
	struct buffer all, one;
	enum result result = RESULT_OK;
	buffer_init(&all, CONTENT_MAX);
	buffer_init(&one, RUBRIEK_MAX);
	for (size_t i = 0; result == RESULT_OK && i < line->melding.count; i++) {
		buffer_clear(&one);
		result = rubriek_encode(&line->melding.rubrieken[i], &one);
		buffer_append_u32be(&all, (uint32_t)one.len);
		buffer_append(&all, buffer_view(&one));
	}
	if (adapter_asks(adapter->settings))
		append_velden(&line->velden, &all);
	if (result == RESULT_OK)
		result = all.status;
	if (result == RESULT_OK) {
		char id[ID_MAX + 1];
		const struct bytes pieces[] = {bytes_of_text("knooppunt/adapter/inhoud/v1"),
					       bytes_of_text(line->first), buffer_view(&all)};
		client_make_id(adapter->client, "adp", pieces, sizeof pieces / sizeof pieces[0],
			       id);
		known_tag(bytes_of_text(id), line->content);
	}
	buffer_wipe(&one);
	buffer_wipe(&all);
	return result;
}

// A statement that names a casus by several numbers says which are of one casus.
static enum result note_casus(struct intake *intake, const struct line *line)
{
	const struct type_row *type = intake->adapter->settings->type;
	return type ? casussen_note_said(&intake->adapter->casussen, type, line->velden.velden,
					 line->velden.count)
		    : RESULT_OK;
}

static enum result note(struct intake *intake, const struct line *line, bool taken)
{
	struct known_row row = {.attempt = taken ? line->attempt : line->attempt + 1};
	memcpy(row.id, line->tag, KNOWN_TAG_LEN);
	if (taken)
		memcpy(row.content, line->content, KNOWN_TAG_LEN);
	enum result result = taken ? note_casus(intake, line) : RESULT_OK;
	return result == RESULT_OK ? known_note(&intake->adapter->known, &row) : result;
}

static enum result look_up(struct intake *intake, struct line *line)
{
	enum result result = find_content(intake->adapter, line);
	// What is too long here is so there.
	if (result == RESULT_TOO_LARGE) {
		refuse_line(line, REASON_TOO_LONG, "");
		return RESULT_OK;
	}
	if (result != RESULT_OK)
		return result;
	known_tag(bytes_of_text(line->first), line->tag);
	const struct known_row *row = known_find(&intake->adapter->known, line->tag);
	if (!row)
		return RESULT_OK;
	line_use_attempt(intake->adapter, line, row->attempt);
	if (!known_was_taken(row))
		return RESULT_OK;
	if (memcmp(row->content, line->content, KNOWN_TAG_LEN) != 0) {
		refuse_line(line, REASON_CONFLICT, "");
		return RESULT_OK;
	}
	line->taken = true;
	return note(intake, line, true); // it was seen again
}

// ---- pushing -----------------------------------------------------------------------------------

static enum result push_as_meldingen(struct client *client, struct line *const *lines, size_t count,
				     struct push_result *results)
{
	struct melding meldingen[INTAKE_BATCH];
	const char *ids[INTAKE_BATCH];
	for (size_t i = 0; i < count; i++) {
		meldingen[i] = lines[i]->melding;
		ids[i] = lines[i]->id;
	}
	return client_push_many(client, meldingen, ids, count, results);
}

static enum result push_as_said(const struct adapter *adapter, struct line *const *lines,
				size_t count, struct push_result *results)
{
	struct said said[INTAKE_BATCH];
	for (size_t i = 0; i < count; i++)
		said[i] = (struct said){.type = (uint32_t)adapter->settings->type->type,
					.id = lines[i]->id,
					.velden = lines[i]->velden.velden,
					.count = lines[i]->velden.count};
	return client_say_many(adapter->client, said, count, results);
}

// All or none go. RESULT_OK: they did, or one of them is refused and the others try again.
static enum result push_once(struct intake *intake, struct line *const *lines, size_t count,
			     bool *ret_gone)
{
	const struct adapter *adapter = intake->adapter;
	struct push_result results[INTAKE_BATCH];
	size_t at = 0;
	enum result result = adapter->settings->type
				     ? push_as_said(adapter, lines, count, results)
				     : push_as_meldingen(adapter->client, lines, count, results);
	*ret_gone = result == RESULT_OK;
	if (result != RESULT_CONFLICT && result != RESULT_MALFORMED)
		return result == RESULT_OK ? RESULT_OK : failed(intake, result);
	while (at + 1 < count && results[at].id[0])
		at++;
	if (result == RESULT_CONFLICT)
		refuse_line(lines[at], REASON_CONFLICT, "");
	else
		refuse_line(lines[at], results[at].refusal.reason, results[at].refusal.field);
	return RESULT_OK;
}

static size_t keep_open(struct line **lines, size_t count)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++) {
		if (!lines[i]->bad && !lines[i]->taken)
			lines[kept++] = lines[i];
	}
	return kept;
}

static enum result push_all(struct intake *intake, struct line **lines, size_t count)
{
	bool gone = false;
	while (!gone && (count = keep_open(lines, count)) > 0) {
		enum result result = push_once(intake, lines, count, &gone);
		if (count > 1 && (result == RESULT_TOO_LARGE || result == RESULT_NO_MEMORY)) {
			// It is too much for one file of the outbox.
			size_t half = count / 2;
			*intake->problem = (struct problem){.code = NULL};
			result = push_all(intake, lines, half);
			return result == RESULT_OK ? push_all(intake, lines + half, count - half)
						   : result;
		}
		if (result != RESULT_OK)
			return result;
	}
	return RESULT_OK;
}

// Before one of them can be answered.
static enum result note_questions(struct intake *intake, struct line *const *lines, size_t count)
{
	struct adapter *adapter = intake->adapter;
	enum result result = RESULT_OK;
	for (size_t i = 0; result == RESULT_OK && i < count; i++)
		result = vragen_note(&adapter->vragen, lines[i]->id, lines[i]->registratienummer);
	return result == RESULT_OK ? vragen_save(&adapter->vragen, adapter->client) : result;
}

static enum result push_lines(struct intake *intake, struct line **lines, size_t count)
{
	enum result result = RESULT_OK;
	count = keep_open(lines, count);
	if (adapter_asks(intake->adapter->settings))
		result = note_questions(intake, lines, count);
	return result == RESULT_OK ? push_all(intake, lines, count) : result;
}

// ---- what became of them -----------------------------------------------------------------------

// A question counts for ten minutes. One that could not be sent in that time goes anew for as long
// as its answer may be of use: since its file was written.
static bool is_of_use(const struct intake *intake)
{
	struct stat stat;
	return adapter_asks(intake->adapter->settings) && lstat(intake->taken->path, &stat) == 0 &&
	       clock_wall_ms() - (int64_t)stat.st_mtim.tv_sec * MS_PER_SECOND <= QUESTION_MS;
}

static bool may_go_again(const struct intake *intake, const struct item_status *status)
{
	enum reason reason = status->refusal.reason;
	return status->state == ITEM_GEWEIGERD &&
	       (reason == REASON_FROM_FUTURE || (reason == REASON_TOO_OLD && is_of_use(intake)));
}

// Those that were refused because they came from the future, or a question that waited too long,
// are made again, with the time it is.
static enum result go_again(struct intake *intake)
{
	struct line *lines[INTAKE_BATCH];
	size_t count = 1;
	for (unsigned round = 0; count > 0 && round < AT_ONCE_MAX; round++) {
		struct item_status status;
		enum result result = RESULT_OK;
		count = 0;
		for (size_t i = 0; i < intake->count; i++) {
			struct line *line = &intake->lines[i];
			if (line->bad || line->taken)
				continue;
			result = client_item(intake->adapter->client, line->id, &status);
			if (result != RESULT_OK)
				return failed(intake, result);
			if (!may_go_again(intake, &status))
				continue;
			line_use_attempt(intake->adapter, line, line->attempt + 1);
			lines[count++] = line;
		}
		result = push_lines(intake, lines, count);
		if (result != RESULT_OK)
			return result;
	}
	return RESULT_OK;
}

// In conflict there is something under its id already, signed before this outbox forgot it. The id
// of a statement that is no melding is made of what it says: that is there. Of a melding nobody
// here knows any more what it said, so it is told, and not sent under another id; nor of a
// question.
static enum result settle_refused(struct intake *intake, struct line *line,
				  const struct refusal *refusal)
{
	const struct adapter_settings *settings = intake->adapter->settings;
	bool conflict = refusal->reason == REASON_CONFLICT, asks = adapter_asks(settings);
	if (conflict && settings->type && !asks)
		return note(intake, line, true);
	refuse_line(line, refusal->reason, refusal->field);
	// That more is needed to know a person by is an answer, and nothing to be mended here.
	if (asks && refusal->reason == REASON_IDENTIFICATION)
		answers_add(intake, line);
	else
		aside_add(intake, line, "geweigerd: ");
	return conflict || refusal->reason == REASON_DUPLICATE ? RESULT_OK
							       : note(intake, line, false);
}

static enum result settle(struct intake *intake, struct line *line)
{
	struct item_status status;
	if (line->taken)
		return RESULT_OK;
	if (line->bad) {
		aside_add(intake, line, "");
		return RESULT_OK;
	}
	enum result result = client_item(intake->adapter->client, line->id, &status);
	if (result != RESULT_OK)
		return failed(intake, result);
	if (status.state == ITEM_GEWEIGERD)
		return settle_refused(intake, line, &status.refusal);
	if (status.state == ITEM_AANVAARD)
		return note(intake, line, true);
	intake->report.waiting++;
	return RESULT_OK;
}

enum result batch_settle(struct intake *intake)
{
	struct line *lines[INTAKE_BATCH];
	enum result result = RESULT_OK;
	for (size_t i = 0; result == RESULT_OK && i < intake->count; i++) {
		lines[i] = &intake->lines[i];
		if (!lines[i]->bad)
			result = look_up(intake, lines[i]);
	}
	if (result == RESULT_OK)
		result = push_lines(intake, lines, intake->count);
	if (result == RESULT_OK)
		result = go_again(intake);
	for (size_t i = 0; result == RESULT_OK && i < intake->count; i++)
		result = settle(intake, &intake->lines[i]);
	intake->count = 0;
	return result;
}

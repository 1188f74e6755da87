// SPDX-License-Identifier: EUPL-1.2
// Who asked what: the daemon reads it back from its log (core/gezien.c).
#include "audit/audit.h"

#include "audit/person.h"
#include "audit/stretches.h"
#include "crypto/secret.h"
#include "desk/answer.h"

#include <string.h>

#define WORDS_MAX 6
#define TEXT_MAX 16384

struct asked_line {
	struct bytes moment, words[WORDS_MAX];
	uint64_t index;
};

static enum result read_line(struct bytes rest, size_t words, struct asked_line *ret_line)
{
	struct asked_line line = {.index = 0};
	struct bytes index;
	if (!word_take(&rest, &line.moment) || !word_take(&rest, &index) ||
	    number_parse(index, &line.index) != RESULT_OK)
		return RESULT_MALFORMED;
	for (size_t i = 0; i < words; i++)
		if (!word_take(&rest, &line.words[i]))
			return RESULT_MALFORMED;
	*ret_line = line;
	return rest.len == 0 ? RESULT_OK : RESULT_MALFORMED;
}

static bool is_said(struct bytes word)
{
	return !bytes_equal(word, bytes_of_text("-"));
}

// Each word with its name: who reads one line knows what it says.
static void say(const struct desk *desk, const struct asked_line *line, const char *const *names,
		size_t count)
{
	struct buffer text;
	buffer_init(&text, TEXT_MAX);
	for (size_t i = 0; i < count; i++) {
		if (!is_said(line->words[i]))
			continue;
		buffer_append_text(&text, "  ");
		buffer_append_text(&text, names[i]);
		buffer_append_text(&text, " ");
		buffer_append(&text, line->words[i]);
	}
	desk_say(desk, "%.*s  entry %llu%.*s", (int)line->moment.len,
		 (const char *)line->moment.data, (unsigned long long)line->index, (int)text.len,
		 (const char *)text.data);
	buffer_wipe(&text);
}

static enum result tell(struct desk *desk, struct bytes value, const char *const *names,
			size_t count)
{
	struct asked_line line;
	struct desk_line out;
	enum result result = read_line(value, count, &line);
	if (result != RESULT_OK)
		return result;
	say(desk, &line, names, count);
	if (!desk->json)
		return RESULT_OK;
	desk_line_begin(&out);
	json_out_add_bytes(&out.out, "tijd", line.moment);
	json_out_add_number(&out.out, "index", line.index);
	for (size_t i = 0; i < count; i++)
		if (is_said(line.words[i]))
			json_out_add_bytes(&out.out, names[i], line.words[i]);
	desk_line_end(desk, &out);
	return RESULT_OK;
}

static enum result tell_asked(struct desk *desk, struct bytes value)
{
	static const char *const names[] = {"vraag",   "medewerker", "zaak",
					    "sleutel", "over",       "vervolg"};
	return tell(desk, value, names, sizeof names / sizeof names[0]);
}

static enum result tell_refused(struct desk *desk, struct bytes value)
{
	static const char *const names[] = {"geweigerd", "oin", "functies"};
	return tell(desk, value, names, sizeof names / sizeof names[0]);
}

static const struct stretch_line lines[] = {
	{"gezien", tell_asked}, {"geweigerd", tell_refused}, {NULL, NULL}};

int audit_gezien(struct desk *desk)
{
	uint64_t told = 0;
	struct days days;
	struct person person = {.soort = ""};
	int code = audit_days(desk, 30, &days);
	if (code == DESK_DONE && desk->argument_count > 1)
		code = person_read(desk, desk->arguments[1], &person);
	if (code != DESK_DONE)
		return code;
	const struct stretch_more more[] = {{person.soort[0] ? person.soort : NULL, person.waarde},
					    {NULL, NULL}};
	const struct stretches stretches = {.command = "gezien",
					    .sealed = true,
					    .more = more,
					    .since = days.since,
					    .lines = lines};
	code = audit_stretches(desk, &stretches, &told);
	secret_wipe(&person, sizeof person);
	if (code == DESK_DONE && told == 0)
		desk_say(desk, "nothing of this was asked since %s", days.since);
	return code;
}

// SPDX-License-Identifier: EUPL-1.2
// Who asked what: the daemon reads it back from its log (core/gezien.c).
#include "audit/audit.h"

#include "audit/person.h"
#include "audit/stretches.h"
#include "base/clock.h"
#include "crypto/secret.h"
#include "desk/answer.h"

#include <string.h>

#define DAYS_MAX 36500
#define WORDS_MAX 6

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

static enum result tell(struct desk *desk, struct bytes value, const char *const *names,
			size_t count)
{
	struct asked_line line;
	struct desk_line out;
	enum result result = read_line(value, count, &line);
	if (result != RESULT_OK)
		return result;
	desk_say(desk, "%.*s  entry %-8llu %.*s", (int)line.moment.len,
		 (const char *)line.moment.data, (unsigned long long)line.index,
		 (int)(value.data + value.len - line.words[0].data),
		 (const char *)line.words[0].data);
	if (!desk->json)
		return RESULT_OK;
	desk_line_begin(&out);
	json_out_add_bytes(&out.out, "tijd", line.moment);
	json_out_add_number(&out.out, "index", line.index);
	for (size_t i = 0; i < count; i++)
		if (!bytes_equal(line.words[i], bytes_of_text("-")))
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
	uint64_t days = 30, told = 0;
	char since[21];
	struct person person = {.soort = ""};
	int code = DESK_DONE;
	if (desk->argument_count > 0 &&
	    (number_parse(bytes_of_text(desk->arguments[0]), &days) != RESULT_OK || days == 0 ||
	     days > DAYS_MAX))
		return desk_misused(desk, "DAYS is a number from 1 to %d", DAYS_MAX);
	if (desk->argument_count > 1)
		code = person_read(desk, desk->arguments[1], &person);
	if (code != DESK_DONE)
		return code;
	int64_t from = clock_wall_ms() - (int64_t)days * MS_PER_DAY;
	time_format(since, from > 0 ? from : 0);
	const struct stretch_more more[] = {{person.soort[0] ? person.soort : NULL, person.waarde},
					    {NULL, NULL}};
	const struct stretches stretches = {
		.command = "gezien", .sealed = true, .more = more, .since = since, .lines = lines};
	code = audit_stretches(desk, &stretches, &told);
	secret_wipe(&person, sizeof person);
	if (code == DESK_DONE && told == 0)
		desk_say(desk, "nothing of this was asked since %s", since);
	return code;
}

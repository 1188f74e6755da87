// SPDX-License-Identifier: EUPL-1.2
// What one key sent and could receive since a moment: the daemon reads it back from its log.
#include "audit/audit.h"

#include "audit/stretches.h"
#include "base/clock.h"
#include "desk/answer.h"

#include <stdio.h>
#include <string.h>

#define WORDS_MAX 4

// The words that follow "<time> <entry> <gebeurtenis>", as core/trail.c says them.
static const struct {
	const char *gebeurtenis;
	struct {
		const char *name;
		bool is_number;
	} words[WORDS_MAX];
} rows[] = {
	{"ingestuurd", {{"type", 0}, {"uitkomst", 0}, {"id", 0}, {"zeker", 1}}},
	{"getekend", {{"wat", 0}}},
	{"verstrekt", {{"functie", 0}, {"number", 1}, {"melding", 1}, {"bevestigd", 1}}},
	{"bevestigd", {{"functie", 0}, {"number", 1}, {"verstrekking", 1}}},
};

struct trail_line {
	struct bytes moment, gebeurtenis, words[WORDS_MAX];
	uint64_t index, numbers[WORDS_MAX];
	size_t row, count;
};

static enum result read_words(struct bytes rest, struct trail_line *line)
{
	for (; line->count < WORDS_MAX && rows[line->row].words[line->count].name; line->count++) {
		size_t n = line->count;
		if (!word_take(&rest, &line->words[n]))
			return RESULT_MALFORMED;
		if (rows[line->row].words[n].is_number &&
		    number_parse(line->words[n], &line->numbers[n]) != RESULT_OK)
			return RESULT_MALFORMED;
	}
	return rest.len == 0 ? RESULT_OK : RESULT_MALFORMED;
}

static enum result read_line(struct bytes rest, struct trail_line *ret_line)
{
	struct trail_line line = {0};
	struct bytes index;
	if (!word_take(&rest, &line.moment) || !word_take(&rest, &index) ||
	    !word_take(&rest, &line.gebeurtenis) || number_parse(index, &line.index) != RESULT_OK)
		return RESULT_MALFORMED;
	while (line.row < sizeof rows / sizeof rows[0] &&
	       !bytes_equal(line.gebeurtenis, bytes_of_text(rows[line.row].gebeurtenis)))
		line.row++;
	if (line.row == sizeof rows / sizeof rows[0])
		return RESULT_MALFORMED;
	enum result result = read_words(rest, &line);
	*ret_line = line;
	return result;
}

static void tell_text(struct desk *desk, const struct trail_line *line)
{
	char text[400] = "";
	size_t used = 0;
	for (size_t i = 0; i < line->count; i++) {
		int more = snprintf(text + used, sizeof text - used, "  %s %.*s",
				    rows[line->row].words[i].name, (int)line->words[i].len,
				    (const char *)line->words[i].data);
		used += more > 0 ? (size_t)more : 0;
		if (used >= sizeof text)
			break;
	}
	desk_say(desk, "%.*s  entry %llu  %s%s", (int)line->moment.len,
		 (const char *)line->moment.data, (unsigned long long)line->index,
		 rows[line->row].gebeurtenis, text);
}

static enum result tell_line(struct desk *desk, struct bytes value)
{
	struct trail_line line;
	struct desk_line out;
	enum result result = read_line(value, &line);
	if (result != RESULT_OK)
		return result;
	if (!desk->json) {
		tell_text(desk, &line);
		return RESULT_OK;
	}
	desk_line_begin(&out);
	json_out_add_bytes(&out.out, "tijd", line.moment);
	json_out_add_number(&out.out, "index", line.index);
	json_out_add_bytes(&out.out, "gebeurtenis", line.gebeurtenis);
	for (size_t i = 0; i < line.count; i++) {
		const char *name = rows[line.row].words[i].name;
		bool is_flag = strcmp(name, "zeker") == 0 || strcmp(name, "bevestigd") == 0;
		if (is_flag)
			json_out_add_bool(&out.out, name, line.numbers[i] != 0);
		else if (rows[line.row].words[i].is_number)
			json_out_add_number(&out.out, name, line.numbers[i]);
		else
			json_out_add_bytes(&out.out, name, line.words[i]);
	}
	desk_line_end(desk, &out);
	return RESULT_OK;
}

static const struct stretch_line lines[] = {{"trail", tell_line}, {NULL, NULL}};

int audit_sleutel(struct desk *desk)
{
	const char *since = desk->argument_count > 1 ? desk->arguments[1] : "1970-01-01T00:00:00Z";
	int64_t moment;
	if (time_parse(bytes_of_text(since), &moment) != RESULT_OK)
		return desk_misused(desk, "SINCE is a time as 2026-11-22T10:00:00+01:00");
	const struct stretch_more more[] = {{"key", desk->arguments[0]}, {NULL, NULL}};
	const struct stretches stretches = {
		.command = "sleutel", .sealed = true, .more = more, .since = since, .lines = lines};
	uint64_t told = 0;
	int code = audit_stretches(desk, &stretches, &told);
	if (code == DESK_DONE && told == 0)
		desk_say(desk, "no entry names this key since %s", since);
	return code;
}

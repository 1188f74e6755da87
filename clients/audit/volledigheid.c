// SPDX-License-Identifier: EUPL-1.2
// Whether all that was sent came, and all that was given arrived: numbers of each source that never
// came, and what each ontvanger did not confirm yet. The daemon answers from its state; numbers and
// names of organisations, nothing about persons.
#include "audit/audit.h"

#include "base/clock.h"
#include "desk/answer.h"

#include <string.h>

static bool is_named(const struct control_line *line, const char *name)
{
	return bytes_equal(line->name, bytes_of_text(name));
}

// "<source> <number> <number>": of a gap from and to, of a source the highest and how many are
// lacking.
static enum result read_numbers(struct bytes rest, struct bytes *ret_source, uint64_t *ret_first,
				uint64_t *ret_second)
{
	struct bytes first;
	if (!word_take(&rest, ret_source) || !word_take(&rest, &first) ||
	    number_parse(first, ret_first) != RESULT_OK)
		return RESULT_MALFORMED;
	return number_parse(rest, ret_second);
}

static enum result tell_gap(struct desk *desk, struct bytes value)
{
	struct bytes source;
	uint64_t from, to;
	struct desk_line line;
	enum result result = read_numbers(value, &source, &from, &to);
	if (result != RESULT_OK)
		return result;
	desk_say(desk, "%.*s  %llu to %llu never came", (int)source.len, (const char *)source.data,
		 (unsigned long long)from, (unsigned long long)to);
	if (!desk->json)
		return RESULT_OK;
	desk_line_begin(&line);
	json_out_add_bytes(&line.out, "gat", source);
	json_out_add_number(&line.out, "van", from);
	json_out_add_number(&line.out, "tot", to);
	desk_line_end(desk, &line);
	return RESULT_OK;
}

static enum result tell_source(struct desk *desk, struct bytes value, uint64_t *missing_in_all)
{
	struct bytes source;
	uint64_t last, missing;
	struct desk_line line;
	enum result result = read_numbers(value, &source, &last, &missing);
	if (result != RESULT_OK)
		return result;
	*missing_in_all += missing;
	desk_say(desk, "%.*s  up to %llu, %llu of them never came", (int)source.len,
		 (const char *)source.data, (unsigned long long)last, (unsigned long long)missing);
	if (!desk->json)
		return RESULT_OK;
	desk_line_begin(&line);
	json_out_add_bytes(&line.out, "bron", source);
	json_out_add_number(&line.out, "hoogste", last);
	json_out_add_number(&line.out, "ontbreekt", missing);
	desk_line_end(desk, &line);
	return RESULT_OK;
}

static int ask_sources(struct desk *desk, uint64_t *missing_in_all)
{
	char next[160] = "";
	do {
		struct buffer request;
		struct answer *answer;
		enum result result = RESULT_OK;
		desk_question(&request, "completeness");
		if (next[0])
			control_append_text(&request, "next", next);
		int code = desk_ask(desk, &request, &answer);
		if (code != DESK_DONE)
			return code;
		for (size_t i = 0; result == RESULT_OK && i < answer->message.count; i++) {
			const struct control_line *line = &answer->message.lines[i];
			if (is_named(line, "gat"))
				result = tell_gap(desk, line->value);
			else if (is_named(line, "bron"))
				result = tell_source(desk, line->value, missing_in_all);
		}
		answer_text(answer, "next", next, sizeof next);
		answer_free(answer);
		if (result != RESULT_OK)
			return desk_odd_answer(desk, "a line that cannot be read");
	} while (next[0]);
	return DESK_DONE;
}

// ---- what was given ------------------------------------------------------------------------

// "last=5", "waiting=2", "since=<ms>"
static enum result read_field(struct bytes *rest, const char *name, uint64_t *ret_number)
{
	struct bytes word;
	size_t len = strlen(name);
	if (!word_take(rest, &word) || word.len <= len + 1 || memcmp(word.data, name, len) != 0 ||
	    word.data[len] != '=')
		return RESULT_MALFORMED;
	return number_parse(bytes_make(word.data + len + 1, word.len - len - 1), ret_number);
}

static enum result tell_queue(struct desk *desk, struct bytes rest)
{
	struct bytes ontvanger;
	uint64_t last, waiting, since;
	char moment[21];
	struct desk_line line;
	if (!word_take(&rest, &ontvanger) || read_field(&rest, "last", &last) != RESULT_OK ||
	    read_field(&rest, "waiting", &waiting) != RESULT_OK ||
	    read_field(&rest, "since", &since) != RESULT_OK)
		return RESULT_MALFORMED;
	time_format(moment, (int64_t)since);
	desk_say(desk, "%.*s  was given up to %llu, %llu not confirmed%s%s", (int)ontvanger.len,
		 (const char *)ontvanger.data, (unsigned long long)last,
		 (unsigned long long)waiting, waiting ? " since " : "", waiting ? moment : "");
	if (!desk->json)
		return RESULT_OK;
	desk_line_begin(&line);
	json_out_add_bytes(&line.out, "ontvanger", ontvanger);
	json_out_add_number(&line.out, "gegeven", last);
	json_out_add_number(&line.out, "onbevestigd", waiting);
	if (waiting)
		json_out_add_text(&line.out, "sinds", moment);
	desk_line_end(desk, &line);
	return RESULT_OK;
}

static int ask_queues(struct desk *desk)
{
	struct buffer request;
	struct answer *answer;
	enum result result = RESULT_OK;
	desk_question(&request, "status");
	int code = desk_ask(desk, &request, &answer);
	if (code != DESK_DONE)
		return code;
	for (size_t i = 0; result == RESULT_OK && i < answer->message.count; i++)
		if (is_named(&answer->message.lines[i], "queue"))
			result = tell_queue(desk, answer->message.lines[i].value);
	answer_free(answer);
	return result == RESULT_OK ? DESK_DONE
				   : desk_odd_answer(desk, "a queue that cannot be read");
}

int audit_volledigheid(struct desk *desk)
{
	uint64_t missing = 0;
	int code = ask_sources(desk, &missing);
	if (code == DESK_DONE)
		code = ask_queues(desk);
	return code == DESK_DONE && missing > 0 ? DESK_NO : code;
}

// SPDX-License-Identifier: EUPL-1.2
#include "desk/answer.h"

#include "keys/keys.h"
#include "melding/reason.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Answers come in pieces that are joined: a ceiling for all of them.
#define ANSWER_MAX (16u * 1024 * 1024)

void desk_question(struct buffer *request, const char *command)
{
	buffer_init(request, CONTROL_MESSAGE_MAX);
	buffer_append_text(request, command);
	buffer_append_text(request, "\n");
}

void answer_free(struct answer *answer)
{
	if (!answer)
		return;
	control_message_done(&answer->message);
	buffer_wipe(&answer->lines);
	free(answer);
}

const char *answer_text(const struct answer *answer, const char *name, char *room, size_t size)
{
	struct bytes value = control_value(&answer->message, name);
	snprintf(room, size, "%.*s", (int)value.len, value.data ? (const char *)value.data : "");
	return room;
}

enum result answer_number(const struct answer *answer, const char *name, uint64_t *ret_number)
{
	struct bytes value = control_value(&answer->message, name);
	return value.data ? number_parse(value, ret_number) : RESULT_NOT_FOUND;
}

bool answer_accepted(const struct control_message *message, struct accepted *ret_accepted)
{
	struct bytes rest = control_value(message, "acceptatie"), entry;
	struct accepted accepted = {.grond = control_value(message, "acceptatie-grond")};
	if (!word_take(&rest, &entry) || !word_take(&rest, &accepted.tot) ||
	    number_parse(entry, &accepted.entry) != RESULT_OK ||
	    number_parse(rest, &accepted.rijen) != RESULT_OK)
		return false;
	*ret_accepted = accepted;
	return true;
}

void answer_write_accepted(struct json_out *out, const struct control_message *message)
{
	struct accepted accepted;
	json_out_key(out, "acceptatie");
	if (!answer_accepted(message, &accepted)) {
		json_out_null(out);
		return;
	}
	json_out_object_begin(out);
	json_out_add_number(out, "entry", accepted.entry);
	json_out_add_bytes(out, "tot", accepted.tot);
	json_out_add_number(out, "rijen", accepted.rijen);
	json_out_add_bytes(out, "grond", accepted.grond);
	json_out_object_end(out);
}

struct bytes desk_refused_oin(struct bytes oin)
{
	return bytes_equal(oin, bytes_of_text(OIN_NOBODY)) ? bytes_of_text("never enrolled") : oin;
}

int desk_odd_answer(struct desk *desk, const char *about)
{
	struct problem problem = {0};
	problem_set(&problem, reason_code(REASON_MALFORMED),
		    "use the programs of one version of Knooppunt",
		    "knooppuntd answered in a form this program does not know: %s", about);
	return desk_fail(desk, &problem, DESK_BROKEN);
}

// A refusal of something (1), unless its reason is about a file or a moment.
static int exit_of(enum reason reason)
{
	if (reason >= REASON_BUSY && reason < REASON_SYNTAX) // their numbers say: try again
		return DESK_AGAIN;
	switch (reason) {
	case REASON_IN_USE:
		return DESK_AGAIN;
	case REASON_USAGE:
		return DESK_USAGE;
	case REASON_IO:
		return DESK_BROKEN;
	case REASON_NOT_SIGNED:
	case REASON_DAMAGED:
	case REASON_EXISTS:
	case REASON_NOT_PROVEN:
	case REASON_TWO_NEEDED:
	case REASON_HELD:
		return DESK_NO;
	default:
		return reason >= REASON_SYNTAX ? DESK_CONFIG : DESK_NO;
	}
}

static int tell_refusal(struct desk *desk, const struct answer *answer, struct bytes code)
{
	struct problem problem = {0};
	char room[240];
	uint64_t line = 0;
	enum reason reason = reason_of_code(code);
	if (reason == REASON_NONE)
		return desk_odd_answer(desk, "an unknown reason code");
	problem_set(&problem, reason_code(reason), reason_fix(reason), "%s", reason_text(reason));
	// What the daemon says of this very case is worth more than the general text.
	if (answer_text(answer, "message", room, sizeof room)[0])
		problem_set(&problem, problem.code, reason_fix(reason), "%s", room);
	if (answer_text(answer, "fix", room, sizeof room)[0])
		snprintf(problem.fix, sizeof problem.fix, "%s", room);
	if (answer_text(answer, "file", room, sizeof room)[0])
		problem_set_file(&problem, desk->object_file ? desk->object_file : room);
	if (answer_text(answer, "field", room, sizeof room)[0])
		problem_set_field(&problem, "%s", room);
	if (answer_number(answer, "line", &line) == RESULT_OK && line <= UINT32_MAX)
		problem.line = (unsigned)line;
	return desk_fail(desk, &problem, exit_of(reason));
}

int desk_settings(struct desk *desk, struct settings *ret_settings)
{
	struct problem problem = {0};
	enum result result = settings_read(desk->values[DESK_SETTINGS], ret_settings, &problem);
	if (result == RESULT_OK)
		return DESK_DONE;
	return desk_fail(desk, &problem, result == RESULT_IO ? DESK_BROKEN : DESK_CONFIG);
}

static void note_oefening(struct desk *desk, const struct answer *answer)
{
	struct bytes value = control_value(&answer->message, "oefening");
	if (bytes_equal(value, bytes_of_text("yes")))
		desk_oefening(desk);
}

// Reads the lines that came; the answer is ok, or what it refuses is told.
static int read_answer(struct desk *desk, struct answer *answer)
{
	enum result result = control_parse(buffer_view(&answer->lines), &answer->message);
	if (result != RESULT_OK)
		return desk_odd_answer(desk, result_name(result));
	struct bytes outcome = control_value(&answer->message, "result");
	if (!bytes_equal(outcome, bytes_of_text("ok")))
		return tell_refusal(desk, answer, outcome);
	note_oefening(desk, answer);
	return DESK_DONE;
}

static int exchange(struct desk *desk, struct bytes request, struct answer *answer)
{
	struct settings settings;
	struct problem problem = {0};
	int code = desk_settings(desk, &settings);
	if (code != DESK_DONE)
		return code;
	enum result result = control_ask(settings.control, request, &answer->lines, &problem);
	if (result == RESULT_OK)
		return read_answer(desk, answer);
	return desk_fail(desk, &problem,
			 result == RESULT_NOT_FOUND ? DESK_AGAIN : result_exit_code(result));
}

int desk_take(struct desk *desk, struct buffer *told, struct answer **ret_answer)
{
	struct answer *answer = calloc(1, sizeof *answer);
	struct problem problem = {0};
	int code = DESK_BROKEN;
	if (answer) {
		answer->lines = *told;
		buffer_init(told, 0);
		code = read_answer(desk, answer);
	} else {
		problem_set(&problem, reason_code(REASON_IO), "free some memory and ask again",
			    "there is no memory for the answer");
		desk_fail(desk, &problem, code);
	}
	if (code == DESK_DONE)
		*ret_answer = answer;
	else
		answer_free(answer);
	return code;
}

int desk_ask(struct desk *desk, struct buffer *request, struct answer **ret_answer)
{
	struct answer *answer = calloc(1, sizeof *answer);
	struct problem problem = {0};
	int code = DESK_BROKEN;
	if (answer)
		buffer_init(&answer->lines, ANSWER_MAX);
	if (answer && request->status == RESULT_OK) {
		code = exchange(desk, buffer_view(request), answer);
	} else {
		problem_set(&problem, reason_code(REASON_TOO_LONG), "ask for less at once",
			    "the question is larger than the control socket carries");
		desk_fail(desk, &problem, code);
	}
	buffer_wipe(request);
	if (code == DESK_DONE)
		*ret_answer = answer;
	else
		answer_free(answer);
	return code;
}

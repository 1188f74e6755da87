// SPDX-License-Identifier: EUPL-1.2
// Proposes to destroy the content of one melding. It needs the header hash, which the daemon knows
// by the id; what is signed is a text that the other role can read before it signs as well.
#include "audit/audit.h"

#include "base/file.h"
#include "base/shell.h"
#include "crypto/hash.h"
#include "desk/act.h"
#include "desk/answer.h"
#include "melding/reason.h"
#include "register/register.h"

#include <stdio.h>
#include <string.h>

static int misused(struct desk *desk, const char *what)
{
	struct problem problem = {.code = NULL};
	problem_set(&problem, reason_code(REASON_BAD_VALUE),
		    "name a ground in one line of at most 200 bytes, and no person", "%s", what);
	return desk_fail(desk, &problem, DESK_USAGE);
}

// Which entry it is, and its header hash.
static int ask_melding(struct desk *desk, struct wissing_opdracht *ret_opdracht)
{
	struct buffer request;
	struct answer *answer;
	desk_question(&request, "melding");
	control_append_text(&request, "id", desk->arguments[0]);
	if (desk->values[DESK_SOURCE])
		control_append_text(&request, "source", desk->values[DESK_SOURCE]);
	int code = desk_ask(desk, &request, &answer);
	if (code != DESK_DONE)
		return code;
	struct bytes header = control_value(&answer->message, "header");
	if (answer_number(answer, "index", &ret_opdracht->melding) != RESULT_OK ||
	    hex_decode(ret_opdracht->header_hash.b, 32, header) != RESULT_OK)
		code = desk_odd_answer(desk, "a melding without entry or header");
	answer_free(answer);
	return code;
}

static int tell(struct desk *desk, const struct answer *answer)
{
	char state[40], object[80];
	answer_text(answer, "state", state, sizeof state);
	answer_text(answer, "object", object, sizeof object);
	desk_say(desk, "melding %s: %s. The other role, beheerder or officer, approves it with:",
		 desk->arguments[0], state);
	desk_say_command(desk, "knooppunt-audit", "approve %s --key DIR", object);
	if (!desk->json)
		return DESK_DONE;
	struct desk_line line;
	desk_line_begin(&line);
	json_out_add_text(&line.out, "state", state);
	json_out_add_text(&line.out, "object", object);
	desk_line_end(desk, &line);
	return DESK_DONE;
}

static int propose(struct desk *desk, struct bytes opdracht)
{
	struct act_subject subject = {.soort = WISSING_SOORT, .object = sha256(opdracht)};
	struct buffer act, request;
	struct answer *answer;
	buffer_init(&act, ACT_FILE_MAX);
	int code = desk_act(desk, &subject, &act);
	if (code == DESK_DONE) {
		desk_question(&request, "propose");
		control_append_text(&request, "soort", WISSING_SOORT);
		control_append(&request, "object", opdracht);
		control_append(&request, "act", buffer_view(&act));
		code = desk_ask(desk, &request, &answer);
	}
	if (code == DESK_DONE) {
		code = tell(desk, answer);
		answer_free(answer);
	}
	buffer_done(&act);
	return code;
}

static void say_next(const struct desk *desk, const char *path)
{
	struct buffer file, words;
	buffer_init(&file, 4096);
	buffer_init(&words, 4096);
	shell_append(&file, path);
	shell_append(&words, desk->arguments[0]);
	buffer_append_text(&words, " ");
	shell_append(&words, desk->arguments[1]);
	buffer_append_text(&words, " ");
	shell_append_option(&words, "--source", desk->values[DESK_SOURCE]);
	desk_say(desk,
		 "the order is in %s. Read and sign it where the key is, then bring the act:\n"
		 "  knooppunt act %.*s --soort wissing --keys DIR --genesis FILE --out ACT",
		 path, (int)file.len, (const char *)file.data);
	desk_say_command(desk, "knooppunt-audit", "erase %.*s--act ACT", (int)words.len,
			 (const char *)words.data);
	buffer_done(&file);
	buffer_done(&words);
}

// For a role whose key is on another machine: the order, to be signed there with knooppunt act.
static int write_order(struct desk *desk, struct bytes order)
{
	struct problem problem = {.code = NULL};
	const char *path = desk->values[DESK_OUT];
	if (desk->values[DESK_KEY] || desk->values[DESK_ACT])
		return desk_misused(desk, "give --out, or --key or --act to sign and send it");
	enum result result = file_create(path, order, 0644);
	if (result != RESULT_OK) {
		problem_set_file(&problem, path);
		problem_set(&problem,
			    reason_code(result == RESULT_EXISTS ? REASON_EXISTS : REASON_IO),
			    "name a file that is not there yet, in a folder that is",
			    "the order cannot be written: %s", result_name(result));
		return desk_fail(desk, &problem, DESK_CONFIG);
	}
	say_next(desk, path);
	if (!desk->json)
		return DESK_DONE;
	char object[65];
	struct desk_line line;
	struct hash hash = sha256(order);
	hex_encode(object, bytes_of_hash(&hash));
	desk_line_begin(&line);
	json_out_add_text(&line.out, "order", path);
	json_out_add_text(&line.out, "object", object);
	desk_line_end(desk, &line);
	return DESK_DONE;
}

int audit_erase(struct desk *desk)
{
	struct wissing_opdracht opdracht = {.melding = 0};
	const char *grond = desk->arguments[1];
	struct buffer text;
	if (strlen(grond) > WISSING_GROND_MAX)
		return misused(desk, "the ground is too long");
	memcpy(opdracht.grond, grond, strlen(grond));
	int code = ask_melding(desk, &opdracht);
	if (code != DESK_DONE)
		return code;
	buffer_init(&text, WISSING_OPDRACHT_MAX);
	if (wissing_opdracht_write(&opdracht, &text) != RESULT_OK)
		code = misused(desk, "the ground is not one clean line");
	else if (desk->values[DESK_OUT])
		code = write_order(desk, buffer_view(&text));
	else
		code = propose(desk, buffer_view(&text));
	buffer_done(&text);
	return code;
}

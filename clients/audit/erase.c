// SPDX-License-Identifier: EUPL-1.2
// Proposes to destroy the content of one melding. It needs the header hash, which the daemon knows
// by the id; what is signed is a text that the other role can read before it signs as well.
#include "audit/audit.h"

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
	desk_say(desk,
		 "%s. The other role, beheerder or officer, approves it with:\n"
		 "  knooppunt-audit approve %s --key DIR",
		 state, object);
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
	else
		code = propose(desk, buffer_view(&text));
	buffer_done(&text);
	return code;
}

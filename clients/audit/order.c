// SPDX-License-Identifier: EUPL-1.2
#include "audit/order.h"

#include "crypto/hash.h"
#include "desk/act.h"
#include "desk/answer.h"

int order_melding(struct desk *desk, const char *id, struct wissing_opdracht *ret_opdracht)
{
	struct buffer request;
	struct answer *answer;
	desk_question(&request, "melding");
	control_append_text(&request, "id", id);
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

static int tell(struct desk *desk, const char *soort, const struct answer *answer)
{
	char state[40], object[80];
	answer_text(answer, "state", state, sizeof state);
	answer_text(answer, "object", object, sizeof object);
	desk_say(desk, "%s: %s. The other role, beheerder or officer, approves it with:", soort,
		 state);
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

int order_propose(struct desk *desk, const char *soort, struct bytes text)
{
	struct act_subject subject = {.soort = soort, .object = sha256(text)};
	struct buffer act, request;
	struct answer *answer;
	buffer_init(&act, ACT_FILE_MAX);
	int code = desk_act(desk, &subject, &act);
	if (code == DESK_DONE) {
		desk_question(&request, "propose");
		control_append_text(&request, "soort", soort);
		control_append(&request, "object", text);
		control_append(&request, "act", buffer_view(&act));
		code = desk_ask(desk, &request, &answer);
	}
	if (code == DESK_DONE) {
		code = tell(desk, soort, answer);
		answer_free(answer);
	}
	buffer_done(&act);
	return code;
}

// SPDX-License-Identifier: EUPL-1.2
#include "audit/order.h"

#include "crypto/hash.h"
#include "desk/act.h"
#include "desk/answer.h"

#include <stdio.h>

struct bytes order_value(const struct control_message *message, size_t at, const char *name)
{
	for (size_t i = at + 1; i < message->count; i++) {
		if (bytes_equal(message->lines[i].name, bytes_of_text("object")))
			break;
		if (bytes_equal(message->lines[i].name, bytes_of_text(name)))
			return message->lines[i].value;
	}
	return bytes_of_text("");
}

void order_read_goes(const struct control_message *message, size_t at, struct order_goes *ret_goes)
{
	struct bytes wat = order_value(message, at, "wat");
	*ret_goes = (struct order_goes){.over = 0};
	snprintf(ret_goes->wat, sizeof ret_goes->wat, "%.*s", (int)wat.len, (const char *)wat.data);
	if (number_parse(order_value(message, at, "over"), &ret_goes->over) != RESULT_OK)
		ret_goes->over = 0;
}

void order_say_goes(const struct desk *desk, const struct order_goes *goes, const char *melding)
{
	if (goes->over)
		desk_say(desk,
			 "  what goes is the content of this %s alone (of a weging its "
			 "motivering)\n  %s, which it is about, stays",
			 goes->wat, melding);
	else if (goes->wat[0])
		desk_say(desk,
			 "  what goes is the content of this %s, and the motivering of every "
			 "weging about it\n  %s",
			 goes->wat, melding);
	else
		desk_say(desk, "  %s", melding);
}

int order_melding(struct desk *desk, const char *id, struct wissing_opdracht *ret_opdracht,
		  struct order_goes *ret_goes)
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
	order_read_goes(&answer->message, 0, ret_goes);
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

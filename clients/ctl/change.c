// SPDX-License-Identifier: EUPL-1.2
#include "ctl/change.h"

#include "crypto/hash.h"
#include "ctl/ctl.h"
#include "desk/act.h"
#include "desk/answer.h"

#include <string.h>

static void tell_state(struct desk *desk, const struct change *change, const struct answer *answer)
{
	char state[40], object[80];
	answer_text(answer, "state", state, sizeof state);
	answer_text(answer, "object", object, sizeof object);
	if (change->key)
		desk_say(desk, "key %s: compare it with the partner, by telephone", change->key);
	if (strcmp(state, "voorgesteld") != 0) {
		desk_say(desk, "%s: %s", change->naam, state);
		return;
	}
	desk_say(desk, "%s: voorgesteld. The officer approves it with:", change->naam);
	desk_say_command(desk, "knooppunt-audit", "approve %s --key DIR", object);
	if (!change->replaces)
		return;
	desk_say(desk, "Then both keys count. Once the partner says that it uses the new one:");
	desk_say_command(desk, "knooppuntctl", "partner revoke %s --key DIR", change->replaces);
}

static int tell_change(struct desk *desk, const struct change *change, const struct answer *answer)
{
	struct bytes state = control_value(&answer->message, "state");
	struct bytes object = control_value(&answer->message, "object");
	uint64_t index = 0;
	enum result has_index = answer_number(answer, "index", &index);
	if (!state.data || has_index == RESULT_MALFORMED)
		return desk_odd_answer(desk, "a proposal without its state");
	tell_state(desk, change, answer);
	if (!desk->json)
		return DESK_DONE;
	struct desk_line line;
	desk_line_begin(&line);
	json_out_key(&line.out, "index");
	if (has_index == RESULT_OK)
		json_out_number(&line.out, index);
	else
		json_out_null(&line.out);
	json_out_add_bytes(&line.out, "state", state);
	json_out_add_bytes(&line.out, "object", object);
	if (change->key)
		json_out_add_text(&line.out, "key", change->key);
	if (change->replaces)
		json_out_add_text(&line.out, "replaces", change->replaces);
	desk_line_end(desk, &line);
	return DESK_DONE;
}

int change_propose(struct desk *desk, const struct change *change)
{
	struct act_subject subject = {.soort = change->soort, .object = sha256(change->object)};
	struct buffer act, request;
	struct answer *answer;
	buffer_init(&act, ACT_FILE_MAX);
	int code = desk_act(desk, &subject, &act);
	if (code == DESK_DONE) {
		desk_question(&request, "propose");
		control_append_text(&request, "soort", change->soort);
		control_append(&request, "object", change->object);
		control_append(&request, "act", buffer_view(&act));
		desk->object_file = change->file;
		code = desk_ask(desk, &request, &answer);
	}
	if (code == DESK_DONE) {
		code = tell_change(desk, change, answer);
		answer_free(answer);
	}
	buffer_done(&act);
	return code;
}

int change_propose_file(struct desk *desk, const char *soort, size_t ceiling)
{
	struct buffer document;
	buffer_init(&document, ceiling);
	int code = desk_read_file(desk, desk->arguments[0], ceiling, &document);
	if (code == DESK_DONE) {
		struct change change = {.soort = soort,
					.object = buffer_view(&document),
					.naam = desk->arguments[0],
					.file = desk->arguments[0]};
		code = change_propose(desk, &change);
	}
	buffer_done(&document);
	return code;
}

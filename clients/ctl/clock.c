// SPDX-License-Identifier: EUPL-1.2
#include "ctl/ctl.h"

#include "desk/answer.h"

int ctl_clock_confirm(struct desk *desk)
{
	struct buffer request;
	struct answer *answer;
	struct desk_line line;
	desk_question(&request, "clock");
	control_append_text(&request, "confirm", "yes");
	int code = desk_ask(desk, &request, &answer);
	if (code != DESK_DONE)
		return code;
	struct bytes clock = control_value(&answer->message, "clock");
	desk_say(desk, "the knooppunt goes by %.*s", (int)clock.len, (const char *)clock.data);
	if (desk->json) {
		desk_line_begin(&line);
		json_out_add_bytes(&line.out, "clock", clock);
		desk_line_end(desk, &line);
	}
	answer_free(answer);
	return code;
}

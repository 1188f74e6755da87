// SPDX-License-Identifier: EUPL-1.2
// key: the keys of the knooppunt itself. The texts that are signed come from `knooppuntd rotate`.
#include "ctl/ctl.h"

#include "ctl/change.h"
#include "desk/answer.h"
#include "register/huissleutel.h"

#include <string.h>

int ctl_key_propose(struct desk *desk)
{
	return change_propose_file(desk, HUISSLEUTEL_SOORT, HUISSLEUTEL_MAX);
}

int ctl_key_end(struct desk *desk)
{
	return change_propose_file(desk, HUISSLEUTEL_EINDE_SOORT, HUISSLEUTEL_MAX);
}

// A line "<gebruik> <state> <index> <key>", of a transport key with its adres behind it.
static bool tell_key(struct desk *desk, struct bytes line)
{
	struct bytes gebruik, state, index, key;
	uint64_t entry;
	struct desk_line out;
	if (!word_take(&line, &gebruik) || !word_take(&line, &state) || !word_take(&line, &index) ||
	    number_parse(index, &entry) != RESULT_OK || !word_take(&line, &key))
		return false;
	desk_say(desk, "%.*s  %.*s since entry %llu  %.*s%s%.*s", (int)gebruik.len,
		 (const char *)gebruik.data, (int)state.len, (const char *)state.data,
		 (unsigned long long)entry, (int)key.len, (const char *)key.data,
		 line.len > 0 ? "  " : "", (int)line.len, (const char *)line.data);
	if (!desk->json)
		return true;
	desk_line_begin(&out);
	json_out_add_bytes(&out.out, "gebruik", gebruik);
	json_out_add_bytes(&out.out, "state", state);
	json_out_add_number(&out.out, "index", entry);
	json_out_add_bytes(&out.out, "key", key);
	if (line.len > 0)
		json_out_add_bytes(&out.out, "adres", line);
	desk_line_end(desk, &out);
	return true;
}

int ctl_key_list(struct desk *desk)
{
	struct buffer request;
	struct answer *answer;
	desk_question(&request, "log");
	int code = desk_ask(desk, &request, &answer);
	if (code != DESK_DONE)
		return code;
	for (size_t i = 0; code == DESK_DONE && i < answer->message.count; i++) {
		const struct control_line *line = &answer->message.lines[i];
		if (bytes_equal(line->name, bytes_of_text("huissleutel")) &&
		    !tell_key(desk, line->value))
			code = desk_odd_answer(desk, "a key of the knooppunt");
	}
	answer_free(answer);
	return code;
}

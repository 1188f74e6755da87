// SPDX-License-Identifier: EUPL-1.2
#include "audit/stretches.h"

#include "desk/answer.h"

static enum result tell_lines(struct desk *desk, const struct stretches *stretches,
			      const struct answer *answer, uint64_t *told)
{
	const struct control_message *message = &answer->message;
	struct bytes name = bytes_of_text(stretches->line);
	enum result result = RESULT_OK;
	for (size_t i = 0; result == RESULT_OK && i < message->count; i++)
		if (bytes_equal(message->lines[i].name, name)) {
			result = stretches->tell(desk, message->lines[i].value);
			++*told;
		}
	return result;
}

// One stretch, below *before (0: from the end of the log); *before is where the next one ends, 0
// when all was read.
static int tell_stretch(struct desk *desk, const struct stretches *stretches, uint64_t *before,
			uint64_t *told)
{
	struct buffer request;
	struct answer *answer;
	desk_question(&request, stretches->command);
	if (stretches->key)
		control_append_text(&request, "key", stretches->key);
	control_append_text(&request, "since", stretches->since);
	if (*before > 0)
		control_append_number(&request, "before", *before);
	int code = desk_ask(desk, &request, &answer);
	if (code != DESK_DONE)
		return code;
	uint64_t next = 0;
	enum result result = answer_number(answer, "before", &next);
	if (result == RESULT_NOT_FOUND)
		result = RESULT_OK; // all was read
	if (next > 0 && *before > 0 && next >= *before)
		result = RESULT_MALFORMED; // it would never end
	if (result == RESULT_OK)
		result = tell_lines(desk, stretches, answer, told);
	answer_free(answer);
	*before = next;
	return result == RESULT_OK ? DESK_DONE
				   : desk_odd_answer(desk, "a line that cannot be read");
}

int audit_stretches(struct desk *desk, const struct stretches *stretches, uint64_t *ret_told)
{
	uint64_t before = 0, told = 0;
	int code;
	do
		code = tell_stretch(desk, stretches, &before, &told);
	while (code == DESK_DONE && before > 0);
	*ret_told = told;
	return code;
}

// SPDX-License-Identifier: EUPL-1.2
// What was refused without an entry of its own, per minute, partner and reason: the daemon reads it
// back from the ticks of its log, a stretch of the log an answer.
#include "audit/audit.h"

#include "base/clock.h"
#include "desk/answer.h"
#include "melding/reason.h"

#include <string.h>

#define DAYS_MAX 36500
#define ENTRY_WORD "entry="

// "<minute> <oin> <reason> <count> entry=<index>"
struct refusal_line {
	struct bytes minute, oin, reason;
	uint64_t count, index;
};

static enum result read_line(struct bytes rest, struct refusal_line *ret_line)
{
	struct bytes count, entry;
	size_t skip = sizeof ENTRY_WORD - 1;
	if (!word_take(&rest, &ret_line->minute) || !word_take(&rest, &ret_line->oin) ||
	    !word_take(&rest, &ret_line->reason) || !word_take(&rest, &count) ||
	    !word_take(&rest, &entry) || entry.len <= skip ||
	    memcmp(entry.data, ENTRY_WORD, skip) != 0)
		return RESULT_MALFORMED;
	enum result result = number_parse(count, &ret_line->count);
	return result ? result
		      : number_parse(bytes_make(entry.data + skip, entry.len - skip),
				     &ret_line->index);
}

static void tell_line(struct desk *desk, const struct refusal_line *refusal)
{
	struct desk_line line;
	if (!desk->json) {
		struct bytes oin = desk_refused_oin(refusal->oin);
		desk_say(desk, "%.*s  %-20.*s  %6llu  %.*s", (int)refusal->minute.len,
			 (const char *)refusal->minute.data, (int)oin.len, (const char *)oin.data,
			 (unsigned long long)refusal->count, (int)refusal->reason.len,
			 (const char *)refusal->reason.data);
		return;
	}
	desk_line_begin(&line);
	json_out_add_bytes(&line.out, "minuut", refusal->minute);
	json_out_add_bytes(&line.out, "oin", refusal->oin);
	json_out_add_bytes(&line.out, "reden", refusal->reason);
	json_out_add_number(&line.out, "aantal", refusal->count);
	json_out_add_number(&line.out, "index", refusal->index);
	desk_line_end(desk, &line);
}

static enum result tell_lines(struct desk *desk, const struct answer *answer)
{
	const struct control_message *message = &answer->message;
	enum result result = RESULT_OK;
	for (size_t i = 0; result == RESULT_OK && i < message->count; i++) {
		struct refusal_line refusal;
		if (!bytes_equal(message->lines[i].name, bytes_of_text("refusal")))
			continue;
		result = read_line(message->lines[i].value, &refusal);
		if (result == RESULT_OK)
			tell_line(desk, &refusal);
	}
	return result;
}

// One stretch of the log, below *before (0: from its end); *before is where the next one ends, 0
// when all was read.
static int tell_stretch(struct desk *desk, const char *since, uint64_t *before)
{
	struct buffer request;
	struct answer *answer;
	desk_question(&request, "refusals");
	control_append_text(&request, "since", since);
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
		result = tell_lines(desk, answer);
	answer_free(answer);
	*before = next;
	return result == RESULT_OK ? DESK_DONE
				   : desk_odd_answer(desk, "a refusal that cannot be read");
}

int audit_weigeringen(struct desk *desk)
{
	uint64_t days = 1, before = 0;
	char since[21];
	if (desk->argument_count > 0 &&
	    (number_parse(bytes_of_text(desk->arguments[0]), &days) != RESULT_OK || days == 0 ||
	     days > DAYS_MAX))
		return desk_misused(desk, "DAYS is a number from 1 to %d", DAYS_MAX);
	int64_t from = clock_wall_ms() - (int64_t)days * MS_PER_DAY;
	time_format(since, from > 0 ? from : 0);
	int code;
	do
		code = tell_stretch(desk, since, &before);
	while (code == DESK_DONE && before > 0);
	return code;
}

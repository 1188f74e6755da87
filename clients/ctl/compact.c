// SPDX-License-Identifier: EUPL-1.2
// compact: the daemon does it, with acceptance paused, and this waits and tells what came of it.
#include "ctl/ctl.h"

#include "desk/answer.h"

#define MIB (1024 * 1024)

static const struct {
	const char *line, *key;
} numbers[] = {{"log_before", "log_before"}, {"log_after", "log_after"}, {"gone", "gone"}};
#define NUMBERS (sizeof numbers / sizeof numbers[0])

static int tell(struct desk *desk, const struct answer *answer)
{
	struct desk_line line;
	uint64_t told[NUMBERS];
	for (size_t i = 0; i < NUMBERS; i++)
		if (answer_number(answer, numbers[i].line, &told[i]) != RESULT_OK)
			return desk_odd_answer(desk, "a compaction without its sizes");
	desk_say(desk, "the log is written anew and verified: %llu MiB, where it was %llu",
		 (unsigned long long)(told[1] + MIB - 1) / MIB,
		 (unsigned long long)(told[0] + MIB - 1) / MIB);
	desk_say(desk,
		 "of %llu rows whose keys were destroyed nothing is left; what leads to "
		 "persons is made anew under new keys",
		 (unsigned long long)told[2]);
	if (!desk->json)
		return DESK_DONE;
	desk_line_begin(&line);
	json_out_add_bytes(&line.out, "last", control_value(&answer->message, "last"));
	for (size_t i = 0; i < NUMBERS; i++)
		json_out_add_number(&line.out, numbers[i].key, told[i]);
	desk_line_end(desk, &line);
	return DESK_DONE;
}

int ctl_compact(struct desk *desk)
{
	struct buffer request;
	struct answer *answer;
	desk_question(&request, "compact");
	int code = desk_ask(desk, &request, &answer);
	if (code != DESK_DONE)
		return code;
	code = tell(desk, answer);
	answer_free(answer);
	return code;
}

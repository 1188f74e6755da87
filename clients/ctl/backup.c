// SPDX-License-Identifier: EUPL-1.2
// backup: the daemon makes it, in the folder that its settings name, and this tells what was made.
#include "ctl/ctl.h"

#include "desk/answer.h"

#define PATH_LEN 400
#define MIB (1024 * 1024)

static const struct {
	const char *line, *key;
	bool number;
} told[] = {
	{"moment", "moment", false},     {"size", "size", true},
	{"log", "log", false},           {"log-bytes", "log_bytes", true},
	{"keystore", "keystore", false}, {"keystore-bytes", "keystore_bytes", true},
};

static int print(struct desk *desk, const struct answer *answer)
{
	struct desk_line line;
	uint64_t number;
	if (!desk->json)
		return DESK_DONE;
	desk_line_begin(&line);
	for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
		if (!told[i].number)
			json_out_add_bytes(&line.out, told[i].key,
					   control_value(&answer->message, told[i].line));
		else if (answer_number(answer, told[i].line, &number) == RESULT_OK)
			json_out_add_number(&line.out, told[i].key, number);
	}
	json_out_key(&line.out, "removed");
	json_out_array_begin(&line.out);
	for (size_t i = 0; i < answer->message.count; i++)
		if (bytes_equal(answer->message.lines[i].name, bytes_of_text("removed")))
			json_out_text(&line.out, answer->message.lines[i].value);
	json_out_array_end(&line.out);
	desk_line_end(desk, &line);
	return DESK_DONE;
}

static int tell(struct desk *desk, const struct answer *answer)
{
	char log[PATH_LEN], keystore[PATH_LEN], not_removed[64];
	uint64_t size, bytes;
	if (answer_number(answer, "size", &size) != RESULT_OK ||
	    answer_number(answer, "log-bytes", &bytes) != RESULT_OK)
		return desk_odd_answer(desk, "a backup without its sizes");
	desk_say(desk, "%llu entries are in %s (%llu MiB), verified", (unsigned long long)size,
		 answer_text(answer, "log", log, sizeof log),
		 (unsigned long long)(bytes + MIB - 1) / MIB);
	desk_say(desk, "the keystore that goes with them, sealed: %s",
		 answer_text(answer, "keystore", keystore, sizeof keystore));
	for (size_t i = 0; i < answer->message.count; i++) {
		const struct control_line *line = &answer->message.lines[i];
		if (bytes_equal(line->name, bytes_of_text("removed")))
			desk_say(desk, "removed, for its days are over: %.*s", (int)line->value.len,
				 (const char *)line->value.data);
	}
	answer_text(answer, "not-removed", not_removed, sizeof not_removed);
	if (!not_removed[0])
		return print(desk, answer);
	desk_say(desk, "NOT ALL copies of the keystore whose days are over could be removed: %s",
		 not_removed);
	(void)print(desk, answer);
	return DESK_BROKEN;
}

int ctl_backup(struct desk *desk)
{
	struct buffer request;
	struct answer *answer;
	desk_question(&request, "backup");
	int code = desk_ask(desk, &request, &answer);
	if (code != DESK_DONE)
		return code;
	code = tell(desk, answer);
	answer_free(answer);
	return code;
}

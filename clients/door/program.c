// SPDX-License-Identifier: EUPL-1.2
#include "door/program.h"

#include "melding/reason.h"
#include "json/problem_json.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>

void program_find_json(struct program *program, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		program->json = program->json || strcmp(argv[i], "--json") == 0;
}

int program_introduce(const struct program *program, const char *word)
{
	int said = 0;
	if (strcmp(word, "--help") == 0)
		said = fputs(program->help, stdout);
	else if (strcmp(word, "--version") == 0)
		said = printf("%s %s\n", program->name, KNP_VERSION);
	else
		return -1;
	return said < 0 ? PROGRAM_BROKEN : PROGRAM_DONE;
}

int program_fail(const struct program *program, enum result result, const struct problem *problem)
{
	struct json_out out;
	struct buffer line;
	struct problem told = *problem;
	if (!told.code)
		problem_set(&told, reason_code(REASON_IO), reason_fix(REASON_IO), "%s",
			    result_name(result));
	if (!program->json) {
		problem_say(program->name, &told);
		return result_exit_code(result);
	}
	json_line_begin(&out, &line);
	json_out_key(&out, "error");
	json_out_problem(&out, &told);
	return json_line_end(&out, &line) ? result_exit_code(result) : PROGRAM_BROKEN;
}

int program_give_up(const struct program *program, enum result result,
		    const struct problem *problem)
{
	int code = program_fail(program, result, problem);
	return code == PROGRAM_NO ? PROGRAM_CONFIG : code;
}

int program_misused(const struct program *program)
{
	struct problem problem = {.code = NULL};
	char fix[80];
	snprintf(fix, sizeof fix, "see %s --help", program->name);
	problem_set(&problem, reason_code(REASON_USAGE), fix,
		    "the command line cannot be understood");
	(void)program_fail(program, RESULT_CONFIG, &problem);
	return PROGRAM_USAGE;
}

int program_fine(const struct program *program)
{
	struct json_out out;
	struct buffer line;
	if (!program->json)
		return fprintf(stderr, "%s: the settings are fine\n", program->name) < 0
			       ? PROGRAM_BROKEN
			       : PROGRAM_DONE;
	json_line_begin(&out, &line);
	json_out_add_bool(&out, "ok", true);
	return json_line_end(&out, &line) ? PROGRAM_DONE : PROGRAM_BROKEN;
}

int program_open_signals(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC);
}

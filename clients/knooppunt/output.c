// SPDX-License-Identifier: EUPL-1.2
// Telling outcomes and errors, to programs and to people.
#include "knooppunt/cli.h"

#include "json/problem_json.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void cli_line_begin(struct cli_line *line)
{
	json_line_begin(&line->out, &line->buffer);
}

bool cli_line_end(struct cli *cli, struct cli_line *line)
{
	bool ok = json_line_end(&line->out, &line->buffer);
	cli->unprinted = cli->unprinted || !ok;
	return ok;
}

bool cli_flush(struct cli *cli)
{
	if (fflush(stdout) != 0)
		cli->unprinted = true;
	// A pipe or terminal cannot be synced; what is in it is out.
	if (fsync(STDOUT_FILENO) != 0 && errno != EINVAL && errno != EROFS && errno != EBADF)
		cli->unprinted = true;
	return !cli->unprinted;
}

void cli_say(const struct cli *cli, const char *format, ...)
{
	va_list args;
	if (cli->json)
		return;
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

int cli_fail(struct cli *cli, const struct problem *problem, int exit_code)
{
	if (!cli->json) {
		problem_say("knooppunt", problem);
		return exit_code;
	}
	struct cli_line line;
	cli_line_begin(&line);
	json_out_key(&line.out, "error");
	json_out_problem(&line.out, problem);
	cli_line_end(cli, &line);
	return exit_code;
}

static int fail_with(struct cli *cli, enum reason reason, const char *fix, int exit_code,
		     const char *message)
{
	struct problem problem = {.code = NULL};
	problem_set(&problem, reason_code(reason), fix, "%s", message);
	return cli_fail(cli, &problem, exit_code);
}

int cli_fail_reason(struct cli *cli, enum reason reason, int exit_code, const char *format, ...)
{
	char message[240];
	va_list args;
	va_start(args, format);
	if (vsnprintf(message, sizeof message, format, args) < 0)
		message[0] = '\0';
	va_end(args);
	return fail_with(cli, reason, reason_fix(reason), exit_code, message);
}

int cli_misused(struct cli *cli, const char *format, ...)
{
	char message[240], fix[80];
	va_list args;
	va_start(args, format);
	if (vsnprintf(message, sizeof message, format, args) < 0)
		message[0] = '\0';
	va_end(args);
	snprintf(fix, sizeof fix, "see knooppunt %s%s--help",
		 cli->command ? cli->command->name : "", cli->command ? " " : "");
	return fail_with(cli, REASON_USAGE, fix, CLI_USAGE, message);
}

int cli_worse(int a, int b)
{
	static const int heaviest_first[] = {CLI_BROKEN, CLI_CONFIG, CLI_USAGE, CLI_NO, CLI_AGAIN};
	for (size_t i = 0; i < sizeof heaviest_first / sizeof heaviest_first[0]; i++) {
		if (a == heaviest_first[i] || b == heaviest_first[i])
			return heaviest_first[i];
	}
	return CLI_DONE;
}

bool cli_number(const char *text, uint64_t max, uint64_t *ret_number)
{
	uint64_t number = 0;
	if (text[0] == '\0' || strlen(text) > 19)
		return false;
	for (const char *p = text; *p; p++) {
		if (*p < '0' || *p > '9')
			return false;
		number = number * 10 + (uint64_t)(*p - '0');
	}
	if (number > max)
		return false;
	*ret_number = number;
	return true;
}

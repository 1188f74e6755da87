// SPDX-License-Identifier: EUPL-1.2
// Statements about a casus, from a file: what a dossier system writes, so that nothing about a
// person stands on a command line.
#include "knooppunt/cli.h"

#include "base/clock.h"

#include <stdio.h>

#define STATEMENT_JSON_MAX (64 * 1024)
#define ARENA_EXTRA (64 * 1024)

static int parse(struct cli *cli, uint32_t type, struct bytes text, struct arena *arena,
		 struct velden_file *ret_file)
{
	struct problem problem = {.code = NULL};
	const struct velden_json_input input = {.text = text,
						.file = cli->arguments[0],
						.row = type_row(type),
						.today = date_amsterdam(clock_wall_ms())};
	enum result result = velden_json_read(&input, arena, ret_file, &problem);
	if (result == RESULT_OK)
		return CLI_DONE;
	if (!problem.code)
		return cli_fail_reason(cli, REASON_IO, CLI_BROKEN,
				       "there is not enough memory to read the file");
	return cli_fail(cli, &problem, result_exit_code(result));
}

int cli_read_statement(struct cli *cli, uint32_t type, struct arena **ret_arena,
		       struct velden_file *ret_file)
{
	struct buffer text;
	*ret_arena = NULL;
	buffer_init(&text, STATEMENT_JSON_MAX);
	int code = cli_read(cli, cli->arguments[0], STATEMENT_JSON_MAX, &text);
	if (code == CLI_DONE && arena_new(8 * text.len + ARENA_EXTRA, ret_arena) != RESULT_OK)
		code = cli_fail_reason(cli, REASON_IO, CLI_BROKEN,
				       "there is not enough memory to read the file");
	if (code == CLI_DONE)
		code = parse(cli, type, buffer_view(&text), *ret_arena, ret_file);
	buffer_wipe(&text);
	return code;
}

static int say(struct cli *cli, struct cli_statement statement)
{
	struct arena *arena;
	struct velden_file file;
	int code = cli_read_statement(cli, statement.type, &arena, &file);
	if (code == CLI_DONE) {
		statement.velden = file.velden;
		statement.count = file.count;
		code = cli_say_statement(cli, &statement);
	}
	arena_free(arena);
	return code;
}

int cli_casus(struct cli *cli)
{
	return say(cli, (struct cli_statement){.type = TYPE_CASUS});
}

int cli_regie(struct cli *cli)
{
	return say(cli, (struct cli_statement){.type = TYPE_REGIE});
}

int cli_casusstand(struct cli *cli)
{
	return say(cli, (struct cli_statement){.type = TYPE_CASUSSTAND});
}

int cli_terugkoppeling(struct cli *cli)
{
	return say(cli, (struct cli_statement){.type = TYPE_ZSM_TERUGKOPPELING});
}

int cli_advies(struct cli *cli)
{
	return say(cli, (struct cli_statement){.type = TYPE_ZSM_ADVIES});
}

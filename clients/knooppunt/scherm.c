// SPDX-License-Identifier: EUPL-1.2
// scherm: shows on one screen what all who are present at an overleg may see of meldingen on its
// agenda. It is recorded first, as a verstrekking to each of them: what was asked and not shown
// stands as shown.
#include "knooppunt/cli.h"

#include "base/clock.h"
#include "control/control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOLD_MAX (1024 * 1024)
#define ARENA_BYTES (8u * 1024 * 1024)
#define FIXED_LINES 4

struct showing {
	struct cli *cli;
	struct client *client;
	struct arena *arena;
	struct cli_lines lines;
	char zitting[16];
	const char *entry; // of the melding in hand
	uint64_t index;    // of the entry by which it is recorded
	struct bytes bron; // empty: not to be known to all
	struct rubriek *rubrieken;
	size_t rubriek_count, own_count; // the sender's come first
};

// ---- what came -------------------------------------------------------------------------------

static enum result take_rubrieken(struct showing *s, const struct control_message *message,
				  const char *name)
{
	enum result result = RESULT_OK;
	for (size_t i = 0; result == RESULT_OK && i < message->count; i++) {
		const struct control_line *line = &message->lines[i];
		if (bytes_equal(line->name, bytes_of_text(name)))
			result = rubriek_decode(line->value, s->arena,
						&s->rubrieken[s->rubriek_count++]);
	}
	return result;
}

static enum result take_told(struct showing *s, const struct control_message *message)
{
	s->bron = control_value(message, "bron");
	s->rubriek_count = 0;
	s->rubrieken = arena_alloc(s->arena, (message->count + 1) * sizeof *s->rubrieken);
	if (!s->rubrieken)
		return RESULT_NO_MEMORY;
	enum result result = take_rubrieken(s, message, "rubriek");
	s->own_count = s->rubriek_count;
	return result == RESULT_OK ? take_rubrieken(s, message, "toegevoegd") : result;
}

// ---- telling it ------------------------------------------------------------------------------

static int show_json(struct showing *s)
{
	struct cli_line line;
	uint64_t melding = 0;
	cli_number(s->entry, UINT32_MAX, &melding);
	cli_line_begin(&line);
	json_out_add_number(&line.out, "melding", melding);
	json_out_add_text(&line.out, "overleg", s->cli->arguments[0]);
	json_out_add_text(&line.out, "zitting", s->zitting);
	json_out_add_number(&line.out, "index", s->index);
	if (s->bron.len > 0)
		json_out_add_bytes(&line.out, "bron", s->bron);
	json_out_key(&line.out, "rubrieken");
	melding_json_write(&line.out, s->rubrieken, s->own_count);
	json_out_key(&line.out, "toegevoegd");
	melding_json_write(&line.out, s->rubrieken + s->own_count, s->rubriek_count - s->own_count);
	if (client_register(s->client)->genesis.oefening)
		json_out_add_bool(&line.out, "oefening", true);
	return cli_line_end(s->cli, &line) && cli_flush(s->cli) ? CLI_DONE : CLI_BROKEN;
}

static int show_text(struct showing *s)
{
	char line[120];
	bool oefening = client_register(s->client)->genesis.oefening;
	snprintf(line, sizeof line, "%smelding %s%s%.*s%s", oefening ? "OEFENING " : "", s->entry,
		 s->bron.len > 0 ? ", of " : "", (int)s->bron.len,
		 s->bron.len > 0 ? (const char *)s->bron.data : "",
		 s->rubriek_count == 0 ? ": nothing that all who are present may see" : "");
	cli_lines_text(&s->lines, line);
	for (size_t i = 0; i < s->rubriek_count; i++)
		cli_lines_rubriek(&s->lines, &s->rubrieken[i]);
	return CLI_DONE;
}

// Recorded, and not answered: what changed meanwhile, or what failed there.
static int not_told(struct showing *s, const struct control_message *message)
{
	struct problem problem = {.code = NULL};
	struct bytes code = control_value(message, "result"), fix = control_value(message, "fix");
	struct bytes text = control_value(message, "message");
	char *name = arena_text(s->arena, code), *what = arena_text(s->arena, fix);
	if (!name || !what || code.len == 0)
		return cli_fail_reason(s->cli, REASON_MALFORMED, CLI_BROKEN,
				       "the knooppunt answered in a form this program does not "
				       "know");
	problem_set(&problem, name, what, "%.*s", (int)text.len, (const char *)text.data);
	return cli_fail(s->cli, &problem, CLI_NO);
}

static int show(struct showing *s, struct bytes told)
{
	struct control_message *message = calloc(1, sizeof *message);
	enum result result = message ? control_parse(told, message) : RESULT_NO_MEMORY;
	int code = CLI_BROKEN;
	if (result != RESULT_OK) {
		free(message);
		return cli_fail_reason(s->cli, REASON_MALFORMED, CLI_BROKEN,
				       "what the knooppunt answered cannot be read: %s",
				       result_name(result));
	}
	if (!bytes_equal(control_value(message, "result"), bytes_of_text("ok")))
		code = not_told(s, message);
	else if (take_told(s, message) != RESULT_OK)
		code = cli_fail_reason(s->cli, REASON_MALFORMED, CLI_BROKEN,
				       "the knooppunt answered in a form this program does not "
				       "know");
	else
		code = s->cli->json ? show_json(s) : show_text(s);
	control_message_done(message);
	free(message);
	arena_clear(s->arena);
	return code;
}

// ---- asking ----------------------------------------------------------------------------------

static size_t lines_of(const struct showing *s,
		       struct vraag_line lines[FIXED_LINES + CLI_AANWEZIGEN_MAX])
{
	const struct {
		const char *name, *value;
	} fixed[FIXED_LINES] = {{"entry", s->entry},
				{"overleg", s->cli->arguments[0]},
				{"zitting", s->zitting},
				{"medewerker", s->cli->values[CLI_MEDEWERKER]}};
	size_t count = 0;
	for (size_t i = 0; i < FIXED_LINES; i++)
		lines[count++] = (struct vraag_line){bytes_of_text(fixed[i].name),
						     bytes_of_text(fixed[i].value)};
	for (size_t i = 0; i < s->cli->aanwezig_count; i++)
		lines[count++] = (struct vraag_line){bytes_of_text("aanwezig"),
						     bytes_of_text(s->cli->aanwezigen[i])};
	return count;
}

static int ask(struct showing *s)
{
	struct vraag_line lines[FIXED_LINES + CLI_AANWEZIGEN_MAX];
	const struct vraag_lines question = {
		.type = TYPE_SCHERM, .lines = lines, .count = lines_of(s, lines)};
	struct buffer told;
	buffer_init(&told, TOLD_MAX);
	enum result result = client_vraag(s->client, &question, &told, &s->index);
	int code = CLI_USAGE;
	if (result == RESULT_OK)
		code = show(s, buffer_view(&told));
	else if (result == RESULT_MALFORMED) // it was not asked: a value is not one
		code = cli_fail(s->cli, client_problem(s->client), CLI_USAGE);
	else
		code = cli_client_failed(s->cli, s->client, result);
	buffer_wipe(&told);
	return code;
}

static int check(struct showing *s)
{
	struct cli *cli = s->cli;
	struct civil_date today = date_amsterdam(clock_wall_ms());
	uint64_t number;
	if (!cli->values[CLI_MEDEWERKER])
		return cli_misused(cli, "a scherm needs --medewerker: who shows it");
	for (int i = 1; i < cli->argument_count; i++)
		if (!cli_number(cli->arguments[i], UINT32_MAX, &number))
			return cli_misused(cli, "INDEX is the number of the melding's entry in the "
						"log");
	snprintf(s->zitting, sizeof s->zitting, "%04d-%02d-%02d", today.year % 10000,
		 today.month % 100, today.day % 100);
	if (cli->values[CLI_ZITTING])
		snprintf(s->zitting, sizeof s->zitting, "%s", cli->values[CLI_ZITTING]);
	return CLI_DONE;
}

int cli_scherm(struct cli *cli)
{
	struct showing showing = {.cli = cli, .lines = {cli, 0}};
	int code = check(&showing);
	if (code == CLI_DONE)
		code = cli_client(cli, &showing.client);
	if (code != CLI_DONE)
		return code;
	if (arena_new(ARENA_BYTES, &showing.arena) != RESULT_OK)
		code = cli_fail_reason(cli, REASON_IO, CLI_BROKEN, "there is too little memory");
	for (int i = 1; code == CLI_DONE && i < cli->argument_count; i++) {
		showing.entry = cli->arguments[i];
		code = ask(&showing);
	}
	arena_free(showing.arena);
	cli_client_done(cli, showing.client);
	return code;
}

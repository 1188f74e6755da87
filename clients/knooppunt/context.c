// SPDX-License-Identifier: EUPL-1.2
// context: asks what is known about a suspect and waits for the answer; ask: what is known about a
// person of a case that is looked into, for which others may be asked too. The decision stands
// first. An answer that is not shown to the end stays in the inbox: fetch prints it.
#include "knooppunt/cli.h"

#include "json/client_json.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

#define STANDARD_WAIT_S 30
#define EMPTY_ANSWER "Er zijn geen gegevens die wij hierover kunnen verstrekken."

struct asking_cli {
	struct cli *cli;
	enum asking_kind kind;
	struct client *client;
	struct velden_file question;
	struct asked asked;
	struct cli_lines lines; // of the answer, told
};

static struct bytes asked(const struct asking_cli *a, const char *name)
{
	const struct type_row *type = asking_type(a->kind);
	const struct veld_row *row =
		veld_row_named(type->velden, type->veld_count, bytes_of_text(name));
	return row ? veld_get(a->question.velden, a->question.count, row->veld) : bytes_of_text("");
}

// ---- telling -------------------------------------------------------------------------------

static int show_json(struct asking_cli *a)
{
	struct cli_line line;
	cli_line_begin(&line);
	asked_json_write(&line.out, &a->asked);
	return cli_line_end(a->cli, &line) && cli_flush(a->cli) ? CLI_DONE : CLI_BROKEN;
}

// Before somebody is released others are in danger or know more: no word of who or why.
static void say_call_first(struct asking_cli *a, const struct verstrekking *v)
{
	bool call = false;
	for (size_t i = 0; i < v->rubriek_count; i++) {
		const struct rubriek *r = &v->rubrieken[i];
		call |= r->soort == RUBRIEK_VERRIJKING_REGISSEUR &&
			bytes_equal(veld_get(r->velden, r->veld_count, VERRIJKING_REGISSEUR_BELLEN),
				    bytes_of_text("ja"));
	}
	if (call)
		cli_lines_text(&a->lines, "er zijn anderen betrokken: bel vóór heenzending");
}

// Only what the asker gave itself: what the term is, is the law's.
static void say_term(struct asking_cli *a)
{
	struct bytes from = asked(a, "aanvang-termijn"), hours = asked(a, "uren");
	char line[120];
	if (from.len == 0 || hours.len == 0)
		return;
	snprintf(line, sizeof line, "termijn: %.*s uur vanaf %.*s", (int)hours.len,
		 (const char *)hours.data, (int)from.len, (const char *)from.data);
	cli_lines_text(&a->lines, line);
}

static int show_text(struct asking_cli *a, const struct verstrekking *v)
{
	if (v->rubriek_count == 0)
		cli_lines_text(&a->lines, "niets: " EMPTY_ANSWER);
	else
		cli_lines_text(&a->lines, v->oefening ? "bekend (OEFENING)" : "bekend");
	say_call_first(a, v);
	say_term(a);
	for (size_t i = 0; i < v->rubriek_count; i++)
		cli_lines_rubriek(&a->lines, &v->rubrieken[i]);
	return CLI_DONE;
}

// ---- asking --------------------------------------------------------------------------------

static int refused(struct asking_cli *a)
{
	if (a->asked.refusal.reason != REASON_IDENTIFICATION)
		return cli_print_item(a->cli, a->client, a->asked.id);
	if (a->cli->json)
		return show_json(a) == CLI_DONE ? CLI_IDENTIFICATIE : CLI_BROKEN;
	cli_say(a->cli, "identificatie: vul identificatie aan (bsn, skn of v-nummer)");
	return CLI_IDENTIFICATIE;
}

static int show_answer(struct asking_cli *a)
{
	bool known = a->asked.answer.rubriek_count > 0;
	if (a->asked.answer.vervallen)
		return cli_fail_reason(a->cli, REASON_NOT_FOUND, CLI_AGAIN,
				       "the answer lapsed before it was fetched; ask again");
	int code = a->cli->json ? show_json(a) : show_text(a, &a->asked.answer);
	if (code != CLI_DONE)
		return code;
	enum result result = client_asked_done(a->client, &a->asked);
	if (result != RESULT_OK)
		return cli_client_failed(a->cli, a->client, result);
	return known ? CLI_DONE : CLI_NIETS;
}

static int ask(struct asking_cli *a)
{
	uint64_t seconds = STANDARD_WAIT_S;
	const char *wait = a->cli->values[CLI_WAIT];
	if (wait && *wait)
		cli_number(wait, UINT32_MAX, &seconds);
	const struct asking asking = {.kind = a->kind,
				      .velden = a->question.velden,
				      .count = a->question.count,
				      .wait_ms = (int64_t)seconds * MS_PER_SECOND};
	int code = cli_client(a->cli, &a->client);
	if (code != CLI_DONE)
		return code;
	enum result result = client_ask(a->client, &asking, &a->asked);
	code = result != RESULT_OK ? cli_client_failed(a->cli, a->client, result)
	       : a->asked.refused  ? refused(a)
				   : show_answer(a);
	cli_client_done(a->cli, a->client);
	return code;
}

static int ask_as(struct cli *cli, enum asking_kind kind)
{
	struct asking_cli asking = {.cli = cli, .kind = kind, .lines = {cli, 0}};
	struct arena *arena;
	int code = cli_read_statement(cli, asking_type(kind)->type, &arena, &asking.question);
	if (code == CLI_DONE)
		code = ask(&asking);
	arena_free(arena);
	return code;
}

int cli_context(struct cli *cli)
{
	return ask_as(cli, ASKING_ZSM);
}

int cli_ask(struct cli *cli)
{
	return ask_as(cli, ASKING_VERRIJKING);
}

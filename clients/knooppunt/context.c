// SPDX-License-Identifier: EUPL-1.2
// context: asks what is known about a suspect and waits for the answer. The decision stands first.
// An answer that is not shown to the end stays in the inbox: fetch prints it.
#include "knooppunt/cli.h"

#include "json/client_json.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define STANDARD_WAIT "30" // seconds
#define WAIT_ONCE 10
#define AT_ONCE 256
#define AGAIN_NS 250000000
#define LINES_MAX 25
#define EMPTY_ANSWER "Er zijn geen gegevens die wij hierover kunnen verstrekken."

struct asking {
	struct cli *cli;
	struct client *client;
	struct velden_file question;
	char id[ID_MAX + 1];
	char functie[FUNCTIE_MAX + 1];
	uint64_t index; // entry of the question
	int64_t until;  // monotonic
	size_t lines;   // of the answer, told
};

static struct bytes asked(const struct asking *a, uint32_t veld)
{
	return veld_get(a->question.velden, a->question.count, veld);
}

static bool is_settled(void *context)
{
	struct asking *a = context;
	struct item_status status;
	return client_item(a->client, a->id, &status) == RESULT_OK && status.state != ITEM_OUTBOX;
}

// ---- telling -------------------------------------------------------------------------------

static const char *status_of(const struct verstrekking *v)
{
	return v->rubriek_count > 0 ? "bekend" : "niets";
}

static int show_json(struct asking *a, const struct verstrekking *v)
{
	struct cli_line line;
	cli_line_begin(&line);
	json_out_add_text(&line.out, "status", status_of(v));
	verstrekking_json_write(&line.out, a->functie, v);
	return cli_line_end(a->cli, &line) && cli_flush(a->cli) ? CLI_DONE : CLI_BROKEN;
}

// At most so many lines: who decides within hours reads no more.
static void say_line(struct asking *a, struct bytes text)
{
	if (a->lines < LINES_MAX - 1)
		cli_say(a->cli, "%.*s", (int)text.len, (const char *)text.data);
	else if (a->lines == LINES_MAX - 1)
		cli_say(a->cli, "… (there is more: --json shows all of it)");
	a->lines++;
}

static void say_text(struct asking *a, const char *text)
{
	say_line(a, bytes_of_text(text));
}

// From now on, or from when, on clocks of Amsterdam.
static void append_since(struct buffer *out, struct bytes waarde)
{
	int64_t from, now = clock_wall_ms();
	char text[21];
	if (time_parse(waarde, &from) != RESULT_OK || from <= now) {
		buffer_append_text(out, "nu");
		return;
	}
	time_format(text, clock_amsterdam(from));
	text[sizeof "2026-11-29T08:30" - 1] = '\0';
	text[10] = ' ';
	buffer_append_text(out, text);
}

// A value as people read it: of a code its text.
static void append_waarde(struct buffer *out, const struct veld_row *row, struct bytes waarde)
{
	const struct code *code = row->list ? code_find(row->list, waarde) : NULL;
	if (code)
		buffer_append_text(out, code->text);
	else if (row->kind == VELD_TIME)
		append_since(out, waarde);
	else
		for (size_t i = 0; i < waarde.len; i++) // on one line
			buffer_append_u8(out, waarde.data[i] == '\n' ? ' ' : waarde.data[i]);
}

// All values of one veld.
static void say_veld(struct asking *a, const struct rubriek *rubriek, const struct veld_row *row)
{
	struct buffer line;
	size_t count = 0;
	buffer_init(&line, STATEMENT_MAX);
	for (size_t i = 0; i < rubriek->veld_count; i++) {
		if (rubriek->velden[i].veld != row->veld)
			continue;
		buffer_append_text(&line, count == 0 ? "  " : "; ");
		buffer_append_text(&line, count == 0 ? row->name : "");
		buffer_append_text(&line, count == 0 ? ": " : "");
		append_waarde(&line, row, rubriek->velden[i].waarde);
		count++;
	}
	if (count > 0)
		say_line(a, buffer_view(&line));
	buffer_wipe(&line);
}

static void say_rubriek(struct asking *a, const struct rubriek *rubriek)
{
	const struct rubriek_row *row = rubriek_row(rubriek->soort);
	if (!row)
		return;
	say_text(a, row->caption);
	for (size_t i = 0; i < row->veld_count; i++)
		if (rubriek->soort != RUBRIEK_VERRIJKING_REGISSEUR ||
		    row->velden[i].veld != VERRIJKING_REGISSEUR_BELLEN) // it stands on top
			say_veld(a, rubriek, &row->velden[i]);
}

// Before somebody is released others are in danger or know more: no word of who or why.
static void say_call_first(struct asking *a, const struct verstrekking *v)
{
	bool call = false;
	for (size_t i = 0; i < v->rubriek_count; i++) {
		const struct rubriek *r = &v->rubrieken[i];
		call |= r->soort == RUBRIEK_VERRIJKING_REGISSEUR &&
			bytes_equal(veld_get(r->velden, r->veld_count, VERRIJKING_REGISSEUR_BELLEN),
				    bytes_of_text("ja"));
	}
	if (call)
		say_text(a, "er zijn anderen betrokken: bel vóór heenzending");
}

// Only what the asker gave itself: what the term is, is the law's.
static void say_term(struct asking *a)
{
	struct bytes from = asked(a, ZSM_VERZOEK_AANVANG_TERMIJN),
		     hours = asked(a, ZSM_VERZOEK_UREN);
	char line[120];
	if (from.len == 0 || hours.len == 0)
		return;
	snprintf(line, sizeof line, "termijn: %.*s uur vanaf %.*s", (int)hours.len,
		 (const char *)hours.data, (int)from.len, (const char *)from.data);
	say_text(a, line);
}

static int show_text(struct asking *a, const struct verstrekking *v)
{
	if (v->rubriek_count == 0)
		say_text(a, "niets: " EMPTY_ANSWER);
	else
		say_text(a, v->oefening ? "bekend (OEFENING)" : "bekend");
	say_call_first(a, v);
	say_term(a);
	for (size_t i = 0; i < v->rubriek_count; i++)
		say_rubriek(a, &v->rubrieken[i]);
	return CLI_DONE;
}

// ---- asking --------------------------------------------------------------------------------

static int refused(struct asking *a, const struct refusal *refusal)
{
	struct cli_line line;
	if (refusal->reason != REASON_IDENTIFICATION)
		return cli_print_item(a->cli, a->client, a->id);
	if (!a->cli->json) {
		cli_say(a->cli, "identificatie: vul identificatie aan (bsn, skn of v-nummer)");
		return CLI_IDENTIFICATIE;
	}
	cli_line_begin(&line);
	json_out_add_text(&line.out, "status", "identificatie");
	refusal_json_write(&line.out, refusal);
	return cli_line_end(a->cli, &line) ? CLI_IDENTIFICATIE : CLI_BROKEN;
}

static int send_question(struct asking *a)
{
	struct push_result pushed;
	struct item_status status;
	enum result result = client_push_velden(a->client, TYPE_ZSM_VERZOEK, a->question.velden,
						a->question.count, &pushed);
	if (result != RESULT_OK)
		return cli_client_failed(a->cli, a->client, result);
	memcpy(a->id, pushed.id, sizeof a->id);
	int code = cli_send(a->cli, a->client, is_settled, a);
	if (code != CLI_DONE)
		return code;
	result = client_item(a->client, a->id, &status);
	if (result != RESULT_OK)
		return cli_client_failed(a->cli, a->client, result);
	a->index = status.index;
	return status.state == ITEM_GEWEIGERD ? refused(a, &status.refusal) : CLI_DONE;
}

// The answer in the inbox: whether it is the oldest there, so that nothing else is handed over.
static enum result find_answer(struct asking *a, struct verstrekking *ret_answer, bool *ret_oldest)
{
	uint64_t last = 0;
	enum result result = RESULT_OK;
	for (size_t n = 0; result == RESULT_OK; n++) {
		result = client_peek(a->client, a->functie, last, ret_answer);
		*ret_oldest = n == 0;
		if (result == RESULT_OK && ret_answer->index == a->index)
			return RESULT_OK;
		last = ret_answer->number;
	}
	return result;
}

static int hand_over(struct asking *a, uint64_t number)
{
	enum result result = client_handed_over(a->client, a->functie, number);
	if (result == RESULT_OK)
		result = client_ack(a->client, a->functie);
	return result == RESULT_OK || result == RESULT_AGAIN
		       ? CLI_DONE
		       : cli_client_failed(a->cli, a->client, result);
}

static int show_answer(struct asking *a, const struct verstrekking *v, bool oldest)
{
	uint64_t number = v->number;
	bool known = v->rubriek_count > 0;
	if (v->vervallen)
		return cli_fail_reason(a->cli, REASON_NOT_FOUND, CLI_AGAIN,
				       "the answer lapsed before it was fetched; ask again");
	int code = a->cli->json ? show_json(a, v) : show_text(a, v);
	if (code == CLI_DONE && oldest)
		code = hand_over(a, number);
	return code != CLI_DONE ? code : known ? CLI_DONE : CLI_NIETS;
}

static int wait_for_answer(struct asking *a)
{
	for (;;) {
		struct verstrekking answer;
		bool oldest = false;
		size_t count = 0;
		enum result result = find_answer(a, &answer, &oldest);
		if (result == RESULT_OK)
			return show_answer(a, &answer, oldest);
		if (result != RESULT_NOT_FOUND)
			return cli_client_failed(a->cli, a->client, result);
		int64_t left = (a->until - clock_monotonic_ms()) / MS_PER_SECOND;
		if (left < 0)
			return cli_fail_reason(a->cli, REASON_BUSY, CLI_AGAIN,
					       "the question is recorded and its answer did not "
					       "come in time; `knooppunt fetch` brings it");
		unsigned wait = (unsigned)(left < WAIT_ONCE ? left : WAIT_ONCE);
		result = client_fetch(a->client, a->functie, AT_ONCE, wait, &count);
		if (result != RESULT_OK && result != RESULT_AGAIN)
			return cli_client_failed(a->cli, a->client, result);
		if (result == RESULT_AGAIN) // not at once
			nanosleep(&(struct timespec){.tv_nsec = AGAIN_NS}, NULL);
	}
}

static int ask(struct asking *a)
{
	uint64_t seconds = 0;
	struct bytes functie = asked(a, ZSM_VERZOEK_FUNCTIE);
	memcpy(a->functie, functie.data, functie.len < FUNCTIE_MAX ? functie.len : FUNCTIE_MAX);
	if (!a->cli->values[CLI_WAIT] || !*a->cli->values[CLI_WAIT])
		a->cli->values[CLI_WAIT] = STANDARD_WAIT;
	cli_number(a->cli->values[CLI_WAIT], UINT32_MAX, &seconds);
	a->until = clock_monotonic_ms() + (int64_t)seconds * MS_PER_SECOND;
	int code = cli_client(a->cli, &a->client);
	if (code != CLI_DONE)
		return code;
	code = send_question(a);
	if (code == CLI_DONE)
		code = wait_for_answer(a);
	cli_client_done(a->cli, a->client);
	return code;
}

int cli_context(struct cli *cli)
{
	struct asking asking = {.cli = cli};
	struct arena *arena;
	int code = cli_read_statement(cli, TYPE_ZSM_VERZOEK, &arena, &asking.question);
	if (code == CLI_DONE)
		code = ask(&asking);
	arena_free(arena);
	return code;
}

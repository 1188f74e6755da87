// SPDX-License-Identifier: EUPL-1.2
// An answer as people read it, in at most so many lines: who decides within hours, or before a
// whole table, reads no more.
#include "knooppunt/cli.h"

#include "base/clock.h"

#define LINES_MAX 25

static void say_line(struct cli_lines *lines, struct bytes text)
{
	if (lines->count < LINES_MAX - 1)
		cli_say(lines->cli, "%.*s", (int)text.len, (const char *)text.data);
	else if (lines->count == LINES_MAX - 1)
		cli_say(lines->cli, "… (there is more: --json shows all of it)");
	lines->count++;
}

void cli_lines_text(struct cli_lines *lines, const char *text)
{
	say_line(lines, bytes_of_text(text));
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
static void say_veld(struct cli_lines *lines, const struct rubriek *rubriek,
		     const struct veld_row *row)
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
		say_line(lines, buffer_view(&line));
	buffer_wipe(&line);
}

void cli_lines_rubriek(struct cli_lines *lines, const struct rubriek *rubriek)
{
	const struct rubriek_row *row = rubriek_row(rubriek->soort);
	if (!row)
		return;
	cli_lines_text(lines, row->caption);
	for (size_t i = 0; i < row->veld_count; i++)
		if (rubriek->soort != RUBRIEK_VERRIJKING_REGISSEUR ||
		    row->velden[i].veld != VERRIJKING_REGISSEUR_BELLEN) // it stands on top
			say_veld(lines, rubriek, &row->velden[i]);
}

// SPDX-License-Identifier: EUPL-1.2
// What went from whom to whom, per thema and month: the daemon tells each verstrekking, they are
// counted here. One that was replaced before it was confirmed is not counted, for another stands in
// its place; one with several themas counts under each.
#include "audit/audit.h"

#include "audit/stretches.h"
#include "base/clock.h"
#include "desk/answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CELLS_MAX 65536
#define NAMES_MAX 2048

struct cell {
	char month[MONTH_LEN + 1], bron[21], ontvanger[21], thema[65];
	uint64_t count, confirmed;
};

struct naam {
	char oin[21], naam[120];
};

// A program tells one question: what it counts lies here.
static struct {
	struct cell *cells;
	size_t count;
	struct naam *namen;
	size_t naam_count;
	bool full;
} flows;

static void take_text(char *room, size_t size, struct bytes text)
{
	snprintf(room, size, "%.*s", (int)text.len, (const char *)text.data);
}

static void count(const struct cell *one, bool confirmed)
{
	struct cell *cell = flows.cells;
	struct cell *end = flows.cells + flows.count;
	while (cell < end &&
	       (strcmp(cell->month, one->month) != 0 || strcmp(cell->bron, one->bron) != 0 ||
		strcmp(cell->ontvanger, one->ontvanger) != 0 ||
		strcmp(cell->thema, one->thema) != 0))
		cell++;
	if (cell == end && flows.count == CELLS_MAX) {
		flows.full = true;
		return;
	}
	if (cell == end) {
		*cell = *one;
		flows.count++;
	}
	cell->count++;
	cell->confirmed += confirmed;
}

static enum result month_of(struct bytes moment, char month[MONTH_LEN + 1])
{
	int64_t ms;
	enum result result = time_parse(moment, &ms);
	struct civil_date date = result ? (struct civil_date){0} : date_amsterdam(ms);
	snprintf(month, MONTH_LEN + 1, "%04u-%02u", (unsigned)date.year % 10000,
		 (unsigned)date.month % 100);
	return result;
}

// "<time> <bron> <oin> <functie> <status> <thema,…>"
static enum result take_flow(struct desk *desk, struct bytes rest)
{
	struct bytes moment, bron, oin, functie, status;
	struct cell one = {.count = 0};
	(void)desk;
	if (!word_take(&rest, &moment) || !word_take(&rest, &bron) || !word_take(&rest, &oin) ||
	    !word_take(&rest, &functie) || !word_take(&rest, &status) || rest.len == 0 ||
	    month_of(moment, one.month) != RESULT_OK)
		return RESULT_MALFORMED;
	if (bytes_equal(status, bytes_of_text("vervangen")))
		return RESULT_OK;
	take_text(one.bron, sizeof one.bron, bron);
	take_text(one.ontvanger, sizeof one.ontvanger, oin);
	while (rest.len > 0) {
		const uint8_t *comma = memchr(rest.data, ',', rest.len);
		size_t len = comma ? (size_t)(comma - rest.data) : rest.len;
		take_text(one.thema, sizeof one.thema, bytes_make(rest.data, len));
		count(&one, bytes_equal(status, bytes_of_text("bevestigd")));
		len += comma ? 1 : 0;
		rest = bytes_make(rest.data + len, rest.len - len);
	}
	return RESULT_OK;
}

static enum result take_naam(struct desk *desk, struct bytes rest)
{
	struct bytes oin;
	struct naam *naam = &flows.namen[flows.naam_count];
	(void)desk;
	if (!word_take(&rest, &oin))
		return RESULT_MALFORMED;
	if (flows.naam_count == NAMES_MAX)
		return RESULT_OK;
	take_text(naam->oin, sizeof naam->oin, oin);
	take_text(naam->naam, sizeof naam->naam, rest);
	flows.naam_count++;
	return RESULT_OK;
}

// ---- telling -------------------------------------------------------------------------------

static const char *naam_of(const char *oin)
{
	for (size_t i = flows.naam_count; i-- > 0;) // the newest
		if (strcmp(flows.namen[i].oin, oin) == 0)
			return flows.namen[i].naam;
	return oin;
}

static int by_cell(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;
	int order = strcmp(x->month, y->month);
	order = order ? order : strcmp(x->bron, y->bron);
	order = order ? order : strcmp(x->ontvanger, y->ontvanger);
	return order ? order : strcmp(x->thema, y->thema);
}

static void tell_cell(struct desk *desk, const struct cell *cell)
{
	struct desk_line line;
	bool none = strcmp(cell->thema, "-") == 0;
	desk_say(desk, "%s  %s -> %s  %s: %llu, %llu confirmed", cell->month, naam_of(cell->bron),
		 naam_of(cell->ontvanger), none ? "no thema" : cell->thema,
		 (unsigned long long)cell->count, (unsigned long long)cell->confirmed);
	if (!desk->json)
		return;
	desk_line_begin(&line);
	json_out_add_text(&line.out, "maand", cell->month);
	json_out_add_text(&line.out, "bron", cell->bron);
	json_out_add_text(&line.out, "bron_naam", naam_of(cell->bron));
	json_out_add_text(&line.out, "ontvanger", cell->ontvanger);
	json_out_add_text(&line.out, "ontvanger_naam", naam_of(cell->ontvanger));
	if (!none)
		json_out_add_text(&line.out, "thema", cell->thema);
	json_out_add_number(&line.out, "verstrekkingen", cell->count);
	json_out_add_number(&line.out, "bevestigd", cell->confirmed);
	desk_line_end(desk, &line);
}

static const struct stretch_line lines[] = {
	{"stroom", take_flow}, {"naam", take_naam}, {NULL, NULL}};

static int ask_flows(struct desk *desk)
{
	char since[21], until[21];
	const char *from = desk->arguments[0];
	const char *to = desk->argument_count > 1 ? desk->arguments[1] : from;
	uint64_t told = 0;
	if (!month_begin(from, false, since) || !month_begin(to, true, until))
		return desk_misused(desk, "MONTH is as 2026-11");
	const struct stretch_more more[] = {{"until", until}, {NULL, NULL}};
	const struct stretches stretches = {
		.command = "stromen", .sealed = true, .more = more, .since = since, .lines = lines};
	int code = audit_stretches(desk, &stretches, &told);
	if (code != DESK_DONE)
		return code;
	if (flows.full) // what is not whole is no account
		return desk_odd_answer(desk, "more flows than are counted: ask for fewer months");
	qsort(flows.cells, flows.count, sizeof *flows.cells, by_cell);
	for (size_t i = 0; i < flows.count; i++)
		tell_cell(desk, &flows.cells[i]);
	if (flows.count == 0)
		desk_say(desk, "nothing went to anybody in this time");
	return DESK_DONE;
}

int audit_stromen(struct desk *desk)
{
	flows.cells = calloc(CELLS_MAX, sizeof *flows.cells);
	flows.namen = calloc(NAMES_MAX, sizeof *flows.namen);
	int code = flows.cells && flows.namen ? ask_flows(desk) : audit_no_memory(desk);
	free(flows.cells);
	free(flows.namen);
	return code;
}

// SPDX-License-Identifier: EUPL-1.2
// `opvallend`: questions that an officer looks at: of the privacybureau those without a zaak, of
// partners those about somebody in no casus that may be told, and whoever asked about many more on
// a day than on its other days. None of it is a finding: somebody looks.
#include "audit/audit.h"
#include "audit/gebeurtenis.h"
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A day counts as broad with so many, and so many times the median of the other days of that asker.
#define BREED_MIN 5
#define BREED_TIMES 3
#define ROWS_MAX 65536
#define WIE_MAX 96

struct gevraagd { // a question
	char wie[WIE_MAX];
	int64_t dag;   // days since 1970, in Amsterdam
	char over[40]; // handle; "" of nobody known, or of a partner: each is one more
};
struct looking {
	struct desk *desk;
	struct gevraagd *rows;
	size_t count;
	uint64_t found;
};

static void tell_question(struct looking *looking, const char *wat, const struct gebeurtenis *g)
{
	struct desk *desk = looking->desk;
	char moment[21];
	struct desk_line line;
	looking->found++;
	time_format(moment, g->ms);
	desk_say(desk, "%s  %s  entry %llu  %s by %s", wat, moment, (unsigned long long)g->entry,
		 g->is_vraag ? g->vraag : g->type,
		 g->medewerker[0] ? g->medewerker : gebeurtenis_naam(g->oin));
	if (!desk->json)
		return;
	desk_line_begin(&line);
	json_out_add_text(&line.out, "opvallend", wat);
	json_out_add_text(&line.out, "tijd", moment);
	json_out_add_number(&line.out, "entry", g->entry);
	json_out_add_text(&line.out, "vraag", g->is_vraag ? g->vraag : g->type);
	json_out_add_text(&line.out, "oin", g->oin);
	if (g->medewerker[0])
		json_out_add_text(&line.out, "medewerker", g->medewerker);
	desk_line_end(desk, &line);
}

static bool is_known(const struct looking *looking, const struct gevraagd *row)
{
	for (size_t i = looking->count; row->over[0] && i-- > 0;) {
		const struct gevraagd *other = &looking->rows[i];
		if (other->dag == row->dag && strcmp(other->wie, row->wie) == 0 &&
		    strcmp(other->over, row->over) == 0)
			return true;
	}
	return false;
}

// What is asked of nobody, as a list, tells nothing about who was asked after.
static bool is_of_person(const struct gebeurtenis *g)
{
	return !g->is_vraag || g->over[0] || strcmp(g->vraag, "inzage") == 0;
}

static enum result take(void *context, const struct gebeurtenis *g)
{
	struct looking *looking = context;
	struct gevraagd *row = &looking->rows[looking->count];
	if (strcmp(g->uitkomst, "aanvaard") != 0 || g->vervolg)
		return RESULT_OK;
	if (g->is_vraag && !g->zaak[0])
		tell_question(looking, "zonder-zaak", g);
	if (strcmp(g->casus, "nee") == 0)
		tell_question(looking, "zonder-casus", g);
	if (!is_of_person(g))
		return RESULT_OK;
	if (looking->count == ROWS_MAX)
		return RESULT_TOO_LARGE;
	*row = (struct gevraagd){.dag = date_to_days(date_amsterdam(g->ms))};
	snprintf(row->wie, sizeof row->wie, "%s%s%s", g->oin, g->medewerker[0] ? "/" : "",
		 g->medewerker);
	snprintf(row->over, sizeof row->over, "%s", g->over);
	looking->count += !is_known(looking, row);
	return RESULT_OK;
}

// ---- breadth -------------------------------------------------------------------------------

struct dagdeel {
	const char *wie;
	int64_t dag;
	uint64_t count;
};

static int by_wie(const void *a, const void *b)
{
	const struct gevraagd *x = a, *y = b;
	int order = strcmp(x->wie, y->wie);
	return order ? order : (x->dag > y->dag) - (x->dag < y->dag);
}

static int by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

// Of the days `from` to `to` of one asker without the n-th; 0 when it is the only one.
static uint64_t median_without(const struct dagdeel *days, size_t from, size_t to, size_t n,
			       uint64_t *room)
{
	size_t count = 0;
	for (size_t i = from; i < to; i++)
		if (i != n)
			room[count++] = days[i].count;
	qsort(room, count, sizeof *room, by_number);
	return count ? room[count / 2] : 0;
}

static void tell_breadth(struct looking *looking, const struct dagdeel *day, uint64_t usual)
{
	struct desk *desk = looking->desk;
	struct desk_line line;
	char date[16];
	struct civil_date civil = date_from_days(day->dag);
	looking->found++;
	snprintf(date, sizeof date, "%04u-%02u-%02u", (unsigned)civil.year % 10000,
		 (unsigned)civil.month % 100, (unsigned)civil.day % 100);
	desk_say(desk, "breedte  %s  %s asked about %llu; on another day about %llu", date,
		 day->wie, (unsigned long long)day->count, (unsigned long long)usual);
	if (!desk->json)
		return;
	desk_line_begin(&line);
	json_out_add_text(&line.out, "opvallend", "breedte");
	json_out_add_text(&line.out, "dag", date);
	json_out_add_text(&line.out, "wie", day->wie);
	json_out_add_number(&line.out, "aantal", day->count);
	json_out_add_number(&line.out, "anders", usual);
	desk_line_end(desk, &line);
}

static void look_at_asker(struct looking *looking, const struct dagdeel *days, size_t from,
			  size_t to, uint64_t *room)
{
	for (size_t n = from; n < to; n++) {
		uint64_t usual = median_without(days, from, to, n, room);
		if (days[n].count >= BREED_MIN && days[n].count > BREED_TIMES * usual)
			tell_breadth(looking, &days[n], usual);
	}
}

static enum result look_at_breadth(struct looking *looking)
{
	size_t count = 0;
	struct dagdeel *days = calloc(looking->count + 1, sizeof *days);
	uint64_t *room = calloc(looking->count + 1, sizeof *room);
	enum result result = days && room ? RESULT_OK : RESULT_NO_MEMORY;
	qsort(looking->rows, looking->count, sizeof *looking->rows, by_wie);
	for (size_t i = 0; result == RESULT_OK && i < looking->count; i++) {
		const struct gevraagd *row = &looking->rows[i];
		if (count == 0 || days[count - 1].dag != row->dag ||
		    strcmp(days[count - 1].wie, row->wie) != 0)
			days[count++] = (struct dagdeel){row->wie, row->dag, 0};
		days[count - 1].count++;
	}
	for (size_t from = 0, to; result == RESULT_OK && from < count; from = to) {
		for (to = from; to < count && strcmp(days[to].wie, days[from].wie) == 0; to++)
			;
		look_at_asker(looking, days, from, to, room);
	}
	free(days);
	free(room);
	return result;
}

int audit_opvallend(struct desk *desk)
{
	struct venster venster;
	struct looking looking = {.desk = desk};
	int code = venster_read(desk, desk->arguments[0], desk->arguments[1], &venster);
	if (code != DESK_DONE)
		return code;
	looking.rows = calloc(ROWS_MAX, sizeof *looking.rows);
	if (!looking.rows)
		return audit_no_memory(desk);
	const struct gebeurtenis_vraag vraag = {
		.command = "opvallend", .since = venster.since, .until = venster.until};
	const struct gebeurtenis_reader reader = {.context = &looking, .take = take};
	code = gebeurtenissen(desk, &vraag, &reader);
	if (code == DESK_DONE && look_at_breadth(&looking) != RESULT_OK)
		code = audit_no_memory(desk);
	free(looking.rows);
	if (code == DESK_DONE && looking.found == 0)
		desk_say(desk, "nothing stands out in that time");
	return code == DESK_DONE && looking.found > 0 ? DESK_NO : code;
}

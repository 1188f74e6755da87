// SPDX-License-Identifier: EUPL-1.2
#include "audit/verzoeken.h"

#include "audit/audit.h"
#include "audit/gebeurtenis.h"
#include "base/clock.h"
#include "melding/reason.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VERZOEKEN_MAX 16384
#define DAYS_BACK 400 // no term of a request is as long, lengthened or not

// What became of a request comes before it, for the newest is told first.
struct collecting {
	struct verzoek *rows;
	size_t count;
	struct afhandeling {
		uint64_t verzoek;
		int64_t ms, uiterlijk;
		char uitkomst[32];
	} * afhandelingen;
	size_t afhandeling_count;
};

static int64_t moment_of(const char *text)
{
	int64_t ms = 0;
	return text[0] && time_parse(bytes_of_text(text), &ms) == RESULT_OK ? ms : 0;
}

static enum result take_afhandeling(struct collecting *all, const struct gebeurtenis *g)
{
	struct afhandeling *row = &all->afhandelingen[all->afhandeling_count];
	if (all->afhandeling_count == VERZOEKEN_MAX)
		return RESULT_TOO_LARGE;
	*row = (struct afhandeling){.verzoek = g->betreft, .ms = g->ms};
	row->uiterlijk = moment_of(gebeurtenis_veld(g, "uiterlijk"));
	snprintf(row->uitkomst, sizeof row->uitkomst, "%s", gebeurtenis_veld(g, "uitkomst"));
	all->afhandeling_count++;
	return RESULT_OK;
}

static void settle(struct verzoek *verzoek, const struct afhandeling *row)
{
	if (strcmp(row->uitkomst, "verlengd") == 0) {
		verzoek->verlengd = true;
		verzoek->uiterlijk = row->uiterlijk;
		return;
	}
	verzoek->afgehandeld = row->ms;
	snprintf(verzoek->uitkomst, sizeof verzoek->uitkomst, "%s", row->uitkomst);
}

static enum result take(void *context, const struct gebeurtenis *g)
{
	struct collecting *all = context;
	struct verzoek *verzoek = &all->rows[all->count];
	if (strcmp(g->uitkomst, "aanvaard") != 0)
		return RESULT_OK;
	if (strcmp(g->type, "afhandeling") == 0)
		return take_afhandeling(all, g);
	if (strcmp(g->type, "verzoek") != 0)
		return RESULT_OK;
	if (all->count == VERZOEKEN_MAX)
		return RESULT_TOO_LARGE;
	*verzoek = (struct verzoek){.entry = g->entry};
	snprintf(verzoek->zaak, sizeof verzoek->zaak, "%s", gebeurtenis_veld(g, "zaak"));
	snprintf(verzoek->soort, sizeof verzoek->soort, "%s", gebeurtenis_veld(g, "verzoek"));
	snprintf(verzoek->wet, sizeof verzoek->wet, "%s", gebeurtenis_veld(g, "wet"));
	verzoek->ontvangen = moment_of(gebeurtenis_veld(g, "ontvangen"));
	verzoek->uiterlijk = moment_of(gebeurtenis_veld(g, "uiterlijk"));
	for (size_t i = all->afhandeling_count; i-- > 0;) // the oldest first
		if (all->afhandelingen[i].verzoek == g->entry)
			settle(verzoek, &all->afhandelingen[i]);
	all->count++;
	return RESULT_OK;
}

int verzoeken_ask(struct desk *desk, const char *since, struct verzoeken *ret_verzoeken)
{
	char until[21];
	struct collecting all = {.rows = calloc(VERZOEKEN_MAX, sizeof *all.rows),
				 .afhandelingen = calloc(VERZOEKEN_MAX, sizeof *all.afhandelingen)};
	const struct gebeurtenis_reader reader = {.context = &all, .take = take};
	time_format(until, clock_wall_ms() + MS_PER_DAY);
	const struct gebeurtenis_vraag vraag = {
		.command = "verzoeken", .since = since, .until = until};
	int code = all.rows && all.afhandelingen ? gebeurtenissen(desk, &vraag, &reader)
						 : audit_no_memory(desk);
	free(all.afhandelingen);
	if (code == DESK_DONE)
		*ret_verzoeken = (struct verzoeken){all.rows, all.count};
	else
		free(all.rows);
	return code;
}

void verzoeken_free(struct verzoeken *verzoeken)
{
	free(verzoeken->rows);
	*verzoeken = (struct verzoeken){0};
}

bool verzoek_in_time(const struct verzoek *verzoek, int64_t now)
{
	return (verzoek->afgehandeld ? verzoek->afgehandeld : now) <= verzoek->uiterlijk;
}

static int no_such(struct desk *desk)
{
	struct problem problem = {0};
	problem_set(
		&problem, reason_code(REASON_NOT_FOUND),
		"record it first, with knooppunt verzoek; knooppunt-audit verzoeken lists those "
		"there are",
		"no request of this zaak is recorded");
	return desk_fail(desk, &problem, DESK_NO);
}

int verzoek_find(struct desk *desk, const char *zaak, struct verzoek *ret_verzoek)
{
	struct verzoeken verzoeken = {0};
	char since[21];
	bool found = false;
	time_format(since, clock_wall_ms() - DAYS_BACK * MS_PER_DAY);
	int code = verzoeken_ask(desk, since, &verzoeken);
	for (size_t i = 0; code == DESK_DONE && !found && i < verzoeken.count; i++) {
		found = strcmp(verzoeken.rows[i].zaak, zaak) == 0;
		if (found)
			*ret_verzoek = verzoeken.rows[i];
	}
	verzoeken_free(&verzoeken);
	if (code == DESK_DONE && !found)
		code = no_such(desk);
	return code;
}

// ---- the list ------------------------------------------------------------------------------

static void tell_one(struct desk *desk, const struct verzoek *verzoek, int64_t now)
{
	char ontvangen[21], uiterlijk[21];
	struct desk_line line;
	bool open = verzoek->afgehandeld == 0, kept = verzoek_in_time(verzoek, now);
	time_format(ontvangen, verzoek->ontvangen);
	time_format(uiterlijk, verzoek->uiterlijk);
	desk_say(desk, "%s  %s %s (%s): %s%s, to be answered by %s%s", ontvangen, verzoek->zaak,
		 verzoek->soort, verzoek->wet, open ? "open" : verzoek->uitkomst,
		 verzoek->verlengd ? ", lengthened" : "", uiterlijk, kept ? "" : ": LATE");
	if (!desk->json)
		return;
	desk_line_begin(&line);
	json_out_add_number(&line.out, "entry", verzoek->entry);
	json_out_add_text(&line.out, "zaak", verzoek->zaak);
	json_out_add_text(&line.out, "verzoek", verzoek->soort);
	json_out_add_text(&line.out, "wet", verzoek->wet);
	json_out_add_text(&line.out, "ontvangen", ontvangen);
	json_out_add_text(&line.out, "uiterlijk", uiterlijk);
	json_out_add_bool(&line.out, "verlengd", verzoek->verlengd);
	if (!open)
		json_out_add_text(&line.out, "uitkomst", verzoek->uitkomst);
	json_out_add_bool(&line.out, "op_tijd", kept);
	desk_line_end(desk, &line);
}

int audit_verzoeken(struct desk *desk)
{
	struct days days;
	struct verzoeken verzoeken = {0};
	int64_t now = clock_wall_ms();
	bool late = false;
	int code = audit_days(desk, 366, &days);
	if (code == DESK_DONE)
		code = verzoeken_ask(desk, days.since, &verzoeken);
	for (size_t i = 0; code == DESK_DONE && i < verzoeken.count; i++) {
		tell_one(desk, &verzoeken.rows[i], now);
		late |= verzoeken.rows[i].afgehandeld == 0 &&
			!verzoek_in_time(&verzoeken.rows[i], now);
	}
	if (code == DESK_DONE && verzoeken.count == 0)
		desk_say(desk, "no request since %s", days.since);
	verzoeken_free(&verzoeken);
	return code == DESK_DONE && late ? DESK_NO : code;
}

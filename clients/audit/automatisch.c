// SPDX-License-Identifier: EUPL-1.2
// `automatisch`: what a regel gave by itself, without a person's judgement (AVG art. 22): which
// regel gave whom what, and how often.
#include "audit/audit.h"
#include "audit/gebeurtenis.h"
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CELLS_MAX 16384

struct cel {
	char regel[72], oin[21], functie[40], rubrieken[600];
	uint64_t count;
};
struct counting {
	struct desk *desk;
	struct cel *cellen;
	size_t count;
	uint64_t alone, by_people, unknown;
};

// A rubriek of a betrokkene more that a regel gave this ontvanger.
static enum result count_grond(struct counting *counting, const struct gebeurtenis_gift *gift,
			       const struct gebeurtenis_grond *grond)
{
	struct cel *cel = counting->cellen, *end = counting->cellen + counting->count;
	while (cel < end &&
	       (strcmp(cel->regel, grond->regel) != 0 || strcmp(cel->oin, gift->oin) != 0 ||
		strcmp(cel->functie, gift->functie) != 0))
		cel++;
	if (cel == end && counting->count == CELLS_MAX)
		return RESULT_TOO_LARGE;
	if (cel == end) {
		counting->count++;
		snprintf(cel->regel, sizeof cel->regel, "%s", grond->regel);
		snprintf(cel->oin, sizeof cel->oin, "%s", gift->oin);
		snprintf(cel->functie, sizeof cel->functie, "%s", gift->functie);
	}
	cel->count++;
	for (const char *at = grond->rubrieken; *at;) {
		size_t len = strcspn(at, ",");
		char one[64];
		snprintf(one, sizeof one, "%.*s", (int)len, at);
		size_t used = strlen(cel->rubrieken);
		if (!lijst_heeft(cel->rubrieken, one))
			snprintf(cel->rubrieken + used, sizeof cel->rubrieken - used, "%s%s",
				 used ? "," : "", one);
		at += len + (at[len] == ',');
	}
	return RESULT_OK;
}

static enum result take_decided(void *context, const struct gebeurtenis *g)
{
	struct counting *counting = context;
	enum result result = RESULT_OK;
	for (size_t i = 0; i < g->gift_count; i++) {
		const struct gebeurtenis_gift *gift = &g->giften[i];
		for (size_t n = 0;
		     result == RESULT_OK && gift_stands(gift) && n < gift->grond_count; n++) {
			const struct gebeurtenis_grond *grond = &gift->gronden[n];
			bool unknown = strcmp(grond->mens, "onbekend") == 0;
			counting->unknown += unknown;
			counting->alone += !grond->mens[0];
			counting->by_people += grond->mens[0] && !unknown;
			if (!grond->mens[0])
				result = count_grond(counting, gift, grond);
		}
	}
	return result;
}

static int by_cel(const void *a, const void *b)
{
	const struct cel *x = a, *y = b;
	int order = strcmp(x->regel, y->regel);
	order = order ? order : strcmp(x->oin, y->oin);
	return order ? order : strcmp(x->functie, y->functie);
}

static void tell_cel(struct desk *desk, const struct cel *cel)
{
	struct desk_line line;
	desk_say(desk, "%s -> %s/%s: %llu times; %s", cel->regel, gebeurtenis_naam(cel->oin),
		 cel->functie, (unsigned long long)cel->count, cel->rubrieken);
	if (!desk->json)
		return;
	desk_line_begin(&line);
	json_out_add_text(&line.out, "regel", cel->regel);
	json_out_add_text(&line.out, "oin", cel->oin);
	json_out_add_text(&line.out, "organisatie", gebeurtenis_naam(cel->oin));
	json_out_add_text(&line.out, "functie", cel->functie);
	json_out_add_number(&line.out, "aantal", cel->count);
	lijst_write(&line.out, "rubrieken", cel->rubrieken);
	desk_line_end(desk, &line);
}

static void tell_counted(const struct counting *counting)
{
	struct desk *desk = counting->desk;
	struct desk_line line;
	for (size_t i = 0; i < counting->count; i++)
		tell_cel(desk, &counting->cellen[i]);
	desk_say(desk, "a regel alone: %llu; with a person's judgement: %llu; unknown: %llu",
		 (unsigned long long)counting->alone, (unsigned long long)counting->by_people,
		 (unsigned long long)counting->unknown);
	if (!desk->json)
		return;
	desk_line_begin(&line);
	json_out_key(&line.out, "totaal");
	json_out_object_begin(&line.out);
	json_out_add_number(&line.out, "regel_alleen", counting->alone);
	json_out_add_number(&line.out, "met_mens", counting->by_people);
	json_out_add_number(&line.out, "onbekend", counting->unknown);
	json_out_object_end(&line.out);
	desk_line_end(desk, &line);
}

int audit_automatisch(struct desk *desk)
{
	struct venster venster;
	struct counting counting = {.desk = desk};
	int code = venster_read(desk, desk->arguments[0], desk->arguments[1], &venster);
	if (code != DESK_DONE)
		return code;
	counting.cellen = calloc(CELLS_MAX, sizeof *counting.cellen);
	if (!counting.cellen)
		return audit_no_memory(desk);
	const struct gebeurtenis_vraag vraag = {
		.command = "automatisch", .since = venster.since, .until = venster.until};
	const struct gebeurtenis_reader reader = {.context = &counting, .take = take_decided};
	code = gebeurtenissen(desk, &vraag, &reader);
	if (code == DESK_DONE) {
		qsort(counting.cellen, counting.count, sizeof *counting.cellen, by_cel);
		tell_counted(&counting);
	}
	free(counting.cellen);
	return code;
}

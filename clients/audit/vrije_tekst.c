// SPDX-License-Identifier: EUPL-1.2
// `vrije-tekst`: how much free text there is, to whom it went, and who released it. Never what it
// says.
#include "audit/audit.h"
#include "audit/gebeurtenis.h"
#include "base/clock.h"

#include <string.h>

struct reading {
	struct desk *desk;
	uint64_t meldingen, with, given, released, alone;
};

static void tell_free(struct desk *desk, const struct gebeurtenis *g,
		      const struct gebeurtenis_gift *gift, const struct gebeurtenis_grond *grond)
{
	char moment[21];
	struct desk_line line;
	uint64_t melding = g->betreft ? g->betreft : g->entry;
	time_format(moment, g->ms);
	desk_say(desk, "%s  entry %llu  of melding %llu to %s/%s by %s: %s%s", moment,
		 (unsigned long long)g->entry, (unsigned long long)melding,
		 gebeurtenis_naam(gift->oin), gift->functie, grond->regel,
		 grond->mens[0] ? "released by " : "released by nobody",
		 grond->mens[0] ? (g->medewerker[0] ? g->medewerker : grond->mens) : "");
	if (!desk->json)
		return;
	desk_line_begin(&line);
	json_out_add_text(&line.out, "tijd", moment);
	json_out_add_number(&line.out, "entry", g->entry);
	json_out_add_number(&line.out, "melding", melding);
	json_out_add_text(&line.out, "oin", gift->oin);
	json_out_add_text(&line.out, "organisatie", gebeurtenis_naam(gift->oin));
	json_out_add_text(&line.out, "functie", gift->functie);
	json_out_add_text(&line.out, "status", gift->status);
	json_out_add_text(&line.out, "regel", grond->regel);
	if (grond->mens[0]) {
		json_out_add_text(&line.out, "vrijgegeven", grond->mens);
		json_out_add_text(&line.out, "door", g->oin);
		if (g->medewerker[0])
			json_out_add_text(&line.out, "medewerker", g->medewerker);
	}
	desk_line_end(desk, &line);
}

static enum result take_free(void *context, const struct gebeurtenis *g)
{
	struct reading *reading = context;
	bool own = g->betreft == 0 && strcmp(g->uitkomst, "aanvaard") == 0;
	reading->meldingen += own;
	reading->with += own && g->vrij > 0;
	for (size_t i = 0; i < g->gift_count; i++) {
		const struct gebeurtenis_gift *gift = &g->giften[i];
		for (size_t n = 0; gift_stands(gift) && n < gift->grond_count; n++) {
			reading->given++;
			reading->released += gift->gronden[n].mens[0] != '\0';
			reading->alone += gift->gronden[n].mens[0] == '\0';
			tell_free(reading->desk, g, gift, &gift->gronden[n]);
		}
	}
	return RESULT_OK;
}

static void tell_reading(const struct reading *reading)
{
	struct desk *desk = reading->desk;
	struct desk_line line;
	desk_say(desk,
		 "%llu of %llu meldingen have free text; it went %llu times, %llu released by a "
		 "person, %llu by nobody",
		 (unsigned long long)reading->with, (unsigned long long)reading->meldingen,
		 (unsigned long long)reading->given, (unsigned long long)reading->released,
		 (unsigned long long)reading->alone);
	if (!desk->json)
		return;
	desk_line_begin(&line);
	json_out_key(&line.out, "totaal");
	json_out_object_begin(&line.out);
	json_out_add_number(&line.out, "meldingen", reading->meldingen);
	json_out_add_number(&line.out, "met_vrije_tekst", reading->with);
	json_out_add_number(&line.out, "verstrekt", reading->given);
	json_out_add_number(&line.out, "vrijgegeven", reading->released);
	json_out_add_number(&line.out, "zonder_mens", reading->alone);
	json_out_object_end(&line.out);
	desk_line_end(desk, &line);
}

int audit_vrije_tekst(struct desk *desk)
{
	struct venster venster;
	struct reading reading = {.desk = desk};
	int code = venster_read(desk, desk->arguments[0], desk->arguments[1], &venster);
	if (code != DESK_DONE)
		return code;
	const struct gebeurtenis_vraag vraag = {
		.command = "vrije-tekst", .since = venster.since, .until = venster.until};
	const struct gebeurtenis_reader reader = {.context = &reading, .take = take_free};
	code = gebeurtenissen(desk, &vraag, &reader);
	if (code == DESK_DONE)
		tell_reading(&reading);
	return code;
}

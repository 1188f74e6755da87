// SPDX-License-Identifier: EUPL-1.2
// `search`: which meldingen came and to whom what of them went, without what they say.
#include "audit/audit.h"
#include "audit/gebeurtenis.h"
#include "base/clock.h"

#include <stdio.h>
#include <string.h>

#define FILTERS_MAX 4

struct filter {
	char wat[16];
	const char *waarde;
};
struct searching {
	struct desk *desk;
	struct filter filters[FILTERS_MAX];
	size_t filter_count;
	uint64_t found;
};

static const char *const wat_names[] = {"thema", "soort", "bron", "ontvanger", "regel", "casus"};

static const char *wat_at(const void *context, size_t n)
{
	(void)context;
	return n < sizeof wat_names / sizeof wat_names[0] ? wat_names[n] : NULL;
}

// "<OIN>", "<functie>" or "<OIN>/<functie>"
static bool is_ontvanger(const struct gebeurtenis_gift *gift, const char *waarde)
{
	char both[64];
	snprintf(both, sizeof both, "%s/%s", gift->oin, gift->functie);
	return strcmp(gift->oin, waarde) == 0 || strcmp(gift->functie, waarde) == 0 ||
	       strcmp(both, waarde) == 0;
}

static bool gave_by(const struct gebeurtenis_gift *gift, const char *regel)
{
	for (size_t i = 0; i < gift->grond_count; i++)
		if (strcmp(gift->gronden[i].regel, regel) == 0)
			return true;
	return false;
}

static bool any_gift(const struct gebeurtenis *g, const char *waarde,
		     bool (*is)(const struct gebeurtenis_gift *gift, const char *waarde))
{
	for (size_t i = 0; i < g->gift_count; i++)
		if (is(&g->giften[i], waarde))
			return true;
	return false;
}

static bool matches(const struct gebeurtenis *g, const struct filter *filter)
{
	if (strcmp(filter->wat, "thema") == 0)
		return lijst_heeft(g->themas, filter->waarde);
	if (strcmp(filter->wat, "soort") == 0)
		return strcmp(g->soort, filter->waarde) == 0;
	if (strcmp(filter->wat, "bron") == 0)
		return strcmp(g->bron, filter->waarde) == 0;
	if (strcmp(filter->wat, "ontvanger") == 0)
		return any_gift(g, filter->waarde, is_ontvanger);
	if (strcmp(filter->wat, "regel") == 0)
		return any_gift(g, filter->waarde, gave_by);
	return true; // a casus is asked of the daemon
}

static bool names_before(const struct gebeurtenis_gift *gift, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(gift->gronden[i].regel, gift->gronden[n].regel) == 0)
			return true;
	return false;
}

static void write_gift(struct json_out *out, const struct gebeurtenis_gift *gift)
{
	json_out_object_begin(out);
	json_out_add_text(out, "oin", gift->oin);
	json_out_add_text(out, "organisatie", gebeurtenis_naam(gift->oin));
	json_out_add_text(out, "functie", gift->functie);
	json_out_add_text(out, "soort", gift->soort);
	json_out_add_text(out, "status", gift->status);
	json_out_key(out, "regels");
	json_out_array_begin(out);
	for (size_t i = 0; i < gift->grond_count; i++)
		if (!names_before(gift, i))
			json_out_text(out, bytes_of_text(gift->gronden[i].regel));
	json_out_array_end(out);
	json_out_object_end(out);
}

static void tell_found(struct desk *desk, const struct gebeurtenis *g)
{
	char moment[21];
	struct desk_line line;
	uint64_t melding = g->betreft ? g->betreft : g->entry;
	time_format(moment, g->ms);
	desk_say(desk, "%s  entry %llu  %s of melding %llu: %s, %s, from %s; %zu verstrekkingen",
		 moment, (unsigned long long)g->entry, g->type, (unsigned long long)melding,
		 g->soort[0] ? g->soort : "no soort", g->themas[0] ? g->themas : "no thema",
		 gebeurtenis_naam(g->bron), g->gift_count);
	if (!desk->json)
		return;
	desk_line_begin(&line);
	json_out_add_text(&line.out, "tijd", moment);
	json_out_add_number(&line.out, "entry", g->entry);
	json_out_add_text(&line.out, "type", g->type);
	json_out_add_number(&line.out, "melding", melding);
	json_out_add_text(&line.out, "uitkomst", g->uitkomst);
	json_out_add_text(&line.out, "soort", g->soort);
	lijst_write(&line.out, "thema", g->themas);
	json_out_add_text(&line.out, "bron", g->bron);
	json_out_add_text(&line.out, "bron_naam", gebeurtenis_naam(g->bron));
	json_out_key(&line.out, "verstrekkingen");
	json_out_array_begin(&line.out);
	for (size_t i = 0; i < g->gift_count; i++)
		write_gift(&line.out, &g->giften[i]);
	json_out_array_end(&line.out);
	desk_line_end(desk, &line);
}

static enum result take_found(void *context, const struct gebeurtenis *g)
{
	struct searching *searching = context;
	for (size_t i = 0; i < searching->filter_count; i++)
		if (!matches(g, &searching->filters[i]))
			return RESULT_OK;
	searching->found++;
	tell_found(searching->desk, g);
	return RESULT_OK;
}

// "<wat>:<waarde>"
static int read_filter(struct searching *searching, const char *argument)
{
	struct desk *desk = searching->desk;
	struct filter *filter = &searching->filters[searching->filter_count++];
	const struct desk_names names = {"things to search by", wat_at, NULL};
	const char *colon = strchr(argument, ':');
	size_t len = colon ? (size_t)(colon - argument) : 0;
	if (!colon || len >= sizeof filter->wat || !colon[1])
		return desk_no_such_name(desk, &names, argument,
					 "nothing to search by: give WAT:WAARDE");
	snprintf(filter->wat, sizeof filter->wat, "%.*s", (int)len, argument);
	filter->waarde = colon + 1;
	for (size_t n = 0; wat_at(NULL, n); n++)
		if (strcmp(wat_at(NULL, n), filter->wat) == 0)
			return DESK_DONE;
	return desk_no_such_name(desk, &names, filter->wat, "nothing to search by");
}

int audit_search(struct desk *desk)
{
	struct searching searching = {.desk = desk};
	struct venster venster;
	const char *casus = NULL;
	int code = venster_read(desk, desk->arguments[0], desk->arguments[1], &venster);
	for (unsigned i = 2; code == DESK_DONE && i < desk->argument_count; i++) {
		code = read_filter(&searching, desk->arguments[i]);
		if (code == DESK_DONE && strcmp(searching.filters[i - 2].wat, "casus") == 0)
			casus = searching.filters[i - 2].waarde;
	}
	if (code != DESK_DONE)
		return code;
	const struct gebeurtenis_vraag vraag = {
		.command = "search", .since = venster.since, .until = venster.until, .id = casus};
	const struct gebeurtenis_reader reader = {.context = &searching, .take = take_found};
	code = gebeurtenissen(desk, &vraag, &reader);
	if (code == DESK_DONE && searching.found == 0)
		desk_say(desk, "no melding of this in that time");
	return code == DESK_DONE && searching.found == 0 ? DESK_NO : code;
}

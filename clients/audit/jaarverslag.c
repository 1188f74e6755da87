// SPDX-License-Identifier: EUPL-1.2
// `jaarverslag`: what the privacy officer accounts for of a year, as numbers: what was processed
// and given, asked, refused, requested and answered in time, lifted, given in an emergency,
// corrected, destroyed and leaked. As JSON, and as a page in Dutch. No number is of a person or a
// medewerker.
#include "audit/audit.h"
#include "audit/gebeurtenis.h"
#include "audit/pagina.h"
#include "audit/verzoeken.h"
#include "base/clock.h"
#include "desk/answer.h"

#include <stdio.h>
#include <string.h>

#define TELLERS_MAX 1024
#define PAGE_MAX (1024u * 1024)
#define YEAR_FIRST 1990
#define YEAR_LAST 2190

struct teller {
	const char *groep;
	char naam[64];
	uint64_t aantal;
};
struct jaarverslag {
	struct desk *desk;
	const char *jaar;
	struct teller tellers[TELLERS_MAX];
	size_t count;
	bool full;
};

// The chapters, in their order; those that are counted of nothing stand there too, with nothing.
static const struct groep {
	const char *naam, *kop, *uitleg;
} groepen[] = {
	{"verklaringen", "Wat er binnenkwam",
	 "Berichten die zijn aanvaard, naar soort: meldingen, wegingen, toestemmingen, "
	 "correcties."},
	{"verstrekkingen", "Wat er is gedeeld",
	 "Verstrekkingen, en wat daarvan door de ontvanger is bevestigd. Wat later door een andere "
	 "is "
	 "vervangen, telt niet mee."},
	{"rechtzettingen", "Wat is rechtgezet",
	 "Berichten aan wie iets had gekregen dat onjuist, beperkt of vernietigd is."},
	{"vragen", "Vragen van het privacybureau",
	 "Elke vraag is vastgelegd voordat hij is beantwoord. Wie meer dan één antwoord nodig had, "
	 "telt "
	 "één keer."},
	{"vragen-partners", "Vragen van partners",
	 "Beantwoord met gegevens, of met het antwoord dat er niets te verstrekken is."},
	{"geweigerd", "Wat is geweigerd", "Berichten en verbindingen, naar reden."},
	{"verzoeken", "Verzoeken van betrokkenen", "Ontvangen in dit jaar, naar soort."},
	{"afhandeling", "Hoe verzoeken zijn afgehandeld", "Van de verzoeken van dit jaar."},
	{"termijnen", "Termijnen van verzoeken",
	 "Of het antwoord op tijd was. Wat nog open is, is op tijd zolang de termijn loopt."},
	{"datalekken", "Datalekken",
	 "Wat bekend werd in dit jaar, en of het op tijd is afgehandeld."},
	{"noodtoetsen", "Toetsing van noodverstrekkingen", "Naar uitkomst."},
	{"vernietigd", "Wat is vernietigd",
	 "Meldingen waarvan de inhoud of de verantwoording wegging."},
	{"stoppen", "Vernietigingsstoppen", "Begonnen en geëindigd in dit jaar."},
};
#define GROEP_COUNT (sizeof groepen / sizeof groepen[0])

static void tel(struct jaarverslag *j, const char *groep, const char *naam, uint64_t aantal)
{
	struct teller *teller = j->tellers, *end = j->tellers + j->count;
	while (teller < end &&
	       (strcmp(teller->groep, groep) != 0 || strcmp(teller->naam, naam) != 0))
		teller++;
	if (teller == end && j->count == TELLERS_MAX) {
		j->full = true;
		return;
	}
	if (teller == end) {
		j->count++;
		teller->groep = groep;
		snprintf(teller->naam, sizeof teller->naam, "%s", naam);
	}
	teller->aantal += aantal;
}

// ---- what happened -------------------------------------------------------------------------

static void tel_gift(struct jaarverslag *j, const struct gebeurtenis_gift *gift)
{
	if (strcmp(gift->soort, "verstrekking") != 0 && strcmp(gift->soort, "getoond") != 0) {
		tel(j, "rechtzettingen", gift->soort, 1);
		return;
	}
	if (!gift_stands(gift))
		return;
	tel(j, "verstrekkingen", gift->soort, 1);
	if (strcmp(gift->status, "bevestigd") == 0)
		tel(j, "verstrekkingen", "bevestigd", 1);
}

static enum result take(void *context, const struct gebeurtenis *g)
{
	struct jaarverslag *j = context;
	if (strcmp(g->uitkomst, "aanvaard") != 0) {
		tel(j, "geweigerd", g->uitkomst, 1);
		return RESULT_OK;
	}
	if (g->is_vraag) {
		if (!g->vervolg)
			tel(j, "vragen", g->vraag, 1);
		if (!g->vervolg && !g->zaak[0])
			tel(j, "vragen", "zonder zaak", 1);
		return RESULT_OK;
	}
	if (g->casus[0])
		tel(j, "vragen-partners",
		    strcmp(g->casus, "ja") == 0 ? "met gegevens" : "niets te verstrekken", 1);
	if (strcmp(g->type, "noodtoets") == 0)
		tel(j, "noodtoetsen", gebeurtenis_veld(g, "uitkomst"), 1);
	if (strcmp(g->type, "herbeslissing") != 0 && strcmp(g->type, "ack") != 0)
		tel(j, "verklaringen", g->type, 1);
	for (size_t i = 0; i < g->gift_count; i++)
		tel_gift(j, &g->giften[i]);
	return RESULT_OK;
}

// "<ms> <entry> <what> <meldingen> …", "<ms> <entry> <begin|einde>", "<ms> <oin> <reason> <n>"
static enum result take_rest(void *context, const struct gebeurtenis_huis *huis, const char *name,
			     struct bytes rest)
{
	struct jaarverslag *j = context;
	struct bytes ms, second, third, fourth = {NULL, 0};
	uint64_t aantal = 1;
	char naam[64];
	(void)huis;
	if (!word_take(&rest, &ms) || !word_take(&rest, &second))
		return RESULT_MALFORMED;
	bool more = word_take(&rest, &third);
	if (!more) // the last word of the line
		third = rest;
	else if (!word_take(&rest, &fourth))
		fourth = rest;
	snprintf(naam, sizeof naam, "%.*s", (int)third.len, (const char *)third.data);
	if (strcmp(name, "stop") == 0) {
		tel(j, "stoppen", naam, 1);
		return RESULT_OK;
	}
	if (number_parse(fourth, &aantal) != RESULT_OK)
		return RESULT_MALFORMED;
	tel(j, strcmp(name, "vernietigd") == 0 ? "vernietigd" : "geweigerd", naam, aantal);
	return RESULT_OK;
}

// ---- requests ------------------------------------------------------------------------------

static void tel_verzoek(struct jaarverslag *j, const struct verzoek *verzoek, int64_t now)
{
	bool lek = strcmp(verzoek->soort, "datalek") == 0;
	const char *uitkomst = verzoek->afgehandeld ? verzoek->uitkomst : "nog open";
	const char *tijd = verzoek_in_time(verzoek, now) ? "op tijd" : "te laat";
	if (lek) {
		tel(j, "datalekken", "bekend geworden", 1);
		tel(j, "datalekken", uitkomst, 1);
		tel(j, "datalekken", tijd, 1);
		return;
	}
	tel(j, "verzoeken", verzoek->soort, 1);
	tel(j, "afhandeling", uitkomst, 1);
	tel(j, "termijnen", tijd, 1);
	if (verzoek->verlengd)
		tel(j, "termijnen", "verlengd", 1);
}

// Of those that came in the year, with what became of them since, to this day.
static int tel_verzoeken(struct jaarverslag *j, const struct venster *venster)
{
	struct verzoeken verzoeken = {0};
	int64_t from = 0, until = 0, now = clock_wall_ms();
	int code = verzoeken_ask(j->desk, venster->since, &verzoeken);
	if (code == DESK_DONE && (time_parse(bytes_of_text(venster->since), &from) ||
				  time_parse(bytes_of_text(venster->until), &until)))
		code = desk_odd_answer(j->desk, "a time that cannot be read");
	for (size_t i = 0; code == DESK_DONE && i < verzoeken.count; i++)
		if (verzoeken.rows[i].ontvangen >= from && verzoeken.rows[i].ontvangen < until)
			tel_verzoek(j, &verzoeken.rows[i], now);
	verzoeken_free(&verzoeken);
	return code;
}

// ---- telling -------------------------------------------------------------------------------

static void write_groep(const struct jaarverslag *j, struct json_out *out, const char *groep)
{
	json_out_key(out, groep);
	json_out_object_begin(out);
	for (size_t i = 0; i < j->count; i++)
		if (strcmp(j->tellers[i].groep, groep) == 0)
			json_out_add_number(out, j->tellers[i].naam, j->tellers[i].aantal);
	json_out_object_end(out);
}

static void tell_json(const struct jaarverslag *j)
{
	struct desk_line line;
	desk_line_begin(&line);
	json_out_add_text(&line.out, "jaarverslag", j->jaar);
	json_out_add_text(&line.out, "huis", gebeurtenis_huis()->oin);
	for (size_t n = 0; n < GROEP_COUNT; n++)
		write_groep(j, &line.out, groepen[n].naam);
	desk_line_end(j->desk, &line);
}

static void append_groep(const struct jaarverslag *j, const struct groep *groep, struct buffer *out)
{
	bool any = false;
	pagina_text(out, "<h2>", groep->kop, "</h2>\n");
	pagina_text(out, "<p>", groep->uitleg, "</p>\n<table>\n");
	for (size_t i = 0; i < j->count; i++) {
		const struct teller *teller = &j->tellers[i];
		if (strcmp(teller->groep, groep->naam) != 0)
			continue;
		any = true;
		pagina_text(out, "<tr><td>", teller->naam, "</td>");
		buffer_append_format(out, "<td class=\"getal\">%llu</td></tr>\n",
				     (unsigned long long)teller->aantal);
	}
	if (!any)
		buffer_append_text(out, "<tr><td>niets</td><td class=\"getal\">0</td></tr>\n");
	buffer_append_text(out, "</table>\n");
}

static void make_page(const struct jaarverslag *j, struct buffer *out)
{
	pagina_begin(out, "Jaarverslag privacy", j->desk->oefening);
	pagina_text(out, "<h1>Jaarverslag privacy ", j->jaar, "</h1>\n");
	pagina_text(out, "<p>", gebeurtenis_huis()->naam, "<br>OIN ");
	pagina_text(out, "", gebeurtenis_huis()->oin, "</p>\n");
	buffer_append_text(out,
			   "<p>Deze getallen zijn geteld uit het log van het knooppunt. Zij noemen "
			   "geen persoon en geen medewerker; een klein getal kan iemand herkenbaar "
			   "maken: kijk daarnaar voordat dit naar buiten gaat. Wat met zijn "
			   "verantwoording is vernietigd, telt niet meer mee.</p>\n");
	for (size_t n = 0; n < GROEP_COUNT; n++)
		append_groep(j, &groepen[n], out);
	pagina_end(out);
}

static int write_page(const struct jaarverslag *j)
{
	struct buffer page;
	buffer_init(&page, PAGE_MAX);
	make_page(j, &page);
	int code = audit_write_new(j->desk, j->desk->values[DESK_OUT], &page);
	buffer_done(&page);
	return code;
}

static void say_all(const struct jaarverslag *j)
{
	for (size_t n = 0; n < GROEP_COUNT; n++) {
		desk_say(j->desk, "%s", groepen[n].kop);
		for (size_t i = 0; i < j->count; i++)
			if (strcmp(j->tellers[i].groep, groepen[n].naam) == 0)
				desk_say(j->desk, "  %-32s %llu", j->tellers[i].naam,
					 (unsigned long long)j->tellers[i].aantal);
	}
}

static bool year_read(const char *text, struct venster *ret_venster)
{
	uint64_t year;
	char first[8], last[8];
	if (strlen(text) != 4 || number_parse(bytes_of_text(text), &year) != RESULT_OK ||
	    year < YEAR_FIRST || year > YEAR_LAST)
		return false;
	snprintf(first, sizeof first, "%.4s-01", text);
	snprintf(last, sizeof last, "%.4s-12", text);
	return month_begin(first, false, ret_venster->since) &&
	       month_begin(last, true, ret_venster->until);
}

int audit_jaarverslag(struct desk *desk)
{
	static struct jaarverslag j; // large
	struct venster venster;
	if (!year_read(desk->arguments[0], &venster))
		return desk_misused(desk, "give YEAR, as 2026");
	j = (struct jaarverslag){.desk = desk, .jaar = desk->arguments[0]};
	const struct gebeurtenis_vraag vraag = {
		.command = "jaarverslag", .since = venster.since, .until = venster.until};
	const struct gebeurtenis_reader reader = {.context = &j, .take = take, .rest = take_rest};
	int code = gebeurtenissen(desk, &vraag, &reader);
	if (code == DESK_DONE)
		code = tel_verzoeken(&j, &venster);
	if (code == DESK_DONE && j.full) // what is not whole is no account
		code = desk_odd_answer(desk, "more kinds than are counted");
	if (code == DESK_DONE && desk->values[DESK_OUT])
		code = write_page(&j);
	if (code != DESK_DONE)
		return code;
	say_all(&j);
	if (desk->json)
		tell_json(&j);
	return DESK_DONE;
}

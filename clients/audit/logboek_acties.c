// SPDX-License-Identifier: EUPL-1.2
// The actions of one event, and the ids that follow from the log.
#include "audit/logboek.h"

#include <stdio.h>
#include <string.h>

// ---- the actions ---------------------------------------------------------------------------

static bool has_persoon(const struct gebeurtenis_gift *gift, uint32_t betrokkene)
{
	for (size_t i = 0; i < gift->grond_count; i++)
		if (gift->gronden[i].betrokkene == betrokkene)
			return true;
	return false;
}

static bool names_somebody(const struct gebeurtenis_gift *gift)
{
	for (size_t i = 0; i < gift->grond_count; i++)
		if (gift->gronden[i].betrokkene > 0)
			return true;
	return false;
}

// What was given of the incident alone is about everybody in it.
static bool is_about(const struct actie *actie, const struct gebeurtenis_persoon *persoon)
{
	const struct gebeurtenis *g = actie->g;
	if (actie->gift)
		return !names_somebody(actie->gift) ||
		       has_persoon(actie->gift, persoon->betrokkene);
	return !g->one || g->betrokkene == 0 || g->betrokkene == persoon->betrokkene;
}

static void add_personen(struct actie *actie)
{
	const struct gebeurtenis *g = actie->g;
	if (g->over[0]) { // of a question: whom it was about
		actie->of_handle = (struct gebeurtenis_persoon){0, g->over, ""};
		actie->personen[actie->persoon_count++] = &actie->of_handle;
		return;
	}
	for (size_t i = 0; i < g->persoon_count; i++)
		if (is_about(actie, &g->personen[i]))
			actie->personen[actie->persoon_count++] = &g->personen[i];
}

static void name_statement(struct actie *actie)
{
	const struct gebeurtenis *g = actie->g;
	bool accepted = strcmp(g->uitkomst, "aanvaard") == 0;
	if (g->is_vraag && accepted)
		snprintf(actie->name, sizeof actie->name, "raadplegen: %s", g->vraag);
	else
		snprintf(actie->name, sizeof actie->name, "%s %s", g->type,
			 accepted ? "verwerken" : "weigeren");
}

static void name_gift(struct actie *actie)
{
	const struct gebeurtenis_gift *gift = actie->gift;
	const char *what = strcmp(gift->soort, "verstrekking") == 0 ? "verstrekken"
			   : strcmp(gift->soort, "getoond") == 0    ? "tonen"
								    : "rechtzetten";
	snprintf(actie->name, sizeof actie->name, "%s aan %s van %s", what, gift->functie,
		 gift->oin);
}

bool actie_at(const struct gebeurtenis *g, size_t n, struct actie *ret_actie)
{
	if (n > g->gift_count)
		return false;
	*ret_actie = (struct actie){
		.g = g, .gift = n > 0 ? &g->giften[n - 1] : NULL, .number = (uint32_t)n};
	if (n > 0)
		name_gift(ret_actie);
	else
		name_statement(ret_actie);
	add_personen(ret_actie);
	return true;
}

// ---- the ids -------------------------------------------------------------------------------

static const char *blad_of_trace(const struct gebeurtenis *g)
{
	return g->blad_melding[0] ? g->blad_melding : g->blad;
}

void logboek_trace(const struct gebeurtenis *g, char ret_trace[TRACE_HEX + 1])
{
	snprintf(ret_trace, TRACE_HEX + 1, "%.*s", TRACE_HEX, blad_of_trace(g));
}

static void span_of(const char *blad, uint32_t number, size_t persoon, char ret_span[SPAN_HEX + 1])
{
	char place[64];
	snprintf(place, sizeof place, "%u/%zu", number, persoon);
	const struct bytes pieces[] = {bytes_of_text("knooppunt/logboek/v1"), bytes_of_text(blad),
				       bytes_of_text(place)};
	struct hash hash = pae_sha256(pieces, sizeof pieces / sizeof pieces[0]);
	hex_encode(ret_span, bytes_make(hash.b, SPAN_HEX / 2));
}

void logboek_span(const struct actie *actie, size_t persoon, char ret_span[SPAN_HEX + 1])
{
	span_of(actie->g->blad, actie->number, persoon, ret_span);
}

void logboek_melding_span(const struct gebeurtenis *g, char ret_span[SPAN_HEX + 1])
{
	ret_span[0] = '\0';
	if (g->blad_melding[0])
		span_of(g->blad_melding, 0, 0, ret_span);
}

void logboek_activiteit(const struct gebeurtenis *g, char ret_urn[URN_MAX])
{
	if (g->convenant_hash[0])
		snprintf(ret_urn, URN_MAX, "urn:nld:oin:%s:verwerking:%s:%s", g->huis->oin,
			 g->convenant[0] ? g->convenant : "convenant", g->convenant_hash);
	else
		snprintf(ret_urn, URN_MAX, "urn:nld:oin:%s:verwerking:%s", g->huis->oin, g->type);
}

enum result logboek_end(struct logboek *logboek)
{
	buffer_append_text(logboek->out, "\n");
	logboek->records++;
	return logboek->out->status;
}

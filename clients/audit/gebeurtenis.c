// SPDX-License-Identifier: EUPL-1.2
#include "audit/gebeurtenis.h"

#include "audit/audit.h"
#include "base/clock.h"
#include "desk/answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA (16u * 1024 * 1024)
#define PERSONEN_MAX 64
#define GIFTEN_MAX 64
#define GRONDEN_MAX 8192
#define VELDEN_MAX 16
#define NAMEN_MAX 2048

// A program tells one question: the event in hand lies here.
static struct {
	const struct gebeurtenis_reader *reader;
	struct gebeurtenis_huis huis;
	struct arena *arena;
	bool any; // one is begun
	struct gebeurtenis g;
	struct gebeurtenis_persoon personen[PERSONEN_MAX];
	struct gebeurtenis_gift giften[GIFTEN_MAX];
	struct gebeurtenis_grond gronden[GRONDEN_MAX];
	struct gebeurtenis_veld velden[VELDEN_MAX];
	size_t grond_count;
	struct {
		char oin[21], naam[120];
	} namen[NAMEN_MAX];
	size_t naam_count;
} hand;

const char *gebeurtenis_veld(const struct gebeurtenis *g, const char *name)
{
	for (size_t i = 0; i < g->veld_count; i++)
		if (strcmp(g->velden[i].name, name) == 0)
			return g->velden[i].value;
	return "";
}

const char *gebeurtenis_naam(const char *oin)
{
	for (size_t i = hand.naam_count; i-- > 0;) // the newest
		if (strcmp(hand.namen[i].oin, oin) == 0)
			return hand.namen[i].naam;
	return oin;
}

bool lijst_heeft(const char *list, const char *word)
{
	size_t len = strlen(word);
	for (const char *at = list; *at;) {
		size_t n = strcspn(at, ",");
		if (n == len && memcmp(at, word, len) == 0)
			return true;
		at += n + (at[n] == ',');
	}
	return false;
}

void lijst_write(struct json_out *out, const char *key, const char *list)
{
	json_out_key(out, key);
	json_out_array_begin(out);
	for (const char *at = list; *at;) {
		size_t len = strcspn(at, ",");
		json_out_text(out, bytes_make((const uint8_t *)at, len));
		at += len + (at[len] == ',');
	}
	json_out_array_end(out);
}

bool gift_stands(const struct gebeurtenis_gift *gift)
{
	return strcmp(gift->status, "vervangen") != 0 &&
	       (strcmp(gift->soort, "verstrekking") == 0 || strcmp(gift->soort, "getoond") == 0);
}

static bool is_said(struct bytes word)
{
	return !bytes_equal(word, bytes_of_text("-"));
}

// "" of what was not said.
static enum result keep(struct bytes word, const char **ret_text)
{
	const char *text = is_said(word) ? arena_text(hand.arena, word) : "";
	if (!text)
		return RESULT_NO_MEMORY;
	*ret_text = text;
	return RESULT_OK;
}

// The next word of a line.
static enum result keep_word(struct bytes *rest, const char **ret_text)
{
	struct bytes word;
	return word_take(rest, &word) ? keep(word, ret_text) : RESULT_MALFORMED;
}

static enum result number_word(struct bytes *rest, uint64_t *ret_number)
{
	struct bytes word;
	return word_take(rest, &word) ? number_parse(word, ret_number) : RESULT_MALFORMED;
}

// ---- begin and end -------------------------------------------------------------------------

static enum result end_one(void)
{
	enum result result = RESULT_OK;
	if (hand.any) {
		hand.g.huis = &hand.huis;
		hand.g.personen = hand.personen;
		hand.g.giften = hand.giften;
		hand.g.velden = hand.velden;
		result = hand.reader->take(hand.reader->context, &hand.g);
	}
	hand.any = false;
	arena_clear(hand.arena);
	return result;
}

// "<ms> <entry> <type> <outcome> <oin> <melding>"
static enum result begin_one(struct desk *desk, struct bytes rest)
{
	uint64_t ms = 0;
	struct gebeurtenis g = {.blad = "", .blad_melding = "", .convenant_hash = ""};
	(void)desk;
	g.convenant = g.codes_hash = g.bron = g.soort = g.themas = g.medewerker = "";
	g.vraag = g.zaak = g.over = g.casus = "";
	enum result result = end_one();
	if (result == RESULT_OK)
		result = number_word(&rest, &ms);
	if (result == RESULT_OK)
		result = number_word(&rest, &g.entry);
	if (result == RESULT_OK)
		result = keep_word(&rest, &g.type);
	if (result == RESULT_OK)
		result = keep_word(&rest, &g.uitkomst);
	if (result == RESULT_OK)
		result = keep_word(&rest, &g.oin);
	if (result == RESULT_OK)
		result = number_parse(rest, &g.betreft);
	g.ms = (int64_t)ms;
	hand.g = g;
	hand.grond_count = 0;
	hand.any = result == RESULT_OK;
	return result;
}

// ---- the lines of one ----------------------------------------------------------------------

static enum result take_proof(struct desk *desk, struct bytes rest)
{
	(void)desk;
	enum result result = keep_word(&rest, &hand.g.blad);
	return result == RESULT_OK ? keep(rest, &hand.g.blad_melding) : result;
}

static enum result take_convenant(struct desk *desk, struct bytes rest)
{
	(void)desk;
	enum result result = keep_word(&rest, &hand.g.convenant_hash);
	return result == RESULT_OK ? keep(rest, &hand.g.convenant) : result;
}

static enum result take_codes(struct desk *desk, struct bytes rest)
{
	(void)desk;
	return keep(rest, &hand.g.codes_hash);
}

static enum result take_bewaar(struct desk *desk, struct bytes rest)
{
	(void)desk;
	return number_parse(rest, &hand.g.bewaar);
}

static enum result take_bron(struct desk *desk, struct bytes rest)
{
	(void)desk;
	return keep(rest, &hand.g.bron);
}

static enum result take_feit(struct desk *desk, struct bytes rest)
{
	struct bytes name;
	char themas[1024];
	(void)desk;
	if (!word_take(&rest, &name))
		return RESULT_MALFORMED;
	if (bytes_equal(name, bytes_of_text("soort")))
		return keep(rest, &hand.g.soort);
	int len = snprintf(themas, sizeof themas, "%s%s%.*s", hand.g.themas,
			   hand.g.themas[0] ? "," : "", (int)rest.len, (const char *)rest.data);
	return len < (int)sizeof themas ? keep(bytes_of_text(themas), &hand.g.themas)
					: RESULT_MALFORMED;
}

static enum result take_persoon(struct desk *desk, struct bytes rest)
{
	struct gebeurtenis_persoon *persoon = &hand.personen[hand.g.persoon_count];
	uint64_t betrokkene = 0;
	(void)desk;
	if (hand.g.persoon_count == PERSONEN_MAX)
		return RESULT_MALFORMED;
	enum result result = number_word(&rest, &betrokkene);
	if (result == RESULT_OK)
		result = keep_word(&rest, &persoon->handle);
	if (result == RESULT_OK)
		result = keep(rest, &persoon->rol);
	persoon->betrokkene = (uint32_t)betrokkene;
	hand.g.persoon_count++;
	return result;
}

static enum result take_over(struct desk *desk, struct bytes rest)
{
	uint64_t betrokkene = 0;
	(void)desk;
	enum result result = number_parse(rest, &betrokkene);
	hand.g.betrokkene = (uint32_t)betrokkene;
	hand.g.one = result == RESULT_OK;
	return result;
}

// "<vraag> <zaak> <handle> <vervolg>"
static enum result take_vraag(struct desk *desk, struct bytes rest)
{
	(void)desk;
	enum result result = keep_word(&rest, &hand.g.vraag);
	if (result == RESULT_OK)
		result = keep_word(&rest, &hand.g.zaak);
	if (result == RESULT_OK)
		result = keep_word(&rest, &hand.g.over);
	hand.g.is_vraag = true;
	hand.g.vervolg = is_said(rest);
	return result;
}

static enum result take_casus(struct desk *desk, struct bytes rest)
{
	(void)desk;
	return keep(rest, &hand.g.casus);
}

static enum result take_medewerker(struct desk *desk, struct bytes rest)
{
	(void)desk;
	return keep(rest, &hand.g.medewerker);
}

static enum result take_veld(struct desk *desk, struct bytes rest)
{
	struct gebeurtenis_veld *veld = &hand.velden[hand.g.veld_count];
	(void)desk;
	if (hand.g.veld_count == VELDEN_MAX)
		return RESULT_MALFORMED;
	enum result result = keep_word(&rest, &veld->name);
	if (result == RESULT_OK)
		result = keep(rest, &veld->value);
	hand.g.veld_count++;
	return result;
}

static enum result take_vrij(struct desk *desk, struct bytes rest)
{
	(void)desk;
	return number_parse(rest, &hand.g.vrij);
}

static enum result take_gift(struct desk *desk, struct bytes rest)
{
	struct gebeurtenis_gift *gift = &hand.giften[hand.g.gift_count];
	(void)desk;
	if (hand.g.gift_count == GIFTEN_MAX)
		return RESULT_MALFORMED;
	*gift = (struct gebeurtenis_gift){.gronden = &hand.gronden[hand.grond_count]};
	enum result result = keep_word(&rest, &gift->oin);
	if (result == RESULT_OK)
		result = keep_word(&rest, &gift->functie);
	if (result == RESULT_OK)
		result = keep_word(&rest, &gift->soort);
	if (result == RESULT_OK)
		result = keep(rest, &gift->status);
	hand.g.gift_count++;
	return result;
}

// "<betrokkene> <regel> <mens> <overleg> <rubriek,…>", of the verstrekking before
static enum result take_grond(struct desk *desk, struct bytes rest)
{
	struct gebeurtenis_grond *grond = &hand.gronden[hand.grond_count];
	uint64_t betrokkene = 0;
	(void)desk;
	if (hand.grond_count == GRONDEN_MAX || hand.g.gift_count == 0)
		return RESULT_MALFORMED;
	enum result result = number_word(&rest, &betrokkene);
	if (result == RESULT_OK)
		result = keep_word(&rest, &grond->regel);
	if (result == RESULT_OK)
		result = keep_word(&rest, &grond->mens);
	if (result == RESULT_OK)
		result = keep_word(&rest, &grond->overleg);
	if (result == RESULT_OK)
		result = keep(rest, &grond->rubrieken);
	grond->betrokkene = (uint32_t)betrokkene;
	hand.grond_count++;
	hand.giften[hand.g.gift_count - 1].grond_count++;
	return result;
}

// ---- what is no statement ------------------------------------------------------------------

static enum result take_rest(const char *name, struct bytes rest)
{
	enum result result = end_one();
	if (result != RESULT_OK || !hand.reader->rest)
		return result;
	return hand.reader->rest(hand.reader->context, &hand.huis, name, rest);
}

static enum result take_destroyed(struct desk *desk, struct bytes rest)
{
	(void)desk;
	return take_rest("vernietigd", rest);
}

static enum result take_stop(struct desk *desk, struct bytes rest)
{
	(void)desk;
	return take_rest("stop", rest);
}

static enum result take_refused(struct desk *desk, struct bytes rest)
{
	(void)desk;
	return take_rest("geweigerd", rest);
}

static void take_text(char *room, size_t size, struct bytes text)
{
	snprintf(room, size, "%.*s", (int)text.len, (const char *)text.data);
}

static enum result take_huis(struct desk *desk, struct bytes rest)
{
	(void)desk;
	take_text(hand.huis.naam, sizeof hand.huis.naam, rest);
	return RESULT_OK;
}

static enum result take_oin(struct desk *desk, struct bytes rest)
{
	(void)desk;
	take_text(hand.huis.oin, sizeof hand.huis.oin, rest);
	return RESULT_OK;
}

// Of the first convenant.
static enum result take_contact(struct desk *desk, struct bytes rest)
{
	(void)desk;
	if (!hand.huis.contactpunt[0])
		take_text(hand.huis.contactpunt, sizeof hand.huis.contactpunt, rest);
	return RESULT_OK;
}

static enum result take_origin(struct desk *desk, struct bytes rest)
{
	(void)desk;
	take_text(hand.huis.origin, sizeof hand.huis.origin, rest);
	return RESULT_OK;
}

static enum result take_naam(struct desk *desk, struct bytes rest)
{
	struct bytes oin;
	(void)desk;
	if (!word_take(&rest, &oin))
		return RESULT_MALFORMED;
	if (hand.naam_count == NAMEN_MAX)
		return RESULT_OK;
	snprintf(hand.namen[hand.naam_count].oin, 21, "%.*s", (int)oin.len, (const char *)oin.data);
	snprintf(hand.namen[hand.naam_count++].naam, 120, "%.*s", (int)rest.len,
		 (const char *)rest.data);
	return RESULT_OK;
}

// ---- asking --------------------------------------------------------------------------------

static const struct stretch_line lines[] = {{"gebeurtenis", begin_one},
					    {"e-blad", take_proof},
					    {"e-convenant", take_convenant},
					    {"e-codes", take_codes},
					    {"e-bewaar", take_bewaar},
					    {"e-bron", take_bron},
					    {"e-feit", take_feit},
					    {"e-persoon", take_persoon},
					    {"e-over", take_over},
					    {"e-vraag", take_vraag},
					    {"e-casus", take_casus},
					    {"e-medewerker", take_medewerker},
					    {"e-veld", take_veld},
					    {"e-vrij", take_vrij},
					    {"e-verstrekking", take_gift},
					    {"v-grond", take_grond},
					    {"vernietigd", take_destroyed},
					    {"stop", take_stop},
					    {"geweigerd", take_refused},
					    {"huis", take_huis},
					    {"huis-oin", take_oin},
					    {"contactpunt", take_contact},
					    {"origin", take_origin},
					    {"naam", take_naam},
					    {NULL, NULL}};

int gebeurtenissen(struct desk *desk, const struct gebeurtenis_vraag *vraag,
		   const struct gebeurtenis_reader *reader)
{
	const struct stretch_more more[] = {
		{"until", vraag->until}, {vraag->id ? "id" : NULL, vraag->id}, {NULL, NULL}};
	const struct stretches stretches = {.command = vraag->command,
					    .sealed = true,
					    .more = more,
					    .since = vraag->since,
					    .lines = lines};
	uint64_t told = 0;
	hand.reader = reader;
	if (arena_new(ARENA, &hand.arena) != RESULT_OK)
		return audit_no_memory(desk);
	int code = audit_stretches(desk, &stretches, &told);
	if (code == DESK_DONE && end_one() != RESULT_OK)
		code = desk_odd_answer(desk, "more than is taken at once: ask for a shorter time");
	arena_free(hand.arena);
	return code;
}

const struct gebeurtenis_huis *gebeurtenis_huis(void)
{
	return &hand.huis;
}

// ---- the window ----------------------------------------------------------------------------

// The first moment of a day in Amsterdam; of the day after with `next`.
static bool day_begin(const char *text, bool next, char ret_moment[21])
{
	struct civil_date date;
	if (date_parse(bytes_of_text(text), &date) != RESULT_OK)
		return false;
	time_format(ret_moment, clock_from_amsterdam((date_to_days(date) + next) * MS_PER_DAY));
	return true;
}

static bool moment_of(const char *text, bool end, char ret_moment[21])
{
	return strlen(text) == MONTH_LEN ? month_begin(text, end, ret_moment)
					 : day_begin(text, end, ret_moment);
}

int venster_read(struct desk *desk, const char *from, const char *to, struct venster *ret_venster)
{
	if (!moment_of(from, false, ret_venster->since) || !moment_of(to, true, ret_venster->until))
		return desk_misused(desk, "FROM and TO are days, as 2026-11-22, or months, as "
					  "2026-11: from the first to the end of the second");
	if (strcmp(ret_venster->since, ret_venster->until) >= 0)
		return desk_misused(desk, "TO lies before FROM");
	return DESK_DONE;
}

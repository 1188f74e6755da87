// SPDX-License-Identifier: EUPL-1.2
// From the lines of an answer (daemon/core/inzage.c) to numbered regels in Dutch.
#include "audit/brief.h"

#include "base/clock.h"
#include "melding/lists.h"
#include "wire/message.h"

#include <stdio.h>
#include <string.h>

#define TEKST_MAX (256u * 1024)
#define VOORLOPIG                                                                                  \
	"Voorlopig: een deskundige heeft nog niet bevestigd dat de regels die wij hiervoor "       \
	"gebruiken, kloppen.\n"

static void write_datum(struct civil_date date, char ret_datum[DATUM_MAX])
{
	static const char *const maanden[] = {"januari",   "februari", "maart",    "april",
					      "mei",       "juni",     "juli",     "augustus",
					      "september", "oktober",  "november", "december"};
	snprintf(ret_datum, DATUM_MAX, "%d %s %d", date.day, maanden[(date.month - 1) % 12],
		 date.year);
}

void brief_datum(int64_t ms, char ret_datum[DATUM_MAX])
{
	write_datum(date_amsterdam(ms), ret_datum);
}

static void append_datum(struct buffer *out, struct bytes ms)
{
	uint64_t number = 0;
	char datum[DATUM_MAX];
	if (number_parse(ms, &number) != RESULT_OK)
		return;
	brief_datum((int64_t)number, datum);
	buffer_append_text(out, datum);
}

// The text of a code, or the value as it stands.
static void append_coded(struct buffer *out, const struct code_list *list, struct bytes value)
{
	const struct code *code = list ? code_find(list, value) : NULL;
	if (code)
		buffer_append_text(out, code->text);
	else
		buffer_append(out, value);
}

// "naam": "<tabel> <code> <naam>", of the code tables of the house.
static void append_naam(struct buffer *out, const struct answer *answer, const char *tabel,
			struct bytes value)
{
	for (size_t i = 0; i < answer->message.count; i++) {
		struct bytes rest = answer->message.lines[i].value, in, code;
		if (!inzage_is(&answer->message.lines[i], "naam") || !word_take(&rest, &in) ||
		    !word_take(&rest, &code) || !bytes_equal(in, bytes_of_text(tabel)) ||
		    !bytes_equal(code, value))
			continue;
		buffer_append(out, rest);
		return;
	}
	buffer_append(out, value);
}

// ---- a regel -------------------------------------------------------------------------------

// One more, with the number and what else `wanted` has; its texts are in `kop` and `tekst`, which
// are ended here.
static enum result add_regel(struct brief *brief, const struct regel *wanted, struct buffer *kop,
			     struct buffer *tekst)
{
	enum result result = kop->status ? kop->status : tekst->status;
	if (result == RESULT_OK && brief->count == REGELS_MAX)
		result = RESULT_TOO_LARGE;
	if (result == RESULT_OK) {
		struct regel *regel = &brief->regels[brief->count];
		*regel = *wanted;
		regel->is_melding = !strchr(regel->nummer, '.');
		regel->kop = arena_text(brief->arena, buffer_view(kop));
		regel->tekst = arena_text(brief->arena, buffer_view(tekst));
		if (regel->kop && regel->tekst)
			brief->count++;
		else
			result = RESULT_NO_MEMORY;
	}
	buffer_wipe(kop);
	buffer_wipe(tekst);
	return result;
}

static void begin(struct buffer *kop, struct buffer *tekst)
{
	buffer_init(kop, 4096);
	buffer_init(tekst, TEKST_MAX);
}

// What is numbered below a melding.
struct telling {
	struct brief *brief;
	const struct answer *answer;
	unsigned melding, below;
};

static struct regel next_regel(struct telling *telling)
{
	struct regel regel = {.is_melding = false};
	snprintf(regel.nummer, sizeof regel.nummer, "%u.%u", telling->melding, ++telling->below);
	return regel;
}

// ---- the melding ---------------------------------------------------------------------------

// "m-feit": "<soort|thema|rol> <waarde>"
static void append_facts(struct buffer *out, const struct block *melding)
{
	static const struct {
		const char *name, *kop, *list;
	} rows[] = {{"soort", "Soort melding", "soort"},
		    {"thema", "Onderwerp", "thema"},
		    {"rol", "Uw rol in de melding", "rol"}};
	for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++)
		for (size_t i = 0; i < melding->count; i++) {
			struct bytes rest = melding->lines[i].value, name;
			if (!inzage_is(&melding->lines[i], "m-feit") || !word_take(&rest, &name) ||
			    !bytes_equal(name, bytes_of_text(rows[n].name)))
				continue;
			buffer_append_format(out, "%s: ", rows[n].kop);
			append_coded(out, code_list_named(bytes_of_text(rows[n].list)), rest);
			buffer_append_text(out, "\n");
		}
}

static void append_source(struct buffer *out, const struct block *melding)
{
	struct bytes rest = block_value(melding, "m-bron"), oin;
	if (word_take(&rest, &oin))
		buffer_append_format(out, "Wie de melding deed: %.*s\n", (int)rest.len,
				     (const char *)rest.data);
	else
		buffer_append_text(out, "Wie de melding deed, noemen wij niet: de naam alleen al "
					"kan iets over u zeggen dat geheim moet blijven.\n");
}

static void append_overleggen(struct buffer *out, const struct block *melding)
{
	for (size_t i = 0; i < melding->count; i++)
		if (inzage_is_overleg(melding, i))
			buffer_append_format(out, "Besproken in: %.*s\n",
					     (int)melding->lines[i].value.len,
					     (const char *)melding->lines[i].value.data);
}

static void append_informed(struct buffer *out, const struct block *melding)
{
	for (size_t i = 0; i < melding->count; i++)
		if (inzage_is(&melding->lines[i], "m-geinformeerd")) {
			buffer_append_text(out, "Dat wij hierover gegevens deelden, is u verteld "
						"op ");
			append_datum(out, melding->lines[i].value);
			buffer_append_text(out, ".\n");
		}
}

static void append_terms(struct buffer *out, const struct block *melding)
{
	struct bytes rest = block_value(melding, "m-gewist"), ms, entry, inhoud;
	if (word_take(&rest, &ms) && word_take(&rest, &entry)) {
		buffer_append_text(out, "De inhoud is vernietigd op ");
		append_datum(out, ms);
		buffer_append_format(out, ", omdat: %.*s\n", (int)rest.len,
				     (const char *)rest.data);
	}
	rest = block_value(melding, "m-bewaar");
	if (!word_take(&rest, &inhoud))
		return;
	if (!bytes_equal(inhoud, bytes_of_text("0")) && !bytes_equal(inhoud, bytes_of_text("-"))) {
		buffer_append_text(out, "De inhoud bewaren wij tot: ");
		append_datum(out, inhoud);
		buffer_append_text(out, "\n");
	}
	if (!bytes_equal(rest, bytes_of_text("-"))) {
		buffer_append_text(out, "Dat wij gegevens deelden, bewaren wij tot: ");
		append_datum(out, rest);
		buffer_append_text(out, "\n");
	}
}

static enum result take_head(struct telling *telling, const struct block *melding)
{
	struct bytes rest = melding->lines[0].value, entry, ms;
	struct buffer kop, tekst;
	if (!word_take(&rest, &entry) || !word_take(&rest, &ms))
		return RESULT_MALFORMED;
	begin(&kop, &tekst);
	buffer_append_text(&kop, "Melding van ");
	append_datum(&kop, ms);
	append_facts(&tekst, melding);
	append_source(&tekst, melding);
	append_overleggen(&tekst, melding);
	append_informed(&tekst, melding);
	append_terms(&tekst, melding);
	struct regel regel = {.is_melding = true};
	snprintf(regel.nummer, sizeof regel.nummer, "%u", telling->melding);
	return add_regel(telling->brief, &regel, &kop, &tekst);
}

// ---- what it says --------------------------------------------------------------------------

// What the name of a veld alone does not say.
static const char *veld_kop(enum rubriek_soort soort, uint32_t veld)
{
	static const struct {
		enum rubriek_soort soort;
		uint32_t veld;
		const char *kop;
	} rows[] = {
		{RUBRIEK_BSN, BSN_WAARDE, "Nummer"},
		{RUBRIEK_KETENNUMMER, KETENNUMMER_SOORT, "Soort nummer"},
		{RUBRIEK_KETENNUMMER, KETENNUMMER_WAARDE, "Nummer"},
		{RUBRIEK_VERRIJKING_EERDER, EERDER_DAG, "Op dezelfde dag"},
		{RUBRIEK_VERRIJKING_EERDER, EERDER_30, "In de 30 dagen ervoor"},
		{RUBRIEK_VERRIJKING_EERDER, EERDER_365, "In de 365 dagen ervoor"},
	};
	for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++)
		if (rows[n].soort == soort && rows[n].veld == veld)
			return rows[n].kop;
	return NULL;
}

// "maatregel-tot" is "Maatregel tot".
static void append_kop(struct buffer *out, enum rubriek_soort soort, const struct veld_row *veld)
{
	const char *kop = veld_kop(soort, veld->veld);
	for (const char *at = kop ? kop : veld->name; *at; at++) {
		bool raised = !kop && at == veld->name && *at >= 'a' && *at <= 'z';
		char shown = !kop && *at == '-' ? ' ' : *at;
		buffer_append_u8(out, (uint8_t)(raised ? shown - 'a' + 'A' : shown));
	}
}

static void append_waarde(struct buffer *out, const struct telling *telling,
			  const struct veld_row *veld, struct bytes waarde)
{
	struct civil_date date;
	char datum[DATUM_MAX];
	if (veld->kind == VELD_GEMEENTE) {
		append_naam(out, telling->answer, "gemeenten", waarde);
	} else if (veld->kind == VELD_DATE && date_parse(waarde, &date) == RESULT_OK) {
		write_datum(date, datum);
		buffer_append_text(out, datum);
	} else {
		append_coded(out, veld->list, waarde);
	}
}

static enum result take_rubriek(struct telling *telling, struct bytes wire, const char *added)
{
	struct rubriek rubriek;
	struct buffer kop, tekst;
	enum result result = rubriek_decode(wire, telling->brief->arena, &rubriek);
	const struct rubriek_row *row = result ? NULL : rubriek_row(rubriek.soort);
	if (!row)
		return RESULT_MALFORMED;
	begin(&kop, &tekst);
	buffer_append_format(&kop, "%s%s", row->caption, added);
	for (size_t i = 0; i < rubriek.veld_count; i++) {
		const struct veld_row *veld =
			veld_row(row->velden, row->veld_count, rubriek.velden[i].veld);
		if (!veld)
			continue;
		append_kop(&tekst, row->soort, veld);
		buffer_append_text(&tekst, ": ");
		append_waarde(&tekst, telling, veld, rubriek.velden[i].waarde);
		buffer_append_text(&tekst, "\n");
	}
	struct regel regel = next_regel(telling);
	regel.rubriek = rubriek.soort;
	return add_regel(telling->brief, &regel, &kop, &tekst);
}

static enum result take_rubrieken(struct telling *telling, const struct block *melding)
{
	enum result result = RESULT_OK;
	for (size_t i = 0; result == RESULT_OK && i < melding->count; i++) {
		const struct control_line *line = &melding->lines[i];
		if (inzage_is(line, "m-rubriek"))
			result = take_rubriek(telling, line->value, "");
		else if (inzage_is(line, "m-toegevoegd"))
			result = take_rubriek(telling, line->value, " (door ons toegevoegd)");
	}
	return result;
}

// ---- to whom it went -----------------------------------------------------------------------

// "v-rubriek": "<rubriek> <regel> <convenantartikel>", and the lines after it that say why.
struct given {
	struct bytes rubriek, regel, artikel;
	struct block why; // v-doel, v-grondslag, …
};

// The next of one verstrekking at or after line *at, which moves past it; false when there is none.
static bool next_given(const struct block *melding, size_t *at, struct given *ret_given)
{
	const struct control_line *lines = melding->lines;
	struct given given = {.why = {NULL, 0}};
	if (*at >= melding->count || !inzage_is(&lines[*at], "v-rubriek"))
		return false;
	given.artikel = lines[*at].value;
	if (!word_take(&given.artikel, &given.rubriek) || !word_take(&given.artikel, &given.regel))
		return false;
	given.why.lines = &lines[++*at];
	for (; *at < melding->count &&
	       (inzage_is(&lines[*at], "v-doel") || inzage_is(&lines[*at], "v-grondslag") ||
		inzage_is(&lines[*at], "v-voorlopig") || inzage_is(&lines[*at], "m-overleg"));
	     ++*at)
		given.why.count++;
	*ret_given = given;
	return true;
}

static void append_why(struct buffer *out, const struct telling *telling, const struct given *given)
{
	for (size_t i = 0; i < given->why.count; i++) {
		const struct control_line *line = &given->why.lines[i];
		if (inzage_is(line, "v-doel")) {
			buffer_append_format(out, "Waarvoor: %.*s\n", (int)line->value.len,
					     (const char *)line->value.data);
		} else if (inzage_is(line, "v-grondslag")) {
			buffer_append_text(out, "Op grond van: ");
			append_naam(out, telling->answer, "grondslagen", line->value);
			buffer_append_text(out, "\n");
		} else if (inzage_is(line, "v-voorlopig")) {
			buffer_append_text(out, VOORLOPIG);
		}
	}
	buffer_append_format(out, "Volgens onze afspraken: regel %.*s, artikel %.*s\n",
			     (int)given->regel.len, (const char *)given->regel.data,
			     (int)given->artikel.len, (const char *)given->artikel.data);
}

static enum result take_deel(const struct telling *telling, const struct given *given,
			     struct deel *ret_deel)
{
	const struct rubriek_row *row = rubriek_row_named(given->rubriek);
	struct arena *arena = telling->brief->arena;
	struct buffer waarom;
	buffer_init(&waarom, TEKST_MAX);
	append_why(&waarom, telling, given);
	enum result result = waarom.status;
	const struct deel deel = {
		.rubriek = row ? row->soort : 0,
		.naam = row ? row->caption : arena_text(arena, given->rubriek),
		.waarom = result ? NULL : arena_text(arena, buffer_view(&waarom)),
	};
	buffer_wipe(&waarom);
	if (result == RESULT_OK && (!deel.naam || !deel.waarom))
		result = RESULT_NO_MEMORY;
	if (result == RESULT_OK)
		*ret_deel = deel;
	return result;
}

// All that the verstrekking gave whose lines begin at `first`.
static enum result take_delen(const struct telling *telling, const struct block *melding,
			      size_t first, struct regel *regel)
{
	struct given given;
	size_t count = 0;
	for (size_t at = first; next_given(melding, &at, &given);)
		count++;
	struct deel *delen = arena_alloc(telling->brief->arena, (count + 1) * sizeof *delen);
	enum result result = delen ? RESULT_OK : RESULT_NO_MEMORY;
	regel->delen = delen;
	for (size_t at = first; result == RESULT_OK && next_given(melding, &at, &given);)
		result = take_deel(telling, &given, &delen[regel->deel_count++]);
	return result;
}

static const char *status_text(struct bytes status)
{
	if (bytes_equal(status, bytes_of_text("bevestigd")))
		return "Ontvangen.\n";
	if (bytes_equal(status, bytes_of_text("klaargezet")))
		return "Klaargezet; de ontvangst is niet bevestigd.\n";
	if (bytes_equal(status, bytes_of_text("getoond")))
		return "Op het scherm van een overleg gezien.\n";
	return "Klaargezet en later vervangen; het kan gezien zijn.\n";
}

static enum result take_verstrekking(struct telling *telling, const struct block *melding,
				     size_t at)
{
	struct bytes rest = melding->lines[at].value, entry, ms, status, oin, functie;
	struct buffer kop, tekst;
	struct regel regel = next_regel(telling);
	if (!word_take(&rest, &entry) || !word_take(&rest, &ms) || !word_take(&rest, &status) ||
	    !word_take(&rest, &oin) || !word_take(&rest, &functie))
		return RESULT_MALFORMED;
	enum result result = take_delen(telling, melding, at + 1, &regel);
	if (result != RESULT_OK)
		return result;
	begin(&kop, &tekst);
	buffer_append_format(&kop, "Gedeeld met %.*s (%.*s) op ", (int)rest.len,
			     (const char *)rest.data, (int)functie.len, (const char *)functie.data);
	append_datum(&kop, ms);
	buffer_append_text(&tekst, status_text(status));
	return add_regel(telling->brief, &regel, &kop, &tekst);
}

// ---- the whole -----------------------------------------------------------------------------

enum result brief_take(void *context, const struct answer *answer, const struct block *melding)
{
	struct brief *brief = context;
	struct telling telling = {.brief = brief, .answer = answer, .melding = 1};
	for (size_t i = 0; i < brief->count; i++)
		telling.melding += brief->regels[i].is_melding;
	enum result result = take_head(&telling, melding);
	if (result == RESULT_OK)
		result = take_rubrieken(&telling, melding);
	for (size_t i = 0; result == RESULT_OK && i < melding->count; i++)
		if (inzage_is(&melding->lines[i], "m-verstrekking"))
			result = take_verstrekking(&telling, melding, i);
	return result;
}

// SPDX-License-Identifier: EUPL-1.2
// From the lines of an answer (daemon/core/inzage.c) to numbered regels in Dutch.
#include "audit/brief.h"

#include "base/clock.h"
#include "melding/lists.h"
#include "wire/message.h"

#include <stdio.h>
#include <string.h>

#define TEKST_MAX (256u * 1024)

static bool is_named(const struct control_line *line, const char *name)
{
	return bytes_equal(line->name, bytes_of_text(name));
}

void brief_datum(int64_t ms, char ret_datum[DATUM_MAX])
{
	static const char *const maanden[] = {"januari",   "februari", "maart",    "april",
					      "mei",       "juni",     "juli",     "augustus",
					      "september", "oktober",  "november", "december"};
	struct civil_date date = date_amsterdam(ms);
	snprintf(ret_datum, DATUM_MAX, "%d %s %d", date.day, maanden[(date.month - 1) % 12],
		 date.year);
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

// ---- a regel -------------------------------------------------------------------------------

// Room for one more; its texts are in `kop` and `tekst`, which are ended here.
static enum result add_regel(struct brief *brief, const char *nummer, struct buffer *kop,
			     struct buffer *tekst)
{
	enum result result = kop->status ? kop->status : tekst->status;
	if (result == RESULT_OK && brief->count == REGELS_MAX)
		result = RESULT_TOO_LARGE;
	if (result == RESULT_OK) {
		struct regel *regel = &brief->regels[brief->count];
		*regel = (struct regel){.is_melding = !strchr(nummer, '.'),
					.kop = arena_text(brief->arena, buffer_view(kop)),
					.tekst = arena_text(brief->arena, buffer_view(tekst))};
		snprintf(regel->nummer, sizeof regel->nummer, "%s", nummer);
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
	unsigned melding, below;
	char nummer[NUMMER_MAX];
};

static const char *next_nummer(struct telling *telling)
{
	snprintf(telling->nummer, sizeof telling->nummer, "%u.%u", telling->melding,
		 ++telling->below);
	return telling->nummer;
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
			if (!is_named(&melding->lines[i], "m-feit") || !word_take(&rest, &name) ||
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
	for (size_t i = 0; i < melding->count; i++) {
		bool seen = !is_named(&melding->lines[i], "m-overleg");
		for (size_t n = 0; n < i; n++)
			seen |= is_named(&melding->lines[n], "m-overleg") &&
				bytes_equal(melding->lines[n].value, melding->lines[i].value);
		if (!seen)
			buffer_append_format(out, "Besproken in: %.*s\n",
					     (int)melding->lines[i].value.len,
					     (const char *)melding->lines[i].value.data);
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
	append_terms(&tekst, melding);
	snprintf(telling->nummer, sizeof telling->nummer, "%u", telling->melding);
	return add_regel(telling->brief, telling->nummer, &kop, &tekst);
}

// ---- what it says --------------------------------------------------------------------------

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
		buffer_append_format(&tekst, "%s: ", veld->name);
		append_coded(&tekst, veld->list, rubriek.velden[i].waarde);
		buffer_append_text(&tekst, "\n");
	}
	return add_regel(telling->brief, next_nummer(telling), &kop, &tekst);
}

static enum result take_rubrieken(struct telling *telling, const struct block *melding)
{
	enum result result = RESULT_OK;
	for (size_t i = 0; result == RESULT_OK && i < melding->count; i++) {
		const struct control_line *line = &melding->lines[i];
		if (is_named(line, "m-rubriek"))
			result = take_rubriek(telling, line->value, "");
		else if (is_named(line, "m-toegevoegd"))
			result = take_rubriek(telling, line->value, " (door ons toegevoegd)");
	}
	return result;
}

// ---- to whom it went -----------------------------------------------------------------------

// The caption of a rubriek by its name; the name itself where it has none.
static void append_caption(struct buffer *out, struct bytes name)
{
	const struct rubriek_row *row = rubriek_row_named(name);
	if (row)
		buffer_append_text(out, row->caption);
	else
		buffer_append(out, name);
}

// "v-rubriek": "<rubriek> <regel> <convenantartikel>", and the doel and grondslagen after it.
static void append_given(struct buffer *out, const struct block *melding, size_t at)
{
	for (; at < melding->count && !is_named(&melding->lines[at], "m-verstrekking") &&
	       !is_named(&melding->lines[at], "melding");
	     at++) {
		const struct control_line *line = &melding->lines[at];
		struct bytes rest = line->value, rubriek, regel;
		if (is_named(line, "v-rubriek") && word_take(&rest, &rubriek) &&
		    word_take(&rest, &regel)) {
			buffer_append_text(out, "Gedeeld: ");
			append_caption(out, rubriek);
			buffer_append_format(out, " (regel %.*s, artikel %.*s)\n", (int)regel.len,
					     (const char *)regel.data, (int)rest.len,
					     (const char *)rest.data);
		} else if (is_named(line, "v-doel")) {
			buffer_append_format(out, "Waarvoor: %.*s\n", (int)line->value.len,
					     (const char *)line->value.data);
		} else if (is_named(line, "v-grondslag")) {
			buffer_append_format(out, "Op grond van: %.*s\n", (int)line->value.len,
					     (const char *)line->value.data);
		}
	}
}

static const char *status_text(struct bytes status)
{
	if (bytes_equal(status, bytes_of_text("bevestigd")))
		return "Ontvangen.\n";
	if (bytes_equal(status, bytes_of_text("klaargezet")))
		return "Klaargezet; de ontvangst is niet bevestigd.\n";
	return "Klaargezet en later vervangen; het kan gezien zijn.\n";
}

static enum result take_verstrekking(struct telling *telling, const struct block *melding,
				     size_t at)
{
	struct bytes rest = melding->lines[at].value, entry, ms, status, oin, functie;
	struct buffer kop, tekst;
	if (!word_take(&rest, &entry) || !word_take(&rest, &ms) || !word_take(&rest, &status) ||
	    !word_take(&rest, &oin) || !word_take(&rest, &functie))
		return RESULT_MALFORMED;
	begin(&kop, &tekst);
	buffer_append_format(&kop, "Gedeeld met %.*s (%.*s) op ", (int)rest.len,
			     (const char *)rest.data, (int)functie.len, (const char *)functie.data);
	append_datum(&kop, ms);
	append_given(&tekst, melding, at + 1);
	buffer_append_text(&tekst, status_text(status));
	return add_regel(telling->brief, next_nummer(telling), &kop, &tekst);
}

// ---- the whole -----------------------------------------------------------------------------

static enum result take_melding(struct brief *brief, const struct block *melding)
{
	struct telling telling = {.brief = brief, .melding = 1};
	for (size_t i = 0; i < brief->count; i++)
		telling.melding += brief->regels[i].is_melding;
	enum result result = take_head(&telling, melding);
	if (result == RESULT_OK)
		result = take_rubrieken(&telling, melding);
	for (size_t i = 0; result == RESULT_OK && i < melding->count; i++)
		if (is_named(&melding->lines[i], "m-verstrekking"))
			result = take_verstrekking(&telling, melding, i);
	return result;
}

enum result brief_take(struct brief *brief, const struct answer *answer)
{
	const struct control_message *message = &answer->message;
	enum result result = RESULT_OK;
	for (size_t i = 0; result == RESULT_OK && i < message->count;) {
		size_t end = i + 1;
		while (end < message->count && !is_named(&message->lines[end], "melding") &&
		       !is_named(&message->lines[end], "before"))
			end++;
		if (is_named(&message->lines[i], "melding")) {
			const struct block melding = {&message->lines[i], end - i};
			result = take_melding(brief, &melding);
		}
		i = end;
	}
	return result;
}

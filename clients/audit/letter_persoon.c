// SPDX-License-Identifier: EUPL-1.2
// Letters to a betrokkene that say what the log has of that person, as an inzage does: that there
// are data about him (AVG art. 14), and that they were corrected or destroyed and who was told (AVG
// art. 12 lid 3, 19). They name nobody else, and no number of the person.
#include "audit/letter.h"

#include "audit/audit.h"
#include "audit/verzoeken.h"
#include "base/clock.h"
#include "melding/lists.h"
#include "melding/reason.h"
#include "wire/message.h"

#include <stdio.h>
#include <string.h>

#define SEEN_MAX 128

struct persoonbrief {
	struct desk *desk;
	struct letter letter;
	struct bijlage bijlage;
	int64_t since;  // only what was done from then on
	uint64_t entry; // only this melding; 0: all
	size_t told;    // meldingen of which there was something to tell
	void (*tell)(struct persoonbrief *brief, const struct answer *answer,
		     const struct block *melding);
};

// ---- words ---------------------------------------------------------------------------------

static bool take_ms(struct bytes *rest, int64_t *ret_ms)
{
	struct bytes word;
	uint64_t number;
	if (!word_take(rest, &word) || number_parse(word, &number) != RESULT_OK)
		return false;
	*ret_ms = (int64_t)number;
	return true;
}

static void add_kop(struct persoonbrief *brief, const struct block *melding)
{
	struct bytes rest = melding->lines[0].value, entry;
	char datum[DATUM_MAX];
	int64_t ms = 0;
	brief->told++;
	if (word_take(&rest, &entry) && take_ms(&rest, &ms))
		brief_datum(ms, datum);
	else
		snprintf(datum, sizeof datum, "onbekende datum");
	letter_add(&brief->letter, STUK_KOP, "Melding van %s", datum);
}

static const char *rubriek_caption(struct bytes name)
{
	for (uint32_t soort = 1; soort < 256; soort++) {
		const struct rubriek_row *row = rubriek_row(soort);
		if (row && bytes_equal(name, bytes_of_text(row->name)))
			return row->caption;
	}
	return "gegevens";
}

// What people call a grondslag, from the lines "naam" of the answer.
static struct bytes grondslag_naam(const struct answer *answer, struct bytes code)
{
	for (size_t i = 0; i < answer->message.count; i++) {
		struct bytes rest = answer->message.lines[i].value, tabel, of;
		if (inzage_is(&answer->message.lines[i], "naam") && word_take(&rest, &tabel) &&
		    word_take(&rest, &of) && bytes_equal(tabel, bytes_of_text("grondslagen")) &&
		    bytes_equal(of, code))
			return rest;
	}
	return code;
}

// Each value once.
struct seen {
	struct bytes values[SEEN_MAX];
	size_t count;
};

static bool is_new(struct seen *seen, struct bytes value)
{
	for (size_t i = 0; i < seen->count; i++)
		if (bytes_equal(seen->values[i], value))
			return false;
	if (seen->count < SEEN_MAX)
		seen->values[seen->count++] = value;
	return true;
}

static void add_rights(struct letter *letter)
{
	letter_add(letter, STUK_KOP, "Wat zijn uw rechten?");
	letter_add(letter, STUK_PUNT, "U mag vragen welke gegevens wij over u hebben.");
	letter_add(letter, STUK_PUNT,
		   "U mag vragen om gegevens te verbeteren, aan te vullen, te "
		   "verwijderen of minder te gebruiken.");
	letter_add(letter, STUK_PUNT, "U mag bezwaar maken.");
	letter_add(letter, STUK_PUNT,
		   "U kunt een klacht indienen bij de Autoriteit Persoonsgegevens, of naar de "
		   "rechter gaan.");
	letter_add(letter, STUK_ALINEA, "Wij zijn %s. Ons contactpunt is: %s.", letter->huis,
		   letter->contactpunt);
}

// ---- AVG art. 14 ---------------------------------------------------------------------------

static void tell_source(struct persoonbrief *brief, const struct block *melding)
{
	struct letter *letter = &brief->letter;
	struct bytes rest = block_value(melding, "m-bron"), oin;
	letter_add(letter, STUK_ALINEA, "Waar komen de gegevens vandaan?");
	if (word_take(&rest, &oin))
		letter_add(letter, STUK_PUNT, "Van: %.*s.", (int)rest.len, (const char *)rest.data);
	else
		letter_add(letter, STUK_PUNT,
			   "Wij noemen niet van wie. De naam alleen al kan iets over u zeggen dat "
			   "geheim moet blijven.");
}

static void tell_kinds(struct persoonbrief *brief, const struct block *melding)
{
	struct letter *letter = &brief->letter;
	struct seen seen = {.count = 0};
	bool any = false;
	for (size_t i = 0; i < melding->count; i++) {
		struct rubriek rubriek;
		if ((!inzage_is(&melding->lines[i], "m-rubriek") &&
		     !inzage_is(&melding->lines[i], "m-toegevoegd")) ||
		    rubriek_decode(melding->lines[i].value, letter->arena, &rubriek) != RESULT_OK)
			continue;
		const struct rubriek_row *row = rubriek_row(rubriek.soort);
		if (!row || !is_new(&seen, bytes_of_text(row->caption)))
			continue;
		if (!any)
			letter_add(letter, STUK_ALINEA, "Wat voor gegevens zijn het?");
		any = true;
		letter_add(letter, STUK_PUNT, "%s", row->caption);
	}
}

static void tell_recipients(struct persoonbrief *brief, const struct block *melding)
{
	struct letter *letter = &brief->letter;
	bool any = false;
	for (size_t i = 0; i < melding->count; i++) {
		struct bytes rest = melding->lines[i].value, entry, status, oin, functie;
		char datum[DATUM_MAX];
		int64_t ms;
		if (!inzage_is(&melding->lines[i], "m-verstrekking") || !word_take(&rest, &entry) ||
		    !take_ms(&rest, &ms) || !word_take(&rest, &status) || !word_take(&rest, &oin) ||
		    !word_take(&rest, &functie))
			continue;
		if (!any)
			letter_add(letter, STUK_ALINEA, "Met wie hebben wij ze gedeeld?");
		any = true;
		brief_datum(ms, datum);
		letter_add(letter, STUK_PUNT, "%.*s (%.*s), op %s", (int)rest.len,
			   (const char *)rest.data, (int)functie.len, (const char *)functie.data,
			   datum);
	}
	if (!any)
		letter_add(letter, STUK_ALINEA, "Wij hebben ze met niemand gedeeld.");
}

static void tell_why(struct persoonbrief *brief, const struct answer *answer,
		     const struct block *melding)
{
	struct letter *letter = &brief->letter;
	struct seen seen = {.count = 0};
	bool any = false;
	for (size_t i = 0; i < melding->count; i++) {
		bool doel = inzage_is(&melding->lines[i], "v-doel");
		struct bytes value = melding->lines[i].value;
		if ((!doel && !inzage_is(&melding->lines[i], "v-grondslag")) ||
		    !is_new(&seen, value))
			continue;
		if (!any)
			letter_add(letter, STUK_ALINEA, "Waarom mogen wij dat?");
		any = true;
		struct bytes naam = doel ? value : grondslag_naam(answer, value);
		letter_add(letter, STUK_PUNT, "%s: %.*s", doel ? "Waarvoor" : "Op grond van",
			   (int)naam.len, (const char *)naam.data);
	}
}

static void tell_terms(struct persoonbrief *brief, const struct block *melding)
{
	struct letter *letter = &brief->letter;
	struct bytes rest = block_value(melding, "m-bewaar");
	char datum[DATUM_MAX];
	int64_t inhoud;
	if (!take_ms(&rest, &inhoud) || inhoud == 0)
		return;
	brief_datum(inhoud, datum);
	letter_add(letter, STUK_ALINEA,
		   "Hoe lang bewaren wij ze? Tot %s, tenzij dat later nog langer nodig is.", datum);
}

static void tell_informeren(struct persoonbrief *brief, const struct answer *answer,
			    const struct block *melding)
{
	add_kop(brief, melding);
	tell_source(brief, melding);
	tell_kinds(brief, melding);
	tell_recipients(brief, melding);
	tell_why(brief, answer, melding);
	tell_terms(brief, melding);
}

// ---- what was put right --------------------------------------------------------------------

static const char *said_of(struct bytes correctie)
{
	static const char *const rows[][2] = {
		{"onjuist", "dit is niet juist. Het mag niet meer worden gebruikt."},
		{"aangevuld", "dit is aangevuld."},
		{"beperkt", "dit wordt bewaard, maar mag niet worden gebruikt."},
		{"opgeheven", "dit mag weer worden gebruikt."},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (bytes_equal(correctie, bytes_of_text(rows[i][0])))
			return rows[i][1];
	return "dit is aangepast.";
}

// Who had got it was told: those of the soorten that `wanted` says.
static void tell_told(struct persoonbrief *brief, const struct block *melding,
		      bool (*wanted)(struct bytes soort))
{
	struct letter *letter = &brief->letter;
	bool any = false;
	for (size_t i = 0; i < melding->count; i++) {
		struct bytes rest = melding->lines[i].value, entry, soort, status, oin, functie;
		char datum[DATUM_MAX];
		int64_t ms;
		if (!inzage_is(&melding->lines[i], "m-rechtzetting") || !word_take(&rest, &entry) ||
		    !take_ms(&rest, &ms) || !word_take(&rest, &soort) ||
		    !word_take(&rest, &status) || !word_take(&rest, &oin) ||
		    !word_take(&rest, &functie) || ms < brief->since || !wanted(soort))
			continue;
		if (!any)
			letter_add(letter, STUK_ALINEA,
				   "Wij hebben dit verteld aan wie de gegevens hadden gekregen:");
		any = true;
		brief_datum(ms, datum);
		letter_add(letter, STUK_PUNT, "%.*s (%.*s), op %s; %s", (int)rest.len,
			   (const char *)rest.data, (int)functie.len, (const char *)functie.data,
			   datum,
			   bytes_equal(status, bytes_of_text("bevestigd"))
				   ? "ontvangen"
				   : "klaargezet, nog niet bevestigd");
	}
	// Who had got them and was not told yet is none of those above.
	if (!any && block_value(melding, "m-verstrekking").len == 0)
		letter_add(letter, STUK_ALINEA,
			   "Niemand had deze gegevens gekregen. Wij hoefden dit aan niemand te "
			   "vertellen.");
}

static bool is_gone(struct bytes soort)
{
	return bytes_equal(soort, bytes_of_text("gewist"));
}

static bool is_put_right(struct bytes soort)
{
	return !is_gone(soort) && !bytes_equal(soort, bytes_of_text("ingetrokken"));
}

static void tell_correctie(struct persoonbrief *brief, const struct answer *answer,
			   const struct block *melding)
{
	bool any = false;
	(void)answer;
	for (size_t i = 0; i < melding->count; i++) {
		struct bytes rest = melding->lines[i].value, entry, correctie;
		char datum[DATUM_MAX];
		int64_t ms;
		if (!inzage_is(&melding->lines[i], "m-correctie") || !word_take(&rest, &entry) ||
		    !take_ms(&rest, &ms) || !word_take(&rest, &correctie) || ms < brief->since)
			continue;
		if (!any)
			add_kop(brief, melding);
		any = true;
		brief_datum(ms, datum);
		letter_add(&brief->letter, STUK_PUNT, "Op %s vastgelegd. %s: %s", datum,
			   bytes_equal(rest, bytes_of_text("-")) ? "Alles wat er over u in staat"
								 : rubriek_caption(rest),
			   said_of(correctie));
	}
	if (any)
		tell_told(brief, melding, is_put_right);
}

// "m-gewist": "<ms> <entry> <grond>"
static void tell_wissing(struct persoonbrief *brief, const struct answer *answer,
			 const struct block *melding)
{
	struct bytes rest = block_value(melding, "m-gewist"), entry;
	char datum[DATUM_MAX];
	int64_t ms;
	(void)answer;
	if (!take_ms(&rest, &ms) || !word_take(&rest, &entry) || ms < brief->since)
		return;
	add_kop(brief, melding);
	brief_datum(ms, datum);
	bool done = block_value(melding, "m-gewist-klaar").len > 0;
	letter_add(&brief->letter, STUK_PUNT,
		   done ? "Op %s hebben wij vernietigd wat de melding zegt. Wij kunnen het zelf "
			  "ook niet meer lezen."
			: "Op %s zijn wij begonnen met vernietigen wat de melding zegt. Dat is nog "
			  "niet klaar.",
		   datum);
	letter_add(&brief->letter, STUK_PUNT, "De reden: %.*s", (int)rest.len,
		   (const char *)rest.data);
	tell_told(brief, melding, is_gone);
}

// ---- asking --------------------------------------------------------------------------------

static const char *keep(struct letter *letter, const struct answer *answer, const char *name)
{
	const char *text = arena_text(letter->arena, control_value(&answer->message, name));
	return text ? text : "";
}

static void take_head(void *context, const struct answer *answer)
{
	struct persoonbrief *brief = context;
	brief->letter.huis = keep(&brief->letter, answer, "huis");
	brief->letter.oin = keep(&brief->letter, answer, "huis-oin");
	brief->letter.contactpunt = keep(&brief->letter, answer, "contactpunt");
}

static enum result take_melding(void *context, const struct answer *answer,
				const struct block *melding)
{
	struct persoonbrief *brief = context;
	struct bytes rest = melding->lines[0].value, word;
	uint64_t entry;
	if (!word_take(&rest, &word) || number_parse(word, &entry) != RESULT_OK)
		return RESULT_MALFORMED;
	if (brief->entry == 0 || brief->entry == entry)
		brief->tell(brief, answer, melding);
	return RESULT_OK;
}

static int refuse(struct desk *desk, const char *message, const char *fix)
{
	struct problem problem = {0};
	problem_set(&problem, reason_code(REASON_NOT_FOUND), fix, "%s", message);
	return desk_fail(desk, &problem, DESK_NO);
}

static int ask_person(struct persoonbrief *brief, const char *nothing, const char *fix)
{
	const struct inzage_reader reader = {brief, take_head, take_melding};
	int code = inzage_ask(brief->desk, brief->desk->arguments[0], &reader);
	return code == DESK_DONE && brief->told == 0 ? refuse(brief->desk, nothing, fix) : code;
}

static const char *const names[] = {"aan", "toelichting", NULL};

static int begin(struct persoonbrief *brief, const char *soort, const char *titel)
{
	struct desk *desk = brief->desk;
	int code = brief_key_given(desk);
	if (code != DESK_DONE)
		return code;
	brief->bijlage.names = names;
	brief->letter = (struct letter){.soort = soort, .titel = titel};
	code = letter_begin(desk, &brief->letter);
	return code == DESK_DONE
		       ? bijlage_read(desk, desk->argument_count > 3 ? desk->arguments[3] : NULL,
				      &brief->letter, &brief->bijlage)
		       : code;
}

static int end(struct persoonbrief *brief, int code)
{
	if (code == DESK_DONE) {
		letter_add_lines(&brief->letter, bijlage_text(&brief->bijlage, "toelichting"));
		add_rights(&brief->letter);
		code = letter_send(brief->desk, &brief->letter, brief->desk->arguments[2]);
	}
	letter_done(&brief->letter);
	return code;
}

int audit_brief_informeren(struct desk *desk)
{
	struct persoonbrief brief = {.desk = desk, .tell = tell_informeren};
	if (number_parse(bytes_of_text(desk->arguments[1]), &brief.entry) != RESULT_OK ||
	    brief.entry == 0)
		return desk_misused(desk, "ENTRY is the number of a melding, as inzage tells it");
	int code = begin(&brief, "informeren", "Wij hebben gegevens over u");
	if (code == DESK_DONE)
		letter_add(
			&brief.letter, STUK_ALINEA,
			"Wij kregen gegevens over u van een ander dan uzelf. In deze brief staat "
			"welke dat zijn, waar zij vandaan komen en wat wij ermee doen.");
	if (code == DESK_DONE)
		code = ask_person(&brief, "this person is in no melding of that entry",
				  "knooppunt-audit inzage lists the meldingen with their entries");
	return end(&brief, code);
}

// What was done for a request, from the day it came.
static int of_request(struct persoonbrief *brief, const char *soort, const char *titel)
{
	struct verzoek verzoek;
	struct desk *desk = brief->desk;
	const char *zaak = desk->arguments[1];
	if (!desk->values[DESK_ZAAK])
		desk->values[DESK_ZAAK] = zaak;
	int code = begin(brief, soort, titel);
	if (code == DESK_DONE)
		code = verzoek_find(desk, zaak, &verzoek);
	if (code != DESK_DONE)
		return code;
	char datum[DATUM_MAX];
	brief->letter.zaak = zaak;
	brief->since = verzoek.ontvangen;
	brief_datum(verzoek.ontvangen, datum);
	letter_add(&brief->letter, STUK_ALINEA,
		   "Op %s kregen wij uw verzoek. In deze brief staat wat wij hebben gedaan.",
		   datum);
	return DESK_DONE;
}

int audit_brief_correctie(struct desk *desk)
{
	struct persoonbrief brief = {.desk = desk, .tell = tell_correctie};
	int code = of_request(&brief, "correctie", "Wij hebben gegevens over u aangepast");
	if (code == DESK_DONE)
		code = ask_person(&brief, "nothing about this person was corrected since then",
				  "record that first: knooppunt correctie");
	return end(&brief, code);
}

int audit_brief_wissing(struct desk *desk)
{
	struct persoonbrief brief = {.desk = desk, .tell = tell_wissing};
	int code = of_request(&brief, "wissing", "Wij hebben gegevens over u verwijderd");
	if (code == DESK_DONE)
		letter_add(&brief.letter, STUK_ALINEA,
			   "Dat wij de gegevens hadden, met wie wij ze deelden en waarom, bewaren "
			   "wij nog. Zo kunnen wij daarover verantwoording geven.");
	if (code == DESK_DONE)
		code = ask_person(&brief, "nothing about this person was destroyed since then",
				  "order that first: knooppunt-audit erase, approved by the other "
				  "role");
	return end(&brief, code);
}

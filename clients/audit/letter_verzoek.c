// SPDX-License-Identifier: EUPL-1.2
// Letters about a request that is recorded: that it came, that its answer takes longer, that it is
// refused; and to the betrokkenen of a data breach. What the log says of the request, its dates and
// its law, is taken from there.
#include "audit/letter.h"

#include "audit/audit.h"
#include "audit/gebeurtenis.h"
#include "audit/verzoeken.h"
#include "base/clock.h"
#include "melding/reason.h"

#include <stdio.h>
#include <string.h>

// ---- the grounds ---------------------------------------------------------------------------

// Of a request; those of a regel of an inzage stand in brief_besluiten.c, and hold for a request as
// well. Not confirmed by a jurist.
static const struct weigergrond gronden[] = {
	{"avg-12-5",
	 "Uw verzoek is duidelijk ongegrond of gaat te ver, bijvoorbeeld omdat u steeds "
	 "hetzelfde vraagt (artikel 12, vijfde lid, AVG)."},
	{"avg-12-6", "Wij weten niet zeker wie u bent. Daarom mogen wij uw verzoek niet uitvoeren "
		     "(artikel 12, zesde lid, AVG)."},
	{"avg-16", "Wij hebben gekeken of de gegevens kloppen. Volgens ons kloppen zij (artikel 16 "
		   "AVG)."},
	{"avg-17-3", "Wij hebben de gegevens nodig voor een taak die de wet ons geeft, of voor een "
		     "rechtszaak (artikel 17, derde lid, AVG)."},
	{"avg-21-1", "Wij hebben dwingende redenen om de gegevens te blijven gebruiken. Die wegen "
		     "zwaarder dan uw belang (artikel 21, eerste lid, AVG)."},
};

static const struct weigergrond *grond_at(size_t n)
{
	size_t own = sizeof gronden / sizeof gronden[0];
	return n < own ? &gronden[n] : weigergrond_at(n - own);
}

static const char *grond_name(const void *context, size_t n)
{
	(void)context;
	return grond_at(n) ? grond_at(n)->code : NULL;
}

static const struct weigergrond *grond_named(const char *code)
{
	for (size_t n = 0; grond_at(n); n++)
		if (strcmp(grond_at(n)->code, code) == 0)
			return grond_at(n);
	return NULL;
}

// ---- the request ---------------------------------------------------------------------------

static int refuse(struct desk *desk, enum reason reason, const char *message, const char *fix)
{
	struct problem problem = {0};
	problem_set(&problem, reason_code(reason), fix, "%s", message);
	return desk_fail(desk, &problem, DESK_NO);
}

static bool is_leak(const struct verzoek *verzoek)
{
	return strcmp(verzoek->soort, "datalek") == 0;
}

static const char *what_is_asked(const struct verzoek *verzoek)
{
	static const char *const rows[][2] = {
		{"inzage", "te vertellen welke gegevens wij over u hebben"},
		{"rectificatie", "gegevens over u te verbeteren of aan te vullen"},
		{"wissing", "gegevens over u te verwijderen"},
		{"beperking", "gegevens over u te bewaren, maar niet te gebruiken"},
		{"bezwaar", "gegevens over u niet meer te gebruiken, want u maakt bezwaar"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (strcmp(rows[i][0], verzoek->soort) == 0)
			return rows[i][1];
	return "iets te doen met gegevens over u";
}

static const char *law_of(const struct verzoek *verzoek)
{
	return strcmp(verzoek->wet, "wpg") == 0 ? "de Wet politiegegevens"
	       : strcmp(verzoek->wet, "wjsg") == 0
		       ? "de Wet justitiële en strafvorderlijke gegevens"
		       : "de Algemene verordening gegevensbescherming "
			 "(AVG)";
}

// ---- the letters ---------------------------------------------------------------------------

struct verzoekbrief {
	struct desk *desk;
	struct letter letter;
	struct bijlage bijlage;
	struct verzoek verzoek;
	char ontvangen[DATUM_MAX], uiterlijk[DATUM_MAX];
};

static void add_contact(struct letter *letter)
{
	letter_add(letter, STUK_KOP, "Hebt u vragen?");
	letter_add(letter, STUK_ALINEA, "Wij zijn %s. Ons contactpunt is: %s.", letter->huis,
		   letter->contactpunt);
}

static void add_remedies(struct letter *letter)
{
	letter_add(letter, STUK_KOP, "Bent u het niet eens met deze brief?");
	letter_add(letter, STUK_PUNT,
		   "U kunt een klacht indienen bij de Autoriteit Persoonsgegevens.");
	letter_add(letter, STUK_PUNT, "U kunt naar de rechter gaan.");
}

static void add_request(struct verzoekbrief *brief)
{
	letter_add(&brief->letter, STUK_ALINEA, "Op %s kregen wij uw verzoek. U vraagt ons om %s.",
		   brief->ontvangen, what_is_asked(&brief->verzoek));
}

// Zaak, folder and file of the call: the file comes last, at `file`.
static int begin(struct verzoekbrief *brief, const char *soort, const char *titel, unsigned file)
{
	struct desk *desk = brief->desk;
	const char *zaak = desk->arguments[0];
	int code = brief_key_given(desk);
	if (code != DESK_DONE)
		return code;
	if (!desk->values[DESK_ZAAK])
		desk->values[DESK_ZAAK] = zaak; // the question is asked for it
	brief->letter = (struct letter){.soort = soort, .titel = titel, .zaak = zaak};
	code = letter_begin(desk, &brief->letter);
	if (code == DESK_DONE)
		code = bijlage_read(desk,
				    desk->argument_count > file ? desk->arguments[file] : NULL,
				    &brief->letter, &brief->bijlage);
	if (code == DESK_DONE)
		code = verzoek_find(desk, zaak, &brief->verzoek);
	if (code != DESK_DONE)
		return code;
	brief->letter.huis = gebeurtenis_huis()->naam;
	brief->letter.oin = gebeurtenis_huis()->oin;
	brief->letter.contactpunt = gebeurtenis_huis()->contactpunt;
	brief_datum(brief->verzoek.ontvangen, brief->ontvangen);
	brief_datum(brief->verzoek.uiterlijk, brief->uiterlijk);
	return DESK_DONE;
}

static int end(struct verzoekbrief *brief, int code, unsigned map)
{
	if (code == DESK_DONE)
		code = letter_send(brief->desk, &brief->letter, brief->desk->arguments[map]);
	letter_done(&brief->letter);
	return code;
}

static int of_somebody(struct verzoekbrief *brief, int code)
{
	return code == DESK_DONE && is_leak(&brief->verzoek)
		       ? refuse(brief->desk, REASON_BAD_VALUE,
				"this zaak is a data breach: nobody asked for it",
				"the letter of a data breach is: brief datalek")
		       : code;
}

int audit_brief_ontvangst(struct desk *desk)
{
	static const char *const names[] = {"aan", NULL};
	struct verzoekbrief brief = {.desk = desk, .bijlage = {.names = names}};
	struct letter *letter = &brief.letter;
	int code = of_somebody(&brief, begin(&brief, "ontvangst", "Wij kregen uw verzoek", 2));
	if (code == DESK_DONE) {
		add_request(&brief);
		letter_add(letter, STUK_ALINEA,
			   "U krijgt uiterlijk op %s antwoord. Dat staat in %s.", brief.uiterlijk,
			   law_of(&brief.verzoek));
		if (strcmp(brief.verzoek.wet, "avg") == 0 && !brief.verzoek.verlengd)
			letter_add(
				letter, STUK_ALINEA,
				"Is uw verzoek ingewikkeld? Dan mogen wij er twee maanden langer "
				"over doen. Dat laten wij u dan op tijd weten.");
		letter_add(letter, STUK_KOP, "Wat gebeurt er nu?");
		letter_add(letter, STUK_PUNT,
			   "Wij controleren eerst wie u bent. Vraagt u dit voor "
			   "iemand anders? Dan controleren wij of dat mag.");
		letter_add(letter, STUK_PUNT, "Daarna bekijken wij uw verzoek.");
		letter_add(letter, STUK_PUNT, "Wij sturen u ons antwoord. Dat kost u niets.");
		add_contact(letter);
	}
	return end(&brief, code, 1);
}

int audit_brief_verlenging(struct desk *desk)
{
	static const char *const names[] = {"reden", "aan", NULL};
	struct verzoekbrief brief = {.desk = desk, .bijlage = {.names = names, .needed = 1}};
	struct letter *letter = &brief.letter;
	int code = of_somebody(&brief, begin(&brief, "verlenging", "Ons antwoord duurt langer", 2));
	if (code == DESK_DONE && !brief.verzoek.verlengd)
		code = refuse(desk, REASON_NOT_FOUND, "the term of this zaak is not lengthened",
			      "record that first: knooppunt afhandeling with --uitkomst verlengd");
	if (code == DESK_DONE) {
		add_request(&brief);
		letter_add(letter, STUK_ALINEA,
			   "Wij hebben meer tijd nodig. U krijgt uiterlijk op %s antwoord.",
			   brief.uiterlijk);
		letter_add(letter, STUK_KOP, "Waarom duurt het langer?");
		letter_add_lines(letter, bijlage_text(&brief.bijlage, "reden"));
		add_contact(letter);
		add_remedies(letter);
	}
	return end(&brief, code, 1);
}

// A letter that contradicts what is recorded is not made.
static bool is_granted(const struct verzoek *verzoek)
{
	return verzoek->afgehandeld && strcmp(verzoek->uitkomst, "geweigerd") != 0 &&
	       strcmp(verzoek->uitkomst, "gedeeltelijk") != 0;
}

int audit_brief_weigering(struct desk *desk)
{
	static const char *const names[] = {"aan", "motivering", NULL};
	struct verzoekbrief brief = {.desk = desk, .bijlage = {.names = names}};
	const struct weigergrond *grond = grond_named(desk->arguments[1]);
	const struct desk_names all = {"gronden", grond_name, NULL};
	struct letter *letter = &brief.letter;
	if (!grond)
		return desk_no_such_name(desk, &all, desk->arguments[1], "no grond of a refusal");
	int code = of_somebody(&brief, begin(&brief, "weigering", "Wij doen niet wat u vroeg", 3));
	if (code == DESK_DONE && is_granted(&brief.verzoek))
		code = refuse(desk, REASON_CONFLICT,
			      "it is recorded that this zaak was dealt with otherwise",
			      "look at knooppunt-audit verzoeken: a letter of refusal would "
			      "contradict it");
	if (code == DESK_DONE) {
		add_request(&brief);
		letter_add(letter, STUK_ALINEA, "Wij doen dat niet, of niet helemaal.");
		letter_add(letter, STUK_KOP, "Waarom niet?");
		letter_add(letter, STUK_ALINEA, "%s", grond->zin);
		letter_add_lines(letter, bijlage_text(&brief.bijlage, "motivering"));
		add_remedies(letter);
		add_contact(letter);
	}
	return end(&brief, code, 2);
}

int audit_brief_datalek(struct desk *desk)
{
	static const char *const names[] = {"aard",   "gevolgen", "maatregelen",
					    "advies", "aan",      NULL};
	struct verzoekbrief brief = {.desk = desk, .bijlage = {.names = names, .needed = 3}};
	struct letter *letter = &brief.letter;
	int code = begin(&brief, "datalek", "Er is iets misgegaan met uw gegevens", 2);
	if (code == DESK_DONE && !is_leak(&brief.verzoek))
		code = refuse(desk, REASON_BAD_VALUE, "this zaak is no data breach",
			      "name the zaak under which the data breach is recorded");
	if (code == DESK_DONE) {
		static const char *const koppen[][2] = {
			{"aard", "Wat is er gebeurd?"},
			{"gevolgen", "Wat kunt u daarvan merken?"},
			{"maatregelen", "Wat doen wij eraan?"},
			{"advies", "Wat kunt u zelf doen?"},
		};
		letter_add(
			letter, STUK_ALINEA,
			"Op %s merkten wij dat gegevens over u misschien bij iemand zijn gekomen "
			"die ze niet mag zien. Dat vinden wij erg. In deze brief staat wat er is "
			"gebeurd.",
			brief.ontvangen);
		for (size_t i = 0; i < sizeof koppen / sizeof koppen[0]; i++) {
			const char *text = bijlage_text(&brief.bijlage, koppen[i][0]);
			if (!text[0])
				continue;
			letter_add(letter, STUK_KOP, "%s", koppen[i][1]);
			letter_add_lines(letter, text);
		}
		add_contact(letter);
		letter_add(letter, STUK_ALINEA,
			   "U kunt ook een klacht indienen bij de Autoriteit Persoonsgegevens.");
	}
	return end(&brief, code, 1);
}

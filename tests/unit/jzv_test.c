// SPDX-License-Identifier: EUPL-1.2
// What becomes of each field of JZV. Refusals are tested through HTTP (integration.jzv).
#include "base/file.h"
#include "json/jzv_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define T(test) cmocka_unit_test_setup_teardown(test, make_arena, free_arena)
#define HEAD                                                                                       \
	"\"registratienummer\": \"PL-1\", \"soort\": \"ZVH\", \"verzoek\": \"v\", "                \
	"\"datumTijd\": \"2026-11-20T23:10:00+01:00\", \"terugkoppelingGewenst\": true, "
#define INCIDENT                                                                                   \
	"\"incident\": {\"datumTijd\": \"2026-11-20T22:40:00+01:00\", \"omschrijving\": \"o\"}"

static struct jzv_postcodes postcodes[] = {{6130, 6137, "GM1883"}};
static struct jzv_defaults defaults = {
	.soorten = {[2] = {.soort = "politie",
			   .urgentie = "gewoon",
			   .thema = {"huiselijk-geweld", "overlast"},
			   .thema_count = 2}},
	.gemeente = "GM0971",
	.postcodes = postcodes,
	.postcode_count = 1,
};

static int make_arena(void **state)
{
	struct arena *arena;
	if (arena_new(1024 * 1024, &arena) != RESULT_OK)
		return -1;
	*state = arena;
	return 0;
}

static int free_arena(void **state)
{
	arena_free(*state);
	return 0;
}

static struct jzv_melding read_text(void **state, struct bytes text)
{
	struct jzv_input input = {.json = {.text = text,
					   .file = "",
					   .partner_soort = bytes_of_text("politie"),
					   .today = {2026, 11, 22}},
				  .defaults = &defaults};
	struct jzv_melding melding = {.registratienummer = {0}};
	struct problem problem = {.code = NULL};
	if (jzv_melding_read(&input, *state, &melding, &problem) != RESULT_OK)
		fail_msg("%s: %s %s", problem.field, problem.code, problem.fix);
	return melding;
}

static struct jzv_melding read_file(void **state, const char *name)
{
	char path[300];
	struct buffer text;
	snprintf(path, sizeof path, "%s/tests/fuzz/corpus/jzv/%s", KNP_SOURCE, name);
	buffer_init(&text, MELDING_JSON_MAX);
	assert_int_equal(file_read(path, MELDING_JSON_MAX, &text), RESULT_OK);
	struct jzv_melding melding = read_text(state, buffer_view(&text));
	buffer_done(&text);
	return melding;
}

// All values of a veld, with | between them.
static void assert_veld(const struct jzv_melding *read, const char *rubriek, uint32_t betrokkene,
			const char *veld, const char *expected)
{
	const struct rubriek_row *row = rubriek_row_named(bytes_of_text(rubriek));
	const struct rubriek *found = melding_find(&read->melding, row->soort, betrokkene);
	const struct veld_row *wanted =
		veld_row_named(row->velden, row->veld_count, bytes_of_text(veld));
	char text[4000] = "";
	size_t at = 0;
	assert_non_null(wanted);
	for (size_t i = 0; found && i < found->veld_count; i++) {
		if (found->velden[i].veld == wanted->veld)
			at += (size_t)snprintf(text + at, sizeof text - at, "%s%.*s",
					       at > 0 ? "|" : "", (int)found->velden[i].waarde.len,
					       (const char *)found->velden[i].waarde.data);
	}
	assert_string_equal(text, expected);
}

static void every_field_has_its_place(void **state)
{
	struct jzv_melding read = read_file(state, "alles");
	static const struct {
		const char *rubriek;
		uint32_t betrokkene;
		const char *veld, *value;
	} places[] = {
		{"kenmerken", 0, "registratienummer", "PL2300-2026000001"},
		{"kenmerken", 0, "soort", "politie"},
		{"kenmerken", 0, "thema", "huiselijk-geweld|overlast"},
		{"kenmerken", 0, "klasse", ""},
		{"kenmerken", 0, "urgentie", "gewoon"},
		{"kenmerken", 0, "gemeente", "GM1883"},
		{"kenmerken", 0, "tijdstip", "2026-11-20T23:10:00+01:00"},
		{"kenmerken", 0, "terugkoppeling", "ja"},
		{"kenmerken", 0, "betrokkenen", "1"},
		{"incident", 0, "begin", "2026-11-20T22:30:00+01:00"},
		{"incident", 0, "einde", "2026-11-20T23:00:00+01:00"},
		{"toelichting", 0, "verzoek", "Graag oppakken."},
		{"toelichting", 0, "tekst",
		 "Omschrijving: Ruzie op straat.\nGesust.\n"
		 "Locatie: Voorbeeldstraat 1, 6131 AA Sittard\n"
		 "Situatieschets: Spanning in huis.\n"
		 "Nadere omschrijving: Niet de eerste keer.\n"
		 "Vraag: VT-001 Is er sprake van bestaande hulpverlening?\n"
		 "Antwoord: ja\n"
		 "Overige informatie: Geen.\n"
		 "Verwijzing: https://voorbeeld.example/1"},
		{"betrokkenheid", 1, "rol", "betrokkene"},
		{"identificatie", 1, "geslachtsnaam", "Voorbeeld"},
		{"identificatie", 1, "voornamen", "Test"},
		{"identificatie", 1, "voorletters", "T"},
		{"identificatie", 1, "voorvoegsel", "van"},
		{"identificatie", 1, "geboortedatum", "1991-03-14"},
		{"identificatie", 1, "geslacht", "man"},
		{"bsn", 1, "waarde", "999990342"},
		{"contact", 1, "mobiel", "0612345678"},
		{"contact", 1, "e-mail", "test@voorbeeld.example"},
		{"verblijfadres", 1, "soort", "woon"},
		{"verblijfadres", 1, "straat", "Voorbeeldstraat"},
		{"verblijfadres", 1, "huisnummer", "1"},
		{"verblijfadres", 1, "huisletter", "A"},
		{"verblijfadres", 1, "afgeschermd", "ja"},
	};
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
		assert_veld(&read, places[i].rubriek, places[i].betrokkene, places[i].veld,
			    places[i].value);
	assert_true(bytes_equal(read.registratienummer, bytes_of_text("PL2300-2026000001")));
}

static void the_block_says_more_and_goes_before_the_settings(void **state)
{
	struct jzv_melding read = read_file(state, "blok-bij-persoon");
	assert_veld(&read, "kenmerken", 0, "gemeente", "GM0971");
	assert_veld(&read, "betrokkenheid", 1, "rol", "verdachte");
	assert_veld(&read, "verblijfadres", 1, "afgeschermd", "nee");
	assert_veld(&read, "verblijfadres", 1, "straat", "Voorbeeldstraat");
	read = read_text(state,
			 bytes_of_text("{" HEAD INCIDENT
				       ", \"knooppunt\": {\"postcode\": \"6137 ZZ\", "
				       "\"kenmerken\": {\"thema\": \"stalking\"}, "
				       "\"betrokkenen\": [{\"betrokkenheid\": \"kind\"}]}}"));
	assert_veld(&read, "kenmerken", 0, "gemeente", "GM1883");
	assert_veld(&read, "kenmerken", 0, "thema", "stalking");
	assert_veld(&read, "kenmerken", 0, "betrokkenen", "1");
	assert_veld(&read, "betrokkenheid", 1, "rol", "kind");
}

static void the_least_that_is_enough(void **state)
{
	struct jzv_melding read = read_text(state, bytes_of_text("{" HEAD INCIDENT "}"));
	assert_int_equal(read.melding.count, 3);
	assert_veld(&read, "kenmerken", 0, "gemeente", "GM0971");
	assert_veld(&read, "kenmerken", 0, "betrokkenen", "0");
	assert_veld(&read, "incident", 0, "begin", "2026-11-20T22:40:00+01:00");
	assert_veld(&read, "toelichting", 0, "tekst", "Omschrijving: o");
}

static void uitkomst_of(void **state, const char *status, const char *antwoord, const char *words)
{
	char text[400];
	struct jzv_uitkomst uitkomst = {.antwoord = NULL};
	struct problem problem = {.code = NULL};
	snprintf(text, sizeof text,
		 "{\"registratienummer\": \"PL-1\", \"status\": \"%s\", \"knooppunt\": {\"entry\": "
		 "7, \"regel\": \"r\", \"medewerker\": \"m\", \"motivering\": "
		 "\"waarom\\r\\nen hoe\"}}",
		 status);
	struct jzv_input input = {.json = {.text = bytes_of_text(text), .file = ""}};
	assert_int_equal(jzv_uitkomst_read(&input, *state, &uitkomst, &problem), RESULT_OK);
	assert_string_equal(uitkomst.antwoord, antwoord);
	assert_true(bytes_equal(uitkomst.motivering, bytes_of_text(words)));
	assert_true(bytes_equal(uitkomst.entry, bytes_of_text("7")));
}

static void an_uitkomst_takes_over_or_gives_back(void **state)
{
	uitkomst_of(state, "VT-00", "teruggegeven", "JZV VT-00: niet ontvankelijk; waarom\nen hoe");
	uitkomst_of(state, "VT-99", "teruggegeven",
		    "JZV VT-99: onjuist geadresseerd; waarom\nen hoe");
	uitkomst_of(state, "VT-01-03", "aanvaard",
		    "JZV VT-01-03: geen vervolgstappen nodig; waarom\nen hoe");
	uitkomst_of(state, "VT-03", "aanvaard",
		    "JZV VT-03: afsluiting zonder overdracht; waarom\nen hoe");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(every_field_has_its_place),
		T(the_block_says_more_and_goes_before_the_settings),
		T(the_least_that_is_enough),
		T(an_uitkomst_takes_over_or_gives_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

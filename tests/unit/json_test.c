// SPDX-License-Identifier: EUPL-1.2
#include "base/file.h"
#include "json/melding_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define T(test) cmocka_unit_test_setup_teardown(test, make_arena, free_arena)
// A melding that stands, with room for more at the top level and in its one betrokkene.
#define KENMERKEN                                                                                  \
	"\"kenmerken\": {\"soort\": \"partner\", \"urgentie\": \"gewoon\", \"gemeente\": "         \
	"\"GM1883\"}"
#define WITH_TOP(more) "{" KENMERKEN ", " more "}"
#define WITH_ONE(more) "{" KENMERKEN ", \"betrokkenen\": [{\"betrokkenheid\": \"kind\", " more "}]}"

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

static struct melding_json_input input_of(struct bytes text, const char *partner_soort)
{
	return (struct melding_json_input){
		.text = text,
		.file = "melding.json",
		.partner_soort = bytes_of_text(partner_soort),
		.today = {2026, 11, 22},
	};
}

static struct melding_file read_as(void **state, const char *text, const char *partner_soort)
{
	struct melding_json_input input = input_of(bytes_of_text(text), partner_soort);
	struct melding_file file = {0};
	struct problem problem = {0};
	if (melding_json_read(&input, *state, &file, &problem) != RESULT_OK)
		fail_msg("%s line %u: %s %s", problem.field, problem.line, problem.code,
			 problem.fix);
	return file;
}

static struct problem refused_bytes(void **state, struct bytes text)
{
	struct melding_json_input input = input_of(text, "politie");
	struct melding_file file = {.melding = {.count = 77}};
	struct problem problem = {0};
	assert_int_equal(melding_json_read(&input, *state, &file, &problem), RESULT_MALFORMED);
	assert_int_equal(file.melding.count, 77);
	assert_string_equal(problem.file, "melding.json");
	assert_true(strlen(problem.message) > 10 && strlen(problem.fix) > 10);
	arena_clear(*state);
	return problem;
}

static void refused(void **state, const char *text, const char *pointer, enum reason reason)
{
	struct problem problem = refused_bytes(state, bytes_of_text(text));
	assert_string_equal(problem.field, pointer);
	assert_string_equal(problem.code, reason_code(reason));
}

static void has(const struct melding_file *file, uint32_t soort, uint32_t betrokkene, uint32_t veld,
		const char *expected)
{
	const struct rubriek *rubriek = melding_find(&file->melding, soort, betrokkene);
	assert_non_null(rubriek);
	struct bytes waarde = veld_get(rubriek->velden, rubriek->veld_count, veld);
	if (!bytes_equal(waarde, bytes_of_text(expected)))
		fail_msg("%.*s is not %s", (int)waarde.len, (const char *)waarde.data, expected);
}

static void read_example(void **state, struct buffer *text, struct melding_file *ret_file)
{
	buffer_init(text, MELDING_JSON_MAX);
	assert_int_equal(
		file_read(KNP_SOURCE "/config/melding.example.json", MELDING_JSON_MAX, text),
		RESULT_OK);
	struct melding_json_input input = input_of(buffer_view(text), "politie");
	struct problem problem = {0};
	if (melding_json_read(&input, *state, ret_file, &problem) != RESULT_OK)
		fail_msg("%s: %s %s", problem.field, problem.code, problem.fix);
}

static void the_example_of_the_documentation_reads_whole(void **state)
{
	struct buffer text;
	struct melding_file file;
	read_example(state, &text, &file);
	assert_true(bytes_equal(file.id, bytes_of_text("019a0c5e-7c1b-7000-8000-000000000001")));
	assert_true(bytes_equal(file.systeem, bytes_of_text("bvh")));
	assert_int_equal(file.melding.count, 14);
	has(&file, RUBRIEK_KENMERKEN, 0, KENMERK_BETROKKENEN, "2");
	has(&file, RUBRIEK_KENMERKEN, 0, KENMERK_TERUGKOPPELING, "ja");
	has(&file, RUBRIEK_KENMERKEN, 0, KENMERK_STRAFRECHT, "nee");
	has(&file, RUBRIEK_BSN, 1, BSN_WAARDE, "999990342");
	has(&file, RUBRIEK_VERBLIJFADRES, 1, 2, "1");
	has(&file, RUBRIEK_VERBLIJFADRES, 1, VERBLIJFADRES_AFGESCHERMD, "nee");
	has(&file, RUBRIEK_TOELICHTING, 0, TOELICHTING_TEKST,
	    "Ruzie op straat gesust. Buurtbewoners noemen het niet de eerste keer.");
	has(&file, RUBRIEK_MEDEWERKER, 0, MEDEWERKER_REFERENTIE, "mw-1042");
	has(&file, RUBRIEK_GEZINSSYSTEEM, 2, GEZINSSYSTEEM_MET, "1");
	buffer_done(&text);
}

static void a_regime_comes_from_the_file_or_else_from_the_sender(void **state)
{
	struct buffer text;
	struct melding_file file;
	read_example(state, &text, &file);
	size_t stated = 0;
	for (size_t n = 0; n < file.melding.count; n++) {
		const struct rubriek *rubriek = &file.melding.rubrieken[n];
		bool other = rubriek->regime == REGIME_WJSG_STRAFVORDERLIJK;
		assert_true(other || rubriek->regime == REGIME_WPG);
		assert_int_equal(other, rubriek->bron.len > 20 &&
						rubriek->soort == RUBRIEK_STRAFRECHTELIJK);
		stated += other;
	}
	assert_int_equal(stated, 1);
	buffer_done(&text);
}

static void the_default_regime_follows_sender_and_rubriek(void **state)
{
	(void)state;
	static const struct {
		const char *sender;
		uint32_t rubriek;
		enum regime regime;
	} cases[] = {
		{"politie", RUBRIEK_KENMERKEN, REGIME_WPG},
		{"politie", RUBRIEK_GEZONDHEID, REGIME_WPG},
		{"om", RUBRIEK_STRAFRECHTELIJK, REGIME_WJSG_STRAFVORDERLIJK},
		{"om", RUBRIEK_GEZONDHEID, REGIME_AVG},
		{"pi", RUBRIEK_DETENTIE, REGIME_WJSG_TENUITVOERLEGGING},
		{"gemeente", RUBRIEK_DETENTIE, REGIME_WJSG_TENUITVOERLEGGING},
		{"gemeente", RUBRIEK_KENMERKEN, REGIME_AVG},
		{"ggz", RUBRIEK_GEZONDHEID, REGIME_WGBO},
		{"ggz", RUBRIEK_STRAFRECHTELIJK, REGIME_AVG},
		{"gecertificeerde-instelling", RUBRIEK_GEZINSSYSTEEM, REGIME_JEUGDWET},
		{"veilig-thuis", RUBRIEK_KENMERKEN, REGIME_WMO_VT},
		{"", RUBRIEK_KENMERKEN, REGIME_AVG},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(melding_default_regime(rubriek_row(cases[i].rubriek),
							bytes_of_text(cases[i].sender)),
				 cases[i].regime);
}

static void every_default_regime_is_one_the_rubriek_allows(void **state)
{
	(void)state;
	const struct code_list *senders = code_list_named(bytes_of_text("partner-soort"));
	const struct rubriek_row *row;
	for (size_t n = 0; (row = rubriek_row_at(n)); n++) {
		for (size_t i = 0; i < senders->count; i++) {
			enum regime regime =
				melding_default_regime(row, bytes_of_text(senders->codes[i].code));
			assert_true(row->regimes & 1U << regime);
		}
	}
}

static void every_named_sender_is_a_partner_soort_that_changes_a_regime(void **state)
{
	(void)state;
	const struct code_list *senders = code_list_named(bytes_of_text("partner-soort"));
	const struct rubriek_row *row = rubriek_row(RUBRIEK_KENMERKEN);
	size_t other = 0;
	for (size_t i = 0; i < senders->count; i++)
		other += melding_default_regime(row, bytes_of_text(senders->codes[i].code)) !=
			 REGIME_AVG;
	assert_int_equal(other, 15); // as many as the table has: no name there is misspelt
}

static void a_melding_about_nobody_needs_no_list_of_betrokkenen(void **state)
{
	struct melding_file file = read_as(state, "{" KENMERKEN "}", "politie");
	assert_int_equal(file.melding.count, 1);
	assert_int_equal(file.id.len, 0);
	has(&file, RUBRIEK_KENMERKEN, 0, KENMERK_BETROKKENEN, "0");
}

static void one_value_may_stand_for_a_list_of_one(void **state)
{
	struct melding_file file =
		read_as(state,
			WITH_ONE("\"leefgebieden\": {\"aandacht\": \"schulden\"}, "
				 "\"ketennummer\": {\"soort\": \"skn\", \"waarde\": \"99990001\"}"),
			"pi");
	has(&file, RUBRIEK_LEEFGEBIEDEN, 1, LEEFGEBIEDEN_AANDACHT, "schulden");
	has(&file, RUBRIEK_KETENNUMMER, 1, KETENNUMMER_WAARDE, "99990001");
}

static void numbers_may_be_written_as_numbers_or_texts(void **state)
{
	struct melding_file file = read_as(
		state, WITH_ONE("\"regie\": {\"niveau\": \"lokaal\", \"ave\": \"2\"}"), "gemeente");
	has(&file, RUBRIEK_REGIE, 1, 4, "2");
	refused(state, WITH_ONE("\"regie\": {\"niveau\": \"lokaal\", \"ave\": 2.0}"),
		"/betrokkenen/0/regie/ave", REASON_BAD_VALUE);
	refused(state, WITH_ONE("\"regie\": {\"niveau\": \"lokaal\", \"ave\": -1}"),
		"/betrokkenen/0/regie/ave", REASON_BAD_VALUE);
	refused(state, WITH_ONE("\"regie\": {\"niveau\": \"lokaal\", \"ave\": 5}"),
		"/betrokkenen/0/regie/ave", REASON_BAD_VALUE);
}

static void what_is_no_json_is_refused_with_its_line(void **state)
{
	static const char *const texts[] = {"{\n\"id\": \n}", "{\n} {}", "\n{,}", "[1,\n2", "\n"};
	static const unsigned lines[] = {3, 2, 2, 2, 2};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct problem problem = refused_bytes(state, bytes_of_text(texts[i]));
		assert_string_equal(problem.code, "syntax");
		assert_int_equal(problem.line, lines[i]);
	}
}

static void json_that_is_no_melding_is_refused(void **state)
{
	refused(state, "[]", "", REASON_BAD_VALUE);
	refused(state, "\"tekst\"", "", REASON_BAD_VALUE);
	refused(state, "{}", "/kenmerken", REASON_MISSING_FIELD);
	refused(state, WITH_TOP("\"betrokkenen\": {}"), "/betrokkenen", REASON_BAD_VALUE);
	refused(state, WITH_TOP("\"betrokkenen\": [1]"), "/betrokkenen/0", REASON_BAD_VALUE);
	refused(state, WITH_TOP("\"incident\": 5"), "/incident", REASON_BAD_VALUE);
}

static void duplicate_keys_are_refused(void **state)
{
	struct problem problem = refused_bytes(
		state, bytes_of_text("{\"id\": \"a\",\n\"systeem\": \"b\",\n\"id\": \"c\"}"));
	assert_string_equal(problem.code, "duplicate");
	assert_int_equal(problem.line, 3);
}

static void nul_and_bad_utf8_are_refused(void **state)
{
	const char text[] = WITH_TOP("\"toelichting\": \"a\\u0000b\"");
	assert_string_equal(refused_bytes(state, bytes_of_text(text)).code, "bad-text");
	assert_string_equal(refused_bytes(state, bytes_of_text("{\"a\\u0000\": 1}")).code,
			    "bad-text");
	const char raw[] = WITH_TOP("\"toelichting\": \"a\0b\"");
	assert_string_not_equal(refused_bytes(state, bytes_make(raw, sizeof raw - 1)).code, "");
	refused(state, WITH_TOP("\"toelichting\": \"a\\u0007b\""), "/toelichting", REASON_BAD_TEXT);
	assert_string_equal(
		refused_bytes(state, bytes_of_text(WITH_TOP("\"toelichting\": \"\xff\""))).code,
		"bad-text");
}

static void unknown_keys_are_named_with_what_is_known_there(void **state)
{
	refused(state, WITH_TOP("\"kenmerk\": 1"), "/kenmerk", REASON_UNKNOWN_FIELD);
	refused(state, WITH_ONE("\"adres\": {}"), "/betrokkenen/0/adres", REASON_UNKNOWN_FIELD);
	struct problem problem =
		refused_bytes(state, bytes_of_text(WITH_ONE("\"bsn\": {\"nummer\": \"1\"}")));
	assert_string_equal(problem.field, "/betrokkenen/0/bsn/nummer");
	assert_non_null(strstr(problem.fix, "waarde"));
}

static void a_rubriek_in_the_wrong_place_is_sent_to_the_right_one(void **state)
{
	struct problem problem = refused_bytes(state, bytes_of_text(WITH_TOP("\"bsn\": \"1\"")));
	assert_string_equal(problem.field, "/bsn");
	assert_non_null(strstr(problem.fix, "betrokkenen"));
	problem = refused_bytes(state, bytes_of_text(WITH_ONE("\"incident\": {}")));
	assert_string_equal(problem.field, "/betrokkenen/0/incident");
	assert_non_null(strstr(problem.fix, "top level"));
}

static void what_only_the_knooppunt_states_is_refused(void **state)
{
	refused(state, WITH_TOP("\"herkomst\": {}"), "/herkomst", REASON_NOT_FOR_SENDER);
	// Of a betrokkene, but to move it there would not help.
	refused(state, WITH_TOP("\"verrijking.eerder\": {\"dag\": 1}"), "/verrijking.eerder",
		REASON_NOT_FOR_SENDER);
	refused(state, WITH_ONE("\"verrijking.eerder\": {\"dag\": 1}"),
		"/betrokkenen/0/verrijking.eerder", REASON_NOT_FOR_SENDER);
}

static void says(void **state, const char *text, const char *expected)
{
	struct problem problem = refused_bytes(state, bytes_of_text(text));
	if (!strstr(problem.message, expected))
		fail_msg("\"%s\" does not say \"%s\"", problem.message, expected);
}

#define WITH_BIRTH(date) WITH_ONE("\"identificatie\": {\"geboortedatum\": \"" date "\"}")
#define WITH_TIME(time) "{\"kenmerken\": {\"soort\": \"partner\", \"tijdstip\": \"" time "\"}}"

static void what_is_wrong_with_a_date_time_or_bsn_is_told_apart(void **state)
{
	says(state, WITH_BIRTH("2025-02-29"), "does not exist");
	says(state, WITH_BIRTH("29-02-2024"), "YYYY-MM-DD");
	says(state, WITH_BIRTH("2026-11-23"), "in the future: 2026-11-22 is the last day");
	says(state, WITH_TIME("2026-11-22T10:00:00"), "no offset");
	says(state, WITH_TIME("2026-11-31T10:00:00Z"), "day of the time does not exist");
	says(state, WITH_TIME("2026-11-22T25:00:00Z"), "does not exist");
	says(state, WITH_TIME("2026-11-25T10:00:00Z"), "in the future: 2026-11-23 is the last day");
	says(state, WITH_TIME(""), "not written as");
	says(state, WITH_ONE("\"bsn\": \"99999034\""), "nine digits");
	says(state, WITH_ONE("\"bsn\": \"999990343\""), "11-proef");
}

static void wrong_values_are_refused_at_their_pointer(void **state)
{
	refused(state, WITH_ONE("\"bsn\": {\"waarde\": \"999990343\"}"),
		"/betrokkenen/0/bsn/waarde", REASON_BSN_ELFPROEF);
	refused(state, WITH_ONE("\"bsn\": 999990342"), "/betrokkenen/0/bsn", REASON_BAD_VALUE);
	refused(state, WITH_ONE("\"identificatie\": {\"geboortedatum\": \"2026-02-30\"}"),
		"/betrokkenen/0/identificatie/geboortedatum", REASON_IMPOSSIBLE_DATE);
	refused(state, WITH_ONE("\"identificatie\": {\"geslacht\": null}"),
		"/betrokkenen/0/identificatie/geslacht", REASON_MISSING_FIELD);
	refused(state, WITH_ONE("\"identificatie\": {\"geslacht\": true}"),
		"/betrokkenen/0/identificatie/geslacht", REASON_BAD_VALUE);
	refused(state, WITH_ONE("\"identificatie\": {\"geslacht\": [\"man\"]}"),
		"/betrokkenen/0/identificatie/geslacht", REASON_BAD_VALUE);
	refused(state, WITH_ONE("\"leefgebieden\": {\"aandacht\": [\"zorg\", \"geld\"]}"),
		"/betrokkenen/0/leefgebieden/aandacht/1", REASON_UNKNOWN_CODE);
	refused(state, WITH_ONE("\"leefgebieden\": {\"aandacht\": []}"),
		"/betrokkenen/0/leefgebieden/aandacht", REASON_MISSING_FIELD);
	refused(state, WITH_ONE("\"bsn\": {\"waarde\": \"999990342\", \"regime\": \"AVG\"}"),
		"/betrokkenen/0/bsn/regime", REASON_UNKNOWN_CODE);
	refused(state, WITH_ONE("\"bsn\": {\"waarde\": \"999990342\", \"bron\": 1}"),
		"/betrokkenen/0/bsn/bron", REASON_BAD_VALUE);
	refused(state, WITH_TOP("\"id\": \"kort\""), "/id", REASON_BAD_VALUE);
	refused(state, WITH_TOP("\"systeem\": \"BVH\""), "/systeem", REASON_BAD_VALUE);
}

static void an_unknown_code_is_answered_with_the_known_ones(void **state)
{
	struct problem problem = refused_bytes(
		state, bytes_of_text(WITH_ONE("\"identificatie\": {\"geslacht\": \"m\"}")));
	assert_string_equal(problem.code, "unknown-code");
	assert_non_null(strstr(problem.fix, "man, vrouw, anders, onbekend"));
}

static void faults_of_the_whole_are_pointed_at_too(void **state)
{
	refused(state, "{\"kenmerken\": {\"soort\": \"politie\", \"gemeente\": \"GM0000\"}}",
		"/kenmerken/urgentie", REASON_MISSING_FIELD);
	refused(state, "{" KENMERKEN ", \"betrokkenen\": [{\"bsn\": \"999990342\"}]}",
		"/betrokkenen/0/betrokkenheid", REASON_MISSING_FIELD);
	refused(state, WITH_ONE("\"verblijfadres\": {\"straat\": \"X\"}"),
		"/betrokkenen/0/verblijfadres/afgeschermd", REASON_MISSING_FIELD);
	refused(state, WITH_ONE("\"gezinssysteem\": [{\"relatie\": \"kind\", \"met\": 2}]"),
		"/betrokkenen/0/gezinssysteem/0/met", REASON_UNKNOWN_BETROKKENE);
	refused(state, WITH_ONE("\"identificatie\": {}"), "/betrokkenen/0/identificatie",
		REASON_MISSING_FIELD);
	refused(state, WITH_ONE("\"detentie\": {\"inrichting\": \"PI\", \"regime\": \"avg\"}"),
		"/betrokkenen/0/detentie/regime", REASON_BAD_REGIME);
	refused(state,
		"{\"kenmerken\": {\"soort\": \"politie\", \"urgentie\": \"gewoon\", "
		"\"gemeente\": \"GM0000\", \"betrokkenen\": 2}}",
		"/kenmerken/betrokkenen", REASON_BAD_VALUE);
}

static void too_many_of_anything_is_refused(void **state)
{
	refused(state, WITH_ONE("\"ketennummer\": [{}, {}, {}]"), "/betrokkenen/0/ketennummer",
		REASON_TOO_MANY);
	refused(state, WITH_ONE("\"bsn\": [\"999990342\"]"), "/betrokkenen/0/bsn",
		REASON_BAD_VALUE);
	char text[512];
	int at = snprintf(text, sizeof text, "{%s, \"betrokkenen\": [{}", KENMERKEN);
	for (int i = 0; i < BETROKKENEN_MAX; i++)
		at += snprintf(text + at, sizeof text - (size_t)at, ",{}");
	snprintf(text + at, sizeof text - (size_t)at, "]}");
	refused(state, text, "/betrokkenen", REASON_TOO_MANY);
	struct buffer many;
	buffer_init(&many, MELDING_JSON_MAX);
	buffer_append_text(&many, "{" KENMERKEN ", \"toelichting\": {\"x\": [1");
	for (int i = 0; i < VELDEN_MAX; i++)
		buffer_append_text(&many, ",1");
	buffer_append_text(&many, "]}}");
	assert_string_equal(refused_bytes(state, buffer_view(&many)).code, "too-many");
	buffer_done(&many);
}

static void a_file_beyond_one_mebibyte_is_refused(void **state)
{
	size_t len = MELDING_JSON_MAX + 1;
	char *text = malloc(len);
	assert_non_null(text);
	memset(text, ' ', len);
	assert_string_equal(refused_bytes(state, bytes_make(text, len)).code, "too-long");
	free(text);
}

static void a_problem_repeats_nothing_of_the_content(void **state)
{
	static const char *const texts[] = {
		WITH_ONE("\"identificatie\": {\"geslachtsnaam\": \"Geheim\\nBSN\"}"),
		WITH_ONE("\"identificatie\": {\"Geheime Naam\": \"x\"}"),
		WITH_ONE("\"identificatie\": {\"geslacht\": \"Geheim\"}"),
		"{\"Geheim\": Geheim}",
		"{\"toelichting\": \"Geheim",
		"{\"toelichting\": \"x\" \"Geheim\"}",
	};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct problem problem = refused_bytes(state, bytes_of_text(texts[i]));
		assert_null(strstr(problem.message, "Geheim"));
		assert_null(strstr(problem.field, "Geheim"));
		assert_null(strstr(problem.fix, "Geheim"));
	}
}

static void an_arena_that_is_too_small_is_no_fault_of_the_file(void **state)
{
	(void)state;
	struct buffer text;
	buffer_init(&text, MELDING_JSON_MAX);
	assert_int_equal(
		file_read(KNP_SOURCE "/config/melding.example.json", MELDING_JSON_MAX, &text),
		RESULT_OK);
	struct melding_json_input input = input_of(buffer_view(&text), "politie");
	struct melding_file file;
	size_t failures = 0;
	for (size_t ceiling = 1024;; ceiling += 512) {
		struct arena *arena;
		assert_int_equal(arena_new(ceiling, &arena), RESULT_OK);
		enum result result = melding_json_read(&input, arena, &file, NULL);
		arena_free(arena);
		if (result == RESULT_OK)
			break;
		assert_int_equal(result, RESULT_NO_MEMORY);
		assert_true(ceiling < 8 * text.len + 64 * 1024);
		failures++;
	}
	assert_true(failures > 5);
	buffer_done(&text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(the_example_of_the_documentation_reads_whole),
		T(a_regime_comes_from_the_file_or_else_from_the_sender),
		T(the_default_regime_follows_sender_and_rubriek),
		T(every_default_regime_is_one_the_rubriek_allows),
		T(every_named_sender_is_a_partner_soort_that_changes_a_regime),
		T(a_melding_about_nobody_needs_no_list_of_betrokkenen),
		T(one_value_may_stand_for_a_list_of_one),
		T(numbers_may_be_written_as_numbers_or_texts),
		T(what_is_no_json_is_refused_with_its_line),
		T(json_that_is_no_melding_is_refused),
		T(duplicate_keys_are_refused),
		T(nul_and_bad_utf8_are_refused),
		T(unknown_keys_are_named_with_what_is_known_there),
		T(a_rubriek_in_the_wrong_place_is_sent_to_the_right_one),
		T(what_only_the_knooppunt_states_is_refused),
		T(what_is_wrong_with_a_date_time_or_bsn_is_told_apart),
		T(wrong_values_are_refused_at_their_pointer),
		T(an_unknown_code_is_answered_with_the_known_ones),
		T(faults_of_the_whole_are_pointed_at_too),
		T(too_many_of_anything_is_refused),
		T(a_file_beyond_one_mebibyte_is_refused),
		T(a_problem_repeats_nothing_of_the_content),
		T(an_arena_that_is_too_small_is_no_fault_of_the_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

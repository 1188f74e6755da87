// SPDX-License-Identifier: EUPL-1.2
// The code tables: what is shipped is whole and says where it comes from; a broken one is refused
// where it is broken; a convenant fits them or is told why not.
#include "codes/codes.h"
#include "convenant/berust.h"
#include "melding/lists.h"
#include "melding/reason.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define T(test) cmocka_unit_test(test)
#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])
#define BRON ", bron: proef, status: bevestigd}\n"

static struct codes *shipped(void)
{
	struct codes *codes = NULL;
	struct problem problem = {0};
	if (codes_read(KNP_SOURCE "/config/codes", &codes, &problem))
		fail_msg("%s line %u: %s", problem.file, problem.line, problem.message);
	return codes;
}

static void every_row_has_a_source_and_each_table_some_that_are_confirmed_or_not(void **state)
{
	(void)state;
	struct codes *codes = shipped();
	size_t open = 0;
	assert_in_range(codes_count(codes), 60, CODES_ROWS_MAX);
	for (size_t n = 0; n < codes_count(codes); n++) {
		struct codes_row row = codes_at(codes, n);
		assert_true(row.tabel && row.code[0] && row.bron[0] && row.line > 0);
		open += !row.bevestigd;
		assert_true(row.bevestigd || strcmp(row.tabel, "klassen") != 0);
		assert_true(!row.bevestigd || strcmp(row.tabel, "grondslagen") != 0);
	}
	assert_null(codes_at(codes, codes_count(codes)).tabel);
	assert_in_range(open, 20, codes_count(codes) - 20);
	codes_free(codes);
}

static void the_number_of_a_row_finds_it_again(void **state)
{
	(void)state;
	struct codes *codes = shipped();
	const struct civil_date on = {2026, 11, 30}, before = {2018, 6, 1};
	for (unsigned soort = 0; soort < TABEL_COUNT; soort++) {
		const struct tabel *tabel = codes_tabel(codes, soort);
		for (size_t n = 0; n < tabel_count(tabel); n++) {
			const struct rij *rij = tabel_at(tabel, n);
			size_t number = codes_number(codes, soort, bytes_of_text(rij->code));
			assert_string_equal(codes_at(codes, number).code, rij->code);
			assert_string_equal(codes_at(codes, number).tabel, tabel_name(soort));
		}
		assert_int_equal(codes_number(codes, soort, bytes_of_text("elders")),
				 CODES_ROWS_MAX);
	}
	struct bytes schinnen = bytes_of_text("GM0962");
	size_t number = codes_number_gemeente(codes, schinnen, on);
	assert_string_equal(codes_at(codes, number).code, "GM0962");
	assert_int_equal(codes_number_gemeente(codes, schinnen, before), number);
	assert_int_equal(codes_number_gemeente(codes, bytes_of_text("GM9999"), on), CODES_ROWS_MAX);
	codes_free(codes);
}

static void e33_and_e14_are_also_i28_and_nothing_else_is(void **state)
{
	(void)state;
	struct codes *codes = shipped();
	struct codes_set rows = {{0}};
	const char *found[KLASSEN_DIEP_MAX];
	static const char *const wide[] = {"E33", "E14"};
	for (size_t i = 0; i < COUNT_OF(wide); i++) {
		assert_int_equal(codes_klassen(codes, bytes_of_text(wide[i]), &rows, found), 2);
		assert_string_equal(found[0], wide[i]);
		assert_string_equal(found[1], "I28");
	}
	assert_int_equal(codes_klassen(codes, bytes_of_text("I28"), &rows, found), 1);
	assert_int_equal(codes_klassen(codes, bytes_of_text("overig"), &rows, found), 1);
	assert_int_equal(codes_klassen(codes, bytes_of_text("E99"), &rows, found), 0);
	codes_free(codes);
}

// ---- the document ------------------------------------------------------------------------------

static enum result load_document(struct bytes document)
{
	struct codes *codes = NULL;
	struct problem problem = {0};
	enum result result = codes_load(document, "codes", &codes, &problem);
	if (result == RESULT_OK)
		codes_free(codes);
	return result;
}

static void the_document_of_the_tables_is_the_tables_and_nothing_less_or_more(void **state)
{
	(void)state;
	struct codes *codes = shipped(), *again = NULL;
	struct problem problem = {0};
	struct bytes document = codes_document(codes);
	struct hash hash = codes_hash(codes), whole = sha256(document);
	assert_true(hash_equal(&hash, &whole));
	assert_int_equal(codes_load(document, "codes", &again, &problem), RESULT_OK);
	whole = codes_hash(again);
	assert_true(hash_equal(&hash, &whole));
	assert_int_equal(codes_count(again), codes_count(codes));
	for (size_t n = 0; n < codes_count(codes); n++) {
		assert_string_equal(codes_at(again, n).code, codes_at(codes, n).code);
		assert_int_equal(codes_at(again, n).bevestigd, codes_at(codes, n).bevestigd);
	}
	codes_free(again);
	struct buffer changed;
	buffer_init(&changed, document.len + 1);
	buffer_append(&changed, document);
	buffer_append_u8(&changed, '\n');
	assert_int_equal(load_document(buffer_view(&changed)), RESULT_MALFORMED);
	for (size_t len = 0; len < document.len; len += 97)
		assert_int_equal(load_document(bytes_make(document.data, len)), RESULT_MALFORMED);
	changed.data[0] = 'K';
	changed.len--;
	assert_int_equal(load_document(buffer_view(&changed)), RESULT_MALFORMED);
	buffer_done(&changed);
	codes_free(codes);
}

static void what_rests_on_a_row_is_known_by_the_rows(void **state)
{
	(void)state;
	struct codes *codes = shipped();
	struct codes_set rows = {{0}}, none = {{0}}, confirmed = {{0}};
	const struct civil_date on = {2026, 11, 30};
	for (size_t n = 0; n < codes_count(codes); n++)
		if (codes_at(codes, n).bevestigd)
			codes_set_add(&confirmed, n);
	assert_string_equal(codes_huis(codes, bytes_of_text("GM1883"), on, &rows),
			    "westelijke-mijnstreek");
	assert_true(codes_set_within(&rows, &confirmed) && codes_set_within(&rows, NULL));
	assert_false(codes_set_within(&rows, &none));
	assert_false(codes_set_is_voorlopig(codes, &rows));
	assert_non_null(codes_huis(codes, bytes_of_text("GM0935"), on, &rows));
	assert_true(codes_set_is_voorlopig(codes, &rows));
	assert_false(codes_set_within(&rows, &confirmed));
	assert_null(codes_huis(codes, bytes_of_text("GM0000"), on, &none));
	assert_true(codes_set_within(&none, &none) && !codes_set_is_voorlopig(codes, &none));
	codes_free(codes);
}

// ---- broken tables -----------------------------------------------------------------------------

#define KLASSEN(rows) "klassen:\n" rows
#define KLASSEN_REST "  - {klasse: E14" BRON "  - {klasse: I28" BRON "  - {klasse: overig" BRON
#define GRONDSLAG "  - {grondslag: wpg-20, naam: Wpg"
#define TERMIJN "  - {bewaartermijn: t, naam: T"

static const struct {
	enum tabel_soort soort;
	const char *text;
	unsigned line;
	enum reason reason;
	const char *field;
} broken[] = {
	{TABEL_KLASSEN, "themas: []\n", 1, REASON_UNKNOWN_KEYWORD, ""},
	{TABEL_KLASSEN, "klassen: E33\n", 1, REASON_BAD_TYPE, "klassen"},
	{TABEL_KLASSEN, KLASSEN("  - {klasse: E33" BRON), 2, REASON_MISSING_KEYWORD, "klasse"},
	{TABEL_KLASSEN, KLASSEN("  - {klasse: E34" BRON KLASSEN_REST), 2, REASON_UNKNOWN_CODE,
	 "klasse"},
	{TABEL_KLASSEN, KLASSEN("  - {klasse: E14" BRON KLASSEN_REST), 3, REASON_DUPLICATE_KEYWORD,
	 "klasse"},
	{TABEL_KLASSEN, KLASSEN("  - {klasse: E33, ruimer: X" BRON KLASSEN_REST), 2,
	 REASON_NOT_FOUND, "ruimer"},
	{TABEL_KLASSEN, KLASSEN("  - {klasse: E33, ruimer: E33" BRON KLASSEN_REST), 2,
	 REASON_CONFLICT, "ruimer"},
	{TABEL_KLASSEN, KLASSEN("  - {klasse: E33, bron: x, status: ja}\n"), 2, REASON_UNKNOWN_CODE,
	 "status"},
	{TABEL_KLASSEN, KLASSEN("  - {klasse: E33, status: bevestigd}\n"), 2,
	 REASON_MISSING_KEYWORD, "bron"},
	{TABEL_THEMAS, "themas:\n  - {thema: overlast, naam: x" BRON, 2, REASON_UNKNOWN_KEYWORD,
	 ""},
	{TABEL_THEMAS, "themas:\n  - {thema: overlast" BRON, 2, REASON_MISSING_KEYWORD, "thema"},
	{TABEL_GRONDSLAGEN, "grondslagen:\n  - {grondslag: Wpg 20, naam: x" BRON, 2,
	 REASON_BAD_VALUE, "grondslag"},
	{TABEL_GRONDSLAGEN, "grondslagen:\n  - {grondslag: w" BRON, 2, REASON_MISSING_KEYWORD,
	 "naam"},
	{TABEL_GRONDSLAGEN, "grondslagen:\n" GRONDSLAG ", van: 2025-02-29" BRON, 2,
	 REASON_IMPOSSIBLE_DATE, "van"},
	{TABEL_GRONDSLAGEN, "grondslagen:\n" GRONDSLAG ", van: 2025-02-02, tot: 2025-02-01" BRON, 2,
	 REASON_INTERVAL, "tot"},
	{TABEL_BEWAARTERMIJNEN, "bewaartermijnen:\n" TERMIJN ", grondslagen: [a]" BRON, 2,
	 REASON_MISSING_KEYWORD, "verantwoording_minstens"},
	{TABEL_BEWAARTERMIJNEN,
	 "bewaartermijnen:\n" TERMIJN ", inhoud_hoogstens: vijf jaar, grondslagen: [a]" BRON, 2,
	 REASON_BAD_VALUE, "inhoud_hoogstens"},
	{TABEL_BEWAARTERMIJNEN,
	 "bewaartermijnen:\n" TERMIJN ", inhoud_hoogstens: P5Y, grondslagen: []" BRON, 2,
	 REASON_OUT_OF_RANGE, "grondslagen"},
};

static void a_broken_table_is_refused_where_it_is_broken(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(broken); i++) {
		struct tabel *tabel = NULL;
		struct problem problem = {0};
		assert_int_equal(tabel_load(broken[i].soort, bytes_of_text(broken[i].text),
					    "t.yaml", &tabel, &problem),
				 RESULT_CONFIG);
		assert_null(tabel);
		assert_string_equal(problem.code, reason_code(broken[i].reason));
		assert_string_equal(problem.file, "t.yaml");
		assert_int_equal(problem.line, broken[i].line);
		if (broken[i].field[0])
			assert_string_equal(problem.field, broken[i].field);
		assert_true(problem.message[0] && problem.fix[0]);
	}
}

// ---- a convenant beside them -------------------------------------------------------------------

#define AAN "{partij: stad, functie: wmo}"
#define TAFEL "overleggen:\n  - {overleg: weegtafel, voorzitter: {partij: huis, functie: r}, "
#define HEAD                                                                                       \
	"convenant: c\nversie: \"1\"\nstatus: s\nhuis: huis\ndoel: d\ncontactpunt: p\n"            \
	"wpg20: {zwaarwegend_belang: a, samenwerkingsverband: b, doel: c, gegevens: d,\n"          \
	"  voorwaarden: e, ontvangers: f}\n"

struct paper { // what a test writes; NULL: what fits
	const char *bewaar, *gemeente, *grondslag, *als, *dagen, *tafel;
};

static struct convenant *draw(const struct paper *paper)
{
	char text[2400];
	struct convenant *convenant = NULL;
	struct problem problem = {0};
	snprintf(text, sizeof text,
		 HEAD "bewaar: %s\npartijen:\n"
		      "  - {partij: huis, naam: H, oin: \"00000099000000001000\",\n"
		      "     soort: veiligheidshuis, functies: [r], getekend: nee}\n"
		      "  - {partij: stad, naam: S, oin: \"00000099000000002000\",\n"
		      "     soort: gemeente, gemeente: %s, functies: [wmo], getekend: nee}\n"
		      "%sregels:\n"
		      "  - regel: een\n    convenantartikel: \"1\"\n    herkomst: \"p: «q»\"\n"
		      "    als: {%s}\n    verstrek: {aan: " AAN ", rubrieken: [kenmerken]}\n"
		      "    doel: d\n    grondslag: [%s]\n%s",
		 paper->bewaar ? paper->bewaar : "{inhoud: P6M, verantwoording: P5Y}",
		 paper->gemeente ? paper->gemeente : "GM1883", paper->tafel ? paper->tafel : "",
		 paper->als ? paper->als : "thema: overlast",
		 paper->grondslag ? paper->grondslag : "wpg-20", paper->dagen ? paper->dagen : "");
	if (convenant_load(bytes_of_text(text), "c.yaml", &convenant, &problem))
		fail_msg("line %u: %s %s\n%s", problem.line, problem.field, problem.message, text);
	return convenant;
}

static void a_convenant_that_does_not_fit_is_told_which_regel_and_why(void **state)
{
	(void)state;
	static const struct {
		struct paper paper;
		enum reason reason;
		const char *field, *message, *fix;
	} wrong[] = {
		{{.grondslag = "wpg-20, bestuurlijk-akkoord"},
		 REASON_UNKNOWN_CODE,
		 "regels.een.grondslag",
		 "bestuurlijk-akkoord",
		 "codes/grondslagen.yaml"},
		{{.grondslag = "wgs-zvh", .dagen = "    tot: 2025-02-28\n"},
		 REASON_INTERVAL,
		 "regels.een.grondslag",
		 "wgs-zvh",
		 "in force"},
		{{.bewaar = "{inhoud: P6M, verantwoording: P3Y}"},
		 REASON_OUT_OF_RANGE,
		 "regels.een.bewaar",
		 "wpg-inzage-4-jaar",
		 "at least P4Y"},
		{{.bewaar = "{inhoud: P6Y, verantwoording: P7Y}"},
		 REASON_OUT_OF_RANGE,
		 "regels.een.bewaar",
		 "wpg-5-jaar",
		 "at most P5Y"},
		{{.als = "gemeente: GM0344"},
		 REASON_UNKNOWN_CODE,
		 "regels.een.als",
		 "GM0344",
		 "codes/gemeenten.yaml"},
		{{.gemeente = "GM0344"},
		 REASON_UNKNOWN_CODE,
		 "partijen.gemeente",
		 "GM0344",
		 "codes/gemeenten.yaml"},
	};
	struct codes *codes = shipped();
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		struct convenant *convenant = draw(&wrong[i].paper);
		struct problem problem = {0};
		assert_int_equal(convenant_fits(convenant, codes, "c.yaml", &problem),
				 RESULT_CONFIG);
		assert_string_equal(problem.code, reason_code(wrong[i].reason));
		assert_string_equal(problem.file, "c.yaml");
		assert_string_equal(problem.field, wrong[i].field);
		assert_non_null(strstr(problem.message, wrong[i].message));
		assert_non_null(strstr(problem.fix, wrong[i].fix));
		assert_int_equal(problem.line > 0, strncmp(problem.field, "regels", 6) == 0);
		convenant_free(convenant);
	}
	codes_free(codes);
}

static void an_overleg_without_leden_or_with_an_unknown_gemeente_does_not_fit(void **state)
{
	(void)state;
	static const struct {
		const char *tafel, *field, *fix;
	} wrong[] = {
		{TAFEL "leden: []}\n", "overleggen.leden", "leave the overleg out"},
		{TAFEL "leden: [" AAN "], gemeenten: [GM1883, GM0344]}\n", "overleggen.gemeenten",
		 "codes/gemeenten.yaml"},
	};
	struct codes *codes = shipped();
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		struct convenant *convenant = draw(&(struct paper){.tafel = wrong[i].tafel});
		struct problem problem = {0};
		assert_int_equal(convenant_fits(convenant, codes, "c.yaml", &problem),
				 RESULT_CONFIG);
		assert_string_equal(problem.field, wrong[i].field);
		assert_non_null(strstr(problem.fix, wrong[i].fix));
		assert_true(problem.line > 0);
		convenant_free(convenant);
	}
	codes_free(codes);
}

static void what_touches_a_limit_or_a_day_fits(void **state)
{
	(void)state;
	static const struct paper right[] = {
		{0},
		{.bewaar = "{inhoud: P5Y, verantwoording: P5Y}"},
		{.bewaar = "{inhoud: P6M, verantwoording: P48M}"},
		{.grondslag = "wgs-zvh", .dagen = "    tot: 2025-03-01\n"},
		{.bewaar = "{inhoud: P6M, verantwoording: P1Y}", .grondslag = "avg-6-1-e"},
		{.gemeente = "GM0962", .als = "woongemeente: {niet: GM0962}"},
		{.tafel = TAFEL "leden: [" AAN "], gemeenten: [GM1883], themas: [overlast]}\n"},
	};
	struct codes *codes = shipped();
	for (size_t i = 0; i < COUNT_OF(right); i++) {
		struct convenant *convenant = draw(&right[i]);
		struct problem problem = {0};
		if (convenant_fits(convenant, codes, "c.yaml", &problem))
			fail_msg("%zu: %s %s", i, problem.field, problem.message);
		convenant_free(convenant);
	}
	codes_free(codes);
}

static bool rests(const struct codes *codes, const struct codes_set *set, const char *tabel,
		  const char *code)
{
	for (size_t n = 0; n < codes_count(codes); n++) {
		struct codes_row row = codes_at(codes, n);
		if (strcmp(row.tabel, tabel) == 0 && strcmp(row.code, code) == 0)
			return codes_set_has(set, n);
	}
	fail_msg("there is no row %s %s", tabel, code);
	return false;
}

static void a_convenant_rests_on_the_rows_it_names_and_no_others(void **state)
{
	(void)state;
	struct codes *codes = shipped();
	struct codes_set set = {{0}}, of_regel = {{0}};
	size_t count = 0;
	struct convenant *convenant = draw(&(struct paper){
		.als = "thema: [overlast, stalking], klassen: I28, woongemeente: GM0983"});
	convenant_berust(convenant, codes, &set);
	convenant_regel_berust(convenant, 0, codes, &of_regel);
	static const char *const named[][2] = {{"themas", "overlast"},
					       {"themas", "stalking"},
					       {"klassen", "I28"},
					       {"gemeenten", "GM0983"},
					       {"grondslagen", "wpg-20"},
					       {"bewaartermijnen", "wpg-5-jaar"},
					       {"bewaartermijnen", "wpg-inzage-4-jaar"}};
	for (size_t i = 0; i < COUNT_OF(named); i++)
		assert_true(rests(codes, &of_regel, named[i][0], named[i][1]));
	assert_true(rests(codes, &set, "gemeenten", "GM1883"));
	assert_false(rests(codes, &of_regel, "gemeenten", "GM1883"));
	for (size_t n = 0; n < codes_count(codes); n++)
		count += codes_set_has(&set, n);
	assert_int_equal(count, COUNT_OF(named) + 1);
	convenant_free(convenant);
	codes_free(codes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(every_row_has_a_source_and_each_table_some_that_are_confirmed_or_not),
		T(the_number_of_a_row_finds_it_again),
		T(e33_and_e14_are_also_i28_and_nothing_else_is),
		T(the_document_of_the_tables_is_the_tables_and_nothing_less_or_more),
		T(what_rests_on_a_row_is_known_by_the_rows),
		T(a_broken_table_is_refused_where_it_is_broken),
		T(a_convenant_that_does_not_fit_is_told_which_regel_and_why),
		T(an_overleg_without_leden_or_with_an_unknown_gemeente_does_not_fit),
		T(what_touches_a_limit_or_a_day_fits),
		T(a_convenant_rests_on_the_rows_it_names_and_no_others),
	};
	return cmocka_run_group_tests_name("codes", tests, NULL, NULL);
}

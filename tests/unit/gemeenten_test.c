// SPDX-License-Identifier: EUPL-1.2
#include "base/file.h"
#include "codes/codes.h"
#include "melding/reason.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define T(test) cmocka_unit_test(test)
#define HUIZEN "huizen:\n  - {huis: een, naam: Een}\n  - {huis: twee, naam: Twee}\ngemeenten:\n"
#define BRON ", bron: proef, status: bevestigd}\n"

static struct gemeenten *shipped(void)
{
	struct gemeenten *gemeenten = NULL;
	struct problem problem = {0};
	struct buffer text;
	buffer_init(&text, CODES_DOCUMENT_MAX);
	assert_int_equal(
		file_read(KNP_SOURCE "/config/codes/gemeenten.yaml", CODES_DOCUMENT_MAX, &text),
		RESULT_OK);
	if (gemeenten_load(buffer_view(&text), "gemeenten.yaml", &gemeenten, &problem))
		fail_msg("line %u: %s", problem.line, problem.message);
	buffer_done(&text);
	return gemeenten;
}

static struct gemeenten *load(const char *text)
{
	struct gemeenten *gemeenten = NULL;
	struct problem problem = {0};
	if (gemeenten_load(bytes_of_text(text), "g.yaml", &gemeenten, &problem))
		fail_msg("line %u: %s", problem.line, problem.message);
	return gemeenten;
}

static void refused(const char *text, unsigned line, enum reason reason)
{
	struct gemeenten *gemeenten = NULL;
	struct problem problem = {0};
	assert_int_equal(gemeenten_load(bytes_of_text(text), "g.yaml", &gemeenten, &problem),
			 RESULT_CONFIG);
	assert_null(gemeenten);
	assert_string_equal(problem.file, "g.yaml");
	assert_string_equal(problem.code, reason_code(reason));
	assert_int_equal(problem.line, line);
	assert_true(problem.message[0] && problem.fix[0]);
}

static struct civil_date day(int year, int month, int d)
{
	return (struct civil_date){year, month, d};
}

static struct bytes code(const char *text)
{
	return bytes_of_text(text);
}

static const char *huis_of(const struct gemeenten *gemeenten, struct bytes of, struct civil_date on)
{
	const struct gemeente *row = gemeente_answering(gemeenten, of, on);
	return row && row->huis[0] ? row->huis : NULL;
}

static void the_shipped_table_has_all_of_limburg_at_any_day_since_2019(void **state)
{
	(void)state;
	struct gemeenten *gemeenten = shipped();
	size_t in_2018 = 0, in_2026 = 0;
	for (size_t n = 0; n < gemeenten_count(gemeenten); n++) {
		struct bytes c = bytes_of_text(gemeenten_at(gemeenten, n)->code);
		if (bytes_equal(c, code("GM0000")))
			continue;
		in_2018 += gemeente_on(gemeenten, c, day(2018, 12, 31)) != NULL;
		in_2026 += gemeente_on(gemeenten, c, day(2026, 11, 22)) != NULL;
	}
	assert_int_equal(in_2018, 33);
	assert_int_equal(in_2026, 31);
	assert_null(gemeenten_at(gemeenten, gemeenten_count(gemeenten)));
	gemeenten_free(gemeenten);
}

static void every_shipped_row_names_its_source_and_a_house_of_the_list(void **state)
{
	(void)state;
	struct gemeenten *gemeenten = shipped();
	size_t bevestigd = 0;
	for (size_t n = 0; n < gemeenten_count(gemeenten); n++) {
		const struct gemeente *row = gemeenten_at(gemeenten, n);
		assert_true(row->bron[0] && row->naam[0] && row->line > 0);
		assert_int_equal(row->huis[0] == '\0', strcmp(row->code, "GM0000") == 0);
		bevestigd += row->bevestigd;
	}
	assert_int_equal(huizen_count(gemeenten), 5);
	assert_non_null(huis_find(gemeenten, code("westelijke-mijnstreek")));
	assert_null(huis_find(gemeenten, code("elders")));
	assert_null(huizen_at(gemeenten, 5));
	assert_in_range(bevestigd, 10, gemeenten_count(gemeenten) - 10);
	gemeenten_free(gemeenten);
}

static void schinnen_answers_to_westelijke_mijnstreek_in_2018_and_is_beekdaelen_in_2019(
	void **state)
{
	(void)state;
	struct gemeenten *gemeenten = shipped();
	assert_string_equal(huis_of(gemeenten, code("GM0962"), day(2018, 12, 31)),
			    "westelijke-mijnstreek");
	assert_null(gemeente_on(gemeenten, code("GM0962"), day(2019, 1, 1)));
	const struct gemeente *now = gemeente_answering(gemeenten, code("GM0962"), day(2019, 1, 1));
	assert_string_equal(now->code, "GM1954");
	assert_string_equal(huis_of(gemeenten, code("GM0962"), day(2019, 1, 1)), "parkstad");
	assert_null(gemeente_answering(gemeenten, code("GM1954"), day(2018, 12, 31)));
	gemeenten_free(gemeenten);
}

static void mook_and_sittard_belong_to_their_houses_and_unknown_to_none(void **state)
{
	(void)state;
	struct gemeenten *gemeenten = shipped();
	struct civil_date on = day(2026, 11, 22);
	assert_string_equal(huis_of(gemeenten, code("GM0944"), on), "noord-limburg");
	assert_string_equal(huis_of(gemeenten, code("GM1883"), on), "westelijke-mijnstreek");
	assert_non_null(gemeente_on(gemeenten, code("GM0000"), on));
	assert_null(huis_of(gemeenten, code("GM0000"), on));
	assert_null(huis_of(gemeenten, code("GM9999"), on));
	assert_null(huis_of(gemeenten, code(""), on));
	gemeenten_free(gemeenten);
}

static void a_code_may_move_to_another_house_on_a_day(void **state)
{
	(void)state;
	struct gemeenten *gemeenten =
		load(HUIZEN "  - {code: GM0001, naam: A, tot: 2020-06-30, huis: een" BRON
			    "  - {code: GM0001, naam: A, van: 2020-07-01, huis: twee" BRON);
	assert_string_equal(huis_of(gemeenten, code("GM0001"), day(2020, 6, 30)), "een");
	assert_string_equal(huis_of(gemeenten, code("GM0001"), day(2020, 7, 1)), "twee");
	gemeenten_free(gemeenten);
}

static void successors_are_followed_more_than_once(void **state)
{
	(void)state;
	struct gemeenten *gemeenten =
		load(HUIZEN
		     "  - {code: GM0001, naam: A, tot: 2000-12-31, opvolger: GM0002, huis: een" BRON
		     "  - {code: GM0002, naam: B, tot: 2010-12-31, opvolger: GM0003, huis: een" BRON
		     "  - {code: GM0003, naam: C, huis: twee" BRON);
	assert_string_equal(huis_of(gemeenten, code("GM0001"), day(2000, 12, 31)), "een");
	assert_string_equal(gemeente_answering(gemeenten, code("GM0001"), day(2005, 1, 1))->code,
			    "GM0002");
	assert_string_equal(huis_of(gemeenten, code("GM0001"), day(2011, 1, 1)), "twee");
	gemeenten_free(gemeenten);
}

static void broken_rows_are_refused_with_line_and_reason(void **state)
{
	(void)state;
	refused(HUIZEN "  - {code: GM001, naam: A" BRON, 5, REASON_BAD_VALUE);
	refused(HUIZEN "  - {code: GM00O1, naam: A" BRON, 5, REASON_BAD_VALUE);
	refused(HUIZEN "  - {naam: A" BRON, 5, REASON_MISSING_KEYWORD);
	refused(HUIZEN "  - {code: GM0001, naam: A, huiz: een" BRON, 5, REASON_UNKNOWN_KEYWORD);
	refused(HUIZEN "  - {code: GM0001, naam: A, huis: drie" BRON, 5, REASON_NOT_FOUND);
	refused(HUIZEN "  - {code: GM0001, naam: A, huis: Een" BRON, 5, REASON_BAD_VALUE);
	refused(HUIZEN "  - {code: GM0001, naam: [A]" BRON, 5, REASON_BAD_TYPE);
	refused(HUIZEN "  - {code: GM0001, naam: A, van: 2021-02-29" BRON, 5,
		REASON_IMPOSSIBLE_DATE);
	refused(HUIZEN "  - {code: GM0001, naam: A, van: 2021-01-02, tot: 2021-01-01" BRON, 5,
		REASON_INTERVAL);
	refused(HUIZEN "  - {code: GM0001, naam: A, bron: x, status: zeker}\n", 5,
		REASON_UNKNOWN_CODE);
	refused(HUIZEN "  - {code: GM0001, naam: A, status: bevestigd}\n", 5,
		REASON_MISSING_KEYWORD);
	refused(HUIZEN "  - GM0001\n", 5, REASON_BAD_TYPE);
}

static void two_rows_of_one_code_on_the_same_day_are_refused(void **state)
{
	(void)state;
	refused(HUIZEN "  - {code: GM0001, naam: A" BRON "  - {code: GM0001, naam: B" BRON, 6,
		REASON_INTERVAL);
	refused(HUIZEN "  - {code: GM0001, naam: A, tot: 2020-01-01" BRON
		       "  - {code: GM0001, naam: B, van: 2020-01-01" BRON,
		6, REASON_INTERVAL);
}

static void successors_that_are_missing_circular_or_without_a_last_day_are_refused(void **state)
{
	(void)state;
	refused(HUIZEN "  - {code: GM0001, naam: A, tot: 2020-01-01, opvolger: GM0002" BRON, 5,
		REASON_NOT_FOUND);
	refused(HUIZEN "  - {code: GM0001, naam: A, opvolger: GM0002" BRON
		       "  - {code: GM0002, naam: B" BRON,
		5, REASON_MISSING_KEYWORD);
	refused(HUIZEN "  - {code: GM0001, naam: A, tot: 2020-01-01, opvolger: GM0002" BRON
		       "  - {code: GM0002, naam: B, tot: 2020-01-01, opvolger: GM0001" BRON,
		5, REASON_CONFLICT);
}

static void a_file_without_its_lists_or_with_a_house_twice_is_refused(void **state)
{
	(void)state;
	refused("huizen: []\n", 1, REASON_MISSING_KEYWORD);
	refused("huizen: []\ngemeenten: ja\n", 2, REASON_BAD_TYPE);
	refused("huizen:\n  - {huis: een, naam: A}\n  - {huis: een, naam: B}\ngemeenten: []\n", 3,
		REASON_DUPLICATE_KEYWORD);
	refused("", 0, REASON_BAD_TYPE);
	refused("huizen: []\ngemeenten: []\nmeer: 1\n", 3, REASON_UNKNOWN_KEYWORD);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(the_shipped_table_has_all_of_limburg_at_any_day_since_2019),
		T(every_shipped_row_names_its_source_and_a_house_of_the_list),
		T(schinnen_answers_to_westelijke_mijnstreek_in_2018_and_is_beekdaelen_in_2019),
		T(mook_and_sittard_belong_to_their_houses_and_unknown_to_none),
		T(a_code_may_move_to_another_house_on_a_day),
		T(successors_are_followed_more_than_once),
		T(broken_rows_are_refused_with_line_and_reason),
		T(two_rows_of_one_code_on_the_same_day_are_refused),
		T(successors_that_are_missing_circular_or_without_a_last_day_are_refused),
		T(a_file_without_its_lists_or_with_a_house_twice_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

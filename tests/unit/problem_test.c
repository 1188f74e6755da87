// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/unit.h"

#include "base/problem.h"

#include <stdio.h>
#include <string.h>

static void a_problem_says_what_where_and_what_to_do(void **state)
{
	(void)state;
	struct problem problem = {.line = 12};
	problem_set_file(&problem, "/etc/knooppunt/settings.yaml");
	problem_set(&problem, "setting-range", "choose 1..100", "%s is %d", "credits", 0);
	problem_set_field(&problem, "gate.credits[%d]", 3);
	assert_string_equal(problem.code, "setting-range");
	assert_string_equal(problem.message, "credits is 0");
	assert_string_equal(problem.fix, "choose 1..100");
	assert_string_equal(problem.field, "gate.credits[3]");
	assert_string_equal(problem.file, "/etc/knooppunt/settings.yaml");
	assert_int_equal(problem.line, 12);
	problem_set(&problem, "other", NULL, "x");
	assert_string_equal(problem.fix, "");
	assert_string_equal(problem.file, "/etc/knooppunt/settings.yaml");
	assert_int_equal(problem.line, 12);
}

static void long_texts_are_cut_between_characters(void **state)
{
	(void)state;
	char text[601];
	for (size_t shift = 0; shift < 2; shift++) {
		struct problem problem = {0};
		memset(text, 'a', shift);
		for (size_t i = shift; i + 1 < sizeof text - 1; i += 2)
			memcpy(text + i, "\xc3\xa9", 2);
		text[sizeof text - 1 - shift] = '\0';
		problem_set(&problem, "c", text, "%s", text);
		problem_set_field(&problem, "%s", text);
		problem_set_file(&problem, text);
		const char *const parts[] = {problem.message, problem.fix, problem.field,
					     problem.file};
		static const size_t rooms[] = {240, 480, 120, 240};
		for (size_t i = 0; i < COUNT_OF(parts); i++) {
			size_t len = strlen(parts[i]);
			assert_true(len < rooms[i] && len + 2 >= rooms[i] - 1);
			assert_true(utf8_is_clean_text(bytes_of_text(parts[i])));
		}
	}
}

static void of_a_long_path_the_end_stays(void **state)
{
	(void)state;
	char path[1000];
	struct problem problem = {0};
	memset(path, 'x', sizeof path);
	memcpy(path + sizeof path - 14, "/identity.key", 14);
	problem_set_file(&problem, path);
	assert_int_equal(strlen(problem.file), sizeof problem.file - 1);
	assert_string_equal(problem.file + strlen(problem.file) - 13, "/identity.key");
}

static void controls_and_broken_utf8_do_not_reach_a_terminal(void **state)
{
	(void)state;
	struct problem problem = {0};
	problem_set(&problem, "c", "a\nb", "a\x1b[31mb\x7f");
	assert_string_equal(problem.message, "a?[31mb?");
	assert_string_equal(problem.fix, "a?b");
	problem_set(&problem, "c", "", "goed\xff slecht");
	assert_true(utf8_is_clean_text(bytes_of_text(problem.message)));
	assert_memory_equal(problem.message, "goed", 4);
}

static void who_wants_no_explanation_may_pass_none(void **state)
{
	(void)state;
	problem_set(NULL, "c", "f", "m");
	problem_set_field(NULL, "f");
	problem_set_file(NULL, "f");
	assert_string_equal(result_name(RESULT_OK), "ok");
}

static void every_result_has_a_name_of_its_own_and_an_exit_code(void **state)
{
	(void)state;
	for (int i = RESULT_OK; i <= RESULT_INTERNAL; i++) {
		assert_non_null(result_name((enum result)i));
		for (int j = RESULT_OK; j < i; j++)
			assert_string_not_equal(result_name((enum result)i),
						result_name((enum result)j));
		int code = result_exit_code((enum result)i);
		assert_int_equal(code == 0, i == RESULT_OK);
		assert_true(code == 0 || code == 1 || (code >= 3 && code <= 5));
	}
}

static void exit_codes_follow_the_contract(void **state)
{
	(void)state;
	assert_int_equal(result_exit_code(RESULT_AGAIN), 3);
	assert_int_equal(result_exit_code(RESULT_FULL), 3);
	assert_int_equal(result_exit_code(RESULT_CONFIG), 4);
	assert_int_equal(result_exit_code(RESULT_DENIED), 4);
	assert_int_equal(result_exit_code(RESULT_IO), 5);
	assert_int_equal(result_exit_code(RESULT_INTERNAL), 5);
	assert_int_equal(result_exit_code(RESULT_DAMAGED), 1);
	assert_int_equal(result_exit_code((enum result)99), 5);
	assert_string_equal(result_name((enum result)99), result_name(RESULT_INTERNAL));
}

static void a_text_that_is_too_long_ends_after_a_word(void **state)
{
	(void)state;
	struct problem problem = {0};
	char text[600] = "";
	for (size_t at = 0; at + sizeof "gemeente, " < sizeof text; at += strlen("gemeente, "))
		memcpy(text + at, "gemeente, ", sizeof "gemeente, ");
	problem_set(&problem, "c", text, "%s", text);
	const char *const parts[] = {problem.message, problem.fix};
	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		const char *end = strstr(parts[i], " …");
		assert_true(end && end[strlen(" …")] == '\0' && end[-1] == ',');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_problem_says_what_where_and_what_to_do),
		cmocka_unit_test(long_texts_are_cut_between_characters),
		cmocka_unit_test(of_a_long_path_the_end_stays),
		cmocka_unit_test(controls_and_broken_utf8_do_not_reach_a_terminal),
		cmocka_unit_test(who_wants_no_explanation_may_pass_none),
		cmocka_unit_test(every_result_has_a_name_of_its_own_and_an_exit_code),
		cmocka_unit_test(exit_codes_follow_the_contract),
		cmocka_unit_test(a_text_that_is_too_long_ends_after_a_word),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

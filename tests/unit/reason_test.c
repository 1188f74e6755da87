// SPDX-License-Identifier: EUPL-1.2
#include "melding/reason.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define T(test) cmocka_unit_test(test)

static void every_reason_has_a_code_a_sentence_and_a_fix(void **state)
{
	(void)state;
	enum reason reason;
	for (size_t n = 0; reason_at(n, &reason); n++) {
		assert_non_null(reason_code(reason));
		const char *text = reason_text(reason), *fix = reason_fix(reason);
		assert_true(strlen(text) > 10 && text[strlen(text) - 1] == '.');
		assert_true(strlen(fix) > 10 && fix[strlen(fix) - 1] == '.');
		assert_true(isupper((unsigned char)text[0]) && isupper((unsigned char)fix[0]));
		assert_true(strlen(text) < 200 && strlen(fix) < 200);
	}
}

static void a_code_text_leads_back_to_its_own_reason_only(void **state)
{
	(void)state;
	enum reason reason;
	for (size_t n = 0; reason_at(n, &reason); n++) {
		const char *code = reason_code(reason);
		assert_int_equal(reason_of_code(bytes_of_text(code)), reason);
		for (const char *p = code; *p; p++)
			assert_true(islower((unsigned char)*p) || *p == '-');
	}
}

// The numbers travel in replies: this list is what the header promised, in its own words.
static void all_numbers_of_the_header_are_on_the_list_in_order(void **state)
{
	(void)state;
	static const struct {
		int first, last;
	} ranges[] = {{1, 9}, {20, 38}, {50, 52}, {60, 66}, {80, 104}, {110, 111}};
	size_t n = 0;
	enum reason reason = REASON_NONE;
	for (size_t r = 0; r < sizeof ranges / sizeof ranges[0]; r++) {
		for (int number = ranges[r].first; number <= ranges[r].last; number++) {
			assert_true(reason_at(n++, &reason));
			assert_int_equal(reason, number);
		}
	}
	assert_false(reason_at(n, &reason));
	assert_int_equal(reason, 111);
}

static void a_number_or_text_that_is_not_on_the_list_has_nothing(void **state)
{
	(void)state;
	assert_null(reason_code(REASON_NONE));
	assert_null(reason_text((enum reason)19));
	assert_null(reason_fix((enum reason)99999));
	assert_int_equal(reason_of_code(bytes_of_text("bsn-elfproe")), REASON_NONE);
	assert_int_equal(reason_of_code(bytes_of_text("")), REASON_NONE);
}

static void the_codes_that_programs_and_tests_rely_on_read_as_published(void **state)
{
	(void)state;
	assert_string_equal(reason_code(REASON_BSN_ELFPROEF), "bsn-elfproef");
	assert_string_equal(reason_code(REASON_IMPOSSIBLE_DATE), "impossible-date");
	assert_string_equal(reason_code(REASON_CONFLICT), "conflict");
	assert_string_equal(reason_code(REASON_WRONG_AUDIENCE), "wrong-audience");
	assert_string_equal(reason_code(REASON_BEHIND_GUARD), "behind-guard");
	assert_string_equal(reason_code(REASON_NOT_SIGNED), "not-signed");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(every_reason_has_a_code_a_sentence_and_a_fix),
		T(a_code_text_leads_back_to_its_own_reason_only),
		T(all_numbers_of_the_header_are_on_the_list_in_order),
		T(a_number_or_text_that_is_not_on_the_list_has_nothing),
		T(the_codes_that_programs_and_tests_rely_on_read_as_published),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/unit.h"

#include "base/shell.h"

static void a_word_is_quoted_where_a_shell_would_read_more_in_it(void **state)
{
	(void)state;
	static const char *const words[][2] = {
		{"huis/knooppunt.yaml", "huis/knooppunt.yaml"},
		{"--vkey", "--vkey"},
		{"", "''"},
		{"met spatie", "'met spatie'"},
		{"'", "''\\'''"},
		{"a'b'c", "'a'\\''b'\\''c'"},
		{"$(x);`x`&|<>*?\\\"!~", "'$(x);`x`&|<>*?\\\"!~'"},
		{"\xc3\xa9", "'\xc3\xa9'"},
	};
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		struct buffer line;
		buffer_init(&line, 500);
		shell_append(&line, words[i][0]);
		assert_int_equal(line.status, RESULT_OK);
		assert_true(bytes_equal(buffer_view(&line), bytes_of_text(words[i][1])));
		buffer_done(&line);
	}
}

static void an_option_without_a_value_is_nothing(void **state)
{
	(void)state;
	struct buffer line;
	buffer_init(&line, 100);
	shell_append_option(&line, "-c", NULL);
	assert_int_equal(line.len, 0);
	shell_append_option(&line, "-c", "a b");
	assert_true(bytes_equal(buffer_view(&line), bytes_of_text("-c 'a b' ")));
	buffer_done(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_word_is_quoted_where_a_shell_would_read_more_in_it),
		cmocka_unit_test(an_option_without_a_value_is_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

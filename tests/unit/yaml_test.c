// SPDX-License-Identifier: EUPL-1.2
#include "melding/reason.h"
#include "yaml/yaml.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define T(test) cmocka_unit_test(test)

static struct yaml *parse(const char *text)
{
	struct yaml *yaml = NULL;
	struct problem problem = {0};
	if (yaml_parse(bytes_of_text(text), "proef.yaml", &yaml, &problem) != RESULT_OK)
		fail_msg("line %u: %s", problem.line, problem.message);
	return yaml;
}

static void refused_bytes(struct bytes text, unsigned line, const char *code)
{
	struct yaml *yaml = NULL;
	struct problem problem = {0};
	assert_int_equal(yaml_parse(text, "proef.yaml", &yaml, &problem), RESULT_CONFIG);
	assert_null(yaml);
	assert_string_equal(problem.file, "proef.yaml");
	assert_string_equal(problem.code, code);
	assert_int_equal(problem.line, line);
	assert_int_not_equal(reason_of_code(bytes_of_text(problem.code)), REASON_NONE);
	assert_true(strlen(problem.message) > 10 && strlen(problem.fix) > 10);
}

static void refused(const char *text, unsigned line, const char *code)
{
	refused_bytes(bytes_of_text(text), line, code);
}

static void is_text(struct bytes view, const char *expected)
{
	assert_true(bytes_equal(view, bytes_of_text(expected)));
}

static void a_document_reads_as_it_is_written_with_its_lines(void **state)
{
	(void)state;
	struct yaml *yaml = parse("naam: Veiligheidshuis\nregels:\n  - regel: een\n"
				  "    als: {soort: politie}\n  - twee\n");
	const struct yaml_node *root = yaml_root(yaml);
	assert_int_equal(yaml_kind(root), YAML_MAPPING);
	assert_int_equal(yaml_count(root), 2);
	is_text(yaml_key(root, 1), "regels");
	is_text(yaml_scalar(yaml_find(root, "naam")), "Veiligheidshuis");
	const struct yaml_node *regels = yaml_find(root, "regels");
	assert_int_equal(yaml_kind(regels), YAML_SEQUENCE);
	assert_int_equal(yaml_count(regels), 2);
	const struct yaml_node *als = yaml_find(yaml_item(regels, 0), "als");
	is_text(yaml_scalar(yaml_find(als, "soort")), "politie");
	assert_int_equal(yaml_line(als), 4);
	assert_int_equal(yaml_line(yaml_item(regels, 1)), 5);
	is_text(yaml_scalar(yaml_item(regels, 1)), "twee");
	yaml_close(yaml);
}

static void what_is_not_there_is_null_or_empty(void **state)
{
	(void)state;
	struct yaml *yaml = parse("a: [1, 2]\n");
	const struct yaml_node *a = yaml_find(yaml_root(yaml), "a");
	assert_null(yaml_find(yaml_root(yaml), "b"));
	assert_null(yaml_find(a, "a"));
	assert_int_equal(yaml_scalar(a).len, 0);
	assert_int_equal(yaml_count(yaml_item(a, 0)), 0);
	yaml_close(yaml);
	yaml = parse("# alleen een opmerking\n");
	assert_null(yaml_root(yaml));
	yaml_close(yaml);
	yaml = parse("");
	assert_null(yaml_root(yaml));
	yaml_close(yaml);
	yaml_close(NULL);
}

static void a_syntax_error_names_its_line(void **state)
{
	(void)state;
	refused("a: 1\nb: [1, 2\nc: 3\n", 3, "syntax");
	refused("a: \"open\n", 2, "syntax");
	refused("a: 1\n\tb: 2\n", 2, "syntax");
	refused("a: 1\nb\n", 3, "syntax");
	refused_bytes(bytes_make("a: 1\nb: \xff\n", 10), 2, "syntax");
}

static void a_second_document_is_refused(void **state)
{
	(void)state;
	refused("a: 1\n---\nb: 2\n", 2, "syntax");
	refused("---\na: 1\n...\n---\nb: 2\n", 4, "syntax");
}

static void anchors_and_aliases_are_refused(void **state)
{
	(void)state;
	refused("a: &x 1\n", 1, "syntax");
	refused("a: &x [1]\nb: *x\n", 1, "syntax");
	refused("a: 1\nb: &x {c: 1}\n", 2, "syntax");
	refused("a: 1\nb: *onbekend\n", 2, "syntax");
}

static void tags_are_refused(void **state)
{
	(void)state;
	refused("a: !!str 1\n", 1, "syntax");
	refused("a: 1\nb: !eigen [1]\n", 2, "syntax");
	refused("! a: 1\n", 1, "syntax");
}

static void a_duplicate_key_is_refused_at_its_second_line(void **state)
{
	(void)state;
	refused("a: 1\nb: 2\na: 3\n", 3, "duplicate-keyword");
	refused("r:\n  - x: 1\n    y: 2\n    \"x\": 3\n", 4, "duplicate-keyword");
	struct yaml *yaml = parse("a: {x: 1}\nb: {x: 2}\nab: 3\n");
	yaml_close(yaml);
}

static void nul_and_control_characters_are_refused(void **state)
{
	(void)state;
	refused_bytes(bytes_make("a: 1\nb: x\0y\n", 12), 2, "bad-text");
	refused("a: 1\nb: \"x\\0y\"\n", 2, "bad-text");
	refused("a: 1\n\"k\\x07\": 2\n", 2, "bad-text");
}

// Each of them in a comment, where only a reader looks, in a value and in an escape.
static void what_is_not_seen_is_refused_in_comments_too(void **state)
{
	(void)state;
	static const char *const hidden[] = {
		"\r",           "\x1b",         "\x7f",         "\xc2\x85",     "\xe2\x80\xa8",
		"\xe2\x80\xa9", "\xe2\x80\xaa", "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa9",
		"\xe2\x80\x8b", "\xe2\x80\x8f", "\xef\xbb\xbf", "\xc2\xad",     "\xf3\xa0\x81\x81"};
	char text[80];
	for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++) {
		snprintf(text, sizeof text, "a: 1\n# naar%sb: 2\nc: 3\n", hidden[i]);
		refused(text, 2, "bad-text");
		snprintf(text, sizeof text, "a: 1\n\nc: x%sy\n", hidden[i]);
		refused(text, 3, "bad-text");
	}
	refused("a: 1\nb: \"x\\u202ey\"\n", 2, "bad-text");
	refused("a: 1\nb: \"x\\Ly\"\n", 2, "bad-text"); // U+2028
	refused("# een\r", 1, "bad-text");
	yaml_close(parse("\xef\xbb\xbf# naar Windows\r\na: caf\xc3\xa9\r\n"));
}

static void a_key_that_is_a_list_or_mapping_is_refused(void **state)
{
	(void)state;
	refused("a: 1\n? [x, y]\n: 2\n", 2, "syntax");
	refused("{a: 1}: 2\n", 1, "syntax");
}

static void nesting_beyond_sixty_four_levels_is_refused(void **state)
{
	(void)state;
	char text[256];
	memset(text, '[', 64);
	memset(text + 64, ']', 64);
	text[128] = '\0';
	yaml_close(parse(text));
	memset(text, '[', 65);
	memset(text + 65, ']', 65);
	text[130] = '\0';
	refused(text, 1, "syntax");
}

static void only_four_words_are_booleans(void **state)
{
	(void)state;
	struct yaml *yaml =
		parse("[ja, nee, true, false, yes, banana, True, \"ja\", ~, [ja], ja ]");
	const struct yaml_node *root = yaml_root(yaml);
	static const bool expected[] = {true, false, true, false};
	for (size_t n = 0; n < 4; n++) {
		bool value = !expected[n];
		assert_int_equal(yaml_bool(yaml, yaml_item(root, n), &value, NULL), RESULT_OK);
		assert_int_equal(value, expected[n]);
	}
	for (size_t n = 4; n < 10; n++) {
		bool value = true;
		struct problem problem = {0};
		assert_int_equal(yaml_bool(yaml, yaml_item(root, n), &value, &problem),
				 RESULT_CONFIG);
		assert_true(value);
		assert_string_equal(problem.code, "bad-type");
		assert_int_equal(problem.line, 1);
	}
	yaml_close(yaml);
}

static void numbers_are_decimal_and_fit_sixty_four_bits(void **state)
{
	(void)state;
	struct yaml *yaml = parse("good: [0, 5, -7, 9223372036854775807, -9223372036854775808]\n"
				  "bad: [05, +5, 0x10, 1_000, 1.5, \"5\", -, \"\", -0, {a: 1}]\n"
				  "large: [9223372036854775808, -9223372036854775809, "
				  "99999999999999999999999999]\n");
	static const int64_t expected[] = {0, 5, -7, INT64_MAX, INT64_MIN};
	const struct yaml_node *list = yaml_find(yaml_root(yaml), "good");
	for (size_t n = 0; n < yaml_count(list); n++) {
		int64_t value = 42;
		assert_int_equal(yaml_int(yaml, yaml_item(list, n), &value, NULL), RESULT_OK);
		assert_true(value == expected[n]);
	}
	static const char *const names[] = {"bad", "large"};
	static const char *const codes[] = {"bad-type", "out-of-range"};
	for (size_t i = 0; i < 2; i++) {
		list = yaml_find(yaml_root(yaml), names[i]);
		for (size_t n = 0; n < yaml_count(list); n++) {
			int64_t value = 42;
			struct problem problem = {0};
			assert_int_equal(yaml_int(yaml, yaml_item(list, n), &value, &problem),
					 RESULT_CONFIG);
			assert_true(value == 42);
			assert_string_equal(problem.code, codes[i]);
			assert_int_equal(problem.line, i + 2);
		}
	}
	yaml_close(yaml);
}

static void an_unknown_key_is_named_with_the_nearest_known_one(void **state)
{
	(void)state;
	static const char *const allowed[] = {"luister", "partijen", "regels", NULL};
	struct yaml *yaml = parse("luister: x\nregles: 1\npartijen: []\n");
	struct problem problem = {0};
	assert_int_equal(yaml_only_keys(yaml, yaml_root(yaml), allowed, &problem), RESULT_CONFIG);
	assert_string_equal(problem.code, "unknown-keyword");
	assert_int_equal(problem.line, 2);
	assert_non_null(strstr(problem.message, "\"regles\""));
	assert_non_null(strstr(problem.fix, "\"regels\""));
	const struct yaml_node *partijen = yaml_find(yaml_root(yaml), "partijen");
	assert_int_equal(yaml_only_keys(yaml, partijen, allowed, &problem), RESULT_CONFIG);
	assert_string_equal(problem.code, "bad-type");
	assert_int_equal(problem.line, 3);
	yaml_close(yaml);

	yaml = parse("regels: 1\nluister: x\n");
	assert_int_equal(yaml_only_keys(yaml, yaml_root(yaml), allowed, &problem), RESULT_OK);
	yaml_close(yaml);
	yaml = parse("");
	assert_int_equal(yaml_only_keys(yaml, yaml_root(yaml), allowed, &problem), RESULT_CONFIG);
	yaml_close(yaml);
}

static void a_key_that_is_like_no_other_gets_the_list_of_those_there_are(void **state)
{
	(void)state;
	static const char *const few[] = {"data", "keys", "codes", NULL};
	char long_key[120];
	memset(long_key, 'x', sizeof long_key);
	long_key[sizeof long_key - 1] = '\0';
	const char *const many[] = {long_key, "keys", long_key, NULL};
	struct yaml *yaml = parse("convenant: x\n");
	struct problem problem = {0};
	assert_int_equal(yaml_only_keys(yaml, yaml_root(yaml), few, &problem), RESULT_CONFIG);
	assert_non_null(strstr(problem.fix, "data, keys, codes"));
	assert_null(strstr(problem.fix, "Write"));
	assert_int_equal(yaml_only_keys(yaml, yaml_root(yaml), many, &problem), RESULT_CONFIG);
	assert_non_null(strstr(problem.fix, "keys, …"));
	yaml_close(yaml);
}

static void a_very_long_unknown_key_is_refused_like_any_other(void **state)
{
	(void)state;
	static const char *const allowed[] = {"regels", NULL};
	char text[320];
	memset(text, 'k', 300);
	snprintf(text + 300, sizeof text - 300, ": 1\n");
	struct yaml *yaml = parse(text);
	struct problem problem = {0};
	assert_int_equal(yaml_only_keys(yaml, yaml_root(yaml), allowed, &problem), RESULT_CONFIG);
	assert_true(strlen(problem.message) < 120);
	yaml_close(yaml);
}

static void a_file_is_read_and_a_missing_one_is_named(void **state)
{
	(void)state;
	char path[] = "/tmp/knp-yaml-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "a: ja\n", 6), 6);
	close(fd);
	struct yaml *yaml = NULL;
	struct problem problem = {0};
	assert_int_equal(yaml_read(path, &yaml, &problem), RESULT_OK);
	is_text(yaml_scalar(yaml_find(yaml_root(yaml), "a")), "ja");
	yaml_close(yaml);
	unlink(path);
	yaml = NULL;
	assert_int_equal(yaml_read(path, &yaml, &problem), RESULT_CONFIG);
	assert_null(yaml);
	assert_string_equal(problem.code, "file-missing");
	assert_string_equal(problem.file, path);
}

static void more_than_four_mebibytes_is_refused(void **state)
{
	(void)state;
	size_t len = 4 * 1024 * 1024 + 1;
	char *text = malloc(len);
	assert_non_null(text);
	memset(text, ' ', len);
	refused_bytes(bytes_make(text, len), 1, "too-long");
	struct yaml *yaml = NULL;
	assert_int_equal(yaml_parse(bytes_make(text, len - 1), "f", &yaml, NULL), RESULT_OK);
	yaml_close(yaml);
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(a_document_reads_as_it_is_written_with_its_lines),
		T(what_is_not_there_is_null_or_empty),
		T(a_syntax_error_names_its_line),
		T(a_second_document_is_refused),
		T(anchors_and_aliases_are_refused),
		T(tags_are_refused),
		T(a_duplicate_key_is_refused_at_its_second_line),
		T(nul_and_control_characters_are_refused),
		T(what_is_not_seen_is_refused_in_comments_too),
		T(a_key_that_is_a_list_or_mapping_is_refused),
		T(nesting_beyond_sixty_four_levels_is_refused),
		T(only_four_words_are_booleans),
		T(numbers_are_decimal_and_fit_sixty_four_bits),
		T(an_unknown_key_is_named_with_the_nearest_known_one),
		T(a_key_that_is_like_no_other_gets_the_list_of_those_there_are),
		T(a_very_long_unknown_key_is_refused_like_any_other),
		T(a_file_is_read_and_a_missing_one_is_named),
		T(more_than_four_mebibytes_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

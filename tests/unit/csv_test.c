// SPDX-License-Identifier: EUPL-1.2
#include "adapter/csv.h"
#include "tests/unit/unit.h"

#include <string.h>

struct fixture {
	struct csv csv;
	struct csv_record record;
	struct arena *arena;
	enum reason reason;
};

static void begin(struct fixture *fixture, const char *text, bool windows_1252)
{
	const struct csv_form form = {.separator = ';', .windows_1252 = windows_1252};
	assert_int_equal(arena_new(5 * CSV_RECORD_MAX, &fixture->arena), RESULT_OK);
	assert_int_equal(csv_open(bytes_of_text(text), &form, &fixture->csv), RESULT_OK);
}

static enum result next(struct fixture *fixture)
{
	arena_clear(fixture->arena);
	return csv_next(&fixture->csv, fixture->arena, &fixture->record, &fixture->reason);
}

static void assert_field(const struct fixture *fixture, size_t n, const char *text)
{
	assert_true(n < fixture->record.count);
	assert_int_equal(fixture->record.fields[n].len, strlen(text));
	assert_memory_equal(fixture->record.fields[n].data, text, strlen(text));
}

static void assert_bad(struct fixture *fixture, unsigned line, enum reason reason)
{
	assert_int_equal(next(fixture), RESULT_MALFORMED);
	assert_int_equal(fixture->record.line, line);
	assert_int_equal(fixture->reason, reason);
}

static void quotes_hold_separators_line_ends_and_quotes(void **state)
{
	struct fixture fixture;
	(void)state;
	begin(&fixture, "\"a;b\";\"c\r\nd\";\"say \"\"hi\"\"\"\r\n;;\"\"\nx\n", false);
	assert_int_equal(next(&fixture), RESULT_OK);
	assert_int_equal(fixture.record.count, 3);
	assert_field(&fixture, 0, "a;b");
	assert_field(&fixture, 1, "c\nd");
	assert_field(&fixture, 2, "say \"hi\"");
	assert_int_equal(next(&fixture), RESULT_OK);
	assert_int_equal(fixture.record.line, 3);
	assert_int_equal(fixture.record.count, 3);
	assert_field(&fixture, 2, "");
	assert_int_equal(next(&fixture), RESULT_OK);
	assert_int_equal(fixture.record.line, 4);
	assert_int_equal(next(&fixture), RESULT_NOT_FOUND);
	arena_free(fixture.arena);
}

static void a_quote_that_is_never_closed_costs_its_own_line(void **state)
{
	struct fixture fixture;
	(void)state;
	begin(&fixture, "1;\"open\n2;fine\n3;\"a\"b\n4;fine\n5;mid\"dle\n6;fine\n", false);
	assert_bad(&fixture, 1, REASON_SYNTAX);
	assert_int_equal(fixture.record.raw.len, strlen("1;\"open\n"));
	assert_int_equal(next(&fixture), RESULT_OK);
	assert_field(&fixture, 1, "fine");
	assert_bad(&fixture, 3, REASON_SYNTAX);
	assert_int_equal(next(&fixture), RESULT_OK);
	assert_bad(&fixture, 5, REASON_SYNTAX);
	assert_int_equal(next(&fixture), RESULT_OK);
	assert_field(&fixture, 0, "6");
	assert_int_equal(next(&fixture), RESULT_NOT_FOUND);
	arena_free(fixture.arena);
}

static void a_last_line_without_its_end_was_cut(void **state)
{
	struct fixture fixture;
	(void)state;
	begin(&fixture, "1;2\n3;4", false);
	assert_int_equal(next(&fixture), RESULT_OK);
	assert_bad(&fixture, 2, REASON_SYNTAX);
	assert_int_equal(next(&fixture), RESULT_NOT_FOUND);
	arena_free(fixture.arena);
}

static void windows_1252_becomes_utf_8(void **state)
{
	struct fixture fixture;
	(void)state;
	begin(&fixture, "\x80;J\xe1n\x96\xff\n\x81\nA\n", true);
	assert_int_equal(next(&fixture), RESULT_OK);
	assert_field(&fixture, 0, "\xe2\x82\xac");
	assert_field(&fixture, 1, "J\xc3\xa1n\xe2\x80\x93\xc3\xbf");
	assert_bad(&fixture, 2, REASON_BAD_TEXT);
	assert_int_equal(next(&fixture), RESULT_OK);
	arena_free(fixture.arena);
}

static void bytes_of_another_encoding_are_no_text(void **state)
{
	struct fixture fixture;
	(void)state;
	begin(&fixture, "\xef\xbb\xbf\xc3\xa1\nJ\xe1n\nA\x01\nok\n", false);
	assert_int_equal(next(&fixture), RESULT_OK);
	assert_field(&fixture, 0, "\xc3\xa1");
	assert_bad(&fixture, 2, REASON_BAD_TEXT);
	assert_bad(&fixture, 3, REASON_BAD_TEXT);
	assert_int_equal(next(&fixture), RESULT_OK);
	arena_free(fixture.arena);
}

static void utf_16_is_not_read(void **state)
{
	const struct csv_form form = {.separator = ';'};
	struct csv csv;
	(void)state;
	assert_int_equal(csv_open(bytes_make("\xff\xfe"
					     "a\0",
					     4),
				  &form, &csv),
			 RESULT_UNSUPPORTED);
	assert_int_equal(csv_open(bytes_make("\xfe\xff"
					     "\0a",
					     4),
				  &form, &csv),
			 RESULT_UNSUPPORTED);
	assert_int_equal(csv_open(bytes_make("\0\0\xfe\xff", 4), &form, &csv), RESULT_UNSUPPORTED);
}

static void what_is_too_long_or_too_wide_costs_its_own_line(void **state)
{
	struct fixture fixture;
	static char text[CSV_RECORD_MAX + 400];
	(void)state;
	memset(text, 'x', CSV_RECORD_MAX + 1);
	memcpy(text + CSV_RECORD_MAX + 1, "\nok\n", 5);
	begin(&fixture, text, false);
	assert_bad(&fixture, 1, REASON_TOO_LONG);
	assert_int_equal(next(&fixture), RESULT_OK);
	arena_free(fixture.arena);
	memset(text, ';', CSV_FIELDS_MAX);
	memcpy(text + CSV_FIELDS_MAX, "\nok\n", 5);
	begin(&fixture, text, false);
	assert_bad(&fixture, 1, REASON_TOO_MANY);
	assert_int_equal(next(&fixture), RESULT_OK);
	assert_field(&fixture, 0, "ok");
	arena_free(fixture.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quotes_hold_separators_line_ends_and_quotes),
		cmocka_unit_test(a_quote_that_is_never_closed_costs_its_own_line),
		cmocka_unit_test(a_last_line_without_its_end_was_cut),
		cmocka_unit_test(windows_1252_becomes_utf_8),
		cmocka_unit_test(bytes_of_another_encoding_are_no_text),
		cmocka_unit_test(utf_16_is_not_read),
		cmocka_unit_test(what_is_too_long_or_too_wide_costs_its_own_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

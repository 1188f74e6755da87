// SPDX-License-Identifier: EUPL-1.2
#include "json/melding_json.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define T(test) cmocka_unit_test(test)

static void is_json(const struct buffer *buffer, const char *expected)
{
	assert_int_equal(buffer->status, RESULT_OK);
	if (!bytes_equal(buffer_view(buffer), bytes_of_text(expected)))
		fail_msg("%.*s\nis not\n%s", (int)buffer->len, (const char *)buffer->data,
			 expected);
	json_t *read = json_loadb((const char *)buffer->data, buffer->len,
				  JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	assert_non_null(read);
	json_decref(read);
}

static void commas_stand_between_items_and_nowhere_else(void **state)
{
	(void)state;
	struct buffer buffer;
	struct json_out out;
	buffer_init(&buffer, 1000);
	json_out_init(&out, &buffer);
	json_out_object_begin(&out);
	json_out_add_bool(&out, "ok", true);
	json_out_key(&out, "lijst");
	json_out_array_begin(&out);
	json_out_number(&out, 1);
	json_out_null(&out);
	json_out_object_begin(&out);
	json_out_object_end(&out);
	json_out_array_begin(&out);
	json_out_array_end(&out);
	json_out_bool(&out, false);
	json_out_array_end(&out);
	json_out_add_number(&out, "groot", INT64_MAX);
	json_out_object_end(&out);
	is_json(&buffer, "{\"ok\": true, \"lijst\": [1, null, {}, [], false], "
			 "\"groot\": 9223372036854775807}");
	buffer_done(&buffer);
}

static void written(struct bytes text, const char *expected)
{
	struct buffer buffer;
	struct json_out out;
	buffer_init(&buffer, 1000);
	json_out_init(&out, &buffer);
	json_out_text(&out, text);
	is_json(&buffer, expected);
	buffer_done(&buffer);
}

static void texts_are_escaped_so_that_one_value_is_one_line(void **state)
{
	(void)state;
	written(bytes_of_text("a\"b\\c"), "\"a\\\"b\\\\c\"");
	written(bytes_of_text("x\ny\tz\r"), "\"x\\ny\\tz\\u000d\"");
	written(bytes_make("a\0b", 3), "\"a\\u0000b\"");
	written(bytes_of_text("\x7f"), "\"\\u007f\"");
	written(bytes_of_text("Zo\xc3\xab \xe2\x82\xac \xf0\x9f\x98\x80"),
		"\"Zo\xc3\xab \xe2\x82\xac \xf0\x9f\x98\x80\"");
	written((struct bytes){0}, "\"\"");
}

static void bytes_that_are_no_text_become_replacement_characters(void **state)
{
	(void)state;
	written(bytes_of_text("a\xff"
			      "b"),
		"\"a\\ufffdb\"");
	written(bytes_of_text("\xc3"), "\"\\ufffd\"");
	written(bytes_of_text("\xc3("), "\"\\ufffd(\"");
	written(bytes_of_text("\xed\xa0\x80"), "\"\\ufffd\\ufffd\\ufffd\"");
	written(bytes_of_text("\xc2\x85"), "\"\\ufffd\\ufffd\"");
}

static void rubrieken_are_written_with_names_numbers_and_booleans(void **state)
{
	(void)state;
	struct veld kenmerken[] = {
		{KENMERK_SOORT, bytes_of_text("politie")},
		{KENMERK_THEMA, bytes_of_text("overlast")},
		{KENMERK_STRAFRECHT, bytes_of_text("nee")},
		{KENMERK_THEMA, bytes_of_text("stalking")},
		{KENMERK_BETROKKENEN, bytes_of_text("1")},
	};
	struct veld bsn[] = {{BSN_WAARDE, bytes_of_text("999990342")}};
	struct rubriek rubrieken[] = {
		{RUBRIEK_KENMERKEN, 0, REGIME_WPG, bytes_of_text(""), kenmerken, 5},
		{RUBRIEK_BSN, 1, REGIME_AVG, bytes_of_text("BRP"), bsn, 1},
	};
	struct buffer buffer;
	struct json_out out;
	buffer_init(&buffer, 1000);
	json_out_init(&out, &buffer);
	melding_json_write(&out, rubrieken, 2);
	is_json(&buffer, "[{\"rubriek\": \"kenmerken\", \"betrokkene\": 0, \"regime\": \"wpg\", "
			 "\"bron\": \"\", \"velden\": {\"soort\": \"politie\", "
			 "\"thema\": [\"overlast\", \"stalking\"], \"strafrecht\": false, "
			 "\"betrokkenen\": 1}}, "
			 "{\"rubriek\": \"bsn\", \"betrokkene\": 1, \"regime\": \"avg\", "
			 "\"bron\": \"BRP\", \"velden\": {\"waarde\": \"999990342\"}}]");
	buffer_done(&buffer);
}

static void what_a_newer_knooppunt_knows_is_written_by_number(void **state)
{
	(void)state;
	struct veld velden[] = {{7, bytes_of_text("x")}, {7, bytes_of_text("y")}};
	struct veld newer[] = {{44, bytes_of_text("z")}};
	struct rubriek rubrieken[] = {
		{60, 2, 9, bytes_of_text(""), velden, 2},
		{RUBRIEK_BSN, 1, REGIME_AVG, bytes_of_text(""), newer, 1},
	};
	struct buffer buffer;
	struct json_out out;
	buffer_init(&buffer, 1000);
	json_out_init(&out, &buffer);
	melding_json_write(&out, rubrieken, 2);
	is_json(&buffer, "[{\"rubriek\": \"rubriek-60\", \"betrokkene\": 2, \"regime\": null, "
			 "\"bron\": \"\", \"velden\": {\"veld-7\": [\"x\", \"y\"]}}, "
			 "{\"rubriek\": \"bsn\", \"betrokkene\": 1, \"regime\": \"avg\", "
			 "\"bron\": \"\", \"velden\": {\"veld-44\": [\"z\"]}}]");
	buffer_done(&buffer);
}

static void a_value_that_is_not_what_its_veld_says_stays_a_text(void **state)
{
	(void)state;
	struct veld velden[] = {{KENMERK_STRAFRECHT, bytes_of_text("misschien")},
				{KENMERK_BETROKKENEN, bytes_of_text("veel")}};
	struct rubriek rubriek = {RUBRIEK_KENMERKEN, 0, REGIME_AVG, bytes_of_text(""), velden, 2};
	struct buffer buffer;
	struct json_out out;
	buffer_init(&buffer, 1000);
	json_out_init(&out, &buffer);
	melding_json_write(&out, &rubriek, 1);
	is_json(&buffer, "[{\"rubriek\": \"kenmerken\", \"betrokkene\": 0, \"regime\": \"avg\", "
			 "\"bron\": \"\", \"velden\": {\"strafrecht\": \"misschien\", "
			 "\"betrokkenen\": \"veel\"}}]");
	buffer_done(&buffer);
}

static void a_full_buffer_says_so_at_the_end(void **state)
{
	(void)state;
	struct buffer buffer;
	struct json_out out;
	buffer_init(&buffer, 8);
	json_out_init(&out, &buffer);
	json_out_text(&out, bytes_of_text("lang genoeg"));
	assert_int_not_equal(buffer.status, RESULT_OK);
	buffer_done(&buffer);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(commas_stand_between_items_and_nowhere_else),
		T(texts_are_escaped_so_that_one_value_is_one_line),
		T(bytes_that_are_no_text_become_replacement_characters),
		T(rubrieken_are_written_with_names_numbers_and_booleans),
		T(what_a_newer_knooppunt_knows_is_written_by_number),
		T(a_value_that_is_not_what_its_veld_says_stays_a_text),
		T(a_full_buffer_says_so_at_the_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

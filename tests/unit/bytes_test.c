// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/unit.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

static void views_compare_by_length_and_content(void **state)
{
	(void)state;
	assert_true(bytes_equal(LITERAL("ab"), LITERAL("ab")));
	assert_false(bytes_equal(LITERAL("ab"), LITERAL("ac")));
	assert_false(bytes_equal(LITERAL("ab"), LITERAL("a")));
	assert_true(bytes_equal((struct bytes){0}, LITERAL("")));
	assert_false(bytes_equal((struct bytes){0}, LITERAL("\0")));
	assert_int_equal(bytes_of_text(NULL).len, 0);
	assert_true(bytes_equal(bytes_of_text("abc"), LITERAL("abc")));
	struct hash a = {{1}}, b = {{1}};
	assert_true(hash_equal(&a, &b));
	b.b[31] = 1;
	assert_false(hash_equal(&a, &b));
	assert_int_equal(bytes_of_hash(&a).len, 32);
}

static void all_zero_looks_at_every_byte(void **state)
{
	(void)state;
	uint8_t bytes[9] = {0};
	assert_true(bytes_all_zero((struct bytes){0}));
	assert_true(bytes_all_zero(bytes_make(bytes, 9)));
	for (size_t i = 0; i < 9; i++) {
		bytes[i] = 0x80;
		assert_false(bytes_all_zero(bytes_make(bytes, 9)));
		assert_true(bytes_all_zero(bytes_make(bytes, i)));
		bytes[i] = 0;
	}
}

static void integers_are_big_endian_at_any_address(void **state)
{
	(void)state;
	uint8_t room[12];
	for (size_t at = 0; at < 4; at++) {
		put_u16be(room + at, 0x0102);
		assert_memory_equal(room + at, "\1\2", 2);
		assert_int_equal(get_u16be(room + at), 0x0102);
		put_u32be(room + at, 0xf1020304);
		assert_memory_equal(room + at, "\xf1\2\3\4", 4);
		assert_int_equal(get_u32be(room + at), 0xf1020304);
		put_u64be(room + at, UINT64_C(0xf102030405060708));
		assert_memory_equal(room + at, "\xf1\2\3\4\5\6\7\10", 8);
		assert_true(get_u64be(room + at) == UINT64_C(0xf102030405060708));
	}
}

static void a_buffer_grows_and_keeps_what_it_holds(void **state)
{
	(void)state;
	struct buffer buffer;
	buffer_init(&buffer, 100000);
	for (unsigned i = 0; i < 20000; i++)
		buffer_append_u32be(&buffer, i);
	assert_int_equal(buffer.status, RESULT_OK);
	assert_int_equal(buffer.len, 80000);
	for (unsigned i = 0; i < 20000; i++)
		assert_int_equal(get_u32be(buffer.data + 4 * i), i);
	buffer_done(&buffer);
	assert_null(buffer.data);
	assert_int_equal(buffer.len, 0);
}

static void a_buffer_writes_each_kind_of_piece(void **state)
{
	(void)state;
	struct buffer buffer;
	buffer_init(&buffer, 100);
	buffer_append_u8(&buffer, 7);
	buffer_append_u32be(&buffer, 1);
	buffer_append_u64be(&buffer, 2);
	buffer_append_zeros(&buffer, 2);
	buffer_append_text(&buffer, "ab");
	buffer_append_text(&buffer, NULL);
	buffer_append(&buffer, (struct bytes){0});
	buffer_append_format(&buffer, "%s=%d;", "n", 42);
	assert_int_equal(buffer.status, RESULT_OK);
	assert_true(bytes_equal(buffer_view(&buffer),
				LITERAL("\7\0\0\0\1\0\0\0\0\0\0\0\2\0\0abn=42;")));
	buffer_done(&buffer);
}

static void a_buffer_never_grows_beyond_its_ceiling(void **state)
{
	(void)state;
	for (size_t ceiling = 0; ceiling < 200; ceiling += 13) {
		struct buffer buffer;
		buffer_init(&buffer, ceiling);
		for (size_t i = 0; i < ceiling; i++)
			buffer_append_u8(&buffer, 1);
		assert_int_equal(buffer.status, RESULT_OK);
		buffer_append(&buffer, (struct bytes){0});
		assert_int_equal(buffer.status, RESULT_OK);
		buffer_append_u8(&buffer, 1);
		assert_int_equal(buffer.status, RESULT_TOO_LARGE);
		assert_int_equal(buffer.len, ceiling);
		buffer_done(&buffer);
	}
}

static void the_first_failure_of_a_buffer_stays_until_it_is_cleared(void **state)
{
	(void)state;
	struct buffer buffer;
	buffer_init(&buffer, 4);
	buffer_append_text(&buffer, "abc");
	buffer_append_text(&buffer, "de");
	assert_int_equal(buffer.status, RESULT_TOO_LARGE);
	buffer_append_u8(&buffer, 'd');
	buffer_append_format(&buffer, "%d", 1);
	assert_null(buffer_reserve(&buffer, 0));
	assert_true(bytes_equal(buffer_view(&buffer), LITERAL("abc")));
	buffer_clear(&buffer);
	assert_int_equal(buffer.status, RESULT_OK);
	buffer_append_text(&buffer, "wxyz");
	assert_true(bytes_equal(buffer_view(&buffer), LITERAL("wxyz")));
	buffer_done(&buffer);
}

static void a_length_near_the_largest_does_not_wrap_around(void **state)
{
	(void)state;
	struct buffer buffer;
	buffer_init(&buffer, SIZE_MAX);
	buffer_append_text(&buffer, "abc");
	assert_null(buffer_reserve(&buffer, SIZE_MAX - 1));
	assert_int_equal(buffer.status, RESULT_TOO_LARGE);
	buffer_clear(&buffer);
	assert_null(buffer_reserve(&buffer, SIZE_MAX / 2 + 10));
	assert_int_equal(buffer.status, RESULT_NO_MEMORY);
	buffer_done(&buffer);
}

static void formatted_text_needs_room_for_itself_and_its_nul(void **state)
{
	(void)state;
	struct buffer buffer;
	buffer_init(&buffer, 6);
	buffer_append_format(&buffer, "%s", "abcde");
	assert_int_equal(buffer.status, RESULT_OK);
	assert_true(bytes_equal(buffer_view(&buffer), LITERAL("abcde")));
	buffer_append_format(&buffer, "%s", "f");
	assert_int_equal(buffer.status, RESULT_TOO_LARGE);
	buffer_done(&buffer);
}

static void wiping_a_buffer_leaves_it_empty_and_usable(void **state)
{
	(void)state;
	struct buffer buffer;
	buffer_init(&buffer, 100);
	buffer_wipe(&buffer);
	buffer_append_text(&buffer, "geheim");
	buffer_wipe(&buffer);
	assert_null(buffer.data);
	assert_int_equal(buffer.len + buffer.cap, 0);
	buffer_append_text(&buffer, "weer");
	assert_int_equal(buffer.status, RESULT_OK);
	const uint8_t *kept = buffer.data;
	buffer_scrub(&buffer);
	assert_ptr_equal(buffer.data, kept);
	assert_int_equal(buffer.len, 0);
	assert_true(bytes_all_zero(bytes_make(kept, 4)));
	buffer_done(&buffer);
	buffer_done(NULL);
	buffer_wipe(NULL);
}

static void hex_goes_both_ways_and_takes_nothing_else(void **state)
{
	(void)state;
	uint8_t bytes[256], back[256];
	char text[513];
	for (size_t i = 0; i < 256; i++)
		bytes[i] = (uint8_t)i;
	hex_encode(text, bytes_make(bytes, 256));
	assert_int_equal(strlen(text), 512);
	assert_int_equal(hex_decode(back, 256, bytes_of_text(text)), RESULT_OK);
	assert_memory_equal(bytes, back, 256);
	assert_int_equal(hex_decode(back, 2, LITERAL("aBCd")), RESULT_OK);
	assert_memory_equal(back, "\xab\xcd", 2);
	assert_int_equal(hex_decode(back, 0, LITERAL("")), RESULT_OK);
	static const char *const bad[] = {"", "abc", "abcdef", "abcg", "ab d", "0xab", "ab\ncd"};
	memset(back, 0x5a, 2);
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_int_equal(hex_decode(back, 2, bytes_of_text(bad[i])), RESULT_MALFORMED);
	assert_memory_equal(back, "\x5a\x5a", 2);
}

static void base64_gives_the_examples_of_rfc_4648(void **state)
{
	(void)state;
	static const char *const pairs[][2] = {
		{"", ""},
		{"f", "Zg=="},
		{"fo", "Zm8="},
		{"foo", "Zm9v"},
		{"foob", "Zm9vYg=="},
		{"fooba", "Zm9vYmE="},
		{"foobar", "Zm9vYmFy"},
		{"\xfb\xff\xbf", "+/+/"},
	};
	for (size_t i = 0; i < COUNT_OF(pairs); i++) {
		char out[20];
		uint8_t back[20];
		size_t len = strlen(pairs[i][0]), ret_len;
		assert_int_equal(base64_size(len), strlen(pairs[i][1]) + 1);
		base64_encode(out, bytes_make(pairs[i][0], len));
		assert_string_equal(out, pairs[i][1]);
		assert_int_equal(base64_decode(back, len, &ret_len, bytes_of_text(out)), RESULT_OK);
		assert_int_equal(ret_len, len);
		assert_memory_equal(back, pairs[i][0], len);
	}
}

static void base64_refuses_every_second_way_to_say_the_same(void **state)
{
	(void)state;
	static const char *const bad[] = {"Z",      "Zg",       "Zg=",   "Zg===",    "=",
					  "==",     "====",     "Zh==",  "Zm9=",     "Zm-v",
					  "Zm_v",   "Zm9v\n",   " Zm9v", "Zg==Zg==", "Zi==",
					  "Zk==",   "Zo==",     "Zm+=",  "Z===",     "Zm=v",
					  "Zm9vZ=", "Zm9v====", "Z=g=",  "Zm9v Zg="};
	uint8_t out[20] = {0x5a};
	size_t len = 99;
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_int_equal(base64_decode(out, 20, &len, bytes_of_text(bad[i])),
				 RESULT_MALFORMED);
	assert_int_equal(base64_decode(out, 2, &len, LITERAL("Zm9v")), RESULT_TOO_LARGE);
	assert_int_equal(base64_decode(out, 20, &len, LITERAL("Zm\0v")), RESULT_MALFORMED);
	assert_int_equal(len, 99);
	assert_int_equal(out[0], 0x5a);
}

static void base64_of_any_length_comes_back(void **state)
{
	(void)state;
	uint8_t bytes[100];
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 37 + 11);
	for (size_t len = 0; len <= sizeof bytes; len++) {
		char *text = malloc(base64_size(len));
		uint8_t *back = malloc(len ? len : 1);
		size_t ret_len;
		assert_true(text && back);
		base64_encode(text, bytes_make(bytes, len));
		assert_int_equal(strlen(text) + 1, base64_size(len));
		assert_int_equal(base64_decode(back, len, &ret_len, bytes_of_text(text)),
				 RESULT_OK);
		assert_int_equal(ret_len, len);
		assert_memory_equal(back, bytes, len);
		free(text);
		free(back);
	}
}

static void clean_text_is_well_formed_utf8(void **state)
{
	(void)state;
	static const char *const clean[] = {"",
					    "a\tb\nc",
					    "één café",
					    "\xc2\xa0",
					    "\xdf\xbf",
					    "\xe0\xa0\x80",
					    "\xed\x9f\xbf",
					    "\xee\x80\x80",
					    "\xef\xbf\xbf",
					    "\xf0\x90\x80\x80",
					    "\xf4\x8f\xbf\xbf"};
	for (size_t i = 0; i < COUNT_OF(clean); i++)
		assert_true(utf8_is_clean_text(bytes_of_text(clean[i])));
	static const char *const dirty[] = {"\x80",
					    "\xbf",
					    "\xc0\x80",
					    "\xc1\xbf", // overlong
					    "\xe0\x9f\xbf",
					    "\xf0\x8f\xbf\xbf", // overlong
					    "\xed\xa0\x80",
					    "\xed\xbf\xbf", // surrogates
					    "\xf4\x90\x80\x80",
					    "\xf5\x80\x80\x80",
					    "\xff", // beyond U+10FFFF
					    "\xc3",
					    "\xe2\x82",
					    "\xf0\x9f\x98", // cut off
					    "\xc3(",
					    "\xe2(\xa1",
					    "\xf0\x9f(\x80", // broken off
					    "a\rb",
					    "\x1b[31m",
					    "\x7f",
					    "\xc2\x80",
					    "\xc2\x9f"}; // controls
	for (size_t i = 0; i < COUNT_OF(dirty); i++)
		assert_false(utf8_is_clean_text(bytes_of_text(dirty[i])));
	assert_false(utf8_is_clean_text(LITERAL("a\0b")));
}

static void what_is_not_seen_is_found_where_it_stands(void **state)
{
	(void)state;
	size_t at = 99;
	static const char *const lines[] = {"Gemeente Woerden", "", "\xc3\xa9\xc3\xa9n caf\xc3\xa9",
					    "\xe2\x80\x90\xe2\x80\xa7\xe2\x80\xaf"};
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		assert_false(utf8_find_hidden(bytes_of_text(lines[i]), &at));
		assert_true(utf8_is_plain_line(bytes_of_text(lines[i])));
	}
	static const struct {
		const char *text;
		size_t at;
	} hidden[] = {{"ab\x1b", 2},
		      {"ab\rc", 2},
		      {"ab\r", 2},
		      {"\xc2\x85", 0},
		      {"abcdefgh\xe2\x80\xa8", 8},
		      {"ab\r\n\xe2\x80\xae", 4},
		      {"x\xef\xbb\xbf", 1},
		      {"x\xe2\x80\x8d", 1},
		      {"x\xf3\xa0\x80\x81y", 1},
		      {"x\xc3(", 1}};
	for (size_t i = 0; i < COUNT_OF(hidden); i++) {
		assert_true(utf8_find_hidden(bytes_of_text(hidden[i].text), &at));
		assert_int_equal(at, hidden[i].at);
		assert_false(utf8_is_plain_line(bytes_of_text(hidden[i].text)));
	}
	assert_false(utf8_find_hidden(bytes_of_text("a\r\nb\n"), &at));
	assert_false(utf8_is_plain_line(bytes_of_text("a\nb")));
	assert_false(utf8_is_plain_line(bytes_of_text("a\tb")));
}

static void every_byte_is_judged_alike_at_every_place(void **state)
{
	(void)state;
	uint8_t text[27];
	for (unsigned byte = 0; byte < 256; byte++)
		for (size_t len = 1; len <= sizeof text; len++)
			for (size_t at = 0; at < len; at++) {
				bool printable = byte >= 0x20 && byte < 0x7f;
				memset(text, 0x20, sizeof text);
				text[0] = 0x7e;
				text[at] = (uint8_t)byte;
				struct bytes view = bytes_make(text, len);
				assert_int_equal(utf8_is_clean_text(view),
						 printable || byte == '\t' || byte == '\n');
				assert_int_equal(utf8_is_string(view), byte > 0 && byte < 0x80);
			}
	memset(text, 'a', sizeof text);
	for (size_t at = 0; at + 2 <= sizeof text; at++) { // a letter that is two bytes
		memcpy(text, "aaaaaaaaaaaaaaaaaaaaaaaaaaa", sizeof text);
		memcpy(text + at, "\xc3\xab", 2);
		assert_true(utf8_is_clean_text(bytes_make(text, sizeof text)));
		assert_true(utf8_is_string(bytes_make(text, sizeof text)));
		assert_false(utf8_is_string(bytes_make(text, at + 1)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(views_compare_by_length_and_content),
		cmocka_unit_test(all_zero_looks_at_every_byte),
		cmocka_unit_test(integers_are_big_endian_at_any_address),
		cmocka_unit_test(a_buffer_grows_and_keeps_what_it_holds),
		cmocka_unit_test(a_buffer_writes_each_kind_of_piece),
		cmocka_unit_test(a_buffer_never_grows_beyond_its_ceiling),
		cmocka_unit_test(the_first_failure_of_a_buffer_stays_until_it_is_cleared),
		cmocka_unit_test(a_length_near_the_largest_does_not_wrap_around),
		cmocka_unit_test(formatted_text_needs_room_for_itself_and_its_nul),
		cmocka_unit_test(wiping_a_buffer_leaves_it_empty_and_usable),
		cmocka_unit_test(hex_goes_both_ways_and_takes_nothing_else),
		cmocka_unit_test(base64_gives_the_examples_of_rfc_4648),
		cmocka_unit_test(base64_refuses_every_second_way_to_say_the_same),
		cmocka_unit_test(base64_of_any_length_comes_back),
		cmocka_unit_test(clean_text_is_well_formed_utf8),
		cmocka_unit_test(what_is_not_seen_is_found_where_it_stands),
		cmocka_unit_test(every_byte_is_judged_alike_at_every_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
#include "tree/tiles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_name(int level, uint64_t index, unsigned width, const char *want)
{
	char name[TILE_NAME_MAX];
	tile_name(name, level, index, width);
	assert_string_equal(name, want);
}

static void names_are_those_of_tlog_tiles(void **state)
{
	(void)state;
	assert_name(0, 0, 256, "tile/0/000");
	assert_name(0, 273, 112, "tile/0/273.p/112");
	assert_name(1, 999, 1, "tile/1/999.p/1");
	assert_name(0, 1000, 256, "tile/0/x001/000");
	assert_name(0, 1234067, 256, "tile/0/x001/x234/067");
	assert_name(63, 1234067, 255, "tile/63/x001/x234/067.p/255");
	assert_name(-1, 0, 256, "tile/entries/000");
	assert_name(-1, 1234067, 8, "tile/entries/x001/x234/067.p/8");
}

static void the_longest_name_fits(void **state)
{
	(void)state;
	assert_name(-1, UINT64_MAX, 255, "tile/entries/x018/x446/x744/x073/x709/x551/615.p/255");
}

static void assert_count(int level, uint64_t size, uint64_t want, unsigned want_width)
{
	unsigned width = 999;
	assert_int_equal(tile_count(level, size, &width), want);
	assert_int_equal(width, want_width);
}

static void a_level_has_a_tile_for_each_256_hashes_and_a_partial_one(void **state)
{
	(void)state;
	assert_count(0, 0, 0, 0);
	assert_count(0, 1, 1, 1);
	assert_count(0, 255, 1, 255);
	assert_count(0, 256, 1, 256);
	assert_count(0, 257, 2, 1);
	assert_count(1, 255, 0, 0);
	assert_count(1, 256, 1, 1);
	assert_count(1, 65535, 1, 255);
	assert_count(1, 65536, 1, 256);
	assert_count(2, 65535, 0, 0);
	assert_count(2, 65537, 1, 1);
	assert_count(-1, 65537, 257, 1);
	assert_count(7, UINT64_MAX, 1, 255);
	assert_count(8, UINT64_MAX, 0, 0);
	assert_count(63, UINT64_MAX, 0, 0);
}

// The worked example: 273 full tiles and one of 112, one full and one of 17, one of width 1.
static void a_log_of_70000_entries_has_277_tiles(void **state)
{
	(void)state;
	assert_count(0, 70000, 274, 112);
	assert_count(1, 70000, 2, 17);
	assert_count(2, 70000, 1, 1);
	assert_count(3, 70000, 0, 0);
	assert_count(-1, 70000, 274, 112);
}

static void a_bundle_gives_back_what_was_put_in_and_then_its_end(void **state)
{
	(void)state;
	struct buffer bundle;
	struct bytes view, entry = bytes_make("untouched", 9);
	uint8_t *largest = malloc(BUNDLE_ENTRY_MAX);
	assert_non_null(largest);
	memset(largest, 0xA5, BUNDLE_ENTRY_MAX);
	buffer_init(&bundle, 1 << 20);
	assert_int_equal(bundle_append_entry(&bundle, bytes_of_text("one")), RESULT_OK);
	assert_int_equal(bundle_append_entry(&bundle, bytes_make(NULL, 0)), RESULT_OK);
	assert_int_equal(bundle_append_entry(&bundle, bytes_make(largest, BUNDLE_ENTRY_MAX)),
			 RESULT_OK);
	assert_int_equal(bundle.len, 2 + 3 + 2 + 2 + BUNDLE_ENTRY_MAX);
	assert_memory_equal(bundle.data, "\x00\x03one\x00\x00\xFF\xFF", 9);
	view = buffer_view(&bundle);
	assert_int_equal(bundle_next_entry(&view, &entry), RESULT_OK);
	assert_true(bytes_equal(entry, bytes_of_text("one")));
	assert_int_equal(bundle_next_entry(&view, &entry), RESULT_OK);
	assert_int_equal(entry.len, 0);
	assert_int_equal(bundle_next_entry(&view, &entry), RESULT_OK);
	assert_true(bytes_equal(entry, bytes_make(largest, BUNDLE_ENTRY_MAX)));
	assert_int_equal(bundle_next_entry(&view, &entry), RESULT_NOT_FOUND);
	buffer_done(&bundle);
	free(largest);
}

static void an_entry_of_65536_bytes_is_too_large_and_changes_nothing(void **state)
{
	(void)state;
	struct buffer bundle;
	uint8_t *entry = calloc(1, BUNDLE_ENTRY_MAX + 1);
	assert_non_null(entry);
	buffer_init(&bundle, 1 << 20);
	assert_int_equal(bundle_append_entry(&bundle, bytes_make(entry, BUNDLE_ENTRY_MAX + 1)),
			 RESULT_TOO_LARGE);
	assert_int_equal(bundle.len, 0);
	assert_int_equal(bundle.status, RESULT_OK);
	buffer_done(&bundle);
	free(entry);
}

static void a_bundle_beyond_its_ceiling_is_refused_and_unchanged(void **state)
{
	(void)state;
	struct buffer bundle;
	buffer_init(&bundle, 8);
	assert_int_equal(bundle_append_entry(&bundle, bytes_of_text("four")), RESULT_OK);
	assert_int_not_equal(bundle_append_entry(&bundle, bytes_of_text("x")), RESULT_OK);
	assert_int_equal(bundle.len, 6);
	buffer_done(&bundle);
}

static void a_bundle_cut_anywhere_inside_an_entry_is_malformed(void **state)
{
	(void)state;
	static const uint8_t bundle[] = {0, 3, 'a', 'b', 'c', 0, 2, 'd', 'e'};
	for (size_t len = 0; len <= sizeof bundle; len++) {
		struct bytes view = bytes_make(bundle, len), entry = bytes_make(NULL, 77);
		enum result result = bundle_next_entry(&view, &entry);
		if (result == RESULT_OK)
			result = bundle_next_entry(&view, &entry);
		bool whole = len == 0 || len == 5;
		if (len == sizeof bundle)
			assert_int_equal(result, RESULT_OK);
		else
			assert_int_equal(result, whole ? RESULT_NOT_FOUND : RESULT_MALFORMED);
		if (len < 5) {
			assert_int_equal(entry.len, 77);
			assert_int_equal(view.len, len);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_those_of_tlog_tiles),
		cmocka_unit_test(the_longest_name_fits),
		cmocka_unit_test(a_level_has_a_tile_for_each_256_hashes_and_a_partial_one),
		cmocka_unit_test(a_log_of_70000_entries_has_277_tiles),
		cmocka_unit_test(a_bundle_gives_back_what_was_put_in_and_then_its_end),
		cmocka_unit_test(an_entry_of_65536_bytes_is_too_large_and_changes_nothing),
		cmocka_unit_test(a_bundle_beyond_its_ceiling_is_refused_and_unchanged),
		cmocka_unit_test(a_bundle_cut_anywhere_inside_an_entry_is_malformed),
	};
	return cmocka_run_group_tests_name("tiles", tests, NULL, NULL);
}

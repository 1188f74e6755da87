// SPDX-License-Identifier: EUPL-1.2
#include "wire/entry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct entry sample(void)
{
	struct entry entry = {.class = ENTRY_EVENT, .time = UINT64_C(0x0102030405060708)};
	memset(entry.register_head.b, 0xaa, sizeof entry.register_head);
	memset(entry.parts_root.b, 0xbb, sizeof entry.parts_root);
	return entry;
}

static void an_entry_is_laid_out_as_its_header_says(void **state)
{
	(void)state;
	static const uint8_t start[16] = {'K', 'N', 'P', 'L', 1, 2, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8};
	struct entry entry = sample();
	uint8_t wire[ENTRY_LEN];
	memset(wire, 0xff, sizeof wire);
	entry_encode(wire, &entry);
	assert_memory_equal(wire, start, sizeof start);
	for (size_t i = 16; i < 48; i++)
		assert_int_equal(wire[i], 0xaa);
	for (size_t i = 48; i < 80; i++)
		assert_int_equal(wire[i], 0xbb);
}

static void every_class_comes_back_as_it_went(void **state)
{
	(void)state;
	for (int class = ENTRY_GENESIS; class <= ENTRY_TICK; class ++) {
		struct entry entry = sample(), back;
		entry.class = (enum entry_class) class;
		if (class == ENTRY_GENESIS)
			memset(&entry.register_head, 0, sizeof entry.register_head);
		uint8_t wire[ENTRY_LEN];
		entry_encode(wire, &entry);
		memset(&back, 0x5a, sizeof back);
		assert_int_equal(entry_decode(bytes_make(wire, sizeof wire), &back), RESULT_OK);
		assert_int_equal(back.class, class);
		assert_true(back.time == entry.time);
		assert_true(hash_equal(&back.register_head, &entry.register_head));
		assert_true(hash_equal(&back.parts_root, &entry.parts_root));
	}
}

static void a_wrong_length_magic_class_or_filler_is_refused(void **state)
{
	(void)state;
	struct entry entry = sample(), back;
	uint8_t wire[ENTRY_LEN + 1] = {0};
	entry_encode(wire, &entry);
	assert_int_equal(entry_decode(bytes_make(wire, ENTRY_LEN - 1), &back), RESULT_MALFORMED);
	assert_int_equal(entry_decode(bytes_make(wire, ENTRY_LEN + 1), &back), RESULT_MALFORMED);
	static const struct {
		size_t at;
		uint8_t value;
		enum result result;
	} rows[] = {
		{0, 'k', RESULT_MALFORMED},
		{3, 'E', RESULT_MALFORMED},
		{4, 0, RESULT_UNSUPPORTED},
		{4, 2, RESULT_UNSUPPORTED},
		{5, 4, RESULT_MALFORMED},
		{5, 255, RESULT_MALFORMED},
		{5, ENTRY_GENESIS, RESULT_MALFORMED}, // after a register leaf
		{6, 1, RESULT_MALFORMED},
		{7, 1, RESULT_MALFORMED},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		entry_encode(wire, &entry);
		wire[rows[i].at] = rows[i].value;
		assert_int_equal(entry_decode(bytes_make(wire, ENTRY_LEN), &back), rows[i].result);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_is_laid_out_as_its_header_says),
		cmocka_unit_test(every_class_comes_back_as_it_went),
		cmocka_unit_test(a_wrong_length_magic_class_or_filler_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

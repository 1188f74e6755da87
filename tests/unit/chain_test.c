// SPDX-License-Identifier: EUPL-1.2
#include "unit.h"

#include "wire/chain.h"

#include "testlog.h"

struct fixture {
	uint8_t entries[40][ENTRY_LEN];
	struct hash leaves[40];
	struct entry_chain chain; // after twelve of them
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct testlog log;
	testlog_init(&log);
	for (size_t i = 0; i < COUNT_OF(f->entries); i++) {
		testlog_next(&log, f->entries[i]);
		f->leaves[i] = tree_leaf(bytes_make(f->entries[i], ENTRY_LEN));
		if (i == 11)
			f->chain = log.chain;
	}
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	free(*state);
	return 0;
}

static void entries_that_follow_on_each_other_fit(void **state)
{
	struct fixture *f = *state;
	struct entry_chain chain;
	entry_chain_init(&chain);
	for (size_t i = 0; i < COUNT_OF(f->entries); i++) {
		struct bytes entry = bytes_make(f->entries[i], ENTRY_LEN);
		assert_int_equal(entry_chain_add(&chain, entry, &f->leaves[i]), ENTRY_FITS);
		assert_int_equal(chain.size, i + 1);
		assert_true(hash_equal(&chain.register_head, &f->leaves[i / 10 * 10]));
		struct entry_chain resumed;
		assert_int_equal(entry_chain_resume(i, entry, &f->leaves[i], &resumed), RESULT_OK);
		assert_memory_equal(&resumed, &chain, sizeof chain);
	}
}

static void each_flaw_is_told_apart_and_leaves_the_chain(void **state)
{
	struct fixture *f = *state;
	static const struct {
		size_t at, offset;
		uint8_t value;
		enum entry_flaw flaw;
	} cases[] = {
		{0, 0, 'X', ENTRY_FLAW_FORM},
		{4, 4, 9, ENTRY_FLAW_VERSION},
		{5, 5, 4, ENTRY_FLAW_FORM},
		{7, 5, 1, ENTRY_FLAW_FORM},
		{8, 8, 0xff, ENTRY_FITS},
		{10, 8, 0, ENTRY_FLAW_TIME},
		{16, 16, 0x5a, ENTRY_FLAW_REGISTER},
		{47, 47, 0x5a, ENTRY_FLAW_REGISTER},
		{48, 48, 0x5a, ENTRY_FITS},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		uint8_t entry[ENTRY_LEN];
		struct entry_chain chain = f->chain;
		memcpy(entry, f->entries[12], ENTRY_LEN);
		entry[cases[i].at] = cases[i].value;
		enum entry_flaw flaw =
			entry_chain_add(&chain, bytes_make(entry, ENTRY_LEN), &f->leaves[12]);
		assert_int_equal(flaw, cases[i].flaw);
		if (flaw != ENTRY_FITS)
			assert_memory_equal(&chain, &f->chain, sizeof chain);
		assert_true(strlen(entry_flaw_text(flaw)) > 5);
		assert_true(entry_flaw_offset(flaw) <= cases[i].offset);
	}
	struct entry_chain chain = f->chain;
	assert_int_equal(entry_chain_add(&chain, bytes_make(f->entries[12], 79), &f->leaves[12]),
			 ENTRY_FLAW_FORM);
}

static void a_genesis_stands_first_and_only_there(void **state)
{
	struct fixture *f = *state;
	struct entry_chain chain = f->chain;
	assert_int_equal(
		entry_chain_add(&chain, bytes_make(f->entries[0], ENTRY_LEN), &f->leaves[0]),
		ENTRY_FLAW_GENESIS);
	entry_chain_init(&chain);
	assert_int_equal(
		entry_chain_add(&chain, bytes_make(f->entries[1], ENTRY_LEN), &f->leaves[1]),
		ENTRY_FLAW_GENESIS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CHAIN_TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
		CHAIN_TEST(entries_that_follow_on_each_other_fit),
		CHAIN_TEST(each_flaw_is_told_apart_and_leaves_the_chain),
		CHAIN_TEST(a_genesis_stands_first_and_only_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
#include "crypto/seal.h"
#include "crypto/secret.h"
#include "wire/vector.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "wiped.h"

static const struct bytes three[] = {
	{(const uint8_t *)"een", 3},
	{(const uint8_t *)"twee", 4},
	{(const uint8_t *)"", 0},
};

static void fill_seed(uint8_t seed[VECTOR_SEED_LEN])
{
	for (unsigned i = 0; i < VECTOR_SEED_LEN; i++)
		seed[i] = (uint8_t)i;
}

static void make_three(enum vector_label label, unsigned capacity, struct vector *vector)
{
	uint8_t seed[VECTOR_SEED_LEN];
	fill_seed(seed);
	assert_int_equal(vector_make(label, capacity, seed, three, 3, vector), RESULT_OK);
}

static void gives_the_roots_that_another_implementation_gives(void **state)
{
	(void)state;
	// From tests/python/knp_wire.py: seed 00..1f, values "een", "twee", "".
	static const struct {
		enum vector_label label;
		unsigned capacity;
		const char *root;
	} rows[] = {
		{VECTOR_SLOTS, 64,
		 "2f6a68487ac35fd72f8bd020a9f8659037324dd7ce5fb225ee7bf552d563ddbb"},
		{VECTOR_PARTS_LABEL, 32,
		 "4c8ece0c4efef9f1a2649bf2074e3ceba905946ee53f36e8fb24ebe33db6b5c8"},
		{VECTOR_PARTS_LABEL, 128,
		 "ab23aa70f9b0e4781e3843895f23ba73d8d09f2874b78179c305a9f6c1d8016b"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct vector vector;
		char hex[65];
		make_three(rows[i].label, rows[i].capacity, &vector);
		struct hash root = vector_root(&vector);
		hex_encode(hex, bytes_of_hash(&root));
		assert_string_equal(hex, rows[i].root);
	}
}

static void every_opening_of_a_value_verifies(void **state)
{
	(void)state;
	struct vector vector;
	make_three(VECTOR_SLOTS, 64, &vector);
	struct hash root;
	assert_int_equal(vector_root_of(VECTOR_SLOTS, vector_bytes(&vector), &root), RESULT_OK);
	struct hash own = vector_root(&vector);
	assert_true(hash_equal(&root, &own));
	for (unsigned j = 0; j < 3; j++) {
		unsigned p = vector.order[j];
		assert_int_equal(vector_check(VECTOR_SLOTS, vector_bytes(&vector), p,
					      bytes_of_hash(&vector.salts[p]), three[j]),
				 RESULT_OK);
	}
}

static void an_opening_with_anything_changed_is_refused(void **state)
{
	(void)state;
	struct vector vector;
	make_three(VECTOR_SLOTS, 64, &vector);
	struct bytes wire = vector_bytes(&vector);
	unsigned p = vector.order[0];
	struct bytes salt = bytes_of_hash(&vector.salts[p]);
	unsigned other = vector.order[1];
	assert_int_equal(vector_check(VECTOR_SLOTS, wire, other, salt, three[0]),
			 RESULT_BAD_SIGNATURE);
	assert_int_equal(vector_check(VECTOR_SLOTS, wire, 64, salt, three[0]),
			 RESULT_BAD_SIGNATURE);
	assert_int_equal(vector_check(VECTOR_PARTS_LABEL, wire, p, salt, three[0]),
			 RESULT_BAD_SIGNATURE);
	assert_int_equal(vector_check(VECTOR_SLOTS, wire, p, salt, three[1]), RESULT_BAD_SIGNATURE);
	assert_int_equal(
		vector_check(VECTOR_SLOTS, wire, p, bytes_of_hash(&vector.salts[other]), three[0]),
		RESULT_BAD_SIGNATURE);
	assert_int_equal(vector_check(VECTOR_SLOTS, wire, p, bytes_make(salt.data, 31), three[0]),
			 RESULT_BAD_SIGNATURE);
	assert_int_equal(
		vector_check(VECTOR_SLOTS, bytes_make(wire.data, 63 * 32), p, salt, three[0]),
		RESULT_BAD_SIGNATURE);
	// In bytes of its own: nothing behind them is looked at.
	uint8_t *alone = malloc(wire.len);
	assert_non_null(alone);
	memcpy(alone, wire.data, wire.len);
	assert_int_equal(
		vector_check(VECTOR_SLOTS, bytes_make(alone, wire.len), 64, salt, three[0]),
		RESULT_BAD_SIGNATURE);
	free(alone);
}

static void what_the_seed_gave_does_not_stay_on_the_stack(void **state)
{
	(void)state;
	static const unsigned capacities[] = {32, 64, 128};
	for (size_t i = 0; i < sizeof capacities / sizeof capacities[0]; i++) {
		struct vector vector;
		wiped = 0;
		make_three(VECTOR_SLOTS, capacities[i], &vector);
		assert_int_equal(wiped, capacities[i] * (40 + 8)); // items, and their tags
	}
}

// spec W23
static void unused_positions_look_like_any_other(void **state)
{
	(void)state;
	struct vector vector;
	make_three(VECTOR_SLOTS, 64, &vector);
	for (unsigned j = 3; j < 64; j++) {
		unsigned p = vector.order[j];
		assert_true(hash_equal(&vector.commitments[p], &vector.salts[p]));
	}
	for (unsigned j = 0; j < 3; j++) {
		unsigned p = vector.order[j];
		assert_false(hash_equal(&vector.commitments[p], &vector.salts[p]));
	}
}

static void the_order_is_that_of_the_tags_for_every_seed(void **state)
{
	(void)state;
	static const unsigned capacities[] = {32, 64, 128};
	for (unsigned round = 0; round < 600; round++) {
		unsigned capacity = capacities[round % 3];
		uint8_t seed[VECTOR_SEED_LEN] = {(uint8_t)round, (uint8_t)(round >> 8)};
		struct vector vector;
		assert_int_equal(vector_make(VECTOR_SLOTS, capacity, seed, NULL, 0, &vector),
				 RESULT_OK);
		uint8_t stream[128 * 40];
		bool seen[128] = {false};
		seal_keystream(stream, capacity * 40, seed);
		for (unsigned j = 0; j < capacity; j++) {
			assert_true(vector.order[j] < capacity && !seen[vector.order[j]]);
			seen[vector.order[j]] = true;
			if (j > 0)
				assert_true(memcmp(stream + vector.order[j - 1] * 40,
						   stream + vector.order[j] * 40, 8) <= 0);
		}
	}
}

static void capacities_and_counts_that_do_not_exist_are_refused(void **state)
{
	(void)state;
	static struct bytes many[129];
	static const unsigned wrong[] = {0, 1, 31, 33, 63, 65, 127, 129, 256};
	uint8_t seed[VECTOR_SEED_LEN];
	fill_seed(seed);
	struct vector vector;
	struct hash root;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(vector_make(VECTOR_SLOTS, wrong[i], seed, three, 3, &vector),
				 RESULT_MALFORMED);
	assert_int_equal(vector_make(VECTOR_SLOTS, 64, seed, many, 65, &vector), RESULT_TOO_LARGE);
	assert_int_equal(vector_make(VECTOR_SLOTS, 64, seed, many, 64, &vector), RESULT_OK);
	assert_int_equal(vector_make(VECTOR_SLOTS, 128, seed, many, 129, &vector),
			 RESULT_TOO_LARGE);
	// A length that its commitment could not hold; nobody looks at the value.
	struct bytes endless[] = {bytes_make(three[0].data, (size_t)UINT32_MAX + 1)};
	assert_int_equal(vector_make(VECTOR_SLOTS, 64, seed, endless, 1, &vector),
			 RESULT_TOO_LARGE);
	static const uint8_t zeros[129 * 32];
	assert_int_equal(vector_check(VECTOR_SLOTS, bytes_make(zeros, 64 * 32), 0,
				      bytes_make(zeros, VECTOR_SALT_LEN), endless[0]),
			 RESULT_BAD_SIGNATURE);
	assert_int_equal(vector_root_of(VECTOR_SLOTS, bytes_make(zeros, 0), &root),
			 RESULT_MALFORMED);
	assert_int_equal(vector_root_of(VECTOR_SLOTS, bytes_make(zeros, 64 * 32 - 1), &root),
			 RESULT_MALFORMED);
	assert_int_equal(vector_root_of(VECTOR_SLOTS, bytes_make(zeros, 129 * 32), &root),
			 RESULT_MALFORMED);
	assert_int_equal(vector_root_of(VECTOR_SLOTS, bytes_make(zeros, 32 * 32), &root),
			 RESULT_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_the_roots_that_another_implementation_gives),
		cmocka_unit_test(every_opening_of_a_value_verifies),
		cmocka_unit_test(an_opening_with_anything_changed_is_refused),
		cmocka_unit_test(what_the_seed_gave_does_not_stay_on_the_stack),
		cmocka_unit_test(unused_positions_look_like_any_other),
		cmocka_unit_test(the_order_is_that_of_the_tags_for_every_seed),
		cmocka_unit_test(capacities_and_counts_that_do_not_exist_are_refused),
	};
	if (crypto_start())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

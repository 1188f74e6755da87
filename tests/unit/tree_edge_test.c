// SPDX-License-Identifier: EUPL-1.2
// The kept right edge of a tree: proofs are those that are made without it.
#include "tree/tree.h"

#include "crypto/secret.h"
#include "tests/unit/naive_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LEAVES 130

static int setup(void **state)
{
	struct store *store = calloc(1, sizeof *store);
	store_init(store, LEAVES);
	*state = store;
	return crypto_start() == RESULT_OK ? 0 : -1;
}

static int teardown(void **state)
{
	store_done(*state);
	free(*state);
	return 0;
}

static void assert_path_equal(const struct tree_path *a, const struct tree_path *b)
{
	assert_int_equal(a->count, b->count);
	assert_memory_equal(a->hashes, b->hashes, a->count * sizeof a->hashes[0]);
}

// Sizes come in an order that makes the edge start anew, and come back.
static void proofs_over_a_kept_edge_are_the_same(void **state)
{
	struct store *store = *state;
	struct tree_edge edge = {0};
	struct tree_reader plain = reader_of(store), kept = plain;
	kept.edge = &edge;
	for (size_t n = 0; n < 3 * LEAVES; n++) {
		size_t size = n * 37 % LEAVES + 1;
		for (size_t index = 0; index < size; index++) {
			struct tree_path a, b;
			assert_int_equal(tree_inclusion(&plain, index, size, &a), RESULT_OK);
			assert_int_equal(tree_inclusion(&kept, index, size, &b), RESULT_OK);
			assert_path_equal(&a, &b);
			assert_int_equal(tree_consistency(&plain, index, size, &a), RESULT_OK);
			assert_int_equal(tree_consistency(&kept, index, size, &b), RESULT_OK);
			assert_path_equal(&a, &b);
		}
	}
}

static enum result read_nothing(void *context, unsigned level, uint64_t index,
				struct hash *ret_hash)
{
	(void)context, (void)level, (void)index, (void)ret_hash;
	return RESULT_DAMAGED;
}

static void an_edge_that_could_not_be_read_is_not_kept(void **state)
{
	struct tree_edge edge = {0};
	struct tree_reader kept = reader_of(*state), broken = {read_nothing, NULL, &edge};
	struct tree_path path, right;
	assert_int_equal(tree_inclusion(&kept, 0, 7, &right), RESULT_OK);
	kept.edge = &edge;
	assert_int_equal(tree_inclusion(&broken, 0, 7, &path), RESULT_DAMAGED);
	assert_true(edge.made == 0);
	assert_int_equal(tree_inclusion(&kept, 0, 7, &path), RESULT_OK);
	assert_path_equal(&path, &right);
}

struct counted {
	struct tree_reader below;
	size_t reads;
};

static enum result read_counted(void *context, unsigned level, uint64_t index,
				struct hash *ret_hash)
{
	struct counted *counted = context;
	counted->reads++;
	return counted->below.read(counted->below.context, level, index, ret_hash);
}

static void an_edge_that_was_made_is_not_read_again(void **state)
{
	struct tree_edge edge = {0};
	struct counted counted = {.below = reader_of(*state)};
	struct tree_reader kept = {read_counted, &counted, &edge};
	struct tree_path path;
	assert_int_equal(tree_inclusion(&kept, 0, 7, &path), RESULT_OK);
	size_t first = counted.reads;
	assert_int_equal(tree_inclusion(&kept, 0, 7, &path), RESULT_OK);
	// The leaf beside it and the two after those; 4 to 6 were made.
	assert_int_equal(counted.reads - first, 2);
	assert_true(first > 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(proofs_over_a_kept_edge_are_the_same),
		TEST(an_edge_that_could_not_be_read_is_not_kept),
		TEST(an_edge_that_was_made_is_not_read_again),
	};
	return cmocka_run_group_tests_name("tree edge", tests, NULL, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
// The tree against a naive recursive RFC 6962 that shares no code with it.
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

#define EXHAUSTIVE_MAX 130
#define BOUNDARY_MAX 65537

static void assert_path_equal(const struct tree_path *a, const struct tree_path *b)
{
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++)
		assert_memory_equal(a->hashes[i].b, b->hashes[i].b, 32);
}

static int make_small_store(void **state)
{
	struct store *store = calloc(1, sizeof *store);
	store_init(store, EXHAUSTIVE_MAX);
	*state = store;
	return crypto_start() == RESULT_OK ? 0 : -1;
}

static int make_large_store(void **state)
{
	struct store *store = calloc(1, sizeof *store);
	store_init(store, BOUNDARY_MAX);
	*state = store;
	return crypto_start() == RESULT_OK ? 0 : -1;
}

static int free_store(void **state)
{
	store_done(*state);
	free(*state);
	return 0;
}

static void hashes_are_those_of_the_rfc(void **state)
{
	(void)state;
	char hex[65];
	struct hash hash = tree_empty_root();
	hex_encode(hex, bytes_of_hash(&hash));
	assert_string_equal(hex,
			    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	hash = tree_leaf(bytes_make("", 0));
	hex_encode(hex, bytes_of_hash(&hash));
	assert_string_equal(hex,
			    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
	uint8_t number[8] = {0};
	struct hash zero = naive_leaf(0), one = naive_leaf(1);
	hash = tree_leaf(bytes_make(number, sizeof number));
	assert_true(hash_equal(&hash, &zero));
	struct hash node = tree_node(&zero, &one), swapped = tree_node(&one, &zero);
	struct hash naive = naive_node(zero, one);
	assert_true(hash_equal(&node, &naive));
	assert_false(hash_equal(&node, &swapped));
}

static void every_inclusion_path_up_to_130_is_the_naive_one_and_verifies(void **state)
{
	struct store *store = *state;
	struct tree_reader reader = reader_of(store);
	const struct hash *leaves = store->levels[0];
	const struct hash untouched = {.b = {0xa5, 0x5a}};
	for (size_t size = 1; size <= EXHAUSTIVE_MAX; size++) {
		struct hash root = naive_root(leaves, size), other;
		assert_int_equal(tree_root_at(&reader, size, &other), RESULT_OK);
		assert_true(hash_equal(&other, &root));
		other = tree_small_root(leaves, size);
		assert_true(hash_equal(&other, &root));
		for (size_t index = 0; index < size; index++) {
			struct tree_path naive = {.count = 0}, path, small;
			naive_path(index, leaves, size, &naive);
			assert_int_equal(tree_inclusion(&reader, index, size, &path), RESULT_OK);
			assert_path_equal(&path, &naive);
			// No more than the path is written.
			small.hashes[naive.count] = untouched;
			tree_small_inclusion(leaves, size, index, &small);
			assert_path_equal(&small, &naive);
			assert_true(hash_equal(&small.hashes[naive.count], &untouched));
			assert_int_equal(
				tree_verify_inclusion(&leaves[index], index, size, &path, &root),
				RESULT_OK);
		}
	}
}

static void every_consistency_proof_up_to_130_is_the_naive_one_and_verifies(void **state)
{
	struct store *store = *state;
	struct tree_reader reader = reader_of(store);
	const struct hash *leaves = store->levels[0];
	struct hash roots[EXHAUSTIVE_MAX + 1];
	for (size_t size = 0; size <= EXHAUSTIVE_MAX; size++)
		roots[size] = naive_root(leaves, size);
	for (size_t size = 0; size <= EXHAUSTIVE_MAX; size++) {
		for (size_t old = 0; old <= size; old++) {
			struct tree_path naive = {.count = 0}, path;
			if (old != 0)
				naive_subproof(old, leaves, size, true, &naive);
			assert_int_equal(tree_consistency(&reader, old, size, &path), RESULT_OK);
			assert_path_equal(&path, &naive);
			assert_int_equal(tree_verify_consistency(old, &roots[old], size,
								 &roots[size], &path),
					 RESULT_OK);
		}
	}
}

static void a_path_for_another_place_or_with_another_count_is_refused(void **state)
{
	struct store *store = *state;
	struct tree_reader reader = reader_of(store);
	const struct hash *leaves = store->levels[0];
	for (size_t size = 1; size <= 40; size++) {
		struct hash root = naive_root(leaves, size);
		for (size_t index = 0; index < size; index++) {
			struct tree_path path;
			const struct hash *leaf = &leaves[index];
			assert_int_equal(tree_inclusion(&reader, index, size, &path), RESULT_OK);
			for (size_t other = 0; other < size + 2; other++) {
				enum result result =
					tree_verify_inclusion(leaf, other, size, &path, &root);
				assert_true((result == RESULT_OK) == (other == index));
			}
			path.hashes[path.count] = root;
			path.count++;
			assert_int_equal(tree_verify_inclusion(leaf, index, size, &path, &root),
					 RESULT_MALFORMED);
			if (path.count < 2)
				continue;
			path.count -= 2;
			assert_int_equal(tree_verify_inclusion(leaf, index, size, &path, &root),
					 RESULT_MALFORMED);
		}
	}
}

static void flip(struct hash *hash, unsigned bit)
{
	hash->b[bit / 8] ^= (uint8_t)(1U << bit % 8);
}

static void every_flipped_bit_of_an_inclusion_is_refused(void **state)
{
	struct store *store = *state;
	struct tree_reader reader = reader_of(store);
	static const size_t sizes[] = {1, 2, 3, 5, 7, 8, 13, 33, 64, 70};
	for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
		size_t size = sizes[s];
		struct hash root = naive_root(store->levels[0], size);
		for (size_t index = 0; index<size; index += size> 16 ? 9 : 1) {
			struct tree_path path;
			struct hash leaf = store->levels[0][index];
			assert_int_equal(tree_inclusion(&reader, index, size, &path), RESULT_OK);
			for (unsigned bit = 0; bit < 256 * (path.count + 2); bit++) {
				struct hash *target = &root;
				if (bit / 256 < path.count)
					target = &path.hashes[bit / 256];
				else if (bit / 256 == path.count)
					target = &leaf;
				flip(target, bit % 256);
				assert_int_equal(
					tree_verify_inclusion(&leaf, index, size, &path, &root),
					RESULT_BAD_SIGNATURE);
				flip(target, bit % 256);
			}
			assert_int_equal(tree_verify_inclusion(&leaf, index, size, &path, &root),
					 RESULT_OK);
		}
	}
}

static void every_flipped_bit_of_a_consistency_proof_is_refused(void **state)
{
	struct store *store = *state;
	struct tree_reader reader = reader_of(store);
	static const size_t pairs[][2] = {{1, 2},   {1, 8},   {2, 5},   {3, 7},   {4, 7},
					  {6, 8},   {7, 13},  {8, 33},  {31, 33}, {32, 64},
					  {33, 70}, {64, 70}, {69, 70}, {5, 5}};
	for (size_t p = 0; p < sizeof pairs / sizeof pairs[0]; p++) {
		size_t old = pairs[p][0], size = pairs[p][1];
		struct tree_path path;
		struct hash old_root = naive_root(store->levels[0], old);
		struct hash root = naive_root(store->levels[0], size);
		assert_int_equal(tree_consistency(&reader, old, size, &path), RESULT_OK);
		for (unsigned bit = 0; bit < 256 * (path.count + 2); bit++) {
			struct hash *target = &root;
			if (bit / 256 < path.count)
				target = &path.hashes[bit / 256];
			else if (bit / 256 == path.count)
				target = &old_root;
			flip(target, bit % 256);
			assert_int_equal(
				tree_verify_consistency(old, &old_root, size, &root, &path),
				RESULT_BAD_SIGNATURE);
			flip(target, bit % 256);
		}
	}
}

static void a_consistency_proof_with_another_count_or_order_is_refused(void **state)
{
	struct store *store = *state;
	struct tree_reader reader = reader_of(store);
	struct tree_path path, none = {.count = 0};
	for (size_t size = 1; size <= 40; size++) {
		struct hash root = naive_root(store->levels[0], size);
		for (size_t old = 1; old < size; old++) {
			struct hash old_root = naive_root(store->levels[0], old);
			assert_int_equal(tree_consistency(&reader, old, size, &path), RESULT_OK);
			assert_int_equal(
				tree_verify_consistency(size, &root, old, &old_root, &path),
				RESULT_MALFORMED);
			assert_int_equal(
				tree_verify_consistency(old, &old_root, size, &root, &none),
				RESULT_MALFORMED);
			path.hashes[path.count++] = root;
			assert_int_equal(
				tree_verify_consistency(old, &old_root, size, &root, &path),
				RESULT_MALFORMED);
			path.count -= 2;
			assert_int_equal(
				tree_verify_consistency(old, &old_root, size, &root, &path),
				RESULT_MALFORMED);
		}
	}
}

static void an_empty_tree_is_consistent_with_all_and_equal_sizes_with_equal_roots(void **state)
{
	struct store *store = *state;
	struct hash empty = tree_empty_root(), one = store->levels[0][0], two = store->levels[0][1];
	struct tree_path none = {.count = 0}, some = {.count = 1};
	assert_int_equal(tree_verify_consistency(0, &empty, 0, &empty, &none), RESULT_OK);
	assert_int_equal(tree_verify_consistency(0, &empty, 1, &one, &none), RESULT_OK);
	assert_int_equal(tree_verify_consistency(0, &one, 1, &one, &none), RESULT_BAD_SIGNATURE);
	assert_int_equal(tree_verify_consistency(0, &empty, 0, &one, &none), RESULT_BAD_SIGNATURE);
	assert_int_equal(tree_verify_consistency(0, &empty, 1, &one, &some), RESULT_MALFORMED);
	assert_int_equal(tree_verify_consistency(1, &one, 1, &one, &none), RESULT_OK);
	assert_int_equal(tree_verify_consistency(1, &one, 1, &two, &none), RESULT_BAD_SIGNATURE);
	assert_int_equal(tree_verify_consistency(1, &one, 1, &one, &some), RESULT_MALFORMED);
}

static void boundary_sizes_have_the_naive_roots_and_paths(void **state)
{
	struct store *store = *state;
	struct tree_reader reader = reader_of(store);
	const struct hash *leaves = store->levels[0];
	static const size_t sizes[] = {1, 255, 256, 257, 65535, 65536, 65537};
	for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
		size_t size = sizes[s];
		struct hash root = naive_root(leaves, size), other;
		assert_int_equal(tree_root_at(&reader, size, &other), RESULT_OK);
		assert_true(hash_equal(&root, &other));
		const size_t indexes[] = {0, 1, 254, 255, 256, size / 2, size - 2, size - 1};
		for (size_t i = 0; i < sizeof indexes / sizeof indexes[0]; i++) {
			struct tree_path naive = {.count = 0}, path;
			size_t index = indexes[i];
			if (index >= size)
				continue;
			naive_path(index, leaves, size, &naive);
			assert_int_equal(tree_inclusion(&reader, index, size, &path), RESULT_OK);
			assert_path_equal(&path, &naive);
			assert_int_equal(
				tree_verify_inclusion(&leaves[index], index, size, &path, &root),
				RESULT_OK);
		}
	}
}

static void boundary_sizes_are_consistent_with_each_other(void **state)
{
	struct store *store = *state;
	struct tree_reader reader = reader_of(store);
	static const size_t sizes[] = {0, 1, 255, 256, 257, 65535, 65536, 65537};
	const size_t count = sizeof sizes / sizeof sizes[0];
	for (size_t a = 0; a < count; a++) {
		struct hash old_root, root;
		assert_int_equal(tree_root_at(&reader, sizes[a], &old_root), RESULT_OK);
		for (size_t b = a; b < count; b++) {
			struct tree_path naive = {.count = 0}, path;
			if (a != 0)
				naive_subproof(sizes[a], store->levels[0], sizes[b], true, &naive);
			assert_int_equal(tree_root_at(&reader, sizes[b], &root), RESULT_OK);
			assert_int_equal(tree_consistency(&reader, sizes[a], sizes[b], &path),
					 RESULT_OK);
			assert_path_equal(&path, &naive);
			assert_int_equal(tree_verify_consistency(sizes[a], &old_root, sizes[b],
								 &root, &path),
					 RESULT_OK);
		}
	}
}

static void the_frontier_knows_the_root_of_each_size(void **state)
{
	struct store *store = *state;
	struct tree_reader reader = reader_of(store);
	struct frontier frontier;
	struct tree_done done[64];
	frontier_init(&frontier);
	for (size_t size = 0; size <= 600; size++) {
		struct hash root = frontier_root(&frontier), other;
		assert_int_equal(frontier.size, size);
		assert_int_equal(tree_root_at(&reader, size, &other), RESULT_OK);
		assert_true(hash_equal(&root, &other));
		size_t count = frontier_append(&frontier, &store->levels[0][size], done);
		assert_int_equal(count, (size_t)__builtin_ctzl(size + 1) + 1);
	}
	struct hash root = frontier_root(&store->frontier), other;
	assert_int_equal(tree_root_at(&reader, BOUNDARY_MAX, &other), RESULT_OK);
	assert_true(hash_equal(&root, &other));
}

static void positions_outside_the_tree_are_malformed(void **state)
{
	struct store *store = *state;
	struct tree_reader reader = reader_of(store);
	struct tree_path path = {.count = 7};
	struct hash hash = store->levels[0][0];
	const uint64_t end = UINT64_C(1) << 63;
	assert_int_equal(tree_inclusion(&reader, 0, 0, &path), RESULT_MALFORMED);
	assert_int_equal(tree_inclusion(&reader, 5, 5, &path), RESULT_MALFORMED);
	assert_int_equal(tree_inclusion(&reader, 0, end, &path), RESULT_MALFORMED);
	assert_int_equal(tree_inclusion(&reader, UINT64_MAX, UINT64_MAX, &path), RESULT_MALFORMED);
	assert_int_equal(tree_consistency(&reader, 6, 5, &path), RESULT_MALFORMED);
	assert_int_equal(tree_consistency(&reader, 1, end, &path), RESULT_MALFORMED);
	assert_int_equal(tree_root_at(&reader, end, &hash), RESULT_MALFORMED);
	assert_int_equal(path.count, 7);
	assert_true(hash_equal(&hash, &store->levels[0][0]));
	path.count = 0;
	assert_int_equal(tree_verify_inclusion(&hash, 0, 0, &path, &hash), RESULT_MALFORMED);
	assert_int_equal(tree_verify_inclusion(&hash, 1, 1, &path, &hash), RESULT_MALFORMED);
	assert_int_equal(tree_verify_consistency(1, &hash, end, &hash, &path), RESULT_MALFORMED);
	path.count = TREE_PATH_MAX + 1;
	assert_int_equal(tree_verify_inclusion(&hash, 0, 1, &path, &hash), RESULT_MALFORMED);
	assert_int_equal(tree_verify_consistency(1, &hash, 2, &hash, &path), RESULT_MALFORMED);
}

// A tree whose leaves are all alike: one hash per level is all there is to know of it, so that
// trees near the largest size can be made.
static enum result uniform_read(void *context, unsigned level, uint64_t index,
				struct hash *ret_hash)
{
	const struct hash *levels = context;
	(void)index;
	*ret_hash = levels[level];
	return RESULT_OK;
}

static void the_largest_trees_give_paths_of_at_most_63_hashes_that_verify(void **state)
{
	(void)state;
	struct hash levels[64], root, old_root;
	struct tree_reader reader = {.read = uniform_read, .context = levels};
	struct tree_path path;
	levels[0] = naive_leaf(0);
	for (unsigned level = 1; level < 64; level++)
		levels[level] = naive_node(levels[level - 1], levels[level - 1]);
	// Odd old sizes beyond 2^62 need one hash more than fits: checked at the end.
	const uint64_t largest = (UINT64_C(1) << 63) - 1, quarter = UINT64_C(1) << 62;
	const uint64_t sizes[] = {largest, largest - 1, quarter + 1, quarter, quarter - 1};
	for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
		uint64_t size = sizes[s];
		const uint64_t indexes[] = {0, size / 3, size - 2, size - 1};
		assert_int_equal(tree_root_at(&reader, size, &root), RESULT_OK);
		for (size_t i = 0; i < 4; i++) {
			assert_int_equal(tree_inclusion(&reader, indexes[i], size, &path),
					 RESULT_OK);
			assert_int_equal(
				tree_verify_inclusion(&levels[0], indexes[i], size, &path, &root),
				RESULT_OK);
		}
		uint64_t old = (size / 2 + 1) & ~UINT64_C(1);
		assert_int_equal(tree_root_at(&reader, old, &old_root), RESULT_OK);
		assert_int_equal(tree_consistency(&reader, old, size, &path), RESULT_OK);
		assert_int_equal(tree_verify_consistency(old, &old_root, size, &root, &path),
				 RESULT_OK);
	}
	path.count = 5;
	assert_int_equal(tree_consistency(&reader, 3, largest, &path), RESULT_TOO_LARGE);
	assert_int_equal(path.count, 5);
	assert_int_equal(tree_consistency(&reader, 3, quarter, &path), RESULT_OK);
	assert_int_equal(path.count, 63);
}

// Fails its n-th read.
struct failing {
	struct store *store;
	size_t left;
};

static enum result failing_read(void *context, unsigned level, uint64_t index,
				struct hash *ret_hash)
{
	struct failing *failing = context;
	if (failing->left == 0)
		return RESULT_DAMAGED;
	failing->left--;
	return store_read(failing->store, level, index, ret_hash);
}

static void a_failing_reader_fails_the_proof_and_leaves_the_output_alone(void **state)
{
	struct failing failing = {.store = *state};
	struct tree_reader reader = {.read = failing_read, .context = &failing};
	struct hash root = {{0}};
	const struct hash untouched = root;
	for (unsigned kind = 0; kind < 3; kind++) {
		enum result result = RESULT_DAMAGED;
		size_t calls = 0;
		for (; result != RESULT_OK; calls++) {
			struct tree_path path = {.count = 9};
			failing.left = calls;
			if (kind == 0)
				result = tree_inclusion(&reader, 3, 87, &path);
			else if (kind == 1)
				result = tree_consistency(&reader, 35, 87, &path);
			else
				result = tree_root_at(&reader, 87, &root);
			if (result == RESULT_OK)
				break;
			assert_int_equal(result, RESULT_DAMAGED);
			assert_int_equal(path.count, 9);
			assert_true(hash_equal(&root, &untouched));
		}
		assert_true(calls > 4);
	}
}

static void a_batch_of_256_has_the_roots_and_paths_of_the_tree(void **state)
{
	struct store *store = *state;
	struct tree_reader reader = reader_of(store);
	const struct hash *leaves = store->levels[0];
	struct hash root = tree_small_root(leaves, 256), other = tree_small_root(leaves, 0);
	struct hash empty = tree_empty_root();
	assert_true(hash_equal(&other, &empty));
	assert_int_equal(tree_root_at(&reader, 256, &other), RESULT_OK);
	assert_true(hash_equal(&root, &other));
	for (size_t index = 0; index < 256; index += 17) {
		struct tree_path path;
		tree_small_inclusion(leaves, 256, index, &path);
		assert_int_equal(path.count, 8);
		assert_int_equal(
			tree_root_from_inclusion(&leaves[index], index, 256, &path, &other),
			RESULT_OK);
		assert_true(hash_equal(&root, &other));
	}
}

#define WITH_SMALL(test) cmocka_unit_test_setup_teardown(test, make_small_store, free_store)
#define WITH_LARGE(test) cmocka_unit_test_setup_teardown(test, make_large_store, free_store)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_are_those_of_the_rfc),
		WITH_SMALL(every_inclusion_path_up_to_130_is_the_naive_one_and_verifies),
		WITH_SMALL(every_consistency_proof_up_to_130_is_the_naive_one_and_verifies),
		WITH_SMALL(a_path_for_another_place_or_with_another_count_is_refused),
		WITH_SMALL(every_flipped_bit_of_an_inclusion_is_refused),
		WITH_SMALL(every_flipped_bit_of_a_consistency_proof_is_refused),
		WITH_SMALL(a_consistency_proof_with_another_count_or_order_is_refused),
		WITH_SMALL(an_empty_tree_is_consistent_with_all_and_equal_sizes_with_equal_roots),
		WITH_LARGE(boundary_sizes_have_the_naive_roots_and_paths),
		WITH_LARGE(boundary_sizes_are_consistent_with_each_other),
		WITH_LARGE(the_frontier_knows_the_root_of_each_size),
		WITH_SMALL(positions_outside_the_tree_are_malformed),
		cmocka_unit_test(the_largest_trees_give_paths_of_at_most_63_hashes_that_verify),
		WITH_SMALL(a_failing_reader_fails_the_proof_and_leaves_the_output_alone),
		WITH_LARGE(a_batch_of_256_has_the_roots_and_paths_of_the_tree),
	};
	return cmocka_run_group_tests_name("tree", tests, NULL, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
// RFC 6962 in its naive, recursive form, sharing no code with proto/tree but SHA-256; and a store
// of complete subtrees for tree_reader.
#ifndef KNP_UNIT_NAIVE_TREE_H
#define KNP_UNIT_NAIVE_TREE_H

#include "tree/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define STORE_LEVELS 18 // up to 2^18 - 1 leaves

// All complete subtrees of a tree, as frontier_append reported them.
struct store {
	struct hash *levels[STORE_LEVELS];
	struct frontier frontier;
};

static inline struct hash naive_leaf(uint64_t index)
{
	uint8_t bytes[9] = {0x00};
	put_u64be(bytes + 1, index);
	return sha256(bytes_make(bytes, sizeof bytes));
}

static inline struct hash naive_node(struct hash left, struct hash right)
{
	const uint8_t one = 1;
	struct bytes views[3] = {bytes_make(&one, 1), bytes_of_hash(&left), bytes_of_hash(&right)};
	return sha256_of(views, 3);
}

static inline size_t naive_split(size_t count)
{
	size_t k = 1;
	while (2 * k < count)
		k *= 2;
	return k;
}

static inline struct hash naive_root(const struct hash *leaves, size_t count)
{
	if (count == 0)
		return sha256(bytes_make("", 0));
	if (count == 1)
		return leaves[0];
	size_t k = naive_split(count);
	return naive_node(naive_root(leaves, k), naive_root(leaves + k, count - k));
}

// PATH(m, D[n]) of RFC 6962 §2.1.1.
static inline void naive_path(size_t m, const struct hash *leaves, size_t n, struct tree_path *path)
{
	if (n == 1)
		return;
	size_t k = naive_split(n);
	if (m < k) {
		naive_path(m, leaves, k, path);
		path->hashes[path->count++] = naive_root(leaves + k, n - k);
	} else {
		naive_path(m - k, leaves + k, n - k, path);
		path->hashes[path->count++] = naive_root(leaves, k);
	}
}

// SUBPROOF(m, D[n], whole) of RFC 6962 §2.1.2.
static inline void naive_subproof(size_t m, const struct hash *leaves, size_t n, bool whole,
				  struct tree_path *path)
{
	if (m == n) {
		if (!whole)
			path->hashes[path->count++] = naive_root(leaves, n);
		return;
	}
	size_t k = naive_split(n);
	if (m <= k) {
		naive_subproof(m, leaves, k, whole, path);
		path->hashes[path->count++] = naive_root(leaves + k, n - k);
	} else {
		naive_subproof(m - k, leaves + k, n - k, false, path);
		path->hashes[path->count++] = naive_root(leaves, k);
	}
}

static inline void store_init(struct store *store, size_t size)
{
	struct tree_done done[64];
	frontier_init(&store->frontier);
	for (unsigned level = 0; level < STORE_LEVELS; level++)
		store->levels[level] = calloc((size >> level) + 1, sizeof(struct hash));
	for (size_t i = 0; i < size; i++) {
		struct hash leaf = naive_leaf(i);
		size_t count = frontier_append(&store->frontier, &leaf, done);
		for (size_t d = 0; d < count; d++) {
			assert_int_equal(done[d].level, d);
			assert_true(done[d].index < size >> done[d].level);
			store->levels[done[d].level][done[d].index] = done[d].hash;
		}
	}
}

static inline void store_done(struct store *store)
{
	for (unsigned level = 0; level < STORE_LEVELS; level++)
		free(store->levels[level]);
}

// Reads complete subtrees only: anything else is a bug in the caller.
static inline enum result store_read(void *context, unsigned level, uint64_t index,
				     struct hash *ret_hash)
{
	const struct store *store = context;
	assert_true(level < STORE_LEVELS);
	assert_true(index < store->frontier.size >> level);
	*ret_hash = store->levels[level][index];
	return RESULT_OK;
}

static inline struct tree_reader reader_of(struct store *store)
{
	return (struct tree_reader){.read = store_read, .context = store};
}

#endif

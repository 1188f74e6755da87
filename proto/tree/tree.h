// SPDX-License-Identifier: EUPL-1.2
// The RFC 6962 Merkle tree (§2.1; identical in RFC 9162 §2.1): leaf = SHA-256(0x00 || entry),
// node = SHA-256(0x01 || left || right). Sizes are below 2^63, paths at most 63 hashes.
#ifndef KNP_TREE_TREE_H
#define KNP_TREE_TREE_H

#include "crypto/hash.h"

#define TREE_PATH_MAX 63

struct hash tree_empty_root(void);
struct hash tree_leaf(struct bytes entry);
struct hash tree_node(const struct hash *left, const struct hash *right);

// Hashes of a path, leaf-most sibling first.
struct tree_path {
	struct hash hashes[TREE_PATH_MAX];
	size_t count;
};

// The right edge of a growing tree: all that is needed to append and to know the root.
struct frontier {
	uint64_t size;
	struct hash peaks[64]; // peaks[level] is live when bit `level` of size is set
};
void frontier_init(struct frontier *frontier);
// A completed subtree: `level` 0 is the leaf itself.
struct tree_done {
	unsigned level;
	uint64_t index; // position among the subtrees of this level
	struct hash hash;
};
// Appends one leaf hash. `ret_done` (room for 64) gets every subtree this completes, the leaf
// first; returns how many.
size_t frontier_append(struct frontier *frontier, const struct hash *leaf,
		       struct tree_done ret_done[64]);
struct hash frontier_root(const struct frontier *frontier);

// Where proofs get the hashes of complete subtrees from (LMDB in core, tiles in the verifier, an
// array for a batch). Returns RESULT_NOT_FOUND or RESULT_DAMAGED as the store has it.
struct tree_reader {
	enum result (*read)(void *context, unsigned level, uint64_t index, struct hash *ret_hash);
	void *context;
	struct tree_edge *edge; // may be NULL
};
// The incomplete subtrees of one size, which are on the path of every leaf to their left: made once
// for all proofs of that size. Zeroed at first; of one tree only.
struct tree_edge {
	uint64_t size, made; // bit `level`: hashes[level] is known
	struct hash hashes[64];
};

// Root of the first `size` leaves.
enum result tree_root_at(const struct tree_reader *reader, uint64_t size,
			 struct hash *ret_root) KNP_MUST_CHECK;
// Inclusion path of leaf `index` in the tree of `size` (index < size, else RESULT_MALFORMED).
enum result tree_inclusion(const struct tree_reader *reader, uint64_t index, uint64_t size,
			   struct tree_path *ret_path) KNP_MUST_CHECK;
// Consistency proof from `old_size` to `size` (0 <= old_size <= size, else RESULT_MALFORMED; empty
// when equal or 0). RESULT_TOO_LARGE beyond 2^62 leaves, where some proofs need a 64th hash.
enum result tree_consistency(const struct tree_reader *reader, uint64_t old_size, uint64_t size,
			     struct tree_path *ret_path) KNP_MUST_CHECK;

#define TREE_SMALL_MAX 256
// Root, and the inclusion path of `index`, of at most TREE_SMALL_MAX leaves held in memory
// (batches). Each call hashes the whole batch.
struct hash tree_small_root(const struct hash *leaves, size_t count);
void tree_small_inclusion(const struct hash *leaves, size_t count, size_t index,
			  struct tree_path *ret_path);

// RESULT_BAD_SIGNATURE when the path does not lead from leaf to root; RESULT_MALFORMED when
// index >= size or the count is impossible.
enum result tree_verify_inclusion(const struct hash *leaf, uint64_t index, uint64_t size,
				  const struct tree_path *path,
				  const struct hash *root) KNP_MUST_CHECK;
// The root that leaf, index, size and path imply (what a batch signature is checked against).
enum result tree_root_from_inclusion(const struct hash *leaf, uint64_t index, uint64_t size,
				     const struct tree_path *path,
				     struct hash *ret_root) KNP_MUST_CHECK;
// As tree_verify_inclusion. With old_size 0 the path is empty and old_root is the empty root; with
// old_size == size the path is empty and unequal roots are a split view (RESULT_BAD_SIGNATURE).
enum result tree_verify_consistency(uint64_t old_size, const struct hash *old_root, uint64_t size,
				    const struct hash *root,
				    const struct tree_path *path) KNP_MUST_CHECK;

#endif

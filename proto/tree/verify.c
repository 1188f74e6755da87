// SPDX-License-Identifier: EUPL-1.2
#include "tree/tree.h"

#include "tree/text.h"

// RFC 9162 §2.1.3.2 and §2.1.4.2, with their names: fn is the position of the subtree that is
// proven, sn that of the last subtree of the same level.
struct walk {
	uint64_t fn, sn;
};

// Moves one sibling up; true when that sibling stands on the left. A last subtree at an even
// position has no neighbour, so its left sibling comes only some levels higher.
static bool walk_step(struct walk *walk)
{
	bool left = (walk->fn & 1) != 0 || walk->fn == walk->sn;
	unsigned levels = 1;
	if (left && walk->fn != 0)
		levels += (unsigned)__builtin_ctzll(walk->fn);
	walk->fn >>= levels;
	walk->sn >>= levels;
	return left;
}

enum result tree_root_from_inclusion(const struct hash *leaf, uint64_t index, uint64_t size,
				     const struct tree_path *path, struct hash *ret_root)
{
	if (index >= size || size >= TREE_SIZE_END || path->count > TREE_PATH_MAX)
		return RESULT_MALFORMED;
	struct walk walk = {.fn = index, .sn = size - 1};
	struct hash root = *leaf;
	for (size_t i = 0; i < path->count; i++) {
		const struct hash *sibling = &path->hashes[i];
		if (walk.sn == 0)
			return RESULT_MALFORMED;
		root = walk_step(&walk) ? tree_node(sibling, &root) : tree_node(&root, sibling);
	}
	if (walk.sn != 0)
		return RESULT_MALFORMED;
	*ret_root = root;
	return RESULT_OK;
}

enum result tree_verify_inclusion(const struct hash *leaf, uint64_t index, uint64_t size,
				  const struct tree_path *path, const struct hash *root)
{
	struct hash implied;
	enum result result = tree_root_from_inclusion(leaf, index, size, path, &implied);
	if (result != RESULT_OK)
		return result;
	return hash_equal(&implied, root) ? RESULT_OK : RESULT_BAD_SIGNATURE;
}

// The cases in which a consistency proof has no hashes: nothing before, or nothing new.
static enum result verify_without_path(uint64_t old_size, const struct hash *old_root,
				       uint64_t size, const struct hash *root)
{
	struct hash empty = tree_empty_root();
	if (old_size == 0 && !hash_equal(old_root, &empty))
		return RESULT_BAD_SIGNATURE;
	if (old_size == size && !hash_equal(old_root, root))
		return RESULT_BAD_SIGNATURE;
	return RESULT_OK;
}

enum result tree_verify_consistency(uint64_t old_size, const struct hash *old_root, uint64_t size,
				    const struct hash *root, const struct tree_path *path)
{
	if (old_size > size || size >= TREE_SIZE_END || path->count > TREE_PATH_MAX)
		return RESULT_MALFORMED;
	if ((old_size == 0 || old_size == size) != (path->count == 0))
		return RESULT_MALFORMED;
	if (path->count == 0)
		return verify_without_path(old_size, old_root, size, root);
	unsigned level = (unsigned)__builtin_ctzll(old_size);
	struct walk walk = {.fn = (old_size - 1) >> level, .sn = (size - 1) >> level};
	// An old tree that is complete is itself the first subtree, and is not repeated in the
	// path.
	size_t first = walk.fn == 0 ? 0 : 1;
	struct hash old_implied = first == 0 ? *old_root : path->hashes[0];
	struct hash implied = old_implied;
	for (size_t i = first; i < path->count; i++) {
		const struct hash *sibling = &path->hashes[i];
		if (walk.sn == 0)
			return RESULT_MALFORMED;
		if (walk_step(&walk)) {
			old_implied = tree_node(sibling, &old_implied);
			implied = tree_node(sibling, &implied);
		} else {
			implied = tree_node(&implied, sibling);
		}
	}
	if (walk.sn != 0)
		return RESULT_MALFORMED;
	if (!hash_equal(&old_implied, old_root) || !hash_equal(&implied, root))
		return RESULT_BAD_SIGNATURE;
	return RESULT_OK;
}

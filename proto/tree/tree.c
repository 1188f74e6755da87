// SPDX-License-Identifier: EUPL-1.2
#include "tree/tree.h"

#include "tree/text.h"

#include <assert.h>
#include <string.h>

struct hash tree_empty_root(void)
{
	return sha256(bytes_make(NULL, 0));
}

struct hash tree_leaf(struct bytes entry)
{
	const uint8_t prefix = 0x00;
	struct bytes views[2] = {bytes_make(&prefix, 1), entry};
	return sha256_of(views, 2);
}

struct hash tree_node(const struct hash *left, const struct hash *right)
{
	uint8_t block[1 + 2 * sizeof left->b];
	block[0] = 0x01;
	memcpy(block + 1, left->b, sizeof left->b);
	memcpy(block + 1 + sizeof left->b, right->b, sizeof right->b);
	return sha256(bytes_make(block, sizeof block));
}

void frontier_init(struct frontier *frontier)
{
	memset(frontier, 0, sizeof *frontier);
}

size_t frontier_append(struct frontier *frontier, const struct hash *leaf,
		       struct tree_done ret_done[64])
{
	assert(frontier->size < TREE_SIZE_END - 1);
	struct hash hash = *leaf;
	unsigned level = 0;
	ret_done[0] = (struct tree_done){.level = 0, .index = frontier->size, .hash = hash};
	// A set bit is a waiting left half: the new subtree is its right half, as in a binary
	// carry.
	while ((frontier->size >> level & 1) != 0) {
		hash = tree_node(&frontier->peaks[level], &hash);
		level++;
		ret_done[level] = (struct tree_done){
			.level = level, .index = frontier->size >> level, .hash = hash};
	}
	frontier->peaks[level] = hash;
	frontier->size++;
	return level + 1;
}

struct hash frontier_root(const struct frontier *frontier)
{
	if (frontier->size == 0)
		return tree_empty_root();
	unsigned level = (unsigned)__builtin_ctzll(frontier->size);
	struct hash root = frontier->peaks[level];
	for (level++; frontier->size >> level != 0; level++)
		if ((frontier->size >> level & 1) != 0)
			root = tree_node(&frontier->peaks[level], &root);
	return root;
}

// Hash of leaves [begin, end), where begin is a multiple of the smallest power of two that holds
// end - begin: the complete subtrees inside are the set bits of the length, smallest at the end.
static enum result range_hash(const struct tree_reader *reader, uint64_t begin, uint64_t end,
			      struct hash *ret_hash)
{
	uint64_t rest = end - begin;
	assert(rest != 0);
	struct hash root;
	bool started = false;
	for (unsigned level = 0; rest >> level != 0; level++) {
		if ((rest >> level & 1) == 0)
			continue;
		struct hash peak;
		enum result result =
			reader->read(reader->context, level, (end >> level) - 1, &peak);
		if (result != RESULT_OK)
			return result;
		root = started ? tree_node(&peak, &root) : peak;
		started = true;
	}
	*ret_hash = root;
	return RESULT_OK;
}

// The last, incomplete subtree of a level.
static enum result edge_hash(const struct tree_reader *reader, unsigned level, uint64_t size,
			     struct hash *ret_hash)
{
	struct tree_edge *edge = reader->edge;
	uint64_t begin = (size - 1) >> level << level;
	if (!edge)
		return range_hash(reader, begin, size, ret_hash);
	if (edge->size != size)
		*edge = (struct tree_edge){.size = size};
	if ((edge->made >> level & 1) == 0) {
		enum result result = range_hash(reader, begin, size, &edge->hashes[level]);
		if (result != RESULT_OK)
			return result;
		edge->made |= UINT64_C(1) << level;
	}
	*ret_hash = edge->hashes[level];
	return RESULT_OK;
}

static enum result path_add(struct tree_path *path, enum result result, const struct hash *hash)
{
	if (result != RESULT_OK)
		return result;
	if (path->count == TREE_PATH_MAX)
		return RESULT_TOO_LARGE;
	path->hashes[path->count++] = *hash;
	return RESULT_OK;
}

// Adds the siblings met on the way from subtree `index` of `level` to the root of `size` leaves.
// The last subtree of a level may be incomplete; without a right neighbour it moves up as it is.
static enum result path_climb(const struct tree_reader *reader, uint64_t index, unsigned level,
			      uint64_t size, struct tree_path *path)
{
	enum result result = RESULT_OK;
	uint64_t last = (size - 1) >> level;
	for (; last != 0 && result == RESULT_OK; level++, index >>= 1, last >>= 1) {
		struct hash hash;
		if ((index & 1) != 0)
			result = reader->read(reader->context, level, index - 1, &hash);
		else if (index + 1 < last)
			result = reader->read(reader->context, level, index + 1, &hash);
		else if (index + 1 == last)
			result = edge_hash(reader, level, size, &hash);
		else
			continue;
		result = path_add(path, result, &hash);
	}
	return result;
}

enum result tree_root_at(const struct tree_reader *reader, uint64_t size, struct hash *ret_root)
{
	if (size >= TREE_SIZE_END)
		return RESULT_MALFORMED;
	if (size == 0) {
		*ret_root = tree_empty_root();
		return RESULT_OK;
	}
	return range_hash(reader, 0, size, ret_root);
}

enum result tree_inclusion(const struct tree_reader *reader, uint64_t index, uint64_t size,
			   struct tree_path *ret_path)
{
	if (index >= size || size >= TREE_SIZE_END)
		return RESULT_MALFORMED;
	struct tree_path path;
	path.count = 0;
	enum result result = path_climb(reader, index, 0, size, &path);
	if (result == RESULT_OK)
		*ret_path = path;
	return result;
}

// RFC 6962 §2.1.2: the proof begins with the last complete subtree of the old tree, which the
// verifier knows already (as the old root) when it is the whole of that tree.
enum result tree_consistency(const struct tree_reader *reader, uint64_t old_size, uint64_t size,
			     struct tree_path *ret_path)
{
	if (old_size > size || size >= TREE_SIZE_END)
		return RESULT_MALFORMED;
	struct tree_path path;
	path.count = 0;
	if (old_size == 0 || old_size == size) {
		ret_path->count = 0;
		return RESULT_OK;
	}
	unsigned level = (unsigned)__builtin_ctzll(old_size);
	uint64_t index = (old_size - 1) >> level;
	enum result result = RESULT_OK;
	if (index != 0) {
		struct hash hash;
		result = reader->read(reader->context, level, index, &hash);
		result = path_add(&path, result, &hash);
	}
	if (result == RESULT_OK)
		result = path_climb(reader, index, level, size, &path);
	if (result == RESULT_OK)
		*ret_path = path;
	return result;
}

// The largest power of two below count (count >= 2): where RFC 6962 splits a tree.
static size_t split_point(size_t count)
{
	size_t split = 1;
	while (split * 2 < count)
		split *= 2;
	return split;
}

struct hash tree_small_root(const struct hash *leaves, size_t count)
{
	assert(count <= TREE_SMALL_MAX);
	struct frontier frontier;
	struct tree_done done[64];
	frontier_init(&frontier);
	for (size_t i = 0; i < count; i++)
		(void)frontier_append(&frontier, &leaves[i], done);
	return frontier_root(&frontier);
}

void tree_small_inclusion(const struct hash *leaves, size_t count, size_t index,
			  struct tree_path *ret_path)
{
	assert(count <= TREE_SMALL_MAX && index < count);
	struct hash siblings[TREE_PATH_MAX];
	size_t depth = 0;
	while (count > 1) {
		size_t split = split_point(count);
		if (index < split) {
			siblings[depth++] = tree_small_root(leaves + split, count - split);
			count = split;
		} else {
			siblings[depth++] = tree_small_root(leaves, split);
			leaves += split;
			index -= split;
			count -= split;
		}
	}
	ret_path->count = depth;
	for (size_t i = 0; i < depth; i++)
		ret_path->hashes[i] = siblings[depth - 1 - i];
}

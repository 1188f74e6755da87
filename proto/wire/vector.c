// SPDX-License-Identifier: EUPL-1.2
#include "wire/vector.h"

#include "crypto/seal.h"
#include "crypto/secret.h"

#include <string.h>

#define TAG_LEN 8
#define ITEM_LEN (TAG_LEN + VECTOR_SALT_LEN)
static const char *const labels[] = {
	[VECTOR_SLOTS] = "knooppunt/slots/v1",
	[VECTOR_PARTS_LABEL] = "knooppunt/parts/v1",
};
static const char *const root_labels[] = {
	[VECTOR_SLOTS] = "knooppunt/slots/v1/root",
	[VECTOR_PARTS_LABEL] = "knooppunt/parts/v1/root",
};

static struct hash commit(enum vector_label label, unsigned position, struct bytes salt,
			  struct bytes value)
{
	const uint8_t p = (uint8_t)position;
	const struct bytes pieces[] = {bytes_of_text(labels[label]), bytes_make(&p, 1), salt,
				       value};
	return pae_sha256(pieces, 4);
}

static bool capacity_is_valid(size_t capacity)
{
	return capacity == 32 || capacity == 64 || capacity == VECTOR_CAPACITY_MAX;
}

// Sorts positions by tag. Tags are uniform, so one bucket pass on the highest bits leaves each
// within a few places of its own, and the stable insertion pass that ends it is nearly free.
static void sort_positions(const uint64_t *tags, unsigned capacity, uint8_t *ret_order)
{
	unsigned shift = capacity == 32 ? 59 : capacity == 64 ? 58 : 57;
	uint8_t starts[VECTOR_CAPACITY_MAX + 1] = {0};
	for (unsigned p = 0; p < capacity; p++)
		starts[(tags[p] >> shift) + 1]++;
	for (unsigned b = 1; b < capacity; b++)
		starts[b] = (uint8_t)(starts[b] + starts[b - 1]);
	for (unsigned p = 0; p < capacity; p++)
		ret_order[starts[tags[p] >> shift]++] = (uint8_t)p;
	for (unsigned i = 1; i < capacity; i++) {
		uint8_t moving = ret_order[i];
		unsigned at = i;
		for (; at > 0 && tags[ret_order[at - 1]] > tags[moving]; at--)
			ret_order[at] = ret_order[at - 1];
		ret_order[at] = moving;
	}
}

// Everything the seed gives; every commitment starts as its filler.
static void expand_seed(const uint8_t *seed, struct vector *ret_vector)
{
	uint8_t stream[VECTOR_CAPACITY_MAX * ITEM_LEN];
	uint64_t tags[VECTOR_CAPACITY_MAX];
	seal_keystream(stream, ret_vector->capacity * ITEM_LEN, seed);
	for (unsigned p = 0; p < ret_vector->capacity; p++) {
		const uint8_t *item = stream + p * ITEM_LEN;
		tags[p] = get_u64be(item);
		memcpy(ret_vector->salts[p].b, item + TAG_LEN, VECTOR_SALT_LEN);
		memcpy(ret_vector->commitments[p].b, item + TAG_LEN, VECTOR_SALT_LEN);
	}
	sort_positions(tags, ret_vector->capacity, ret_vector->order);
	secret_wipe(stream, ret_vector->capacity * ITEM_LEN);
	secret_wipe(tags, ret_vector->capacity * sizeof tags[0]);
}

enum result vector_make(enum vector_label label, unsigned capacity,
			const uint8_t seed[VECTOR_SEED_LEN], const struct bytes *values,
			size_t count, struct vector *ret_vector)
{
	if (!capacity_is_valid(capacity))
		return RESULT_MALFORMED;
	if (count > capacity)
		return RESULT_TOO_LARGE;
	for (size_t j = 0; j < count; j++) {
		if (values[j].len > UINT32_MAX)
			return RESULT_TOO_LARGE;
	}
	ret_vector->label = label;
	ret_vector->capacity = capacity;
	expand_seed(seed, ret_vector);
	for (size_t j = 0; j < count; j++) {
		unsigned p = ret_vector->order[j];
		ret_vector->commitments[p] =
			commit(label, p, bytes_of_hash(&ret_vector->salts[p]), values[j]);
	}
	return RESULT_OK;
}

static struct hash root_of(enum vector_label label, struct bytes vector)
{
	const uint8_t capacity = (uint8_t)(vector.len / sizeof(struct hash));
	const struct bytes pieces[] = {bytes_of_text(root_labels[label]), bytes_make(&capacity, 1),
				       vector};
	return pae_sha256(pieces, 3);
}

struct hash vector_root(const struct vector *vector)
{
	return root_of(vector->label, vector_bytes(vector));
}

struct bytes vector_bytes(const struct vector *vector)
{
	return bytes_make(vector->commitments, vector->capacity * sizeof(struct hash));
}

static bool length_is_valid(struct bytes vector)
{
	return vector.len % sizeof(struct hash) == 0 &&
	       capacity_is_valid(vector.len / sizeof(struct hash));
}

enum result vector_root_of(enum vector_label label, struct bytes vector, struct hash *ret_root)
{
	if (!length_is_valid(vector))
		return RESULT_MALFORMED;
	*ret_root = root_of(label, vector);
	return RESULT_OK;
}

enum result vector_check(enum vector_label label, struct bytes vector, unsigned position,
			 struct bytes salt, struct bytes value)
{
	if (!length_is_valid(vector) || position >= vector.len / sizeof(struct hash) ||
	    salt.len != VECTOR_SALT_LEN || value.len > UINT32_MAX)
		return RESULT_BAD_SIGNATURE;
	struct hash made = commit(label, position, salt, value);
	if (memcmp(made.b, vector.data + position * sizeof made, sizeof made) != 0)
		return RESULT_BAD_SIGNATURE;
	return RESULT_OK;
}

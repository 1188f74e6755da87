// SPDX-License-Identifier: EUPL-1.2
// The commitment vector: slots of a melding and parts of an entry are made with it. One seed gives
// salts, fillers and permutation; whoever holds the vector and some openings can check those and
// learns nothing about whether there are more.
//
//   stream   = ChaCha20 keystream under `seed`, capacity * 40 bytes; item i: 8-byte tag, 32 salt
//   order    = positions 0..capacity-1 sorted by tag (as bytes), ties by position
//   value j  goes to position p = order[j]
//   commitment(p) = SHA-256(PAE(label, u8 p, salt[p], value)), for an unused p: salt[p] itself
//   root     = SHA-256(PAE(label "/root", u8 capacity, vector))
//
// Labels: "knooppunt/slots/v1" and "knooppunt/parts/v1".
#ifndef KNP_WIRE_VECTOR_H
#define KNP_WIRE_VECTOR_H

#include "crypto/hash.h"

#define VECTOR_CAPACITY_MAX 128
#define VECTOR_PARTS 32
#define VECTOR_SEED_LEN 32
#define VECTOR_SALT_LEN 32

enum vector_label { VECTOR_SLOTS, VECTOR_PARTS_LABEL };

// All that a seed implies, before any value is put in.
struct vector {
	enum vector_label label;
	unsigned capacity; // 32, 64 or 128
	struct hash commitments[VECTOR_CAPACITY_MAX];
	struct hash salts[VECTOR_CAPACITY_MAX];
	uint8_t order[VECTOR_CAPACITY_MAX];
};

// Fills `ret_vector` from seed and values; value j lies at position order[j]. RESULT_TOO_LARGE when
// count > capacity, RESULT_MALFORMED for a capacity other than 32, 64 or 128. Wipe after use: it
// holds salts.
enum result vector_make(enum vector_label label, unsigned capacity,
			const uint8_t seed[VECTOR_SEED_LEN], const struct bytes *values,
			size_t count, struct vector *ret_vector) KNP_MUST_CHECK;
struct hash vector_root(const struct vector *vector);
// capacity * 32 bytes, in order.
struct bytes vector_bytes(const struct vector *vector);

// For a reader. Root of received vector bytes; RESULT_MALFORMED for a length that is no capacity.
enum result vector_root_of(enum vector_label label, struct bytes vector,
			   struct hash *ret_root) KNP_MUST_CHECK;
// RESULT_BAD_SIGNATURE when the opening does not match the commitment at its position.
enum result vector_check(enum vector_label label, struct bytes vector, unsigned position,
			 struct bytes salt, struct bytes value) KNP_MUST_CHECK;

#endif

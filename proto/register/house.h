// SPDX-License-Identifier: EUPL-1.2
// The keys of the knooppunt itself in the register, and which keys it knows at all: between fold.c
// and house.c.
#ifndef KNP_REGISTER_HOUSE_H
#define KNP_REGISTER_HOUSE_H

#include "register/fold.h"

// Those of genesis, which is folded already.
void house_begin(struct registry *reg, uint64_t time);
// A leaf about one of them. Results as register_fold().
enum result house_fold(struct registry *reg, const struct register_leaf *leaf,
		       struct register_source source) KNP_MUST_CHECK;
// Does any party, role or key of the knooppunt have this public key, or one of this id? Everything
// is looked up by ids, which are 8 bytes of a hash.
bool register_has_key(const struct registry *reg, const uint8_t key[32], const struct key_id *id);

// RESULT_EXISTS, and says so.
enum result register_key_twice(struct problem *problem);

#endif

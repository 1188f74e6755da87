// SPDX-License-Identifier: EUPL-1.2
// Private keys of the knooppunt for one use: the one in force, and the next while it changes.
#ifndef KNP_FLOW_OWN_KEYS_H
#define KNP_FLOW_OWN_KEYS_H

#include "base/problem.h"
#include "keys/keys.h"
#include "register/register.h"

#define OWN_KEYS_MAX 2

struct own_keys {
	enum house_use use;
	struct private_key keys[OWN_KEYS_MAX]; // what the key folder held when core started
	size_t count;
};

// NULL when it is not held.
const struct private_key *own_keys_find(const struct own_keys *own, const uint8_t public_key[32]);
// RESULT_NOT_FOUND: one that the register has in force is not held, and the problem says so (NULL:
// not said).
enum result own_keys_suffice(const struct own_keys *own, const struct registry *reg,
			     struct problem *problem) KNP_MUST_CHECK;
// The oldest that the register has in force; there is one once own_keys_suffice().
const struct private_key *own_keys_oldest(const struct own_keys *own, const struct registry *reg);
// Wipes those that the register has ended.
void own_keys_forget_ended(struct own_keys *own, const struct registry *reg);
void own_keys_done(struct own_keys *own);

#endif

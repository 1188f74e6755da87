// SPDX-License-Identifier: EUPL-1.2
#include "flow/own_keys.h"

#include "melding/reason.h"
#include "register/huissleutel.h"

#include <string.h>

const struct private_key *own_keys_find(const struct own_keys *own, const uint8_t public_key[32])
{
	for (size_t i = 0; i < own->count; i++)
		if (memcmp(own->keys[i].public_key, public_key, 32) == 0)
			return &own->keys[i];
	return NULL;
}

static bool in_force(const struct own_keys *own, const struct house_key *key)
{
	return key->use == own->use && key->until == REGISTER_NEVER;
}

enum result own_keys_suffice(const struct own_keys *own, const struct registry *reg,
			     struct problem *problem)
{
	char hex[2 * KEY_ID_LEN + 1];
	for (size_t i = 0; i < reg->house_key_count; i++) {
		const struct house_key *key = &reg->house_keys[i];
		if (!in_force(own, key) || own_keys_find(own, key->key))
			continue;
		hex_encode(hex, bytes_make(key->id.b, KEY_ID_LEN));
		if (problem)
			problem_set(problem, reason_code(REASON_FILE_MISSING),
				    "run knooppuntd rotate on the machine of the knooppunt, which "
				    "makes the key or has core read it; if the file is lost, put "
				    "it back from the backup of the key folder",
				    "core does not hold the key %s (%s), which it would have to "
				    "use",
				    hex, house_use_name(key->use));
		return RESULT_NOT_FOUND;
	}
	return RESULT_OK;
}

const struct private_key *own_keys_oldest(const struct own_keys *own, const struct registry *reg)
{
	for (size_t i = 0; i < reg->house_key_count; i++)
		if (in_force(own, &reg->house_keys[i]))
			return own_keys_find(own, reg->house_keys[i].key);
	return NULL;
}

static bool has_ended(const struct own_keys *own, const struct registry *reg,
		      const struct private_key *key)
{
	for (size_t i = 0; i < reg->house_key_count; i++)
		if (reg->house_keys[i].use == own->use &&
		    memcmp(reg->house_keys[i].key, key->public_key, 32) == 0)
			return reg->house_keys[i].until != REGISTER_NEVER;
	return false; // not in the register yet
}

void own_keys_forget_ended(struct own_keys *own, const struct registry *reg)
{
	size_t kept = 0;
	for (size_t i = 0; i < own->count; i++) {
		if (has_ended(own, reg, &own->keys[i]))
			private_key_done(&own->keys[i]);
		else
			own->keys[kept++] = own->keys[i];
	}
	for (size_t i = kept; i < own->count; i++)
		own->keys[i] = (struct private_key){.secret = NULL};
	own->count = kept;
}

void own_keys_done(struct own_keys *own)
{
	for (size_t i = 0; i < own->count; i++)
		private_key_done(&own->keys[i]);
	own->count = 0;
}

// SPDX-License-Identifier: EUPL-1.2
#include "flow/doors.h"

#include "base/endpoint.h"
#include "melding/reason.h"

#include <string.h>

_Static_assert(DOOR_KEYS_MAX >= REGISTER_HOUSE_KEYS_MAX, "all of them fit");

void doors_fill(const struct registry *reg, struct frame_doors *ret_doors)
{
	*ret_doors = (struct frame_doors){.kind = FRAME_DOORS};
	for (size_t i = 0; i < reg->house_key_count; i++) {
		const struct house_key *key = &reg->house_keys[i];
		if (key->use != HOUSE_TRANSPORT)
			continue;
		struct door_key *row = &ret_doors->keys[ret_doors->count++];
		memcpy(row->key, key->key, sizeof row->key);
		row->ended = key->until != REGISTER_NEVER;
	}
}

bool doors_take(struct frame_served *served, struct bytes message)
{
	struct frame_served taken;
	if (message.len != sizeof taken)
		return false;
	memcpy(&taken, message.data, sizeof taken);
	if (taken.kind != FRAME_SERVED || taken.count > SERVED_MAX)
		return false;
	for (uint32_t i = 0; i < taken.count; i++) {
		const char *endpoint = taken.rows[i].endpoint;
		const char *end = memchr(endpoint, '\0', sizeof taken.rows[i].endpoint);
		if (!end || !endpoint_is_valid(bytes_make(endpoint, (size_t)(end - endpoint))))
			return false;
	}
	*served = taken;
	return true;
}

const char *doors_endpoint(const struct frame_served *served, const uint8_t key[32])
{
	for (uint32_t i = 0; i < served->count; i++)
		if (memcmp(served->rows[i].key, key, 32) == 0)
			return served->rows[i].endpoint;
	return NULL;
}

size_t doors_key(const struct frame_served *served, const struct registry *reg, uint32_t door)
{
	for (uint32_t i = 0; i < served->count; i++)
		for (size_t n = 0; served->rows[i].door == door && n < reg->house_key_count; n++)
			if (reg->house_keys[n].use == HOUSE_TRANSPORT &&
			    memcmp(reg->house_keys[n].key, served->rows[i].key, 32) == 0)
				return n;
	return SIZE_MAX;
}

const struct house_key *doors_missing(const struct frame_served *served, const struct registry *reg)
{
	for (size_t i = 0; i < reg->house_key_count; i++) {
		const struct house_key *key = &reg->house_keys[i];
		if (key->use == HOUSE_TRANSPORT && key->until == REGISTER_NEVER &&
		    !doors_endpoint(served, key->key))
			return key;
	}
	return NULL;
}

enum result doors_suffice(const struct frame_served *served, const struct registry *after,
			  struct problem *problem)
{
	const struct house_key *missing = doors_missing(served, after);
	char hex[2 * KEY_ID_LEN + 1];
	if (!missing)
		return RESULT_OK;
	hex_encode(hex, bytes_make(missing->id.b, KEY_ID_LEN));
	problem_set(
		problem, reason_code(REASON_FILE_MISSING),
		"run knooppuntd rotate transport on the machine of the knooppunt, which has the "
		"gate open a door for it, and look at the log lines of the gate where it does "
		"not; a gate that was just started does in a moment",
		"the gate does not serve the transport key %s, which would be in force", hex);
	return RESULT_NOT_FOUND;
}

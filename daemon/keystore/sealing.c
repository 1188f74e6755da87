// SPDX-License-Identifier: EUPL-1.2
#include "crypto/hash.h"
#include "crypto/seal.h"
#include "crypto/secret.h"
#include "keystore/internal.h"

#include <string.h>

#define SLOT_LEN 4
_Static_assert(KEYSTORE_SEALED_OVERHEAD == SLOT_LEN + SEAL_NONCE_LEN + SEAL_TAG_LEN, "overhead");
_Static_assert(KEYSTORE_KEY_LEN >= SIPHASH_KEY_LEN, "a slot keys a short hash");
_Static_assert(KEYSTORE_KEY_LEN == SEAL_KEY_LEN, "a slot is a sealing key");

// The row a value stands in is authenticated, so that values cannot change places.
static enum result place_data(struct keystore *keystore, const struct keystore_place *place,
			      struct bytes *ret_data)
{
	const struct bytes pieces[2] = {bytes_of_text(place->table), place->key};
	buffer_clear(&keystore->scratch);
	pae_append(&keystore->scratch, pieces, 2);
	*ret_data = buffer_view(&keystore->scratch);
	return keystore->scratch.status;
}

static enum result make_nonce(struct keystore *keystore, const struct keystore_sealing *sealing,
			      struct bytes plain, uint8_t ret_nonce[SEAL_NONCE_LEN])
{
	const struct keystore_place *place = &sealing->place;
	if (sealing->nonce == KEYSTORE_NONCE_RANDOM) {
		random_bytes(ret_nonce, SEAL_NONCE_LEN);
		return RESULT_OK;
	}
	uint8_t key[KEYSTORE_KEY_LEN];
	enum result result = keystore_get(keystore, KEYSTORE_SLOT_NONCE, key);
	if (result != RESULT_OK)
		return result;
	const struct bytes pieces[4] = {bytes_of_text("knooppunt/nonce/v1"),
					bytes_of_text(place->table), place->key, plain};
	struct hash digest = pae_sha256(pieces, 4);
	struct hash mac = hmac_sha256(bytes_make(key, sizeof key), bytes_of_hash(&digest));
	memcpy(ret_nonce, mac.b, SEAL_NONCE_LEN);
	secret_wipe(key, sizeof key);
	secret_wipe(&digest, sizeof digest);
	return RESULT_OK;
}

enum result keystore_seal(struct keystore *keystore, const struct keystore_sealing *sealing,
			  struct bytes plain, struct buffer *out)
{
	uint8_t key[KEYSTORE_KEY_LEN], nonce_bytes[SEAL_NONCE_LEN];
	struct bytes data;
	if (sealing->slot > UINT32_MAX || plain.len > SIZE_MAX - KEYSTORE_SEALED_OVERHEAD)
		return RESULT_TOO_LARGE;
	enum result result = place_data(keystore, &sealing->place, &data);
	if (result == RESULT_OK)
		result = make_nonce(keystore, sealing, plain, nonce_bytes);
	if (result == RESULT_OK)
		result = keystore_get(keystore, sealing->slot, key);
	if (result != RESULT_OK)
		return result;
	uint8_t *p = buffer_reserve(out, KEYSTORE_SEALED_OVERHEAD + plain.len);
	if (p) {
		put_u32be(p, (uint32_t)sealing->slot);
		memcpy(p + SLOT_LEN, nonce_bytes, sizeof nonce_bytes);
		seal_encrypt(p + SLOT_LEN + sizeof nonce_bytes, plain, data, nonce_bytes, key);
	}
	secret_wipe(key, sizeof key);
	return out->status;
}

enum result keystore_unseal(struct keystore *keystore, const struct keystore_place *place,
			    struct bytes sealed, struct buffer *out)
{
	uint8_t key[KEYSTORE_KEY_LEN];
	struct bytes data;
	if (sealed.len < KEYSTORE_SEALED_OVERHEAD)
		return RESULT_DAMAGED;
	enum result result = place_data(keystore, place, &data);
	if (result == RESULT_OK)
		result = keystore_get(keystore, get_u32be(sealed.data), key);
	if (result != RESULT_OK)
		return result == RESULT_NOT_FOUND ? RESULT_DAMAGED : result;
	size_t before = out->len;
	uint8_t *p = buffer_reserve(out, sealed.len - KEYSTORE_SEALED_OVERHEAD);
	const uint8_t *nonce = sealed.data + SLOT_LEN, *body = nonce + SEAL_NONCE_LEN;
	struct bytes ciphertext = bytes_make(body, sealed.len - SLOT_LEN - SEAL_NONCE_LEN);
	if (!p)
		result = out->status;
	else if (seal_decrypt(p, ciphertext, data, nonce, key) != RESULT_OK)
		result = RESULT_DAMAGED;
	if (result != RESULT_OK)
		out->len = before;
	secret_wipe(key, sizeof key);
	return result;
}

uint64_t keystore_slot_of(struct bytes sealed)
{
	return get_u32be(sealed.data);
}

enum result keystore_keyed_hash(struct keystore *keystore, uint64_t slot, const char *label,
				struct bytes message, struct hash *ret_hash)
{
	uint8_t key[KEYSTORE_KEY_LEN];
	enum result result = keystore_get(keystore, slot, key);
	if (result != RESULT_OK)
		return result;
	const struct bytes pieces[2] = {bytes_of_text(label), message};
	struct buffer *scratch = &keystore->scratch;
	buffer_clear(scratch);
	pae_append(scratch, pieces, 2);
	result = scratch->status;
	if (result == RESULT_OK)
		*ret_hash = hmac_sha256(bytes_make(key, sizeof key), buffer_view(scratch));
	secret_wipe(scratch->data, scratch->len); // an identification, as a rule
	secret_wipe(key, sizeof key);
	return result;
}

enum result keystore_short_hash(struct keystore *keystore, uint64_t slot, struct bytes message,
				uint64_t *ret_hash)
{
	uint8_t key[KEYSTORE_KEY_LEN];
	enum result result = keystore_get(keystore, slot, key);
	if (result != RESULT_OK)
		return result;
	*ret_hash = siphash64(key, message);
	secret_wipe(key, sizeof key);
	return RESULT_OK;
}

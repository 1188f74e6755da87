// SPDX-License-Identifier: EUPL-1.2
#include "crypto/seal.h"

#include <sodium.h>
#include <string.h>

_Static_assert(SEAL_NONCE_LEN == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce length");
_Static_assert(SEAL_TAG_LEN == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag length");

void seal_keypair(uint8_t ret_public[SEAL_PUBLIC_LEN], uint8_t ret_secret[SEAL_SECRET_LEN])
{
	randombytes_buf(ret_secret, SEAL_SECRET_LEN);
	seal_public_of(ret_public, ret_secret);
}

void seal_public_of(uint8_t ret_public[SEAL_PUBLIC_LEN], const uint8_t secret[SEAL_SECRET_LEN])
{
	crypto_scalarmult_base(ret_public, secret);
}

enum result seal_agree(uint8_t ret_shared[32], const uint8_t secret[SEAL_SECRET_LEN],
		       const uint8_t public_key[SEAL_PUBLIC_LEN])
{
	uint8_t shared[32];
	enum result result = RESULT_BAD_SIGNATURE;
	if (crypto_scalarmult(shared, secret, public_key) == 0) {
		memcpy(ret_shared, shared, sizeof shared);
		result = RESULT_OK;
	}
	sodium_memzero(shared, sizeof shared);
	return result;
}

void seal_encrypt(uint8_t *out, struct bytes plain, struct bytes ad,
		  const uint8_t nonce[SEAL_NONCE_LEN], const uint8_t key[SEAL_KEY_LEN])
{
	crypto_aead_xchacha20poly1305_ietf_encrypt(out, NULL, plain.data, plain.len, ad.data,
						   ad.len, NULL, nonce, key);
}

enum result seal_decrypt(uint8_t *out, struct bytes sealed, struct bytes ad,
			 const uint8_t nonce[SEAL_NONCE_LEN], const uint8_t key[SEAL_KEY_LEN])
{
	if (sealed.len < SEAL_TAG_LEN)
		return RESULT_BAD_SIGNATURE;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, sealed.data, sealed.len,
						       ad.data, ad.len, nonce, key) == 0)
		return RESULT_OK;
	if (sealed.len > SEAL_TAG_LEN)
		sodium_memzero(out, sealed.len - SEAL_TAG_LEN);
	return RESULT_BAD_SIGNATURE;
}

void seal_keystream(uint8_t *out, size_t len, const uint8_t key[SEAL_KEY_LEN])
{
	static const uint8_t nonce[crypto_stream_chacha20_ietf_NONCEBYTES] = {0};
	crypto_stream_chacha20_ietf(out, len, nonce, key);
}

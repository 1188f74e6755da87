// SPDX-License-Identifier: EUPL-1.2
#include "crypto/sign.h"

#include <sodium.h>

_Static_assert(SIGN_SECRET_LEN == crypto_sign_ed25519_SECRETKEYBYTES, "Ed25519 secret length");

void sign_keypair(uint8_t ret_public[SIGN_PUBLIC_LEN], uint8_t ret_secret[SIGN_SECRET_LEN])
{
	crypto_sign_ed25519_keypair(ret_public, ret_secret);
}

void sign_keypair_from_seed(uint8_t ret_public[SIGN_PUBLIC_LEN],
			    uint8_t ret_secret[SIGN_SECRET_LEN], const uint8_t seed[SIGN_SEED_LEN])
{
	crypto_sign_ed25519_seed_keypair(ret_public, ret_secret, seed);
}

void sign_detached(uint8_t ret_signature[SIGN_LEN], struct bytes message,
		   const uint8_t secret[SIGN_SECRET_LEN])
{
	crypto_sign_ed25519_detached(ret_signature, NULL, message.data, message.len, secret);
}

enum result sign_verify(struct bytes signature, struct bytes message,
			const uint8_t public_key[SIGN_PUBLIC_LEN])
{
	if (signature.len != SIGN_LEN)
		return RESULT_BAD_SIGNATURE;
	int rc = crypto_sign_ed25519_verify_detached(signature.data, message.data, message.len,
						     public_key);
	return rc == 0 ? RESULT_OK : RESULT_BAD_SIGNATURE;
}

bool sign_public_is_valid(const uint8_t public_key[SIGN_PUBLIC_LEN])
{
	// Canonical, on the curve, of large order and in the prime-order group; all zero is a point
	// of order 4 and fails too.
	return crypto_core_ed25519_is_valid_point(public_key) == 1;
}

// SPDX-License-Identifier: EUPL-1.2
// Ed25519 (pure, libsodium). The 64-byte secret is seed || public key and lives in secret memory.
#ifndef KNP_CRYPTO_SIGN_H
#define KNP_CRYPTO_SIGN_H

#include "base/bytes.h"

#define SIGN_PUBLIC_LEN 32
#define SIGN_SECRET_LEN 64
#define SIGN_SEED_LEN 32
#define SIGN_LEN 64

void sign_keypair(uint8_t ret_public[SIGN_PUBLIC_LEN], uint8_t ret_secret[SIGN_SECRET_LEN]);
void sign_keypair_from_seed(uint8_t ret_public[SIGN_PUBLIC_LEN],
			    uint8_t ret_secret[SIGN_SECRET_LEN], const uint8_t seed[SIGN_SEED_LEN]);
void sign_detached(uint8_t ret_signature[SIGN_LEN], struct bytes message,
		   const uint8_t secret[SIGN_SECRET_LEN]);
// RESULT_BAD_SIGNATURE when it does not verify.
enum result sign_verify(struct bytes signature, struct bytes message,
			const uint8_t public_key[SIGN_PUBLIC_LEN]) KNP_MUST_CHECK;
// True for a canonical point of the prime-order group, not all zero: to be asked before a public
// key is taken into a register.
bool sign_public_is_valid(const uint8_t public_key[SIGN_PUBLIC_LEN]);

#endif

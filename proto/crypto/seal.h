// SPDX-License-Identifier: EUPL-1.2
// X25519 agreement, XChaCha20-Poly1305, and the ChaCha20 keystream of commitment vectors.
#ifndef KNP_CRYPTO_SEAL_H
#define KNP_CRYPTO_SEAL_H

#include "base/bytes.h"

#define SEAL_PUBLIC_LEN 32
#define SEAL_SECRET_LEN 32
#define SEAL_KEY_LEN 32
#define SEAL_NONCE_LEN 24
#define SEAL_TAG_LEN 16

void seal_keypair(uint8_t ret_public[SEAL_PUBLIC_LEN], uint8_t ret_secret[SEAL_SECRET_LEN]);
void seal_public_of(uint8_t ret_public[SEAL_PUBLIC_LEN], const uint8_t secret[SEAL_SECRET_LEN]);
// X25519; RESULT_BAD_SIGNATURE for a low-order public key (all-zero result).
enum result seal_agree(uint8_t ret_shared[32], const uint8_t secret[SEAL_SECRET_LEN],
		       const uint8_t public_key[SEAL_PUBLIC_LEN]) KNP_MUST_CHECK;

// XChaCha20-Poly1305 with `ad` as associated data. `out` holds plain.len + SEAL_TAG_LEN bytes and
// may be plain.data itself.
void seal_encrypt(uint8_t *out, struct bytes plain, struct bytes ad,
		  const uint8_t nonce[SEAL_NONCE_LEN], const uint8_t key[SEAL_KEY_LEN]);
// `out` holds sealed.len - SEAL_TAG_LEN bytes (may alias); RESULT_BAD_SIGNATURE when it does not
// open, out is then zeroed.
enum result seal_decrypt(uint8_t *out, struct bytes sealed, struct bytes ad,
			 const uint8_t nonce[SEAL_NONCE_LEN],
			 const uint8_t key[SEAL_KEY_LEN]) KNP_MUST_CHECK;

// The first `len` bytes of the ChaCha20 keystream (RFC 8439, counter 0, nonce zero) under `key`.
// A key is used for one keystream only, so the constant nonce is safe.
void seal_keystream(uint8_t *out, size_t len, const uint8_t key[SEAL_KEY_LEN]);

#endif

// SPDX-License-Identifier: EUPL-1.2
#include "crypto/seal.h"

#include <limits.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <string.h>

// From this size on libcrypto's ChaCha20-Poly1305 is the faster of the two, by more the larger: an
// envelope of 256 KiB takes a third of the time. Below it, making its context costs more than it
// saves. The bytes are the same (unit.seal_test), and what libcrypto cannot do, libsodium does.
#define LARGE_FROM 4096
#define SUBKEY_NONCE_LEN 16

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

// XChaCha20 is ChaCha20 (RFC 8439) under a key that HChaCha20 makes of key and the first part of
// the nonce; the rest of the nonce follows four zero bytes. NULL: libcrypto cannot.
static EVP_CIPHER_CTX *large_begin(const uint8_t *nonce, const uint8_t *key, bool encrypt)
{
	uint8_t subkey[crypto_core_hchacha20_OUTPUTBYTES];
	uint8_t rest[crypto_aead_chacha20poly1305_ietf_NPUBBYTES] = {0};
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	memcpy(rest + 4, nonce + SUBKEY_NONCE_LEN, SEAL_NONCE_LEN - SUBKEY_NONCE_LEN);
	crypto_core_hchacha20(subkey, nonce, key, NULL);
	if (ctx &&
	    EVP_CipherInit_ex(ctx, EVP_chacha20_poly1305(), NULL, subkey, rest, encrypt) != 1) {
		EVP_CIPHER_CTX_free(ctx);
		ctx = NULL;
	}
	sodium_memzero(subkey, sizeof subkey);
	return ctx;
}

static bool large_update(EVP_CIPHER_CTX *ctx, uint8_t *out, struct bytes text, struct bytes ad)
{
	int done;
	return text.len <= INT_MAX && ad.len <= INT_MAX &&
	       (ad.len == 0 || EVP_CipherUpdate(ctx, NULL, &done, ad.data, (int)ad.len) == 1) &&
	       EVP_CipherUpdate(ctx, out, &done, text.data, (int)text.len) == 1 &&
	       (size_t)done == text.len;
}

static bool large_encrypt(uint8_t *out, struct bytes plain, struct bytes ad, const uint8_t *nonce,
			  const uint8_t *key)
{
	EVP_CIPHER_CTX *ctx = large_begin(nonce, key, true);
	int none;
	bool fine =
		ctx && large_update(ctx, out, plain, ad) &&
		EVP_CipherFinal_ex(ctx, out + plain.len, &none) == 1 &&
		EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, SEAL_TAG_LEN, out + plain.len) == 1;
	EVP_CIPHER_CTX_free(ctx);
	return fine;
}

void seal_encrypt(uint8_t *out, struct bytes plain, struct bytes ad,
		  const uint8_t nonce[SEAL_NONCE_LEN], const uint8_t key[SEAL_KEY_LEN])
{
	if (plain.len >= LARGE_FROM && large_encrypt(out, plain, ad, nonce, key))
		return;
	crypto_aead_xchacha20poly1305_ietf_encrypt(out, NULL, plain.data, plain.len, ad.data,
						   ad.len, NULL, nonce, key);
}

// RESULT_INTERNAL: libcrypto cannot, and nothing was written.
static enum result large_decrypt(uint8_t *out, struct bytes sealed, struct bytes ad,
				 const uint8_t *nonce, const uint8_t *key)
{
	struct bytes text = bytes_make(sealed.data, sealed.len - SEAL_TAG_LEN);
	uint8_t tag[SEAL_TAG_LEN]; // out may lie over it
	int none;
	enum result result = RESULT_INTERNAL;
	EVP_CIPHER_CTX *ctx = large_begin(nonce, key, false);
	memcpy(tag, sealed.data + text.len, sizeof tag);
	if (ctx && EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, sizeof tag, tag) == 1 &&
	    large_update(ctx, out, text, ad))
		result = EVP_CipherFinal_ex(ctx, out + text.len, &none) == 1 ? RESULT_OK
									     : RESULT_BAD_SIGNATURE;
	EVP_CIPHER_CTX_free(ctx);
	return result;
}

static enum result small_decrypt(uint8_t *out, struct bytes sealed, struct bytes ad,
				 const uint8_t *nonce, const uint8_t *key)
{
	return crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, sealed.data, sealed.len,
							  ad.data, ad.len, nonce, key) == 0
		       ? RESULT_OK
		       : RESULT_BAD_SIGNATURE;
}

enum result seal_decrypt(uint8_t *out, struct bytes sealed, struct bytes ad,
			 const uint8_t nonce[SEAL_NONCE_LEN], const uint8_t key[SEAL_KEY_LEN])
{
	enum result result = RESULT_INTERNAL;
	if (sealed.len < SEAL_TAG_LEN)
		return RESULT_BAD_SIGNATURE;
	if (sealed.len >= LARGE_FROM)
		result = large_decrypt(out, sealed, ad, nonce, key);
	if (result == RESULT_INTERNAL)
		result = small_decrypt(out, sealed, ad, nonce, key);
	if (result != RESULT_OK && sealed.len > SEAL_TAG_LEN)
		sodium_memzero(out, sealed.len - SEAL_TAG_LEN);
	return result;
}

void seal_keystream(uint8_t *out, size_t len, const uint8_t key[SEAL_KEY_LEN])
{
	static const uint8_t nonce[crypto_stream_chacha20_ietf_NONCEBYTES] = {0};
	crypto_stream_chacha20_ietf(out, len, nonce, key);
}

// SPDX-License-Identifier: EUPL-1.2
#include "crypto/secret.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sodium.h>

// libcrypto gets ready here and not at its first use, behind a sandbox; the machine's openssl.cnf
// has no say in what it does.
enum result crypto_start(void)
{
	bool ready = OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1;
	EVP_CIPHER_CTX *ctx = ready ? EVP_CIPHER_CTX_new() : NULL;
	ready = ctx && EVP_EncryptInit_ex(ctx, EVP_chacha20_poly1305(), NULL, NULL, NULL) == 1;
	EVP_CIPHER_CTX_free(ctx);
	return !ready || sodium_init() < 0 ? RESULT_INTERNAL : RESULT_OK;
}

void random_bytes(uint8_t *out, size_t len)
{
	randombytes_buf(out, len);
}

enum result secret_alloc(size_t len, uint8_t **ret_secret)
{
	uint8_t *secret = sodium_malloc(len);
	if (!secret)
		return RESULT_NO_MEMORY;
	// sodium_malloc locks too but keeps the outcome to itself. Locking twice is harmless, and
	// this call tells.
	if (sodium_mlock(secret, len) != 0) {
		sodium_free(secret);
		return RESULT_NO_MEMORY;
	}
	sodium_memzero(secret, len);
	*ret_secret = secret;
	return RESULT_OK;
}

void secret_free(uint8_t *secret)
{
	sodium_free(secret);
}

void secret_wipe(void *memory, size_t len)
{
	sodium_memzero(memory, len);
}

bool secret_equal(const uint8_t *a, const uint8_t *b, size_t len)
{
	return sodium_memcmp(a, b, len) == 0;
}

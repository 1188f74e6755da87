// SPDX-License-Identifier: EUPL-1.2
#include "crypto/passphrase.h"

#include <sodium.h>

// The file formats rely on these staying what they are, whatever a later libsodium calls
// "interactive".
#define PASSES 2
#define MEMORY_BYTES (64u << 20)

_Static_assert(PASSPHRASE_SALT_LEN == crypto_pwhash_argon2id_SALTBYTES, "salt length of Argon2id");

enum result passphrase_derive(uint8_t ret_key[PASSPHRASE_KEY_LEN], struct bytes passphrase,
			      const uint8_t salt[PASSPHRASE_SALT_LEN])
{
	const char *text = passphrase.len ? (const char *)passphrase.data : "";
	uint8_t key[PASSPHRASE_KEY_LEN];
	if (crypto_pwhash(key, sizeof key, text, passphrase.len, salt, PASSES, MEMORY_BYTES,
			  crypto_pwhash_ALG_ARGON2ID13) != 0)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < sizeof key; i++)
		ret_key[i] = key[i];
	sodium_memzero(key, sizeof key);
	return RESULT_OK;
}

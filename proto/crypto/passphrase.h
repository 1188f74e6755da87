// SPDX-License-Identifier: EUPL-1.2
// Argon2id (RFC 9106), libsodium's interactive limits: 2 passes over 64 MiB, one lane.
#ifndef KNP_CRYPTO_PASSPHRASE_H
#define KNP_CRYPTO_PASSPHRASE_H

#include "base/bytes.h"

#define PASSPHRASE_SALT_LEN 16
#define PASSPHRASE_KEY_LEN 32

// Derives a key; `ret_key` lies in secret memory of the caller. RESULT_NO_MEMORY when 64 MiB
// cannot be had. The limits are part of every format that stores the salt: other limits need
// another kdf id there.
enum result passphrase_derive(uint8_t ret_key[PASSPHRASE_KEY_LEN], struct bytes passphrase,
			      const uint8_t salt[PASSPHRASE_SALT_LEN]) KNP_MUST_CHECK;

#endif

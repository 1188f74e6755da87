// SPDX-License-Identifier: EUPL-1.2
// Inside daemon/keystore only: the form of a sealed copy, for what writes it and what opens it.
#ifndef KNP_KEYSTORE_COPY_FORM_H
#define KNP_KEYSTORE_COPY_FORM_H

#include "crypto/hash.h"
#include "crypto/seal.h"
#include "keystore/copy.h"
#include "keystore/internal.h"

#include <string.h>

#define COPY_MAGIC "KNPC"
#define COPY_VERSION 1
#define COPY_INFO "knooppunt/keystore-copy/v1"
#define COPY_FIXED 40 // before the recipients
#define COPY_RECIPIENT (32 + SEAL_KEY_LEN + SEAL_TAG_LEN)
#define COPY_HEAD_MAX (COPY_FIXED + KEYSTORE_COPY_RECIPIENTS_MAX * COPY_RECIPIENT)
#define COPY_BLOCK (BLOCK_BYTES + SEAL_TAG_LEN)
#define COPY_TAIL_PLAIN 48
#define COPY_TAIL (COPY_TAIL_PLAIN + SEAL_TAG_LEN)

static inline void copy_nonce(uint8_t nonce[SEAL_NONCE_LEN], bool tail, uint64_t number)
{
	memset(nonce, 0, SEAL_NONCE_LEN);
	nonce[15] = tail;
	put_u64be(nonce + 16, number);
}

// What the file key is sealed under for one recipient. RESULT_BAD_SIGNATURE: `other` is no key.
enum result copy_wrap_key(const uint8_t secret[32], const uint8_t other[32], const uint8_t salt[64],
			  uint8_t ret_key[SEAL_KEY_LEN]) KNP_MUST_CHECK;

#endif

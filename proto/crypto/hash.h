// SPDX-License-Identifier: EUPL-1.2
// SHA-256 (OpenSSL, which uses SHA-NI), HMAC and HKDF (RFC 5869) over it, PAE, and SipHash.
#ifndef KNP_CRYPTO_HASH_H
#define KNP_CRYPTO_HASH_H

#include "base/bytes.h"

struct hash sha256(struct bytes view);
// Hash of the concatenation of `count` views.
struct hash sha256_of(const struct bytes *views, size_t count);

struct hash hmac_sha256(struct bytes key, struct bytes message);
// RFC 5869 extract-then-expand; `out_len` at most 8160 bytes, else RESULT_TOO_LARGE.
enum result hkdf_sha256(uint8_t *out, size_t out_len, struct bytes salt, struct bytes key,
			struct bytes info) KNP_MUST_CHECK;

// SipHash-2-4: a keyed hash of 64 bits, cheap enough for every row of a table. It is no proof for
// others: 64 bits stand against faults and against whoever does not hold the key.
#define SIPHASH_KEY_LEN 16
uint64_t siphash64(const uint8_t key[SIPHASH_KEY_LEN], struct bytes message);

// PAE, the only thing that is ever signed or MACed: u32be(count), then for each piece
// u32be(length) and the piece. Injective, so no two lists of pieces give the same bytes.
// A count or a piece beyond 4 GiB sets the buffer's status to RESULT_TOO_LARGE.
void pae_append(struct buffer *out, const struct bytes *pieces, size_t count);
// SHA-256 of the PAE of pieces of less than 4 GiB each, without building it.
struct hash pae_sha256(const struct bytes *pieces, size_t count);

#endif

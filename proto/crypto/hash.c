// SPDX-License-Identifier: EUPL-1.2
#include "crypto/hash.h"

// OpenSSL's low-level SHA-256 is marked deprecated since 3.0, but the EVP interface fetches the
// algorithm anew or allocates for every hash, which costs more than hashing a tree node; and the
// low-level functions cannot fail.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <assert.h>
#include <sodium.h>
#include <string.h>

#define BLOCK_LEN 64
#define HKDF_MAX (255 * 32)

static void update(SHA256_CTX *ctx, struct bytes view)
{
	if (view.len)
		SHA256_Update(ctx, view.data, view.len);
}

struct hash sha256_of(const struct bytes *views, size_t count)
{
	SHA256_CTX ctx;
	struct hash hash;
	SHA256_Init(&ctx);
	for (size_t i = 0; i < count; i++)
		update(&ctx, views[i]);
	SHA256_Final(hash.b, &ctx);
	return hash;
}

struct hash sha256(struct bytes view)
{
	return sha256_of(&view, 1);
}

// The two states of HMAC after their first block, so that HKDF keys only once.
struct hmac {
	SHA256_CTX inner, outer;
};

static void hmac_init(struct hmac *hmac, struct bytes key)
{
	uint8_t block[BLOCK_LEN] = {0};
	if (key.len > sizeof block) {
		struct hash hash = sha256(key);
		memcpy(block, hash.b, sizeof hash.b);
		OPENSSL_cleanse(&hash, sizeof hash);
	} else if (key.len) {
		memcpy(block, key.data, key.len);
	}
	for (size_t i = 0; i < sizeof block; i++)
		block[i] ^= 0x36;
	SHA256_Init(&hmac->inner);
	SHA256_Update(&hmac->inner, block, sizeof block);
	for (size_t i = 0; i < sizeof block; i++)
		block[i] ^= 0x36 ^ 0x5c;
	SHA256_Init(&hmac->outer);
	SHA256_Update(&hmac->outer, block, sizeof block);
	OPENSSL_cleanse(block, sizeof block);
}

static struct hash hmac_of(const struct hmac *hmac, const struct bytes *views, size_t count)
{
	struct hmac state = *hmac;
	struct hash hash;
	for (size_t i = 0; i < count; i++)
		update(&state.inner, views[i]);
	SHA256_Final(hash.b, &state.inner);
	SHA256_Update(&state.outer, hash.b, sizeof hash.b);
	SHA256_Final(hash.b, &state.outer);
	OPENSSL_cleanse(&state, sizeof state);
	return hash;
}

struct hash hmac_sha256(struct bytes key, struct bytes message)
{
	struct hmac hmac;
	hmac_init(&hmac, key);
	struct hash mac = hmac_of(&hmac, &message, 1);
	OPENSSL_cleanse(&hmac, sizeof hmac);
	return mac;
}

enum result hkdf_sha256(uint8_t *out, size_t out_len, struct bytes salt, struct bytes key,
			struct bytes info)
{
	if (out_len > HKDF_MAX)
		return RESULT_TOO_LARGE;
	// An absent salt is a string of zeros (RFC 5869 §2.2), which HMAC's padding makes of it.
	struct hash prk = hmac_sha256(salt, key);
	struct hmac hmac;
	hmac_init(&hmac, bytes_of_hash(&prk));
	struct hash block;
	uint8_t counter = 1;
	for (size_t done = 0; done < out_len; counter++) {
		struct bytes views[] = {
			done ? bytes_of_hash(&block) : (struct bytes){0},
			info,
			bytes_make(&counter, 1),
		};
		block = hmac_of(&hmac, views, 3);
		size_t take = out_len - done < sizeof block.b ? out_len - done : sizeof block.b;
		memcpy(out + done, block.b, take);
		done += take;
	}
	OPENSSL_cleanse(&hmac, sizeof hmac);
	OPENSSL_cleanse(&prk, sizeof prk);
	OPENSSL_cleanse(&block, sizeof block);
	return RESULT_OK;
}

void pae_append(struct buffer *out, const struct bytes *pieces, size_t count)
{
	buffer_append_u32be(out, (uint32_t)count);
	for (size_t i = 0; i < count; i++) {
		// A length that does not fit would no longer be injective: the writer sees a
		// status.
		if (count > UINT32_MAX || pieces[i].len > UINT32_MAX) {
			if (out->status == RESULT_OK)
				out->status = RESULT_TOO_LARGE;
			return;
		}
		buffer_append_u32be(out, (uint32_t)pieces[i].len);
		buffer_append(out, pieces[i]);
	}
}

struct hash pae_sha256(const struct bytes *pieces, size_t count)
{
	uint8_t number[4];
	SHA256_CTX ctx;
	struct hash hash;
	SHA256_Init(&ctx);
	put_u32be(number, (uint32_t)count);
	SHA256_Update(&ctx, number, sizeof number);
	for (size_t i = 0; i < count; i++) {
		assert(pieces[i].len <= UINT32_MAX);
		put_u32be(number, (uint32_t)pieces[i].len);
		SHA256_Update(&ctx, number, sizeof number);
		update(&ctx, pieces[i]);
	}
	SHA256_Final(hash.b, &ctx);
	return hash;
}

_Static_assert(SIPHASH_KEY_LEN == crypto_shorthash_siphash24_KEYBYTES, "the key of SipHash");

uint64_t siphash64(const uint8_t key[SIPHASH_KEY_LEN], struct bytes message)
{
	uint8_t out[crypto_shorthash_siphash24_BYTES];
	crypto_shorthash_siphash24(out, message.data, message.len, key);
	uint64_t value = 0;
	for (size_t i = sizeof out; i-- > 0;)
		value = value << 8 | out[i];
	return value;
}

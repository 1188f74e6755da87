// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/unit.h"

#include "crypto/hash.h"
#include "crypto/seal.h"
#include "crypto/secret.h"
#include "tests/unit/vectors.h"

static int start(void **state)
{
	(void)state;
	return crypto_start() == RESULT_OK ? 0 : -1;
}

static void check_agreement(const json_t *group, const json_t *test)
{
	(void)group;
	struct bytes public_key = vectors_hex(test, "public"),
		     secret = vectors_hex(test, "private");
	struct bytes shared = vectors_hex(test, "shared");
	uint8_t out[32];
	memset(out, 0x5a, sizeof out);
	enum result result = seal_agree(out, secret.data, public_key.data);
	if (vectors_has_flag(test, "ZeroSharedSecret")) {
		assert_int_equal(result, RESULT_BAD_SIGNATURE);
		assert_int_equal(out[0], 0x5a);
	} else {
		assert_int_equal(result, RESULT_OK);
		assert_memory_equal(out, shared.data, 32);
	}
	vectors_free(public_key);
	vectors_free(secret);
	vectors_free(shared);
}

static void agreement_follows_wycheproof_and_refuses_low_order_keys(void **state)
{
	(void)state;
	assert_int_equal(wycheproof_each("wycheproof/x25519_test.json", check_agreement), 518);
}

static void both_sides_of_an_agreement_get_the_same(void **state)
{
	(void)state;
	uint8_t pa[32], sa[32], pb[32], sb[32], pc[32], sc[32], ab[32], ba[32], ac[32], again[32];
	seal_keypair(pa, sa);
	seal_keypair(pb, sb);
	seal_keypair(pc, sc);
	assert_int_equal(seal_agree(ab, sa, pb), RESULT_OK);
	assert_int_equal(seal_agree(ba, sb, pa), RESULT_OK);
	assert_int_equal(seal_agree(ac, sa, pc), RESULT_OK);
	assert_memory_equal(ab, ba, 32);
	assert_memory_not_equal(ab, ac, 32);
	seal_public_of(again, sa);
	assert_memory_equal(again, pa, 32);
}

struct aead {
	struct bytes key, nonce, ad, plain, sealed;
};

static void check_valid(const struct aead *v)
{
	uint8_t *out = malloc(v->sealed.len);
	assert_non_null(out);
	seal_encrypt(out, v->plain, v->ad, v->nonce.data, v->key.data);
	assert_true(bytes_equal(bytes_make(out, v->sealed.len), v->sealed));
	memset(out, 0x5a, v->sealed.len);
	assert_int_equal(seal_decrypt(out, v->sealed, v->ad, v->nonce.data, v->key.data),
			 RESULT_OK);
	assert_true(bytes_equal(bytes_make(out, v->plain.len), v->plain));
	free(out);
}

static void check_invalid(const struct aead *v)
{
	size_t len = v->sealed.len - SEAL_TAG_LEN;
	uint8_t *out = malloc(len + 1);
	assert_non_null(out);
	memset(out, 0x5a, len + 1);
	assert_int_equal(seal_decrypt(out, v->sealed, v->ad, v->nonce.data, v->key.data),
			 RESULT_BAD_SIGNATURE);
	assert_true(bytes_all_zero(bytes_make(out, len)));
	assert_int_equal(out[len], 0x5a);
	free(out);
}

// Our nonces have a fixed length by type; how many vectors that leaves out is checked below.
static size_t other_nonce_length;

static void check_seal(const json_t *group, const json_t *test)
{
	(void)group;
	struct aead v = {
		.key = vectors_hex(test, "key"),
		.nonce = vectors_hex(test, "iv"),
		.ad = vectors_hex(test, "aad"),
		.plain = vectors_hex(test, "msg"),
	};
	struct bytes ct = vectors_hex(test, "ct"), tag = vectors_hex(test, "tag");
	uint8_t *sealed = malloc(ct.len + tag.len + 1);
	assert_non_null(sealed);
	memcpy(sealed, ct.data, ct.len);
	memcpy(sealed + ct.len, tag.data, tag.len);
	v.sealed = bytes_make(sealed, ct.len + tag.len);
	if (v.nonce.len != SEAL_NONCE_LEN)
		other_nonce_length++;
	else if (strcmp(vectors_text(test, "result"), "valid") == 0)
		check_valid(&v);
	else
		check_invalid(&v);
	free(sealed);
	const struct bytes all[] = {v.key, v.nonce, v.ad, v.plain, ct, tag};
	for (size_t i = 0; i < COUNT_OF(all); i++)
		vectors_free(all[i]);
}

static void sealing_agrees_with_wycheproof(void **state)
{
	(void)state;
	other_nonce_length = 0;
	assert_int_equal(wycheproof_each("wycheproof/xchacha20_poly1305_test.json", check_seal),
			 315);
	assert_int_equal(other_nonce_length, 9);
}

// What libsodium (1.0.18, by PyNaCl) makes of bytes i * 7 + i / 256 under the key 0, 1, … and the
// nonce 100, 101, … with the associated data "prefix": libcrypto does the large ones.
struct large {
	size_t len;
	const char *sha256;
};

static void check_large(const struct large *large)
{
	uint8_t key[32], nonce[24], *plain = malloc(large->len),
				    *sealed = malloc(large->len + SEAL_TAG_LEN),
				    *opened = malloc(large->len);
	char hex[2 * 32 + 1];
	assert_non_null(plain);
	assert_non_null(sealed);
	assert_non_null(opened);
	for (size_t i = 0; i < large->len; i++)
		plain[i] = (uint8_t)(i * 7 + (i >> 8));
	for (size_t i = 0; i < sizeof key; i++)
		key[i] = (uint8_t)i;
	for (size_t i = 0; i < sizeof nonce; i++)
		nonce[i] = (uint8_t)(100 + i);
	struct bytes all = bytes_make(sealed, large->len + SEAL_TAG_LEN);
	seal_encrypt(sealed, bytes_make(plain, large->len), LITERAL("prefix"), nonce, key);
	struct hash hash = sha256(all);
	hex_encode(hex, bytes_of_hash(&hash));
	assert_string_equal(hex, large->sha256);
	assert_int_equal(seal_decrypt(opened, all, LITERAL("prefiy"), nonce, key),
			 RESULT_BAD_SIGNATURE);
	assert_true(bytes_all_zero(bytes_make(opened, large->len)));
	sealed[large->len / 2] ^= 1;
	assert_int_equal(seal_decrypt(opened, all, LITERAL("prefix"), nonce, key),
			 RESULT_BAD_SIGNATURE);
	assert_true(bytes_all_zero(bytes_make(opened, large->len)));
	sealed[large->len / 2] ^= 1;
	assert_int_equal(seal_decrypt(sealed, all, LITERAL("prefix"), nonce, key), RESULT_OK);
	assert_memory_equal(sealed, plain, large->len);
	free(plain);
	free(sealed);
	free(opened);
}

static void large_ones_are_sealed_as_libsodium_seals_them(void **state)
{
	(void)state;
	static const struct large all[] = {
		{4079, "1bd4bef9a2b19951c519488b5e30bb4dbf4004261af914561084c77a64f303f0"},
		{4080, "a91798068f391c3e4b17d4d0bbdc763abe11479666d966a0075ab009b1823989"},
		{4095, "22e0f117f52d5969cdfcb5f306d4692a894d7eea01171b543fdf4887c6f4e3e6"},
		{4096, "a946f64e05e3eb78c6f686651c7c76fac243190f78d8ec3c9c00803663d211d4"},
		{4097, "77383d7ce39750fd4b0027492b6a8b91b2750e7629388bd507fe24a2567c2e71"},
		{65536, "12d57320eb619108b340442c1eb37881b03bf6f633a5a760beb6380821d5bf5b"},
		{262080, "99efacf5f0016bbcf8a093815632f47b593d29e646b9f14e8504c2d6587f87a2"},
	};
	for (size_t i = 0; i < COUNT_OF(all); i++)
		check_large(&all[i]);
}

static void sealing_and_opening_work_in_place(void **state)
{
	(void)state;
	uint8_t key[32] = {1}, nonce[24] = {2}, buffer[300], apart[300];
	for (size_t len = 0; len + SEAL_TAG_LEN <= sizeof buffer; len += 71) {
		for (size_t i = 0; i < len; i++)
			buffer[i] = (uint8_t)i;
		struct bytes plain = bytes_make(buffer, len);
		seal_encrypt(apart, plain, LITERAL("ad"), nonce, key);
		seal_encrypt(buffer, plain, LITERAL("ad"), nonce, key);
		assert_memory_equal(buffer, apart, len + SEAL_TAG_LEN);
		assert_int_equal(seal_decrypt(buffer, bytes_make(buffer, len + SEAL_TAG_LEN),
					      LITERAL("ad"), nonce, key),
				 RESULT_OK);
		for (size_t i = 0; i < len; i++)
			assert_int_equal(buffer[i], (uint8_t)i);
	}
}

static void nothing_opens_with_one_bit_changed_anywhere(void **state)
{
	(void)state;
	uint8_t key[32] = {1}, nonce[24] = {2}, ad[3] = "ad", sealed[5 + 16], out[5];
	seal_encrypt(sealed, LITERAL("hallo"), bytes_make(ad, 3), nonce, key);
	uint8_t *const parts[] = {key, nonce, ad, sealed};
	static const size_t lengths[] = {32, 24, 3, 21};
	for (size_t part = 0; part < 4; part++) {
		for (size_t bit = 0; bit < lengths[part] * 8; bit++) {
			parts[part][bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_int_equal(seal_decrypt(out, bytes_make(sealed, 21),
						      bytes_make(ad, 3), nonce, key),
					 RESULT_BAD_SIGNATURE);
			assert_true(bytes_all_zero(bytes_make(out, 5)));
			parts[part][bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
	assert_int_equal(seal_decrypt(out, bytes_make(sealed, 21), bytes_make(ad, 3), nonce, key),
			 RESULT_OK);
	assert_memory_equal(out, "hallo", 5);
}

static void what_is_shorter_than_a_tag_does_not_open(void **state)
{
	(void)state;
	uint8_t key[32] = {1}, nonce[24] = {2}, sealed[16] = {0}, out[1] = {0x5a};
	for (size_t len = 0; len < SEAL_TAG_LEN; len++)
		assert_int_equal(
			seal_decrypt(out, bytes_make(sealed, len), (struct bytes){0}, nonce, key),
			RESULT_BAD_SIGNATURE);
	assert_int_equal(out[0], 0x5a);
	seal_encrypt(sealed, (struct bytes){0}, (struct bytes){0}, nonce, key);
	assert_int_equal(seal_decrypt(out, bytes_make(sealed, 16), (struct bytes){0}, nonce, key),
			 RESULT_OK);
}

static void the_keystream_is_chacha20_from_its_first_block(void **state)
{
	(void)state;
	// RFC 8439 appendix A.1, test vectors 1 and 2: zero key, zero nonce, counters 0 and 1.
	static const char hex[] =
		"76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
		"da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586"
		"9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"
		"29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f";
	uint8_t key[32] = {0}, expected[128], out[129];
	assert_int_equal(hex_decode(expected, 128, bytes_of_text(hex)), RESULT_OK);
	for (size_t len = 0; len <= 128; len++) {
		memset(out, 0x5a, sizeof out);
		seal_keystream(out, len, key);
		assert_memory_equal(out, expected, len);
		assert_int_equal(out[len], 0x5a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agreement_follows_wycheproof_and_refuses_low_order_keys),
		cmocka_unit_test(both_sides_of_an_agreement_get_the_same),
		cmocka_unit_test(sealing_agrees_with_wycheproof),
		cmocka_unit_test(large_ones_are_sealed_as_libsodium_seals_them),
		cmocka_unit_test(sealing_and_opening_work_in_place),
		cmocka_unit_test(nothing_opens_with_one_bit_changed_anywhere),
		cmocka_unit_test(what_is_shorter_than_a_tag_does_not_open),
		cmocka_unit_test(the_keystream_is_chacha20_from_its_first_block),
	};
	return cmocka_run_group_tests(tests, start, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/unit.h"

#include "crypto/hash.h"
#include "tests/unit/vectors.h"

static void expect_hex(struct hash hash, const char *hex)
{
	char text[65];
	hex_encode(text, bytes_of_hash(&hash));
	assert_string_equal(text, hex);
}

static void sha256_gives_the_published_examples(void **state)
{
	(void)state;
	expect_hex(sha256((struct bytes){0}),
		   "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	expect_hex(sha256(LITERAL("abc")),
		   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	expect_hex(sha256(LITERAL("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
		   "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	uint8_t *million = malloc(1000000);
	assert_non_null(million);
	memset(million, 'a', 1000000);
	expect_hex(sha256(bytes_make(million, 1000000)),
		   "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	free(million);
}

static void hashing_pieces_equals_hashing_their_concatenation(void **state)
{
	(void)state;
	uint8_t bytes[200];
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 7);
	struct hash whole = sha256(bytes_make(bytes, sizeof bytes));
	for (size_t cut = 0; cut <= sizeof bytes; cut++) {
		struct bytes pieces[] = {
			bytes_make(bytes, cut),
			{NULL, 0},
			bytes_make(bytes + cut, sizeof bytes - cut),
		};
		struct hash parts = sha256_of(pieces, 3);
		assert_true(hash_equal(&whole, &parts));
	}
}

static void check_hmac(const json_t *group, const json_t *test)
{
	size_t len = (size_t)json_integer_value(json_object_get(group, "tagSize")) / 8;
	struct bytes key = vectors_hex(test, "key"), msg = vectors_hex(test, "msg");
	struct bytes tag = vectors_hex(test, "tag");
	struct hash mac = hmac_sha256(key, msg);
	bool equal = bytes_equal(bytes_make(mac.b, len), tag);
	assert_int_equal(equal, strcmp(vectors_text(test, "result"), "valid") == 0);
	vectors_free(key);
	vectors_free(msg);
	vectors_free(tag);
}

static void hmac_agrees_with_wycheproof(void **state)
{
	(void)state;
	assert_int_equal(wycheproof_each("wycheproof/hmac_sha256_test.json", check_hmac), 174);
}

static void hmac_hashes_a_key_longer_than_a_block(void **state)
{
	(void)state;
	// RFC 4231, test cases 6 and 2.
	uint8_t key[131];
	memset(key, 0xaa, sizeof key);
	expect_hex(hmac_sha256(bytes_make(key, sizeof key),
			       LITERAL("Test Using Larger Than Block-Size Key - Hash Key First")),
		   "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	expect_hex(hmac_sha256(LITERAL("Jefe"), LITERAL("what do ya want for nothing?")),
		   "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void check_hkdf(const json_t *group, const json_t *test)
{
	(void)group;
	size_t size = (size_t)json_integer_value(json_object_get(test, "size"));
	struct bytes ikm = vectors_hex(test, "ikm"), salt = vectors_hex(test, "salt");
	struct bytes info = vectors_hex(test, "info"), okm = vectors_hex(test, "okm");
	uint8_t *out = malloc(size + 1);
	assert_non_null(out);
	memset(out, 0x5a, size + 1);
	enum result result = hkdf_sha256(out, size, salt, ikm, info);
	if (strcmp(vectors_text(test, "result"), "valid") == 0) {
		assert_int_equal(result, RESULT_OK);
		assert_true(bytes_equal(bytes_make(out, size), okm));
	} else {
		assert_int_equal(result, RESULT_TOO_LARGE);
		assert_int_equal(out[0], 0x5a);
	}
	assert_int_equal(out[size], 0x5a);
	free(out);
	vectors_free(ikm);
	vectors_free(salt);
	vectors_free(info);
	vectors_free(okm);
}

static void hkdf_agrees_with_wycheproof(void **state)
{
	(void)state;
	assert_int_equal(wycheproof_each("wycheproof/hkdf_sha256_test.json", check_hkdf), 86);
}

static void pae_writes_count_then_length_and_piece(void **state)
{
	(void)state;
	struct buffer out;
	buffer_init(&out, 1000);
	struct bytes pieces[] = {LITERAL("knooppunt/batch/v1"), {NULL, 0}, LITERAL("\1\2")};
	pae_append(&out, pieces, 3);
	assert_int_equal(out.status, RESULT_OK);
	assert_true(bytes_equal(buffer_view(&out), LITERAL("\0\0\0\3"
							   "\0\0\0\22knooppunt/batch/v1"
							   "\0\0\0\0"
							   "\0\0\0\2\1\2")));
	buffer_clear(&out);
	pae_append(&out, NULL, 0);
	assert_true(bytes_equal(buffer_view(&out), LITERAL("\0\0\0\0")));
	buffer_done(&out);
}

static void pae_tells_lists_apart_whose_bytes_run_together_the_same(void **state)
{
	(void)state;
	const struct bytes lists[][3] = {
		{LITERAL("ab"), LITERAL("c"), {NULL, 0}},
		{LITERAL("a"), LITERAL("bc"), {NULL, 0}},
		{LITERAL("abc"), {NULL, 0}, {NULL, 0}},
		{{NULL, 0}, LITERAL("abc"), {NULL, 0}},
	};
	struct hash hashes[COUNT_OF(lists) * 2];
	for (size_t i = 0; i < COUNT_OF(lists); i++) {
		hashes[2 * i] = pae_sha256(lists[i], 2);
		hashes[2 * i + 1] = pae_sha256(lists[i], 3);
	}
	for (size_t i = 0; i < COUNT_OF(hashes); i++) {
		for (size_t j = 0; j < i; j++)
			assert_false(hash_equal(&hashes[i], &hashes[j]));
	}
}

static void the_hash_of_a_pae_equals_the_hash_of_its_bytes(void **state)
{
	(void)state;
	struct bytes pieces[] = {LITERAL("x"), {NULL, 0}, LITERAL("yyyyyyyyyyyyyyyyyyyyyyyyyyyyy")};
	for (size_t count = 0; count <= 3; count++) {
		struct buffer out;
		buffer_init(&out, 1000);
		pae_append(&out, pieces, count);
		struct hash built = sha256(buffer_view(&out)), direct = pae_sha256(pieces, count);
		assert_true(hash_equal(&built, &direct));
		buffer_done(&out);
	}
}

static void a_pae_that_does_not_fit_its_buffer_says_so(void **state)
{
	(void)state;
	struct buffer out;
	buffer_init(&out, 10);
	struct bytes piece = LITERAL("abc");
	pae_append(&out, &piece, 1);
	assert_int_equal(out.status, RESULT_TOO_LARGE);
	buffer_clear(&out);
	// A length of 2^32 cannot be written; the bytes behind it are never looked at.
	struct bytes huge = bytes_make("", (size_t)UINT32_MAX + 1);
	pae_append(&out, &huge, 1);
	assert_int_equal(out.status, RESULT_TOO_LARGE);
	assert_int_equal(out.len, 4);
	buffer_done(&out);
}

// The vector of the SipHash paper (appendix A).
static void siphash_gives_its_published_value(void **state)
{
	(void)state;
	uint8_t key[16], message[15];
	for (uint8_t i = 0; i < 16; i++)
		key[i] = i;
	memcpy(message, key, sizeof message);
	assert_true(siphash64(key, bytes_make(message, sizeof message)) ==
		    UINT64_C(0xa129ca6149be45e5));
	message[0] ^= 1;
	assert_false(siphash64(key, bytes_make(message, sizeof message)) ==
		     UINT64_C(0xa129ca6149be45e5));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_gives_the_published_examples),
		cmocka_unit_test(hashing_pieces_equals_hashing_their_concatenation),
		cmocka_unit_test(hmac_agrees_with_wycheproof),
		cmocka_unit_test(hmac_hashes_a_key_longer_than_a_block),
		cmocka_unit_test(hkdf_agrees_with_wycheproof),
		cmocka_unit_test(pae_writes_count_then_length_and_piece),
		cmocka_unit_test(pae_tells_lists_apart_whose_bytes_run_together_the_same),
		cmocka_unit_test(the_hash_of_a_pae_equals_the_hash_of_its_bytes),
		cmocka_unit_test(a_pae_that_does_not_fit_its_buffer_says_so),
		cmocka_unit_test(siphash_gives_its_published_value),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

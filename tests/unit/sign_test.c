// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/unit.h"

#include "crypto/secret.h"
#include "crypto/sign.h"
#include "tests/unit/vectors.h"

static int start(void **state)
{
	(void)state;
	return crypto_start() == RESULT_OK ? 0 : -1;
}

static void from_hex(uint8_t *out, size_t len, const char *hex)
{
	assert_int_equal(hex_decode(out, len, bytes_of_text(hex)), RESULT_OK);
}

static void signing_gives_the_vectors_of_rfc_8032(void **state)
{
	(void)state;
	static const struct {
		const char *seed, *public_key, *message, *signature;
	} vectors[] = {
		{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
		 "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
		 "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc"
		 "6"
		 "1e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
		{"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
		 "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
		 "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e4"
		 "5"
		 "8f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
	};
	for (size_t i = 0; i < COUNT_OF(vectors); i++) {
		uint8_t seed[32], public_key[32], made_public[32], secret[64], message[1];
		uint8_t signature[64], made[64];
		size_t len = strlen(vectors[i].message) / 2;
		from_hex(seed, 32, vectors[i].seed);
		from_hex(public_key, 32, vectors[i].public_key);
		from_hex(message, len, vectors[i].message);
		from_hex(signature, 64, vectors[i].signature);
		sign_keypair_from_seed(made_public, secret, seed);
		assert_memory_equal(made_public, public_key, 32);
		assert_memory_equal(secret, seed, 32);
		assert_memory_equal(secret + 32, public_key, 32);
		sign_detached(made, bytes_make(message, len), secret);
		assert_memory_equal(made, signature, 64);
		assert_int_equal(
			sign_verify(bytes_make(made, 64), bytes_make(message, len), public_key),
			RESULT_OK);
	}
}

static void every_flipped_bit_breaks_a_signature(void **state)
{
	(void)state;
	uint8_t public_key[32], secret[64], signature[64], message[] = "een melding";
	struct bytes text = bytes_make(message, sizeof message);
	sign_keypair(public_key, secret);
	sign_detached(signature, text, secret);
	struct bytes view = bytes_make(signature, 64);
	assert_int_equal(sign_verify(view, text, public_key), RESULT_OK);
	for (size_t bit = 0; bit < 64 * 8; bit++) {
		signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(sign_verify(view, text, public_key), RESULT_BAD_SIGNATURE);
		signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t bit = 0; bit < sizeof message * 8; bit++) {
		message[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(sign_verify(view, text, public_key), RESULT_BAD_SIGNATURE);
		message[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_int_equal(sign_verify(view, text, public_key), RESULT_OK);
}

static void a_signature_of_another_length_or_key_does_not_verify(void **state)
{
	(void)state;
	uint8_t public_key[32], other[32], secret[64], other_secret[64], signature[65] = {0};
	struct bytes text = LITERAL("x");
	sign_keypair(public_key, secret);
	sign_keypair(other, other_secret);
	assert_memory_not_equal(public_key, other, 32);
	sign_detached(signature, text, secret);
	static const size_t lengths[] = {0, 32, 63, 65};
	for (size_t i = 0; i < COUNT_OF(lengths); i++)
		assert_int_equal(sign_verify(bytes_make(signature, lengths[i]), text, public_key),
				 RESULT_BAD_SIGNATURE);
	assert_int_equal(sign_verify((struct bytes){0}, text, public_key), RESULT_BAD_SIGNATURE);
	assert_int_equal(sign_verify(bytes_make(signature, 64), text, other), RESULT_BAD_SIGNATURE);
	assert_int_equal(sign_verify(bytes_make(signature, 64), text, public_key), RESULT_OK);
}

static void check_eddsa(const json_t *group, const json_t *test)
{
	struct bytes public_key = vectors_hex(json_object_get(group, "publicKey"), "pk");
	struct bytes msg = vectors_hex(test, "msg"), sig = vectors_hex(test, "sig");
	assert_int_equal(public_key.len, SIGN_PUBLIC_LEN);
	bool valid = strcmp(vectors_text(test, "result"), "valid") == 0;
	assert_int_equal(sign_verify(sig, msg, public_key.data),
			 valid ? RESULT_OK : RESULT_BAD_SIGNATURE);
	vectors_free(public_key);
	vectors_free(msg);
	vectors_free(sig);
}

static void verifying_agrees_with_wycheproof(void **state)
{
	(void)state;
	assert_int_equal(wycheproof_each("wycheproof/ed25519_test.json", check_eddsa), 151);
}

// What libsodium accepts, and why it matters, stands in the README beside the vectors.
static bool may_verify(const json_t *vector)
{
	size_t i;
	json_t *flag;
	json_array_foreach(json_object_get(vector, "flags"), i, flag)
	{
		const char *name = json_string_value(flag);
		if (strcmp(name, "low_order_component_A") != 0 &&
		    strcmp(name, "low_order_component_R") != 0)
			return false;
	}
	return true;
}

static bool may_be_registered(const json_t *vector)
{
	return !vectors_has_flag(vector, "low_order_A") &&
	       !vectors_has_flag(vector, "non_canonical_A") &&
	       !vectors_has_flag(vector, "low_order_component_A");
}

static void edge_points_are_treated_as_the_readme_says(void **state)
{
	(void)state;
	size_t i, verified = 0, registered = 0;
	json_t *vector, *root = vectors_load("cctv-ed25519/ed25519vectors.json");
	assert_int_equal(json_array_size(root), 914);
	json_array_foreach(root, i, vector)
	{
		struct bytes key = vectors_hex(vector, "key"), sig = vectors_hex(vector, "sig");
		struct bytes msg = bytes_of_text(vectors_text(vector, "msg"));
		enum result result = sign_verify(sig, msg, key.data);
		bool valid = sign_public_is_valid(key.data);
		if ((result == RESULT_OK) != may_verify(vector))
			fail_msg("vector %zu: %s", i, result_name(result));
		if (valid != may_be_registered(vector))
			fail_msg("vector %zu: key is %s", i, valid ? "taken" : "refused");
		verified += result == RESULT_OK;
		registered += valid;
		vectors_free(key);
		vectors_free(sig);
	}
	// Both kinds occur, so neither comparison above was empty.
	assert_true(verified > 0 && verified < 914);
	assert_true(registered > 0 && registered < 914);
	json_decref(root);
}

static void only_points_of_the_prime_order_group_are_keys(void **state)
{
	(void)state;
	uint8_t key[32] = {0}, secret[64];
	assert_false(sign_public_is_valid(key));
	key[0] = 1; // the neutral element
	assert_false(sign_public_is_valid(key));
	memset(key, 0xff, sizeof key); // not canonical
	assert_false(sign_public_is_valid(key));
	for (int i = 0; i < 20; i++) {
		sign_keypair(key, secret);
		assert_true(sign_public_is_valid(key));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signing_gives_the_vectors_of_rfc_8032),
		cmocka_unit_test(every_flipped_bit_breaks_a_signature),
		cmocka_unit_test(a_signature_of_another_length_or_key_does_not_verify),
		cmocka_unit_test(verifying_agrees_with_wycheproof),
		cmocka_unit_test(edge_points_are_treated_as_the_readme_says),
		cmocka_unit_test(only_points_of_the_prime_order_group_are_keys),
	};
	return cmocka_run_group_tests(tests, start, NULL);
}

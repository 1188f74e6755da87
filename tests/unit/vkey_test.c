// SPDX-License-Identifier: EUPL-1.2
// Verifier keys: the published ones, and damage to our own.
#include "tree/note.h"

#include "crypto/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#define ORIGIN "log.example.nl/oefening"

static int make_key(void **state)
{
	static struct vkey vkey;
	uint8_t seed[SIGN_SEED_LEN] = {1}, public_key[SIGN_PUBLIC_LEN], secret[SIGN_SECRET_LEN];
	if (crypto_start() != RESULT_OK)
		return -1;
	sign_keypair_from_seed(public_key, secret, seed);
	*state = &vkey;
	return vkey_make(ORIGIN, public_key, &vkey) == RESULT_OK ? 0 : -1;
}

static void published_verifier_keys_are_judged_as_published(void **state)
{
	(void)state;
	json_error_t error;
	json_t *json = json_load_file(KNP_FIXTURES "/signed-note/notes.json", 0, &error);
	if (json == NULL)
		fail_msg("notes.json line %d: %s", error.line, error.text);
	size_t i, unsupported = 0, parsed = 0;
	const json_t *item;
	json_array_foreach(json_object_get(json, "vkeys"), i, item)
	{
		const char *text = json_string_value(json_object_get(item, "vkey"));
		struct vkey vkey;
		enum result result = vkey_parse(bytes_of_text(text), &vkey);
		if (result == RESULT_UNSUPPORTED)
			unsupported++;
		else
			assert_true((result == RESULT_OK) ==
				    json_is_true(json_object_get(item, "ok")));
		if (result != RESULT_OK)
			continue;
		char again[VKEY_MAX];
		vkey_format(again, &vkey);
		assert_string_equal(again, text);
		parsed++;
	}
	assert_int_equal(i, 7);
	assert_int_equal(parsed, 4);
	assert_int_equal(unsupported, 2); // types 0x04 and 0x65
	json_decref(json);
}

static void a_damaged_verifier_key_is_refused(void **state)
{
	struct vkey *own = *state;
	char text[VKEY_MAX], copy[VKEY_MAX + 1];
	struct vkey vkey;
	vkey_format(text, own);
	size_t len = strlen(text);
	for (size_t cut = 0; cut < len; cut++)
		assert_int_not_equal(vkey_parse(bytes_make(text, cut), &vkey), RESULT_OK);
	for (size_t i = 0; i < len; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			memcpy(copy, text, len);
			copy[i] = (char)(copy[i] ^ (1 << bit));
			assert_int_not_equal(vkey_parse(bytes_make(copy, len), &vkey), RESULT_OK);
		}
	}
	memcpy(copy, text, len);
	copy[len] = '\n';
	assert_int_equal(vkey_parse(bytes_make(copy, len + 1), &vkey), RESULT_MALFORMED);
	assert_int_equal(vkey_parse(bytes_make(text, len), &vkey), RESULT_OK);
	assert_memory_equal(&vkey, own, sizeof vkey);
}

static void a_key_hash_of_another_name_is_a_bad_signature(void **state)
{
	struct vkey *own = *state;
	struct vkey renamed = *own, vkey;
	char text[VKEY_MAX];
	renamed.name[0] = 'm';
	vkey_format(text, &renamed);
	assert_int_equal(vkey_parse(bytes_of_text(text), &vkey), RESULT_BAD_SIGNATURE);
}

static void a_key_with_a_byte_too_many_or_too_few_is_malformed(void **state)
{
	struct vkey *own = *state, vkey;
	uint8_t blob[1 + SIGN_PUBLIC_LEN + 1] = {0x01};
	char hex[9], base64[49], text[VKEY_MAX];
	memcpy(blob + 1, own->public_key, SIGN_PUBLIC_LEN);
	hex_encode(hex, bytes_make(own->key_hash, sizeof own->key_hash));
	for (size_t len = 1; len <= sizeof blob; len++) {
		base64_encode(base64, bytes_make(blob, len));
		snprintf(text, sizeof text, "%s+%s+%s", own->name, hex, base64);
		assert_int_equal(vkey_parse(bytes_of_text(text), &vkey),
				 len == 1 + SIGN_PUBLIC_LEN ? RESULT_OK : RESULT_MALFORMED);
	}
}

static void only_plain_names_may_name_a_log(void **state)
{
	struct vkey *own = *state;
	char name[ORIGIN_MAX + 2];
	struct vkey vkey;
	static const char *const bad[] = {"",      "a b",         "a+b", "a\tb",     "a\n",
					  "a\x7F", "caf\xC3\xA9", " a",  "a\xC2\xA0"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_false(origin_is_valid(bad[i]));
		assert_int_equal(vkey_make(bad[i], own->public_key, &vkey), RESULT_MALFORMED);
	}
	memset(name, 'x', sizeof name);
	name[ORIGIN_MAX + 1] = '\0';
	assert_false(origin_is_valid(name));
	name[ORIGIN_MAX] = '\0';
	assert_true(origin_is_valid(name));
	assert_int_equal(vkey_make(name, own->public_key, &vkey), RESULT_OK);
	char text[VKEY_MAX];
	vkey_format(text, &vkey);
	assert_int_equal(vkey_parse(bytes_of_text(text), &vkey), RESULT_OK);
	assert_string_equal(vkey.name, name);
}

static void a_key_that_is_no_point_makes_no_verifier_key(void **state)
{
	(void)state;
	const uint8_t zero[SIGN_PUBLIC_LEN] = {0};
	struct vkey vkey;
	assert_int_equal(vkey_make(ORIGIN, zero, &vkey), RESULT_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(published_verifier_keys_are_judged_as_published, make_key),
		cmocka_unit_test_setup(a_damaged_verifier_key_is_refused, make_key),
		cmocka_unit_test_setup(a_key_hash_of_another_name_is_a_bad_signature, make_key),
		cmocka_unit_test_setup(a_key_with_a_byte_too_many_or_too_few_is_malformed,
				       make_key),
		cmocka_unit_test_setup(only_plain_names_may_name_a_log, make_key),
		cmocka_unit_test_setup(a_key_that_is_no_point_makes_no_verifier_key, make_key),
	};
	return cmocka_run_group_tests_name("vkey", tests, NULL, NULL);
}

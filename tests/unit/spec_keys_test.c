// SPDX-License-Identifier: EUPL-1.2
// The vectors of the keys of the knooppunt itself against our C: texts that bring and end one, and
// which key of a log a checkpoint must be signed by.
#include "tests/unit/spec_vectors.h"

#include "crypto/seal.h"
#include "crypto/secret.h"
#include "crypto/sign.h"
#include "register/huissleutel.h"

static struct private_key send_key;

static void open_send(const json_t *root)
{
	static uint8_t secret[32];
	memcpy(secret, spec_hex32(root, "send"), sizeof secret);
	send_key = (struct private_key){.kind = KEY_KIND_SEALING, .secret = secret};
	seal_public_of(send_key.public_key, secret);
}

static struct private_key own_key(const json_t *row, enum house_use use, uint8_t secret[64])
{
	struct private_key own = {.kind = house_use_kind(use), .secret = secret};
	if (use == HOUSE_LOG)
		sign_keypair_from_seed(own.public_key, secret, spec_hex32(row, "own_secret"));
	else
		memcpy(secret, spec_hex32(row, "own_secret"), 32);
	if (use != HOUSE_LOG)
		seal_public_of(own.public_key, secret);
	return own;
}

static void check_text(const json_t *row)
{
	struct huissleutel read, made = {.einde = json_is_true(json_object_get(row, "einde"))};
	struct bytes text = spec_hex(row, "text");
	struct buffer again;
	uint8_t secret[64];
	assert_int_equal(huissleutel_read(text, &read), RESULT_OK);
	assert_string_equal(house_use_name(read.use), vectors_text(row, "gebruik"));
	assert_int_equal(read.einde, made.einde);
	assert_memory_equal(read.key, spec_hex32(row, "key"), 32);
	made.use = read.use;
	snprintf(made.origin, sizeof made.origin, "%s", read.origin);
	snprintf(made.adres, sizeof made.adres, "%s", vectors_text(row, "adres"));
	memcpy(made.key, read.key, sizeof made.key);
	if (!made.einde) {
		struct private_key own = own_key(row, read.use, secret);
		assert_int_equal(huissleutel_check(&read, &send_key), RESULT_OK);
		assert_memory_equal(own.public_key, read.key, 32);
		assert_int_equal(huissleutel_prove(&made, &own, send_key.public_key), RESULT_OK);
	}
	buffer_init(&again, HUISSLEUTEL_MAX);
	assert_int_equal(huissleutel_write(&made, &again), RESULT_OK);
	assert_true(bytes_equal(buffer_view(&again), text));
	buffer_done(&again);
}

static void refuse_text(const json_t *row)
{
	struct huissleutel read;
	enum result result = huissleutel_read(spec_hex(row, "text"), &read);
	spec_refused(row, result ? result : huissleutel_check(&read, &send_key));
}

static void texts_about_keys_are_what_the_vectors_say(void **state)
{
	json_t *root = spec_load("huissleutel");
	(void)state;
	open_send(root);
	json_decref(root);
	spec_each("huissleutel", "vectors", check_text);
	spec_each("huissleutel", "negative", refuse_text);
}

static struct log_keys keys;

static void read_keys(const json_t *root)
{
	const json_t *row;
	size_t i;
	keys.count = 0;
	json_array_foreach(json_object_get(root, "keys"), i, row)
	{
		struct log_vkey *key = &keys.keys[keys.count++];
		assert_int_equal(vkey_parse(bytes_of_text(vectors_text(row, "vkey")), &key->vkey),
				 RESULT_OK);
		key->from = spec_number(row, "from");
		key->until = strtoull(vectors_text(row, "until"), NULL, 10);
	}
}

static void check_note(const json_t *row)
{
	struct checkpoint checkpoint;
	assert_int_equal(log_keys_verify(&keys, spec_hex(row, "note"), &checkpoint), RESULT_OK);
	assert_int_equal(checkpoint.size, spec_number(row, "size"));
}

static void refuse_note(const json_t *row)
{
	struct checkpoint checkpoint;
	spec_refused(row, log_keys_verify(&keys, spec_hex(row, "note"), &checkpoint));
}

static void the_key_that_signs_goes_by_the_size(void **state)
{
	json_t *root = spec_load("log_keys");
	(void)state;
	read_keys(root);
	json_decref(root);
	spec_each("log_keys", "vectors", check_note);
	spec_each("log_keys", "negative", refuse_note);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(texts_about_keys_are_what_the_vectors_say,
						spec_set_up, spec_tear_down),
		cmocka_unit_test_setup_teardown(the_key_that_signs_goes_by_the_size, spec_set_up,
						spec_tear_down),
	};
	if (crypto_start() != RESULT_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

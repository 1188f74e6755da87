// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/unit.h"

#include "crypto/secret.h"
#include "crypto/sign.h"
#include "wire/batch.h"

#include <stdlib.h>
#include <string.h>

// The third of five statements of one batch, and the key that signed them.
struct fixture {
	struct arena *arena;
	struct oin oin;
	uint8_t secret[SIGN_SECRET_LEN];
	struct private_key key;
	uint8_t signature[SIGNATURE_LEN];
	struct signed_statement batch[5];
	struct buffer wire;
};

static int setup(void **state)
{
	static const struct bytes statements[] = {
		{(const uint8_t *)"one", 3},   {(const uint8_t *)"two", 3},
		{(const uint8_t *)"three", 5}, {(const uint8_t *)"four", 4},
		{(const uint8_t *)"five", 4},
	};
	static const uint8_t seed[SIGN_SEED_LEN] = {7};
	struct fixture *f = calloc(1, sizeof *f);
	if (!f || crypto_start() || arena_new(1024 * 1024, &f->arena))
		return -1;
	memcpy(f->oin.text, "00000099000000001000", OIN_LEN);
	sign_keypair_from_seed(f->key.public_key, f->secret, seed);
	f->key.kind = KEY_KIND_IDENTITY;
	f->key.id = key_id_of(KEY_KIND_IDENTITY, f->key.public_key);
	f->key.secret = f->secret;
	buffer_init(&f->wire, 100000);
	*state = f;
	return batch_sign(&(const struct batch_signer){&f->oin, &f->key}, statements, 5,
			  f->signature, f->batch) ||
	       signed_statement_encode(&f->batch[2], &f->wire);
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	arena_free(f->arena);
	buffer_done(&f->wire);
	free(f);
	return 0;
}

static void a_statement_of_a_batch_is_proven_alone_after_a_journey_in_a_file(void **state)
{
	struct fixture *f = *state;
	struct signed_statement got;
	struct hash hash, expected = header_hash(f->batch[2].statement);
	assert_int_equal(signed_statement_decode(buffer_view(&f->wire), f->arena, &got), RESULT_OK);
	assert_int_equal(got.index, 2);
	assert_int_equal(got.size, 5);
	assert_true(bytes_equal(got.statement, f->batch[2].statement));
	assert_true(bytes_equal(got.signer, bytes_of_text(f->oin.text)));
	assert_int_equal(batch_verify_one(&got, f->key.public_key, NULL, &hash), RESULT_OK);
	assert_true(hash_equal(&hash, &expected));
}

static void one_statement_has_one_form_in_a_file(void **state)
{
	struct fixture *f = *state;
	struct signed_statement got;
	struct buffer again;
	buffer_init(&again, 100000);
	assert_int_equal(signed_statement_decode(buffer_view(&f->wire), f->arena, &got), RESULT_OK);
	assert_int_equal(signed_statement_encode(&got, &again), RESULT_OK);
	assert_true(bytes_equal(buffer_view(&again), buffer_view(&f->wire)));
	buffer_done(&again);
}

// A changed byte may still decode, but then it proves nothing.
static void every_changed_byte_is_refused_or_proves_nothing(void **state)
{
	struct fixture *f = *state;
	for (size_t i = 0; i < f->wire.len; i++) {
		struct signed_statement got;
		struct hash hash;
		f->wire.data[i] ^= 1;
		arena_clear(f->arena);
		enum result result = signed_statement_decode(buffer_view(&f->wire), f->arena, &got);
		bool same_signer = !result && bytes_equal(got.signer, bytes_of_text(f->oin.text)) &&
				   bytes_equal(got.key_id, bytes_make(f->key.id.b, KEY_ID_LEN));
		if (!result && same_signer)
			result = batch_verify_one(&got, f->key.public_key, NULL, &hash);
		assert_true(result != RESULT_OK || !same_signer);
		f->wire.data[i] ^= 1;
	}
}

static void every_cut_is_refused(void **state)
{
	struct fixture *f = *state;
	for (size_t len = 0; len < f->wire.len; len++) {
		struct signed_statement got;
		arena_clear(f->arena);
		assert_int_not_equal(
			signed_statement_decode(bytes_make(f->wire.data, len), f->arena, &got),
			RESULT_OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_statement_of_a_batch_is_proven_alone_after_a_journey_in_a_file, setup,
			teardown),
		cmocka_unit_test_setup_teardown(one_statement_has_one_form_in_a_file, setup,
						teardown),
		cmocka_unit_test_setup_teardown(every_changed_byte_is_refused_or_proves_nothing,
						setup, teardown),
		cmocka_unit_test_setup_teardown(every_cut_is_refused, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

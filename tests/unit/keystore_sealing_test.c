// SPDX-License-Identifier: EUPL-1.2
#include "unit.h"

#include "keystore/keystore.h"

#include "crypto/hash.h"
#include "crypto/seal.h"
#include "keystore_fixture.h"

static struct keystore_place place_of(const char *table, const char *key)
{
	return (struct keystore_place){.table = table, .key = bytes_of_text(key)};
}

static enum result seal_in(struct keystore *keystore, uint64_t slot, const char *plain,
			   struct buffer *out)
{
	const struct keystore_sealing sealing = {slot, KEYSTORE_NONCE_RANDOM,
						 place_of("content", "row")};
	return keystore_seal(keystore, &sealing, bytes_of_text(plain), out);
}

static void seal_text(struct keystore *keystore, enum keystore_nonce nonce, const char *plain,
		      struct buffer *out)
{
	const struct keystore_sealing sealing = {SOME_SLOT, nonce, place_of("content", "row")};
	buffer_init(out, 10000);
	assert_int_equal(keystore_seal(keystore, &sealing, bytes_of_text(plain), out), RESULT_OK);
}

static void what_is_sealed_opens_in_its_own_row_only(void **state)
{
	struct fixture *f = *state;
	struct buffer sealed, plain;
	buffer_init(&plain, 100);
	seal_text(f->keystore, KEYSTORE_NONCE_RANDOM, "Janneke", &sealed);
	struct bytes view = buffer_view(&sealed);
	assert_int_equal(view.len, KEYSTORE_SEALED_OVERHEAD + 7);
	struct keystore_place place = place_of("content", "row");
	buffer_append_text(&plain, "before ");
	assert_int_equal(keystore_unseal(f->keystore, &place, view, &plain), RESULT_OK);
	assert_true(bytes_equal(buffer_view(&plain), bytes_of_text("before Janneke")));
	const struct keystore_place elsewhere[] = {
		place_of("content", "rox"), place_of("parts", "row"), place_of("contentrow", "")};
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(keystore_unseal(f->keystore, &elsewhere[i], view, &plain),
				 RESULT_DAMAGED);
	assert_int_equal(plain.len, 14); // nothing was added
	buffer_done(&sealed);
	buffer_done(&plain);
}

static void any_changed_byte_of_a_sealed_value_is_damage(void **state)
{
	struct fixture *f = *state;
	struct buffer sealed, plain;
	buffer_init(&plain, 100);
	seal_text(f->keystore, KEYSTORE_NONCE_DERIVED, "Susan", &sealed);
	struct keystore_place place = place_of("content", "row");
	for (size_t i = 0; i < sealed.len; i++) {
		sealed.data[i] ^= 0x40;
		assert_int_equal(keystore_unseal(f->keystore, &place, buffer_view(&sealed), &plain),
				 RESULT_DAMAGED);
		sealed.data[i] ^= 0x40;
	}
	for (size_t len = 0; len < sealed.len; len++)
		assert_int_equal(
			keystore_unseal(f->keystore, &place, bytes_make(sealed.data, len), &plain),
			RESULT_DAMAGED);
	assert_int_equal(plain.len, 0);
	buffer_done(&sealed);
	buffer_done(&plain);
}

static void after_erasure_nothing_opens_and_nothing_is_sealed(void **state)
{
	struct fixture *f = *state;
	struct buffer sealed, other;
	seal_text(f->keystore, KEYSTORE_NONCE_RANDOM, "Harry", &sealed);
	buffer_init(&other, 1000);
	const uint64_t slot = SOME_SLOT;
	struct keystore_place place = place_of("content", "row");
	assert_int_equal(keystore_erase(f->keystore, &slot, 1), RESULT_OK);
	assert_int_equal(keystore_unseal(f->keystore, &place, buffer_view(&sealed), &other),
			 RESULT_ERASED);
	assert_int_equal(seal_in(f->keystore, SOME_SLOT, "x", &other), RESULT_ERASED);
	assert_int_equal(seal_in(f->keystore, KEYSTORE_BLOCK, "x", &other), RESULT_NOT_FOUND);
	assert_int_equal(seal_in(f->keystore, UINT64_C(1) << 32, "x", &other), RESULT_TOO_LARGE);
	assert_int_equal(other.len, 0);
	buffer_done(&sealed);
	buffer_done(&other);
}

static void a_derived_nonce_gives_the_same_bytes_again_and_a_random_one_does_not(void **state)
{
	struct fixture *f = *state;
	struct buffer a, b, c, d, e;
	seal_text(f->keystore, KEYSTORE_NONCE_DERIVED, "one", &a);
	reopen(f);
	seal_text(f->keystore, KEYSTORE_NONCE_DERIVED, "one", &b);
	seal_text(f->keystore, KEYSTORE_NONCE_DERIVED, "two", &c);
	seal_text(f->keystore, KEYSTORE_NONCE_RANDOM, "one", &d);
	seal_text(f->keystore, KEYSTORE_NONCE_RANDOM, "one", &e);
	assert_true(bytes_equal(buffer_view(&a), buffer_view(&b)));
	assert_memory_not_equal(a.data + 4, c.data + 4, 24);
	assert_memory_not_equal(a.data + 4, d.data + 4, 24);
	assert_memory_not_equal(d.data + 4, e.data + 4, 24);
	struct buffer *all[] = {&a, &b, &c, &d, &e};
	for (size_t i = 0; i < 5; i++)
		buffer_done(all[i]);
}

// The format, made here from its description and nothing of the implementation.
static void a_sealed_value_has_the_published_layout(void **state)
{
	struct fixture *f = *state;
	struct buffer sealed, pae;
	uint8_t slot_key[32], nonce_key[32], plain[5];
	seal_text(f->keystore, KEYSTORE_NONCE_DERIVED, "Harry", &sealed);
	slot_in_file(f, SOME_SLOT, slot_key);
	slot_in_file(f, 2, nonce_key);
	assert_int_equal(get_u32be(sealed.data), SOME_SLOT);
	const char input[] = "\0\0\0\4"
			     "\0\0\0\x12knooppunt/nonce/v1"
			     "\0\0\0\7content"
			     "\0\0\0\3row"
			     "\0\0\0\5Harry";
	struct hash digest = sha256(bytes_make(input, sizeof input - 1));
	struct hash nonce = hmac_sha256(bytes_make(nonce_key, 32), bytes_of_hash(&digest));
	assert_memory_equal(sealed.data + 4, nonce.b, 24);
	buffer_init(&pae, 100);
	const struct bytes pieces[] = {bytes_of_text("content"), bytes_of_text("row")};
	pae_append(&pae, pieces, 2);
	assert_int_equal(seal_decrypt(plain, bytes_make(sealed.data + 28, sealed.len - 28),
				      buffer_view(&pae), sealed.data + 4, slot_key),
			 RESULT_OK);
	assert_memory_equal(plain, "Harry", 5);
	buffer_done(&pae);
	buffer_done(&sealed);
}

static void a_value_beyond_the_ceiling_leaves_the_buffer_as_it_was(void **state)
{
	struct fixture *f = *state;
	struct buffer out;
	buffer_init(&out, 50);
	buffer_append_text(&out, "kept");
	assert_int_equal(seal_in(f->keystore, SOME_SLOT, "longer", &out), RESULT_TOO_LARGE);
	assert_true(bytes_equal(buffer_view(&out), bytes_of_text("kept")));
	buffer_done(&out);
}

static void a_keyed_hash_is_an_hmac_under_the_slot(void **state)
{
	struct fixture *f = *state;
	uint8_t key[32];
	struct hash got, want;
	slot_in_file(f, KEYSTORE_SLOT_PERSON_INDEX, key);
	const char input[] = "\0\0\0\2\0\0\0\6person\0\0\0\3bsn";
	want = hmac_sha256(bytes_make(key, 32), bytes_make(input, sizeof input - 1));
	assert_int_equal(keystore_keyed_hash(f->keystore, KEYSTORE_SLOT_PERSON_INDEX, "person",
					     bytes_of_text("bsn"), &got),
			 RESULT_OK);
	assert_true(hash_equal(&got, &want));
	assert_int_equal(keystore_keyed_hash(f->keystore, KEYSTORE_BLOCK, "person",
					     bytes_of_text("bsn"), &got),
			 RESULT_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define KEYSTORE_TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
		KEYSTORE_TEST(what_is_sealed_opens_in_its_own_row_only),
		KEYSTORE_TEST(any_changed_byte_of_a_sealed_value_is_damage),
		KEYSTORE_TEST(after_erasure_nothing_opens_and_nothing_is_sealed),
		KEYSTORE_TEST(a_derived_nonce_gives_the_same_bytes_again_and_a_random_one_does_not),
		KEYSTORE_TEST(a_sealed_value_has_the_published_layout),
		KEYSTORE_TEST(a_value_beyond_the_ceiling_leaves_the_buffer_as_it_was),
		KEYSTORE_TEST(a_keyed_hash_is_an_hmac_under_the_slot),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

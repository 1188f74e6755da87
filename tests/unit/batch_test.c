// SPDX-License-Identifier: EUPL-1.2
#include "crypto/hash.h"
#include "crypto/secret.h"
#include "crypto/sign.h"
#include "wire/batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct signer {
	struct oin oin;
	struct private_key key;
	uint8_t secret[SIGN_SECRET_LEN];
};

static void make_signer(struct signer *signer, uint8_t fill)
{
	uint8_t seed[SIGN_SEED_LEN];
	memset(seed, fill, sizeof seed);
	memset(signer, 0, sizeof *signer);
	memcpy(signer->oin.text, "00000099000000001000", OIN_LEN);
	sign_keypair_from_seed(signer->key.public_key, signer->secret, seed);
	signer->key.kind = KEY_KIND_IDENTITY;
	signer->key.id = key_id_of(KEY_KIND_IDENTITY, signer->key.public_key);
	signer->key.secret = signer->secret;
}

// A signed batch of "statement 0", "statement 1", …
struct batch {
	struct signer signer;
	char texts[BATCH_MAX][40];
	struct bytes statements[BATCH_MAX];
	uint8_t signature[SIGNATURE_LEN];
	struct signed_statement signed_statements[BATCH_MAX];
	struct item items[BATCH_MAX];
	struct request request;
};

static struct batch *make_batch(size_t count)
{
	struct batch *batch = calloc(1, sizeof *batch);
	make_signer(&batch->signer, 5);
	for (size_t i = 0; i < count; i++) {
		snprintf(batch->texts[i], sizeof batch->texts[i], "statement %zu", i);
		batch->statements[i] = bytes_of_text(batch->texts[i]);
	}
	assert_int_equal(
		batch_sign(&(const struct batch_signer){&batch->signer.oin, &batch->signer.key},
			   batch->statements, count, batch->signature, batch->signed_statements),
		RESULT_OK);
	for (size_t i = 0; i < count; i++) {
		const struct signed_statement *from = &batch->signed_statements[i];
		batch->items[i] = (struct item){
			.statement = from->statement, .index = from->index, .path = from->path};
	}
	batch->request = (struct request){
		.signer = batch->signed_statements[0].signer,
		.key_id = batch->signed_statements[0].key_id,
		.size = (uint32_t)count,
		.signature = bytes_make(batch->signature, SIGNATURE_LEN),
		.items = batch->items,
		.item_count = count,
	};
	return batch;
}

static void every_statement_of_a_batch_is_provable_alone(void **state)
{
	(void)state;
	static const size_t sizes[] = {1, 2, 3, 7, 64, 255, 256};
	for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
		struct batch *batch = make_batch(sizes[s]);
		for (size_t i = 0; i < sizes[s]; i++) {
			struct hash hash, expected = header_hash(batch->statements[i]);
			assert_int_equal(batch_verify_one(&batch->signed_statements[i],
							  batch->signer.key.public_key, NULL,
							  &hash),
					 RESULT_OK);
			assert_true(hash_equal(&hash, &expected));
		}
		free(batch);
	}
}

static void a_single_statement_has_an_empty_path(void **state)
{
	(void)state;
	struct batch *batch = make_batch(1);
	assert_int_equal(batch->signed_statements[0].path.count, 0);
	free(batch);
}

static void a_request_may_hold_any_of_the_batch(void **state)
{
	(void)state;
	struct batch *batch = make_batch(BATCH_MAX);
	struct hash hashes[BATCH_MAX];
	assert_int_equal(
		batch_verify_request(&batch->request, batch->signer.key.public_key, hashes),
		RESULT_OK);
	for (size_t i = 0; i < BATCH_MAX; i++) {
		struct hash expected = header_hash(batch->statements[i]);
		assert_true(hash_equal(&hashes[i], &expected));
	}
	batch->request.item_count = BATCH_MAX + 1;
	assert_int_equal(
		batch_verify_request(&batch->request, batch->signer.key.public_key, hashes),
		RESULT_MALFORMED);
	batch->request.items = &batch->items[150];
	batch->request.item_count = 3;
	assert_int_equal(
		batch_verify_request(&batch->request, batch->signer.key.public_key, hashes),
		RESULT_OK);
	struct hash expected = header_hash(batch->statements[152]);
	assert_true(hash_equal(&hashes[2], &expected));
	free(batch);
}

static void one_item_of_another_batch_spoils_the_request(void **state)
{
	(void)state;
	struct batch *batch = make_batch(8);
	struct hash hashes[BATCH_MAX];
	batch->items[5].statement = bytes_of_text("statement 6");
	assert_int_equal(
		batch_verify_request(&batch->request, batch->signer.key.public_key, hashes),
		RESULT_BAD_SIGNATURE);
	batch->items[5].statement = batch->statements[5];
	batch->items[0].statement = bytes_of_text("x"); // also when it comes first
	assert_int_equal(
		batch_verify_request(&batch->request, batch->signer.key.public_key, hashes),
		RESULT_BAD_SIGNATURE);
	free(batch);
}

// How often a signature was really verified.
static unsigned verifications;
enum result __real_sign_verify(struct bytes signature, struct bytes message, const uint8_t key[32]);
enum result __wrap_sign_verify(struct bytes signature, struct bytes message, const uint8_t key[32]);

enum result __wrap_sign_verify(struct bytes signature, struct bytes message, const uint8_t key[32])
{
	verifications++;
	return __real_sign_verify(signature, message, key);
}

// With what was seen before and without, the answer is the same.
static struct batch_seen seen;

static enum result verify(const struct signed_statement *statement, const struct signer *signer)
{
	struct hash hash;
	enum result alone = batch_verify_one(statement, signer->key.public_key, NULL, &hash);
	assert_int_equal(batch_verify_one(statement, signer->key.public_key, &seen, &hash), alone);
	return alone;
}

static void a_batch_that_was_seen_is_verified_once(void **state)
{
	(void)state;
	static struct batch_seen memory;
	struct batch *batch = make_batch(256);
	struct hash hash;
	verifications = 0;
	for (size_t i = 0; i < 256; i++)
		assert_int_equal(batch_verify_one(&batch->signed_statements[i],
						  batch->signer.key.public_key, &memory, &hash),
				 RESULT_OK);
	assert_int_equal(verifications, 1);
	free(batch);
	// Others push it out; it is verified again.
	for (unsigned n = 0; n < BATCH_SEEN_MAX; n++) {
		batch = make_batch(2 + n);
		for (size_t i = 0; i < 2; i++)
			assert_int_equal(batch_verify_one(&batch->signed_statements[i],
							  batch->signer.key.public_key, &memory,
							  &hash),
					 RESULT_OK);
		free(batch);
	}
	assert_int_equal(verifications, 1 + BATCH_SEEN_MAX);
	batch = make_batch(256);
	assert_int_equal(batch_verify_one(&batch->signed_statements[9],
					  batch->signer.key.public_key, &memory, &hash),
			 RESULT_OK);
	assert_int_equal(verifications, 2 + BATCH_SEEN_MAX);
	free(batch);
}

static void several_batches_are_remembered_at_once(void **state)
{
	(void)state;
	static struct batch_seen memory;
	struct batch *batches[] = {make_batch(2), make_batch(3), make_batch(4)};
	// A key of its own: nothing behind it is looked at.
	uint8_t *key = malloc(SIGN_PUBLIC_LEN);
	assert_non_null(key);
	memcpy(key, batches[0]->signer.key.public_key, SIGN_PUBLIC_LEN);
	struct hash hash;
	verifications = 0;
	for (size_t n = 0; n < 2; n++)
		for (size_t i = 0; i < sizeof batches / sizeof batches[0]; i++)
			assert_int_equal(batch_verify_one(&batches[i]->signed_statements[n], key,
							  &memory, &hash),
					 RESULT_OK);
	assert_int_equal(verifications, sizeof batches / sizeof batches[0]);
	for (size_t i = 0; i < sizeof batches / sizeof batches[0]; i++)
		free(batches[i]);
	free(key);
}

// It would only push out one that does.
static void a_batch_of_one_is_not_remembered(void **state)
{
	(void)state;
	static struct batch_seen memory;
	struct batch *batch = make_batch(1);
	struct hash hash;
	verifications = 0;
	for (size_t n = 0; n < 2; n++)
		assert_int_equal(batch_verify_one(&batch->signed_statements[0],
						  batch->signer.key.public_key, &memory, &hash),
				 RESULT_OK);
	assert_int_equal(verifications, 2);
	free(batch);
}

// Signed as it should be, of more statements than a batch may have.
static void a_batch_beyond_the_maximum_is_refused_whoever_signed_it(void **state)
{
	(void)state;
	static const struct {
		uint32_t size;
		enum result expected;
	} rows[] = {{BATCH_MAX, RESULT_OK}, {2 * BATCH_MAX, RESULT_MALFORMED}};
	struct signer signer;
	make_signer(&signer, 5);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		uint8_t signature[SIGNATURE_LEN], size[4];
		struct signed_statement one = {.statement = bytes_of_text("statement"),
					       .signer = bytes_of_text(signer.oin.text),
					       .key_id = bytes_make(signer.key.id.b, KEY_ID_LEN),
					       .size = rows[i].size,
					       .signature =
						       bytes_make(signature, sizeof signature)};
		struct hash root, hash, leaf = header_hash(one.statement);
		while (UINT32_C(1) << one.path.count < one.size)
			one.path.hashes[one.path.count++].b[0] = 7;
		assert_int_equal(tree_root_from_inclusion(&leaf, 0, one.size, &one.path, &root),
				 RESULT_OK);
		put_u32be(size, one.size);
		const struct bytes pieces[] = {bytes_of_text("knooppunt/batch/v1"), one.signer,
					       one.key_id, bytes_make(size, sizeof size),
					       bytes_of_hash(&root)};
		struct buffer message;
		buffer_init(&message, 256);
		pae_append(&message, pieces, sizeof pieces / sizeof pieces[0]);
		sign_detached(signature, buffer_view(&message), signer.key.secret);
		buffer_done(&message);
		assert_int_equal(batch_verify_one(&one, signer.key.public_key, NULL, &hash),
				 rows[i].expected);
	}
}

static void what_did_not_hold_is_not_remembered(void **state)
{
	(void)state;
	static struct batch_seen memory;
	struct batch *batch = make_batch(3);
	struct hash hash;
	batch->signature[0] ^= 1;
	for (unsigned n = 0; n < 2; n++)
		assert_int_equal(batch_verify_one(&batch->signed_statements[1],
						  batch->signer.key.public_key, &memory, &hash),
				 RESULT_BAD_SIGNATURE);
	free(batch);
}

static void everything_that_is_signed_is_bound(void **state)
{
	(void)state;
	struct batch *batch = make_batch(3);
	struct signed_statement good = batch->signed_statements[2], bad;
	struct signer other;
	make_signer(&other, 6);
	assert_int_equal(verify(&good, &batch->signer), RESULT_OK);
	assert_int_equal(verify(&good, &other), RESULT_BAD_SIGNATURE);
	bad = good;
	bad.signer = bytes_of_text("00000099000000002000");
	assert_int_equal(verify(&bad, &batch->signer), RESULT_BAD_SIGNATURE);
	bad = good;
	bad.key_id = bytes_make(other.key.id.b, KEY_ID_LEN);
	assert_int_equal(verify(&bad, &batch->signer), RESULT_BAD_SIGNATURE);
	bad = good;
	bad.statement = bytes_of_text("statement 1");
	assert_int_equal(verify(&bad, &batch->signer), RESULT_BAD_SIGNATURE);
	// Statement 2 of 3 has one sibling, as statement 1 of 2 would have: the same root.
	bad = good;
	bad.size = 2;
	bad.index = 1;
	assert_int_equal(verify(&bad, &batch->signer), RESULT_BAD_SIGNATURE);
	bad = good;
	bad.path.hashes[0].b[0] ^= 1;
	assert_int_equal(verify(&bad, &batch->signer), RESULT_BAD_SIGNATURE);
	batch->signature[0] ^= 1;
	assert_int_equal(verify(&good, &batch->signer), RESULT_BAD_SIGNATURE);
	free(batch);
}

static void shapes_that_cannot_be_are_refused(void **state)
{
	(void)state;
	struct batch *batch = make_batch(3);
	struct signed_statement good = batch->signed_statements[1], bad = good;
	bad.index = 3;
	assert_int_equal(verify(&bad, &batch->signer), RESULT_MALFORMED);
	bad = good;
	bad.path.count = 1;
	assert_int_equal(verify(&bad, &batch->signer), RESULT_MALFORMED);
	bad = good;
	bad.path.count = 3;
	assert_int_equal(verify(&bad, &batch->signer), RESULT_MALFORMED);
	bad = good;
	bad.size = 0;
	assert_int_equal(verify(&bad, &batch->signer), RESULT_MALFORMED);
	bad = good;
	bad.signature.len = 63;
	assert_int_equal(verify(&bad, &batch->signer), RESULT_MALFORMED);
	struct hash hashes[BATCH_MAX];
	batch->request.item_count = 0;
	assert_int_equal(
		batch_verify_request(&batch->request, batch->signer.key.public_key, hashes),
		RESULT_MALFORMED);
	assert_int_equal(
		batch_sign(&(const struct batch_signer){&batch->signer.oin, &batch->signer.key},
			   batch->statements, 0, batch->signature, batch->signed_statements),
		RESULT_MALFORMED);
	assert_int_equal(
		batch_sign(&(const struct batch_signer){&batch->signer.oin, &batch->signer.key},
			   batch->statements, BATCH_MAX + 1, batch->signature,
			   batch->signed_statements),
		RESULT_TOO_LARGE);
	free(batch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_statement_of_a_batch_is_provable_alone),
		cmocka_unit_test(a_single_statement_has_an_empty_path),
		cmocka_unit_test(a_request_may_hold_any_of_the_batch),
		cmocka_unit_test(one_item_of_another_batch_spoils_the_request),
		cmocka_unit_test(a_batch_that_was_seen_is_verified_once),
		cmocka_unit_test(several_batches_are_remembered_at_once),
		cmocka_unit_test(a_batch_of_one_is_not_remembered),
		cmocka_unit_test(a_batch_beyond_the_maximum_is_refused_whoever_signed_it),
		cmocka_unit_test(what_did_not_hold_is_not_remembered),
		cmocka_unit_test(everything_that_is_signed_is_bound),
		cmocka_unit_test(shapes_that_cannot_be_are_refused),
	};
	if (crypto_start())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

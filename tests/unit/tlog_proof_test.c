// SPDX-License-Identifier: EUPL-1.2
// Receipts as C2SP tlog-proof.
#include "tree/note.h"

#include "crypto/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ORIGIN "log.example.nl/oefening"
#define SIZE 11
#define INDEX 4
#define FIRST_LINE "c2sp.org/tlog-proof@v1\n"

// A log of eleven entries and the receipt of one.
struct fixture {
	struct vkey vkey;
	struct log_keys keys;
	struct hash leaves[SIZE];
	struct checkpoint checkpoint;
	struct tree_path path;
	struct buffer note, proof;
};

static int set_up(void **state)
{
	static struct fixture fixture;
	uint8_t seed[SIGN_SEED_LEN] = {7}, public_key[SIGN_PUBLIC_LEN], secret[SIGN_SECRET_LEN];
	if (crypto_start() != RESULT_OK)
		return -1;
	memset(&fixture, 0, sizeof fixture);
	sign_keypair_from_seed(public_key, secret, seed);
	for (uint8_t i = 0; i < SIZE; i++)
		fixture.leaves[i] = tree_leaf(bytes_make(&i, 1));
	memcpy(fixture.checkpoint.origin, ORIGIN, sizeof ORIGIN);
	fixture.checkpoint.size = SIZE;
	fixture.checkpoint.root = tree_small_root(fixture.leaves, SIZE);
	tree_small_inclusion(fixture.leaves, SIZE, INDEX, &fixture.path);
	buffer_init(&fixture.note, 65536);
	buffer_init(&fixture.proof, 65536);
	*state = &fixture;
	if (vkey_make(ORIGIN, public_key, &fixture.vkey) != RESULT_OK ||
	    checkpoint_sign(&fixture.checkpoint, &fixture.vkey, secret, &fixture.note) != RESULT_OK)
		return -1;
	log_keys_one(&fixture.keys, &fixture.vkey);
	return tlog_proof_format(INDEX, &fixture.path, buffer_view(&fixture.note),
				 &fixture.proof) == RESULT_OK
		       ? 0
		       : -1;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	buffer_done(&fixture->note);
	buffer_done(&fixture->proof);
	return 0;
}

static enum result verify(const struct fixture *fixture, struct bytes text)
{
	uint64_t index = 4711;
	struct checkpoint checkpoint = {.size = 4711};
	enum result result = tlog_proof_verify(text, &fixture->leaves[INDEX], &fixture->keys,
					       &index, &checkpoint);
	if (result == RESULT_OK) {
		assert_int_equal(index, INDEX);
		assert_memory_equal(&checkpoint, &fixture->checkpoint, sizeof checkpoint);
	} else {
		assert_int_equal(index, 4711);
		assert_int_equal(checkpoint.size, 4711);
	}
	return result;
}

// A receipt with `header` in place of everything before the note.
static enum result verify_with_header(const struct fixture *fixture, const char *header)
{
	struct buffer text;
	buffer_init(&text, 1 << 20);
	buffer_append_text(&text, header);
	buffer_append(&text, buffer_view(&fixture->note));
	enum result result = verify(fixture, buffer_view(&text));
	buffer_done(&text);
	return result;
}

// The path lines of the fixture, each with its newline.
static void format_path(const struct fixture *fixture, char out[TREE_PATH_MAX * 45 + 1])
{
	out[0] = '\0';
	for (size_t i = 0; i < fixture->path.count; i++) {
		char line[45];
		base64_encode(line, bytes_of_hash(&fixture->path.hashes[i]));
		snprintf(out + strlen(out), 46, "%s\n", line);
	}
}

static void a_receipt_is_index_path_and_the_note_verbatim(void **state)
{
	struct fixture *fixture = *state;
	char path[TREE_PATH_MAX * 45 + 1], want[8192];
	format_path(fixture, path);
	snprintf(want, sizeof want, FIRST_LINE "index 4\n%s\n%.*s", path, (int)fixture->note.len,
		 (const char *)fixture->note.data);
	assert_int_equal(fixture->proof.len, strlen(want));
	assert_memory_equal(fixture->proof.data, want, strlen(want));
	assert_int_equal(verify(fixture, buffer_view(&fixture->proof)), RESULT_OK);
}

static void every_index_of_every_size_gives_a_receipt_that_verifies(void **state)
{
	struct fixture *fixture = *state;
	uint8_t seed[SIGN_SEED_LEN] = {7}, public_key[SIGN_PUBLIC_LEN], secret[SIGN_SECRET_LEN];
	sign_keypair_from_seed(public_key, secret, seed);
	for (size_t size = 1; size <= SIZE; size++) {
		struct checkpoint checkpoint = fixture->checkpoint, got;
		checkpoint.size = size;
		checkpoint.root = tree_small_root(fixture->leaves, size);
		buffer_clear(&fixture->note);
		assert_int_equal(
			checkpoint_sign(&checkpoint, &fixture->vkey, secret, &fixture->note),
			RESULT_OK);
		for (size_t index = 0; index < size; index++) {
			struct tree_path path;
			uint64_t at = 0;
			tree_small_inclusion(fixture->leaves, size, index, &path);
			buffer_clear(&fixture->proof);
			assert_int_equal(tlog_proof_format(index, &path,
							   buffer_view(&fixture->note),
							   &fixture->proof),
					 RESULT_OK);
			for (size_t leaf = 0; leaf < SIZE; leaf++)
				assert_int_equal(tlog_proof_verify(buffer_view(&fixture->proof),
								   &fixture->leaves[leaf],
								   &fixture->keys, &at, &got),
						 leaf == index ? RESULT_OK : RESULT_BAD_SIGNATURE);
			assert_int_equal(at, index);
			assert_int_equal(got.size, size);
		}
	}
}

static void every_flipped_bit_and_every_truncation_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct buffer *proof = &fixture->proof;
	for (size_t i = 0; i < proof->len; i++) {
		assert_int_not_equal(verify(fixture, bytes_make(proof->data, i)), RESULT_OK);
		for (unsigned bit = 0; bit < 8; bit++) {
			proof->data[i] ^= (uint8_t)(1U << bit);
			assert_int_not_equal(verify(fixture, buffer_view(proof)), RESULT_OK);
			proof->data[i] ^= (uint8_t)(1U << bit);
		}
	}
}

static void an_extra_line_is_allowed_when_it_is_base64(void **state)
{
	struct fixture *fixture = *state;
	char path[TREE_PATH_MAX * 45 + 1], header[8192];
	format_path(fixture, path);
	static const struct {
		const char *line;
		enum result want;
	} cases[] = {
		{"", RESULT_OK},
		{"extra aGFsbG8=\n", RESULT_OK},
		{"extra AA==\n", RESULT_OK},
		{"extra \n", RESULT_MALFORMED},
		{"extra\n", RESULT_MALFORMED},
		{"extra aGFsbG8\n", RESULT_MALFORMED},
		{"extra  aGFsbG8=\n", RESULT_MALFORMED},
		{"extra aGFsbG8=\nextra aGFsbG8=\n", RESULT_MALFORMED},
		{"Extra aGFsbG8=\n", RESULT_MALFORMED},
		{"\n", RESULT_MALFORMED},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		snprintf(header, sizeof header, FIRST_LINE "%sindex 4\n%s\n", cases[i].line, path);
		assert_int_equal(verify_with_header(fixture, header), cases[i].want);
	}
	snprintf(header, sizeof header, FIRST_LINE "index 4\nextra aGFsbG8=\n%s\n", path);
	assert_int_equal(verify_with_header(fixture, header), RESULT_MALFORMED);
}

static void extra_data_has_a_bound(void **state)
{
	struct fixture *fixture = *state;
	char path[TREE_PATH_MAX * 45 + 1], base64[6000], header[9000];
	static const uint8_t extra[TLOG_PROOF_EXTRA_MAX + 1];
	format_path(fixture, path);
	for (size_t over = 0; over <= 1; over++) {
		base64_encode(base64, bytes_make(extra, TLOG_PROOF_EXTRA_MAX + over));
		snprintf(header, sizeof header, FIRST_LINE "extra %s\nindex 4\n%s\n", base64, path);
		assert_int_equal(verify_with_header(fixture, header),
				 over ? RESULT_TOO_LARGE : RESULT_OK);
	}
}

static void a_header_of_another_shape_is_malformed(void **state)
{
	struct fixture *fixture = *state;
	char path[TREE_PATH_MAX * 45 + 1], header[8192];
	format_path(fixture, path);
	static const char *const heads[] = {
		"index 4\n",
		"c2sp.org/tlog-proof@v2\nindex 4\n",
		"c2sp.org/tlog-proof@v1\r\nindex 4\n",
		"c2sp.org/tlog-proof@v1 \nindex 4\n",
		FIRST_LINE,
		FIRST_LINE "index\n",
		FIRST_LINE "index \n",
		FIRST_LINE "index 04\n",
		FIRST_LINE "index +4\n",
		FIRST_LINE "index 4 \n",
		FIRST_LINE "index 11\n",
		FIRST_LINE "index 9223372036854775808\n",
		FIRST_LINE "index 18446744073709551620\n",
		FIRST_LINE "index 4\n ",
		FIRST_LINE "index 4\nAAAA\n",
	};
	for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
		snprintf(header, sizeof header, "%s%s\n", heads[i], path);
		if (verify_with_header(fixture, header) != RESULT_MALFORMED)
			fail_msg("head %zu was not malformed", i);
	}
	snprintf(header, sizeof header, FIRST_LINE "index 4\n%s\n", path);
	assert_int_equal(verify_with_header(fixture, header), RESULT_OK);
	// A blank line before the path makes the path part of the note, which nobody signed so.
	snprintf(header, sizeof header, FIRST_LINE "index 4\n\n%s\n", path);
	assert_int_equal(verify_with_header(fixture, header), RESULT_BAD_SIGNATURE);
	snprintf(header, sizeof header, FIRST_LINE "index 3\n%s\n", path);
	assert_int_equal(verify_with_header(fixture, header), RESULT_BAD_SIGNATURE);
}

static void a_path_has_at_most_63_lines(void **state)
{
	struct fixture *fixture = *state;
	for (size_t lines = TREE_PATH_MAX; lines <= TREE_PATH_MAX + 1; lines++) {
		struct buffer header;
		buffer_init(&header, 65536);
		buffer_append_text(&header, FIRST_LINE "index 4\n");
		for (size_t i = 0; i < lines; i++)
			buffer_append_text(&header,
					   "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
		buffer_append(&header, bytes_make("\n\0", 2));
		assert_int_equal(verify_with_header(fixture, (const char *)header.data),
				 lines > TREE_PATH_MAX ? RESULT_TOO_LARGE : RESULT_MALFORMED);
		buffer_done(&header);
	}
}

static void a_receipt_beyond_the_maximum_is_too_large(void **state)
{
	struct fixture *fixture = *state;
	uint8_t *text = malloc(TLOG_PROOF_MAX + 1);
	assert_non_null(text);
	memset(text, 'A', TLOG_PROOF_MAX + 1);
	assert_int_equal(verify(fixture, bytes_make(text, TLOG_PROOF_MAX + 1)), RESULT_TOO_LARGE);
	assert_int_equal(verify(fixture, bytes_make(text, TLOG_PROOF_MAX)), RESULT_MALFORMED);
	free(text);
	assert_int_equal(verify(fixture, bytes_make(NULL, 0)), RESULT_MALFORMED);
}

static void a_receipt_under_another_key_is_a_bad_signature(void **state)
{
	struct fixture *fixture = *state;
	uint8_t seed[SIGN_SEED_LEN] = {8}, public_key[SIGN_PUBLIC_LEN], secret[SIGN_SECRET_LEN];
	sign_keypair_from_seed(public_key, secret, seed);
	assert_int_equal(vkey_make(ORIGIN, public_key, &fixture->vkey), RESULT_OK);
	log_keys_one(&fixture->keys, &fixture->vkey);
	assert_int_equal(verify(fixture, buffer_view(&fixture->proof)), RESULT_BAD_SIGNATURE);
}

static void what_is_no_receipt_is_not_formatted(void **state)
{
	struct fixture *fixture = *state;
	struct tree_path path = fixture->path;
	struct bytes note = buffer_view(&fixture->note);
	size_t before = fixture->proof.len;
	assert_int_equal(tlog_proof_format(UINT64_C(1) << 63, &path, note, &fixture->proof),
			 RESULT_MALFORMED);
	path.count = TREE_PATH_MAX + 1;
	assert_int_equal(tlog_proof_format(4, &path, note, &fixture->proof), RESULT_MALFORMED);
	note.len = CHECKPOINT_MAX + 1;
	assert_int_equal(tlog_proof_format(4, &fixture->path, note, &fixture->proof),
			 RESULT_TOO_LARGE);
	assert_int_equal(fixture->proof.len, before);
	for (size_t ceiling = 0; ceiling <= before; ceiling++) {
		struct buffer out;
		buffer_init(&out, ceiling);
		enum result result =
			tlog_proof_format(INDEX, &fixture->path, buffer_view(&fixture->note), &out);
		assert_true((result == RESULT_OK) == (ceiling == before));
		assert_int_equal(out.len, result == RESULT_OK ? before : 0);
		buffer_done(&out);
	}
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_receipt_is_index_path_and_the_note_verbatim),
		TEST(every_index_of_every_size_gives_a_receipt_that_verifies),
		TEST(every_flipped_bit_and_every_truncation_is_refused),
		TEST(an_extra_line_is_allowed_when_it_is_base64),
		TEST(extra_data_has_a_bound),
		TEST(a_header_of_another_shape_is_malformed),
		TEST(a_path_has_at_most_63_lines),
		TEST(a_receipt_beyond_the_maximum_is_too_large),
		TEST(a_receipt_under_another_key_is_a_bad_signature),
		TEST(what_is_no_receipt_is_not_formatted),
	};
	return cmocka_run_group_tests_name("tlog_proof", tests, NULL, NULL);
}

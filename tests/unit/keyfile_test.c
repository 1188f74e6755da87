// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/unit.h"

#include "base/file.h"
#include "crypto/hash.h"
#include "crypto/seal.h"
#include "crypto/secret.h"
#include "crypto/sign.h"
#include "keys/keys.h"
#include "tests/unit/temporary.h"

#include <sys/stat.h>

#define IMAGE_LEN 103

// One key folder with an unlock file; Argon2id is slow under sanitizers, so most tests use that.
struct fixture {
	struct temporary *t;
	char keys[300], unlock_path[300];
	struct unlock unlock;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	if (!f || crypto_start() != RESULT_OK)
		return -1;
	f->t = temporary_new();
	snprintf(f->keys, sizeof f->keys, "%s", temporary_path(f->t, "keys"));
	snprintf(f->unlock_path, sizeof f->unlock_path, "%s", temporary_path(f->t, "unlock.key"));
	f->unlock.key_file = f->unlock_path;
	*state = f;
	return unlock_file_create(f->unlock_path) == RESULT_OK ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	temporary_free(f->t);
	free(f);
	return 0;
}

static const char *path_in(struct fixture *f, const char *name)
{
	char inside[64];
	snprintf(inside, sizeof inside, "keys/%s", name);
	return temporary_path(f->t, inside);
}

static void make(struct fixture *f, enum key_kind kind)
{
	struct private_key key;
	assert_int_equal(
		keyfile_create(&(const struct keyfile){f->keys, "k", kind}, &f->unlock, &key),
		RESULT_OK);
	private_key_done(&key);
}

static enum result try_open(struct fixture *f, enum key_kind kind, struct problem *problem)
{
	struct private_key key = {0};
	*problem = (struct problem){0};
	enum result result = keyfile_open(&(const struct keyfile){f->keys, "k", kind}, &f->unlock,
					  &key, problem);
	if (result != RESULT_OK)
		assert_null(key.secret);
	private_key_done(&key);
	return result;
}

static void a_key_opens_as_it_was_made_whatever_its_kind(void **state)
{
	struct fixture *f = *state;
	static const enum key_kind kinds[] = {KEY_KIND_IDENTITY, KEY_KIND_SEALING,
					      KEY_KIND_TRANSPORT, KEY_KIND_LOG, KEY_KIND_COSIGN};
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		char name[8] = {'k', (char)('0' + i)};
		struct private_key made, opened;
		struct problem problem = {0};
		assert_int_equal(keyfile_create(&(const struct keyfile){f->keys, name, kinds[i]},
						&f->unlock, &made),
				 0);
		assert_int_equal(keyfile_open(&(const struct keyfile){f->keys, name, kinds[i]},
					      &f->unlock, &opened, &problem),
				 0);
		assert_int_equal(opened.kind, kinds[i]);
		assert_memory_equal(made.public_key, opened.public_key, 32);
		bool ed25519 = kinds[i] != KEY_KIND_SEALING && kinds[i] != KEY_KIND_TRANSPORT;
		assert_memory_equal(made.secret, opened.secret, ed25519 ? 64 : 32);
		struct key_id id = key_id_of(kinds[i], made.public_key);
		assert_true(key_id_equal(&id, &opened.id) && key_id_equal(&id, &made.id));
		private_key_done(&made);
		private_key_done(&opened);
	}
}

static void an_opened_identity_key_signs_what_its_public_half_verifies(void **state)
{
	struct fixture *f = *state;
	struct private_key key;
	struct problem problem = {0};
	uint8_t signature[SIGN_LEN];
	struct bytes text = bytes_of_text("melding");
	make(f, KEY_KIND_IDENTITY);
	assert_int_equal(keyfile_open(&(const struct keyfile){f->keys, "k", KEY_KIND_IDENTITY},
				      &f->unlock, &key, &problem),
			 0);
	sign_detached(signature, text, key.secret);
	assert_int_equal(sign_verify(bytes_make(signature, SIGN_LEN), text, key.public_key), 0);
	private_key_done(&key);
}

static void an_opened_sealing_key_agrees_with_its_peer(void **state)
{
	struct fixture *f = *state;
	struct private_key key;
	uint8_t public_key[32], secret[32], ours[32], theirs[32];
	assert_int_equal(keyfile_create(&(const struct keyfile){f->keys, "k", KEY_KIND_SEALING},
					&f->unlock, &key),
			 0);
	seal_keypair(public_key, secret);
	assert_int_equal(seal_agree(ours, key.secret, public_key), RESULT_OK);
	assert_int_equal(seal_agree(theirs, secret, key.public_key), RESULT_OK);
	assert_memory_equal(ours, theirs, 32);
	private_key_done(&key);
}

static void a_passphrase_opens_its_key_and_another_one_does_not(void **state)
{
	struct fixture *f = *state;
	struct problem problem = {0};
	struct private_key key;
	f->unlock = (struct unlock){.passphrase = bytes_of_text("correct paard batterij nietje")};
	make(f, KEY_KIND_IDENTITY);
	assert_int_equal(try_open(f, KEY_KIND_IDENTITY, &problem), RESULT_OK);
	f->unlock.passphrase = bytes_of_text("correct paard batterij nietjE");
	assert_int_equal(try_open(f, KEY_KIND_IDENTITY, &problem), RESULT_BAD_SIGNATURE);
	assert_string_equal(problem.code, "key-locked");
	assert_string_equal(problem.file, path_in(f, "k.key"));
	f->unlock.passphrase = bytes_of_text("");
	assert_int_equal(keyfile_create(&(const struct keyfile){f->keys, "leeg", KEY_KIND_LOG},
					&f->unlock, &key),
			 RESULT_CONFIG);
}

static void another_unlock_file_does_not_open_the_key(void **state)
{
	struct fixture *f = *state;
	struct problem problem;
	make(f, KEY_KIND_IDENTITY);
	assert_int_equal(file_remove(f->unlock_path), RESULT_OK);
	assert_int_equal(unlock_file_create(f->unlock_path), RESULT_OK);
	assert_int_equal(try_open(f, KEY_KIND_IDENTITY, &problem), RESULT_BAD_SIGNATURE);
	assert_string_equal(problem.code, "key-locked");
}

static void the_wrong_way_to_unlock_is_named_before_anything_is_tried(void **state)
{
	struct fixture *f = *state;
	struct problem problem;
	make(f, KEY_KIND_IDENTITY);
	f->unlock = (struct unlock){.passphrase = bytes_of_text("x")};
	assert_int_equal(try_open(f, KEY_KIND_IDENTITY, &problem), RESULT_CONFIG);
	assert_string_equal(problem.code, "key-unlock");
	assert_string_equal(problem.fix, "name the unlock file");
}

static void an_unlock_file_of_another_length_or_mode_is_refused(void **state)
{
	struct fixture *f = *state;
	struct problem problem;
	make(f, KEY_KIND_IDENTITY);
	assert_int_equal(chmod(f->unlock_path, 0640), 0);
	assert_int_equal(try_open(f, KEY_KIND_IDENTITY, &problem), RESULT_DENIED);
	assert_string_equal(problem.code, "key-unlock");
	static const uint8_t bytes[33] = {1};
	for (size_t len = 31; len <= 33; len += 2) {
		assert_int_equal(file_replace(f->unlock_path, bytes_make(bytes, len), 0600), 0);
		assert_int_equal(try_open(f, KEY_KIND_IDENTITY, &problem), RESULT_CONFIG);
		assert_string_equal(problem.code, "key-unlock");
	}
	assert_int_equal(file_remove(f->unlock_path), RESULT_OK);
	assert_int_equal(try_open(f, KEY_KIND_IDENTITY, &problem), RESULT_NOT_FOUND);
	assert_string_equal(problem.code, "key-unlock");
}

static void a_key_is_never_overwritten(void **state)
{
	struct fixture *f = *state;
	struct private_key key = {0};
	struct buffer before, after;
	buffer_init(&before, 1000);
	buffer_init(&after, 1000);
	make(f, KEY_KIND_IDENTITY);
	assert_int_equal(file_read(path_in(f, "k.key"), 1000, &before), RESULT_OK);
	assert_int_equal(keyfile_create(&(const struct keyfile){f->keys, "k", KEY_KIND_IDENTITY},
					&f->unlock, &key),
			 RESULT_EXISTS);
	assert_null(key.secret);
	assert_int_equal(file_read(path_in(f, "k.key"), 1000, &after), RESULT_OK);
	assert_true(bytes_equal(buffer_view(&before), buffer_view(&after)));
	assert_int_equal(unlock_file_create(f->unlock_path), RESULT_EXISTS);
	buffer_done(&before);
	buffer_done(&after);
}

static void folder_and_files_are_made_for_their_owner_only(void **state)
{
	struct fixture *f = *state;
	struct stat st;
	make(f, KEY_KIND_IDENTITY);
	assert_int_equal(stat(f->keys, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(stat(path_in(f, "k.key"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, IMAGE_LEN);
	assert_int_equal(stat(f->unlock_path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void a_key_that_others_can_read_is_refused(void **state)
{
	struct fixture *f = *state;
	struct problem problem;
	struct private_key key;
	make(f, KEY_KIND_IDENTITY);
	static const mode_t modes[] = {0640, 0604, 0620, 0601};
	for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
		assert_int_equal(chmod(path_in(f, "k.key"), modes[i]), 0);
		assert_int_equal(try_open(f, KEY_KIND_IDENTITY, &problem), RESULT_DENIED);
		assert_string_equal(problem.code, "key-permission");
	}
	assert_int_equal(chmod(path_in(f, "k.key"), 0400), 0);
	assert_int_equal(try_open(f, KEY_KIND_IDENTITY, &problem), RESULT_OK);
	assert_int_equal(chmod(f->keys, 0750), 0);
	assert_int_equal(try_open(f, KEY_KIND_IDENTITY, &problem), RESULT_DENIED);
	assert_string_equal(problem.code, "key-permission");
	assert_int_equal(keyfile_create(&(const struct keyfile){f->keys, "n", KEY_KIND_LOG},
					&f->unlock, &key),
			 RESULT_DENIED);
}

static void a_missing_key_is_named_with_what_to_do(void **state)
{
	struct fixture *f = *state;
	struct problem problem;
	assert_int_equal(try_open(f, KEY_KIND_IDENTITY, &problem), RESULT_NOT_FOUND);
	assert_string_equal(problem.code, "key-missing");
	make(f, KEY_KIND_IDENTITY);
	assert_int_equal(file_remove(path_in(f, "k.key")), RESULT_OK);
	assert_int_equal(try_open(f, KEY_KIND_IDENTITY, &problem), RESULT_NOT_FOUND);
	assert_string_equal(problem.code, "key-missing");
	assert_string_equal(problem.file, path_in(f, "k.key"));
	assert_true(strlen(problem.fix) > 0 && strlen(problem.message) > 0);
}

static void a_key_under_the_name_of_another_kind_is_refused(void **state)
{
	struct fixture *f = *state;
	struct problem problem;
	make(f, KEY_KIND_SEALING);
	assert_int_equal(try_open(f, KEY_KIND_TRANSPORT, &problem), RESULT_CONFIG);
	assert_string_equal(problem.code, "key-kind");
}

// Writes a changed image; with `mend`, with a checksum that fits it.
static void put_image(struct fixture *f, uint8_t *image, size_t len, bool mend)
{
	if (mend) {
		struct hash check = sha256(bytes_make(image, IMAGE_LEN - 8));
		memcpy(image + IMAGE_LEN - 8, check.b, 8);
	}
	assert_int_equal(file_replace(path_in(f, "k.key"), bytes_make(image, len), 0600), 0);
}

static void read_image(struct fixture *f, uint8_t image[IMAGE_LEN + 1])
{
	assert_int_equal(file_read_private_exact(path_in(f, "k.key"), image, IMAGE_LEN), 0);
}

static void every_flipped_byte_and_every_cut_is_found(void **state)
{
	struct fixture *f = *state;
	struct problem problem;
	uint8_t image[IMAGE_LEN + 1] = {0};
	make(f, KEY_KIND_IDENTITY);
	read_image(f, image);
	for (size_t i = 0; i < IMAGE_LEN; i++) {
		image[i] ^= 1;
		put_image(f, image, IMAGE_LEN, false);
		assert_int_equal(try_open(f, KEY_KIND_IDENTITY, &problem),
				 i == 4 ? RESULT_UNSUPPORTED : RESULT_DAMAGED);
		image[i] ^= 1;
	}
	static const size_t lengths[] = {0, 4, 5, 102, 104};
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		put_image(f, image, lengths[i], false);
		assert_int_equal(try_open(f, KEY_KIND_IDENTITY, &problem), RESULT_DAMAGED);
		assert_string_equal(problem.code, "key-damaged");
	}
	put_image(f, image, IMAGE_LEN, false);
	assert_int_equal(try_open(f, KEY_KIND_IDENTITY, &problem), RESULT_OK);
}

static void a_header_changed_on_purpose_does_not_open(void **state)
{
	struct fixture *f = *state;
	struct problem problem;
	uint8_t image[IMAGE_LEN + 1] = {0};
	make(f, KEY_KIND_SEALING);
	read_image(f, image);
	// The same X25519 secret must not be passed off as another kind of key.
	image[6] = KEY_KIND_TRANSPORT;
	put_image(f, image, IMAGE_LEN, true);
	assert_int_equal(try_open(f, KEY_KIND_TRANSPORT, &problem), RESULT_BAD_SIGNATURE);
	image[6] = KEY_KIND_SEALING;
	image[5] = 3;
	put_image(f, image, IMAGE_LEN, true);
	assert_int_equal(try_open(f, KEY_KIND_SEALING, &problem), RESULT_UNSUPPORTED);
	assert_string_equal(problem.code, "key-version");
	image[5] = 2;
	put_image(f, image, IMAGE_LEN, true);
	assert_int_equal(try_open(f, KEY_KIND_SEALING, &problem), RESULT_OK);
}

// The two files of the first disk format, made by an independent implementation of XChaCha20,
// Poly1305 and HKDF in Python, libargon2 and OpenSSL: secret 20..3f, salt 40..4f, nonce 50..67,
// unlock file 00..1f, passphrase "oefening". Later versions must go on reading them.
static const struct {
	enum key_kind kind;
	const char *image, *public_key, *passphrase;
} first_format[] = {
	{KEY_KIND_SEALING,
	 "4b4e504b310202404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f60616263646"
	 "566"
	 "67b8205fe39425d829ca059ac6fb6fbb1f9efdecaeaeea5728c3f3e2459ce96079584159f22e2493e7996b989"
	 "e3e"
	 "640d6416d3dae47016ec9a",
	 "358072d6365880d1aeea329adf9121383851ed21a28e3b75e965d0d2cd166254", NULL},
	{KEY_KIND_IDENTITY,
	 "4b4e504b310101404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f60616263646"
	 "566"
	 "6756917f005a65b2347a3aa7c5939bd4af744f1650e7517fa197209cad5483c8d7495706f68735d7f0d67dee4"
	 "7e1"
	 "36971e0f028c581621ba35",
	 "29acbae141bccaf0b22e1a94d34d0bc7361e526d0bfe12c89794bc9322966dd7", "oefening"},
};

static void files_of_the_first_disk_format_still_open(void **state)
{
	struct fixture *f = *state;
	uint8_t unlock[32], image[IMAGE_LEN], public_key[32];
	for (size_t i = 0; i < sizeof unlock; i++)
		unlock[i] = (uint8_t)i;
	assert_int_equal(file_replace(f->unlock_path, bytes_make(unlock, 32), 0600), RESULT_OK);
	assert_int_equal(folder_ensure(f->keys), RESULT_OK);
	for (size_t i = 0; i < 2; i++) {
		struct private_key key;
		struct problem problem = {0};
		struct unlock how = {.passphrase = bytes_of_text(first_format[i].passphrase)};
		if (!first_format[i].passphrase)
			how.key_file = f->unlock_path;
		assert_int_equal(
			hex_decode(image, sizeof image, bytes_of_text(first_format[i].image)), 0);
		assert_int_equal(
			hex_decode(public_key, 32, bytes_of_text(first_format[i].public_key)), 0);
		put_image(f, image, sizeof image, false);
		assert_int_equal(
			keyfile_open(&(const struct keyfile){f->keys, "k", first_format[i].kind},
				     &how, &key, &problem),
			0);
		assert_memory_equal(key.public_key, public_key, 32);
		assert_int_equal(key.secret[0], 0x20);
		assert_int_equal(key.secret[31], 0x3f);
		private_key_done(&key);
	}
}

static void names_of_keys_cannot_leave_the_folder(void **state)
{
	struct fixture *f = *state;
	struct private_key key;
	struct problem problem = {0};
	static const char *const names[] = {
		"", "../k", "a/b", "A", "a.b", "0123456789012345678901234567890123456789x"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		assert_int_equal(
			keyfile_create(&(const struct keyfile){f->keys, names[i], KEY_KIND_LOG},
				       &f->unlock, &key),
			RESULT_MALFORMED);
		assert_int_equal(
			keyfile_open(&(const struct keyfile){f->keys, names[i], KEY_KIND_LOG},
				     &f->unlock, &key, &problem),
			RESULT_MALFORMED);
		assert_string_equal(problem.code, "key-name");
	}
}

static void an_oin_is_twenty_digits_with_capitals_only_behind_its_prefix(void **state)
{
	(void)state;
	struct oin oin, other;
	assert_int_equal(oin_parse(bytes_of_text("00000099000000001000"), &oin), RESULT_OK);
	assert_string_equal(oin.text, "00000099000000001000");
	assert_int_equal(oin_parse(bytes_of_text("00000099AB0000001000"), &other), RESULT_OK);
	assert_false(oin_equal(&oin, &other));
	assert_true(oin_equal(&oin, &oin));
	static const char *const bad[] = {"",
					  "0000009900000000100",
					  "000000990000000010000",
					  "0000009A000000001000",
					  "00000099a00000001000",
					  "00000099 00000001000",
					  "-0000099000000001000"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(oin_parse(bytes_of_text(bad[i]), &oin), RESULT_MALFORMED);
		assert_string_equal(oin.text, "00000099000000001000");
	}
	assert_int_equal(oin_parse(bytes_make("00000099\0"
					      "00000001000",
					      20),
				   &oin),
			 RESULT_MALFORMED);
}

static void the_id_of_a_key_depends_on_its_kind_and_follows_pae(void **state)
{
	(void)state;
	uint8_t key[32] = {7};
	struct key_id identity = key_id_of(KEY_KIND_IDENTITY, key);
	struct key_id log = key_id_of(KEY_KIND_LOG, key);
	assert_false(key_id_equal(&identity, &log));
	uint8_t bytes[] = "\0\0\0\3"
			  "\0\0\0\20knooppunt/key/v1"
			  "\0\0\0\1\1"
			  "\0\0\0\40"
			  "01234567890123456789012345678901";
	memcpy(bytes + sizeof bytes - 1 - 32, key, 32);
	struct hash hash = sha256(bytes_make(bytes, sizeof bytes - 1));
	assert_memory_equal(identity.b, hash.b, KEY_ID_LEN);
}

static void z85_follows_zeromq_rfc_32(void **state)
{
	(void)state;
	static const uint8_t hello[8] = {0x86, 0x4F, 0xD2, 0x6F, 0xB5, 0x59, 0xF7, 0x5B};
	uint8_t key[32];
	char out[41];
	for (size_t i = 0; i < 32; i++)
		key[i] = hello[i % 8];
	transport_z85(out, key);
	assert_string_equal(out, "HelloWorldHelloWorldHelloWorldHelloWorld");
	memset(key, 0xff, 32);
	transport_z85(out, key);
	assert_string_equal(out, "%nSc0%nSc0%nSc0%nSc0%nSc0%nSc0%nSc0%nSc0");
	// The server key of zmq_curve(7) in both notations.
	static const char hex[] =
		"54fcba24e93249969316fb617c872bb0c1d1ff14800427c594cbfacf1bc2d652";
	assert_int_equal(hex_decode(key, 32, bytes_of_text(hex)), RESULT_OK);
	transport_z85(out, key);
	assert_string_equal(out, "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7");
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(a_key_opens_as_it_was_made_whatever_its_kind),
		WITH_FOLDER(an_opened_identity_key_signs_what_its_public_half_verifies),
		WITH_FOLDER(an_opened_sealing_key_agrees_with_its_peer),
		WITH_FOLDER(a_passphrase_opens_its_key_and_another_one_does_not),
		WITH_FOLDER(another_unlock_file_does_not_open_the_key),
		WITH_FOLDER(the_wrong_way_to_unlock_is_named_before_anything_is_tried),
		WITH_FOLDER(an_unlock_file_of_another_length_or_mode_is_refused),
		WITH_FOLDER(a_key_is_never_overwritten),
		WITH_FOLDER(folder_and_files_are_made_for_their_owner_only),
		WITH_FOLDER(a_key_that_others_can_read_is_refused),
		WITH_FOLDER(a_missing_key_is_named_with_what_to_do),
		WITH_FOLDER(a_key_under_the_name_of_another_kind_is_refused),
		WITH_FOLDER(every_flipped_byte_and_every_cut_is_found),
		WITH_FOLDER(a_header_changed_on_purpose_does_not_open),
		WITH_FOLDER(files_of_the_first_disk_format_still_open),
		WITH_FOLDER(names_of_keys_cannot_leave_the_folder),
		cmocka_unit_test(an_oin_is_twenty_digits_with_capitals_only_behind_its_prefix),
		cmocka_unit_test(the_id_of_a_key_depends_on_its_kind_and_follows_pae),
		cmocka_unit_test(z85_follows_zeromq_rfc_32),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

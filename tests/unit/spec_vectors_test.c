// SPDX-License-Identifier: EUPL-1.2
// The vectors of the specification against our C. They come from tests/python, which shares no code
// with it: where the two disagree, one of them does not do what the specification says.
#include "tests/unit/spec_vectors.h"

#include "base/file.h"
#include "crypto/seal.h"
#include "crypto/secret.h"
#include "crypto/sign.h"
#include "wire/batch.h"
#include "wire/bundle.h"
#include "wire/entry.h"
#include "wire/envelope.h"
#include "wire/part.h"
#include "wire/vector.h"

#include <dirent.h>

// A layout cannot change unseen: a new hash here is a change of the protocol and needs a version.
// lists.json only grows, and has a test of its own.
static const struct {
	const char *file, *sha256;
} pins[] = {
	{"batch", "cdfb0349955d87b099c9ede932d4812a216301c3c7cf70b34462c91ba7545dbb"},
	{"bundle", "14458848b3155b5f95d6128843c1b0abe9ce33163c776954e3e78ebb1ca62649"},
	{"entry", "577bf4d9a719138cf280da6ca78ac916a1a34650595d901d1144fe42ba5e0866"},
	{"envelope", "3393af6c19a349ed82f951fc0ea4bfa53102d46252e7ab4e8ac61cb2d06c9248"},
	{"hint", "aa052b27994a842bd0613ab917da5d51da24bfc73790bec788ba4a656a43ad30"},
	{"huissleutel", "d5d56c0463831e9db28aa0c69f701698c6d2874b8a39b9b951600a32dd6f8707"},
	{"key_id", "1e11ffd8838e95c88b486c57d155b652dc90a0a5c1e472c8cdadf924c75da7c3"},
	{"log", "bfbdadcaa7cd2791eeddbcc2c90fcaa9db828a104825912c58f8de2ccf604f9e"},
	{"log_keys", "a2b1e3fb389de345b908a42e520943cce4197ff2eb7710869a128ed894d65c51"},
	{"pae", "96ca7272c463fe507249f3cffd8dc93608756db7d169ceef22a9423dec78016c"},
	{"pair_key", "5441374858021fd87172c0658983bf9338974ba77a8d9728b50ebced23fb1d6b"},
	{"part", "775890a1947b4ae4c9e22c97970ceb666e22a19239a81ea6a0dd873a4e25fffc"},
	{"request", "b53933bfa43311164c4fbafaa510198c3d4da220cfa897e05efc66911779f914"},
	{"statement", "2caf09d98f1b34a8bfaf51b320aa73fc5f830ffbd978fa45623826b8da7f9de8"},
	{"vector", "80ad224e21a784c5cbd134606a6109f34b83d86c87b7943c29753a0e4178ac2e"},
	{"verrijking", "07d23365abd7379e6223d8b78d5b0c3ce0d872804f2444b21cb316c1f8b81062"},
};

static void every_vector_file_is_the_one_that_was_pinned(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(pins); i++) {
		char path[512], hex[65];
		struct buffer content;
		snprintf(path, sizeof path, "%s/" SPEC_FOLDER "%s.json", KNP_FIXTURES,
			 pins[i].file);
		buffer_init(&content, 4 << 20);
		assert_int_equal(file_read(path, 4 << 20, &content), RESULT_OK);
		struct hash hash = sha256(buffer_view(&content));
		hex_encode(hex, bytes_of_hash(&hash));
		if (strcmp(hex, pins[i].sha256) != 0)
			fail_msg("%s.json is now %s", pins[i].file, hex);
		buffer_done(&content);
	}
}

static bool is_pinned(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(pins); i++) {
		size_t len = strlen(pins[i].file);
		if (strncmp(name, pins[i].file, len) == 0 && strcmp(name + len, ".json") == 0)
			return true;
	}
	return strcmp(name, "lists.json") == 0 || name[0] == '.';
}

static void no_vector_file_is_left_unpinned(void **state)
{
	(void)state;
	DIR *folder = opendir(KNP_FIXTURES "/" SPEC_FOLDER);
	assert_non_null(folder);
	size_t count = 0;
	for (const struct dirent *entry; (entry = readdir(folder)) != NULL; count++) {
		if (!is_pinned(entry->d_name))
			fail_msg("%s has no pin", entry->d_name);
	}
	closedir(folder);
	assert_int_equal(count, COUNT_OF(pins) + 3); // lists.json, "." and ".."
}

static void check_pae(const json_t *row)
{
	size_t count;
	struct bytes *pieces = spec_list(row, "pieces", &count);
	struct buffer out;
	buffer_init(&out, 4096);
	pae_append(&out, pieces, count);
	assert_true(bytes_equal(buffer_view(&out), spec_hex(row, "pae")));
	struct hash whole = sha256(buffer_view(&out)), streamed = pae_sha256(pieces, count);
	assert_true(hash_equal(&whole, &streamed));
	buffer_done(&out);
}

static void pae_is_what_the_vectors_say(void **state)
{
	(void)state;
	spec_each("pae", "vectors", check_pae);
}

static void check_key_id(const json_t *row)
{
	struct key_id id =
		key_id_of((enum key_kind)spec_number(row, "kind"), spec_hex32(row, "public_key"));
	assert_true(bytes_equal(bytes_make(id.b, sizeof id.b), spec_hex(row, "key_id")));
}

static void key_ids_are_what_the_vectors_say(void **state)
{
	(void)state;
	spec_each("key_id", "vectors", check_key_id);
}

static struct pair_end read_end(const json_t *row, const char *field)
{
	struct pair_end end;
	const json_t *object = json_object_get(row, field);
	assert_int_equal(oin_parse(bytes_of_text(vectors_text(object, "oin")), &end.oin),
			 RESULT_OK);
	memcpy(end.public_key, spec_hex32(object, "public_key"), sizeof end.public_key);
	return end;
}

static enum result make_pair_key(const json_t *row, struct pair_key *ret_key)
{
	struct pair_end sender = read_end(row, "sender"), recipient = read_end(row, "recipient");
	struct bytes psk = spec_hex(row, "psk");
	return envelope_pair_key(
		&(const struct pair_direction){
			vectors_text(row, "origin"),
			(enum envelope_direction)spec_number(row, "direction"), &sender, &recipient,
			psk.len ? psk.data : NULL},
		spec_hex32(row, "own_secret"), ret_key);
}

static void check_pair_key(const json_t *row)
{
	struct pair_key key;
	assert_int_equal(make_pair_key(row, &key), RESULT_OK);
	assert_memory_equal(key.key, spec_hex32(row, "key"), sizeof key.key);
}

static void refuse_pair_key(const json_t *row)
{
	struct pair_key key;
	spec_refused(row, make_pair_key(row, &key));
}

static void pair_keys_are_what_the_vectors_say(void **state)
{
	(void)state;
	spec_each("pair_key", "vectors", check_pair_key);
	spec_each("pair_key", "negative", refuse_pair_key);
}

static enum result open_frame(const json_t *row, struct bytes *ret_content)
{
	struct pair_key key;
	struct bytes frame = spec_hex(row, "frame");
	memcpy(key.key, spec_hex32(row, "key"), sizeof key.key);
	uint8_t *plain = arena_alloc(spec_arena, frame.len);
	return envelope_open(frame, &key, plain, ret_content);
}

static void check_envelope(const json_t *row)
{
	struct envelope_prefix prefix;
	struct bytes content, frame = spec_hex(row, "frame");
	assert_int_equal(envelope_read_prefix(frame, &prefix), RESULT_OK);
	assert_int_equal(prefix.direction, spec_number(row, "direction"));
	assert_memory_equal(prefix.sender.b, spec_hex(row, "sender").data, KEY_ID_LEN);
	assert_memory_equal(prefix.recipient.b, spec_hex(row, "recipient").data, KEY_ID_LEN);
	assert_int_equal(open_frame(row, &content), RESULT_OK);
	assert_true(bytes_equal(content, spec_hex(row, "content")));
}

static void refuse_envelope(const json_t *row)
{
	struct bytes content;
	spec_refused(row, open_frame(row, &content));
}

static void check_class(const json_t *row)
{
	assert_int_equal(envelope_class(spec_number(row, "content_len")),
			 spec_number(row, "class"));
}

static void envelopes_open_as_the_vectors_say(void **state)
{
	(void)state;
	spec_each("envelope", "vectors", check_envelope);
	spec_each("envelope", "negative", refuse_envelope);
	spec_each("envelope", "classes", check_class);
}

static void check_hint(const json_t *row)
{
	uint8_t frame[HINT_LEN];
	enum hint_code code;
	uint32_t pause, expected = (uint32_t)spec_number(row, "pause_ms");
	hint_encode(frame, (enum hint_code)spec_number(row, "code"), expected);
	assert_true(bytes_equal(bytes_make(frame, sizeof frame), spec_hex(row, "frame")));
	assert_true(hint_decode(spec_hex(row, "frame"), &code, &pause));
	assert_int_equal(code, spec_number(row, "code"));
	assert_int_equal(pause, expected);
}

static void refuse_hint(const json_t *row)
{
	enum hint_code code;
	uint32_t pause;
	spec_refused(row, hint_decode(spec_hex(row, "frame"), &code, &pause) ? RESULT_OK
									     : RESULT_MALFORMED);
}

static void hints_are_what_the_vectors_say(void **state)
{
	(void)state;
	spec_each("hint", "vectors", check_hint);
	spec_each("hint", "negative", refuse_hint);
}

static enum vector_label read_label(const json_t *row)
{
	return strcmp(vectors_text(row, "label"), "knooppunt/slots/v1") == 0 ? VECTOR_SLOTS
									     : VECTOR_PARTS_LABEL;
}

static enum result check_opening(const json_t *row, const json_t *opening)
{
	struct hash root;
	struct bytes vector = spec_hex(row, "vector");
	enum result result = vector_root_of(read_label(row), vector, &root);
	if (result)
		return result;
	return vector_check(read_label(row), vector, (unsigned)spec_number(opening, "position"),
			    spec_hex(opening, "salt"), spec_hex(opening, "value"));
}

static void check_vector(const json_t *row)
{
	size_t count, i;
	struct bytes *values = spec_list(row, "values", &count);
	struct vector vector;
	json_t *item;
	assert_int_equal(vector_make(read_label(row), (unsigned)spec_number(row, "capacity"),
				     spec_hex32(row, "seed"), values, count, &vector),
			 RESULT_OK);
	struct hash root = vector_root(&vector), expected = spec_hash(row, "root");
	assert_true(hash_equal(&root, &expected));
	assert_true(bytes_equal(vector_bytes(&vector), spec_hex(row, "vector")));
	assert_int_equal(json_array_size(json_object_get(row, "order")), vector.capacity);
	json_array_foreach(json_object_get(row, "order"), i, item)
		assert_int_equal(vector.order[i], json_integer_value(item));
	json_array_foreach(json_object_get(row, "openings"), i, item)
		assert_int_equal(check_opening(row, item), RESULT_OK);
}

static void refuse_opening(const json_t *row)
{
	spec_refused(row, check_opening(row, row));
}

static void commitment_vectors_are_what_the_vectors_say(void **state)
{
	(void)state;
	uint8_t stream[128];
	json_t *root = spec_load("vector");
	const json_t *published = json_object_get(root, "keystream");
	seal_keystream(stream, sizeof stream, spec_hex32(published, "key"));
	assert_memory_equal(stream, spec_hex(published, "stream").data, sizeof stream);
	json_decref(root);
	spec_each("vector", "vectors", check_vector);
	spec_each("vector", "negative", refuse_opening);
}

static void check_entry(const json_t *row)
{
	struct entry entry;
	struct bytes wire = spec_hex(row, "entry");
	uint8_t again[ENTRY_LEN];
	assert_int_equal(entry_decode(wire, &entry), RESULT_OK);
	assert_int_equal(entry.class, spec_number(row, "class"));
	assert_true(entry.time == spec_number(row, "time"));
	assert_memory_equal(entry.register_head.b, spec_hex32(row, "register_head"), 32);
	assert_memory_equal(entry.parts_root.b, spec_hex32(row, "parts_root"), 32);
	entry_encode(again, &entry);
	assert_true(bytes_equal(bytes_make(again, sizeof again), wire));
	struct hash leaf = tree_leaf(wire), expected = spec_hash(row, "leaf_hash");
	assert_true(hash_equal(&leaf, &expected));
}

static void refuse_entry(const json_t *row)
{
	struct entry entry;
	spec_refused(row, entry_decode(spec_hex(row, "entry"), &entry));
}

static void entries_are_what_the_vectors_say(void **state)
{
	(void)state;
	spec_each("entry", "vectors", check_entry);
	spec_each("entry", "negative", refuse_entry);
}

static void check_path(const json_t *row, const struct tree_path *path)
{
	size_t count;
	struct bytes *hashes = spec_list(row, "path", &count);
	assert_int_equal(path->count, count);
	for (size_t i = 0; i < count; i++)
		assert_true(bytes_equal(bytes_of_hash(&path->hashes[i]), hashes[i]));
}

static void check_batch(const json_t *row)
{
	struct oin signer;
	struct private_key key = {.kind = KEY_KIND_IDENTITY};
	uint8_t secret[SIGN_SECRET_LEN], signature[SIGNATURE_LEN];
	struct signed_statement made[BATCH_MAX];
	size_t count;
	struct bytes *statements = spec_list(row, "statements", &count);
	assert_int_equal(oin_parse(bytes_of_text(vectors_text(row, "signer")), &signer), RESULT_OK);
	sign_keypair_from_seed(key.public_key, secret, spec_hex32(row, "seed"));
	key.secret = secret;
	key.id = key_id_of(KEY_KIND_IDENTITY, key.public_key);
	assert_memory_equal(key.public_key, spec_hex32(row, "public_key"), 32);
	assert_int_equal(batch_sign(&(const struct batch_signer){&signer, &key}, statements, count,
				    signature, made),
			 RESULT_OK);
	assert_true(
		bytes_equal(bytes_make(signature, sizeof signature), spec_hex(row, "signature")));
	for (size_t i = 0; i < count; i++) {
		const json_t *item = json_array_get(json_object_get(row, "items"), i);
		struct hash hash, expected = spec_hash(item, "header_hash");
		check_path(item, &made[i].path);
		assert_int_equal(batch_verify_one(&made[i], key.public_key, NULL, &hash),
				 RESULT_OK);
		assert_true(hash_equal(&hash, &expected));
	}
}

static void refuse_batch(const json_t *row)
{
	size_t count;
	struct bytes *path = spec_list(row, "path", &count);
	struct hash hash;
	struct signed_statement statement = {
		.statement = spec_hex(row, "statement"),
		.signer = bytes_of_text(vectors_text(row, "signer")),
		.key_id = spec_hex(row, "key_id"),
		.size = (uint32_t)spec_number(row, "size"),
		.index = (uint32_t)spec_number(row, "index"),
		.path = {.count = count},
		.signature = spec_hex(row, "signature"),
	};
	for (size_t i = 0; i < count; i++)
		memcpy(statement.path.hashes[i].b, path[i].data, sizeof(struct hash));
	spec_refused(row, batch_verify_one(&statement, spec_hex32(row, "public_key"), NULL, &hash));
}

static void batches_are_what_the_vectors_say(void **state)
{
	(void)state;
	spec_each("batch", "vectors", check_batch);
	spec_each("batch", "negative", refuse_batch);
}

static void check_verrijking(const json_t *row)
{
	struct opening openings[8];
	const json_t *list = json_object_get(row, "openings");
	size_t count = json_array_size(list);
	assert_true(count <= COUNT_OF(openings));
	for (size_t i = 0; i < count; i++) {
		const json_t *item = json_array_get(list, i);
		openings[i] = (struct opening){(uint32_t)spec_number(item, "position"),
					       spec_hex(item, "salt"), spec_hex(item, "value")};
	}
	struct hash made = verrijking_commitment(openings, count);
	struct hash expected = spec_hash(row, "commitment");
	assert_true(hash_equal(&made, &expected));
}

static void commitments_to_verrijkingen_are_what_the_vectors_say(void **state)
{
	(void)state;
	spec_each("verrijking", "vectors", check_verrijking);
}

static enum result read_bundle(const json_t *row, bool prove, struct bundle *ret_bundle)
{
	uint8_t secret[32];
	struct private_key send = {.kind = KEY_KIND_SEALING, .secret = secret};
	struct problem problem = {.code = NULL};
	memcpy(secret, spec_hex32(row, "send_secret"), sizeof secret);
	seal_public_of(send.public_key, secret);
	enum result result =
		bundle_decode(spec_hex(row, "wire"), prove ? &send : NULL, ret_bundle, &problem);
	assert_true((result == RESULT_OK) == (problem.code == NULL));
	return result;
}

static void check_bundle(const json_t *row)
{
	struct bundle bundle;
	const json_t *fields = json_object_get(row, "fields");
	assert_int_equal(read_bundle(row, false, &bundle), RESULT_OK);
	assert_string_equal(bundle.oin.text, vectors_text(fields, "oin"));
	assert_string_equal(bundle.naam, vectors_text(fields, "naam"));
	assert_string_equal(bundle.soort, vectors_text(fields, "soort"));
	const json_t *functies = json_object_get(fields, "functies");
	assert_int_equal(bundle.functie_count, json_array_size(functies));
	for (size_t i = 0; i < bundle.functie_count; i++)
		assert_string_equal(bundle.functies[i],
				    json_string_value(json_array_get(functies, i)));
	bool role = json_object_get(fields, "sealing") == NULL;
	bool proven = json_is_true(json_object_get(row, "proven"));
	assert_int_equal(read_bundle(row, true, &bundle),
			 proven || role ? RESULT_OK : RESULT_BAD_SIGNATURE);
}

static void refuse_bundle(const json_t *row)
{
	struct bundle bundle;
	spec_refused(row, read_bundle(row, true, &bundle));
}

static void bundles_are_what_the_vectors_say(void **state)
{
	(void)state;
	spec_each("bundle", "vectors", check_bundle);
	spec_each("bundle", "negative", refuse_bundle);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, spec_set_up, spec_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_vector_file_is_the_one_that_was_pinned),
		TEST(no_vector_file_is_left_unpinned),
		TEST(pae_is_what_the_vectors_say),
		TEST(key_ids_are_what_the_vectors_say),
		TEST(pair_keys_are_what_the_vectors_say),
		TEST(envelopes_open_as_the_vectors_say),
		TEST(hints_are_what_the_vectors_say),
		TEST(commitment_vectors_are_what_the_vectors_say),
		TEST(entries_are_what_the_vectors_say),
		TEST(batches_are_what_the_vectors_say),
		TEST(commitments_to_verrijkingen_are_what_the_vectors_say),
		TEST(bundles_are_what_the_vectors_say),
	};
	if (crypto_start())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

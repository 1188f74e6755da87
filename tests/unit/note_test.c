// SPDX-License-Identifier: EUPL-1.2
// Signed notes and checkpoints: the published cases, and our own bounds.
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

// A log key made from a fixed seed, and a checkpoint of it.
struct fixture {
	struct vkey vkey;
	uint8_t secret[SIGN_SECRET_LEN];
	struct checkpoint checkpoint;
	struct buffer note;
};

static void make_key(const char *name, uint8_t seed_byte, struct vkey *ret_vkey,
		     uint8_t ret_secret[SIGN_SECRET_LEN])
{
	uint8_t seed[SIGN_SEED_LEN], public_key[SIGN_PUBLIC_LEN];
	memset(seed, seed_byte, sizeof seed);
	sign_keypair_from_seed(public_key, ret_secret, seed);
	assert_int_equal(vkey_make(name, public_key, ret_vkey), RESULT_OK);
}

static int set_up(void **state)
{
	static struct fixture fixture;
	if (crypto_start() != RESULT_OK)
		return -1;
	memset(&fixture, 0, sizeof fixture);
	make_key(ORIGIN, 1, &fixture.vkey, fixture.secret);
	memcpy(fixture.checkpoint.origin, ORIGIN, sizeof ORIGIN);
	fixture.checkpoint.size = 20852163;
	fixture.checkpoint.root = tree_leaf(bytes_of_text("root"));
	buffer_init(&fixture.note, 65536);
	*state = &fixture;
	return checkpoint_sign(&fixture.checkpoint, &fixture.vkey, fixture.secret, &fixture.note) ==
			       RESULT_OK
		       ? 0
		       : -1;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	buffer_done(&fixture->note);
	return 0;
}

// Verifies `text` followed by a blank line and a good signature over it.
static enum result verify_signed_text(const struct fixture *fixture, struct bytes text,
				      struct checkpoint *ret_checkpoint)
{
	struct buffer note;
	buffer_init(&note, 65536);
	buffer_append(&note, text);
	buffer_append_text(&note, "\n");
	assert_int_equal(note_append_signature(text, &fixture->vkey, fixture->secret, &note),
			 RESULT_OK);
	enum result result = checkpoint_verify(buffer_view(&note), &fixture->vkey, ret_checkpoint);
	buffer_done(&note);
	return result;
}

static void a_well_signed_text_with_control_characters_is_malformed(void **state)
{
	const struct fixture *fixture = *state;
	static const struct {
		const char *text;
		size_t len;
		enum result want;
	} cases[] = {
		{"caf\xC3\xA9\n", 6, RESULT_OK},      {"a\tb\n", 4, RESULT_MALFORMED},
		{"a\0b\n", 4, RESULT_MALFORMED},      {"a\r\n", 3, RESULT_MALFORMED},
		{"a\x1F\n", 3, RESULT_MALFORMED},     {"a\x7F\n", 3, RESULT_MALFORMED},
		{"a\xC2\x85\n", 4, RESULT_MALFORMED}, {"a\xC3\n", 3, RESULT_MALFORMED},
		{"a\xC0\x80\n", 4, RESULT_MALFORMED}, {"a\xED\xA0\x80\n", 5, RESULT_MALFORMED},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct bytes text = bytes_make(cases[i].text, cases[i].len), got;
		struct buffer note;
		buffer_init(&note, 4096);
		buffer_append(&note, text);
		buffer_append_text(&note, "\n");
		assert_int_equal(
			note_append_signature(text, &fixture->vkey, fixture->secret, &note),
			RESULT_OK);
		assert_int_equal(note_verify(buffer_view(&note), &fixture->vkey, &got),
				 cases[i].want);
		buffer_done(&note);
	}
}

static json_t *load_notes(void)
{
	json_error_t error;
	json_t *json = json_load_file(KNP_FIXTURES "/signed-note/notes.json", 0, &error);
	if (json == NULL)
		fail_msg("notes.json line %d: %s", error.line, error.text);
	return json;
}

// One published note with one of its keys; returns whether it verified.
static bool published_note_verifies(struct bytes note, const char *key)
{
	struct vkey vkey;
	struct bytes text = bytes_make(NULL, 4242);
	assert_int_equal(vkey_parse(bytes_of_text(key), &vkey), RESULT_OK);
	enum result result = note_verify(note, &vkey, &text);
	if (result != RESULT_OK)
		assert_int_equal(text.len, 4242);
	else
		assert_true(text.data == note.data && text.data[text.len - 1] == '\n' &&
			    text.data[text.len] == '\n');
	return result == RESULT_OK;
}

static void published_notes_are_judged_as_published(void **state)
{
	(void)state;
	json_t *json = load_notes();
	size_t i, k, judged = 0;
	const json_t *item, *key;
	json_array_foreach(json_object_get(json, "cases"), i, item)
	{
		static uint8_t raw[CHECKPOINT_MAX];
		size_t len = 0;
		const json_t *text = json_object_get(item, "note_b64");
		struct bytes base64 = bytes_of_text(json_string_value(text));
		assert_int_equal(base64_decode(raw, sizeof raw, &len, base64), RESULT_OK);
		bool want = !json_is_true(json_object_get(item, "wantErr"));
		json_array_foreach(json_object_get(item, "vkeys"), k, key)
		{
			bool ok = published_note_verifies(bytes_make(raw, len),
							  json_string_value(key));
			if (ok != want)
				fail_msg("%s", json_string_value(json_object_get(item, "desc")));
			judged++;
		}
	}
	assert_int_equal(i, 14);
	// "no known key" lists none; "two sigs verified" lists two.
	assert_int_equal(judged, 14);
	json_decref(json);
}

static void a_note_that_only_others_signed_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct vkey other;
	uint8_t secret[SIGN_SECRET_LEN];
	struct bytes text;
	make_key(ORIGIN, 2, &other, secret);
	assert_int_equal(note_verify(buffer_view(&fixture->note), &other, &text),
			 RESULT_BAD_SIGNATURE);
	make_key("log.example.nl/ander", 1, &other, secret);
	assert_int_equal(note_verify(buffer_view(&fixture->note), &other, &text),
			 RESULT_BAD_SIGNATURE);
}

static void a_checkpoint_comes_back_as_it_was_signed(void **state)
{
	struct fixture *fixture = *state;
	struct checkpoint checkpoint;
	assert_int_equal(
		checkpoint_verify(buffer_view(&fixture->note), &fixture->vkey, &checkpoint),
		RESULT_OK);
	assert_memory_equal(&checkpoint, &fixture->checkpoint, sizeof checkpoint);
	assert_memory_equal(fixture->note.data, ORIGIN "\n20852163\n", strlen(ORIGIN) + 10);
}

static void every_flipped_bit_and_every_truncation_of_a_checkpoint_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct checkpoint checkpoint = {.size = 99};
	struct buffer *note = &fixture->note;
	for (size_t i = 0; i < note->len; i++) {
		assert_int_not_equal(
			checkpoint_verify(bytes_make(note->data, i), &fixture->vkey, &checkpoint),
			RESULT_OK);
		for (unsigned bit = 0; bit < 8; bit++) {
			note->data[i] ^= (uint8_t)(1U << bit);
			assert_int_not_equal(
				checkpoint_verify(buffer_view(note), &fixture->vkey, &checkpoint),
				RESULT_OK);
			note->data[i] ^= (uint8_t)(1U << bit);
		}
	}
	assert_int_equal(checkpoint.size, 99);
}

static void a_well_signed_text_that_is_no_checkpoint_is_malformed(void **state)
{
	struct fixture *fixture = *state;
	struct checkpoint checkpoint;
	static const char root[] = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
	static const char empty[] = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
	static const char *const origins[] = {ORIGIN, (ORIGIN "x"), "", (" " ORIGIN)};
	static const char *const sizes[] = {
		"5",  "05", "-5", "+5", "", "5 ", "9223372036854775808", "18446744073709551621",
		"0x5"};
	const char *const roots[] = {root, empty, "", "CsUY",
				     "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3"};
	static const char *const tails[] = {"", "extension\n", "\n"};
	unsigned accepted = 0;
	for (unsigned i = 0; i < 4 * 9 * 5 * 3; i++) {
		char text[600];
		int len = snprintf(text, sizeof text, "%s\n%s\n%s\n%s", origins[i % 4],
				   sizes[i / 4 % 9], roots[i / 36 % 5], tails[i / 180]);
		enum result result =
			verify_signed_text(fixture, bytes_make(text, (size_t)len), &checkpoint);
		if (result == RESULT_OK)
			accepted++;
		else
			assert_int_equal(result, RESULT_MALFORMED);
	}
	assert_int_equal(accepted, 2); // ours, 5, with either root
}

static void the_largest_size_and_the_empty_tree_have_checkpoints(void **state)
{
	struct fixture *fixture = *state;
	struct checkpoint checkpoint = fixture->checkpoint, again;
	const uint64_t sizes[] = {0, 1, (UINT64_C(1) << 63) - 1};
	for (size_t i = 0; i < 3; i++) {
		buffer_clear(&fixture->note);
		checkpoint.size = sizes[i];
		checkpoint.root = i == 0 ? tree_empty_root() : fixture->checkpoint.root;
		assert_int_equal(checkpoint_sign(&checkpoint, &fixture->vkey, fixture->secret,
						 &fixture->note),
				 RESULT_OK);
		assert_int_equal(
			checkpoint_verify(buffer_view(&fixture->note), &fixture->vkey, &again),
			RESULT_OK);
		assert_memory_equal(&again, &checkpoint, sizeof again);
	}
}

static void what_no_log_can_say_is_not_signed(void **state)
{
	struct fixture *fixture = *state;
	struct checkpoint checkpoint = fixture->checkpoint;
	size_t before = fixture->note.len;
	checkpoint.size = 0;
	assert_int_equal(
		checkpoint_sign(&checkpoint, &fixture->vkey, fixture->secret, &fixture->note),
		RESULT_MALFORMED);
	checkpoint.size = UINT64_C(1) << 63;
	assert_int_equal(
		checkpoint_sign(&checkpoint, &fixture->vkey, fixture->secret, &fixture->note),
		RESULT_MALFORMED);
	checkpoint = fixture->checkpoint;
	checkpoint.origin[0] = 'm';
	assert_int_equal(
		checkpoint_sign(&checkpoint, &fixture->vkey, fixture->secret, &fixture->note),
		RESULT_MALFORMED);
	struct vkey other;
	uint8_t secret[SIGN_SECRET_LEN];
	make_key(ORIGIN, 2, &other, secret);
	assert_int_equal(
		checkpoint_sign(&fixture->checkpoint, &fixture->vkey, secret, &fixture->note),
		RESULT_BAD_SIGNATURE);
	assert_int_equal(fixture->note.len, before);
	struct checkpoint zero = {.size = 0, .root = tree_leaf(bytes_of_text("not empty"))};
	const char text[] = ORIGIN "\n0\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
	assert_int_equal(verify_signed_text(fixture, bytes_of_text(text), &zero), RESULT_MALFORMED);
}

static void a_full_buffer_takes_no_part_of_a_checkpoint(void **state)
{
	struct fixture *fixture = *state;
	size_t whole = fixture->note.len;
	for (size_t ceiling = 0; ceiling <= whole; ceiling++) {
		struct buffer out;
		buffer_init(&out, ceiling);
		enum result result = checkpoint_sign(&fixture->checkpoint, &fixture->vkey,
						     fixture->secret, &out);
		assert_true((result == RESULT_OK) == (ceiling == whole));
		assert_int_equal(out.len, result == RESULT_OK ? whole : 0);
		buffer_done(&out);
	}
}

// Appends a signature line of someone unknown.
static void append_stranger(struct buffer *note, const char *name, size_t blob_len)
{
	static uint8_t blob[6000];
	static char base64[8004];
	assert_true(blob_len <= sizeof blob);
	base64_encode(base64, bytes_make(blob, blob_len));
	buffer_append_format(note, "\xE2\x80\x94 %s %s\n", name, base64);
}

static enum result verify_note(const struct fixture *fixture)
{
	struct checkpoint checkpoint;
	return checkpoint_verify(buffer_view(&fixture->note), &fixture->vkey, &checkpoint);
}

static void signatures_of_strangers_are_ignored_up_to_the_bounds(void **state)
{
	struct fixture *fixture = *state;
	for (unsigned i = 1; i < NOTE_SIGNATURES_MAX; i++)
		append_stranger(&fixture->note, "getuige.example/caf\xC3\xA9", 76);
	assert_int_equal(verify_note(fixture), RESULT_OK);
	append_stranger(&fixture->note, "getuige.example", 76);
	assert_int_equal(verify_note(fixture), RESULT_TOO_LARGE);
}

static void a_note_of_more_than_the_maximum_is_too_large(void **state)
{
	struct fixture *fixture = *state;
	append_stranger(&fixture->note, "w", 5000);
	assert_int_equal(verify_note(fixture), RESULT_OK);
	append_stranger(&fixture->note, "w", 5000);
	size_t room = CHECKPOINT_MAX - fixture->note.len;
	// 4 * blob / 3 + dash, spaces, name, newline; a name fills what is left.
	char name[32] = "w";
	size_t blob_len = (room - 12) / 4 * 3;
	size_t line = 4 + 1 + 1 + blob_len / 3 * 4 + 1;
	while (line < room) {
		name[strlen(name)] = 'w';
		line++;
	}
	append_stranger(&fixture->note, name, blob_len);
	assert_int_equal(fixture->note.len, CHECKPOINT_MAX);
	assert_int_equal(verify_note(fixture), RESULT_OK);
	buffer_append_text(&fixture->note, "\n");
	assert_int_equal(verify_note(fixture), RESULT_TOO_LARGE);
}

static void malformed_signature_lines_reject_the_note_whoever_made_them(void **state)
{
	struct fixture *fixture = *state;
	static const char *const bad[] = {
		"\xE2\x80\x94 w\n",
		"\xE2\x80\x94 w \n",
		"\xE2\x80\x94  AAAAAAAA\n",
		"\xE2\x80\x94 w AAAA\n",
		"\xE2\x80\x94 w AAAAAA==\n",
		"\xE2\x80\x94 w AAAAAAAA",
		"\xE2\x80\x94 w AAAAAAA\n",
		"\xE2\x80\x94 w+x AAAAAAAA\n",
		"\xE2\x80\x94 w\xC2\xA0x AAAAAAAA\n",
		"\xE2\x80\x94 w\xE3\x80\x80x AAAAAAAA\n",
		"\xE2\x80\x94 w x AAAAAAAA\n",
		"\xE2\x80\x94 w AAAAAAAA \n",
		"\xE2\x80\x94 w AAAA\tAAAA\n",
		"- w AAAAAAAA\n",
		"\xE2\x80\x94w AAAAAAAA\n",
		"\xE2\x80\x94 w AAAAAAAA\r\n",
		"\xE2\x80\x94 w\xE2\x80\xA8 AAAAAAAA\n",
		"w AAAAAAAA\n",
		"\xE2\x80\x94 w\xFF AAAAAAAA\n",
		"\xE2\x80\x94 w AAAAAAB=\n",
	};
	size_t whole = fixture->note.len;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		buffer_append_text(&fixture->note, bad[i]);
		if (verify_note(fixture) != RESULT_MALFORMED)
			fail_msg("line %zu was not malformed", i);
		fixture->note.len = whole;
	}
	buffer_append_text(&fixture->note, "\xE2\x80\x94 w AAAAAAA=\n");
	assert_int_equal(verify_note(fixture), RESULT_OK);
}

static void a_second_signature_of_the_same_key_must_be_good_too(void **state)
{
	struct fixture *fixture = *state;
	struct buffer *note = &fixture->note;
	const char *dash = memmem(note->data, note->len, "\n\n", 2);
	size_t begin = (size_t)((const uint8_t *)dash - note->data) + 2, len = note->len - begin;
	uint8_t line[512];
	assert_true(len <= sizeof line);
	memcpy(line, note->data + begin, len);
	buffer_append(note, bytes_make(line, len));
	assert_int_equal(verify_note(fixture), RESULT_OK);
	// Another letter in the middle of the signature: still base64, no longer a signature.
	line[len - 40] = line[len - 40] == 'A' ? 'B' : 'A';
	buffer_append(note, bytes_make(line, len));
	assert_int_equal(verify_note(fixture), RESULT_BAD_SIGNATURE);
}

static void a_signature_of_our_key_with_another_length_is_bad(void **state)
{
	struct fixture *fixture = *state;
	uint8_t blob[4 + SIGN_LEN + 1] = {0};
	char base64[128];
	memcpy(blob, fixture->vkey.key_hash, 4);
	for (size_t len = 5; len <= sizeof blob; len += 32) {
		size_t whole = fixture->note.len;
		base64_encode(base64, bytes_make(blob, len));
		buffer_append_format(&fixture->note, "\xE2\x80\x94 %s %s\n", ORIGIN, base64);
		assert_int_equal(verify_note(fixture), RESULT_BAD_SIGNATURE);
		fixture->note.len = whole;
	}
}

static void the_text_ends_at_the_last_blank_line(void **state)
{
	struct fixture *fixture = *state;
	struct bytes text = bytes_of_text("first\n\nsecond\n\n"), got;
	struct buffer note;
	buffer_init(&note, 4096);
	buffer_append(&note, text);
	buffer_append_text(&note, "\n");
	assert_int_equal(note_append_signature(text, &fixture->vkey, fixture->secret, &note),
			 RESULT_OK);
	assert_int_equal(note_verify(buffer_view(&note), &fixture->vkey, &got), RESULT_OK);
	assert_true(bytes_equal(got, text));
	buffer_done(&note);
	assert_int_equal(note_verify(bytes_make(NULL, 0), &fixture->vkey, &got), RESULT_MALFORMED);
	assert_int_equal(note_verify(bytes_of_text("\n"), &fixture->vkey, &got), RESULT_MALFORMED);
	assert_int_equal(note_verify(bytes_of_text("\n\n"), &fixture->vkey, &got),
			 RESULT_MALFORMED);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(published_notes_are_judged_as_published),
		TEST(a_note_that_only_others_signed_is_refused),
		TEST(a_checkpoint_comes_back_as_it_was_signed),
		TEST(every_flipped_bit_and_every_truncation_of_a_checkpoint_is_refused),
		TEST(a_well_signed_text_that_is_no_checkpoint_is_malformed),
		TEST(the_largest_size_and_the_empty_tree_have_checkpoints),
		TEST(what_no_log_can_say_is_not_signed),
		TEST(a_full_buffer_takes_no_part_of_a_checkpoint),
		TEST(a_well_signed_text_with_control_characters_is_malformed),
		TEST(signatures_of_strangers_are_ignored_up_to_the_bounds),
		TEST(a_note_of_more_than_the_maximum_is_too_large),
		TEST(malformed_signature_lines_reject_the_note_whoever_made_them),
		TEST(a_second_signature_of_the_same_key_must_be_good_too),
		TEST(a_signature_of_our_key_with_another_length_is_bad),
		TEST(the_text_ends_at_the_last_blank_line),
	};
	return cmocka_run_group_tests_name("note", tests, NULL, NULL);
}

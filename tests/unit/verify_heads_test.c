// SPDX-License-Identifier: EUPL-1.2
// What a signed log may still get wrong, whose log it is, and whether it extends what was seen.
#include "unit.h"

#include "audit/verify.h"

#include "base/file.h"
#include "crypto/secret.h"
#include "testexport.h"

#define COUNT 300

static int set_up(void **state)
{
	struct testexport *e = calloc(1, sizeof *e);
	if (crypto_start() != RESULT_OK)
		return -1;
	testexport_init(e, temporary_new(), "export", COUNT);
	testexport_put_all(e);
	*state = e;
	return 0;
}

static int tear_down(void **state)
{
	struct testexport *e = *state;
	temporary_free(e->t);
	testexport_done(e);
	free(e);
	return 0;
}

static enum result verify_into(const struct testexport *e, const char *vkey_file,
			       const char *last_file, struct verify_outcome *ret_outcome)
{
	const struct verify_options options = {
		.folder = e->folder, .vkey_file = vkey_file, .last_file = last_file};
	return verify_log(&options, ret_outcome);
}

static struct verify_outcome verify_with(const struct testexport *e, const char *vkey_file,
					 const char *last_file)
{
	struct verify_outcome outcome;
	assert_int_equal(verify_into(e, vkey_file, last_file, &outcome), RESULT_OK);
	return outcome;
}

static void assert_not_intact(const struct verify_outcome *outcome, const char *file)
{
	assert_false(outcome->intact);
	assert_false(outcome->extends);
	assert_string_equal(outcome->file, file);
	assert_true(strlen(outcome->what) > 5);
}

// Changes one entry of a log and signs the whole anew, as a knooppunt with a fault would have.
static void assert_flaw(struct testexport *e, size_t index, size_t offset)
{
	testexport_put_all(e);
	struct verify_outcome outcome = verify_with(e, NULL, NULL);
	assert_not_intact(&outcome, index < 256 ? "tile/entries/000" : "tile/entries/001.p/44");
	assert_true(outcome.has_index && outcome.has_offset);
	assert_int_equal(outcome.index, index);
	assert_int_equal(outcome.offset, index % 256 * 82 + 2 + offset);
}

static void a_signed_log_whose_entries_do_not_follow_on_each_other_is_not_intact(void **state)
{
	struct testexport *e = *state;
	uint8_t kept[ENTRY_LEN];
	struct {
		size_t index, offset;
		uint8_t change;
	} const flaws[] = {
		{3, 0, 'k' ^ 'K'},   // magic
		{4, 4, 3},           // version
		{5, 5, 2},           // event to genesis
		{0, 5, 2},           // a first that is no genesis
		{77, 5, 0x10},       // a class that is none
		{299, 16, 0x01},     // register head
		{271, 16 + 31, 0x80} // the head again, its last byte
	};
	for (size_t i = 0; i < COUNT_OF(flaws); i++) {
		size_t index = flaws[i].index;
		memcpy(kept, e->entries[index], ENTRY_LEN);
		e->entries[index][flaws[i].offset] ^= flaws[i].change;
		size_t field = flaws[i].offset >= 16 ? 16 : flaws[i].offset;
		// A class that is none, or a genesis with a register head, has not the form.
		if (index == 77 || index == 5)
			field = 0;
		assert_flaw(e, index, field);
		memcpy(e->entries[index], kept, ENTRY_LEN);
	}
	// A time that goes back: entry 200 is later than 201.
	put_u64be(e->entries[200] + 8, get_u64be(e->entries[200] + 8) + 60000);
	assert_flaw(e, 201, 8);
}

static void a_register_leaf_that_is_passed_over_is_not_intact(void **state)
{
	struct testexport *e = *state;
	// Entry 255 becomes a register leaf; the entries after it keep naming 250.
	e->entries[255][5] = ENTRY_REGISTER;
	assert_flaw(e, 256, 16);
}

static void a_checkpoint_without_a_good_signature_is_not_intact(void **state)
{
	struct testexport *e = *state;
	struct buffer note;
	uint8_t other_public[32], other_secret[64];
	const char *path = temporary_path(e->t, "export/checkpoint");
	buffer_init(&note, 10000);
	assert_int_equal(file_read(path, 10000, &note), RESULT_OK);
	uint8_t *blank = memmem(note.data, note.len, "\n\n", 2);
	size_t text = (size_t)(blank - note.data) + 1;
	static const size_t cuts[] = {0, 1}; // with the blank line, and without
	for (size_t i = 0; i < 2; i++) {
		testexport_put(e->folder, "checkpoint", bytes_make(note.data, text + cuts[i]));
		struct verify_outcome outcome = verify_with(e, NULL, NULL);
		assert_not_intact(&outcome, "checkpoint");
	}
	sign_keypair(other_public, other_secret);
	testexport_put_note(e, "checkpoint", COUNT, other_secret);
	struct verify_outcome outcome = verify_with(e, NULL, NULL);
	assert_not_intact(&outcome, "checkpoint");
	assert_int_equal(outcome.size, 0);
	buffer_done(&note);
}

static void the_key_that_was_given_is_the_one_that_counts(void **state)
{
	struct testexport *e = *state;
	const char *given = temporary_path(e->t, "given.vkey");
	struct verify_outcome outcome = {.size = 7};
	assert_int_equal(verify_into(e, given, NULL, &outcome), RESULT_NOT_FOUND);
	testexport_put(e->t->folder, "given.vkey", bytes_of_text("not a key\n"));
	assert_int_equal(verify_into(e, given, NULL, &outcome), RESULT_CONFIG);
	assert_int_equal(outcome.size, 7);
	testexport_put(e->t->folder, "given.vkey", bytes_of_text(e->log.vkey_text));
	assert_true(verify_with(e, given, NULL).intact);
	assert_int_equal(unlink(temporary_path(e->t, "export/log.vkey")), 0);
	assert_true(verify_with(e, given, NULL).intact);

	// Another key in the folder: whoever takes it from there is misled.
	struct vkey other = e->log.vkey;
	char text[VKEY_MAX + 1];
	uint8_t public_key[32], secret[64];
	sign_keypair(public_key, secret);
	assert_int_equal(vkey_make(TESTLOG_ORIGIN, public_key, &other), RESULT_OK);
	vkey_format(text, &other);
	testexport_put(e->folder, "log.vkey", bytes_of_text(text));
	outcome = verify_with(e, given, NULL);
	assert_not_intact(&outcome, "log.vkey");
	// And the whole log under another key.
	testexport_put_all(e);
	testexport_put(e->t->folder, "given.vkey", bytes_of_text(text));
	assert_int_equal(unlink(temporary_path(e->t, "export/log.vkey")), 0);
	outcome = verify_with(e, given, NULL);
	assert_not_intact(&outcome, "checkpoint");
}

static void a_folder_that_is_not_there_is_not_found(void **state)
{
	struct testexport *e = *state;
	struct verify_outcome outcome;
	struct verify_options options = {.folder = temporary_path(e->t, "none")};
	assert_int_equal(verify_log(&options, &outcome), RESULT_NOT_FOUND);
	options.folder = temporary_path(e->t, "export/checkpoint");
	assert_int_equal(verify_log(&options, &outcome), RESULT_NOT_FOUND);
}

static bool same_file(const char *a, const char *b)
{
	struct buffer x, y;
	buffer_init(&x, 10000);
	buffer_init(&y, 10000);
	assert_int_equal(file_read(a, 10000, &x), RESULT_OK);
	assert_int_equal(file_read(b, 10000, &y), RESULT_OK);
	bool same = bytes_equal(buffer_view(&x), buffer_view(&y));
	buffer_done(&x);
	buffer_done(&y);
	return same;
}

static void a_log_that_grew_extends_what_was_seen_and_becomes_it(void **state)
{
	struct testexport *e = *state;
	static const size_t sizes[] = {0, 1, 100, 255, 256, 257, 299, 300};
	const char *last = temporary_path(e->t, "export/seen");
	const char *checkpoint = temporary_path(e->t, "export/checkpoint");
	struct verify_outcome outcome = verify_with(e, NULL, last);
	assert_true(outcome.intact && !outcome.extends); // the first time
	assert_true(same_file(last, checkpoint));
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		testexport_put_note(e, "seen", sizes[i], e->log.secret);
		outcome = verify_with(e, NULL, last);
		assert_true(outcome.intact && outcome.extends);
		assert_true(same_file(last, checkpoint));
	}
}

static void a_log_shorter_than_what_was_seen_is_not_intact(void **state)
{
	struct testexport *e = *state;
	const char *last = temporary_path(e->t, "seen");
	assert_true(verify_with(e, NULL, last).intact);
	struct testexport older;
	testexport_init(&older, e->t, "older", COUNT - 1);
	testexport_put_all(&older);
	assert_true(verify_with(&older, NULL, NULL).intact); // in itself it is sound
	struct verify_outcome outcome = verify_with(&older, NULL, last);
	assert_not_intact(&outcome, "checkpoint");
	assert_true(same_file(last, temporary_path(e->t, "export/checkpoint"))); // it is kept
	testexport_done(&older);
}

static void a_log_with_another_past_is_not_intact(void **state)
{
	struct testexport *e = *state;
	static const size_t sizes[] = {150, 256, 300};
	const char *last = temporary_path(e->t, "export/seen");
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		testexport_put_all(e);
		testexport_put_note(e, "seen", sizes[i], e->log.secret);
		e->entries[sizes[i] - 1][79] ^= 1; // signed by the same key, and sound in itself
		testexport_put_all(e);
		assert_true(verify_with(e, NULL, NULL).intact);
		struct verify_outcome outcome = verify_with(e, NULL, last);
		assert_not_intact(&outcome, "checkpoint");
		assert_non_null(strstr(outcome.what, "does not extend"));
		e->entries[sizes[i] - 1][79] ^= 1;
	}
}

static void what_was_seen_must_be_a_checkpoint_of_this_log(void **state)
{
	struct testexport *e = *state;
	uint8_t public_key[32], secret[64];
	const char *last = temporary_path(e->t, "export/seen");
	struct verify_outcome outcome;
	testexport_put(e->folder, "seen", bytes_of_text("not a note\n"));
	assert_int_equal(verify_into(e, NULL, last, &outcome), RESULT_CONFIG);
	// The folder's key and checkpoint were replaced; the one seen before tells.
	sign_keypair(public_key, secret);
	testexport_put_note(e, "seen", 100, secret);
	outcome = verify_with(e, NULL, last);
	assert_not_intact(&outcome, last);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define VERIFY_TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
		VERIFY_TEST(a_signed_log_whose_entries_do_not_follow_on_each_other_is_not_intact),
		VERIFY_TEST(a_register_leaf_that_is_passed_over_is_not_intact),
		VERIFY_TEST(a_checkpoint_without_a_good_signature_is_not_intact),
		VERIFY_TEST(the_key_that_was_given_is_the_one_that_counts),
		VERIFY_TEST(a_folder_that_is_not_there_is_not_found),
		VERIFY_TEST(a_log_that_grew_extends_what_was_seen_and_becomes_it),
		VERIFY_TEST(a_log_shorter_than_what_was_seen_is_not_intact),
		VERIFY_TEST(a_log_with_another_past_is_not_intact),
		VERIFY_TEST(what_was_seen_must_be_a_checkpoint_of_this_log),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
// A receipt in a file: what is read back is what was proven, and a text that was changed, cut short
// or made by somebody else proves nothing. Each text lies in memory of its own, so that a build
// with AddressSanitizer sees a read beyond it.
#include "tests/unit/unit.h"

#include "crypto/secret.h"
#include "keys/keys.h"
#include "lib/receipt.h"

#include "fake_log.h"

#include <stdlib.h>
#include <string.h>

#define ID "melding-000000000001"
#define INDEX 2
#define VECTOR_AT ENTRY_LEN
#define PART_AT (ENTRY_LEN + VECTOR_PARTS * sizeof(struct hash) + 4 + VECTOR_SALT_LEN)

struct fixture {
	struct fake_log log;
	struct log_keys keys;
	struct arena *arena;
	struct leaf leaf; // of entry INDEX
	struct bytes note;
	struct buffer text;
};

static struct part sender_part(void)
{
	struct part part = {.kind = PART_SENDER};
	part.sender = (struct part_sender){
		.origin = bytes_of_text(FAKE_ORIGIN),
		.source = bytes_of_text("urn:nld:oin:00000099000000001000:systeem:test"),
		.id = bytes_of_text(ID),
		.outcome = OUTCOME_AANVAARD,
		.oefening = true};
	memset(part.sender.header_hash.b, 0x7e, sizeof part.sender.header_hash);
	return part;
}

// The receipt of entry INDEX as the log now is.
static void write_receipt(struct fixture *f)
{
	fake_log_leaf(&f->log, INDEX, 0, f->log.arena, &f->leaf);
	f->note = fake_log_note(&f->log, f->log.size, f->log.arena);
	buffer_clear(&f->text);
	assert_int_equal(receipt_format(&f->leaf, f->note, &f->text), RESULT_OK);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	*state = f;
	if (!f || crypto_start() != RESULT_OK || arena_new(1 << 20, &f->arena) != RESULT_OK)
		return -1;
	fake_log_init(&f->log);
	log_keys_one(&f->keys, &f->log.vkey);
	buffer_init(&f->text, TLOG_PROOF_MAX);
	struct part part = sender_part();
	for (int i = 0; i < 5; i++)
		fake_log_append(&f->log, i == 0 ? ENTRY_GENESIS : ENTRY_EVENT, &part, 1);
	write_receipt(f);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	fake_log_done(&f->log);
	buffer_done(&f->text);
	arena_free(f->arena);
	free(f);
	return 0;
}

static enum result parse(struct fixture *f, struct bytes text, struct receipt *ret_receipt)
{
	uint8_t *copy = malloc(text.len ? text.len : 1);
	assert_non_null(copy);
	memcpy(copy, text.data, text.len);
	arena_clear(f->arena);
	enum result result =
		receipt_parse(bytes_make(copy, text.len), &f->keys, f->arena, ret_receipt);
	struct bytes note = receipt_note(bytes_make(copy, text.len));
	assert_true(note.len == 0 ||
		    (note.data >= copy && note.data + note.len == copy + text.len));
	free(copy);
	return result;
}

static void assert_damaged(struct fixture *f)
{
	struct receipt receipt;
	assert_int_equal(parse(f, buffer_view(&f->text), &receipt), RESULT_DAMAGED);
}

static void a_receipt_is_read_back_as_it_was_proven(void **state)
{
	struct fixture *f = *state;
	struct receipt receipt;
	struct hash root = fake_log_root(&f->log, 5);
	struct bytes text = buffer_view(&f->text);
	arena_clear(f->arena);
	assert_int_equal(receipt_parse(text, &f->keys, f->arena, &receipt), RESULT_OK);
	assert_int_equal(receipt.index, INDEX);
	assert_int_equal(receipt.checkpoint.size, 5);
	assert_true(hash_equal(&receipt.checkpoint.root, &root));
	assert_int_equal(receipt.part.kind, PART_SENDER);
	assert_true(bytes_equal(receipt.part.sender.id, bytes_of_text(ID)));
	assert_int_equal(receipt.part.sender.outcome, OUTCOME_AANVAARD);
	assert_true(bytes_equal(receipt_note(text), f->note));
}

static void a_note_alone_or_nothing_has_no_note(void **state)
{
	(void)state;
	assert_int_equal(receipt_note((struct bytes){0}).len, 0);
	assert_null(receipt_note(bytes_of_text("x")).data);
	assert_int_equal(receipt_note(bytes_of_text("a line\nand another\n")).len, 0);
	assert_int_equal(receipt_note(bytes_of_text("a line\n\n")).len, 0);
	assert_int_equal(receipt_note(bytes_of_text("a line\n\nx")).len, 1);
}

static void every_changed_character_proves_nothing(void **state)
{
	struct fixture *f = *state;
	for (size_t i = 0; i < f->text.len; i++) {
		uint8_t before = f->text.data[i];
		f->text.data[i] = before == 'A' ? 'B' : 'A';
		assert_damaged(f);
		f->text.data[i] = before;
	}
}

static void every_cut_proves_nothing(void **state)
{
	struct fixture *f = *state;
	struct receipt receipt;
	for (size_t len = 0; len < f->text.len; len++)
		assert_int_equal(parse(f, bytes_make(f->text.data, len), &receipt), RESULT_DAMAGED);
}

static void fill_the_stack(void)
{
	volatile uint8_t junk[8192];
	for (size_t i = 0; i < sizeof junk; i++)
		junk[i] = 0xff;
}

// Whatever lies there from before is no extra data.
static void a_first_line_without_an_end_proves_nothing(void **state)
{
	struct fixture *f = *state;
	struct receipt receipt;
	static const char *const texts[] = {"", "c2sp", "c2sp.org/tlog-proof@v1\nextra AAAA",
					    "c2sp.org/tlog-proof@v2\nextra AAAA\n"};
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		fill_the_stack();
		assert_int_equal(parse(f, bytes_of_text(texts[i]), &receipt), RESULT_DAMAGED);
	}
}

// The proof as it is, and another `extra` line.
static void replace_extra(struct fixture *f, struct bytes extra)
{
	static const char start[] = "c2sp.org/tlog-proof@v1\nextra ";
	char line[8192];
	const uint8_t *data = f->text.data;
	const uint8_t *rest = memchr(data + sizeof start, '\n', f->text.len - sizeof start);
	struct bytes behind = bytes_make(rest, f->text.len - (size_t)(rest - data));
	struct bytes kept = arena_copy(f->log.arena, behind);
	assert_true(base64_size(extra.len) <= sizeof line);
	base64_encode(line, extra);
	buffer_clear(&f->text);
	buffer_append_text(&f->text, start);
	buffer_append_text(&f->text, line);
	buffer_append(&f->text, kept);
}

static void an_extra_line_of_another_length_proves_nothing(void **state)
{
	struct fixture *f = *state;
	static uint8_t extra[5000];
	memcpy(extra, f->leaf.entry.data, ENTRY_LEN);
	memcpy(extra + VECTOR_AT, f->leaf.vector.data, f->leaf.vector.len);
	static const size_t lengths[] = {0, 1, ENTRY_LEN, PART_AT - 1, PART_AT, 4096, 4097, 5000};
	for (size_t i = 0; i < COUNT_OF(lengths); i++) {
		replace_extra(f, bytes_make(extra, lengths[i]));
		assert_damaged(f);
	}
}

// Proven all the way, and yet nothing that a client can read.
static void a_part_or_an_entry_that_cannot_be_read_proves_nothing(void **state)
{
	struct fixture *f = *state;
	struct fake_entry *entry = &f->log.entries[INDEX];
	struct receipt receipt;
	struct vector vector;
	struct bytes part = entry->parts[0];
	entry->parts[0] = bytes_of_text("\xff\xff no part");
	fake_must(vector_make(VECTOR_PARTS_LABEL, VECTOR_PARTS, entry->seed, entry->parts, 1,
			      &vector));
	struct hash root = vector_root(&vector), before;
	memcpy(before.b, entry->wire + ENTRY_LEN - sizeof root, sizeof root);
	memcpy(entry->wire + ENTRY_LEN - sizeof root, root.b, sizeof root);
	fake_log_rehash(&f->log, INDEX);
	write_receipt(f);
	assert_damaged(f);

	entry->parts[0] = part;
	memcpy(entry->wire + ENTRY_LEN - sizeof root, before.b, sizeof root);
	fake_log_rehash(&f->log, INDEX);
	write_receipt(f);
	assert_int_equal(parse(f, buffer_view(&f->text), &receipt), RESULT_OK);
	entry->wire[5] = 9; // no class
	fake_log_rehash(&f->log, INDEX);
	write_receipt(f);
	assert_damaged(f);
}

static void a_log_of_another_key_proves_nothing(void **state)
{
	struct fixture *f = *state;
	uint8_t public_key[SIGN_PUBLIC_LEN], secret[SIGN_SECRET_LEN];
	struct vkey other;
	sign_keypair(public_key, secret);
	assert_int_equal(vkey_make(FAKE_ORIGIN, public_key, &other), RESULT_OK);
	log_keys_one(&f->keys, &other);
	assert_damaged(f);
}

static void what_does_not_fit_is_not_written_and_memory_is_not_taken_for_damage(void **state)
{
	struct fixture *f = *state;
	struct receipt receipt;
	struct arena *small;
	struct leaf leaf = f->leaf;
	struct buffer out;
	for (size_t room = 1; room < f->text.len; room += 61) {
		buffer_init(&out, room);
		assert_int_equal(receipt_format(&leaf, f->note, &out), RESULT_TOO_LARGE);
		buffer_done(&out);
	}
	buffer_init(&out, f->text.len);
	assert_int_equal(receipt_format(&leaf, f->note, &out), RESULT_OK);
	assert_true(bytes_equal(buffer_view(&out), buffer_view(&f->text)));
	buffer_clear(&out);
	static uint8_t large[TLOG_PROOF_EXTRA_MAX];
	leaf.part.value = bytes_make(large, sizeof large);
	assert_int_equal(receipt_format(&leaf, f->note, &out), RESULT_TOO_LARGE);
	leaf = f->leaf;
	leaf.index = UINT64_C(1) << 63;
	assert_int_equal(receipt_format(&leaf, f->note, &out), RESULT_MALFORMED);
	assert_int_equal(out.len, 0);
	buffer_done(&out);
	assert_int_equal(arena_new(512, &small), RESULT_OK);
	assert_int_equal(receipt_parse(buffer_view(&f->text), &f->keys, small, &receipt),
			 RESULT_NO_MEMORY);
	arena_free(small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(a_receipt_is_read_back_as_it_was_proven),
		cmocka_unit_test(a_note_alone_or_nothing_has_no_note),
		T(every_changed_character_proves_nothing),
		T(every_cut_proves_nothing),
		T(a_first_line_without_an_end_proves_nothing),
		T(an_extra_line_of_another_length_proves_nothing),
		T(a_part_or_an_entry_that_cannot_be_read_proves_nothing),
		T(a_log_of_another_key_proves_nothing),
		T(what_does_not_fit_is_not_written_and_memory_is_not_taken_for_damage),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
// Receipts: an item is done only when everything about its receipt is proven. Each test changes one
// thing and sees the check that is there for it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client_fixture.h"

#include "crypto/hash.h"

#define ID "melding-000000000001"

static struct bytes flipped(struct fake_knooppunt *fake, struct bytes view, size_t at)
{
	struct bytes copy = arena_copy(fake->arena, view);
	((uint8_t *)(uintptr_t)copy.data)[at] ^= 1;
	return copy;
}

static struct leaf *receipt_of(struct replies *replies)
{
	for (size_t i = 0; i < replies->reply_count; i++) {
		if (replies->replies[i].has_receipt)
			return &replies->replies[i].receipt;
	}
	return NULL;
}

// ---- what can be wrong with an answer ----------------------------------------------------------

static void bad_note(struct fake_knooppunt *fake, struct replies *replies)
{
	if (receipt_of(replies))
		replies->checkpoint = flipped(fake, replies->checkpoint, strlen(FAKE_ORIGIN) + 1);
}

static void note_of_another_key(struct fake_knooppunt *fake, struct replies *replies)
{
	struct fake_log *log = &fake->log;
	struct private_key own = log->key;
	struct vkey vkey = log->vkey;
	if (!receipt_of(replies))
		return;
	log->key = fake->officer;
	fake_must(vkey_make(FAKE_ORIGIN, log->key.public_key, &log->vkey));
	replies->checkpoint = fake_log_note(log, log->size, fake->arena);
	log->key = own;
	log->vkey = vkey;
}

static void proof_from_elsewhere(struct fake_knooppunt *fake, struct replies *replies)
{
	(void)fake;
	if (receipt_of(replies))
		replies->old_size--;
}

static void bad_entry_magic(struct fake_knooppunt *fake, struct replies *replies)
{
	struct leaf *leaf = receipt_of(replies);
	if (leaf)
		leaf->entry = flipped(fake, leaf->entry, 0);
}

static void bad_entry_time(struct fake_knooppunt *fake, struct replies *replies)
{
	struct leaf *leaf = receipt_of(replies);
	if (leaf)
		leaf->entry = flipped(fake, leaf->entry, 15);
}

static void bad_vector(struct fake_knooppunt *fake, struct replies *replies)
{
	struct leaf *leaf = receipt_of(replies);
	if (leaf)
		leaf->vector = flipped(fake, leaf->vector, 100);
}

static void bad_salt(struct fake_knooppunt *fake, struct replies *replies)
{
	struct leaf *leaf = receipt_of(replies);
	if (leaf)
		leaf->part.salt = flipped(fake, leaf->part.salt, 0);
}

static void bad_value(struct fake_knooppunt *fake, struct replies *replies)
{
	struct leaf *leaf = receipt_of(replies);
	if (leaf)
		leaf->part.value = flipped(fake, leaf->part.value, 8);
}

static void other_position(struct fake_knooppunt *fake, struct replies *replies)
{
	(void)fake;
	struct leaf *leaf = receipt_of(replies);
	if (leaf)
		leaf->part.position ^= 1;
}

static void bad_path(struct fake_knooppunt *fake, struct replies *replies)
{
	(void)fake;
	struct leaf *leaf = receipt_of(replies);
	if (leaf)
		leaf->path.hashes[0].b[0] ^= 1;
}

static void short_path(struct fake_knooppunt *fake, struct replies *replies)
{
	(void)fake;
	struct leaf *leaf = receipt_of(replies);
	if (leaf)
		leaf->path.count--;
}

static void other_index(struct fake_knooppunt *fake, struct replies *replies)
{
	(void)fake;
	struct leaf *leaf = receipt_of(replies);
	if (leaf)
		leaf->index--;
}

static void other_part(struct fake_knooppunt *fake, struct replies *replies)
{
	struct leaf *leaf = receipt_of(replies);
	if (leaf)
		fake_log_leaf(&fake->log, leaf->index, 1, fake->arena, leaf);
}

static void leaf_of_register(struct fake_knooppunt *fake, struct replies *replies)
{
	struct leaf *leaf = receipt_of(replies);
	if (leaf)
		fake_log_leaf(&fake->log, 1, 0, fake->arena, leaf);
}

static void says_refused(struct fake_knooppunt *fake, struct replies *replies)
{
	(void)fake;
	if (receipt_of(replies))
		replies->replies[0].outcome = OUTCOME_GEWEIGERD;
}

static void says_accepted(struct fake_knooppunt *fake, struct replies *replies)
{
	(void)fake;
	if (receipt_of(replies))
		replies->replies[0].outcome = OUTCOME_AANVAARD;
}

static void says_other_reason(struct fake_knooppunt *fake, struct replies *replies)
{
	(void)fake;
	if (receipt_of(replies))
		replies->replies[0].reason = REASON_TOO_OLD;
}

// ---- what can be wrong with the part itself ----------------------------------------------------

static void of_another_log(struct fake_knooppunt *fake, struct part *part)
{
	(void)fake;
	if (part->kind == PART_SENDER)
		part->sender.origin = bytes_of_text("elsewhere.example/log");
}

static void not_an_oefening(struct fake_knooppunt *fake, struct part *part)
{
	(void)fake;
	if (part->kind == PART_SENDER)
		part->sender.oefening = false;
}

static void of_another_source(struct fake_knooppunt *fake, struct part *part)
{
	(void)fake;
	if (part->kind == PART_SENDER)
		part->sender.source = bytes_of_text("urn:nld:oin:" ONTVANGER_OIN ":systeem:test");
}

static void of_another_id(struct fake_knooppunt *fake, struct part *part)
{
	(void)fake;
	if (part->kind == PART_SENDER)
		part->sender.id = bytes_of_text("melding-000000000002");
}

static void of_another_statement(struct fake_knooppunt *fake, struct part *part)
{
	(void)fake;
	if (part->kind == PART_SENDER)
		part->sender.header_hash.b[3] ^= 1;
}

static void with_an_outcome_that_is_none(struct fake_knooppunt *fake, struct part *part)
{
	(void)fake;
	if (part->kind == PART_SENDER)
		part->sender.outcome = OUTCOME_AGAIN;
}

// ---- the tests ---------------------------------------------------------------------------------

struct tamper {
	const char *check;
	void (*replies)(struct fake_knooppunt *fake, struct replies *replies);
	void (*part)(struct fake_knooppunt *fake, struct part *part);
};

static const struct tamper tampers[] = {
	{"checkpoint", bad_note, NULL},
	{"checkpoint", note_of_another_key, NULL},
	{"consistency", proof_from_elsewhere, NULL},
	{"entry", bad_entry_magic, NULL},
	{"inclusion", bad_entry_time, NULL},
	{"vector", bad_vector, NULL},
	{"opening", bad_salt, NULL},
	{"opening", bad_value, NULL},
	{"opening", other_position, NULL},
	{"inclusion", bad_path, NULL},
	{"inclusion", short_path, NULL},
	{"inclusion", other_index, NULL},
	{"part", other_part, NULL},
	{"part", leaf_of_register, NULL},
	{"outcome", says_refused, NULL},
	{"outcome", says_other_reason, NULL},
	{"origin", NULL, of_another_log},
	{"oefening", NULL, not_an_oefening},
	{"source", NULL, of_another_source},
	{"id", NULL, of_another_id},
	{"header-hash", NULL, of_another_statement},
	{"outcome", says_accepted, with_an_outcome_that_is_none},
};

static void an_honest_receipt_settles_the_item(void **state)
{
	struct fixture *f = *state;
	struct item_status status;
	uint32_t pause_ms;
	push_as(f->sender, ID);
	must(f->sender, client_flush(f->sender, &pause_ms));
	must(f->sender, client_item(f->sender, ID, &status));
	assert_int_equal(status.state, ITEM_AANVAARD);
	assert_int_equal(status.index, fake_find(f->fake, ID)->index);
	assert_int_equal(access(status.proof, F_OK), 0);
}

// Each in a knooppunt of its own: what one left in the log must not help the next.
static void try_tamper(const struct tamper *tamper)
{
	struct fixture *f;
	uint32_t pause_ms;
	fixture_setup((void **)&f);
	f->fake->on_replies = tamper->replies;
	f->fake->on_part = tamper->part;
	push_as(f->sender, ID);
	enum result result = client_flush(f->sender, &pause_ms);
	if (result != RESULT_BAD_SIGNATURE ||
	    strcmp(client_problem(f->sender)->field, tamper->check) != 0)
		print_message("expected %s: %s [%s] %s\n", tamper->check, result_name(result),
			      client_problem(f->sender)->field, client_problem(f->sender)->message);
	assert_int_equal(result, RESULT_BAD_SIGNATURE);
	assert_string_equal(client_problem(f->sender)->field, tamper->check);
	assert_string_equal(client_problem(f->sender)->code, "not-proven");
	assert_int_equal(state_of(f->sender, ID), ITEM_OUTBOX);
	// The honest answer to the same bytes still settles it, if the log was left alone.
	f->fake->on_replies = NULL;
	if (!tamper->part) {
		must(f->sender, client_flush(f->sender, &pause_ms));
		assert_int_equal(state_of(f->sender, ID), ITEM_AANVAARD);
	}
	fixture_teardown((void **)&f);
}

static void each_piece_that_was_tampered_with_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof tampers / sizeof tampers[0]; i++)
		try_tamper(&tampers[i]);
}

static void a_refusal_in_the_log_ends_the_item_with_its_reason(void **state)
{
	struct fixture *f = *state;
	struct item_status status;
	uint32_t pause_ms;
	f->fake->refuse_reason = REASON_UNKNOWN_CODE;
	push_as(f->sender, ID);
	must(f->sender, client_flush(f->sender, &pause_ms));
	must(f->sender, client_item(f->sender, ID, &status));
	assert_int_equal(status.state, ITEM_GEWEIGERD);
	assert_int_equal(status.refusal.reason, REASON_UNKNOWN_CODE);
	assert_string_equal(status.refusal.field, "kenmerken.soort");
	assert_int_not_equal(status.proof[0], '\0');
}

static void a_stored_receipt_that_was_changed_is_found_damaged(void **state)
{
	struct fixture *f = *state;
	struct item_status status;
	uint32_t pause_ms;
	push_as(f->sender, ID);
	must(f->sender, client_flush(f->sender, &pause_ms));
	must(f->sender, client_item(f->sender, ID, &status));
	char path[400];
	snprintf(path, sizeof path, "%s/spool-sender/outbox/000000000001.receipts",
		 f->fake->folder->folder);
	FILE *file = fopen(path, "r+");
	assert_non_null(file);
	assert_int_equal(fseek(file, 200, SEEK_SET), 0);
	int before = fgetc(file);
	assert_int_equal(fseek(file, 200, SEEK_SET), 0);
	fputc(before == 'A' ? 'B' : 'A', file);
	fclose(file);
	assert_int_equal(client_item(f->sender, ID, &status), RESULT_DAMAGED);
}

static void every_check_has_a_name_and_a_text(void **state)
{
	(void)state;
	for (int i = 0; i < PROOF_CHECK_COUNT; i++) {
		assert_non_null(proof_check_name((enum proof_check)i));
		assert_non_null(proof_check_text((enum proof_check)i));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_honest_receipt_settles_the_item, fixture_setup,
						fixture_teardown),
		cmocka_unit_test(each_piece_that_was_tampered_with_is_refused),
		cmocka_unit_test_setup_teardown(a_refusal_in_the_log_ends_the_item_with_its_reason,
						fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(a_stored_receipt_that_was_changed_is_found_damaged,
						fixture_setup, fixture_teardown),
		cmocka_unit_test(every_check_has_a_name_and_a_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

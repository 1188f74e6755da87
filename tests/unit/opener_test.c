// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/unit.h"

#include "opener_fixture.h"

// The whole way: sent, and refused with this reason and field, its content left behind.
static void assert_refused(struct fixture *f, enum reason reason, const char *field)
{
	assert_int_equal(send(f), REASON_NONE);
	assert_int_equal(f->count, 1);
	assert_int_equal(f->taken[0].refusal.reason, reason);
	assert_string_equal(f->taken[0].refusal.field, field);
	assert_false(f->taken[0].has_slots);
	assert_int_equal(f->taken[0].melding.count, 0);
	assert_null(memmem(f->messages[0].data, f->messages[0].len, "999990342", 9));
}

// Nobody may believe it: nothing is handed over.
static void assert_not_believed(struct fixture *f, enum reason reason)
{
	assert_int_equal(open_frame(f), reason);
	assert_int_equal(f->count, 0);
}

static void a_good_melding_is_handed_over_whole(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(send(f), REASON_NONE);
	assert_int_equal(f->result, RESULT_OK);
	assert_int_equal(f->count, 1);
	const struct opened *opened = &f->taken[0];
	assert_int_equal(opened->refusal.reason, REASON_NONE);
	assert_int_equal(opened->route.connection, 77);
	assert_int_equal(opened->route.generation, 3);
	assert_string_equal(opened->connection_oin.text, "00000099000000002000");
	assert_string_equal(opened->sender_oin.text, "00000099000000002000");
	assert_true(key_id_equal(&opened->sealing_id, &f->partner.sealing.id));
	assert_true(bytes_equal(opened->statement.id, bytes_of_text("melding-000000000")));
	assert_int_equal(opened->slots.count, 3);
	assert_int_equal(opened->melding.count, 3);
	const struct rubriek *bsn = melding_find(&opened->melding, RUBRIEK_BSN, 1);
	assert_true(bytes_equal(veld_get(bsn->velden, bsn->veld_count, BSN_WAARDE),
				bytes_of_text("999990342")));
	struct hash again;
	assert_int_equal(batch_verify_one(&opened->signed_statement, f->partner.identity.public_key,
					  NULL, &again),
			 RESULT_OK);
	assert_true(hash_equal(&again, &opened->header_hash));
}

static void every_statement_of_an_envelope_has_its_own_outcome(void **state)
{
	struct fixture *f = *state;
	sending_done(&f->sending);
	sending_init(&f->sending, &f->partner, &f->house, 3);
	f->sending.statements[1].audience_log = bytes_of_text("another.example/log");
	assert_int_equal(send(f), REASON_NONE);
	assert_int_equal(f->count, 3);
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(f->taken[i].envelope_items, 3);
		assert_int_equal(f->taken[i].envelope_item, i);
		assert_int_equal(f->taken[i].envelope_number, f->taken[0].envelope_number);
		assert_int_equal(f->taken[i].signed_statement.size, 3);
		assert_int_equal(f->taken[i].refusal.reason,
				 i == 1 ? REASON_WRONG_AUDIENCE : REASON_NONE);
	}
	uint64_t first = f->taken[0].envelope_number;
	assert_int_equal(open_frame(f), REASON_NONE);
	assert_int_equal(f->taken[0].envelope_number, first + 1);
}

static void a_statement_without_slots_is_handed_over_too(void **state)
{
	struct fixture *f = *state;
	struct statement *statement = &f->sending.statements[0];
	statement->type = TYPE_REGISTER;
	statement->has_slots = false;
	assert_int_equal(send(f), REASON_NONE);
	assert_int_equal(f->taken[0].refusal.reason, REASON_NONE);
	assert_false(f->taken[0].has_slots);
}

// ---- before envelope and signature hold ----------------------------------------------------

static void before_the_first_list_nobody_is_believed(void **state)
{
	struct fixture *f = *state;
	struct opener *fresh;
	assert_int_equal(opener_new(&f->receive, &fresh), RESULT_OK);
	opener_free(f->opener);
	f->opener = fresh;
	assert_false(opener_has_parties(fresh));
	assert_int_equal(send(f), REASON_UNKNOWN_KEY);
	assert_int_equal(f->count, 0);
}

static void every_changed_byte_of_an_envelope_is_noticed(void **state)
{
	struct fixture *f = *state;
	sending_sign(&f->sending);
	sending_seal(&f->sending);
	uint8_t *frame = f->sending.frame.data;
	for (size_t i = 0; i < f->sending.frame.len; i++) {
		frame[i] ^= 0x10;
		enum reason reason = open_frame(f);
		assert_int_not_equal(reason, REASON_NONE);
		assert_int_equal(f->count, 0);
		frame[i] ^= 0x10;
	}
	assert_int_equal(open_frame(f), REASON_NONE);
}

static void every_truncation_of_an_envelope_is_noticed(void **state)
{
	struct fixture *f = *state;
	sending_sign(&f->sending);
	sending_seal(&f->sending);
	while (f->sending.frame.len > 0) {
		f->sending.frame.len--;
		assert_int_not_equal(open_frame(f), REASON_NONE);
		assert_int_equal(f->count, 0);
	}
}

static void an_envelope_reflected_from_the_knooppunt_does_not_open(void **state)
{
	struct fixture *f = *state;
	sending_sign(&f->sending);
	sending_seal(&f->sending);
	f->sending.frame.data[6] = ENVELOPE_FROM_KNOOPPUNT;
	assert_not_believed(f, REASON_MALFORMED);
}

static void the_connection_must_be_the_sealers(void **state)
{
	struct fixture *f = *state;
	f->connection = f->other.oin.text;
	sending_sign(&f->sending);
	sending_seal(&f->sending);
	assert_not_believed(f, REASON_SENDER_MISMATCH);
}

static void the_signer_must_be_the_sealer(void **state)
{
	struct fixture *f = *state;
	// All is signed well by another party, and sealed on by this one.
	f->sending.sender = &f->other;
	sending_sign(&f->sending);
	f->sending.sender = &f->partner;
	sending_seal(&f->sending);
	assert_not_believed(f, REASON_SENDER_MISMATCH);
	// Nor does it help to name the own OIN over the other's key.
	f->sending.request.signer = bytes_make(f->partner.oin.text, OIN_LEN);
	sending_seal(&f->sending);
	assert_not_believed(f, REASON_UNKNOWN_KEY);
	f->sending.request.key_id = bytes_make(f->partner.identity.id.b, KEY_ID_LEN);
	sending_seal(&f->sending);
	assert_not_believed(f, REASON_BAD_SIGNATURE);
}

static void an_unknown_sealing_key_is_not_believed(void **state)
{
	struct fixture *f = *state;
	f->row_count = 1; // the other one only
	set_parties(f);
	assert_int_equal(send(f), REASON_UNKNOWN_KEY);
}

static void a_batch_with_a_wrong_path_or_signature_is_not_believed(void **state)
{
	struct fixture *f = *state;
	sending_done(&f->sending);
	sending_init(&f->sending, &f->partner, &f->house, 2);
	sending_sign(&f->sending);
	f->sending.items[1].path.hashes[0].b[0] ^= 1;
	sending_seal(&f->sending);
	assert_not_believed(f, REASON_BAD_SIGNATURE);
	f->sending.items[1].path.hashes[0].b[0] ^= 1;
	f->sending.signature[0] ^= 1;
	sending_seal(&f->sending);
	assert_not_believed(f, REASON_BAD_SIGNATURE);
	f->sending.signature[0] ^= 1;
	f->sending.request.size = 3;
	sending_seal(&f->sending);
	assert_int_not_equal(open_frame(f), REASON_NONE);
	assert_int_equal(f->count, 0);
}

static void content_that_is_no_request_is_not_believed(void **state)
{
	struct fixture *f = *state;
	sending_seal_content(&f->sending, bytes_of_text("no request"));
	assert_not_believed(f, REASON_MALFORMED);
	sending_seal_content(&f->sending, (struct bytes){0});
	assert_not_believed(f, REASON_MALFORMED);
}

// ---- after it ------------------------------------------------------------------------------

static void a_revoked_key_gets_a_refusal(void **state)
{
	struct fixture *f = *state;
	f->rows[1].revoked = 1;
	set_parties(f);
	assert_refused(f, REASON_REVOKED_KEY, "");
}

static void a_statement_for_another_house_or_log_is_refused(void **state)
{
	struct fixture *f = *state;
	f->sending.statements[0].audience_oin = bytes_of_text(f->other.oin.text);
	assert_refused(f, REASON_WRONG_AUDIENCE, "audience_oin");
	sending_done(&f->sending);
	sending_init(&f->sending, &f->partner, &f->house, 1);
	f->sending.statements[0].audience_log = bytes_of_text("another.example/log");
	assert_refused(f, REASON_WRONG_AUDIENCE, "audience_log");
}

static void nobody_speaks_under_the_source_of_another(void **state)
{
	struct fixture *f = *state;
	f->sending.statements[0].source =
		bytes_of_text("urn:nld:oin:00000099000000003000:systeem:test");
	assert_refused(f, REASON_SENDER_MISMATCH, "source");
}

static void slots_that_do_not_give_the_signed_root_are_refused(void **state)
{
	struct fixture *f = *state;
	sending_root(&f->sending, 0);
	f->sending.statements[0].slots_root.b[5] ^= 1;
	f->sending.keep_roots = true;
	assert_refused(f, REASON_BAD_SLOTS, "slots");
}

static void a_changed_seed_or_order_of_rubrieken_is_refused(void **state)
{
	struct fixture *f = *state;
	sending_sign(&f->sending);
	f->sending.items[0].slots.seed[0] ^= 1;
	sending_seal(&f->sending);
	assert_int_equal(open_frame(f), REASON_NONE);
	assert_int_equal(f->taken[0].refusal.reason, REASON_BAD_SLOTS);
	f->sending.items[0].slots.seed[0] ^= 1;
	struct bytes first = f->sending.rubrieken[0][0];
	f->sending.rubrieken[0][0] = f->sending.rubrieken[0][1];
	f->sending.rubrieken[0][1] = first;
	sending_seal(&f->sending);
	assert_int_equal(open_frame(f), REASON_NONE);
	assert_int_equal(f->taken[0].refusal.reason, REASON_BAD_SLOTS);
}

static void slots_must_come_with_a_melding_and_with_nothing_else(void **state)
{
	struct fixture *f = *state;
	sending_sign(&f->sending);
	f->sending.items[0].has_slots = false;
	sending_seal(&f->sending);
	assert_int_equal(open_frame(f), REASON_NONE);
	assert_int_equal(f->taken[0].refusal.reason, REASON_MISSING_FIELD);
	sending_done(&f->sending);
	sending_init(&f->sending, &f->partner, &f->house, 1);
	f->sending.statements[0].type = TYPE_REGISTER;
	f->sending.statements[0].has_slots = false;
	sending_sign(&f->sending);
	f->sending.items[0].has_slots = true;
	sending_seal(&f->sending);
	assert_int_equal(open_frame(f), REASON_NONE);
	assert_int_equal(f->taken[0].refusal.reason, REASON_UNKNOWN_FIELD);
}

static void an_invalid_value_is_refused_with_its_place(void **state)
{
	struct fixture *f = *state;
	struct buffer *wire = &f->sending.rubriek_wires[2];
	uint8_t *bsn = memmem(wire->data, wire->len, "999990342", 9);
	bsn[8] = '3';
	assert_int_equal(send(f), REASON_NONE);
	assert_int_equal(f->taken[0].refusal.reason, REASON_BSN_ELFPROEF);
	assert_string_equal(f->taken[0].refusal.field, "rubriek[2].bsn.waarde");
}

static void a_rubriek_with_an_unknown_field_is_refused_with_its_place(void **state)
{
	struct fixture *f = *state;
	static const uint8_t unknown[] = {0x78, 0x01}; // field 15
	struct buffer *wire = &f->sending.rubriek_wires[1];
	buffer_append(wire, bytes_make(unknown, sizeof unknown));
	f->sending.rubrieken[0][1] = buffer_view(wire);
	assert_int_equal(send(f), REASON_NONE);
	assert_int_equal(f->taken[0].refusal.reason, REASON_UNKNOWN_FIELD);
	assert_string_equal(f->taken[0].refusal.field, "rubriek[1].15");
}

static void a_rubriek_that_is_none_is_refused_by_its_number_alone(void **state)
{
	struct fixture *f = *state;
	f->sending.rubrieken[0][1] = bytes_of_text("\x08");
	assert_refused(f, REASON_MALFORMED, "rubriek[1]");
}

static void a_statement_that_cannot_be_read_is_refused_with_nothing_of_it(void **state)
{
	struct fixture *f = *state;
	buffer_append_text(&f->sending.wires[0], "no statement");
	assert_int_equal(send(f), REASON_NONE);
	assert_int_equal(f->count, 1);
	assert_int_equal(f->taken[0].refusal.reason, REASON_MALFORMED);
	assert_int_equal(f->taken[0].statement.type, 0);
	assert_true(
		bytes_equal(f->taken[0].signed_statement.statement, bytes_of_text("no statement")));
}

static void a_header_that_is_not_allowed_is_refused_with_its_field(void **state)
{
	struct fixture *f = *state;
	f->sending.statements[0].id = bytes_of_text("short");
	assert_refused(f, REASON_BAD_VALUE, "id");
}

// ---- lists and sinks -----------------------------------------------------------------------

static void a_new_list_takes_effect_at_once(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(send(f), REASON_NONE);
	f->row_count = 1;
	set_parties(f);
	assert_int_equal(open_frame(f), REASON_UNKNOWN_KEY);
	f->row_count = 2;
	set_parties(f);
	assert_int_equal(open_frame(f), REASON_NONE);
}

static void roles_that_only_sign_share_the_empty_sealing_key(void **state)
{
	struct fixture *f = *state;
	struct sender role;
	sender_init(&role, "00000099000000004000", 4);
	f->rows[0] = sender_row(&role);
	f->rows[2] = sender_row(&f->other);
	memset(f->rows[0].sealing, 0, 32);
	memset(f->rows[2].sealing, 0, 32);
	f->row_count = 3;
	set_parties(f);
	assert_int_equal(send(f), REASON_NONE);
	sender_done(&role);
}

static void a_sink_that_fails_ends_the_envelope(void **state)
{
	struct fixture *f = *state;
	sending_done(&f->sending);
	sending_init(&f->sending, &f->partner, &f->house, 3);
	f->sink_answer = RESULT_CLOSED;
	assert_int_equal(send(f), REASON_NONE);
	assert_int_equal(f->result, RESULT_CLOSED);
	assert_int_equal(f->count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(a_good_melding_is_handed_over_whole),
		T(every_statement_of_an_envelope_has_its_own_outcome),
		T(a_statement_without_slots_is_handed_over_too),
		T(before_the_first_list_nobody_is_believed),
		T(every_changed_byte_of_an_envelope_is_noticed),
		T(every_truncation_of_an_envelope_is_noticed),
		T(an_envelope_reflected_from_the_knooppunt_does_not_open),
		T(the_connection_must_be_the_sealers),
		T(the_signer_must_be_the_sealer),
		T(an_unknown_sealing_key_is_not_believed),
		T(a_batch_with_a_wrong_path_or_signature_is_not_believed),
		T(content_that_is_no_request_is_not_believed),
		T(a_revoked_key_gets_a_refusal),
		T(a_statement_for_another_house_or_log_is_refused),
		T(nobody_speaks_under_the_source_of_another),
		T(slots_that_do_not_give_the_signed_root_are_refused),
		T(a_changed_seed_or_order_of_rubrieken_is_refused),
		T(slots_must_come_with_a_melding_and_with_nothing_else),
		T(an_invalid_value_is_refused_with_its_place),
		T(a_rubriek_with_an_unknown_field_is_refused_with_its_place),
		T(a_rubriek_that_is_none_is_refused_by_its_number_alone),
		T(a_statement_that_cannot_be_read_is_refused_with_nothing_of_it),
		T(a_header_that_is_not_allowed_is_refused_with_its_field),
		T(a_new_list_takes_effect_at_once),
		T(roles_that_only_sign_share_the_empty_sealing_key),
		T(a_sink_that_fails_ends_the_envelope),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

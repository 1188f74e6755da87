// SPDX-License-Identifier: EUPL-1.2
// The register is believed because of who signed it: every way in which it should not be.
#include "unit.h"

#include "register_world.h"

static void two_roles_enrol_a_partner_whose_keys_count_by_index(void **state)
{
	struct world *w = *state;
	fold_genesis(w, true);
	enrol(w);
	struct oin oin;
	assert_int_equal(oin_parse(bytes_of_text(PARTNER), &oin), RESULT_OK);
	assert_null(register_holder(&w->registry, &oin, "basisteam", 7));
	const struct party *party = register_holder(&w->registry, &oin, "basisteam", 8);
	assert_non_null(party);
	assert_ptr_equal(party, register_by_sealing(&w->registry, &party->sealing_id));
	assert_null(register_holder(&w->registry, &oin, "wmo", 8));
}

static void one_signature_or_one_role_twice_is_not_two_roles(void **state)
{
	struct world *w = *state;
	fold_genesis(w, true);
	struct part_register part = partner_part(w);
	struct signed_statement acts[] = {act(w, &w->officer, &part), act(w, &w->deputy, &part),
					  act(w, &w->officer, &part)};
	part.acts = acts;
	for (size_t count = 0; count <= 3; count++) {
		part.act_count = count;
		assert_int_equal(fold(w, 1, &part), RESULT_DENIED);
	}
	assert_int_equal(w->registry.leaves, 1);
}

static void an_act_over_another_object_counts_for_nothing(void **state)
{
	struct world *w = *state;
	fold_genesis(w, true);
	struct part_register part = partner_part(w), other = part;
	other.partner = bytes_make("another", 7);
	struct signed_statement acts[] = {act(w, &w->beheerder, &part),
					  act(w, &w->officer, &other)};
	part.acts = acts;
	part.act_count = 2;
	assert_int_equal(fold(w, 1, &part), RESULT_DENIED);
}

static void an_act_signed_by_a_partner_or_a_stranger_counts_for_nothing(void **state)
{
	struct world *w = *state;
	fold_genesis(w, true);
	struct part_register part = partner_part(w);
	struct signed_statement acts[] = {act(w, &w->beheerder, &part),
					  act(w, &w->identity, &part)};
	part.acts = acts;
	part.act_count = 2;
	assert_int_equal(fold(w, 1, &part), RESULT_DENIED);
}

static void a_leaf_must_name_the_one_before_it(void **state)
{
	struct world *w = *state;
	fold_genesis(w, true);
	struct part_register part = partner_part(w);
	struct signed_statement acts[] = {act(w, &w->beheerder, &part), act(w, &w->officer, &part)};
	part.acts = acts;
	part.act_count = 2;
	part.vorige.b[0] ^= 1;
	assert_int_equal(fold(w, 1, &part), RESULT_CONFLICT);
	part.has_vorige = false;
	assert_int_equal(fold(w, 1, &part), RESULT_CONFLICT);
}

static enum result propose(struct world *w, const struct private_key *signer,
			   struct part_register *part)
{
	struct signed_statement proposed[] = {act(w, signer, part)};
	struct register_leaf leaf = {.index = 9, .time = NOW, .part = part};
	struct register_source source = {.send = &w->send, .problem = &w->problem};
	part->acts = proposed;
	part->act_count = 1;
	memset(&w->problem, 0, sizeof w->problem);
	return register_check_proposal(&w->registry, &leaf, source);
}

static void a_beheerder_alone_proposes_and_the_register_stays_as_it_was(void **state)
{
	struct world *w = *state;
	fold_genesis(w, true);
	struct part_register part = partner_part(w);
	assert_int_equal(propose(w, &w->beheerder, &part), RESULT_OK);
	assert_int_equal(w->registry.leaves, 1);
	assert_int_equal(propose(w, &w->officer, &part), RESULT_DENIED);
	assert_string_equal(w->problem.code, "functie-not-held");
	assert_int_equal(propose(w, &w->identity, &part), RESULT_DENIED);
	assert_string_equal(w->problem.code, "bad-signature");
}

static void what_is_in_the_register_cannot_be_proposed(void **state)
{
	struct world *w = *state;
	fold_genesis(w, true);
	enrol(w);
	struct part_register part = partner_part(w);
	assert_int_equal(propose(w, &w->beheerder, &part), RESULT_EXISTS);
	assert_string_equal(w->problem.code, "exists");
	assert_non_null(strstr(w->problem.fix, "make new keys"));
}

static void an_act_that_has_expired_proposes_nothing(void **state)
{
	struct world *w = *state;
	fold_genesis(w, true);
	struct part_register part = partner_part(w);
	struct signed_statement acts[] = {act(w, &w->beheerder, &part)};
	part.acts = acts;
	part.act_count = 1;
	struct register_leaf leaf = {
		.index = 9, .time = NOW + 2 * INT64_C(86400000), .part = &part};
	struct register_source source = {.send = &w->send, .problem = &w->problem};
	assert_int_equal(register_check_proposal(&w->registry, &leaf, source), RESULT_DENIED);
}

static void no_key_occurs_twice(void **state)
{
	struct world *w = *state;
	fold_genesis(w, true);
	enrol(w);
	struct part_register part = partner_part(w);
	struct signed_statement acts[] = {act(w, &w->beheerder, &part), act(w, &w->officer, &part)};
	part.acts = acts;
	part.act_count = 2;
	assert_int_equal(fold(w, 9, &part), RESULT_EXISTS);
}

static void one_role_revokes_and_the_key_ends_at_that_leaf(void **state)
{
	struct world *w = *state;
	fold_genesis(w, true);
	enrol(w);
	struct oin oin;
	assert_int_equal(oin_parse(bytes_of_text(PARTNER), &oin), RESULT_OK);
	struct key_id id = register_holder(&w->registry, &oin, "basisteam", 8)->transport_id;
	struct part_register part = {.soort = REGISTER_INTREKKING,
				     .has_vorige = true,
				     .vorige = w->registry.head,
				     .ingetrokken = bytes_make(id.b, KEY_ID_LEN)};
	struct signed_statement acts[] = {act(w, &w->deputy, &part)};
	part.acts = acts;
	part.act_count = 1;
	assert_int_equal(fold(w, 20, &part), RESULT_OK);
	assert_non_null(register_holder(&w->registry, &oin, "basisteam", 20));
	assert_null(register_holder(&w->registry, &oin, "basisteam", 21));
	part.vorige = w->registry.head;
	assert_int_equal(fold(w, 21, &part), RESULT_NOT_FOUND);
}

static void an_unsigned_convenant_counts_only_in_an_oefening(void **state)
{
	struct world *w = *state;
	fold_genesis(w, false);
	struct part_register part = {.soort = REGISTER_CONVENANT,
				     .has_vorige = true,
				     .vorige = w->registry.head,
				     .convenant = {.naam = bytes_of_text("proef"), .size = 1}};
	struct signed_statement acts[] = {act(w, &w->beheerder, &part), act(w, &w->officer, &part)};
	part.acts = acts;
	part.act_count = 2;
	assert_int_equal(fold(w, 1, &part), RESULT_DENIED);
	assert_string_equal(w->problem.code, reason_code(REASON_NOT_SIGNED));
	part.convenant.ondertekend = true;
	assert_int_equal(fold(w, 1, &part), RESULT_OK);
}

static enum result fold_at(struct world *w, uint64_t index, uint64_t time,
			   const struct part_register *part)
{
	struct register_leaf leaf = {.index = index, .time = time, .part = part};
	struct register_source source = {.send = &w->send, .problem = &w->problem};
	memset(leaf.hash.b, (int)index + 1, 32);
	return register_fold(&w->registry, &leaf, source);
}

static struct part_register convenant_part(struct world *w, uint8_t version)
{
	struct part_register part = {
		.soort = REGISTER_CONVENANT,
		.has_vorige = true,
		.vorige = w->registry.head,
		.convenant = {.naam = bytes_of_text("proef"), .size = 1, .ondertekend = true}};
	part.convenant.hash.b[0] = version;
	return part;
}

static void an_act_that_had_expired_counts_for_nothing(void **state)
{
	struct world *w = *state;
	fold_genesis(w, true);
	struct part_register part = partner_part(w);
	struct signed_statement acts[] = {act(w, &w->beheerder, &part), act(w, &w->officer, &part)};
	part.acts = acts;
	part.act_count = 2;
	assert_int_equal(fold_at(w, 1, NOW + MS_PER_DAY + 1000, &part), RESULT_DENIED);
	assert_int_equal(fold_at(w, 1, NOW + MS_PER_DAY - 1000, &part), RESULT_OK);
}

static void a_role_key_that_holds_two_roles_is_refused(void **state)
{
	struct world *w = *state;
	struct bundle both = bundle_of(HOUSE, FUNCTIE_BEHEERDER, &w->identity);
	struct bundle_keys keys = {.identity = &w->identity};
	struct buffer wire;
	snprintf(both.functies[1], sizeof both.functies[1], "%s", FUNCTIE_OFFICER);
	both.functie_count = 2;
	buffer_init(&wire, 65536);
	fold_genesis(w, true);
	assert_int_equal(bundle_encode(&both, &keys, &wire), RESULT_OK);
	struct part_register part = partner_part(w);
	part.partner = buffer_view(&wire);
	struct signed_statement acts[] = {act(w, &w->beheerder, &part), act(w, &w->officer, &part)};
	part.acts = acts;
	part.act_count = 2;
	assert_int_equal(fold(w, 1, &part), RESULT_DENIED);
	buffer_done(&wire);
}

static void old_acts_do_not_bring_an_old_convenant_back(void **state)
{
	struct world *w = *state;
	fold_genesis(w, true);
	struct part_register first = convenant_part(w, 1);
	struct signed_statement old[] = {act(w, &w->beheerder, &first),
					 act(w, &w->officer, &first)};
	first.acts = old;
	first.act_count = 2;
	assert_int_equal(fold_at(w, 3, NOW, &first), RESULT_OK);
	first.vorige = w->registry.head;
	assert_int_equal(fold_at(w, 4, NOW, &first), RESULT_DENIED);
	w->seen = 4; // roles that saw the leaf of the first may sign the next
	struct part_register second = convenant_part(w, 2);
	struct signed_statement acts[] = {act(w, &w->beheerder, &second),
					  act(w, &w->officer, &second)};
	second.acts = acts;
	second.act_count = 2;
	assert_int_equal(fold_at(w, 4, NOW, &second), RESULT_OK);
}

static void a_genesis_file_must_hold_together(void **state)
{
	(void)state;
	struct genesis_file made = {.part = LITERAL("part")}, read;
	struct vector vector;
	struct entry entry = {.class = ENTRY_GENESIS, .time = 5};
	struct buffer wire;
	random_bytes(made.seed, sizeof made.seed);
	assert_int_equal(
		vector_make(VECTOR_PARTS_LABEL, VECTOR_PARTS, made.seed, &made.part, 1, &vector),
		RESULT_OK);
	entry.parts_root = vector_root(&vector);
	entry_encode(made.entry, &entry);
	buffer_init(&wire, 4096);
	assert_int_equal(genesis_file_encode(&made, &wire), RESULT_OK);
	assert_int_equal(genesis_file_decode(buffer_view(&wire), &read), RESULT_OK);
	for (size_t i = 0; i < wire.len; i++) {
		if (i >= 8 + 8 && i < 8 + 48)
			continue; // time and register head of the entry are not bound by its parts
		wire.data[i] ^= 1;
		assert_int_not_equal(genesis_file_decode(buffer_view(&wire), &read), RESULT_OK);
		wire.data[i] ^= 1;
	}
	buffer_done(&wire);
}

// ---- rows --------------------------------------------------------------------------------------

// Versions of three convenanten; that of "b" was replaced, that of "c" ended.
static void give_convenanten(struct registry *reg)
{
	static const struct {
		const char *naam;
		uint8_t hash;
		uint64_t until;
	} rows[] = {{"a", 1, REGISTER_NEVER},
		    {"b", 2, 9},
		    {"c", 4, 11},
		    {"b", 3, REGISTER_NEVER},
		    {"b", 4, REGISTER_NEVER}};
	reg->convenanten = calloc(COUNT_OF(rows), sizeof *reg->convenanten);
	reg->convenant_count = COUNT_OF(rows);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct register_convenant *row = &reg->convenanten[i];
		snprintf(row->naam, sizeof row->naam, "%s", rows[i].naam);
		row->hash.b[0] = rows[i].hash;
		row->until = rows[i].until;
	}
}

static void a_version_of_a_convenant_is_found_by_name_and_by_hash(void **state)
{
	struct registry *reg = &((struct world *)*state)->registry;
	give_convenanten(reg);
	const struct register_convenant *rows = reg->convenanten;
	assert_ptr_equal(register_convenant_named(reg, bytes_of_text("a")), &rows[0]);
	assert_ptr_equal(register_convenant_named(reg, bytes_of_text("b")), &rows[3]);
	assert_null(register_convenant_named(reg, bytes_of_text("c")));
	assert_null(register_convenant_named(reg, bytes_of_text("d")));
	assert_ptr_equal(register_convenant_at(reg, 0), &rows[0]);
	assert_ptr_equal(register_convenant_at(reg, 1), &rows[3]);
	assert_ptr_equal(register_convenant_at(reg, 2), &rows[4]);
	assert_null(register_convenant_at(reg, 3));
	struct hash hash = {{1}};
	assert_ptr_equal(register_convenant_of(reg, &hash), &rows[0]);
	hash.b[0] = 2; // in force or not
	assert_ptr_equal(register_convenant_of(reg, &hash), &rows[1]);
	hash.b[0] = 4; // the newest that has it
	assert_ptr_equal(register_convenant_of(reg, &hash), &rows[4]);
	hash.b[0] = 5;
	assert_null(register_convenant_of(reg, &hash));
}

static void a_copy_of_a_register_has_rows_of_its_own(void **state)
{
	struct world *w = *state;
	struct registry copy, empty;
	memset(&copy, 0xa5, sizeof copy);
	register_init(&copy);
	register_init(&empty);
	fold_genesis(w, true);
	give_convenanten(&w->registry);
	// Twice: what it had goes.
	for (int round = 0; round < 2; round++) {
		assert_int_equal(register_copy(&w->registry, &copy), RESULT_OK);
		assert_int_equal(copy.party_count, w->registry.party_count);
		assert_ptr_not_equal(copy.parties, w->registry.parties);
		assert_memory_equal(copy.parties, w->registry.parties,
				    copy.party_count * sizeof *copy.parties);
		assert_ptr_not_equal(copy.convenanten, w->registry.convenanten);
		assert_string_equal(copy.convenanten[4].naam, "b");
		assert_string_equal(copy.genesis.origin, ORIGIN);
	}
	assert_int_equal(register_copy(&empty, &copy), RESULT_OK);
	assert_null(copy.parties);
	assert_null(copy.convenanten);
	assert_int_equal(register_copy(&w->registry, &copy), RESULT_OK);
	register_done(&copy);
	assert_memory_equal(&copy, &empty, sizeof copy);
	register_done(&copy); // of nothing
}

static void a_party_is_found_by_its_own_keys_alone(void **state)
{
	struct world *w = *state;
	fold_genesis(w, true);
	enrol(w);
	const struct party *parties = w->registry.parties;
	assert_int_equal(w->registry.party_count, 4);
	const struct key_id none = {{0}};
	assert_null(register_by_sealing(&w->registry, &none)); // roles have none
	assert_null(register_by_sealing(&w->registry, &w->transport.id));
	assert_null(register_by_identity(&w->registry, &w->sealing.id));
	assert_ptr_equal(register_by_sealing(&w->registry, &w->sealing.id), &parties[3]);
	for (size_t i = 0; i < 4; i++)
		assert_ptr_equal(register_by_identity(&w->registry, &parties[i].identity_id),
				 &parties[i]);
	// A register in which a partner stands first.
	struct registry alone = {.parties = &w->registry.parties[3], .party_count = 1};
	assert_ptr_equal(register_by_sealing(&alone, &w->sealing.id), &parties[3]);
	struct oin oin;
	assert_int_equal(oin_parse(bytes_of_text(PARTNER), &oin), RESULT_OK);
	assert_ptr_equal(register_holder(&alone, &oin, "basisteam", 8), &parties[3]);
	struct party all = parties[3];
	all.bundle.functie_count = FUNCTIES_MAX;
	assert_false(party_has_functie(&all, "no such functie"));
	assert_false(party_has_functie(&parties[3], ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(two_roles_enrol_a_partner_whose_keys_count_by_index,
						setup, teardown),
		cmocka_unit_test_setup_teardown(one_signature_or_one_role_twice_is_not_two_roles,
						setup, teardown),
		cmocka_unit_test_setup_teardown(an_act_over_another_object_counts_for_nothing,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
			an_act_signed_by_a_partner_or_a_stranger_counts_for_nothing, setup,
			teardown),
		cmocka_unit_test_setup_teardown(a_leaf_must_name_the_one_before_it, setup,
						teardown),
		cmocka_unit_test_setup_teardown(no_key_occurs_twice, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_beheerder_alone_proposes_and_the_register_stays_as_it_was, setup,
			teardown),
		cmocka_unit_test_setup_teardown(what_is_in_the_register_cannot_be_proposed, setup,
						teardown),
		cmocka_unit_test_setup_teardown(an_act_that_has_expired_proposes_nothing, setup,
						teardown),
		cmocka_unit_test_setup_teardown(one_role_revokes_and_the_key_ends_at_that_leaf,
						setup, teardown),
		cmocka_unit_test_setup_teardown(an_unsigned_convenant_counts_only_in_an_oefening,
						setup, teardown),
		cmocka_unit_test_setup_teardown(an_act_that_had_expired_counts_for_nothing, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_role_key_that_holds_two_roles_is_refused, setup,
						teardown),
		cmocka_unit_test_setup_teardown(old_acts_do_not_bring_an_old_convenant_back, setup,
						teardown),
		cmocka_unit_test(a_genesis_file_must_hold_together),
		cmocka_unit_test_setup_teardown(
			a_version_of_a_convenant_is_found_by_name_and_by_hash, setup, teardown),
		cmocka_unit_test_setup_teardown(a_copy_of_a_register_has_rows_of_its_own, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_party_is_found_by_its_own_keys_alone, setup,
						teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

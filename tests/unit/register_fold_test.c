// SPDX-License-Identifier: EUPL-1.2
// What a leaf may bring into the register, field by field: genesis, the keys of a party, and which
// key a revocation ends.
#include "unit.h"

#include "register_world.h"

// Keys that are held, and those that a bundle says it has.
struct keyring {
	struct private_key identity, sealing, transport;
};

static struct keyring new_keys(struct world *w, const char *name)
{
	char names[3][40];
	snprintf(names[0], sizeof names[0], "%s-identity", name);
	snprintf(names[1], sizeof names[1], "%s-sealing", name);
	snprintf(names[2], sizeof names[2], "%s-transport", name);
	return (struct keyring){make_key(w, names[0], KEY_KIND_IDENTITY),
				make_key(w, names[1], KEY_KIND_SEALING),
				make_key(w, names[2], KEY_KIND_TRANSPORT)};
}

static void keys_done(struct keyring *keys)
{
	private_key_done(&keys->identity);
	private_key_done(&keys->sealing);
	private_key_done(&keys->transport);
}

// A bundle of these keys and functies. Without proofs: who folds it has no send key.
static struct bytes bundle_with(struct world *w, const struct keyring *keys,
				const char *const *functies, size_t count)
{
	struct bundle bundle = bundle_of(PARTNER, "x", &keys->identity);
	struct bundle_keys held = {&keys->identity, &keys->sealing, &keys->transport, NULL};
	struct buffer wire;
	bundle.functie_count = count;
	for (size_t i = 0; i < count; i++)
		snprintf(bundle.functies[i], sizeof bundle.functies[i], "%s", functies[i]);
	memcpy(bundle.sealing, keys->sealing.public_key, 32);
	memcpy(bundle.transport, keys->transport.public_key, 32);
	buffer_init(&wire, 65536);
	assert_int_equal(bundle_encode(&bundle, &held, &wire), RESULT_OK);
	struct bytes kept = arena_copy(w->arena, buffer_view(&wire));
	buffer_done(&wire);
	return kept;
}

static enum result fold_alone(struct world *w, uint64_t index, const struct part_register *part)
{
	struct register_leaf leaf = {.index = index, .time = 5, .part = part};
	struct register_source source = {.problem = &w->problem};
	memset(leaf.hash.b, (int)index + 1, 32);
	memset(&w->problem, 0, sizeof w->problem);
	return register_fold(&w->registry, &leaf, source);
}

// Signed by two roles, as a client folds it.
static enum result fold_partner(struct world *w, uint64_t index, struct bytes bundle)
{
	struct part_register part = partner_part(w);
	part.partner = bundle;
	struct signed_statement acts[] = {act(w, &w->beheerder, &part), act(w, &w->officer, &part)};
	part.acts = acts;
	part.act_count = 2;
	return fold_alone(w, index, &part);
}

static enum result end_key(struct world *w, uint64_t index, struct bytes id)
{
	struct part_register part = {.soort = REGISTER_INTREKKING,
				     .has_vorige = true,
				     .vorige = w->registry.head,
				     .ingetrokken = id};
	struct signed_statement acts[] = {act(w, &w->officer, &part)};
	part.acts = acts;
	part.act_count = 1;
	return fold_alone(w, index, &part);
}

static const char *const WMO[] = {"wmo"};

// ---- genesis -----------------------------------------------------------------------------------

static struct part_register genesis_part(const struct world *w, struct bytes *roles, size_t count)
{
	struct part_register part = {.soort = REGISTER_GENESIS,
				     .genesis = {.origin = bytes_of_text(ORIGIN),
						 .oin = bytes_of_text(HOUSE),
						 .naam = bytes_of_text("Huis"),
						 .rollen = roles,
						 .rol_count = count,
						 .oefening = true,
						 .created = 77}};
	memset(part.genesis.log_key, 1, 32);
	memset(part.genesis.receive_key, 2, 32);
	memcpy(part.genesis.send_key, w->send.public_key, 32);
	memset(part.genesis.transport_key, 4, 32);
	return part;
}

static void genesis_is_kept_as_it_was_pinned(void **state)
{
	struct world *w = *state;
	struct bytes role = buffer_view(&w->role_bundles[0]);
	struct part_register part = genesis_part(w, &role, 1);
	assert_int_equal(fold_alone(w, 0, &part), RESULT_OK);
	const struct register_genesis *kept = &w->registry.genesis;
	assert_string_equal(kept->origin, ORIGIN);
	assert_string_equal(kept->naam, "Huis");
	assert_string_equal(kept->house.text, HOUSE);
	assert_memory_equal(kept->log_key, part.genesis.log_key, 32);
	assert_memory_equal(kept->receive_key, part.genesis.receive_key, 32);
	assert_memory_equal(kept->send_key, part.genesis.send_key, 32);
	assert_memory_equal(kept->transport_key, part.genesis.transport_key, 32);
	assert_true(kept->oefening && kept->created == 77 && kept->leaf.b[0] == 1);
	assert_int_equal(w->registry.house_key_count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_true(w->registry.house_keys[i].from == 0 &&
			    w->registry.house_keys[i].since == 5);
	// A role has no key to seal for and none to connect with.
	const struct party *party = &w->registry.parties[0];
	assert_int_equal(w->registry.party_count, 1);
	assert_true(party->is_role && party->from == 0 && party->since == 5);
	assert_true(party->until == REGISTER_NEVER);
	assert_true(bytes_all_zero(bytes_make(party->sealing_id.b, KEY_ID_LEN)));
	assert_true(bytes_all_zero(bytes_make(party->transport_id.b, KEY_ID_LEN)));
}

static void genesis_names_origin_house_and_roles(void **state)
{
	struct world *w = *state;
	struct bytes roles[] = {buffer_view(&w->role_bundles[0]), buffer_view(&w->partner)};
	const struct part_register good = genesis_part(w, roles, 1);
	static char longer[300];
	memset(longer, 'a', sizeof longer);
	struct part_register part = good;
	part.genesis.origin = bytes_make(longer, 256);
	assert_int_equal(fold_alone(w, 0, &part), RESULT_MALFORMED);
	part = good;
	part.genesis.naam = bytes_make(longer, 120);
	assert_int_equal(fold_alone(w, 0, &part), RESULT_MALFORMED);
	part = good;
	part.genesis.oin = bytes_of_text("no number");
	assert_int_equal(fold_alone(w, 0, &part), RESULT_MALFORMED);
	part = good;
	part.genesis.rol_count = 0;
	assert_int_equal(fold_alone(w, 0, &part), RESULT_MALFORMED);
	part.genesis.rol_count = 2; // the second is a partner
	assert_int_equal(fold_alone(w, 0, &part), RESULT_MALFORMED);
	assert_int_equal(w->registry.leaves, 0);
	assert_int_equal(fold_alone(w, 0, &good), RESULT_OK);
}

// ---- the keys of a party -----------------------------------------------------------------------

static void one_key_that_was_there_before_is_enough_to_refuse(void **state)
{
	struct world *w = *state;
	struct keyring first = new_keys(w, "first"), second = new_keys(w, "second");
	fold_genesis(w, true);
	assert_int_equal(fold_partner(w, 3, bundle_with(w, &first, WMO, 1)), RESULT_OK);
	struct keyring mixed = second;
	mixed.identity = first.identity;
	assert_int_equal(fold_partner(w, 4, bundle_with(w, &mixed, WMO, 1)), RESULT_EXISTS);
	mixed = second;
	mixed.sealing = first.sealing;
	assert_int_equal(fold_partner(w, 4, bundle_with(w, &mixed, WMO, 1)), RESULT_EXISTS);
	mixed = second;
	mixed.transport = first.transport;
	assert_int_equal(fold_partner(w, 4, bundle_with(w, &mixed, WMO, 1)), RESULT_EXISTS);
	// One key for two uses.
	mixed = second;
	memcpy(mixed.sealing.public_key, second.identity.public_key, 32);
	assert_int_equal(fold_partner(w, 4, bundle_with(w, &mixed, WMO, 1)), RESULT_EXISTS);
	mixed = second;
	memcpy(mixed.transport.public_key, second.identity.public_key, 32);
	assert_int_equal(fold_partner(w, 4, bundle_with(w, &mixed, WMO, 1)), RESULT_EXISTS);
	assert_int_equal(fold_partner(w, 4, bundle_with(w, &second, WMO, 1)), RESULT_OK);
	const struct party *party = register_by_identity(&w->registry, &second.identity.id);
	assert_ptr_equal(party, register_by_sealing(&w->registry, &second.sealing.id));
	assert_true(key_id_equal(&party->transport_id, &second.transport.id));
	assert_true(party->from == 4 && !party->is_role);
	keys_done(&first);
	keys_done(&second);
}

// As any key and as any id: of whatever use it is, and of whomever.
static void a_key_is_compared_with_all_that_ever_were(void **state)
{
	struct world *w = *state;
	struct keyring first = new_keys(w, "first"), second = new_keys(w, "second");
	struct registry *reg = &w->registry;
	fold_genesis(w, true);
	assert_int_equal(fold_partner(w, 3, bundle_with(w, &first, WMO, 1)), RESULT_OK);
	// The deputy first, who does not sign here.
	struct party deputy = reg->parties[2];
	reg->parties[2] = reg->parties[0];
	reg->parties[0] = deputy;
	struct bytes bundle = bundle_with(w, &second, WMO, 1);
	struct party *party = &reg->parties[3], *role = &reg->parties[0];
	struct house_key *house = reg->house_keys, *last = &house[reg->house_key_count - 1];
	uint8_t *const keys[] = {party->bundle.identity,
				 party->bundle.sealing,
				 party->bundle.transport,
				 role->bundle.identity,
				 house->key,
				 last->key};
	struct key_id *const ids[] = {&party->identity_id, &party->sealing_id, &party->transport_id,
				      &role->identity_id,  &house->id,         &last->id};
	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		uint8_t key[32];
		memcpy(key, keys[i], sizeof key);
		memcpy(keys[i], second.sealing.public_key, 32);
		assert_int_equal(fold_partner(w, 4, bundle), RESULT_EXISTS);
		memcpy(keys[i], key, sizeof key);
		const struct key_id id = *ids[i];
		*ids[i] = second.transport.id;
		assert_int_equal(fold_partner(w, 4, bundle), RESULT_EXISTS);
		*ids[i] = id;
	}
	// A role has no such keys, whatever stands there.
	memcpy(role->bundle.sealing, second.sealing.public_key, 32);
	memcpy(role->bundle.transport, second.transport.public_key, 32);
	role->sealing_id = role->transport_id = second.sealing.id;
	assert_int_equal(fold_partner(w, 4, bundle), RESULT_OK);
	keys_done(&first);
	keys_done(&second);
}

// Up to the last of as many keys of the knooppunt as there may be, and not beyond.
static void a_full_list_of_keys_of_the_knooppunt_is_read_to_its_end(void **state)
{
	struct world *w = *state;
	struct keyring keys = new_keys(w, "partner");
	struct registry *reg = &w->registry;
	struct log_keys *log = malloc(sizeof *log);
	fold_genesis(w, true);
	assert_int_equal(register_log_keys(reg, log), RESULT_CONFIG); // 32 ones are no key
	memcpy(reg->house_keys[1].key, w->identity.public_key, 32);
	for (; reg->house_key_count < REGISTER_HOUSE_KEYS_MAX; reg->house_key_count++) {
		struct house_key *key = &reg->house_keys[reg->house_key_count];
		*key = (struct house_key){.use = HOUSE_SEND, .until = REGISTER_NEVER};
		put_u32be(key->key, (uint32_t)reg->house_key_count);
		put_u32be(key->id.b, (uint32_t)reg->house_key_count);
	}
	assert_ptr_equal(register_house_key(reg, HOUSE_SEND),
			 &reg->house_keys[REGISTER_HOUSE_KEYS_MAX - 1]);
	assert_ptr_equal(register_house_key(reg, HOUSE_RECEIVE), &reg->house_keys[0]);
	assert_int_equal(register_log_keys(reg, log), RESULT_OK);
	assert_int_equal(log->count, 1);
	assert_int_equal(fold_partner(w, 3, bundle_with(w, &keys, WMO, 1)), RESULT_OK);
	// The key of the log may stand anywhere; without any no checkpoint is believed.
	reg->house_keys[0] = reg->house_keys[1];
	reg->house_key_count = 1;
	assert_int_equal(register_log_keys(reg, log), RESULT_OK);
	assert_int_equal(log->count, 1);
	reg->house_key_count = 0;
	assert_int_equal(register_log_keys(reg, log), RESULT_CONFIG);
	assert_null(register_house_key(reg, HOUSE_LOG));
	free(log);
	keys_done(&keys);
}

static void a_partner_holds_no_functie_of_a_role(void **state)
{
	struct world *w = *state;
	struct keyring keys = new_keys(w, "partner");
	static const char *const lists[][2] = {{FUNCTIE_BEHEERDER, "wmo"},
					       {"wmo", FUNCTIE_OFFICER},
					       {FUNCTIE_OFFICER_DEPUTY, "wmo"}};
	fold_genesis(w, true);
	for (size_t i = 0; i < COUNT_OF(lists); i++)
		assert_int_equal(fold_partner(w, 3, bundle_with(w, &keys, lists[i], 2)),
				 RESULT_DENIED);
	assert_int_equal(fold_partner(w, 3, bundle_with(w, &keys, WMO, 1)), RESULT_OK);
	keys_done(&keys);
}

static void the_register_holds_so_many_parties_and_no_more(void **state)
{
	struct world *w = *state;
	struct keyring one = new_keys(w, "one"), more = new_keys(w, "more");
	struct registry *reg = &w->registry;
	fold_genesis(w, true);
	reg->parties = realloc(reg->parties, REGISTER_PARTIES_MAX * sizeof *reg->parties);
	for (; reg->party_count < REGISTER_PARTIES_MAX - 1; reg->party_count++) {
		struct party *party = &reg->parties[reg->party_count];
		memset(party, 0, sizeof *party);
		put_u32be(party->bundle.identity, (uint32_t)reg->party_count);
		put_u32be(party->identity_id.b, (uint32_t)reg->party_count);
	}
	assert_int_equal(fold_partner(w, 3, bundle_with(w, &one, WMO, 1)), RESULT_OK);
	assert_int_equal(reg->party_count, REGISTER_PARTIES_MAX);
	assert_int_equal(fold_partner(w, 4, bundle_with(w, &more, WMO, 1)), RESULT_TOO_LARGE);
	assert_int_equal(reg->party_count, REGISTER_PARTIES_MAX);
	assert_int_equal(reg->leaves, 2);
	keys_done(&one);
	keys_done(&more);
}

// ---- revocation --------------------------------------------------------------------------------

static struct bytes id_of(const struct private_key *key)
{
	return bytes_make(key->id.b, KEY_ID_LEN);
}

static unsigned revoked_count(const struct world *w)
{
	unsigned count = 0;
	for (size_t i = 0; i < w->registry.party_count; i++)
		count += w->registry.parties[i].until != REGISTER_NEVER;
	return count;
}

static void a_revocation_ends_the_party_of_that_key_and_no_other(void **state)
{
	struct world *w = *state;
	struct keyring first = new_keys(w, "first"), second = new_keys(w, "second");
	const uint8_t unknown[KEY_ID_LEN + 1] = {9};
	fold_genesis(w, true);
	assert_int_equal(fold_partner(w, 3, bundle_with(w, &first, WMO, 1)), RESULT_OK);
	assert_int_equal(fold_partner(w, 4, bundle_with(w, &second, WMO, 1)), RESULT_OK);
	assert_int_equal(end_key(w, 5, bytes_make(unknown, KEY_ID_LEN)), RESULT_NOT_FOUND);
	assert_int_equal(end_key(w, 5, bytes_make(unknown, KEY_ID_LEN - 1)), RESULT_MALFORMED);
	assert_int_equal(end_key(w, 5, bytes_make(unknown, KEY_ID_LEN + 1)), RESULT_MALFORMED);
	// No role has a sealing key, so that no role has the id of none.
	const uint8_t none[KEY_ID_LEN] = {0};
	assert_int_equal(end_key(w, 5, bytes_make(none, KEY_ID_LEN)), RESULT_NOT_FOUND);
	assert_int_equal(revoked_count(w), 0);
	assert_int_equal(end_key(w, 6, id_of(&second.sealing)), RESULT_OK);
	assert_int_equal(register_by_identity(&w->registry, &second.identity.id)->until, 6);
	assert_int_equal(revoked_count(w), 1);
	assert_int_equal(end_key(w, 7, id_of(&first.identity)), RESULT_OK);
	assert_int_equal(register_by_identity(&w->registry, &first.identity.id)->until, 7);
	assert_int_equal(revoked_count(w), 2);
	assert_int_equal(end_key(w, 8, id_of(&w->beheerder)), RESULT_OK); // the first of all
	assert_int_equal(w->registry.parties[0].until, 8);
	assert_int_equal(revoked_count(w), 3);
	assert_int_equal(end_key(w, 9, id_of(&w->beheerder)), RESULT_NOT_FOUND);
	keys_done(&first);
	keys_done(&second);
}

static void a_partner_can_be_revoked_whatever_roles_are_left(void **state)
{
	struct world *w = *state;
	struct keyring keys = new_keys(w, "partner");
	fold_genesis(w, true);
	assert_int_equal(fold_partner(w, 3, bundle_with(w, &keys, WMO, 1)), RESULT_OK);
	assert_int_equal(end_key(w, 4, id_of(&w->beheerder)), RESULT_OK);
	assert_int_equal(end_key(w, 5, id_of(&w->deputy)), RESULT_OK);
	assert_int_equal(
		register_check_revocation(&w->registry, id_of(&keys.identity), &w->problem),
		RESULT_OK);
	assert_int_equal(register_check_revocation(&w->registry, id_of(&w->officer), &w->problem),
			 RESULT_DENIED);
	keys_done(&keys);
}

// ---- what follows on what ----------------------------------------------------------------------

static void genesis_comes_first_and_names_nothing_and_all_else_follows_it(void **state)
{
	struct world *w = *state;
	struct bytes role = buffer_view(&w->role_bundles[0]);
	struct part_register genesis = genesis_part(w, &role, 1), partner = partner_part(w);
	assert_int_equal(fold_alone(w, 0, &partner), RESULT_CONFLICT);
	partner.has_vorige = false;
	assert_int_equal(fold_alone(w, 0, &partner), RESULT_CONFLICT);
	genesis.has_vorige = true;
	assert_int_equal(fold_alone(w, 0, &genesis), RESULT_CONFLICT);
	fold_genesis(w, true);
	genesis.vorige = w->registry.head;
	assert_int_equal(fold_alone(w, 1, &genesis), RESULT_CONFLICT);
	genesis.has_vorige = false;
	assert_int_equal(fold_alone(w, 1, &genesis), RESULT_CONFLICT);
	assert_int_equal(w->registry.leaves, 1);
}

// However it is signed.
static void a_leaf_of_an_unknown_kind_is_not_folded(void **state)
{
	struct world *w = *state;
	fold_genesis(w, true);
	struct part_register part = partner_part(w);
	part.soort = 99;
	struct signed_statement acts[] = {act(w, &w->beheerder, &part), act(w, &w->officer, &part)};
	part.acts = acts;
	part.act_count = 2;
	enum result r = fold_alone(w, 1, &part);
	assert_true(r == RESULT_UNSUPPORTED || r == RESULT_DENIED);
	assert_int_equal(w->registry.leaves, 1);
}

// ---- proposals ---------------------------------------------------------------------------------

static enum result propose(struct world *w, const struct part_register *part)
{
	struct register_leaf leaf = {.index = 9, .time = NOW, .part = part};
	struct register_source source = {.problem = &w->problem};
	memset(&w->problem, 0, sizeof w->problem);
	return register_check_proposal(&w->registry, &leaf, source);
}

static void a_proposal_has_one_act_whose_signature_holds(void **state)
{
	struct world *w = *state;
	fold_genesis(w, true);
	struct part_register part = partner_part(w);
	struct signed_statement acts[] = {act(w, &w->beheerder, &part), act(w, &w->officer, &part)};
	part.acts = acts;
	for (part.act_count = 0; part.act_count <= 2; part.act_count++) {
		bool one = part.act_count == 1;
		assert_int_equal(propose(w, &part), one ? RESULT_OK : RESULT_DENIED);
		if (!one)
			assert_string_equal(w->problem.code, "bad-signature");
	}
	uint8_t signature[SIGNATURE_LEN];
	memcpy(signature, acts[0].signature.data, sizeof signature);
	signature[0] ^= 1;
	acts[0].signature = bytes_make(signature, sizeof signature);
	part.act_count = 1;
	assert_int_equal(propose(w, &part), RESULT_BAD_SIGNATURE);
	assert_string_equal(w->problem.code, "bad-signature");
	assert_non_null(strstr(w->problem.fix, "sign it anew"));
	acts[0].statement = bytes_of_text("\xff\xff no statement");
	assert_int_not_equal(propose(w, &part), RESULT_OK);
}

static void any_role_proposes_the_key_of_a_role(void **state)
{
	struct world *w = *state;
	struct private_key next = make_key(w, "next", KEY_KIND_IDENTITY);
	const struct private_key *roles[] = {&w->beheerder, &w->officer, &w->deputy};
	struct buffer wire;
	fold_genesis(w, true);
	make_role(&wire, FUNCTIE_BEHEERDER, &next);
	for (size_t i = 0; i < COUNT_OF(roles); i++) {
		struct part_register part = partner_part(w);
		part.partner = buffer_view(&wire);
		struct signed_statement acts[] = {act(w, roles[i], &part)};
		part.acts = acts;
		part.act_count = 1;
		assert_int_equal(propose(w, &part), RESULT_OK);
	}
	buffer_done(&wire);
	private_key_done(&next);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(genesis_is_kept_as_it_was_pinned),
		T(genesis_names_origin_house_and_roles),
		T(one_key_that_was_there_before_is_enough_to_refuse),
		T(a_key_is_compared_with_all_that_ever_were),
		T(a_full_list_of_keys_of_the_knooppunt_is_read_to_its_end),
		T(a_partner_holds_no_functie_of_a_role),
		T(the_register_holds_so_many_parties_and_no_more),
		T(a_revocation_ends_the_party_of_that_key_and_no_other),
		T(a_partner_can_be_revoked_whatever_roles_are_left),
		T(genesis_comes_first_and_names_nothing_and_all_else_follows_it),
		T(a_leaf_of_an_unknown_kind_is_not_folded),
		T(a_proposal_has_one_act_whose_signature_holds),
		T(any_role_proposes_the_key_of_a_role),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

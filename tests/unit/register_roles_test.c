// SPDX-License-Identifier: EUPL-1.2
// The keys of roles change too: by two people, of whom the one who is replaced need not be one.
#include "unit.h"

#include "melding/reason.h"
#include "register_world.h"

// The next key of a role, with whoever signs for it.
static enum result replace(struct world *w, const char *functie, const struct private_key *first,
			   const struct private_key *second)
{
	static uint64_t index = 1;
	char name[24];
	struct buffer wire;
	struct signed_statement acts[2];
	snprintf(name, sizeof name, "next-%llu", (unsigned long long)index);
	struct private_key next = make_key(w, name, KEY_KIND_IDENTITY);
	make_role(&wire, functie, &next);
	struct part_register part = partner_part(w);
	part.partner = buffer_view(&wire);
	acts[0] = act(w, first, &part);
	acts[1] = act(w, second ? second : first, &part);
	part.acts = acts;
	part.act_count = second ? 2 : 1;
	enum result result = fold(w, index++, &part);
	if (result == RESULT_OK) {
		const struct party *party = register_by_identity(&w->registry, &next.id);
		assert_true(party && party->is_role && party_has_functie(party, functie));
	}
	private_key_done(&next);
	buffer_done(&wire);
	return result;
}

static void any_two_roles_replace_the_third(void **state)
{
	struct world *w = *state;
	const struct private_key *b = &w->beheerder, *o = &w->officer, *d = &w->deputy;
	fold_genesis(w, true);
	assert_int_equal(replace(w, FUNCTIE_BEHEERDER, o, d), RESULT_OK);
	assert_int_equal(replace(w, FUNCTIE_OFFICER, b, d), RESULT_OK);
	assert_int_equal(replace(w, FUNCTIE_OFFICER_DEPUTY, b, o), RESULT_OK);
	assert_int_equal(replace(w, FUNCTIE_BEHEERDER, b, o), RESULT_OK);
}

static void one_role_replaces_nobody(void **state)
{
	struct world *w = *state;
	const struct private_key *roles[] = {&w->beheerder, &w->officer, &w->deputy};
	fold_genesis(w, true);
	for (size_t i = 0; i < COUNT_OF(roles); i++) {
		assert_int_equal(replace(w, FUNCTIE_BEHEERDER, roles[i], NULL), RESULT_DENIED);
		assert_int_equal(replace(w, FUNCTIE_OFFICER, roles[i], roles[i]), RESULT_DENIED);
	}
}

static void officer_and_deputy_alone_enrol_no_partner(void **state)
{
	struct world *w = *state;
	fold_genesis(w, true);
	struct part_register part = partner_part(w);
	struct signed_statement acts[] = {act(w, &w->officer, &part), act(w, &w->deputy, &part)};
	part.acts = acts;
	part.act_count = 2;
	assert_int_equal(fold(w, 1, &part), RESULT_DENIED);
}

static void a_revoked_role_replaces_nobody(void **state)
{
	struct world *w = *state;
	struct key_id id = w->deputy.id;
	fold_genesis(w, true);
	struct part_register part = {.soort = REGISTER_INTREKKING,
				     .has_vorige = true,
				     .vorige = w->registry.head,
				     .ingetrokken = bytes_make(id.b, KEY_ID_LEN)};
	struct signed_statement one = act(w, &w->officer, &part);
	part.acts = &one;
	part.act_count = 1;
	assert_int_equal(fold(w, 50, &part), RESULT_OK);
	struct buffer wire;
	struct private_key next = make_key(w, "later", KEY_KIND_IDENTITY);
	make_role(&wire, FUNCTIE_BEHEERDER, &next);
	struct part_register role = partner_part(w);
	role.partner = buffer_view(&wire);
	struct signed_statement acts[] = {act(w, &w->officer, &role), act(w, &w->deputy, &role)};
	role.acts = acts;
	role.act_count = 2;
	assert_int_equal(fold(w, 51, &role), RESULT_DENIED);
	private_key_done(&next);
	buffer_done(&wire);
}

static void two_of_the_three_roles_stay_in_force(void **state)
{
	struct world *w = *state;
	struct bytes deputy = bytes_make(w->deputy.id.b, KEY_ID_LEN);
	struct key_id id = w->officer.id;
	fold_genesis(w, true);
	assert_int_equal(register_check_revocation(&w->registry, deputy, &w->problem), RESULT_OK);
	struct part_register part = {.soort = REGISTER_INTREKKING,
				     .has_vorige = true,
				     .vorige = w->registry.head,
				     .ingetrokken = bytes_make(id.b, KEY_ID_LEN)};
	struct signed_statement one = act(w, &w->beheerder, &part);
	part.acts = &one;
	part.act_count = 1;
	assert_int_equal(fold(w, 50, &part), RESULT_OK);
	assert_int_equal(register_check_revocation(&w->registry, deputy, &w->problem),
			 RESULT_DENIED);
	assert_string_equal(w->problem.code, reason_code(REASON_TWO_NEEDED));
	// Of no role: the roles have no say in it.
	assert_int_equal(register_check_revocation(&w->registry,
						   bytes_make(w->identity.id.b, KEY_ID_LEN),
						   &w->problem),
			 RESULT_OK);
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_WORLD(any_two_roles_replace_the_third),
		WITH_WORLD(one_role_replaces_nobody),
		WITH_WORLD(officer_and_deputy_alone_enrol_no_partner),
		WITH_WORLD(a_revoked_role_replaces_nobody),
		WITH_WORLD(two_of_the_three_roles_stay_in_force),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

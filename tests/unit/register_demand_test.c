// SPDX-License-Identifier: EUPL-1.2
// An act counts for one object, in one log of one house, until it expires, of a role in force: each
// of these changed alone, and signed well, makes it count for nothing.
#include "unit.h"

#include "register_world.h"

#define INDEX 7
#define DAY INT64_C(86400000)

// The statement of a good act for this part, with its velden, for a test to change.
struct draft {
	struct statement statement;
	struct veld velden[3]; // soort, object, expires
};

static void draft_of(struct world *w, const struct part_register *part, struct draft *draft)
{
	struct signed_statement good = act(w, &w->beheerder, part);
	struct veld *velden = draft->velden;
	assert_int_equal(statement_decode(good.statement, w->arena, &draft->statement), RESULT_OK);
	assert_int_equal(draft->statement.veld_count, 3);
	memcpy(velden, draft->statement.velden, sizeof draft->velden);
	draft->statement.velden = velden;
	assert_int_equal(velden[0].veld, ACT_SOORT);
	assert_int_equal(velden[1].veld, ACT_OBJECT);
	assert_int_equal(velden[2].veld, ACT_EXPIRES);
}

static struct signed_statement sign(struct world *w, const struct private_key *key,
				    const char *signer, const struct draft *draft)
{
	struct buffer wire;
	struct oin oin;
	struct signed_statement signed_;
	uint8_t *signature = arena_alloc(w->arena, SIGNATURE_LEN);
	assert_int_equal(oin_parse(bytes_of_text(signer), &oin), RESULT_OK);
	buffer_init(&wire, STATEMENT_MAX);
	assert_int_equal(statement_encode(&draft->statement, &wire), RESULT_OK);
	struct bytes copy = arena_copy(w->arena, buffer_view(&wire));
	buffer_done(&wire);
	assert_int_equal(
		batch_sign(&(const struct batch_signer){&oin, key}, &copy, 1, signature, &signed_),
		RESULT_OK);
	signed_.signer = arena_copy(w->arena, signed_.signer);
	signed_.key_id = arena_copy(w->arena, signed_.key_id);
	return signed_;
}

static enum result fold_at(struct world *w, uint64_t time, const struct part_register *part)
{
	struct register_leaf leaf = {.index = INDEX, .time = time, .part = part};
	struct register_source source = {.send = &w->send, .send_count = 1, .problem = &w->problem};
	struct registry copy;
	register_init(&copy);
	assert_int_equal(register_copy(&w->registry, &copy), RESULT_OK);
	memset(&w->problem, 0, sizeof w->problem);
	enum result r = register_fold(&copy, &leaf, source);
	register_done(&copy);
	return r;
}

// Beside the officer's good act, so that this one alone decides.
static enum result fold_with(struct world *w, uint64_t time, struct part_register part,
			     struct signed_statement act_)
{
	struct signed_statement acts[] = {act(w, &w->officer, &part), act_};
	part.acts = acts;
	part.act_count = 2;
	return fold_at(w, time, &part);
}

enum binding { NOTHING, TYPE, HOUSE_OF, LOG_OF, SOORT, OBJECT, SHORT_OBJECT, NO_EXPIRES, BINDINGS };

static void change(struct draft *draft, enum binding binding)
{
	static uint8_t object[32];
	struct statement *statement = &draft->statement;
	memcpy(object, draft->velden[1].waarde.data, sizeof object);
	switch (binding) {
	case TYPE:
		statement->type = TYPE_WEGING;
		return;
	case HOUSE_OF:
		statement->audience_oin = bytes_of_text(PARTNER);
		return;
	case LOG_OF:
		statement->audience_log = bytes_of_text("zvh.example/echt");
		return;
	case SOORT:
		draft->velden[0].waarde = bytes_of_text("intrekking");
		return;
	case OBJECT:
		object[31] ^= 1;
		draft->velden[1].waarde = bytes_make(object, 32);
		return;
	case SHORT_OBJECT:
		draft->velden[1].waarde = bytes_make(object, 31);
		return;
	case NO_EXPIRES:
		statement->veld_count = 2;
		return;
	case NOTHING:
	case BINDINGS:
		return;
	}
}

static void each_binding_of_an_act_is_held(void **state)
{
	struct world *w = *state;
	fold_genesis(w, true);
	struct part_register part = partner_part(w);
	for (int binding = NOTHING; binding < BINDINGS; binding++) {
		struct draft draft;
		draft_of(w, &part, &draft);
		change(&draft, (enum binding)binding);
		struct signed_statement act_ = sign(w, &w->beheerder, HOUSE, &draft);
		assert_int_equal(fold_with(w, NOW, part, act_),
				 binding == NOTHING ? RESULT_OK : RESULT_DENIED);
	}
}

static void an_act_counts_until_it_expires_and_in_that_moment(void **state)
{
	struct world *w = *state;
	fold_genesis(w, true);
	struct part_register part = partner_part(w);
	struct signed_statement act_ = act(w, &w->beheerder, &part);
	uint64_t last = (uint64_t)(NOW + DAY); // in whole seconds
	assert_int_equal(last % 1000, 0);
	assert_int_equal(fold_with(w, last, part, act_), RESULT_OK);
	assert_int_equal(fold_with(w, last + 1, part, act_), RESULT_DENIED);
}

static void an_act_is_of_the_key_and_the_organisation_that_sign_it(void **state)
{
	struct world *w = *state;
	struct draft draft;
	fold_genesis(w, true);
	struct part_register part = partner_part(w);
	draft_of(w, &part, &draft);
	assert_int_equal(fold_with(w, NOW, part, sign(w, &w->beheerder, PARTNER, &draft)),
			 RESULT_DENIED);
	struct signed_statement act_ = sign(w, &w->beheerder, HOUSE, &draft), other;
	other = act_;
	other.key_id.len--;
	assert_int_equal(fold_with(w, NOW, part, other), RESULT_MALFORMED);
	other = act_;
	uint8_t id[KEY_ID_LEN];
	memcpy(id, act_.key_id.data, sizeof id);
	id[0] ^= 1;
	other.key_id = bytes_make(id, sizeof id);
	assert_int_equal(fold_with(w, NOW, part, other), RESULT_DENIED);
	other = act_;
	uint8_t signature[SIGNATURE_LEN];
	memcpy(signature, act_.signature.data, sizeof signature);
	signature[63] ^= 1;
	other.signature = bytes_make(signature, sizeof signature);
	assert_int_equal(fold_with(w, NOW, part, other), RESULT_BAD_SIGNATURE);
	assert_int_equal(fold_with(w, NOW, part, act_), RESULT_OK);
}

// In force after the leaf that brought the key, up to the one that ended it.
static void a_role_signs_while_it_is_in_force(void **state)
{
	struct world *w = *state;
	fold_genesis(w, true);
	struct part_register part = partner_part(w);
	struct signed_statement act_ = act(w, &w->beheerder, &part);
	struct party *beheerder = &w->registry.parties[0];
	beheerder->from = INDEX - 1;
	assert_int_equal(fold_with(w, NOW, part, act_), RESULT_OK);
	beheerder->from = INDEX;
	assert_int_equal(fold_with(w, NOW, part, act_), RESULT_DENIED);
	beheerder->from = 0;
	beheerder->until = INDEX;
	assert_int_equal(fold_with(w, NOW, part, act_), RESULT_OK);
	beheerder->until = INDEX - 1;
	assert_int_equal(fold_with(w, NOW, part, act_), RESULT_DENIED);
}

// By which roles, in bits (1 beheerder, 2 officer, 4 deputy), a leaf may be signed.
static bool may_sign(struct world *w, const struct part_register *leaf, unsigned roles)
{
	const struct private_key *keys[] = {&w->beheerder, &w->officer, &w->deputy};
	struct part_register part = *leaf;
	struct signed_statement acts[3];
	part.acts = acts;
	part.act_count = 0;
	for (size_t i = 0; i < 3; i++) {
		if (roles & 1u << i)
			acts[part.act_count++] = act(w, keys[i], &part);
	}
	enum result r = fold_at(w, NOW, &part);
	assert_true(r == RESULT_OK || r == RESULT_DENIED);
	if (r == RESULT_DENIED)
		assert_string_equal(w->problem.code, reason_code(REASON_TWO_NEEDED));
	return r == RESULT_OK;
}

static void two_roles_change_the_register_one_ends_a_key_and_any_two_bring_a_role(void **state)
{
	struct world *w = *state;
	struct private_key next = make_key(w, "next", KEY_KIND_IDENTITY);
	struct buffer wire;
	fold_genesis(w, true);
	make_role(&wire, FUNCTIE_BEHEERDER, &next);
	struct part_register partner = partner_part(w), role = partner, end = partner;
	role.partner = buffer_view(&wire);
	end.soort = REGISTER_INTREKKING;
	end.partner = (struct bytes){0};
	end.ingetrokken = bytes_make(w->deputy.id.b, KEY_ID_LEN);
	for (unsigned roles = 0; roles < 8; roles++) {
		bool beheerder = roles & 1, officers = roles & 6;
		assert_int_equal(may_sign(w, &partner, roles), beheerder && officers);
		assert_int_equal(may_sign(w, &role, roles),
				 (beheerder && officers) || (roles & 6) == 6);
		assert_int_equal(may_sign(w, &end, roles), roles != 0);
	}
	buffer_done(&wire);
	private_key_done(&next);
}

// Whoever it is that signed says what is to be done about it.
static void what_is_wrong_with_an_act_is_said(void **state)
{
	struct world *w = *state;
	fold_genesis(w, true);
	enrol(w);
	struct part_register part = {.soort = REGISTER_INTREKKING,
				     .has_vorige = true,
				     .vorige = w->registry.head,
				     .ingetrokken = bytes_make(w->identity.id.b, KEY_ID_LEN)};
	struct draft draft;
	draft_of(w, &part, &draft);
	assert_int_equal(fold_with(w, NOW, part, sign(w, &w->identity, PARTNER, &draft)),
			 RESULT_DENIED);
	assert_non_null(strstr(w->problem.message, "the key of a partner"));
	struct private_key stranger = make_key(w, "stranger", KEY_KIND_IDENTITY);
	assert_int_equal(fold_with(w, NOW, part, sign(w, &stranger, HOUSE, &draft)), RESULT_DENIED);
	assert_non_null(strstr(w->problem.message, "not signed by a role in force"));
	assert_string_equal(w->problem.code, reason_code(REASON_BAD_SIGNATURE));
	private_key_done(&stranger);
}

// An act for the next version of a convenant is made by who saw the one before it.
static void who_did_not_see_the_convenant_before_is_told_so(void **state)
{
	struct world *w = *state;
	fold_genesis(w, true);
	struct part_register part = {.soort = REGISTER_CONVENANT,
				     .has_vorige = true,
				     .vorige = w->registry.head,
				     .convenant = {.naam = bytes_of_text("proef"), .size = 1}};
	struct signed_statement acts[] = {act(w, &w->beheerder, &part), act(w, &w->officer, &part)};
	part.acts = acts;
	part.act_count = 2;
	assert_int_equal(fold(w, 3, &part), RESULT_OK);
	part.vorige = w->registry.head;
	for (w->seen = 0; w->seen <= 4; w->seen++) {
		acts[0] = act(w, &w->beheerder, &part);
		acts[1] = act(w, &w->officer, &part);
		bool saw = w->seen == 4;
		assert_int_equal(fold_at(w, NOW, &part), saw ? RESULT_OK : RESULT_DENIED);
		if (!saw)
			assert_non_null(strstr(w->problem.message, "without having seen the log"));
		if (!saw)
			assert_non_null(strstr(w->problem.fix, "--checkpoint"));
	}
}

// ---- the statement of an act -------------------------------------------------------------------

static void each_act_has_an_id_of_its_own_and_expires_in_a_day(void **state)
{
	struct world *w = *state;
	struct draft one, two;
	struct act_view view;
	fold_genesis(w, true);
	struct part_register part = partner_part(w);
	draft_of(w, &part, &one);
	draft_of(w, &part, &two);
	assert_int_equal(one.statement.sequence, 1);
	assert_false(bytes_equal(one.statement.id, two.statement.id));
	assert_memory_not_equal(one.statement.random, two.statement.random, RANDOM_LEN);
	assert_int_equal(register_act_view(&one.statement, &view), RESULT_OK);
	assert_int_equal(view.expires, NOW + DAY);
	assert_true(bytes_equal(view.soort, bytes_of_text("partner")));
	one.velden[2].waarde = bytes_of_text("some day");
	assert_int_equal(register_act_view(&one.statement, &view), RESULT_MALFORMED);
	two.statement.type = TYPE_ACK;
	assert_int_equal(register_act_view(&two.statement, &view), RESULT_MALFORMED);
	part.soort = 99; // about nothing
	struct hash object = register_act_object(&part);
	assert_true(bytes_all_zero(bytes_of_hash(&object)));
	assert_string_equal(register_act_soort(99), "");
}

// One that is cut off would be of another system.
static void a_source_that_is_too_long_is_not_cut_off(void **state)
{
	struct world *w = *state;
	static char systeem[SOURCE_MAX + 1];
	const size_t before = strlen("urn:nld:oin:" HOUSE ":systeem:");
	struct act_request request = {
		.registry = &w->registry, .soort = "partner", .systeem = systeem, .now = NOW};
	struct buffer out;
	fold_genesis(w, true);
	assert_int_equal(oin_parse(bytes_of_text(HOUSE), &request.signer), RESULT_OK);
	buffer_init(&out, STATEMENT_MAX);
	memset(systeem, 'a', SOURCE_MAX - before - 1);
	assert_int_equal(register_act_statement(&request, &out), RESULT_OK);
	memset(systeem, 'a', SOURCE_MAX - before);
	assert_int_equal(register_act_statement(&request, &out), RESULT_TOO_LARGE);
	memset(systeem, 'a', SOURCE_MAX);
	assert_int_equal(register_act_statement(&request, &out), RESULT_TOO_LARGE);
	buffer_done(&out);
}

static enum result check_times(struct world *w, const struct draft *draft, int64_t now)
{
	memset(&w->problem, 0, sizeof w->problem);
	return register_check_act_times(&draft->statement, now, &w->problem);
}

// So that nobody signs today for a year ahead, or for a day that has not come.
static void an_act_is_dated_now_and_expires_within_a_month(void **state)
{
	struct world *w = *state;
	struct draft draft;
	static const int64_t ahead = 5 * INT64_C(60000);
	fold_genesis(w, true);
	struct part_register part = partner_part(w);
	draft_of(w, &part, &draft);
	assert_int_equal(check_times(w, &draft, NOW), RESULT_OK);
	assert_int_equal(check_times(w, &draft, NOW - ahead), RESULT_OK);
	assert_int_equal(check_times(w, &draft, NOW - ahead - 1), RESULT_DENIED);
	assert_string_equal(w->problem.code, reason_code(REASON_FROM_FUTURE));
	assert_string_equal(w->problem.field, "time");
	assert_non_null(strstr(w->problem.message, "in the future"));
	draft.velden[2].waarde = bytes_of_text("2030-01-01T00:00:00Z");
	assert_int_equal(check_times(w, &draft, NOW), RESULT_DENIED);
	assert_non_null(strstr(w->problem.message, "does not expire within 31 days"));
	assert_string_not_equal(w->problem.field, "time");
	draft.statement.type = TYPE_ACK; // no act: something else says so
	assert_int_equal(check_times(w, &draft, NOW), RESULT_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(each_binding_of_an_act_is_held),
		T(an_act_counts_until_it_expires_and_in_that_moment),
		T(an_act_is_of_the_key_and_the_organisation_that_sign_it),
		T(a_role_signs_while_it_is_in_force),
		T(two_roles_change_the_register_one_ends_a_key_and_any_two_bring_a_role),
		T(what_is_wrong_with_an_act_is_said),
		T(who_did_not_see_the_convenant_before_is_told_so),
		T(each_act_has_an_id_of_its_own_and_expires_in_a_day),
		T(a_source_that_is_too_long_is_not_cut_off),
		T(an_act_is_dated_now_and_expires_within_a_month),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
// Convenanten in the register: one of each name in force, until the next or its end, and an act
// that saw the leaf before it.
#include "unit.h"

#include "register/einde.h"

#include "register_world.h"

// Signed by two roles who saw the log up to this leaf.
static enum result fold_signed(struct world *w, struct part_register part)
{
	uint64_t index = w->registry.head_index + 1;
	part.has_vorige = true;
	part.vorige = w->registry.head;
	struct signed_statement acts[] = {act(w, &w->beheerder, &part), act(w, &w->officer, &part)};
	part.acts = acts;
	part.act_count = 2;
	return fold(w, index, &part);
}

static enum result bring(struct world *w, const char *naam, uint8_t version)
{
	struct part_register part = {
		.soort = REGISTER_CONVENANT,
		.convenant = {.naam = bytes_of_text(naam), .size = 1, .ondertekend = true}};
	part.convenant.hash.b[0] = version;
	w->seen = w->registry.head_index + 1;
	return fold_signed(w, part);
}

static struct bytes einde_text(struct world *w, const char *origin, const char *naam,
			       uint8_t version)
{
	struct convenant_einde einde = {.hash = {{version}}};
	struct buffer text;
	snprintf(einde.origin, sizeof einde.origin, "%s", origin);
	snprintf(einde.naam, sizeof einde.naam, "%s", naam);
	buffer_init(&text, CONVENANT_EINDE_MAX);
	assert_int_equal(convenant_einde_write(&einde, &text), RESULT_OK);
	struct bytes kept = arena_copy(w->arena, buffer_view(&text));
	buffer_done(&text);
	return kept;
}

static enum result end(struct world *w, struct bytes text)
{
	w->seen = w->registry.head_index + 1;
	return fold_signed(
		w, (struct part_register){.soort = REGISTER_CONVENANT_EINDE, .opdracht = text});
}

static void the_next_of_a_name_replaces_the_one_before_and_no_other(void **state)
{
	struct world *w = *state;
	fold_genesis(w, true);
	assert_int_equal(bring(w, "a", 1), RESULT_OK);
	assert_int_equal(bring(w, "b", 2), RESULT_OK);
	assert_int_equal(bring(w, "a", 3), RESULT_OK);
	const struct register_convenant *rows = w->registry.convenanten;
	assert_int_equal(w->registry.convenant_count, 3);
	assert_true(rows[0].from == 1 && rows[0].until == 3);
	assert_true(rows[1].from == 2 && rows[1].until == REGISTER_NEVER);
	assert_true(rows[2].from == 3 && rows[2].until == REGISTER_NEVER);
	assert_true(rows[2].ondertekend && rows[2].hash.b[0] == 3);
}

static void so_many_are_in_force_at_once_and_one_makes_room_by_its_end(void **state)
{
	struct world *w = *state;
	static const char *const names[REGISTER_CONVENANTEN_MAX] = {"a", "b", "c", "d",
								    "e", "f", "g", "h"};
	fold_genesis(w, true);
	for (uint8_t i = 0; i < REGISTER_CONVENANTEN_MAX; i++)
		assert_int_equal(bring(w, names[i], i), RESULT_OK);
	assert_int_equal(bring(w, "one-more", 9), RESULT_TOO_LARGE);
	assert_string_equal(w->problem.code, reason_code(REASON_TOO_MANY));
	assert_int_equal(bring(w, "h", 9), RESULT_OK); // in the place of another
	assert_int_equal(end(w, einde_text(w, ORIGIN, "c", 2)), RESULT_OK);
	assert_int_equal(bring(w, "one-more", 9), RESULT_OK);
}

static void a_name_has_so_many_characters(void **state)
{
	struct world *w = *state;
	char naam[67];
	fold_genesis(w, true);
	memset(naam, 'a', sizeof naam);
	naam[65] = '\0';
	assert_int_equal(bring(w, naam, 1), RESULT_MALFORMED);
	assert_int_equal(w->registry.convenant_count, 0);
	naam[64] = '\0';
	assert_int_equal(bring(w, naam, 1), RESULT_OK);
	assert_string_equal(w->registry.convenanten[0].naam, naam);
}

static void an_end_is_of_that_version_in_this_log(void **state)
{
	struct world *w = *state;
	fold_genesis(w, true);
	assert_int_equal(bring(w, "a", 1), RESULT_OK);
	assert_int_equal(bring(w, "a", 2), RESULT_OK);
	assert_int_equal(bring(w, "b", 3), RESULT_OK);
	assert_int_equal(end(w, bytes_of_text("einde van een convenant\n")), RESULT_MALFORMED);
	assert_int_equal(end(w, einde_text(w, "zvh.example/echt", "a", 2)), RESULT_DENIED);
	assert_string_equal(w->problem.code, reason_code(REASON_WRONG_AUDIENCE));
	assert_int_equal(end(w, einde_text(w, "a", "a", 2)), RESULT_DENIED); // before it by letters
	assert_int_equal(end(w, einde_text(w, ORIGIN, "a", 1)), RESULT_NOT_FOUND); // replaced
	assert_int_equal(end(w, einde_text(w, ORIGIN, "c", 2)), RESULT_NOT_FOUND);
	assert_non_null(register_convenant_named(&w->registry, bytes_of_text("a")));
	assert_int_equal(end(w, einde_text(w, ORIGIN, "a", 2)), RESULT_OK);
	assert_null(register_convenant_named(&w->registry, bytes_of_text("a")));
	assert_non_null(register_convenant_named(&w->registry, bytes_of_text("b")));
	assert_int_equal(w->registry.convenanten[1].until, w->registry.head_index);
	assert_int_equal(end(w, einde_text(w, ORIGIN, "a", 2)), RESULT_NOT_FOUND);
}

// Else what was signed once would bring an old one back, or end what came since.
static void an_act_saw_the_newest_leaf_about_a_convenant_of_that_name(void **state)
{
	struct world *w = *state;
	fold_genesis(w, true);
	assert_int_equal(bring(w, "a", 1), RESULT_OK); // leaf 1
	assert_int_equal(bring(w, "b", 2), RESULT_OK); // leaf 2
	struct part_register next = {
		.soort = REGISTER_CONVENANT,
		.convenant = {.naam = bytes_of_text("a"), .size = 1, .ondertekend = true}};
	struct part_register over = {.soort = REGISTER_CONVENANT_EINDE,
				     .opdracht = einde_text(w, ORIGIN, "a", 1)};
	w->seen = 1;
	assert_int_equal(fold_signed(w, next), RESULT_DENIED);
	assert_int_equal(fold_signed(w, over), RESULT_DENIED);
	w->seen = 2;
	assert_int_equal(fold_signed(w, over), RESULT_OK); // leaf 3
	assert_int_equal(fold_signed(w, next), RESULT_DENIED);
	w->seen = 3;
	assert_int_equal(fold_signed(w, next), RESULT_DENIED);
	w->seen = 4;
	assert_int_equal(fold_signed(w, next), RESULT_OK);
	// What is about no convenant need not have seen any.
	w->seen = 0;
	struct part_register partner = partner_part(w);
	assert_int_equal(fold_signed(w, partner), RESULT_OK);
	// Nor one of a name that is new.
	next.convenant.naam = bytes_of_text("c");
	assert_int_equal(fold_signed(w, next), RESULT_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(the_next_of_a_name_replaces_the_one_before_and_no_other),
		T(so_many_are_in_force_at_once_and_one_makes_room_by_its_end),
		T(a_name_has_so_many_characters),
		T(an_end_is_of_that_version_in_this_log),
		T(an_act_saw_the_newest_leaf_about_a_convenant_of_that_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

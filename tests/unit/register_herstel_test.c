// SPDX-License-Identifier: EUPL-1.2
// A log that goes on from a copy: the text that two roles sign, and what the register makes of it.
#include "unit.h"

#include "register/herstel.h"

#include "register_world.h"

#define HEX8(digits) digits digits digits digits digits digits digits digits
#define LINES(log, of, size, lost)                                                                 \
	"herstel uit een kopie\nlog " log "\nvoorganger " of "\nomvang " size                      \
	"\nwortel " HEX8("abababab") "\nverloren " lost "\n"
#define END "opdrachten geen\nreden de schijf ging verloren\n"
#define NEXT ORIGIN "-2"
#define FIRST_AT 5

static enum result read_text(const char *text)
{
	struct herstel herstel;
	return herstel_read(bytes_of_text(text), &herstel);
}

static void the_text_has_one_form(void **state)
{
	(void)state;
	assert_int_equal(read_text(LINES(NEXT, ORIGIN, "5", "9") END), RESULT_OK);
	assert_int_equal(read_text(LINES(NEXT, ORIGIN, "5", "5") END), RESULT_OK);
	static const char *const wrong[] = {
		LINES(NEXT, ORIGIN, "5", "4") END,
		LINES(NEXT, ORIGIN, "0", "4") END,
		LINES(NEXT, ORIGIN, "05", "9") END,
		LINES(ORIGIN, ORIGIN, "5", "9") END,
		LINES("a b", ORIGIN, "5", "9") END,
		LINES(NEXT, "a b", "5", "9") END,
		LINES(NEXT, ORIGIN, "5", "9") END "\n",
		LINES(NEXT, ORIGIN, "5", "9"),
		LINES(NEXT, ORIGIN, "5", "9") "opdrachten geen\nreden \n",
		LINES(NEXT, ORIGIN, "5", "9") "opdrachten weinig\nreden de schijf\n",
		LINES(NEXT, ORIGIN, "5", "9") "reden de schijf ging verloren\n"};
	for (size_t i = 0; i < COUNT_OF(wrong); i++)
		assert_int_equal(read_text(wrong[i]), RESULT_MALFORMED);
}

static struct bytes text_of(struct world *w, const struct herstel *herstel)
{
	struct buffer text;
	buffer_init(&text, HERSTEL_MAX);
	assert_int_equal(herstel_write(herstel, &text), RESULT_OK);
	struct bytes kept = arena_copy(w->arena, buffer_view(&text));
	buffer_done(&text);
	return kept;
}

static struct herstel herstel_at(uint64_t size, const char *log, const char *before)
{
	struct herstel herstel = {.omvang = size, .verloren = size + 4, .wortel = {{1}}};
	snprintf(herstel.log, sizeof herstel.log, "%s", log);
	snprintf(herstel.voorganger, sizeof herstel.voorganger, "%s", before);
	snprintf(herstel.reden, sizeof herstel.reden, "de schijf ging verloren");
	return herstel;
}

static enum result fold_by(struct world *w, const struct herstel *herstel, uint64_t index,
			   const struct private_key *second)
{
	struct part_register part = {.soort = REGISTER_HERSTEL,
				     .has_vorige = true,
				     .vorige = w->registry.head,
				     .opdracht = text_of(w, herstel)};
	struct signed_statement acts[2] = {act(w, &w->beheerder, &part)};
	if (second)
		acts[1] = act(w, second, &part);
	part.acts = acts;
	part.act_count = second ? 2 : 1;
	return fold(w, index, &part);
}

static enum result fold_two(struct world *w, const struct herstel *herstel, uint64_t index)
{
	return fold_by(w, herstel, index, &w->officer);
}

// spec L25
static void two_roles_have_the_log_go_on_where_the_copy_ends(void **state)
{
	struct world *w = *state;
	struct herstel herstel = herstel_at(FIRST_AT, NEXT, ORIGIN);
	fold_genesis(w, true);
	assert_int_equal(fold_by(w, &herstel, FIRST_AT, NULL), RESULT_DENIED);
	assert_string_equal(w->problem.code, reason_code(REASON_TWO_NEEDED));
	assert_int_equal(fold_by(w, &herstel, FIRST_AT, &w->identity), RESULT_DENIED);
	assert_int_equal(fold_two(w, &herstel, FIRST_AT + 1), RESULT_CONFLICT);
	assert_string_equal(register_origin(&w->registry), ORIGIN);
	struct herstel of_another = herstel_at(FIRST_AT, NEXT, "zvh.example/echt");
	assert_int_equal(fold_two(w, &of_another, FIRST_AT), RESULT_DENIED);
	assert_string_equal(w->problem.code, reason_code(REASON_WRONG_AUDIENCE));
	assert_int_equal(fold_two(w, &herstel, FIRST_AT), RESULT_OK);
	assert_string_equal(register_origin(&w->registry), NEXT);
	assert_string_equal(register_origin_at(&w->registry, FIRST_AT - 1), ORIGIN);
	assert_string_equal(register_origin_at(&w->registry, FIRST_AT), NEXT);
	assert_true(register_has_origin(&w->registry, bytes_of_text(ORIGIN)));
	assert_false(register_has_origin(&w->registry, bytes_of_text("zvh.example")));
	// The acts of before are to another log; so is one more herstel to an origin it had.
	struct herstel again = herstel_at(FIRST_AT + 3, ORIGIN, NEXT);
	assert_int_equal(fold_two(w, &again, FIRST_AT + 3), RESULT_EXISTS);
}

static void acts_to_the_predecessor_count_no_more(void **state)
{
	struct world *w = *state;
	fold_genesis(w, true);
	struct part_register part = partner_part(w);
	struct signed_statement before[] = {act(w, &w->beheerder, &part),
					    act(w, &w->officer, &part)};
	struct herstel herstel = herstel_at(FIRST_AT, NEXT, ORIGIN);
	assert_int_equal(fold_two(w, &herstel, FIRST_AT), RESULT_OK);
	part = partner_part(w);
	part.acts = before;
	part.act_count = 2;
	assert_int_equal(fold(w, 7, &part), RESULT_DENIED);
	enrol(w); // signed anew
}

// spec L25
static void a_log_key_counts_under_the_origin_of_the_size(void **state)
{
	struct world *w = *state;
	static struct log_keys keys;
	struct private_key log = make_key(w, "log", KEY_KIND_LOG);
	struct buffer note;
	struct checkpoint checkpoint = {.root = {{7}}}, read;
	fold_genesis(w, true);
	memcpy(w->registry.house_keys[1].key, log.public_key, 32);
	memcpy(w->registry.genesis.log_key, log.public_key, 32);
	struct herstel herstel = herstel_at(FIRST_AT, NEXT, ORIGIN);
	assert_int_equal(fold_two(w, &herstel, FIRST_AT), RESULT_OK);
	assert_int_equal(register_log_keys(&w->registry, &keys), RESULT_OK);
	assert_int_equal(keys.count, 2);
	for (uint64_t size = 1; size < FIRST_AT + 4; size++)
		for (size_t n = 0; n < 2; n++) {
			checkpoint.size = size;
			snprintf(checkpoint.origin, sizeof checkpoint.origin, "%s",
				 keys.keys[n].vkey.name);
			buffer_init(&note, CHECKPOINT_MAX);
			assert_int_equal(
				checkpoint_sign(&checkpoint, &keys.keys[n].vkey, log.secret, &note),
				RESULT_OK);
			bool counts = (size > FIRST_AT) == (n == 1);
			assert_int_equal(log_keys_verify(&keys, buffer_view(&note), &read),
					 counts ? RESULT_OK : RESULT_BAD_SIGNATURE);
			bool lost = n == 0 && size > FIRST_AT;
			assert_int_equal(
				register_lost_checkpoint(&w->registry, buffer_view(&note), &read),
				lost ? RESULT_OK : RESULT_NOT_FOUND);
			buffer_done(&note);
		}
	private_key_done(&log);
}

// spec L26
static void numbers_begin_anew_above_those_of_before(void **state)
{
	struct world *w = *state;
	const uint64_t base = (uint64_t)1 << REGISTER_NUMBER_BITS;
	fold_genesis(w, true);
	assert_int_equal(register_number_base(&w->registry, REGISTER_NEVER), 0);
	assert_false(register_begins_numbers(&w->registry, 3, 1));
	struct herstel herstel = herstel_at(FIRST_AT, NEXT, ORIGIN);
	assert_int_equal(fold_two(w, &herstel, FIRST_AT), RESULT_OK);
	assert_int_equal(register_number_base(&w->registry, FIRST_AT - 1), 0);
	assert_int_equal(register_number_base(&w->registry, FIRST_AT), base);
	assert_true(register_begins_numbers(&w->registry, FIRST_AT + 1, base + 1));
	assert_false(register_begins_numbers(&w->registry, FIRST_AT - 1, base + 1));
	assert_false(register_begins_numbers(&w->registry, FIRST_AT + 1, base + 2));
	assert_false(register_begins_numbers(&w->registry, FIRST_AT + 1, 2 * base + 1));
	assert_false(register_begins_numbers(&w->registry, FIRST_AT + 1, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		cmocka_unit_test(the_text_has_one_form),
		T(two_roles_have_the_log_go_on_where_the_copy_ends),
		T(acts_to_the_predecessor_count_no_more),
		T(a_log_key_counts_under_the_origin_of_the_size),
		T(numbers_begin_anew_above_those_of_before),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

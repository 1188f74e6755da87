// SPDX-License-Identifier: EUPL-1.2
#include "unit.h"

#include "wire/part.h"

#include <string.h>

// An act by which a role signed; what stands in it is nothing to the encoding.
static struct signed_statement some_act(void)
{
	static uint8_t key[8] = {1}, signature[SIGNATURE_LEN] = {2};
	return (struct signed_statement){.statement = bytes_of_text("een act"),
					 .signer = bytes_of_text("00000099000000009000"),
					 .key_id = bytes_make(key, sizeof key),
					 .size = 1,
					 .signature = bytes_make(signature, sizeof signature)};
}

// Written, read back onto the arena and written again as the same bytes.
static void there_and_back(const struct part *part, struct arena *arena, struct part *ret_back)
{
	struct buffer wire, again;
	buffer_init(&wire, 4096);
	buffer_init(&again, 4096);
	assert_int_equal(part_encode(part, &wire), RESULT_OK);
	struct bytes kept = arena_copy(arena, buffer_view(&wire));
	assert_int_equal(part_decode(kept, arena, ret_back), RESULT_OK);
	assert_int_equal(part_encode(ret_back, &again), RESULT_OK);
	assert_true(bytes_equal(buffer_view(&again), kept));
	assert_int_equal(ret_back->kind, part->kind);
	buffer_done(&wire);
	buffer_done(&again);
}

static void a_wissing_comes_back_as_it_went(void **state)
{
	(void)state;
	struct signed_statement act = some_act();
	uint32_t slots[] = {16, 70000};
	struct part back, part = {.kind = PART_WISSING,
				  .wissing = {.melding = 7,
					      .opdracht = bytes_of_text("wissing van inhoud\n"),
					      .acts = &act,
					      .act_count = 1,
					      .slots = slots,
					      .slot_count = 2}};
	struct buffer wire, again;
	struct arena *arena;
	buffer_init(&wire, 4096);
	buffer_init(&again, 4096);
	assert_int_equal(arena_new(1 << 20, &arena), RESULT_OK);
	assert_int_equal(part_encode(&part, &wire), RESULT_OK);
	assert_int_equal(part_decode(buffer_view(&wire), arena, &back), RESULT_OK);
	assert_int_equal(back.kind, PART_WISSING);
	assert_true(back.wissing.melding == 7 && back.wissing.act_count == 1);
	assert_true(bytes_equal(back.wissing.opdracht, part.wissing.opdracht));
	assert_true(bytes_equal(back.wissing.acts[0].statement, act.statement));
	assert_int_equal(back.wissing.slot_count, 2);
	assert_int_equal(back.wissing.slots[1], 70000);
	assert_int_equal(part_encode(&back, &again), RESULT_OK);
	assert_true(bytes_equal(buffer_view(&again), buffer_view(&wire)));
	buffer_clear(&again);
	part.wissing.opdracht = bytes_of_text("");
	assert_int_equal(part_encode(&part, &again), RESULT_MALFORMED);
	buffer_done(&wire);
	buffer_done(&again);
	arena_free(arena);
}

static void a_stop_and_an_acceptatie_come_back_as_they_went(void **state)
{
	(void)state;
	struct signed_statement act = some_act();
	uint64_t meldingen[] = {5, UINT64_C(1) << 40};
	struct part back, stop = {.kind = PART_STOP}, acceptatie = {.kind = PART_ACCEPTATIE};
	struct arena *arena;
	stop.stop = (struct part_stop){bytes_of_text("stop\n"), &act, 1, 9, meldingen, 2, 77};
	acceptatie.acceptatie = (struct part_acceptatie){bytes_of_text("codes\n"), &act, 1};
	assert_int_equal(arena_new(1 << 20, &arena), RESULT_OK);
	there_and_back(&stop, arena, &back);
	assert_true(bytes_equal(back.stop.opdracht, stop.stop.opdracht));
	assert_int_equal(back.stop.act_count, 1);
	assert_true(bytes_equal(back.stop.acts[0].statement, act.statement));
	assert_true(back.stop.einde == 9 && back.stop.herzien == 77);
	assert_int_equal(back.stop.melding_count, 2);
	assert_true(back.stop.meldingen[1] == meldingen[1]);
	there_and_back(&acceptatie, arena, &back);
	assert_true(bytes_equal(back.acceptatie.opdracht, acceptatie.acceptatie.opdracht));
	assert_int_equal(back.acceptatie.act_count, 1);
	assert_true(bytes_equal(back.acceptatie.acts[0].signer, act.signer));
	arena_free(arena);
}

// Whatever there is too little of: it is said, and nothing half read is handed out. What is read at
// last is checked by `whole`.
static void read_with_too_little_room(const struct part *part, void (*whole)(const struct part *))
{
	struct buffer wire;
	enum result r = RESULT_NO_MEMORY;
	size_t ceiling = 0;
	buffer_init(&wire, 4096);
	assert_int_equal(part_encode(part, &wire), RESULT_OK);
	for (; r == RESULT_NO_MEMORY; ceiling += 16) {
		struct arena *arena;
		struct part back = {.kind = 0};
		assert_int_equal(arena_new(ceiling, &arena), RESULT_OK);
		r = part_decode(buffer_view(&wire), arena, &back);
		assert_true(r == RESULT_OK || r == RESULT_NO_MEMORY);
		assert_true(back.kind == (r == RESULT_OK ? part->kind : 0));
		if (r == RESULT_OK)
			whole(&back);
		arena_free(arena);
	}
	assert_true(ceiling > 256);
	buffer_done(&wire);
}

static void tick_is_whole(const struct part *back)
{
	assert_int_equal(back->tick.tellingen[2].reden, 9);
}

static void a_tick_for_which_there_is_no_room_is_not_half_read(void **state)
{
	(void)state;
	uint64_t vervallen[] = {3, 0, 500};
	uint32_t begun[] = {1, 2}, done[] = {0};
	struct telling tellingen[] = {{bytes_of_text("00000099000000001000"), 29833333, 7, 12},
				      {bytes_of_text("00000099000000002000"), 29833334, 8, 13},
				      {bytes_of_text("00000099000000003000"), 29833335, 9, 14}};
	struct part part = {.kind = PART_TICK};
	part.tick = (struct part_tick){9, vervallen, 3, begun, done, 2, 1, tellingen, 3};
	read_with_too_little_room(&part, tick_is_whole);
}

static void verstrekking_is_whole(const struct part *back)
{
	assert_int_equal(back->verstrekking.grond_count, 2);
	assert_true(bytes_equal(back->verstrekking.gronden[1].regel, bytes_of_text("b")));
	assert_int_equal(back->verstrekking.slots[1], 7);
}

static void a_verstrekking_for_which_there_is_no_room_is_not_half_read(void **state)
{
	(void)state;
	uint32_t slots[] = {63, 7};
	struct grond gronden[] = {{.betrokkene = 1, .rubriek = 3, .regel = bytes_of_text("a")},
				  {.betrokkene = 2, .regel = bytes_of_text("b")}};
	struct part part = {.kind = PART_VERSTREKKING};
	part.verstrekking = (struct part_verstrekking){.origin = bytes_of_text("log.example/a"),
						       .oin = bytes_of_text("00000099000000001000"),
						       .functie = bytes_of_text("nazorg"),
						       .number = 1,
						       .soort = VERSTREKKING_GEGEVEN,
						       .slots = slots,
						       .slot_count = 2,
						       .gronden = gronden,
						       .grond_count = 2};
	read_with_too_little_room(&part, verstrekking_is_whole);
}

static void as_many_verrijkingen_as_there_may_be_are_bound(void **state)
{
	(void)state;
	static const uint8_t salt[32] = {1};
	static struct opening openings[VERRIJKINGEN_MAX];
	for (uint32_t i = 0; i < VERRIJKINGEN_MAX; i++)
		openings[i] = (struct opening){i, bytes_make(salt, 32), bytes_of_text("a")};
	struct hash all = verrijking_commitment(openings, VERRIJKINGEN_MAX);
	openings[VERRIJKINGEN_MAX - 1].value = bytes_of_text("b");
	struct hash last = verrijking_commitment(openings, VERRIJKINGEN_MAX);
	assert_false(hash_equal(&all, &last));
}

static void each_soort_of_verstrekking_has_a_name_and_no_other_number(void **state)
{
	(void)state;
	for (uint32_t soort = VERSTREKKING_GEGEVEN; soort <= VERSTREKKING_AFGESLOTEN; soort++)
		assert_non_null(verstrekking_soort_name(soort));
	assert_string_equal(verstrekking_soort_name(VERSTREKKING_GEGEVEN), "verstrekking");
	assert_null(verstrekking_soort_name(0));
	assert_null(verstrekking_soort_name(VERSTREKKING_AFGESLOTEN + 1));
	assert_null(verstrekking_soort_name(VERSTREKKING_AFGESLOTEN + 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wissing_comes_back_as_it_went),
		cmocka_unit_test(a_stop_and_an_acceptatie_come_back_as_they_went),
		cmocka_unit_test(a_tick_for_which_there_is_no_room_is_not_half_read),
		cmocka_unit_test(a_verstrekking_for_which_there_is_no_room_is_not_half_read),
		cmocka_unit_test(as_many_verrijkingen_as_there_may_be_are_bound),
		cmocka_unit_test(each_soort_of_verstrekking_has_a_name_and_no_other_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

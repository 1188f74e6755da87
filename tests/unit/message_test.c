// SPDX-License-Identifier: EUPL-1.2
// Statements and rubrieken: one encoding, refusals that name their place, and maxima both ways.

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "message_fixture.h"

static struct statement sample_statement(void)
{
	static struct veld velden[] = {{1, TEXT("wmo")}, {2, TEXT("")}, {300, TEXT("\x00\xff")}};
	struct statement statement = {
		.type = 2,
		.audience_oin = OIN,
		.audience_log = TEXT("knooppunt.example/oefening"),
		.source = TEXT("urn:nld:oin:00000099000000001000:systeem:zaak"),
		.id = TEXT("0123456789abcdef"),
		.time = UINT64_C(1795000000000),
		.sequence = 7,
		.vervangt = TEXT("fedcba9876543210"),
		.head = {.size = 5},
		.velden = velden,
		.veld_count = 3,
	};
	memset(statement.head.root.b, 0x11, 32);
	memset(statement.random, 0x22, RANDOM_LEN);
	return statement;
}

static void encode_statement(struct fixture *fixture, const struct statement *statement)
{
	buffer_clear(&fixture->wire);
	assert_int_equal(statement_encode(statement, &fixture->wire), RESULT_OK);
}

static enum wire_fault_kind explain(struct fixture *fixture, enum wire_type type, struct bytes wire,
				    const char *field)
{
	struct wire_fault fault;
	wire_explain(type, wire, fixture->arena, &fault);
	assert_string_equal(fault.field, field);
	return fault.kind;
}

static void a_statement_comes_back_as_it_went(void **state)
{
	struct fixture *fixture = *state;
	struct statement statement = sample_statement(), back;
	encode_statement(fixture, &statement);
	assert_int_equal(statement_decode(buffer_view(&fixture->wire), fixture->arena, &back),
			 RESULT_OK);
	assert_int_equal(back.type, 2);
	assert_true(bytes_equal(back.audience_oin, statement.audience_oin));
	assert_true(bytes_equal(back.audience_log, statement.audience_log));
	assert_true(bytes_equal(back.source, statement.source));
	assert_true(bytes_equal(back.id, statement.id));
	assert_true(back.time == statement.time && back.sequence == 7);
	assert_int_equal(back.antwoord_op.len, 0);
	assert_true(bytes_equal(back.vervangt, statement.vervangt));
	assert_true(back.head.size == 5 && hash_equal(&back.head.root, &statement.head.root));
	assert_memory_equal(back.random, statement.random, RANDOM_LEN);
	assert_false(back.has_slots);
	assert_true(bytes_all_zero(bytes_make(back.slots_root.b, sizeof back.slots_root)));
	assert_int_equal(back.veld_count, 3);
	assert_int_equal(back.velden[2].veld, 300);
	assert_true(bytes_equal(back.velden[2].waarde, TEXT("\x00\xff")));
	assert_int_equal(statement_encode(&back, &fixture->again), RESULT_OK);
	assert_true(bytes_equal(buffer_view(&fixture->again), buffer_view(&fixture->wire)));
}

static void a_statement_before_the_first_checkpoint_has_no_head(void **state)
{
	struct fixture *fixture = *state;
	struct statement statement = sample_statement(), back;
	statement.head = (struct head){0};
	statement.has_slots = true;
	memset(statement.slots_root.b, 0x33, 32);
	encode_statement(fixture, &statement);
	assert_int_equal(statement_decode(buffer_view(&fixture->wire), fixture->arena, &back),
			 RESULT_OK);
	assert_true(back.head.size == 0);
	assert_true(back.has_slots && hash_equal(&back.slots_root, &statement.slots_root));
	// The other way to say "none", an empty Head, would be a second encoding.
	append_field(&fixture->wire, 10, TEXT(""));
	assert_int_equal(statement_decode(buffer_view(&fixture->wire), fixture->arena, &back),
			 RESULT_MALFORMED);
}

static void a_rubriek_comes_back_as_it_went(void **state)
{
	struct fixture *fixture = *state;
	struct veld velden[] = {{1, TEXT("Susan")}, {4, TEXT("1990-01-31")}};
	struct rubriek rubriek = {3, 16, 2, TEXT("basisregistratie"), velden, 2}, back;
	assert_int_equal(rubriek_encode(&rubriek, &fixture->wire), RESULT_OK);
	assert_int_equal(rubriek_decode(buffer_view(&fixture->wire), fixture->arena, &back),
			 RESULT_OK);
	assert_int_equal(back.soort, 3);
	assert_int_equal(back.betrokkene, 16);
	assert_int_equal(back.regime, 2);
	assert_true(bytes_equal(back.bron, rubriek.bron));
	assert_int_equal(back.veld_count, 2);
	assert_true(bytes_equal(back.velden[1].waarde, velden[1].waarde));
}

static void unknown_fields_are_refused_at_every_depth(void **state)
{
	struct fixture *fixture = *state;
	struct statement statement = sample_statement(), back;
	encode_statement(fixture, &statement);
	append_field(&fixture->wire, 14, TEXT("x"));
	struct bytes wire = buffer_view(&fixture->wire);
	assert_int_equal(statement_decode(wire, fixture->arena, &back), RESULT_MALFORMED);
	assert_int_equal(explain(fixture, WIRE_STATEMENT, wire, "14"), WIRE_FAULT_UNKNOWN_FIELD);

	encode_statement(fixture, &statement);
	append_field(&fixture->wire, 13, TEXT("\x08\x01\x1a\x01x")); // a Veld with a field 3
	wire = buffer_view(&fixture->wire);
	assert_int_equal(statement_decode(wire, fixture->arena, &back), RESULT_MALFORMED);
	assert_int_equal(explain(fixture, WIRE_STATEMENT, wire, "velden[3].3"),
			 WIRE_FAULT_UNKNOWN_FIELD);
}

// spec W6, W8
static void only_the_canonical_encoding_is_read(void **state)
{
	struct fixture *fixture = *state;
	struct rubriek back;
	static const struct {
		const char *what;
		struct bytes wire;
		enum result result;
	} rows[] = {
		{"canonical",
		 TEXT("\x08\x03\x18\x01\x22\x01"
		      "a"),
		 RESULT_OK},
		{"a default written out", TEXT("\x08\x03\x10\x00\x18\x01"), RESULT_MALFORMED},
		{"an empty string written out", TEXT("\x08\x03\x22\x00"), RESULT_MALFORMED},
		{"a varint that is too long", TEXT("\x08\x83\x00\x18\x01"), RESULT_MALFORMED},
		{"a value beyond 32 bits", TEXT("\x08\x83\x80\x80\x80\x10"), RESULT_MALFORMED},
		{"fields out of order", TEXT("\x18\x01\x08\x03"), RESULT_MALFORMED},
		{"a field twice", TEXT("\x08\x03\x08\x03"), RESULT_MALFORMED},
		{"a tag that is too long", TEXT("\x88\x00\x03"), RESULT_MALFORMED},
		{"a wrong wire type", TEXT("\x0d\x03\x00\x00\x00"), RESULT_MALFORMED},
		{"a group", TEXT("\x0b\x0c"), RESULT_MALFORMED},
		{"cut short",
		 TEXT("\x08\x03\x22\x02"
		      "a"),
		 RESULT_MALFORMED},
		{"NUL in a string",
		 TEXT("\x08\x03\x22\x03"
		      "a\0b"),
		 RESULT_MALFORMED},
		{"bad UTF-8 in a string", TEXT("\x08\x03\x22\x02\xc3\x28"), RESULT_MALFORMED},
		{"a surrogate in a string", TEXT("\x08\x03\x22\x03\xed\xa0\x80"), RESULT_MALFORMED},
		{"a long NUL in a string", TEXT("\x08\x03\x22\x02\xc0\x80"), RESULT_MALFORMED},
		{"field number zero", TEXT("\x00\x03"), RESULT_MALFORMED},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		enum result result = rubriek_decode(rows[i].wire, fixture->arena, &back);
		if (result != rows[i].result)
			print_error("%s\n", rows[i].what);
		assert_int_equal(result, rows[i].result);
	}
}

static void a_refusal_names_the_place_of_bad_text(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(explain(fixture, WIRE_RUBRIEK,
				 TEXT("\x08\x03\x22\x03"
				      "a\0b"),
				 "bron"),
			 WIRE_FAULT_TEXT);
	assert_int_equal(explain(fixture, WIRE_RUBRIEK, TEXT("\x08\x03\x22\x02\xc3\x28"), "bron"),
			 WIRE_FAULT_TEXT);
	assert_int_equal(explain(fixture, WIRE_RUBRIEK, TEXT("\x18\x01\x08\x03"), ""),
			 WIRE_FAULT_NOT_CANONICAL);
	assert_int_equal(explain(fixture, WIRE_RUBRIEK, TEXT("\x08"), ""), WIRE_FAULT_SHAPE);
	assert_int_equal(
		explain(fixture, WIRE_RUBRIEK, TEXT("\x08\x03\x2a\x02\x12\x00"), "velden[0].veld"),
		WIRE_FAULT_MISSING);
	assert_int_equal(explain(fixture, WIRE_RUBRIEK, TEXT("\x08\x03"), ""), WIRE_FAULT_NONE);
}

// Whatever is read at all is written back as the same bytes: there is one reading.
static void check_one_reading(struct fixture *fixture, struct bytes wire)
{
	struct statement back;
	arena_clear(fixture->arena);
	if (statement_decode(wire, fixture->arena, &back))
		return;
	buffer_clear(&fixture->again);
	assert_int_equal(statement_encode(&back, &fixture->again), RESULT_OK);
	assert_true(bytes_equal(buffer_view(&fixture->again), wire));
}

static void cut_or_changed_bytes_never_get_a_second_reading(void **state)
{
	struct fixture *fixture = *state;
	struct statement statement = sample_statement();
	encode_statement(fixture, &statement);
	for (size_t len = 0; len < fixture->wire.len; len++)
		check_one_reading(fixture, bytes_make(fixture->wire.data, len));
	for (size_t i = 0; i < fixture->wire.len; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			fixture->wire.data[i] ^= (uint8_t)(1u << bit);
			check_one_reading(fixture, buffer_view(&fixture->wire));
			fixture->wire.data[i] ^= (uint8_t)(1u << bit);
		}
	}
}

static void maxima_of_a_statement_hold_both_ways(void **state)
{
	struct fixture *fixture = *state;
	struct statement statement = sample_statement(), back;
	static struct veld velden[VELDEN_MAX + 1];
	for (size_t i = 0; i <= VELDEN_MAX; i++)
		velden[i] = (struct veld){1, TEXT("x")};
	statement.velden = velden;
	statement.veld_count = VELDEN_MAX;
	encode_statement(fixture, &statement);
	append_field(&fixture->wire, 13, TEXT("\x08\x01"));
	struct bytes wire = buffer_view(&fixture->wire);
	assert_int_equal(statement_decode(wire, fixture->arena, &back), RESULT_TOO_LARGE);
	assert_int_equal(explain(fixture, WIRE_STATEMENT, wire, "velden"), WIRE_FAULT_TOO_MANY);
	statement.veld_count = VELDEN_MAX + 1;
	assert_int_equal(statement_encode(&statement, &fixture->again), RESULT_TOO_LARGE);

	statement = sample_statement();
	statement.id = bytes_make(filler, ID_MAX + 1); // holds NUL as well: text comes first
	assert_int_equal(statement_encode(&statement, &fixture->again), RESULT_MALFORMED);
	char id[ID_MAX + 2];
	memset(id, 'a', sizeof id);
	statement.id = bytes_make(id, ID_MAX + 1);
	assert_int_equal(statement_encode(&statement, &fixture->again), RESULT_TOO_LARGE);
	statement.id = bytes_make(id, ID_MAX);
	assert_int_equal(statement_encode(&statement, &fixture->again), RESULT_OK);
	velden[0].waarde = bytes_make(filler, WAARDE_MAX + 1);
	statement.velden = velden;
	statement.veld_count = 1;
	assert_int_equal(statement_encode(&statement, &fixture->again), RESULT_TOO_LARGE);
	for (size_t i = 0; i < 5; i++)
		velden[i].waarde = bytes_make(filler, WAARDE_MAX);
	statement.veld_count = 5;
	buffer_clear(&fixture->again);
	assert_int_equal(statement_encode(&statement, &fixture->again), RESULT_TOO_LARGE);
	assert_int_equal(fixture->again.len, 0);
}

// A rubriek of exactly len bytes: velden of the largest size, and a last one that makes up the
// rest.
static void encode_rubriek_of(struct fixture *fixture, size_t len)
{
	struct veld velden[5];
	struct rubriek rubriek = {1, 0, 1, TEXT(""), velden, 0};
	while (rubriek.veld_count < 4)
		velden[rubriek.veld_count++] = (struct veld){1, bytes_make(filler, 16000)};
	velden[rubriek.veld_count++] = (struct veld){1, bytes_make(filler, 200)};
	buffer_clear(&fixture->wire);
	assert_int_equal(rubriek_encode(&rubriek, &fixture->wire), RESULT_OK);
	velden[4].waarde.len += len - fixture->wire.len;
	buffer_clear(&fixture->wire);
	assert_int_equal(rubriek_encode(&rubriek, &fixture->wire), RESULT_OK);
	assert_int_equal(fixture->wire.len, len);
}

// The length is looked at first: what is too long is not read at all, whatever it holds.
static void bytes_of_the_largest_length_are_read_and_one_more_is_not(void **state)
{
	struct fixture *fixture = *state;
	struct rubriek rubriek;
	struct statement statement;
	struct signed_statement signed_statement;
	uint8_t *zeros = arena_alloc(fixture->arena, STATEMENT_MAX + 1025);
	assert_non_null(zeros);
	memset(zeros, 0, STATEMENT_MAX + 1025);

	encode_rubriek_of(fixture, RUBRIEK_MAX);
	assert_int_equal(rubriek_decode(buffer_view(&fixture->wire), fixture->arena, &rubriek),
			 RESULT_OK);
	assert_int_equal(
		rubriek_decode(bytes_make(zeros, RUBRIEK_MAX + 1), fixture->arena, &rubriek),
		RESULT_TOO_LARGE);
	assert_int_equal(
		statement_decode(bytes_make(zeros, STATEMENT_MAX), fixture->arena, &statement),
		RESULT_MALFORMED);
	assert_int_equal(
		statement_decode(bytes_make(zeros, STATEMENT_MAX + 1), fixture->arena, &statement),
		RESULT_TOO_LARGE);
	assert_int_equal(signed_statement_decode(bytes_make(zeros, STATEMENT_MAX + 1024),
						 fixture->arena, &signed_statement),
			 RESULT_MALFORMED);
	assert_int_equal(signed_statement_decode(bytes_make(zeros, STATEMENT_MAX + 1025),
						 fixture->arena, &signed_statement),
			 RESULT_TOO_LARGE);
}

static void a_full_arena_is_told_apart_from_bad_bytes(void **state)
{
	struct fixture *fixture = *state;
	struct statement statement = sample_statement(), back;
	encode_statement(fixture, &statement);
	struct arena *small;
	assert_int_equal(arena_new(512, &small), RESULT_OK);
	assert_int_equal(statement_decode(buffer_view(&fixture->wire), small, &back),
			 RESULT_NO_MEMORY);
	arena_free(small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_statement_comes_back_as_it_went),
		TEST(a_statement_before_the_first_checkpoint_has_no_head),
		TEST(a_rubriek_comes_back_as_it_went),
		TEST(unknown_fields_are_refused_at_every_depth),
		TEST(only_the_canonical_encoding_is_read),
		TEST(a_refusal_names_the_place_of_bad_text),
		TEST(cut_or_changed_bytes_never_get_a_second_reading),
		TEST(maxima_of_a_statement_hold_both_ways),
		TEST(bytes_of_the_largest_length_are_read_and_one_more_is_not),
		TEST(a_full_arena_is_told_apart_from_bad_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

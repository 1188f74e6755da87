// SPDX-License-Identifier: EUPL-1.2
#include "wire/entry.h"
#include "wire/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TEXT(literal) ((struct bytes){(const uint8_t *)(literal), sizeof(literal) - 1})
#define OIN TEXT("00000099000000001000")

static const uint8_t filler[20000] = {1};

struct fixture {
	struct arena *arena;
	struct buffer wire, again;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	if (!fixture || arena_new(64 << 20, &fixture->arena))
		return -1;
	buffer_init(&fixture->wire, 8 << 20);
	buffer_init(&fixture->again, 2 << 20);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	arena_free(fixture->arena);
	buffer_done(&fixture->wire);
	buffer_done(&fixture->again);
	free(fixture);
	return 0;
}

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

static void append_varint(struct buffer *out, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		buffer_append_u8(out, (uint8_t)(value | 0x80));
	buffer_append_u8(out, (uint8_t)value);
}

// A length-delimited field as any protobuf writer would make it.
static void append_field(struct buffer *out, unsigned number, struct bytes value)
{
	append_varint(out, number << 3 | 2);
	append_varint(out, value.len);
	buffer_append(out, value);
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

struct parcel {
	struct request request;
	struct item items[2];
	struct bytes rubrieken[65];
};

static void fill_parcel(struct parcel *parcel)
{
	memset(parcel, 0, sizeof *parcel);
	for (size_t i = 0; i < 65; i++)
		parcel->rubrieken[i] = TEXT("\x08\x01");
	parcel->request = (struct request){
		.signer = OIN,
		.key_id = bytes_make(filler, 8),
		.size = 200,
		.signature = bytes_make(filler, SIGNATURE_LEN),
		.items = parcel->items,
		.item_count = 2,
		.held = {.size = 9},
	};
	parcel->items[0] = (struct item){
		.statement = TEXT("one"),
		.index = 3,
		.has_slots = true,
		.slots = {{1}, 64, parcel->rubrieken, 2},
	};
	parcel->items[0].path.count = BATCH_PATH_MAX;
	parcel->items[0].path.hashes[7].b[31] = 0x77;
	parcel->items[1] = (struct item){.statement = TEXT("two"), .index = 199};
}

static void a_request_comes_back_as_it_went(void **state)
{
	struct fixture *fixture = *state;
	struct parcel parcel;
	struct request back;
	fill_parcel(&parcel);
	assert_int_equal(request_encode(&parcel.request, &fixture->wire), RESULT_OK);
	assert_int_equal(request_decode(buffer_view(&fixture->wire), fixture->arena, &back),
			 RESULT_OK);
	assert_true(bytes_equal(back.signer, OIN));
	assert_int_equal(back.key_id.len, 8);
	assert_int_equal(back.size, 200);
	assert_int_equal(back.signature.len, SIGNATURE_LEN);
	assert_int_equal(back.item_count, 2);
	assert_true(back.held.size == 9);
	assert_int_equal(back.items[0].index, 3);
	assert_int_equal(back.items[0].path.count, BATCH_PATH_MAX);
	assert_int_equal(back.items[0].path.hashes[7].b[31], 0x77);
	assert_true(back.items[0].has_slots);
	assert_int_equal(back.items[0].slots.seed[0], 1);
	assert_int_equal(back.items[0].slots.capacity, 64);
	assert_int_equal(back.items[0].slots.count, 2);
	assert_true(bytes_equal(back.items[0].slots.rubrieken[1], TEXT("\x08\x01")));
	assert_true(bytes_equal(back.items[1].statement, TEXT("two")));
	assert_false(back.items[1].has_slots);
	assert_int_equal(request_encode(&back, &fixture->again), RESULT_OK);
	assert_true(bytes_equal(buffer_view(&fixture->again), buffer_view(&fixture->wire)));
}

static void a_request_that_cannot_be_is_not_written(void **state)
{
	struct fixture *fixture = *state;
	struct parcel parcel;
	for (int i = 0; i < 13; i++) {
		fill_parcel(&parcel);
		struct request *request = &parcel.request;
		struct item *item = &parcel.items[0];
		switch (i) {
		case 0:
			request->signer.len = 19;
			break;
		case 1:
			request->key_id.len = 7;
			break;
		case 2:
			request->signature.len = 63;
			break;
		case 3:
			request->size = 257;
			break;
		case 4:
			request->size = 0;
			break;
		case 5:
			request->item_count = 0;
			break;
		case 6:
			item->index = 200;
			break;
		case 7:
			item->path.count = BATCH_PATH_MAX + 1;
			break;
		case 8:
			item->slots.capacity = 32;
			break;
		case 9:
			item->slots.count = 65;
			break;
		case 10:
			item->statement.len = 0;
			break;
		case 11:
			item->slots.rubrieken[1].len = 0;
			break;
		case 12:
			request->held.size = UINT64_MAX;
			break;
		}
		buffer_clear(&fixture->wire);
		enum result result = request_encode(request, &fixture->wire);
		assert_true(result == RESULT_MALFORMED || result == RESULT_TOO_LARGE);
		assert_int_equal(fixture->wire.len, 0);
	}
}

static void a_request_that_cannot_be_is_not_read(void **state)
{
	struct fixture *fixture = *state;
	struct parcel parcel;
	struct request back;
	// Each row changes one byte of a good request so that a relation between fields breaks.
	fill_parcel(&parcel);
	parcel.items[0].path.count = 0;
	assert_int_equal(request_encode(&parcel.request, &fixture->wire), RESULT_OK);
	struct bytes wire = buffer_view(&fixture->wire);
	uint8_t *size = memmem(wire.data, wire.len, "\x18\xc8\x01\x22", 4);
	uint8_t *capacity = memmem(wire.data, wire.len, "\x10\x40\x1a", 3);
	uint8_t *index = memmem(wire.data, wire.len, "two\x10\xc7\x01", 6);
	assert_true(size && capacity && index);
	const struct {
		uint8_t *at;
		uint8_t value;
	} rows[] = {{size + 1, 0xc7}, {capacity + 1, 0x41}, {index + 4, 0xc8}};
	assert_int_equal(request_decode(wire, fixture->arena, &back), RESULT_OK);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		uint8_t before = *rows[i].at;
		*rows[i].at = rows[i].value;
		assert_int_equal(request_decode(wire, fixture->arena, &back), RESULT_MALFORMED);
		*rows[i].at = before;
	}
	for (unsigned i = 2; i <= BATCH_MAX + 1; i++)
		append_field(&fixture->again, 5, TEXT("\x0a\x01x"));
	struct buffer many;
	buffer_init(&many, 1 << 20);
	struct bytes held = TEXT("\x32"); // held comes after the items
	uint8_t *tail = memrchr(wire.data, held.data[0], wire.len - 34);
	assert_non_null(tail);
	size_t before = (size_t)(tail - wire.data);
	buffer_append(&many, bytes_make(wire.data, before));
	buffer_append(&many, buffer_view(&fixture->again));
	buffer_append(&many, bytes_make(tail, wire.len - before));
	assert_int_equal(request_decode(buffer_view(&many), fixture->arena, &back),
			 RESULT_TOO_LARGE);
	buffer_done(&many);
}

static struct leaf sample_leaf(uint64_t index)
{
	struct leaf leaf = {
		.index = index,
		.entry = bytes_make(filler, ENTRY_LEN),
		.vector = bytes_make(filler, 32 * 32),
		.part = {31, bytes_make(filler, 32), TEXT("part")},
	};
	leaf.path.count = TREE_PATH_MAX;
	leaf.path.hashes[62].b[0] = 0x62;
	return leaf;
}

struct answer {
	struct replies replies;
	struct reply reply[2];
	struct delivery delivery;
	struct opening openings[2], verrijkingen[1];
	struct leaf leaves[2];
};

static void fill_answer(struct answer *answer)
{
	memset(answer, 0, sizeof *answer);
	answer->openings[0] = (struct opening){127, bytes_make(filler, 32), TEXT("r1")};
	answer->openings[1] = (struct opening){0, bytes_make(filler, 32), TEXT("r2")};
	answer->verrijkingen[0] = (struct opening){0, bytes_make(filler, 32), TEXT("v")};
	answer->delivery = (struct delivery){
		.leaf = sample_leaf(12),
		.has_sender = true,
		.sender = {TEXT("statement"),
			   OIN,
			   bytes_make(filler, 8),
			   1,
			   0,
			   {{{{0}}}, 0},
			   bytes_make(filler, SIGNATURE_LEN)},
		.slots_vector = bytes_make(filler, 128 * 32),
		.openings = answer->openings,
		.opening_count = 2,
		.verrijkingen = answer->verrijkingen,
		.verrijking_count = 1,
	};
	answer->delivery.sender_consistency.count = 2;
	answer->leaves[0] = sample_leaf(0);
	answer->leaves[1] = sample_leaf(5);
	answer->reply[0] = (struct reply){
		.about = {{9}},
		.outcome = OUTCOME_GEWEIGERD,
		.reason = 24,
		.field = TEXT("rubriek[1].bsn.waarde"),
		.has_receipt = true,
		.receipt = sample_leaf(77),
	};
	answer->reply[1] = (struct reply){
		.outcome = OUTCOME_AANVAARD,
		.pause_ms = 50,
		.deliveries = &answer->delivery,
		.delivery_count = 1,
		.leaves = answer->leaves,
		.leaf_count = 2,
		.more = true,
		.follows = true,
	};
	answer->replies = (struct replies){
		.checkpoint = TEXT("note"),
		.old_size = 4,
		.replies = answer->reply,
		.reply_count = 2,
	};
	answer->replies.consistency.count = 3;
}

static void replies_come_back_as_they_went(void **state)
{
	struct fixture *fixture = *state;
	struct answer answer;
	struct replies back;
	fill_answer(&answer);
	assert_int_equal(replies_encode(&answer.replies, &fixture->wire), RESULT_OK);
	assert_int_equal(replies_decode(buffer_view(&fixture->wire), fixture->arena, &back),
			 RESULT_OK);
	assert_true(bytes_equal(back.checkpoint, TEXT("note")));
	assert_true(back.old_size == 4 && back.consistency.count == 3);
	assert_int_equal(back.reply_count, 2);
	const struct reply *first = &back.replies[0], *second = &back.replies[1];
	assert_int_equal(first->about.b[0], 9);
	assert_int_equal(first->outcome, OUTCOME_GEWEIGERD);
	assert_int_equal(first->reason, 24);
	assert_true(bytes_equal(first->field, TEXT("rubriek[1].bsn.waarde")));
	assert_true(first->has_receipt && first->receipt.index == 77);
	assert_int_equal(first->receipt.path.hashes[62].b[0], 0x62);
	assert_int_equal(first->receipt.part.position, 31);
	assert_int_equal(first->delivery_count, 0);
	assert_false(second->has_receipt);
	assert_true(second->more && second->follows && second->pause_ms == 50);
	assert_int_equal(second->leaf_count, 2);
	assert_true(second->leaves[1].index == 5);
	const struct delivery *delivery = &second->deliveries[0];
	assert_true(delivery->has_sender && bytes_equal(delivery->sender.signer, OIN));
	assert_int_equal(delivery->slots_vector.len, 128 * 32);
	assert_int_equal(delivery->opening_count, 2);
	assert_int_equal(delivery->openings[0].position, 127);
	assert_true(bytes_equal(delivery->openings[1].value, TEXT("r2")));
	assert_int_equal(delivery->verrijking_count, 1);
	assert_int_equal(delivery->sender_consistency.count, 2);
	assert_int_equal(replies_encode(&back, &fixture->again), RESULT_OK);
	assert_true(bytes_equal(buffer_view(&fixture->again), buffer_view(&fixture->wire)));
}

static void replies_that_prove_nothing_are_not_written(void **state)
{
	struct fixture *fixture = *state;
	struct answer answer;
	for (int i = 0; i < 8; i++) {
		fill_answer(&answer);
		struct delivery *delivery = &answer.delivery;
		switch (i) {
		case 0:
			delivery->has_sender = false;
			break;
		case 1:
			delivery->slots_vector.len = 0;
			break;
		case 2:
			delivery->slots_vector.len = 65 * 32;
			break;
		case 3:
			delivery->openings[1].salt.len = 31;
			break;
		case 4:
			delivery->openings[1].position = 256;
			break;
		case 5:
			delivery->leaf.part.position = 32;
			break;
		case 6:
			delivery->leaf.entry.len = ENTRY_LEN - 1;
			break;
		case 7:
			delivery->leaf.path.count = TREE_PATH_MAX + 1;
			break;
		}
		buffer_clear(&fixture->wire);
		enum result result = replies_encode(&answer.replies, &fixture->wire);
		assert_true(result == RESULT_MALFORMED || result == RESULT_TOO_LARGE);
	}
}

static void many_empty_messages_cost_a_bounded_arena(void **state)
{
	struct fixture *fixture = *state;
	struct arena *small;
	struct replies back;
	assert_int_equal(arena_new(1 << 20, &small), RESULT_OK);
	for (size_t i = 0; i < 128 * 1024; i++)
		append_field(&fixture->wire, 4, TEXT(""));
	assert_int_equal(replies_decode(buffer_view(&fixture->wire), small, &back),
			 RESULT_NO_MEMORY);
	arena_free(small);
	assert_int_equal(replies_decode(buffer_view(&fixture->wire), fixture->arena, &back),
			 RESULT_TOO_LARGE);
	buffer_append_zeros(&fixture->wire, 4 << 20);
	assert_int_equal(replies_decode(buffer_view(&fixture->wire), fixture->arena, &back),
			 RESULT_TOO_LARGE);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

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
		TEST(a_full_arena_is_told_apart_from_bad_bytes),
		TEST(a_request_comes_back_as_it_went),
		TEST(a_request_that_cannot_be_is_not_written),
		TEST(a_request_that_cannot_be_is_not_read),
		TEST(replies_come_back_as_they_went),
		TEST(replies_that_prove_nothing_are_not_written),
		TEST(many_empty_messages_cost_a_bounded_arena),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

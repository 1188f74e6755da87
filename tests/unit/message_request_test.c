// SPDX-License-Identifier: EUPL-1.2
// What partners send: back as it went, and what cannot be neither written nor read.

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "message_fixture.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_request_comes_back_as_it_went),
		TEST(a_request_that_cannot_be_is_not_written),
		TEST(a_request_that_cannot_be_is_not_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
// What the tests of the wire's messages share. Include after cmocka.h.
#ifndef KNP_TESTS_UNIT_MESSAGE_FIXTURE_H
#define KNP_TESTS_UNIT_MESSAGE_FIXTURE_H

#include "wire/message.h"

#include <stdlib.h>

#define TEXT(literal) ((struct bytes){(const uint8_t *)(literal), sizeof(literal) - 1})
#define OIN TEXT("00000099000000001000")

static const uint8_t filler[20000] = {1};

struct fixture {
	struct arena *arena;
	struct buffer wire, again;
};

static inline int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	if (!fixture || arena_new(64 << 20, &fixture->arena))
		return -1;
	buffer_init(&fixture->wire, 8 << 20);
	buffer_init(&fixture->again, 2 << 20);
	*state = fixture;
	return 0;
}

static inline int tear_down(void **state)
{
	struct fixture *fixture = *state;
	arena_free(fixture->arena);
	buffer_done(&fixture->wire);
	buffer_done(&fixture->again);
	free(fixture);
	return 0;
}

static inline void append_varint(struct buffer *out, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		buffer_append_u8(out, (uint8_t)(value | 0x80));
	buffer_append_u8(out, (uint8_t)value);
}

// A length-delimited field as any protobuf writer would make it.
static inline void append_field(struct buffer *out, unsigned number, struct bytes value)
{
	append_varint(out, number << 3 | 2);
	append_varint(out, value.len);
	buffer_append(out, value);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

#endif

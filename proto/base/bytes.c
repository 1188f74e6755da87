// SPDX-License-Identifier: EUPL-1.2
#include "base/bytes.h"

#include <string.h>

struct bytes bytes_of_text(const char *text)
{
	return (struct bytes){.data = (const uint8_t *)text, .len = text ? strlen(text) : 0};
}

bool bytes_equal(struct bytes a, struct bytes b)
{
	// memcmp of NULL is undefined even for length 0, and the empty view is {NULL, 0}.
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool bytes_take_text(struct bytes *rest, const char *text)
{
	struct bytes want = bytes_of_text(text);
	if (rest->len < want.len || memcmp(rest->data, want.data, want.len) != 0)
		return false;
	*rest = bytes_make(rest->data + want.len, rest->len - want.len);
	return true;
}

bool word_take(struct bytes *rest, struct bytes *ret_word)
{
	if (rest->len == 0)
		return false;
	const uint8_t *space = memchr(rest->data, ' ', rest->len);
	size_t len = space ? (size_t)(space - rest->data) : rest->len;
	*ret_word = bytes_make(rest->data, len);
	len += space ? 1 : 0;
	*rest = bytes_make(rest->data + len, rest->len - len);
	return true;
}

bool hash_equal(const struct hash *a, const struct hash *b)
{
	return memcmp(a->b, b->b, sizeof a->b) == 0;
}

bool bytes_all_zero(struct bytes view)
{
	uint8_t seen = 0;
	for (size_t i = 0; i < view.len; i++)
		seen |= view.data[i];
	return seen == 0;
}

static void put_be(uint8_t *p, uint64_t value, unsigned width)
{
	for (unsigned i = width; i-- > 0; value >>= 8)
		p[i] = (uint8_t)value;
}

static uint64_t get_be(const uint8_t *p, unsigned width)
{
	uint64_t value = 0;
	for (unsigned i = 0; i < width; i++)
		value = value << 8 | p[i];
	return value;
}

void put_u16be(uint8_t *p, uint16_t value)
{
	put_be(p, value, 2);
}

void put_u32be(uint8_t *p, uint32_t value)
{
	put_be(p, value, 4);
}

void put_u64be(uint8_t *p, uint64_t value)
{
	put_be(p, value, 8);
}

uint16_t get_u16be(const uint8_t *p)
{
	return (uint16_t)get_be(p, 2);
}

uint32_t get_u32be(const uint8_t *p)
{
	return (uint32_t)get_be(p, 4);
}

uint64_t get_u64be(const uint8_t *p)
{
	return get_be(p, 8);
}

// SPDX-License-Identifier: EUPL-1.2
#include "tree/tiles.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define TILE_LEVEL_BITS 8 // 256 hashes a tile
#define TILE_GROUPS_MAX 7 // of three digits: 2^64 has twenty

// Writes `index` as x001/x234/067 and returns the length.
static size_t format_index(char *out, size_t room, uint64_t index)
{
	unsigned groups[TILE_GROUPS_MAX];
	size_t count = 0, len = 0;
	do {
		groups[count++] = (unsigned)(index % 1000);
		index /= 1000;
	} while (index != 0);
	while (count-- > 0)
		len += (size_t)snprintf(out + len, room - len, count > 0 ? "x%03u/" : "%03u",
					groups[count]);
	return len;
}

void tile_name(char out[TILE_NAME_MAX], int level, uint64_t index, unsigned width)
{
	assert(level <= 63 && width >= 1 && width <= TILE_WIDTH);
	size_t len;
	if (level < 0)
		len = (size_t)snprintf(out, TILE_NAME_MAX, "tile/entries/");
	else
		len = (size_t)snprintf(out, TILE_NAME_MAX, "tile/%d/", level);
	len += format_index(out + len, TILE_NAME_MAX - len, index);
	if (width < TILE_WIDTH)
		snprintf(out + len, TILE_NAME_MAX - len, ".p/%u", width);
}

uint64_t tile_count(int level, uint64_t size, unsigned *ret_last_width)
{
	unsigned shift = level < 0 ? 0 : (unsigned)level * TILE_LEVEL_BITS;
	uint64_t hashes = shift < 64 ? size >> shift : 0;
	uint64_t full = hashes / TILE_WIDTH;
	unsigned rest = (unsigned)(hashes % TILE_WIDTH);
	if (rest != 0) {
		*ret_last_width = rest;
		return full + 1;
	}
	*ret_last_width = full != 0 ? TILE_WIDTH : 0;
	return full;
}

enum result bundle_append_entry(struct buffer *bundle, struct bytes entry)
{
	if (entry.len > BUNDLE_ENTRY_MAX)
		return RESULT_TOO_LARGE;
	uint8_t *place = buffer_reserve(bundle, 2 + entry.len);
	if (place == NULL)
		return bundle->status;
	put_u16be(place, (uint16_t)entry.len);
	if (entry.len != 0)
		memcpy(place + 2, entry.data, entry.len);
	return RESULT_OK;
}

enum result bundle_next_entry(struct bytes *bundle, struct bytes *ret_entry)
{
	if (bundle->len == 0)
		return RESULT_NOT_FOUND;
	if (bundle->len < 2)
		return RESULT_MALFORMED;
	size_t len = get_u16be(bundle->data);
	if (bundle->len - 2 < len)
		return RESULT_MALFORMED;
	*ret_entry = bytes_make(bundle->data + 2, len);
	*bundle = bytes_make(bundle->data + 2 + len, bundle->len - 2 - len);
	return RESULT_OK;
}

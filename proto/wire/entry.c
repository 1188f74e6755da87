// SPDX-License-Identifier: EUPL-1.2
#include "wire/entry.h"

#include <string.h>

#define VERSION 1

enum entry_offset {
	AT_MAGIC = 0,
	AT_VERSION = 4,
	AT_CLASS = 5,
	AT_ZERO = 6,
	AT_TIME = 8,
	AT_REGISTER_HEAD = 16,
	AT_PARTS_ROOT = 48,
};

static const uint8_t magic[4] = {'K', 'N', 'P', 'L'};

void entry_encode(uint8_t out[ENTRY_LEN], const struct entry *entry)
{
	memcpy(out + AT_MAGIC, magic, sizeof magic);
	out[AT_VERSION] = VERSION;
	out[AT_CLASS] = (uint8_t)entry->class;
	out[AT_ZERO] = 0;
	out[AT_ZERO + 1] = 0;
	put_u64be(out + AT_TIME, entry->time);
	memcpy(out + AT_REGISTER_HEAD, entry->register_head.b, sizeof entry->register_head);
	memcpy(out + AT_PARTS_ROOT, entry->parts_root.b, sizeof entry->parts_root);
}

enum result entry_decode(struct bytes wire, struct entry *ret_entry)
{
	if (wire.len != ENTRY_LEN || memcmp(wire.data + AT_MAGIC, magic, sizeof magic) != 0)
		return RESULT_MALFORMED;
	if (wire.data[AT_VERSION] != VERSION)
		return RESULT_UNSUPPORTED;
	if (wire.data[AT_CLASS] > ENTRY_TICK || get_u16be(wire.data + AT_ZERO) != 0)
		return RESULT_MALFORMED;
	// The genesis is the first register leaf: there is none before it.
	if (wire.data[AT_CLASS] == ENTRY_GENESIS &&
	    !bytes_all_zero(bytes_make(wire.data + AT_REGISTER_HEAD, sizeof(struct hash))))
		return RESULT_MALFORMED;
	ret_entry->class = (enum entry_class)wire.data[AT_CLASS];
	ret_entry->time = get_u64be(wire.data + AT_TIME);
	memcpy(ret_entry->register_head.b, wire.data + AT_REGISTER_HEAD, sizeof(struct hash));
	memcpy(ret_entry->parts_root.b, wire.data + AT_PARTS_ROOT, sizeof(struct hash));
	return RESULT_OK;
}

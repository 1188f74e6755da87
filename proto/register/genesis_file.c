// SPDX-License-Identifier: EUPL-1.2
#include "register/register.h"

#include "crypto/secret.h"
#include "wire/entry.h"

#include <string.h>

#define MAGIC "KNPF"
#define HEADER_LEN 8
#define PART_OFFSET (HEADER_LEN + ENTRY_LEN + VECTOR_SEED_LEN)

enum result genesis_file_encode(const struct genesis_file *genesis, struct buffer *out)
{
	static const uint8_t version[4] = {1, 0, 0, 0};
	buffer_append(out, bytes_make(MAGIC, 4));
	buffer_append(out, bytes_make(version, sizeof version));
	buffer_append(out, bytes_make(genesis->entry, ENTRY_LEN));
	buffer_append(out, bytes_make(genesis->seed, VECTOR_SEED_LEN));
	buffer_append(out, genesis->part);
	return out->status;
}

enum result genesis_file_decode(struct bytes wire, struct genesis_file *ret_genesis)
{
	if (wire.len <= PART_OFFSET || memcmp(wire.data, MAGIC, 4) != 0)
		return RESULT_MALFORMED;
	if (wire.data[4] != 1)
		return RESULT_UNSUPPORTED;
	if (!bytes_all_zero(bytes_make(wire.data + 5, 3)))
		return RESULT_MALFORMED;
	struct genesis_file genesis = {
		.part = bytes_make(wire.data + PART_OFFSET, wire.len - PART_OFFSET)};
	memcpy(genesis.entry, wire.data + HEADER_LEN, ENTRY_LEN);
	memcpy(genesis.seed, wire.data + HEADER_LEN + ENTRY_LEN, VECTOR_SEED_LEN);
	struct entry entry;
	enum result r = entry_decode(bytes_make(genesis.entry, ENTRY_LEN), &entry);
	if (r)
		return r;
	struct vector vector;
	r = vector_make(VECTOR_PARTS_LABEL, VECTOR_PARTS, genesis.seed, &genesis.part, 1, &vector);
	if (r)
		return r;
	struct hash root = vector_root(&vector);
	secret_wipe(&vector, sizeof vector);
	if (entry.class != ENTRY_GENESIS || !hash_equal(&root, &entry.parts_root))
		return RESULT_BAD_SIGNATURE;
	*ret_genesis = genesis;
	return RESULT_OK;
}

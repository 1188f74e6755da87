// SPDX-License-Identifier: EUPL-1.2
// A leaf of the log: small, fixed, harmless in a neighbour's hands.
//
//   offset length
//   0      4      magic "KNPL"
//   4      1      version 1
//   5      1      class: 0 genesis, 1 register, 2 event, 3 tick
//   6      2      zero
//   8      8      time, u64be milliseconds since 1970 UTC; never before the entry before it
//   16     32     leaf hash of the newest register leaf before this entry (zero for genesis)
//   48     32     parts_root: root of the vector of 32 commitments (wire/vector.h)
//
// The tree hashes these 80 bytes: leaf = SHA-256(0x00 || entry).
#ifndef KNP_WIRE_ENTRY_H
#define KNP_WIRE_ENTRY_H

#include "base/bytes.h"

#define ENTRY_LEN 80

enum entry_class { ENTRY_GENESIS = 0, ENTRY_REGISTER = 1, ENTRY_EVENT = 2, ENTRY_TICK = 3 };

struct entry {
	enum entry_class class;
	uint64_t time;
	struct hash register_head;
	struct hash parts_root;
};

void entry_encode(uint8_t out[ENTRY_LEN], const struct entry *entry);
// RESULT_MALFORMED (length, magic, class, zeros), RESULT_UNSUPPORTED (version).
enum result entry_decode(struct bytes wire, struct entry *ret_entry) KNP_MUST_CHECK;

#endif

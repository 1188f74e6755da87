// SPDX-License-Identifier: EUPL-1.2
// Shared by the files of this folder only.
#ifndef KNP_KEYSTORE_INTERNAL_H
#define KNP_KEYSTORE_INTERNAL_H

#include "keystore/keystore.h"

#define HEADER_PAGE 4096
#define BLOCK_BYTES (KEYSTORE_BLOCK * KEYSTORE_KEY_LEN)

struct keystore {
	int fd;
	uint64_t filled;
	uint8_t id[32];
	uint64_t erasures;
	bool read_only;
	bool failed;     // a sync failed: what is on disk is not known
	uint8_t *system; // locked copy of the slots below KEYSTORE_FIRST_FREE, or NULL
	uint8_t *block;  // locked copy of one block, or NULL
	uint64_t block_number;
	bool has_block;
	struct buffer scratch; // associated data and hash input, kept to spare an allocation
};

// The header page for `filled` slots.
void keystore_header(uint8_t page[HEADER_PAGE], uint64_t filled, const uint8_t id[32]);
// Loads the locked copies that memory limits allow; without them every key is read from the file.
enum result keystore_load_cache(struct keystore *keystore) KNP_MUST_CHECK;

#endif

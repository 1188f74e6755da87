// SPDX-License-Identifier: EUPL-1.2
// A log for tests of the journal and the verifier: entries that follow on each other, and a log
// key.
#ifndef KNP_TESTS_UNIT_TESTLOG_H
#define KNP_TESTS_UNIT_TESTLOG_H

#include "crypto/hash.h"
#include "tree/note.h"
#include "wire/chain.h"

#include <stdlib.h>
#include <string.h>

#define TESTLOG_ORIGIN "log.voorbeeld.invalid/knooppunt"

struct testlog {
	struct entry_chain chain;
	struct frontier frontier;
	struct vkey vkey;
	char vkey_text[VKEY_MAX];
	struct log_keys keys; // that one, for ever
	uint8_t secret[SIGN_SECRET_LEN];
};

static inline void testlog_init(struct testlog *log)
{
	static const uint8_t seed[SIGN_SEED_LEN] = {1, 2, 3};
	uint8_t public_key[SIGN_PUBLIC_LEN];
	entry_chain_init(&log->chain);
	frontier_init(&log->frontier);
	sign_keypair_from_seed(public_key, log->secret, seed);
	if (vkey_make(TESTLOG_ORIGIN, public_key, &log->vkey) != RESULT_OK)
		abort();
	vkey_format(log->vkey_text, &log->vkey);
	log_keys_one(&log->keys, &log->vkey);
}

// The entry that comes next: genesis, and then a register leaf at every tenth place.
static inline void testlog_next(struct testlog *log, uint8_t out[ENTRY_LEN])
{
	uint64_t index = log->chain.size;
	struct entry entry = {
		.class = index == 0        ? ENTRY_GENESIS
			 : index % 10 == 0 ? ENTRY_REGISTER
					   : ENTRY_EVENT,
		.time = 1700000000000 + index / 2,
		.register_head = log->chain.register_head,
		.parts_root = sha256(bytes_make(&index, sizeof index)),
	};
	struct tree_done done[64];
	entry_encode(out, &entry);
	struct hash leaf = tree_leaf(bytes_make(out, ENTRY_LEN));
	if (entry_chain_add(&log->chain, bytes_make(out, ENTRY_LEN), &leaf) != ENTRY_FITS)
		abort();
	(void)frontier_append(&log->frontier, &leaf, done);
}

// The note of a checkpoint over all entries so far.
static inline void testlog_sign(const struct testlog *log, struct buffer *ret_note)
{
	struct checkpoint checkpoint = {
		.origin = TESTLOG_ORIGIN,
		.size = log->frontier.size,
		.root = frontier_root(&log->frontier),
	};
	buffer_init(ret_note, CHECKPOINT_MAX);
	if (checkpoint_sign(&checkpoint, &log->vkey, log->secret, ret_note) != RESULT_OK)
		abort();
}

#endif

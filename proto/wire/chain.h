// SPDX-License-Identifier: EUPL-1.2
// What an entry owes to the ones before it (wire/entry.h): genesis first and only there, a time
// never before that of its predecessor, and the leaf hash of the newest register leaf. Whoever
// appends, checks or verifies a log walks its entries along one of these.
#ifndef KNP_WIRE_CHAIN_H
#define KNP_WIRE_CHAIN_H

#include "wire/entry.h"

struct entry_chain {
	uint64_t size; // entries so far
	uint64_t time; // of the last one
	struct hash register_head;
};

enum entry_flaw {
	ENTRY_FITS,
	ENTRY_FLAW_FORM,     // not an entry: length, magic, class, zeros
	ENTRY_FLAW_VERSION,  // of a version this program does not know
	ENTRY_FLAW_GENESIS,  // a genesis that is not first, or a first that is none
	ENTRY_FLAW_TIME,     // before that of the entry before it
	ENTRY_FLAW_REGISTER, // does not name the newest register leaf
};

void entry_chain_init(struct entry_chain *chain); // of an empty log
// The chain as it stands after entry `index`, which is taken on trust, with its leaf hash.
enum result entry_chain_resume(uint64_t index, struct bytes entry, const struct hash *leaf,
			       struct entry_chain *ret_chain) KNP_MUST_CHECK;
// Takes the next entry, with its leaf hash; with a flaw the chain is as it was.
enum entry_flaw entry_chain_add(struct entry_chain *chain, struct bytes entry,
				const struct hash *leaf) KNP_MUST_CHECK;
// A short English clause ("its time is before …"), and where in the entry the flaw begins.
const char *entry_flaw_text(enum entry_flaw flaw);
size_t entry_flaw_offset(enum entry_flaw flaw);

#endif

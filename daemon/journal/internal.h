// SPDX-License-Identifier: EUPL-1.2
// Shared by the files of this folder only.
#ifndef KNP_JOURNAL_INTERNAL_H
#define KNP_JOURNAL_INTERNAL_H

#include "journal/journal.h"
#include "store/store.h"
#include "wire/chain.h"

// Indices of the table names in journal.c.
enum journal_table {
	TABLE_ENTRY,
	TABLE_PARTS,
	TABLE_CONTENT,
	TABLE_TREE,
	TABLE_DOCUMENT,
	TABLE_META
};

#define PARTS_PLACE "parts"
#define CONTENT_PLACE "content"
#define INDEX_KEY_LEN 8
#define JOURNAL_NODES 4096
#define NODE_KEY_LEN 9

struct journal {
	struct store *store;
	struct keystore *keystore;
	struct frontier frontier; // always what is on disk
	struct entry_chain chain;
	struct buffer sealed; // of one value, kept to spare an allocation
	struct journal_node { // some that were read before: a complete subtree never changes
		uint64_t key; // 0: none
		struct hash hash;
	} nodes[JOURNAL_NODES];
	struct tree_edge edge;
};

// Views into the transaction. RESULT_DAMAGED for a row that should be there and is not, or has
// another length.
enum result journal_get_entry(struct store_txn *txn, uint64_t index,
			      struct bytes *ret_entry) KNP_MUST_CHECK;
enum result journal_get_node(struct store_txn *txn, unsigned level, uint64_t index,
			     struct hash *ret_hash) KNP_MUST_CHECK;
void journal_node_key(uint8_t key[NODE_KEY_LEN], unsigned level, uint64_t index);
// Frontier and chain of the first `size` entries, from what is stored.
enum result journal_load_edge(struct store_txn *txn, uint64_t size, struct frontier *ret_frontier,
			      struct entry_chain *ret_chain) KNP_MUST_CHECK;

// Calls `take` for each entry from `index` to `end`, in read transactions of `step` records each:
// at most 4,096, and fewer when taking them is slow (design §7).
struct journal_walk {
	enum result (*take)(void *context, struct store_txn *txn, uint64_t index,
			    struct bytes entry);
	void *context;
	unsigned step;
	uint64_t index; // the next entry; the one that failed when the walk did
};
enum result journal_walk_entries(struct journal *journal, struct journal_walk *walk,
				 uint64_t end) KNP_MUST_CHECK;

#endif

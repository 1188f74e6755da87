// SPDX-License-Identifier: EUPL-1.2
// Inside daemon/store only: looking at pages with pread, before LMDB follows what they say.
#ifndef KNP_STORE_LOOK_H
#define KNP_STORE_LOOK_H

#include "store/format.h"
#include "store/internal.h"

// The pages that LMDB may write again.
struct store_free {
	uint8_t *bits;  // one for each page; NULL: not known
	uint64_t pages; // so many; those behind them may not be
	// RESULT_DAMAGED: they cannot be known, because of this page of the lists.
	enum result lists;
	uint64_t lists_page;
};

struct border {
	bool is;
	uint8_t key[STORE_KEY_MAX];
	size_t len;
};

struct look {
	int fd;
	struct page_meta meta;
	uint64_t end;    // first page that cannot be there
	uint8_t *page;   // in hand
	uint16_t *sizes; // of the node that begins at each even byte of it, 0: none does
	uint64_t number; // of the page in hand
	size_t count;    // of its nodes
	bool leaf;
	struct border low, high;       // keys of the page in hand: from low, to before high
	const struct store_free *free; // what is in use and may be written again is RESULT_CONFLICT
	// So is this page on a way, of which the leaf is not looked at; 0: none is sought.
	uint64_t sought;
};

// Where a descent goes: to where `key` stands or would stand (empty: the first page), or to the
// last page.
struct target {
	struct bytes key;
	bool last;
};

// At the newest commit of the file. RESULT_DAMAGED, RESULT_UNSUPPORTED, RESULT_IO,
// RESULT_NO_MEMORY.
enum result look_open(int fd, struct look *ret_look) KNP_MUST_CHECK;
enum result look_begin(const struct store_txn *txn, struct look *ret_look) KNP_MUST_CHECK;
void look_done(struct look *look);
// Takes any page in hand: RESULT_DAMAGED when it has not the shape of a page of a tree.
enum result look_load(struct look *look, uint64_t number) KNP_MUST_CHECK;
struct bytes look_key(const struct look *look, size_t i);
// Every page on the way; the leaf is in hand after. RESULT_NOT_FOUND when there is nothing.
enum result look_descend(struct look *look, const struct page_tree *tree,
			 const struct target *to) KNP_MUST_CHECK;
// Behind the named tables stand the table of tables and the list of free pages. RESULT_NOT_FOUND
// for one that is not there yet, or is empty.
enum result look_tree(struct look *look, const struct store *store, unsigned table,
		      struct page_tree *ret_tree) KNP_MUST_CHECK;
#define LOOK_TREES(store) ((store)->table_count + 2)
// One page of a walk over all, which then stands behind it, or at the next tree.
enum result look_on(struct look *look, const struct store *store,
		    struct store_walk *walk) KNP_MUST_CHECK;

// free.c: reads the lists of free pages. What cannot be known of them is no failure.
enum result free_read(struct look *look, struct store_free *ret_free) KNP_MUST_CHECK;
void free_done(struct store_free *free);
bool free_has(const struct store_free *free, uint64_t page); // NULL: none is known

#endif

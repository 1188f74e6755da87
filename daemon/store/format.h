// SPDX-License-Identifier: EUPL-1.2
// The disk format of LMDB 0.9 on 64 bits (mdb.c: MDB_page, MDB_meta, MDB_db, MDB_node), native
// order, for the files of this folder that look at pages before LMDB follows them.
#ifndef KNP_STORE_FORMAT_H
#define KNP_STORE_FORMAT_H

#include "base/bytes.h"

#include <string.h>

_Static_assert(sizeof(size_t) == 8, "the offsets below are those of a 64-bit LMDB");
#define PAGE_HEADER 16
#define PAGE_FLAGS_AT 10
#define PAGE_LOWER_AT 12
#define PAGE_UPPER_AT 14
#define FLAG_BRANCH 0x01
#define FLAG_LEAF 0x02
#define FLAG_META 0x08
#define NO_PAGE UINT64_MAX
#define FIRST_PAGE 2 // behind the two meta pages
#define NODE_HEADER 8
#define NODE_BIG_DATA 0x01
#define NODE_TABLE 0x02
#define DEPTH_MAX 32 // of a tree of pages: LMDB's own limit

// What LMDB says of one tree of pages.
#define TREE_LEN 48
#define TREE_FLAGS_AT 4
#define TREE_DEPTH_AT 6
#define TREE_ROOT_AT 40
enum tree_kind {
	TREE_ROWS,
	TREE_TABLES, // its rows are trees
	TREE_FREE    // its keys are native u64
};
struct page_tree {
	enum tree_kind kind;
	unsigned depth;
	uint64_t root; // NO_PAGE: nothing in it
};

struct page_meta {
	uint32_t page_size;
	struct page_tree free, tables;
	uint64_t last_page, txn;
};

static inline uint16_t u16_at(const uint8_t *p)
{
	uint16_t value;
	memcpy(&value, p, sizeof value);
	return value;
}

static inline uint32_t u32_at(const uint8_t *p)
{
	uint32_t value;
	memcpy(&value, p, sizeof value);
	return value;
}

static inline uint64_t u64_at(const uint8_t *p)
{
	uint64_t value;
	memcpy(&value, p, sizeof value);
	return value;
}

// The page that a node of a branch names.
static inline uint64_t node_child(const uint8_t *node)
{
	return u16_at(node) | (uint64_t)u16_at(node + 2) << 16 | (uint64_t)u16_at(node + 4) << 32;
}

// How much data a node of a leaf says it has.
static inline uint64_t node_data_len(const uint8_t *node)
{
	return u16_at(node) | (uint64_t)u16_at(node + 2) << 16;
}

struct page_tree page_tree_at(const uint8_t *db, enum tree_kind kind);
// All of it or RESULT_DAMAGED.
enum result page_read_at(int fd, uint8_t *out, size_t len, uint64_t offset) KNP_MUST_CHECK;
// Of the newest transaction in the file. RESULT_DAMAGED, RESULT_UNSUPPORTED, RESULT_IO.
enum result page_read_meta(int fd, struct page_meta *ret_meta) KNP_MUST_CHECK;

#endif

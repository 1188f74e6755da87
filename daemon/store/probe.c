// SPDX-License-Identifier: EUPL-1.2
#include "store/format.h"
#include "store/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define META_LEN 152
#define META_MAGIC_AT 16
#define META_VERSION_AT 20
#define META_FREE_AT 40
#define META_PAGE_SIZE_AT META_FREE_AT // LMDB keeps it in the head of that tree
#define META_TABLES_AT 88
#define META_LAST_PAGE_AT 136
#define META_TXN_AT 144
#define MAGIC 0xBEEFC0DEu
#define VERSION 1

#define MISSING_MAX (UINT64_C(1) << 26) // pages; a larger hole is damage without looking
#define TRIES 4

// A walk through the list of free pages, looking for those beyond the end of the file.
struct walk {
	int fd;
	uint32_t page_size;
	uint64_t file_pages, last_page;
	uint64_t budget;  // pages still to be read, so that a loop ends
	uint8_t *missing; // a bit for each page from file_pages to last_page
	uint64_t left;
};

struct page_tree page_tree_at(const uint8_t *db, enum tree_kind kind)
{
	return (struct page_tree){
		.kind = kind,
		.depth = u16_at(db + TREE_DEPTH_AT),
		.root = u64_at(db + TREE_ROOT_AT),
	};
}

enum result page_read_at(int fd, uint8_t *out, size_t len, uint64_t offset)
{
	ssize_t got = pread(fd, out, len, (off_t)offset);
	if (got < 0)
		return store_result_of(errno);
	return (size_t)got == len ? RESULT_OK : RESULT_DAMAGED;
}

static enum result read_meta(int fd, uint64_t offset, struct page_meta *ret_meta)
{
	uint8_t page[META_LEN];
	enum result result = page_read_at(fd, page, sizeof page, offset);
	if (result != RESULT_OK)
		return result;
	if ((u16_at(page + PAGE_FLAGS_AT) & FLAG_META) == 0 ||
	    u32_at(page + META_MAGIC_AT) != MAGIC)
		return RESULT_DAMAGED;
	if (u32_at(page + META_VERSION_AT) != VERSION)
		return RESULT_UNSUPPORTED;
	*ret_meta = (struct page_meta){
		.page_size = u32_at(page + META_PAGE_SIZE_AT),
		.free = page_tree_at(page + META_FREE_AT, TREE_FREE),
		.tables = page_tree_at(page + META_TABLES_AT, TREE_TABLES),
		.last_page = u64_at(page + META_LAST_PAGE_AT),
		.txn = u64_at(page + META_TXN_AT),
	};
	return RESULT_OK;
}

static bool root_is_sane(uint64_t root, const struct page_meta *meta)
{
	return root == NO_PAGE || (root >= FIRST_PAGE && root <= meta->last_page);
}

// LMDB writes the two meta pages in turn and goes by the one of the later transaction.
enum result page_read_meta(int fd, struct page_meta *ret_meta)
{
	struct page_meta first, second;
	enum result result = read_meta(fd, 0, &first);
	if (result != RESULT_OK)
		return result;
	uint32_t size = first.page_size;
	if (size < 512 || size > 65536 || (size & (size - 1)) != 0)
		return RESULT_DAMAGED;
	result = read_meta(fd, size, &second);
	if (result != RESULT_OK)
		return result;
	const struct page_meta *newest = first.txn < second.txn ? &second : &first;
	if (newest->page_size != size || !root_is_sane(newest->free.root, newest) ||
	    !root_is_sane(newest->tables.root, newest))
		return RESULT_DAMAGED;
	*ret_meta = *newest;
	return RESULT_OK;
}

static enum result walk_ids(struct walk *walk, uint64_t offset, uint64_t len)
{
	uint8_t word[8];
	enum result result = page_read_at(walk->fd, word, sizeof word, offset);
	if (result != RESULT_OK)
		return result;
	uint64_t count = u64_at(word);
	if (len < 8 || count > len / 8 - 1)
		return RESULT_DAMAGED;
	for (uint64_t i = 1; i <= count; i++) {
		result = page_read_at(walk->fd, word, sizeof word, offset + i * 8);
		if (result != RESULT_OK)
			return result;
		uint64_t page = u64_at(word);
		if (page < walk->file_pages)
			return RESULT_OK; // a list is sorted, highest first
		if (page > walk->last_page)
			return RESULT_DAMAGED;
		uint64_t bit = page - walk->file_pages;
		walk->left -= (walk->missing[bit / 8] >> bit % 8) & 1;
		walk->missing[bit / 8] &= (uint8_t) ~(1u << bit % 8);
	}
	return RESULT_OK;
}

// One leaf node: a list of freed pages, inline or on pages of its own.
static enum result walk_list(struct walk *walk, uint64_t page_at, const uint8_t *page, size_t at)
{
	const uint8_t *node = page + at;
	uint64_t len = node_data_len(node);
	size_t data_at = at + NODE_HEADER + u16_at(node + 6);
	if ((u16_at(node + 4) & NODE_BIG_DATA) == 0)
		return data_at + len <= walk->page_size ? walk_ids(walk, page_at + data_at, len)
							: RESULT_DAMAGED;
	if (data_at + 8 > walk->page_size)
		return RESULT_DAMAGED;
	uint64_t big = u64_at(page + data_at);
	if (big >= walk->file_pages)
		return RESULT_DAMAGED;
	return walk_ids(walk, big * walk->page_size + PAGE_HEADER, len);
}

static enum result walk_page(struct walk *walk, uint64_t number, unsigned depth);

static enum result walk_nodes(struct walk *walk, uint64_t number, unsigned depth,
			      const uint8_t *page)
{
	unsigned flags = u16_at(page + PAGE_FLAGS_AT), lower = u16_at(page + PAGE_LOWER_AT);
	if (lower < PAGE_HEADER || lower > walk->page_size ||
	    (flags & (FLAG_BRANCH | FLAG_LEAF)) == 0)
		return RESULT_DAMAGED;
	enum result result = RESULT_OK;
	for (size_t at = PAGE_HEADER; at + 2 <= lower && result == RESULT_OK; at += 2) {
		size_t node_at = u16_at(page + at);
		const uint8_t *node = page + node_at;
		if (node_at + NODE_HEADER > walk->page_size)
			return RESULT_DAMAGED;
		if ((flags & FLAG_LEAF) != 0)
			result = walk_list(walk, number * walk->page_size, page, node_at);
		else
			result = walk_page(walk, node_child(node), depth + 1);
	}
	return result;
}

static enum result walk_page(struct walk *walk, uint64_t number, unsigned depth)
{
	if (number >= walk->file_pages || depth > DEPTH_MAX || walk->budget == 0)
		return RESULT_DAMAGED;
	walk->budget--;
	uint8_t *page = malloc(walk->page_size);
	if (!page)
		return RESULT_NO_MEMORY;
	enum result result =
		page_read_at(walk->fd, page, walk->page_size, number * walk->page_size);
	if (result == RESULT_OK)
		result = walk_nodes(walk, number, depth, page);
	free(page);
	return result;
}

// A transaction that adds pages at the end and frees them again never writes them, so a sound file
// may end before its last page: then all that is missing is on the list of free pages (measured).
static enum result check_missing(int fd, const struct page_meta *meta, uint64_t file_pages)
{
	uint64_t missing = meta->last_page - file_pages + 1;
	if (missing > MISSING_MAX || meta->free.root == NO_PAGE)
		return RESULT_DAMAGED;
	struct walk walk = {
		.fd = fd,
		.page_size = meta->page_size,
		.file_pages = file_pages,
		.last_page = meta->last_page,
		.budget = file_pages,
		.missing = malloc((size_t)(missing / 8 + 1)),
		.left = missing,
	};
	if (!walk.missing)
		return RESULT_NO_MEMORY;
	memset(walk.missing, 0xff, (size_t)(missing / 8 + 1));
	enum result result = walk_page(&walk, meta->free.root, 0);
	free(walk.missing);
	return result == RESULT_OK && walk.left != 0 ? RESULT_DAMAGED : result;
}

static enum result probe_once(int fd, uint64_t *ret_txn)
{
	struct stat st;
	struct page_meta meta;
	enum result result = page_read_meta(fd, &meta);
	if (result != RESULT_OK)
		return result;
	*ret_txn = meta.txn;
	// After the meta page: a writer that is at work lengthens the file before it names pages.
	if (fstat(fd, &st) < 0)
		return store_result_of(errno);
	uint64_t file_pages = (uint64_t)st.st_size / meta.page_size;
	if (file_pages < 2)
		return RESULT_DAMAGED;
	return meta.last_page < file_pages ? RESULT_OK : check_missing(fd, &meta, file_pages);
}

enum result store_probe(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return store_result_of(errno);
	uint64_t txn = 0, before;
	enum result result;
	int tries = 0;
	// A writer beside us may have reused the pages of the list while we walked it; then the
	// transaction has moved on and a new look tells.
	do {
		before = txn;
		result = probe_once(fd, &txn);
	} while (result == RESULT_DAMAGED && txn != before && ++tries < TRIES);
	int saved = errno;
	close(fd);
	errno = saved;
	return result;
}

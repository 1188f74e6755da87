// SPDX-License-Identifier: EUPL-1.2
#include "store/look.h"

#include <errno.h>
#include <fcntl.h>
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

// A transaction that adds pages at the end and frees them again never writes them, so a sound file
// may end before its last page: then all that is missing is on the lists (measured).
static enum result check_missing(int fd, const struct page_meta *meta, uint64_t file_pages)
{
	struct look look;
	struct store_free free = {.bits = NULL};
	if (meta->last_page - file_pages >= MISSING_MAX)
		return RESULT_DAMAGED;
	enum result r = look_open(fd, &look);
	if (r != RESULT_OK)
		return r;
	r = free_read(&look, &free);
	for (uint64_t page = file_pages; page <= look.meta.last_page && r == RESULT_OK; page++)
		r = free_has(&free, page) ? RESULT_OK : RESULT_DAMAGED;
	free_done(&free);
	look_done(&look);
	return r;
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
	// A writer beside us may have reused the pages of the lists while we read them; then the
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

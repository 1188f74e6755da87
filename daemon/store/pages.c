// SPDX-License-Identifier: EUPL-1.2
// LMDB keeps no sum over a page. It follows what a page says, and adds a row where the head of the
// page says that there is room: a changed byte in one makes it write over rows that stand there.
// What it leaves is exact, though: the nodes of a page fill it from its upper mark to its end
// without a gap, their keys ascend, and lie between those that the page above it names. And it
// takes pages to write to from lists of its own: one of which a changed bit names a page that is in
// use costs all that is on that page. Here that is looked at, with pread, in pages of the newest
// commit.
#include "store/format.h"
#include "store/internal.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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
	struct border low, high; // keys of the page in hand: from low, to before high
	uint8_t *free;           // a bit for each page that may be written again; NULL: not known
	enum result lists;       // whether it is, and the page that says not
	uint64_t lists_page;
};

// Where a descent goes: to where `key` stands or would stand (empty: the first page), or to the
// last page.
struct target {
	struct bytes key;
	bool last;
};

// ---- one page ------------------------------------------------------------------------------

static const uint8_t *node_of(const struct look *look, size_t i)
{
	return look->page + u16_at(look->page + PAGE_HEADER + 2 * i);
}

static struct bytes key_of(const struct look *look, size_t i)
{
	const uint8_t *node = node_of(look, i);
	return bytes_make(node + NODE_HEADER, u16_at(node + 6));
}

static uint64_t size_of(const struct look *look, const uint8_t *node)
{
	uint64_t data = look->leaf ? node_data_len(node) : 0;
	if (look->leaf && (u16_at(node + 4) & NODE_BIG_DATA) != 0)
		data = 8; // the number of its first page
	return (NODE_HEADER + u16_at(node + 6) + data + 1) & ~UINT64_C(1);
}

// Takes the size of each node; false when one does not fit, or begins where another does.
static bool measure_nodes(struct look *look, size_t upper)
{
	size_t page_size = look->meta.page_size;
	memset(look->sizes, 0, page_size);
	for (size_t i = 0; i < look->count; i++) {
		size_t at = u16_at(look->page + PAGE_HEADER + 2 * i);
		if (at < upper || at % 2 != 0 || at + NODE_HEADER > page_size)
			return false;
		uint64_t size = size_of(look, look->page + at);
		if (size > page_size - at || look->sizes[at / 2] != 0)
			return false;
		look->sizes[at / 2] = (uint16_t)size;
	}
	return true;
}

// The nodes stand one behind the other from `upper` to the end of the page.
static bool nodes_fill(const struct look *look, size_t upper)
{
	size_t at = upper, seen = 0;
	while (at < look->meta.page_size && look->sizes[at / 2] != 0) {
		at += look->sizes[at / 2];
		seen++;
	}
	return at == look->meta.page_size && seen == look->count;
}

static bool is_free(const struct look *look, uint64_t page)
{
	return look->free && (look->free[page / 8] >> page % 8 & 1) != 0;
}

// The pages that a row too large for one has, and none of them may be written again.
static enum result check_big(const struct look *look, const uint8_t *node)
{
	uint64_t first = u64_at(node + NODE_HEADER + u16_at(node + 6));
	uint64_t size = look->meta.page_size, len = PAGE_HEADER + node_data_len(node);
	uint64_t pages = (len + size - 1) / size;
	if (first < FIRST_PAGE || first >= look->end || pages > look->end - first)
		return RESULT_DAMAGED;
	for (uint64_t page = first; page < first + pages; page++)
		if (is_free(look, page))
			return RESULT_CONFLICT;
	return RESULT_OK;
}

// Rows of the table of tables are trees; any other is data, here or on pages of its own.
static enum result check_rows(const struct look *look, enum tree_kind kind)
{
	enum result r = RESULT_OK;
	for (size_t i = 0; look->leaf && i < look->count && r == RESULT_OK; i++) {
		const uint8_t *node = node_of(look, i);
		unsigned flags = u16_at(node + 4);
		if (kind == TREE_TABLES ? flags != NODE_TABLE : flags > NODE_BIG_DATA)
			return RESULT_DAMAGED;
		if (flags == NODE_BIG_DATA)
			r = check_big(look, node);
	}
	return r;
}

static bool shape_holds(struct look *look)
{
	const uint8_t *page = look->page;
	size_t lower = u16_at(page + PAGE_LOWER_AT), upper = u16_at(page + PAGE_UPPER_AT);
	if (u64_at(page) != look->number ||
	    u16_at(page + PAGE_FLAGS_AT) != (look->leaf ? FLAG_LEAF : FLAG_BRANCH))
		return false;
	if (lower <= PAGE_HEADER || lower % 2 != 0 || lower > upper || upper % 2 != 0 ||
	    upper > look->meta.page_size)
		return false;
	look->count = (lower - PAGE_HEADER) / 2;
	return measure_nodes(look, upper) && nodes_fill(look, upper);
}

// As LMDB orders them: numbers, or bytes and then length.
static int compare(enum tree_kind kind, struct bytes a, struct bytes b)
{
	if (kind == TREE_FREE) {
		uint64_t first = u64_at(a.data), second = u64_at(b.data);
		return (first > second) - (first < second);
	}
	size_t shared = a.len < b.len ? a.len : b.len;
	int order = shared ? memcmp(a.data, b.data, shared) : 0;
	return order ? order : (a.len > b.len) - (a.len < b.len);
}

static struct bytes border_key(const struct border *border)
{
	return bytes_make(border->key, border->len);
}

// The first key of a branch says nothing: what is smaller goes that way too.
static bool order_holds(const struct look *look, enum tree_kind kind)
{
	size_t first = look->leaf ? 0 : 1;
	for (size_t i = first; i < look->count; i++) {
		struct bytes key = key_of(look, i);
		if (key.len == 0 || key.len > STORE_KEY_MAX || (kind == TREE_FREE && key.len != 8))
			return false;
		if (i > first && compare(kind, key_of(look, i - 1), key) >= 0)
			return false;
		if ((look->low.is && compare(kind, key, border_key(&look->low)) < 0) ||
		    (look->high.is && compare(kind, key, border_key(&look->high)) >= 0))
			return false;
	}
	return true;
}

static enum result take_page(struct look *look, uint64_t number, bool leaf, enum tree_kind kind)
{
	look->number = number;
	look->leaf = leaf;
	if (number < FIRST_PAGE || number >= look->end)
		return RESULT_DAMAGED;
	size_t size = look->meta.page_size;
	enum result r = page_read_at(look->fd, look->page, size, number * size);
	if (r == RESULT_OK && !(shape_holds(look) && order_holds(look, kind)))
		r = RESULT_DAMAGED;
	if (r == RESULT_OK)
		r = check_rows(look, kind);
	return r == RESULT_OK && is_free(look, number) ? RESULT_CONFLICT : r;
}

// ---- the way to a key ----------------------------------------------------------------------

static void set_border(struct border *border, struct bytes key)
{
	border->is = true;
	border->len = key.len;
	memcpy(border->key, key.data, key.len);
}

// The page below the branch in hand that the target is in; narrows the borders to it.
static uint64_t child_for(struct look *look, enum tree_kind kind, const struct target *to)
{
	size_t i = look->count - 1;
	if (!to->last && to->key.len == 0)
		i = 0;
	while (!to->last && i > 0 && compare(kind, key_of(look, i), to->key) > 0)
		i--;
	if (i > 0)
		set_border(&look->low, key_of(look, i));
	if (i + 1 < look->count)
		set_border(&look->high, key_of(look, i + 1));
	return node_child(node_of(look, i));
}

// Every page on the way; the leaf is in hand after. RESULT_NOT_FOUND when there is nothing.
static enum result descend(struct look *look, const struct page_tree *tree, const struct target *to)
{
	uint64_t number = tree->root;
	look->low.is = look->high.is = false;
	look->number = 0;
	if (tree->depth == 0 || tree->root == NO_PAGE)
		return tree->depth == 0 && tree->root == NO_PAGE ? RESULT_NOT_FOUND
								 : RESULT_DAMAGED;
	if (tree->depth > DEPTH_MAX)
		return RESULT_DAMAGED;
	for (unsigned level = 1;; level++) {
		bool leaf = level == tree->depth;
		enum result r = take_page(look, number, leaf, tree->kind);
		if (r != RESULT_OK || leaf)
			return r;
		number = child_for(look, tree->kind, to);
	}
}

// Behind the named tables stand the table of tables and the list of free pages. RESULT_NOT_FOUND
// for one that is not there yet, or is empty.
static enum result find_tree(struct look *look, const struct store *store, unsigned table,
			     struct page_tree *ret_tree)
{
	*ret_tree = look->meta.tables;
	if (table == store->table_count)
		return RESULT_OK;
	if (table > store->table_count) {
		*ret_tree = look->meta.free;
		look->number = look->lists_page;
		return look->lists;
	}
	struct bytes name = bytes_of_text(store->names[table]);
	const struct target to = {.key = name};
	enum result r = descend(look, &look->meta.tables, &to);
	if (r != RESULT_OK)
		return r;
	for (size_t i = 0; i < look->count; i++) {
		const uint8_t *node = node_of(look, i);
		if (!bytes_equal(key_of(look, i), name))
			continue;
		if (u16_at(node + 4) != NODE_TABLE || node_data_len(node) != TREE_LEN)
			return RESULT_DAMAGED;
		*ret_tree = page_tree_at(node + NODE_HEADER + name.len, TREE_ROWS);
		return RESULT_OK;
	}
	return RESULT_NOT_FOUND;
}

// ---- the pages that may be written again ---------------------------------------------------

// A list: how many, then as many pages, the highest first.
static enum result note_list(struct look *look, struct bytes list)
{
	uint64_t count = list.len < 8 ? 0 : u64_at(list.data), above = UINT64_MAX;
	if (list.len < 8 || count > list.len / 8 - 1)
		return RESULT_DAMAGED;
	for (uint64_t i = 1; i <= count; i++) {
		uint64_t page = u64_at(list.data + i * 8);
		if (page < FIRST_PAGE || page > look->meta.last_page || page >= above ||
		    is_free(look, page))
			return RESULT_DAMAGED;
		look->free[page / 8] |= (uint8_t)(1u << page % 8);
		above = page;
	}
	return RESULT_OK;
}

static enum result note_big_list(struct look *look, uint64_t first, uint64_t len)
{
	uint8_t *list = malloc(len);
	if (!list)
		return RESULT_NO_MEMORY;
	enum result r =
		page_read_at(look->fd, list, len, first * look->meta.page_size + PAGE_HEADER);
	if (r == RESULT_OK)
		r = note_list(look, bytes_make(list, len));
	free(list);
	return r;
}

static enum result note_lists_of_page(struct look *look)
{
	enum result r = RESULT_OK;
	for (size_t i = 0; i < look->count && r == RESULT_OK; i++) {
		const uint8_t *node = node_of(look, i), *data = node + NODE_HEADER + 8;
		uint64_t len = node_data_len(node);
		if ((u16_at(node + 4) & NODE_BIG_DATA) != 0)
			r = note_big_list(look, u64_at(data), len);
		else
			r = note_list(look, bytes_make(data, len));
	}
	return r;
}

static enum result note_free_pages(struct look *look)
{
	struct border from = {.is = false};
	uint8_t *bits = calloc(1, look->meta.last_page / 8 + 1);
	enum result r = bits ? RESULT_OK : RESULT_NO_MEMORY;
	while (r == RESULT_OK) {
		const struct target to = {.key = border_key(&from)};
		look->free = NULL; // its own pages are looked at when all of it is known
		r = descend(look, &look->meta.free, &to);
		look->free = bits;
		if (r == RESULT_OK)
			r = note_lists_of_page(look);
		if (r != RESULT_OK || !look->high.is)
			break;
		from = look->high;
	}
	if (r == RESULT_DAMAGED) { // said when the walk comes to them; the rest is looked at
		look->lists = r;
		look->lists_page = look->number;
		look->free = NULL;
		free(bits);
	}
	return r == RESULT_NOT_FOUND || r == RESULT_DAMAGED ? RESULT_OK : r;
}

// ---- looking -------------------------------------------------------------------------------

static void look_done(struct look *look)
{
	free(look->page);
	free(look->sizes);
	free(look->free);
}

// The reader that `txn` is keeps the pages of this commit and of later ones from being used again.
static enum result look_begin(const struct store_txn *txn, struct look *look)
{
	assert(!txn->write);
	struct stat st;
	memset(look, 0, sizeof *look);
	int rc = mdb_env_get_fd(txn->store->env, &look->fd);
	enum result r = store_result_of(rc);
	if (r == RESULT_OK)
		r = page_read_meta(look->fd, &look->meta);
	if (r == RESULT_OK && fstat(look->fd, &st) < 0)
		r = store_result_of(errno);
	if (r != RESULT_OK)
		return r;
	uint64_t file_pages = (uint64_t)st.st_size / look->meta.page_size;
	look->end = look->meta.last_page < file_pages ? look->meta.last_page + 1 : file_pages;
	look->page = malloc(look->meta.page_size);
	look->sizes = malloc(look->meta.page_size);
	r = look->page && look->sizes ? note_free_pages(look) : RESULT_NO_MEMORY;
	if (r != RESULT_OK)
		look_done(look);
	return r;
}

static enum result look_at(struct look *look, const struct store *store, unsigned table,
			   const struct target *to)
{
	struct page_tree tree;
	enum result r = find_tree(look, store, table, &tree);
	if (r == RESULT_OK)
		r = descend(look, &tree, to);
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

enum result store_check_way(const struct store_txn *txn, unsigned table, struct bytes key)
{
	assert(table < txn->store->table_count && key.len <= STORE_KEY_MAX);
	struct look look;
	enum result r = look_begin(txn, &look);
	if (r != RESULT_OK)
		return r;
	r = look_at(&look, txn->store, table, &(const struct target){.key = key});
	look_done(&look);
	return r;
}

enum result store_check_ends(const struct store_txn *txn)
{
	struct look look;
	enum result r = look_begin(txn, &look);
	if (r != RESULT_OK)
		return r;
	for (unsigned table = 0; table < txn->store->table_count + 2 && r == RESULT_OK; table++)
		r = look_at(&look, txn->store, table, &(const struct target){.last = true});
	look_done(&look);
	return r;
}

// One page of the walk, which then stands behind it, or at the next table: without a border above,
// it is not known what follows a damaged page.
static enum result walk_on(struct look *look, const struct store *store, struct store_walk *walk)
{
	struct page_tree tree;
	const struct target to = {.key = bytes_make(walk->key, walk->key_len)};
	enum result r = find_tree(look, store, walk->table, &tree);
	if (r == RESULT_OK)
		r = descend(look, &tree, &to);
	else
		look->high.is = false; // that of the table of tables
	walk->bad = look->number;
	walk->key_len = look->high.is ? look->high.len : 0;
	memcpy(walk->key, look->high.key, walk->key_len);
	walk->table += !look->high.is;
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

enum result store_check_pages(const struct store_txn *txn, struct store_walk *walk, size_t pages)
{
	struct look look;
	unsigned tables = txn->store->table_count + 2;
	enum result r = look_begin(txn, &look);
	if (r != RESULT_OK)
		return r;
	for (; pages > 0 && r == RESULT_OK && walk->table < tables; pages--)
		r = walk_on(&look, txn->store, walk);
	look_done(&look);
	return r == RESULT_OK && walk->table == tables ? RESULT_NOT_FOUND : r;
}

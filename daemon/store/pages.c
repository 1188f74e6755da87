// SPDX-License-Identifier: EUPL-1.2
// LMDB keeps no sum over a page. It follows what a page says, and adds a row where the head of the
// page says that there is room: a changed byte in one makes it write over rows that stand there.
// What it leaves is exact, though: the nodes of a page fill it from its upper mark to its end
// without a gap, their keys ascend, and lie between those that the page above it names. And it
// takes pages to write to from lists of its own (free.c). Here that is looked at, with pread, in
// pages of the newest commit.
#include "store/look.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

// ---- one page ------------------------------------------------------------------------------

static const uint8_t *node_of(const struct look *look, size_t i)
{
	return look->page + u16_at(look->page + PAGE_HEADER + 2 * i);
}

struct bytes look_key(const struct look *look, size_t i)
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

// The pages that a row too large for one has, and none of them may be written again.
static enum result check_big(const struct look *look, const uint8_t *node)
{
	uint64_t first = u64_at(node + NODE_HEADER + u16_at(node + 6));
	uint64_t size = look->meta.page_size, len = PAGE_HEADER + node_data_len(node);
	uint64_t pages = (len + size - 1) / size;
	if (first < FIRST_PAGE || first >= look->end || pages > look->end - first)
		return RESULT_DAMAGED;
	for (uint64_t page = first; page < first + pages; page++)
		if (free_has(look->free, page))
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
		struct bytes key = look_key(look, i);
		if (key.len == 0 || key.len > STORE_KEY_MAX || (kind == TREE_FREE && key.len != 8))
			return false;
		if (i > first && compare(kind, look_key(look, i - 1), key) >= 0)
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
	return r == RESULT_OK && free_has(look->free, number) ? RESULT_CONFLICT : r;
}

enum result look_load(struct look *look, uint64_t number)
{
	size_t size = look->meta.page_size;
	look->number = number;
	enum result r = page_read_at(look->fd, look->page, size, number * size);
	look->leaf = r == RESULT_OK && (u16_at(look->page + PAGE_FLAGS_AT) & FLAG_LEAF) != 0;
	return r == RESULT_OK && !shape_holds(look) ? RESULT_DAMAGED : r;
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
	while (!to->last && i > 0 && compare(kind, look_key(look, i), to->key) > 0)
		i--;
	if (i > 0)
		set_border(&look->low, look_key(look, i));
	if (i + 1 < look->count)
		set_border(&look->high, look_key(look, i + 1));
	return node_child(node_of(look, i));
}

enum result look_descend(struct look *look, const struct page_tree *tree, const struct target *to)
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
		if (look->sought && (leaf || number == look->sought))
			return number == look->sought ? RESULT_CONFLICT : RESULT_OK;
		enum result r = take_page(look, number, leaf, tree->kind);
		if (r != RESULT_OK || leaf)
			return r;
		number = child_for(look, tree->kind, to);
	}
}

enum result look_tree(struct look *look, const struct store *store, unsigned table,
		      struct page_tree *ret_tree)
{
	*ret_tree = look->meta.tables;
	if (table == store->table_count)
		return RESULT_OK;
	if (table > store->table_count) {
		*ret_tree = look->meta.free;
		look->number = look->free ? look->free->lists_page : 0;
		return look->free ? look->free->lists : RESULT_OK;
	}
	struct bytes name = bytes_of_text(store->names[table]);
	const struct target to = {.key = name};
	enum result r = look_descend(look, &look->meta.tables, &to);
	if (r != RESULT_OK)
		return r;
	for (size_t i = 0; i < look->count; i++) {
		const uint8_t *node = node_of(look, i);
		if (!bytes_equal(look_key(look, i), name))
			continue;
		if (u16_at(node + 4) != NODE_TABLE || node_data_len(node) != TREE_LEN)
			return RESULT_DAMAGED;
		*ret_tree = page_tree_at(node + NODE_HEADER + name.len, TREE_ROWS);
		return RESULT_OK;
	}
	return RESULT_NOT_FOUND;
}

// ---- looking -------------------------------------------------------------------------------

void look_done(struct look *look)
{
	free(look->page);
	free(look->sizes);
	look->page = NULL;
	look->sizes = NULL;
}

enum result look_open(int fd, struct look *ret_look)
{
	struct look look = {.fd = fd};
	struct stat st;
	enum result r = page_read_meta(fd, &look.meta);
	if (r == RESULT_OK && fstat(fd, &st) < 0)
		r = store_result_of(errno);
	if (r != RESULT_OK)
		return r;
	uint64_t file_pages = (uint64_t)st.st_size / look.meta.page_size;
	look.end = look.meta.last_page < file_pages ? look.meta.last_page + 1 : file_pages;
	look.page = malloc(look.meta.page_size);
	look.sizes = malloc(look.meta.page_size);
	if (!look.page || !look.sizes) {
		look_done(&look);
		return RESULT_NO_MEMORY;
	}
	*ret_look = look;
	return RESULT_OK;
}

// The reader that `txn` is keeps the pages of this commit and of later ones from being used again.
enum result look_begin(const struct store_txn *txn, struct look *ret_look)
{
	assert(!txn->write);
	int fd;
	enum result r = store_result_of(mdb_env_get_fd(txn->store->env, &fd));
	return r == RESULT_OK ? look_open(fd, ret_look) : r;
}

static enum result look_at(struct look *look, const struct store *store, unsigned table,
			   const struct target *to)
{
	struct page_tree tree;
	enum result r = look_tree(look, store, table, &tree);
	if (r == RESULT_OK)
		r = look_descend(look, &tree, to);
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

// One look at some ways, with the pages in hand that may be written again.
static enum result check_ways(const struct store_txn *txn,
			      enum result (*check)(struct look *look, const struct store *store,
						   const void *context),
			      const void *context)
{
	struct look look;
	struct store_free free = {.bits = NULL};
	enum result r = look_begin(txn, &look);
	if (r != RESULT_OK)
		return r;
	r = free_read(&look, &free);
	look.free = &free;
	if (r == RESULT_OK)
		r = check(&look, txn->store, context);
	free_done(&free);
	look_done(&look);
	return r;
}

static enum result check_keys(struct look *look, const struct store *store, const void *context)
{
	const struct store_ways *ways = context;
	enum result r = RESULT_OK;
	for (size_t i = 0; i < ways->count && r == RESULT_OK; i++) {
		assert(ways->keys[i].len <= STORE_KEY_MAX);
		r = look_at(look, store, ways->table, &(const struct target){.key = ways->keys[i]});
	}
	return r;
}

enum result store_check_ways(const struct store_txn *txn, const struct store_ways *ways)
{
	assert(ways->table < txn->store->table_count);
	return check_ways(txn, check_keys, ways);
}

static enum result check_each_end(struct look *look, const struct store *store, const void *context)
{
	enum result r = RESULT_OK;
	(void)context;
	for (unsigned table = 0; table < LOOK_TREES(store) && r == RESULT_OK; table++)
		r = look_at(look, store, table, &(const struct target){.last = true});
	return r;
}

enum result store_check_ends(const struct store_txn *txn)
{
	return check_ways(txn, check_each_end, NULL);
}

// ---- all of them ---------------------------------------------------------------------------

// Without a border above, it is not known what follows a damaged page.
enum result look_on(struct look *look, const struct store *store, struct store_walk *walk)
{
	struct page_tree tree;
	const struct target to = {.key = bytes_make(walk->key, walk->key_len)};
	enum result r = look_tree(look, store, walk->table, &tree);
	if (r == RESULT_OK)
		r = look_descend(look, &tree, &to);
	else
		look->high.is = false; // that of the table of tables
	walk->bad = look->number;
	walk->key_len = look->high.is ? look->high.len : 0;
	memcpy(walk->key, look->high.key, walk->key_len);
	walk->table += !look->high.is;
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

void store_walk_done(struct store_walk *walk)
{
	if (walk->free)
		free_done(walk->free);
	free(walk->free);
	walk->free = NULL;
}

static enum result read_free_anew(struct look *look, struct store_walk *walk)
{
	if (walk->free)
		free_done(walk->free);
	else
		walk->free = calloc(1, sizeof *walk->free);
	look->free = NULL; // its own pages are looked at when all of it is known
	enum result r = walk->free ? free_read(look, walk->free) : RESULT_NO_MEMORY;
	look->free = walk->free;
	return r;
}

// What was free when the walk began may be in use by now: then it is on no list any more.
static enum result step(struct look *look, const struct store *store, struct store_walk *walk,
			bool *fresh)
{
	const struct store_walk before = *walk;
	enum result r = look_on(look, store, walk);
	if (r != RESULT_CONFLICT || *fresh)
		return r;
	*walk = before;
	r = read_free_anew(look, walk);
	if (r != RESULT_OK)
		return r;
	*fresh = true;
	return look_on(look, store, walk);
}

enum result store_check_pages(const struct store_txn *txn, struct store_walk *walk, size_t pages)
{
	struct look look;
	unsigned trees = LOOK_TREES(txn->store);
	bool fresh = walk->free == NULL;
	enum result r = look_begin(txn, &look);
	if (r != RESULT_OK)
		return r;
	look.free = walk->free;
	if (fresh)
		r = read_free_anew(&look, walk);
	for (; pages > 0 && r == RESULT_OK && walk->table < trees; pages--)
		r = step(&look, txn->store, walk, &fresh);
	look_done(&look);
	if (r != RESULT_OK || walk->table < trees)
		return r;
	store_walk_done(walk);
	return RESULT_NOT_FOUND;
}

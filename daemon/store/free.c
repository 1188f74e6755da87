// SPDX-License-Identifier: EUPL-1.2
// The lists of free pages: where LMDB writes next. One of which a changed bit names a page that is
// in use costs all that is on that page.
#include "store/look.h"

#include <stdlib.h>
#include <string.h>

// ---- reading them --------------------------------------------------------------------------

bool free_has(const struct store_free *free, uint64_t page)
{
	return free && free->bits && page < free->pages &&
	       (free->bits[page / 8] >> page % 8 & 1) != 0;
}

static void note(struct store_free *free, uint64_t page)
{
	free->bits[page / 8] |= (uint8_t)(1u << page % 8);
}

static enum result free_new(const struct look *look, struct store_free *ret_free)
{
	uint64_t pages = look->meta.last_page + 1;
	*ret_free = (struct store_free){.pages = pages, .bits = calloc(1, pages / 8 + 1)};
	return ret_free->bits ? RESULT_OK : RESULT_NO_MEMORY;
}

void free_done(struct store_free *given)
{
	free(given->bits);
	given->bits = NULL;
}

// A list: how many, then as many pages, the highest first.
static enum result note_list(struct store_free *free, struct bytes list)
{
	uint64_t count = list.len < 8 ? 0 : u64_at(list.data), above = UINT64_MAX;
	if (list.len < 8 || count > list.len / 8 - 1)
		return RESULT_DAMAGED;
	for (uint64_t i = 1; i <= count; i++) {
		uint64_t page = u64_at(list.data + i * 8);
		if (page < FIRST_PAGE || page >= free->pages || page >= above ||
		    free_has(free, page))
			return RESULT_DAMAGED;
		note(free, page);
		above = page;
	}
	return RESULT_OK;
}

static enum result note_big_list(struct look *look, uint64_t first, uint64_t len,
				 struct store_free *ret_free)
{
	uint8_t *list = malloc(len);
	if (!list)
		return RESULT_NO_MEMORY;
	enum result r =
		page_read_at(look->fd, list, len, first * look->meta.page_size + PAGE_HEADER);
	if (r == RESULT_OK)
		r = note_list(ret_free, bytes_make(list, len));
	free(list);
	return r;
}

static enum result note_lists_of_page(struct look *look, struct store_free *free)
{
	enum result r = RESULT_OK;
	for (size_t i = 0; i < look->count && r == RESULT_OK; i++) {
		struct bytes key = look_key(look, i);
		const uint8_t *node = key.data - NODE_HEADER, *data = key.data + key.len;
		uint64_t len = node_data_len(node);
		if ((u16_at(node + 4) & NODE_BIG_DATA) != 0)
			r = note_big_list(look, u64_at(data), len, free);
		else
			r = note_list(free, bytes_make(data, len));
	}
	return r;
}

// What is damaged is said when a walk comes to the lists; the rest is looked at.
enum result free_read(struct look *look, struct store_free *ret_free)
{
	struct store_free read;
	struct border from = {.is = false};
	enum result r = free_new(look, &read);
	while (r == RESULT_OK) {
		const struct target to = {.key = bytes_make(from.key, from.len)};
		r = look_descend(look, &look->meta.free, &to);
		if (r == RESULT_OK)
			r = note_lists_of_page(look, &read);
		if (r != RESULT_OK || !look->high.is)
			break;
		from = look->high;
	}
	if (r == RESULT_DAMAGED) {
		read.lists = r;
		read.lists_page = look->number;
		free_done(&read);
	}
	if (r != RESULT_OK && r != RESULT_NOT_FOUND && r != RESULT_DAMAGED) {
		free_done(&read);
		return r;
	}
	*ret_free = read;
	return RESULT_OK;
}

// ---- whether what they name is in use ------------------------------------------------------

struct check {
	struct look look;
	const struct store *store;
	struct page_tree *trees; // LOOK_TREES of them
	struct store_free free;
	struct store_free others; // listed, and nothing on them says of which tree they were
	bool any_others;
};

static enum result find_trees(struct check *check)
{
	unsigned count = LOOK_TREES(check->store);
	check->trees = calloc(count, sizeof *check->trees);
	enum result r = check->trees ? RESULT_OK : RESULT_NO_MEMORY;
	for (unsigned i = 0; i < count && r == RESULT_OK; i++) {
		r = look_tree(&check->look, check->store, i, &check->trees[i]);
		if (r == RESULT_NOT_FOUND) {
			check->trees[i] = (struct page_tree){.root = NO_PAGE};
			r = RESULT_OK;
		}
	}
	return r;
}

// A page that is part of a tree lies on the way to each key it has.
static enum result seek(struct check *check, uint64_t page, struct bytes key)
{
	struct look *look = &check->look;
	enum result r = RESULT_OK;
	look->sought = page;
	for (unsigned i = 0; i < LOOK_TREES(check->store) && r == RESULT_OK; i++) {
		if (check->trees[i].kind == TREE_FREE && key.len != 8)
			continue;
		r = look_descend(look, &check->trees[i], &(const struct target){.key = key});
		r = r == RESULT_NOT_FOUND ? RESULT_OK : r;
	}
	look->sought = 0;
	return r;
}

// The first key of a branch says nothing.
static enum result check_listed(struct check *check, uint64_t page)
{
	struct look *look = &check->look;
	enum result r = look_load(look, page);
	size_t place = look->leaf ? 0 : 1;
	struct bytes key = {0};
	if (r == RESULT_OK && place < look->count)
		key = look_key(look, place);
	if (r != RESULT_OK && r != RESULT_DAMAGED)
		return r;
	if (key.len == 0 || key.len > STORE_KEY_MAX) {
		note(&check->others, page);
		check->any_others = true;
		return RESULT_OK;
	}
	uint8_t copy[STORE_KEY_MAX]; // the way there takes other pages in hand
	memcpy(copy, key.data, key.len);
	return seek(check, page, bytes_make(copy, key.len));
}

// Pages that held a part of a large row, or were never written: whether a row has them now is told
// by all rows.
static enum result check_others(struct check *check)
{
	struct store_walk walk = {.table = 0};
	enum result r = RESULT_OK;
	check->look.free = &check->others;
	while (r == RESULT_OK && walk.table < LOOK_TREES(check->store))
		r = look_on(&check->look, check->store, &walk);
	return r;
}

static enum result check_all(struct check *check)
{
	enum result r = free_read(&check->look, &check->free);
	check->look.free = &check->free;
	if (r == RESULT_OK)
		r = check->free.lists;
	if (r == RESULT_OK)
		r = find_trees(check);
	if (r == RESULT_OK)
		r = free_new(&check->look, &check->others);
	// What lies beyond the end of the file has nothing in it.
	for (uint64_t page = 0; page < check->look.end && r == RESULT_OK; page++)
		if (free_has(&check->free, page))
			r = check_listed(check, page);
	return r == RESULT_OK && check->any_others ? check_others(check) : r;
}

enum result store_check_free(const struct store_txn *txn)
{
	struct check check = {.store = txn->store};
	enum result r = look_begin(txn, &check.look);
	if (r != RESULT_OK)
		return r;
	r = check_all(&check);
	free_done(&check.free);
	free_done(&check.others);
	free(check.trees);
	look_done(&check.look);
	return r;
}

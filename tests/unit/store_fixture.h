// SPDX-License-Identifier: EUPL-1.2
// A store of two tables in a temporary folder.
#ifndef KNP_TESTS_UNIT_STORE_FIXTURE_H
#define KNP_TESTS_UNIT_STORE_FIXTURE_H

#include "unit.h"

#include "store/store.h"
#include "temporary.h"

#define FIRST 0
#define SECOND 1
#define MAP ((size_t)16 << 20)

static const char *const tables[] = {"first", "second", NULL};

static inline int make_folder(void **state)
{
	*state = temporary_new();
	return 0;
}

static inline int remove_folder(void **state)
{
	temporary_free(*state);
	return 0;
}

static inline enum result open_with(const char *folder, size_t map, struct store **ret_store)
{
	struct store_options options = {.map_bytes = map, .tables = tables, .durable = true};
	return store_open(folder, &options, ret_store);
}

static inline struct store *open_store(const char *folder)
{
	struct store *store = NULL;
	assert_int_equal(open_with(folder, MAP, &store), RESULT_OK);
	return store;
}

static inline struct store_txn *begin(struct store *store, bool write)
{
	struct store_txn *txn = NULL;
	assert_int_equal(store_begin(store, write, &txn), RESULT_OK);
	return txn;
}

static inline struct bytes text(const char *t)
{
	return bytes_of_text(t);
}

static inline void put_one(struct store *store, const char *key, const char *value)
{
	struct store_txn *txn = begin(store, true);
	store_put(txn, FIRST, text(key), text(value));
	assert_int_equal(store_commit(txn), RESULT_OK);
}

static inline bool has(struct store *store, const char *key, const char *value)
{
	struct store_txn *txn = begin(store, false);
	struct bytes found;
	enum result result = store_get(txn, FIRST, text(key), &found);
	bool same = result == RESULT_OK && bytes_equal(found, text(value));
	assert_true(result == RESULT_OK || result == RESULT_NOT_FOUND);
	store_abort(txn);
	return same;
}

// Fills until the store says no; returns how many rows went in.
static inline unsigned fill(struct store *store, enum result *ret_last)
{
	static const uint8_t value[3000] = {7};
	unsigned rows = 0;
	for (;; rows++) {
		uint8_t key[4];
		put_u32be(key, rows);
		struct store_txn *txn = begin(store, true);
		store_append(txn, SECOND, bytes_make(key, 4), bytes_make(value, sizeof value));
		*ret_last = store_commit(txn);
		if (*ret_last != RESULT_OK)
			return rows;
	}
}

static inline uint64_t rows_of(struct store *store)
{
	struct store_txn *txn = begin(store, false);
	uint64_t first, second;
	assert_int_equal(store_count(txn, FIRST, &first), RESULT_OK);
	assert_int_equal(store_count(txn, SECOND, &second), RESULT_OK);
	store_abort(txn);
	return first + second;
}

#endif

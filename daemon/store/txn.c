// SPDX-License-Identifier: EUPL-1.2
#include "store/internal.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

static MDB_val to_val(struct bytes view)
{
	return (MDB_val){.mv_size = view.len, .mv_data = (void *)(uintptr_t)view.data};
}

static enum result begin_read(struct store *store, struct store_txn *txn)
{
	struct store_txn *spare = store->spare;
	if (!spare)
		return store_result_of(mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn->txn));
	// A reset transaction keeps its reader slot and pins nothing.
	enum result result = store_result_of(mdb_txn_renew(spare->txn));
	if (result != RESULT_OK)
		return result;
	txn->txn = spare->txn;
	store->spare = NULL;
	free(spare);
	return RESULT_OK;
}

static enum result begin_write(struct store *store, struct store_txn *txn)
{
	assert(!store->writing);
	if (store->read_only)
		return RESULT_DENIED;
	if (store->broken) {
		errno = EIO;
		return RESULT_IO;
	}
	enum result result = store_result_of(mdb_txn_begin(store->env, NULL, 0, &txn->txn));
	store->writing = result == RESULT_OK;
	return result;
}

enum result store_begin(struct store *store, bool write, struct store_txn **ret_txn)
{
	struct store_txn *txn = calloc(1, sizeof *txn);
	if (!txn)
		return RESULT_NO_MEMORY;
	txn->store = store;
	txn->write = write;
	enum result result = write ? begin_write(store, txn) : begin_read(store, txn);
	if (result == RESULT_OK)
		*ret_txn = txn;
	else
		free(txn);
	return result;
}

void store_abort(struct store_txn *txn)
{
	if (!txn)
		return;
	struct store *store = txn->store;
	if (!txn->write && !store->spare && txn->status == RESULT_OK) {
		mdb_txn_reset(txn->txn);
		store->spare = txn;
		return;
	}
	mdb_txn_abort(txn->txn);
	if (txn->write)
		store->writing = false;
	free(txn);
}

// After a failed write of the meta page LMDB refuses every transaction.
static bool has_panicked(MDB_env *env)
{
	MDB_txn *txn;
	int rc = mdb_txn_begin(env, NULL, MDB_RDONLY, &txn);
	if (rc == MDB_SUCCESS)
		mdb_txn_abort(txn);
	return rc == MDB_PANIC;
}

static enum result commit_result(struct store *store, int rc)
{
	// LMDB reports a write that came out short, which is a disk filling up, as EIO. A real one
	// has left its mark in errno.
	if (rc == EIO && errno == 0)
		rc = ENOSPC;
	enum result result = store_result_of(rc);
	if (result != RESULT_OK && has_panicked(store->env))
		result = RESULT_IO;
	if (result == RESULT_IO) {
		store->broken = true;
		errno = rc > 0 ? rc : EIO;
	}
	return result;
}

enum result store_commit(struct store_txn *txn)
{
	enum result result = txn->status;
	if (result != RESULT_OK || !txn->write) {
		store_abort(txn);
		return result;
	}
	errno = 0;
	int rc = mdb_txn_commit(txn->txn);
	txn->store->writing = false;
	result = commit_result(txn->store, rc);
	free(txn);
	return result;
}

enum result store_status(const struct store_txn *txn)
{
	return txn->status;
}

enum result store_renew(struct store_txn *txn)
{
	assert(!txn->write);
	if (txn->status != RESULT_OK)
		return txn->status;
	mdb_txn_reset(txn->txn);
	txn->status = store_result_of(mdb_txn_renew(txn->txn));
	return txn->status;
}

static enum result keep(struct store_txn *txn, int rc)
{
	enum result result = store_result_of(rc);
	if (result != RESULT_NOT_FOUND)
		txn->status = result;
	return result;
}

enum result store_get(struct store_txn *txn, unsigned table, struct bytes key,
		      struct bytes *ret_value)
{
	assert(table < txn->store->table_count);
	if (txn->status != RESULT_OK)
		return txn->status;
	MDB_val k = to_val(key), v;
	enum result result = keep(txn, mdb_get(txn->txn, txn->store->tables[table], &k, &v));
	if (result == RESULT_OK)
		*ret_value = bytes_make(v.mv_data, v.mv_size);
	return result;
}

static void put(struct store_txn *txn, unsigned table, const struct bytes row[2], unsigned flags)
{
	assert(txn->write && table < txn->store->table_count);
	if (txn->status != RESULT_OK)
		return;
	MDB_val k = to_val(row[0]), v = to_val(row[1]);
	(void)keep(txn, mdb_put(txn->txn, txn->store->tables[table], &k, &v, flags));
}

void store_put(struct store_txn *txn, unsigned table, struct bytes key, struct bytes value)
{
	put(txn, table, (const struct bytes[2]){key, value}, 0);
}

void store_append(struct store_txn *txn, unsigned table, struct bytes key, struct bytes value)
{
	put(txn, table, (const struct bytes[2]){key, value}, MDB_APPEND);
}

void store_del(struct store_txn *txn, unsigned table, struct bytes key)
{
	assert(txn->write && table < txn->store->table_count);
	if (txn->status != RESULT_OK)
		return;
	MDB_val k = to_val(key);
	(void)keep(txn, mdb_del(txn->txn, txn->store->tables[table], &k, NULL));
}

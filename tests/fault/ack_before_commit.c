// SPDX-License-Identifier: EUPL-1.2
// A planted fault, linked into knooppuntd-faulty only (never installed): a commit of the log says
// it is done while the transaction is still open, so receipts leave before the disk has the entry.
// The kill loop must catch it, or its green result means nothing. Made with -Wl,--wrap, so that the
// product has no switch for it.
#include "store/internal.h"

#include <stdlib.h>

#define REAL_COMMIT_EVERY 64

enum result __real_store_begin(struct store *store, bool write, struct store_txn **ret_txn);
enum result __real_store_commit(struct store_txn *txn);
void __real_store_abort(struct store_txn *txn);
void __real_store_close(struct store *store);
enum result __real_store_renew(struct store_txn *txn);

enum result __wrap_store_begin(struct store *store, bool write, struct store_txn **ret_txn);
enum result __wrap_store_commit(struct store_txn *txn);
void __wrap_store_abort(struct store_txn *txn);
void __wrap_store_close(struct store *store);
enum result __wrap_store_renew(struct store_txn *txn);

static MDB_txn *held; // said to be committed, and is not
static unsigned commits;

static bool is_borrowed(const struct store_txn *txn)
{
	return txn && !txn->write && held && txn->txn == held;
}

enum result __wrap_store_begin(struct store *store, bool write, struct store_txn **ret_txn)
{
	if (!store->durable || !held)
		return __real_store_begin(store, write, ret_txn);
	struct store_txn *txn = calloc(1, sizeof *txn);
	if (!txn)
		return RESULT_NO_MEMORY;
	txn->store = store;
	txn->txn = held;
	txn->write = write;
	if (write) {
		held = NULL;
		store->writing = true;
	}
	*ret_txn = txn;
	return RESULT_OK;
}

enum result __wrap_store_commit(struct store_txn *txn)
{
	if (is_borrowed(txn)) {
		free(txn);
		return RESULT_OK;
	}
	if (!txn->store->durable || !txn->write || txn->status ||
	    ++commits % REAL_COMMIT_EVERY == 0)
		return __real_store_commit(txn);
	held = txn->txn;
	txn->store->writing = false;
	free(txn);
	return RESULT_OK;
}

void __wrap_store_abort(struct store_txn *txn)
{
	if (is_borrowed(txn))
		free(txn);
	else
		__real_store_abort(txn);
}

enum result __wrap_store_renew(struct store_txn *txn)
{
	return is_borrowed(txn) ? RESULT_OK : __real_store_renew(txn);
}

void __wrap_store_close(struct store *store)
{
	if (store && store->durable && held) {
		mdb_txn_abort(held);
		held = NULL;
	}
	__real_store_close(store);
}

// SPDX-License-Identifier: EUPL-1.2
// Planted: a commit says that it is done before anything of it was synced, so that receipts leave
// of what the disk may not have yet.
#include "store/internal.h"

enum result __real_store_commit(struct store_txn *txn);
enum result __wrap_store_commit(struct store_txn *txn);
enum result __wrap_store_commit(struct store_txn *txn)
{
	struct store *store = txn->store;
	mdb_env_set_flags(store->env, MDB_NOSYNC, 1);
	enum result result = __real_store_commit(txn);
	mdb_env_set_flags(store->env, MDB_NOSYNC, !store->durable);
	return result;
}

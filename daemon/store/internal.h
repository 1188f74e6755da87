// SPDX-License-Identifier: EUPL-1.2
// Shared by the files of this folder only.
#ifndef KNP_STORE_INTERNAL_H
#define KNP_STORE_INTERNAL_H

#include "store/store.h"

#include <lmdb.h>

struct store {
	MDB_env *env;
	MDB_dbi *tables;
	const char *const *names; // of them
	unsigned table_count;
	bool read_only, durable, broken;
	bool writing;
	struct store_txn *spare; // a reset read transaction, kept for the next reader
};

struct store_txn {
	struct store *store;
	MDB_txn *txn;
	bool write;
	enum result status;
};

// Every code of LMDB and every errno it passes on, in one place. Sets errno for RESULT_IO.
enum result store_result_of(int rc);

// Reads the meta pages of an existing file with pread and says whether it is safe to map: a shape
// this LMDB knows, and no live page beyond the end of the file, where a mapped read would be a
// SIGBUS. RESULT_NOT_FOUND, RESULT_IO, RESULT_DENIED, RESULT_DAMAGED, RESULT_UNSUPPORTED.
enum result store_probe(const char *path) KNP_MUST_CHECK;

#endif

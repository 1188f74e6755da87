// SPDX-License-Identifier: EUPL-1.2
#include "store/store.h"

#include "base/file.h"
#include "store/create.h"
#include "store/internal.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE_ALIGN 4096
#define FILE_MODE 0600

enum result store_result_of(int rc)
{
	switch (rc) {
	case MDB_SUCCESS:
		return RESULT_OK;
	case MDB_NOTFOUND:
	case ENOENT:
		return RESULT_NOT_FOUND;
	case MDB_KEYEXIST:
		return RESULT_CONFLICT;
	case MDB_MAP_FULL:
	case ENOSPC:
	case EDQUOT:
	case EFBIG: // RLIMIT_FSIZE
		return RESULT_FULL;
	case MDB_TXN_FULL:
	case MDB_BAD_VALSIZE:
		return RESULT_TOO_LARGE;
	case MDB_PAGE_NOTFOUND:
	case MDB_CORRUPTED:
	case MDB_CURSOR_FULL: // pages that lead to themselves
	case MDB_INVALID:
		return RESULT_DAMAGED;
	case MDB_VERSION_MISMATCH:
	case MDB_INCOMPATIBLE:
		return RESULT_UNSUPPORTED;
	case MDB_READERS_FULL:
	case MDB_MAP_RESIZED:
		return RESULT_AGAIN;
	case ENOMEM:
		return RESULT_NO_MEMORY;
	case EACCES:
	case EPERM:
	case EROFS:
		return RESULT_DENIED;
	case MDB_BAD_TXN:
	case MDB_BAD_DBI:
	case MDB_BAD_RSLOT:
	case MDB_DBS_FULL:
	case EINVAL:
		return RESULT_INTERNAL;
	default: // MDB_PANIC and what the kernel says
		errno = rc > 0 ? rc : EIO;
		return RESULT_IO;
	}
}

static enum result path_in(const char *folder, const char *name, char out[PATH_MAX])
{
	int len = snprintf(out, PATH_MAX, "%s/%s", folder, name);
	if (len >= 0 && len < PATH_MAX)
		return RESULT_OK;
	errno = ENAMETOOLONG;
	return RESULT_IO;
}

bool store_exists(const char *folder)
{
	char path[PATH_MAX];
	return path_in(folder, "data.mdb", path) == RESULT_OK && access(path, F_OK) == 0;
}

// Every table is made with the same flags: what says otherwise is a changed byte, and would order
// keys in another way.
static int open_table(MDB_txn *txn, const char *name, unsigned flags, MDB_dbi *ret_table)
{
	unsigned has = 0;
	int rc = mdb_dbi_open(txn, name, flags, ret_table);
	if (rc == MDB_SUCCESS)
		rc = mdb_dbi_flags(txn, *ret_table, &has);
	return rc == MDB_SUCCESS && has != 0 ? MDB_CORRUPTED : rc;
}

static enum result check_ends(struct store *store)
{
	struct store_txn *txn;
	enum result result = store_begin(store, false, &txn);
	if (result != RESULT_OK)
		return result;
	result = store_check_ends(txn);
	store_abort(txn);
	return result == RESULT_CONFLICT ? RESULT_DAMAGED : result;
}

static enum result open_tables(struct store *store)
{
	unsigned count = store->table_count;
	store->tables = calloc(count ? count : 1, sizeof *store->tables);
	if (!store->tables)
		return RESULT_NO_MEMORY;
	MDB_txn *txn;
	int rc = mdb_txn_begin(store->env, NULL, store->read_only ? MDB_RDONLY : 0, &txn);
	if (rc != MDB_SUCCESS)
		return store_result_of(rc);
	unsigned flags = store->read_only ? 0 : MDB_CREATE;
	for (unsigned i = 0; i < count && rc == MDB_SUCCESS; i++)
		rc = open_table(txn, store->names[i], flags, &store->tables[i]);
	if (rc != MDB_SUCCESS) {
		mdb_txn_abort(txn);
		return rc == MDB_NOTFOUND ? RESULT_UNSUPPORTED : store_result_of(rc);
	}
	return store_result_of(mdb_txn_commit(txn)); // without a commit the handles are gone
}

// What the flags say afterwards counts, not what was asked for (testing.md F7).
static bool has_durable_flags(MDB_env *env)
{
	unsigned flags = MDB_NOSYNC;
	if (mdb_env_get_flags(env, &flags) != MDB_SUCCESS)
		return false;
	return (flags & (MDB_NOSYNC | MDB_NOMETASYNC | MDB_WRITEMAP | MDB_MAPASYNC)) == 0;
}

static enum result open_env(struct store *store, const char *path, unsigned extra_flags)
{
	// A reader's slot belongs to the transaction, so that one thread may have several and a
	// reader beside a writer (pitfalls E14).
	unsigned flags = MDB_NOTLS | extra_flags;
	if (store->read_only)
		flags |= MDB_RDONLY;
	if (!store->durable)
		flags |= MDB_NOSYNC;
	int rc = mdb_env_open(store->env, path, flags, FILE_MODE);
	if (rc != MDB_SUCCESS)
		return store_result_of(rc);
	if (store->durable && !has_durable_flags(store->env))
		return RESULT_INTERNAL;
	return store_forget_dead(store);
}

enum result store_open_path(const char *path, const struct store_options *options,
			    unsigned extra_flags, struct store **ret_store)
{
	unsigned count = 0;
	while (options->tables[count])
		count++;
	struct store *store = calloc(1, sizeof *store);
	if (!store)
		return RESULT_NO_MEMORY;
	store->names = options->tables;
	store->table_count = count;
	store->read_only = options->read_only;
	store->durable = options->durable;
	size_t map = (options->map_bytes + PAGE_ALIGN - 1) / PAGE_ALIGN * PAGE_ALIGN;
	int rc = mdb_env_create(&store->env);
	if (rc == MDB_SUCCESS)
		rc = mdb_env_set_maxdbs(store->env, count);
	if (rc == MDB_SUCCESS)
		rc = mdb_env_set_mapsize(store->env, map);
	enum result result = store_result_of(rc);
	if (result == RESULT_OK)
		result = open_env(store, path, extra_flags);
	if (result == RESULT_OK)
		result = check_ends(store);
	if (result == RESULT_OK)
		result = open_tables(store);
	if (result == RESULT_OK)
		*ret_store = store;
	else
		store_close(store);
	return result;
}

enum result store_open(const char *folder, const struct store_options *options,
		       struct store **ret_store)
{
	char path[PATH_MAX];
	enum result result = path_in(folder, "data.mdb", path);
	if (result == RESULT_OK && !store_exists(folder)) {
		if (options->read_only)
			return RESULT_NOT_FOUND;
		result = folder_ensure(folder);
		if (result == RESULT_OK)
			result = store_create(folder, path, options);
	}
	if (result == RESULT_OK)
		result = store_probe(path);
	if (result == RESULT_OK)
		result = store_open_path(folder, options, 0, ret_store);
	return result;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	int saved = errno;
	if (store->spare) {
		mdb_txn_abort(store->spare->txn);
		free(store->spare);
	}
	if (store->env)
		mdb_env_close(store->env);
	free(store->tables);
	free(store);
	errno = saved;
}

enum result store_forget_dead(struct store *store)
{
	int dead;
	return store_result_of(mdb_reader_check(store->env, &dead));
}

struct reader_tally {
	uint32_t readers;
	uint64_t oldest;
};

// mdb_reader_list gives text only: "<pid> <thread> <txnid>", or "-" for a slot that pins nothing.
static int tally_reader(const char *line, void *context)
{
	struct reader_tally *tally = context;
	long pid;
	unsigned long long thread, txn;
	if (sscanf(line, "%ld %llx %llu", &pid, &thread, &txn) == 3) {
		tally->readers++;
		tally->oldest = txn < tally->oldest ? txn : tally->oldest;
	}
	return 0;
}

enum result store_count(const struct store_txn *txn, unsigned table, uint64_t *ret_rows)
{
	MDB_stat stat = {0};
	int rc = mdb_stat(txn->txn, txn->store->tables[table], &stat);
	if (rc == MDB_SUCCESS)
		*ret_rows = stat.ms_entries;
	return store_result_of(rc);
}

enum result store_facts(struct store *store, struct store_facts *ret_facts)
{
	MDB_envinfo info;
	MDB_stat stat;
	struct reader_tally tally = {.oldest = UINT64_MAX};
	struct store_facts facts = {.durable_flags = has_durable_flags(store->env)};
	int rc = mdb_env_info(store->env, &info);
	if (rc == MDB_SUCCESS)
		rc = mdb_env_stat(store->env, &stat);
	if (rc == MDB_SUCCESS && mdb_reader_list(store->env, tally_reader, &tally) < 0)
		rc = EIO;
	if (rc != MDB_SUCCESS)
		return store_result_of(rc);
	facts.map_bytes = info.me_mapsize;
	facts.used_bytes = (info.me_last_pgno + 1) * (uint64_t)stat.ms_psize;
	facts.readers = tally.readers;
	if (tally.readers > 0 && info.me_last_txnid > tally.oldest)
		facts.oldest_reader_lag = info.me_last_txnid - tally.oldest;
	*ret_facts = facts;
	return RESULT_OK;
}

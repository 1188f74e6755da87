// SPDX-License-Identifier: EUPL-1.2
// LMDB behind one folder: environments, named tables, transactions with a sticky error. Only
// struct bytes crosses this header. One process opens an environment once (LMDB's rule), others may
// have it open to read; one thread uses it, and it does not survive a fork; readers are short
// (design §7: no read transaction outlives 4,096 records or 50 ms).
#ifndef KNP_STORE_STORE_H
#define KNP_STORE_STORE_H

#include "base/bytes.h"

#define STORE_KEY_MAX 511

struct store;     // an environment
struct store_txn; // a transaction of it

struct store_options {
	size_t map_bytes;          // size of the sparse map
	const char *const *tables; // NULL-terminated names, created when missing
	bool durable;   // default flags, asserted: every commit is on disk. false: MDB_NOSYNC,
			// for derived state that is rebuilt after an unclean boot
	bool read_only; // never creates: RESULT_NOT_FOUND, or RESULT_UNSUPPORTED when a
			// table is missing
};

// True when <folder>/data.mdb is there, whatever its state.
bool store_exists(const char *folder);
// Opens <folder>/data.mdb, making the folder when it is missing. A new environment is made under a
// temporary name (".tmp-…", as in base/file.h), committed, synced and renamed (a power cut while
// creating leaves nothing half made). Checks the file's shape and size before mapping, and the
// pages on the way to the end of each table. RESULT_IO, RESULT_FULL, RESULT_DENIED, RESULT_DAMAGED,
// RESULT_UNSUPPORTED, RESULT_NO_MEMORY. A damaged page elsewhere can still crash LMDB: what may be
// damaged is opened in a child first.
enum result store_open(const char *folder, const struct store_options *options,
		       struct store **ret_store) KNP_MUST_CHECK;
void store_close(struct store *store); // NULL allowed

// One write transaction at a time. Every put, del and get after a first failure does nothing; the
// first failure is what commit returns (and aborts). After a commit that failed with RESULT_IO
// every store_begin for writing is RESULT_IO until the store is opened anew: a failed fsync is
// never retried, and what is on disk is not known. RESULT_FULL from a commit changed nothing.
enum result store_begin(struct store *store, bool write, struct store_txn **ret_txn) KNP_MUST_CHECK;
enum result store_commit(struct store_txn *txn) KNP_MUST_CHECK; // ends txn in any case
void store_abort(struct store_txn *txn);                        // NULL allowed
enum result store_status(const struct store_txn *txn);
// Ends a read transaction's snapshot and takes the newest.
enum result store_renew(struct store_txn *txn) KNP_MUST_CHECK;

// `table` is the index in options.tables. Views returned live until the next write in this
// transaction or its end.
enum result store_get(struct store_txn *txn, unsigned table, struct bytes key,
		      struct bytes *ret_value) KNP_MUST_CHECK; // RESULT_NOT_FOUND is not sticky
void store_put(struct store_txn *txn, unsigned table, struct bytes key, struct bytes value);
// Key must be above every key of the table (MDB_APPEND), RESULT_CONFLICT sticky otherwise.
void store_append(struct store_txn *txn, unsigned table, struct bytes key, struct bytes value);
void store_del(struct store_txn *txn, unsigned table, struct bytes key); // absent is fine

// Ordered walk. `from` is the first key wanted (empty: the first of the table). RESULT_NOT_FOUND at
// the end, not sticky. A cursor is closed before its transaction ends.
struct store_cursor;
enum result store_cursor_open(struct store_txn *txn, unsigned table,
			      struct store_cursor **ret_cursor) KNP_MUST_CHECK;
void store_cursor_close(struct store_cursor *cursor); // NULL allowed
enum result store_cursor_seek(struct store_cursor *cursor, struct bytes from, struct bytes *ret_key,
			      struct bytes *ret_value) KNP_MUST_CHECK;
enum result store_cursor_next(struct store_cursor *cursor, struct bytes *ret_key,
			      struct bytes *ret_value) KNP_MUST_CHECK;
enum result store_cursor_prev(struct store_cursor *cursor, struct bytes *ret_key,
			      struct bytes *ret_value) KNP_MUST_CHECK;
enum result store_cursor_last(struct store_cursor *cursor, struct bytes *ret_key,
			      struct bytes *ret_value) KNP_MUST_CHECK;

// How many rows a table has, as the transaction sees it; costs the same for each.
enum result store_count(const struct store_txn *txn, unsigned table,
			uint64_t *ret_rows) KNP_MUST_CHECK;

// Gives back what readers of other processes held that ended without closing: their snapshots keep
// every page since. RESULT_IO.
enum result store_forget_dead(struct store *store) KNP_MUST_CHECK;

// No page of LMDB has a sum over it, and a write goes where the head of a page says that there is
// room, or to a page that a list of free ones names: a changed byte there costs rows that were
// sound. These look whether pages of the newest commit hold together (pages.c), in a read
// transaction: RESULT_DAMAGED; RESULT_CONFLICT when one that is in use may be written again, so
// that the next write may take it; RESULT_IO, RESULT_NO_MEMORY.
//
// Every page on the way to where each key stands, or would stand: what a put of it writes.
struct store_ways {
	unsigned table;
	const struct bytes *keys;
	size_t count;
};
enum result store_check_ways(const struct store_txn *txn,
			     const struct store_ways *ways) KNP_MUST_CHECK;
// The same to the end of every table, and of what LMDB keeps for itself.
enum result store_check_ends(const struct store_txn *txn) KNP_MUST_CHECK;
// Every page that is listed as free, however large the store: none may be in use. It costs a few
// ways for each; but where one is listed that never was part of a tree, as those of a large row, a
// look at all pages. RESULT_DAMAGED also when a page that is damaged keeps that from being told.
enum result store_check_free(const struct store_txn *txn) KNP_MUST_CHECK;
// A walk over all pages of all tables and of the list of free pages, `pages` a call, from all zero
// on; what is written between two calls it sees or not. RESULT_OK: there is more; RESULT_NOT_FOUND:
// that was all. After RESULT_DAMAGED and RESULT_CONFLICT it goes on behind the page in `bad`. A
// walk that is not taken to its end is ended by store_walk_done().
struct store_free;
struct store_walk {
	unsigned table;
	uint8_t key[STORE_KEY_MAX]; // from here on
	size_t key_len;
	uint64_t bad;
	struct store_free *free; // pages that may be written again, as when it began
};
void store_walk_done(struct store_walk *walk);
enum result store_check_pages(const struct store_txn *txn, struct store_walk *walk,
			      size_t pages) KNP_MUST_CHECK;

struct store_facts {
	uint64_t map_bytes;
	uint64_t used_bytes;        // high-water mark: pages that once held something
	uint32_t readers;           // open read transactions, of every process
	uint64_t oldest_reader_lag; // transactions behind, 0 without readers
	bool durable_flags;
};
enum result store_facts(struct store *store, struct store_facts *ret_facts) KNP_MUST_CHECK;

#endif

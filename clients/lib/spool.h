// SPDX-License-Identifier: EUPL-1.2
// The folder in which a client remembers everything (its layout is in client.h): locked by one
// process, its content sealed with XChaCha20-Poly1305 under a key of the party's key folder
// (lib/keyring.h). File names carry only counters. A sealed file:
//
//   offset length
//   0      4      magic "KNPS"
//   4      1      version 1
//   5      1      kind, enum spool_kind
//   6      2      zero
//   8      8      number, u64be
//   16     24     nonce, random
//   40     …      ciphertext; AD = bytes 0..39 || scope, so that no file can stand in for another
#ifndef KNP_LIB_SPOOL_H
#define KNP_LIB_SPOOL_H

#include "base/problem.h"

#define SPOOL_PATH_MAX 400
#define SPOOL_FILE_MAX (64 * 1024 * 1024)

enum spool_kind {
	SPOOL_ITEM = 1,     // outbox: statements signed together
	SPOOL_REFUSAL = 2,  // outbox: a refusal before the log
	SPOOL_REGISTER = 3, // verified register leaves
	SPOOL_RECORD = 4,   // inbox: verified deliveries of one fetch
	SPOOL_POSITION = 5, // inbox: numbers handed over and acked
	SPOOL_ASIDE = 6,    // inbox: what failed a check
	SPOOL_KEPT = 7,     // of a caller, wherever it lies
	SPOOL_REFUSED = 8,  // ids of what was refused and is no longer in the outbox
};

// Where the failures of all functions below are explained: `problem` belongs to the client.
struct spool {
	char folder[240];
	uint8_t *key; // secret memory, 32 bytes
	int lock;
	struct problem *problem;
};

struct spool_file {
	enum spool_kind kind;
	uint64_t number;
	const char *scope; // functie of an inbox, else ""
	char path[SPOOL_PATH_MAX];
};

// Makes folder, outbox and inbox when they are not there, takes the lock and removes what a crash
// left half written. RESULT_AGAIN when another process has the lock; RESULT_DENIED when others can
// read the folder.
enum result spool_open(const char *folder, const uint8_t key[32], struct problem *problem,
		       struct spool *ret_spool) KNP_MUST_CHECK;
void spool_close(struct spool *spool);

// A path below the folder.
void spool_path(const struct spool *spool, char out[SPOOL_PATH_MAX], const char *format, ...)
	__attribute__((format(printf, 3, 4)));

// Makes <spool>/<folder>/<name> when it is not there, and clears what a crash left half written.
enum result spool_ensure_folder(const struct spool *spool, const char *folder,
				const char *name) KNP_MUST_CHECK;

// Seals `plain` and creates or replaces the file durably (base/file.h).
enum result spool_create(const struct spool *spool, const struct spool_file *file,
			 struct bytes plain) KNP_MUST_CHECK;
enum result spool_replace(const struct spool *spool, const struct spool_file *file,
			  struct bytes plain) KNP_MUST_CHECK;
// Opens a sealed file into an initialised buffer (wipe it). RESULT_NOT_FOUND, RESULT_DAMAGED,
// RESULT_UNSUPPORTED.
enum result spool_read(const struct spool *spool, const struct spool_file *file,
		       struct buffer *ret_plain) KNP_MUST_CHECK;
// Records one after another in a file: u32be length || what spool_create would write. A record is
// begun in a buffer that is kept for it, what it is to hold is appended there, and that is sealed
// in its place and put at `offset`, whatever lies behind it; at 0 the file is made. Gives the
// offset behind it. A failure leaves what was before `offset`. spool_sync makes the records of a
// file durable, and its name when it is new; until then a power cut may leave any of them damaged
// or gone.
void spool_begin_record(struct buffer *record);
enum result spool_append(const struct spool *spool, const struct spool_file *file, size_t offset,
			 struct buffer *record, size_t *ret_end) KNP_MUST_CHECK;
enum result spool_sync(const struct spool *spool, const char *path, bool is_new) KNP_MUST_CHECK;
// Opens one record of the file's content (its path is only for problems). RESULT_DAMAGED.
enum result spool_read_record(const struct spool *spool, const struct spool_file *file,
			      struct bytes record, struct buffer *ret_plain) KNP_MUST_CHECK;
// `length` bytes of a file from `offset` on. RESULT_DAMAGED when it has fewer.
enum result spool_read_part(const struct spool *spool, const char *path, size_t offset,
			    size_t length, struct buffer *ret_content) KNP_MUST_CHECK;
// The record at `offset` of a file's content and the number it says it has; false at the end, or at
// what a crash cut short.
bool spool_next_record(struct bytes content, size_t offset, struct bytes *ret_record,
		       uint64_t *ret_number);

// The same for files that are no secret (genesis, checkpoints, receipts).
enum result spool_write_plain(const struct spool *spool, const char *path,
			      struct bytes content) KNP_MUST_CHECK;
enum result spool_read_plain(const struct spool *spool, const char *path, size_t ceiling,
			     struct buffer *ret_content) KNP_MUST_CHECK;
// Writes a file whole but not durably: for what can be made again. Nothing is done when it is there
// with this content.
enum result spool_write_copy(const struct spool *spool, const char *path,
			     struct bytes content) KNP_MUST_CHECK;
// Renames within a folder; replaces what is there. A power cut may take it back.
enum result spool_rename(const struct spool *spool, const char *from,
			 const char *to) KNP_MUST_CHECK;
enum result spool_remove(const struct spool *spool, const char *path) KNP_MUST_CHECK;
// Removes a file that does no harm when a power cut brings it back.
enum result spool_drop(const struct spool *spool, const char *path) KNP_MUST_CHECK;
bool spool_has(const char *path);

// Calls `each` for every file "<digits><suffix>" of a folder below the spool, in no order; stops at
// the first failure of `each` and returns it.
struct spool_listing {
	const char *folder; // relative
	const char *suffix; // ".item"
	enum result (*each)(void *context, uint64_t number);
	void *context;
};
enum result spool_list(const struct spool *spool,
		       const struct spool_listing *listing) KNP_MUST_CHECK;

// Calls `each` for every folder below <spool>/<folder>; stops at its first failure and returns it.
enum result spool_list_folders(const struct spool *spool, const char *folder,
			       enum result (*each)(void *context, const char *name),
			       void *context) KNP_MUST_CHECK;

#endif

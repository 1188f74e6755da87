// SPDX-License-Identifier: EUPL-1.2
// The outbox: what was pushed, until it is receipted. One file holds the statements that were
// signed together (usually one) and is named after the sequence number of the first of them:
//
//   outbox/<n>.item         sealed: for each statement u32be length || StoredContent (signed
//                           statement and slots, wire/part.h); something in it is still open
//   outbox/<n>.done         the same once all of it is settled; kept 14 days
//   outbox/<s>.tlog-proof   receipt of statement s (lib/receipt.h)
//   outbox/<s>.refusal      sealed: u32be reason || field of a refusal that came without the log
//   <spool>/sequence        next sequence number, written before old files go
//
// A damaged file stays where it is: it is reported by flush and items, and all else goes on.
// A file appears whole (file_create) and changes only its name; an outcome is durable before it.
#ifndef KNP_LIB_OUTBOX_H
#define KNP_LIB_OUTBOX_H

#include "lib/client.h"
#include "lib/receipt.h"
#include "lib/spool.h"

#define OUTBOX_KEEP_MS (14 * MS_PER_DAY)
#define OUTBOX_FILE_MAX (16 * 1024 * 1024)

struct outbox_file {
	uint64_t number; // sequence number of its first statement
	bool done;
};

struct outbox {
	const struct spool *spool;
	struct outbox_file *files; // by number
	size_t count, room;
	uint64_t next; // sequence number of the next statement
	// Which statement has an id: first 8 bytes of its SHA-256, so that one read confirms.
	struct outbox_tag {
		uint64_t tag, number;
		uint32_t position;
	} * tags;
	size_t tag_count, tag_room;
	bool tagged; // tags are complete
};

struct spool_file outbox_item_file(const struct spool *spool, uint64_t number, bool done);

// Lists the folder, removes done files whose last receipt is older than 14 days before `now`.
enum result outbox_open(struct outbox *outbox, const struct spool *spool,
			int64_t now) KNP_MUST_CHECK;
void outbox_done(struct outbox *outbox);

// One statement of a file.
struct outbox_item {
	uint64_t number;               // of the file
	uint32_t position;             // in the file; sequence number = number + position
	uint32_t count;                // statements in the file
	struct stored_content content; // views into the arena
	struct statement statement;    // decoded
};

// Adds statements that were signed together under the next sequence numbers. When it fails nothing
// is in the outbox, or (after an I/O error that hit twice) the same ids show it is.
enum result outbox_put(struct outbox *outbox, const struct stored_content *contents,
		       size_t count) KNP_MUST_CHECK;
// Reads all statements of a file onto the arena.
enum result outbox_load(const struct outbox *outbox, uint64_t number, struct arena *arena,
			struct outbox_item **ret_items) KNP_MUST_CHECK;
// The statement with this id; RESULT_NOT_FOUND. `type` 0: of any type.
enum result outbox_find(struct outbox *outbox, struct bytes id, struct arena *arena,
			struct outbox_item *ret_item) KNP_MUST_CHECK;

// Is there an outcome of this statement?
bool outbox_is_settled(const struct outbox *outbox, uint64_t sequence);
enum result outbox_settle_receipt(const struct outbox *outbox, uint64_t sequence,
				  struct bytes proof) KNP_MUST_CHECK;
enum result outbox_settle_refusal(const struct outbox *outbox, uint64_t sequence,
				  const struct refusal *refusal) KNP_MUST_CHECK;
// Removes done files whose last outcome came more than 14 days before `now` (outbox_open does it).
enum result outbox_expire(struct outbox *outbox, int64_t now, struct arena *arena) KNP_MUST_CHECK;
// Marks a file done when all its statements have an outcome.
enum result outbox_close_file(struct outbox *outbox, uint64_t number,
			      uint32_t count) KNP_MUST_CHECK;

// State, index, refusal and path of the proof.
enum result outbox_status(const struct outbox *outbox, const struct outbox_item *item,
			  const struct vkey *vkey, struct item_status *ret_status) KNP_MUST_CHECK;

#endif

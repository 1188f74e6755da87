// SPDX-License-Identifier: EUPL-1.2
// The outbox: what was pushed, until it is receipted. One file holds the statements that were
// signed together (usually one) and is named after the sequence number of the first of them:
//
//   outbox/<n>.item         sealed: for each statement u32be length || StoredContent (signed
//                           statement and slots, wire/part.h); something in it is still open
//   outbox/<n>.done         the same once all of it is settled; kept 14 days
//   outbox/<s>.receipts     the receipts that came together, s the first of them:
//                             "KNPR", u8 version 1, three zeros, u32be count,
//                             count times u64be sequence || u32be length, then the texts
//                             (lib/receipt.h); not sealed
//   outbox/<s>.tlog-proof   one of these texts, written when somebody asks for it
//   outbox/<s>.verloren     such a file that is of what a log lost (outbox_lost.c); kept 14 days
//   outbox/<s>.refusal      sealed: u32be reason || field of a refusal that came without the log
//   <spool>/sequence        next sequence number, written before old files go
//   <spool>/refused         sealed: what was refused and went, a line for each: id, number of the
//                             reason, day it went (since 1970), parted by spaces; written before
//                             old files go
//
// A damaged file stays where it is: it is reported by flush and items, and all else goes on.
// A file appears whole and changes only its name; an outcome is durable before the mark on its
// item.
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
	bool going; // its 14 days are over
};

// How one statement ended.
struct outbox_outcome {
	uint64_t sequence;
	uint64_t receipts;       // number of the file of receipts, 0: a refusal without one
	uint32_t offset, length; // of the text in it
};

// A statement that was refused and is no longer in the outbox.
struct outbox_refused {
	char id[ID_MAX + 1];
	enum reason reason;
	int64_t day; // it went, since 1970
};

// One statement of a file.
struct outbox_item {
	uint64_t number;               // of the file
	uint32_t position;             // in the file; sequence number = number + position
	uint32_t count;                // statements in the file
	struct stored_content content; // views into the arena
	struct statement statement;    // decoded
};

struct outbox {
	const struct spool *spool;
	struct outbox_file *files; // by number
	size_t count, room;
	uint64_t next;                   // sequence number of the next statement
	struct outbox_outcome *outcomes; // by sequence
	size_t outcome_count, outcome_room;
	// Which statement has an id: first 8 bytes of its SHA-256, so that one read confirms.
	struct outbox_tag {
		uint64_t tag, number;
		uint64_t content; // the same of its rubrieken, 0: it has none
		uint32_t position;
	} * tags;
	size_t tag_count, tag_room;
	bool tagged;                    // tags are complete
	uint64_t unread;                // a file that could not be read for them, 0: none
	struct outbox_refused *refused; // the oldest first
	size_t refused_count, refused_room;
	// The newest checkpoint that lay with receipts when the outbox was opened; empty: none.
	struct buffer note;
	uint64_t note_size;
	// The file that was searched last.
	struct arena *found;
	struct outbox_item *found_items;
	uint64_t found_number; // 0 none
};

// Lists the folder. `keys` of the log.
enum result outbox_open(struct outbox *outbox, const struct spool *spool,
			const struct log_keys *keys) KNP_MUST_CHECK;
void outbox_done(struct outbox *outbox);

// Adds statements that were signed together under the next sequence numbers. When it fails nothing
// is in the outbox, or (after an I/O error that hit twice) the same ids show it is.
enum result outbox_put(struct outbox *outbox, const struct stored_content *contents,
		       size_t count) KNP_MUST_CHECK;
// Reads all statements of a file onto the arena. RESULT_DAMAGED.
enum result outbox_load(const struct outbox *outbox, uint64_t number, struct arena *arena,
			struct outbox_item **ret_items) KNP_MUST_CHECK;
// The statement with this id, until the next search; RESULT_NOT_FOUND.
enum result outbox_find(struct outbox *outbox, struct bytes id,
			const struct outbox_item **ret_item) KNP_MUST_CHECK;
// The oldest statement with exactly these rubrieken, whatever its id; as outbox_find.
enum result outbox_find_content(struct outbox *outbox, const struct slots *slots,
				const struct outbox_item **ret_item) KNP_MUST_CHECK;
// Byte for byte the same rubrieken in the same order; capacity and seed do not count.
bool slots_same_rubrieken(const struct slots *a, const struct slots *b);
struct spool_file outbox_item_file(const struct spool *spool, uint64_t number, bool done);

// ---- outcomes (outbox_outcome.c) -------------------------------------------------------------

enum result outbox_load_outcomes(struct outbox *outbox, const struct log_keys *keys) KNP_MUST_CHECK;
// NULL while a statement is open.
const struct outbox_outcome *outbox_outcome(const struct outbox *outbox, uint64_t sequence);
// Keeps receipts that came together, in one file.
struct outbox_proof {
	uint64_t sequence;
	struct bytes text;
};
enum result outbox_settle_receipts(struct outbox *outbox, const struct outbox_proof *proofs,
				   size_t count) KNP_MUST_CHECK;
enum result outbox_settle_refusal(struct outbox *outbox, uint64_t sequence,
				  const struct refusal *refusal) KNP_MUST_CHECK;
// Marks those files of these statements done of which all statements have an outcome. A mark that a
// power cut takes away is given again.
enum result outbox_mark_done(struct outbox *outbox, struct outbox_item *const *items,
			     size_t count) KNP_MUST_CHECK;
// How the item ended: state, index and refusal. RESULT_DAMAGED: what says so cannot be read.
enum result outbox_ended(const struct outbox *outbox, const struct outbox_item *item,
			 const struct log_keys *keys,
			 struct item_status *ret_status) KNP_MUST_CHECK;
// The same and the path of its proof, which is written if it is not there.
enum result outbox_status(const struct outbox *outbox, const struct outbox_item *item,
			  const struct log_keys *keys,
			  struct item_status *ret_status) KNP_MUST_CHECK;

// The checkpoint that all receipts of a file came with, appended; nothing verified.
// RESULT_NOT_FOUND when the file has not its form.
enum result outbox_note_of(const struct outbox *outbox, uint64_t receipts,
			   struct buffer *ret_note) KNP_MUST_CHECK;

// ---- what is lost (outbox_lost.c) ------------------------------------------------------------

// Opens again what was settled by receipts of what a herstel says is lost; these are kept as
// outbox/<s>.verloren. *ret_any: there was something.
enum result outbox_reopen_lost(struct outbox *outbox, const struct registry *reg,
			       const struct log_keys *keys, bool *ret_any) KNP_MUST_CHECK;

// ---- letting go (outbox_expire.c) ------------------------------------------------------------

// Removes done files whose last receipt is older than 14 days before `now`, then the receipts that
// are needed no more. What only they tell was written down elsewhere: the newest checkpoint, how
// far the inboxes are acked, and what was refused. `keys` of the log.
enum result outbox_expire(struct outbox *outbox, const struct log_keys *keys,
			  int64_t now) KNP_MUST_CHECK;

// ---- what was refused and went (outbox_refused.c) ----------------------------------------------

// A file that cannot be opened counts as none: then the knooppunt says *conflict* of what it knows.
enum result outbox_refused_load(struct outbox *outbox) KNP_MUST_CHECK;
// Notes one; it is durable from outbox_refused_save on, which lets go of what is older than 13
// months and, beyond 65,536 of them, of the oldest.
enum result outbox_refused_note(struct outbox *outbox, struct bytes id, enum reason reason,
				int64_t now) KNP_MUST_CHECK;
enum result outbox_refused_save(struct outbox *outbox, int64_t now) KNP_MUST_CHECK;
// NULL: nothing is known of it.
const struct outbox_refused *outbox_refused_find(const struct outbox *outbox, struct bytes id);

#endif

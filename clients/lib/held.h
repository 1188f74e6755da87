// SPDX-License-Identifier: EUPL-1.2
// The newest checkpoint a client has verified. Partners are the witnesses of the log (design §6): a
// checkpoint is taken only with a proof that it extends the one held, from the pinned genesis on;
// of two that contradict each other both are kept, and from then on nothing is exchanged or acked.
#ifndef KNP_LIB_HELD_H
#define KNP_LIB_HELD_H

#include "lib/proof.h"
#include "lib/spool.h"
#include "tree/note.h"
#include "wire/message.h"

// Where the newest checkpoint is durable.
enum held_place {
	HELD_SAVED,   // <spool>/checkpoint
	HELD_NOWHERE, // not yet
	HELD_INBOX,   // with the deliveries it came with, until they are acked
	HELD_RECEIPTS // with the receipts it came with, for 14 days
};

struct held {
	// Size 1 and the leaf of genesis until a first checkpoint was verified: the pinned file
	// tells how every honest log begins.
	struct checkpoint checkpoint;
	struct buffer note; // empty until then
	bool conflict;      // conflict-* files lie in the spool
	enum held_place place;
	int64_t since; // wall time in milliseconds at which it came, unless it is HELD_SAVED
	// The knooppunt showed the same checkpoint that was stored more than three ticks (of the
	// usual five minutes) ago, though every tick is an entry.
	bool stands_still;
};

// Reads <spool>/checkpoint and looks for conflict-* files. RESULT_DAMAGED when the stored note does
// not verify.
enum result held_load(struct held *held, const struct spool *spool, const struct log_keys *keys,
		      const struct hash *genesis_leaf) KNP_MUST_CHECK;
void held_done(struct held *held);

// The head for statements and requests (wire/message.h). `statement`: size 0 before a first note.
struct head held_head(const struct held *held, bool statement);

// Verifies the checkpoint of an answer and its consistency with what is held, and holds it when it
// is newer; held_save makes it durable. PROOF_FINE in *ret_check with RESULT_OK.
// RESULT_BAD_SIGNATURE: not proven, nothing changed. RESULT_CONFLICT: signed by the log and
// contradicting what is held; both are kept in conflict-* files. Others: they could not be kept.
enum result held_advance(struct held *held, const struct spool *spool, const struct log_keys *keys,
			 const struct replies *replies, enum proof_check *ret_check) KNP_MUST_CHECK;

// The same without holding it: under keys of the log that the register may not have yet.
struct held_proof {
	enum proof_check check;
	struct checkpoint checkpoint; // of the answer
	bool same;                    // as the one that is held
};
enum result held_compare(struct held *held, const struct spool *spool, const struct log_keys *keys,
			 const struct replies *replies,
			 struct held_proof *ret_proof) KNP_MUST_CHECK;

// What is held is of what a herstel says is lost: it is kept as <spool>/verloren-<size>, and the
// head that the log went on from is held instead, without a note, until an answer shows that its
// checkpoint extends that.
enum result held_rewind(struct held *held, const struct spool *spool, uint64_t size,
			const struct hash *root) KNP_MUST_CHECK;
// Writes <spool>/checkpoint unless it is there.
enum result held_save(struct held *held, const struct spool *spool) KNP_MUST_CHECK;
// It was made durable elsewhere.
void held_lies_in(struct held *held, enum held_place place);
// Holds a checkpoint that lay in an inbox or with receipts, where only verified ones do, when it is
// newer.
enum result held_recall(struct held *held, const struct log_keys *keys, struct bytes note,
			enum held_place place) KNP_MUST_CHECK;

#endif

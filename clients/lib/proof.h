// SPDX-License-Identifier: EUPL-1.2
// Verification of what the knooppunt answers: pure, so that each check can be shown to refuse. A
// client believes nothing but what is proven here from the pinned genesis, the register it folded
// itself and the checkpoint it holds.
#ifndef KNP_LIB_PROOF_H
#define KNP_LIB_PROOF_H

#include "register/register.h"
#include "tree/note.h"
#include "wire/batch.h"
#include "wire/entry.h"

// The checks, in the order in which they are made; each names what did not hold.
enum proof_check {
	PROOF_FINE = 0,
	// of every answer
	PROOF_CHECKPOINT,  // the note is not signed by the log key of genesis
	PROOF_CONSISTENCY, // it does not extend the checkpoint that is held
	// of every leaf
	PROOF_ENTRY,         // the entry has not its form, or is of a class that cannot hold this
	PROOF_VECTOR,        // the vector is not the one the entry commits to
	PROOF_OPENING,       // the part is not in the vector
	PROOF_INCLUSION,     // the entry is not in the tree of the checkpoint
	PROOF_REGISTER_HEAD, // the entry names another register than the one that was in force
	PROOF_STALE,         // it names a register leaf that we do not have: sync, then ask again
	PROOF_PART,          // the part has not its form, or is of another kind
	PROOF_ORIGIN,        // the part belongs to another log
	PROOF_OEFENING,      // the part and genesis differ on being an oefening
	// of a receipt
	PROOF_SOURCE,
	PROOF_ID,
	PROOF_HEADER_HASH, // it is about another statement
	PROOF_OUTCOME,     // the answer says something else than the log
	// of a delivery
	PROOF_ONTVANGER,         // meant for another OIN or functie
	PROOF_NUMBER,            // not the next one: something is missing or comes twice
	PROOF_GELDIG,            // it lapsed already: it should have been held back
	PROOF_VERVALLEN,         // gives nothing by its soort, and carries content
	PROOF_SENDER,            // herkomst neither shown nor withheld
	PROOF_SIGNER,            // the signer's key is not in the register, or is another party's
	PROOF_SIGNER_KEY_PERIOD, // the signer's key was not in force at the entry of the melding
	PROOF_SIGNATURE,         // the sender's signature does not hold
	PROOF_HEADER,            // not a melding of the signer to this knooppunt and log
	PROOF_SENDER_HEAD,       // the log does not extend the checkpoint that the sender saw
	PROOF_SLOTS_VECTOR,      // the slots are not those that the sender signed
	PROOF_SLOTS_LIST,        // other slots are opened than the part says
	PROOF_SLOTS_OPENING,     // a rubriek is not what the sender committed to
	PROOF_VERRIJKING,        // what the knooppunt adds is not what the part commits to
	PROOF_RUBRIEK,           // a rubriek has not its form, or is stated by the wrong side
	PROOF_GROND,             // a rubriek is given under no regel
};
#define PROOF_CHECK_COUNT (PROOF_GROND + 1)

// "inclusion", and one English sentence; never NULL for a check of the list.
const char *proof_check_name(enum proof_check check);
const char *proof_check_text(enum proof_check check);

// Where each register leaf stands, in order: which one an entry must name.
struct chain_link {
	uint64_t index;
	struct hash hash;
};
struct chain {
	struct chain_link *links;
	size_t count;
};

// What proofs are made against.
struct proof_base {
	const struct registry *reg;
	const struct chain *chain;
	const struct checkpoint *checkpoint; // verified and consistent with what is held
	struct arena *arena;                 // for what is decoded
	struct batch_seen *seen; // senders' signatures that held; NULL: none is remembered
};

struct proven_leaf {
	struct entry entry;
	struct hash hash;      // the leaf in the tree
	struct part part;      // on the arena
	struct hash part_hash; // SHA-256 of the exact part
};
enum proof_check proof_leaf(const struct proof_base *base, const struct leaf *leaf,
			    struct proven_leaf *ret_leaf) KNP_MUST_CHECK;

// The receipt of a statement of ours.
struct receipt_claim {
	const struct statement *statement;
	const struct hash *header_hash;
	uint32_t outcome, reason; // as the reply says
};
enum proof_check proof_receipt(const struct proof_base *base, const struct leaf *receipt,
			       const struct receipt_claim *claim,
			       struct proven_leaf *ret_leaf) KNP_MUST_CHECK;

// A delivery taken apart; views of the delivery and of the arena.
struct delivered {
	const struct delivery *delivery;
	const struct part_verstrekking *part;
	struct hash part_hash; // SHA-256 of the exact part: an ack names it
	bool has_sender;
	struct statement header;
	struct rubriek *rubrieken; // opened slots, then verrijkingen
	size_t rubriek_count, from_sender;
};
// Takes it apart and verifies nothing. PROOF_PART, PROOF_HEADER or PROOF_RUBRIEK when it cannot be.
enum proof_check delivered_read(const struct delivery *delivery, struct arena *arena,
				struct delivered *ret_delivered) KNP_MUST_CHECK;

// Every check of a delivery to (oin, functie) that must have this number; takes it apart on the
// arena of `base`.
struct delivery_claim {
	const struct oin *oin;
	const char *functie;
	uint64_t number; // or, after a herstel, the first that begins after it
	int64_t now;     // wall time in milliseconds
};
enum proof_check proof_delivery(const struct proof_base *base, const struct delivery *delivery,
				const struct delivery_claim *claim,
				struct delivered *ret_delivered) KNP_MUST_CHECK;

#endif

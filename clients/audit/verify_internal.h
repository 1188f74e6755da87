// SPDX-License-Identifier: EUPL-1.2
// Shared by the files of the verifier only.
#ifndef KNP_AUDIT_VERIFY_INTERNAL_H
#define KNP_AUDIT_VERIFY_INTERNAL_H

#include "audit/verify.h"
#include "register/register.h"
#include "tree/policy.h"
#include "tree/tiler.h"
#include "wire/chain.h"

#define ENTRY_IN_BUNDLE (2 + ENTRY_LEN)
#define LEVEL_ENTRIES (-1)

// The first difference of its kind.
struct finding {
	bool found;
	int level; // of the tile's name; LEVEL_ENTRIES for a bundle
	uint64_t tile;
	unsigned width;
	uint64_t index, offset;
	const char *what;
};

// A leaf of the register that lies beside the export.
struct shown_leaf {
	uint64_t index;
	struct hash hash;
};

// A checkpoint that the log must contain.
struct seen {
	bool has;
	bool ties; // whatever changed the key of the log since is an entry behind it
	struct checkpoint checkpoint;
	struct hash root; // what the entries make of the first checkpoint.size of them
};

struct verifier {
	const struct verify_options *options;
	struct verify_outcome outcome;
	struct vkey vkey;         // as given, or of the genesis given, or as the folder says
	struct log_keys keys;     // of the log
	struct registry reg;      // of the folder, where it has one
	struct shown_leaf *shown; // its leaves, of which the first shown_next were found
	size_t shown_count, shown_next;
	bool is_claimed; // vkey was given, by itself or in a policy: the log must be tied to it
	struct policy policy;
	bool has_genesis;
	struct hash genesis; // leaf hash of the one that was given
	struct buffer note;  // the checkpoint, verbatim
	struct checkpoint checkpoint;
	struct seen last;
	struct seen kept;        // that of the state
	bool kept_extended;      // the folder's checkpoint is proven to extend it
	struct buffer kept_note; // verbatim
	struct frontier from;    // where to begin: a whole number of bundles, or nothing
	struct hash edge;        // a root that the state says, at the size of edge_size;
	uint64_t edge_size;      // 0: none
	bool edge_differs;
	struct buffer file; // the one being looked at
	struct buffer tile; // the hash tile beside it
	struct entry_chain chain;
	struct tiler tiler;
	struct finding misfit; // an entry that does not follow on the one before it
	struct finding leaf;   // a leaf hash that its level 0 tile does not have
	struct finding node;   // the same above level 0
};

// All functions return RESULT_DAMAGED with the outcome filled when the log is not intact.

// Says what is wrong with a whole file.
enum result verify_report(struct verifier *verifier, const char *file, const char *what);
enum result verify_report_finding(struct verifier *verifier, const struct finding *finding);
// Reads a file of the folder; RESULT_NOT_FOUND, RESULT_TOO_LARGE beyond `ceiling`, or what it could
// not be looked at for.
enum result verify_read(struct verifier *verifier, const char *name, size_t ceiling,
			struct buffer *ret_content) KNP_MUST_CHECK;
// The same of a tile, of the folder or of the source; `index` and `width` of tile_name().
enum result verify_read_tile(struct verifier *verifier, const struct finding *where, size_t ceiling,
			     struct buffer *ret_content) KNP_MUST_CHECK;

size_t verify_first_difference(struct bytes a, struct bytes b);

// verify_register.c: the register of the folder, if there is one, and the keys of the log by it;
// the genesis that was given; an entry against what these two say it is.
enum result verify_register(struct verifier *verifier) KNP_MUST_CHECK;
enum result verify_genesis(struct verifier *verifier) KNP_MUST_CHECK;
enum result verify_shown(struct verifier *verifier, uint64_t index,
			 const struct hash *leaf) KNP_MUST_CHECK;

// Is a checkpoint that does not count one of what a herstel says is lost? Says so, with the entry
// of that; else `what`.
enum result verify_report_lost(struct verifier *verifier, const char *path, struct bytes note,
			       const char *what);
// The entries so far against a herstel that stands at `index`: it names their root.
enum result verify_herstel(struct verifier *verifier, uint64_t index) KNP_MUST_CHECK;

// verify_heads.c: the key, the checkpoint of the folder, the checkpoint seen before.
enum result verify_heads(struct verifier *verifier) KNP_MUST_CHECK;
// True when the very key that was given signed this checkpoint, and genesis lies in it: a log that
// extends it has the roles that may change the key.
bool verify_ties(const struct verifier *verifier, struct bytes note);
// verify_policy.c: the policy that was given; notes whether a checkpoint of so many entries carries
// the cosignatures of its quorum; whether one did.
enum result verify_policy(struct verifier *verifier) KNP_MUST_CHECK;
void verify_cosigned(struct verifier *verifier, struct bytes note, uint64_t size);
enum result verify_quorum(struct verifier *verifier) KNP_MUST_CHECK;
// verify_tiles.c: walks all bundles and tiles and keeps the first finding of each kind; a missing
// file or one of a wrong length ends it.
enum result verify_tiles(struct verifier *verifier) KNP_MUST_CHECK;

// A checkpoint against the entries so far.
void verify_mark(struct seen *seen, const struct frontier *frontier);
bool verify_is_extended(const struct seen *seen);

// verify_state.c: reads the state file, if one is named and there; writes it.
enum result verify_state_load(struct verifier *verifier) KNP_MUST_CHECK;
enum result verify_state_keep(struct verifier *verifier) KNP_MUST_CHECK;

// verify_resume.c: puts the tiler and the chain where the state says that they were, from the
// folder, and proves from it what stands before that: the genesis, leaves of the register and
// checkpoints seen. RESULT_DAMAGED when anything of it does not lead to the state's own hashes.
enum result verify_resume(struct verifier *verifier) KNP_MUST_CHECK;
// Whether the tiles of the folder prove that its checkpoint extends an earlier one, of no more
// entries.
bool verify_head_extends(struct verifier *verifier, const struct checkpoint *before);

#endif

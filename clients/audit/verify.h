// SPDX-License-Identifier: EUPL-1.2
// Verification of a log with nothing but its entries and hashes, the log's vkey and, when there is
// one, a checkpoint seen before: offline of an exported log (a tlog-tiles directory), or of one
// that is read piece by piece from elsewhere. Fails, naming what and where, on a changed byte, a
// missing or truncated tile, a missing signature, a gap, an entry out of order, and a log that does
// not extend the checkpoint it saw before.
//
// A log whose key changed has its register in the folder too: the keys are those that two roles
// brought and ended there, and each checkpoint must be signed by the newest one at its size.
//
// Everything is recomputed from the entries: whether these lead to the signed root tells whose
// fault a difference is, the entry's or the tile's. The memory used does not depend on the log's
// size.
//
// With a state file it goes on from where an earlier run was. The hashes of the tree's right edge
// stand in the state; with the new entries they must lead to the signed root, so that nothing of
// the old part can be another than it was then without that being found, except on this disk: the
// old entries and tiles are not read again, but for the hashes that the new part builds on. When
// those, or what the state says, do not lead to the signed root, all is read again, which names
// what is wrong and where.
#ifndef KNP_AUDIT_VERIFY_H
#define KNP_AUDIT_VERIFY_H

#include "tree/note.h"

#include <signal.h>

#define VERIFY_KEEP_EVERY 65536 // entries, after which the state is written

// Where the log is read from when it lies in no folder.
struct verify_source {
	struct bytes note; // the checkpoint to verify
	// The keys of its log, by a register whose leaves were proven to lie in the log already.
	const struct log_keys *keys;
	// One file of it (tree/tiles.h; level below 0: entries) into the empty `ret_tile`.
	// RESULT_NOT_FOUND: it has no such file. Another result ends the verification with it.
	enum result (*tile)(void *context, int level, uint64_t index, unsigned width,
			    struct buffer *ret_tile);
	void *context;
};

struct verify_options {
	const char *folder;                 // NULL with a source
	const struct verify_source *source; // NULL: the folder
	// NULL: the key that genesis_file names; without both <folder>/log.vkey, which proves
	// nothing about whose log it is. When given, a log.vkey in the folder must say the same.
	const char *vkey_file;
	// NULL, or the genesis file that the house handed out: entry 0 must be that of it. When the
	// log has another key by now than vkey_file says, the acts that changed it must be tied to
	// this very log: by genesis, or by a checkpoint seen before that the key of vkey_file
	// itself signed. One that only a later key signed ties nothing, whoever kept it.
	const char *genesis_file;
	// NULL, or a checkpoint note to extend; replaced by the new one when that is fine. A file
	// that is not there yet is made, and nothing was extended.
	const char *last_file;
	// NULL, or the file in which it stands how far this log was verified (tree/verified.h):
	// written each VERIFY_KEEP_EVERY entries, when stopped, and at the end of an intact log.
	// The checkpoint in it gives way before that end only to one that is proven to extend it.
	const char *state_file;
	// NULL, or whose cosignatures are asked for (tree/policy.h): the checkpoint itself must
	// carry those of the quorum, or that of last_file, which the log then extends. Its logs
	// must name a key of this log, the first of which is the one to begin with when no other is
	// given.
	const char *policy_file;
	bool whole; // read all, whatever the state says; its checkpoint must be extended as ever
	// NULL, or looked at after each bundle of 256: other than 0 stops.
	const volatile sig_atomic_t *stop;
	// NULL, or told how many entries of how many were looked at: after each bundle of 256.
	void (*progress)(void *context, uint64_t done, uint64_t all);
	void *progress_context;
};

enum verify_state {
	VERIFY_STATE_NONE,    // no file was named, or it is not there yet
	VERIFY_STATE_USED,    // went on from it, or found all read
	VERIFY_STATE_WHOLE,   // passed over, as asked
	VERIFY_STATE_DAMAGED, // it cannot be read, or contradicts itself: all was read
	VERIFY_STATE_ANEW,    // it, or what lies in the folder, led to another root: all was read
};

struct verify_outcome {
	bool intact;
	uint64_t size; // of the signed checkpoint, as is root; 0 when there is none
	struct hash root;
	// Genesis says that it is an oefening: the genesis that was given, or that of the register
	// in the folder. Entries alone do not tell: false without both.
	bool oefening;
	bool other_key; // the log has another key by now than vkey_file says, and it is tied to it
	bool extends;   // a checkpoint seen before, of last_file or the state, is extended
	bool cosigned;  // with a policy: the first cosigned_size entries are under its quorum
	uint64_t cosigned_size;
	enum verify_state state;
	uint64_t from, read; // the first entry that was read and how many, in the run that tells
	char what[200];      // when not intact: what is wrong
	bool has_index;
	uint64_t index;  // of the entry, or of the hash in its level of tiles
	char file[160];  // relative to the folder; last_file as given, cut to fit
	bool has_offset; // false when the file is missing, or signed as a whole
	uint64_t offset; // in that file, of the first wrong byte: exact in a tile, and in an entry
			 // where its own shape or order tells; else where the entry begins
};

// RESULT_OK with the outcome filled (intact or not); RESULT_AGAIN, the outcome filled too, when it
// was stopped. When it could not be looked at:
// RESULT_NOT_FOUND (folder, vkey_file, genesis_file or policy_file), RESULT_CONFIG (those, or
// last_file is not what it should be), RESULT_CONFLICT (state_file is of another log, and is left
// as it is), RESULT_DENIED, RESULT_IO, RESULT_FULL (last_file or state_file could not be replaced),
// RESULT_NO_MEMORY; the outcome is then untouched.
enum result verify_log(const struct verify_options *options,
		       struct verify_outcome *ret_outcome) KNP_MUST_CHECK;

#endif

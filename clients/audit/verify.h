// SPDX-License-Identifier: EUPL-1.2
// Offline verification of an exported log (a tlog-tiles directory) with nothing but the directory,
// the log's vkey and, when there is one, a checkpoint seen before. Fails, naming what and where, on
// a changed byte, a missing or truncated tile, a missing signature, a gap, an entry out of order,
// and a log that does not extend the checkpoint it saw before.
//
// A log whose key changed has its register in the folder too: the keys are those that two roles
// brought and ended there, and each checkpoint must be signed by the newest one at its size.
//
// Everything is recomputed from the entries: whether these lead to the signed root tells whose
// fault a difference is, the entry's or the tile's. The memory used does not depend on the log's
// size.
#ifndef KNP_AUDIT_VERIFY_H
#define KNP_AUDIT_VERIFY_H

#include "tree/note.h"

struct verify_options {
	const char *folder;
	// NULL: <folder>/log.vkey, which proves nothing about whose log it is. When given, a
	// log.vkey in the folder must say the same.
	const char *vkey_file;
	// NULL, or the genesis file that the house handed out: entry 0 must be that of it. Needed
	// when the log has another key by now than vkey_file says and no checkpoint was seen
	// before, for only these two tie the acts that changed the key to this very log.
	const char *genesis_file;
	// NULL, or a checkpoint note to extend; replaced by the new one when that is fine. A file
	// that is not there yet is made, and nothing was extended.
	const char *last_file;
	// NULL, or told how many entries of how many were looked at: after each bundle of 256.
	void (*progress)(void *context, uint64_t done, uint64_t all);
	void *progress_context;
};

struct verify_outcome {
	bool intact;
	uint64_t size; // of the signed checkpoint, as is root; 0 when there is none
	struct hash root;
	// Genesis says that it is an oefening: the genesis that was given, or that of the register
	// in the folder. Entries alone do not tell: false without both.
	bool oefening;
	bool extends;   // a checkpoint seen before was given and is extended
	char what[160]; // when not intact: what is wrong
	bool has_index;
	uint64_t index;  // of the entry, or of the hash in its level of tiles
	char file[160];  // relative to the folder; last_file as given, cut to fit
	bool has_offset; // false when the file is missing, or signed as a whole
	uint64_t offset; // in that file, of the first wrong byte: exact in a tile, and in an entry
			 // where its own shape or order tells; else where the entry begins
};

// RESULT_OK with the outcome filled (intact or not). When it could not be looked at:
// RESULT_NOT_FOUND (folder, vkey_file or genesis_file), RESULT_CONFIG (vkey_file, genesis_file or
// last_file is not what it should be), RESULT_DENIED, RESULT_IO, RESULT_FULL (last_file could not
// be replaced), RESULT_NO_MEMORY; the outcome is then untouched.
enum result verify_export(const struct verify_options *options,
			  struct verify_outcome *ret_outcome) KNP_MUST_CHECK;

#endif

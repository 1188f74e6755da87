// SPDX-License-Identifier: EUPL-1.2
// Offline verification of an exported log (a tlog-tiles directory) with nothing but the directory,
// the log's vkey and, when there is one, a checkpoint seen before. Fails, naming what and where, on
// a changed byte, a missing or truncated tile, a missing signature, a gap, an entry out of order,
// and a log that does not extend the checkpoint it saw before.
#ifndef KNP_AUDIT_VERIFY_H
#define KNP_AUDIT_VERIFY_H

#include "tree/note.h"

struct verify_options {
	const char *folder;
	const char
		*vkey_file; // NULL: <folder>/log.vkey, which proves nothing about whose log it is
	const char *last_file; // NULL, or a checkpoint note to extend; replaced by the new one when
			       // fine
};

struct verify_outcome {
	bool intact;
	uint64_t size;
	struct hash root;
	bool extends;   // a checkpoint seen before was given and is extended
	char what[160]; // when not intact: what is wrong
	bool has_index;
	uint64_t index; // of the entry or hash
	char file[160]; // relative to the folder
	bool has_offset;
	uint64_t offset; // in that file
};

// RESULT_OK with the outcome filled (intact or not); RESULT_NOT_FOUND, RESULT_IO, RESULT_CONFIG
// when it could not be looked at.
enum result verify_export(const struct verify_options *options,
			  struct verify_outcome *ret_outcome) KNP_MUST_CHECK;

#endif

// SPDX-License-Identifier: EUPL-1.2
// A receipt as a file: a C2SP tlog-proof that any tool can check, whose "extra" line carries what
// the leaf was made of: entry (80) || vector (1,024) || u32be position || salt (32) || part.
#ifndef KNP_LIB_RECEIPT_H
#define KNP_LIB_RECEIPT_H

#include "tree/note.h"
#include "wire/part.h"

// Appends the text for a proven leaf under `note`.
enum result receipt_format(const struct leaf *leaf, struct bytes note,
			   struct buffer *out) KNP_MUST_CHECK;

// A receipt read back and verified again, but for the register; decoded part on the arena.
struct receipt {
	uint64_t index;
	struct checkpoint checkpoint;
	struct part part;
};
// RESULT_DAMAGED when it does not verify (any more).
enum result receipt_parse(struct bytes text, const struct log_keys *keys, struct arena *arena,
			  struct receipt *ret_receipt) KNP_MUST_CHECK;

// The checkpoint note at the end of a receipt's text, nothing verified; empty when there is none.
struct bytes receipt_note(struct bytes text);

#endif

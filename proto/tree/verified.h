// SPDX-License-Identifier: EUPL-1.2
// What a verifier keeps of a log between two runs: how far its entries were verified, and the
// newest checkpoint that the log must contain. A text file of the verifier's own host:
//
//	knooppunt-verified/1 <base64 of the SHA-256 of all that follows this line>
//	<entries verified, decimal>
//	<base64 of each peak of the tree of those, the largest subtree first>
//	<empty line>
//	<the checkpoint, a signed note, verbatim to the end>
//
// The hash finds what a disk did to it; against who writes in it stand the signature of the note
// and the root of the next checkpoint, to which the peaks must lead.
#ifndef KNP_TREE_VERIFIED_H
#define KNP_TREE_VERIFIED_H

#include "tree/note.h"

#define VERIFIED_MAX (CHECKPOINT_MAX + 4096)

struct verified {
	struct frontier frontier;
	struct bytes note; // a view, 1..CHECKPOINT_MAX bytes
};

// Appends the text to `out`, whose status tells when it does not fit.
void verified_format(const struct verified *verified, struct buffer *out);
// Reads exactly what verified_format() writes; the note is a view into `text` and not verified yet.
// RESULT_UNSUPPORTED (another version), RESULT_DAMAGED (another hash), RESULT_MALFORMED.
enum result verified_parse(struct bytes text, struct verified *ret_verified) KNP_MUST_CHECK;

#endif

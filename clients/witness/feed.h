// SPDX-License-Identifier: EUPL-1.2
// Brings the checkpoint of an export to the witnesses of a policy and their cosignatures back into
// it: off the path of meldingen, by whoever has the export.
#ifndef KNP_WITNESS_FEED_H
#define KNP_WITNESS_FEED_H

#include "base/problem.h"

struct feed_outcome {
	unsigned asked, signed_by; // witnesses
	bool is_met;               // the quorum of the policy
	// A witness that has cosigned what this log does not lead from: its name, what it said, and
	// that it is evidence. "": none.
	char contradicts[400];
	char silent[400]; // the last one that could not be asked, and why; "": none
};

// Files `checkpoint` and tile/… of the folder; the checkpoint is replaced by itself with the new
// cosignatures. RESULT_CONFIG: folder or policy cannot be used, `problem` says why. RESULT_IO.
enum result witness_feed(const char *folder, const char *policy, struct feed_outcome *ret_outcome,
			 struct problem *problem) KNP_MUST_CHECK;

#endif

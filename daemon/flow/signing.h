// SPDX-License-Identifier: EUPL-1.2
// The keys of the log that sign its checkpoints: those that the register has in force at the size
// of the checkpoint, two while the key changes (proto/register/huissleutel.h).
#ifndef KNP_FLOW_SIGNING_H
#define KNP_FLOW_SIGNING_H

#include "flow/own_keys.h"
#include "tree/note.h"

struct signing {
	struct own_keys own;
	struct log_keys keys; // of the log, as the register has them
};

// Signs under the keys of this register from here on. RESULT_NOT_FOUND: one that is in force is not
// held, and the problem says so (NULL: not said); nothing has changed then.
enum result signing_follow(struct signing *signing, const struct registry *reg,
			   struct problem *problem) KNP_MUST_CHECK;
// Appends the note of a checkpoint with the signature of each key that counts at its size.
enum result signing_note(const struct signing *signing, const struct checkpoint *checkpoint,
			 struct buffer *out) KNP_MUST_CHECK;
// The newest key of the log: what readers are told.
const struct vkey *signing_vkey(const struct signing *signing);

#endif

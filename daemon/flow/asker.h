// SPDX-License-Identifier: EUPL-1.2
// Who waits for the answer to a vraag that is recorded (type_vraag.c), and the answer
// (acknowledge.c).
#ifndef KNP_FLOW_ASKER_H
#define KNP_FLOW_ASKER_H

#include "ipc/frames.h"
#include "melding/reason.h"
#include "wire/message.h"

struct core;

struct asker {
	struct route route;
	struct key_id sealing_id;
	struct head held;
	struct hash about;
	uint64_t index;
};

// The answer to a vraag, beside the receipt of its entry; nothing but the receipt to a key that was
// revoked meanwhile.
enum result flow_answer_vraag(struct core *core, const struct asker *asker,
			      struct bytes told) KNP_MUST_CHECK;
// The lines of an answer that tells nothing, and why.
void answer_none(enum reason reason, struct buffer *told);

#endif

// SPDX-License-Identifier: EUPL-1.2
// Inside daemon/core only: convenanten that are not in force and were loaded to answer a question,
// kept for the next stretch of it, so that a long one does not parse the same document each time.
#ifndef KNP_CORE_KEPT_H
#define KNP_CORE_KEPT_H

#include "core/core.h"

// The convenant with this hash: in force, kept, or from the journal and kept from now on. Valid
// until two others were asked for. RESULT_NOT_FOUND, RESULT_CONFIG, RESULT_NO_MEMORY.
enum result kept_convenant(struct core *core, const struct hash *hash,
			   const struct convenant **ret_convenant) KNP_MUST_CHECK;
// The code tables with this hash: those of now, or from the journal and kept until others are asked
// for. RESULT_NOT_FOUND, RESULT_DAMAGED, RESULT_NO_MEMORY.
enum result kept_codes(struct core *core, const struct hash *hash,
		       const struct codes **ret_codes) KNP_MUST_CHECK;
// Takes over one that is in no log.
void kept_put(struct core *core, struct convenant *convenant);
// One that was put and is still there; NULL.
const struct convenant *kept_find(const struct core *core, const struct hash *hash);
void kept_free(struct core *core);

#endif

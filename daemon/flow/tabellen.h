// SPDX-License-Identifier: EUPL-1.2
// The code tables as decisions use them: which rows count, and that the log has the tables by which
// something was decided, so that why and replay use those of then.
#ifndef KNP_FLOW_TABELLEN_H
#define KNP_FLOW_TABELLEN_H

#include "flow/flow.h"

// Once tables, journal and register are open.
enum result tabellen_begin(struct core *core) KNP_MUST_CHECK;
// The rows that count at a moment; NULL: all there are, for in an oefening they do.
const struct codes_set *tabellen_geldend(const struct core *core, int64_t now);
// The entry of a decision brings the document of the tables with it, until the journal has it.
void tabellen_bring(const struct core *core, struct record_request *request);
// The batch is on disk.
void tabellen_durable(struct core *core);

#endif

// SPDX-License-Identifier: EUPL-1.2
// The code tables as decisions use them: which rows count, and that the log has the tables by which
// something was decided, so that why and replay use those of then.
#ifndef KNP_FLOW_TABELLEN_H
#define KNP_FLOW_TABELLEN_H

#include "flow/flow.h"

// Once tables, journal, state and register are open.
enum result tabellen_begin(struct core *core) KNP_MUST_CHECK;
// The rows that count at a moment; NULL: all there are, for in an oefening they do.
const struct codes_set *tabellen_geldend(const struct core *core, int64_t now);
// Those that would in earnest: confirmed, or accepted until a day that is not past.
const struct codes_set *tabellen_aanvaard(const struct core *core, int64_t now);
bool tabellen_is_accepted(const struct core *core, int64_t now); // some are, until such a day
// Whether they were changed, and so short ago that it is told (of the last TABELLEN_LOOK_BACK
// entries).
#define TABELLEN_LOOK_BACK 4096
bool tabellen_is_changed(const struct core *core, int64_t now);
// Takes the newest acceptatie of the log over (acceptatie.c).
enum result tabellen_accept(struct core *core) KNP_MUST_CHECK;
// The entry of a decision brings the document of the tables with it, until the journal has it.
void tabellen_bring(const struct core *core, struct record_request *request);
// The batch is on disk.
void tabellen_durable(struct core *core);

#endif

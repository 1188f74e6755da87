// SPDX-License-Identifier: EUPL-1.2
// Inside core/ only: compaction. The log is written anew without what the database freed and
// without the sealed rows of what was erased, verified, and put in place of the old one; what is
// derived is made anew under new keys, so that what lies about of the old state leads to nobody
// (design P6, §7). Entries, tree and checkpoint stay what they are, and the guard as well.
//
// Core that runs is asked for it, ends, and is started by the parent to do only that, once no
// reader is left (parent/process.h); the next one then makes state again and takes statements. What
// partners send meanwhile waits, and beyond their credit gets the hint *again*.
//
//   data/compact      the new log while it is written; after the exchange the old one, and then the
//                     old state, until each is overwritten and removed. What a core finds there
//                     when it starts was left by one that was cut off, and goes the same way.
//   data/compacted    what came of it: last, log_before, log_after (bytes), gone (rows); and of one
//                     after that which was not done: failed, why, at (or begun: it was cut off)
#ifndef KNP_CORE_COMPACT_H
#define KNP_CORE_COMPACT_H

#include "core/command.h"
#include "core/core.h"

// Overwrites and removes what one that was cut off left, once it is sure that this is not the log:
// where that cannot be synced nothing of it is touched. RESULT_IO, RESULT_DENIED.
enum result compact_clear(const struct settings *settings) KNP_MUST_CHECK;
// What a core that was started for it does, after core_open(). Whatever comes of it is recorded and
// logged, and core can only be closed then. Until the exchange nothing in use is touched; from then
// on what is left to do is not what anything rests on.
void core_compact(struct core *core);

// "compact": refused when it could not be done, else core ends for it. "compacted": what came of
// the last one.
void command_compact(struct core *core, const struct control_message *ask, struct buffer *out);
void command_compacted(struct core *core, const struct control_message *ask, struct buffer *out);
// "compact last=<when|never> log_before=N log_after=N gone=N [failed=<when> why=<reason>
// at=<step>]" of status.
void compact_tell(const struct core *core, struct buffer *out);

#endif

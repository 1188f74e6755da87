// SPDX-License-Identifier: EUPL-1.2
// Inside core/ only: the steps of opening that core and the reader share. Each fills `problem` when
// it fails, but for opening_time().
#ifndef KNP_CORE_OPENING_H
#define KNP_CORE_OPENING_H

#include "core/core.h"

#define MIB (1024u * 1024u)
#define COMMAND_ARENA (64 * MIB)

// Says what is wrong with a file, and gives `result` back. What the machine refused (no memory, no
// room, an error of the disk) is that, whatever `reason` says.
enum result opening_fail(struct problem *problem, enum result result, enum reason reason,
			 const char *file, const char *what);
// The same of a step that failed, unless it said so itself.
enum result opening_named(struct problem *problem, enum result result, const char *file,
			  const char *what) KNP_MUST_CHECK;
enum result opening_codes(const struct settings *settings, struct codes **ret_codes,
			  struct problem *problem) KNP_MUST_CHECK;
// The genesis file must be of this very log.
enum result opening_genesis(struct core *core, const struct core_paths *paths,
			    struct problem *problem) KNP_MUST_CHECK;
enum result opening_register(struct core *core, struct problem *problem) KNP_MUST_CHECK;
// The time of the newest entry, and the clock beside it.
enum result opening_time(struct core *core) KNP_MUST_CHECK;
// State must be of this very log: rows that point into another would hand out what is another's.
bool opening_state_is_ours(struct core *core);

#endif

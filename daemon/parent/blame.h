// SPDX-License-Identifier: EUPL-1.2
// Inside daemon/parent only: whose frames killed openers (design §3). After the second time a
// partner's frames go to an opener of their own, which is started again after pauses that grow from
// a second to five minutes, until the beheerder releases the partner. Nobody else waits. It is kept
// as long as the parent lives; after that the partner is met without prejudice.
#ifndef KNP_PARENT_BLAME_H
#define KNP_PARENT_BLAME_H

#include "parent/parent.h"

// Makes what parent, gate and openers share; the descriptors lie at ROLE_FDS or above.
enum result blame_start(struct parent *parent) KNP_MUST_CHECK;
void blame_done(struct parent *parent);
// An opener ended with this wait status. SIGKILL and SIGTERM come from outside and are nobody's.
void blame_opener(struct parent *parent, const struct child *child, int status);
// The opener of partners that are apart: the last.
bool blame_is_apart(const struct parent *parent, const struct child *child);
// Whether this opener should run now.
bool blame_wants(const struct parent *parent, const struct child *child);
// How long it pauses after it ended.
int64_t blame_pause(struct parent *parent);
// False when this partner is not apart.
bool blame_release(struct parent *parent, const struct oin *oin);
// Adds a line "apart" and an alarm for each partner that is.
void blame_append(const struct parent *parent, struct buffer *out);

#endif

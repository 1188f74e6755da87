// SPDX-License-Identifier: EUPL-1.2
// Inside daemon/parent only: processes that do not get on (ipc/pulse.h). One that is silent for the
// time of the settings is killed, and so starts again; what an opener had in hand then is blamed as
// if it had killed it.
#ifndef KNP_PARENT_HANG_H
#define KNP_PARENT_HANG_H

#include "parent/parent.h"

enum result hang_start(struct parent *parent) KNP_MUST_CHECK;
void hang_done(struct parent *parent);
// A child is about to start.
void hang_forget(struct parent *parent, struct child *child);
// At every turn of the parent's loop.
void hang_look(struct parent *parent);
// False when core runs and has not turned since the service manager was told last.
bool hang_core_turns(const struct parent *parent);

#endif

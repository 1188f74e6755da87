// SPDX-License-Identifier: EUPL-1.2
// Inside daemon/parent only: settings that change while the daemon runs. All processes look at one
// page of memory that the parent alone can write; of it only numbers and choices that the table of
// options marks reloadable change. The file is read by knooppuntctl, which brings what changed, or
// on SIGHUP by a child of the parent: that one logs what came of it.
#ifndef KNP_PARENT_RELOAD_H
#define KNP_PARENT_RELOAD_H

#include "parent/parent.h"

// Makes the page, from parent->settings; its descriptor lies at ROLE_FDS or above.
enum result reload_start(struct parent *parent) KNP_MUST_CHECK;
void reload_done(struct parent *parent);
// Before a child starts: what it is to see.
void reload_publish(struct parent *parent);
// "settings": a line "<name> <value>" for each option as it is in force.
void reload_tell(const struct parent *parent, struct buffer *out);
// "reload" and lines "<name> <value>": all of them count, or none does. The answer goes into `out`.
void reload_take(struct parent *parent, struct bytes request, struct buffer *out);
// SIGHUP: takes over what changed in the file and may change. Every other change is logged and
// kept for a restart; a file with a fault, or that cannot be read, changes nothing.
void reload_read(struct parent *parent);

#endif

// SPDX-License-Identifier: EUPL-1.2
// Statements to a log that a herstel took the place of.
#ifndef KNP_FLOW_LOST_H
#define KNP_FLOW_LOST_H

struct core;
struct flow_item;

// Refuses what names an entry of a predecessor that is lost: it must not be taken for about the
// entry that has that index now. Whoever said it says it again, of the melding that it was about.
void lost_settle(const struct core *core, struct flow_item *item);

#endif

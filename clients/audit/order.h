// SPDX-License-Identifier: EUPL-1.2
// Inside clients/audit only: orders that two roles sign, as texts that both can read.
#ifndef KNP_AUDIT_ORDER_H
#define KNP_AUDIT_ORDER_H

#include "desk/desk.h"
#include "register/register.h"

// Which entry the melding with this id has (of --source, when given), and its header hash: the
// other fields stay. 0, or the exit code after telling what was wrong.
int order_melding(struct desk *desk, const char *id, struct wissing_opdracht *ret_opdracht);
// Signs the text as an act of this soort and proposes it; tells its hash, and how the other role
// approves it. An exit code.
int order_propose(struct desk *desk, const char *soort, struct bytes text);

#endif

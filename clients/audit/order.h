// SPDX-License-Identifier: EUPL-1.2
// Inside clients/audit only: orders that two roles sign, as texts that both can read.
#ifndef KNP_AUDIT_ORDER_H
#define KNP_AUDIT_ORDER_H

#include "control/control.h"
#include "desk/desk.h"
#include "register/register.h"

// What goes with the content of a statement: its type, "" when the daemon does not say; and the
// entry of the melding it is about, 0 of a melding itself.
struct order_goes {
	char wat[40];
	uint64_t over;
};

// Which entry the statement with this id has (of --source, when given), and its header hash: the
// other fields stay. 0, or the exit code after telling what was wrong.
int order_melding(struct desk *desk, const char *id, struct wissing_opdracht *ret_opdracht,
		  struct order_goes *ret_goes);
// The same of the lines of an answer up to the next "object": an answer, or the proposal at `at`.
void order_read_goes(const struct control_message *message, size_t at, struct order_goes *ret_goes);
// Value of such a line, "" when there is none.
struct bytes order_value(const struct control_message *message, size_t at, const char *name);
// Says it to people; `melding` is how the melding itself is named, of which all goes or nothing.
void order_say_goes(const struct desk *desk, const struct order_goes *goes, const char *melding);
// Signs the text as an act of this soort and proposes it; tells its hash, and how the other role
// approves it. An exit code.
int order_propose(struct desk *desk, const char *soort, struct bytes text);

#endif

// SPDX-License-Identifier: EUPL-1.2
// Acts: what a role signs to change the register (register/register.h). The control socket only
// carries them; whoever reads the log checks the signatures. That of a letter stays beside the
// letter.
#ifndef KNP_DESK_ACT_H
#define KNP_DESK_ACT_H

#include "desk/desk.h"

#define ACT_FILE_MAX (64u * 1024)

struct act_subject {
	const char *soort; // as of register_act_soort(), or "brief"
	struct hash object;
};

// Appends to an initialised buffer the SignedStatement that the call asks for: of --act, after a
// look that it is an act about this subject, or made here with the role key of --key. 0, or the
// exit code after telling what was wrong.
//
// Signing asks the daemon for genesis and its newest checkpoint and checks them against each other.
// The first time, genesis is kept in the key folder; a later one that differs is refused, so that a
// role never signs for a log that was put in the place of its own.
int desk_act(struct desk *desk, const struct act_subject *subject, struct buffer *ret_act);
// Of an act that goes to no daemon, which else looks: whether it is signed by a role that is in
// force now. 0, or the exit code after telling what was wrong.
int desk_act_counts(struct desk *desk, const struct act_subject *subject, struct bytes act);

#endif

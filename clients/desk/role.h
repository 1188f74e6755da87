// SPDX-License-Identifier: EUPL-1.2
// Inside clients/desk only: the role that signs, and the log it signs for.
#ifndef KNP_DESK_ROLE_H
#define KNP_DESK_ROLE_H

#include "desk/desk.h"
#include "register/register.h"

struct role {
	struct oin oin; // of its bundle
	struct private_key key;
};
// Opens identity.key of --key, with --unlock-file, --passphrase-file, or the folder's own
// unlock.key, and looks that it is the key in the folder's bundle. 0, or the exit code after
// telling what was wrong.
int role_open(struct desk *desk, struct role *ret_role);
void role_done(struct role *role);

struct house {
	struct registry registry; // genesis, and what was needed to verify the head
	struct head head;         // newest checkpoint, verified
};
// Asks the daemon, verifies, and pins genesis in the key folder. 0, or the exit code.
int house_learn(struct desk *desk, struct house *ret_house);
// All of the register beyond what of it is known, as it was shown: who holds which key by now.
int house_learn_register(struct desk *desk, struct house *house);
void house_done(struct house *house);

#endif

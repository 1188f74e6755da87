// SPDX-License-Identifier: EUPL-1.2
// Inside clients/ctl only: proposing a change of the register.
#ifndef KNP_CTL_CHANGE_H
#define KNP_CTL_CHANGE_H

#include "desk/desk.h"

struct change {
	const char *soort;    // of the act: "partner", "intrekking", "convenant", …
	struct bytes object;  // exact bytes: what the act signs is their SHA-256
	const char *naam;     // for people
	const char *file;     // NULL, or where the object stands: what is wrong with it is there
	const char *key;      // NULL, or the id of the identity key, to be compared
	const char *replaces; // NULL, or the id of the key in force that it is to replace
};
// Has it signed, sends it, prints {"index", "state", "object", "key"?,
// "replaces"?}; returns an exit code.
int change_propose(struct desk *desk, const struct change *change);
// The same for the document in the file that is the first argument, of at most `ceiling` bytes.
int change_propose_file(struct desk *desk, const char *soort, size_t ceiling);

#endif

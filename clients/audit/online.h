// SPDX-License-Identifier: EUPL-1.2
// Inside clients/audit only: a knooppunt that runs as what verify reads (audit/verify.h). Its tiles
// are asked through the gate with the keys of the privacybureau, several in an answer; each
// question is recorded, as every one is, and tells of nobody. The tree is that of one checkpoint,
// however the log grows meanwhile.
#ifndef KNP_AUDIT_ONLINE_H
#define KNP_AUDIT_ONLINE_H

#include "audit/verify.h"
#include "desk/vraag.h"

struct online; // opaque

// 0, or the exit code after telling what was wrong. The options get their source, and the genesis
// of the settings when none was given.
int online_open(struct desk *desk, struct verify_options *options, struct online **ret_online);
// What a question came to that ended the verification: its exit code, told already. 0: none did.
int online_failed(const struct online *online);
void online_close(struct online *online); // NULL is allowed

#endif

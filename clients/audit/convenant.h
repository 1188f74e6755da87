// SPDX-License-Identifier: EUPL-1.2
// Inside clients/audit only: what the commands about a convenant file share.
#ifndef KNP_AUDIT_CONVENANT_H
#define KNP_AUDIT_CONVENANT_H

#include "convenant/onderzoek.h"
#include "desk/desk.h"

// Reads and loads the file, proeven and all; 0, or the exit code after telling what is wrong.
int convenant_open(struct desk *desk, const char *path, struct convenant **ret_convenant);
int audit_no_memory(struct desk *desk);

#endif

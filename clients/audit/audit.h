// SPDX-License-Identifier: EUPL-1.2
// Inside clients/audit only: the commands of knooppunt-audit. Each returns an exit code.
#ifndef KNP_AUDIT_AUDIT_H
#define KNP_AUDIT_AUDIT_H

#include "desk/desk.h"

int audit_approve(struct desk *desk);
int audit_export(struct desk *desk);
int audit_verify(struct desk *desk);
int audit_weigeringen(struct desk *desk);
int audit_why(struct desk *desk);
int audit_why_not(struct desk *desk);

#endif

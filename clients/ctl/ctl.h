// SPDX-License-Identifier: EUPL-1.2
// Inside clients/ctl only: the commands of knooppuntctl. Each returns an exit code.
#ifndef KNP_CTL_CTL_H
#define KNP_CTL_CTL_H

#include "desk/desk.h"

int ctl_backup(struct desk *desk);
int ctl_compact(struct desk *desk);
int ctl_status(struct desk *desk);
int ctl_clock_confirm(struct desk *desk);
int ctl_metrics(struct desk *desk);
int ctl_reload(struct desk *desk);
int ctl_open(struct desk *desk);
int ctl_partner_add(struct desk *desk);
int ctl_partner_rotate(struct desk *desk);
int ctl_partner_list(struct desk *desk);
int ctl_partner_show(struct desk *desk);
int ctl_partner_revoke(struct desk *desk);
int ctl_partner_release(struct desk *desk);
int ctl_key_propose(struct desk *desk);
int ctl_key_end(struct desk *desk);
int ctl_key_list(struct desk *desk);
int ctl_convenant_propose(struct desk *desk);
int ctl_convenant_list(struct desk *desk);
int ctl_convenant_end(struct desk *desk);

#endif

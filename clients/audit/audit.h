// SPDX-License-Identifier: EUPL-1.2
// Inside clients/audit only: the commands of knooppunt-audit. Each returns an exit code.
#ifndef KNP_AUDIT_AUDIT_H
#define KNP_AUDIT_AUDIT_H

#include "desk/desk.h"

int audit_approve(struct desk *desk);
int audit_brief(struct desk *desk);
int audit_brief_correctie(struct desk *desk);
int audit_brief_datalek(struct desk *desk);
int audit_brief_informeren(struct desk *desk);
int audit_brief_ontvangst(struct desk *desk);
int audit_brief_verlenging(struct desk *desk);
int audit_brief_vernietiging(struct desk *desk);
int audit_brief_weigering(struct desk *desk);
int audit_brief_wissing(struct desk *desk);
int audit_bewaartermijnen(struct desk *desk);
int audit_codes(struct desk *desk);
int audit_codes_accept(struct desk *desk);
int audit_codes_end(struct desk *desk);
int audit_datalek(struct desk *desk);
int audit_erase(struct desk *desk);
int audit_gezien(struct desk *desk);
int audit_hold(struct desk *desk);
int audit_hold_end(struct desk *desk);
int audit_inzage(struct desk *desk);
int audit_inzage_list(struct desk *desk); // with --out
int audit_export(struct desk *desk);
int audit_automatisch(struct desk *desk);
int audit_jaarverslag(struct desk *desk);
int audit_logboek(struct desk *desk);
int audit_opvallend(struct desk *desk);
int audit_search(struct desk *desk);
int audit_verzoeken(struct desk *desk);
int audit_vrije_tekst(struct desk *desk);
int audit_sleutel(struct desk *desk);
int audit_noodverstrekkingen(struct desk *desk);
int audit_rapport(struct desk *desk);
int audit_register(struct desk *desk);
int audit_stromen(struct desk *desk);
int audit_toestemmingen(struct desk *desk);
int audit_volledigheid(struct desk *desk);
int audit_verify(struct desk *desk);
int audit_weigeringen(struct desk *desk);
int audit_why(struct desk *desk);
int audit_why_not(struct desk *desk);
int audit_no_memory(struct desk *desk); // tells so; an exit code
// Into a file that is not there yet, for its owner alone. 0, or the exit code after telling what
// was wrong; also when `content` did not fit.
int audit_write_new(struct desk *desk, const char *path, const struct buffer *content);

// Of a convenant file, without a daemon.
int audit_convenant_check(struct desk *desk);
int audit_convenant_matrix(struct desk *desk);
int audit_convenant_reach(struct desk *desk);
int audit_convenant_diff(struct desk *desk);
int audit_convenant_replay(struct desk *desk);
int audit_convenant_impact(struct desk *desk);

#endif

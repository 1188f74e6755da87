// SPDX-License-Identifier: EUPL-1.2
// What exactly is wrong with a value that was refused, where the reason alone leaves that open.
#ifndef KNP_JSON_EXPLAIN_H
#define KNP_JSON_EXPLAIN_H

#include "base/clock.h"
#include "base/problem.h"
#include "melding/lists.h"

// Puts a message of its own into the problem of a date, time or BSN that veld_validate refused; of
// anything else nothing is changed. The value is never repeated.
void explain_waarde(const struct veld_row *row, struct bytes text, struct civil_date today,
		    struct problem *problem);

#endif

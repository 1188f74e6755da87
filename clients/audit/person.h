// SPDX-License-Identifier: EUPL-1.2
// PERSON on the command line: "bsn:NUMBER", "skn:NUMBER" or "v-nummer:NUMBER", or "-" to read that
// from standard input, so that it stands in no list of processes and no history.
#ifndef KNP_AUDIT_PERSON_H
#define KNP_AUDIT_PERSON_H

#include "desk/desk.h"

#define PERSON_MAX 128

struct person {
	char soort[16]; // "bsn": also the name of the line of a question that has the number
	char waarde[PERSON_MAX];
};
// 0, or the exit code after telling what was wrong. The caller wipes it.
int person_read(struct desk *desk, const char *argument, struct person *ret_person);

#endif

// SPDX-License-Identifier: EUPL-1.2
// Makes the n-th call that writes, syncs or truncates a file fail, in our own code and in the
// shared libraries of the test program: faults.c defines these calls, and a program's definitions
// come before those of libc.
#ifndef KNP_TESTS_UNIT_FAULTS_H
#define KNP_TESTS_UNIT_FAULTS_H

#include <stdbool.h>

enum fault_kind { FAULT_WRITE = 1, FAULT_SYNC = 2, FAULT_TRUNCATE = 4, FAULT_ANY = 7 };
#define FAULT_SHORT 0 // as an error: the write stores half and says so

// From now on the n-th call (1 is the next) of these kinds fails with `error`; `for_ever` lets all
// calls after it fail too. FAULT_SHORT leaves syncs and truncations alone.
void fault_arm(unsigned n, unsigned kinds, int error, bool for_ever);
// Ends it; true when a call was made to fail.
bool fault_disarm(void);

#endif

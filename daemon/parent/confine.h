// SPDX-License-Identifier: EUPL-1.2
// What every process takes from itself before it touches a key or a byte from outside: core dumps,
// being read or traced by others of its user, and new privileges through exec.
#ifndef KNP_PARENT_CONFINE_H
#define KNP_PARENT_CONFINE_H

#include "base/result.h"

// Called by each role's main function first; exec resets part of it, so by each again. RESULT_IO.
enum result confine_start(void) KNP_MUST_CHECK;
// As many open files as the hard limit allows, for the gate.
void confine_raise_files(void);

#endif

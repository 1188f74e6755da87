// SPDX-License-Identifier: EUPL-1.2
// Standard input, output and error of a program.
#ifndef KNP_BASE_STANDARD_H
#define KNP_BASE_STANDARD_H

#include "base/bytes.h"

// To be called before a program opens anything. Who started it may have closed 0, 1 or 2; the next
// file that is opened would then get that number, and what is meant for a reader would be written
// into a spool, a log or a key. Puts /dev/null there, opened for reading only: input ends at once,
// and whatever is written fails as it does on a closed one. RESULT_IO: /dev/null cannot be opened.
enum result standard_hold(void) KNP_MUST_CHECK;

#endif

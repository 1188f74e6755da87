// SPDX-License-Identifier: EUPL-1.2
// Memory that is not to be had: makes the n-th allocation fail, of our own code and of every
// library under it (allocators.h), once or from then on.
#ifndef KNP_TESTS_FAULT_MEMORY_H
#define KNP_TESTS_FAULT_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

// From here on allocations count, and the n-th (1 is the next; 0: none) fails; `for_ever` lets all
// after it fail too.
void memory_arm(size_t n, bool for_ever);
// What the harness itself allocates is not counted while it is paused.
void memory_pause(bool paused);
size_t memory_counted(void);
bool memory_failed(void); // whether any did

#endif

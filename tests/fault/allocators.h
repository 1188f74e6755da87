// SPDX-License-Identifier: EUPL-1.2
// malloc, calloc and realloc of our own code and of every library under it come to allocators.c,
// which asks whom it is linked with whether this one fails: with errno ENOMEM.
#ifndef KNP_TESTS_FAULT_ALLOCATORS_H
#define KNP_TESTS_FAULT_ALLOCATORS_H

#include <stdbool.h>

// Called for every allocation, of any thread; counts it. Must not allocate.
bool allocation_fails(void);

#endif

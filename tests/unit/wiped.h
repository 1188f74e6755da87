// SPDX-License-Identifier: EUPL-1.2
// Counts what is wiped. For a test of which secret_wipe is wrapped (knp_wrap).
#ifndef KNP_TESTS_UNIT_WIPED_H
#define KNP_TESTS_UNIT_WIPED_H

#include <stddef.h>

// How many bytes were wiped since it was set to 0.
static size_t wiped;
void __real_secret_wipe(void *memory, size_t len);
void __wrap_secret_wipe(void *memory, size_t len);

void __wrap_secret_wipe(void *memory, size_t len)
{
	wiped += len;
	__real_secret_wipe(memory, len);
}

#endif

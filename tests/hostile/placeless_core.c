// SPDX-License-Identifier: EUPL-1.2
// A planted fault, linked into knooppuntd-placeless only (never installed): a fetch waits wherever
// a place is free, whoever has all the others.
#include "flow/waiter.h"

struct waiter *__wrap_waiter_place(struct waiter waiters[WAITERS_MAX], const struct waiter *wanted);

struct waiter *__wrap_waiter_place(struct waiter waiters[WAITERS_MAX], const struct waiter *wanted)
{
	(void)wanted;
	for (size_t i = 0; i < WAITERS_MAX; i++)
		if (!waiters[i].live)
			return &waiters[i];
	return NULL;
}

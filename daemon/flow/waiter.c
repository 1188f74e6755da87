// SPDX-License-Identifier: EUPL-1.2
#include "flow/waiter.h"

static bool is_newer_of(const struct waiter *w, const struct waiter *wanted)
{
	return ontvanger_equal(&w->ontvanger, &wanted->ontvanger) &&
	       key_id_equal(&w->sealing_id, &wanted->sealing_id) &&
	       w->route.connection == wanted->route.connection;
}

struct waiter *waiter_place(struct waiter waiters[WAITERS_MAX], const struct waiter *wanted)
{
	struct waiter *free_place = NULL;
	size_t free = 0, own = 0;
	for (size_t i = 0; i < WAITERS_MAX; i++) {
		struct waiter *w = &waiters[i];
		if (w->live && is_newer_of(w, wanted))
			return w;
		if (!w->live)
			free_place = w;
		free += !w->live;
		own += w->live && oin_equal(&w->ontvanger.oin, &wanted->ontvanger.oin);
	}
	return own < free / WAITERS_SHARE || own == 0 ? free_place : NULL;
}

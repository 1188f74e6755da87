// SPDX-License-Identifier: EUPL-1.2
// Who asked for what waits for one of its functies (deliver.c).
//
// All of them have WAITERS_MAX places, and one partner at most a share of what others left, over
// all of its functies and connections: alone it has WAITERS_MAX / (WAITERS_SHARE + 1), which is
// 113; of n that take what they can each has WAITERS_MAX / (WAITERS_SHARE + n), and the next finds
// as many.
#ifndef KNP_FLOW_WAITER_H
#define KNP_FLOW_WAITER_H

#include "ipc/opened.h"
#include "state/state.h"

// A recipient that waits for something new (long poll).
struct waiter {
	struct route route;
	struct hash about;
	struct key_id sealing_id;
	struct ontvanger ontvanger;
	uint64_t after;
	uint32_t max, envelopes; // of deliveries in all, and of envelopes that bring them
	struct head held;
	int64_t until; // monotonic milliseconds
	bool live;
	bool began; // an envelope of its answer went: what comes now goes on with that
};

#define WAITERS_MAX 1024
#define WAITERS_SHARE 8

// A place for it to wait, which it takes by being copied there: that of an older one of the same
// functie, key and connection, else a free one. NULL: its partner has its share.
struct waiter *waiter_place(struct waiter waiters[WAITERS_MAX], const struct waiter *wanted);

#endif

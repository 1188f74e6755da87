// SPDX-License-Identifier: EUPL-1.2
// Who asked for what waits for one of its functies (deliver.c).
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
};

#endif

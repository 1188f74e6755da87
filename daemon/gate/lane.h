// SPDX-License-Identifier: EUPL-1.2
// The way to one opener: its channel, and the envelopes that are under way to it, whose credit
// comes back when it says so, or when it was restarted.
#ifndef KNP_GATE_LANE_H
#define KNP_GATE_LANE_H

#include "ipc/channel.h"
#include "ipc/frames.h"

#define LANE_MAX 1024
#define LANE_QUEUE_BYTES (1024 * 1024) // waiting in the gate, behind what the kernel holds

struct outstanding {
	struct oin oin;
	uint32_t bytes;
};

struct lane {
	struct channel channel;
	uint64_t next_number; // of the next envelope, from 1
	struct outstanding ring[LANE_MAX];
	size_t first, count; // of the ring; the last one has number next_number - 1
	uint64_t bytes;      // under way
};

// Takes over a descriptor.
enum result lane_init(struct lane *lane, int fd) KNP_MUST_CHECK;
void lane_done(struct lane *lane);

// Sends one envelope. RESULT_AGAIN when the lane is full; the rest as channel_send().
enum result lane_send(struct lane *lane, const struct route *route, const struct oin *oin,
		      struct bytes envelope) KNP_MUST_CHECK;
// Takes the oldest envelope with a number up to `number` off the lane; false when there is none.
// An opener that names a number never sent gets all taken off and no more.
bool lane_take_done(struct lane *lane, uint64_t number, struct outstanding *ret_outstanding);

#endif

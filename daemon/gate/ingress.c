// SPDX-License-Identifier: EUPL-1.2
// From partners to openers. Whatever a frame says is for the opener to judge; the gate looks at who
// the connection belongs to, at sizes and at credit.
#include "gate/gate.h"

#define FRAMES_PER_TURN 64 // then answers and other partners' handshakes get their turn
#define ENVELOPE_FRAME_MIN ENVELOPE_OVERHEAD

// The lane with the fewest bytes under way; looking begins elsewhere each time, so that idle lanes
// take turns. The last is for partners that are apart.
static struct lane *least_busy(struct gate *gate)
{
	int openers = gate->role->openers - 1;
	struct lane *best = NULL;
	for (int i = 0; i < openers; i++) {
		struct lane *lane = &gate->lanes[(gate->next_lane + i) % openers];
		if (!best || lane->bytes < best->bytes)
			best = lane;
	}
	gate->next_lane = (gate->next_lane + 1) % openers;
	return best;
}

static enum result pass_on(struct gate *gate, const struct received *received, uint64_t connection)
{
	const struct route route = {.connection = connection,
				    .generation = gate->role->generation,
				    .door = received->door};
	struct lane *lane = apart_has(gate->apart, &received->oin)
				    ? &gate->lanes[gate->role->openers - 1]
				    : least_busy(gate);
	return lane_send(lane, &route, &received->oin, received->payload);
}

// What becomes of a frame of an admitted partner: where it is counted, and the hint it gets.
struct verdict {
	enum gate_count count;
	enum hint_code hint; // 0: none
};

static struct verdict judge(struct gate *gate, struct partner *partner,
			    const struct received *received, uint64_t connection)
{
	size_t len = received->payload.len;
	if (!received->is_one_frame)
		return (struct verdict){COUNT_PARTS, HINT_NOT_ACCEPTED};
	if (len > ENVELOPE_FRAME_MAX)
		return (struct verdict){COUNT_SIZE, HINT_TOO_LARGE};
	if (len < ENVELOPE_FRAME_MIN)
		return (struct verdict){COUNT_SIZE, HINT_NOT_ACCEPTED};
	const struct settings *settings = gate->role->settings; // they may change
	const struct credit credit = {.frames = (uint32_t)settings->credit_frames,
				      .bytes = (uint64_t)settings->credit_kib * 1024};
	if (!partner_take(partner, &credit, len))
		return (struct verdict){COUNT_AGAIN, HINT_AGAIN};
	if (pass_on(gate, received, connection) == RESULT_OK)
		return (struct verdict){COUNT_TAKEN, 0};
	partner_return(partner, len);
	return (struct verdict){COUNT_AGAIN, HINT_AGAIN};
}

static void take_frame(struct gate *gate, const struct received *received)
{
	struct partner *partner =
		received->has_oin ? admission_partner(gate->admission, &received->oin) : NULL;
	if (!partner) {
		gate->counts[COUNT_STRANGER]++;
		return;
	}
	gate_link_used(gate, received);
	const struct peer peer = {received->door, received->routing_id, received->oin};
	uint64_t connection = connections_number(gate->connections, &peer);
	struct verdict verdict = judge(gate, partner, received, connection);
	gate->counts[verdict.count]++;
	if (verdict.hint)
		gate_hint(gate, partner, connection, verdict.hint);
}

static void read_door(struct gate *gate, unsigned door)
{
	struct received received;
	for (int i = 0; i < FRAMES_PER_TURN; i++) {
		enum result result = socket_receive(gate->sockets.doors[door].router, &received);
		if (result != RESULT_OK)
			return;
		received.door = door;
		take_frame(gate, &received);
		socket_received_done(&received);
	}
}

void gate_read_partners(struct gate *gate)
{
	for (unsigned n = 0; n < DOORS_MAX; n++)
		if (gate->sockets.doors[n].router)
			read_door(gate, n);
}

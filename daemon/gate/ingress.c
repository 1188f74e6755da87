// SPDX-License-Identifier: EUPL-1.2
// From partners to openers. Whatever a frame says is for the opener to judge; the gate looks at who
// the connection belongs to, at sizes and at credit.
#include "gate/gate.h"

#define FRAMES_PER_TURN 64 // then answers and other partners' handshakes get their turn
#define ENVELOPE_FRAME_MIN ENVELOPE_OVERHEAD

void gate_hint(struct gate *gate, struct partner *partner, struct bytes routing_id,
	       enum hint_code code)
{
	uint32_t pause_ms;
	if (!partner_may_hint(partner, gate->now, &pause_ms))
		return;
	uint8_t hint[HINT_LEN];
	hint_encode(hint, code, pause_ms);
	if (socket_send(gate->sockets.router, routing_id, bytes_make(hint, sizeof hint)) ==
	    RESULT_OK)
		gate->counts[COUNT_HINTS]++;
}

// The lane with the fewest bytes under way; looking begins elsewhere each time, so that idle lanes
// take turns.
static struct lane *least_busy(struct gate *gate)
{
	int openers = gate->role->openers;
	struct lane *best = NULL;
	for (int i = 0; i < openers; i++) {
		struct lane *lane = &gate->lanes[(gate->next_lane + i) % openers];
		if (!best || lane->bytes < best->bytes)
			best = lane;
	}
	gate->next_lane = (gate->next_lane + 1) % openers;
	return best;
}

static bool pass_on(struct gate *gate, const struct received *received)
{
	const struct route route = {
		.connection =
			connections_number(gate->connections, received->routing_id, &received->oin),
		.generation = gate->role->generation,
	};
	enum result result = lane_send(least_busy(gate), &route, &received->oin, received->payload);
	return result == RESULT_OK;
}

static void take_frame(struct gate *gate, const struct received *received)
{
	struct partner *partner =
		received->has_oin ? admission_partner(gate->admission, &received->oin) : NULL;
	size_t len = received->payload.len;
	if (!partner) {
		gate->counts[COUNT_STRANGER]++;
	} else if (!received->is_one_frame) {
		gate->counts[COUNT_PARTS]++;
		gate_hint(gate, partner, received->routing_id, HINT_NOT_ACCEPTED);
	} else if (len > ENVELOPE_FRAME_MAX) {
		gate->counts[COUNT_SIZE]++;
		gate_hint(gate, partner, received->routing_id, HINT_TOO_LARGE);
	} else if (len < ENVELOPE_FRAME_MIN) {
		gate->counts[COUNT_SIZE]++;
		gate_hint(gate, partner, received->routing_id, HINT_NOT_ACCEPTED);
	} else if (!partner_take(partner, &gate->credit, len)) {
		gate->counts[COUNT_AGAIN]++;
		gate_hint(gate, partner, received->routing_id, HINT_AGAIN);
	} else if (!pass_on(gate, received)) {
		partner_return(partner, len);
		gate->counts[COUNT_AGAIN]++;
		gate_hint(gate, partner, received->routing_id, HINT_AGAIN);
	} else {
		gate->counts[COUNT_TAKEN]++;
	}
}

void gate_read_partners(struct gate *gate)
{
	struct received received;
	for (int i = 0; i < FRAMES_PER_TURN; i++) {
		enum result result = socket_receive(gate->sockets.router, &received);
		if (result != RESULT_OK)
			return;
		take_frame(gate, &received);
		socket_received_done(&received);
	}
}

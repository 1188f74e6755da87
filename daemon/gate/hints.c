// SPDX-License-Identifier: EUPL-1.2
#include "gate/gate.h"

static void send_hint(struct gate *gate, uint64_t connection, enum hint_code code,
		      uint32_t pause_ms)
{
	struct peer peer;
	uint8_t hint[HINT_LEN];
	hint_encode(hint, code, pause_ms);
	// One that cannot go is no loss: the partner sends again by itself.
	if (connections_find(gate->connections, connection, &peer) &&
	    gate_send(gate, &peer, bytes_make(hint, sizeof hint)) == RESULT_OK)
		gate->counts[COUNT_HINTS]++;
}

void gate_hint(struct gate *gate, struct partner *partner, uint64_t connection, enum hint_code code)
{
	uint32_t pause_ms;
	if (partner_may_hint(partner, gate->now, &pause_ms)) {
		partner->hint_code = 0;
		send_hint(gate, connection, code, pause_ms);
		return;
	}
	partner->hint_code = code;
	partner->hint_connection = connection;
	gate->hints_wait = true;
}

void gate_send_waiting_hints(struct gate *gate)
{
	bool some = false;
	struct partner *partner;
	for (size_t n = 0; (partner = admission_partner_at(gate->admission, n)); n++) {
		uint32_t pause_ms;
		if (partner->hint_code == 0)
			continue;
		if (!partner_may_hint(partner, gate->now, &pause_ms)) {
			some = true;
			continue;
		}
		send_hint(gate, partner->hint_connection, partner->hint_code, pause_ms);
		partner->hint_code = 0;
	}
	gate->hints_wait = some;
}

// SPDX-License-Identifier: EUPL-1.2
// From core and openers to partners. Neighbours may be taken over: every length is checked, and
// nothing they send can do more than reach the connection they name.
#include "gate/gate.h"

#include "base/log.h"

#include <string.h>

#define MESSAGES_PER_TURN 256

// The connection a route names; false when it is gone or of an older gate.
static bool find_route(struct gate *gate, const struct route *route, struct peer *ret_peer)
{
	return route->generation == gate->role->generation &&
	       connections_find(gate->connections, route->connection, ret_peer);
}

// What waits for a partner, NULL when it is not admitted any more or memory lacks.
static struct account *account_of(struct gate *gate, const struct oin *oin)
{
	struct partner *partner = admission_partner(gate->admission, oin);
	if (partner && !partner->waiting &&
	    waiting_open(gate->waiting, &partner->waiting) != RESULT_OK)
		return NULL;
	return partner ? partner->waiting : NULL;
}

enum result gate_send(struct gate *gate, const struct peer *peer, struct bytes payload)
{
	void *router = gate->sockets.doors[peer->door].router;
	struct account *account = account_of(gate, &peer->oin);
	return router && account ? socket_send(router, peer->routing_id, payload, account)
				 : RESULT_NOT_FOUND;
}

// An answer, where there is room for it.
static enum result send_answer(struct gate *gate, const struct peer *peer, struct bytes envelope)
{
	const struct account *account = account_of(gate, &peer->oin);
	if (account && !account_has_room(account, envelope.len))
		return RESULT_AGAIN;
	return gate_send(gate, peer, envelope);
}

// Another of its connections may be what is in the way, and this one need not wait for nothing.
static void say_again(struct gate *gate, const struct peer *peer, uint64_t connection)
{
	struct partner *partner = admission_partner(gate->admission, &peer->oin);
	if (partner)
		gate_hint(gate, partner, connection, HINT_AGAIN);
}

static void pass_reply(struct gate *gate, struct bytes message)
{
	struct frame_reply header;
	struct peer peer;
	if (message.len <= sizeof header || message.len - sizeof header > ENVELOPE_FRAME_MAX) {
		gate->counts[COUNT_BROKEN]++;
		return;
	}
	memcpy(&header, message.data, sizeof header);
	struct bytes envelope =
		bytes_make(message.data + sizeof header, message.len - sizeof header);
	enum result result = RESULT_NOT_FOUND;
	if (find_route(gate, &header.route, &peer))
		result = send_answer(gate, &peer, envelope);
	// An answer that cannot go is dropped: the partner asks again and gets the same.
	gate->counts[result == RESULT_OK      ? COUNT_ANSWERED
		     : result == RESULT_AGAIN ? COUNT_SLOW
					      : COUNT_GONE]++;
	if (result == RESULT_AGAIN)
		say_again(gate, &peer, header.route.connection);
}

static void pass_hint(struct gate *gate, struct bytes message)
{
	struct frame_hint header;
	if (message.len != sizeof header) {
		gate->counts[COUNT_BROKEN]++;
		return;
	}
	memcpy(&header, message.data, sizeof header);
	struct peer peer;
	struct partner *partner = NULL;
	if (find_route(gate, &header.route, &peer))
		partner = admission_partner(gate->admission, &peer.oin);
	if (!partner)
		gate->counts[COUNT_GONE]++;
	else if (header.code < HINT_AGAIN || header.code > HINT_STOPPING)
		gate->counts[COUNT_BROKEN]++;
	else
		gate_hint(gate, partner, header.route.connection, header.code);
}

static void take_admit(struct gate *gate, struct bytes message)
{
	bool cut;
	enum result result = admission_replace(gate->admission, message, &cut);
	if (result != RESULT_OK) {
		gate->counts[COUNT_BROKEN]++;
		log_line(LOG_LEVEL_ERROR, "event=gate.admit result=%d", (int)result);
		return;
	}
	gate->cut |= cut;
}

static void return_credit(struct gate *gate, struct lane *lane, uint64_t number)
{
	struct outstanding done;
	while (lane_take_done(lane, number, &done)) {
		struct partner *partner = admission_partner(gate->admission, &done.oin);
		if (partner)
			partner_return(partner, done.bytes);
	}
}

static void take_done(struct gate *gate, struct lane *lane, struct bytes message)
{
	struct frame_done header;
	if (message.len != sizeof header) {
		gate->counts[COUNT_BROKEN]++;
		return;
	}
	memcpy(&header, message.data, sizeof header);
	if (header.generation == gate->role->generation)
		return_credit(gate, lane, header.number);
}

static uint32_t kind_of(struct bytes message)
{
	uint32_t kind = 0;
	if (message.len >= sizeof kind)
		memcpy(&kind, message.data, sizeof kind);
	return kind;
}

void gate_read_core(struct gate *gate)
{
	for (int i = 0; i < MESSAGES_PER_TURN && !gate->cut; i++) {
		struct bytes message;
		enum result result = channel_receive(&gate->to_core, gate->memory, &message);
		if (result == RESULT_AGAIN || result == RESULT_CLOSED || result == RESULT_IO)
			return;
		uint32_t kind = result == RESULT_OK ? kind_of(message) : 0;
		if (kind == FRAME_REPLY)
			pass_reply(gate, message);
		else if (kind == FRAME_HINT)
			pass_hint(gate, message);
		else if (kind == FRAME_ADMIT)
			take_admit(gate, message);
		else if (kind == FRAME_DOORS)
			gate_take_doors(gate, message);
		else if (kind == FRAME_REOPEN)
			gate->cut = true;
		else if (kind != FRAME_HELLO)
			gate->counts[COUNT_BROKEN]++;
	}
}

void gate_read_opener(struct gate *gate, struct lane *lane)
{
	for (int i = 0; i < MESSAGES_PER_TURN; i++) {
		struct bytes message;
		enum result result = channel_receive(&lane->channel, gate->memory, &message);
		if (result == RESULT_AGAIN || result == RESULT_CLOSED || result == RESULT_IO)
			return;
		uint32_t kind = result == RESULT_OK ? kind_of(message) : 0;
		if (kind == FRAME_HINT)
			pass_hint(gate, message);
		else if (kind == FRAME_DONE)
			take_done(gate, lane, message);
		else if (kind == FRAME_HELLO)
			// A new opener: what the old one held is lost. What still lies in the
			// channel will be read, but counts no more; the channel bounds it.
			return_credit(gate, lane, UINT64_MAX);
		else
			gate->counts[COUNT_BROKEN]++;
	}
}

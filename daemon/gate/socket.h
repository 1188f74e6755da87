// SPDX-License-Identifier: EUPL-1.2
// The gate's ZeroMQ sockets: the doors, each a ROUTER that partners connect to under one transport
// key of the knooppunt with a PAIR on which libzmq tells of its connections that come and go, and
// the REP that libzmq asks whether a key is admitted. One thread owns them. Every option that keeps
// strangers out is read back, because libzmq lets anybody in when one of them is missing.
#ifndef KNP_GATE_SOCKET_H
#define KNP_GATE_SOCKET_H

#include "gate/waiting.h"
#include "keys/keys.h"
#include "settings/settings.h"
#include "wire/envelope.h"

// A frame a little beyond the maximum is read, so that it can be answered; a larger one makes
// libzmq cut the connection.
#define SOCKET_FRAME_MAX (ENVELOPE_FRAME_MAX + 4096)

struct door_settings {
	const char *endpoint; // "tcp://address:port"
	int handshake_ms;
	const struct private_key *transport;
};

struct door {
	void *router, *monitor; // NULL: closed
	char endpoint[256];     // as bound, with the port that was taken
};
struct sockets {
	void *context, *zap;
	struct door doors[DOORS_MAX];
};

// What came from a partner. Views are valid until socket_received_done().
struct received {
	struct bytes routing_id, payload;
	unsigned door; // whoever reads it says which
	bool has_oin;
	struct oin oin;    // the User-Id that ZAP gave the connection
	int link;          // the descriptor of its connection, negative when libzmq does not say
	bool is_one_frame; // false: it had more parts, which were read and dropped
	zmq_msg_t id, body;
};

// Seeds rand(), which libzmq takes routing ids from and never seeds. No door is there yet.
enum result sockets_open(struct sockets *ret_sockets) KNP_MUST_CHECK;
// Makes door `n`, and binds nothing yet.
enum result door_make(struct sockets *sockets, unsigned n,
		      const struct door_settings *settings) KNP_MUST_CHECK;
// Binds it: from here on strangers knock. RESULT_CONFIG when the address cannot be had (errno).
enum result door_bind(struct door *door, const char *endpoint) KNP_MUST_CHECK;
// Connections end, and nobody can make one any more; what is on its way out gets `linger_ms`. One
// that is closed may be closed again.
void door_close(struct door *door, int linger_ms);
// Closes without waiting for more than `linger_ms`; half-open sockets are fine.
void sockets_close(struct sockets *sockets, int linger_ms);
// The ZAP domain by which libzmq says at which door somebody knocks.
const char *door_domain(unsigned n);

// RESULT_AGAIN when nothing waits.
enum result socket_receive(void *router, struct received *ret_received) KNP_MUST_CHECK;
void socket_received_done(struct received *received);
// What goes out counts in `account` until libzmq is done with it; NULL: it counts nowhere.
// RESULT_NOT_FOUND: the peer is gone; RESULT_AGAIN: it reads too slowly; RESULT_NO_MEMORY,
// RESULT_IO. Whatever it returns, nothing of it goes along with what is sent next.
enum result socket_send(void *router, struct bytes routing_id, struct bytes payload,
			struct account *account) KNP_MUST_CHECK;

// What came or went, by descriptor. RESULT_AGAIN when nothing waits.
struct link_event {
	int link;
	bool opened; // else closed
};
enum result socket_next_event(void *monitor, struct link_event *ret_event) KNP_MUST_CHECK;

// One question of libzmq whether a key may connect, already received. Other questions (no CURVE)
// are refused without asking.
enum zap_verdict {
	ZAP_ADMIT,  // 200 with the OIN as User-Id
	ZAP_REFUSE, // 400: the peer hears that its key is not admitted and stops trying
	ZAP_LATER,  // 300: the peer is dropped silently and tries again
};
struct zap_decider {
	enum zap_verdict (*decide)(void *context, unsigned door, const uint8_t key[32],
				   struct oin *ret_oin);
	void *context;
};
// Answers every question that waits; returns how many were refused.
unsigned zap_answer_all(void *zap, const struct zap_decider *decider);

#endif

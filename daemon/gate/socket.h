// SPDX-License-Identifier: EUPL-1.2
// The gate's ZeroMQ sockets: the ROUTER partners connect to, the REP that libzmq asks whether a key
// is admitted, and the PAIR on which it tells of connections that come and go. One thread owns
// both. Every option that keeps strangers out is read back, because libzmq lets anybody in when one
// of them is missing.
#ifndef KNP_GATE_SOCKET_H
#define KNP_GATE_SOCKET_H

#include "keys/keys.h"
#include "wire/envelope.h"

#include <zmq.h>

// A frame a little beyond the maximum is read, so that it can be answered; a larger one makes
// libzmq cut the connection.
#define SOCKET_FRAME_MAX (ENVELOPE_FRAME_MAX + 4096)

struct socket_settings {
	const char *endpoint; // "tcp://address:port"
	int handshake_ms;
	const struct private_key *transport;
};

struct sockets {
	void *context, *router, *zap, *monitor;
	char endpoint[256]; // as bound, with the port that was taken
};

// What came from a partner. Views are valid until socket_received_done().
struct received {
	struct bytes routing_id, payload;
	bool has_oin;
	struct oin oin;    // the User-Id that ZAP gave the connection
	int link;          // the descriptor of its connection, negative when libzmq does not say
	bool is_one_frame; // false: it had more parts, which were read and dropped
	zmq_msg_t id, body;
};

// Seeds rand(), which libzmq takes routing ids from and never seeds. Opens and binds nothing yet.
enum result sockets_open(const struct socket_settings *settings,
			 struct sockets *ret_sockets) KNP_MUST_CHECK;
// Binds the router: from here on strangers knock. RESULT_CONFIG when the address cannot be had
// (errno).
enum result sockets_bind(struct sockets *sockets, const char *endpoint) KNP_MUST_CHECK;
// Closes without waiting for more than `linger_ms`; half-open sockets are fine.
void sockets_close(struct sockets *sockets, int linger_ms);

// RESULT_AGAIN when nothing waits.
enum result socket_receive(void *router, struct received *ret_received) KNP_MUST_CHECK;
void socket_received_done(struct received *received);
// RESULT_NOT_FOUND: the peer is gone; RESULT_AGAIN: it reads too slowly; RESULT_IO.
enum result socket_send(void *router, struct bytes routing_id, struct bytes payload) KNP_MUST_CHECK;

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
	enum zap_verdict (*decide)(void *context, const uint8_t key[32], struct oin *ret_oin);
	void *context;
};
// Answers every question that waits; returns how many were refused.
unsigned zap_answer_all(void *zap, const struct zap_decider *decider);

#endif

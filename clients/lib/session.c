// SPDX-License-Identifier: EUPL-1.2
#include "lib/session.h"

#include "base/clock.h"
#include "melding/reason.h"
#include "wire/envelope.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

// Reconnecting slows down to half a minute, so that a knooppunt that comes back is not met by all
// its partners at once.
#define RECONNECT_MS 200
#define RECONNECT_MAX_MS 30000
#define HANDSHAKE_MS 5000
#define HEARTBEAT_MS 10000
#define HEARTBEAT_TIMEOUT_MS 30000
#define QUEUE_FRAMES 64
// libzmq holds a frame against its limit together with what CURVE adds to it (33 bytes).
#define FRAME_MAX ((int64_t)ENVELOPE_FRAME_MAX + 1024)

// In the order in which a connection comes about. A refusal by name is the word of whoever answers
// there, so it ends nothing either.
enum link_state {
	STATE_NOBODY,
	STATE_ANSWERS,    // TCP only
	STATE_BROKEN_OFF, // the handshake ended without a word
	STATE_REFUSED,    // the handshake ended with "not admitted"
	STATE_STANDS,
	STATE_LOST,
};

struct session {
	void *context, *socket, *monitor;
	char endpoint[240];
	uint8_t server_key[32];
	const struct private_key *transport;
	unsigned sockets; // made so far
	enum link_state state;
	bool lost; // the connection over which the last frame went
};

static bool set_int(void *socket, int option, int value)
{
	return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

static bool set_options(const struct session *session, void *socket)
{
	const struct private_key *own = session->transport;
	return set_int(socket, ZMQ_LINGER, 0) && set_int(socket, ZMQ_SNDHWM, QUEUE_FRAMES) &&
	       set_int(socket, ZMQ_RCVHWM, QUEUE_FRAMES) &&
	       // Nothing queues up for a connection that is not there: a statement lies in the
	       // outbox, not in a socket.
	       set_int(socket, ZMQ_IMMEDIATE, 1) &&
	       set_int(socket, ZMQ_RECONNECT_IVL, RECONNECT_MS) &&
	       set_int(socket, ZMQ_RECONNECT_IVL_MAX, RECONNECT_MAX_MS) &&
	       set_int(socket, ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS) &&
	       set_int(socket, ZMQ_HEARTBEAT_IVL, HEARTBEAT_MS) &&
	       set_int(socket, ZMQ_HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT_MS) &&
	       set_int(socket, ZMQ_IPV6, 1) &&
	       zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &(int64_t){FRAME_MAX}, sizeof(int64_t)) ==
		       0 &&
	       zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, session->server_key, 32) == 0 &&
	       zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, own->public_key, 32) == 0 &&
	       zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, own->secret, 32) == 0;
}

static bool watch(struct session *session)
{
	int events = ZMQ_EVENT_CONNECTED | ZMQ_EVENT_CONNECT_RETRIED | ZMQ_EVENT_DISCONNECTED |
		     ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
		     ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;
	// A new name each time: libzmq lets go of an old one only by and by.
	char name[48];
	snprintf(name, sizeof name, "inproc://monitor-%u", ++session->sockets);
	if (zmq_socket_monitor(session->socket, name, events) != 0)
		return false;
	session->monitor = zmq_socket(session->context, ZMQ_PAIR);
	return session->monitor && set_int(session->monitor, ZMQ_LINGER, 0) &&
	       zmq_connect(session->monitor, name) == 0;
}

static void disconnect(struct session *session)
{
	if (session->socket)
		zmq_socket_monitor(session->socket, NULL, 0);
	if (session->monitor)
		zmq_close(session->monitor);
	if (session->socket)
		zmq_close(session->socket);
	session->socket = session->monitor = NULL;
}

// RESULT_CONFIG: libzmq does not take the endpoint.
static enum result connect_socket(struct session *session)
{
	session->state = STATE_NOBODY;
	session->socket = zmq_socket(session->context, ZMQ_DEALER);
	if (!session->socket)
		return RESULT_NO_MEMORY;
	if (!set_options(session, session->socket) || !watch(session)) {
		disconnect(session);
		return RESULT_INTERNAL;
	}
	if (zmq_connect(session->socket, session->endpoint) != 0) {
		disconnect(session);
		return RESULT_CONFIG;
	}
	return RESULT_OK;
}

// ---- what happens to the connection ----------------------------------------------------------

// Of who may have missed that it changed its transport key.
#define MAYBE_MOVED                                                                                \
	"Nothing is lost: check that endpoint and genesis are those of the house, that your keys " \
	"are enrolled and that no firewall is in between; send again later. If the house says "    \
	"that the knooppunt has another transport key or address now, run once: knooppunt status " \
	"--transport KEY --endpoint ADRES, with those of knooppuntctl key list."
#define MAYBE_ANOTHER                                                                              \
	"Nothing is lost. Check with the beheerder of the knooppunt that endpoint and genesis "    \
	"are its own and that your keys are enrolled; if so, it is starting or very busy, or a "   \
	"firewall cuts the connection: send again later."

static const struct link_trouble troubles[] = {
	[STATE_NOBODY] =
		{REASON_UNREACHABLE, "cannot be reached",
		 "nobody answers there; if it has another key and address now: status --transport",
		 MAYBE_MOVED},
	[STATE_ANSWERS] = {REASON_UNREACHABLE, "cannot be reached",
			   "something answers there, but not as a knooppunt", MAYBE_ANOTHER},
	[STATE_BROKEN_OFF] = {REASON_UNREACHABLE, "cannot be reached",
			      "it breaks the handshake off: it has another transport key (status "
			      "--transport), does not know ours, or has no room now",
			      MAYBE_MOVED},
	[STATE_REFUSED] = {REASON_NOT_ADMITTED, "does not admit us",
			   "it refused our transport key, which is not enrolled or was revoked",
			   NULL},
	[STATE_STANDS] = {REASON_UNREACHABLE, "does not answer",
			  "the connection stands, but no answer came",
			  "Nothing is lost: it is busy or stopping; send again later, and call "
			  "its beheerder if this stays."},
	[STATE_LOST] = {REASON_UNREACHABLE, "cannot be reached",
			"the connection was lost, and nobody answers since", MAYBE_MOVED},
};

static enum link_state next_state(enum link_state state, unsigned event)
{
	switch (event) {
	case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
		return STATE_STANDS;
	case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
		return STATE_REFUSED;
	case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
	case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
		return STATE_BROKEN_OFF;
	case ZMQ_EVENT_CONNECTED:
		return state == STATE_BROKEN_OFF ? state : STATE_ANSWERS;
	case ZMQ_EVENT_DISCONNECTED: // follows a failed handshake too, and says less
		return state == STATE_STANDS    ? STATE_LOST
		       : state == STATE_ANSWERS ? STATE_BROKEN_OFF
						: state;
	default:
		return state;
	}
}

static void read_monitor(struct session *session)
{
	uint8_t frame[64];
	while (session->monitor &&
	       zmq_recv(session->monitor, frame, sizeof frame, ZMQ_DONTWAIT) >= 6) {
		uint16_t event;
		memcpy(&event, frame, sizeof event);
		// The endpoint follows in a second frame.
		zmq_recv(session->monitor, frame, sizeof frame, ZMQ_DONTWAIT);
		session->lost |= session->state == STATE_STANDS && event == ZMQ_EVENT_DISCONNECTED;
		session->state = next_state(session->state, event);
	}
}

static const struct link_trouble *session_explain(void *context)
{
	struct session *session = context;
	read_monitor(session);
	return &troubles[session->state];
}

// ---- frames ----------------------------------------------------------------------------------

// Waits until the socket can do what is asked; interrupted waits go on. libzmq tries no more once a
// knooppunt has refused us: the wait ends with RESULT_AGAIN, and the next one knocks anew.
static enum result wait_for(struct session *session, short events, int64_t timeout_ms)
{
	int64_t deadline = clock_monotonic_ms() + timeout_ms;
	for (;;) {
		int64_t left = deadline - clock_monotonic_ms();
		zmq_pollitem_t items[] = {{.socket = session->socket, .events = events},
					  {.socket = session->monitor, .events = ZMQ_POLLIN}};
		int ready = zmq_poll(items, 2, left > 0 ? (long)left : 0);
		if (ready < 0 && errno != EINTR)
			return RESULT_INTERNAL;
		if (ready > 0 && items[0].revents)
			return RESULT_OK;
		read_monitor(session);
		if (session->state == STATE_REFUSED)
			disconnect(session);
		// Not before it is known what came after: who is not admitted any more is told so.
		bool in_vain =
			session->lost && session->state == STATE_STANDS && !(events & ZMQ_POLLOUT);
		if (left <= 0 || in_vain || !session->socket)
			return RESULT_AGAIN;
	}
}

static enum result session_send(void *context, struct bytes frame, int64_t timeout_ms)
{
	struct session *session = context;
	enum result result = session->socket ? RESULT_OK : connect_socket(session);
	if (result == RESULT_OK)
		result = wait_for(session, ZMQ_POLLOUT, timeout_ms);
	if (result != RESULT_OK)
		return result;
	read_monitor(session);
	session->lost = false;
	if (zmq_send(session->socket, frame.data, frame.len, ZMQ_DONTWAIT) >= 0)
		return RESULT_OK;
	return errno == EAGAIN ? RESULT_AGAIN : RESULT_INTERNAL;
}

static bool session_was_lost(void *context)
{
	const struct session *session = context;
	return session->lost;
}

// A frame, or the parts of a message that is not one of ours: those are dropped.
static enum result take_message(struct session *session, struct buffer *ret_frame)
{
	zmq_msg_t message;
	zmq_msg_init(&message);
	int got = zmq_msg_recv(&message, session->socket, ZMQ_DONTWAIT);
	enum result result = got >= 0 ? RESULT_OK : RESULT_AGAIN;
	if (got >= 0 && zmq_msg_more(&message)) {
		while (zmq_msg_more(&message) && zmq_msg_recv(&message, session->socket, 0) >= 0)
			;
		result = RESULT_AGAIN;
	}
	if (result == RESULT_OK) {
		buffer_clear(ret_frame);
		buffer_append(ret_frame,
			      bytes_make(zmq_msg_data(&message), zmq_msg_size(&message)));
		result = ret_frame->status;
	}
	zmq_msg_close(&message);
	return result;
}

static enum result session_receive(void *context, int64_t timeout_ms, struct buffer *ret_frame)
{
	struct session *session = context;
	int64_t deadline = clock_monotonic_ms() + timeout_ms;
	for (;;) {
		int64_t left = deadline - clock_monotonic_ms();
		enum result result = session->socket
					     ? wait_for(session, ZMQ_POLLIN, left > 0 ? left : 0)
					     : RESULT_AGAIN;
		if (result != RESULT_OK)
			return result;
		result = take_message(session, ret_frame);
		if (result != RESULT_AGAIN)
			return result;
	}
}

static void session_reset(void *context)
{
	struct session *session = context;
	read_monitor(session);
	disconnect(session);
}

static void session_close(void *context)
{
	struct session *session = context;
	disconnect(session);
	if (session->context)
		zmq_ctx_term(session->context);
	free(session);
}

enum result session_open(const struct session_settings *settings, struct link *ret_link,
			 struct problem *problem)
{
	struct session *session = calloc(1, sizeof *session);
	if (!session)
		return RESULT_NO_MEMORY;
	size_t len = strlen(settings->endpoint);
	memcpy(session->endpoint, settings->endpoint,
	       len < sizeof session->endpoint ? len : sizeof session->endpoint - 1);
	memcpy(session->server_key, settings->server_key, sizeof session->server_key);
	session->transport = settings->transport;
	session->context = zmq_ctx_new();
	enum result result = session->context ? connect_socket(session) : RESULT_NO_MEMORY;
	if (result != RESULT_OK) {
		problem_set(problem, reason_code(REASON_BAD_VALUE),
			    "give the endpoint as tcp://host:port",
			    "cannot connect to the endpoint of the settings: %s",
			    zmq_strerror(errno));
		session_close(session);
		return result;
	}
	*ret_link = (struct link){.send = session_send,
				  .receive = session_receive,
				  .reset = session_reset,
				  .was_lost = session_was_lost,
				  .explain = session_explain,
				  .close = session_close,
				  .context = session};
	return RESULT_OK;
}

// SPDX-License-Identifier: EUPL-1.2
#include "gate/socket.h"

#include "crypto/secret.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

// Honoured by libzmq 4.3.4 but hidden behind its DRAFT switch. Without it, a domain for which no
// handler answers lets every key in.
#define ZAP_ENFORCE_DOMAIN 93

#define ZAP_ENDPOINT "inproc://zeromq.zap.01"

// A partner may have this many frames waiting inside libzmq, so its memory is bounded by partners
// x frames x SOCKET_FRAME_MAX. Small frames are many more in the kernel's buffers.
#define RECEIVE_FRAMES 16
// Of one connection, each of an envelope: what is over is asked for again. What a partner may have
// waiting on all of its connections is bounded by bytes (waiting.h), and what the kernel takes of
// one that does not read by this.
#define SEND_FRAMES 64
#define SEND_BUFFER (256 * 1024)

struct option {
	int option, value;
};

static enum result set_number(void *socket, int option, int value)
{
	int back = ~value;
	size_t len = sizeof back;
	if (zmq_setsockopt(socket, option, &value, sizeof value) != 0 ||
	    zmq_getsockopt(socket, option, &back, &len) != 0)
		return RESULT_IO;
	return back == value ? RESULT_OK : RESULT_INTERNAL;
}

// These can be set but not asked for.
static enum result set_blind(void *socket, int option, int value)
{
	return zmq_setsockopt(socket, option, &value, sizeof value) == 0 ? RESULT_OK : RESULT_IO;
}

const char *door_domain(unsigned n)
{
	static const char *const domains[DOORS_MAX] = {"knooppunt", "knooppunt-2"};
	return domains[n];
}

static enum result set_domain(void *socket, const char *domain)
{
	char back[32] = "";
	size_t len = sizeof back;
	if (zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, domain, strlen(domain)) != 0 ||
	    zmq_getsockopt(socket, ZMQ_ZAP_DOMAIN, back, &len) != 0)
		return RESULT_IO;
	return strcmp(back, domain) == 0 ? RESULT_OK : RESULT_INTERNAL;
}

static enum result set_max_size(void *socket)
{
	int64_t size = SOCKET_FRAME_MAX, back = 0;
	size_t len = sizeof back;
	if (zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &size, sizeof size) != 0 ||
	    zmq_getsockopt(socket, ZMQ_MAXMSGSIZE, &back, &len) != 0)
		return RESULT_IO;
	return back == size ? RESULT_OK : RESULT_INTERNAL;
}

// An IPv4 address with IPv6 on would be bound, and reported to partners, in its mapped form.
static bool is_ipv4(const char *endpoint)
{
	const char *host = endpoint + strlen("tcp://");
	return host[strspn(host, "0123456789.")] == ':';
}

static enum result set_options(void *router, const char *domain,
			       const struct door_settings *settings)
{
	const struct option numbers[] = {
		{ZMQ_CURVE_SERVER, 1},
		{ZAP_ENFORCE_DOMAIN, 1},
		{ZMQ_LINGER, 0},
		{ZMQ_IPV6, !is_ipv4(settings->endpoint)},
		{ZMQ_BACKLOG, 512},
		{ZMQ_RCVHWM, RECEIVE_FRAMES},
		{ZMQ_SNDHWM, SEND_FRAMES},
		{ZMQ_SNDBUF, SEND_BUFFER},
		{ZMQ_HANDSHAKE_IVL, settings->handshake_ms},
		{ZMQ_HEARTBEAT_IVL, 15000},
		{ZMQ_HEARTBEAT_TIMEOUT, 30000},
		{ZMQ_HEARTBEAT_TTL, 60000},
	};
	enum result result = set_domain(router, domain);
	for (size_t i = 0; result == RESULT_OK && i < sizeof numbers / sizeof numbers[0]; i++)
		result = set_number(router, numbers[i].option, numbers[i].value);
	if (result == RESULT_OK)
		result = set_max_size(router);
	// A second peer with a routing id that is in use is ignored, and sending to one that is
	// gone is an error instead of a silent success.
	if (result == RESULT_OK)
		result = set_blind(router, ZMQ_ROUTER_HANDOVER, 0);
	if (result == RESULT_OK)
		result = set_blind(router, ZMQ_ROUTER_MANDATORY, 1);
	if (result == RESULT_OK &&
	    zmq_setsockopt(router, ZMQ_CURVE_SECRETKEY, settings->transport->secret, 32) != 0)
		result = RESULT_IO;
	return result;
}

enum result sockets_open(struct sockets *ret_sockets)
{
	// An admitted peer that guesses the next automatic routing id makes libzmq abort; it takes
	// them from rand() and leaves it at its default seed.
	unsigned seed;
	random_bytes((uint8_t *)&seed, sizeof seed);
	srand(seed);
	struct sockets sockets = {.context = zmq_ctx_new()};
	enum result result = sockets.context ? RESULT_OK : RESULT_NO_MEMORY;
	if (result == RESULT_OK) {
		sockets.zap = zmq_socket(sockets.context, ZMQ_REP);
		if (!sockets.zap || zmq_bind(sockets.zap, ZAP_ENDPOINT) != 0)
			result = RESULT_IO;
	}
	if (result != RESULT_OK) {
		sockets_close(&sockets, 0);
		return result;
	}
	*ret_sockets = sockets;
	return RESULT_OK;
}

// The events wait without a bound: where they could not, libzmq's own thread would.
static enum result open_monitor(struct sockets *sockets, unsigned n)
{
	static const char *const endpoints[DOORS_MAX] = {"inproc://gate.monitor",
							 "inproc://gate.monitor-2"};
	const int events = ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED;
	struct door *door = &sockets->doors[n];
	door->monitor = zmq_socket(sockets->context, ZMQ_PAIR);
	if (!door->monitor || zmq_socket_monitor(door->router, endpoints[n], events) != 0 ||
	    set_number(door->monitor, ZMQ_RCVHWM, 0) != RESULT_OK ||
	    zmq_connect(door->monitor, endpoints[n]) != 0)
		return RESULT_IO;
	return RESULT_OK;
}

enum result door_make(struct sockets *sockets, unsigned n, const struct door_settings *settings)
{
	struct door *door = &sockets->doors[n];
	door->router = zmq_socket(sockets->context, ZMQ_ROUTER);
	enum result result =
		door->router ? set_options(door->router, door_domain(n), settings) : RESULT_IO;
	if (result == RESULT_OK)
		result = open_monitor(sockets, n);
	if (result != RESULT_OK)
		door_close(door, 0);
	return result;
}

enum result door_bind(struct door *door, const char *endpoint)
{
	if (zmq_bind(door->router, endpoint) != 0)
		return RESULT_CONFIG;
	size_t len = sizeof door->endpoint;
	return zmq_getsockopt(door->router, ZMQ_LAST_ENDPOINT, door->endpoint, &len) == 0
		       ? RESULT_OK
		       : RESULT_IO;
}

void door_close(struct door *door, int linger_ms)
{
	if (door->router) {
		int cause = errno;
		(void)zmq_socket_monitor(door->router, NULL, 0);
		(void)zmq_setsockopt(door->router, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
		zmq_close(door->router);
		errno = cause;
	}
	if (door->monitor)
		zmq_close(door->monitor);
	*door = (struct door){.router = NULL};
}

void sockets_close(struct sockets *sockets, int linger_ms)
{
	for (unsigned n = 0; n < DOORS_MAX; n++)
		door_close(&sockets->doors[n], linger_ms);
	if (sockets->zap)
		zmq_close(sockets->zap);
	if (sockets->context)
		zmq_ctx_term(sockets->context);
	*sockets = (struct sockets){0};
}

static struct bytes message_view(zmq_msg_t *message)
{
	return bytes_make(zmq_msg_data(message), zmq_msg_size(message));
}

// Reads and drops what is left of a message of several parts; the last one stays in `body`.
static void drop_rest(void *router, zmq_msg_t *body)
{
	while (zmq_msg_more(body) && zmq_msg_recv(body, router, ZMQ_DONTWAIT) >= 0)
		;
}

enum result socket_receive(void *router, struct received *received)
{
	zmq_msg_init(&received->id);
	zmq_msg_init(&received->body);
	if (zmq_msg_recv(&received->id, router, ZMQ_DONTWAIT) < 0) {
		enum result result = errno == EAGAIN || errno == EINTR ? RESULT_AGAIN : RESULT_IO;
		socket_received_done(received);
		return result;
	}
	// A message is whole inside libzmq before its first part can be read.
	if (!zmq_msg_more(&received->id) ||
	    zmq_msg_recv(&received->body, router, ZMQ_DONTWAIT) < 0) {
		socket_received_done(received);
		return RESULT_IO;
	}
	// The property is set on payload frames always, on the routing id only sometimes.
	const char *user = zmq_msg_gets(&received->body, "User-Id");
	received->has_oin = user && oin_parse(bytes_of_text(user), &received->oin) == RESULT_OK;
	received->link = zmq_msg_get(&received->body, ZMQ_SRCFD);
	received->is_one_frame = !zmq_msg_more(&received->body);
	drop_rest(router, &received->body);
	received->routing_id = message_view(&received->id);
	received->payload = message_view(&received->body);
	return RESULT_OK;
}

void socket_received_done(struct received *received)
{
	zmq_msg_close(&received->id);
	zmq_msg_close(&received->body);
}

// libzmq is given both parts or none: what comes next on a socket on which a message was begun and
// not ended goes to the same peer, and the next is for another.
static int send_both(void *router, zmq_msg_t *id, zmq_msg_t *body)
{
	// With ROUTER_MANDATORY the first part fails when the whole message cannot go.
	if (zmq_msg_send(id, router, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
		return -1;
	int sent;
	while ((sent = zmq_msg_send(body, router, ZMQ_DONTWAIT)) < 0 && errno == EINTR)
		;
	return sent;
}

enum result socket_send(void *router, struct bytes routing_id, struct bytes payload,
			struct account *account)
{
	zmq_msg_t id, body;
	if (zmq_msg_init_size(&id, routing_id.len) != 0)
		return RESULT_NO_MEMORY;
	memcpy(zmq_msg_data(&id), routing_id.data, routing_id.len);
	enum result result = account_message(account, payload, &body);
	if (result != RESULT_OK) {
		zmq_msg_close(&id);
		return result;
	}
	int sent = send_both(router, &id, &body), cause = errno;
	zmq_msg_close(&id);
	zmq_msg_close(&body);
	if (sent >= 0)
		return RESULT_OK;
	switch (cause) {
	case EHOSTUNREACH:
		return RESULT_NOT_FOUND;
	case EAGAIN:
	case EINTR:
		return RESULT_AGAIN;
	default:
		return RESULT_IO;
	}
}

// Two parts: the event as u16 and what it is about as u32, of this machine; and an address.
enum result socket_next_event(void *monitor, struct link_event *ret_event)
{
	uint8_t part[256];
	uint16_t event;
	int32_t value;
	int len = zmq_recv(monitor, part, sizeof part, ZMQ_DONTWAIT);
	if (len < 0)
		return errno == EAGAIN || errno == EINTR ? RESULT_AGAIN : RESULT_IO;
	if (len != sizeof event + sizeof value ||
	    zmq_recv(monitor, part + len, sizeof part - (size_t)len, ZMQ_DONTWAIT) < 0)
		return RESULT_IO;
	memcpy(&event, part, sizeof event);
	memcpy(&value, part + sizeof event, sizeof value);
	*ret_event = (struct link_event){value, event == ZMQ_EVENT_ACCEPTED};
	return RESULT_OK;
}

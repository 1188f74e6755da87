// SPDX-License-Identifier: EUPL-1.2
#include "gate/selftest.h"

#include "base/clock.h"
#include "crypto/seal.h"
#include "crypto/secret.h"

#include <stdio.h>
#include <string.h>

#define STEP_MS 50
#define EVENT_LEN 6 // u16 event, u32 value

struct stranger {
	void *socket, *monitor;
	bool has_key;
	uint8_t key[32];
};

static void stranger_close(struct stranger *stranger)
{
	const int none = 0;
	if (stranger->socket) {
		(void)zmq_socket_monitor(stranger->socket, NULL, 0);
		(void)zmq_setsockopt(stranger->socket, ZMQ_LINGER, &none, sizeof none);
		zmq_close(stranger->socket);
	}
	if (stranger->monitor) {
		(void)zmq_setsockopt(stranger->monitor, ZMQ_LINGER, &none, sizeof none);
		zmq_close(stranger->monitor);
	}
}

static bool set_curve(struct stranger *stranger, const uint8_t server_key[32])
{
	uint8_t secret[SEAL_SECRET_LEN];
	seal_keypair(stranger->key, secret);
	stranger->has_key = true;
	bool done = zmq_setsockopt(stranger->socket, ZMQ_CURVE_SERVERKEY, server_key, 32) == 0 &&
		    zmq_setsockopt(stranger->socket, ZMQ_CURVE_PUBLICKEY, stranger->key, 32) == 0 &&
		    zmq_setsockopt(stranger->socket, ZMQ_CURVE_SECRETKEY, secret, 32) == 0;
	secret_wipe(secret, sizeof secret);
	return done;
}

// Where we are reached ourselves when the gate listens on all addresses.
static void reachable(const char *endpoint, char *out, size_t size)
{
	static const char *const all[] = {"tcp://0.0.0.0:", "tcp://[::]:"};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		if (strncmp(endpoint, all[i], strlen(all[i])) == 0) {
			snprintf(out, size, "tcp://%s:%s", i ? "[::1]" : "127.0.0.1",
				 endpoint + strlen(all[i]));
			return;
		}
	}
	snprintf(out, size, "%s", endpoint);
}

// What is knocked on, and how.
struct knock {
	const struct sockets *sockets;
	const struct door *door;
	const uint8_t *server_key; // NULL: without any security
};

static bool stranger_open(const struct knock *knock, struct stranger *stranger)
{
	const int yes = 1;
	char endpoint[300], monitor[40];
	uint64_t name;
	// Never a name twice: libzmq gives one free some time after its socket was closed.
	random_bytes((uint8_t *)&name, sizeof name);
	snprintf(monitor, sizeof monitor, "inproc://selftest-%016llx", (unsigned long long)name);
	reachable(knock->door->endpoint, endpoint, sizeof endpoint);
	stranger->socket = zmq_socket(knock->sockets->context, ZMQ_DEALER);
	stranger->monitor = zmq_socket(knock->sockets->context, ZMQ_PAIR);
	return stranger->socket && stranger->monitor &&
	       (!knock->server_key || set_curve(stranger, knock->server_key)) &&
	       zmq_setsockopt(stranger->socket, ZMQ_IPV6, &yes, sizeof yes) == 0 &&
	       zmq_socket_monitor(stranger->socket, monitor, ZMQ_EVENT_ALL) == 0 &&
	       zmq_connect(stranger->monitor, monitor) == 0 &&
	       zmq_connect(stranger->socket, endpoint) == 0 &&
	       zmq_send(stranger->socket, "selftest", 8, ZMQ_DONTWAIT) == 8;
}

// A key must be refused by name; without one the gate just hangs up.
static bool is_refusal(const struct stranger *stranger, unsigned event)
{
	if (stranger->has_key)
		return event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;
	return event == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL ||
	       event == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL || event == ZMQ_EVENT_DISCONNECTED;
}

// What the connection told its monitor so far: RESULT_AGAIN nothing that decides.
static enum result monitor_verdict(const struct stranger *stranger)
{
	uint8_t event[EVENT_LEN], address[256];
	while (zmq_recv(stranger->monitor, event, sizeof event, ZMQ_DONTWAIT) == EVENT_LEN) {
		uint16_t kind;
		memcpy(&kind, event, sizeof kind);
		(void)zmq_recv(stranger->monitor, address, sizeof address, ZMQ_DONTWAIT);
		if (kind == ZMQ_EVENT_HANDSHAKE_SUCCEEDED)
			return RESULT_DENIED;
		if (is_refusal(stranger, kind))
			return RESULT_OK;
	}
	return RESULT_AGAIN;
}

static bool message_came_through(void *router)
{
	bool came = false;
	struct received received;
	while (socket_receive(router, &received) == RESULT_OK) {
		came = true;
		socket_received_done(&received);
	}
	return came;
}

static enum result observe(const struct knock *knock, const struct stranger *stranger,
			   const struct selftest_host *host)
{
	zmq_pollitem_t items[] = {
		{.socket = knock->sockets->zap, .events = ZMQ_POLLIN},
		{.socket = knock->door->router, .events = ZMQ_POLLIN},
		{.socket = stranger->monitor, .events = ZMQ_POLLIN},
	};
	int64_t end = clock_monotonic_ms() + SELFTEST_MS;
	enum result result = RESULT_AGAIN;
	while (result == RESULT_AGAIN && clock_monotonic_ms() < end) {
		if (zmq_poll(items, 3, STEP_MS) < 0)
			return RESULT_IO;
		host->answer_zap(host->context, stranger->key);
		result = monitor_verdict(stranger);
		if (message_came_through(knock->door->router))
			return RESULT_DENIED;
	}
	return result;
}

static enum result knock_once(const struct knock *knock, const struct selftest_host *host)
{
	struct stranger stranger = {0};
	enum result result =
		stranger_open(knock, &stranger) ? observe(knock, &stranger, host) : RESULT_IO;
	stranger_close(&stranger);
	return result;
}

enum result selftest_run(const struct sockets *sockets, unsigned door, const uint8_t server_key[32],
			 const struct selftest_host *host)
{
	const struct door *at = &sockets->doors[door];
	enum result result = knock_once(&(const struct knock){sockets, at, server_key}, host);
	return result == RESULT_OK ? knock_once(&(const struct knock){sockets, at, NULL}, host)
				   : result;
}

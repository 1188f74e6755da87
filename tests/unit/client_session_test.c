// SPDX-License-Identifier: EUPL-1.2
// The CURVE connection of a client, against a ROUTER in a thread that answers as a gate would.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "crypto/seal.h"
#include "crypto/secret.h"
#include "lib/session.h"
#include "wire/envelope.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#define WAIT_MS 5000

struct pair {
	uint8_t secret[32];
	struct private_key key;
};

static void make_pair(struct pair *pair)
{
	pair->key.kind = KEY_KIND_TRANSPORT;
	pair->key.secret = pair->secret;
	seal_keypair(pair->key.public_key, pair->secret);
}

// Echoes each frame, twice when it begins with '2', as a message of two parts when with 'p', not at
// all when with '0'; ends at 'q'.
struct server {
	void *context, *socket;
	char endpoint[128];
	struct pair keys;
	pthread_t thread;
};

static bool echo(struct server *server)
{
	zmq_msg_t id, payload;
	zmq_msg_init(&id);
	zmq_msg_init(&payload);
	bool more = zmq_msg_recv(&id, server->socket, 0) >= 0 &&
		    zmq_msg_recv(&payload, server->socket, 0) >= 0;
	char *data = zmq_msg_data(&payload);
	size_t len = zmq_msg_size(&payload);
	char first = more && len > 0 ? data[0] : 'q';
	int times = first == '2' ? 2 : first == '0' || first == 'q' ? 0 : 1;
	for (int i = 0; i < times; i++) {
		zmq_send(server->socket, zmq_msg_data(&id), zmq_msg_size(&id), ZMQ_SNDMORE);
		if (first == 'p')
			zmq_send(server->socket, "part", 4, ZMQ_SNDMORE);
		zmq_send(server->socket, data, len, 0);
	}
	if (first == 'p') {
		zmq_send(server->socket, zmq_msg_data(&id), zmq_msg_size(&id), ZMQ_SNDMORE);
		zmq_send(server->socket, "whole", 5, 0);
	}
	zmq_msg_close(&id);
	zmq_msg_close(&payload);
	return more && first != 'q';
}

static void *serve(void *argument)
{
	while (echo(argument))
		;
	return NULL;
}

static void server_start(struct server *server)
{
	int one = 1, zero = 0;
	size_t size = sizeof server->endpoint;
	make_pair(&server->keys);
	server->context = zmq_ctx_new();
	server->socket = zmq_socket(server->context, ZMQ_ROUTER);
	zmq_setsockopt(server->socket, ZMQ_LINGER, &zero, sizeof zero);
	zmq_setsockopt(server->socket, ZMQ_CURVE_SERVER, &one, sizeof one);
	zmq_setsockopt(server->socket, ZMQ_CURVE_SECRETKEY, server->keys.secret, 32);
	assert_int_equal(zmq_bind(server->socket, "tcp://127.0.0.1:*"), 0);
	assert_int_equal(zmq_getsockopt(server->socket, ZMQ_LAST_ENDPOINT, server->endpoint, &size),
			 0);
	assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void server_stop(struct server *server, const struct link *link)
{
	assert_int_equal(link->send(link->context, bytes_of_text("q"), WAIT_MS), RESULT_OK);
	pthread_join(server->thread, NULL);
	zmq_close(server->socket);
	zmq_ctx_term(server->context);
}

static struct link open_to(const char *endpoint, const uint8_t *server_key, struct pair *own)
{
	struct session_settings settings = {endpoint, server_key, &own->key};
	struct problem problem = {.code = NULL};
	struct link link;
	make_pair(own);
	assert_int_equal(session_open(&settings, &link, &problem), RESULT_OK);
	return link;
}

static void expect_frame(const struct link *link, const char *text)
{
	struct buffer frame;
	buffer_init(&frame, 1 << 18);
	assert_int_equal(link->receive(link->context, WAIT_MS, &frame), RESULT_OK);
	assert_int_equal(frame.len, strlen(text));
	assert_memory_equal(frame.data, text, frame.len);
	buffer_done(&frame);
}

static void expect_silence(const struct link *link)
{
	struct buffer frame;
	buffer_init(&frame, 1 << 18);
	assert_int_equal(link->receive(link->context, 100, &frame), RESULT_AGAIN);
	buffer_done(&frame);
}

static void frames_go_there_and_back(void **state)
{
	struct server server;
	struct pair own;
	(void)state;
	server_start(&server);
	struct link link = open_to(server.endpoint, server.keys.key.public_key, &own);
	assert_int_equal(link.send(link.context, bytes_of_text("1 hello"), WAIT_MS), RESULT_OK);
	expect_frame(&link, "1 hello");
	expect_silence(&link);
	assert_non_null(strstr(link.explain(link.context)->why, "connection stands"));
	server_stop(&server, &link);
	link.close(link.context);
}

// libzmq holds a frame against its limit together with what CURVE adds to it.
static void the_largest_envelope_gets_through(void **state)
{
	struct server server;
	struct pair own;
	struct buffer large, back;
	(void)state;
	server_start(&server);
	struct link link = open_to(server.endpoint, server.keys.key.public_key, &own);
	buffer_init(&large, ENVELOPE_FRAME_MAX);
	buffer_init(&back, ENVELOPE_FRAME_MAX);
	uint8_t *data = buffer_reserve(&large, ENVELOPE_FRAME_MAX);
	assert_non_null(data);
	memset(data, '1', ENVELOPE_FRAME_MAX);
	assert_int_equal(link.send(link.context, buffer_view(&large), WAIT_MS), RESULT_OK);
	assert_int_equal(link.receive(link.context, WAIT_MS, &back), RESULT_OK);
	assert_true(bytes_equal(buffer_view(&back), buffer_view(&large)));
	buffer_done(&large);
	buffer_done(&back);
	server_stop(&server, &link);
	link.close(link.context);
}

static void a_message_of_several_parts_is_dropped_whole(void **state)
{
	struct server server;
	struct pair own;
	(void)state;
	server_start(&server);
	struct link link = open_to(server.endpoint, server.keys.key.public_key, &own);
	assert_int_equal(link.send(link.context, bytes_of_text("p"), WAIT_MS), RESULT_OK);
	expect_frame(&link, "whole");
	server_stop(&server, &link);
	link.close(link.context);
}

static void answers_on_their_way_are_forgotten_at_a_reset(void **state)
{
	struct server server;
	struct pair own;
	(void)state;
	server_start(&server);
	struct link link = open_to(server.endpoint, server.keys.key.public_key, &own);
	assert_int_equal(link.send(link.context, bytes_of_text("2 old"), WAIT_MS), RESULT_OK);
	expect_frame(&link, "2 old");
	link.reset(link.context);
	assert_int_equal(link.send(link.context, bytes_of_text("1 new"), WAIT_MS), RESULT_OK);
	expect_frame(&link, "1 new");
	server_stop(&server, &link);
	link.close(link.context);
}

static void a_knooppunt_that_is_not_there_gives_again(void **state)
{
	struct pair own, other;
	(void)state;
	make_pair(&other);
	// Port 9 (discard) is not served anywhere we test.
	struct link link = open_to("tcp://127.0.0.1:9", other.key.public_key, &own);
	assert_int_equal(link.send(link.context, bytes_of_text("1"), 300), RESULT_AGAIN);
	assert_int_equal(link.explain(link.context)->reason, REASON_UNREACHABLE);
	assert_non_null(strstr(link.explain(link.context)->why, "nobody answers"));
	link.reset(link.context);
	expect_silence(&link);
	link.close(link.context);
}

static void a_server_with_another_key_gets_nothing(void **state)
{
	struct server server;
	struct pair own, other, right;
	(void)state;
	server_start(&server);
	make_pair(&other);
	struct link wrong = open_to(server.endpoint, other.key.public_key, &own);
	assert_int_equal(wrong.send(wrong.context, bytes_of_text("1"), 500), RESULT_AGAIN);
	// Nothing tells a wrong genesis from a knooppunt that has no room: both are named.
	const struct link_trouble *trouble = wrong.explain(wrong.context);
	assert_int_equal(trouble->reason, REASON_UNREACHABLE);
	assert_non_null(strstr(trouble->why, "breaks the handshake off"));
	assert_non_null(strstr(trouble->fix, "genesis"));
	assert_non_null(strstr(trouble->fix, "send again later"));
	wrong.close(wrong.context);
	struct link link = open_to(server.endpoint, server.keys.key.public_key, &right);
	server_stop(&server, &link);
	link.close(link.context);
}

static void an_endpoint_that_is_none_is_a_configuration_error(void **state)
{
	struct pair own;
	struct link link;
	struct problem problem = {.code = NULL};
	(void)state;
	make_pair(&own);
	struct session_settings settings = {"tcp://nergens", own.key.public_key, &own.key};
	assert_int_equal(session_open(&settings, &link, &problem), RESULT_CONFIG);
	assert_string_equal(problem.code, "bad-value");
}

static int setup(void **state)
{
	(void)state;
	return crypto_start() == RESULT_OK ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_go_there_and_back),
		cmocka_unit_test(the_largest_envelope_gets_through),
		cmocka_unit_test(a_message_of_several_parts_is_dropped_whole),
		cmocka_unit_test(answers_on_their_way_are_forgotten_at_a_reset),
		cmocka_unit_test(a_knooppunt_that_is_not_there_gives_again),
		cmocka_unit_test(a_server_with_another_key_gets_nothing),
		cmocka_unit_test(an_endpoint_that_is_none_is_a_configuration_error),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
// The gate's sockets and its test of itself, against routers that are wrong in one way each.
#include "tests/unit/unit.h"

#include "crypto/seal.h"
#include "crypto/secret.h"
#include "gate/connections.h"
#include "gate/selftest.h"

#include <stdlib.h>
#include <string.h>

#define ENDPOINT "tcp://127.0.0.1:0"
#define OIN "00000099000000002000"
#define WAIT_MS 10000

// Debian's libzmq is not built for TSan, which cannot see how its threads hand memory over. Ours is
// one thread: what is watched here is that nothing of the gate runs in another.
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
	return "called_from_lib:libzmq.so\ncalled_from_lib:libstdc++.so\nrace:libzmq.so\n";
}

struct fixture {
	struct private_key transport;
	struct sockets sockets;
	enum zap_verdict verdict;  // on whoever knocks
	bool deaf;                 // answers nobody
	unsigned refused, knocked; // the door
};

static enum zap_verdict decide(void *context, unsigned door, const uint8_t key[32],
			       struct oin *ret_oin)
{
	struct fixture *f = context;
	(void)key;
	f->knocked = door;
	memcpy(ret_oin->text, OIN, sizeof OIN);
	return f->verdict;
}

static void answer_zap(void *context, const uint8_t stranger[32])
{
	struct fixture *f = context;
	const struct zap_decider decider = {decide, f};
	(void)stranger;
	if (!f->deaf)
		f->refused += zap_answer_all(f->sockets.zap, &decider);
}

static enum result selftest(struct fixture *f)
{
	const struct selftest_host host = {answer_zap, f};
	return selftest_run(&f->sockets, 0, f->transport.public_key, &host);
}

static void add_door(struct fixture *f, unsigned n, const struct private_key *key)
{
	const struct door_settings settings = {
		.endpoint = ENDPOINT, .handshake_ms = 500, .transport = key};
	assert_int_equal(door_make(&f->sockets, n, &settings), RESULT_OK);
	assert_int_equal(door_bind(&f->sockets.doors[n], ENDPOINT), RESULT_OK);
}

static void open_door(struct fixture *f)
{
	assert_int_equal(sockets_open(&f->sockets), RESULT_OK);
	add_door(f, 0, &f->transport);
}

// A router as somebody might write it who did not read how libzmq fails open.
static void open_careless_door(struct fixture *f, bool curve)
{
	const int yes = 1, none = 0;
	f->sockets.context = zmq_ctx_new();
	f->sockets.doors[0].router = zmq_socket(f->sockets.context, ZMQ_ROUTER);
	f->sockets.zap = zmq_socket(f->sockets.context, ZMQ_REP); // bound nowhere
	zmq_setsockopt(f->sockets.doors[0].router, ZMQ_LINGER, &none, sizeof none);
	if (curve) {
		zmq_setsockopt(f->sockets.doors[0].router, ZMQ_CURVE_SERVER, &yes, sizeof yes);
		zmq_setsockopt(f->sockets.doors[0].router, ZMQ_CURVE_SECRETKEY, f->transport.secret,
			       32);
		zmq_setsockopt(f->sockets.doors[0].router, ZMQ_ZAP_DOMAIN, "knooppunt", 9);
	}
	assert_int_equal(door_bind(&f->sockets.doors[0], ENDPOINT), RESULT_OK);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	*state = f;
	if (crypto_start() != RESULT_OK || secret_alloc(32, &f->transport.secret) != RESULT_OK)
		return -1;
	seal_keypair(f->transport.public_key, f->transport.secret);
	f->verdict = ZAP_REFUSE;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	sockets_close(&f->sockets, 0);
	private_key_done(&f->transport);
	free(f);
	return 0;
}

// ---- the test of itself --------------------------------------------------------------------

static void a_door_that_refuses_strangers_passes(void **state)
{
	struct fixture *f = *state;
	open_door(f);
	assert_int_equal(selftest(f), RESULT_OK);
	assert_true(f->refused > 0);
	assert_int_equal(selftest(f), RESULT_OK);
}

static void a_door_that_admits_everybody_fails(void **state)
{
	struct fixture *f = *state;
	open_door(f);
	f->verdict = ZAP_ADMIT;
	assert_int_equal(selftest(f), RESULT_DENIED);
}

static void a_door_without_a_handler_fails(void **state)
{
	struct fixture *f = *state;
	open_careless_door(f, true);
	assert_int_equal(selftest(f), RESULT_DENIED);
}

static void a_door_without_curve_fails(void **state)
{
	struct fixture *f = *state;
	open_careless_door(f, false);
	assert_int_not_equal(selftest(f), RESULT_OK);
}

static void a_door_where_nothing_is_decided_does_not_pass(void **state)
{
	struct fixture *f = *state;
	open_door(f);
	f->deaf = true;
	assert_int_equal(selftest(f), RESULT_AGAIN);
}

// ---- partners ------------------------------------------------------------------------------

static void *partner_open(struct fixture *f)
{
	uint8_t public_key[32], secret[32];
	const int none = 0;
	seal_keypair(public_key, secret);
	void *socket = zmq_socket(f->sockets.context, ZMQ_DEALER);
	zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof none);
	zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, f->transport.public_key, 32);
	zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, public_key, 32);
	zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, secret, 32);
	assert_int_equal(zmq_connect(socket, f->sockets.doors[0].endpoint), 0);
	return socket;
}

// Turns the door until a frame comes.
static void receive(struct fixture *f, struct received *received)
{
	zmq_pollitem_t items[] = {{.socket = f->sockets.zap, .events = ZMQ_POLLIN},
				  {.socket = f->sockets.doors[0].router, .events = ZMQ_POLLIN}};
	for (int waited = 0; waited < WAIT_MS; waited += 10) {
		assert_true(zmq_poll(items, 2, 10) >= 0);
		answer_zap(f, NULL);
		if (socket_receive(f->sockets.doors[0].router, received) == RESULT_OK)
			return;
	}
	fail_msg("no frame came");
}

static void a_frame_comes_with_the_oin_of_its_connection_and_is_answered(void **state)
{
	struct fixture *f = *state;
	open_door(f);
	f->verdict = ZAP_ADMIT;
	void *partner = partner_open(f);
	assert_int_equal(zmq_send(partner, "question", 8, 0), 8);
	struct received received;
	receive(f, &received);
	assert_true(received.has_oin);
	assert_string_equal(received.oin.text, OIN);
	assert_true(received.is_one_frame);
	assert_true(bytes_equal(received.payload, bytes_of_text("question")));
	assert_int_equal(socket_send(f->sockets.doors[0].router, received.routing_id,
				     bytes_of_text("answer"), NULL),
			 RESULT_OK);
	char answer[16];
	assert_int_equal(zmq_recv(partner, answer, sizeof answer, 0), 6);
	assert_memory_equal(answer, "answer", 6);
	assert_int_equal(socket_send(f->sockets.doors[0].router, bytes_of_text("nobody"),
				     bytes_of_text("answer"), NULL),
			 RESULT_NOT_FOUND);
	socket_received_done(&received);
	zmq_close(partner);
}

static void a_message_of_parts_is_told_apart_and_read_to_its_end(void **state)
{
	struct fixture *f = *state;
	open_door(f);
	f->verdict = ZAP_ADMIT;
	void *partner = partner_open(f);
	for (int i = 0; i < 5; i++)
		assert_int_equal(zmq_send(partner, "part", 4, ZMQ_SNDMORE), 4);
	assert_int_equal(zmq_send(partner, "last", 4, 0), 4);
	assert_int_equal(zmq_send(partner, "single", 6, 0), 6);
	struct received received;
	receive(f, &received);
	assert_false(received.is_one_frame);
	socket_received_done(&received);
	receive(f, &received);
	assert_true(received.is_one_frame);
	assert_true(bytes_equal(received.payload, bytes_of_text("single")));
	socket_received_done(&received);
	zmq_close(partner);
}

static void an_address_that_cannot_be_had_is_said(void **state)
{
	struct fixture *f = *state;
	open_door(f);
	struct sockets other;
	const struct door_settings settings = {.endpoint = f->sockets.doors[0].endpoint,
					       .handshake_ms = 500,
					       .transport = &f->transport};
	assert_int_equal(sockets_open(&other), RESULT_OK);
	assert_int_equal(door_make(&other, 0, &settings), RESULT_OK);
	assert_int_equal(door_bind(&other.doors[0], settings.endpoint), RESULT_CONFIG);
	sockets_close(&other, 0);
}

// While the transport key changes: each proves itself by its own, who knocks is told apart, and
// closing one leaves the other.
static void two_doors_have_a_key_each_and_close_one_by_one(void **state)
{
	struct fixture *f = *state;
	struct private_key second = {.secret = NULL};
	const struct selftest_host host = {answer_zap, f};
	assert_int_equal(secret_alloc(32, &second.secret), RESULT_OK);
	seal_keypair(second.public_key, second.secret);
	open_door(f);
	add_door(f, 1, &second);
	assert_string_not_equal(f->sockets.doors[0].endpoint, f->sockets.doors[1].endpoint);
	assert_int_equal(selftest(f), RESULT_OK);
	assert_int_equal(f->knocked, 0);
	assert_int_equal(selftest_run(&f->sockets, 1, second.public_key, &host), RESULT_OK);
	assert_int_equal(f->knocked, 1);
	// The key of the other door is not that of this one: the handshake ends before anybody
	// asks.
	f->knocked = 7;
	assert_int_equal(selftest_run(&f->sockets, 1, f->transport.public_key, &host),
			 RESULT_AGAIN);
	assert_int_equal(f->knocked, 7);
	door_close(&f->sockets.doors[0], 0);
	door_close(&f->sockets.doors[0], 0);
	assert_int_equal(selftest_run(&f->sockets, 1, second.public_key, &host), RESULT_OK);
	private_key_done(&second);
}

// Peers choose their ids, and at each door for themselves.
static void one_routing_id_at_two_doors_is_two_connections(void **state)
{
	struct connections *connections;
	struct peer first = {.door = 0, .routing_id = LITERAL("id")}, second = first, found;
	(void)state;
	second.door = 1;
	assert_int_equal(oin_parse(bytes_of_text("00000099000000001000"), &first.oin), RESULT_OK);
	assert_int_equal(oin_parse(bytes_of_text(OIN), &second.oin), RESULT_OK);
	assert_int_equal(connections_new(&connections), RESULT_OK);
	uint64_t a = connections_number(connections, &first);
	uint64_t b = connections_number(connections, &second);
	assert_true(connections_find(connections, a, &found)); // nobody took it
	assert_int_equal(found.door, 0);
	assert_true(oin_equal(&found.oin, &first.oin));
	assert_true(connections_find(connections, b, &found));
	assert_int_equal(found.door, 1);
	assert_true(oin_equal(&found.oin, &second.oin));
	connections_free(connections);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(a_door_that_refuses_strangers_passes),
		T(a_door_that_admits_everybody_fails),
		T(a_door_without_a_handler_fails),
		T(a_door_without_curve_fails),
		T(a_door_where_nothing_is_decided_does_not_pass),
		T(a_frame_comes_with_the_oin_of_its_connection_and_is_answered),
		T(a_message_of_parts_is_told_apart_and_read_to_its_end),
		T(an_address_that_cannot_be_had_is_said),
		T(two_doors_have_a_key_each_and_close_one_by_one),
		T(one_routing_id_at_two_doors_is_two_connections),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

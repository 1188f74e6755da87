// SPDX-License-Identifier: EUPL-1.2
// The gate's sockets and its test of itself, against routers that are wrong in one way each.
#include "tests/unit/unit.h"

#include "crypto/seal.h"
#include "crypto/secret.h"
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
	enum zap_verdict verdict; // on whoever knocks
	bool deaf;                // answers nobody
	unsigned refused;
};

static enum zap_verdict decide(void *context, const uint8_t key[32], struct oin *ret_oin)
{
	struct fixture *f = context;
	(void)key;
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
	return selftest_run(&f->sockets, f->transport.public_key, &host);
}

static void open_door(struct fixture *f)
{
	const struct socket_settings settings = {
		.endpoint = ENDPOINT, .handshake_ms = 500, .transport = &f->transport};
	assert_int_equal(sockets_open(&settings, &f->sockets), RESULT_OK);
	assert_int_equal(sockets_bind(&f->sockets, ENDPOINT), RESULT_OK);
}

// A router as somebody might write it who did not read how libzmq fails open.
static void open_careless_door(struct fixture *f, bool curve)
{
	const int yes = 1, none = 0;
	f->sockets.context = zmq_ctx_new();
	f->sockets.router = zmq_socket(f->sockets.context, ZMQ_ROUTER);
	f->sockets.zap = zmq_socket(f->sockets.context, ZMQ_REP); // bound nowhere
	zmq_setsockopt(f->sockets.router, ZMQ_LINGER, &none, sizeof none);
	if (curve) {
		zmq_setsockopt(f->sockets.router, ZMQ_CURVE_SERVER, &yes, sizeof yes);
		zmq_setsockopt(f->sockets.router, ZMQ_CURVE_SECRETKEY, f->transport.secret, 32);
		zmq_setsockopt(f->sockets.router, ZMQ_ZAP_DOMAIN, "knooppunt", 9);
	}
	assert_int_equal(sockets_bind(&f->sockets, ENDPOINT), RESULT_OK);
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
	assert_int_equal(zmq_connect(socket, f->sockets.endpoint), 0);
	return socket;
}

// Turns the door until a frame comes.
static void receive(struct fixture *f, struct received *received)
{
	zmq_pollitem_t items[] = {{.socket = f->sockets.zap, .events = ZMQ_POLLIN},
				  {.socket = f->sockets.router, .events = ZMQ_POLLIN}};
	for (int waited = 0; waited < WAIT_MS; waited += 10) {
		assert_true(zmq_poll(items, 2, 10) >= 0);
		answer_zap(f, NULL);
		if (socket_receive(f->sockets.router, received) == RESULT_OK)
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
	assert_int_equal(
		socket_send(f->sockets.router, received.routing_id, bytes_of_text("answer")),
		RESULT_OK);
	char answer[16];
	assert_int_equal(zmq_recv(partner, answer, sizeof answer, 0), 6);
	assert_memory_equal(answer, "answer", 6);
	assert_int_equal(
		socket_send(f->sockets.router, bytes_of_text("nobody"), bytes_of_text("answer")),
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
	const struct socket_settings settings = {
		.endpoint = f->sockets.endpoint, .handshake_ms = 500, .transport = &f->transport};
	assert_int_equal(sockets_open(&settings, &other), RESULT_OK);
	assert_int_equal(sockets_bind(&other, f->sockets.endpoint), RESULT_CONFIG);
	sockets_close(&other, 0);
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
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

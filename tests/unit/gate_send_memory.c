// SPDX-License-Identifier: EUPL-1.2
// What the gate sends to one partner while memory is not to be had: the n-th allocation of the call
// fails, for n = 1, 2, … until it passes untouched. Nothing of that answer may go along with the
// next, which is for another partner.
//
//	send_memory [--expect-loss]
//
// --expect-loss: the build hands libzmq an answer in two pieces; it is an error when that is not
// seen.
#include "gate/socket.h"

#include "tests/fault/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#define LARGE (200 * 1024) // an answer; one of less than 34 bytes needs no memory of its own
#define POINTS_MAX 100

static void *context, *router, *first, *second;
static struct account *account; // of the first

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void *partner(const char *name)
{
	void *dealer = zmq_socket(context, ZMQ_DEALER);
	char id[16], hello[16];
	require(dealer && zmq_setsockopt(dealer, ZMQ_ROUTING_ID, name, strlen(name)) == 0);
	require(zmq_connect(dealer, "inproc://door") == 0 && zmq_send(dealer, "hello", 5, 0) == 5);
	require(zmq_recv(router, id, sizeof id, 0) > 0 &&
		zmq_recv(router, hello, sizeof hello, 0) == 5);
	return dealer;
}

// Of what waits for a partner: how many frames, and whether the first is `wanted`.
static size_t take_all(void *dealer, struct bytes wanted, bool *ret_first_is_wanted)
{
	static uint8_t frame[LARGE];
	size_t count = 0;
	*ret_first_is_wanted = false;
	for (int len; (len = zmq_recv(dealer, frame, sizeof frame, ZMQ_DONTWAIT)) >= 0; count++)
		if (count == 0)
			*ret_first_is_wanted = bytes_equal(bytes_make(frame, (size_t)len), wanted);
	return count;
}

// Sends to both partners, with a fault in the first; what was wrong with what they got, or NULL.
static const char *strike(size_t n, struct bytes answer, bool *ret_failed)
{
	const struct bytes next = bytes_of_text("for the second");
	bool is_answer, is_next;
	memory_arm(n, false);
	memory_pause(false);
	enum result r = socket_send(router, bytes_of_text("first"), answer, account);
	memory_pause(true);
	*ret_failed = memory_failed();
	enum result after = socket_send(router, bytes_of_text("second"), next, NULL);
	size_t got = take_all(first, answer, &is_answer);
	size_t other = take_all(second, next, &is_next);
	if (got != (r == RESULT_OK) || (got > 0 && !is_answer))
		return "the first partner got what is not its own";
	if (after != RESULT_OK || other != 1 || !is_next)
		return "the second partner did not get its answer";
	if (account_bytes(account) != 0)
		return "what is gone, or never went, still counts as waiting";
	return NULL;
}

int main(int argc, char **argv)
{
	bool expect_loss = argc > 1 && strcmp(argv[1], "--expect-loss") == 0, failed = true;
	static uint8_t large[LARGE];
	const int mandatory = 1;
	size_t n = 0, bad = 0;
	struct waiting *waiting;
	require(waiting_new(&waiting) == RESULT_OK && waiting_open(waiting, &account) == RESULT_OK);
	context = zmq_ctx_new();
	router = context ? zmq_socket(context, ZMQ_ROUTER) : NULL;
	require(router &&
		zmq_setsockopt(router, ZMQ_ROUTER_MANDATORY, &mandatory, sizeof mandatory) == 0);
	require(zmq_bind(router, "inproc://door") == 0);
	first = partner("first");
	second = partner("second");
	memset(large, 'a', sizeof large);
	while (failed && bad == 0) {
		require(++n < POINTS_MAX);
		const char *wrong = strike(n, bytes_make(large, sizeof large), &failed);
		if (wrong)
			printf("allocation %zu: %s\n", n, wrong);
		bad += wrong != NULL;
	}
	printf("%zu allocations failed, %zu bad\n", n - !failed, bad);
	zmq_close(first);
	zmq_close(second);
	zmq_close(router);
	zmq_ctx_term(context);
	waiting_free(waiting);
	return expect_loss ? bad == 0 : bad > 0 || n < 2;
}

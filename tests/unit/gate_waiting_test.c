// SPDX-License-Identifier: EUPL-1.2
// What waits to be sent to partners: how much of it one may have, and that it counts for as long as
// libzmq has it.
#include "tests/unit/unit.h"

#include "gate/waiting.h"
#include "wire/envelope.h"

#include <string.h>

#define FRAME ((size_t)ENVELOPE_FRAME_MAX)
#define PARTNERS_MAX 1000

// So many partners take in turn whatever they can get; how much each has then. The sum of all.
static uint64_t take_all(size_t partners, uint64_t each[PARTNERS_MAX])
{
	uint64_t all = 0;
	bool any = true;
	memset(each, 0, PARTNERS_MAX * sizeof *each);
	while (any) {
		any = false;
		for (size_t i = 0; i < partners; i++) {
			if (!waiting_has_room(all, each[i], FRAME))
				continue;
			each[i] += FRAME;
			all += FRAME;
			any = true;
		}
	}
	return all;
}

static void one_partner_alone_has_a_share_and_no_more(void **state)
{
	uint64_t each[PARTNERS_MAX], most = WAITING_MAX / (WAITING_SHARE + 1);
	(void)state;
	assert_true(take_all(1, each) <= most);
	assert_true(each[0] > most - FRAME);
}

static void however_many_take_all_they_can_the_next_finds_room(void **state)
{
	uint64_t each[PARTNERS_MAX];
	(void)state;
	for (size_t partners = 1; partners <= PARTNERS_MAX; partners *= 10) {
		uint64_t all = take_all(partners, each);
		assert_true(all <= WAITING_MAX);
		// Almost as much as each of them, short of the one frame that does not fit.
		uint64_t own = 0;
		for (; waiting_has_room(all, own, FRAME); all += FRAME)
			own += FRAME;
		assert_true(own > 0);
		assert_true(own + FRAME > each[0] / (WAITING_SHARE + 1) * WAITING_SHARE);
	}
}

static void one_of_which_nothing_waits_gets_a_frame_whatever_others_have(void **state)
{
	(void)state;
	assert_true(waiting_has_room(WAITING_MAX, 0, FRAME));
	assert_true(waiting_has_room(2 * WAITING_MAX, 0, FRAME));
	assert_false(waiting_has_room(WAITING_MAX, 1, 1));
	assert_false(waiting_has_room(2 * WAITING_MAX, 1, 1));
}

static void a_frame_counts_until_its_message_is_closed(void **state)
{
	static const uint8_t payload[1000];
	struct waiting *waiting;
	struct account *account, *other;
	zmq_msg_t first, second;
	(void)state;
	assert_int_equal(waiting_new(&waiting), RESULT_OK);
	assert_int_equal(waiting_open(waiting, &account), RESULT_OK);
	assert_int_equal(waiting_open(waiting, &other), RESULT_OK);
	assert_int_equal(account_message(account, bytes_make(payload, 1000), &first), RESULT_OK);
	assert_int_equal(account_message(account, bytes_make(payload, 10), &second), RESULT_OK);
	assert_int_equal(account_bytes(account), 1010);
	assert_int_equal(account_bytes(other), 0);
	zmq_msg_close(&first);
	assert_int_equal(account_bytes(account), 10);
	zmq_msg_close(&second);
	assert_int_equal(account_bytes(account), 0);
	waiting_free(waiting);
}

// By a socket that nobody reads, and by its end.
static void what_is_sent_counts_until_it_was_taken_or_its_peer_is_gone(void **state)
{
	static const uint8_t payload[100000];
	struct waiting *waiting;
	struct account *account;
	zmq_msg_t message;
	void *context = zmq_ctx_new();
	void *from = zmq_socket(context, ZMQ_PAIR), *to = zmq_socket(context, ZMQ_PAIR);
	(void)state;
	assert_int_equal(waiting_new(&waiting), RESULT_OK);
	assert_int_equal(waiting_open(waiting, &account), RESULT_OK);
	assert_int_equal(zmq_bind(to, "inproc://to"), 0);
	assert_int_equal(zmq_connect(from, "inproc://to"), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(
			account_message(account, bytes_make(payload, sizeof payload), &message),
			RESULT_OK);
		assert_int_equal(zmq_msg_send(&message, from, 0), sizeof payload);
	}
	assert_int_equal(account_bytes(account), 3 * sizeof payload);
	assert_int_equal(zmq_recv(to, NULL, 0, 0), sizeof payload);
	assert_int_equal(account_bytes(account), 2 * sizeof payload);
	zmq_close(from);
	zmq_close(to);
	zmq_ctx_term(context);
	assert_int_equal(account_bytes(account), 0);
	waiting_free(waiting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_partner_alone_has_a_share_and_no_more),
		cmocka_unit_test(however_many_take_all_they_can_the_next_finds_room),
		cmocka_unit_test(one_of_which_nothing_waits_gets_a_frame_whatever_others_have),
		cmocka_unit_test(a_frame_counts_until_its_message_is_closed),
		cmocka_unit_test(what_is_sent_counts_until_it_was_taken_or_its_peer_is_gone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

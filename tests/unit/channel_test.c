// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/unit.h"

#include "ipc/channel.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct fixture {
	int fds[2];
	struct channel a, b;
	uint8_t *memory;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	f->memory = malloc(CHANNEL_MESSAGE_MAX);
	*state = f;
	return channel_pair(f->fds) == RESULT_OK &&
			       channel_init(&f->a, f->fds[0], 2 * CHANNEL_MESSAGE_MAX) ==
				       RESULT_OK &&
			       channel_init(&f->b, f->fds[1], 2 * CHANNEL_MESSAGE_MAX) == RESULT_OK
		       ? 0
		       : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	channel_done(&f->a);
	channel_done(&f->b);
	free(f->memory);
	free(f);
	return 0;
}

static void send_number(struct channel *channel, uint32_t number)
{
	struct bytes header = bytes_make(&number, sizeof number);
	assert_int_equal(channel_send(channel, header, (struct bytes){0}), RESULT_OK);
}

static uint32_t receive_number(struct fixture *f, struct channel *channel)
{
	struct bytes message;
	assert_int_equal(channel_receive(channel, f->memory, &message), RESULT_OK);
	assert_true(message.len >= sizeof(uint32_t));
	uint32_t number;
	memcpy(&number, message.data, sizeof number);
	return number;
}

static void a_message_arrives_whole_with_header_and_body(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(channel_send(&f->a, bytes_of_text("head"), bytes_of_text("body")),
			 RESULT_OK);
	send_number(&f->a, 7);
	struct bytes message;
	assert_int_equal(channel_receive(&f->b, f->memory, &message), RESULT_OK);
	assert_true(bytes_equal(message, bytes_of_text("headbody")));
	assert_int_equal(receive_number(f, &f->b), 7);
	assert_int_equal(channel_receive(&f->b, f->memory, &message), RESULT_AGAIN);
}

static void both_directions_are_independent(void **state)
{
	struct fixture *f = *state;
	send_number(&f->a, 1);
	send_number(&f->b, 2);
	assert_int_equal(receive_number(f, &f->a), 2);
	assert_int_equal(receive_number(f, &f->b), 1);
}

static void a_largest_message_passes_and_a_larger_one_is_refused(void **state)
{
	struct fixture *f = *state;
	uint8_t *body = calloc(1, CHANNEL_MESSAGE_MAX);
	body[CHANNEL_MESSAGE_MAX - 2] = 9;
	struct bytes header = bytes_of_text("h");
	assert_int_equal(channel_send(&f->a, header, bytes_make(body, CHANNEL_MESSAGE_MAX)),
			 RESULT_TOO_LARGE);
	assert_int_equal(channel_send(&f->a, header, bytes_make(body, CHANNEL_MESSAGE_MAX - 1)),
			 RESULT_OK);
	free(body);
	struct bytes message;
	assert_int_equal(channel_receive(&f->b, f->memory, &message), RESULT_OK);
	assert_int_equal(message.len, CHANNEL_MESSAGE_MAX);
	assert_int_equal(message.data[CHANNEL_MESSAGE_MAX - 1], 9);
}

// Fills socket and queue; returns how many messages were taken, numbered from 0.
static uint32_t fill(struct fixture *f, size_t len)
{
	uint8_t *body = calloc(1, len);
	uint32_t count = 0;
	enum result result;
	while ((result = channel_send(&f->a, bytes_make(&count, sizeof count),
				      bytes_make(body, len))) == RESULT_OK)
		count++;
	assert_int_equal(result, RESULT_AGAIN);
	free(body);
	return count;
}

static void what_would_block_waits_in_order_up_to_the_ceiling(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(channel_events(&f->a), POLLIN);
	uint32_t count = fill(f, 1000);
	assert_true(count > 800);
	assert_int_equal(channel_events(&f->a), POLLIN | POLLOUT);
	assert_true(f->a.queued_bytes <= f->a.queue_ceiling);
	assert_int_equal(channel_flush(&f->a), RESULT_AGAIN);
	for (uint32_t i = 0; i < count; i++) {
		assert_int_equal(receive_number(f, &f->b), i);
		if (i % 50 == 0)
			assert_in_range(channel_flush(&f->a), RESULT_OK, RESULT_AGAIN);
	}
	assert_int_equal(f->a.queued, 0);
	assert_int_equal(f->a.queued_bytes, 0);
	assert_int_equal(channel_events(&f->a), POLLIN);
}

static void a_new_message_never_overtakes_one_that_waits(void **state)
{
	struct fixture *f = *state;
	uint32_t count = fill(f, 1000);
	assert_int_equal(receive_number(f, &f->b), 0);
	for (uint32_t i = 1; i < 600; i++)
		assert_int_equal(receive_number(f, &f->b), i);
	// Now the socket has room, but older messages still wait in the queue.
	send_number(&f->a, count);
	for (uint32_t i = 600; i <= count; i++) {
		assert_int_equal(receive_number(f, &f->b), i);
		assert_in_range(channel_flush(&f->a), RESULT_OK, RESULT_AGAIN);
	}
}

static void a_closed_channel_says_so_on_both_sides(void **state)
{
	struct fixture *f = *state;
	send_number(&f->b, 3);
	channel_done(&f->b);
	assert_int_equal(receive_number(f, &f->a), 3);
	struct bytes message;
	assert_int_equal(channel_receive(&f->a, f->memory, &message), RESULT_CLOSED);
	assert_int_equal(channel_send(&f->a, bytes_of_text("x"), (struct bytes){0}), RESULT_CLOSED);
}

static void an_end_survives_the_process_that_used_it(void **state)
{
	struct fixture *f = *state;
	// As the parent does: it keeps the end open, a child has a copy and dies.
	struct channel copy;
	assert_int_equal(channel_init(&copy, dup(f->fds[1]), 4096), RESULT_OK);
	send_number(&f->a, 1);
	send_number(&f->a, 2);
	assert_int_equal(receive_number(f, &copy), 1);
	channel_done(&copy);
	assert_int_equal(receive_number(f, &f->b), 2);
}

static void an_empty_packet_is_not_taken_for_the_end(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(send(f->fds[0], "", 0, 0), 0);
	send_number(&f->a, 4);
	struct bytes message;
	assert_int_equal(channel_receive(&f->b, f->memory, &message), RESULT_MALFORMED);
	assert_int_equal(receive_number(f, &f->b), 4);
}

static void a_packet_beyond_the_maximum_is_dropped_and_the_next_one_read(void **state)
{
	struct fixture *f = *state;
	uint8_t *large = calloc(1, CHANNEL_MESSAGE_MAX + 8);
	ssize_t sent = send(f->fds[0], large, CHANNEL_MESSAGE_MAX + 8, 0);
	free(large);
	assert_int_equal(sent, CHANNEL_MESSAGE_MAX + 8);
	send_number(&f->a, 5);
	struct bytes message;
	assert_int_equal(channel_receive(&f->b, f->memory, &message), RESULT_TOO_LARGE);
	assert_int_equal(receive_number(f, &f->b), 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(a_message_arrives_whole_with_header_and_body),
		T(both_directions_are_independent),
		T(a_largest_message_passes_and_a_larger_one_is_refused),
		T(what_would_block_waits_in_order_up_to_the_ceiling),
		T(a_new_message_never_overtakes_one_that_waits),
		T(a_closed_channel_says_so_on_both_sides),
		T(an_end_survives_the_process_that_used_it),
		T(an_empty_packet_is_not_taken_for_the_end),
		T(a_packet_beyond_the_maximum_is_dropped_and_the_next_one_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

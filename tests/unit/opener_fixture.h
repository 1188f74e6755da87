// SPDX-License-Identifier: EUPL-1.2
// An opener with a house and two partners, and what one of them sends; core's side of the channel
// is a sink that reads what it is given. Include after unit.h.
#ifndef KNP_TESTS_UNIT_OPENER_FIXTURE_H
#define KNP_TESTS_UNIT_OPENER_FIXTURE_H

#include "ipc/channel.h"
#include "opener/opener.h"
#include "tests/unit/sender.h"

#define TAKEN_MAX 8

struct fixture {
	struct sender house, partner, other;
	struct opener *opener;
	struct sending sending;
	struct party_row rows[3];
	size_t row_count;
	struct buffer parties;
	struct receive_keys receive; // borrowed from the house
	// what the sink took, as core would read it
	struct buffer messages[TAKEN_MAX];
	struct opened taken[TAKEN_MAX];
	struct arena *arena;
	size_t count;
	enum result sink_answer, result;
	enum result first_answer; // unless RESULT_OK: to the first that it is offered, untaken
	const char *connection;
};

// A refusal carries nothing of what was sent.
static inline void assert_bare(const struct opened *opened)
{
	assert_false(opened->has_slots);
	assert_null(opened->slots.rubrieken);
	assert_int_equal(opened->slots.count, 0);
	assert_true(bytes_all_zero(bytes_make(opened->slots.seed, VECTOR_SEED_LEN)));
	assert_null(opened->melding.rubrieken);
	assert_int_equal(opened->melding.count, 0);
}

static inline enum result take(void *context, const struct opened *opened)
{
	struct fixture *f = context;
	assert_true(f->count < TAKEN_MAX);
	if (opened->refusal.reason != REASON_NONE)
		assert_bare(opened);
	if (f->first_answer != RESULT_OK) {
		enum result answer = f->first_answer;
		f->first_answer = RESULT_OK;
		return answer;
	}
	struct buffer *message = &f->messages[f->count];
	buffer_clear(message);
	assert_int_equal(opened_encode(opened, message), RESULT_OK);
	assert_int_equal(opened_decode(buffer_view(message), f->arena, &f->taken[f->count]),
			 RESULT_OK);
	f->count++;
	return f->sink_answer;
}

static inline void set_parties(struct fixture *f)
{
	sender_parties(&f->house, f->rows, f->row_count, &f->parties);
	assert_int_equal(opener_set_parties(f->opener, buffer_view(&f->parties)), RESULT_OK);
}

static inline int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	*state = f;
	if (crypto_start() != RESULT_OK || arena_new(1 << 20, &f->arena) != RESULT_OK)
		return -1;
	sender_init(&f->house, "00000099000000001000", 1);
	f->receive = (struct receive_keys){.keys = {f->house.sealing}, .count = 1};
	sender_init(&f->partner, "00000099000000002000", 2);
	sender_init(&f->other, "00000099000000003000", 3);
	f->connection = f->partner.oin.text;
	for (size_t i = 0; i < TAKEN_MAX; i++)
		buffer_init(&f->messages[i], CHANNEL_MESSAGE_MAX);
	buffer_init(&f->parties, CHANNEL_MESSAGE_MAX);
	sending_init(&f->sending, &f->partner, &f->house, 1);
	f->rows[0] = sender_row(&f->other);
	f->rows[1] = sender_row(&f->partner);
	f->row_count = 2;
	if (opener_new(&f->receive, &f->opener) != RESULT_OK)
		return -1;
	set_parties(f);
	return 0;
}

static inline int teardown(void **state)
{
	struct fixture *f = *state;
	opener_free(f->opener);
	sending_done(&f->sending);
	for (size_t i = 0; i < TAKEN_MAX; i++)
		buffer_wipe(&f->messages[i]);
	buffer_done(&f->parties);
	arena_free(f->arena);
	sender_done(&f->house);
	sender_done(&f->partner);
	sender_done(&f->other);
	free(f);
	return 0;
}

static inline enum reason open_frame(struct fixture *f)
{
	struct opener_input input = {
		.frame = buffer_view(&f->sending.frame),
		.route = {.connection = 77, .generation = 3},
		.today = SENDER_TODAY,
	};
	assert_int_equal(oin_parse(bytes_of_text(f->connection), &input.connection_oin), RESULT_OK);
	const struct opener_sink sink = {take, f};
	f->count = 0;
	arena_clear(f->arena);
	return opener_open(f->opener, &input, &sink, &f->result);
}

static inline enum reason send(struct fixture *f)
{
	sending_sign(&f->sending);
	sending_seal(&f->sending);
	return open_frame(f);
}

#endif

// SPDX-License-Identifier: EUPL-1.2
// What the knooppunt answers with: back as it went, and nothing written that proves nothing.
#include "wire/entry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "message_fixture.h"

static struct leaf sample_leaf(uint64_t index)
{
	struct leaf leaf = {
		.index = index,
		.entry = bytes_make(filler, ENTRY_LEN),
		.vector = bytes_make(filler, 32 * 32),
		.part = {31, bytes_make(filler, 32), TEXT("part")},
	};
	leaf.path.count = TREE_PATH_MAX;
	leaf.path.hashes[62].b[0] = 0x62;
	return leaf;
}

struct answer {
	struct replies replies;
	struct reply reply[2];
	struct delivery delivery;
	struct opening openings[2], verrijkingen[1];
	struct leaf leaves[2];
};

static void fill_answer(struct answer *answer)
{
	memset(answer, 0, sizeof *answer);
	answer->openings[0] = (struct opening){127, bytes_make(filler, 32), TEXT("r1")};
	answer->openings[1] = (struct opening){0, bytes_make(filler, 32), TEXT("r2")};
	answer->verrijkingen[0] = (struct opening){0, bytes_make(filler, 32), TEXT("v")};
	answer->delivery = (struct delivery){
		.leaf = sample_leaf(12),
		.has_sender = true,
		.sender = {TEXT("statement"),
			   OIN,
			   bytes_make(filler, 8),
			   1,
			   0,
			   {{{{0}}}, 0},
			   bytes_make(filler, SIGNATURE_LEN)},
		.slots_vector = bytes_make(filler, 128 * 32),
		.openings = answer->openings,
		.opening_count = 2,
		.verrijkingen = answer->verrijkingen,
		.verrijking_count = 1,
	};
	answer->delivery.sender_consistency.count = 2;
	answer->leaves[0] = sample_leaf(0);
	answer->leaves[1] = sample_leaf(5);
	answer->reply[0] = (struct reply){
		.about = {{9}},
		.outcome = OUTCOME_GEWEIGERD,
		.reason = 24,
		.field = TEXT("rubriek[1].bsn.waarde"),
		.has_receipt = true,
		.receipt = sample_leaf(77),
	};
	answer->reply[1] = (struct reply){
		.outcome = OUTCOME_AANVAARD,
		.pause_ms = 50,
		.deliveries = &answer->delivery,
		.delivery_count = 1,
		.leaves = answer->leaves,
		.leaf_count = 2,
		.more = true,
		.follows = true,
	};
	answer->replies = (struct replies){
		.checkpoint = TEXT("note"),
		.old_size = 4,
		.replies = answer->reply,
		.reply_count = 2,
	};
	answer->replies.consistency.count = 3;
}

static void replies_come_back_as_they_went(void **state)
{
	struct fixture *fixture = *state;
	struct answer answer;
	struct replies back;
	fill_answer(&answer);
	assert_int_equal(replies_encode(&answer.replies, &fixture->wire), RESULT_OK);
	assert_int_equal(replies_decode(buffer_view(&fixture->wire), fixture->arena, &back),
			 RESULT_OK);
	assert_true(bytes_equal(back.checkpoint, TEXT("note")));
	assert_true(back.old_size == 4 && back.consistency.count == 3);
	assert_int_equal(back.reply_count, 2);
	const struct reply *first = &back.replies[0], *second = &back.replies[1];
	assert_int_equal(first->about.b[0], 9);
	assert_int_equal(first->outcome, OUTCOME_GEWEIGERD);
	assert_int_equal(first->reason, 24);
	assert_true(bytes_equal(first->field, TEXT("rubriek[1].bsn.waarde")));
	assert_true(first->has_receipt && first->receipt.index == 77);
	assert_int_equal(first->receipt.path.hashes[62].b[0], 0x62);
	assert_int_equal(first->receipt.part.position, 31);
	assert_int_equal(first->delivery_count, 0);
	assert_false(second->has_receipt);
	assert_true(second->more && second->follows && second->pause_ms == 50);
	assert_int_equal(second->leaf_count, 2);
	assert_true(second->leaves[1].index == 5);
	const struct delivery *delivery = &second->deliveries[0];
	assert_true(delivery->has_sender && bytes_equal(delivery->sender.signer, OIN));
	assert_int_equal(delivery->slots_vector.len, 128 * 32);
	assert_int_equal(delivery->opening_count, 2);
	assert_int_equal(delivery->openings[0].position, 127);
	assert_true(bytes_equal(delivery->openings[1].value, TEXT("r2")));
	assert_int_equal(delivery->verrijking_count, 1);
	assert_int_equal(delivery->sender_consistency.count, 2);
	assert_int_equal(replies_encode(&back, &fixture->again), RESULT_OK);
	assert_true(bytes_equal(buffer_view(&fixture->again), buffer_view(&fixture->wire)));
}

static void replies_that_prove_nothing_are_not_written(void **state)
{
	struct fixture *fixture = *state;
	struct answer answer;
	for (int i = 0; i < 8; i++) {
		fill_answer(&answer);
		struct delivery *delivery = &answer.delivery;
		switch (i) {
		case 0:
			delivery->has_sender = false;
			break;
		case 1:
			delivery->slots_vector.len = 0;
			break;
		case 2:
			delivery->slots_vector.len = 65 * 32;
			break;
		case 3:
			delivery->openings[1].salt.len = 31;
			break;
		case 4:
			delivery->openings[1].position = 256;
			break;
		case 5:
			delivery->leaf.part.position = 32;
			break;
		case 6:
			delivery->leaf.entry.len = ENTRY_LEN - 1;
			break;
		case 7:
			delivery->leaf.path.count = TREE_PATH_MAX + 1;
			break;
		}
		buffer_clear(&fixture->wire);
		enum result result = replies_encode(&answer.replies, &fixture->wire);
		assert_true(result == RESULT_MALFORMED || result == RESULT_TOO_LARGE);
	}
}

static void many_empty_messages_cost_a_bounded_arena(void **state)
{
	struct fixture *fixture = *state;
	struct arena *small;
	struct replies back;
	assert_int_equal(arena_new(1 << 20, &small), RESULT_OK);
	for (size_t i = 0; i < 128 * 1024; i++)
		append_field(&fixture->wire, 4, TEXT(""));
	assert_int_equal(replies_decode(buffer_view(&fixture->wire), small, &back),
			 RESULT_NO_MEMORY);
	arena_free(small);
	assert_int_equal(replies_decode(buffer_view(&fixture->wire), fixture->arena, &back),
			 RESULT_TOO_LARGE);
	buffer_append_zeros(&fixture->wire, 4 << 20);
	assert_int_equal(replies_decode(buffer_view(&fixture->wire), fixture->arena, &back),
			 RESULT_TOO_LARGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(replies_come_back_as_they_went),
		TEST(replies_that_prove_nothing_are_not_written),
		TEST(many_empty_messages_cost_a_bounded_arena),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

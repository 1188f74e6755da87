// SPDX-License-Identifier: EUPL-1.2
// Which keys an opener goes by: the receive keys in force, the list of parties that core sends,
// keys that are revoked; and what is left of an envelope when it was opened.
#include "tests/unit/unit.h"

#include "opener_fixture.h"

// What was wiped in one piece, so that a test sees that a thing of that size was.
#define WIPES_MAX 4096
static size_t wipes[WIPES_MAX];
static size_t wipe_count;
void __real_secret_wipe(void *memory, size_t len);
void __wrap_secret_wipe(void *memory, size_t len);

void __wrap_secret_wipe(void *memory, size_t len)
{
	if (wipe_count < WIPES_MAX)
		wipes[wipe_count++] = len;
	__real_secret_wipe(memory, len);
}

static bool wiped_at_once(size_t len)
{
	for (size_t i = 0; i < wipe_count; i++) {
		if (wipes[i] == len)
			return true;
	}
	return false;
}

// The n-th allocation on an arena other than this one fails; 0: none does (any more).
static unsigned fail_at;
static const struct arena *spared;
void *__real_arena_alloc(struct arena *arena, size_t size);
void *__wrap_arena_alloc(struct arena *arena, size_t size);

void *__wrap_arena_alloc(struct arena *arena, size_t size)
{
	if (arena != spared && fail_at > 0 && --fail_at == 0)
		return NULL;
	return __real_arena_alloc(arena, size);
}

// ---- receive keys ------------------------------------------------------------------------------

static struct frame_parties *header_of(struct fixture *f)
{
	return (struct frame_parties *)(void *)f->parties.data;
}

// The list with these receive keys in force.
static void set_receive(struct fixture *f, const struct key_id *ids, uint32_t count)
{
	sender_parties(&f->house, f->rows, f->row_count, &f->parties);
	header_of(f)->receive_count = count;
	memset(header_of(f)->receive, 0, sizeof header_of(f)->receive);
	memcpy(header_of(f)->receive, ids, count * sizeof *ids);
	assert_int_equal(opener_set_parties(f->opener, buffer_view(&f->parties)), RESULT_OK);
}

static void renew_opener(struct fixture *f, const struct receive_keys *receive)
{
	opener_free(f->opener);
	assert_int_equal(opener_new(receive, &f->opener), RESULT_OK);
}

// From this sender, for this receive key.
static enum reason send_from(struct fixture *f, struct sender *sender, const struct sender *house)
{
	sending_done(&f->sending);
	sending_init(&f->sending, sender, house, 1);
	f->connection = sender->oin.text;
	return send(f);
}

static void an_envelope_opens_under_each_receive_key_in_force_and_no_other(void **state)
{
	struct fixture *f = *state;
	struct sender next, foreign;
	sender_init(&next, f->house.oin.text, 9);
	sender_init(&foreign, f->house.oin.text, 10);
	// In memory of their own: a read beyond the last is seen.
	struct receive_keys *receive = malloc(sizeof *receive);
	*receive = (struct receive_keys){.keys = {f->house.sealing, next.sealing}, .count = 2};
	renew_opener(f, receive);
	const struct key_id both[] = {f->house.sealing.id, next.sealing.id};
	set_receive(f, both, 2);
	// Each pair has a key of its own, and it is kept.
	for (int round = 0; round < 2; round++) {
		assert_int_equal(send_from(f, &f->partner, &next), REASON_NONE);
		assert_int_equal(send_from(f, &f->partner, &f->house), REASON_NONE);
		assert_int_equal(send_from(f, &f->other, &f->house), REASON_NONE);
		assert_int_equal(send_from(f, &f->other, &next), REASON_NONE);
		assert_int_equal(send_from(f, &f->partner, &foreign), REASON_WRONG_AUDIENCE);
	}
	set_receive(f, &both[1], 1);
	assert_int_equal(send_from(f, &f->partner, &f->house), REASON_WRONG_AUDIENCE);
	assert_int_equal(send_from(f, &f->partner, &next), REASON_NONE);
	// In force, and we have no private half of it.
	receive->keys[1].secret = NULL;
	assert_int_equal(send_from(f, &f->partner, &next), REASON_WRONG_AUDIENCE);
	free(receive);
	sender_done(&next);
	sender_done(&foreign);
}

static void an_opener_says_whether_it_lacks_a_key_in_force(void **state)
{
	struct fixture *f = *state;
	struct sender next;
	sender_init(&next, f->house.oin.text, 9);
	f->receive = (struct receive_keys){.keys = {f->house.sealing, next.sealing}, .count = 2};
	const struct key_id held = f->house.sealing.id, second = next.sealing.id,
			    foreign = f->other.sealing.id;
	renew_opener(f, &f->receive);
	assert_false(opener_lacks_key(f->opener)); // nobody told it of any
	assert_false(opener_may_use(f->opener, &held));
	static const struct {
		unsigned keys[3]; // 0 held, 1 held as the second, 2 foreign
		uint32_t count;
		bool lacks;
	} rows[] = {{{0}, 1, false},   {{1}, 1, false},   {{0, 1}, 2, false},  {{2}, 1, true},
		    {{2, 0}, 2, true}, {{0, 2}, 2, true}, {{1, 0, 2}, 3, true}};
	const struct key_id of[] = {held, second, foreign};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct key_id ids[3];
		bool in_force[3] = {false};
		for (size_t k = 0; k < rows[i].count; k++) {
			ids[k] = of[rows[i].keys[k]];
			in_force[rows[i].keys[k]] = true;
		}
		set_receive(f, ids, rows[i].count);
		assert_int_equal(opener_lacks_key(f->opener), rows[i].lacks);
		for (size_t k = 0; k < 3; k++)
			assert_int_equal(opener_may_use(f->opener, &of[k]), in_force[k]);
		assert_false(opener_may_use(f->opener, &(const struct key_id){{0}}));
	}
	sender_done(&next);
}

// ---- why an envelope is not believed -----------------------------------------------------------

static enum reason open_changed(struct fixture *f, size_t at, uint8_t bits)
{
	f->sending.frame.data[at] ^= bits;
	enum reason reason = open_frame(f);
	assert_int_equal(f->count, 0);
	f->sending.frame.data[at] ^= bits;
	return reason;
}

// The content as it was sealed, but with another length before it.
static void reseal_with_length(struct fixture *f, uint32_t len)
{
	struct buffer *frame = &f->sending.frame;
	struct pair_end from = {.oin = f->partner.oin}, to = {.oin = f->house.oin};
	struct pair_key key;
	memcpy(from.public_key, f->partner.sealing.public_key, 32);
	memcpy(to.public_key, f->house.sealing.public_key, 32);
	assert_int_equal(envelope_pair_key(&(const struct pair_direction){SENDER_ORIGIN,
									  ENVELOPE_TO_KNOOPPUNT,
									  &from, &to, NULL},
					   f->partner.sealing.secret, &key),
			 RESULT_OK);
	struct bytes ad = bytes_make(frame->data, ENVELOPE_PREFIX_LEN);
	uint8_t *sealed = frame->data + ENVELOPE_PREFIX_LEN;
	const uint8_t *nonce = frame->data + ENVELOPE_PREFIX_LEN - SEAL_NONCE_LEN;
	size_t sealed_len = frame->len - ENVELOPE_PREFIX_LEN;
	assert_int_equal(seal_decrypt(sealed, bytes_make(sealed, sealed_len), ad, nonce, key.key),
			 RESULT_OK);
	put_u32be(sealed, len);
	seal_encrypt(sealed, bytes_make(sealed, sealed_len - SEAL_TAG_LEN), ad, nonce, key.key);
}

static void each_way_in_which_an_envelope_is_no_good_has_its_reason(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(send(f), REASON_NONE);
	assert_int_equal(open_changed(f, 0, 1), REASON_MALFORMED);   // magic
	assert_int_equal(open_changed(f, 4, 3), REASON_UNSUPPORTED); // version
	assert_int_equal(open_changed(f, 5, 3), REASON_UNSUPPORTED); // suite
	assert_int_equal(open_changed(f, 7, 1), REASON_MALFORMED);
	assert_int_equal(open_changed(f, 8, 1), REASON_UNKNOWN_KEY);
	assert_int_equal(open_changed(f, 16, 1), REASON_WRONG_AUDIENCE);
	assert_int_equal(open_changed(f, 24, 1), REASON_BAD_SIGNATURE); // nonce
	assert_int_equal(open_changed(f, f->sending.frame.len - 1, 1), REASON_BAD_SIGNATURE);
	// Sealed well, by a partner who lies about the length of what is in it.
	reseal_with_length(f, UINT32_MAX);
	assert_int_equal(open_frame(f), REASON_MALFORMED);
	assert_int_equal(f->count, 0);
}

// ---- revoked keys ------------------------------------------------------------------------------

// A partner with two keys of each use: one of them is revoked, and either use of it shows.
static void one_revoked_key_among_two_is_enough(void **state)
{
	struct fixture *f = *state;
	struct sender renewed;
	sender_init(&renewed, f->partner.oin.text, 8);
	f->rows[2] = sender_row(&renewed);
	f->row_count = 3;
	for (int which = 0; which < 3; which++) {
		f->rows[1].revoked = which == 1; // the key that seals
		f->rows[2].revoked = which == 2; // the one that signs
		set_parties(f);
		sending_done(&f->sending);
		sending_init(&f->sending, &renewed, &f->house, 1);
		sending_sign(&f->sending);
		f->sending.sender = &f->partner;
		sending_seal(&f->sending);
		assert_int_equal(open_frame(f), REASON_NONE);
		assert_int_equal(f->taken[0].refusal.reason,
				 which ? REASON_REVOKED_KEY : REASON_NONE);
	}
	sender_done(&renewed);
}

// ---- the list of parties -----------------------------------------------------------------------

static enum result offer(struct fixture *f)
{
	return opener_set_parties(f->opener, buffer_view(&f->parties));
}

// In whatever order core writes them down.
static void every_party_of_a_list_is_found(void **state)
{
	struct fixture *f = *state;
	struct sender third;
	sender_init(&third, "00000099000000004000", 7);
	struct sender *all[] = {&f->partner, &f->other, &third};
	static const unsigned orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
					      {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	f->row_count = 3;
	for (size_t n = 0; n < COUNT_OF(orders); n++) {
		for (size_t i = 0; i < 3; i++)
			f->rows[i] = sender_row(all[orders[n][i]]);
		set_parties(f);
		for (size_t i = 0; i < 3; i++) {
			assert_int_equal(send_from(f, all[i], &f->house), REASON_NONE);
			assert_string_equal(f->taken[0].sender_oin.text, all[i]->oin.text);
		}
	}
	sender_done(&third);
}

static void a_list_with_one_key_twice_is_refused(void **state)
{
	struct fixture *f = *state;
	const struct party_row good = f->rows[1];
	f->rows[1] = f->rows[0];
	sender_parties(&f->house, f->rows, 2, &f->parties);
	assert_int_equal(offer(f), RESULT_MALFORMED);
	f->rows[1] = good;
	f->rows[1].identity_id = f->rows[0].identity_id;
	sender_parties(&f->house, f->rows, 2, &f->parties);
	assert_int_equal(offer(f), RESULT_MALFORMED);
	f->rows[1] = good;
	f->rows[1].sealing_id = f->rows[0].sealing_id;
	sender_parties(&f->house, f->rows, 2, &f->parties);
	assert_int_equal(offer(f), RESULT_MALFORMED);
	f->rows[1] = good;
	sender_parties(&f->house, f->rows, 2, &f->parties);
	assert_int_equal(offer(f), RESULT_OK);
}

static void a_malformed_list_leaves_the_one_in_force(void **state)
{
	struct fixture *f = *state;
	f->rows[2] = f->rows[1]; // the same keys twice
	sender_parties(&f->house, f->rows, 3, &f->parties);
	assert_int_equal(offer(f), RESULT_MALFORMED);
	for (size_t len = 0; len < f->parties.len; len += 7)
		assert_int_equal(opener_set_parties(f->opener, bytes_make(f->parties.data, len)),
				 RESULT_MALFORMED);
	assert_int_equal(send(f), REASON_NONE);
}

static void each_field_of_a_list_is_looked_at(void **state)
{
	struct fixture *f = *state;
	struct frame_parties good;
	sender_parties(&f->house, f->rows, 2, &f->parties);
	struct frame_parties *header = header_of(f);
	struct party_row *rows = (struct party_row *)(void *)(f->parties.data + sizeof *header);
	good = *header;
	header->kind++;
	assert_int_equal(offer(f), RESULT_MALFORMED);
	*header = good;
	header->receive_count = 0;
	assert_int_equal(offer(f), RESULT_MALFORMED);
	header->receive_count = RECEIVE_KEYS_MAX + 1;
	assert_int_equal(offer(f), RESULT_MALFORMED);
	header->receive_count = RECEIVE_KEYS_MAX;
	assert_int_equal(offer(f), RESULT_OK);
	*header = good;
	header->origin[0] = '\0';
	assert_int_equal(offer(f), RESULT_MALFORMED);
	memset(header->origin, 'a', sizeof header->origin);
	assert_int_equal(offer(f), RESULT_MALFORMED);
	header->origin[1] = '\0';
	assert_int_equal(offer(f), RESULT_OK);
	*header = good;
	header->house.text[OIN_LEN] = '0'; // no end
	assert_int_equal(offer(f), RESULT_MALFORMED);
	*header = good;
	header->house.text[3] = 'x';
	assert_int_equal(offer(f), RESULT_MALFORMED);
	*header = good;
	rows[1].oin.text[OIN_LEN] = '0';
	assert_int_equal(offer(f), RESULT_MALFORMED);
	rows[1].oin.text[OIN_LEN] = '\0';
	rows[1].oin.text[3] = 'x';
	assert_int_equal(offer(f), RESULT_MALFORMED);
}

static void a_list_may_be_empty_and_as_long_as_the_register_and_no_longer(void **state)
{
	struct fixture *f = *state;
	struct party_row *rows = calloc(PARTY_ROWS_MAX + 1, sizeof *rows);
	sender_parties(&f->house, f->rows, 0, &f->parties);
	assert_int_equal(offer(f), RESULT_OK);
	assert_int_equal(send(f), REASON_UNKNOWN_KEY);
	for (uint32_t i = 0; i <= PARTY_ROWS_MAX; i++) {
		rows[i] = f->rows[0];
		put_u32be(rows[i].identity_id.b, i);
		put_u32be(rows[i].sealing_id.b, i);
	}
	rows[0] = f->rows[1];
	sender_parties(&f->house, rows, PARTY_ROWS_MAX, &f->parties);
	assert_int_equal(offer(f), RESULT_OK);
	assert_int_equal(open_frame(f), REASON_NONE);
	sender_parties(&f->house, rows, PARTY_ROWS_MAX + 1, &f->parties);
	assert_int_equal(offer(f), RESULT_MALFORMED);
	free(rows);
}

// ---- what is left of it ------------------------------------------------------------------------

static void what_the_channel_cannot_carry_is_refused_and_the_rest_goes_on(void **state)
{
	struct fixture *f = *state;
	sending_done(&f->sending);
	sending_init(&f->sending, &f->partner, &f->house, 2);
	f->first_answer = RESULT_TOO_LARGE;
	assert_int_equal(send(f), REASON_NONE);
	assert_int_equal(f->result, RESULT_OK);
	assert_int_equal(f->count, 2);
	assert_int_equal(f->taken[0].refusal.reason, REASON_TOO_MANY);
	assert_string_equal(f->taken[0].refusal.field, "rubrieken");
	assert_true(bytes_equal(f->taken[0].statement.id, bytes_of_text("melding-000000000")));
	assert_int_equal(f->taken[1].refusal.reason, REASON_NONE);
}

static void the_plaintext_and_the_salts_are_wiped(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(send(f), REASON_NONE);
	size_t frame_len = f->sending.frame.len;
	assert_int_not_equal(frame_len, sizeof(struct vector));
	wipe_count = 0;
	assert_int_equal(open_frame(f), REASON_NONE);
	assert_true(wiped_at_once(frame_len));
	assert_true(wiped_at_once(sizeof(struct vector)));
	wipe_count = 0;
	assert_int_equal(open_changed(f, frame_len - 1, 1), REASON_BAD_SIGNATURE);
	assert_true(wiped_at_once(frame_len));
}

// Each takes megabytes of the arena before its counts are seen.
static void envelopes_full_of_empty_items_leave_no_less_room(void **state)
{
	struct fixture *f = *state;
	struct buffer content;
	buffer_init(&content, ENVELOPE_CONTENT_MAX);
	while (content.len < 200000)
		buffer_append(&content, bytes_make("\x2a\x00", 2));
	sending_seal_content(&f->sending, buffer_view(&content));
	for (int i = 0; i < 12; i++)
		assert_int_equal(open_frame(f), REASON_MALFORMED);
	assert_int_equal(send(f), REASON_NONE);
	assert_int_equal(f->taken[0].refusal.reason, REASON_NONE);
	buffer_done(&content);
}

static void a_restarted_opener_counts_its_envelopes_from_elsewhere(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(send(f), REASON_NONE);
	uint64_t first = f->taken[0].envelope_number;
	renew_opener(f, &f->receive);
	set_parties(f);
	assert_int_equal(open_frame(f), REASON_NONE);
	uint64_t then = f->taken[0].envelope_number;
	assert_true((then > first ? then - first : first - then) > 1000000);
}

// Whole, or refused: without memory for all of it a melding is not handed over as one of nothing.
static void without_memory_a_melding_is_not_taken_for_an_empty_one(void **state)
{
	struct fixture *f = *state;
	unsigned failed = 0;
	sending_sign(&f->sending);
	sending_seal(&f->sending);
	spared = f->arena;
	for (bool hit = true; hit; failed += hit) {
		fail_at = failed + 1;
		enum reason reason = open_frame(f);
		hit = fail_at == 0;
		fail_at = 0;
		if (reason != REASON_NONE) {
			assert_true(hit);
			assert_int_equal(f->count, 0);
		} else if (f->taken[0].refusal.reason == REASON_NONE) {
			assert_true(f->taken[0].has_slots);
			assert_int_equal(f->taken[0].melding.count, 3);
		}
	}
	assert_true(failed > 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(an_envelope_opens_under_each_receive_key_in_force_and_no_other),
		T(an_opener_says_whether_it_lacks_a_key_in_force),
		T(each_way_in_which_an_envelope_is_no_good_has_its_reason),
		T(one_revoked_key_among_two_is_enough),
		T(every_party_of_a_list_is_found),
		T(a_list_with_one_key_twice_is_refused),
		T(a_malformed_list_leaves_the_one_in_force),
		T(each_field_of_a_list_is_looked_at),
		T(a_list_may_be_empty_and_as_long_as_the_register_and_no_longer),
		T(what_the_channel_cannot_carry_is_refused_and_the_rest_goes_on),
		T(the_plaintext_and_the_salts_are_wiped),
		T(envelopes_full_of_empty_items_leave_no_less_room),
		T(a_restarted_opener_counts_its_envelopes_from_elsewhere),
		T(without_memory_a_melding_is_not_taken_for_an_empty_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

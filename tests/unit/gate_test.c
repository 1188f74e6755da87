// SPDX-License-Identifier: EUPL-1.2
// The tables of the gate; its sockets are tested as a process, from outside.
#include "tests/unit/unit.h"

#include "crypto/secret.h"
#include "gate/admission.h"
#include "gate/connections.h"
#include "gate/lane.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fixture {
	struct connections *connections;
	struct admission *admission;
	struct buffer frame;
	struct lane lane;
	struct channel opener;
	uint8_t *memory;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	int fds[2];
	*state = f;
	f->memory = malloc(CHANNEL_MESSAGE_MAX);
	buffer_init(&f->frame, CHANNEL_MESSAGE_MAX);
	return crypto_start() == RESULT_OK && connections_new(&f->connections) == RESULT_OK &&
			       admission_new(&f->admission) == RESULT_OK &&
			       channel_pair(fds) == RESULT_OK &&
			       lane_init(&f->lane, fds[0]) == RESULT_OK &&
			       channel_init(&f->opener, fds[1], 4096) == RESULT_OK
		       ? 0
		       : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	connections_free(f->connections);
	admission_free(f->admission);
	lane_done(&f->lane);
	channel_done(&f->opener);
	buffer_done(&f->frame);
	free(f->memory);
	free(f);
	return 0;
}

static struct oin oin_of(unsigned n)
{
	struct oin oin;
	snprintf(oin.text, sizeof oin.text, "00000099%012u", n % 1000000000);
	return oin;
}

// ---- connections ---------------------------------------------------------------------------

static uint64_t number(struct fixture *f, unsigned id, unsigned oin)
{
	struct peer peer = {.routing_id = bytes_make(&id, sizeof id), .oin = oin_of(oin)};
	return connections_number(f->connections, &peer);
}

static bool leads_to(struct fixture *f, uint64_t connection, unsigned id, unsigned oin)
{
	struct peer found;
	struct oin wanted = oin_of(oin);
	if (!connections_find(f->connections, connection, &found))
		return false;
	assert_true(bytes_equal(found.routing_id, bytes_make(&id, sizeof id)));
	assert_true(oin_equal(&found.oin, &wanted));
	assert_int_equal(found.door, 0);
	return true;
}

static void a_connection_keeps_its_number_while_it_is_used(void **state)
{
	struct fixture *f = *state;
	uint64_t a = number(f, 1, 1), b = number(f, 2, 2);
	assert_int_not_equal(a, b);
	assert_int_equal(number(f, 1, 1), a);
	assert_true(leads_to(f, a, 1, 1));
	assert_true(leads_to(f, b, 2, 2));
	assert_false(leads_to(f, 0, 0, 0));
	assert_false(leads_to(f, a + (1 << 16), 1, 1));
	assert_false(leads_to(f, UINT64_MAX, 1, 1));
}

static void a_routing_id_taken_by_another_partner_ends_the_old_number(void **state)
{
	struct fixture *f = *state;
	uint64_t victim = number(f, 7, 1);
	uint64_t thief = number(f, 7, 2);
	assert_int_not_equal(victim, thief);
	assert_false(leads_to(f, victim, 7, 1));
	assert_true(leads_to(f, thief, 7, 2));
	assert_int_not_equal(number(f, 7, 1), victim);
}

static void the_connection_not_used_for_longest_gives_way(void **state)
{
	struct fixture *f = *state;
	static uint64_t numbers[CONNECTIONS_MAX];
	for (unsigned i = 0; i < CONNECTIONS_MAX; i++)
		numbers[i] = number(f, i, i % 50);
	assert_int_equal(number(f, 0, 0), numbers[0]); // used by a frame
	assert_true(leads_to(f, numbers[1], 1, 1));    // used by an answer
	number(f, CONNECTIONS_MAX, 3);
	number(f, CONNECTIONS_MAX + 1, 3);
	assert_true(leads_to(f, numbers[0], 0, 0));
	assert_true(leads_to(f, numbers[1], 1, 1));
	assert_false(leads_to(f, numbers[2], 2, 2));
	assert_false(leads_to(f, numbers[3], 3, 3));
	assert_true(leads_to(f, numbers[4], 4, 4));
}

static void numbers_stay_right_under_any_mix_of_use(void **state)
{
	struct fixture *f = *state;
	enum { IDS = 20000 };
	static uint64_t latest[IDS];
	static unsigned owner[IDS];
	unsigned seed = 42, alive = 0;
	for (unsigned step = 0; step < 200000; step++) {
		seed = seed * 1103515245 + 12345;
		unsigned id = (seed >> 8) % IDS;
		owner[id] = (seed >> 5) % 3;
		latest[id] = number(f, id, owner[id]);
	}
	for (unsigned id = 0; id < IDS; id++)
		alive += latest[id] && leads_to(f, latest[id], id, owner[id]);
	assert_int_equal(alive, CONNECTIONS_MAX);
}

// ---- admission and credit ------------------------------------------------------------------

static void frame_begin(struct fixture *f, uint32_t kind, uint32_t count)
{
	struct frame_admit header = {.kind = kind, .count = count};
	buffer_clear(&f->frame);
	buffer_append(&f->frame, bytes_make(&header, sizeof header));
}

static void frame_any_row(struct fixture *f, uint8_t key, unsigned oin, bool revoked)
{
	struct admit_row row;
	memset(&row, 0, sizeof row);
	memset(row.transport, key, sizeof row.transport);
	row.oin = oin_of(oin);
	row.revoked = revoked;
	buffer_append(&f->frame, bytes_make(&row, sizeof row));
}

static void frame_row(struct fixture *f, uint8_t key, unsigned oin)
{
	frame_any_row(f, key, oin, false);
}

static enum result replace(struct fixture *f, bool *ret_cut)
{
	return admission_replace(f->admission, buffer_view(&f->frame), ret_cut);
}

static bool admitted(struct fixture *f, uint8_t key, unsigned oin)
{
	uint8_t bytes[32];
	memset(bytes, key, sizeof bytes);
	struct oin found, wanted = oin_of(oin);
	return admission_find(f->admission, bytes, &found) && oin_equal(&found, &wanted);
}

static void admit_three(struct fixture *f)
{
	bool cut;
	frame_begin(f, FRAME_ADMIT, 3);
	frame_row(f, 9, 1);
	frame_row(f, 3, 2);
	frame_row(f, 5, 1); // a second key of the first
	assert_int_equal(replace(f, &cut), RESULT_OK);
	assert_false(cut);
}

static void nobody_is_admitted_before_the_first_list(void **state)
{
	struct fixture *f = *state;
	assert_false(admission_is_set(f->admission));
	assert_false(admitted(f, 9, 1));
	admit_three(f);
	assert_true(admission_is_set(f->admission));
	assert_true(admitted(f, 9, 1));
	assert_true(admitted(f, 5, 1));
	assert_true(admitted(f, 3, 2));
	assert_false(admitted(f, 4, 2));
}

static void a_new_list_replaces_the_old_one_and_tells_whether_to_cut(void **state)
{
	struct fixture *f = *state;
	bool cut;
	admit_three(f);
	frame_begin(f, FRAME_ADMIT, 4); // one more key: nobody is cut
	frame_row(f, 9, 1);
	frame_row(f, 3, 2);
	frame_row(f, 5, 1);
	frame_row(f, 6, 3);
	assert_int_equal(replace(f, &cut), RESULT_OK);
	assert_false(cut);
	frame_begin(f, FRAME_ADMIT, 3); // one key less
	frame_row(f, 9, 1);
	frame_row(f, 3, 2);
	frame_row(f, 6, 3);
	assert_int_equal(replace(f, &cut), RESULT_OK);
	assert_true(cut);
	assert_false(admitted(f, 5, 1));
	frame_begin(f, FRAME_ADMIT, 3); // a key that changed hands
	frame_row(f, 9, 1);
	frame_row(f, 3, 3);
	frame_row(f, 6, 3);
	assert_int_equal(replace(f, &cut), RESULT_OK);
	assert_true(cut);
	struct oin gone = oin_of(2);
	assert_null(admission_partner(f->admission, &gone));
	frame_begin(f, FRAME_ADMIT, 0);
	assert_int_equal(replace(f, &cut), RESULT_OK);
	assert_true(cut);
	assert_false(admitted(f, 9, 1));
}

static void a_malformed_list_leaves_the_one_in_force(void **state)
{
	struct fixture *f = *state;
	bool cut;
	admit_three(f);
	frame_begin(f, FRAME_ADMIT, 2); // a row too few
	frame_row(f, 1, 1);
	assert_int_equal(replace(f, &cut), RESULT_MALFORMED);
	frame_begin(f, FRAME_PARTIES, 1);
	frame_row(f, 1, 1);
	assert_int_equal(replace(f, &cut), RESULT_MALFORMED);
	frame_begin(f, FRAME_ADMIT, 2); // a key twice
	frame_row(f, 1, 1);
	frame_row(f, 1, 2);
	assert_int_equal(replace(f, &cut), RESULT_MALFORMED);
	frame_begin(f, FRAME_ADMIT, 1); // the key that means "none"
	frame_row(f, 0, 1);
	assert_int_equal(replace(f, &cut), RESULT_MALFORMED);
	frame_begin(f, FRAME_ADMIT, ADMIT_ROWS_MAX + 1);
	assert_int_equal(replace(f, &cut), RESULT_MALFORMED);
	assert_int_equal(admission_replace(f->admission, (struct bytes){0}, &cut),
			 RESULT_MALFORMED);
	assert_true(admitted(f, 9, 1));
}

static void a_revoked_key_is_known_but_not_let_in(void **state)
{
	struct fixture *f = *state;
	bool cut;
	admit_three(f);
	frame_begin(f, FRAME_ADMIT, 3);
	frame_row(f, 9, 1);
	frame_any_row(f, 3, 2, true);
	frame_any_row(f, 5, 1, true);
	assert_int_equal(replace(f, &cut), RESULT_OK);
	assert_true(cut);
	assert_true(admitted(f, 9, 1));
	assert_false(admitted(f, 3, 2));
	assert_false(admitted(f, 5, 1));
	struct oin other = oin_of(1), gone = oin_of(2);
	assert_non_null(admission_partner(f->admission, &other));
	assert_null(admission_partner(f->admission, &gone));
	assert_int_equal(replace(f, &cut), RESULT_OK); // the same list again
	assert_false(cut);
}

static void refuse(struct fixture *f, uint8_t key, unsigned times)
{
	uint8_t bytes[32];
	memset(bytes, key, sizeof bytes);
	while (times-- > 0)
		admission_refused(f->admission, bytes);
}

static void expect_refused(struct fixture *f, enum reason reason, const char *oin, uint32_t times)
{
	struct frame_count count;
	assert_true(admission_next_refused(f->admission, &count));
	assert_int_equal(count.kind, FRAME_COUNT);
	assert_int_equal(count.reason, reason);
	assert_string_equal(count.oin.text, oin);
	assert_int_equal(count.count, times);
}

// A stranger has no row, however many of them come.
static void refusals_are_counted_by_known_key_and_strangers_together(void **state)
{
	struct fixture *f = *state;
	struct frame_count count;
	bool cut;
	assert_false(admission_next_refused(f->admission, &count));
	frame_begin(f, FRAME_ADMIT, 3);
	frame_row(f, 9, 1);
	frame_any_row(f, 3, 2, true);
	frame_any_row(f, 5, 1, true);
	assert_int_equal(replace(f, &cut), RESULT_OK);
	refuse(f, 3, 2);
	for (unsigned key = 10; key < 250; key++)
		refuse(f, (uint8_t)key, 100);
	refuse(f, 5, 1);
	assert_int_equal(replace(f, &cut), RESULT_OK); // counts outlive a list
	expect_refused(f, REASON_UNKNOWN_KEY, OIN_NOBODY, 24000);
	expect_refused(f, REASON_REVOKED_KEY, oin_of(2).text, 2);
	assert_true(admission_next_refused(f->admission, &count));
	admission_put_back(f->admission, &count); // core was behind
	expect_refused(f, REASON_REVOKED_KEY, oin_of(1).text, 1);
	assert_false(admission_next_refused(f->admission, &count));
	refuse(f, 3, 1);
	expect_refused(f, REASON_REVOKED_KEY, oin_of(2).text, 1);
}

static void credit_is_bounded_in_frames_and_bytes_and_comes_back(void **state)
{
	(void)state;
	const struct credit limit = {.frames = 3, .bytes = 1000};
	struct partner partner = {0};
	assert_true(partner_take(&partner, &limit, 400));
	assert_true(partner_take(&partner, &limit, 600));
	assert_false(partner_take(&partner, &limit, 1));
	partner_return(&partner, 400);
	assert_true(partner_take(&partner, &limit, 10));
	assert_true(partner_take(&partner, &limit, 10));
	assert_false(partner_take(&partner, &limit, 10)); // a fourth frame
	partner_return(&partner, 600);
	partner_return(&partner, 10);
	partner_return(&partner, 10);
	assert_int_equal(partner.frames, 0);
	assert_int_equal(partner.bytes, 0);
	partner_return(&partner, 10);
	assert_int_equal(partner.frames, 0);
	assert_int_equal(partner.bytes, 0);
}

static void one_frame_is_always_taken_however_small_the_credit(void **state)
{
	(void)state;
	const struct credit limit = {.frames = 1, .bytes = 10};
	struct partner partner = {0};
	assert_true(partner_take(&partner, &limit, 262144));
	assert_false(partner_take(&partner, &limit, 1));
	partner_return(&partner, 262144);
	assert_true(partner_take(&partner, &limit, 262144));
}

static void hints_are_paced_with_a_pause_that_doubles(void **state)
{
	(void)state;
	const struct credit limit = {.frames = 10, .bytes = 1000};
	struct partner partner = {0};
	uint32_t pause = 0;
	assert_true(partner_may_hint(&partner, 1000, &pause));
	assert_int_equal(pause, 50);
	assert_false(partner_may_hint(&partner, 1049, &pause));
	assert_true(partner_may_hint(&partner, 1050, &pause));
	assert_int_equal(pause, 100);
	for (int i = 0; i < 10; i++)
		assert_true(partner_may_hint(&partner, 10000 * (i + 1), &pause));
	assert_int_equal(pause, 2000);
	assert_true(partner_take(&partner, &limit, 1));
	assert_true(partner_may_hint(&partner, 1000000, &pause));
	assert_int_equal(pause, 50);
}

static void what_a_partner_has_waiting_is_kept_over_a_new_list(void **state)
{
	struct fixture *f = *state;
	const struct credit limit = {.frames = 10, .bytes = 1000};
	admit_three(f);
	struct oin oin = oin_of(1);
	assert_true(partner_take(admission_partner(f->admission, &oin), &limit, 300));
	admit_three(f);
	assert_int_equal(admission_partner(f->admission, &oin)->bytes, 300);
}

// ---- lanes ---------------------------------------------------------------------------------

static void send_one(struct fixture *f, unsigned oin, const char *text)
{
	const struct route route = {.connection = 5, .generation = 2};
	struct oin o = oin_of(oin);
	assert_int_equal(lane_send(&f->lane, &route, &o, bytes_of_text(text)), RESULT_OK);
}

static void an_envelope_arrives_with_route_number_and_oin(void **state)
{
	struct fixture *f = *state;
	send_one(f, 4, "first");
	send_one(f, 4, "second");
	struct bytes message;
	struct frame_envelope header;
	assert_int_equal(channel_receive(&f->opener, f->memory, &message), RESULT_OK);
	assert_int_equal(channel_receive(&f->opener, f->memory, &message), RESULT_OK);
	memcpy(&header, message.data, sizeof header);
	assert_int_equal(header.kind, FRAME_ENVELOPE);
	assert_int_equal(header.route.connection, 5);
	assert_int_equal(header.route.generation, 2);
	assert_int_equal(header.number, 2);
	assert_string_equal(header.oin.text, oin_of(4).text);
	assert_true(
		bytes_equal(bytes_make(message.data + sizeof header, message.len - sizeof header),
			    bytes_of_text("second")));
}

static void what_is_done_comes_back_oldest_first_up_to_the_number_named(void **state)
{
	struct fixture *f = *state;
	for (unsigned i = 1; i <= 5; i++)
		send_one(f, i, "12345678");
	assert_int_equal(f->lane.bytes, 40);
	struct outstanding done;
	for (unsigned i = 1; i <= 3; i++) {
		assert_true(lane_take_done(&f->lane, 3, &done));
		assert_string_equal(done.oin.text, oin_of(i).text);
		assert_int_equal(done.bytes, 8);
	}
	assert_false(lane_take_done(&f->lane, 3, &done));
	assert_false(lane_take_done(&f->lane, 0, &done));
	send_one(f, 6, "1");
	for (unsigned i = 4; i <= 6; i++)
		assert_true(lane_take_done(&f->lane, UINT64_MAX, &done));
	assert_false(lane_take_done(&f->lane, UINT64_MAX, &done));
	assert_int_equal(f->lane.bytes, 0);
}

static void a_lane_whose_opener_stands_still_fills_up_and_says_again(void **state)
{
	struct fixture *f = *state;
	static uint8_t body[100000];
	const struct route route = {0};
	struct oin oin = oin_of(1);
	enum result result;
	size_t sent = 0;
	while ((result = lane_send(&f->lane, &route, &oin, bytes_make(body, sizeof body))) ==
	       RESULT_OK)
		sent++;
	assert_int_equal(result, RESULT_AGAIN);
	assert_int_equal(f->lane.count, sent);
	assert_int_equal(f->lane.next_number, sent + 1);
	struct outstanding done;
	while (lane_take_done(&f->lane, UINT64_MAX, &done))
		sent--;
	assert_int_equal(sent, 0);
}

static void a_lane_holds_no_more_than_its_ring(void **state)
{
	struct fixture *f = *state;
	const struct route route = {0};
	struct oin oin = oin_of(1);
	struct bytes message;
	for (size_t i = 0; i < LANE_MAX; i++) {
		send_one(f, 1, "x");
		assert_int_equal(channel_receive(&f->opener, f->memory, &message), RESULT_OK);
	}
	assert_int_equal(lane_send(&f->lane, &route, &oin, bytes_of_text("x")), RESULT_AGAIN);
	struct outstanding done;
	assert_true(lane_take_done(&f->lane, 1, &done));
	send_one(f, 1, "x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(a_connection_keeps_its_number_while_it_is_used),
		T(a_routing_id_taken_by_another_partner_ends_the_old_number),
		T(the_connection_not_used_for_longest_gives_way),
		T(numbers_stay_right_under_any_mix_of_use),
		T(nobody_is_admitted_before_the_first_list),
		T(a_new_list_replaces_the_old_one_and_tells_whether_to_cut),
		T(a_malformed_list_leaves_the_one_in_force),
		T(a_revoked_key_is_known_but_not_let_in),
		T(refusals_are_counted_by_known_key_and_strangers_together),
		T(credit_is_bounded_in_frames_and_bytes_and_comes_back),
		T(one_frame_is_always_taken_however_small_the_credit),
		T(hints_are_paced_with_a_pause_that_doubles),
		T(what_a_partner_has_waiting_is_kept_over_a_new_list),
		T(an_envelope_arrives_with_route_number_and_oin),
		T(what_is_done_comes_back_oldest_first_up_to_the_number_named),
		T(a_lane_whose_opener_stands_still_fills_up_and_says_again),
		T(a_lane_holds_no_more_than_its_ring),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

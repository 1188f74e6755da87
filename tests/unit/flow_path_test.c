// SPDX-License-Identifier: EUPL-1.2
// The path of a melding through core: receipt, delivery, acknowledgement, the same again.
#include "flow_convenanten.h"
#include "flow_world.h"

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_enrol(w, FLOW_ZORG, "ggz", "behandeling");
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "regisseur,coordinator");
	flow_convenant(w, FLOW_ALLES_WMO);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	flow_world_free(*state);
	return 0;
}

static void a_melding_is_receipted_delivered_and_acknowledged(void **state)
{
	struct flow_world *w = *state;
	struct flow_party *politie = &w->parties[0], *stad = &w->parties[1];
	struct flow_sent *melding = flow_melding(w, politie, &flow_one_person);
	flow_send_one(w, melding);
	uint64_t index = flow_accepted(w, politie, melding);
	const struct reply *reply = flow_collect(w, stad, "wmo", 0);
	assert_int_equal(reply->delivery_count, 1);
	const struct delivery *delivery = &reply->deliveries[0];
	assert_true(delivery->leaf.index == index);
	assert_true(delivery->has_sender);
	assert_int_equal(delivery->opening_count, 3);
	assert_true(flow_gives(flow_part(w, delivery), 1, RUBRIEK_IDENTIFICATIE));
	assert_false(flow_gives(flow_part(w, delivery), 1, RUBRIEK_BSN));
	struct flow_sent *ack = flow_ack(w, stad, "wmo", delivery);
	flow_send_one(w, ack);
	flow_accepted(w, stad, ack);
	assert_int_equal(flow_collect(w, stad, "wmo", 0)->delivery_count, 0);
	flow_assert_rebuild_equal(w);
}

static void the_same_melding_again_gets_the_same_entry_also_in_one_batch_and_after_a_start(
	void **state)
{
	struct flow_world *w = *state;
	struct flow_party *politie = &w->parties[0];
	struct flow_sent *melding = flow_melding(w, politie, &flow_one_person);
	flow_hand(w, melding);
	flow_hand(w, melding);
	flow_end_batch(w);
	assert_int_equal(flow_answers(w, politie, melding), 2);
	uint64_t index = flow_accepted(w, politie, melding);
	flow_world_close(w);
	flow_world_open(w);
	flow_forget_frames(w);
	flow_send_one(w, melding);
	assert_true(flow_accepted(w, politie, melding) == index);
	assert_int_equal(flow_collect(w, &w->parties[1], "wmo", 0)->delivery_count, 1);
}

// Wmo and oov are ears of their own: the key of one does not open what is fetched for the other.
static void what_is_fetched_for_a_functie_is_sealed_for_a_key_that_holds_it(void **state)
{
	struct flow_world *w = *state;
	struct flow_party *wmo = flow_enrol(w, FLOW_STAD, "gemeente", "wmo");
	struct flow_party *oov = flow_enrol(w, FLOW_STAD, "gemeente", "oov");
	struct flow_sent *melding = flow_melding(w, &w->parties[0], &flow_one_person);
	flow_send_one(w, melding);
	struct flow_sent *fetch = flow_fetch(w, wmo, "wmo", 0);
	fetch->opened.sealing_id = oov->sealing.id;
	flow_send_one(w, fetch);
	flow_refused(w, oov, fetch, REASON_FUNCTIE_NOT_HELD);
	assert_int_equal(flow_answer(w, oov, fetch)->delivery_count, 0);
	assert_int_equal(flow_collect(w, wmo, "wmo", 0)->delivery_count, 1);
}

static void a_waiting_fetch_gives_nothing_once_its_key_is_revoked(void **state)
{
	struct flow_world *w = *state;
	struct flow_party *stad = &w->parties[1];
	struct veld velden[] = {{FETCH_FUNCTIE, bytes_of_text("wmo")},
				{FETCH_AFTER, bytes_of_text("0")},
				{FETCH_WAIT, bytes_of_text("30")}};
	struct flow_sent *fetch = flow_say(w, stad, TYPE_FETCH, velden, COUNT_OF(velden));
	flow_send_one(w, fetch);
	assert_null(flow_answer(w, stad, fetch)); // waits
	flow_revoke(w, stad);
	struct flow_sent *melding = flow_melding(w, &w->parties[0], &flow_one_person);
	flow_send_one(w, melding);
	flow_accepted(w, &w->parties[0], melding);
	assert_null(flow_answer(w, stad, fetch));
	deliver_waiting(w->core, INT64_MAX);
	assert_int_equal(flow_answer(w, stad, fetch)->delivery_count, 0);
	struct flow_sent *again = flow_fetch(w, stad, "wmo", 0);
	flow_send_one(w, again);
	flow_refused(w, stad, again, REASON_REVOKED_KEY);
	uint8_t item[40] = {0, 0, 0, 0, 0, 0, 0, 1};
	struct veld ack[] = {{ACK_FUNCTIE, bytes_of_text("wmo")},
			     {ACK_ITEM, bytes_make(item, sizeof item)}};
	struct flow_sent *acked = flow_say(w, stad, TYPE_ACK, ack, COUNT_OF(ack));
	flow_send_one(w, acked);
	flow_refused(w, stad, acked, REASON_REVOKED_KEY);
}

// Acks alone may wait for company; with anything else in the batch nothing does.
static void only_acks_may_wait_for_the_commit_of_others(void **state)
{
	struct flow_world *w = *state;
	struct flow_party *politie = &w->parties[0], *stad = &w->parties[1];
	flow_send_one(w, flow_melding(w, politie, &flow_one_person));
	struct flow_sent *fetch = flow_fetch(w, stad, "wmo", 0);
	assert_false(flow_is_patient(w->core)); // nothing is in hand
	flow_hand(w, fetch);
	assert_false(flow_is_patient(w->core));
	flow_end_batch(w);
	const struct reply *reply = flow_answer(w, stad, fetch);
	struct flow_sent *ack = flow_ack(w, stad, "wmo", &reply->deliveries[0]);
	flow_hand(w, ack);
	assert_true(flow_is_patient(w->core));
	struct flow_sent *melding = flow_melding(w, politie, &flow_one_person);
	flow_hand(w, melding);
	assert_false(flow_is_patient(w->core));
	flow_end_batch(w);
	flow_accepted(w, stad, ack);
	flow_accepted(w, politie, melding);
}

// Three hundred envelopes with a fetch in each, over as many connections, before a melding.
static void the_questions_of_one_party_keep_nobody_else_waiting(void **state)
{
	enum { QUESTIONS = 300 };
	struct flow_world *w = *state;
	struct flow_party *politie = &w->parties[0], *stad = &w->parties[1];
	struct flow_sent *asked[QUESTIONS];
	for (size_t i = 0; i < QUESTIONS; i++) {
		asked[i] = flow_fetch(w, stad, "wmo", 0);
		asked[i]->opened.route.connection += i % 7;
		flow_hand(w, asked[i]);
	}
	struct flow_sent *melding = flow_melding(w, politie, &flow_one_person);
	flow_hand(w, melding);
	size_t before = w->frame_count;
	flow_end_batch(w);
	assert_true(w->frames[before].route.connection == politie->connection); // the receipt first
	flow_accepted(w, politie, melding);
	// One is looked into; the others are told to come again, many in an envelope.
	assert_int_equal(flow_answer(w, stad, asked[QUESTIONS - 1])->outcome, OUTCOME_AANVAARD);
	for (size_t i = 0; i < QUESTIONS - 1; i++)
		flow_told_again(w, stad, asked[i], REASON_BUSY);
	assert_true(w->frame_count - before < QUESTIONS / 10);
}

// And shows at each source and run of numbers that it gets on, however many there are.
static void numbers_that_never_came_are_told_by_source(void **state)
{
	struct flow_world *w = *state;
	struct flow_party *politie = &w->parties[0], *zorg = &w->parties[2];
	struct pulse pulse = {.turns = 0};
	char line[SOURCE_MAX + 32];
	flow_send_one(w, flow_melding(w, politie, &flow_one_person));
	politie->sequence += 2; // 2 and 3 do not come
	flow_send_one(w, flow_melding(w, politie, &flow_one_person));
	flow_send_one(w, flow_melding(w, zorg, &flow_one_person));
	w->core->pulse = &pulse;
	const char *answer = flow_control(w, "completeness\n");
	w->core->pulse = NULL;
	snprintf(line, sizeof line, "\nbron %s 4 2\n", politie->source);
	assert_non_null(strstr(answer, line));
	snprintf(line, sizeof line, "\ngat %s 2 3\n", politie->source);
	assert_non_null(strstr(answer, line));
	snprintf(line, sizeof line, "\nbron %s 1 0\n", zorg->source);
	assert_non_null(strstr(answer, line));
	assert_null(strstr(strstr(answer, "\ngat ") + 1, "\ngat "));
	assert_true(pulse.turns >= 3 + 2); // runs and sources
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_melding_is_receipted_delivered_and_acknowledged),
		TEST(the_same_melding_again_gets_the_same_entry_also_in_one_batch_and_after_a_start),
		TEST(what_is_fetched_for_a_functie_is_sealed_for_a_key_that_holds_it),
		TEST(only_acks_may_wait_for_the_commit_of_others),
		TEST(the_questions_of_one_party_keep_nobody_else_waiting),
		TEST(numbers_that_never_came_are_told_by_source),
		TEST(a_waiting_fetch_gives_nothing_once_its_key_is_revoked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

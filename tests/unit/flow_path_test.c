// SPDX-License-Identifier: EUPL-1.2
// The path of a melding through core: receipt, delivery, acknowledgement, the same again.
#include "flow_convenanten.h"
#include "flow_world.h"

static const char text[] = FLOW_HEAD("proef") FLOW_PARTIJEN FLOW_VERSTREK(
	"alles-wmo", "", AAN_WMO, "kenmerken, betrokkenheid, identificatie, herkomst");

static const struct flow_case one_person = {
	.count = 1,
	.persons = {{.rol = "slachtoffer", .bsn = "999990342", .geslachtsnaam = "Test"}}};

static int setup(void **state)
{
	struct flow_world *w = flow_world_new();
	flow_enrol(w, FLOW_POLITIE, "politie", "wijk");
	flow_enrol(w, FLOW_STAD, "gemeente", "oov,wmo");
	flow_enrol(w, FLOW_ZORG, "ggz", "behandeling");
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "regisseur,coordinator");
	flow_convenant(w, text);
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
	struct flow_sent *melding = flow_melding(w, politie, &one_person);
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
	struct flow_sent *melding = flow_melding(w, politie, &one_person);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_melding_is_receipted_delivered_and_acknowledged),
		TEST(the_same_melding_again_gets_the_same_entry_also_in_one_batch_and_after_a_start),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

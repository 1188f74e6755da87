// SPDX-License-Identifier: EUPL-1.2
// A taken-over opener hands over what it likes. What core verifies itself is not accepted because
// of it, and what it sends harms no statement beside it.
#include "flow_convenanten.h"
#include "flow_world.h"

static const char text[] = FLOW_HEAD("proef")
	FLOW_PARTIJEN FLOW_VERSTREK("wmo-gewogen", FLOW_WEGING("regisseur", "ja"), AAN_WMO,
				    "kenmerken, identificatie, herkomst")
		FLOW_VERSTREK("huis-eerder", "", AAN_REGISSEUR,
			      "kenmerken, verrijking.eerder, "
			      "verrijking.samenloop, herkomst");

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "regisseur,coordinator");
	flow_convenant(w, text);
	*state = w;
	return 0;
}

#define HUIS (&w->parties[2])

static uint64_t a_melding(struct flow_world *w)
{
	struct flow_sent *melding = flow_melding(w, POLITIE, &flow_one_person);
	flow_send_one(w, melding);
	return flow_accepted(w, POLITIE, melding);
}

static void assert_nothing_for_the_wmo(struct flow_world *w)
{
	assert_int_equal(flow_collect(w, STAD, "wmo", 0)->delivery_count, 0);
}

static void a_weging_counts_as_it_was_signed_not_as_it_was_handed_over(void **state)
{
	struct flow_world *w = *state;
	struct flow_judgement no = {a_melding(w), "wmo-gewogen", "nee", 0};
	struct flow_sent *weging = flow_weging(w, HUIS, &no);
	weging->opened.statement.velden[3].waarde = bytes_of_text("ja");
	flow_send_one(w, weging);
	assert_nothing_for_the_wmo(w);
}

static void a_weging_of_one_melding_opens_no_other(void **state)
{
	struct flow_world *w = *state;
	uint64_t first = a_melding(w);
	struct flow_judgement yes = {a_melding(w), "wmo-gewogen", "ja", 0};
	struct flow_sent *weging = flow_weging(w, HUIS, &yes);
	char entry[24];
	snprintf(entry, sizeof entry, "%llu", (unsigned long long)first);
	weging->opened.statement.velden[0].waarde = bytes_of_text(entry);
	flow_send_one(w, weging);
	const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
	for (size_t i = 0; i < reply->delivery_count; i++)
		assert_true(flow_part(w, &reply->deliveries[i])->betreft == yes.melding);
}

static void another_statement_of_the_house_is_no_weging(void **state)
{
	struct flow_world *w = *state;
	struct flow_judgement yes = {a_melding(w), "wmo-gewogen", "ja", 0};
	struct flow_sent *weging = flow_weging(w, HUIS, &yes);
	struct flow_sent *fetch = flow_fetch(w, HUIS, "regisseur", 0);
	fetch->opened.statement = weging->opened.statement;
	flow_send_one(w, fetch);
	assert_nothing_for_the_wmo(w);
	assert_null(flow_answer(w, HUIS, fetch));
}

static void a_weging_for_another_log_counts_for_nothing(void **state)
{
	struct flow_world *w = *state;
	struct flow_judgement yes = {a_melding(w), "wmo-gewogen", "ja", 0};
	struct flow_sent *weging = flow_weging(w, HUIS, &yes);
	weging->opened.statement.audience_log = bytes_of_text("zvh.example/ander");
	flow_sign_again(w, HUIS, weging);
	flow_send_one(w, weging);
	flow_refused(w, HUIS, weging, REASON_WRONG_AUDIENCE);
	assert_nothing_for_the_wmo(w);
}

static void a_weging_with_a_broken_signature_counts_for_nothing(void **state)
{
	struct flow_world *w = *state;
	struct flow_judgement yes = {a_melding(w), "wmo-gewogen", "ja", 0};
	struct flow_sent *weging = flow_weging(w, HUIS, &yes);
	weging->signature[5] ^= 1;
	flow_send_one(w, weging);
	assert_nothing_for_the_wmo(w);
}

static void an_act_does_not_come_over_the_wire(void **state)
{
	struct flow_world *w = *state;
	struct veld velden[] = {{ACT_SOORT, bytes_of_text("intrekking")}};
	struct flow_sent *act = flow_say(w, HUIS, TYPE_ACT, velden, 1);
	flow_send_one(w, act);
	flow_refused(w, HUIS, act, REASON_FUNCTIE_NOT_HELD);
}

// ---- one bad statement beside a good one ---------------------------------------------------

static void assert_harms_no_other(struct flow_world *w, const struct flow_sent *bad)
{
	struct flow_sent *before = flow_melding(w, POLITIE, &flow_one_person);
	struct flow_sent *after = flow_melding(w, POLITIE, &flow_one_person);
	flow_hand(w, before);
	flow_hand(w, bad);
	flow_hand(w, after);
	flow_end_batch(w);
	flow_accepted(w, POLITIE, before);
	flow_accepted(w, POLITIE, after);
	const struct reply *reply = flow_answer(w, POLITIE, bad);
	if (reply)
		assert_true(reply->outcome != OUTCOME_AANVAARD);
}

static void slots_that_do_not_give_the_signed_root_are_dropped(void **state)
{
	struct flow_world *w = *state;
	struct flow_sent *bad = flow_melding(w, POLITIE, &flow_one_person);
	bad->opened.slots.seed[0] ^= 1;
	assert_harms_no_other(w, bad);
}

static void a_rubriek_that_only_the_knooppunt_states_is_dropped(void **state)
{
	struct flow_world *w = *state;
	static const uint32_t soorten[] = {RUBRIEK_HERKOMST, RUBRIEK_VERRIJKING_EERDER,
					   RUBRIEK_VERRIJKING_SAMENLOOP, RUBRIEK_VERRIJKING_HUIS,
					   99};
	for (size_t i = 0; i < COUNT_OF(soorten); i++) {
		struct flow_sent *bad = flow_melding(w, POLITIE, &flow_one_person);
		bad->opened.melding.rubrieken[1].soort = soorten[i];
		assert_harms_no_other(w, bad);
	}
}

static void a_rubriek_of_the_incident_about_a_person_is_dropped(void **state)
{
	struct flow_world *w = *state;
	struct flow_sent *bad = flow_melding(w, POLITIE, &flow_one_person);
	bad->opened.melding.rubrieken[0].betrokkene = 1;
	assert_harms_no_other(w, bad);
	bad = flow_melding(w, POLITIE, &flow_one_person);
	bad->opened.melding.rubrieken[1].betrokkene = 0;
	assert_harms_no_other(w, bad);
}

static void an_endless_bsn_is_answered_alone(void **state)
{
	struct flow_world *w = *state;
	static char endless[4000];
	memset(endless, '9', sizeof endless);
	struct flow_sent *bad = flow_melding(w, POLITIE, &flow_one_person);
	for (size_t i = 0; i < bad->opened.melding.count; i++)
		if (bad->opened.melding.rubrieken[i].soort == RUBRIEK_BSN)
			bad->opened.melding.rubrieken[i].velden[0].waarde =
				bytes_make(endless, sizeof endless);
	assert_harms_no_other(w, bad);
}

static void a_code_that_does_not_fit_in_a_part_is_answered_alone(void **state)
{
	struct flow_world *w = *state;
	static char endless[4000];
	memset(endless, 'x', sizeof endless);
	struct flow_sent *bad = flow_melding(w, POLITIE, &flow_one_person);
	bad->opened.melding.rubrieken[0].velden[0].waarde = bytes_make(endless, sizeof endless);
	assert_harms_no_other(w, bad);
}

static void an_id_that_is_none_is_not_recorded(void **state)
{
	struct flow_world *w = *state;
	static const char *const ids[] = {"id with a space 1", "id/with/slashes/1",
					  "id-met-\xc3\xa9\xc3\xa9n-letter"};
	for (size_t i = 0; i < COUNT_OF(ids); i++) {
		struct flow_sent *bad = flow_melding(w, POLITIE, &flow_one_person);
		bad->opened.statement.id = bytes_of_text(ids[i]);
		flow_sign_again(w, POLITIE, bad);
		assert_harms_no_other(w, bad);
		const struct reply *reply = flow_answer(w, POLITIE, bad);
		assert_true(reply && !reply->has_receipt);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_weging_counts_as_it_was_signed_not_as_it_was_handed_over),
		TEST(a_weging_of_one_melding_opens_no_other),
		TEST(another_statement_of_the_house_is_no_weging),
		TEST(a_weging_for_another_log_counts_for_nothing),
		TEST(a_weging_with_a_broken_signature_counts_for_nothing),
		TEST(an_act_does_not_come_over_the_wire),
		TEST(slots_that_do_not_give_the_signed_root_are_dropped),
		TEST(a_rubriek_that_only_the_knooppunt_states_is_dropped),
		TEST(a_rubriek_of_the_incident_about_a_person_is_dropped),
		TEST(an_endless_bsn_is_answered_alone),
		TEST(a_code_that_does_not_fit_in_a_part_is_answered_alone),
		TEST(an_id_that_is_none_is_not_recorded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

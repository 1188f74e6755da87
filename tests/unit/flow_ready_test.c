// SPDX-License-Identifier: EUPL-1.2
// What is kept ready to deliver from never outlives what takes it away: an erasure, a lapse, a part
// that takes the place of another, time.
#include "flow_convenanten.h"
#include "flow_world.h"

#include "flow/ready.h"

#define LONG_AGO_MS 1000000

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_convenant(w, FLOW_HEAD("eerste") FLOW_PARTIJEN FLOW_VERSTREK(
				  "wmo", "", AAN_WMO, "kenmerken, identificatie, herkomst")
				  FLOW_VERSTREK("oov", "", AAN_OOV, "kenmerken"));
	*state = w;
	return 0;
}

// For who erases behind the back of state, which a rebuild would notice.
static int teardown_erased(void **state)
{
	flow_world_free(*state);
	return 0;
}

static uint64_t melded(struct flow_world *w)
{
	struct flow_case c = {.soort = "politie",
			      .count = 1,
			      .persons = {{.rol = "slachtoffer", .geslachtsnaam = "X"}}};
	struct flow_sent *melding = flow_melding(w, POLITIE, &c);
	flow_send_one(w, melding);
	return flow_accepted(w, POLITIE, melding);
}

static const struct ready *ready_of(struct flow_world *w, uint64_t index, bool *ret_read)
{
	const struct ready *ready;
	struct arena *arena = w->core->answer_arena;
	assert_int_equal(arena_used(arena), 0);
	assert_int_equal(ready_entry(w->core, index, arena, &ready), RESULT_OK);
	*ret_read = arena_used(arena) > 0;
	return ready;
}

// Whether the entry is read anew when somebody asks for it now.
static bool is_read(struct flow_world *w, uint64_t index)
{
	bool read;
	(void)ready_of(w, index, &read);
	answer_end(w->core);
	return read;
}

static void erase(struct flow_world *w, uint64_t index, bool all)
{
	struct recalled recalled;
	assert_int_equal(recall_entry(w->core, index, RECALL_PARTS, w->arena, &recalled),
			 RESULT_OK);
	const uint64_t slots[] = {recalled.verantwoording->slot_inhoud,
				  recalled.verantwoording->slot_verantwoording};
	assert_int_equal(keystore_erase(w->core->keystore, slots, all ? 2 : 1), RESULT_OK);
}

static void an_entry_is_read_once_for_all_who_ask(void **state)
{
	struct flow_world *w = *state;
	uint64_t index = melded(w);
	assert_true(is_read(w, index));
	assert_false(is_read(w, index));
	const struct reply *wmo = flow_collect(w, STAD, "wmo", 0);
	const struct reply *oov = flow_collect(w, STAD, "oov", 0);
	assert_int_equal(wmo->delivery_count, 1);
	assert_int_equal(oov->delivery_count, 1);
	assert_int_equal(wmo->deliveries[0].opening_count, 2);
	assert_true(wmo->deliveries[0].has_sender);
	assert_false(oov->deliveries[0].has_sender); // herkomst is withheld
	assert_int_equal(oov->deliveries[0].opening_count, 0);
	assert_int_equal(oov->deliveries[0].verrijking_count, 1);
	assert_false(is_read(w, index));
}

static void what_somebody_waits_for_is_not_read_back(void **state)
{
	struct flow_world *w = *state;
	struct veld velden[] = {{FETCH_FUNCTIE, bytes_of_text("wmo")},
				{FETCH_AFTER, bytes_of_text("0")},
				{FETCH_WAIT, bytes_of_text("30")}};
	struct flow_sent *fetch = flow_say(w, STAD, TYPE_FETCH, velden, COUNT_OF(velden));
	flow_send_one(w, fetch);
	assert_null(flow_answer(w, STAD, fetch));
	uint64_t index = melded(w);
	const struct reply *reply = flow_answer(w, STAD, fetch);
	assert_non_null(reply);
	assert_int_equal(reply->delivery_count, 1);
	assert_false(is_read(w, index));
	// What was offered and what is read say the same, to the byte.
	bool read;
	struct ready kept = *ready_of(w, index, &read);
	struct bytes vector = arena_copy(w->arena, kept.parts.commitments);
	struct bytes slots = arena_copy(w->arena, kept.slots.commitments);
	struct bytes salt = arena_copy(w->arena, kept.slots.openings[1].salt);
	answer_end(w->core);
	ready_turn(w->core->ready, INT64_MAX / 2);
	ready_turn(w->core->ready, INT64_MAX);
	const struct ready *again = ready_of(w, index, &read);
	assert_true(read);
	assert_true(bytes_equal(again->parts.commitments, vector));
	assert_true(bytes_equal(again->slots.commitments, slots));
	assert_true(bytes_equal(again->slots.openings[1].salt, salt));
	assert_memory_equal(again->entry, kept.entry, ENTRY_LEN);
	assert_true(again->sender_head == kept.sender_head);
	answer_end(w->core);
}

static void erased_content_does_not_leave_from_what_was_kept(void **state)
{
	struct flow_world *w = *state;
	uint64_t index = melded(w);
	assert_int_equal(flow_collect(w, STAD, "wmo", 0)->delivery_count, 1);
	assert_false(is_read(w, index));
	erase(w, index, false);
	assert_int_equal(flow_collect(w, STAD, "wmo", 0)->delivery_count, 0);
	assert_int_equal(flow_collect(w, STAD, "oov", 0)->delivery_count, 0);
}

static void an_erased_accountability_does_not_leave_either(void **state)
{
	struct flow_world *w = *state;
	uint64_t index = melded(w);
	assert_int_equal(flow_collect(w, STAD, "oov", 0)->delivery_count, 1);
	erase(w, index, true);
	assert_int_equal(flow_collect(w, STAD, "oov", 0)->delivery_count, 0);
}

static void what_is_erased_is_not_offered_again(void **state)
{
	struct flow_world *w = *state;
	uint64_t first = melded(w), second;
	assert_false(is_read(w, first) && is_read(w, first));
	erase(w, first, false);
	second = melded(w);
	assert_int_equal(flow_collect(w, STAD, "wmo", 0)->delivery_count, 0);
	assert_true(second > first);
	bool read;
	assert_false(ready_of(w, first, &read)->has_content);
	answer_end(w->core);
}

static void a_part_that_was_replaced_does_not_leave_from_what_was_kept(void **state)
{
	struct flow_world *w = *state;
	uint64_t index = melded(w);
	const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
	assert_int_equal(flow_part(w, &reply->deliveries[0])->soort, VERSTREKKING_GEGEVEN);
	assert_false(is_read(w, index));
	flow_convenant(w, FLOW_HEAD("tweede")
				  FLOW_PARTIJEN FLOW_VERSTREK("oov", "", AAN_OOV, "kenmerken"));
	assert_int_equal(flow_collect(w, STAD, "wmo", 0)->delivery_count, 0);
	flow_recheck_all(w);
	reply = flow_collect(w, STAD, "wmo", 0);
	assert_int_equal(reply->delivery_count, 1);
	assert_int_equal(flow_part(w, &reply->deliveries[0])->soort, VERSTREKKING_VERVALLEN);
	assert_int_equal(reply->deliveries[0].opening_count, 0);
	reply = flow_collect(w, STAD, "oov", 0);
	assert_int_equal(flow_part(w, &reply->deliveries[0])->soort, VERSTREKKING_GEGEVEN);
}

static void what_lapsed_does_not_leave_from_what_was_kept(void **state)
{
	struct flow_world *w = *state;
	uint64_t index = melded(w);
	assert_int_equal(flow_collect(w, STAD, "wmo", 0)->delivery_count, 1);
	assert_false(is_read(w, index));
	flow_clock_ahead = 400 * (int64_t)MS_PER_DAY; // its term is six months
	assert_int_equal(flow_collect(w, STAD, "wmo", 0)->delivery_count, 0);
	assert_false(is_read(w, index));
	flow_clock_ahead = 0;
}

static void what_nobody_asks_for_any_more_is_forgotten(void **state)
{
	struct flow_world *w = *state;
	uint64_t index = melded(w);
	int64_t now = clock_monotonic_ms() + LONG_AGO_MS;
	assert_true(is_read(w, index));
	ready_turn(w->core->ready, now);
	ready_turn(w->core->ready, now + 1); // too soon for another turn
	bool read;
	assert_true(ready_of(w, index, &read)->has_content);
	assert_false(read);
	ready_turn(w->core->ready, now + LONG_AGO_MS);
	assert_true(ready_of(w, index, &read)->has_content);
	assert_true(read);
	answer_end(w->core);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_entry_is_read_once_for_all_who_ask),
		TEST(what_somebody_waits_for_is_not_read_back),
		TEST(erased_content_does_not_leave_from_what_was_kept),
		cmocka_unit_test_setup_teardown(an_erased_accountability_does_not_leave_either,
						setup, teardown_erased),
		TEST(what_is_erased_is_not_offered_again),
		TEST(a_part_that_was_replaced_does_not_leave_from_what_was_kept),
		TEST(what_lapsed_does_not_leave_from_what_was_kept),
		TEST(what_nobody_asks_for_any_more_is_forgotten),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

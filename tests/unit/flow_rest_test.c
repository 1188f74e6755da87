// SPDX-License-Identifier: EUPL-1.2
// What is left of a delivery that lapsed comes with the ack that confirms it, or the ack comes
// again.
#include "flow_convenanten.h"
#include "flow_world.h"

#define A_PERSON "999990342"

// The Wmo may know the person for a year and what it is about for a month.
static const char text[] = FLOW_HEAD("deel") FLOW_PARTIJEN FLOW_VERSTREK(
	"kort", "    bewaar: {inhoud: P1M, verantwoording: P5Y}\n", AAN_WMO, "kenmerken")
	FLOW_VERSTREK("lang", "    bewaar: {inhoud: P1Y, verantwoording: P5Y}\n", AAN_WMO,
		      "identificatie");

// So many times, what is left of a delivery finds too little memory, or no more room in the batch.
static unsigned rests_fail;
static enum result rest_result;

enum result __real_recheck_rest(struct core *core, const struct part_verstrekking *part,
				struct flow_item *item);
enum result __wrap_recheck_rest(struct core *core, const struct part_verstrekking *part,
				struct flow_item *item);
enum result __wrap_recheck_rest(struct core *core, const struct part_verstrekking *part,
				struct flow_item *item)
{
	if (rests_fail == 0)
		return __real_recheck_rest(core, part, item);
	rests_fail--;
	return rest_result;
}

static void melded(struct flow_world *w)
{
	static const struct flow_case c = {
		.count = 1,
		.persons = {{.rol = "slachtoffer", .bsn = A_PERSON, .geslachtsnaam = "X"}}};
	struct flow_sent *melding = flow_melding(w, POLITIE, &c);
	flow_send_one(w, melding);
	flow_accepted(w, POLITIE, melding);
}

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_convenant(w, text);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	int failed = flow_world_end(state);
	flow_clock_ahead = 0;
	return failed;
}

static void lapse(struct flow_world *w)
{
	flow_clock_ahead += 32 * MS_PER_DAY;
	assert_int_equal(flow_tick(w->core, clock_wall_ms()), RESULT_OK);
	flow_end_batch(w);
}

static void assert_is_rest(struct flow_world *w, const struct delivery *delivery)
{
	const struct part_verstrekking *part = flow_part(w, delivery);
	assert_int_equal(part->soort, VERSTREKKING_GEGEVEN);
	assert_true(part->grond_count > 0);
	for (size_t i = 0; i < part->grond_count; i++)
		assert_int_equal(part->gronden[i].rubriek, RUBRIEK_IDENTIFICATIE);
}

static void what_is_left_is_not_lost_when_there_is_no_room_for_it_yet(void **state)
{
	struct flow_world *w = *state;
	static const enum result failures[] = {RESULT_NO_MEMORY, RESULT_AGAIN};
	for (size_t i = 0; i < COUNT_OF(failures); i++) {
		melded(w);
		lapse(w);
		const struct reply *reply = flow_collect(w, STAD, "wmo", 2 * i);
		struct flow_sent *ack = flow_ack(w, STAD, "wmo", &reply->deliveries[0]);
		uint64_t size = journal_size(w->core->journal);
		rest_result = failures[i];
		rests_fail = 1;
		flow_send_one(w, ack);
		flow_told_again(w, STAD, ack, REASON_BUSY);
		assert_true(journal_size(w->core->journal) == size);
		flow_forget_frames(w);
		flow_send_one(w, ack);
		flow_accepted(w, STAD, ack);
		reply = flow_collect(w, STAD, "wmo", 2 * i + 1);
		assert_int_equal(reply->delivery_count, 1);
		assert_is_rest(w, &reply->deliveries[0]);
		flow_send_one(w, flow_ack(w, STAD, "wmo", &reply->deliveries[0]));
	}
}

// Confirms so many that lapsed in one statement; the room that the batch takes by then.
static size_t room_to_confirm(struct flow_world *w, uint64_t after, size_t count)
{
	static uint8_t items[64][40];
	struct veld velden[65] = {{ACK_FUNCTIE, LITERAL("wmo")}};
	for (size_t i = 0; i < count; i++)
		melded(w);
	lapse(w);
	const struct reply *reply = flow_collect(w, STAD, "wmo", after);
	assert_int_equal(reply->delivery_count, count);
	for (size_t i = 0; i < count; i++) {
		struct hash hash = sha256(reply->deliveries[i].leaf.part.value);
		put_u64be(items[i], after + 1 + i);
		memcpy(items[i] + 8, hash.b, 32);
		velden[i + 1] = (struct veld){ACK_ITEM, bytes_make(items[i], 40)};
	}
	struct flow_sent *ack = flow_say(w, STAD, TYPE_ACK, velden, count + 1);
	flow_hand(w, ack);
	size_t used = arena_used(w->core->arena);
	flow_end_batch(w);
	flow_accepted(w, STAD, ack);
	flow_forget_frames(w);
	reply = flow_collect(w, STAD, "wmo", after + count);
	assert_int_equal(reply->delivery_count, count);
	for (size_t i = 0; i < count; i++) {
		assert_is_rest(w, &reply->deliveries[i]);
		flow_send_one(w, flow_ack(w, STAD, "wmo", &reply->deliveries[i]));
	}
	flow_forget_frames(w);
	return used;
}

// All of one tick: read back anew for each, it would take the square of their number.
static void an_ack_of_many_that_lapsed_takes_room_for_what_it_makes_alone(void **state)
{
	struct flow_world *w = *state;
	size_t few = room_to_confirm(w, 0, 6), many = room_to_confirm(w, 12, 24);
	assert_in_range(many, few, 5 * few);
	assert_in_range(many, 1, 24 * 16384);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_left_is_not_lost_when_there_is_no_room_for_it_yet),
		TEST(an_ack_of_many_that_lapsed_takes_room_for_what_it_makes_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

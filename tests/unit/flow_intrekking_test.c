// SPDX-License-Identifier: EUPL-1.2
// A toestemming that is withdrawn: however many meldingen of that person there are, and whatever
// cannot be read of them, nothing that waits goes on resting on it.
#include "flow_convenanten.h"
#include "flow_unread.h"
#include "flow_world.h"

#define GEHEIM(aan)                                                                                \
	"  - regel: beroepsgeheim-" aan "\n"                                                       \
	"    convenantartikel: \"1\"\n"                                                            \
	"    herkomst: \"papier: «proef»\"\n"                                                    \
	"    als: {bron.soort: ggz}\n"                                                             \
	"    vereis: {aan: {partij: stad, functie: " aan                                           \
	"}, rubrieken: [kenmerken], toestemming: {grond: [toestemming]}}\n" FLOW_VERSTREK(         \
		aan "-leest", "    als: {bron.soort: ggz}\n", "{partij: stad, functie: " aan "}",  \
		"kenmerken")
static const char geheim[] = FLOW_HEAD("geheim") FLOW_PARTIJEN GEHEIM("wmo");
static const char twee[] = FLOW_HEAD("twee") FLOW_PARTIJEN GEHEIM("wmo") GEHEIM("oov");

static const struct flow_case client = {
	.count = 1, .persons = {{.rol = "slachtoffer", .minderjarig = "nee", .bsn = "999990019"}}};

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_enrol(w, FLOW_ZORG, "ggz", "behandeling");
	flow_convenant(w, geheim);
	*state = w;
	return 0;
}

#define ZORG (&w->parties[2])

// The index of its entry.
static uint64_t lift(struct flow_world *w, uint64_t melding)
{
	char entry[24];
	snprintf(entry, sizeof entry, "%llu", (unsigned long long)melding);
	struct veld velden[] = {{TOESTEMMING_ENTRY, bytes_of_text(entry)},
				{TOESTEMMING_BETROKKENE, bytes_of_text("1")},
				{TOESTEMMING_GROND, bytes_of_text("toestemming")},
				{TOESTEMMING_VORM, bytes_of_text("schriftelijk")},
				{TOESTEMMING_MEDEWERKER, bytes_of_text("mw-1")}};
	struct flow_sent *sent = flow_say(w, ZORG, TYPE_TOESTEMMING, velden, COUNT_OF(velden));
	flow_send_one(w, sent);
	return flow_accepted(w, ZORG, sent);
}

static void withdraw(struct flow_world *w, uint64_t toestemming)
{
	char entry[24];
	snprintf(entry, sizeof entry, "%llu", (unsigned long long)toestemming);
	struct veld velden[] = {{INTREKKING_ENTRY, bytes_of_text(entry)},
				{INTREKKING_MEDEWERKER, bytes_of_text("mw-1")}};
	struct flow_sent *sent = flow_say(w, ZORG, TYPE_INTREKKING, velden, COUNT_OF(velden));
	flow_send_one(w, sent);
	flow_accepted(w, ZORG, sent);
}

static enum verstrekking_soort soort_of(struct flow_world *w, uint64_t number)
{
	const struct reply *reply = flow_collect(w, STAD, "wmo", number - 1);
	assert_true(reply->delivery_count > 0);
	const struct part_verstrekking *part = flow_part(w, &reply->deliveries[0]);
	assert_true(part->number == number);
	enum verstrekking_soort soort = (enum verstrekking_soort)part->soort;
	flow_forget_frames(w);
	return soort;
}

// Those of before the newest 256 too, which are read at once.
static void it_stops_the_oldest_of_many_meldingen(void **state)
{
	struct flow_world *w = *state;
	uint64_t first;
	flow_melded(w, ZORG, &client, &first);
	uint64_t given = lift(w, first);
	flow_melded(w, ZORG, &client, NULL);
	for (int i = 0; i < 270; i++) {
		flow_hand(w, flow_melding(w, POLITIE, &client));
		if (i % 30 == 29)
			flow_end_batch(w);
	}
	flow_forget_frames(w);
	assert_int_equal(soort_of(w, 2), VERSTREKKING_GEGEVEN);
	withdraw(w, given);
	assert_int_equal(soort_of(w, 1), VERSTREKKING_VERVALLEN);
	assert_int_equal(soort_of(w, 2), VERSTREKKING_VERVALLEN);
}

// What was said later about the melding cannot be read: nobody can tell whether what waits is
// allowed without it, nor who was given what. It lapses, the withdrawal stands.
static void what_cannot_be_read_keeps_none_out(void **state)
{
	struct flow_world *w = *state;
	uint64_t first;
	flow_melded(w, ZORG, &client, &first);
	uint64_t given = lift(w, first);
	assert_int_equal(soort_of(w, 1), VERSTREKKING_GEGEVEN);
	flow_unread = lift(w, first);
	withdraw(w, given);
	assert_int_equal(soort_of(w, 1), VERSTREKKING_VERVALLEN);
	flow_unread = 0;
}

static bool leaves(struct flow_world *w, uint64_t number)
{
	const struct reply *reply = flow_collect(w, STAD, "wmo", number - 1);
	bool leaves = reply && reply->delivery_count > 0 &&
		      flow_part(w, &reply->deliveries[0])->number == number;
	flow_forget_frames(w);
	return leaves;
}

static void tick_and_recheck(struct flow_world *w)
{
	flow_tick_now(w);
	flow_recheck_all(w);
	flow_forget_frames(w);
}

// What waits about that person cannot be read while the toestemming is withdrawn. It is put back
// later, and was decided by nobody: until it is it stays, whatever else happens.
static void what_is_put_back_later_is_decided_first(void **state)
{
	struct flow_world *w = *state;
	uint64_t first, other;
	flow_melded(w, ZORG, &client, &first);
	uint64_t given = lift(w, first);
	flow_melded(w, ZORG, &client, &other);
	assert_int_equal(soort_of(w, 1), VERSTREKKING_GEGEVEN);
	assert_int_equal(soort_of(w, 2), VERSTREKKING_GEGEVEN);
	flow_unread = other;
	withdraw(w, given);
	tick_and_recheck(w);
	flow_unread = 0;
	assert_false(leaves(w, 2));
	flow_world_close(w);
	flow_world_open(w);
	assert_false(leaves(w, 2));
	flow_unread = other;
	tick_and_recheck(w);
	flow_unread = 0;
	assert_false(leaves(w, 2));
	tick_and_recheck(w);
	assert_int_equal(soort_of(w, 1), VERSTREKKING_VERVALLEN);
	assert_int_equal(soort_of(w, 2), VERSTREKKING_VERVALLEN);
}

// As many as a toestemming can hold for, for two ontvangers each: more than has room in one batch.
// All that waits is held at once, and decided in the batches after it, what rests on nothing that
// was withdrawn too.
static void however_many_wait_on_it_none_of_them_goes(void **state)
{
	enum { MELDINGEN = 240 };
	struct flow_world *w = *state;
	struct flow_case other = client;
	uint64_t first, last;
	other.persons[0].bsn = "999990020";
	flow_convenant(w, twee);
	flow_melded(w, ZORG, &client, &first);
	uint64_t given = lift(w, first);
	for (int i = 2; i < MELDINGEN; i++) {
		flow_hand(w, flow_melding(w, ZORG, &client));
		if (i % 30 == 29)
			flow_end_batch(w);
	}
	flow_melded(w, ZORG, &client, NULL);
	flow_melded(w, ZORG, &other, &last);
	lift(w, last);
	flow_forget_frames(w);
	assert_int_equal(soort_of(w, MELDINGEN), VERSTREKKING_GEGEVEN);
	withdraw(w, given);
	assert_false(leaves(w, 1) || leaves(w, MELDINGEN) || leaves(w, MELDINGEN + 1));
	flow_recheck_all(w); // at once: no tick comes first
	flow_forget_frames(w);
	for (uint64_t number = 1; number <= MELDINGEN; number += MELDINGEN / 4)
		assert_int_equal(soort_of(w, number), VERSTREKKING_VERVALLEN);
	assert_int_equal(soort_of(w, MELDINGEN), VERSTREKKING_VERVALLEN);
	assert_int_equal(soort_of(w, MELDINGEN + 1), VERSTREKKING_GEGEVEN);
}

// The melding that it was said about cannot be read: nobody can tell who the person is, and where
// else. All that waits is decided again, and what rests on nothing that was withdrawn goes.
static void of_a_melding_that_cannot_be_read_it_is_withdrawn_too(void **state)
{
	struct flow_world *w = *state;
	static const struct flow_case another = {
		.count = 1,
		.persons = {{.rol = "slachtoffer", .minderjarig = "nee", .bsn = "999990032"}}};
	uint64_t first, third;
	flow_melded(w, ZORG, &client, &first);
	uint64_t given = lift(w, first);
	flow_melded(w, ZORG, &client, NULL);
	flow_melded(w, ZORG, &another, &third);
	lift(w, third);
	for (uint64_t number = 1; number <= 3; number++)
		assert_int_equal(soort_of(w, number), VERSTREKKING_GEGEVEN);
	flow_unread = first;
	withdraw(w, given);
	assert_false(leaves(w, 1));
	flow_recheck_all(w);
	flow_unread = 0;
	tick_and_recheck(w);
	assert_int_equal(soort_of(w, 1), VERSTREKKING_VERVALLEN);
	assert_int_equal(soort_of(w, 2), VERSTREKKING_VERVALLEN);
	assert_int_equal(soort_of(w, 3), VERSTREKKING_GEGEVEN);
}

// Nor while only the content of a melding cannot be read: be it the one that the toestemming was
// said about, the first, or another of that person.
static void withdrawn_without_content(struct flow_world *w, uint64_t number)
{
	uint64_t meldingen[2];
	flow_melded(w, ZORG, &client, &meldingen[0]);
	uint64_t given = lift(w, meldingen[0]);
	flow_melded(w, ZORG, &client, &meldingen[1]);
	assert_int_equal(soort_of(w, number), VERSTREKKING_GEGEVEN);
	flow_unread_content = true;
	flow_unread = meldingen[number - 1];
	withdraw(w, given);
	flow_unread = 0;
	flow_unread_content = false;
	assert_false(leaves(w, number));
	flow_world_close(w);
	flow_world_open(w);
	assert_false(leaves(w, number));
	tick_and_recheck(w);
	assert_int_equal(soort_of(w, 1), VERSTREKKING_VERVALLEN);
	assert_int_equal(soort_of(w, 2), VERSTREKKING_VERVALLEN);
}

static void of_the_content_of_its_melding_too(void **state)
{
	withdrawn_without_content(*state, 1);
}

static void of_the_content_of_another_melding_too(void **state)
{
	withdrawn_without_content(*state, 2);
}

// Nor is what was said to be not so.
static void what_a_correctie_closes_is_decided_first(void **state)
{
	struct flow_world *w = *state;
	uint64_t first;
	char entry[24];
	flow_melded(w, ZORG, &client, &first);
	lift(w, first);
	assert_int_equal(soort_of(w, 1), VERSTREKKING_GEGEVEN);
	snprintf(entry, sizeof entry, "%llu", (unsigned long long)first);
	struct veld velden[] = {{CORRECTIE_ENTRY, bytes_of_text(entry)},
				{CORRECTIE_CORRECTIE, bytes_of_text("onjuist")},
				{CORRECTIE_MEDEWERKER, bytes_of_text("mw-1")},
				{CORRECTIE_MOTIVERING, bytes_of_text("verwisseld")}};
	struct flow_sent *sent = flow_say(w, ZORG, TYPE_CORRECTIE, velden, COUNT_OF(velden));
	flow_unread = first;
	flow_unread_content = true;
	flow_send_one(w, sent);
	flow_accepted(w, ZORG, sent);
	flow_unread = 0;
	flow_unread_content = false;
	assert_false(leaves(w, 1));
	tick_and_recheck(w);
	assert_int_equal(soort_of(w, 1), VERSTREKKING_VERVALLEN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_stops_the_oldest_of_many_meldingen),
		TEST(what_cannot_be_read_keeps_none_out),
		TEST(what_is_put_back_later_is_decided_first),
		TEST(however_many_wait_on_it_none_of_them_goes),
		TEST(of_a_melding_that_cannot_be_read_it_is_withdrawn_too),
		TEST(of_the_content_of_its_melding_too),
		TEST(of_the_content_of_another_melding_too),
		TEST(what_a_correctie_closes_is_decided_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

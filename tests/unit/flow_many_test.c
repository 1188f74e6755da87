// SPDX-License-Identifier: EUPL-1.2
// One melding for more ontvangers than one entry has parts for, with all that the knooppunt adds.
#include "flow_convenanten.h"
#include "flow_world.h"

#define MANY 40
#define PERSONS 12

static const struct flow_case crowd = {
	.count = PERSONS,
	.toelichting = "Niet voor anderen.",
	.persons =
		{
			{.bsn = "999990342", .woongemeente = "GM1883", .geslachtsnaam = "A"},
			{.skn = "SKN-0002", .woongemeente = "GM1883", .geslachtsnaam = "B"},
			{.skn = "SKN-0003", .woongemeente = "GM1883", .geslachtsnaam = "C"},
			{.skn = "SKN-0004", .woongemeente = "GM1883", .geslachtsnaam = "D"},
			{.skn = "SKN-0005", .woongemeente = "GM1883", .geslachtsnaam = "E"},
			{.skn = "SKN-0006", .woongemeente = "GM1883", .geslachtsnaam = "F"},
			{.skn = "SKN-0007", .woongemeente = "GM1883", .geslachtsnaam = "G"},
			{.skn = "SKN-0008", .woongemeente = "GM1883", .geslachtsnaam = "H"},
			{.skn = "SKN-0009", .woongemeente = "GM1883", .geslachtsnaam = "I"},
			{.skn = "SKN-0010", .woongemeente = "GM1883", .geslachtsnaam = "J"},
			{.skn = "SKN-0011", .woongemeente = "GM1883", .geslachtsnaam = "K"},
			{.skn = "SKN-0012", .woongemeente = "GM1883", .geslachtsnaam = "L"},
		},
};

// Every second ontvanger is told the source; the others get everything in the house's words.
static void write_convenant(struct buffer *text, const char *name)
{
	buffer_init(text, CONVENANT_MAX);
	buffer_append_format(text, FLOW_HEAD("%s") "partijen:\n", name);
	buffer_append_text(text, "  - {partij: huis, naam: H, oin: \"" FLOW_HOUSE "\",\n"
				 "     soort: veiligheidshuis, functies: [regisseur],\n"
				 "     getekend: nee}\n"
				 "  - {partij: politie, naam: P, oin: \"" FLOW_POLITIE "\",\n"
				 "     soort: politie, functies: [wijk], getekend: nee}\n");
	for (unsigned i = 0; i < MANY; i++)
		buffer_append_format(text,
				     "  - {partij: zorg-%u, naam: Z, oin: \"000000990000001%05u\","
				     "\n     soort: %s, functies: [intake], getekend: nee}\n",
				     i, i, i % 2 ? "ggz" : "reclassering");
	buffer_append_text(text, "overleggen: []\nregels:\n");
#define ALL                                                                                        \
	"kenmerken, betrokkenheid, identificatie, ketennummer, verrijking.eerder, "                \
	"verrijking.samenloop, verrijking.huis"
	buffer_append_text(
		text, FLOW_VERSTREK("met", "", "{soort: ggz, functie: intake}", ALL ", herkomst"));
	buffer_append_text(
		text, FLOW_VERSTREK("zonder", "", "{soort: reclassering, functie: intake}", ALL));
	buffer_append_u8(text, 0);
	assert_int_equal(text->status, RESULT_OK);
}

static int setup(void **state)
{
	struct flow_world *w = flow_world_new();
	struct buffer text;
	flow_enrol(w, FLOW_POLITIE, "politie", "wijk");
	for (unsigned i = 0; i < MANY; i++) {
		char oin[OIN_LEN + 1];
		snprintf(oin, sizeof oin, "000000990000001%05u", i);
		flow_enrol(w, oin, i % 2 ? "ggz" : "reclassering", "intake");
	}
	write_convenant(&text, "velen");
	flow_convenant(w, (const char *)text.data);
	buffer_done(&text);
	*state = w;
	return 0;
}

// What every ontvanger got of the n-th melding; acknowledges it.
static void check_one(struct flow_world *w, unsigned i, uint64_t number, uint64_t melding)
{
	struct flow_party *party = &w->parties[1 + i];
	const struct reply *reply = flow_collect(w, party, "intake", number - 1);
	assert_true(reply->delivery_count > 0);
	const struct delivery *delivery = &reply->deliveries[0];
	const struct part_verstrekking *part = flow_part(w, delivery);
	bool source = i % 2;
	assert_true(part->number == number);
	assert_true(part->betreft == 0
			    ? delivery->leaf.index == melding
			    : part->betreft == melding && delivery->leaf.index > melding);
	assert_int_equal(delivery->has_sender, source);
	assert_int_equal(part->herkomst_onthouden, !source);
	size_t given = 1 + PERSONS + PERSONS + (PERSONS - 1); // kenmerken, and of each person
	assert_int_equal(delivery->opening_count, source ? given : 0);
	size_t added = 1 + 3 * PERSONS;
	assert_int_equal(delivery->verrijking_count, added + (source ? 0 : given));
	struct hash commitment =
		verrijking_commitment(delivery->verrijkingen, delivery->verrijking_count);
	assert_true(part->has_verrijking && hash_equal(&commitment, &part->verrijking));
	assert_false(flow_gives(part, 0, RUBRIEK_TOELICHTING));
	struct flow_sent *ack = flow_ack(w, party, "intake", delivery);
	flow_send_one(w, ack);
	flow_accepted(w, party, ack);
	flow_forget_frames(w);
}

static void forty_ontvangers_get_one_melding_in_leaves_of_one_cause(void **state)
{
	struct flow_world *w = *state;
	for (uint64_t n = 1; n <= 2; n++) {
		uint64_t size = journal_size(w->core->journal);
		struct flow_sent *melding = flow_melding(w, &w->parties[0], &crowd);
		struct flow_sent *beside = flow_melding(w, &w->parties[1], &crowd);
		flow_hand(w, melding);
		if (n == 2)
			flow_hand(w, beside); // in one batch, each with its own leaves
		flow_end_batch(w);
		uint64_t index = flow_accepted(w, &w->parties[0], melding);
		if (n == 2)
			flow_accepted(w, &w->parties[1], beside);
		assert_true(index == size);
		assert_true(journal_size(w->core->journal) == size + (n == 2 ? 4 : 2));
		flow_forget_frames(w);
		for (unsigned i = 0; i < MANY; i++)
			check_one(w, i, n, index);
		if (n == 1)
			flow_assert_rebuild_equal(w);
	}
}

static void what_waits_in_a_later_leaf_is_decided_again_under_a_new_convenant(void **state)
{
	struct flow_world *w = *state;
	struct flow_sent *melding = flow_melding(w, &w->parties[0], &crowd);
	struct buffer text;
	flow_send_one(w, melding);
	uint64_t index = flow_accepted(w, &w->parties[0], melding);
	write_convenant(&text, "velen-opnieuw");
	flow_convenant(w, (const char *)text.data);
	buffer_done(&text);
	assert_int_equal(flow_collect(w, &w->parties[MANY], "intake", 0)->delivery_count, 0);
	flow_recheck_all(w);
	for (unsigned i = 0; i < MANY; i++)
		check_one(w, i, 1, index);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(forty_ontvangers_get_one_melding_in_leaves_of_one_cause),
		TEST(what_waits_in_a_later_leaf_is_decided_again_under_a_new_convenant),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

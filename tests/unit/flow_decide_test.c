// SPDX-License-Identifier: EUPL-1.2
// Step 6, decide: what is put before a convenant, how much of it there may be, and what each regel
// that gave something says of the terms.
#include "flow_convenanten.h"
#include "flow_world.h"

#include "base/clock.h"

#include <stdlib.h>

#define ALL                                                                                        \
	"kenmerken, betrokkenheid, identificatie, bsn, ketennummer, herkomst, "                    \
	"verrijking.huis, verrijking.eerder, verrijking.samenloop, verrijking.casus"
#define TAFEL(name)                                                                                \
	"  - {overleg: " name ", voorzitter: {partij: huis, functie: regisseur}, leden: []}\n"
#define OP_TAFEL(name)                                                                             \
	"  - regel: op-" name "\n"                                                                 \
	"    convenantartikel: \"1\"\n"                                                            \
	"    herkomst: \"papier: «proef»\"\n" FLOW_ALS(                                            \
		"minderjarig: nee") "    agendeer: {overleg: " name "}\n"                          \
				    "    doel: d\n"                                                \
				    "    grondslag: [g]\n"
#define PERSON(number)                                                                             \
	{                                                                                          \
		.rol = "slachtoffer", .woongemeente = "GM1883", .minderjarig = "nee",              \
		.bsn = number, .geslachtsnaam = "Naam"                                             \
	}

static const char tafels[] =
	FLOW_HEAD("tafels") "partijen:\n"
			    "  - {partij: huis, naam: H, oin: \"" FLOW_HOUSE
			    "\", soort: veiligheidshuis,\n"
			    "     functies: [regisseur, coordinator], getekend: nee}\n"
			    "  - {partij: politie, naam: P, oin: \"" FLOW_POLITIE
			    "\", soort: politie,\n"
			    "     functies: [wijk], getekend: nee}\n"
			    "overleggen:\n" TAFEL("een") TAFEL("twee") TAFEL("drie") TAFEL("vier")
				    TAFEL("vijf") "regels:\n" OP_TAFEL("een") OP_TAFEL("twee")
					    OP_TAFEL("drie") OP_TAFEL("vier") OP_TAFEL("vijf")
						    FLOW_VERSTREK("alles", "", AAN_REGISSEUR, ALL);

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "regisseur,coordinator");
	flow_enrol(w, FLOW_ZORG, "ggz", "behandeling");
	*state = w;
	return 0;
}
#define REGISSEUR (&w->parties[2])

static uint64_t meld(struct flow_world *w, const struct flow_case *c)
{
	struct flow_sent *melding = flow_melding(w, POLITIE, c);
	flow_send_one(w, melding);
	return flow_accepted(w, POLITIE, melding);
}

static struct recalled recalled_of(struct flow_world *w, uint64_t index)
{
	struct recalled recalled;
	assert_int_equal(recall_entry(w->core, index, RECALL_PARTS, w->arena, &recalled),
			 RESULT_OK);
	return recalled;
}

// ---- how much ------------------------------------------------------------------------------

// One ontvanger that gets every rubriek of everybody, and sits at the head of each table: there is
// room for exactly that.
static void who_gets_everything_and_heads_each_table_gets_it(void **state)
{
	struct flow_world *w = *state;
	static const struct flow_case c = {.count = 4,
					   .persons = {PERSON("999990342"), PERSON("999990019"),
						       PERSON("999990639"), PERSON("999990020")}};
	flow_convenant(w, tafels);
	meld(w, &c);
	const struct reply *reply = flow_collect(w, REGISSEUR, "regisseur", 0);
	assert_int_equal(reply->delivery_count, 1);
	const struct part_verstrekking *part = flow_part(w, &reply->deliveries[0]);
	size_t agenda = 0;
	for (size_t i = 0; i < part->grond_count; i++)
		agenda += part->gronden[i].overleg.len > 0;
	assert_int_equal(agenda, 5 * (4 + 1)); // of the melding and of each betrokkene
	for (uint32_t b = 1; b <= c.count; b++) {
		assert_true(flow_gives(part, b, RUBRIEK_BSN));
		assert_true(flow_gives(part, b, RUBRIEK_VERRIJKING_CASUS));
		assert_true(flow_gives(part, b, RUBRIEK_VERRIJKING_SAMENLOOP));
	}
}

// Several rubrieken of one soort about one person are decided together, also where they stand
// first.
static void what_is_said_twice_is_decided_once(void **state)
{
	struct flow_world *w = *state;
	static const struct flow_case c = {
		.count = 1,
		.turned = true,
		.persons = {{.rol = "slachtoffer", .skn = "12345678", .vnummer = "1234567890"}}};
	flow_convenant(w, FLOW_HEAD("nummers") FLOW_PARTIJEN FLOW_VERSTREK(
				  "alles", "", AAN_WMO, "kenmerken, ketennummer, herkomst"));
	meld(w, &c);
	const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
	const struct part_verstrekking *part = flow_part(w, &reply->deliveries[0]);
	assert_int_equal(part->grond_count, 3);
	assert_int_equal(part->slot_count, 3);
}

// ---- for how long --------------------------------------------------------------------------

#define TERM(years) "    bewaar: {inhoud: P" years "Y, verantwoording: P9Y}\n"

static int64_t kept_days(struct flow_world *w, uint64_t index)
{
	const struct part_verantwoording *v = recalled_of(w, index).verantwoording;
	return (int64_t)(v->bewaar_inhoud - v->received) / MS_PER_DAY;
}

// The longest term of those that gave; one that gave nothing says nothing.
static void the_regels_that_gave_say_how_long_it_is_kept(void **state)
{
	struct flow_world *w = *state;
	static const struct flow_case c = {
		.count = 1,
		.persons = {{.rol = "slachtoffer", .minderjarig = "nee", .geslachtsnaam = "Een"}}};
	flow_convenant(
		w, FLOW_HEAD("termijnen") FLOW_PARTIJEN FLOW_VERSTREK(
			   "a", FLOW_ALS("minderjarig: ja") TERM("7"), AAN_WMO,
			   "identificatie") FLOW_VERSTREK("b", TERM("1"), AAN_WMO, "kenmerken")
			   FLOW_VERSTREK("c", TERM("3"), AAN_WMO, "identificatie")
				   FLOW_VERSTREK("d", TERM("2"), AAN_WMO, "betrokkenheid")
					   FLOW_VERSTREK("e", FLOW_ALS("minderjarig: ja") TERM("8"),
							 AAN_OOV, "identificatie"));
	assert_in_range(kept_days(w, meld(w, &c)), 3 * 365, 3 * 365 + 1);
	flow_convenant(w, FLOW_HEAD("een") FLOW_PARTIJEN FLOW_VERSTREK("a", TERM("4"), AAN_WMO,
								       "identificatie"));
	assert_in_range(kept_days(w, meld(w, &c)), 4 * 365, 4 * 365 + 1);
}

static const char *const aan[] = {AAN_REGISSEUR, "{partij: huis, functie: coordinator}", AAN_OOV,
				  AAN_WMO, AAN_ZORG};
static const char *const rubrieken[] = {
	"kenmerken",   "betrokkenheid",    "identificatie",     "bsn",
	"ketennummer", "verrijking.casus", "verrijking.eerder", "verrijking.samenloop"};
#define CELLS (COUNT_OF(aan) * COUNT_OF(rubrieken))
#define OF_A_CELL ((REGELS_MAX + CELLS - 1) / CELLS)

// A convenant of as many regels as there may be, of which the last has the longest term.
static void largest_convenant(struct buffer *text)
{
	buffer_append_text(text, FLOW_HEAD("grootste") FLOW_PARTIJEN);
	for (size_t i = 0; i < REGELS_MAX; i++) {
		size_t cell = i / OF_A_CELL;
		buffer_append_format(text, FLOW_VERSTREK("r%03zu", "%s", "%s", "%s"), i,
				     i + 1 == REGELS_MAX ? TERM("8") : TERM("1"),
				     aan[cell / COUNT_OF(rubrieken)],
				     rubrieken[cell % COUNT_OF(rubrieken)]);
	}
	assert_int_equal(text->status, RESULT_OK);
}

// Each regel but one gives about two persons, and the longest term is named last.
static void each_regel_of_the_largest_convenant_counts(void **state)
{
	struct flow_world *w = *state;
	struct flow_case c = {
		.count = 2, .turned = true, .persons = {PERSON("999990342"), PERSON("999990019")}};
	c.persons[0].skn = c.persons[1].skn = "12345678";
	struct buffer text;
	buffer_init(&text, 1 << 20);
	largest_convenant(&text);
	buffer_append(&text, bytes_make("", 1));
	flow_convenant(w, (const char *)text.data);
	buffer_done(&text);
	uint64_t index = meld(w, &c);
	const struct part_verantwoording *v = recalled_of(w, index).verantwoording;
	bool named[REGELS_MAX] = {false};
	for (size_t i = 0; i < v->gift_count; i++)
		for (size_t n = 0; n < v->giften[i].regel_count; n++)
			named[strtoul((const char *)v->giften[i].regels[n].data + 1, NULL, 10)] =
				true;
	for (size_t i = 0; i < REGELS_MAX; i++)
		assert_true(named[i]);
	assert_in_range(kept_days(w, index), 8 * 365, 8 * 365 + 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_gets_everything_and_heads_each_table_gets_it),
		TEST(what_is_said_twice_is_decided_once),
		TEST(the_regels_that_gave_say_how_long_it_is_kept),
		TEST(each_regel_of_the_largest_convenant_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

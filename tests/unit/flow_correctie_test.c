// SPDX-License-Identifier: EUPL-1.2
// Nothing wrong stays with who was given it: who was is told, of what it was given and of nothing
// else, and owes an answer; what is not so, or may not be used, is given to nobody any more.
#include "flow_convenanten.h"
#include "flow_world.h"

#define BSN "999990019"

static const char een[] = FLOW_HEAD("een")
	FLOW_PARTIJEN FLOW_VERSTREK("wmo-leest", "", AAN_WMO, "kenmerken, identificatie, herkomst")
		FLOW_VERSTREK("oov-leest", "", AAN_OOV, "kenmerken, herkomst")
			FLOW_VERSTREK("zorg-gewogen", FLOW_WEGING("regisseur", "ja"), AAN_ZORG,
				      "identificatie, kenmerken, herkomst");
// The same under another document.
static const char twee[] = FLOW_HEAD("twee")
	FLOW_PARTIJEN FLOW_VERSTREK("wmo-leest", "", AAN_WMO, "kenmerken, identificatie, herkomst")
		FLOW_VERSTREK("oov-leest", "", AAN_OOV, "kenmerken, herkomst");

static const struct flow_case person = {
	.count = 2,
	.persons = {
		{.rol = "slachtoffer", .minderjarig = "nee", .bsn = BSN, .geslachtsnaam = "Een"},
		{.rol = "getuige", .geslachtsnaam = "Twee"}}};

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "regisseur");
	flow_enrol(w, FLOW_ZORG, "ggz", "behandeling");
	flow_convenant(w, een);
	*state = w;
	return 0;
}

#define REGISSEUR (&w->parties[2])
#define ZORG (&w->parties[3])

static struct flow_sent *meld(struct flow_world *w, uint64_t *ret_index)
{
	return flow_melded(w, POLITIE, &person, ret_index);
}

struct said { // NULL: left out
	const char *correctie, *betrokkene, *rubriek;
};

static struct flow_sent *correct(struct flow_world *w, struct flow_party *who, uint64_t index,
				 const struct said *said)
{
	char entry[24];
	snprintf(entry, sizeof entry, "%llu", (unsigned long long)index);
	struct veld velden[6] = {{CORRECTIE_ENTRY, bytes_of_text(entry)},
				 {CORRECTIE_CORRECTIE, bytes_of_text(said->correctie)}};
	size_t count = 2;
	if (said->betrokkene)
		velden[count++] =
			(struct veld){CORRECTIE_BETROKKENE, bytes_of_text(said->betrokkene)};
	if (said->rubriek)
		velden[count++] = (struct veld){CORRECTIE_RUBRIEK, bytes_of_text(said->rubriek)};
	velden[count++] = (struct veld){CORRECTIE_MEDEWERKER, bytes_of_text("mw-1")};
	velden[count++] = (struct veld){CORRECTIE_MOTIVERING, bytes_of_text("verwisseld")};
	struct flow_sent *sent = flow_say(w, who, TYPE_CORRECTIE, velden, count);
	flow_send_one(w, sent);
	return sent;
}

static struct flow_sent *follow_up(struct flow_world *w, struct flow_party *who, uint64_t index,
				   const char *what, const char *antwoord)
{
	char entry[24];
	snprintf(entry, sizeof entry, "%llu", (unsigned long long)index);
	bool left = strcmp(antwoord, "niet-verwerkt") == 0;
	struct veld velden[] = {{OPVOLGING_ENTRY, bytes_of_text(entry)},
				{OPVOLGING_RECHTZETTING, bytes_of_text(what)},
				{OPVOLGING_ANTWOORD, bytes_of_text(antwoord)},
				{OPVOLGING_MEDEWERKER, bytes_of_text("mw-2")},
				{OPVOLGING_MOTIVERING, bytes_of_text("staat in een besluit")}};
	struct flow_sent *sent = flow_say(w, who, TYPE_OPVOLGING, velden, COUNT_OF(velden) - !left);
	flow_send_one(w, sent);
	return sent;
}

static const struct part_verstrekking *at(struct flow_world *w, const char *functie,
					  uint64_t number)
{
	const struct reply *reply = flow_collect(w, STAD, functie, number - 1);
	assert_true(reply->delivery_count > 0);
	const struct part_verstrekking *part = flow_part(w, &reply->deliveries[0]);
	assert_int_equal(part->number, number);
	return part;
}

static size_t waiting(struct flow_world *w, struct flow_party *who, const char *functie,
		      uint64_t after)
{
	return flow_collect(w, who, functie, after)->delivery_count;
}

static void confirm(struct flow_world *w, const char *functie, uint64_t number)
{
	const struct reply *reply = flow_collect(w, STAD, functie, number - 1);
	flow_send_one(w, flow_ack(w, STAD, functie, &reply->deliveries[0]));
}

static size_t owed(struct flow_world *w, const char *what)
{
	size_t count = 0;
	const char *status = flow_control(w, "status\n");
	for (const char *p = strstr(status, what); p; p = strstr(p + 1, what))
		count++;
	return count;
}

static const char *why(struct flow_world *w, const struct flow_sent *melding, const char *rest)
{
	char request[300];
	snprintf(request, sizeof request, "why\nid %s\n%s", melding->id, rest);
	return flow_control(w, request);
}

static void replays(struct flow_world *w)
{
	assert_null(strstr(flow_control(w, "replay\nfrom 0\n"), "\ndiffer "));
}

#define ONJUIST(b, r) (&(struct said){"onjuist", b, r})
#define BEPERKT(b, r) (&(struct said){"beperkt", b, r})
#define OPGEHEVEN(b, r) (&(struct said){"opgeheven", b, r})

static void who_was_given_it_is_told_of_that_and_nobody_else(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	struct flow_sent *melding = meld(w, &index);
	confirm(w, "wmo", 1);
	flow_accepted(w, POLITIE, correct(w, POLITIE, index, ONJUIST("1", NULL)));
	const struct part_verstrekking *told = at(w, "wmo", 2);
	assert_int_equal(told->soort, VERSTREKKING_ONJUIST);
	assert_true(told->betreft == index && hash_equal(&told->header_hash, &melding->about));
	assert_true(told->herkomst_onthouden && !told->has_verrijking && told->slot_count == 0);
	assert_int_equal(told->grond_count, 1);
	assert_true(flow_gives(told, 1, RUBRIEK_IDENTIFICATIE));
	assert_true(bytes_equal(told->gronden[0].regel, bytes_of_text("wmo-leest")));
	assert_int_equal(waiting(w, STAD, "wmo", 2), 0);
	assert_int_equal(waiting(w, STAD, "oov", 1), 0); // it was given nothing of the person
	assert_int_equal(waiting(w, ZORG, "behandeling", 0), 0);
	assert_int_equal(waiting(w, POLITIE, "wijk", 0), 0);
	assert_int_equal(owed(w, "opvolging onjuist " FLOW_STAD "/wmo entry="), 1);
	assert_int_equal(owed(w, "opvolging "), 1);
	const char *story = why(w, melding,
				"ontvanger stad/wmo\nbetrokkene 1\n"
				"rubriek identificatie\n");
	assert_non_null(strstr(story, "beslissing verstrekt\n")); // it went, and is not taken back
	assert_non_null(strstr(story, "g-correctie onjuist 1 - " FLOW_POLITIE "\n"));
	assert_non_null(strstr(story, "gebeurtenis rechtzetting "));
	replays(w);
}

static void what_was_not_confirmed_lapses_and_is_not_named(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	meld(w, &index);
	flow_accepted(w, REGISSEUR, correct(w, REGISSEUR, index, BEPERKT(NULL, NULL)));
	const char *const functies[] = {"wmo", "oov"};
	for (size_t i = 0; i < COUNT_OF(functies); i++) {
		assert_int_equal(at(w, functies[i], 1)->soort, VERSTREKKING_VERVALLEN);
		assert_int_equal(at(w, functies[i], 2)->soort, VERSTREKKING_BEPERKT);
		assert_int_equal(at(w, functies[i], 2)->grond_count, 0);
	}
	assert_int_equal(owed(w, "opvolging beperkt "), 2);
	replays(w);
}

// A part of what waits: the rest goes.
static void what_waits_goes_without_it(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	struct flow_sent *melding = meld(w, &index);
	flow_accepted(w, POLITIE, correct(w, POLITIE, index, ONJUIST("1", "identificatie")));
	const char *story = why(w, melding,
				"ontvanger stad/wmo\nbetrokkene 1\n"
				"rubriek identificatie\n");
	assert_non_null(strstr(story, "beslissing geweigerd\n"));
	assert_non_null(strstr(story, "rechtgezet of beperkt"));
	const struct part_verstrekking *left = at(w, "wmo", 1);
	assert_int_equal(left->soort, VERSTREKKING_GEGEVEN);
	assert_false(flow_gives(left, 1, RUBRIEK_IDENTIFICATIE));
	assert_true(flow_gives(left, 2, RUBRIEK_IDENTIFICATIE));
	assert_true(flow_gives(left, 0, RUBRIEK_KENMERKEN));
	assert_int_equal(at(w, "wmo", 2)->soort, VERSTREKKING_ONJUIST);
	assert_int_equal(waiting(w, STAD, "oov", 1), 0);
	replays(w);
}

static void no_later_decision_gives_it_until_it_may_be_used_again(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	const struct flow_judgement yes = {.regel = "zorg-gewogen", .uitkomst = "ja"};
	meld(w, &index);
	struct flow_judgement judgement = yes;
	judgement.melding = index;
	confirm(w, "wmo", 1);
	flow_accepted(w, POLITIE, correct(w, POLITIE, index, BEPERKT("1", "identificatie")));
	struct flow_sent *weging = flow_weging(w, REGISSEUR, &judgement);
	flow_send_one(w, weging);
	flow_accepted(w, REGISSEUR, weging);
	const struct reply *reply = flow_collect(w, ZORG, "behandeling", 0);
	assert_int_equal(reply->delivery_count, 1);
	const struct part_verstrekking *given = flow_part(w, &reply->deliveries[0]);
	assert_true(flow_gives(given, 2, RUBRIEK_IDENTIFICATIE));
	assert_false(flow_gives(given, 1, RUBRIEK_IDENTIFICATIE));
	replays(w);
	flow_accepted(w, POLITIE, correct(w, POLITIE, index, OPGEHEVEN("1", NULL)));
	// Who was given it is told; who was not is given it.
	assert_int_equal(at(w, "wmo", 3)->soort, VERSTREKKING_OPGEHEVEN);
	assert_int_equal(waiting(w, STAD, "wmo", 3), 0);
	reply = flow_collect(w, ZORG, "behandeling", 1);
	assert_int_equal(reply->delivery_count, 1);
	given = flow_part(w, &reply->deliveries[0]);
	assert_int_equal(given->soort, VERSTREKKING_GEGEVEN);
	assert_true(flow_gives(given, 1, RUBRIEK_IDENTIFICATIE));
	assert_false(flow_gives(given, 2, RUBRIEK_IDENTIFICATIE));
	replays(w);
}

static void an_addition_closes_nothing(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	meld(w, &index);
	flow_accepted(w, POLITIE,
		      correct(w, POLITIE, index, &(struct said){"aangevuld", "0", NULL}));
	assert_int_equal(at(w, "wmo", 1)->soort, VERSTREKKING_GEGEVEN);
	const struct part_verstrekking *told = at(w, "wmo", 2);
	assert_int_equal(told->soort, VERSTREKKING_AANGEVULD);
	assert_true(flow_gives(told, 0, RUBRIEK_KENMERKEN));
	assert_false(flow_gives(told, 0, RUBRIEK_HERKOMST));
	assert_int_equal(at(w, "oov", 2)->soort, VERSTREKKING_AANGEVULD);
	replays(w);
}

static bool has_earlier(struct flow_world *w, const struct flow_sent *melding, int count)
{
	char line[40];
	snprintf(line, sizeof line, "1.eerder.365=%d\n", count);
	return strstr(why(w, melding, "ontvanger stad/wmo\n"), line) != NULL;
}

static void who_was_not_there_does_not_count_as_having_been(void **state)
{
	struct flow_world *w = *state;
	uint64_t first, second, later;
	meld(w, &first);
	assert_true(has_earlier(w, meld(w, &second), 1));
	flow_accepted(w, POLITIE, correct(w, POLITIE, first, ONJUIST("1", "identificatie")));
	assert_true(has_earlier(w, meld(w, &later), 1));
	flow_accepted(w, POLITIE, correct(w, POLITIE, second, ONJUIST(NULL, NULL)));
	assert_true(has_earlier(w, meld(w, &later), 1));
	flow_accepted(w, POLITIE, correct(w, POLITIE, first, OPGEHEVEN("1", "identificatie")));
	flow_accepted(w, POLITIE, correct(w, POLITIE, second, OPGEHEVEN(NULL, NULL)));
	assert_true(has_earlier(w, meld(w, &later), 4));
	// A rubriek that says nothing of who it is changes nothing.
	flow_accepted(w, POLITIE, correct(w, POLITIE, second, ONJUIST("1", "betrokkenheid")));
	assert_true(has_earlier(w, meld(w, &later), 5));
}

// However it was said, and whatever of it was lifted before.
static void who_counts_again_is_whoever_nothing_is_said_of_any_more(void **state)
{
	struct flow_world *w = *state;
	static const struct {
		struct said closed, half, lifted; // half: leaves something, NULL: nothing is said
	} cases[] = {
		{{"onjuist", "1", NULL}, {NULL, NULL, NULL}, {"opgeheven", NULL, NULL}},
		{{"onjuist", NULL, NULL}, {NULL, NULL, NULL}, {"opgeheven", "1", NULL}},
		{{"beperkt", NULL, NULL}, {"opgeheven", "2", NULL}, {"opgeheven", "1", NULL}},
		{{"onjuist", "1", NULL}, {"opgeheven", "1", "bsn"}, {"opgeheven", "1", NULL}},
		{{"onjuist", "1", "bsn"},
		 {"onjuist", "1", "identificatie"},
		 {"opgeheven", "1", NULL}},
	};
	uint64_t first, later;
	int seen = 0;
	meld(w, &first);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		flow_accepted(w, POLITIE, correct(w, POLITIE, first, &cases[i].closed));
		assert_true(has_earlier(w, meld(w, &later), seen++));
		if (cases[i].half.correctie) {
			flow_accepted(w, POLITIE, correct(w, POLITIE, first, &cases[i].half));
			assert_true(has_earlier(w, meld(w, &later), seen++));
		}
		flow_accepted(w, POLITIE, correct(w, POLITIE, first, &cases[i].lifted));
		assert_true(has_earlier(w, meld(w, &later), ++seen));
	}
}

static void what_makes_no_sense_is_refused(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	meld(w, &index);
	const struct {
		struct flow_party *who;
		uint64_t index;
		struct said said;
		enum reason reason;
	} refused[] = {
		{STAD, index, {"onjuist", NULL, NULL}, REASON_NOT_FOUND},
		{ZORG, index, {"onjuist", NULL, NULL}, REASON_NOT_FOUND},
		{POLITIE, index + 90, {"onjuist", NULL, NULL}, REASON_NOT_FOUND},
		{POLITIE, index, {"onjuist", "3", NULL}, REASON_NOT_FOUND},
		{POLITIE, index, {"onjuist", "1", "gezondheid"}, REASON_NOT_FOUND},
		{POLITIE, index, {"onjuist", "1", "alles"}, REASON_UNKNOWN_CODE},
		{POLITIE, index, {"opgeheven", "1", NULL}, REASON_NOT_FOUND},
		{POLITIE, index, {"gewist", "1", NULL}, REASON_UNKNOWN_CODE},
	};
	for (size_t i = 0; i < COUNT_OF(refused); i++)
		flow_refused(w, refused[i].who,
			     correct(w, refused[i].who, refused[i].index, &refused[i].said),
			     refused[i].reason);
	assert_int_equal(waiting(w, STAD, "wmo", 1), 0);
	flow_accepted(w, POLITIE, correct(w, POLITIE, index, ONJUIST("1", NULL)));
	flow_refused(w, POLITIE, correct(w, POLITIE, index, ONJUIST("1", "identificatie")),
		     REASON_ALREADY_DECIDED);
	for (size_t i = 1; i < 64; i++)
		flow_accepted(w, REGISSEUR,
			      correct(w, REGISSEUR, index, &(struct said){"aangevuld", "2", NULL}));
	flow_refused(w, REGISSEUR,
		     correct(w, REGISSEUR, index, &(struct said){"aangevuld", "2", NULL}),
		     REASON_TOO_MANY);
}

static void an_answer_is_owed_and_what_is_not_done_comes_back(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	struct flow_sent *melding = meld(w, &index);
	confirm(w, "wmo", 1);
	confirm(w, "oov", 1);
	flow_accepted(w, POLITIE, correct(w, POLITIE, index, ONJUIST("0", "kenmerken")));
	assert_int_equal(owed(w, "opvolging onjuist "), 2);
	flow_refused(w, ZORG, follow_up(w, ZORG, index, "onjuist", "verwerkt"), REASON_NOT_OWED);
	flow_refused(w, STAD, follow_up(w, STAD, index, "beperkt", "verwerkt"), REASON_NOT_OWED);
	// One key of the stad has both functies, and speaks for both.
	flow_accepted(w, STAD, follow_up(w, STAD, index, "onjuist", "niet-verwerkt"));
	assert_int_equal(owed(w, "opvolging onjuist "), 1);
	assert_int_equal(owed(w, "opvolging onjuist " FLOW_HOUSE "/regisseur "), 1);
	flow_refused(w, REGISSEUR, follow_up(w, REGISSEUR, index, "onjuist", "niet-verwerkt"),
		     REASON_BAD_VALUE);
	flow_accepted(w, REGISSEUR, follow_up(w, REGISSEUR, index, "onjuist", "verwerkt"));
	assert_int_equal(owed(w, "opvolging "), 0);
	flow_refused(w, STAD, follow_up(w, STAD, index, "onjuist", "verwerkt"), REASON_NOT_OWED);
	assert_non_null(strstr(why(w, melding, "ontvanger stad/wmo\n"),
			       "g-opvolging onjuist " FLOW_STAD " niet-verwerkt\n"));
}

static void what_waits_to_be_told_outlives_a_change_and_the_content(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	meld(w, &index);
	confirm(w, "wmo", 1);
	flow_accepted(w, POLITIE, correct(w, POLITIE, index, ONJUIST("1", NULL)));
	struct hash before = at(w, "wmo", 2)->convenant_hash;
	flow_convenant(w, twee);
	flow_recheck_all(w);
	const struct part_verstrekking *told = at(w, "wmo", 2);
	assert_int_equal(told->soort, VERSTREKKING_ONJUIST);
	assert_true(flow_gives(told, 1, RUBRIEK_IDENTIFICATIE));
	assert_true(hash_equal(&told->convenant_hash, &before));
	flow_days_later(w, 190); // past the content, which it does not keep
	flow_ticks(w, 4);
	struct recalled recalled;
	assert_int_equal(
		recall_entry(w->core, index, RECALL_PARTS_AND_CONTENT, w->arena, &recalled),
		RESULT_OK);
	assert_false(recalled.has_content);
	assert_int_equal(at(w, "wmo", 2)->soort, VERSTREKKING_ONJUIST);
	flow_days_later(w, 5 * 366); // nor the account of it
	flow_ticks(w, 6);
	assert_int_equal(recall_entry(w->core, index, RECALL_PARTS, w->arena, &recalled),
			 RESULT_OK);
	assert_null(recalled.verantwoording);
	const struct reply *reply = flow_collect(w, STAD, "wmo", 1);
	assert_int_equal(flow_part(w, &reply->deliveries[0])->soort, VERSTREKKING_VERVALLEN);
}

static void what_is_destroyed_is_to_be_destroyed_by_who_was_given_it(void **state)
{
	struct flow_world *w = *state;
	uint64_t index, order;
	struct flow_sent *melding = meld(w, &index);
	confirm(w, "wmo", 1);
	assert_int_equal(flow_erase(w, flow_order(w, index, &melding->about), 2, &order),
			 RESULT_OK);
	const struct part_verstrekking *told = at(w, "wmo", 2);
	assert_int_equal(told->soort, VERSTREKKING_GEWIST);
	assert_true(told->betreft == index && told->grond_count == 0);
	assert_int_equal(at(w, "oov", 1)->soort, VERSTREKKING_VERVALLEN);
	assert_int_equal(at(w, "oov", 2)->soort, VERSTREKKING_GEWIST);
	assert_int_equal(owed(w, "opvolging gewist " FLOW_STAD), 2);
	assert_int_equal(owed(w, "weging "), 0);
	flow_accepted(w, STAD, follow_up(w, STAD, index, "gewist", "niet-aanwezig"));
	assert_int_equal(owed(w, "opvolging "), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_was_given_it_is_told_of_that_and_nobody_else),
		TEST(what_was_not_confirmed_lapses_and_is_not_named),
		TEST(what_waits_goes_without_it),
		TEST(no_later_decision_gives_it_until_it_may_be_used_again),
		TEST(an_addition_closes_nothing),
		TEST(who_was_not_there_does_not_count_as_having_been),
		TEST(who_counts_again_is_whoever_nothing_is_said_of_any_more),
		TEST(what_makes_no_sense_is_refused),
		TEST(an_answer_is_owed_and_what_is_not_done_comes_back),
		TEST(what_waits_to_be_told_outlives_a_change_and_the_content),
		TEST(what_is_destroyed_is_to_be_destroyed_by_who_was_given_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

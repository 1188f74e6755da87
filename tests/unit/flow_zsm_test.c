// SPDX-License-Identifier: EUPL-1.2
// ZSM asks. What a regel gives about an open casus is told at once; and who asks cannot tell
// somebody whom nobody knows from somebody of whom nothing may be told, or of whom everything was
// erased.
#include "flow_zsm.h"

#include "codes/openingstijd.h"
#include "flow/casus.h"

static const char text[] = FLOW_HEAD("zsm") PARTIJEN GEWOON ZSM;
static const char none[] = FLOW_HEAD("niets") PARTIJEN GEWOON;

static int setup(void **state)
{
	return zsm_setup(state, text);
}

// ---- what is known -------------------------------------------------------------------------

static void what_the_regels_give_is_told_at_once(void **state)
{
	struct flow_world *w = *state;
	struct rubriek rubriek;
	zsm_casus(w, KNOWN,
		  "rol betrokkene\n" RUNS "ave 3\nniveau veiligheidshuis\nbellen ja\n"
		  "regie " FLOW_HOUSE ":regisseur\ncasusregie " FLOW_STAD ":wmo\n"
		  "deelnemer " FLOW_ZORG ":behandeling\ntelefoon 043-1234567\n"
		  "casustelefoon 046-7654321\ncasusbereikbaar ma-zo 00:00-24:00\n");
	flow_accepted(w, REGISSEUR, zsm_advise(w, REGISSEUR, KNOWN, "regisseur", zsm_day(w, 30)));
	const struct delivery *delivery = zsm_answer(w, KNOWN);
	assert_int_equal(delivery->verrijking_count, 3);
	assert_true(zsm_told(w, delivery, RUBRIEK_VERRIJKING_PGA, 0, &rubriek));
	zsm_assert_says(&rubriek, VERRIJKING_PGA_SINDS, "2026-01-05");
	zsm_assert_says(&rubriek, VERRIJKING_PGA_AVE, "3");
	assert_true(zsm_told(w, delivery, RUBRIEK_VERRIJKING_ADVIES, 0, &rubriek));
	zsm_assert_says(&rubriek, VERRIJKING_ADVIES_ADVIES, "pga-volgen");
	zsm_assert_says(&rubriek, VERRIJKING_ADVIES_TEKST, "Rust en een vaste plek helpen.");
	zsm_assert_says(&rubriek, VERRIJKING_ADVIES_AFSPRAAK, "wonen");
	zsm_assert_says(&rubriek, VERRIJKING_ADVIES_DOOR, "Het huis, regisseur");
	zsm_assert_says(&rubriek, VERRIJKING_ADVIES_GELDIG_TOT, zsm_day(w, 30));
	assert_true(zsm_told(w, delivery, RUBRIEK_VERRIJKING_REGISSEUR, 0, &rubriek));
	zsm_assert_says(&rubriek, VERRIJKING_REGISSEUR_PROCESREGISSEUR, "Het huis, regisseur");
	zsm_assert_says(&rubriek, VERRIJKING_REGISSEUR_TELEFOON, "043-1234567");
	zsm_assert_says(&rubriek, VERRIJKING_REGISSEUR_CASUSREGISSEUR, "De stad, wmo");
	zsm_assert_says(&rubriek, VERRIJKING_REGISSEUR_BELLEN, "ja");
	zsm_assert_says(&rubriek, VERRIJKING_REGISSEUR_CASUSBEREIKBAAR, "ma-zo 00:00-24:00");
	const struct part_verstrekking *part = flow_part(w, delivery);
	assert_int_equal(part->grond_count, 3);
	assert_true(bytes_equal(part->gronden[0].regel, bytes_of_text("zsm-context")));
}

static const char given_to_more[] = FLOW_HEAD("meer") PARTIJEN GEWOON ZSM FLOW_VERSTREK(
	"zsm-wmo", FLOW_ALS("vraag: zsm.context"), AAN_WMO, GIVEN);

static size_t waiting_of(struct flow_world *w, struct flow_party *party, const char *functie)
{
	return flow_collect(w, party, functie, 0)->delivery_count;
}

// Whoever else a regel names for such a question did not ask after this person, and is not told who
// was asked after by being told the answer.
static void only_who_asks_is_told(void **state)
{
	struct flow_world *w = *state;
	flow_convenant(w, given_to_more);
	zsm_casus(w, KNOWN, "rol verdachte\n" RUNS);
	assert_int_equal(zsm_answer(w, KNOWN)->verrijking_count, 2);
	assert_int_equal(waiting_of(w, STAD, "wmo"), 0);
	flow_accepted(w, VRAGER, zsm_ask_as(w, VRAGER, "balie", "bsn " KNOWN "\n"));
	assert_true(zsm_is_empty(w, zsm_newest(w, "balie")));
	assert_int_equal(waiting_of(w, VRAGER, "zsm"), 1);
	assert_int_equal(waiting_of(w, STAD, "wmo"), 0);
	assert_null(strstr(flow_control(w, "replay\nfrom 0\n"), "differ"));
}

static const char weighed[] = FLOW_HEAD("gewogen") PARTIJEN GEWOON FLOW_VERSTREK(
	"zsm-gewogen", FLOW_ALS("vraag: zsm.context") FLOW_WEGING("regisseur", "ja"), AAN_ZSM,
	GIVEN);

// A question is answered at once: nobody is asked to weigh for it, and nothing is owed.
static void a_question_waits_for_no_weging(void **state)
{
	struct flow_world *w = *state;
	flow_convenant(w, weighed);
	zsm_casus(w, KNOWN, "rol betrokkene\n" RUNS "regie " FLOW_HOUSE ":regisseur\n");
	assert_true(zsm_is_empty(w, zsm_answer(w, KNOWN)));
	assert_null(strstr(flow_control(w, "status\n"), "obligation "));
}

// Of who has the regie within the house the hours of the house, else what the dossier says; each
// with the first moment from the answer on, to the second.
static void whom_to_call_is_told_with_the_hours_and_from_when(void **state)
{
	struct flow_world *w = *state;
	struct rubriek rubriek;
	struct openingstijd tijd;
	char words[256];
	const uint32_t hours[][2] = {
		{VERRIJKING_REGISSEUR_BEREIKBAAR, VERRIJKING_REGISSEUR_VANAF},
		{VERRIJKING_REGISSEUR_CASUSBEREIKBAAR, VERRIJKING_REGISSEUR_CASUSVANAF}};
	snprintf(w->settings.opening_hours, sizeof w->settings.opening_hours, "wo 10:00-12:00");
	snprintf(w->settings.piket, sizeof w->settings.piket, "06-12345678");
	zsm_casus(w, KNOWN,
		  "rol betrokkene\n" RUNS "regie " FLOW_HOUSE ":regisseur\ncasusregie " FLOW_STAD
		  ":wmo\ntelefoon 043-1234567\ncasusbereikbaar ma-zo 00:00-24:00\n");
	int64_t asked = time_now(w->core);
	assert_true(zsm_told(w, zsm_answer(w, KNOWN), RUBRIEK_VERRIJKING_REGISSEUR, 0, &rubriek));
	zsm_assert_says(&rubriek, VERRIJKING_REGISSEUR_BEREIKBAAR, "wo 10:00-12:00");
	zsm_assert_says(&rubriek, VERRIJKING_REGISSEUR_PIKET, "06-12345678");
	for (size_t i = 0; i < COUNT_OF(hours); i++) {
		int64_t from;
		assert_int_equal(
			openingstijd_parse(bytes_of_text(zsm_said(&rubriek, hours[i][0], words)),
					   &tijd),
			RESULT_OK);
		assert_int_equal(
			time_parse(bytes_of_text(zsm_said(&rubriek, hours[i][1], words)), &from),
			RESULT_OK);
		assert_in_range(from + 1000 - openingstijd_vanaf(&tijd, asked), 0, 60000);
	}
	// Of another organisation nobody said when.
	zsm_casus(w, VICTIM, "rol betrokkene\n" RUNS "regie " FLOW_STAD ":oov\n");
	assert_true(zsm_told(w, zsm_answer(w, VICTIM), RUBRIEK_VERRIJKING_REGISSEUR, 0, &rubriek));
	zsm_assert_says(&rubriek, VERRIJKING_REGISSEUR_PROCESREGISSEUR, "De stad, oov");
	zsm_assert_says(&rubriek, VERRIJKING_REGISSEUR_VANAF, "");
}

static void hours_that_nobody_can_read_are_no_casus(void **state)
{
	struct flow_world *w = *state;
	static const char lines[] = "medewerker mw-1\nsinds 2026-01-05\ncasus pgax:1\n"
				    "bsn " KNOWN "\nrol verdachte\nstatus opgepakt\n"
				    "%sbereikbaar ma-vr 9-17 uur\n";
	static const char *const whose[] = {"", "casus"};
	for (size_t i = 0; i < COUNT_OF(whose); i++) {
		char all[256];
		snprintf(all, sizeof all, lines, whose[i]);
		flow_refused(w, REGISSEUR, dossier_say(w, REGISSEUR, TYPE_CASUS, all),
			     REASON_BAD_VALUE);
	}
}

static void nobody_is_named_whose_organisation_says_too_much(void **state)
{
	struct flow_world *w = *state;
	struct rubriek rubriek;
	zsm_casus(w, KNOWN,
		  "rol betrokkene\n" RUNS "casusregie " FLOW_ZORG ":behandeling\n"
		  "casustelefoon 046-7654321\n");
	flow_accepted(w, ZORG, zsm_advise(w, ZORG, KNOWN, "behandeling", zsm_day(w, 3)));
	const struct delivery *delivery = zsm_answer(w, KNOWN);
	assert_true(zsm_told(w, delivery, RUBRIEK_VERRIJKING_REGISSEUR, 0, &rubriek));
	assert_int_equal(rubriek.veld_count, 1); // whether to call
	zsm_assert_says(&rubriek, VERRIJKING_REGISSEUR_BELLEN, "nee");
	assert_true(zsm_told(w, delivery, RUBRIEK_VERRIJKING_ADVIES, 0, &rubriek));
	zsm_assert_says(&rubriek, VERRIJKING_ADVIES_DOOR, "een deelnemer aan de casus");
}

static void who_is_victim_of_it_or_in_a_closed_one_is_not_told_about(void **state)
{
	struct flow_world *w = *state;
	static const char *const silent[] = {
		"rol slachtoffer\n" RUNS, "rol kind\n" RUNS, "rol ex-partner\n" RUNS,
		"rol betrokkene\nbesloten ja\n" RUNS, "rol betrokkene\nstatus gesloten\npga ja\n"};
	for (size_t i = 0; i < COUNT_OF(silent); i++) {
		zsm_casus(w, VICTIM, silent[i]);
		assert_true(zsm_is_empty(w, zsm_answer(w, VICTIM)));
	}
	zsm_casus(w, VICTIM, "rol verdachte\n" RUNS);
	assert_false(zsm_is_empty(w, zsm_answer(w, VICTIM)));
}

static void nothing_of_a_question_is_kept(void **state)
{
	struct flow_world *w = *state;
	struct identificatie id = {ID_BSN, bytes_of_text(UNKNOWN)};
	uint8_t handle[HANDLE_LEN];
	struct recalled recalled;
	uint64_t index = flow_accepted(w, VRAGER, zsm_ask(w, UNKNOWN));
	assert_int_equal(state_person(w->core->state, &id, handle), RESULT_NOT_FOUND);
	assert_int_equal(
		recall_entry(w->core, index, RECALL_PARTS_AND_CONTENT, w->arena, &recalled),
		RESULT_OK);
	assert_int_equal(recalled.verantwoording->persoon_count, 0);
	assert_int_equal(recalled.verantwoording->veld_count, 0);
	struct bytes kept = recalled.content.sender.statement;
	assert_true(kept.len > 0);
	assert_null(memmem(kept.data, kept.len, UNKNOWN, strlen(UNKNOWN)));
	assert_null(memmem(kept.data, kept.len, "123456", 6));
	for (size_t i = 0; i < recalled.part_count; i++)
		assert_null(memmem(recalled.part_bytes[i].data, recalled.part_bytes[i].len, UNKNOWN,
				   strlen(UNKNOWN)));
	// Nor is it a melding for those that come.
	struct flow_sent *melding = dossier_melding(w, POLITIE, UNKNOWN);
	dossier_tells(w, melding, "feit 1.eerder.365=0\n");
}

static bool has_content(struct flow_world *w, uint64_t index)
{
	struct recalled recalled;
	assert_int_equal(
		recall_entry(w->core, index, RECALL_PARTS_AND_CONTENT, w->arena, &recalled),
		RESULT_OK);
	assert_non_null(recalled.verantwoording);
	return recalled.has_content;
}

// Though nobody fetched the answer.
static void what_was_asked_in_vain_is_destroyed_within_a_day(void **state)
{
	struct flow_world *w = *state;
	zsm_casus(w, KNOWN, "rol verdachte\n" RUNS);
	zsm_casus(w, VICTIM, "rol slachtoffer\n" RUNS);
	uint64_t unknown = flow_accepted(w, VRAGER, zsm_ask(w, UNKNOWN));
	uint64_t victim = flow_accepted(w, VRAGER, zsm_ask(w, VICTIM));
	uint64_t known = flow_accepted(w, VRAGER, zsm_ask(w, KNOWN));
	flow_clock_ahead += 19 * MS_PER_HOUR;
	time_confirm(w->core);
	flow_ticks(w, 3);
	assert_true(has_content(w, unknown) && has_content(w, victim));
	flow_clock_ahead += 4 * MS_PER_HOUR;
	time_confirm(w->core);
	flow_ticks(w, 3);
	assert_true(!has_content(w, unknown) && !has_content(w, victim));
	assert_true(has_content(w, known)); // what was told stays as long as its regel says
	flow_clock_ahead = 0;
}

static void what_is_refused_follows_from_the_question(void **state)
{
	struct flow_world *w = *state;
	static const struct {
		const char *functie, *lines;
		enum reason reason;
	} bad[] = {
		{"zsm", "geslachtsnaam Jansen\ngeboortedatum 1990-01-01\n", REASON_IDENTIFICATION},
		{"zsm", "", REASON_IDENTIFICATION},
		{"regisseur", "bsn " KNOWN "\n", REASON_FUNCTIE_NOT_HELD},
	};
	zsm_casus(w, KNOWN, "rol verdachte\n" RUNS);
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		flow_refused(w, VRAGER, zsm_ask_as(w, VRAGER, bad[i].functie, bad[i].lines),
			     bad[i].reason);
	struct flow_sent *wrong =
		dossier_say(w, VRAGER, TYPE_ZSM_VERZOEK,
			    "functie zsm\nbsn " KNOWN "\nuren 7\nmedewerker ovj-1\n");
	flow_refused(w, VRAGER, wrong, REASON_BAD_VALUE);
	assert_int_equal(flow_collect(w, VRAGER, "zsm", 0)->delivery_count, 0);
	// Numbers of two persons are nobody's.
	zsm_casus(w, REPORTED, "rol verdachte\nskn 12345678\nstatus aangemeld\n");
	flow_accepted(w, VRAGER, zsm_ask_as(w, VRAGER, "zsm", "bsn " KNOWN "\nskn 12345678\n"));
	assert_true(zsm_is_empty(w, zsm_newest(w, "zsm")));
}

// ---- what is owed --------------------------------------------------------------------------

static size_t owed(struct flow_world *w)
{
	size_t count = 0;
	for (const char *at = flow_control(w, "status\n");
	     (at = strstr(at, " advies zsm-context ")); at++)
		count++;
	return count;
}

static void who_is_known_without_advice_is_owed_one(void **state)
{
	struct flow_world *w = *state;
	zsm_casus(w, KNOWN, "rol verdachte\n" RUNS "regie " FLOW_STAD ":oov\n");
	zsm_answer(w, UNKNOWN);
	assert_int_equal(owed(w), 0);
	zsm_answer(w, KNOWN);
	zsm_answer(w, KNOWN);
	assert_int_equal(owed(w), 1);
	assert_non_null(strstr(flow_control(w, "status\n"),
			       " advies zsm-context " FLOW_STAD "/oov entry="));
	// Only who has a part in it advises, for a time to come.
	flow_refused(w, POLITIE, zsm_advise(w, POLITIE, KNOWN, "wijk", zsm_day(w, 9)),
		     REASON_NOT_FOUND);
	flow_refused(w, STAD, zsm_advise(w, STAD, KNOWN, "wmo", zsm_day(w, 9)), REASON_NOT_FOUND);
	flow_refused(w, STAD, zsm_advise(w, STAD, KNOWN, "oov", zsm_day(w, -2)), REASON_BAD_VALUE);
	assert_int_equal(owed(w), 1);
	flow_accepted(w, STAD, zsm_advise(w, STAD, KNOWN, "oov", zsm_day(w, 1)));
	assert_int_equal(owed(w), 0);
	struct rubriek rubriek;
	assert_true(zsm_told(w, zsm_answer(w, KNOWN), RUBRIEK_VERRIJKING_ADVIES, 0, &rubriek));
	assert_int_equal(owed(w), 0);
	// Past its day it is told no more, and another is owed.
	flow_clock_ahead += 3 * MS_PER_DAY;
	time_confirm(w->core);
	assert_int_equal(flow_tick(w->core, time_now(w->core)), RESULT_OK);
	flow_end_batch(w);
	assert_false(zsm_told(w, zsm_answer(w, KNOWN), RUBRIEK_VERRIJKING_ADVIES, 0, &rubriek));
	assert_int_equal(owed(w), 1);
	flow_clock_ahead = 0;
}

// What is owed about a casus is accounted for with the question it came of: after that nothing of
// it stands in state, as in one that is made again from the log.
static void what_is_owed_goes_with_the_account_of_its_question(void **state)
{
	struct flow_world *w = *state;
	struct state_digest rows;
	zsm_casus(w, KNOWN, "rol verdachte\n" RUNS);
	zsm_answer(w, KNOWN);
	flow_days_later(w, 190);
	flow_ticks(w, 4);
	assert_int_equal(owed(w), 1);
	flow_days_later(w, 5 * 366);
	flow_ticks(w, 5);
	assert_int_equal(owed(w), 0);
	assert_int_equal(state_digest(w->core->state, STATE_OBLIGATION, &rows), RESULT_OK);
	assert_int_equal(rows.rows, 0);
	flow_assert_rebuild_equal(w);
	flow_clock_ahead = 0;
}

static void an_answer_that_was_not_fetched_lapses_under_a_newer_convenant(void **state)
{
	struct flow_world *w = *state;
	zsm_casus(w, KNOWN, "rol verdachte\n" RUNS);
	zsm_answer(w, KNOWN);
	zsm_answer(w, UNKNOWN);
	flow_convenant(w, none);
	flow_recheck_all(w);
	const struct reply *reply = flow_collect(w, VRAGER, "zsm", 0);
	assert_int_equal(reply->delivery_count, 2);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(flow_part(w, &reply->deliveries[i])->soort,
				 VERSTREKKING_VERVALLEN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_question_waits_for_no_weging),
		TEST(what_the_regels_give_is_told_at_once),
		TEST(only_who_asks_is_told),
		TEST(whom_to_call_is_told_with_the_hours_and_from_when),
		TEST(hours_that_nobody_can_read_are_no_casus),
		TEST(nobody_is_named_whose_organisation_says_too_much),
		TEST(who_is_victim_of_it_or_in_a_closed_one_is_not_told_about),
		TEST(nothing_of_a_question_is_kept),
		TEST(what_was_asked_in_vain_is_destroyed_within_a_day),
		TEST(what_is_refused_follows_from_the_question),
		TEST(who_is_known_without_advice_is_owed_one),
		TEST(what_is_owed_goes_with_the_account_of_its_question),
		TEST(an_answer_that_was_not_fetched_lapses_under_a_newer_convenant),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

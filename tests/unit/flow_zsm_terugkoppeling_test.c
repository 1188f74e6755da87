// SPDX-License-Identifier: EUPL-1.2
// ZSM says what became of what it was told: owed where a regel passes it on, seen by whom such a
// regel gives it, and never owed for an answer with which nothing was told. (spec K26)
#include "flow_unread.h"
#include "flow_zsm.h"

#include "base/clock.h"

#define TERUG                                                                                      \
	FLOW_VERSTREK("terug", FLOW_ALS("vraag: zsm.terugkoppeling"), AAN_REGISSEUR,               \
		      "verrijking.terugkoppeling")                                                 \
	FLOW_VERSTREK("terug-oov", FLOW_ALS("vraag: zsm.terugkoppeling"), AAN_OOV,                 \
		      "verrijking.terugkoppeling")

static const char text[] = FLOW_HEAD("zsm") PARTIJEN GEWOON ZSM TERUG;
static const char without[] = FLOW_HEAD("zonder") PARTIJEN GEWOON ZSM;

static int setup(void **state)
{
	return zsm_setup(state, text);
}

static int setup_without(void **state)
{
	return zsm_setup(state, without);
}

static struct flow_sent *report(struct flow_world *w, struct flow_party *who, uint64_t entry,
				const char *lines)
{
	char all[512];
	snprintf(all, sizeof all, "entry %llu\n%smedewerker ovj-1\n", (unsigned long long)entry,
		 lines);
	return dossier_say(w, who, TYPE_ZSM_TERUGKOPPELING, all);
}

#define USED "gebruikt ja\nafdoening voorwaardelijk-sepot\nvoorwaarde meldplicht\n"
#define NOT_USED "gebruikt nee\nreden te-laat\nreden niet-actueel\nafdoening sepot\n"

static uint64_t told_of(struct flow_world *w, const char *bsn)
{
	uint64_t index = flow_accepted(w, VRAGER, zsm_ask(w, bsn));
	flow_send_one(w, flow_ack(w, VRAGER, "zsm", zsm_newest(w, "zsm")));
	return index;
}

static bool owed(struct flow_world *w)
{
	return strstr(flow_control(w, "status\n"), " terugkoppeling terug " OM "/zsm entry=") !=
	       NULL;
}

static void known(struct flow_world *w)
{
	zsm_casus(w, KNOWN, "rol verdachte\n" RUNS "regie " FLOW_HOUSE ":regisseur\n");
}

static const struct reply *got(struct flow_world *w, struct flow_party *who, const char *functie)
{
	return flow_collect(w, who, functie, 0);
}

static void who_was_told_something_owes_what_became_of_it_until_it_says(void **state)
{
	struct flow_world *w = *state;
	struct rubriek rubriek;
	known(w);
	uint64_t nothing = told_of(w, UNKNOWN);
	assert_false(owed(w));
	uint64_t question = told_of(w, KNOWN);
	assert_true(owed(w));
	// Of what was answered with nothing nothing can be said; nor by another, nor of no
	// question.
	flow_refused(w, VRAGER, report(w, VRAGER, nothing, USED), REASON_NOT_OWED);
	flow_refused(w, REGISSEUR, report(w, REGISSEUR, question, USED), REASON_NOT_OWED);
	flow_refused(w, VRAGER, report(w, VRAGER, 1, USED), REASON_NOT_OWED);
	flow_refused(w, VRAGER, report(w, VRAGER, 99999, USED), REASON_NOT_OWED);
	flow_refused(w, VRAGER, report(w, VRAGER, question, "gebruikt nee\nafdoening sepot\n"),
		     REASON_MISSING_FIELD);
	flow_refused(w, VRAGER, report(w, VRAGER, question, USED "reden te-laat\n"),
		     REASON_BAD_VALUE);
	assert_true(owed(w));
	uint64_t index = flow_accepted(w, VRAGER, report(w, VRAGER, question, USED));
	assert_false(owed(w));
	flow_refused(w, VRAGER, report(w, VRAGER, question, USED), REASON_NOT_OWED);
	const struct reply *reply = got(w, REGISSEUR, "regisseur");
	assert_int_equal(reply->delivery_count, 1);
	const struct part_verstrekking *part = flow_part(w, &reply->deliveries[0]);
	assert_true(reply->deliveries[0].leaf.index == index && !reply->deliveries[0].has_sender);
	assert_true(part->herkomst_onthouden && part->slot_count == 0);
	assert_true(
		zsm_told(w, &reply->deliveries[0], RUBRIEK_VERRIJKING_TERUGKOPPELING, 0, &rubriek));
	assert_int_equal(rubriek.regime, REGIME_WJSG_STRAFVORDERLIJK);
	zsm_assert_says(&rubriek, VERRIJKING_TERUGKOPPELING_CASUS, "pgax:" KNOWN);
	zsm_assert_says(&rubriek, VERRIJKING_TERUGKOPPELING_GEVRAAGD, zsm_day(w, 0));
	zsm_assert_says(&rubriek, VERRIJKING_TERUGKOPPELING_GEBRUIKT, "ja");
	zsm_assert_says(&rubriek, VERRIJKING_TERUGKOPPELING_AFDOENING, "voorwaardelijk-sepot");
	zsm_assert_says(&rubriek, VERRIJKING_TERUGKOPPELING_VOORWAARDE, "meldplicht");
	assert_int_equal(got(w, STAD, "wmo")->delivery_count, 0);
	assert_int_equal(got(w, VRAGER, "zsm")->delivery_count, 0);
}

static void who_takes_no_part_is_not_told_which_casus_it_was(void **state)
{
	struct flow_world *w = *state;
	struct rubriek rubriek;
	known(w);
	uint64_t question = told_of(w, KNOWN);
	flow_accepted(w, VRAGER, report(w, VRAGER, question, NOT_USED));
	const struct reply *reply = got(w, STAD, "oov");
	assert_int_equal(reply->delivery_count, 1);
	assert_true(
		zsm_told(w, &reply->deliveries[0], RUBRIEK_VERRIJKING_TERUGKOPPELING, 0, &rubriek));
	zsm_assert_says(&rubriek, VERRIJKING_TERUGKOPPELING_CASUS, "");
	zsm_assert_says(&rubriek, VERRIJKING_TERUGKOPPELING_REDEN, "te-laat");
}

static void a_casus_that_cannot_be_read_is_not_told_and_keeps_nothing_waiting(void **state)
{
	struct flow_world *w = *state;
	struct rubriek rubriek;
	known(w);
	uint64_t casus = journal_size(w->core->journal) - 1;
	uint64_t question = told_of(w, KNOWN);
	flow_unread = casus;
	struct flow_sent *sent = report(w, VRAGER, question, USED);
	flow_unread = 0;
	flow_accepted(w, VRAGER, sent);
	const struct reply *reply = got(w, REGISSEUR, "regisseur");
	assert_int_equal(reply->delivery_count, 1);
	assert_true(
		zsm_told(w, &reply->deliveries[0], RUBRIEK_VERRIJKING_TERUGKOPPELING, 0, &rubriek));
	zsm_assert_says(&rubriek, VERRIJKING_TERUGKOPPELING_CASUS, "");
	zsm_assert_says(&rubriek, VERRIJKING_TERUGKOPPELING_GEBRUIKT, "ja");
}

// Nobody can say what became of an answer that never came.
static void of_an_answer_that_lapsed_unfetched_nothing_is_owed(void **state)
{
	struct flow_world *w = *state;
	known(w);
	uint64_t fetched = told_of(w, KNOWN);
	uint64_t question = flow_accepted(w, VRAGER, zsm_ask(w, KNOWN));
	flow_days_later(w, 1);
	flow_ticks(w, 2);
	flow_refused(w, VRAGER, report(w, VRAGER, question, USED), REASON_NOT_OWED);
	assert_true(owed(w)); // of the other
	flow_accepted(w, VRAGER, report(w, VRAGER, fetched, USED));
	assert_false(owed(w));
	flow_clock_ahead = 0;
}

static void where_no_regel_passes_it_on_nothing_is_owed(void **state)
{
	struct flow_world *w = *state;
	known(w);
	uint64_t question = told_of(w, KNOWN);
	assert_null(strstr(flow_control(w, "status\n"), " terugkoppeling "));
	flow_refused(w, VRAGER, report(w, VRAGER, question, USED), REASON_NOT_OWED);
}

static void what_waits_is_decided_again_under_a_newer_convenant(void **state)
{
	struct flow_world *w = *state;
	struct rubriek rubriek;
	known(w);
	uint64_t question = told_of(w, KNOWN);
	flow_accepted(w, VRAGER, report(w, VRAGER, question, USED));
	flow_convenant(w, FLOW_HEAD("zsm-2") PARTIJEN GEWOON ZSM TERUG);
	flow_recheck_all(w);
	const struct reply *reply = got(w, REGISSEUR, "regisseur");
	assert_int_equal(reply->delivery_count, 1);
	assert_true(
		zsm_told(w, &reply->deliveries[0], RUBRIEK_VERRIJKING_TERUGKOPPELING, 0, &rubriek));
	zsm_assert_says(&rubriek, VERRIJKING_TERUGKOPPELING_CASUS, "pgax:" KNOWN);
	zsm_assert_says(&rubriek, VERRIJKING_TERUGKOPPELING_GEVRAAGD, zsm_day(w, 0));
	flow_convenant(w, without);
	flow_recheck_all(w);
	reply = got(w, REGISSEUR, "regisseur");
	assert_int_equal(reply->delivery_count, 1);
	assert_int_equal(flow_part(w, &reply->deliveries[0])->soort, VERSTREKKING_VERVALLEN);
}

static void it_goes_with_its_question_and_every_decision_replays(void **state)
{
	struct flow_world *w = *state;
	known(w);
	uint64_t question = told_of(w, KNOWN);
	uint64_t index = flow_accepted(w, VRAGER, report(w, VRAGER, question, USED));
	assert_null(strstr(flow_control(w, "replay\nfrom 0\n"), "differ"));
	const struct reply *reply = got(w, REGISSEUR, "regisseur");
	flow_send_one(w, flow_ack(w, REGISSEUR, "regisseur", &reply->deliveries[0]));
	reply = got(w, STAD, "oov");
	flow_send_one(w, flow_ack(w, STAD, "oov", &reply->deliveries[0]));
	flow_assert_rebuild_equal(w);
	flow_days_later(w, 190);
	flow_ticks(w, 4);
	struct recalled recalled;
	assert_int_equal(
		recall_entry(w->core, index, RECALL_PARTS_AND_CONTENT, w->arena, &recalled),
		RESULT_OK);
	assert_true(recalled.verantwoording && !recalled.has_content);
	flow_days_later(w, 5 * 366);
	flow_ticks(w, 5);
	assert_int_equal(recall_entry(w->core, index, RECALL_PARTS, w->arena, &recalled),
			 RESULT_OK);
	assert_null(recalled.verantwoording);
	flow_clock_ahead = 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(of_an_answer_that_lapsed_unfetched_nothing_is_owed),
		TEST(who_was_told_something_owes_what_became_of_it_until_it_says),
		TEST(who_takes_no_part_is_not_told_which_casus_it_was),
		TEST(a_casus_that_cannot_be_read_is_not_told_and_keeps_nothing_waiting),
		cmocka_unit_test_setup_teardown(where_no_regel_passes_it_on_nothing_is_owed,
						setup_without, flow_world_end),
		TEST(what_waits_is_decided_again_under_a_newer_convenant),
		TEST(it_goes_with_its_question_and_every_decision_replays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

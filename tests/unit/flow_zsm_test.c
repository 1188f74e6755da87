// SPDX-License-Identifier: EUPL-1.2
// ZSM asks. What a regel gives about an open casus is told at once; and who asks cannot tell
// somebody whom nobody knows from somebody of whom nothing may be told, or of whom everything was
// erased.
#include "flow_convenanten.h"
#include "flow_dossier.h"

#include "base/clock.h"
#include "flow/casus.h"

#define OM "00000099000000007000"
#define KNOWN "999990342"
#define VICTIM "999990019"
#define BESLOTEN "999990020"
#define ERASED "999990032"
#define UNKNOWN "999990044"
#define REPORTED "999990056"

#define AAN_ZSM "{partij: om, functie: zsm}"
#define AAN_BALIE "{partij: om, functie: balie}"
#define GIVEN "verrijking.pga, verrijking.advies, verrijking.regisseur"

#define PARTIJEN                                                                                   \
	"partijen:\n"                                                                              \
	"  - {partij: om, naam: Het OM, oin: \"" OM "\", soort: om, functies: [zsm, balie],\n"     \
	"     getekend: nee}\n"                                                                    \
	"  - {partij: huis, naam: Het huis, oin: \"00000099000000009000\",\n"                      \
	"     soort: veiligheidshuis, functies: [regisseur, coordinator], getekend: nee}\n"        \
	"  - {partij: politie, naam: P, oin: \"00000099000000001000\", soort: politie,\n"          \
	"     functies: [wijk], getekend: nee}\n"                                                  \
	"  - {partij: stad, naam: De stad, oin: \"00000099000000003000\", soort: gemeente,\n"      \
	"     gemeente: GM1883, functies: [oov, wmo], getekend: nee}\n"                            \
	"  - {partij: zorg, naam: Kliniek, oin: \"00000099000000005000\", soort: ggz,\n"           \
	"     functies: [behandeling], getekend: nee}\n"                                           \
	"overleggen: []\n"                                                                         \
	"regels:\n"

#define GEWOON FLOW_VERSTREK("gewoon", "", AAN_WMO, "kenmerken, identificatie")
#define ZSM FLOW_VERSTREK("zsm-context", FLOW_ALS("vraag: zsm.context"), AAN_ZSM, GIVEN)

static const char text[] = FLOW_HEAD("zsm") PARTIJEN GEWOON ZSM;
static const char none[] = FLOW_HEAD("niets") PARTIJEN GEWOON;

static int setup_with(void **state, const char *document)
{
	struct flow_world *w = flow_town();
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "regisseur,coordinator");
	flow_enrol(w, FLOW_ZORG, "ggz", "behandeling");
	flow_enrol(w, OM, "om", "zsm,balie");
	flow_convenant(w, document);
	*state = w;
	return 0;
}

static int setup(void **state)
{
	return setup_with(state, text);
}

#define REGISSEUR (&w->parties[2])
#define ZORG (&w->parties[3])
#define VRAGER (&w->parties[4])

// ---- asking --------------------------------------------------------------------------------

static struct flow_sent *ask_as(struct flow_world *w, struct flow_party *who, const char *functie,
				const char *lines)
{
	char all[512];
	snprintf(all, sizeof all,
		 "functie %s\n%sparketnummer 10/123456-26\nfeit mishandeling\nuren 6\n"
		 "medewerker ovj-1\n",
		 functie, lines);
	return dossier_say(w, who, TYPE_ZSM_VERZOEK, all);
}

static struct flow_sent *ask(struct flow_world *w, const char *bsn)
{
	char lines[64];
	snprintf(lines, sizeof lines, "bsn %s\n", bsn);
	return ask_as(w, VRAGER, "zsm", lines);
}

// The newest delivery to the asker's ear.
static const struct delivery *newest(struct flow_world *w, const char *functie)
{
	const struct reply *reply = flow_collect(w, VRAGER, functie, 0);
	assert_true(reply->delivery_count > 0);
	return &reply->deliveries[reply->delivery_count - 1];
}

static const struct delivery *answer(struct flow_world *w, const char *bsn)
{
	struct flow_sent *question = ask(w, bsn);
	uint64_t index = flow_accepted(w, VRAGER, question);
	const struct delivery *delivery = newest(w, "zsm");
	const struct part_verstrekking *part = flow_part(w, delivery);
	assert_true(delivery->leaf.index == index && part->betreft == 0);
	assert_true(hash_equal(&part->header_hash, &question->about));
	assert_false(delivery->has_sender);
	return delivery;
}

static bool told(struct flow_world *w, const struct delivery *delivery, uint32_t soort, size_t nth,
		 struct rubriek *ret_rubriek)
{
	for (size_t i = 0; i < delivery->verrijking_count; i++) {
		assert_int_equal(
			rubriek_decode(delivery->verrijkingen[i].value, w->arena, ret_rubriek),
			RESULT_OK);
		if (ret_rubriek->soort == soort && nth-- == 0)
			return true;
	}
	return false;
}

static void assert_says(const struct rubriek *rubriek, uint32_t veld, const char *waarde)
{
	struct bytes found = veld_get(rubriek->velden, rubriek->veld_count, veld);
	if (!bytes_equal(found, bytes_of_text(waarde)))
		fail_msg("%u: \"%.*s\", not \"%s\"", veld, (int)found.len, (const char *)found.data,
			 waarde);
}

static bool is_empty(struct flow_world *w, const struct delivery *delivery)
{
	const struct part_verstrekking *part = flow_part(w, delivery);
	return part->soort == VERSTREKKING_GEGEVEN && part->grond_count == 0 &&
	       part->slot_count == 0 && !part->has_verrijking && delivery->verrijking_count == 0;
}

// ---- what is known -------------------------------------------------------------------------

#define RUNS "status opgepakt\npga ja\n"

static void casus(struct flow_world *w, const char *bsn, const char *lines)
{
	char all[1024];
	snprintf(all, sizeof all, "medewerker mw-1\nsinds 2026-01-05\ncasus pgax:%s\nbsn %s\n%s",
		 bsn, bsn, lines);
	flow_accepted(w, REGISSEUR, dossier_say(w, REGISSEUR, TYPE_CASUS, all));
}

static struct flow_sent *advise(struct flow_world *w, struct flow_party *who, const char *bsn,
				const char *functie, const char *until)
{
	char all[512];
	snprintf(all, sizeof all,
		 "casus pgax:%s\nfunctie %s\nadvies pga-volgen\nadvies overleg\n"
		 "tekst Rust en een vaste plek helpen.\nafspraak wonen\ngeldig-tot %s\n"
		 "medewerker mw-2\n",
		 bsn, functie, until);
	return dossier_say(w, who, TYPE_ZSM_ADVIES, all);
}

static const char *day(struct flow_world *w, int days)
{
	char moment[21];
	time_format(moment, time_now(w->core) + days * MS_PER_DAY);
	struct bytes copy = arena_copy(w->arena, bytes_make(moment, 11));
	((char *)(uintptr_t)copy.data)[10] = '\0';
	return (const char *)copy.data;
}

static void what_the_regels_give_is_told_at_once(void **state)
{
	struct flow_world *w = *state;
	struct rubriek rubriek;
	casus(w, KNOWN,
	      "rol betrokkene\n" RUNS "ave 3\nniveau veiligheidshuis\nbellen ja\n"
	      "regie " FLOW_HOUSE ":regisseur\ncasusregie " FLOW_STAD ":wmo\n"
	      "deelnemer " FLOW_ZORG ":behandeling\ntelefoon 043-1234567\n"
	      "casustelefoon 046-7654321\nbereikbaar ma-vr 9-17 uur, piket 06-12345678\n");
	flow_accepted(w, REGISSEUR, advise(w, REGISSEUR, KNOWN, "regisseur", day(w, 30)));
	const struct delivery *delivery = answer(w, KNOWN);
	assert_int_equal(delivery->verrijking_count, 3);
	assert_true(told(w, delivery, RUBRIEK_VERRIJKING_PGA, 0, &rubriek));
	assert_says(&rubriek, VERRIJKING_PGA_SINDS, "2026-01-05");
	assert_says(&rubriek, VERRIJKING_PGA_AVE, "3");
	assert_true(told(w, delivery, RUBRIEK_VERRIJKING_ADVIES, 0, &rubriek));
	assert_says(&rubriek, VERRIJKING_ADVIES_ADVIES, "pga-volgen");
	assert_says(&rubriek, VERRIJKING_ADVIES_TEKST, "Rust en een vaste plek helpen.");
	assert_says(&rubriek, VERRIJKING_ADVIES_AFSPRAAK, "wonen");
	assert_says(&rubriek, VERRIJKING_ADVIES_DOOR, "Het huis, regisseur");
	assert_says(&rubriek, VERRIJKING_ADVIES_GELDIG_TOT, day(w, 30));
	assert_true(told(w, delivery, RUBRIEK_VERRIJKING_REGISSEUR, 0, &rubriek));
	assert_says(&rubriek, VERRIJKING_REGISSEUR_PROCESREGISSEUR, "Het huis, regisseur");
	assert_says(&rubriek, VERRIJKING_REGISSEUR_TELEFOON, "043-1234567");
	assert_says(&rubriek, VERRIJKING_REGISSEUR_CASUSREGISSEUR, "De stad, wmo");
	assert_says(&rubriek, VERRIJKING_REGISSEUR_BELLEN, "ja");
	const struct part_verstrekking *part = flow_part(w, delivery);
	assert_int_equal(part->grond_count, 3);
	assert_true(bytes_equal(part->gronden[0].regel, bytes_of_text("zsm-context")));
}

static void nobody_is_named_whose_organisation_says_too_much(void **state)
{
	struct flow_world *w = *state;
	struct rubriek rubriek;
	casus(w, KNOWN,
	      "rol betrokkene\n" RUNS "casusregie " FLOW_ZORG ":behandeling\n"
	      "casustelefoon 046-7654321\n");
	flow_accepted(w, ZORG, advise(w, ZORG, KNOWN, "behandeling", day(w, 3)));
	const struct delivery *delivery = answer(w, KNOWN);
	assert_true(told(w, delivery, RUBRIEK_VERRIJKING_REGISSEUR, 0, &rubriek));
	assert_int_equal(rubriek.veld_count, 1); // whether to call
	assert_says(&rubriek, VERRIJKING_REGISSEUR_BELLEN, "nee");
	assert_true(told(w, delivery, RUBRIEK_VERRIJKING_ADVIES, 0, &rubriek));
	assert_says(&rubriek, VERRIJKING_ADVIES_DOOR, "een deelnemer aan de casus");
}

static void who_is_victim_of_it_or_in_a_closed_one_is_not_told_about(void **state)
{
	struct flow_world *w = *state;
	static const char *const silent[] = {
		"rol slachtoffer\n" RUNS, "rol kind\n" RUNS, "rol ex-partner\n" RUNS,
		"rol betrokkene\nbesloten ja\n" RUNS, "rol betrokkene\nstatus gesloten\npga ja\n"};
	for (size_t i = 0; i < COUNT_OF(silent); i++) {
		casus(w, VICTIM, silent[i]);
		assert_true(is_empty(w, answer(w, VICTIM)));
	}
	casus(w, VICTIM, "rol verdachte\n" RUNS);
	assert_false(is_empty(w, answer(w, VICTIM)));
}

// ---- the empty answer ----------------------------------------------------------------------

// All that who asks can see of one question: sizes of what came, counts, how far things moved.
struct seen {
	size_t receipt, answer;               // bytes of the envelopes
	uint64_t entries, number_moved, life; // by the log, the delivery number, and of the answer
	struct bytes part;                    // the part, with what is the question's own taken out
};

static size_t newest_frame(struct flow_world *w)
{
	assert_true(w->frame_count > 0);
	return w->frames[w->frame_count - 1].bytes.len;
}

static struct seen look(struct flow_world *w, const char *bsn)
{
	uint64_t size = journal_size(w->core->journal), last = 0, after = 0;
	struct ontvanger zsm = {.functie = "zsm"};
	memcpy(zsm.oin.text, OM, OIN_LEN);
	assert_int_equal(state_last_number(w->core->state, &zsm, &last), RESULT_OK);
	flow_forget_frames(w);
	int64_t now = time_now(w->core);
	flow_accepted(w, VRAGER, ask(w, bsn));
	struct seen seen = {.receipt = newest_frame(w)};
	const struct reply *reply = flow_collect(w, VRAGER, "zsm", last);
	assert_int_equal(reply->delivery_count, 1);
	seen.answer = newest_frame(w);
	struct part_verstrekking part = *flow_part(w, &reply->deliveries[0]);
	assert_int_equal(reply->deliveries[0].leaf.vector.len, VECTOR_PARTS * sizeof(struct hash));
	assert_int_equal(state_last_number(w->core->state, &zsm, &after), RESULT_OK);
	seen.entries = journal_size(w->core->journal) - size;
	seen.number_moved = after - last;
	seen.life = (part.geldig_tot - (uint64_t)now + 500) / 1000;
	part.number = 1;
	part.geldig_tot = 1;
	memset(&part.header_hash, 0, sizeof part.header_hash);
	struct part whole = {.kind = PART_VERSTREKKING, .verstrekking = part};
	struct buffer wire;
	buffer_init(&wire, STATEMENT_MAX);
	assert_int_equal(part_encode(&whole, &wire), RESULT_OK);
	seen.part = arena_copy(w->arena, buffer_view(&wire));
	buffer_done(&wire);
	// Acknowledged, so that the next question stands alone.
	flow_send_one(w, flow_ack(w, VRAGER, "zsm", &reply->deliveries[0]));
	return seen;
}

static bool same(const struct seen *a, const struct seen *b)
{
	return a->receipt == b->receipt && a->answer == b->answer && a->entries == b->entries &&
	       a->number_moved == b->number_moved && a->life == b->life &&
	       bytes_equal(a->part, b->part);
}

static void erase_casus(struct flow_world *w, const char *bsn)
{
	uint64_t begun, first = 0;
	struct recalled recalled;
	char number[32];
	snprintf(number, sizeof number, "pgax:%s", bsn);
	assert_int_equal(casus_named(w->core, bytes_of_text(number), &first), RESULT_OK);
	assert_int_equal(recall_entry(w->core, first, RECALL_PARTS, w->arena, &recalled),
			 RESULT_OK);
	struct bytes order = flow_order(w, first, &recalled.verantwoording->header_hash);
	assert_int_equal(flow_erase(w, order, 2, &begun), RESULT_OK);
}

static void unknown_not_allowed_and_erased_are_one_answer(void **state)
{
	struct flow_world *w = *state;
	casus(w, VICTIM, "rol slachtoffer\n" RUNS);
	casus(w, BESLOTEN, "rol verdachte\nbesloten ja\n" RUNS);
	casus(w, ERASED, "rol verdachte\n" RUNS);
	flow_accepted(w, REGISSEUR, advise(w, REGISSEUR, ERASED, "regisseur", day(w, 9)));
	dossier_melding(w, POLITIE, REPORTED);
	erase_casus(w, ERASED);
	static const char *const worlds[] = {UNKNOWN, VICTIM, BESLOTEN, ERASED, REPORTED};
	const struct seen unknown = look(w, UNKNOWN);
	assert_int_equal(unknown.entries, 1);
	assert_int_equal(unknown.number_moved, 1);
	for (size_t i = 0; i < COUNT_OF(worlds); i++) {
		const struct seen seen = look(w, worlds[i]);
		if (!same(&unknown, &seen))
			fail_msg("world %zu differs", i);
		assert_true(is_empty(w, answer(w, worlds[i])));
		flow_send_one(w, flow_ack(w, VRAGER, "zsm", newest(w, "zsm")));
	}
	// What is told where something is told does differ: the look is not blind.
	casus(w, KNOWN, "rol verdachte\n" RUNS);
	const struct seen known = look(w, KNOWN);
	assert_false(same(&unknown, &known));
	// By another ear of who may ask, that no regel gives to.
	flow_accepted(w, VRAGER, ask_as(w, VRAGER, "balie", "bsn " KNOWN "\n"));
	assert_true(is_empty(w, newest(w, "balie")));
}

static int setup_without(void **state)
{
	return setup_with(state, none);
}

static void where_no_regel_gives_all_are_unknown(void **state)
{
	struct flow_world *w = *state;
	casus(w, KNOWN, "rol verdachte\n" RUNS "regie " FLOW_HOUSE ":regisseur\n");
	const struct seen unknown = look(w, UNKNOWN), known = look(w, KNOWN);
	assert_true(same(&unknown, &known));
	assert_null(strstr(flow_control(w, "status\n"), " advies "));
}

static void nothing_of_a_question_is_kept(void **state)
{
	struct flow_world *w = *state;
	struct identificatie id = {ID_BSN, bytes_of_text(UNKNOWN)};
	uint8_t handle[HANDLE_LEN];
	struct recalled recalled;
	uint64_t index = flow_accepted(w, VRAGER, ask(w, UNKNOWN));
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
	casus(w, KNOWN, "rol verdachte\n" RUNS);
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		flow_refused(w, VRAGER, ask_as(w, VRAGER, bad[i].functie, bad[i].lines),
			     bad[i].reason);
	struct flow_sent *wrong =
		dossier_say(w, VRAGER, TYPE_ZSM_VERZOEK,
			    "functie zsm\nbsn " KNOWN "\nuren 7\nmedewerker ovj-1\n");
	flow_refused(w, VRAGER, wrong, REASON_BAD_VALUE);
	assert_int_equal(flow_collect(w, VRAGER, "zsm", 0)->delivery_count, 0);
	// Numbers of two persons are nobody's.
	casus(w, REPORTED, "rol verdachte\nskn 12345678\nstatus aangemeld\n");
	flow_accepted(w, VRAGER, ask_as(w, VRAGER, "zsm", "bsn " KNOWN "\nskn 12345678\n"));
	assert_true(is_empty(w, newest(w, "zsm")));
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
	casus(w, KNOWN, "rol verdachte\n" RUNS "regie " FLOW_STAD ":oov\n");
	answer(w, UNKNOWN);
	assert_int_equal(owed(w), 0);
	answer(w, KNOWN);
	answer(w, KNOWN);
	assert_int_equal(owed(w), 1);
	assert_non_null(strstr(flow_control(w, "status\n"),
			       " advies zsm-context " FLOW_STAD "/oov entry="));
	// Only who has a part in it advises, for a time to come.
	flow_refused(w, POLITIE, advise(w, POLITIE, KNOWN, "wijk", day(w, 9)), REASON_NOT_FOUND);
	flow_refused(w, STAD, advise(w, STAD, KNOWN, "wmo", day(w, 9)), REASON_NOT_FOUND);
	flow_refused(w, STAD, advise(w, STAD, KNOWN, "oov", day(w, -2)), REASON_BAD_VALUE);
	assert_int_equal(owed(w), 1);
	flow_accepted(w, STAD, advise(w, STAD, KNOWN, "oov", day(w, 1)));
	assert_int_equal(owed(w), 0);
	struct rubriek rubriek;
	assert_true(told(w, answer(w, KNOWN), RUBRIEK_VERRIJKING_ADVIES, 0, &rubriek));
	assert_int_equal(owed(w), 0);
	// Past its day it is told no more, and another is owed.
	flow_clock_ahead += 3 * MS_PER_DAY;
	time_confirm(w->core);
	assert_int_equal(flow_tick(w->core, time_now(w->core)), RESULT_OK);
	flow_end_batch(w);
	assert_false(told(w, answer(w, KNOWN), RUBRIEK_VERRIJKING_ADVIES, 0, &rubriek));
	assert_int_equal(owed(w), 1);
	flow_clock_ahead = 0;
}

// What is owed about a casus is accounted for with the question it came of: after that nothing of
// it stands in state, as in one that is made again from the log.
static void what_is_owed_goes_with_the_account_of_its_question(void **state)
{
	struct flow_world *w = *state;
	struct state_digest rows;
	casus(w, KNOWN, "rol verdachte\n" RUNS);
	answer(w, KNOWN);
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
	casus(w, KNOWN, "rol verdachte\n" RUNS);
	answer(w, KNOWN);
	answer(w, UNKNOWN);
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
		TEST(what_the_regels_give_is_told_at_once),
		TEST(nobody_is_named_whose_organisation_says_too_much),
		TEST(who_is_victim_of_it_or_in_a_closed_one_is_not_told_about),
		TEST(unknown_not_allowed_and_erased_are_one_answer),
		cmocka_unit_test_setup_teardown(where_no_regel_gives_all_are_unknown, setup_without,
						flow_world_end),
		TEST(nothing_of_a_question_is_kept),
		TEST(what_is_refused_follows_from_the_question),
		TEST(who_is_known_without_advice_is_owed_one),
		TEST(what_is_owed_goes_with_the_account_of_its_question),
		TEST(an_answer_that_was_not_fetched_lapses_under_a_newer_convenant),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

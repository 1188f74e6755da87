// SPDX-License-Identifier: EUPL-1.2
// The empty answer: who asks cannot tell somebody whom nobody knows from somebody of whom nothing
// may be told, or of whom everything was erased.
#include "flow_work.h"
#include "flow_zsm.h"

#include "base/clock.h"
#include "flow/casus.h"

static const char text[] = FLOW_HEAD("zsm") PARTIJEN GEWOON ZSM;
// What became of it is passed on: who was told something owes it.
#define TERUG                                                                                      \
	FLOW_VERSTREK("terug", FLOW_ALS("vraag: zsm.terugkoppeling"), AAN_OOV,                     \
		      "verrijking.terugkoppeling")
static const char owing[] = FLOW_HEAD("zsm") PARTIJEN GEWOON ZSM TERUG;
#define MELDING FLOW_VERSTREK("melding", FLOW_ALS("vraag: geen"), AAN_ZSM, "kenmerken")
static const char with_meldingen[] = FLOW_HEAD("zsm") PARTIJEN GEWOON ZSM MELDING;
static const char none[] = FLOW_HEAD("niets") PARTIJEN GEWOON;

static int setup(void **state)
{
	return zsm_setup(state, text);
}

// ---- the empty answer ----------------------------------------------------------------------

// All that who asks can see of one question: sizes of what came, counts, how far things moved.
struct seen {
	size_t receipt, answer;               // bytes of the envelopes
	uint64_t entries, number_moved, life; // by the log, the delivery number, and of the answer
	struct bytes part;                    // the part, with what is the question's own taken out
	struct work work;
};

static struct seen look(struct flow_world *w, const char *bsn)
{
	uint64_t size = journal_size(w->core->journal), last = 0, after = 0;
	struct ontvanger zsm = {.functie = "zsm"};
	memcpy(zsm.oin.text, OM, OIN_LEN);
	assert_int_equal(state_last_number(w->core->state, &zsm, &last), RESULT_OK);
	flow_forget_frames(w);
	int64_t now = time_now(w->core);
	memset(&work, 0, sizeof work);
	flow_accepted(w, VRAGER, zsm_ask(w, bsn));
	struct seen seen = {.receipt = work_newest_frame(w)};
	const struct reply *reply = flow_collect(w, VRAGER, "zsm", last);
	seen.work = work;
	assert_int_equal(reply->delivery_count, 1);
	seen.answer = work_newest_frame(w);
	struct part_verstrekking part = *flow_part(w, &reply->deliveries[0]);
	assert_int_equal(reply->deliveries[0].leaf.vector.len, VECTOR_PARTS * sizeof(struct hash));
	assert_int_equal(state_last_number(w->core->state, &zsm, &after), RESULT_OK);
	seen.entries = journal_size(w->core->journal) - size;
	seen.number_moved = after - last;
	seen.life = (part.geldig_tot - (uint64_t)now + 500) / 1000;
	seen.part = work_bare(w, &part);
	// Acknowledged, so that the next question stands alone.
	flow_send_one(w, flow_ack(w, VRAGER, "zsm", &reply->deliveries[0]));
	return seen;
}

static bool same(const struct seen *a, const struct seen *b)
{
	return a->receipt == b->receipt && a->answer == b->answer && a->entries == b->entries &&
	       a->number_moved == b->number_moved && a->life == b->life &&
	       bytes_equal(a->part, b->part) && memcmp(&a->work, &b->work, sizeof a->work) == 0;
}

#define GGZ "999990068"
#define OTHER "999990081"
static const char *const worlds[] = {UNKNOWN, GGZ, VICTIM, BESLOTEN, ERASED, REPORTED};

// Known to the GGZ without toestemming, as victim, in a casus that is closed to others, in one of
// which everything was erased, from a melding.
static void fill(struct flow_world *w)
{
	zsm_casus(w, VICTIM, "rol slachtoffer\n" RUNS);
	zsm_casus(w, BESLOTEN, "rol verdachte\nbesloten ja\n" RUNS);
	zsm_casus(w, ERASED, "rol verdachte\n" RUNS);
	flow_accepted(w, REGISSEUR, zsm_advise(w, REGISSEUR, ERASED, "regisseur", zsm_day(w, 9)));
	dossier_melding(w, POLITIE, REPORTED);
	dossier_melding(w, ZORG, GGZ);
	work_erase_casus(w, ERASED);
}

static void unknown_not_allowed_and_erased_are_one_answer(void **state)
{
	struct flow_world *w = *state;
	fill(w);
	const struct seen unknown = look(w, UNKNOWN);
	assert_int_equal(unknown.entries, 1);
	assert_int_equal(unknown.number_moved, 1);
	assert_int_equal(unknown.work.places, 3);
	assert_true(unknown.work.entries > 0);
	for (size_t i = 0; i < COUNT_OF(worlds); i++) {
		const struct seen seen = look(w, worlds[i]);
		if (!same(&unknown, &seen))
			fail_msg("world %zu differs: %zu and %zu bytes, work %llu/%llu/%llu, not "
				 "%llu/%llu/%llu",
				 i, seen.receipt, seen.answer,
				 (unsigned long long)seen.work.entries,
				 (unsigned long long)seen.work.casussen,
				 (unsigned long long)seen.work.newest,
				 (unsigned long long)unknown.work.entries,
				 (unsigned long long)unknown.work.casussen,
				 (unsigned long long)unknown.work.newest);
		assert_true(zsm_is_empty(w, zsm_answer(w, worlds[i])));
		flow_send_one(w, flow_ack(w, VRAGER, "zsm", zsm_newest(w, "zsm")));
	}
	// By another ear of who may ask, that no regel gives to.
	zsm_casus(w, KNOWN, "rol verdachte\n" RUNS);
	flow_accepted(w, VRAGER, zsm_ask_as(w, VRAGER, "balie", "bsn " KNOWN "\n"));
	assert_true(zsm_is_empty(w, zsm_newest(w, "balie")));
}

// Nobody beside the two who talk can tell from the size whether anything was told: neither the gate
// nor who sees the wire. The control is a delivery that no question asked for.
static void an_answer_has_one_size_whatever_it_tells(void **state)
{
	struct flow_world *w = *state;
	fill(w);
	char lines[1024] = "rol verdachte\n" RUNS "ave 3\nbellen ja\nregie " FLOW_HOUSE
			   ":regisseur\ncasusregie " FLOW_STAD ":wmo\ntelefoon 043-1234567\n";
	zsm_casus(w, KNOWN, lines);
	flow_accepted(w, REGISSEUR, zsm_advise(w, REGISSEUR, KNOWN, "regisseur", zsm_day(w, 9)));
	const struct seen unknown = look(w, UNKNOWN), known = look(w, KNOWN);
	assert_int_equal(unknown.answer, known.answer);
	assert_int_equal(unknown.receipt, known.receipt);
	assert_false(bytes_equal(unknown.part, known.part)); // the look is not blind
	flow_forget_frames(w);
	assert_true(flow_collect(w, STAD, "wmo", 0)->delivery_count > 0);
	assert_int_not_equal(work_newest_frame(w), unknown.answer);
}

// Several that wait come one by one, each in an envelope of its own.
static void answers_that_wait_are_given_one_by_one(void **state)
{
	struct flow_world *w = *state;
	zsm_casus(w, KNOWN, "rol verdachte\n" RUNS);
	const char *const asked[] = {UNKNOWN, KNOWN, UNKNOWN};
	for (size_t i = 0; i < COUNT_OF(asked); i++)
		flow_accepted(w, VRAGER, zsm_ask(w, asked[i]));
	size_t size = 0;
	for (uint64_t i = 0; i < COUNT_OF(asked); i++) {
		flow_forget_frames(w);
		const struct reply *reply = flow_collect(w, VRAGER, "zsm", i);
		assert_true(reply->delivery_count == 1 && reply->more);
		assert_true(size == 0 || size == work_newest_frame(w));
		size = work_newest_frame(w);
	}
}

// Without what makes them equal more is read of who is known than of who is not.
static void what_is_counted_is_not_blind(void **state)
{
	struct flow_world *w = *state;
	static const uint8_t nobody[HANDLE_LEN];
	struct identificatie id = {ID_BSN, bytes_of_text(VICTIM)};
	uint8_t handle[HANDLE_LEN];
	struct casussen *all;
	struct work counted[2];
	fill(w);
	assert_int_equal(state_person(w->core->state, &id, handle), RESULT_OK);
	for (size_t i = 0; i < 2; i++) {
		memset(&work, 0, sizeof work);
		assert_int_equal(casussen_of(w->core, i ? nobody : handle, w->arena, &all),
				 RESULT_OK);
		counted[i] = work;
	}
	assert_true(counted[0].entries > counted[1].entries);
	assert_true(counted[0].newest > counted[1].newest);
}

// ---- the weeks after -----------------------------------------------------------------------

#define DAYS 30
#define PER_DAY 8
struct later {
	struct {
		uint64_t entries, numbers[PER_DAY], soorten[PER_DAY];
		size_t deliveries, sizes[PER_DAY];
		struct hash parts[PER_DAY]; // of what is left of each when it is bare
		size_t owed;                // obligations on the list of who asked
		size_t list;                // bytes of the envelope it came in
		struct work work;           // of the day
	} days[DAYS];
};

// The list of what who asked owes, which it looks at each day.
static size_t owed_by(struct flow_world *w, struct flow_party *who)
{
	struct flow_sent *sent = flow_say(w, who, TYPE_OPEN, NULL, 0);
	flow_forget_frames(w);
	flow_send_one(w, sent);
	const struct reply *reply = flow_answer(w, who, sent);
	assert_non_null(reply);
	assert_int_equal(reply->outcome, OUTCOME_AANVAARD);
	size_t count = 0;
	static const char word[] = "obligation ";
	for (size_t i = 0; i + sizeof word <= reply->antwoord.len; i++)
		count += memcmp(reply->antwoord.data + i, word, sizeof word - 1) == 0;
	return count;
}

// Each day who asked looks what there is for it, what it owes, and how far the log is; and
// acknowledges. What it asked before has lapsed by the first; on the tenth it asks again, and
// fetches what it is told.
static void look_daily(struct flow_world *w, const char *bsn, const char *melding_about,
		       struct later *later)
{
	memset(later, 0, sizeof *later);
	for (size_t d = 0; d < DAYS; d++) {
		uint64_t last = 0;
		memset(&work, 0, sizeof work);
		flow_days_later(w, 1);
		flow_ticks(w, 2);
		if (melding_about && d == 3)
			dossier_melding(w, POLITIE, melding_about);
		if (d == 9)
			flow_accepted(w, VRAGER, zsm_ask(w, bsn));
		for (;;) {
			flow_forget_frames(w);
			const struct reply *reply = flow_collect(w, VRAGER, "zsm", last);
			if (reply->delivery_count == 0)
				break;
			for (size_t i = 0; i < reply->delivery_count; i++) {
				const struct part_verstrekking *part =
					flow_part(w, &reply->deliveries[i]);
				size_t n = later->days[d].deliveries++;
				assert_true(n < PER_DAY);
				later->days[d].numbers[n] = last = part->number;
				later->days[d].soorten[n] = part->soort;
				later->days[d].sizes[n] = work_newest_frame(w);
				later->days[d].parts[n] = sha256(work_bare(w, part));
				flow_send_one(w, flow_ack(w, VRAGER, "zsm", &reply->deliveries[i]));
			}
		}
		later->days[d].work = work;
		later->days[d].owed = owed_by(w, VRAGER);
		later->days[d].list = work_newest_frame(w);
		later->days[d].entries = journal_size(w->core->journal);
	}
	flow_clock_ahead = 0;
}

// One world: the same house, who asked after this person, and what comes in the weeks after.
static void live(const char *document, const char *bsn, const char *melding_about,
		 struct later *later)
{
	void *state;
	assert_int_equal(zsm_setup(&state, document), 0);
	struct flow_world *w = state;
	fill(w);
	zsm_casus(w, KNOWN, "rol verdachte\n" RUNS);
	flow_accepted(w, VRAGER, zsm_ask(w, bsn));
	look_daily(w, bsn, melding_about, later);
	flow_world_end(&state);
}

static void nothing_tells_them_apart_in_the_thirty_days_after(void **state)
{
	(void)state;
	static const char *const told_apart[] = {GGZ, VICTIM, BESLOTEN, ERASED, REPORTED};
	struct later *unknown = calloc(1, sizeof *unknown), *other = calloc(1, sizeof *other);
	assert_true(unknown && other);
	live(owing, UNKNOWN, NULL, unknown);
	assert_int_equal(unknown->days[0].deliveries, 1);
	assert_int_equal(unknown->days[0].soorten[0], VERSTREKKING_VERVALLEN);
	assert_int_equal(unknown->days[9].deliveries, 1);
	assert_int_equal(unknown->days[9].soorten[0], VERSTREKKING_GEGEVEN);
	assert_true(unknown->days[DAYS - 1].entries > unknown->days[0].entries);
	for (size_t i = 0; i < COUNT_OF(told_apart); i++) {
		live(owing, told_apart[i], NULL, other);
		if (memcmp(unknown, other, sizeof *other) != 0)
			fail_msg("who was asked after is seen in world %zu", i);
	}
	// The controls: somebody of whom something is told, and what became of it is owed;
	live(owing, KNOWN, NULL, other);
	assert_memory_not_equal(&unknown->days[9].parts, &other->days[9].parts,
				sizeof unknown->days[9].parts);
	assert_int_equal(unknown->days[9].owed, 0);
	assert_true(other->days[9].owed > 0);
	// and one melding more that who asks hears of, on the fourth day.
	live(with_meldingen, UNKNOWN, NULL, unknown);
	live(with_meldingen, UNKNOWN, OTHER, other);
	assert_memory_equal(&unknown->days[2], &other->days[2], sizeof unknown->days[2]);
	assert_memory_not_equal(&unknown->days[3], &other->days[3], sizeof unknown->days[3]);
	free(unknown);
	free(other);
}

static int setup_without(void **state)
{
	return zsm_setup(state, none);
}

static void where_no_regel_gives_all_are_unknown(void **state)
{
	struct flow_world *w = *state;
	zsm_casus(w, KNOWN, "rol verdachte\n" RUNS "regie " FLOW_HOUSE ":regisseur\n");
	const struct seen unknown = look(w, UNKNOWN), known = look(w, KNOWN);
	assert_true(same(&unknown, &known));
	assert_null(strstr(flow_control(w, "status\n"), " advies "));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(unknown_not_allowed_and_erased_are_one_answer),
		TEST(an_answer_has_one_size_whatever_it_tells),
		TEST(answers_that_wait_are_given_one_by_one),
		TEST(what_is_counted_is_not_blind),
		cmocka_unit_test(nothing_tells_them_apart_in_the_thirty_days_after),
		cmocka_unit_test_setup_teardown(where_no_regel_gives_all_are_unknown, setup_without,
						flow_world_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

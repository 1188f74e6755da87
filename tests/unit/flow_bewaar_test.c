// SPDX-License-Identifier: EUPL-1.2
// What terms end: first the content of a melding, then what accounts for it; what is left then says
// nothing about the person, and a rebuild of state from the log gives the same rows (the teardown
// of every test).
#include "flow_convenanten.h"
#include "flow_world.h"

#include "base/file.h"
#include "crypto/hash.h"
#include "flow/wissing.h"
#include "register/stop.h"

#define BSN "999990342"
#define OTHER_BSN "999990639"
#define NAAM "Merknaam-7c1"
#define YEAR 366

static const char text[] = FLOW_HEAD("bewaren")
	FLOW_PARTIJEN FLOW_VERSTREK("gewoon", "", AAN_WMO, "kenmerken, identificatie")
		FLOW_VERSTREK("gewogen", FLOW_WEGING("regisseur", "ja"), AAN_OOV, "identificatie");

static const char nobody[] =
	FLOW_HEAD("bewaren") FLOW_PARTIJEN FLOW_VERSTREK("gewoon", "", AAN_OOV, "kenmerken");

static const struct flow_case one_person = {
	.count = 1, .persons = {{.rol = "slachtoffer", .bsn = BSN, .geslachtsnaam = NAAM}}};
static const struct flow_case another = {
	.count = 1, .persons = {{.rol = "getuige", .bsn = OTHER_BSN, .geslachtsnaam = "Ander"}}};

#define REGISSEUR (&w->parties[2])

static int setup(void **state)
{
	flow_clock_ahead = 0;
	struct flow_world *w = flow_town();
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "regisseur,coordinator");
	flow_convenant(w, text);
	*state = w;
	return 0;
}

static int end(void **state)
{
	int r = flow_world_end(state);
	flow_clock_ahead = 0;
	return r;
}

static struct recalled recalled_of(struct flow_world *w, uint64_t index)
{
	struct recalled recalled;
	assert_int_equal(
		recall_entry(w->core, index, RECALL_PARTS_AND_CONTENT, w->arena, &recalled),
		RESULT_OK);
	return recalled;
}

static bool person_is_known(struct flow_world *w, const char *bsn)
{
	uint8_t handle[HANDLE_LEN];
	const struct identificatie id = {ID_BSN, bytes_of_text(bsn)};
	enum result r = state_person(w->core->state, &id, handle);
	assert_true(r == RESULT_OK || r == RESULT_NOT_FOUND);
	return !r;
}

static size_t rows_of(struct flow_world *w, enum state_table table)
{
	struct state_digest digest;
	assert_int_equal(state_digest(w->core->state, table, &digest), RESULT_OK);
	return (size_t)digest.rows;
}

static void log_verifies(struct flow_world *w)
{
	uint64_t bad = 0;
	assert_int_equal(journal_check(w->core->journal, 0, &bad), RESULT_OK);
}

static void nothing_goes_before_its_term(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &one_person, &index);
	flow_days_later(w, 150);
	flow_ticks(w, 4);
	assert_true(recalled_of(w, index).has_content && person_is_known(w, BSN));
	assert_int_equal(rows_of(w, STATE_WISSING), 0);
}

static void the_content_goes_at_its_term_and_the_account_of_it_stays(void **state)
{
	struct flow_world *w = *state;
	struct state_wissing row;
	char ask[200];
	uint64_t index, later;
	struct flow_sent *melding = flow_melded(w, POLITIE, &one_person, &index);
	flow_days_later(w, 190);
	flow_melded(w, POLITIE, &another, &later);
	flow_ticks(w, 4);
	assert_false(recalled_of(w, index).has_content);
	assert_true(recalled_of(w, later).has_content);
	assert_non_null(recalled_of(w, index).verantwoording);
	assert_true(person_is_known(w, BSN));
	assert_int_equal(state_wissing(w->core->state, 0, &row), RESULT_OK);
	assert_true(row.melding == index && row.klaar > row.begonnen);
	snprintf(ask, sizeof ask, "why\nid %s\nontvanger " FLOW_STAD "/wmo\n", melding->id);
	assert_non_null(strstr(flow_control(w, ask), "gewist-grond " TERM_GROND "\n"));
	// What was not fetched lapsed, under its own number.
	const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
	assert_int_equal(flow_part(w, &reply->deliveries[0])->soort, VERSTREKKING_VERVALLEN);
	log_verifies(w);
}

static void after_its_account_nothing_is_left_of_the_person(void **state)
{
	struct flow_world *w = *state;
	char ask[200];
	uint64_t index, other;
	struct flow_sent *melding = flow_melded(w, POLITIE, &one_person, &index);
	const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
	struct flow_sent *ack = flow_ack(w, STAD, "wmo", &reply->deliveries[0]);
	flow_send_one(w, ack);
	flow_accepted(w, STAD, ack);
	flow_days_later(w, 190);
	flow_melded(w, POLITIE, &another, &other);
	flow_ticks(w, 4);
	size_t dedupe = rows_of(w, STATE_DEDUPE);
	flow_days_later(w, 5 * YEAR - 180);
	flow_ticks(w, 5);
	struct recalled gone = recalled_of(w, index);
	assert_true(gone.erased && gone.part_count == 0 && !gone.has_content);
	assert_false(person_is_known(w, BSN));
	assert_true(person_is_known(w, OTHER_BSN));
	assert_int_equal(rows_of(w, STATE_OCCURRENCE), 1);
	assert_int_equal(rows_of(w, STATE_BEWAAR), 1);
	assert_int_equal(rows_of(w, STATE_GEHOORD), 1); // of the other one
	assert_int_equal(rows_of(w, STATE_ACKED), 0);
	assert_int_equal(rows_of(w, STATE_DEDUPE), dedupe - 1);
	assert_int_equal(rows_of(w, STATE_WISSEND), 0);
	snprintf(ask, sizeof ask, "why\nid %s\nontvanger " FLOW_STAD "/wmo\n", melding->id);
	assert_non_null(strstr(flow_control(w, ask), "not-found"));
	// Numbers go on where they were.
	struct ontvanger wmo = {.oin = STAD->bundle.oin, .functie = "wmo"};
	uint64_t last = 0, next;
	assert_int_equal(state_last_number(w->core->state, &wmo, &last), RESULT_OK);
	assert_int_equal(last, 2);
	flow_melded(w, POLITIE, &one_person, &next);
	assert_int_equal(state_last_number(w->core->state, &wmo, &last), RESULT_OK);
	assert_int_equal(last, 3);
	log_verifies(w);
}

static void a_later_melding_of_the_same_person_keeps_it_known(void **state)
{
	struct flow_world *w = *state;
	uint8_t before[HANDLE_LEN], after[HANDLE_LEN];
	const struct identificatie id = {ID_BSN, bytes_of_text(BSN)};
	uint64_t first, second;
	flow_melded(w, POLITIE, &one_person, &first);
	assert_int_equal(state_person(w->core->state, &id, before), RESULT_OK);
	flow_days_later(w, 4 * YEAR);
	flow_ticks(w, 4);
	flow_melded(w, POLITIE, &one_person, &second);
	flow_days_later(w, YEAR + 10);
	flow_ticks(w, 5);
	assert_int_equal(recalled_of(w, first).part_count, 0);
	assert_non_null(recalled_of(w, second).verantwoording);
	assert_int_equal(state_person(w->core->state, &id, after), RESULT_OK);
	assert_memory_equal(before, after, HANDLE_LEN);
	struct state_occurrence found[4];
	size_t count = 0;
	assert_int_equal(
		state_occurrences(w->core->state,
				  (struct state_span){.handle = after, .since = 0, .max = 4}, found,
				  &count),
		RESULT_OK);
	assert_true(count == 1 && found[0].index == second);
}

static void what_was_weighed_goes_with_it(void **state)
{
	struct flow_world *w = *state;
	uint64_t index, weging;
	flow_melded(w, POLITIE, &one_person, &index);
	struct flow_judgement yes = {index, "gewogen", "ja", 0};
	flow_days_later(w, 20);
	struct flow_sent *sent = flow_weging(w, REGISSEUR, &yes);
	flow_send_one(w, sent);
	weging = flow_accepted(w, REGISSEUR, sent);
	// By what it gave the melding is kept longer than by itself.
	flow_days_later(w, 170);
	flow_ticks(w, 4);
	assert_true(recalled_of(w, index).has_content);
	flow_days_later(w, 20);
	flow_ticks(w, 4);
	assert_false(recalled_of(w, index).has_content);
	assert_non_null(recalled_of(w, weging).verantwoording);
	flow_days_later(w, 5 * YEAR);
	flow_ticks(w, 5);
	assert_int_equal(recalled_of(w, index).part_count, 0);
	assert_int_equal(recalled_of(w, weging).part_count, 0);
	assert_int_equal(rows_of(w, STATE_OBLIGATION), 0);
	assert_int_equal(rows_of(w, STATE_OWED), 0);
	log_verifies(w);
}

static const char lang[] = FLOW_HEAD("lang") FLOW_PARTIJEN FLOW_VERSTREK(
	"lang", FLOW_ALS("minderjarig: ja") "    bewaar: {inhoud: P2Y, verantwoording: P5Y}\n",
	AAN_WMO, "identificatie")
	FLOW_VERSTREK("kort", FLOW_ALS("minderjarig: nee"), AAN_WMO, "identificatie");

// An ontvanger that does not fetch keeps nothing past its term, whatever waits before it.
static void what_waits_behind_a_longer_term_goes_at_its_own(void **state)
{
	struct flow_world *w = *state;
	struct flow_case child = one_person, adult = another;
	child.persons[0].minderjarig = "ja";
	adult.persons[0].minderjarig = "nee";
	uint64_t kept, gone;
	flow_convenant(w, lang);
	flow_melded(w, POLITIE, &child, &kept);
	flow_melded(w, POLITIE, &adult, &gone);
	flow_days_later(w, 190);
	flow_ticks(w, 4);
	assert_true(recalled_of(w, kept).has_content);
	assert_false(recalled_of(w, gone).has_content);
	const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
	assert_int_equal(reply->delivery_count, 2);
	assert_int_equal(flow_part(w, &reply->deliveries[0])->soort, VERSTREKKING_GEGEVEN);
	assert_int_equal(flow_part(w, &reply->deliveries[1])->soort, VERSTREKKING_VERVALLEN);
}

// What lapsed because a convenant changed lies with the melding; nobody fetched that it did.
static void a_number_that_nobody_confirmed_outlives_its_melding(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &one_person, &index);
	flow_convenant(w, nobody);
	flow_recheck_all(w);
	flow_convenant(w, text);
	flow_days_later(w, 190);
	flow_ticks(w, 4);
	assert_int_equal(rows_of(w, STATE_DELIVERY), 1);
	flow_days_later(w, 5 * YEAR);
	flow_ticks(w, 5);
	assert_true(recalled_of(w, index).erased);
	assert_false(person_is_known(w, BSN));
	flow_melded(w, POLITIE, &another, NULL);
	const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
	assert_int_equal(reply->delivery_count, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct part_verstrekking *part = flow_part(w, &reply->deliveries[i]);
		assert_int_equal(part->number, i + 1);
		assert_int_equal(part->soort, i ? VERSTREKKING_GEGEVEN : VERSTREKKING_VERVALLEN);
	}
	struct flow_sent *ack = flow_ack(w, STAD, "wmo", &reply->deliveries[0]);
	flow_send_one(w, ack);
	flow_accepted(w, STAD, ack);
	assert_int_equal(rows_of(w, STATE_DELIVERY), 1);
}

static void what_has_no_term_is_kept(void **state)
{
	struct flow_world *w = flow_town(); // no convenant in force
	uint64_t index;
	(void)state;
	flow_melded(w, POLITIE, &one_person, &index);
	flow_days_later(w, 9 * YEAR);
	flow_ticks(w, 3);
	assert_true(recalled_of(w, index).has_content);
	void *mine = w;
	assert_int_equal(flow_world_end(&mine), 0);
}

// ---- held ----------------------------------------------------------------------------------

static uint64_t hold(struct flow_world *w, const struct stop_opdracht *opdracht)
{
	struct buffer out;
	uint64_t index = 0;
	buffer_init(&out, STOP_OPDRACHT_MAX);
	assert_int_equal(stop_opdracht_write(opdracht, &out), RESULT_OK);
	struct bytes text_of = arena_copy(w->arena, buffer_view(&out));
	buffer_done(&out);
	struct hash object = sha256(text_of);
	const struct signed_statement acts[] = {flow_act(w, &w->beheerder, STOP_SOORT, &object),
						flow_act(w, &w->officer, STOP_SOORT, &object)};
	const struct wissing_request one = {text_of, acts, 1}, both = {text_of, acts, 2};
	memset(&w->problem, 0, sizeof w->problem);
	assert_int_equal(flow_hold(w->core, &one, &index, &w->problem), RESULT_DENIED);
	assert_int_equal(flow_hold_check(w->core, &one, &w->problem), RESULT_OK);
	assert_int_equal(flow_hold(w->core, &both, &index, &w->problem), RESULT_OK);
	return index;
}

// Of one melding, then of all; what was not named goes at its term.
static void what_is_held_stays_past_its_term(void **state)
{
	struct flow_world *w = *state;
	uint64_t index, other;
	flow_melded(w, POLITIE, &one_person, &index);
	flow_melded(w, POLITIE, &another, &other);
	struct stop_opdracht one = {.meldingen = {index},
				    .melding_count = 1,
				    .eigenaar = "privacy-officer",
				    .herzien = {2099, 1, 1},
				    .grond = "zaak 1"};
	uint64_t stop = hold(w, &one);
	flow_days_later(w, 190);
	flow_ticks(w, 4);
	assert_true(recalled_of(w, index).has_content);
	assert_false(recalled_of(w, other).has_content);
	assert_non_null(strstr(flow_control(w, "terms\n"), "gehouden 1\n"));
	assert_null(strstr(flow_control(w, "terms\n"), "te-laat"));
	assert_non_null(strstr(flow_control(w, "stops\n"), "stop-grond zaak 1\n"));
	assert_null(strstr(flow_control(w, "status\n"), "alarm stop-review "));
	struct stop_opdracht all = one;
	all.melding_count = 0;
	all.herzien = date_from_days(date_to_days(date_amsterdam(time_now(w->core))) + 2);
	uint64_t stop_all = hold(w, &all);
	hold(w, &(struct stop_opdracht){.einde = stop, .grond = "klaar"});
	flow_days_later(w, 5 * YEAR);
	flow_ticks(w, 4);
	assert_true(recalled_of(w, index).has_content);
	assert_non_null(recalled_of(w, other).verantwoording);
	core_look(w->core, time_now(w->core));
	char alarm[80];
	snprintf(alarm, sizeof alarm, "alarm stop-review %lld entry %llu\n",
		 (long long)(date_to_days(all.herzien) * MS_PER_DAY), (unsigned long long)stop_all);
	assert_non_null(strstr(flow_control(w, "status\n"), alarm));
	flow_assert_rebuild_equal(w);
	hold(w, &(struct stop_opdracht){.einde = stop_all, .grond = "klaar"});
	flow_ticks(w, 8);
	assert_int_equal(recalled_of(w, index).part_count, 0);
	assert_int_equal(recalled_of(w, other).part_count, 0);
	assert_int_equal(rows_of(w, STATE_STOP), 0);
}

// ---- interrupted ---------------------------------------------------------------------------

static bool erase_fails;

enum result __real_keystore_erase(struct keystore *keystore, const uint64_t *slots, size_t count);
enum result __wrap_keystore_erase(struct keystore *keystore, const uint64_t *slots, size_t count);
enum result __wrap_keystore_erase(struct keystore *keystore, const uint64_t *slots, size_t count)
{
	return erase_fails ? RESULT_IO : __real_keystore_erase(keystore, slots, count);
}

static void copy_file(struct flow_world *w, const char *from, const char *to)
{
	struct buffer file;
	buffer_init(&file, 4 << 20);
	assert_int_equal(file_read(temporary_path(w->folder, from), 4 << 20, &file), RESULT_OK);
	assert_int_equal(file_replace(temporary_path(w->folder, to), buffer_view(&file), 0600),
			 RESULT_OK);
	buffer_wipe(&file);
}

// The keystore as it was before brings back neither content nor account, whether state is kept or
// made again from the log.
static void a_keystore_of_before_brings_nothing_back(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &one_person, &index);
	flow_world_close(w);
	copy_file(w, "data/keystore", "backup");
	flow_world_open(w);
	flow_days_later(w, 190);
	flow_ticks(w, 4);
	flow_days_later(w, 5 * YEAR);
	flow_ticks(w, 5);
	for (int again = 0; again < 2; again++) {
		flow_world_close(w);
		copy_file(w, "backup", "data/keystore");
		if (again)
			assert_int_equal(
				core_discard_state(temporary_path(w->folder, "data/state")),
				RESULT_OK);
		flow_world_open(w);
		assert_int_equal(recalled_of(w, index).part_count, 0);
		assert_false(recalled_of(w, index).has_content || person_is_known(w, BSN));
		flow_assert_rebuild_equal(w);
	}
}

static void what_was_begun_is_finished_at_the_next_start(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &one_person, &index);
	flow_days_later(w, 190);
	flow_ticks(w, 4);
	flow_days_later(w, 5 * YEAR);
	flow_tick_now(w);
	assert_true(w->core->wissend);
	erase_fails = true;
	assert_int_equal(flow_overwrite_some(w->core), RESULT_IO);
	erase_fails = false;
	assert_true(w->core->readonly);
	assert_true(recalled_of(w, index).part_count > 0);
	flow_world_close(w);
	flow_world_open(w);
	assert_int_equal(recalled_of(w, index).part_count, 0);
	flow_ticks(w, 1);
	assert_int_equal(rows_of(w, STATE_WISSEND), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_goes_before_its_term),
		TEST(the_content_goes_at_its_term_and_the_account_of_it_stays),
		TEST(after_its_account_nothing_is_left_of_the_person),
		TEST(a_later_melding_of_the_same_person_keeps_it_known),
		TEST(what_was_weighed_goes_with_it),
		TEST(what_waits_behind_a_longer_term_goes_at_its_own),
		TEST(a_number_that_nobody_confirmed_outlives_its_melding),
		TEST(what_has_no_term_is_kept),
		TEST(what_is_held_stays_past_its_term),
		TEST(a_keystore_of_before_brings_nothing_back),
		TEST(what_was_begun_is_finished_at_the_next_start),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

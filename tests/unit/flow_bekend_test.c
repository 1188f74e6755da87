// SPDX-License-Identifier: EUPL-1.2
// A question about a person is answered by the house and passed on to those whom regels name; what
// they answer goes to who asked, and one delivery closes it. (spec K42, K43, K44, K45)
#include "flow_bekend.h"

#include "base/clock.h"

static int setup(void **state)
{
	return bekend_setup(state, BEKEND_TEXT);
}

static const char none[] = FLOW_HEAD("niemand") BEKEND_PARTIJEN BEKEND_ALTIJD BEKEND_HUIS;
static int setup_none(void **state)
{
	return bekend_setup(state, none);
}

static void says(const struct rubriek *rubriek, uint32_t veld, const char *waarde)
{
	struct bytes found = veld_get(rubriek->velden, rubriek->veld_count, veld);
	if (!bytes_equal(found, bytes_of_text(waarde)))
		fail_msg("%u: \"%.*s\", not \"%s\"", veld, (int)found.len, (const char *)found.data,
			 waarde);
}

static uint64_t asked(struct flow_world *w, const char *bsn)
{
	return flow_accepted(w, VRAGER, bekend_ask(w, bsn));
}

static const char *number(uint64_t n, char text[24])
{
	snprintf(text, 24, "%llu", (unsigned long long)n);
	return text;
}

// What the house itself answered is out of the way.
static uint64_t asked_and_read(struct flow_world *w, const char *bsn)
{
	uint64_t entry = asked(w, bsn), last = 0;
	struct ontvanger front = {.functie = "frontoffice"};
	memcpy(front.oin.text, VT, OIN_LEN);
	assert_int_equal(state_last_number(w->core->state, &front, &last), RESULT_OK);
	bekend_ack(w, VRAGER, "frontoffice", bekend_next(w, VRAGER, "frontoffice", last - 1));
	return entry;
}

static void the_house_answers_at_once_and_asks_whom_the_regels_name(void **state)
{
	struct flow_world *w = *state;
	struct rubriek rubriek;
	char text[24];
	flow_accepted(w, REGISSEUR,
		      dossier_say(w, REGISSEUR, TYPE_CASUS,
				  "medewerker mw-1\nsinds 2026-01-05\ncasus pgax:1\nbsn " KNOWN
				  "\nrol verdachte\nstatus opgepakt\npga ja\n"));
	uint64_t entry = asked(w, KNOWN);
	const struct delivery *told = bekend_next(w, VRAGER, "frontoffice", 0);
	assert_true(told->leaf.index == entry && !told->has_sender);
	assert_true(bekend_states(w, told, RUBRIEK_VERRIJKING_PGA, &rubriek));
	says(&rubriek, VERRIJKING_PGA_SINDS, "2026-01-05");
	// Each is told what it needs to find the person: the one has a ground for the number.
	const struct delivery *wmo = bekend_next(w, STAD, "wmo", 0);
	const struct part_verstrekking *part = flow_part(w, wmo);
	assert_true(part->betreft == entry && part->herkomst_onthouden && !wmo->has_sender);
	assert_true(bekend_states(w, wmo, RUBRIEK_BSN, &rubriek));
	says(&rubriek, BSN_WAARDE, KNOWN);
	assert_true(bekend_states(w, wmo, RUBRIEK_BEKEND_VRAAG, &rubriek));
	says(&rubriek, BEKEND_VRAAG_ENTRY, number(entry, text));
	says(&rubriek, BEKEND_VRAAG_VRAGER, "Veilig Thuis, frontoffice");
	says(&rubriek, BEKEND_VRAAG_AANLEIDING, "veilig-thuis");
	const struct delivery *zorg = bekend_next(w, ZORG, "behandeling", 0);
	assert_true(bekend_states(w, zorg, RUBRIEK_IDENTIFICATIE, &rubriek));
	says(&rubriek, IDENTIFICATIE_GESLACHTSNAAM, "Voorbeeld");
	says(&rubriek, IDENTIFICATIE_VOORNAMEN, "Kim");
	says(&rubriek, IDENTIFICATIE_GEBOORTEDATUM, "1990-05-17");
	assert_false(bekend_states(w, zorg, RUBRIEK_BSN, &rubriek));
	assert_false(bekend_states(w, zorg, RUBRIEK_VERRIJKING_PGA, &rubriek));
	// Who is not asked is told nothing, though a regel gives it names and numbers of everybody.
	assert_null(bekend_next(w, STAD, "oov", 0));
	assert_null(bekend_next(w, VRAGER, "balie", 0));
	assert_null(strstr(flow_control(w, "replay\nfrom 0\n"), "differ"));
}

static void whom_it_goes_to_does_not_depend_on_what_is_known(void **state)
{
	struct flow_world *w = *state;
	flow_accepted(w, REGISSEUR,
		      dossier_say(w, REGISSEUR, TYPE_CASUS,
				  "medewerker mw-1\nsinds 2026-01-05\ncasus pgax:1\nbsn " KNOWN
				  "\nrol verdachte\nstatus opgepakt\npga ja\n"));
	static const char *const persons[] = {KNOWN, UNKNOWN};
	for (uint64_t i = 0; i < 2; i++) {
		asked(w, persons[i]);
		assert_non_null(bekend_next(w, STAD, "wmo", i));
		assert_non_null(bekend_next(w, ZORG, "behandeling", i));
	}
}

static void where_no_regel_asks_the_question_ends_with_its_answer(void **state)
{
	struct flow_world *w = *state;
	uint64_t size = journal_size(w->core->journal), entry = asked(w, UNKNOWN);
	assert_int_equal(journal_size(w->core->journal), size + 1);
	assert_null(bekend_next(w, STAD, "wmo", 0));
	assert_null(strstr(bekend_open(w, VRAGER), "afsluiting"));
	flow_refused(w, STAD, bekend_say(w, STAD, entry, JA), REASON_NOT_OWED);
}

static void who_is_asked_owes_and_who_asks_waits(void **state)
{
	struct flow_world *w = *state;
	char line[120];
	uint64_t entry = asked_and_read(w, UNKNOWN);
	snprintf(line, sizeof line, " bekend vraag-wmo " FLOW_STAD "/wmo entry=%llu trap=open",
		 (unsigned long long)entry);
	assert_non_null(strstr(bekend_open(w, STAD), line));
	assert_null(strstr(bekend_open(w, STAD), "afsluiting"));
	assert_non_null(strstr(bekend_open(w, REGISSEUR), line)); // the house sees who owes
	assert_null(strstr(bekend_open(w, REGISSEUR), "afsluiting"));
	assert_null(strstr(bekend_open(w, ZORG), "/wmo"));
	snprintf(line, sizeof line,
		 " afsluiting bekend.vraag " VT "/frontoffice entry=%llu trap=wacht",
		 (unsigned long long)entry);
	assert_non_null(strstr(bekend_open(w, VRAGER), line));
	assert_null(strstr(bekend_open(w, VRAGER), " bekend vraag")); // not whom
	// Within a day of the term it is reminded.
	flow_clock_ahead += 30 * MS_PER_HOUR;
	flow_ticks(w, 1);
	assert_non_null(strstr(bekend_open(w, STAD), "trap=herinnering"));
	flow_accepted(w, STAD, bekend_say(w, STAD, entry, NEE));
	assert_null(strstr(bekend_open(w, STAD), " bekend "));
	assert_non_null(strstr(bekend_open(w, VRAGER), line));
	flow_clock_ahead = 0;
}

static void who_knows_the_person_is_named_to_who_asked_at_once(void **state)
{
	struct flow_world *w = *state;
	struct rubriek rubriek;
	char text[24];
	uint64_t entry = asked_and_read(w, UNKNOWN);
	uint64_t index = flow_accepted(
		w, STAD, bekend_say(w, STAD, entry, JA "bereikbaar ma-vr 09:00-17:00\n"));
	const struct delivery *told = bekend_next(w, VRAGER, "frontoffice", 1);
	assert_true(told->leaf.index == index && !told->has_sender);
	assert_true(bekend_states(w, told, RUBRIEK_BEKEND_ANTWOORD, &rubriek));
	says(&rubriek, BEKEND_BIJ_ENTRY, number(entry, text));
	says(&rubriek, BEKEND_BIJ_DOOR, "De stad");
	says(&rubriek, BEKEND_BIJ_BETROKKEN, "nu");
	assert_true(bekend_states(w, told, RUBRIEK_BEKEND_CONTACT, &rubriek));
	says(&rubriek, BEKEND_CONTACT_TELEFOON, "043-1234567");
	says(&rubriek, BEKEND_CONTACT_BEREIKBAAR, "ma-vr 09:00-17:00");
	// To nobody else, though the regel names whoever asks.
	assert_null(bekend_next(w, VRAGER, "balie", 0));
	assert_null(bekend_next(w, REGISSEUR, "regisseur", 0));
	assert_null(strstr(flow_control(w, "replay\nfrom 0\n"), "differ"));
}

static void what_was_not_asked_of_who_answers_is_refused(void **state)
{
	struct flow_world *w = *state;
	uint64_t entry = asked_and_read(w, UNKNOWN);
	// Never asked: no such entry, one that is no question, and who was not asked.
	flow_refused(w, STAD, bekend_say(w, STAD, 99999, JA), REASON_NOT_OWED);
	flow_refused(w, STAD, bekend_say(w, STAD, 1, JA), REASON_NOT_OWED);
	flow_refused(w, POLITIE, bekend_say(w, POLITIE, entry, JA), REASON_NOT_OWED);
	flow_refused(w, VRAGER, bekend_say(w, VRAGER, entry, JA), REASON_NOT_OWED);
	// Half an answer, and one that contradicts itself.
	flow_refused(w, STAD, bekend_say(w, STAD, entry, "bekend ja\ntelefoon 043-1234567\n"),
		     REASON_MISSING_FIELD);
	flow_refused(w, STAD, bekend_say(w, STAD, entry, "bekend ja\nbetrokken nu\n"),
		     REASON_MISSING_FIELD);
	flow_refused(w, STAD, bekend_say(w, STAD, entry, "bekend nee\nbetrokken eerder\n"),
		     REASON_BAD_VALUE);
	flow_accepted(w, STAD, bekend_say(w, STAD, entry, NEE));
	// Once more, with something else.
	flow_refused(w, STAD, bekend_say(w, STAD, entry, JA), REASON_NOT_OWED);
	assert_null(bekend_next(w, VRAGER, "frontoffice", 1));
}

static void closed(struct flow_world *w, uint64_t entry, uint64_t after)
{
	const struct delivery *last = bekend_next(w, VRAGER, "frontoffice", after);
	assert_non_null(last);
	const struct part_verstrekking *part = flow_part(w, last);
	assert_int_equal(part->soort, VERSTREKKING_AFGESLOTEN);
	assert_true(part->betreft == entry && part->grond_count == 0 && !part->has_verrijking);
	assert_false(last->has_sender);
	assert_null(bekend_next(w, VRAGER, "frontoffice", after + 1));
}

static void the_rest_comes_as_one_closing_at_the_last_term(void **state)
{
	struct flow_world *w = *state;
	uint64_t entry = asked_and_read(w, UNKNOWN);
	flow_accepted(w, STAD, bekend_say(w, STAD, entry, NEE));
	flow_accepted(w, ZORG, bekend_say(w, ZORG, entry, NEE));
	// All answered: it closes no sooner.
	flow_days_later(w, 2);
	flow_ticks(w, 2);
	assert_null(bekend_next(w, VRAGER, "frontoffice", 1));
	flow_days_later(w, 1);
	flow_ticks(w, 2);
	closed(w, entry, 1);
	assert_null(strstr(bekend_open(w, VRAGER), "afsluiting"));
	flow_clock_ahead = 0;
}

static void who_did_not_answer_is_not_told_apart_and_can_not_any_more(void **state)
{
	struct flow_world *w = *state;
	uint64_t entry = asked_and_read(w, UNKNOWN), other = asked_and_read(w, KNOWN);
	flow_days_later(w, 3);
	flow_ticks(w, 2);
	const struct delivery *first = bekend_next(w, VRAGER, "frontoffice", 2);
	assert_true(flow_part(w, first)->betreft == entry);
	closed(w, other, 3);
	flow_refused(w, ZORG, bekend_say(w, ZORG, entry, JA "grond meldrecht\n"), REASON_NOT_OWED);
	assert_null(strstr(bekend_open(w, ZORG), " bekend "));
	flow_clock_ahead = 0;
}

// Without toestemming nothing of the GGZ goes: it comes out as if the person were not known there.
static void the_ggz_is_heard_with_a_ground_only(void **state)
{
	struct flow_world *w = *state;
	struct rubriek rubriek;
	uint64_t entry = asked_and_read(w, UNKNOWN), other = asked_and_read(w, KNOWN);
	flow_accepted(w, ZORG, bekend_say(w, ZORG, entry, JA));
	assert_null(bekend_next(w, VRAGER, "frontoffice", 2));
	flow_accepted(w, ZORG,
		      bekend_say(w, ZORG, other, JA "grond toestemming\ngever betrokkene\n"));
	const struct delivery *told = bekend_next(w, VRAGER, "frontoffice", 2);
	assert_non_null(told);
	assert_true(bekend_states(w, told, RUBRIEK_BEKEND_ANTWOORD, &rubriek));
	says(&rubriek, BEKEND_BIJ_DOOR, "Kliniek");
	assert_null(strstr(flow_control(w, "replay\nfrom 0\n"), "differ"));
}

static struct flow_sent *withdraw(struct flow_world *w, struct flow_party *who, uint64_t entry)
{
	char lines[80];
	snprintf(lines, sizeof lines, "entry %llu\nmedewerker vt-1\n", (unsigned long long)entry);
	return dossier_say(w, who, TYPE_VERRIJKING_INTREKKING, lines);
}

static void a_question_that_is_withdrawn_is_answered_by_nobody(void **state)
{
	struct flow_world *w = *state;
	uint64_t entry = asked_and_read(w, UNKNOWN);
	const struct delivery *wmo = bekend_next(w, STAD, "wmo", 0);
	assert_int_equal(flow_part(w, wmo)->soort, VERSTREKKING_GEGEVEN);
	bekend_ack(w, STAD, "wmo", wmo);
	flow_refused(w, STAD, withdraw(w, STAD, entry), REASON_NOT_OWED);
	flow_accepted(w, VRAGER, withdraw(w, VRAGER, entry));
	flow_refused(w, VRAGER, withdraw(w, VRAGER, entry), REASON_NOT_OWED);
	flow_refused(w, STAD, bekend_say(w, STAD, entry, JA), REASON_NOT_OWED);
	// What was not fetched lapses under its number, and says nothing of the person.
	const struct delivery *zorg = bekend_next(w, ZORG, "behandeling", 0);
	assert_int_equal(flow_part(w, zorg)->soort, VERSTREKKING_VERVALLEN);
	assert_int_equal(zorg->verrijking_count, 0);
	flow_days_later(w, 4);
	flow_ticks(w, 3);
	assert_null(bekend_next(w, VRAGER, "frontoffice", 1)); // nothing is closed once more
	flow_clock_ahead = 0;
}

static void a_toestemming_that_is_withdrawn_takes_its_answer_with_it(void **state)
{
	struct flow_world *w = *state;
	char lines[80];
	uint64_t entry = asked_and_read(w, UNKNOWN);
	const char *with = JA "grond toestemming\ngever betrokkene\n";
	uint64_t index = flow_accepted(w, ZORG, bekend_say(w, ZORG, entry, with));
	uint64_t known = flow_accepted(w, STAD, bekend_say(w, STAD, entry, JA));
	snprintf(lines, sizeof lines, "entry %llu\nmedewerker mw-1\n", (unsigned long long)known);
	flow_refused(w, STAD, dossier_say(w, STAD, TYPE_INTREKKING, lines), REASON_NOT_FOUND);
	snprintf(lines, sizeof lines, "entry %llu\nmedewerker mw-1\n", (unsigned long long)index);
	flow_accepted(w, ZORG, dossier_say(w, ZORG, TYPE_INTREKKING, lines));
	const struct delivery *told = bekend_next(w, VRAGER, "frontoffice", 1);
	assert_int_equal(flow_part(w, told)->soort, VERSTREKKING_VERVALLEN);
	assert_int_equal(told->verrijking_count, 0);
	told = bekend_next(w, VRAGER, "frontoffice", 2); // that of the gemeente stands
	assert_int_equal(flow_part(w, told)->soort, VERSTREKKING_GEGEVEN);
	assert_non_null(strstr(bekend_open(w, STAD), " bekend ") ? NULL : w);
}

static void what_was_fetched_of_a_withdrawn_toestemming_is_said_not_to_be_used(void **state)
{
	struct flow_world *w = *state;
	char lines[80];
	uint64_t entry = asked_and_read(w, UNKNOWN);
	uint64_t index = flow_accepted(
		w, ZORG, bekend_say(w, ZORG, entry, JA "grond toestemming\ngever betrokkene\n"));
	bekend_ack(w, VRAGER, "frontoffice", bekend_next(w, VRAGER, "frontoffice", 1));
	snprintf(lines, sizeof lines, "entry %llu\nmedewerker mw-1\n", (unsigned long long)index);
	flow_accepted(w, ZORG, dossier_say(w, ZORG, TYPE_INTREKKING, lines));
	const struct delivery *told = bekend_next(w, VRAGER, "frontoffice", 2);
	assert_non_null(told);
	assert_int_equal(flow_part(w, told)->soort, VERSTREKKING_INGETROKKEN);
	assert_true(flow_part(w, told)->betreft == index);
	assert_non_null(bekend_next(w, STAD, "wmo", 0)); // nobody else's question lapsed
	assert_int_equal(flow_part(w, bekend_next(w, STAD, "wmo", 0))->soort, VERSTREKKING_GEGEVEN);
}

// The officer's story of a question: what each was told, by which facts, and who answered.
static void why_tells_of_who_asked_and_of_who_was_asked(void **state)
{
	struct flow_world *w = *state;
	char request[200];
	struct flow_sent *question = bekend_ask(w, UNKNOWN);
	uint64_t entry = flow_accepted(w, VRAGER, question);
	struct flow_sent *answer = bekend_say(w, STAD, entry, JA);
	flow_accepted(w, STAD, answer);
	snprintf(request, sizeof request, "why\nid %s\nontvanger stad/wmo\n", question->id);
	const char *told = flow_control(w, request);
	assert_non_null(strstr(told, "feit vraag=bekend.vraag"));
	assert_non_null(strstr(told, "rubriek bsn\ngegeven "));
	assert_non_null(strstr(told, "g-antwoord " FLOW_STAD));
	snprintf(request, sizeof request, "why\nid %s\nontvanger vt/frontoffice\n", question->id);
	told = flow_control(w, request);
	assert_non_null(strstr(told, "feit vraag=verrijking.verzoek"));
	assert_null(strstr(told, "\nook "));
	assert_null(strstr(told, "rubriek bsn"));
	snprintf(request, sizeof request, "why\nid %s\nontvanger vt/frontoffice\n", answer->id);
	told = flow_control(w, request);
	assert_non_null(strstr(told, "feit vraag=bekend.antwoord"));
	assert_non_null(strstr(told, "rubriek bekend.contact\ngegeven "));
}

static bool has_content(struct flow_world *w, uint64_t entry)
{
	struct recalled recalled;
	assert_int_equal(
		recall_entry(w->core, entry, RECALL_PARTS_AND_CONTENT, w->arena, &recalled),
		RESULT_OK);
	return recalled.has_content;
}

static void what_was_asked_in_vain_is_gone_a_day_after_it_closed(void **state)
{
	struct flow_world *w = *state;
	uint64_t entry = asked_and_read(w, UNKNOWN);
	uint64_t answer = flow_accepted(w, STAD, bekend_say(w, STAD, entry, JA));
	bekend_ack(w, STAD, "wmo", bekend_next(w, STAD, "wmo", 0));
	bekend_ack(w, ZORG, "behandeling", bekend_next(w, ZORG, "behandeling", 0));
	bekend_ack(w, VRAGER, "frontoffice", bekend_next(w, VRAGER, "frontoffice", 1));
	flow_days_later(w, 3);
	flow_ticks(w, 2);
	assert_true(has_content(w, entry) && has_content(w, entry + 1) && has_content(w, answer));
	flow_days_later(w, 1);
	flow_ticks(w, 4);
	assert_false(has_content(w, entry) || has_content(w, entry + 1) || has_content(w, answer));
	// Of whom it was about nothing was ever recorded.
	struct identificatie id = {ID_BSN, bytes_of_text(UNKNOWN)};
	uint8_t handle[HANDLE_LEN];
	assert_int_equal(state_person(w->core->state, &id, handle), RESULT_NOT_FOUND);
	flow_clock_ahead = 0;
}

static void under_a_newer_convenant_what_was_not_fetched_lapses_and_it_closes(void **state)
{
	struct flow_world *w = *state;
	uint64_t entry = asked_and_read(w, UNKNOWN);
	flow_convenant(w,
		       FLOW_HEAD("bekend-2") BEKEND_PARTIJEN BEKEND_ALTIJD BEKEND_HUIS BEKEND_TOLD);
	flow_recheck_all(w);
	const struct delivery *wmo = bekend_next(w, STAD, "wmo", 0);
	assert_int_equal(flow_part(w, wmo)->soort, VERSTREKKING_VERVALLEN);
	assert_null(strstr(bekend_open(w, STAD), " bekend ")); // it never saw the question
	flow_days_later(w, 3);
	flow_ticks(w, 2);
	closed(w, entry, 1);
	flow_convenant(w, BEKEND_TEXT);
	flow_recheck_all(w);
	closed(w, entry, 1); // said again under its number
	flow_clock_ahead = 0;
}

static void a_question_needs_a_number_and_a_functie_that_is_held(void **state)
{
	struct flow_world *w = *state;
	static const char rest[] = "geslachtsnaam Voorbeeld\ngeboortedatum 1990-05-17\n"
				   "aanleiding triage\nmedewerker vt-1\n";
	char lines[300];
	snprintf(lines, sizeof lines, "functie frontoffice\n%s", rest);
	flow_refused(w, VRAGER, dossier_say(w, VRAGER, TYPE_VERRIJKING_VERZOEK, lines),
		     REASON_IDENTIFICATION);
	snprintf(lines, sizeof lines, "functie wmo\nbsn " UNKNOWN "\n%s", rest);
	flow_refused(w, VRAGER, dossier_say(w, VRAGER, TYPE_VERRIJKING_VERZOEK, lines),
		     REASON_FUNCTIE_NOT_HELD);
	// Who no regel passes it on for asks nobody.
	snprintf(lines, sizeof lines, "functie wijk\nbsn " UNKNOWN "\n%s", rest);
	flow_accepted(w, POLITIE, dossier_say(w, POLITIE, TYPE_VERRIJKING_VERZOEK, lines));
	assert_null(bekend_next(w, STAD, "wmo", 0));
	const struct delivery *told = bekend_next(w, POLITIE, "wijk", 0);
	assert_true(told && told->verrijking_count == 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_house_answers_at_once_and_asks_whom_the_regels_name),
		TEST(whom_it_goes_to_does_not_depend_on_what_is_known),
		cmocka_unit_test_setup_teardown(
			where_no_regel_asks_the_question_ends_with_its_answer, setup_none,
			flow_world_end),
		TEST(who_is_asked_owes_and_who_asks_waits),
		TEST(who_knows_the_person_is_named_to_who_asked_at_once),
		TEST(what_was_not_asked_of_who_answers_is_refused),
		TEST(the_rest_comes_as_one_closing_at_the_last_term),
		TEST(who_did_not_answer_is_not_told_apart_and_can_not_any_more),
		TEST(the_ggz_is_heard_with_a_ground_only),
		TEST(a_question_that_is_withdrawn_is_answered_by_nobody),
		TEST(a_toestemming_that_is_withdrawn_takes_its_answer_with_it),
		TEST(what_was_fetched_of_a_withdrawn_toestemming_is_said_not_to_be_used),
		TEST(why_tells_of_who_asked_and_of_who_was_asked),
		TEST(what_was_asked_in_vain_is_gone_a_day_after_it_closed),
		TEST(under_a_newer_convenant_what_was_not_fetched_lapses_and_it_closes),
		TEST(a_question_needs_a_number_and_a_functie_that_is_held),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

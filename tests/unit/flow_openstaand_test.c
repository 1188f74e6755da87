// SPDX-License-Identifier: EUPL-1.2
// What is owed, as who owes it is told: its own, in order of due time, and nobody else's; what is
// late climbs to the deputy and the manager of that organisation; the house sees what everybody
// owes.
#include "flow_convenanten.h"
#include "flow_world.h"

#define DAY INT64_C(86400000)
#define MANY 300 // more than one answer looks at

static const char text[] = FLOW_HEAD("een")
	FLOW_PARTIJEN FLOW_VERSTREK("wmo-leest", "", AAN_WMO, "kenmerken, herkomst") FLOW_VERSTREK(
		"zorg-gewogen", FLOW_WEGING("regisseur", "ja"), AAN_ZORG, "kenmerken, herkomst");
static const struct flow_case one = {.count = 1, .persons = {{.rol = "getuige"}}};

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "regisseur");
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "regisseur-plv");
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "manager");
	flow_enrol(w, FLOW_STAD, "gemeente", "manager");
	flow_enrol(w, FLOW_ZORG, "ggz", "manager,behandeling");
	flow_convenant(w, text);
	*state = w;
	return 0;
}

#define REGISSEUR (&w->parties[2])
#define DEPUTY (&w->parties[3])
#define MANAGER (&w->parties[4])
#define STAD_MANAGER (&w->parties[5])
#define ZORG (&w->parties[6])

static uint64_t meld(struct flow_world *w)
{
	struct flow_sent *melding = flow_melding(w, POLITIE, &one);
	flow_forget_frames(w);
	flow_send_one(w, melding);
	return flow_accepted(w, POLITIE, melding);
}

static void correct(struct flow_world *w, uint64_t index)
{
	char entry[24];
	snprintf(entry, sizeof entry, "%llu", (unsigned long long)index);
	struct veld velden[] = {{CORRECTIE_ENTRY, bytes_of_text(entry)},
				{CORRECTIE_CORRECTIE, bytes_of_text("onjuist")},
				{CORRECTIE_MEDEWERKER, bytes_of_text("mw-1")},
				{CORRECTIE_MOTIVERING, bytes_of_text("verwisseld")}};
	struct flow_sent *sent = flow_say(w, POLITIE, TYPE_CORRECTIE, velden, COUNT_OF(velden));
	flow_send_one(w, sent);
	flow_accepted(w, POLITIE, sent);
}

static const struct reply *ask(struct flow_world *w, struct flow_party *who, const char *na)
{
	struct veld veld = {OPEN_NA, bytes_of_text(na ? na : "")};
	struct flow_sent *sent = flow_say(w, who, TYPE_OPEN, &veld, na != NULL);
	flow_forget_frames(w);
	flow_send_one(w, sent);
	const struct reply *reply = flow_answer(w, who, sent);
	assert_non_null(reply);
	return reply;
}

// The lines it is told, on the arena.
static const char *told(struct flow_world *w, struct flow_party *who, const char *na)
{
	const struct reply *reply = ask(w, who, na);
	assert_int_equal(reply->outcome, OUTCOME_AANVAARD);
	char *lines = arena_alloc(w->arena, reply->antwoord.len + 1);
	memcpy(lines, reply->antwoord.data, reply->antwoord.len);
	lines[reply->antwoord.len] = '\0';
	return lines;
}

static size_t count(const char *lines, const char *what)
{
	size_t found = 0;
	for (const char *p = strstr(lines, what); p; p = strstr(p + 1, what))
		found++;
	return found;
}

static size_t owed(struct flow_world *w, struct flow_party *who)
{
	return count(told(w, who, NULL), "\nobligation ");
}

static void each_is_told_its_own_and_the_house_of_all(void **state)
{
	struct flow_world *w = *state;
	correct(w, meld(w));
	const char *of_house = told(w, REGISSEUR, NULL);
	assert_int_equal(count(of_house, "\nobligation "), 2);
	const char *weging = strstr(of_house, " weging zorg-gewogen " FLOW_HOUSE "/regisseur "
					      "uitkomsten=ja,nee entry=");
	const char *opvolging = strstr(of_house, " opvolging onjuist " FLOW_STAD "/wmo entry=");
	assert_true(weging && opvolging && weging < opvolging); // by their day
	assert_non_null(strstr(weging, " trap="));
	assert_null(strstr(of_house, "\nna "));
	const char *of_stad = told(w, STAD, NULL);
	assert_int_equal(count(of_stad, "\nobligation "), 1);
	assert_non_null(strstr(of_stad, " opvolging onjuist "));
	assert_non_null(strstr(of_stad, " trap=open\n"));
	// Its source is not told to whom it went, nor that it waits for a weging.
	assert_int_equal(owed(w, POLITIE), 0);
	assert_int_equal(owed(w, ZORG), 0);
	uint64_t size = journal_size(w->core->journal);
	assert_int_equal(owed(w, STAD), 1);
	assert_int_equal(journal_size(w->core->journal), size); // nothing is written
}

static void what_is_late_climbs(void **state)
{
	struct flow_world *w = *state;
	correct(w, meld(w));
	static const struct {
		int64_t days;
		const char *own;
		size_t stad_manager;
	} stages[] = {{0, " trap=open\n", 0},
		      {6, " trap=herinnering\n", 0},
		      {2, " trap=te-laat\n", 0},
		      {3, " trap=te-laat\n", 1}};
	assert_int_equal(owed(w, DEPUTY), 1); // what others owe to the house
	for (size_t i = 0; i < COUNT_OF(stages); i++) {
		if (stages[i].days)
			flow_days_later(w, stages[i].days);
		assert_non_null(strstr(told(w, STAD, NULL), stages[i].own));
		assert_int_equal(owed(w, STAD_MANAGER), stages[i].stad_manager);
	}
	assert_non_null(strstr(told(w, STAD_MANAGER, NULL), "/wmo entry="));
	assert_non_null(strstr(told(w, STAD_MANAGER, NULL), " trap=manager\n"));
	// The weging of the house was due on the next working day.
	assert_non_null(strstr(told(w, DEPUTY, NULL), " trap=plaatsvervanger\n"));
	assert_non_null(strstr(told(w, MANAGER, NULL), " trap=manager\n"));
	assert_int_equal(owed(w, ZORG), 0); // a manager of another organisation
}

static void what_is_answered_is_owed_no_more(void **state)
{
	struct flow_world *w = *state;
	struct flow_judgement no = {.regel = "zorg-gewogen", .uitkomst = "nee"};
	no.melding = meld(w);
	assert_int_equal(owed(w, REGISSEUR), 1);
	struct flow_sent *weging = flow_weging(w, REGISSEUR, &no);
	flow_send_one(w, weging);
	flow_accepted(w, REGISSEUR, weging);
	assert_int_equal(owed(w, REGISSEUR), 0);
}

static void much_is_told_in_pieces(void **state)
{
	struct flow_world *w = *state;
	char na[80] = "";
	size_t found = 0, pieces = 0;
	for (size_t i = 0; i < MANY; i++)
		meld(w);
	do {
		const char *lines = told(w, REGISSEUR, na[0] ? na : NULL);
		const char *place = strstr(lines, "\nna ");
		found += count(lines, "\nobligation ");
		pieces++;
		na[0] = '\0';
		if (place)
			sscanf(place, "\nna %79s", na);
	} while (na[0]);
	assert_int_equal(found, MANY);
	assert_true(pieces > 1);
	static const char *const odd[] = {
		"1", "1.2.3", "na",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::"};
	for (size_t i = 0; i < COUNT_OF(odd); i++) {
		const struct reply *reply = ask(w, REGISSEUR, odd[i]);
		assert_int_equal(reply->outcome, OUTCOME_GEWEIGERD);
		assert_int_equal(reply->reason, REASON_BAD_VALUE);
	}
}

// Where an answer ended is where another owes something: when, of which melding and how much of it
// stands in no letter of the place, and nobody asks from a place of his choice.
static void a_place_says_nothing_of_what_others_owe(void **state)
{
	struct flow_world *w = *state;
	char na[2][80] = {"", ""};
	for (size_t i = 0; i < MANY; i++)
		meld(w);
	for (size_t i = 0; i < 2; i++) {
		const char *lines = told(w, POLITIE, NULL);
		assert_int_equal(count(lines, "\nobligation "), 0);
		assert_int_equal(sscanf(strstr(lines, "\nna "), "\nna %79s", na[i]), 1);
		assert_int_equal(strlen(na[i]), 64);
	}
	assert_string_not_equal(na[0], na[1]); // nor whether it is the same
	assert_int_equal(count(told(w, POLITIE, na[0]), "\nna "), 0);
	assert_int_equal(ask(w, REGISSEUR, na[0])->reason, REASON_BAD_VALUE);
	na[0][20] = na[0][20] == 'A' ? 'B' : 'A';
	assert_int_equal(ask(w, POLITIE, na[0])->reason, REASON_BAD_VALUE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_is_told_its_own_and_the_house_of_all), TEST(what_is_late_climbs),
		TEST(what_is_answered_is_owed_no_more),          TEST(much_is_told_in_pieces),
		TEST(a_place_says_nothing_of_what_others_owe),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

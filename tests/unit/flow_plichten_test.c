// SPDX-License-Identifier: EUPL-1.2
// What is owed to a person for what was given: that he is informed (AVG art. 14), and that it is
// followed how it goes after a huisverbod (R43). In simulated time.
#include "flow_convenanten.h"
#include "flow_world.h"

#include "base/clock.h"

#define PLICHTEN(door)                                                                             \
	"    vereis: {informeren: {door: " door ", binnen: P1M},\n"                                \
	"             volgen: {door: {partij: stad, functie: oov}, iedere: P3M, duur: P1Y}}\n"     \
	"    bewaar: {inhoud: P14M, verantwoording: P5Y}\n"
static const char plichten[] = FLOW_HEAD("plichten") FLOW_PARTIJEN FLOW_VERSTREK(
	"wmo-leest", PLICHTEN("regisseur"), AAN_WMO, "kenmerken, identificatie")
	FLOW_VERSTREK("oov-leest", "", AAN_OOV, "identificatie");
static const char gewogen[] = FLOW_HEAD("gewogen") FLOW_PARTIJEN FLOW_VERSTREK(
	"wmo-leest",
	"    vereis: {informeren: {door: regisseur, binnen: P1M},\n"
	"             weging: {door: regisseur, uitkomst: ja, binnen: \"1 werkdag\"}}\n",
	AAN_WMO, "identificatie");
static const char zonder[] =
	FLOW_HEAD("zonder") FLOW_PARTIJEN FLOW_VERSTREK("wmo-leest", "", AAN_WMO, "identificatie");
// Only the kenmerken of the incident: nobody to inform.
static const char niemand[] = FLOW_HEAD("niemand")
	FLOW_PARTIJEN FLOW_VERSTREK("wmo-leest", PLICHTEN("regisseur"), AAN_WMO, "kenmerken");

static const struct flow_case two = {
	.soort = "wth",
	.count = 2,
	.persons = {{.rol = "pleger", .bsn = "999990019", .geslachtsnaam = "Een"},
		    {.rol = "slachtoffer", .bsn = "999990020", .geslachtsnaam = "Twee"}}};

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "regisseur,regisseur-plv");
	flow_convenant(w, plichten);
	*state = w;
	return 0;
}

#define REGISSEUR (&w->parties[2])

struct said {
	uint64_t entry;
	const char *uitkomst, *betrokkene; // betrokkene NULL: it is volgen
	const char *grond, *tot;
};

static struct flow_sent *say(struct flow_world *w, struct flow_party *who, const struct said *said)
{
	char entry[24];
	snprintf(entry, sizeof entry, "%llu", (unsigned long long)said->entry);
	struct veld informeren[8] = {{INFORMEREN_ENTRY, bytes_of_text(entry)},
				     {INFORMEREN_REGEL, bytes_of_text("wmo-leest")}};
	struct veld volgen[] = {{VOLGEN_ENTRY, bytes_of_text(entry)},
				{VOLGEN_REGEL, bytes_of_text("wmo-leest")},
				{VOLGEN_UITKOMST, bytes_of_text(said->uitkomst)},
				{VOLGEN_MEDEWERKER, bytes_of_text("mw-1")}};
	size_t n = 2;
	if (said->betrokkene) {
		informeren[n++] =
			(struct veld){INFORMEREN_BETROKKENE, bytes_of_text(said->betrokkene)};
		informeren[n++] = (struct veld){INFORMEREN_UITKOMST, bytes_of_text(said->uitkomst)};
		if (said->grond)
			informeren[n++] =
				(struct veld){INFORMEREN_GROND, bytes_of_text(said->grond)};
		if (said->tot)
			informeren[n++] = (struct veld){INFORMEREN_TOT, bytes_of_text(said->tot)};
		informeren[n++] = (struct veld){INFORMEREN_MEDEWERKER, bytes_of_text("mw-1")};
	}
	struct flow_sent *sent = said->betrokkene
					 ? flow_say(w, who, TYPE_INFORMEREN, informeren, n)
					 : flow_say(w, who, TYPE_VOLGEN, volgen, COUNT_OF(volgen));
	flow_send_one(w, sent);
	return sent;
}

static size_t owed(struct flow_world *w, const char *what)
{
	size_t found = 0;
	for (const char *at = flow_control(w, "status\n"); (at = strstr(at, what)); at++)
		found++;
	return found;
}

// The day that many days from now, in Amsterdam.
static const char *day(struct flow_world *w, int days)
{
	struct civil_date date =
		date_from_days(date_to_days(date_amsterdam(time_now(w->core))) + days);
	char *text = arena_alloc(w->arena, 16);
	snprintf(text, 16, "%04d-%02d-%02d", date.year % 10000, date.month % 100, date.day % 100);
	return text;
}

static const char *open_of(struct flow_world *w, struct flow_party *who)
{
	struct flow_sent *sent = flow_say(w, who, TYPE_OPEN, NULL, 0);
	flow_forget_frames(w);
	flow_send_one(w, sent);
	const struct reply *reply = flow_answer(w, who, sent);
	assert_int_equal(reply->outcome, OUTCOME_AANVAARD);
	char *lines = arena_alloc(w->arena, reply->antwoord.len + 1);
	memcpy(lines, reply->antwoord.data, reply->antwoord.len);
	lines[reply->antwoord.len] = '\0';
	return lines;
}

#define INFORMEREN " informeren wmo-leest " FLOW_HOUSE "/regisseur entry="
#define VOLGEN " volgen wmo-leest " FLOW_STAD "/oov entry="

static void each_betrokkene_is_to_be_informed_of_what_was_given(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	struct flow_sent *melding = flow_melded(w, POLITIE, &two, &index);
	assert_int_equal(owed(w, INFORMEREN), 2);
	assert_int_equal(owed(w, VOLGEN), 1);
	const char *lines = open_of(w, REGISSEUR);
	assert_non_null(strstr(lines, " betrokkene=1 trap=open\n"));
	assert_non_null(strstr(lines, " betrokkene=2 trap=open\n"));
	// Only who owes it says it, of who is there, and once.
	struct said said = {index, "geinformeerd", "1", NULL, NULL};
	flow_refused(w, STAD, say(w, STAD, &said), REASON_NOT_OWED);
	flow_accepted(w, REGISSEUR, say(w, REGISSEUR, &said));
	flow_refused(w, REGISSEUR, say(w, REGISSEUR, &said), REASON_NOT_OWED);
	said.betrokkene = "3";
	flow_refused(w, REGISSEUR, say(w, REGISSEUR, &said), REASON_NOT_OWED);
	assert_int_equal(owed(w, INFORMEREN), 1);
	assert_null(strstr(open_of(w, REGISSEUR), " betrokkene=1 "));
	char request[160];
	snprintf(request, sizeof request,
		 "why\nid %s\nontvanger " FLOW_STAD "/wmo\nbetrokkene 1\nrubriek identificatie\n",
		 melding->id);
	lines = flow_control(w, request);
	assert_non_null(
		strstr(lines, "g-informeren wmo-leest 1 " FLOW_HOUSE " geinformeerd - -\n"));
	lines = flow_control(w, "inzage\nbsn 999990019\n");
	assert_non_null(strstr(lines, "m-geinformeerd "));
	assert_null(strstr(flow_control(w, "inzage\nbsn 999990020\n"), "m-geinformeerd "));
}

static void what_is_put_off_comes_back_when_its_day_is_past(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &two, &index);
	struct said said = {index, "geinformeerd", "1", "onderzoek", day(w, 60)};
	flow_refused(w, REGISSEUR, say(w, REGISSEUR, &said), REASON_BAD_VALUE);
	said.uitkomst = "uitgesteld";
	said.grond = NULL;
	flow_refused(w, REGISSEUR, say(w, REGISSEUR, &said), REASON_MISSING_FIELD);
	said.grond = "geen-zin";
	flow_refused(w, REGISSEUR, say(w, REGISSEUR, &said), REASON_UNKNOWN_CODE);
	said.grond = "onderzoek";
	const char *days[] = {day(w, 0), day(w, -1), NULL};
	for (size_t i = 0; i < COUNT_OF(days); i++) {
		said.tot = days[i];
		flow_refused(w, REGISSEUR, say(w, REGISSEUR, &said),
			     days[i] ? REASON_BAD_VALUE : REASON_MISSING_FIELD);
	}
	said.tot = day(w, 60);
	flow_accepted(w, REGISSEUR, say(w, REGISSEUR, &said));
	assert_int_equal(owed(w, INFORMEREN), 2);
	flow_days_later(w, 45); // past the month, for the other
	const char *lines = open_of(w, REGISSEUR);
	assert_non_null(strstr(lines, " betrokkene=1 trap=open\n"));
	assert_non_null(strstr(lines, " betrokkene=2 trap=te-laat\n"));
	said = (struct said){index, "geinformeerd", "2", NULL, NULL};
	flow_accepted(w, REGISSEUR, say(w, REGISSEUR, &said));
	assert_null(strstr(flow_control(w, "status\n"), "alarm obligation-overdue"));
	flow_days_later(w, 16);
	assert_non_null(strstr(open_of(w, REGISSEUR), " betrokkene=1 trap=te-laat\n"));
	core_look(w->core, time_now(w->core));
	assert_non_null(strstr(flow_control(w, "status\n"), "obligation-overdue"));
	// Put off once more, then done.
	said = (struct said){index, "uitgesteld", "1", "rechten-anderen", day(w, 30)};
	flow_accepted(w, REGISSEUR, say(w, REGISSEUR, &said));
	said = (struct said){index, "geinformeerd", "1", NULL, NULL};
	flow_accepted(w, REGISSEUR, say(w, REGISSEUR, &said));
	assert_int_equal(owed(w, " informeren "), 0);
}

static void it_is_not_put_off_past_what_there_is_to_inform_of(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &two, &index);
	flow_days_later(w, 200); // 14 months are 425 days
	struct said said = {index, "uitgesteld", "1", "onderzoek", day(w, 240)};
	flow_refused(w, REGISSEUR, say(w, REGISSEUR, &said), REASON_BAD_VALUE);
	said.tot = day(w, 210);
	flow_accepted(w, REGISSEUR, say(w, REGISSEUR, &said));
}

static void nobody_owes_it_where_no_regel_obliges_or_nobody_is_meant(void **state)
{
	struct flow_world *w = *state;
	flow_convenant(w, zonder);
	flow_melded(w, POLITIE, &two, NULL);
	assert_int_equal(owed(w, " informeren ") + owed(w, " volgen "), 0);
	flow_convenant(w, niemand);
	flow_melded(w, POLITIE, &two, NULL);
	assert_int_equal(owed(w, " informeren "), 0);
	assert_int_equal(owed(w, VOLGEN), 1);
}

static void it_is_owed_from_when_something_is_given(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_convenant(w, gewogen);
	flow_melded(w, POLITIE, &two, &index);
	assert_int_equal(owed(w, " informeren "), 0);
	const struct flow_judgement judged[] = {{index, "wmo-leest", "ja", 2},
						{index, "wmo-leest", "nee", 1}};
	for (size_t i = 0; i < COUNT_OF(judged); i++) {
		struct flow_sent *weging = flow_weging(w, REGISSEUR, &judged[i]);
		flow_send_one(w, weging);
		flow_accepted(w, REGISSEUR, weging);
		assert_int_equal(owed(w, INFORMEREN), 1);
		assert_non_null(strstr(open_of(w, REGISSEUR), " betrokkene=2 "));
	}
}

static void a_huisverbod_is_followed_for_a_year(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &two, &index);
	struct said said = {index, "gevolgd", NULL, NULL, NULL};
	flow_refused(w, REGISSEUR, say(w, REGISSEUR, &said), REASON_NOT_OWED);
	int times = 0;
	for (; owed(w, VOLGEN) == 1 && times < 8; times++) {
		flow_days_later(w, times == 1 ? 120 : 88); // once a month late
		flow_accepted(w, STAD, say(w, STAD, &said));
	}
	// After 88, 208, 296 and 384 days: the last a year after it came.
	assert_int_equal(times, 4);
	assert_int_equal(owed(w, " volgen "), 0);
	flow_refused(w, STAD, say(w, STAD, &said), REASON_NOT_OWED);
	flow_melded(w, POLITIE, &two, &index);
	said = (struct said){index, "beeindigd", NULL, NULL, NULL};
	flow_accepted(w, STAD, say(w, STAD, &said));
	assert_int_equal(owed(w, " volgen "), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_betrokkene_is_to_be_informed_of_what_was_given),
		TEST(what_is_put_off_comes_back_when_its_day_is_past),
		TEST(it_is_not_put_off_past_what_there_is_to_inform_of),
		TEST(nobody_owes_it_where_no_regel_obliges_or_nobody_is_meant),
		TEST(it_is_owed_from_when_something_is_given),
		TEST(a_huisverbod_is_followed_for_a_year),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

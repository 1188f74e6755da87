// SPDX-License-Identifier: EUPL-1.2
// What is owed for what was given: an item on an agenda until its overleg said what became of it,
// an overdracht until it was taken over or given back.
#include "flow_convenanten.h"
#include "flow_world.h"

#include "base/clock.h"

#define TAFEL(rest)                                                                                \
	"  - {overleg: weegtafel, voorzitter: {partij: huis, functie: regisseur},\n"               \
	"     leden: [{partij: stad, functie: wmo}, {partij: politie, functie: wijk}], " rest      \
	"}\n"
#define PARTIJEN(stad_functies) PARTIJEN_AAN(stad_functies, TAFEL("kalender: wekelijks"))
#define PARTIJEN_AAN(stad_functies, tafel)                                                         \
	"partijen:\n"                                                                              \
	"  - {partij: huis, naam: H, oin: \"00000099000000009000\", soort: veiligheidshuis,\n"     \
	"     functies: [regisseur, coordinator], getekend: nee}\n"                                \
	"  - {partij: politie, naam: P, oin: \"00000099000000001000\", soort: politie,\n"          \
	"     functies: [wijk], getekend: nee}\n"                                                  \
	"  - {partij: stad, naam: S, oin: \"00000099000000003000\", soort: gemeente,\n"            \
	"     gemeente: GM1883, functies: [" stad_functies "], getekend: nee}\n"                   \
	"overleggen:\n" tafel "regels:\n"
#define REGEL(name, als, body)                                                                     \
	"  - regel: " name "\n"                                                                    \
	"    convenantartikel: \"1\"\n"                                                            \
	"    herkomst: \"papier: «proef»\"\n" als "    " body "\n"                                 \
	"    doel: d\n"                                                                            \
	"    grondslag: [g]\n"

#define AGENDEER REGEL("op-tafel", FLOW_ALS("minderjarig: nee"), "agendeer: {overleg: weegtafel}")
#define OVERDRAGEN                                                                                 \
	REGEL("wmo-neemt-over",                                                                    \
	      "    vereis: {overdracht: {binnen: \"5 werkdagen\", terug: coordinator}}\n",         \
	      "verstrek: {aan: {partij: stad, functie: wmo}, rubrieken: [identificatie]}")
#define GEWOON                                                                                     \
	REGEL("oov-leest", "",                                                                     \
	      "verstrek: {aan: {partij: stad, functie: oov}, rubrieken: [kenmerken]}")

static const char tafel[] = FLOW_HEAD("tafel") PARTIJEN("oov, wmo") AGENDEER OVERDRAGEN GEWOON;
static const char gewogen[] = FLOW_HEAD("gewogen") PARTIJEN("oov, wmo")
	REGEL("op-tafel-gewogen", FLOW_WEGING("regisseur", "tafel"),
	      "agendeer: {overleg: weegtafel}") OVERDRAGEN;
static const char zonder_tafel[] = FLOW_HEAD("zonder-tafel") PARTIJEN("oov, wmo") GEWOON;

// Sits every Monday, which tells of an agenda by day; what the politie brought in it chairs itself.
static const char maandag[] = FLOW_HEAD("maandag")
	PARTIJEN_AAN("oov, wmo", TAFEL("kalender: maandag, sluiting: \"1 werkdag\", "
				       "medevoorzitters: {partij: politie, "
				       "functie: wijk}")) AGENDEER;

static const struct flow_case two = {
	.count = 2,
	.persons = {{.rol = "slachtoffer", .minderjarig = "nee", .geslachtsnaam = "Een"},
		    {.rol = "kind", .minderjarig = "ja", .geslachtsnaam = "Twee"}}};
static const struct flow_case child = {
	.count = 1, .persons = {{.rol = "kind", .minderjarig = "ja", .geslachtsnaam = "Kind"}}};

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "regisseur");
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "coordinator");
	flow_convenant(w, tafel);
	*state = w;
	return 0;
}

#define REGISSEUR (&w->parties[2])
#define COORDINATOR (&w->parties[3])

static bool owed(struct flow_world *w, const char *what)
{
	return strstr(flow_control(w, "status\n"), what) != NULL;
}

static struct flow_sent *answer(struct flow_world *w, struct flow_party *who, uint64_t index,
				const char *naam, const char *said)
{
	bool table = strncmp(naam, "weegtafel", strlen("weegtafel")) == 0;
	char entry[24];
	snprintf(entry, sizeof entry, "%llu", (unsigned long long)index);
	// The two types have the same velden under the same numbers.
	struct veld velden[] = {{UITKOMST_ENTRY, bytes_of_text(entry)},
				{UITKOMST_OVERLEG, bytes_of_text(naam)},
				{UITKOMST_UITKOMST, bytes_of_text(said)},
				{UITKOMST_MEDEWERKER, bytes_of_text("mw-1")},
				{UITKOMST_MOTIVERING, bytes_of_text("na overleg")}};
	struct flow_sent *sent =
		flow_say(w, who, table ? TYPE_UITKOMST : TYPE_OVERDRACHT, velden, COUNT_OF(velden));
	flow_send_one(w, sent);
	return sent;
}

static const char *why(struct flow_world *w, const struct flow_sent *melding, const char *rest)
{
	char request[300];
	snprintf(request, sizeof request, "why\nid %s\n%s", melding->id, rest);
	return flow_control(w, request);
}

static void refused_at(struct flow_world *w, struct flow_party *who, const struct flow_sent *sent,
		       const char *field)
{
	flow_refused(w, who, sent, REASON_NOT_OWED);
	assert_true(bytes_equal(flow_answer(w, who, sent)->field, bytes_of_text(field)));
}

static void an_item_stands_on_the_agenda_until_its_outcome(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	struct flow_sent *melding = flow_melded(w, POLITIE, &two, &index);
	const struct reply *reply = flow_collect(w, REGISSEUR, "regisseur", 0);
	assert_int_equal(reply->delivery_count, 1);
	const struct part_verstrekking *part = flow_part(w, &reply->deliveries[0]);
	// As a whole and about the adult; nothing of the melding itself.
	assert_int_equal(part->grond_count, 2);
	assert_true(flow_gives(part, 0, RUBRIEK_BERICHT) && flow_gives(part, 1, RUBRIEK_BERICHT));
	assert_true(bytes_equal(part->gronden[0].overleg, bytes_of_text("weegtafel")));
	assert_int_equal(reply->deliveries[0].opening_count, 0);
	assert_true(owed(w, " agenda weegtafel " FLOW_HOUSE "/regisseur entry="));
	const char *told = why(w, melding, "ontvanger weegtafel\nbetrokkene 1\n");
	assert_non_null(strstr(told, "beslissing verstrekt\n"));
	assert_non_null(strstr(told, "rubriek agenda\n"));
	assert_non_null(strstr(told, "regel op-tafel\n"));
	told = why(w, melding, "ontvanger weegtafel\nbetrokkene 2\n");
	assert_non_null(strstr(told, "beslissing geweigerd\n"));
	assert_non_null(strstr(told, "nearest-test minderjarig: ja, gevraagd nee\n"));
	// Only who sits at the head of the table says what became of it, and once.
	flow_refused(w, STAD, answer(w, STAD, index, "weegtafel", "triage"), REASON_NOT_OWED);
	flow_refused(w, COORDINATOR, answer(w, COORDINATOR, index, "weegtafel", "triage"),
		     REASON_NOT_OWED);
	// The voorzitter is told what stands on its agenda there, others nothing.
	refused_at(w, REGISSEUR, answer(w, REGISSEUR, index, "weegtafell", "triage"),
		   "uitkomst.overleg (weegtafel)");
	refused_at(w, REGISSEUR, answer(w, REGISSEUR, index + 1, "weegtafel", "triage"),
		   "uitkomst.entry");
	refused_at(w, STAD, answer(w, STAD, index, "weegtafell", "triage"), "uitkomst.entry");
	struct flow_sent *odd = answer(w, REGISSEUR, index, "weegtafel", "morgen");
	flow_refused(w, REGISSEUR, odd, REASON_UNKNOWN_CODE);
	// Nobody said to which table that would be.
	odd = answer(w, REGISSEUR, index, "weegtafel", "triage");
	flow_refused(w, REGISSEUR, odd, REASON_NOT_FOUND);
	assert_true(bytes_equal(flow_answer(w, REGISSEUR, odd)->field,
				bytes_of_text("uitkomst.uitkomst")));
	flow_accepted(w, REGISSEUR, answer(w, REGISSEUR, index, "weegtafel", "regie-zvh"));
	assert_false(owed(w, " agenda "));
	flow_refused(w, REGISSEUR, answer(w, REGISSEUR, index, "weegtafel", "geen-actie"),
		     REASON_NOT_OWED);
	told = why(w, melding, "ontvanger weegtafel\n");
	assert_non_null(strstr(told, "g-uitkomst weegtafel regie-zvh\n"));
	assert_null(strstr(told, "na overleg"));
	told = flow_control(w, "replay\nfrom 0\n");
	assert_non_null(strstr(told, "\ngifts 5\n"));
	assert_null(strstr(told, "\ndiffer "));
}

static void what_no_regel_puts_on_an_agenda_is_not_there(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &child, &index);
	assert_int_equal(flow_collect(w, REGISSEUR, "regisseur", 0)->delivery_count, 0);
	assert_false(owed(w, " agenda "));
	flow_refused(w, REGISSEUR, answer(w, REGISSEUR, index, "weegtafel", "triage"),
		     REASON_NOT_OWED);
}

static void a_weging_may_put_it_on_the_agenda_and_does_so_once(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_convenant(w, gewogen);
	struct flow_sent *melding = flow_melded(w, POLITIE, &two, &index);
	assert_false(owed(w, " agenda "));
	assert_true(owed(w, " weging op-tafel-gewogen "));
	const char *told = why(w, melding, "ontvanger weegtafel\nbetrokkene 0\n");
	assert_non_null(strstr(told, "beslissing wacht\n"));
	assert_non_null(strstr(told, "wacht-op op-tafel-gewogen\n"));
	flow_accepted(w, STAD, answer(w, STAD, index, "wmo-neemt-over", "aanvaard"));
	struct flow_judgement yes = {index, "op-tafel-gewogen", "tafel", 0};
	struct flow_sent *weging = flow_weging(w, REGISSEUR, &yes);
	flow_send_one(w, weging);
	flow_accepted(w, REGISSEUR, weging);
	assert_true(owed(w, " agenda weegtafel "));
	// What was taken over before is not owed again.
	assert_false(owed(w, " overdracht "));
	assert_int_equal(flow_collect(w, REGISSEUR, "regisseur", 0)->delivery_count, 1);
}

static void an_agenda_is_withdrawn_by_a_convenant_that_does_not_have_it(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &two, &index);
	assert_true(owed(w, " agenda ") && owed(w, " overdracht "));
	flow_convenant(w, tafel);
	flow_recheck_all(w);
	const struct reply *reply = flow_collect(w, REGISSEUR, "regisseur", 0);
	assert_int_equal(flow_part(w, &reply->deliveries[0])->grond_count, 2);
	assert_true(owed(w, " agenda ") && owed(w, " overdracht "));
	flow_convenant(w, zonder_tafel);
	flow_recheck_all(w);
	reply = flow_collect(w, REGISSEUR, "regisseur", 0);
	assert_int_equal(flow_part(w, &reply->deliveries[0])->soort, VERSTREKKING_VERVALLEN);
	// Who got nothing after all owes nothing for it.
	assert_false(owed(w, " agenda ") || owed(w, " overdracht "));
}

static void an_overdracht_is_taken_over_or_comes_back_to_the_house(void **state)
{
	struct flow_world *w = *state;
	uint64_t index, other;
	struct flow_sent *melding = flow_melded(w, POLITIE, &child, &index);
	flow_melded(w, POLITIE, &child, &other);
	assert_true(owed(w, " overdracht wmo-neemt-over " FLOW_STAD "/wmo entry="));
	flow_refused(w, POLITIE, answer(w, POLITIE, index, "wmo-neemt-over", "aanvaard"),
		     REASON_NOT_OWED);
	flow_refused(w, COORDINATOR, answer(w, COORDINATOR, index, "wmo-neemt-over", "aanvaard"),
		     REASON_NOT_OWED);
	flow_accepted(w, STAD, answer(w, STAD, index, "wmo-neemt-over", "aanvaard"));
	flow_refused(w, STAD, answer(w, STAD, index, "wmo-neemt-over", "teruggegeven"),
		     REASON_NOT_OWED);
	flow_accepted(w, STAD, answer(w, STAD, other, "wmo-neemt-over", "teruggegeven"));
	assert_false(owed(w, FLOW_STAD "/wmo entry="));
	assert_true(owed(w, " overdracht wmo-neemt-over " FLOW_HOUSE "/coordinator entry="));
	struct flow_sent *further = answer(w, COORDINATOR, other, "wmo-neemt-over", "teruggegeven");
	flow_refused(w, COORDINATOR, further, REASON_BAD_VALUE);
	flow_refused(w, REGISSEUR, answer(w, REGISSEUR, other, "wmo-neemt-over", "aanvaard"),
		     REASON_NOT_OWED);
	flow_accepted(w, COORDINATOR, answer(w, COORDINATOR, other, "wmo-neemt-over", "aanvaard"));
	assert_false(owed(w, " overdracht "));
	const char *told = why(w, melding, "ontvanger stad/wmo\nrubriek identificatie\n");
	assert_non_null(strstr(told, "g-overdracht wmo-neemt-over " FLOW_STAD " aanvaard\n"));
}

static void what_is_refused_ends_nothing_that_is_owed(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &child, &index);
	flow_convenant(w, zonder_tafel); // nobody is named any more to take it back
	struct flow_sent *back = answer(w, STAD, index, "wmo-neemt-over", "teruggegeven");
	refused_at(w, STAD, back, "overdracht.regel");
	assert_true(owed(w, " overdracht wmo-neemt-over " FLOW_STAD "/wmo entry="));
	flow_accepted(w, STAD, answer(w, STAD, index, "wmo-neemt-over", "aanvaard"));
	assert_false(owed(w, " overdracht "));
}

static void a_forged_answer_is_the_openers_lie(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &two, &index);
	char entry[24];
	snprintf(entry, sizeof entry, "%llu", (unsigned long long)index);
	struct veld velden[] = {{UITKOMST_ENTRY, bytes_of_text(entry)},
				{UITKOMST_OVERLEG, bytes_of_text("weegtafel")},
				{UITKOMST_UITKOMST, bytes_of_text("triage")},
				{UITKOMST_MEDEWERKER, bytes_of_text("mw-1")}};
	struct flow_sent *sent = flow_say(w, REGISSEUR, TYPE_UITKOMST, velden, COUNT_OF(velden));
	sent->opened.signed_statement.signature = bytes_make(sent->signature, SIGNATURE_LEN);
	sent->signature[0] ^= 1;
	flow_send_one(w, sent);
	assert_int_equal(flow_answers(w, REGISSEUR, sent), 0);
	assert_true(owed(w, " agenda "));
}

#define SITS(rest) FLOW_HEAD("rooster") PARTIJEN_AAN("oov, wmo", TAFEL(rest)) AGENDEER

// When the outcome of this entry is due, in wall milliseconds.
static int64_t due_of(struct flow_world *w, uint64_t index)
{
	char tail[100], due[24] = "";
	int64_t ms;
	snprintf(tail, sizeof tail, " agenda weegtafel " FLOW_HOUSE "/regisseur entry=%llu",
		 (unsigned long long)index);
	const char *status = flow_control(w, "status\n"), *at = strstr(status, tail);
	assert_non_null(at);
	while (at > status && at[-1] != '\n')
		at--;
	assert_int_equal(sscanf(at, "obligation %23s", due), 1);
	assert_int_equal(time_parse(bytes_of_text(due), &ms), RESULT_OK);
	return ms;
}

// By the next sitting; where nothing says when that is, as long as there is content to speak of.
static void where_no_day_is_known_it_is_due_within_the_time_between_two_sittings(void **state)
{
	struct flow_world *w = *state;
	static const struct {
		const char *convenant;
		int days; // 0: longer than any
	} rows[] = {{SITS("kalender: wekelijks"), 7},
		    {SITS("kalender: eens per twee weken"), 14},
		    {SITS("kalender: eens per vier weken"), 28},
		    {SITS("kalender: maandelijks"), 31},
		    {SITS("kalender: als het zo uitkomt"), 0}};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint64_t index;
		flow_convenant(w, rows[i].convenant);
		int64_t before = clock_wall_ms();
		flow_melded(w, POLITIE, &two, &index);
		int64_t after = clock_wall_ms(), due = due_of(w, index);
		if (rows[i].days) // in whole seconds
			assert_true(due >= before + rows[i].days * MS_PER_DAY - 1000 &&
				    due <= after + rows[i].days * MS_PER_DAY);
		else
			assert_true(due > after + 40 * MS_PER_DAY);
	}
}

static void what_comes_back_is_owed_no_longer_than_there_is_content_to_speak_of(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	char entry[24];
	flow_convenant(w, SITS("kalender: op afroep") OVERDRAGEN);
	flow_melded(w, POLITIE, &two, &index);
	int64_t due = due_of(w, index);
	snprintf(entry, sizeof entry, "%llu", (unsigned long long)index);
	struct veld over[] = {{UITKOMST_ENTRY, bytes_of_text(entry)},
			      {UITKOMST_OVERLEG, bytes_of_text("weegtafel")},
			      {UITKOMST_UITKOMST, bytes_of_text("overdracht")},
			      {UITKOMST_MEDEWERKER, bytes_of_text("mw-1")},
			      {UITKOMST_NAAR, bytes_of_text(FLOW_STAD ":wmo")}};
	struct flow_sent *sent = flow_say(w, REGISSEUR, TYPE_UITKOMST, over, COUNT_OF(over));
	flow_send_one(w, sent);
	flow_accepted(w, REGISSEUR, sent);
	assert_false(owed(w, " agenda "));
	flow_days_later(w, 10);
	struct veld back[] = {{OVERDRACHT_ENTRY, bytes_of_text(entry)},
			      {OVERDRACHT_REGEL, bytes_of_text("weegtafel")},
			      {OVERDRACHT_ANTWOORD, bytes_of_text("teruggegeven")},
			      {OVERDRACHT_MEDEWERKER, bytes_of_text("mw-2")}};
	sent = flow_say(w, STAD, TYPE_OVERDRACHT, back, COUNT_OF(back));
	flow_send_one(w, sent);
	flow_accepted(w, STAD, sent);
	assert_true(due_of(w, index) == due);
}

// The day an item is due, as status tells it.
static void due_on(struct flow_world *w, const char *what, int64_t day)
{
	const char *at = strstr(flow_control(w, "status\n"), what);
	struct civil_date date;
	assert_non_null(at);
	assert_int_equal(date_parse(bytes_make(at - 20, 10), &date), RESULT_OK);
	assert_int_equal(date_to_days(date), day);
}

static void an_item_comes_on_the_agenda_of_the_next_sitting(void **state)
{
	struct flow_world *w = *state;
	// To a Wednesday in September: a month without feestdagen.
	int64_t now = time_now(w->core), days = 0;
	struct civil_date date;
	do
		date = date_amsterdam(now + ++days * MS_PER_DAY);
	while (date.month != 9 || date_weekday(date_to_days(date)) != 2);
	flow_days_later(w, days);
	int64_t monday = date_to_days(date) + 5;
	flow_convenant(w, maandag);
	flow_melded(w, POLITIE, &two, NULL);
	due_on(w, " agenda weegtafel ", monday);
	// On Saturday its agenda is closed: the Monday after.
	flow_days_later(w, 3);
	flow_melded(w, STAD, &two, NULL);
	due_on(w, " agenda weegtafel " FLOW_HOUSE, monday + 7);
}

static void who_chairs_what_its_partij_brought_in_is_told_and_says_the_outcome(void **state)
{
	struct flow_world *w = *state;
	uint64_t index, other;
	flow_convenant(w, maandag);
	struct flow_sent *own = flow_melded(w, POLITIE, &two, &index);
	flow_melded(w, STAD, &two, &other);
	assert_int_equal(flow_collect(w, POLITIE, "wijk", 0)->delivery_count, 1);
	assert_int_equal(flow_collect(w, REGISSEUR, "regisseur", 0)->delivery_count, 1);
	flow_refused(w, REGISSEUR, answer(w, REGISSEUR, index, "weegtafel", "triage"),
		     REASON_NOT_OWED);
	flow_refused(w, POLITIE, answer(w, POLITIE, other, "weegtafel", "triage"), REASON_NOT_OWED);
	const char *told = why(w, own, "ontvanger weegtafel\nbetrokkene 1\n");
	assert_non_null(strstr(told, "beslissing verstrekt\n"));
	assert_null(strstr(flow_control(w, "replay\nfrom 0\n"), "\ndiffer "));
	// What waits stays with who chairs it under a next version.
	flow_convenant(w, maandag);
	flow_recheck_all(w);
	assert_int_equal(flow_part(w, &flow_collect(w, POLITIE, "wijk", 0)->deliveries[0])->soort,
			 VERSTREKKING_GEGEVEN);
	flow_accepted(w, POLITIE, answer(w, POLITIE, index, "weegtafel", "direct-belegd"));
	flow_accepted(w, REGISSEUR, answer(w, REGISSEUR, other, "weegtafel", "geen-actie"));
	assert_false(owed(w, " agenda "));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_item_stands_on_the_agenda_until_its_outcome),
		TEST(where_no_day_is_known_it_is_due_within_the_time_between_two_sittings),
		TEST(what_comes_back_is_owed_no_longer_than_there_is_content_to_speak_of),
		TEST(what_no_regel_puts_on_an_agenda_is_not_there),
		TEST(a_weging_may_put_it_on_the_agenda_and_does_so_once),
		TEST(an_agenda_is_withdrawn_by_a_convenant_that_does_not_have_it),
		TEST(an_overdracht_is_taken_over_or_comes_back_to_the_house),
		TEST(what_is_refused_ends_nothing_that_is_owed),
		TEST(a_forged_answer_is_the_openers_lie),
		TEST(an_item_comes_on_the_agenda_of_the_next_sitting),
		TEST(who_chairs_what_its_partij_brought_in_is_told_and_says_the_outcome),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
// What each who sits at an overleg is told of its agenda: exactly what the regels give it, and what
// is one item as far as it can tell.
#include "flow_convenanten.h"
#include "flow_world.h"

#include "base/clock.h"

#define PARTIJEN PARTIJEN_MET("huis, functie: regisseur", "stad, functie: wmo")
#define PARTIJEN_MET(voorzitter, lid)                                                              \
	FLOW_PARTIJEN_AAN("\n"                                                                     \
			  "  - {overleg: weegtafel, voorzitter: {partij: " voorzitter "},\n"       \
			  "     leden: [{partij: " lid                                             \
			  "}, {partij: zorg, functie: behandeling}],\n"                            \
			  "     kalender: maandag en donderdag}\n"                                 \
			  "  - {overleg: ander, voorzitter: {partij: huis, functie: regisseur},\n" \
			  "     leden: [{partij: stad, functie: oov}]}\n")
#define AGENDEER                                                                                   \
	"  - regel: op-tafel\n    convenantartikel: \"1\"\n    herkomst: \"papier: «proef»\"\n"  \
	"    agendeer: {overleg: weegtafel}\n    doel: d\n    grondslag: [g]\n"
#define WMO FLOW_VERSTREK("wmo-leest", "", AAN_WMO, "kenmerken, identificatie, herkomst")
#define NUMMERS FLOW_VERSTREK("regisseur-leest", "", AAN_REGISSEUR, "bsn")
#define KENMERK FLOW_VERSTREK("regisseur-leest", "", AAN_REGISSEUR, "kenmerken")
#define OOV FLOW_VERSTREK("oov-leest", "", AAN_OOV, "kenmerken")

static const char nummers[] = FLOW_HEAD("nummers") PARTIJEN AGENDEER WMO NUMMERS OOV;
static const char kenmerk[] = FLOW_HEAD("kenmerk") PARTIJEN AGENDEER WMO KENMERK;
static const char minder[] = FLOW_HEAD("minder") PARTIJEN AGENDEER NUMMERS;

static const char keten[] = FLOW_HEAD("keten")
	PARTIJEN AGENDEER FLOW_VERSTREK("regisseur-leest", "", AAN_REGISSEUR, "bsn, ketennummer");
static const char samen[] = FLOW_HEAD("samen") PARTIJEN AGENDEER FLOW_VERSTREK(
	"regisseur-leest", "", AAN_REGISSEUR, "verrijking.samenloop");
static const char ander[] = FLOW_HEAD("ander")
	PARTIJEN_MET("stad, functie: wmo", "huis, functie: regisseur") AGENDEER WMO NUMMERS;
// A regel of the name of the overleg.
static const char gelijk[] = FLOW_HEAD("gelijk") PARTIJEN AGENDEER FLOW_VERSTREK(
	"weegtafel", "    vereis: {overdracht: {binnen: \"5 werkdagen\", terug: coordinator}}\n",
	AAN_WMO, "kenmerken");
static const char zonder[] = FLOW_HEAD("zonder") FLOW_PARTIJEN WMO NUMMERS;

#define KETENNUMMERS(versie, more, regime)                                                         \
	FLOW_HEAD(versie)                                                                          \
	PARTIJEN AGENDEER "  - regel: regisseur-leest\n    convenantartikel: \"1\"\n"              \
			  "    herkomst: \"papier: «proef»\"\n    verstrek: {aan: " AAN_REGISSEUR  \
			  ", rubrieken: [ketennummer" more "]" regime "}\n"                        \
			  "    doel: d\n    grondslag: [g]\n"
static const char een_wet[] = KETENNUMMERS("een-wet", "", ", regime: avg");
static const char elke_wet[] = KETENNUMMERS("elke-wet", "", "");
static const char een_wet_met_bron[] = KETENNUMMERS("een-wet-bron", ", herkomst", ", regime: avg");
static const char elke_wet_met_bron[] = KETENNUMMERS("elke-wet-bron", ", herkomst", "");

static const struct flow_case a = {
	.count = 1,
	.registratienummer = "PL2300-1",
	.persons = {{.rol = "slachtoffer", .bsn = "999990019", .geslachtsnaam = "Een"}}};
static const struct flow_case b = {
	.count = 1,
	.registratienummer = "PL2300-2",
	.persons = {{.rol = "slachtoffer", .bsn = "999990020", .geslachtsnaam = "Twee"}}};

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "regisseur");
	flow_enrol(w, FLOW_ZORG, "ggz", "behandeling");
	flow_convenant(w, nummers);
	*state = w;
	return 0;
}

#define REGISSEUR (&w->parties[2])
#define ZORG (&w->parties[3])

static const struct reply *ask(struct flow_world *w, struct flow_party *who, const char *overleg,
			       const char *functie)
{
	struct veld velden[] = {{AGENDA_OVERLEG, bytes_of_text(overleg)},
				{AGENDA_FUNCTIE, bytes_of_text(functie)}};
	struct flow_sent *sent = flow_say(w, who, TYPE_AGENDA, velden, COUNT_OF(velden));
	flow_forget_frames(w);
	flow_send_one(w, sent);
	const struct reply *reply = flow_answer(w, who, sent);
	assert_non_null(reply);
	return reply;
}

static const char *told(struct flow_world *w, struct flow_party *who, const char *functie)
{
	const struct reply *reply = ask(w, who, "weegtafel", functie);
	assert_int_equal(reply->outcome, OUTCOME_AANVAARD);
	char *lines = arena_alloc(w->arena, reply->antwoord.len + 1);
	memcpy(lines, reply->antwoord.data, reply->antwoord.len);
	lines[reply->antwoord.len] = '\0';
	return lines;
}

static size_t count(const char *lines, const char *what)
{
	size_t found = 0;
	for (const char *at = lines; (at = strstr(at, what)); at += strlen(what))
		found++;
	return found;
}

static void refused(struct flow_world *w, struct flow_party *who, const char *overleg,
		    const char *functie, enum reason reason)
{
	const struct reply *reply = ask(w, who, overleg, functie);
	assert_int_equal(reply->outcome, OUTCOME_GEWEIGERD);
	assert_int_equal(reply->reason, reason);
	assert_int_equal(reply->antwoord.len, 0);
}

static struct flow_sent *say(struct flow_world *w, uint64_t index, const char *said,
			     const char *naar)
{
	char entry[24];
	snprintf(entry, sizeof entry, "%llu", (unsigned long long)index);
	struct veld velden[] = {{UITKOMST_ENTRY, bytes_of_text(entry)},
				{UITKOMST_OVERLEG, bytes_of_text("weegtafel")},
				{UITKOMST_UITKOMST, bytes_of_text(said)},
				{UITKOMST_MEDEWERKER, bytes_of_text("mw-1")},
				{UITKOMST_NAAR, bytes_of_text(naar ? naar : "")}};
	struct flow_sent *sent =
		flow_say(w, REGISSEUR, TYPE_UITKOMST, velden, COUNT_OF(velden) - (naar == NULL));
	flow_send_one(w, sent);
	return sent;
}

static void outcome(struct flow_world *w, uint64_t index)
{
	flow_accepted(w, REGISSEUR, say(w, index, "geen-actie", NULL));
}

// What was confirmed is not decided again.
static void confirm_all(struct flow_world *w, struct flow_party *who, const char *functie)
{
	const struct reply *reply = flow_collect(w, who, functie, 0);
	for (size_t i = 0; i < reply->delivery_count; i++)
		flow_send_one(w, flow_ack(w, who, functie, &reply->deliveries[i]));
}

static struct flow_sent *answer(struct flow_world *w, struct flow_party *who, uint64_t index,
				const char *said)
{
	char entry[24];
	snprintf(entry, sizeof entry, "%llu", (unsigned long long)index);
	struct veld velden[] = {{OVERDRACHT_ENTRY, bytes_of_text(entry)},
				{OVERDRACHT_REGEL, bytes_of_text("weegtafel")},
				{OVERDRACHT_ANTWOORD, bytes_of_text(said)},
				{OVERDRACHT_MEDEWERKER, bytes_of_text("mw-2")}};
	struct flow_sent *sent = flow_say(w, who, TYPE_OVERDRACHT, velden, COUNT_OF(velden));
	flow_send_one(w, sent);
	return sent;
}

static void each_is_told_exactly_what_the_regels_give_it(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	char line[80];
	flow_melded(w, POLITIE, &a, &index);
	uint64_t entries = w->core->counts.entries;
	const char *lines = told(w, STAD, "wmo");
	snprintf(line, sizeof line, "\nmelding %llu nummers=1 ziet=", (unsigned long long)index);
	assert_non_null(strstr(lines, line));
	assert_true(strstr(lines, "0/kenmerken") && strstr(lines, "1/identificatie"));
	assert_true(!strstr(lines, "bsn") && !strstr(lines, "agenda"));
	assert_non_null(strstr(lines, " aangehouden=nee voorzit=nee\n"));
	lines = told(w, REGISSEUR, "regisseur");
	assert_true(strstr(lines, "0/agenda,1/agenda") && strstr(lines, "1/bsn"));
	assert_true(!strstr(lines, "identificatie") && strstr(lines, "voorzit=ja\n"));
	// Who sits there and was given nothing of it, its source included, is told of nothing.
	assert_string_equal(told(w, ZORG, "behandeling"), "result ok\n");
	flow_melded(w, ZORG, &b, NULL);
	assert_string_equal(told(w, ZORG, "behandeling"), "result ok\n");
	assert_int_equal(w->core->counts.entries, entries + 1); // the melding's: asking adds none
}

static void who_does_not_sit_there_is_told_the_same_as_of_no_overleg(void **state)
{
	struct flow_world *w = *state;
	flow_melded(w, POLITIE, &a, NULL);
	refused(w, STAD, "weegtafel", "oov", REASON_NOT_FOUND); // was given something of it
	refused(w, POLITIE, "weegtafel", "wijk", REASON_NOT_FOUND);
	refused(w, STAD, "geentafel", "wmo", REASON_NOT_FOUND);
	refused(w, STAD, "ander", "wmo", REASON_NOT_FOUND);
	refused(w, STAD, "weegtafel", "regisseur", REASON_FUNCTIE_NOT_HELD);
	const struct reply *reply = ask(w, STAD, "ander", "oov");
	assert_true(bytes_equal(reply->antwoord, bytes_of_text("result ok\n")));
}

static void one_person_told_of_by_two_sources_is_one_item_for_who_can_tell(void **state)
{
	struct flow_world *w = *state;
	struct flow_case same = a;
	same.registratienummer = "ZORG-1";
	flow_melded(w, POLITIE, &a, NULL);
	flow_melded(w, POLITIE, &a, NULL); // the same source: another item
	const char *lines = told(w, REGISSEUR, "regisseur");
	assert_int_equal(count(lines, "\nitem "), 2);
	flow_melded(w, ZORG, &b, NULL); // another person
	lines = told(w, REGISSEUR, "regisseur");
	assert_int_equal(count(lines, "\nitem "), 3);
	flow_melded(w, ZORG, &same, NULL);
	lines = told(w, REGISSEUR, "regisseur");
	assert_int_equal(count(lines, "\nmelding "), 4);
	assert_int_equal(count(lines, "\nitem "), 2);
	// The wmo has the name alone, and no number: for it nothing says that they are one.
	lines = told(w, STAD, "wmo");
	assert_int_equal(count(lines, "\nmelding "), 4);
	assert_int_equal(count(lines, "\nitem "), 4);
}

// The knooppunt knows from a third that two numbers are one person's, and that a person of whom
// something was told was told of twice: who was given neither is not told it by the agenda either.
static void what_only_the_knooppunt_can_tell_is_not_told(void **state)
{
	struct flow_world *w = *state;
	struct flow_case chain = b, both = a;
	uint64_t index;
	chain.persons[0] = (struct flow_person){.rol = "slachtoffer", .skn = "AB1234567"};
	both.persons[0].skn = chain.persons[0].skn;
	flow_convenant(w, keten);
	flow_melded(w, ZORG, &both, &index);
	outcome(w, index);
	flow_melded(w, POLITIE, &a, NULL);
	flow_melded(w, ZORG, &chain, NULL);
	assert_int_equal(count(told(w, REGISSEUR, "regisseur"), "\nitem "), 2);
	flow_melded(w, POLITIE, &chain, NULL);
	assert_int_equal(count(told(w, REGISSEUR, "regisseur"), "\nitem "), 2);
}

// Two numbers stand there, each under a law of its own, and one law came to give it later: which
// number it holds under that nobody told it, whether the source was to be known or not.
static void what_was_given_under_one_law_does_not_tie_under_another(void **state)
{
	struct flow_world *w = *state;
	struct flow_case police = {
		.count = 1,
		.persons = {{.rol = "slachtoffer", .skn = "AB1234567", .vnummer = "1234567890"}}};
	struct flow_case care = police;
	care.persons[0].skn = "CD1234567";
	static const char *const before[] = {een_wet, een_wet_met_bron};
	static const char *const after[] = {elke_wet, elke_wet_met_bron};
	for (size_t i = 0; i < COUNT_OF(before); i++) {
		uint64_t first, second;
		flow_convenant(w, before[i]);
		flow_melded(w, POLITIE, &police, &first);
		flow_melded(w, ZORG, &care, &second);
		assert_int_equal(count(told(w, REGISSEUR, "regisseur"), "\nitem "), 2);
		confirm_all(w, REGISSEUR, "regisseur");
		flow_convenant(w, after[i]);
		flow_recheck_all(w);
		assert_int_equal(count(told(w, REGISSEUR, "regisseur"), "\nitem "), 2);
		outcome(w, first);
		outcome(w, second);
		// Of what is given under both from the start the one ties.
		flow_melded(w, POLITIE, &police, &first);
		flow_melded(w, ZORG, &care, &second);
		const char *lines = told(w, REGISSEUR, "regisseur");
		assert_int_equal(count(lines, "\nmelding "), 2);
		assert_int_equal(count(lines, "\nitem "), 1);
		confirm_all(w, REGISSEUR, "regisseur");
		outcome(w, first);
		outcome(w, second);
	}
}

static void that_there_is_another_does_not_say_which(void **state)
{
	struct flow_world *w = *state;
	flow_convenant(w, samen);
	flow_melded(w, POLITIE, &a, NULL);
	struct flow_case same = a;
	same.registratienummer = "ZORG-1";
	flow_melded(w, ZORG, &same, NULL);
	const char *lines = told(w, REGISSEUR, "regisseur");
	assert_int_equal(count(lines, "1/verrijking.samenloop"), 2);
	assert_int_equal(count(lines, "\nitem "), 2);
}

static void one_incident_told_of_by_two_sources_is_one_item(void **state)
{
	struct flow_world *w = *state;
	struct flow_case same = b;
	same.registratienummer = a.registratienummer;
	flow_convenant(w, kenmerk);
	flow_melded(w, POLITIE, &a, NULL);
	flow_melded(w, ZORG, &b, NULL);
	assert_int_equal(count(told(w, REGISSEUR, "regisseur"), "\nitem "), 2);
	flow_melded(w, ZORG, &same, NULL);
	const char *lines = told(w, REGISSEUR, "regisseur");
	assert_int_equal(count(lines, "\nmelding "), 3);
	assert_int_equal(count(lines, "\nitem "), 2);
}

static void what_has_its_outcome_or_is_given_no_more_is_not_told(void **state)
{
	struct flow_world *w = *state;
	uint64_t first, second;
	flow_melded(w, POLITIE, &a, &first);
	flow_melded(w, POLITIE, &b, &second);
	confirm_all(w, STAD, "wmo");
	assert_int_equal(count(told(w, STAD, "wmo"), "\nmelding "), 2);
	outcome(w, first);
	assert_int_equal(count(told(w, STAD, "wmo"), "\nmelding "), 1);
	assert_int_equal(count(told(w, REGISSEUR, "regisseur"), "\nmelding "), 1);
	// It has it, by a regel that is no more.
	flow_convenant(w, minder);
	flow_recheck_all(w);
	assert_string_equal(told(w, STAD, "wmo"), "result ok\n");
	assert_int_equal(count(told(w, REGISSEUR, "regisseur"), "\nmelding "), 1);
}

static void who_chairs_no_more_is_told_what_it_has_as_a_lid(void **state)
{
	struct flow_world *w = *state;
	flow_melded(w, POLITIE, &a, NULL);
	confirm_all(w, REGISSEUR, "regisseur");
	assert_non_null(strstr(told(w, REGISSEUR, "regisseur"), "1/agenda"));
	flow_convenant(w, ander);
	flow_recheck_all(w);
	const char *lines = told(w, REGISSEUR, "regisseur");
	assert_true(strstr(lines, " ziet=1/bsn\n") && !strstr(lines, "agenda,"));
}

static void without_an_outcome_an_item_stands_on_the_next_agenda(void **state)
{
	struct flow_world *w = *state;
	flow_melded(w, POLITIE, &a, NULL);
	const char *lines = told(w, REGISSEUR, "regisseur");
	struct civil_date first, next;
	assert_non_null(strstr(lines, " aangehouden=nee voorzit=ja\n"));
	const char *at = strstr(lines, "\nitem ") + strlen("\nitem ");
	assert_int_equal(date_parse(bytes_make(at, 10), &first), RESULT_OK);
	assert_true(termijn_is_werkdag(first));
	flow_days_later(w, 8);
	lines = told(w, REGISSEUR, "regisseur");
	at = strstr(lines, "\nitem ") + strlen("\nitem ");
	assert_int_equal(date_parse(bytes_make(at, 10), &next), RESULT_OK);
	assert_true(date_to_days(next) > date_to_days(first));
	assert_true(date_to_days(next) >= date_to_days(date_amsterdam(time_now(w->core))));
	assert_non_null(strstr(lines, " aangehouden=ja voorzit=ja\n"));
	// While a clock that stepped back is in doubt it is to be asked again; nothing is lost, and
	// nothing stands there twice.
	flow_clock_step = -3 * MS_PER_DAY;
	assert_int_equal(ask(w, REGISSEUR, "weegtafel", "regisseur")->outcome, OUTCOME_AGAIN);
	flow_clock_step = 0;
	time_confirm(w->core);
	lines = told(w, REGISSEUR, "regisseur");
	assert_int_equal(count(lines, "\nmelding "), 1);
	assert_non_null(strstr(lines, " aangehouden=ja voorzit=ja\n"));
}

static void many_are_told_piece_by_piece(void **state)
{
	struct flow_world *w = *state;
	for (size_t i = 0; i < 70; i++)
		flow_melded(w, POLITIE, &a, NULL);
	const char *lines = told(w, STAD, "wmo");
	assert_int_equal(count(lines, "\nmelding "), 64);
	const char *na = strstr(lines, "\nna ");
	assert_non_null(na);
	struct veld velden[] = {{AGENDA_OVERLEG, bytes_of_text("weegtafel")},
				{AGENDA_FUNCTIE, bytes_of_text("wmo")},
				{AGENDA_NA, bytes_make(na + 4, strcspn(na + 4, "\n"))}};
	struct flow_sent *sent = flow_say(w, STAD, TYPE_AGENDA, velden, COUNT_OF(velden));
	flow_send_one(w, sent);
	const struct reply *reply = flow_answer(w, STAD, sent);
	char *rest = arena_alloc(w->arena, reply->antwoord.len + 1);
	memcpy(rest, reply->antwoord.data, reply->antwoord.len);
	assert_int_equal(count(rest, "\nmelding "), 6);
	assert_null(strstr(rest, "\nna "));
	velden[2].waarde = bytes_of_text("1.x.2");
	sent = flow_say(w, STAD, TYPE_AGENDA, velden, COUNT_OF(velden));
	flow_send_one(w, sent);
	assert_int_equal(flow_answer(w, STAD, sent)->reason, REASON_BAD_VALUE);
}

static bool owed(struct flow_world *w, const char *what)
{
	return strstr(flow_control(w, "status\n"), what) != NULL;
}

static void an_item_is_handed_over_and_taken_over_or_it_comes_back(void **state)
{
	struct flow_world *w = *state;
	uint64_t index, other;
	flow_melded(w, POLITIE, &a, &index);
	flow_melded(w, POLITIE, &b, &other);
	flow_accepted(w, REGISSEUR, say(w, index, "overdracht", FLOW_STAD ":wmo"));
	flow_accepted(w, REGISSEUR, say(w, other, "overdracht", FLOW_STAD ":wmo"));
	assert_string_equal(told(w, REGISSEUR, "regisseur"), "result ok\n");
	assert_true(owed(w, " overname weegtafel " FLOW_STAD "/wmo entry="));
	// Only who was handed it answers, and once.
	flow_refused(w, REGISSEUR, answer(w, REGISSEUR, index, "aanvaard"), REASON_NOT_OWED);
	flow_refused(w, ZORG, answer(w, ZORG, index, "teruggegeven"), REASON_NOT_OWED);
	flow_accepted(w, STAD, answer(w, STAD, index, "aanvaard"));
	flow_refused(w, STAD, answer(w, STAD, index, "teruggegeven"), REASON_NOT_OWED);
	flow_accepted(w, STAD, answer(w, STAD, other, "teruggegeven"));
	assert_false(owed(w, " overname "));
	const char *lines = told(w, REGISSEUR, "regisseur");
	assert_int_equal(count(lines, "\nmelding "), 1);
	assert_non_null(strstr(lines, "aangehouden=nee voorzit=ja\n"));
	outcome(w, other);
	assert_string_equal(told(w, REGISSEUR, "regisseur"), "result ok\n");
}

static void one_answer_ends_what_a_regel_asks_or_an_overleg_not_both(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_convenant(w, gelijk);
	flow_melded(w, POLITIE, &a, &index);
	flow_accepted(w, REGISSEUR, say(w, index, "overdracht", FLOW_STAD ":wmo"));
	flow_accepted(w, STAD, answer(w, STAD, index, "aanvaard"));
	assert_false(owed(w, " overdracht weegtafel "));
	assert_true(owed(w, " overname weegtafel "));
	flow_accepted(w, STAD, answer(w, STAD, index, "teruggegeven"));
	assert_false(owed(w, " overname "));
	assert_int_equal(count(told(w, REGISSEUR, "regisseur"), "\nmelding "), 1);
}

static void nothing_is_handed_to_who_takes_no_part_or_has_none_of_it(void **state)
{
	struct flow_world *w = *state;
	static const struct {
		const char *said, *naar;
		enum reason reason;
	} wrong[] = {
		{"overdracht", "00000099000000008000:wmo", REASON_UNKNOWN_PARTIJ}, // no partner
		{"overdracht", FLOW_STAD ":nazorg", REASON_UNKNOWN_PARTIJ},
		{"overdracht", FLOW_HOUSE ":coordinator", REASON_UNKNOWN_PARTIJ}, // not enrolled
		{"overdracht", FLOW_ZORG ":behandeling", REASON_NOT_FOUND}, // was given nothing
		{"overdracht", NULL, REASON_BAD_VALUE},
		{"overdracht", FLOW_STAD ".wmo-te-kort", REASON_BAD_VALUE},
		{"triage", FLOW_STAD ":wmo", REASON_BAD_VALUE},
	};
	uint64_t index;
	flow_melded(w, POLITIE, &a, &index);
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		struct flow_sent *sent = say(w, index, wrong[i].said, wrong[i].naar);
		flow_refused(w, REGISSEUR, sent, wrong[i].reason);
		assert_true(bytes_equal(flow_answer(w, REGISSEUR, sent)->field,
					bytes_of_text("uitkomst.naar")));
	}
	assert_int_equal(count(told(w, REGISSEUR, "regisseur"), "\nmelding "), 1);
	assert_false(owed(w, " overname "));
	// The table is gone meanwhile: nobody is named to whom it would come back.
	flow_convenant(w, zonder);
	struct flow_sent *late = say(w, index, "overdracht", FLOW_STAD ":wmo");
	flow_refused(w, REGISSEUR, late, REASON_NOT_OWED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_is_told_exactly_what_the_regels_give_it),
		TEST(who_does_not_sit_there_is_told_the_same_as_of_no_overleg),
		TEST(one_person_told_of_by_two_sources_is_one_item_for_who_can_tell),
		TEST(what_only_the_knooppunt_can_tell_is_not_told),
		TEST(what_was_given_under_one_law_does_not_tie_under_another),
		TEST(that_there_is_another_does_not_say_which),
		TEST(one_incident_told_of_by_two_sources_is_one_item),
		TEST(what_has_its_outcome_or_is_given_no_more_is_not_told),
		TEST(who_chairs_no_more_is_told_what_it_has_as_a_lid),
		TEST(without_an_outcome_an_item_stands_on_the_next_agenda),
		TEST(many_are_told_piece_by_piece),
		TEST(an_item_is_handed_over_and_taken_over_or_it_comes_back),
		TEST(one_answer_ends_what_a_regel_asks_or_an_overleg_not_both),
		TEST(nothing_is_handed_to_who_takes_no_part_or_has_none_of_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
// A fact that cannot be read, or of which only part was seen, is not known: what asks for it waits,
// nothing is told of it, and the melding itself is taken. Each case beside the same where all of it
// can be read.
#include "flow_convenanten.h"
#include "flow_dossier.h"
#include "flow_unread.h"

#include "base/clock.h"
#include "state/state.h"

#define BSN "999990342"
#define SEEN_MAX 256 // of one person, as eerder.c looks back

static const char text[] = FLOW_HEAD("feiten") FLOW_PARTIJEN FLOW_VERSTREK(
	"zelden", FLOW_ALS("eerder.365: {hoogstens: 255}"), AAN_WMO, "kenmerken, verrijking.eerder")
	FLOW_VERSTREK("zonder-pga", FLOW_ALS("pga: nee"), AAN_OOV, "kenmerken")
		FLOW_VERSTREK("wie-eerder-kreeg", FLOW_ALS("soort: wth"),
			      "{rol: eerder, soort: gemeente}", "betrokkenheid");
static const char gewogen[] = FLOW_HEAD("gewogen") FLOW_PARTIJEN FLOW_VERSTREK(
	"gewogen", FLOW_WEGING("regisseur", "ja"), AAN_WMO, "kenmerken, verrijking.eerder");
static const char geheim[] = FLOW_HEAD("geheim") FLOW_PARTIJEN FLOW_VERSTREK(
	"met-geheim", "    vereis: {toestemming: {grond: toestemming}}\n", AAN_WMO, "kenmerken");

static bool unread_rows; // what state has of a person cannot be read

enum result __real_state_occurrences(struct state *state, struct state_span span,
				     struct state_occurrence *occurrences, size_t *count);
enum result __wrap_state_occurrences(struct state *state, struct state_span span,
				     struct state_occurrence *occurrences, size_t *count);
enum result __wrap_state_occurrences(struct state *state, struct state_span span,
				     struct state_occurrence *occurrences, size_t *count)
{
	return unread_rows ? RESULT_DAMAGED
			   : __real_state_occurrences(state, span, occurrences, count);
}

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "regisseur");
	flow_enrol(w, FLOW_ZORG, "ggz", "behandeling");
	flow_convenant(w, text);
	flow_unread = 0;
	unread_rows = false;
	*state = w;
	return 0;
}

#define REGISSEUR (&w->parties[2])
#define ZORG (&w->parties[3])

static const struct flow_case one = {.count = 1, .persons = {{.bsn = BSN}}};
static const struct flow_case by_skn = {.count = 1, .persons = {{.skn = "123456789"}}};
static const struct flow_case by_both = {.count = 1, .persons = {{.bsn = BSN, .skn = "123456789"}}};

static void tells_each(struct flow_world *w, const struct flow_sent *melding,
		       const char *const *facts)
{
	for (; *facts; facts++)
		dossier_tells(w, melding, *facts);
}

// Without and with what cannot be read: the answer for stad/<functie> about the kenmerken.
static void decided(struct flow_world *w, const struct flow_sent *melding, const char *functie,
		    const char *oordeel)
{
	char request[200], line[40];
	snprintf(request, sizeof request,
		 "why\nid %s\nontvanger stad/%s\nbetrokkene 0\nrubriek kenmerken\n", melding->id,
		 functie);
	snprintf(line, sizeof line, "beslissing %s\n", oordeel);
	const char *told = flow_control(w, request);
	if (!strstr(told, line))
		fail_msg("no \"%s\" in:\n%s", line, told);
}

static void a_gemeente_that_is_not_known_is_not_none(void **state)
{
	struct flow_world *w = *state;
	const struct {
		struct flow_person person;
		const char *fact;
	} cases[] = {
		{{.verblijfgemeente = "GM0000"}, "g-feit 1.verblijfgemeente=onbekend\n"},
		{{.verblijfgemeente = "GM0971"}, "g-feit 1.verblijfgemeente=GM0971\n"},
		{{.verblijfgemeente = NULL}, "g-feit 1.verblijfgemeente=\n"},
		{{.woongemeente = "GM0000"}, "g-feit 1.woongemeente=onbekend\n"},
		{{.woongemeente = "GM0000"}, "g-feit 1.woonhuis=onbekend\n"},
		{{.woongemeente = NULL}, "g-feit 1.woongemeente=onbekend\n"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const struct flow_case c = {.count = 1, .persons = {cases[i].person}};
		dossier_tells(w, flow_melded(w, POLITIE, &c, NULL), cases[i].fact);
	}
	const struct flow_case nowhere = {.count = 1, .gemeente = "GM0000"};
	struct flow_sent *melding = flow_melded(w, POLITIE, &nowhere, NULL);
	dossier_tells(w, melding, "g-feit gemeente=onbekend\n");
	dossier_tells(w, melding, "g-feit huis=onbekend\n");
	// Nobody said whether penal law is involved, and that there is no klasse.
	dossier_tells(w, melding, "g-feit strafrecht=onbekend\n");
	dossier_tells(w, melding, "g-feit klasse=\n");
	dossier_tells(w, melding, "g-feit klassen=\n");
}

static void many(struct flow_world *w, struct flow_party *who, size_t count)
{
	for (size_t n = 0; n < count; n++) {
		flow_hand(w, flow_melding(w, who, &one));
		if (n % 32 == 31)
			flow_end_batch(w);
	}
	flow_end_batch(w);
	flow_forget_frames(w);
}

static void a_count_over_part_of_them_is_not_known(void **state)
{
	struct flow_world *w = *state;
	static const char *const whole[] = {"g-feit 1.eerder.dag=255\n", "g-feit 1.eerder.30=255\n",
					    "g-feit 1.eerder.365=255\n", "g-feit 1.samenloop=nee\n",
					    NULL};
	static const char *const part[] = {
		"g-feit 1.eerder.dag=onbekend\n", "g-feit 1.eerder.30=onbekend\n",
		"g-feit 1.eerder.365=onbekend\n", "g-feit 1.samenloop=onbekend\n", NULL};
	static const char *const older[] = {"g-feit 1.eerder.dag=0\n", "g-feit 1.eerder.30=0\n",
					    "g-feit 1.eerder.365=onbekend\n",
					    "g-feit 1.samenloop=nee\n", NULL};
	many(w, POLITIE, SEEN_MAX - 1);
	struct flow_sent *melding = flow_melded(w, POLITIE, &one, NULL);
	tells_each(w, melding, whole);
	decided(w, melding, "wmo", "verstrekt");
	melding = flow_melded(w, POLITIE, &one, NULL);
	tells_each(w, melding, part);
	decided(w, melding, "wmo", "wacht");
	flow_days_later(w, 40);
	tells_each(w, flow_melded(w, POLITIE, &one, NULL), older);
	// One melding of another source is samenloop, whatever was not seen.
	many(w, POLITIE, SEEN_MAX - 1);
	melding = flow_melded(w, STAD, &one, NULL);
	dossier_tells(w, melding, "g-feit 1.samenloop=ja\n");
	dossier_tells(w, melding, "g-feit 1.eerder.30=onbekend\n");
}

static void a_person_who_stands_in_a_melding_twice_was_reported_once(void **state)
{
	struct flow_world *w = *state;
	static const struct flow_case twice = {
		.count = 2,
		.persons = {{.rol = "verdachte", .bsn = BSN}, {.rol = "slachtoffer", .bsn = BSN}}};
	flow_melded(w, POLITIE, &twice, NULL);
	const struct reply *before = flow_collect(w, STAD, "wmo", 0);
	uint64_t number = flow_part(w, &before->deliveries[before->delivery_count - 1])->number;
	dossier_tells(w, flow_melded(w, POLITIE, &one, NULL), "g-feit 1.eerder.365=1\n");
	const struct reply *reply = flow_collect(w, STAD, "wmo", number);
	struct rubriek rubriek = {.soort = 0};
	assert_int_equal(reply->delivery_count, 1);
	for (size_t i = 0; i < reply->deliveries[0].verrijking_count &&
			   rubriek.soort != RUBRIEK_VERRIJKING_EERDER;
	     i++)
		assert_int_equal(rubriek_decode(reply->deliveries[0].verrijkingen[i].value,
						w->arena, &rubriek),
				 RESULT_OK);
	assert_int_equal(rubriek.soort, RUBRIEK_VERRIJKING_EERDER);
	assert_true(bytes_equal(veld_get(rubriek.velden, rubriek.veld_count, EERDER_365),
				bytes_of_text("1")));
}

static void history_that_cannot_be_read_is_not_known(void **state)
{
	struct flow_world *w = *state;
	flow_melded(w, POLITIE, &one, NULL);
	struct flow_sent *melding = flow_melded(w, POLITIE, &one, NULL);
	decided(w, melding, "wmo", "verstrekt");
	unread_rows = true;
	melding = flow_melded(w, POLITIE, &one, NULL);
	unread_rows = false;
	dossier_tells(w, melding, "g-feit 1.eerder.365=onbekend\n");
	dossier_tells(w, melding, "g-feit 1.samenloop=onbekend\n");
	decided(w, melding, "wmo", "wacht");
}

// It was known when the melding came; when it is weighed it cannot be read. That it would be told
// waits, and the rest goes: the weging is not asked for again and again.
static void a_weging_is_taken_though_history_cannot_be_read_any_more(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_convenant(w, gewogen);
	flow_melded(w, POLITIE, &one, NULL);
	flow_melded(w, POLITIE, &one, &index);
	const struct flow_judgement ja = {index, "gewogen", "ja", 1};
	struct flow_sent *weging = flow_weging(w, REGISSEUR, &ja);
	unread_rows = true;
	flow_send_one(w, weging);
	unread_rows = false;
	flow_accepted(w, REGISSEUR, weging);
	const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
	assert_int_equal(reply->delivery_count, 1);
	const struct part_verstrekking *part = flow_part(w, &reply->deliveries[0]);
	assert_true(flow_gives(part, 0, RUBRIEK_KENMERKEN));
	assert_false(flow_gives(part, 1, RUBRIEK_VERRIJKING_EERDER));
	char line[64];
	snprintf(line, sizeof line, " feit gewogen " FLOW_HOUSE "/regisseur entry=%llu",
		 (unsigned long long)index);
	assert_non_null(strstr(flow_control(w, "status\n"), line));
}

static void who_got_something_before_is_not_known_when_one_melding_cannot_be_read(void **state)
{
	struct flow_world *w = *state;
	static const struct flow_case wth = {.soort = "wth", .count = 1, .persons = {{.bsn = BSN}}};
	uint64_t first;
	flow_melded(w, POLITIE, &one, &first);
	dossier_tells(w, flow_melded(w, POLITIE, &wth, NULL),
		      "g-feit 1.eerdere.ontvangers=stad/oov,stad/wmo\n");
	flow_unread = first;
	struct flow_sent *melding = flow_melded(w, POLITIE, &wth, NULL);
	flow_unread = 0;
	dossier_tells(w, melding, "g-feit 1.eerdere.ontvangers=onbekend\n");
	dossier_tells(w, melding, "g-feit 1.eerder.365=2\n");
}

static void a_casus_that_cannot_be_read_is_not_none(void **state)
{
	struct flow_world *w = *state;
	uint64_t casus = flow_accepted(
		w, REGISSEUR,
		dossier_casus(w, REGISSEUR, "casus pgax:1\nbsn " BSN "\nstatus opgepakt\n"));
	struct flow_sent *melding = flow_melded(w, POLITIE, &one, NULL);
	dossier_tells(w, melding, "g-feit 1.pga=nee\n");
	decided(w, melding, "oov", "verstrekt");
	flow_unread = casus;
	melding = flow_melded(w, POLITIE, &one, NULL);
	flow_unread = 0;
	dossier_tells(w, melding, "g-feit 1.pga=onbekend\n");
	dossier_tells(w, melding, "g-feit 1.casus.status=onbekend\n");
	decided(w, melding, "oov", "wacht");
}

static struct flow_sent *lift(struct flow_world *w, uint64_t index)
{
	char lines[200];
	snprintf(lines, sizeof lines,
		 "entry %llu\nbetrokkene 1\ngrond toestemming\ngever betrokkene\n"
		 "vorm schriftelijk\nmedewerker mw-1\n",
		 (unsigned long long)index);
	return dossier_say(w, ZORG, TYPE_TOESTEMMING, lines);
}

static struct flow_sent *withdraw(struct flow_world *w, uint64_t index)
{
	char lines[80];
	snprintf(lines, sizeof lines, "entry %llu\nmedewerker mw-1\n", (unsigned long long)index);
	return dossier_say(w, ZORG, TYPE_INTREKKING, lines);
}

// What cannot be read may be that it was withdrawn: then nothing goes, and nothing is refused.
static void a_toestemming_that_cannot_be_read_is_neither_given_nor_refused(void **state)
{
	struct flow_world *w = *state;
	static const struct {
		bool given, withdrawn, unread;
		const char *oordeel;
	} steps[] = {{false, false, false, "geweigerd"},
		     {true, false, true, "wacht"},
		     {false, false, false, "verstrekt"},
		     {false, true, true, "wacht"},
		     {false, false, false, "geweigerd"}};
	uint64_t first, given = 0, last = 0;
	flow_convenant(w, geheim);
	flow_melded(w, ZORG, &one, &first);
	for (size_t i = 0; i < COUNT_OF(steps); i++) {
		if (steps[i].given)
			last = given = flow_accepted(w, ZORG, lift(w, first));
		if (steps[i].withdrawn)
			last = flow_accepted(w, ZORG, withdraw(w, given));
		flow_unread = steps[i].unread ? last : 0;
		decided(w, flow_melded(w, ZORG, &one, NULL), "wmo", steps[i].oordeel);
	}
}

// Nothing of that one can leave; of the others what waits is taken back.
static void a_withdrawal_is_taken_though_another_melding_cannot_be_read(void **state)
{
	struct flow_world *w = *state;
	uint64_t first, unread, given;
	flow_convenant(w, geheim);
	flow_melded(w, ZORG, &one, &first);
	given = flow_accepted(w, ZORG, lift(w, first)); // 1
	flow_melded(w, ZORG, &one, &unread);            // 2
	flow_melded(w, ZORG, &one, NULL);               // 3
	flow_unread = unread;
	flow_accepted(w, ZORG, withdraw(w, given));
	flow_recheck_all(w);
	const struct reply *reply = flow_collect(w, STAD, "wmo", 1); // from the next on
	assert_true(flow_part(w, &reply->deliveries[0])->number == 3);
	assert_int_equal(flow_part(w, &reply->deliveries[0])->soort, VERSTREKKING_VERVALLEN);
	flow_unread = 0;
	decided(w, flow_melded(w, ZORG, &one, NULL), "wmo", "geweigerd");
}

static void numbers_that_lead_to_two_persons_tell_of_neither(void **state)
{
	struct flow_world *w = *state;
	static const char *const unknown[] = {
		"g-feit 1.eerder.365=onbekend\n", "g-feit 1.samenloop=onbekend\n",
		"g-feit 1.pga=onbekend\n", "g-feit 1.regie=onbekend\n", NULL};
	flow_melded(w, POLITIE, &one, NULL);
	flow_melded(w, POLITIE, &by_skn, NULL);
	flow_accepted(w, REGISSEUR,
		      dossier_casus(w, REGISSEUR,
				    "casus pgax:1\nskn 123456789\nstatus opgepakt\npga ja\n"));
	struct flow_sent *melding = flow_melded(w, POLITIE, &by_both, NULL);
	tells_each(w, melding, unknown);
	decided(w, melding, "oov", "wacht");
	// Each by its own number is still who it was.
	dossier_tells(w, flow_melded(w, POLITIE, &by_skn, NULL), "g-feit 1.pga=ja\n");
	melding = flow_melded(w, POLITIE, &one, NULL);
	dossier_tells(w, melding, "g-feit 1.pga=nee\n");
	decided(w, melding, "oov", "verstrekt");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)
		T(a_gemeente_that_is_not_known_is_not_none),
		T(a_count_over_part_of_them_is_not_known),
		T(a_person_who_stands_in_a_melding_twice_was_reported_once),
		T(history_that_cannot_be_read_is_not_known),
		T(a_weging_is_taken_though_history_cannot_be_read_any_more),
		T(who_got_something_before_is_not_known_when_one_melding_cannot_be_read),
		T(a_casus_that_cannot_be_read_is_not_none),
		T(a_toestemming_that_cannot_be_read_is_neither_given_nor_refused),
		T(a_withdrawal_is_taken_though_another_melding_cannot_be_read),
		T(numbers_that_lead_to_two_persons_tell_of_neither),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

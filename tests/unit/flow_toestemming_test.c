// SPDX-License-Identifier: EUPL-1.2
// Professional secrecy: nothing of what its source knows goes until it is lifted, for that person
// in every melding; withdrawn, it stops what waits and takes nothing back that went.
#include "flow_convenanten.h"
#include "flow_world.h"

#define GEHEIM                                                                                     \
	"  - regel: beroepsgeheim\n"                                                               \
	"    convenantartikel: \"1\"\n"                                                            \
	"    herkomst: \"papier: «proef»\"\n"                                                    \
	"    als: {bron.soort: ggz}\n"                                                             \
	"    vereis: {aan: " AAN_WMO ", rubrieken: [identificatie, kenmerken],\n"                  \
	"      toestemming: {grond: [toestemming, conflict-van-plichten]}}\n"

static const char geheim[] = FLOW_HEAD("geheim")
	FLOW_PARTIJEN GEHEIM FLOW_VERSTREK("wmo-leest", "", AAN_WMO, "kenmerken, identificatie");
// The same with a sender that the secrecy is not about.
static const char ruimer[] = FLOW_HEAD("ruimer")
	FLOW_PARTIJEN FLOW_VERSTREK("wmo-leest", "", AAN_WMO, "kenmerken, identificatie");

// Another samenwerkingsverband, which asks for none.
static const char naast[] = FLOW_HEAD_OF("naast", "1")
	FLOW_PARTIJEN FLOW_VERSTREK("oov-leest", "", AAN_OOV, "kenmerken");

static const struct flow_case client = {
	.count = 1, .persons = {{.rol = "slachtoffer", .minderjarig = "nee", .bsn = "999990019"}}};
static const struct flow_case other = {
	.count = 1, .persons = {{.rol = "slachtoffer", .minderjarig = "nee", .bsn = "999990342"}}};
static const struct flow_case nobody = {.count = 1, .persons = {{.rol = "getuige"}}};

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "regisseur");
	flow_enrol(w, FLOW_ZORG, "ggz", "behandeling");
	flow_convenant(w, geheim);
	*state = w;
	return 0;
}

#define REGISSEUR (&w->parties[2])
#define ZORG (&w->parties[3])

struct gift_of { // what a test says beside the required velden; NULL: nothing
	const char *grond, *ontvanger, *rubriek, *van, *tot, *bron, *band, *gever;
	const char *betrokkene; // NULL: 1
	const char *vorm;       // NULL: the one that its grond has
};

static struct flow_sent *lift(struct flow_world *w, struct flow_party *who, uint64_t index,
			      const struct gift_of *g)
{
	char entry[24];
	snprintf(entry, sizeof entry, "%llu", (unsigned long long)index);
	const char *vorm = g->vorm ? g->vorm : g->grond ? "verklaring" : "schriftelijk";
	struct veld velden[12] = {
		{TOESTEMMING_ENTRY, bytes_of_text(entry)},
		{TOESTEMMING_BETROKKENE, bytes_of_text(g->betrokkene ? g->betrokkene : "1")},
		{TOESTEMMING_GROND, bytes_of_text(g->grond ? g->grond : "toestemming")},
		{TOESTEMMING_VORM, bytes_of_text(vorm)}};
	const struct {
		uint32_t veld;
		const char *text;
	} more[] = {{TOESTEMMING_GEVER, g->gever},     {TOESTEMMING_LEEFTIJDSBAND, g->band},
		    {TOESTEMMING_BRON, g->bron},       {TOESTEMMING_ONTVANGER, g->ontvanger},
		    {TOESTEMMING_RUBRIEK, g->rubriek}, {TOESTEMMING_VAN, g->van},
		    {TOESTEMMING_TOT, g->tot},         {TOESTEMMING_MEDEWERKER, "mw-1"}};
	size_t count = 4;
	for (size_t i = 0; i < COUNT_OF(more); i++)
		if (more[i].text)
			velden[count++] = (struct veld){more[i].veld, bytes_of_text(more[i].text)};
	struct flow_sent *sent = flow_say(w, who, TYPE_TOESTEMMING, velden, count);
	flow_send_one(w, sent);
	return sent;
}

static struct flow_sent *withdraw(struct flow_world *w, struct flow_party *who, uint64_t index)
{
	char entry[24];
	snprintf(entry, sizeof entry, "%llu", (unsigned long long)index);
	struct veld velden[] = {{INTREKKING_ENTRY, bytes_of_text(entry)},
				{INTREKKING_MEDEWERKER, bytes_of_text("mw-1")}};
	struct flow_sent *sent = flow_say(w, who, TYPE_INTREKKING, velden, COUNT_OF(velden));
	flow_send_one(w, sent);
	return sent;
}

static size_t waiting(struct flow_world *w, uint64_t after)
{
	return flow_collect(w, STAD, "wmo", after)->delivery_count;
}

static const struct part_verstrekking *newest(struct flow_world *w, uint64_t number)
{
	const struct reply *reply = flow_collect(w, STAD, "wmo", number - 1);
	assert_int_equal(reply->delivery_count, 1);
	return flow_part(w, &reply->deliveries[0]);
}

static const char *why(struct flow_world *w, const struct flow_sent *melding)
{
	char request[200];
	snprintf(request, sizeof request,
		 "why\nid %s\nontvanger stad/wmo\nbetrokkene 0\nrubriek kenmerken\n", melding->id);
	return flow_control(w, request);
}

static void what_is_secret_goes_once_it_is_lifted_and_then_for_that_person(void **state)
{
	struct flow_world *w = *state;
	uint64_t first, later, police;
	struct flow_sent *melding = flow_melded(w, ZORG, &client, &first);
	assert_int_equal(waiting(w, 0), 0);
	assert_non_null(strstr(why(w, melding), "beslissing geweigerd\n"));
	assert_non_null(strstr(why(w, melding), "toestemming: niet gegeven, gevraagd "));
	flow_accepted(w, ZORG, lift(w, ZORG, first, &(struct gift_of){0}));
	assert_true(flow_gives(newest(w, 1), 0, RUBRIEK_KENMERKEN));
	assert_true(newest(w, 1)->betreft == first);
	const char *told = why(w, melding);
	assert_non_null(strstr(told, "beslissing verstrekt\n"));
	assert_non_null(strstr(told, "gebeurtenis toestemming "));
	assert_non_null(strstr(told, "g-toestemming 1 toestemming " FLOW_ZORG "\n"));
	assert_non_null(strstr(told, "g-feit 1.toestemming.toestemming=-\n"));
	// A later melding of the same source about the same person; and about another.
	melding = flow_melded(w, ZORG, &client, &later);
	assert_int_equal(waiting(w, 0), 2);
	assert_non_null(strstr(why(w, melding), "beslissing verstrekt\n"));
	flow_melded(w, ZORG, &other, &later);
	assert_int_equal(waiting(w, 0), 2);
	// The secrecy is the care's; the police tells under its own regels.
	flow_melded(w, POLITIE, &other, &police);
	assert_int_equal(waiting(w, 0), 3);
}

static void what_does_not_cover_lifts_nothing(void **state)
{
	struct flow_world *w = *state;
	uint64_t first;
	flow_melded(w, ZORG, &client, &first);
	const struct gift_of narrow[] = {{.grond = "meldrecht"},
					 {.ontvanger = FLOW_POLITIE},
					 {.rubriek = "bsn"},
					 {.van = "2030-01-01"},
					 {.tot = "2020-01-01"}};
	for (size_t i = 0; i < COUNT_OF(narrow); i++) {
		flow_accepted(w, ZORG, lift(w, ZORG, first, &narrow[i]));
		assert_int_equal(waiting(w, 0), 0);
	}
	const struct gift_of wide = {
		.grond = "conflict-van-plichten", .ontvanger = FLOW_STAD, .rubriek = "kenmerken"};
	flow_accepted(w, ZORG, lift(w, ZORG, first, &wide));
	assert_true(flow_gives(newest(w, 1), 0, RUBRIEK_KENMERKEN));
	assert_false(flow_gives(newest(w, 1), 1, RUBRIEK_IDENTIFICATIE));
}

// A conflict van plichten and a meldrecht are weighed by the professional himself, for one
// situation.
static void what_a_professional_declares_is_its_own_and_of_that_melding_alone(void **state)
{
	struct flow_world *w = *state;
	uint64_t first, later;
	const struct gift_of conflict = {.grond = "conflict-van-plichten"};
	const struct {
		struct flow_party *who;
		struct gift_of said;
	} refused[] = {
		{REGISSEUR, conflict},
		{REGISSEUR, {.grond = "meldrecht", .bron = FLOW_ZORG}},
		{ZORG, {.grond = "conflict-van-plichten", .gever = "betrokkene"}},
		{ZORG, {.grond = "meldrecht", .band = "16-en-ouder"}},
		{ZORG, {.grond = "conflict-van-plichten", .vorm = "mondeling"}},
		{ZORG, {.grond = "wettelijke-plicht", .vorm = "schriftelijk"}},
	};
	flow_melded(w, ZORG, &client, &first);
	for (size_t i = 0; i < COUNT_OF(refused); i++)
		flow_refused(w, refused[i].who, lift(w, refused[i].who, first, &refused[i].said),
			     REASON_BAD_VALUE);
	assert_int_equal(waiting(w, 0), 0);
	flow_accepted(w, ZORG, lift(w, ZORG, first, &conflict));
	assert_int_equal(waiting(w, 0), 1);
	// The same person again is another situation; what a person gave goes on to hold.
	struct flow_sent *melding = flow_melded(w, ZORG, &client, &later);
	assert_int_equal(waiting(w, 0), 1);
	assert_non_null(strstr(why(w, melding), "beslissing geweigerd\n"));
	flow_accepted(w, ZORG, lift(w, ZORG, first, &(struct gift_of){.gever = "betrokkene"}));
	flow_melded(w, ZORG, &client, &later);
	assert_true(waiting(w, 0) > 1);
}

static void nobody_lifts_the_secrecy_of_another(void **state)
{
	struct flow_world *w = *state;
	uint64_t first;
	struct gift_of none = {0};
	flow_melded(w, ZORG, &client, &first);
	flow_refused(w, POLITIE, lift(w, POLITIE, first, &none), REASON_NOT_FOUND);
	flow_refused(w, STAD, lift(w, STAD, first, &none), REASON_NOT_FOUND);
	flow_refused(w, ZORG, lift(w, ZORG, first + 50, &none), REASON_NOT_FOUND);
	flow_refused(w, ZORG, lift(w, ZORG, first, &(struct gift_of){.bron = FLOW_POLITIE}),
		     REASON_BAD_VALUE);
	flow_refused(w, ZORG, lift(w, ZORG, first, &(struct gift_of){.rubriek = "alles"}),
		     REASON_UNKNOWN_CODE);
	flow_refused(
		w, ZORG,
		lift(w, ZORG, first, &(struct gift_of){.van = "2026-02-01", .tot = "2026-01-01"}),
		REASON_BAD_VALUE);
	assert_int_equal(waiting(w, 0), 0);
	// The house writes down whose it is.
	flow_accepted(w, REGISSEUR,
		      lift(w, REGISSEUR, first, &(struct gift_of){.bron = FLOW_POLITIE}));
	assert_int_equal(waiting(w, 0), 0);
	flow_accepted(w, REGISSEUR,
		      lift(w, REGISSEUR, first, &(struct gift_of){.bron = FLOW_ZORG}));
	assert_int_equal(waiting(w, 0), 1);
}

static void withdrawn_it_stops_what_waits_of_every_melding(void **state)
{
	struct flow_world *w = *state;
	uint64_t first, second, third, police;
	struct flow_sent *melding = flow_melded(w, ZORG, &client, &first);
	struct flow_sent *lifted = lift(w, ZORG, first, &(struct gift_of){0});
	uint64_t given = flow_accepted(w, ZORG, lifted);
	flow_send_one(w, flow_ack(w, STAD, "wmo", &flow_collect(w, STAD, "wmo", 0)->deliveries[0]));
	flow_melded(w, ZORG, &client, &second);
	flow_melded(w, POLITIE, &client, &police);
	assert_int_equal(waiting(w, 1), 2);
	flow_refused(w, POLITIE, withdraw(w, POLITIE, given), REASON_NOT_FOUND);
	flow_refused(w, ZORG, withdraw(w, ZORG, first), REASON_NOT_FOUND);
	flow_accepted(w, ZORG, withdraw(w, ZORG, given));
	const struct reply *reply = flow_collect(w, STAD, "wmo", 1);
	assert_int_equal(reply->delivery_count, 4);
	assert_int_equal(flow_part(w, &reply->deliveries[0])->soort, VERSTREKKING_VERVALLEN);
	assert_int_equal(flow_part(w, &reply->deliveries[1])->soort, VERSTREKKING_GEGEVEN);
	// Who has it is told: of what it confirmed by its gronden, of what waited by none.
	const struct part_verstrekking *gone = flow_part(w, &reply->deliveries[2]);
	assert_true(gone->soort == VERSTREKKING_INGETROKKEN && gone->betreft == first);
	assert_true(gone->grond_count == 1 && flow_gives(gone, 0, RUBRIEK_KENMERKEN));
	gone = flow_part(w, &reply->deliveries[3]);
	assert_true(gone->soort == VERSTREKKING_INGETROKKEN && gone->betreft == second);
	assert_int_equal(gone->grond_count, 0);
	flow_refused(w, ZORG, withdraw(w, ZORG, given), REASON_ALREADY_DECIDED);
	// What went is not taken back, and nothing new goes.
	const char *told = why(w, melding);
	assert_non_null(strstr(told, "gebeurtenis intrekking "));
	assert_non_null(strstr(told, "g-plaats 0 kenmerken verstrekt 1\n"));
	flow_melded(w, ZORG, &client, &third);
	assert_int_equal(waiting(w, 5), 0);
	// Given anew it counts anew.
	flow_accepted(w, ZORG, lift(w, ZORG, third, &(struct gift_of){0}));
	assert_int_equal(waiting(w, 5), 1);
}

static void of_a_person_nobody_knows_it_holds_for_that_melding(void **state)
{
	struct flow_world *w = *state;
	uint64_t first, second;
	flow_melded(w, ZORG, &nobody, &first);
	flow_accepted(w, ZORG, lift(w, ZORG, first, &(struct gift_of){0}));
	assert_int_equal(waiting(w, 0), 1);
	flow_melded(w, ZORG, &nobody, &second);
	assert_int_equal(waiting(w, 0), 1);
}

static void under_another_convenant_what_was_refused_is_not_sent_after_all(void **state)
{
	struct flow_world *w = *state;
	uint64_t first;
	flow_melded(w, ZORG, &client, &first);
	flow_convenant(w, ruimer);
	flow_recheck_all(w);
	assert_int_equal(waiting(w, 0), 0);
}

// What was refused says nothing of the melding that it was about.
static void assert_about_nothing(struct flow_world *w, const struct flow_sent *sent)
{
	struct recalled recalled;
	assert_int_equal(recall_entry(w->core, flow_answer(w, ZORG, sent)->receipt.index,
				      RECALL_PARTS, w->arena, &recalled),
			 RESULT_OK);
	assert_int_equal(recalled.verantwoording->betreft, 0);
	assert_int_equal(recalled.verantwoording->veld_count, 0);
}

// What is asked of the log for one more statement grows with what was said, not with its square,
// and ends: counted, for time is no measure.
static uint64_t cost_of_one_more(struct flow_world *w, uint64_t melding)
{
	uint64_t before = w->core->counts.recalled;
	flow_accepted(w, ZORG, lift(w, ZORG, melding, &(struct gift_of){.rubriek = "bsn"}));
	return w->core->counts.recalled - before;
}

static void what_was_said_often_costs_in_proportion_and_has_an_end(void **state)
{
	struct flow_world *w = *state;
	uint64_t first, index = 0;
	flow_melded(w, ZORG, &client, &first);
	uint64_t once = cost_of_one_more(w, first), last = 0;
	for (uint64_t said = 1; said < 64; said++) {
		last = cost_of_one_more(w, first);
		assert_in_range(last, said, once + 8 * said);
	}
	flow_refused(w, ZORG, lift(w, ZORG, first, &(struct gift_of){0}), REASON_TOO_MANY);
	// Whatever melding it is said about; the house and others may still speak.
	uint64_t before = w->core->counts.recalled;
	flow_melded(w, ZORG, &client, &index);
	assert_in_range(w->core->counts.recalled - before, 64, 64 + 16);
	flow_refused(w, ZORG, lift(w, ZORG, index, &(struct gift_of){0}), REASON_TOO_MANY);
	flow_accepted(w, REGISSEUR,
		      lift(w, REGISSEUR, index, &(struct gift_of){.bron = FLOW_ZORG}));
	assert_int_equal(waiting(w, 0), 1);
	flow_melded(w, ZORG, &other, &index);
	flow_accepted(w, ZORG, lift(w, ZORG, index, &(struct gift_of){0}));
}

// Two convenanten decide on each, which is said once.
static void how_often_is_counted_once_under_several_convenanten(void **state)
{
	struct flow_world *w = *state;
	static const struct flow_case two = {
		.count = 2, .persons = {{.rol = "slachtoffer"}, {.rol = "getuige"}}};
	uint64_t index;
	flow_convenant(w, naast);
	flow_melded(w, ZORG, &two, &index);
	for (size_t i = 0; i < 64; i++)
		flow_accepted(w, ZORG, lift(w, ZORG, index, &(struct gift_of){.rubriek = "bsn"}));
	const struct flow_sent *beyond = lift(w, ZORG, index, &(struct gift_of){0});
	flow_refused(w, ZORG, beyond, REASON_TOO_MANY);
	assert_about_nothing(w, beyond);
	flow_accepted(w, ZORG, lift(w, ZORG, index, &(struct gift_of){.betrokkene = "2"}));
}

// Given and withdrawn in turn it has an end too, and what is not touched makes no leaves.
static void withdrawing_decides_only_on_what_it_changes(void **state)
{
	struct flow_world *w = *state;
	uint64_t first, police;
	flow_melded(w, ZORG, &client, &first);
	for (size_t i = 0; i < 8; i++)
		flow_melded(w, POLITIE, &client, &police);
	for (size_t i = 0; i < 64; i++) {
		uint64_t given = flow_accepted(w, ZORG, lift(w, ZORG, first, &(struct gift_of){0}));
		uint64_t entries = w->core->counts.entries;
		flow_accepted(w, ZORG, withdraw(w, ZORG, given));
		assert_int_equal(w->core->counts.entries - entries, 3); // its lapse, and that
	}
	flow_refused(w, ZORG, lift(w, ZORG, first, &(struct gift_of){0}), REASON_TOO_MANY);
}

static const struct flow_case with_skn = {
	.count = 1, .persons = {{.rol = "slachtoffer", .minderjarig = "nee", .skn = "SKN-7"}}};
static const struct flow_case linked = {
	.count = 1,
	.persons = {
		{.rol = "slachtoffer", .minderjarig = "nee", .bsn = "999990019", .skn = "SKN-7"}}};
static const struct flow_case contradicts = {
	.count = 1,
	.persons = {
		{.rol = "slachtoffer", .minderjarig = "nee", .bsn = "999990342", .skn = "SKN-7"}}};

// Another partner says that two numbers are one person: what was said about one of them is not said
// about the other.
static void a_link_of_a_third_party_stretches_nothing(void **state)
{
	struct flow_world *w = *state;
	uint64_t index, given;
	flow_melded(w, ZORG, &with_skn, &index);
	flow_melded(w, POLITIE, &linked, &given);
	assert_int_equal(waiting(w, 0), 1);
	flow_accepted(w, ZORG, lift(w, ZORG, index, &(struct gift_of){0}));
	assert_int_equal(waiting(w, 1), 1);
	flow_melded(w, ZORG, &client, &given); // the BSN alone
	assert_int_equal(waiting(w, 2), 0);
	flow_melded(w, ZORG, &with_skn, &given);
	assert_int_equal(waiting(w, 2), 1);
	// Both numbers, of which the source itself says that they are one person.
	flow_melded(w, ZORG, &linked, &given);
	assert_int_equal(waiting(w, 3), 1);
	flow_accepted(w, ZORG, lift(w, ZORG, given, &(struct gift_of){0}));
	flow_melded(w, ZORG, &client, &given);
	assert_int_equal(waiting(w, 4), 1);
	flow_melded(w, ZORG, &contradicts,
		    &given);                // the number of that person beside another's BSN
	assert_int_equal(waiting(w, 5), 1); // by the first one, which names the SKN alone
}

static void another_bsn_is_another_person(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, ZORG, &linked, &index);
	flow_accepted(w, ZORG, lift(w, ZORG, index, &(struct gift_of){0}));
	flow_melded(w, ZORG, &contradicts, &index);
	assert_int_equal(waiting(w, 1), 0);
}

static void given_again_it_opens_the_melding_again(void **state)
{
	struct flow_world *w = *state;
	uint64_t first;
	flow_melded(w, ZORG, &client, &first);
	uint64_t given = flow_accepted(w, ZORG, lift(w, ZORG, first, &(struct gift_of){0}));
	flow_accepted(w, ZORG, withdraw(w, ZORG, given));
	const struct delivery *lapsed = &flow_collect(w, STAD, "wmo", 0)->deliveries[0];
	assert_int_equal(flow_part(w, lapsed)->soort, VERSTREKKING_VERVALLEN);
	assert_int_equal(newest(w, 2)->soort, VERSTREKKING_INGETROKKEN);
	given = flow_accepted(w, ZORG, lift(w, ZORG, first, &(struct gift_of){0}));
	assert_true(flow_gives(newest(w, 3), 0, RUBRIEK_KENMERKEN));
	flow_send_one(w, flow_ack(w, STAD, "wmo", &flow_collect(w, STAD, "wmo", 2)->deliveries[0]));
	// What went is not sent a second time.
	flow_accepted(w, ZORG, withdraw(w, ZORG, given));
	flow_accepted(w, ZORG, lift(w, ZORG, first, &(struct gift_of){0}));
	assert_int_equal(newest(w, 4)->soort, VERSTREKKING_INGETROKKEN); // and no 5
	assert_null(strstr(flow_control(w, "replay\nfrom 0\n"), "\ndiffer "));
}

static void who_stands_twice_in_a_melding_is_one_person(void **state)
{
	struct flow_world *w = *state;
	static const struct flow_case twice = {.count = 2,
					       .persons = {{.rol = "slachtoffer",
							    .minderjarig = "nee",
							    .bsn = "999990019",
							    .geslachtsnaam = "Jansen"},
							   {.rol = "getuige",
							    .minderjarig = "nee",
							    .bsn = "999990019",
							    .geslachtsnaam = "Jansen"}}};
	uint64_t first;
	flow_melded(w, ZORG, &twice, &first);
	flow_accepted(w, ZORG, lift(w, ZORG, first, &(struct gift_of){0}));
	assert_true(flow_gives(newest(w, 1), 1, RUBRIEK_IDENTIFICATIE));
	assert_true(flow_gives(newest(w, 1), 2, RUBRIEK_IDENTIFICATIE));
	assert_null(strstr(flow_control(w, "replay\nfrom 0\n"), "\ndiffer "));
}

// A second key of the same OIN that calls itself something else escapes nothing.
static void what_a_source_is_says_the_convenant(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	struct flow_party *other_soort = flow_enrol(w, FLOW_ZORG, "onderwijs", "crisisdienst");
	struct flow_sent *melding = flow_melded(w, other_soort, &client, &index);
	assert_int_equal(waiting(w, 0), 0);
	assert_non_null(strstr(why(w, melding), "toestemming: niet gegeven, gevraagd "));
}

static void a_child_under_twelve_gives_none_and_a_band_is_no_other_age(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, ZORG, &client, &index);
	const struct {
		const char *band, *gever;
		enum reason reason;
	} cases[] = {{"jonger-dan-12", "betrokkene", REASON_BAD_VALUE},
		     {"jonger-dan-12", "gezagdrager", REASON_NONE},
		     {"12-tot-16", "betrokkene-en-gezagdrager", REASON_NONE},
		     {"16-en-ouder", "betrokkene", REASON_NONE}};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct gift_of g = {.band = cases[i].band, .gever = cases[i].gever};
		struct flow_sent *sent = lift(w, ZORG, index, &g);
		if (cases[i].reason)
			flow_refused(w, ZORG, sent, cases[i].reason);
		else
			flow_accepted(w, ZORG, sent);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_secret_goes_once_it_is_lifted_and_then_for_that_person),
		TEST(what_does_not_cover_lifts_nothing),
		TEST(what_a_professional_declares_is_its_own_and_of_that_melding_alone),
		TEST(nobody_lifts_the_secrecy_of_another),
		TEST(withdrawn_it_stops_what_waits_of_every_melding),
		TEST(of_a_person_nobody_knows_it_holds_for_that_melding),
		TEST(what_a_source_is_says_the_convenant),
		TEST(a_child_under_twelve_gives_none_and_a_band_is_no_other_age),
		TEST(what_was_said_often_costs_in_proportion_and_has_an_end),
		TEST(how_often_is_counted_once_under_several_convenanten),
		TEST(withdrawing_decides_only_on_what_it_changes),
		TEST(a_link_of_a_third_party_stretches_nothing),
		TEST(another_bsn_is_another_person),
		TEST(given_again_it_opens_the_melding_again),
		TEST(who_stands_twice_in_a_melding_is_one_person),
		TEST(under_another_convenant_what_was_refused_is_not_sent_after_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

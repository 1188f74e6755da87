// SPDX-License-Identifier: EUPL-1.2
// The one screen of an overleg: what all who are present may see of a melding, never more, and that
// they saw it.
#include "flow_convenanten.h"
#include "flow_world.h"

#include "base/clock.h"
#include "control/control.h"

#define PARTIJEN                                                                                   \
	"partijen:\n"                                                                              \
	"  - {partij: huis, naam: H, oin: \"00000099000000009000\", soort: veiligheidshuis,\n"     \
	"     functies: [regisseur, coordinator], getekend: nee}\n"                                \
	"  - {partij: politie, naam: P, oin: \"00000099000000001000\", soort: politie,\n"          \
	"     functies: [wijk], getekend: nee}\n"                                                  \
	"  - {partij: stad, naam: S, oin: \"00000099000000003000\", soort: gemeente,\n"            \
	"     gemeente: GM1883, functies: [oov, wmo], getekend: nee}\n"                            \
	"  - {partij: zorg, naam: Z, oin: \"00000099000000005000\", soort: ggz,\n"                 \
	"     functies: [behandeling], getekend: nee}\n"                                           \
	"overleggen:\n"                                                                            \
	"  - {overleg: weegtafel, voorzitter: {partij: huis, functie: regisseur},\n"               \
	"     leden: [{partij: stad, functie: wmo}, {partij: zorg, functie: behandeling}],\n"      \
	"     kalender: dagelijks}\n"                                                              \
	"regels:\n"                                                                                \
	"  - regel: op-tafel\n    convenantartikel: \"1\"\n    herkomst: \"papier: «proef»\"\n"  \
	"    agendeer: {overleg: weegtafel}\n    doel: d\n    grondslag: [g]\n"
#define REGISSEUR_LEEST(rest)                                                                      \
	FLOW_VERSTREK("regisseur-leest", "", AAN_REGISSEUR,                                        \
		      "kenmerken, identificatie, bsn, herkomst" rest)
#define WMO_LEEST(rest)                                                                            \
	FLOW_VERSTREK("wmo-leest", "", AAN_WMO, "kenmerken, identificatie, herkomst" rest)
#define ZORG_LEEST FLOW_VERSTREK("zorg-leest", "", AAN_ZORG, "kenmerken, identificatie")
#define OOV_LEEST FLOW_VERSTREK("oov-leest", "", AAN_OOV, "kenmerken, identificatie, bsn")

static const char tafel[] =
	FLOW_HEAD("tafel") PARTIJEN REGISSEUR_LEEST("") WMO_LEEST("") ZORG_LEEST OOV_LEEST;
// A regel too many.
static const char ruim[] =
	FLOW_HEAD("ruim") PARTIJEN REGISSEUR_LEEST("") WMO_LEEST(", bsn") ZORG_LEEST OOV_LEEST;
static const char krap[] = FLOW_HEAD("krap") PARTIJEN REGISSEUR_LEEST("") WMO_LEEST("")
	FLOW_VERSTREK("zorg-leest", "", AAN_ZORG, "kenmerken") OOV_LEEST;
static const char eerder[] = FLOW_HEAD("eerder") PARTIJEN REGISSEUR_LEEST(", verrijking.eerder")
	WMO_LEEST(", verrijking.eerder") ZORG_LEEST;

#define NUMMERS(name, aan, rest)                                                                   \
	"  - regel: " name "\n    convenantartikel: \"1\"\n    herkomst: \"papier: «proef»\"\n"  \
	"    verstrek: {aan: " aan ", rubrieken: [ketennummer]" rest "}\n"                         \
	"    doel: d\n    grondslag: [g]\n"
static const char wetten[] =
	FLOW_HEAD("wetten") PARTIJEN NUMMERS("regisseur-leest", AAN_REGISSEUR, "")
		NUMMERS("wmo-leest", AAN_WMO, ", regime: avg")
			NUMMERS("zorg-leest", AAN_ZORG, ", regime: wpg");
static const struct flow_case two_laws = {
	.count = 1,
	.persons = {{.rol = "slachtoffer", .skn = "AB1234567", .vnummer = "1234567890"}}};

static const struct flow_case one = {
	.count = 1,
	.registratienummer = "PL2300-1",
	.persons = {{.rol = "slachtoffer", .bsn = "999990019", .geslachtsnaam = "Een"}}};

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "regisseur");
	flow_enrol(w, FLOW_ZORG, "ggz", "behandeling");
	flow_convenant(w, tafel);
	*state = w;
	return 0;
}

#define REGISSEUR (&w->parties[2])
#define ZORG (&w->parties[3])
#define WMO_IS_THERE FLOW_STAD ":wmo:mw-2"
#define ZORG_IS_THERE FLOW_ZORG ":behandeling:mw-3"

// ---- asking ----------------------------------------------------------------------------------

struct showing {
	struct flow_party *by; // NULL: the regisseur
	uint64_t entry;
	const char *overleg, *zitting; // NULL: the weegtafel, today
	const char *aanwezig[40];
};

static struct flow_sent *showing(struct flow_world *w, const struct showing *showing)
{
	char entry[24], today[16];
	struct civil_date date = date_amsterdam(time_now(w->core));
	struct veld velden[64];
	size_t count = 0;
	snprintf(entry, sizeof entry, "%llu", (unsigned long long)showing->entry);
	snprintf(today, sizeof today, "%04d-%02d-%02d", date.year % 10000, date.month % 100,
		 date.day % 100);
	velden[count++] = (struct veld){SCHERM_ENTRY, bytes_of_text(entry)};
	velden[count++] = (struct veld){
		SCHERM_OVERLEG, bytes_of_text(showing->overleg ? showing->overleg : "weegtafel")};
	velden[count++] = (struct veld){SCHERM_ZITTING,
					bytes_of_text(showing->zitting ? showing->zitting : today)};
	velden[count++] = (struct veld){SCHERM_MEDEWERKER, bytes_of_text("mw-1")};
	for (size_t i = 0; showing->aanwezig[i]; i++)
		velden[count++] =
			(struct veld){SCHERM_AANWEZIG, bytes_of_text(showing->aanwezig[i])};
	return flow_say(w, showing->by ? showing->by : REGISSEUR, TYPE_SCHERM, velden, count);
}

// What it is answered with, as text.
static const char *answer(struct flow_world *w, const struct flow_sent *sent)
{
	const struct reply *reply = flow_answer(w, REGISSEUR, sent);
	assert_non_null(reply);
	assert_int_equal(reply->outcome, OUTCOME_AANVAARD);
	assert_true(reply->has_receipt);
	char *lines = arena_alloc(w->arena, reply->antwoord.len + 1);
	if (reply->antwoord.len > 0)
		memcpy(lines, reply->antwoord.data, reply->antwoord.len);
	lines[reply->antwoord.len] = '\0';
	return lines;
}

static const char *show(struct flow_world *w, const struct showing *what)
{
	struct flow_sent *sent = showing(w, what);
	flow_forget_frames(w);
	flow_send_one(w, sent);
	return answer(w, sent);
}

// The rubrieken that stand in an answer, as "1/bsn" and so on, and whether any tells its bron.
struct seen {
	char places[512];
	bool bron;
};

static struct seen seen_in(struct flow_world *w, const char *lines)
{
	struct control_message *message = test_malloc(sizeof *message);
	struct seen seen = {.places = ""};
	assert_int_equal(control_parse(bytes_of_text(lines), message), RESULT_OK);
	for (size_t i = 0; i < message->count; i++) {
		const struct control_line *line = &message->lines[i];
		struct rubriek rubriek;
		char place[64];
		if (!bytes_equal(line->name, bytes_of_text("rubriek")) &&
		    !bytes_equal(line->name, bytes_of_text("toegevoegd")))
			continue;
		assert_int_equal(rubriek_decode(line->value, w->arena, &rubriek), RESULT_OK);
		snprintf(place, sizeof place, "%u/%s ", rubriek.betrokkene,
			 rubriek_row(rubriek.soort)->name);
		strncat(seen.places, place, sizeof seen.places - strlen(seen.places) - 1);
		seen.bron |= rubriek.bron.len > 0;
	}
	control_message_done(message);
	test_free(message);
	return seen;
}

static bool has(const struct seen *seen, const char *place)
{
	return strstr(seen->places, place) != NULL;
}

static size_t count(const char *lines, const char *what)
{
	size_t found = 0;
	for (const char *at = lines; (at = strstr(at, what)); at += strlen(what))
		found++;
	return found;
}

static const struct part_verstrekking *newest(struct flow_world *w, struct flow_party *who,
					      const char *functie)
{
	const struct reply *reply = flow_collect(w, who, functie, 0);
	assert_true(reply->delivery_count > 0);
	return flow_part(w, &reply->deliveries[reply->delivery_count - 1]);
}

// ---- what is seen ----------------------------------------------------------------------------

static void all_see_what_each_of_them_may_see(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &one, &index);
	const char *lines = show(
		w, &(struct showing){.entry = index, .aanwezig = {WMO_IS_THERE, ZORG_IS_THERE}});
	struct seen seen = seen_in(w, lines);
	assert_true(has(&seen, "0/kenmerken ") && has(&seen, "1/identificatie "));
	assert_true(!has(&seen, "bsn") && !seen.bron && !strstr(lines, "\nbron "));
	assert_int_equal(count(seen.places, "/"), 2);
	// Two of the three may know the source.
	lines = show(w, &(struct showing){.entry = index, .aanwezig = {WMO_IS_THERE}});
	seen = seen_in(w, lines);
	assert_int_equal(count(seen.places, "/"), 2);
	assert_non_null(strstr(lines, "\nbron " FLOW_POLITIE "\n"));
	// Nobody but the voorzitter: its own view.
	seen = seen_in(w, show(w, &(struct showing){.entry = index}));
	assert_true(has(&seen, "1/bsn "));
	assert_int_equal(count(seen.places, "/"), 3);
}

// The check of the test above sees what a regel too many would bring.
static void a_regel_too_many_would_be_seen(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_convenant(w, ruim);
	flow_melded(w, POLITIE, &one, &index);
	struct seen seen =
		seen_in(w, show(w, &(struct showing){.entry = index, .aanwezig = {WMO_IS_THERE}}));
	assert_true(has(&seen, "1/bsn "));
	seen = seen_in(w, show(w, &(struct showing){.entry = index,
						    .aanwezig = {WMO_IS_THERE, ZORG_IS_THERE}}));
	assert_false(has(&seen, "1/bsn "));
}

static void it_is_recorded_as_a_verstrekking_to_each(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	struct flow_sent *melding = flow_melded(w, POLITIE, &one, &index);
	show(w,
	     &(struct showing){.entry = index,
			       .aanwezig = {WMO_IS_THERE, FLOW_STAD ":wmo:mw-4", ZORG_IS_THERE}});
	// Two for one functie are one verstrekking.
	assert_int_equal(flow_collect(w, STAD, "wmo", 0)->delivery_count, 2);
	const struct part_verstrekking *part = newest(w, STAD, "wmo");
	assert_true(part->soort == VERSTREKKING_GETOOND && part->betreft == index);
	assert_true(part->slot_count == 0 && !part->has_verrijking);
	assert_int_equal(part->grond_count, 2);
	assert_true(flow_gives(part, 0, RUBRIEK_KENMERKEN) &&
		    flow_gives(part, 1, RUBRIEK_IDENTIFICATIE));
	assert_true(bytes_equal(part->gronden[0].regel, bytes_of_text("wmo-leest")));
	part = newest(w, ZORG, "behandeling");
	assert_true(bytes_equal(part->gronden[0].regel, bytes_of_text("zorg-leest")));
	assert_int_equal(newest(w, REGISSEUR, "regisseur")->soort, VERSTREKKING_GETOOND);
	assert_int_equal(newest(w, STAD, "oov")->soort, VERSTREKKING_GEGEVEN);

	char request[200];
	snprintf(request, sizeof request, "why\nid %s\nontvanger zorg/behandeling\n", melding->id);
	const char *told = flow_control(w, request);
	assert_non_null(strstr(told, "g-scherm weegtafel "));
	assert_non_null(strstr(told, "\ng-aanwezig " FLOW_ZORG " behandeling mw-3\n"));
	assert_int_equal(count(told, "\ng-aanwezig "), 3);
	const char *event = strstr(told, "gebeurtenis scherm ");
	assert_non_null(
		strstr(event, "g-plaats 1 identificatie verstrekt 1\ng-regel zorg-leest\n"));
	told = flow_control(w, "inzage\nbsn 999990019\n");
	assert_int_equal(count(told, " getoond "), 3);
	assert_non_null(strstr(told, " getoond " FLOW_ZORG " behandeling "));
	told = flow_control(w, "datalek\nkey " FLOW_ZORG "\nsince 2020-01-01T00:00:00Z\n");
	assert_int_equal(count(told, " getoond\n"), 1);
	told = flow_control(w, "replay\nfrom 0\n");
	assert_null(strstr(told, "\ndiffer "));
}

// Two rubrieken at one place, each held under its own law.
static void of_a_place_only_what_is_held_under_a_law_that_is_of_all(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_convenant(w, wetten);
	flow_melded(w, POLITIE, &two_laws, &index);
	struct seen seen = seen_in(w, show(w, &(struct showing){.entry = index}));
	assert_int_equal(count(seen.places, "1/ketennummer "), 2);
	seen = seen_in(w, show(w, &(struct showing){.entry = index, .aanwezig = {WMO_IS_THERE}}));
	assert_int_equal(count(seen.places, "1/ketennummer "), 1);
	seen = seen_in(w, show(w, &(struct showing){.entry = index,
						    .aanwezig = {WMO_IS_THERE, ZORG_IS_THERE}}));
	assert_string_equal(seen.places, "");
	assert_int_equal(newest(w, ZORG, "behandeling")->soort, VERSTREKKING_GEGEVEN);
}

// What the knooppunt adds is made for each by itself: it is on the screen where it is the same.
static void what_is_stated_is_seen_where_it_is_the_same_for_all(void **state)
{
	struct flow_world *w = *state;
	uint64_t first, second;
	flow_convenant(w, eerder);
	flow_melded(w, POLITIE, &one, &first);
	const struct showing at_first = {.entry = first, .aanwezig = {WMO_IS_THERE}};
	struct seen seen = seen_in(w, show(w, &at_first));
	assert_true(has(&seen, "1/verrijking.eerder "));
	// From here on the regisseur knows of one melding more than the wmo.
	flow_convenant(w, FLOW_HEAD("alleen") PARTIJEN REGISSEUR_LEEST(""));
	flow_melded(w, POLITIE, &one, NULL);
	flow_convenant(w, eerder);
	flow_melded(w, POLITIE, &one, &second);
	const struct showing both = {.entry = second, .aanwezig = {WMO_IS_THERE}};
	seen = seen_in(w, show(w, &both));
	assert_true(has(&seen, "1/identificatie ") && !has(&seen, "eerder"));
	seen = seen_in(w, show(w, &(struct showing){.entry = second}));
	assert_true(has(&seen, "1/verrijking.eerder "));
}

// ---- what came in between --------------------------------------------------------------------

static struct flow_sent *correct(struct flow_world *w, uint64_t index, const char *rubriek)
{
	char entry[24];
	snprintf(entry, sizeof entry, "%llu", (unsigned long long)index);
	struct veld velden[] = {{CORRECTIE_ENTRY, bytes_of_text(entry)},
				{CORRECTIE_CORRECTIE, bytes_of_text("onjuist")},
				{CORRECTIE_BETROKKENE, bytes_of_text("1")},
				{CORRECTIE_RUBRIEK, bytes_of_text(rubriek)},
				{CORRECTIE_MEDEWERKER, bytes_of_text("mw-9")},
				{CORRECTIE_MOTIVERING, bytes_of_text("verwisseld")}};
	return flow_say(w, POLITIE, TYPE_CORRECTIE, velden, COUNT_OF(velden));
}

static void what_is_taken_away_before_the_answer_leaves_is_not_shown(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &one, &index);
	const struct showing what = {.entry = index, .aanwezig = {WMO_IS_THERE}};
	struct flow_sent *sent = showing(w, &what), *away = correct(w, index, "identificatie");
	flow_hand(w, sent);
	flow_hand(w, away);
	flow_end_batch(w);
	flow_accepted(w, POLITIE, away);
	struct seen seen = seen_in(w, answer(w, sent));
	assert_true(has(&seen, "0/kenmerken ") && !has(&seen, "identificatie"));
	// Later it is neither shown nor recorded as shown.
	seen = seen_in(w, show(w, &what));
	assert_true(has(&seen, "0/kenmerken ") && !has(&seen, "identificatie"));
	assert_false(flow_gives(newest(w, STAD, "wmo"), 1, RUBRIEK_IDENTIFICATIE));
}

static void what_a_convenant_does_not_give_any_more_is_not_shown(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &one, &index);
	flow_convenant(w, krap);
	flow_recheck_all(w);
	struct seen seen =
		seen_in(w, show(w, &(struct showing){.entry = index, .aanwezig = {ZORG_IS_THERE}}));
	assert_string_equal(seen.places, "0/kenmerken ");
	// And what it gives that was not given then, as little.
	flow_convenant(w, ruim);
	flow_recheck_all(w);
	seen = seen_in(w, show(w, &(struct showing){.entry = index, .aanwezig = {WMO_IS_THERE}}));
	assert_true(has(&seen, "1/identificatie ") && !has(&seen, "bsn"));
}

static void an_outcome_before_the_answer_leaves_ends_it(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	char entry[24];
	flow_melded(w, POLITIE, &one, &index);
	snprintf(entry, sizeof entry, "%llu", (unsigned long long)index);
	struct veld velden[] = {{UITKOMST_ENTRY, bytes_of_text(entry)},
				{UITKOMST_OVERLEG, bytes_of_text("weegtafel")},
				{UITKOMST_UITKOMST, bytes_of_text("geen-actie")},
				{UITKOMST_MEDEWERKER, bytes_of_text("mw-1")}};
	struct flow_sent *sent = showing(w, &(struct showing){.entry = index});
	struct flow_sent *end = flow_say(w, REGISSEUR, TYPE_UITKOMST, velden, COUNT_OF(velden));
	flow_hand(w, sent);
	flow_hand(w, end);
	flow_end_batch(w);
	assert_non_null(strstr(answer(w, sent), "result not-owed\n"));
	assert_null(strstr(answer(w, sent), "rubriek"));
}

static void what_was_erased_is_not_shown_and_that_it_was_stays(void **state)
{
	struct flow_world *w = *state;
	uint64_t index, order;
	struct flow_sent *melding = flow_melded(w, POLITIE, &one, &index);
	const struct showing what = {.entry = index, .aanwezig = {WMO_IS_THERE}};
	show(w, &what);
	assert_int_equal(flow_erase(w, flow_order(w, index, &melding->about), 2, &order),
			 RESULT_OK);
	flow_ticks(w, 3);
	struct flow_sent *sent = showing(w, &what);
	flow_send_one(w, sent);
	const struct reply *reply = flow_answer(w, REGISSEUR, sent);
	assert_int_equal(reply->outcome, OUTCOME_GEWEIGERD);
	assert_int_equal(reply->antwoord.len, 0);
	const char *told = flow_control(w, "inzage\nbsn 999990019\n");
	assert_int_equal(count(told, " getoond "), 2);
	assert_null(strstr(told, "m-rubriek"));
	assert_non_null(strstr(told, "v-rubriek identificatie wmo-leest"));
	// Who saw it without having fetched it is told what was destroyed all the same.
	assert_int_equal(newest(w, STAD, "wmo")->soort, VERSTREKKING_GEWIST);
}

static void who_saw_what_is_not_so_is_told_what_it_saw(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &one, &index);
	show(w, &(struct showing){.entry = index, .aanwezig = {WMO_IS_THERE}});
	struct flow_sent *away = correct(w, index, "identificatie");
	flow_send_one(w, away);
	flow_accepted(w, POLITIE, away);
	// Nothing was fetched: of what waited nothing is named, of what was seen it is.
	const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
	size_t named = 0, onjuist = 0;
	for (size_t i = 0; i < reply->delivery_count; i++) {
		const struct part_verstrekking *part = flow_part(w, &reply->deliveries[i]);
		onjuist += part->soort == VERSTREKKING_ONJUIST;
		named += part->soort == VERSTREKKING_ONJUIST &&
			 flow_gives(part, 1, RUBRIEK_IDENTIFICATIE);
	}
	assert_true(onjuist >= 1 && named == 1);
}

static void that_it_was_shown_waits_through_a_change_of_the_register(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &one, &index);
	show(w, &(struct showing){.entry = index, .aanwezig = {WMO_IS_THERE}});
	flow_convenant(w, tafel);
	flow_recheck_all(w);
	const struct part_verstrekking *part = newest(w, STAD, "wmo");
	assert_true(part->soort == VERSTREKKING_GETOOND && part->number == 2);
	// Said again under its number, it is told once.
	assert_int_equal(count(flow_control(w, "inzage\nbsn 999990019\n"), " getoond "), 2);
	const char *told =
		flow_control(w, "datalek\nkey " FLOW_STAD "\nsince 2020-01-01T00:00:00Z\n");
	assert_int_equal(count(told, " getoond\n"), 1);
	const struct reply *reply = flow_collect(w, STAD, "wmo", 1);
	struct flow_sent *ack = flow_ack(w, STAD, "wmo", &reply->deliveries[0]);
	flow_send_one(w, ack);
	flow_accepted(w, STAD, ack);
}

// ---- what is refused -------------------------------------------------------------------------

static void refused(struct flow_world *w, const struct showing *what, enum reason reason,
		    const char *field)
{
	struct flow_party *by = what->by ? what->by : REGISSEUR;
	struct flow_sent *sent = showing(w, what);
	flow_forget_frames(w);
	flow_send_one(w, sent);
	flow_refused(w, by, sent, reason);
	const struct reply *reply = flow_answer(w, by, sent);
	assert_true(bytes_equal(reply->field, bytes_of_text(field)));
	assert_int_equal(reply->antwoord.len, 0);
}

static void only_its_voorzitter_shows_what_is_on_its_agenda(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &one, &index);
	refused(w, &(struct showing){.by = STAD, .entry = index}, REASON_NOT_OWED, "scherm.entry");
	refused(w, &(struct showing){.entry = index + 1}, REASON_NOT_OWED, "scherm.entry");
	refused(w, &(struct showing){.entry = index, .overleg = "ander"}, REASON_NOT_OWED,
		"scherm.overleg (weegtafel)");
	refused(w, &(struct showing){.entry = index, .zitting = "2020-01-02"}, REASON_BAD_VALUE,
		"scherm.zitting");
	// Nothing of a refused one is recorded as shown.
	assert_int_equal(newest(w, STAD, "wmo")->soort, VERSTREKKING_GEGEVEN);
}

static void who_may_not_be_there_is_refused_by_name_of_the_field(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &one, &index);
	// No lid; no partij; not a functie that is its; nobody at all.
	refused(w, &(struct showing){.entry = index, .aanwezig = {FLOW_STAD ":oov:mw-2"}},
		REASON_NOT_FOUND, "scherm.aanwezig[0]");
	refused(w,
		&(struct showing){.entry = index,
				  .aanwezig = {WMO_IS_THERE, "00000099000000007000:wmo:mw-2"}},
		REASON_UNKNOWN_PARTIJ, "scherm.aanwezig[1]");
	refused(w, &(struct showing){.entry = index, .aanwezig = {FLOW_STAD ":wijk:mw-2"}},
		REASON_UNKNOWN_PARTIJ, "scherm.aanwezig[0]");
	refused(w, &(struct showing){.entry = index, .aanwezig = {FLOW_STAD ":wmo:"}},
		REASON_BAD_VALUE, "scherm.aanwezig[0]");
	refused(w, &(struct showing){.entry = index, .aanwezig = {FLOW_STAD ":behandeling"}},
		REASON_BAD_VALUE, "scherm.aanwezig[0]");
	assert_int_equal(newest(w, ZORG, "behandeling")->soort, VERSTREKKING_GEGEVEN);
	flow_revoke(w, ZORG);
	refused(w, &(struct showing){.entry = index, .aanwezig = {WMO_IS_THERE, ZORG_IS_THERE}},
		REASON_UNKNOWN_PARTIJ, "scherm.aanwezig[1]");
	struct seen seen =
		seen_in(w, show(w, &(struct showing){.entry = index, .aanwezig = {WMO_IS_THERE}}));
	assert_true(has(&seen, "1/identificatie "));
}

static void the_same_bytes_are_not_answered_twice(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &one, &index);
	struct flow_sent *sent = showing(w, &(struct showing){.entry = index});
	flow_send_one(w, sent);
	assert_non_null(strstr(answer(w, sent), "rubriek"));
	uint64_t entries = w->core->counts.entries;
	flow_forget_frames(w);
	flow_send_one(w, sent);
	assert_string_equal(answer(w, sent), "");
	assert_int_equal(w->core->counts.entries, entries);
}

static void what_nobody_but_one_may_see_is_an_empty_screen(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	char line[40];
	flow_convenant(w, FLOW_HEAD("leeg") PARTIJEN FLOW_VERSTREK("regisseur-leest", "",
								   AAN_REGISSEUR, "bsn, herkomst")
				  WMO_LEEST(""));
	flow_melded(w, POLITIE, &one, &index);
	const char *lines = show(w, &(struct showing){.entry = index, .aanwezig = {WMO_IS_THERE}});
	snprintf(line, sizeof line, "result ok\nmelding %llu\n", (unsigned long long)index);
	// They may both know the source; of nothing else that is said alone.
	assert_string_equal(lines, line);
	assert_int_equal(newest(w, STAD, "wmo")->soort, VERSTREKKING_GEGEVEN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_see_what_each_of_them_may_see),
		TEST(a_regel_too_many_would_be_seen),
		TEST(it_is_recorded_as_a_verstrekking_to_each),
		TEST(of_a_place_only_what_is_held_under_a_law_that_is_of_all),
		TEST(what_is_stated_is_seen_where_it_is_the_same_for_all),
		TEST(what_is_taken_away_before_the_answer_leaves_is_not_shown),
		TEST(what_a_convenant_does_not_give_any_more_is_not_shown),
		TEST(an_outcome_before_the_answer_leaves_ends_it),
		TEST(what_was_erased_is_not_shown_and_that_it_was_stays),
		TEST(who_saw_what_is_not_so_is_told_what_it_saw),
		TEST(that_it_was_shown_waits_through_a_change_of_the_register),
		TEST(only_its_voorzitter_shows_what_is_on_its_agenda),
		TEST(who_may_not_be_there_is_refused_by_name_of_the_field),
		TEST(the_same_bytes_are_not_answered_twice),
		TEST(what_nobody_but_one_may_see_is_an_empty_screen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

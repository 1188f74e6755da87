// SPDX-License-Identifier: EUPL-1.2
// A noodverstrekking: nothing goes until it is activated, for one betrokkene and one ontvanger and
// for its minutes; and it is reviewed. And the rol of who received something before.
#include "flow_convenanten.h"
#include "flow_world.h"

#define NOOD                                                                                       \
	"  - regel: levensgevaar\n"                                                                \
	"    convenantartikel: \"1\"\n"                                                            \
	"    herkomst: \"papier: «proef»\"\n"                                                    \
	"    nood: {aan: [" AAN_WMO ", " AAN_ZORG "], rubrieken: [identificatie, kenmerken],\n"    \
	"      door: regisseur, minuten: 30}\n"                                                    \
	"    doel: d\n"                                                                            \
	"    grondslag: [g]\n"
static const char in_nood[] = FLOW_HEAD("in-nood") FLOW_PARTIJEN NOOD FLOW_VERBIED(
	"kind-nooit", FLOW_ALS("minderjarig: ja"), AAN_WMO, "identificatie");
static const char eerder[] = FLOW_HEAD("eerder") FLOW_PARTIJEN FLOW_VERSTREK(
	"wmo-eerst", FLOW_ALS("thema: overlast"), AAN_WMO, "kenmerken, identificatie")
	FLOW_VERSTREK("wie-eerder-kreeg", "", "{rol: eerder}", "identificatie");

static const struct flow_case two = {
	.gemeente = "GM1883",
	.thema = "overlast",
	.count = 2,
	.persons = {
		{.rol = "slachtoffer",
		 .minderjarig = "nee",
		 .bsn = "999990019",
		 .geslachtsnaam = "A"},
		{.rol = "kind", .minderjarig = "ja", .bsn = "999990342", .geslachtsnaam = "B"}}};
static const struct flow_case later = {.gemeente = "GM1883",
				       .count = 1,
				       .persons = {{.rol = "getuige",
						    .minderjarig = "nee",
						    .bsn = "999990019",
						    .geslachtsnaam = "A"}}};

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "regisseur,coordinator");
	flow_enrol(w, FLOW_ZORG, "ggz", "behandeling");
	*state = w;
	return 0;
}

#define HUIS (&w->parties[2])
#define ZORG (&w->parties[3])

static uint64_t meld(struct flow_world *w, const struct flow_case *c)
{
	struct flow_sent *melding = flow_melding(w, POLITIE, c);
	flow_send_one(w, melding);
	return flow_accepted(w, POLITIE, melding);
}

struct act { // what a test says; NULL: the standard
	const char *regel, *betrokkene, *ontvanger, *functie, *minuten;
};

static struct flow_sent *activate(struct flow_world *w, struct flow_party *who, uint64_t index,
				  struct act act)
{
	char entry[24];
	snprintf(entry, sizeof entry, "%llu", (unsigned long long)index);
	struct veld velden[8] = {
		{NOOD_ENTRY, bytes_of_text(entry)},
		{NOOD_REGEL, bytes_of_text(act.regel ? act.regel : "levensgevaar")},
		{NOOD_BETROKKENE, bytes_of_text(act.betrokkene ? act.betrokkene : "1")},
		{NOOD_ONTVANGER, bytes_of_text(act.ontvanger ? act.ontvanger : FLOW_STAD)},
		{NOOD_FUNCTIE, bytes_of_text(act.functie ? act.functie : "wmo")}};
	size_t count = 5;
	if (act.minuten)
		velden[count++] = (struct veld){NOOD_MINUTEN, bytes_of_text(act.minuten)};
	velden[count++] = (struct veld){NOOD_MEDEWERKER, bytes_of_text("mw-1")};
	velden[count++] = (struct veld){NOOD_MOTIVERING, bytes_of_text("dreigt nu")};
	struct flow_sent *sent = flow_say(w, who, TYPE_NOOD, velden, count);
	flow_send_one(w, sent);
	return sent;
}

static struct flow_sent *review(struct flow_world *w, struct flow_party *who, uint64_t index)
{
	char entry[24];
	snprintf(entry, sizeof entry, "%llu", (unsigned long long)index);
	struct veld velden[] = {{NOODTOETS_ENTRY, bytes_of_text(entry)},
				{NOODTOETS_REGEL, bytes_of_text("levensgevaar")},
				{NOODTOETS_UITKOMST, bytes_of_text("terecht")},
				{NOODTOETS_MEDEWERKER, bytes_of_text("mw-2")},
				{NOODTOETS_MOTIVERING, bytes_of_text("er was gevaar")}};
	struct flow_sent *sent = flow_say(w, who, TYPE_NOODTOETS, velden, COUNT_OF(velden));
	flow_send_one(w, sent);
	return sent;
}

static size_t waiting(struct flow_world *w, struct flow_party *who, const char *functie)
{
	return flow_collect(w, who, functie, 0)->delivery_count;
}

static bool owes_review(struct flow_world *w)
{
	return strstr(flow_control(w, "status\n"),
		      " noodtoets levensgevaar " FLOW_HOUSE "/coordinator ") != NULL;
}

static void it_gives_nothing_until_it_is_activated_and_then_to_one_about_one(void **state)
{
	struct flow_world *w = *state;
	flow_convenant(w, in_nood);
	uint64_t index = meld(w, &two);
	assert_int_equal(waiting(w, STAD, "wmo") + waiting(w, ZORG, "behandeling"), 0);
	flow_accepted(w, HUIS, activate(w, HUIS, index, (struct act){0}));
	const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
	assert_int_equal(reply->delivery_count, 1);
	const struct part_verstrekking *part = flow_part(w, &reply->deliveries[0]);
	assert_true(flow_gives(part, 1, RUBRIEK_IDENTIFICATIE));
	assert_false(flow_gives(part, 2, RUBRIEK_IDENTIFICATIE));
	assert_true(part->betreft == index);
	// Past its minutes nothing of it may leave any more.
	assert_true((int64_t)part->geldig_tot <= w->core->last_time + 30 * 60 * 1000);
	assert_int_equal(waiting(w, ZORG, "behandeling"), 0);
	assert_null(strstr(flow_control(w, "replay\n"), "differ "));
}

static void what_is_forbidden_stays_forbidden(void **state)
{
	struct flow_world *w = *state;
	flow_convenant(w, in_nood);
	uint64_t index = meld(w, &two);
	flow_accepted(w, HUIS, activate(w, HUIS, index, (struct act){.betrokkene = "2"}));
	const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
	assert_int_equal(reply->delivery_count, 1);
	const struct part_verstrekking *part = flow_part(w, &reply->deliveries[0]);
	assert_true(flow_gives(part, 0, RUBRIEK_KENMERKEN));
	assert_false(flow_gives(part, 2, RUBRIEK_IDENTIFICATIE));
}

static void nobody_else_activates_it_and_not_for_longer(void **state)
{
	struct flow_world *w = *state;
	flow_convenant(w, in_nood);
	uint64_t index = meld(w, &two);
	static const struct {
		struct act act;
		enum reason reason;
	} wrong[] = {{{.regel = "kind-nooit"}, REASON_NOT_FOUND},
		     {{.regel = "bestaat-niet"}, REASON_NOT_FOUND},
		     {{.betrokkene = "3"}, REASON_UNKNOWN_BETROKKENE},
		     {{.functie = "regisseur"}, REASON_BAD_VALUE},
		     {{.minuten = "31"}, REASON_BAD_VALUE}};
	for (size_t i = 0; i < COUNT_OF(wrong); i++)
		flow_refused(w, HUIS, activate(w, HUIS, index, wrong[i].act), wrong[i].reason);
	flow_refused(w, POLITIE, activate(w, POLITIE, index, (struct act){0}),
		     REASON_FUNCTIE_NOT_HELD);
	flow_refused(w, HUIS, activate(w, HUIS, 900, (struct act){0}), REASON_NOT_FOUND);
	flow_refused(w, HUIS, activate(w, HUIS, 1, (struct act){0}), REASON_NOT_FOUND);
	assert_int_equal(waiting(w, STAD, "wmo"), 0);
	assert_false(owes_review(w));
}

static void it_lapses_and_a_next_one_does_not_wait_for_its_review(void **state)
{
	struct flow_world *w = *state;
	flow_convenant(w, in_nood);
	uint64_t index = meld(w, &two);
	flow_accepted(w, HUIS, activate(w, HUIS, index, (struct act){.minuten = "5"}));
	flow_clock_ahead += 6 * 60 * 1000;
	assert_int_equal(waiting(w, STAD, "wmo"), 0);
	assert_true(owes_review(w));
	flow_accepted(w, HUIS,
		      activate(w, HUIS, index,
			       (struct act){.ontvanger = FLOW_ZORG, .functie = "behandeling"}));
	assert_int_equal(waiting(w, ZORG, "behandeling"), 1);
	flow_clock_ahead = 0;
}

static void it_is_reviewed_by_other_eyes(void **state)
{
	struct flow_world *w = *state;
	flow_convenant(w, in_nood);
	uint64_t index = meld(w, &two);
	flow_refused(w, HUIS, review(w, HUIS, index), REASON_NOT_OWED);
	flow_accepted(w, HUIS, activate(w, HUIS, index, (struct act){0}));
	assert_true(owes_review(w));
	flow_refused(w, POLITIE, review(w, POLITIE, index), REASON_NOT_OWED);
	assert_true(owes_review(w));
	flow_accepted(w, HUIS, review(w, HUIS, index));
	assert_false(owes_review(w));
	flow_refused(w, HUIS, review(w, HUIS, index), REASON_NOT_OWED);
}

static size_t reviews_owed_by(struct flow_world *w, const char *functie)
{
	char line[120];
	size_t count = 0;
	snprintf(line, sizeof line, " noodtoets levensgevaar " FLOW_HOUSE "/%s ", functie);
	for (const char *at = flow_control(w, "status\n"); (at = strstr(at, line)); at++)
		count++;
	return count;
}

static void the_second_within_a_week_is_told_to_manager_and_fg(void **state)
{
	struct flow_world *w = *state;
	flow_convenant(w, in_nood);
	uint64_t first = meld(w, &two), other = meld(w, &two);
	flow_accepted(w, HUIS, activate(w, HUIS, first, (struct act){0}));
	assert_int_equal(reviews_owed_by(w, "manager") + reviews_owed_by(w, "fg"), 0);
	flow_world_close(w); // a start does not forget the first
	flow_world_open(w);
	flow_days_later(w, 6);
	flow_accepted(w, HUIS, activate(w, HUIS, other, (struct act){0}));
	assert_int_equal(reviews_owed_by(w, "manager"), 1);
	assert_int_equal(reviews_owed_by(w, "fg"), 1);
	assert_int_equal(reviews_owed_by(w, "coordinator"), 2);
	// Each answers for itself.
	struct flow_party *fg = flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "fg");
	flow_refused(w, fg, review(w, fg, first), REASON_NOT_OWED);
	flow_accepted(w, fg, review(w, fg, other));
	flow_accepted(w, HUIS, review(w, HUIS, other));
	assert_int_equal(reviews_owed_by(w, "fg"), 0);
	assert_int_equal(reviews_owed_by(w, "manager"), 1);
	assert_int_equal(reviews_owed_by(w, "coordinator"), 1);
	// More than a week after the one before it is a first one again.
	flow_days_later(w, 8);
	flow_accepted(w, HUIS, activate(w, HUIS, first, (struct act){0}));
	assert_int_equal(reviews_owed_by(w, "fg"), 0);
	assert_int_equal(reviews_owed_by(w, "manager"), 1);
	flow_clock_ahead = 0;
}

// The rol `eerder`: who received something about the person, by this convenant's own name.
static void who_received_something_before_is_an_earlier_ontvanger(void **state)
{
	struct flow_world *w = *state;
	flow_convenant(w, eerder);
	meld(w, &later); // of this person nothing was given yet
	assert_int_equal(waiting(w, STAD, "wmo"), 0);
	meld(w, &two);
	assert_int_equal(waiting(w, STAD, "wmo"), 1);
	meld(w, &later);
	const struct reply *reply = flow_collect(w, STAD, "wmo", 1);
	assert_int_equal(reply->delivery_count, 1);
	assert_true(flow_gives(flow_part(w, &reply->deliveries[0]), 1, RUBRIEK_IDENTIFICATIE));
	assert_int_equal(waiting(w, ZORG, "behandeling") + waiting(w, STAD, "oov"), 0);
	assert_null(strstr(flow_control(w, "replay\n"), "differ "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)
		TEST(it_gives_nothing_until_it_is_activated_and_then_to_one_about_one),
		TEST(what_is_forbidden_stays_forbidden),
		TEST(nobody_else_activates_it_and_not_for_longer),
		TEST(it_lapses_and_a_next_one_does_not_wait_for_its_review),
		TEST(it_is_reviewed_by_other_eyes),
		TEST(the_second_within_a_week_is_told_to_manager_and_fg),
		TEST(who_received_something_before_is_an_earlier_ontvanger),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

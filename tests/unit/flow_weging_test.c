// SPDX-License-Identifier: EUPL-1.2
// Wegingen and what is owed: who may weigh, for whom it counts, and that nothing waits unseen.
#include "flow_convenanten.h"
#include "flow_world.h"

#include "base/file.h"

#define LONG_NAME "regel-met-een-naam-van-precies-vierenzestig-tekens-en-geen-meer-"
_Static_assert(sizeof LONG_NAME - 1 == 64, "the longest name a regel may have");

static const char first[] = FLOW_HEAD("eerste")
	FLOW_PARTIJEN FLOW_VERSTREK("wmo-gewogen", FLOW_WEGING("regisseur", "ja"), AAN_WMO,
				    "kenmerken, identificatie, herkomst")
		FLOW_VERSTREK("oov-volwassen", FLOW_ALS("minderjarig: nee"), AAN_OOV,
			      "identificatie, herkomst")
			FLOW_VERSTREK(LONG_NAME,
				      FLOW_ALS("soort: wth") FLOW_WEGING("coordinator", "ja"),
				      AAN_ZORG, "kenmerken");

// The same regel, weighed by another functie.
static const char second[] = FLOW_HEAD("tweede")
	FLOW_PARTIJEN FLOW_VERSTREK("wmo-gewogen", FLOW_WEGING("coordinator", "ja"), AAN_WMO,
				    "kenmerken, identificatie, herkomst");

static const char without[] = FLOW_HEAD("derde")
	FLOW_PARTIJEN FLOW_VERSTREK("anders", FLOW_ALS("soort: wth"), AAN_WMO, "kenmerken");

static const struct flow_case two_adults = {
	.count = 2,
	.persons = {{.rol = "slachtoffer", .minderjarig = "nee", .geslachtsnaam = "Een"},
		    {.rol = "getuige", .minderjarig = "nee", .geslachtsnaam = "Twee"}}};
static const struct flow_case age_unknown = {
	.count = 2,
	.persons = {{.rol = "slachtoffer", .geslachtsnaam = "Een"},
		    {.rol = "getuige", .geslachtsnaam = "Twee"}}};

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "regisseur");
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "coordinator");
	flow_enrol(w, FLOW_ZORG, "ggz", "behandeling");
	flow_convenant(w, first);
	*state = w;
	return 0;
}

#define REGISSEUR (&w->parties[2])
#define COORDINATOR (&w->parties[3])
#define ZORG (&w->parties[4])

static uint64_t melded(struct flow_world *w, const struct flow_case *c)
{
	struct flow_sent *melding = flow_melding(w, POLITIE, c);
	flow_send_one(w, melding);
	return flow_accepted(w, POLITIE, melding);
}

static struct flow_sent *weigh(struct flow_world *w, struct flow_party *who, uint64_t melding,
			       uint32_t betrokkene)
{
	struct flow_judgement yes = {melding, "wmo-gewogen", "ja", betrokkene};
	struct flow_sent *weging = flow_weging(w, who, &yes);
	flow_send_one(w, weging);
	return weging;
}

static const char *status(struct flow_world *w)
{
	return flow_control(w, "status\n");
}

static unsigned count(const char *text, const char *needle)
{
	unsigned n = 0;
	for (const char *at = text; (at = strstr(at, needle)); at++)
		n++;
	return n;
}

static void a_second_weging_in_the_same_batch_is_not_owed(void **state)
{
	struct flow_world *w = *state;
	struct flow_judgement yes = {melded(w, &two_adults), "wmo-gewogen", "ja", 0};
	struct flow_judgement no = {yes.melding, "wmo-gewogen", "nee", 0};
	struct flow_sent *one = flow_weging(w, REGISSEUR, &yes);
	struct flow_sent *other = flow_weging(w, REGISSEUR, &no);
	flow_hand(w, one);
	flow_hand(w, other);
	flow_end_batch(w);
	flow_accepted(w, REGISSEUR, one);
	flow_refused(w, REGISSEUR, other, REASON_NOT_OWED);
	const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
	assert_int_equal(reply->delivery_count, 1);
	assert_true(flow_gives(flow_part(w, &reply->deliveries[0]), 2, RUBRIEK_IDENTIFICATIE));
}

static void a_weging_about_one_betrokkene_leaves_the_rest_owed_by_the_same_day(void **state)
{
	struct flow_world *w = *state;
	uint64_t index = melded(w, &two_adults);
	char due[24] = "";
	const char *line = strstr(status(w), "obligation ");
	assert_non_null(line);
	assert_int_equal(sscanf(line, "obligation %23s", due), 1);
	flow_clock_ahead = MS_PER_HOUR;
	flow_accepted(w, REGISSEUR, weigh(w, REGISSEUR, index, 1));
	const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
	assert_int_equal(reply->delivery_count, 1);
	const struct part_verstrekking *part = flow_part(w, &reply->deliveries[0]);
	assert_true(flow_gives(part, 1, RUBRIEK_IDENTIFICATIE));
	assert_false(flow_gives(part, 2, RUBRIEK_IDENTIFICATIE));
	line = strstr(status(w), "obligation ");
	assert_non_null(line);
	assert_int_equal(strncmp(line + strlen("obligation "), due, strlen(due)), 0);
	flow_refused(w, REGISSEUR, weigh(w, REGISSEUR, index, 3), REASON_UNKNOWN_BETROKKENE);
	flow_accepted(w, REGISSEUR, weigh(w, REGISSEUR, index, 2));
	reply = flow_collect(w, STAD, "wmo", 1);
	assert_true(flow_gives(flow_part(w, &reply->deliveries[0]), 2, RUBRIEK_IDENTIFICATIE));
	assert_null(strstr(status(w), "obligation "));
	flow_refused(w, REGISSEUR, weigh(w, REGISSEUR, index, 2), REASON_NOT_OWED);
}

static void what_was_weighed_for_a_betrokkene_is_not_weighed_again(void **state)
{
	struct flow_world *w = *state;
	struct flow_judgement yes = {melded(w, &two_adults), "wmo-gewogen", "ja", 1};
	struct flow_judgement no = {yes.melding, "wmo-gewogen", "nee", 1};
	struct flow_sent *one = flow_weging(w, REGISSEUR, &yes);
	struct flow_sent *other = flow_weging(w, REGISSEUR, &no);
	flow_send_one(w, one);
	flow_accepted(w, REGISSEUR, one);
	flow_send_one(w, other);
	flow_refused(w, REGISSEUR, other, REASON_ALREADY_DECIDED);
	assert_int_equal(count(status(w), "obligation "), 1);
	no.betrokkene = 2; // of whom it is still owed, and for whom it settles it
	other = flow_weging(w, REGISSEUR, &no);
	flow_send_one(w, other);
	flow_accepted(w, REGISSEUR, other);
	assert_int_equal(flow_collect(w, STAD, "wmo", 1)->delivery_count, 0);
	assert_int_equal(count(status(w), "obligation "), 0);
}

static void a_regel_with_the_longest_name_can_be_owed_and_weighed(void **state)
{
	struct flow_world *w = *state;
	struct flow_case wth = two_adults;
	wth.soort = "wth";
	struct flow_judgement yes = {melded(w, &wth), LONG_NAME, "ja", 0};
	assert_int_equal(count(status(w), LONG_NAME), 1);
	struct flow_sent *weging = flow_weging(w, COORDINATOR, &yes);
	flow_send_one(w, weging);
	flow_accepted(w, COORDINATOR, weging);
	assert_int_equal(flow_collect(w, ZORG, "behandeling", 0)->delivery_count, 1);
	assert_int_equal(count(status(w), LONG_NAME), 0);
}

static void what_waits_for_a_fact_is_owed_by_the_house_once_for_each_regel(void **state)
{
	struct flow_world *w = *state;
	uint64_t index = melded(w, &age_unknown);
	char owed[120];
	snprintf(owed, sizeof owed, " feit oov-volwassen " FLOW_HOUSE "/regisseur entry=%llu\n",
		 (unsigned long long)index);
	assert_int_equal(count(status(w), owed), 1);
	assert_int_equal(count(status(w), "obligation "), 2);
	flow_assert_rebuild_equal(w);
	// What decides again says anew what still waits.
	flow_accepted(w, REGISSEUR, weigh(w, REGISSEUR, index, 0));
	assert_int_equal(count(status(w), owed), 1);
	assert_int_equal(count(status(w), "obligation "), 1);
	melded(w, &two_adults);
	assert_int_equal(count(status(w), " feit "), 1);
}

static void a_weging_does_not_settle_what_waits_for_a_fact(void **state)
{
	struct flow_world *w = *state;
	struct flow_judgement yes = {melded(w, &age_unknown), "oov-volwassen", "ja", 0};
	struct flow_sent *weging = flow_weging(w, REGISSEUR, &yes);
	flow_send_one(w, weging);
	flow_refused(w, REGISSEUR, weging, REASON_NOT_FOUND); // a regel that asks no weging
	assert_int_equal(count(status(w), " feit "), 1);
}

static void a_refused_weging_settles_nothing(void **state)
{
	struct flow_world *w = *state;
	uint64_t index = melded(w, &age_unknown);
	flow_refused(w, COORDINATOR, weigh(w, COORDINATOR, index, 0), REASON_FUNCTIE_NOT_HELD);
	flow_refused(w, REGISSEUR, weigh(w, REGISSEUR, index, 9), REASON_UNKNOWN_BETROKKENE);
	assert_int_equal(count(status(w), "obligation "), 2);
	flow_accepted(w, REGISSEUR, weigh(w, REGISSEUR, index, 0));
	assert_int_equal(flow_collect(w, STAD, "wmo", 0)->delivery_count, 1);
}

static void under_a_new_convenant_the_functie_it_names_weighs(void **state)
{
	struct flow_world *w = *state;
	uint64_t index = melded(w, &two_adults);
	flow_convenant(w, second);
	flow_refused(w, REGISSEUR, weigh(w, REGISSEUR, index, 0), REASON_FUNCTIE_NOT_HELD);
	assert_int_equal(flow_collect(w, STAD, "wmo", 0)->delivery_count, 0);
	flow_accepted(w, COORDINATOR, weigh(w, COORDINATOR, index, 0));
	assert_int_equal(flow_collect(w, STAD, "wmo", 0)->delivery_count, 1);
}

static void a_weging_by_a_functie_that_no_longer_weighs_gives_nothing_any_more(void **state)
{
	struct flow_world *w = *state;
	uint64_t index = melded(w, &two_adults);
	flow_accepted(w, REGISSEUR, weigh(w, REGISSEUR, index, 0));
	flow_convenant(w, second);
	flow_recheck_all(w);
	const struct reply *reply = flow_collect(w, STAD, "wmo", 0);
	assert_int_equal(reply->delivery_count, 1);
	assert_int_equal(flow_part(w, &reply->deliveries[0])->soort, VERSTREKKING_VERVALLEN);
}

static void a_weging_for_a_regel_that_is_gone_opens_nothing_and_ends_what_was_owed(void **state)
{
	struct flow_world *w = *state;
	uint64_t index = melded(w, &two_adults);
	flow_convenant(w, without);
	flow_accepted(w, REGISSEUR, weigh(w, REGISSEUR, index, 0));
	assert_int_equal(flow_collect(w, STAD, "wmo", 0)->delivery_count, 0);
	assert_null(strstr(status(w), "obligation "));
}

static const char shared[] = FLOW_HEAD("vierde") FLOW_PARTIJEN FLOW_VERSTREK(
	"wmo-gewogen", FLOW_WEGING("regisseur", "lokaal"), AAN_WMO,
	"kenmerken, identificatie, herkomst")
	FLOW_VERSTREK("oov-gewogen",
		      "    vereis: {weging: {dezelfde_als: wmo-gewogen, uitkomst: regie}}\n",
		      AAN_OOV, "identificatie, herkomst");

static void refused_at(struct flow_world *w, struct flow_party *who,
		       const struct flow_judgement *judgement, enum reason reason,
		       const char *field)
{
	struct flow_sent *weging = flow_weging(w, who, judgement);
	flow_send_one(w, weging);
	flow_refused(w, who, weging, reason);
	assert_true(bytes_equal(flow_answer(w, who, weging)->field, bytes_of_text(field)));
}

static void an_outcome_no_regel_asks_is_refused_and_those_there_are_are_named(void **state)
{
	struct flow_world *w = *state;
	flow_convenant(w, shared);
	struct flow_judgement odd = {melded(w, &two_adults), "wmo-gewogen", "lokaall", 0};
	refused_at(w, REGISSEUR, &odd, REASON_UNKNOWN_CODE, "weging.uitkomst (lokaal, regie, nee)");
	assert_int_equal(count(status(w), "uitkomsten=lokaal,regie,nee"), 1); // still owed
	odd.uitkomst = "regie"; // the mistake was corrected
	struct flow_sent *weging = flow_weging(w, REGISSEUR, &odd);
	flow_send_one(w, weging);
	flow_accepted(w, REGISSEUR, weging);
	assert_int_equal(flow_collect(w, STAD, "oov", 0)->delivery_count, 1);
	assert_int_equal(flow_collect(w, STAD, "wmo", 0)->delivery_count, 0);
	odd.uitkomst = "lokaal"; // it stands
	refused_at(w, REGISSEUR, &odd, REASON_NOT_OWED, "weging.entry");
}

static void nee_is_an_outcome_of_every_weging_and_opens_nothing(void **state)
{
	struct flow_world *w = *state;
	struct flow_judgement no = {melded(w, &two_adults), "wmo-gewogen", "nee", 0};
	struct flow_sent *weging = flow_weging(w, REGISSEUR, &no);
	flow_send_one(w, weging);
	flow_accepted(w, REGISSEUR, weging);
	assert_int_equal(flow_collect(w, STAD, "wmo", 0)->delivery_count, 0);
	assert_int_equal(count(status(w), "obligation "), 0);
}

static void who_weighs_is_told_what_is_wrong_and_a_partner_is_not(void **state)
{
	struct flow_world *w = *state;
	flow_convenant(w, shared);
	struct flow_judgement yes = {melded(w, &two_adults), "wmo-gewogen", "lokaal", 0};
	struct flow_judgement wrong = yes;
	wrong.regel = "bestaat-niet";
	refused_at(w, REGISSEUR, &wrong, REASON_NOT_FOUND, "weging.regel");
	wrong.regel = "oov-gewogen";
	refused_at(w, REGISSEUR, &wrong, REASON_NOT_FOUND, "weging.regel (wmo-gewogen)");
	wrong = yes;
	wrong.melding = 1;
	refused_at(w, REGISSEUR, &wrong, REASON_NOT_OWED, "weging.entry");
	// Whether anything is owed is not for another functie to know.
	refused_at(w, COORDINATOR, &wrong, REASON_FUNCTIE_NOT_HELD, "signer (regisseur)");
	refused_at(w, COORDINATOR, &yes, REASON_FUNCTIE_NOT_HELD, "signer (regisseur)");
	refused_at(w, POLITIE, &wrong, REASON_NOT_OWED, "weging.regel");
	refused_at(w, POLITIE, &yes, REASON_NOT_OWED, "weging.regel");
}

static void a_revoked_key_weighs_nothing_and_gets_no_entry_whatever_it_sends(void **state)
{
	struct flow_world *w = *state;
	uint64_t index = melded(w, &two_adults);
	flow_revoke(w, REGISSEUR);
	uint64_t size = journal_size(w->core->journal);
	flow_refused(w, REGISSEUR, weigh(w, REGISSEUR, index, 0), REASON_REVOKED_KEY);
	// Refused by the opener for something else first.
	struct flow_sent *odd = flow_melding(w, REGISSEUR, &two_adults);
	odd->opened.refusal.reason = REASON_BAD_VALUE;
	odd->opened.has_slots = false;
	odd->opened.slots = (struct slots){.count = 0};
	odd->opened.melding = (struct melding){.count = 0};
	flow_send_one(w, odd);
	flow_refused(w, REGISSEUR, odd, REASON_REVOKED_KEY);
	assert_true(journal_size(w->core->journal) == size);
	assert_int_equal(flow_collect(w, STAD, "wmo", 0)->delivery_count, 0);
	assert_int_equal(count(status(w), "obligation "), 1);
}

static void what_waits_for_a_fact_ends_with_its_content_and_a_late_weging_does_not(void **state)
{
	struct flow_world *w = *state;
	melded(w, &age_unknown);
	flow_clock_ahead = 40 * MS_PER_DAY; // the weging is late; the content is kept for longer
	assert_int_equal(flow_tick(w->core, time_now(w->core)), RESULT_OK);
	flow_end_batch(w);
	assert_int_equal(count(status(w), "obligation "), 2);
	flow_clock_ahead = 400 * MS_PER_DAY;
	assert_int_equal(flow_tick(w->core, time_now(w->core)), RESULT_OK);
	flow_end_batch(w);
	assert_int_equal(count(status(w), " feit "), 0);
	assert_int_equal(count(status(w), " weging wmo-gewogen "), 1);
}

static void what_is_owed_about_a_melding_is_sealed(void **state)
{
	struct flow_world *w = *state;
	struct buffer file;
	melded(w, &age_unknown);
	assert_int_equal(count(status(w), "obligation "), 2);
	assert_int_equal(state_flush(w->core->state), RESULT_OK);
	buffer_init(&file, 64u << 20);
	assert_int_equal(
		file_read(temporary_path(w->folder, "data/state/data.mdb"), 64u << 20, &file),
		RESULT_OK);
	assert_non_null(memmem(file.data, file.len, "systeem:s1", 10)); // the control
	assert_null(memmem(file.data, file.len, "wmo-gewogen", 11));
	assert_null(memmem(file.data, file.len, "oov-volwassen", 13));
	buffer_done(&file);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)

#define HUIS_PARTIJEN(functies)                                                                    \
	"partijen:\n"                                                                              \
	"  - {partij: huis, naam: H, oin: \"00000099000000009000\", soort: veiligheidshuis,\n"     \
	"     functies: [" functies "], getekend: nee}\n"                                          \
	"  - {partij: politie, naam: P, oin: \"00000099000000001000\", soort: politie,\n"          \
	"     functies: [wijk], getekend: nee}\n"                                                  \
	"  - {partij: stad, naam: S, oin: \"00000099000000003000\", soort: gemeente,\n"            \
	"     gemeente: GM1883, functies: [oov], getekend: nee}\n"                                 \
	"overleggen: []\n"                                                                         \
	"regels:\n" FLOW_VERSTREK("oov-volwassen", FLOW_ALS("minderjarig: nee"), AAN_OOV,          \
				  "identificatie")

// The first functie of the house, be it the only one; of a house without any it is owed by the
// house.
static void what_waits_for_a_fact_is_owed_by_a_house_of_one_functie_or_of_none(void **state)
{
	struct flow_world *w = *state;
	static const struct {
		const char *convenant, *functie;
	} rows[] = {{FLOW_HEAD("een") HUIS_PARTIJEN("coordinator"), "coordinator"},
		    {FLOW_HEAD("geen") HUIS_PARTIJEN(""), ""}};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char owed[120];
		flow_convenant(w, rows[i].convenant);
		unsigned long long index = melded(w, &age_unknown);
		snprintf(owed, sizeof owed, " feit oov-volwassen " FLOW_HOUSE "/%s entry=%llu\n",
			 rows[i].functie, index);
		assert_int_equal(count(status(w), owed), 1);
	}
}

#define VEEL_PARTIJEN                                                                              \
	"partijen:\n"                                                                              \
	"  - {partij: huis, naam: H, oin: \"00000099000000009000\", soort: veiligheidshuis,\n"     \
	"     functies: [regisseur], getekend: nee}\n"                                             \
	"  - {partij: politie, naam: P, oin: \"00000099000000001000\", soort: politie,\n"          \
	"     functies: [wijk], getekend: nee}\n"                                                  \
	"  - {partij: veel, naam: V, oin: \"00000099000000003000\", soort: gemeente,\n"            \
	"     gemeente: GM1883, functies: [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11,\n"    \
	"     f12, f13, f14, f15], getekend: nee}\n"                                               \
	"overleggen: []\n"                                                                         \
	"regels:\n"
#define VEEL(name, rubriek)                                                                        \
	FLOW_VERSTREK(name, FLOW_WEGING("regisseur", "ja"), "{partij: veel, functie: f%d}", rubriek)

// Each of its own regel: there is room for all of them, and each can be weighed.
static void a_melding_may_wait_for_many_wegingen(void **state)
{
	struct flow_world *w = *state;
	static char document[30000];
	size_t len =
		(size_t)snprintf(document, sizeof document, "%s", FLOW_HEAD("veel") VEEL_PARTIJEN);
	for (int f = 0; f < 16; f++)
		len += (size_t)snprintf(document + len, sizeof document - len,
					VEEL("k%d", "kenmerken") VEEL("i%d", "identificatie")
						VEEL("b%d", "betrokkenheid"),
					f, f, f, f, f, f);
	assert_true(len < sizeof document);
	flow_convenant(w, document);
	uint64_t index = melded(w, &two_adults);
	for (int n = 0; n < 48; n++) {
		char name[16];
		snprintf(name, sizeof name, "%c%d", "kib"[n / 16], n % 16);
		struct flow_judgement no = {index, name, "nee", 0};
		struct flow_sent *weging = flow_weging(w, REGISSEUR, &no);
		flow_send_one(w, weging);
		flow_accepted(w, REGISSEUR, weging);
	}
	assert_null(strstr(status(w), "obligation "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_second_weging_in_the_same_batch_is_not_owed),
		TEST(a_weging_about_one_betrokkene_leaves_the_rest_owed_by_the_same_day),
		TEST(what_was_weighed_for_a_betrokkene_is_not_weighed_again),
		TEST(a_regel_with_the_longest_name_can_be_owed_and_weighed),
		TEST(what_waits_for_a_fact_is_owed_by_the_house_once_for_each_regel),
		TEST(a_weging_does_not_settle_what_waits_for_a_fact),
		TEST(a_refused_weging_settles_nothing),
		TEST(under_a_new_convenant_the_functie_it_names_weighs),
		TEST(a_weging_by_a_functie_that_no_longer_weighs_gives_nothing_any_more),
		TEST(a_weging_for_a_regel_that_is_gone_opens_nothing_and_ends_what_was_owed),
		TEST(an_outcome_no_regel_asks_is_refused_and_those_there_are_are_named),
		TEST(nee_is_an_outcome_of_every_weging_and_opens_nothing),
		TEST(who_weighs_is_told_what_is_wrong_and_a_partner_is_not),
		TEST(a_revoked_key_weighs_nothing_and_gets_no_entry_whatever_it_sends),
		TEST(what_waits_for_a_fact_ends_with_its_content_and_a_late_weging_does_not),
		TEST(what_is_owed_about_a_melding_is_sealed),
		TEST(what_waits_for_a_fact_is_owed_by_a_house_of_one_functie_or_of_none),
		TEST(a_melding_may_wait_for_many_wegingen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

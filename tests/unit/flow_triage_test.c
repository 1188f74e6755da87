// SPDX-License-Identifier: EUPL-1.2
// An item that a table brings before another one: by the uitkomst triage, or by its source.
#include "flow_convenanten.h"
#include "flow_world.h"

// Only what was brought to the triage comes before it, and before who sits there.
#define TAFELS                                                                                     \
	FLOW_PARTIJEN_AAN(                                                                         \
		"\n"                                                                               \
		"  - {overleg: weegtafel, voorzitter: {partij: huis, functie: regisseur},\n"       \
		"     leden: [{partij: stad, functie: wmo}], triage: triage}\n"                    \
		"  - {overleg: triage, voorzitter: {partij: huis, functie: coordinator},\n"        \
		"     leden: [{partij: stad, functie: oov}]}\n")
#define AGENDEER(name, als, overleg)                                                               \
	"  - regel: " name                                                                         \
	"\n    convenantartikel: \"1\"\n    herkomst: \"papier: «proef»\"\n" als                   \
	"    agendeer: {overleg: " overleg "}\n    doel: d\n    grondslag: [g]\n"
#define OP_TAFEL AGENDEER("op-tafel", "", "weegtafel")
#define GEBRACHT FLOW_ALS("overleg: triage")

static const char brengt[] =
	FLOW_HEAD("brengt") TAFELS OP_TAFEL AGENDEER("op-triage", GEBRACHT, "triage")
		FLOW_VERSTREK("oov-leest", GEBRACHT, AAN_OOV, "kenmerken");
static const char enkel[] = FLOW_HEAD("enkel") TAFELS OP_TAFEL;
static const char zonder[] =
	FLOW_HEAD("zonder") FLOW_PARTIJEN FLOW_VERSTREK("wmo", "", AAN_WMO, "kenmerken");

#define REGISSEUR (&w->parties[2])

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "regisseur,coordinator");
	flow_convenant(w, brengt);
	*state = w;
	return 0;
}

static struct flow_sent *said_of(struct flow_world *w, uint64_t index, const char *overleg,
				 const char *uitkomst)
{
	char entry[24];
	snprintf(entry, sizeof entry, "%llu", (unsigned long long)index);
	struct veld velden[] = {{UITKOMST_ENTRY, bytes_of_text(entry)},
				{UITKOMST_OVERLEG, bytes_of_text(overleg)},
				{UITKOMST_UITKOMST, bytes_of_text(uitkomst)},
				{UITKOMST_MEDEWERKER, bytes_of_text("mw-1")}};
	struct flow_sent *sent = flow_say(w, REGISSEUR, TYPE_UITKOMST, velden, COUNT_OF(velden));
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

static size_t given_to_oov(struct flow_world *w)
{
	return flow_collect(w, STAD, "oov", 0)->delivery_count;
}

static void by_triage_it_comes_before_that_table_and_who_sits_there(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	struct flow_sent *melding = flow_melded(w, POLITIE, &flow_one_person, &index);
	assert_int_equal(given_to_oov(w), 0);
	assert_int_equal(owed(w, " triage "), 0);
	assert_int_equal(owed(w, " feit "), 0); // that it was brought nowhere is known
	flow_accepted(w, REGISSEUR, said_of(w, index, "weegtafel", "triage"));
	assert_int_equal(owed(w, " agenda weegtafel "), 0);
	assert_int_equal(owed(w, " agenda triage " FLOW_HOUSE "/coordinator entry="), 1);
	const struct reply *given = flow_collect(w, STAD, "oov", 0);
	assert_int_equal(given->delivery_count, 1);
	assert_true(flow_gives(flow_part(w, &given->deliveries[0]), 0, RUBRIEK_KENMERKEN));
	assert_int_equal(flow_collect(w, REGISSEUR, "coordinator", 0)->delivery_count, 1);
	// It is said once, and every decision can be taken again.
	flow_refused(w, REGISSEUR, said_of(w, index, "weegtafel", "triage"), REASON_NOT_OWED);
	assert_null(strstr(flow_control(w, "replay\nfrom 0\n"), "\ndiffer "));
	char request[160];
	snprintf(request, sizeof request, "why\nid %s\nontvanger triage\nbetrokkene 1\n",
		 melding->id);
	const char *lines = flow_control(w, request);
	assert_non_null(strstr(lines, "beslissing verstrekt\n"));
	assert_non_null(strstr(lines, "g-uitkomst weegtafel triage\n"));
	assert_non_null(strstr(lines, "regel op-triage\n"));
	flow_accepted(w, REGISSEUR, said_of(w, index, "triage", "regie-zvh"));
	assert_int_equal(owed(w, " agenda "), 0);
}

// Who chairs that table owes an uitkomst all the same, and nobody is given anything by it.
static void by_triage_it_is_owed_though_no_regel_puts_it_there(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_convenant(w, enkel);
	flow_melded(w, POLITIE, &flow_one_person, &index);
	flow_accepted(w, REGISSEUR, said_of(w, index, "weegtafel", "triage"));
	assert_int_equal(owed(w, " agenda weegtafel "), 0);
	assert_int_equal(owed(w, " agenda triage " FLOW_HOUSE "/coordinator entry="), 1);
	assert_int_equal(given_to_oov(w), 0);
	assert_int_equal(flow_collect(w, REGISSEUR, "coordinator", 0)->delivery_count, 0);
}

static void what_its_source_brought_there_is_owed_once(void **state)
{
	struct flow_world *w = *state;
	struct flow_case brought = flow_one_person;
	uint64_t index;
	brought.overleg = "triage";
	flow_melded(w, POLITIE, &brought, &index);
	assert_int_equal(given_to_oov(w), 1);
	assert_int_equal(owed(w, " agenda triage "), 1);
	flow_accepted(w, REGISSEUR, said_of(w, index, "weegtafel", "triage"));
	assert_int_equal(owed(w, " agenda triage "), 1);
	assert_int_equal(owed(w, " agenda weegtafel "), 0);
	assert_int_equal(given_to_oov(w), 1);
	// Dealt with there and brought again, by nothing that a regel did not know before.
	flow_melded(w, POLITIE, &brought, &index);
	flow_accepted(w, REGISSEUR, said_of(w, index, "triage", "geen-actie"));
	flow_accepted(w, REGISSEUR, said_of(w, index, "weegtafel", "triage"));
	assert_int_equal(owed(w, " agenda triage "), 2);
	assert_null(strstr(flow_control(w, "replay\nfrom 0\n"), "\ndiffer "));
}

static void without_table_or_content_there_is_nothing_to_bring(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_melded(w, POLITIE, &flow_one_person, &index);
	flow_convenant(w, zonder);
	flow_refused(w, REGISSEUR, said_of(w, index, "weegtafel", "triage"), REASON_NOT_FOUND);
	flow_convenant(w, brengt);
	assert_int_equal(owed(w, " agenda weegtafel "), 1);
	flow_days_later(w, 200); // its content is kept for 6 months
	flow_ticks(w, 3);
	flow_refused(w, REGISSEUR, said_of(w, index, "weegtafel", "triage"), REASON_NOT_OWED);
	assert_int_equal(owed(w, " agenda "), 0);
}

static void a_table_takes_it_to_another_of_the_tables(void **state)
{
	struct flow_world *w = *state;
	static const char *const others[] = {"weegtafel", "niemands"}; // itself, none
	for (size_t i = 0; i < COUNT_OF(others); i++) {
		struct convenant *convenant = NULL;
		char text[sizeof brengt + 32];
		const char *at = strstr(brengt, "triage: triage}");
		snprintf(text, sizeof text, "%.*striage: %s}%s", (int)(at - brengt), brengt,
			 others[i], at + strlen("triage: triage}"));
		assert_int_equal(
			convenant_load(bytes_of_text(text), "proef", &convenant, &w->problem),
			RESULT_CONFIG);
		assert_string_equal(w->problem.code, "bad-value");
		assert_string_equal(w->problem.field, "overleggen.weegtafel.triage");
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(by_triage_it_comes_before_that_table_and_who_sits_there),
		TEST(by_triage_it_is_owed_though_no_regel_puts_it_there),
		TEST(what_its_source_brought_there_is_owed_once),
		TEST(a_table_takes_it_to_another_of_the_tables),
		TEST(without_table_or_content_there_is_nothing_to_bring),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

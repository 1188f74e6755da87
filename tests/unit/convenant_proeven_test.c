// SPDX-License-Identifier: EUPL-1.2
// Proeven: which conditions of a convenant they prove, and which not.
#include "tests/unit/convenant_case.h"

// The tests that no proef misses, one a line.
static void unproven(const struct convenant *convenant, char *out, size_t size)
{
	out[0] = '\0';
	for (size_t n = 0; n < convenant_test_count(convenant); n++) {
		char where[160];
		size_t used = strlen(out);
		if (!convenant_test_is_proven(convenant, n, where))
			snprintf(out + used, size - used, "%s\n", where);
	}
}

static void each_condition_is_a_test_with_its_line(void **state)
{
	(void)state;
	static const char *const expected[] = {
		"line 46: regel b-volwassen, soort",
		"line 46: regel b-volwassen, rol niet",
		"line 46: regel b-volwassen, minderjarig",
		"line 72: regel c-woon, eerder.30 minstens",
		"line 72: regel c-woon, eerder.30 hoogstens",
		"line 73: regel c-woon, vereis.weging",
		"line 69: regel c-woon, aan.gemeente woon",
		"line 94: regel d-huis, eerder.30 minstens",
		"line 95: regel d-huis, vereis.weging",
		"line 105: regel e-incident, thema",
		"line 102: regel e-incident, aan.gemeente incident",
		"line 111: regel e-incident, van",
		"line 112: regel e-incident, tot",
		"line 128: regel f-adres, afgeschermd",
		"line 146: regel h-woonplaats, aan.gemeente woon",
		"line 146: regel h-woonplaats, aan.gemeente incident",
		"line 158: regel b-later, soort",
		"line 158: regel b-later, strafrecht",
		"line 159: regel b-later, vereis.weging",
	};
	struct convenant *convenant = case_load(KLEIN);
	assert_int_equal(convenant_test_count(convenant), COUNT_OF(expected));
	for (size_t n = 0; n < COUNT_OF(expected); n++) {
		char where[160];
		bool proven = convenant_test_is_proven(convenant, n, where);
		assert_string_equal(where, expected[n]);
		// The regels without proeven prove nothing.
		bool has_proeven = !strstr(where, "d-huis") && !strstr(where, "h-woonplaats") &&
				   !strstr(where, "b-later");
		assert_int_equal(proven, has_proeven);
	}
	convenant_free(convenant);
}

// Taking a proef away leaves exactly the test unproven that only it missed.
static void a_proef_that_is_taken_away_is_missed(void **state)
{
	(void)state;
	static const struct {
		const char *proef, *unproven;
	} cases[] = {
		{"      - {gegeven: {eerder.30: 4, woongemeente: GM1883}, weging: lokaal,\n"
		 "         aan: {partij: stad, functie: wmo}, rubriek: leefgebieden, "
		 "verwacht: geweigerd}\n",
		 "line 72: regel c-woon, eerder.30 hoogstens"},
		{"      - {gegeven: {eerder.30: 2, woongemeente: GM0971}, weging: lokaal,\n"
		 "         aan: {partij: stad, functie: wmo}, rubriek: leefgebieden, "
		 "verwacht: geweigerd}\n",
		 "line 69: regel c-woon, aan.gemeente woon"},
		{"      - {gegeven: {thema: overlast, gemeente: GM1883}, op: 2028-01-01,\n"
		 "         aan: {partij: stad, functie: oov}, rubriek: incident, verwacht: "
		 "geweigerd}\n",
		 "line 112: regel e-incident, tot"},
		{"      - {gegeven: {soort: wth, rol: slachtoffer, minderjarig: nee},\n"
		 "         aan: {partij: politie, functie: wijk}, rubriek: identificatie, "
		 "verwacht: geweigerd}\n",
		 "line 46: regel b-volwassen, soort"},
	};
	char *text = case_read(KLEIN), before[2000], after[2000];
	struct convenant *whole = case_load_text(text);
	unproven(whole, before, sizeof before);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		char *edited = case_edit(text, cases[i].proef, "");
		struct convenant *convenant = case_load_text(edited);
		unproven(convenant, after, sizeof after);
		assert_null(strstr(before, cases[i].unproven));
		assert_non_null(strstr(after, cases[i].unproven));
		convenant_free(convenant);
		free(edited);
	}
	convenant_free(whole);
	free(text);
}

// A proef happens on the first day of its regel, and knows of no sender unless it says one.
static void a_proef_says_when_from_whom_and_whether_it_is_an_oefening(void **state)
{
	(void)state;
	static const struct {
		const char *from, *to;
		bool loads;
	} cases[] = {
		{", op: 2026-06-01,", ",", true},
		{", op: 2026-06-01,", ", op: 2027-12-31,", true},
		{", op: 2026-06-01,", ", op: 2028-06-01,", false},
		{"minderjarig: nee, bron: politie}", "minderjarig: nee, bron: stad}", false},
		{"minderjarig: nee, bron: politie}",
		 "minderjarig: nee, bron: politie}, bron_functie: wijk", true},
		{"minderjarig: nee, bron: politie}",
		 "minderjarig: nee, bron: politie}, bron_functie: meldkamer", false},
		{"oefening: nee", "oefening: ja", false},
		{"{eerder.30: 2, woongemeente: GM1883},\n",
		 "{eerder.30: 2, woongemeente: GM1883}, weging: elders,\n", false},
	};
	char *text = case_read(KLEIN);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		char *edited = case_edit(text, cases[i].from, cases[i].to);
		struct convenant *convenant = NULL;
		struct problem problem = {0};
		enum result result =
			convenant_load(bytes_of_text(edited), "proef", &convenant, &problem);
		if ((result == RESULT_OK) != cases[i].loads)
			fail_msg("%s: %s", cases[i].to, problem.message);
		if (result != RESULT_OK)
			assert_string_equal(problem.code, reason_code(REASON_TEST_FAILED));
		convenant_free(convenant);
		free(edited);
	}
	free(text);
}

// The sender is of its own soort, unless the proef says another, wherever it says so.
static void the_soort_of_the_sender_is_that_of_the_partij_or_what_the_proef_says(void **state)
{
	(void)state;
	static const struct {
		const char *gegeven;
		bool loads;
	} cases[] = {
		{"gemeente: GM1883, bron: politie}", false},
		{"gemeente: GM1883, bron: politie, bron.soort: om}", true},
		{"gemeente: GM1883, bron.soort: om, bron: politie}", true},
		{"gemeente: GM1883, bron.soort: om}", true},
	};
	char *text = case_read(KLEIN);
	char *asks =
		case_edit(text, "als: {thema: overlast}", "als: {thema: overlast, bron.soort: om}");
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		char to[200];
		snprintf(to, sizeof to, "{thema: [overlast, jeugd], %s, op: 2026-06-01,",
			 cases[i].gegeven);
		char *edited = case_edit(
			asks, "{thema: [overlast, jeugd], gemeente: GM1883}, op: 2026-06-01,", to);
		struct convenant *convenant = NULL;
		enum result result =
			convenant_load(bytes_of_text(edited), "proef", &convenant, NULL);
		assert_int_equal(result == RESULT_OK, cases[i].loads);
		convenant_free(convenant);
		free(edited);
	}
	free(asks);
	free(text);
}

// A weging named by another proef, or a sender, does not linger.
static void proeven_do_not_depend_on_each_other(void **state)
{
	(void)state;
	char *text = case_read(VOORBEELD);
	struct convenant *convenant = case_load_text(text);
	char first[2000], second[2000];
	unproven(convenant, first, sizeof first);
	for (size_t n = convenant_test_count(convenant); n-- > 0;) {
		char where[160];
		assert_true(convenant_test_is_proven(convenant, n, where));
	}
	unproven(convenant, second, sizeof second);
	assert_string_equal(first, "");
	assert_string_equal(second, "");
	convenant_free(convenant);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_condition_is_a_test_with_its_line),
		cmocka_unit_test(a_proef_that_is_taken_away_is_missed),
		cmocka_unit_test(a_proef_says_when_from_whom_and_whether_it_is_an_oefening),
		cmocka_unit_test(
			the_soort_of_the_sender_is_that_of_the_partij_or_what_the_proef_says),
		cmocka_unit_test(proeven_do_not_depend_on_each_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/convenant_case.h"

static void the_list_of_attributes_is_found_by_number_name_and_place(void **state)
{
	(void)state;
	const struct attribuut_row *row;
	size_t n = 0;
	for (; (row = attribuut_row_at(n)); n++) {
		assert_ptr_equal(attribuut_row(row->attribuut), row);
		assert_ptr_equal(attribuut_row_named(bytes_of_text(row->name)), row);
		assert_true(row->attribuut < ATTRIBUUT_COUNT);
		assert_true(strlen(row->caption) > 2);
		// A code has a list that exists, anything else has none.
		assert_int_equal(row->kind == ATTRIBUUT_IS_CODE, row->list != NULL);
		if (row->list)
			assert_non_null(code_list_named(bytes_of_text(row->list)));
	}
	assert_int_equal(n, 41);
	size_t found = 0;
	for (uint32_t i = 0; i < 1000; i++)
		found += attribuut_row(i) != NULL;
	assert_int_equal(found, n);
	assert_null(attribuut_row_named(LITERAL("minderjari")));
	assert_null(attribuut_row_named((struct bytes){0}));
}

static void numbers_of_attributes_never_change_their_meaning(void **state)
{
	(void)state;
	static const struct {
		uint32_t number;
		const char *name;
		bool of_betrokkene;
	} pinned[] = {
		{1, "soort", false},
		{2, "thema", false},
		{3, "klasse", false},
		{4, "urgentie", false},
		{5, "strafrecht", false},
		{6, "gemeente", false},
		{7, "huis", false},
		{8, "bron", false},
		{9, "bron.soort", false},
		{10, "betrokkenen", false},
		{20, "rol", true},
		{21, "minderjarig", true},
		{22, "woongemeente", true},
		{23, "woonhuis", true},
		{24, "identificeerbaar", true},
		{25, "eerder.dag", true},
		{26, "eerder.30", true},
		{27, "eerder.365", true},
		{28, "samenloop", true},
		{29, "leefgebied", true},
		{30, "afgeschermd", true},
		{11, "overleg", false},
		{12, "klassen", false},
		{13, "incident.afgeschermd", false},
		{31, "casus.status", true},
		{32, "ave", true},
		{33, "top-x", true},
		{34, "pga", true},
		{35, "wth", true},
		{36, "levensloop", true},
		{37, "regie", true},
		{38, "casusregie", true},
		{39, "inbrenger", true},
		{40, "eerdere.ontvangers", true},
		{41, "leeftijd", true},
		{42, "verblijfgemeente", true},
		{43, "regie.niveau", true},
		{14, "vraag", false},
		{15, "vrager", false},
		{44, "zsm.advies", true},
		{45, "bekend", true},
	};
	for (size_t i = 0; i < COUNT_OF(pinned); i++) {
		const struct attribuut_row *row = attribuut_row(pinned[i].number);
		assert_string_equal(row->name, pinned[i].name);
		assert_int_equal(row->of_betrokkene, pinned[i].of_betrokkene);
	}
}

static void facts_of_the_melding_and_of_each_betrokkene_are_kept_apart(void **state)
{
	(void)state;
	struct feiten *feiten = case_feiten(2);
	case_say(feiten, "soort", 0, "politie");
	case_say(feiten, "rol", 1, "kind");
	case_say(feiten, "rol", 2, "ouder");
	// The betrokkene does not matter for a fact of the melding.
	assert_ptr_equal(feiten_get(feiten, ATTRIBUUT_SOORT, 0),
			 feiten_get(feiten, ATTRIBUUT_SOORT, 2));
	assert_ptr_equal(feiten_get(feiten, ATTRIBUUT_ROL, 2), feiten_at(feiten, ATTRIBUUT_ROL, 2));
	const struct feit *rol = feiten_get(feiten, ATTRIBUUT_ROL, 1);
	assert_true(rol->bekend && bytes_equal(rol->waarden[0], bytes_of_text("kind")));
	assert_false(feiten_get(feiten, ATTRIBUUT_MINDERJARIG, 1)->bekend);
	assert_null(feiten_get(feiten, ATTRIBUUT_ROL, 0));
	assert_null(feiten_get(feiten, ATTRIBUUT_ROL, BETROKKENEN_MAX + 1));
	assert_non_null(feiten_at(feiten, ATTRIBUUT_ROL, BETROKKENEN_MAX));
	assert_null(feiten_at(feiten, (enum attribuut)19, 1));
	assert_null(feiten_get(feiten, (enum attribuut)ATTRIBUUT_COUNT, 1));
	free(feiten);
}

static void a_fact_with_more_values_than_fit_is_not_known(void **state)
{
	(void)state;
	struct feit feit = {0};
	for (size_t i = 0; i < FEIT_WAARDEN_MAX; i++) {
		feit_add(&feit, LITERAL("overlast"));
		assert_true(feit.bekend);
	}
	assert_int_equal(feit.waarde_count, FEIT_WAARDEN_MAX);
	for (size_t i = 0; i < 3; i++) {
		feit_add(&feit, LITERAL("overlast"));
		assert_false(feit.bekend);
		assert_int_equal(feit.waarde_count, 0);
	}
	feit_set(&feit, LITERAL("jeugd"));
	assert_true(feit.bekend && feit.waarde_count == 1);
	feit_set_none(&feit);
	assert_true(feit.bekend && feit.waarde_count == 0);
	feit_add(&feit, LITERAL("jeugd"));
	assert_true(feit.bekend && feit.waarde_count == 1);
}

static void the_page_of_the_language_lists_every_attribute(void **state)
{
	(void)state;
	char *page = case_read(KNP_SOURCE "/docs/convenant-taal.md");
	const struct attribuut_row *row;
	for (size_t n = 0; (row = attribuut_row_at(n)); n++) {
		char line[120];
		snprintf(line, sizeof line, "\n| %d | `%s` | %s |", (int)row->attribuut, row->name,
			 row->of_betrokkene ? "betrokkene" : "melding");
		const char *found = strstr(page, line);
		if (!found)
			fail_msg("the page lacks%s", line);
		const char *end = found ? strchr(found + 1, '\n') : NULL;
		const char *several = found ? strstr(found, ", several |") : NULL;
		assert_int_equal(row->several, several && several < end);
		// Its last column: where it comes from.
		const char *source = attribuut_source(row->attribuut);
		assert_non_null(source);
		snprintf(line, sizeof line, " | %s |", source);
		if (!end || (size_t)(end - found) < strlen(line) ||
		    memcmp(end - strlen(line), line, strlen(line)) != 0)
			fail_msg("the page does not say of %s:%s", row->name, line);
	}
	free(page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_of_attributes_is_found_by_number_name_and_place),
		cmocka_unit_test(numbers_of_attributes_never_change_their_meaning),
		cmocka_unit_test(facts_of_the_melding_and_of_each_betrokkene_are_kept_apart),
		cmocka_unit_test(the_page_of_the_language_lists_every_attribute),
		cmocka_unit_test(a_fact_with_more_values_than_fit_is_not_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
#include "base/clock.h"
#include "melding/lists.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define T(test) cmocka_unit_test(test)

static struct bytes text(const char *t)
{
	return bytes_of_text(t);
}

static bool is_plain_name(const char *name)
{
	for (const char *p = name; *p; p++) {
		if (!islower((unsigned char)*p) && !isdigit((unsigned char)*p) && *p != '-' &&
		    *p != '.')
			return false;
	}
	return *name != '\0';
}

static void check_veld(const struct veld_row *row)
{
	assert_in_range(row->veld, 1, VELD_NUMBER_MAX);
	assert_true(is_plain_name(row->name));
	assert_true(row->at_most >= 1);
	assert_int_equal(row->kind == VELD_CODE, row->list != NULL);
	if (row->kind == VELD_TEXT || row->kind == VELD_LINE || row->kind == VELD_NAME ||
	    row->kind == VELD_REFERENCE || row->kind == VELD_NOTE)
		assert_true(row->min >= 1 && row->min <= row->max && row->max <= 8192);
	if (row->kind == VELD_NUMBER)
		assert_true(row->min <= row->max && row->max > 0);
	if (row->kind == VELD_BINARY)
		assert_true(row->max > 0);
}

static void check_velden(const struct veld_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		check_veld(&rows[i]);
		assert_ptr_equal(veld_row(rows, count, rows[i].veld), &rows[i]);
		assert_ptr_equal(veld_row_named(rows, count, text(rows[i].name)), &rows[i]);
	}
	assert_null(veld_row(rows, count, 0));
	assert_null(veld_row_named(rows, count, text("geen-veld")));
}

static void every_rubriek_is_found_by_number_and_by_name(void **state)
{
	(void)state;
	size_t n = 0;
	for (const struct rubriek_row *row; (row = rubriek_row_at(n)); n++) {
		assert_ptr_equal(rubriek_row(row->soort), row);
		assert_ptr_equal(rubriek_row_named(text(row->name)), row);
		assert_in_range(row->soort, 1, RUBRIEK_SOORT_MAX);
		assert_true(is_plain_name(row->name));
		assert_true(strlen(row->caption) > 2);
		assert_true(row->veld_count > 0 && row->at_most > 0);
	}
	assert_int_equal(n, 33);
	assert_null(rubriek_row(0));
	assert_null(rubriek_row(23));
	assert_null(rubriek_row_named(text("")));
	assert_null(rubriek_row_named(text("kenmerke")));
}

static void every_veld_of_every_rubriek_and_type_is_well_described(void **state)
{
	(void)state;
	const struct rubriek_row *rubriek;
	for (size_t n = 0; (rubriek = rubriek_row_at(n)); n++)
		check_velden(rubriek->velden, rubriek->veld_count);
	const struct type_row *type;
	for (size_t n = 0; (type = type_row_at(n)); n++)
		check_velden(type->velden, type->veld_count);
}

static void only_herkomst_verrijkingen_and_bekend_are_stated_by_the_knooppunt(void **state)
{
	(void)state;
	const struct rubriek_row *row;
	for (size_t n = 0; (row = rubriek_row_at(n)); n++) {
		bool stated = strncmp(row->name, "verrijking.", 11) == 0 ||
			      strncmp(row->name, "bekend.", 7) == 0 ||
			      row->soort == RUBRIEK_HERKOMST;
		assert_int_equal(row->by_knooppunt, stated);
	}
}

static void every_rubriek_allows_at_least_one_regime_and_only_known_ones(void **state)
{
	(void)state;
	uint32_t known = 0;
	for (uint32_t regime = 1; regime_name(regime); regime++)
		known |= 1U << regime;
	assert_int_equal(known, 0xfe);
	const struct rubriek_row *row;
	for (size_t n = 0; (row = rubriek_row_at(n)); n++) {
		assert_true(row->regimes != 0);
		assert_int_equal(row->regimes & ~known, 0);
	}
}

static void data_on_health_and_penal_data_keep_to_their_own_laws(void **state)
{
	(void)state;
	uint32_t health = rubriek_row(RUBRIEK_GEZONDHEID)->regimes;
	uint32_t penal = rubriek_row(RUBRIEK_STRAFRECHTELIJK)->regimes;
	assert_true(health & 1U << REGIME_WGBO);
	assert_false(health & 1U << REGIME_WJSG_STRAFVORDERLIJK);
	assert_false(penal & 1U << REGIME_WGBO);
	assert_int_equal(rubriek_row(RUBRIEK_DETENTIE)->regimes,
			 1U << REGIME_WJSG_TENUITVOERLEGGING);
}

static void the_kenmerken_have_what_routing_needs_and_their_fixed_numbers(void **state)
{
	(void)state;
	const struct rubriek_row *row = rubriek_row(RUBRIEK_KENMERKEN);
	static const struct {
		uint32_t veld;
		const char *name;
		bool required;
	} expected[] = {
		{1, "soort", true},           {2, "thema", false},
		{3, "klasse", false},         {4, "urgentie", true},
		{5, "strafrecht", false},     {6, "gemeente", true},
		{7, "tijdstip", false},       {8, "registratienummer", false},
		{9, "terugkoppeling", false}, {10, "betrokkenen", true},
		{11, "overleg", false},
	};
	assert_int_equal(row->veld_count, sizeof expected / sizeof expected[0]);
	for (size_t i = 0; i < row->veld_count; i++) {
		assert_int_equal(row->velden[i].veld, expected[i].veld);
		assert_string_equal(row->velden[i].name, expected[i].name);
		assert_int_equal(row->velden[i].required, expected[i].required);
	}
	assert_true(veld_row(row->velden, row->veld_count, KENMERK_THEMA)->at_most > 1);
}

static void whether_an_address_is_protected_must_always_be_said(void **state)
{
	(void)state;
	const struct rubriek_row *row = rubriek_row(RUBRIEK_VERBLIJFADRES);
	const struct veld_row *veld =
		veld_row(row->velden, row->veld_count, VERBLIJFADRES_AFGESCHERMD);
	assert_string_equal(veld->name, "afgeschermd");
	assert_true(veld->required);
}

static void every_code_is_found_in_its_list_once_and_has_a_dutch_text(void **state)
{
	(void)state;
	const struct code_list *list;
	size_t n = 0;
	for (; (list = code_list_at(n)); n++) {
		assert_ptr_equal(code_list_named(text(list->name)), list);
		assert_true(list->count >= 2);
		for (size_t i = 0; i < list->count; i++) {
			assert_ptr_equal(code_find(list, text(list->codes[i].code)),
					 &list->codes[i]);
			assert_true(strlen(list->codes[i].text) >= 2);
			assert_true(utf8_is_clean_text(text(list->codes[i].text)));
		}
		assert_null(code_find(list, text("")));
		assert_null(code_find(list, text("bestaat-niet")));
	}
	assert_true(n > 20);
	assert_null(code_list_named(text("bestaat-niet")));
}

static void every_list_that_a_veld_uses_is_a_published_list(void **state)
{
	(void)state;
	const struct rubriek_row *row;
	for (size_t n = 0; (row = rubriek_row_at(n)); n++) {
		for (size_t i = 0; i < row->veld_count; i++) {
			const struct code_list *list = row->velden[i].list;
			if (list)
				assert_ptr_equal(code_list_named(text(list->name)), list);
		}
	}
}

static void has_codes(const char *list_name, const char *const *codes)
{
	const struct code_list *list = code_list_named(text(list_name));
	assert_non_null(list);
	for (; *codes; codes++)
		assert_non_null(code_find(list, text(*codes)));
}

static void the_terms_of_the_field_are_on_the_lists(void **state)
{
	(void)state;
	static const char *const soort[] = {"politie",        "veilig-thuis", "wth",
					    "partner",        "mensenhandel", "radicalisering",
					    "arbeidsmigrant", "detentie.18b", NULL};
	static const char *const klasse[] = {"E33", "E14", "I28", "overig", NULL};
	static const char *const rol[] = {"vermoedelijke-pleger", "slachtoffer", "kind", "getuige",
					  "gedetineerde",         NULL};
	static const char *const gebied[] = {"huisvesting",       "inkomen",  "dagbesteding",
					     "identiteitsbewijs", "schulden", "zorg",
					     "sociaal-netwerk",   NULL};
	static const char *const partner[] = {"politie",
					      "veilig-thuis",
					      "gemeente",
					      "ggz",
					      "reclassering",
					      "gecertificeerde-instelling",
					      "woningcorporatie",
					      "om",
					      "pi",
					      "veiligheidshuis",
					      "rvdk",
					      "huisarts",
					      "zorgpraktijk",
					      NULL};
	has_codes("soort", soort);
	has_codes("klasse", klasse);
	has_codes("rol", rol);
	has_codes("leefgebied", gebied);
	has_codes("partner-soort", partner);
}

static void every_type_is_found_and_only_a_melding_has_slots(void **state)
{
	(void)state;
	size_t n = 0;
	for (const struct type_row *row; (row = type_row_at(n)); n++) {
		assert_ptr_equal(type_row(row->type), row);
		assert_int_equal(row->has_slots, row->type == TYPE_MELDING);
		assert_true(row->max_age_ms >= 10 * MS_PER_MINUTE);
	}
	assert_int_equal(n, 33);
	assert_null(type_row(0));
	assert_null(type_row(17));
	assert_int_equal(type_row(TYPE_MELDING)->max_age_ms, 30 * MS_PER_DAY);
	assert_int_equal(type_row(TYPE_ACT)->max_age_ms, 10 * MS_PER_MINUTE);
	assert_false(type_row(TYPE_FETCH)->logged);
	assert_true(type_row(TYPE_WEGING)->logged);
}

static void a_regime_reads_back_from_its_name(void **state)
{
	(void)state;
	enum regime regime = REGIME_WGBO;
	for (uint32_t r = REGIME_AVG; r <= REGIME_WMO_VT; r++) {
		assert_int_equal(regime_parse(text(regime_name(r)), &regime), RESULT_OK);
		assert_int_equal(regime, r);
	}
	assert_int_equal(regime_parse(text("AVG"), &regime), RESULT_NOT_FOUND);
	assert_int_equal(regime, REGIME_WMO_VT);
	assert_null(regime_name(0));
	assert_null(regime_name(8));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(every_rubriek_is_found_by_number_and_by_name),
		T(every_veld_of_every_rubriek_and_type_is_well_described),
		T(only_herkomst_verrijkingen_and_bekend_are_stated_by_the_knooppunt),
		T(every_rubriek_allows_at_least_one_regime_and_only_known_ones),
		T(data_on_health_and_penal_data_keep_to_their_own_laws),
		T(the_kenmerken_have_what_routing_needs_and_their_fixed_numbers),
		T(whether_an_address_is_protected_must_always_be_said),
		T(every_code_is_found_in_its_list_once_and_has_a_dutch_text),
		T(every_list_that_a_veld_uses_is_a_published_list),
		T(the_terms_of_the_field_are_on_the_lists),
		T(every_type_is_found_and_only_a_melding_has_slots),
		T(a_regime_reads_back_from_its_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

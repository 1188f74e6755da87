// SPDX-License-Identifier: EUPL-1.2
// What the decisions about a letter come to, of meldingen that no convenant has to give.
#include "unit.h"

#include "audit/brief.h"

#include "melding/lists.h"

#include <string.h>

static const struct deel delen[] = {
	{RUBRIEK_IDENTIFICATIE, "Identificatie", "Waarvoor: zorg\n"},
	{RUBRIEK_GEZONDHEID, "Gezondheid", "Waarvoor: zorg\n"},
	{RUBRIEK_DETENTIE, "Detentie", "Waarvoor: terugkeer\n"},
};

struct letter {
	struct brief brief;
	struct regel regels[6];
};

// One melding of two rubrieken, given with a third that stands in another melding.
static int set_up(void **state)
{
	static struct letter letter;
	const struct regel regels[] = {
		{.nummer = "1", .is_melding = true, .kop = "Melding", .tekst = "Soort: zorg\n"},
		{.nummer = "1.1",
		 .rubriek = RUBRIEK_IDENTIFICATIE,
		 .kop = "Identificatie",
		 .tekst = ""},
		{.nummer = "1.2", .rubriek = RUBRIEK_GEZONDHEID, .kop = "Gezondheid", .tekst = ""},
		{.nummer = "1.3",
		 .kop = "Gedeeld met A",
		 .delen = delen,
		 .deel_count = 2,
		 .tekst = "Ontvangen.\n"},
		{.nummer = "2", .is_melding = true, .kop = "Melding", .tekst = ""},
		{.nummer = "2.1",
		 .kop = "Gedeeld met B",
		 .delen = delen,
		 .deel_count = 3,
		 .tekst = ""},
	};
	memcpy(letter.regels, regels, sizeof regels);
	letter.brief = (struct brief){.regels = letter.regels, .count = 6, .zaak = ""};
	*state = &letter;
	if (arena_new(1 << 20, &letter.brief.arena) != RESULT_OK)
		return -1;
	return brief_settle(&letter.brief) == RESULT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
	struct letter *letter = *state;
	arena_free(letter->brief.arena);
	return 0;
}

// The list as it is written, each regel decided as `besluiten` says in their order.
static enum result decide(struct brief *brief, const char *const besluiten[6],
			  struct problem *problem)
{
	struct buffer list;
	char hex[65];
	struct hash hash = brief_hash(brief);
	hex_encode(hex, bytes_of_hash(&hash));
	buffer_init(&list, 4096);
	buffer_append_format(&list, "inzage %s\n", hex);
	for (size_t n = 0; n < 6; n++)
		buffer_append_format(&list, "%s %s\n", brief->regels[n].nummer, besluiten[n]);
	enum result result = besluiten_read(brief, buffer_view(&list), problem);
	buffer_done(&list);
	return result;
}

#define TELL "verstrekken"
#define REFUSE "weigeren avg-15-4"
#define MASK "maskeren avg-15-4"

static void what_went_for_one_reason_is_told_together(void **state)
{
	struct letter *letter = *state;
	assert_string_equal(letter->regels[3].lines,
			    "Gedeeld: Identificatie, Gezondheid\nWaarvoor: zorg\nOntvangen.\n");
	assert_string_equal(letter->regels[5].lines,
			    "Gedeeld: Identificatie, Gezondheid\nWaarvoor: zorg\n"
			    "Gedeeld: Detentie\nWaarvoor: terugkeer\n");
}

static void what_is_refused_is_not_named_in_its_own_melding(void **state)
{
	struct letter *letter = *state;
	struct problem problem = {0};
	const char *const besluiten[6] = {TELL, REFUSE, TELL, TELL, TELL, TELL};
	assert_int_equal(decide(&letter->brief, besluiten, &problem), RESULT_OK);
	assert_string_equal(letter->regels[3].lines,
			    "Gedeeld: Gezondheid\nWaarvoor: zorg\nOntvangen.\n");
	assert_string_equal(letter->regels[5].lines,
			    "Gedeeld: Identificatie, Gezondheid\nWaarvoor: zorg\n"
			    "Gedeeld: Detentie\nWaarvoor: terugkeer\n");
}

static void what_is_masked_is_named(void **state)
{
	struct letter *letter = *state;
	struct problem problem = {0};
	const char *const besluiten[6] = {TELL, MASK, MASK, TELL, TELL, TELL};
	assert_int_equal(decide(&letter->brief, besluiten, &problem), RESULT_OK);
	assert_string_equal(letter->regels[3].lines,
			    "Gedeeld: Identificatie, Gezondheid\nWaarvoor: zorg\nOntvangen.\n");
}

static void of_two_of_a_kind_one_that_is_told_names_both(void **state)
{
	struct letter *letter = *state;
	struct problem problem = {0};
	const char *const besluiten[6] = {TELL, REFUSE, TELL, TELL, TELL, TELL};
	letter->regels[2].rubriek = RUBRIEK_IDENTIFICATIE;
	assert_int_equal(decide(&letter->brief, besluiten, &problem), RESULT_OK);
	assert_string_equal(letter->regels[3].lines,
			    "Gedeeld: Identificatie, Gezondheid\nWaarvoor: zorg\nOntvangen.\n");
}

static void a_verstrekking_of_which_nothing_is_left_must_be_refused_too(void **state)
{
	struct letter *letter = *state;
	struct problem problem = {0};
	const char *const besluiten[6] = {TELL, REFUSE, REFUSE, TELL, TELL, TELL};
	assert_int_equal(decide(&letter->brief, besluiten, &problem), RESULT_MALFORMED);
	assert_non_null(strstr(problem.message, "the verstrekking 1.3 gave is refused"));
}

static void refused_masked_or_under_a_melding_that_is_it_may_be_left_empty(void **state)
{
	struct letter *letter = *state;
	static const char *const rows[][6] = {{TELL, REFUSE, REFUSE, REFUSE, TELL, TELL},
					      {TELL, REFUSE, REFUSE, MASK, TELL, TELL},
					      {REFUSE, REFUSE, REFUSE, TELL, TELL, TELL}};
	for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
		struct problem problem = {0};
		for (size_t i = 0; i < 6; i++)
			letter->regels[i].besluit = BESLUIT_GEEN;
		assert_int_equal(brief_settle(&letter->brief), RESULT_OK);
		assert_int_equal(decide(&letter->brief, rows[n], &problem), RESULT_OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_went_for_one_reason_is_told_together, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_is_refused_is_not_named_in_its_own_melding,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_masked_is_named, set_up, tear_down),
		cmocka_unit_test_setup_teardown(of_two_of_a_kind_one_that_is_told_names_both,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_verstrekking_of_which_nothing_is_left_must_be_refused_too, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			refused_masked_or_under_a_melding_that_is_it_may_be_left_empty, set_up,
			tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

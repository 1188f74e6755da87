// SPDX-License-Identifier: EUPL-1.2
// A person's judgement that a regel requires: what waits for it, and what it lets pass.
#include "tests/unit/convenant_case.h"

struct world {
	struct convenant *convenant;
	struct feiten *feiten;
	struct weging_feit wegingen[4];
};

// Two adults of GM1883 with two earlier meldingen each: only a weging is missing.
static int setup(void **state)
{
	struct world *world = calloc(1, sizeof *world);
	if (!world)
		return -1;
	world->convenant = case_load(KLEIN);
	world->feiten = case_feiten(2);
	case_say_all_none(world->feiten);
	for (uint32_t b = 1; b <= 2; b++) {
		case_say(world->feiten, "woongemeente", b, "GM1883");
		case_say(world->feiten, "eerder.30", b, "2");
	}
	world->feiten->oefening = true;
	world->feiten->wegingen = world->wegingen;
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;
	convenant_free(world->convenant);
	free(world->feiten);
	free(world);
	return 0;
}

static void give(struct world *world, const char *regel, uint32_t betrokkene, const char *uitkomst)
{
	world->wegingen[world->feiten->weging_count++] =
		(struct weging_feit){.regel = bytes_of_text(regel),
				     .uitkomst = bytes_of_text(uitkomst),
				     .betrokkene = betrokkene};
}

static enum oordeel ask(const struct world *world, const char *ontvanger, uint32_t betrokkene,
			const char *rubriek)
{
	return case_ask(world->convenant, world->feiten, ontvanger, betrokkene, rubriek).oordeel;
}

static int awaited(const struct world *world, const char *ontvanger, uint32_t betrokkene,
		   const char *rubriek)
{
	return case_ask(world->convenant, world->feiten, ontvanger, betrokkene, rubriek)
		.wacht_op_weging;
}

static void without_a_weging_it_waits_and_names_which(void **state)
{
	struct world *world = *state;
	assert_int_equal(ask(world, "stad/wmo", 1, "leefgebieden"), WAITS);
	assert_int_equal(awaited(world, "stad/wmo", 1, "leefgebieden"), 2);
	// A shared weging is that of the regel that asks it.
	assert_int_equal(ask(world, "huis/coordinator", 1, "identificatie"), WAITS);
	assert_int_equal(awaited(world, "huis/coordinator", 1, "identificatie"), 2);
	assert_int_equal(awaited(world, "politie/wijk", 1, "identificatie"), -1);
}

static void a_weging_is_not_awaited_while_a_fact_is_missing(void **state)
{
	struct world *world = *state;
	case_forget(world->feiten, "eerder.30", 1);
	assert_int_equal(ask(world, "stad/wmo", 1, "leefgebieden"), WAITS);
	assert_int_equal(awaited(world, "stad/wmo", 1, "leefgebieden"), -1);
	case_say(world->feiten, "eerder.30", 1, "2");
	case_forget(world->feiten, "woongemeente", 1);
	assert_int_equal(ask(world, "stad/wmo", 1, "leefgebieden"), WAITS);
	assert_int_equal(awaited(world, "stad/wmo", 1, "leefgebieden"), -1);
}

static void of_several_wegingen_the_first_by_name_is_awaited(void **state)
{
	struct world *world = *state;
	size_t later;
	assert_int_equal(convenant_regel_named(world->convenant, LITERAL("b-later"), &later),
			 RESULT_OK);
	case_say(world->feiten, "soort", 0, "wth");
	case_say(world->feiten, "strafrecht", 0, "ja");
	// It stands after c-woon in the file, and before it in the alphabet.
	assert_int_equal(awaited(world, "huis/coordinator", 1, "identificatie"), later);
	give(world, "b-later", 0, "niet-volgen");
	assert_int_equal(awaited(world, "huis/coordinator", 1, "identificatie"), 2);
	give(world, "c-woon", 0, "lokaal");
	assert_int_equal(ask(world, "huis/coordinator", 1, "identificatie"), REFUSED);
}

static void no_weging_is_awaited_where_it_would_change_nothing(void **state)
{
	struct world *world = *state;
	assert_int_equal(ask(world, "dorp/wmo", 1, "leefgebieden"), REFUSED);
	assert_int_equal(awaited(world, "dorp/wmo", 1, "leefgebieden"), -1);
	assert_int_equal(awaited(world, "dorp/wmo", 0, "toelichting"), -1);
}

static void one_outcome_lets_one_regel_pass_and_stops_the_other(void **state)
{
	struct world *world = *state;
	give(world, "c-woon", 0, "lokaal");
	assert_int_equal(ask(world, "stad/wmo", 1, "leefgebieden"), GIVEN);
	assert_int_equal(ask(world, "huis/coordinator", 1, "identificatie"), REFUSED);
	world->feiten->weging_count = 0;
	give(world, "c-woon", 0, "regie");
	assert_int_equal(ask(world, "stad/wmo", 1, "leefgebieden"), REFUSED);
	assert_int_equal(ask(world, "huis/coordinator", 1, "identificatie"), GIVEN);
	world->feiten->weging_count = 0;
	give(world, "c-woon", 0, "geen-van-beide");
	assert_int_equal(ask(world, "stad/wmo", 1, "leefgebieden"), REFUSED);
	assert_int_equal(ask(world, "huis/coordinator", 1, "identificatie"), REFUSED);
}

static void a_shared_weging_may_be_given_under_either_name(void **state)
{
	struct world *world = *state;
	give(world, "d-huis", 0, "lokaal");
	assert_int_equal(ask(world, "stad/wmo", 1, "leefgebieden"), GIVEN);
}

static void the_weging_of_another_regel_changes_nothing(void **state)
{
	struct world *world = *state;
	give(world, "a-huis", 0, "lokaal");
	give(world, "elders", 0, "lokaal");
	give(world, "c-woon", 17, "lokaal");
	give(world, "c-woon", 4000000000u, "lokaal");
	assert_int_equal(ask(world, "stad/wmo", 1, "leefgebieden"), WAITS);
}

static void a_weging_about_one_betrokkene_is_about_no_other(void **state)
{
	struct world *world = *state;
	give(world, "c-woon", 2, "lokaal");
	assert_int_equal(ask(world, "stad/wmo", 2, "leefgebieden"), GIVEN);
	assert_int_equal(ask(world, "stad/wmo", 1, "leefgebieden"), WAITS);
	// The incident goes with the one for whom it was weighed.
	assert_int_equal(ask(world, "stad/wmo", 0, "kenmerken"), GIVEN);
}

static void what_is_said_of_one_goes_before_what_is_said_of_all(void **state)
{
	struct world *world = *state;
	give(world, "c-woon", 0, "lokaal");
	give(world, "c-woon", 1, "regie");
	assert_int_equal(ask(world, "stad/wmo", 1, "leefgebieden"), REFUSED);
	assert_int_equal(ask(world, "stad/wmo", 2, "leefgebieden"), GIVEN);
	assert_int_equal(ask(world, "huis/coordinator", 1, "identificatie"), GIVEN);
}

static void outcomes_that_contradict_each_other_let_nothing_pass(void **state)
{
	struct world *world = *state;
	give(world, "c-woon", 1, "lokaal");
	give(world, "c-woon", 1, "regie");
	assert_int_equal(ask(world, "stad/wmo", 1, "leefgebieden"), REFUSED);
	assert_int_equal(ask(world, "huis/coordinator", 1, "identificatie"), REFUSED);
	world->feiten->weging_count = 0;
	give(world, "c-woon", 1, "lokaal");
	give(world, "c-woon", 1, "lokaal");
	assert_int_equal(ask(world, "stad/wmo", 1, "leefgebieden"), GIVEN);
}

static void a_weging_does_not_lift_another_condition(void **state)
{
	struct world *world = *state;
	give(world, "c-woon", 0, "lokaal");
	case_say(world->feiten, "eerder.30", 1, "0");
	assert_int_equal(ask(world, "stad/wmo", 1, "leefgebieden"), REFUSED);
	case_forget(world->feiten, "eerder.30", 1);
	assert_int_equal(ask(world, "stad/wmo", 1, "leefgebieden"), WAITS);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(without_a_weging_it_waits_and_names_which),
		T(a_weging_is_not_awaited_while_a_fact_is_missing),
		T(of_several_wegingen_the_first_by_name_is_awaited),
		T(no_weging_is_awaited_where_it_would_change_nothing),
		T(one_outcome_lets_one_regel_pass_and_stops_the_other),
		T(a_shared_weging_may_be_given_under_either_name),
		T(the_weging_of_another_regel_changes_nothing),
		T(a_weging_about_one_betrokkene_is_about_no_other),
		T(what_is_said_of_one_goes_before_what_is_said_of_all),
		T(outcomes_that_contradict_each_other_let_nothing_pass),
		T(a_weging_does_not_lift_another_condition),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

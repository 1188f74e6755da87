// SPDX-License-Identifier: EUPL-1.2
// Random facts against the naive reading of the language, one question at a time and all at once;
// and the same convenant with its regels in another order.
#include "tests/unit/convenant_naive.h"
#include "tests/unit/convenant_world.h"

#ifdef KNP_SANITIZED
#define ROUNDS 120
#else
#define ROUNDS 200
#endif

struct tally {
	size_t answers, outcomes[3], wegingen, soorten[6];
};

static void hold_against(struct world *world, const struct naive *naive,
			 const struct beslissing *found, struct tally *tally)
{
	struct naive_answer expected = naive_decide(naive);
	char reasons[400];
	case_reasons(world->convenant, found, reasons);
	if ((int)found->oordeel != expected.oordeel || strcmp(reasons, expected.reasons) != 0)
		fail_msg("%s rubriek %u about %u: %d (%s), naive %d (%s)",
			 naive->overleg ? naive->overleg : naive->vraag->ontvanger.functie,
			 naive->vraag->rubriek, naive->vraag->betrokkene, (int)found->oordeel,
			 reasons, expected.oordeel, expected.reasons);
	tally->answers++;
	tally->outcomes[found->oordeel]++;
	tally->wegingen += found->wacht_op_weging >= 0;
	for (size_t i = 0; i < found->regel_count; i++)
		tally->soorten[convenant_regel(world->convenant, found->regels[i])->soort]++;
}

static void compare(struct world *world, const struct vraag *vraag, struct tally *tally)
{
	struct naive naive = {yaml_root(world->yaml), world->feiten, vraag, NULL};
	struct beslissing found;
	convenant_decide(world->convenant, world->feiten, vraag, &found);
	hold_against(world, &naive, &found, tally);
}

static void compare_agendas(struct world *world, struct tally *tally)
{
	for (size_t i = 0; i < convenant_overleg_count(world->convenant); i++) {
		struct vraag vraag = {.rubriek = RUBRIEK_BERICHT};
		struct naive naive = {yaml_root(world->yaml), world->feiten, &vraag,
				      convenant_overleg(world->convenant, i)->overleg};
		for (vraag.betrokkene = 0; vraag.betrokkene <= 4; vraag.betrokkene++) {
			struct beslissing found;
			convenant_decide_agenda(world->convenant, world->feiten, i,
						vraag.betrokkene, &found);
			hold_against(world, &naive, &found, tally);
		}
	}
}

static void compare_all(struct world *world, struct tally *tally)
{
	const struct ontvanger *ontvangers;
	const struct rubriek_row *row = NULL;
	size_t count = convenant_ontvangers(world->convenant, &ontvangers);
	compare_agendas(world, tally);
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j == 0 || (row = rubriek_row_at(j - 1)); j++) {
			struct vraag vraag = {.ontvanger = ontvangers[i],
					      .rubriek =
						      j ? (uint32_t)row->soort : RUBRIEK_BERICHT};
			for (vraag.betrokkene = 0; vraag.betrokkene <= 4; vraag.betrokkene++)
				compare(world, &vraag, tally);
		}
	}
}

static struct tally agree(const char *path)
{
	struct world world = open_world(path);
	struct tally tally = {0};
	for (size_t i = 0; i < ROUNDS; i++) {
		fill_world(&world);
		compare_all(&world, &tally);
	}
	// Every outcome was met often enough for the comparison to mean something.
	assert_true(tally.outcomes[GIVEN] > 100 && tally.outcomes[WAITS] > 100);
	assert_true(tally.wegingen > 10);
	close_world(&world);
	return tally;
}

static void the_engine_agrees_with_the_naive_reading_of_the_fixture(void **state)
{
	(void)state;
	agree(KLEIN);
}

static void the_engine_agrees_with_the_naive_reading_of_every_kind(void **state)
{
	(void)state;
	struct tally tally = agree(SOORTEN);
	for (size_t i = 0; i < COUNT_OF(tally.soorten); i++)
		if (tally.soorten[i] <= ROUNDS / 10)
			fail_msg("kind %zu: %zu", i, tally.soorten[i]);
}

static void the_engine_agrees_with_the_naive_reading_of_what_we_ship(void **state)
{
	(void)state;
	agree(VOORBEELD);
}

// What decide_all gave, to be held against decide.
struct collected {
	const struct world *world;
	size_t ontvanger, place, count;
	const struct plaats *plaatsen;
};

static enum result collect(void *context, size_t ontvanger, const struct plaats *plaats,
			   const struct beslissing *beslissing)
{
	struct collected *c = context;
	const struct ontvanger *ontvangers;
	size_t place = (size_t)(plaats - c->plaatsen);
	convenant_ontvangers(c->world->convenant, &ontvangers);
	assert_true(c->count == 0 || ontvanger > c->ontvanger ||
		    (ontvanger == c->ontvanger && place > c->place));
	struct vraag vraag = {ontvangers[ontvanger], plaats->betrokkene, plaats->rubriek};
	struct beslissing one;
	convenant_decide(c->world->convenant, c->world->feiten, &vraag, &one);
	assert_int_not_equal(beslissing->oordeel, OORDEEL_GEWEIGERD);
	assert_int_equal(beslissing->oordeel, one.oordeel);
	assert_int_equal(beslissing->regel_count, one.regel_count);
	assert_memory_equal(beslissing->regels, one.regels, one.regel_count * sizeof one.regels[0]);
	assert_int_equal(beslissing->wacht_op_weging, one.wacht_op_weging);
	c->ontvanger = ontvanger;
	c->place = place;
	c->count++;
	return RESULT_OK;
}

// All rubrieken of everyone, and places that no melding has.
static size_t all_places(struct plaats *plaatsen)
{
	const struct rubriek_row *row;
	size_t count = 0;
	for (size_t i = 0; (row = rubriek_row_at(i)); i++) {
		for (uint32_t b = 0; b <= 5; b++)
			plaatsen[count++] = (struct plaats){b, (uint32_t)row->soort};
	}
	plaatsen[count++] = (struct plaats){0, RUBRIEK_BERICHT};
	plaatsen[count++] = (struct plaats){1, RUBRIEK_BERICHT};
	plaatsen[count++] = (struct plaats){1, 63};
	plaatsen[count++] = (struct plaats){1, 4000000000u};
	plaatsen[count++] = (struct plaats){4000000000u, RUBRIEK_IDENTIFICATIE};
	return count;
}

static void all_at_once_is_the_same_as_one_at_a_time(void **state)
{
	(void)state;
	static const char *const paths[] = {KLEIN, VOORBEELD, SOORTEN};
	for (size_t p = 0; p < COUNT_OF(paths); p++) {
		struct world world = open_world(paths[p]);
		struct plaats plaatsen[300];
		size_t count = all_places(plaatsen), given = 0;
		const struct ontvanger *ontvangers;
		size_t ontvanger_count = convenant_ontvangers(world.convenant, &ontvangers);
		for (size_t i = 0; i < ROUNDS; i++) {
			struct collected c = {.world = &world, .plaatsen = plaatsen};
			struct beslissing_visitor visitor = {&c, collect};
			size_t expected = 0;
			fill_world(&world);
			assert_int_equal(convenant_decide_all(world.convenant, world.feiten,
							      plaatsen, count, &visitor),
					 RESULT_OK);
			for (size_t o = 0; o < ontvanger_count; o++) {
				for (size_t j = 0; j < count; j++) {
					struct vraag vraag = {ontvangers[o], plaatsen[j].betrokkene,
							      plaatsen[j].rubriek};
					struct beslissing one;
					convenant_decide(world.convenant, world.feiten, &vraag,
							 &one);
					expected += one.oordeel != OORDEEL_GEWEIGERD;
				}
			}
			assert_int_equal(c.count, expected);
			given += c.count;
		}
		assert_true(given > (p < 2 ? 1000 : 2 * ROUNDS));
		close_world(&world);
	}
}

static enum result stop(void *context, size_t ontvanger, const struct plaats *plaats,
			const struct beslissing *beslissing)
{
	(void)ontvanger;
	(void)plaats;
	(void)beslissing;
	return ++*(size_t *)context == 2 ? RESULT_NO_MEMORY : RESULT_OK;
}

static void a_visitor_that_fails_ends_the_round(void **state)
{
	(void)state;
	struct convenant *convenant = case_load(KLEIN);
	struct feiten *feiten = case_feiten(1);
	struct plaats plaatsen[] = {
		{0, RUBRIEK_KENMERKEN}, {0, RUBRIEK_INCIDENT}, {1, RUBRIEK_BETROKKENHEID}};
	size_t calls = 0;
	struct beslissing_visitor visitor = {&calls, stop};
	assert_int_equal(convenant_decide_all(convenant, feiten, plaatsen, 3, &visitor),
			 RESULT_NO_MEMORY);
	assert_int_equal(calls, 2);
	free(feiten);
	convenant_free(convenant);
}

// The regels of a file as texts, to be put in another order.
struct pieces {
	char *text, *regels[REGELS_MAX];
	size_t count;
};

static struct pieces cut(const char *path)
{
	struct pieces pieces = {.text = case_read(path)};
	char *at = pieces.text;
	while ((at = strstr(at, "\n  - regel: "))) {
		*at++ = '\0';
		pieces.regels[pieces.count++] = at;
	}
	return pieces;
}

static struct convenant *shuffled(struct pieces *pieces)
{
	struct buffer buffer;
	buffer_init(&buffer, CONVENANT_MAX);
	for (size_t i = pieces->count - 1; i > 0; i--) {
		size_t j = draw((unsigned)i + 1);
		char *other = pieces->regels[i];
		pieces->regels[i] = pieces->regels[j];
		pieces->regels[j] = other;
	}
	buffer_append_text(&buffer, pieces->text);
	for (size_t i = 0; i < pieces->count; i++)
		buffer_append_format(&buffer, "\n%s", pieces->regels[i]);
	buffer_append_format(&buffer, "\n%c", 0);
	struct convenant *convenant = case_load_text((const char *)buffer.data);
	buffer_done(&buffer);
	return convenant;
}

static const char *weging_name(const struct convenant *convenant,
			       const struct beslissing *beslissing)
{
	if (beslissing->wacht_op_weging < 0)
		return "";
	return convenant_weging(convenant, (size_t)beslissing->wacht_op_weging)->regel;
}

static bool same_regel(const struct world *world, const struct convenant *other,
		       const struct uitleg *a, const struct uitleg *b)
{
	return strcmp(convenant_regel(world->convenant, (size_t)a->regel)->regel,
		      convenant_regel(other, (size_t)b->regel)->regel) == 0;
}

static void same_answer(const struct world *world, const struct convenant *other,
			const struct vraag *vraag)
{
	struct beslissing a, b;
	convenant_decide(world->convenant, world->feiten, vraag, &a);
	convenant_decide(other, world->feiten, vraag, &b);
	assert_int_equal(a.oordeel, b.oordeel);
	assert_int_equal(a.regel_count, b.regel_count);
	assert_string_equal(weging_name(world->convenant, &a), weging_name(other, &b));
	size_t found = 0;
	for (size_t i = 0; i < a.regel_count; i++) {
		for (size_t j = 0; j < b.regel_count; j++)
			found += strcmp(convenant_regel(world->convenant, a.regels[i])->regel,
					convenant_regel(other, b.regels[j])->regel) == 0;
	}
	assert_int_equal(found, a.regel_count);
	struct uitleg why, other_why;
	convenant_explain(world->convenant, world->feiten, vraag, &why);
	convenant_explain(other, world->feiten, vraag, &other_why);
	// Of several that forbid the first of the file is told.
	bool forbidden = a.oordeel == OORDEEL_GEWEIGERD && a.regel_count > 0;
	assert_true(!forbidden || (why.regel == a.regels[0] && other_why.regel == b.regels[0]));
	if (a.oordeel != OORDEEL_VERSTREKT &&
	    (!forbidden || same_regel(world, other, &why, &other_why)))
		assert_string_equal(why.test, other_why.test);
}

static void any_order_is_the_same(const char *path)
{
	struct pieces pieces = cut(path);
	struct world world = open_world(path);
	assert_int_equal(pieces.count, convenant_regel_count(world.convenant));
	for (size_t i = 0; i < 20; i++) {
		struct convenant *other = shuffled(&pieces);
		const struct ontvanger *ontvangers;
		const struct rubriek_row *row;
		size_t count = convenant_ontvangers(other, &ontvangers);
		fill_world(&world);
		for (size_t o = 0; o < count; o++) {
			for (size_t j = 0; (row = rubriek_row_at(j)); j++) {
				struct vraag vraag = {ontvangers[o], row->of_betrokkene ? 1 : 0,
						      (uint32_t)row->soort};
				same_answer(&world, other, &vraag);
			}
		}
		convenant_free(other);
	}
	close_world(&world);
	free(pieces.text);
}

static void the_order_of_the_regels_does_not_matter(void **state)
{
	(void)state;
	any_order_is_the_same(VOORBEELD);
	any_order_is_the_same(SOORTEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_engine_agrees_with_the_naive_reading_of_the_fixture),
		cmocka_unit_test(the_engine_agrees_with_the_naive_reading_of_every_kind),
		cmocka_unit_test(the_engine_agrees_with_the_naive_reading_of_what_we_ship),
		cmocka_unit_test(all_at_once_is_the_same_as_one_at_a_time),
		cmocka_unit_test(a_visitor_that_fails_ends_the_round),
		cmocka_unit_test(the_order_of_the_regels_does_not_matter),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

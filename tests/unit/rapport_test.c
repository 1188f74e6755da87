// SPDX-License-Identifier: EUPL-1.2
// What is left out of a report: of every table so small that all of it can be tried, nobody who
// sees the rest can tell one number that is small.
#include "unit.h"

#include "audit/rapport.h"

#include <string.h>

#define GEMEENTEN 4
#define VALUES 8 // 0 to 7

static void count(struct tabel *tabel, const char *gemeente, unsigned id)
{
	uint8_t onderwerp = 0, raw[2] = {(uint8_t)id, 1};
	assert_int_equal(tabel_onderwerp(tabel, bytes_of_text("overlast"), &onderwerp), RESULT_OK);
	const struct waar waar = {onderwerp, bytes_of_text(gemeente)};
	assert_int_equal(tabel_tel(tabel, &waar, TELLING_MELDINGEN, bytes_make(raw, 2)), RESULT_OK);
}

static const struct cel *cel_of(const struct tabel *tabel, const char *gemeente)
{
	for (size_t i = 0; i < tabel->cel_count; i++)
		if (tabel->cellen[i].onderwerp == 1 &&
		    strcmp(tabel->cellen[i].gemeente, gemeente) == 0)
			return &tabel->cellen[i];
	return NULL;
}

static void an_id_counts_once_in_a_cell_and_in_each_total(void **state)
{
	struct tabel tabel = {.count = 0};
	(void)state;
	count(&tabel, "GM0001", 1);
	count(&tabel, "GM0001", 1);
	count(&tabel, "GM0002", 1);
	count(&tabel, "GM0002", 2);
	assert_int_equal(tabel_maak(&tabel), RESULT_OK);
	assert_int_equal(cel_of(&tabel, "GM0001")->aantal[TELLING_MELDINGEN], 1);
	assert_int_equal(cel_of(&tabel, "GM0002")->aantal[TELLING_MELDINGEN], 2);
	assert_int_equal(cel_of(&tabel, GEMEENTE_TOTAAL)->aantal[TELLING_MELDINGEN], 2);
	assert_int_equal(cel_of(&tabel, GEMEENTE_ONBEKEND)->aantal[TELLING_MELDINGEN], 0);
	tabel_done(&tabel);
}

// Whether a value may stand here: for all who know is that it is told, or left out.
static bool may_be(const struct cel *cel, uint64_t value)
{
	return !cel->onderdrukt[TELLING_MELDINGEN] ? value == cel->aantal[TELLING_MELDINGEN]
						   : value > 0;
}

// The values that gemeente `n` can have in a table that looks as this one does.
static unsigned possible(const struct cel *const cellen[GEMEENTEN], const struct cel *total,
			 size_t n)
{
	bool seen[VALUES * GEMEENTEN] = {false};
	unsigned ways = 0;
	for (unsigned all = 0; all < VALUES * VALUES * VALUES * VALUES; all++) {
		uint64_t sum = 0, rest = all, own = 0;
		bool fits = true;
		for (size_t i = 0; i < GEMEENTEN; i++, rest /= VALUES) {
			fits &= may_be(cellen[i], rest % VALUES);
			own = i == n ? rest % VALUES : own;
			sum += rest % VALUES;
		}
		if (fits && may_be(total, sum) && !seen[own]) {
			seen[own] = true;
			ways++;
		}
	}
	return ways;
}

// With `whole`, nothing beside what is small itself is left out: the control.
static unsigned told_by_the_rest(const unsigned values[GEMEENTEN], bool whole)
{
	static const char *const gemeenten[GEMEENTEN] = {"GM0001", "GM0002", "GM0003", "GM0004"};
	const struct cel *cellen[GEMEENTEN], *total;
	struct tabel tabel = {.count = 0};
	unsigned id = 0, found = 0;
	static const struct cel nothing;
	for (size_t i = 0; i < GEMEENTEN; i++)
		for (unsigned n = 0; n < values[i]; n++)
			count(&tabel, gemeenten[i], id++);
	assert_int_equal(tabel_maak(&tabel), RESULT_OK);
	tabel_onderdruk(&tabel);
	for (size_t i = 0; whole && i < tabel.cel_count; i++)
		tabel.cellen[i].onderdrukt[TELLING_MELDINGEN] &=
			tabel.cellen[i].aantal[TELLING_MELDINGEN] < KLEIN;
	total = cel_of(&tabel, GEMEENTE_TOTAAL);
	for (size_t i = 0; i < GEMEENTEN; i++)
		cellen[i] = cel_of(&tabel, gemeenten[i]) ? cel_of(&tabel, gemeenten[i]) : &nothing;
	for (size_t i = 0; total && i < GEMEENTEN; i++) {
		bool small = values[i] > 0 && values[i] < KLEIN;
		if (small)
			assert_true(cellen[i]->onderdrukt[TELLING_MELDINGEN]);
		found += small && possible(cellen, total, i) < 2;
	}
	tabel_done(&tabel);
	return found;
}

static unsigned told_in_all(bool whole)
{
	unsigned found = 0;
	for (unsigned a = 0; a < VALUES; a++)
		for (unsigned b = a; b < VALUES; b++)
			for (unsigned c = b; c < VALUES; c++)
				for (unsigned d = c; d < VALUES; d++)
					found += told_by_the_rest(
						(const unsigned[GEMEENTEN]){a, b, c, d}, whole);
	return found;
}

static void no_small_number_follows_from_what_is_told(void **state)
{
	(void)state;
	assert_int_equal(told_in_all(false), 0);
	assert_true(told_in_all(true) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_id_counts_once_in_a_cell_and_in_each_total),
		cmocka_unit_test(no_small_number_follows_from_what_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

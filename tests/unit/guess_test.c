// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/unit.h"

#include "base/guess.h"

#include <string.h>

static const char *guessed(const char *word)
{
	static const char *const names[] = {"identificatie", "contact", "detentie", "bsn"};
	struct guess guess = guess_of(bytes_of_text(word));
	for (size_t i = 0; i < COUNT_OF(names); i++)
		guess_offer(&guess, names[i]);
	return guess.best;
}

static void a_slip_of_the_pen_is_recognized(void **state)
{
	(void)state;
	assert_string_equal(guessed("identificati"), "identificatie");
	assert_string_equal(guessed("dententie"), "detentie");
	assert_string_equal(guessed("contcat"), "contact");
	assert_string_equal(guessed("bsn"), "bsn");
}

static void what_lies_further_off_was_meant_to_be_something_else(void **state)
{
	(void)state;
	char word[2 * GUESS_WORD_MAX];
	assert_null(guessed("gezondheid"));
	assert_null(guessed("detentie-plek"));
	memset(word, 'a', sizeof word - 1);
	word[sizeof word - 1] = '\0';
	assert_null(guessed(word));
}

static void a_list_ends_where_its_room_ends(void **state)
{
	(void)state;
	static const char whole[] = "its: aap, noot";
	for (size_t size = 5; size <= 15; size++) {
		char out[21] = "its: ##############";
		out[5] = '\0';
		if (size < sizeof "its: " + strlen(", …"))
			continue; // no room for a list at all
		struct name_list list = name_list_in(out, size);
		name_list_add(&list, "aap");
		name_list_add(&list, "noot");
		name_list_add(&list, "mies");
		assert_true(strlen(out) < size);
		assert_int_equal(out[size], '#');
		assert_int_equal(utf8_is_clean_text(bytes_of_text(out)), 1);
		assert_string_equal(out + strlen(out) - strlen("…"), "…");
	}
	char out[40] = "its: ";
	struct name_list list = name_list_in(out, sizeof out);
	name_list_add(&list, "aap");
	name_list_add(&list, "noot");
	assert_string_equal(out, whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slip_of_the_pen_is_recognized),
		cmocka_unit_test(what_lies_further_off_was_meant_to_be_something_else),
		cmocka_unit_test(a_list_ends_where_its_room_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

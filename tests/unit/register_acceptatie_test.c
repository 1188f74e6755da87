// SPDX-License-Identifier: EUPL-1.2
#include "unit.h"

#include "register/acceptatie.h"

#include <stdio.h>
#include <string.h>

#define HEX "abababababababababababababababababababababababababababababababab"
#define HEAD "acceptatie van codes\ncodes " HEX "\ntot 2027-05-30\ngrond jurist leest na (é)\n"

static enum result read_text(const char *text, struct acceptatie *ret_acceptatie)
{
	return acceptatie_read(bytes_of_text(text), ret_acceptatie);
}

static void an_acceptance_comes_back_as_it_was_written(void **state)
{
	(void)state;
	static const char text[] = HEAD "rij gemeenten GM0935\nrij grondslagen wpg-20\n";
	const struct acceptatie_rij rijen[] = {
		{bytes_of_text("gemeenten"), bytes_of_text("GM0935")},
		{bytes_of_text("grondslagen"), bytes_of_text("wpg-20")}};
	struct acceptatie acceptatie = {.tot = {2027, 5, 30}, .rij_count = 2}, back;
	struct acceptatie_rij rij;
	struct buffer out;
	memset(acceptatie.codes.b, 0xab, sizeof acceptatie.codes.b);
	snprintf(acceptatie.grond, sizeof acceptatie.grond, "jurist leest na (é)");
	buffer_init(&out, ACCEPTATIE_MAX);
	assert_int_equal(acceptatie_write(&acceptatie, rijen, &out), RESULT_OK);
	assert_true(bytes_equal(buffer_view(&out), bytes_of_text(text)));
	buffer_done(&out);
	assert_int_equal(read_text(text, &back), RESULT_OK);
	assert_true(hash_equal(&back.codes, &acceptatie.codes));
	assert_true(back.tot.year == 2027 && back.tot.month == 5 && back.tot.day == 30);
	assert_string_equal(back.grond, acceptatie.grond);
	assert_int_equal(back.rij_count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_true(acceptatie_next(&back.rijen, &rij));
		assert_true(bytes_equal(rij.tabel, rijen[i].tabel) &&
			    bytes_equal(rij.code, rijen[i].code));
	}
	assert_false(acceptatie_next(&back.rijen, &rij));
	assert_int_equal(read_text(HEAD, &back), RESULT_OK);
	assert_int_equal(back.rij_count, 0);
	// Only at the end of a line it is whole.
	for (size_t n = 0; n < strlen(text); n++) {
		bool whole = n == strlen(HEAD) || n == strlen(HEAD "rij gemeenten GM0935\n");
		assert_int_equal(acceptatie_read(bytes_make(text, n), &back),
				 whole ? RESULT_OK : RESULT_MALFORMED);
	}
	assert_int_equal(acceptatie_read(bytes_make(text, sizeof text), &back), RESULT_MALFORMED);
}

static void what_is_written_otherwise_is_none(void **state)
{
	(void)state;
	static const char *const wrong[] = {
		HEAD "rij gemeenten\n",
		HEAD "rij gemeenten  GM0935\n",
		HEAD "rij gemeenten GM0935 \n",
		HEAD "rij gemeenten GM09\xc3\xa9\n",
		HEAD "\n",
		HEAD "RIJ gemeenten GM0935\n",
		"acceptatie van codes\ncodes " HEX "\ntot 2027-02-30\ngrond g\n",
		"acceptatie van codes\ncodes " HEX "\ntot 2027-05-30\ngrond \n",
		"acceptatie van codes\ncodes " HEX "\ntot 2027-05-30\ngrond a\xe2\x80\x8b\n",
		"acceptatie van codes\ncodes AB"
		"abababababababababababababababababababababababababababababab"
		"ab\ntot 2027-05-30\ngrond g\n",
		"acceptatie van codes\ncodes abab\ntot 2027-05-30\ngrond g\n",
	};
	struct acceptatie back;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(read_text(wrong[i], &back), RESULT_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_acceptance_comes_back_as_it_was_written),
		cmocka_unit_test(what_is_written_otherwise_is_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
#include "unit.h"

#include "register/stop.h"

#include <stdio.h>
#include <string.h>

static struct stop_opdracht stop_of(const char *eigenaar, const char *grond)
{
	struct stop_opdracht opdracht = {
		.meldingen = {7, 9}, .melding_count = 2, .herzien = {2027, 5, 30}};
	snprintf(opdracht.eigenaar, sizeof opdracht.eigenaar, "%s", eigenaar);
	snprintf(opdracht.grond, sizeof opdracht.grond, "%s", grond);
	return opdracht;
}

static enum result read_text(const char *text, struct stop_opdracht *ret_opdracht)
{
	return stop_opdracht_read(bytes_of_text(text), ret_opdracht);
}

static void an_order_comes_back_as_it_was_written(void **state)
{
	(void)state;
	static const char begin[] = "vernietigingsstop\nentry 7 9\neigenaar privacy-officer\n"
				    "herzien 2027-05-30\ngrond Rechtbank, zaaknummer 1 (é)\n";
	static const char end[] = "einde vernietigingsstop\nstop 45\ngrond zaak gesloten\n";
	struct stop_opdracht opdracht = stop_of("privacy-officer", "Rechtbank, zaaknummer 1 (é)");
	struct stop_opdracht back;
	struct buffer out;
	buffer_init(&out, STOP_OPDRACHT_MAX);
	assert_int_equal(stop_opdracht_write(&opdracht, &out), RESULT_OK);
	assert_true(bytes_equal(buffer_view(&out), bytes_of_text(begin)));
	buffer_done(&out);
	assert_int_equal(read_text(begin, &back), RESULT_OK);
	assert_int_equal(back.melding_count, 2);
	assert_true(back.meldingen[1] == 9 && back.einde == 0);
	assert_string_equal(back.eigenaar, opdracht.eigenaar);
	assert_string_equal(back.grond, opdracht.grond);
	assert_int_equal(read_text(end, &back), RESULT_OK);
	assert_true(back.einde == 45);
	assert_string_equal(back.grond, "zaak gesloten");
	// Of a text that is cut off or goes on nothing is read.
	for (size_t n = 0; n < strlen(begin); n++)
		assert_int_equal(stop_opdracht_read(bytes_make(begin, n), &back), RESULT_MALFORMED);
	assert_int_equal(stop_opdracht_read(bytes_make(begin, sizeof begin), &back),
			 RESULT_MALFORMED);
}

// Two people sign what they see, and it stays in the log for good: by what is not seen an owner or
// ground could read otherwise than it is.
static void what_is_not_seen_stands_in_no_order(void **state)
{
	(void)state;
	static const char *const hidden[] = {
		"",
		"een\ttab",
		"nul\xe2\x80\x8b"
		"breed",
		"\xe2\x80\xaeneddorekegmo",
		"a\xc2\xad"
		"b",
		"regel\xe2\x80\xa8regel",
		"a\nb",
		"\xff",
	};
	struct buffer out;
	buffer_init(&out, 2 * STOP_OPDRACHT_MAX);
	for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++) {
		char text[STOP_OPDRACHT_MAX];
		struct stop_opdracht back, of_owner = stop_of(hidden[i], "zaak 1"),
					   of_ground = stop_of("functie", hidden[i]);
		assert_int_equal(stop_opdracht_write(&of_owner, &out), RESULT_MALFORMED);
		assert_int_equal(stop_opdracht_write(&of_ground, &out), RESULT_MALFORMED);
		snprintf(text, sizeof text,
			 "vernietigingsstop\nalles\neigenaar %s\nherzien 2027-05-30\ngrond g\n",
			 hidden[i]);
		assert_int_equal(read_text(text, &back), RESULT_MALFORMED);
		snprintf(text, sizeof text, "einde vernietigingsstop\nstop 4\ngrond %s\n",
			 hidden[i]);
		assert_int_equal(read_text(text, &back), RESULT_MALFORMED);
	}
	buffer_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_order_comes_back_as_it_was_written),
		cmocka_unit_test(what_is_not_seen_stands_in_no_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

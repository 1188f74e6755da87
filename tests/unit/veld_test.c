// SPDX-License-Identifier: EUPL-1.2
#include "melding/validate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define T(test) cmocka_unit_test(test)

static const struct civil_date TODAY = {2026, 11, 22};

static void a_bsn_must_pass_the_elfproef(void **state)
{
	(void)state;
	static const char *const good[] = {"111222333", "123456782", "999990342"};
	static const char *const bad[] = {"000000000", "999990343",  "123456789", "12345678",
					  "",          "1112223330", "11122233a", "11122233 "};
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(bsn_is_valid(bytes_of_text(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(bsn_is_valid(bytes_of_text(bad[i])));
	size_t passing = 0;
	for (unsigned n = 0; n < 100000; n++) {
		char text[10];
		snprintf(text, sizeof text, "9999%05u", n);
		passing += bsn_is_valid(bytes_of_text(text));
	}
	assert_int_equal(passing, 9091); // counted apart from this code
}

static void a_bsn_is_found_in_a_text(void **state)
{
	(void)state;
	static const char *const with[] = {"999990342", "verzoek van 999990342",
					   "BSN:999990342, AVG", "1 22 999990342"};
	static const char *const without[] = {"", "AVG art. 17", "zaak 999990343",
					      "zaak 9999903421", "99999034 2"};
	for (size_t i = 0; i < sizeof with / sizeof with[0]; i++)
		assert_true(bsn_is_in(bytes_of_text(with[i])));
	for (size_t i = 0; i < sizeof without / sizeof without[0]; i++)
		assert_false(bsn_is_in(bytes_of_text(without[i])));
}

struct veld_case {
	enum veld_kind kind;
	uint32_t min, max;
	const char *waarde;
	enum reason reason;
};

static void check_case(const struct veld_case *c)
{
	struct veld_row row = {.veld = 1,
			       .name = "proef",
			       .kind = c->kind,
			       .min = c->min,
			       .max = c->max,
			       .at_most = 1};
	struct refusal refusal = {REASON_IO, "x"};
	if (c->kind == VELD_CODE)
		row.list = code_list_named(bytes_of_text("klasse"));
	bool good = veld_validate(&row, bytes_of_text(c->waarde), TODAY, &refusal);
	if (good != (c->reason == REASON_NONE) || refusal.reason != c->reason)
		fail_msg("kind %d \"%s\": %s", (int)c->kind, c->waarde,
			 refusal.reason ? reason_code(refusal.reason) : "accepted");
	assert_string_equal(refusal.field, good ? "" : "proef");
}

static const struct veld_case cases[] = {
	{VELD_TEXT, 1, 5, "a\nb", REASON_NONE},
	{VELD_TEXT, 1, 5, "", REASON_MISSING_FIELD},
	{VELD_TEXT, 1, 5, "abcdef", REASON_TOO_LONG},
	{VELD_TEXT, 3, 5, "ab", REASON_BAD_VALUE},
	{VELD_TEXT, 1, 5, "\x01", REASON_BAD_TEXT},
	{VELD_TEXT, 1, 5, "\xc3\x28", REASON_BAD_TEXT},
	{VELD_LINE, 1, 5, "\xc3\xa9\xc3\xa9n", REASON_NONE},
	{VELD_LINE, 1, 5, "a\nb", REASON_BAD_TEXT},
	{VELD_LINE, 1, 5, "a\tb", REASON_BAD_TEXT},
	{VELD_CODE, 0, 0, "E33", REASON_NONE},
	{VELD_CODE, 0, 0, "e33", REASON_UNKNOWN_CODE},
	{VELD_CODE, 0, 0, "E3", REASON_UNKNOWN_CODE},
	{VELD_DATE, 0, 0, "2026-11-22", REASON_NONE},
	{VELD_DATE, 0, 0, "2026-11-23", REASON_IMPOSSIBLE_DATE},
	{VELD_DATE, 0, 1, "2026-11-23", REASON_NONE},
	{VELD_DATE, 0, 0, "2025-02-29", REASON_IMPOSSIBLE_DATE},
	{VELD_DATE, 0, 0, "2024-02-29", REASON_NONE},
	{VELD_DATE, 0, 0, "22-11-2026", REASON_IMPOSSIBLE_DATE},
	{VELD_DATE, 0, 0, "1849-12-31", REASON_IMPOSSIBLE_DATE},
	{VELD_TIME, 0, 0, "2026-11-22T23:59:59+01:00", REASON_NONE},
	{VELD_TIME, 0, 0, "2026-11-22T23:00:00Z", REASON_IMPOSSIBLE_DATE}, // the 23rd here
	{VELD_TIME, 0, 1, "2026-11-22T23:00:00Z", REASON_NONE},
	{VELD_TIME, 0, 0, "2026-11-22T23:59:59", REASON_IMPOSSIBLE_DATE},
	{VELD_TIME, 0, 0, "2026-11-22", REASON_IMPOSSIBLE_DATE},
	{VELD_JANEE, 0, 0, "ja", REASON_NONE},
	{VELD_JANEE, 0, 0, "nee", REASON_NONE},
	{VELD_JANEE, 0, 0, "Ja", REASON_BAD_VALUE},
	{VELD_JANEE, 0, 0, "true", REASON_BAD_VALUE},
	{VELD_NUMBER, 0, 16, "0", REASON_NONE},
	{VELD_NUMBER, 0, 16, "16", REASON_NONE},
	{VELD_NUMBER, 0, 16, "17", REASON_BAD_VALUE},
	{VELD_NUMBER, 1, 16, "0", REASON_BAD_VALUE},
	{VELD_NUMBER, 0, 16, "01", REASON_BAD_VALUE},
	{VELD_NUMBER, 0, 16, "-1", REASON_BAD_VALUE},
	{VELD_NUMBER, 0, 16, "1.0", REASON_BAD_VALUE},
	{VELD_NUMBER, 0, UINT32_MAX, "4294967295", REASON_NONE},
	{VELD_NUMBER, 0, UINT32_MAX, "4294967296", REASON_BAD_VALUE},
	{VELD_NUMBER, 0, UINT32_MAX, "18446744073709551616", REASON_BAD_VALUE},
	{VELD_GEMEENTE, 0, 0, "GM1883", REASON_NONE},
	{VELD_GEMEENTE, 0, 0, "1883", REASON_UNKNOWN_CODE},
	{VELD_GEMEENTE, 0, 0, "GM188", REASON_UNKNOWN_CODE},
	{VELD_GEMEENTE, 0, 0, "gm1883", REASON_UNKNOWN_CODE},
	{VELD_GEMEENTE, 0, 0, "GM18a3", REASON_UNKNOWN_CODE},
	{VELD_BSN, 0, 0, "999990342", REASON_NONE},
	{VELD_BSN, 0, 0, "999990343", REASON_BSN_ELFPROEF},
	{VELD_BSN, 0, 0, "99999034", REASON_BAD_VALUE},
	{VELD_BSN, 0, 0, "9999-0342", REASON_BAD_VALUE},
	{VELD_POSTCODE, 0, 0, "6131AB", REASON_NONE},
	{VELD_POSTCODE, 0, 0, "6131 AB", REASON_BAD_VALUE},
	{VELD_POSTCODE, 0, 0, "6131ab", REASON_BAD_VALUE},
	{VELD_POSTCODE, 0, 0, "0131AB", REASON_BAD_VALUE},
	{VELD_POSTCODE, 0, 0, "6131SS", REASON_BAD_VALUE},
	{VELD_OIN, 0, 0, "00000099000000001000", REASON_NONE},
	{VELD_OIN, 0, 0, "0000009900000000100", REASON_BAD_VALUE},
	{VELD_NAME, 1, 8, "oov", REASON_NONE},
	{VELD_NAME, 1, 8, "wmo.a-1", REASON_NONE},
	{VELD_NAME, 1, 8, "OOV", REASON_BAD_VALUE},
	{VELD_NAME, 1, 8, "abcdefghi", REASON_TOO_LONG},
	{VELD_NAME, 1, 8, "a b", REASON_BAD_VALUE},
	{VELD_REFERENCE, 1, 20, "PL2300-2026:1_a.B", REASON_NONE},
	{VELD_REFERENCE, 1, 20, "a/b", REASON_BAD_VALUE},
	{VELD_REFERENCE, 4, 20, "abc", REASON_BAD_VALUE},
	{VELD_BINARY, 4, 4, "abcd", REASON_NONE},
	{VELD_BINARY, 4, 4, "abcde", REASON_BAD_VALUE},
	{VELD_BINARY, 4, 4, "abc", REASON_BAD_VALUE},
	{VELD_NOTE, 1, 9, "a\nb\n", REASON_NONE},
	{VELD_NOTE, 1, 9, "a\nb", REASON_BAD_VALUE},
	{VELD_NOTE, 1, 9, "a\r\n", REASON_BAD_TEXT},
};

static void each_kind_of_veld_takes_its_own_form_only(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		check_case(&cases[i]);
}

static void a_nul_inside_a_value_is_refused_whatever_its_kind(void **state)
{
	(void)state;
	for (int kind = VELD_TEXT; kind <= VELD_NOTE; kind++) {
		struct veld_row row = {.veld = 1,
				       .name = "proef",
				       .kind = (enum veld_kind)kind,
				       .max = 20,
				       .at_most = 1};
		struct refusal refusal;
		if (kind == VELD_BINARY)
			continue;
		row.list = code_list_named(bytes_of_text("klasse"));
		assert_false(veld_validate(&row, bytes_make("E33\0x", 5), TODAY, &refusal));
		assert_int_not_equal(refusal.reason, REASON_NONE);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(a_bsn_must_pass_the_elfproef),
		T(a_bsn_is_found_in_a_text),
		T(each_kind_of_veld_takes_its_own_form_only),
		T(a_nul_inside_a_value_is_refused_whatever_its_kind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

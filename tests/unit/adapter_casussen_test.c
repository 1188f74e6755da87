// SPDX-License-Identifier: EUPL-1.2
#include "adapter/outlet.h"

#include "adapter/known.h"
#include "base/clock.h"

#include "tests/unit/unit.h"
#include <stdio.h>
#include <string.h>

static void note(struct casussen *casussen, const char *one, const char *other)
{
	const struct bytes numbers[] = {bytes_of_text(one), bytes_of_text(other ? other : "")};
	assert_int_equal(casussen_note(casussen, numbers, other ? 2 : 1), RESULT_OK);
}

#define OWN "00000099000000003000"

static const char *find(const struct casussen *casussen, const char *number, const char *name)
{
	const struct casus_system system = {.oin = OWN, .name = name};
	return casussen_find(casussen, bytes_of_text(number), &system);
}

static void a_number_of_one_system_leads_to_that_of_another(void **unused)
{
	struct casussen casussen = {.count = 0};
	(void)unused;
	for (unsigned i = 0; i < 200; i++) {
		char pgax[32], gcos[32];
		snprintf(pgax, sizeof pgax, "pgax:%u", i);
		snprintf(gcos, sizeof gcos, "gcos:G-%u", i);
		note(&casussen, pgax, gcos);
	}
	assert_string_equal(find(&casussen, "gcos:G-99", "pgax"), "pgax:99");
	assert_string_equal(find(&casussen, "pgax:99", "gcos"), "gcos:G-99");
	assert_null(find(&casussen, "gcos:G-99", "pga"));
	assert_null(find(&casussen, "gcos:G-99", "link2control"));
	assert_null(find(&casussen, "gcos:G-999", "pgax"));
	assert_true(casussen.changed);
	casussen.changed = false;
	note(&casussen, "gcos:G-7", "pgax:7");
	assert_false(casussen.changed);
	// In another month it is noted that it was named.
	casussen.month++;
	note(&casussen, "gcos:G-7", "pgax:7");
	assert_true(casussen.changed);
	assert_int_equal(casussen.count, 200);
	assert_true(casussen.index_room >= 800);
	casussen_done(&casussen);
}

static void what_was_known_apart_comes_together(void **unused)
{
	struct casussen casussen = {.count = 0};
	(void)unused;
	note(&casussen, "gcos:G-1", NULL);
	note(&casussen, "gcos:G-2", NULL);
	note(&casussen, "pgax:1", "l2c:8");
	note(&casussen, "pgax:1", "gcos:G-1");
	assert_int_equal(casussen.count, 2);
	assert_string_equal(find(&casussen, "gcos:G-1", "l2c"), "l2c:8");
	assert_null(find(&casussen, "gcos:G-2", "l2c"));
	casussen_done(&casussen);
}

// "<OIN>:<system>:<number>": a system is named by who has it (spec K24).
static void the_system_of_an_organisation_has_numbers_under_its_oin(void **unused)
{
	struct casussen casussen = {.count = 0};
	(void)unused;
	note(&casussen, "pgax:1", OWN ":proef:8");
	note(&casussen, "pgax:2", "00000099000000006000:proef:8");
	note(&casussen, "pgax:3", "proef:3");
	note(&casussen, "pgax:3", OWN ":proef:33");
	assert_string_equal(find(&casussen, "pgax:1", "proef"), OWN ":proef:8");
	assert_string_equal(find(&casussen, OWN ":proef:8", "pgax"), "pgax:1");
	assert_null(find(&casussen, "pgax:2", "proef"));
	assert_string_equal(find(&casussen, "pgax:3", "proef"), OWN ":proef:33");
	casussen_done(&casussen);
}

static void who_leads_a_casus_says_the_number_of_its_own_system(void **unused)
{
	struct casussen casussen = {.count = 0};
	const struct type_row *type = type_row(TYPE_CASUSSTAND);
	const struct veld velden[] = {{CASUSSTAND_CASUS, bytes_of_text("pgax:1")},
				      {CASUSSTAND_FUNCTIE, bytes_of_text("wmo")},
				      {CASUSSTAND_STATUS, bytes_of_text("opgepakt")},
				      {CASUSSTAND_NUMMER, bytes_of_text(OWN ":proef:8")}};
	(void)unused;
	assert_non_null(type);
	assert_int_equal(casussen_note_said(&casussen, type, velden, 3), RESULT_OK);
	assert_int_equal(casussen.count, 0); // one number says nothing of another
	assert_int_equal(casussen_note_said(&casussen, type, velden, 4), RESULT_OK);
	assert_string_equal(find(&casussen, "pgax:1", "proef"), OWN ":proef:8");
	assert_null(find(&casussen, "wmo", "proef"));
	assert_true(casussen.rows[0].month > 2025 * 12); // and when, whatever month it began in
	casussen_done(&casussen);
}

static void a_verstrekking_gets_the_numbers_of_its_system_once_each(void **unused)
{
	struct casussen casussen = {.count = 0};
	struct buffer out;
	struct veld velden[] = {
		{VERRIJKING_TERUGKOPPELING_CASUS, bytes_of_text("gcos:G-1")},
		{VERRIJKING_TERUGKOPPELING_CASUS, bytes_of_text("pgax:1")},
		{VERRIJKING_TERUGKOPPELING_CASUS, bytes_of_text("gcos:G-3")},
		{VERRIJKING_TERUGKOPPELING_CASUS, bytes_of_text("pgax:11")},
		{VERRIJKING_TERUGKOPPELING_CASUS, bytes_of_text(OWN ":pgax:12")},
		{VERRIJKING_TERUGKOPPELING_CASUS, bytes_of_text("00000099000000006000:pgax:13")},
		{VERRIJKING_TERUGKOPPELING_GEVRAAGD, bytes_of_text("2026-11-28")}};
	struct rubriek rubriek = {.soort = RUBRIEK_VERRIJKING_TERUGKOPPELING,
				  .betrokkene = 1,
				  .velden = velden,
				  .veld_count = sizeof velden / sizeof velden[0]};
	const struct casus_system pgax = {.oin = OWN, .name = "pgax"}, none = {OWN, ""};
	const struct verstrekking v = {.rubrieken = &rubriek, .rubriek_count = 1};
	(void)unused;
	note(&casussen, "pgax:1", "gcos:G-1");
	buffer_init(&out, 1024);
	outlet_casussen(&casussen, &pgax, &v, &out);
	assert_int_equal(out.len, strlen("pgax:1,pgax:11," OWN ":pgax:12"));
	assert_memory_equal(out.data, "pgax:1,pgax:11," OWN ":pgax:12", out.len);
	buffer_clear(&out);
	outlet_casussen(&casussen, &none, &v, &out);
	assert_int_equal(out.len, 0);
	buffer_done(&out);
	casussen_done(&casussen);
}

// ---- the file, kept here instead of in a spool
// -----------------------------------------------------

static char kept[1024];
static size_t kept_len;

enum result __wrap_client_keep(struct client *client, const struct kept *as, struct bytes content);
enum result __wrap_client_keep(struct client *client, const struct kept *as, struct bytes content)
{
	(void)client;
	assert_string_equal(as->path, "/spool/adapter/.casussen");
	assert_true(content.len < sizeof kept);
	memcpy(kept, content.data, content.len);
	kept_len = content.len;
	return RESULT_OK;
}

enum result __wrap_client_kept(struct client *client, const struct kept *as,
			       struct buffer *ret_content);
enum result __wrap_client_kept(struct client *client, const struct kept *as,
			       struct buffer *ret_content)
{
	(void)client;
	(void)as;
	buffer_append(ret_content, bytes_make(kept, kept_len));
	return ret_content->status;
}

static uint32_t months_ago(uint32_t months)
{
	struct civil_date today = date_amsterdam(clock_wall_ms());
	return (uint32_t)today.year * 12 + (uint32_t)today.month - 1 - months;
}

// A row of the file as it would have been written so many months ago.
static void keep(uint32_t months, const char *numbers)
{
	uint32_t month = months_ago(months);
	kept_len += (size_t)snprintf(kept + kept_len, sizeof kept - kept_len, "%04u%02u %s\n",
				     month / 12, month % 12 + 1, numbers);
}

// Neither bound is the month itself: the test may run while one ends.
static void a_casus_that_nothing_named_for_13_months_goes(void **unused)
{
	struct casussen casussen;
	(void)unused;
	kept_len = 0;
	keep(KNOWN_MONTHS + 2, "pgax:1 gcos:G-1");
	keep(KNOWN_MONTHS - 1, "pgax:2 gcos:G-2");
	assert_int_equal(casussen_open(NULL, "/spool", &casussen), RESULT_OK);
	assert_int_equal(casussen.count, 1);
	assert_null(find(&casussen, "gcos:G-1", "pgax"));
	assert_string_equal(find(&casussen, "gcos:G-2", "pgax"), "pgax:2");
	// It is gone from the file at once, and the other keeps the month it was named in.
	assert_null(memmem(kept, kept_len, "G-1", 3));
	assert_non_null(memmem(kept, kept_len, "pgax:2 gcos:G-2", 15));
	assert_in_range(casussen.rows[0].month, months_ago(KNOWN_MONTHS),
			months_ago(KNOWN_MONTHS - 1));
	// Named anew it is of this month, and stays.
	note(&casussen, "pgax:2", "gcos:G-2");
	assert_in_range(casussen.rows[0].month, months_ago(1), months_ago(0));
	assert_int_equal(casussen_save(&casussen, NULL), RESULT_OK);
	casussen_done(&casussen);
	assert_int_equal(casussen_open(NULL, "/spool", &casussen), RESULT_OK);
	assert_string_equal(find(&casussen, "gcos:G-2", "pgax"), "pgax:2");
	casussen_done(&casussen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_of_one_system_leads_to_that_of_another),
		cmocka_unit_test(what_was_known_apart_comes_together),
		cmocka_unit_test(the_system_of_an_organisation_has_numbers_under_its_oin),
		cmocka_unit_test(who_leads_a_casus_says_the_number_of_its_own_system),
		cmocka_unit_test(a_verstrekking_gets_the_numbers_of_its_system_once_each),
		cmocka_unit_test(a_casus_that_nothing_named_for_13_months_goes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

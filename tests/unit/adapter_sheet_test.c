// SPDX-License-Identifier: EUPL-1.2
#include "adapter/sheet.h"

#include "tests/unit/unit.h"
#include <string.h>

enum { AT_NAAM, AT_SOORT, AT_INDEX, AT_BETREFT, COLUMNS };

static const struct sheet_column columns[COLUMNS] = {
	[AT_NAAM] = {.name = "Naam",
		     .what = SHEET_VELD,
		     .rubriek = RUBRIEK_IDENTIFICATIE,
		     .veld = IDENTIFICATIE_GESLACHTSNAAM,
		     .join = ','},
	[AT_SOORT] = {.name = "Soort", .what = SHEET_SOORT},
	[AT_INDEX] = {.name = "Index", .what = SHEET_INDEX},
	[AT_BETREFT] = {.name = "Betreft", .what = SHEET_BETREFT},
};

// The line below the names, with the first `count` of the columns; whether nothing is missing.
static bool write_line(const struct verstrekking *v, size_t count, char *ret_line, size_t size)
{
	struct sheet_column copy[COLUMNS];
	struct buffer out;
	memcpy(copy, columns, sizeof copy);
	const struct sheet sheet = {.separator = ';', .columns = copy, .count = count};
	const struct sheet_input input = {
		.functie = "nazorg", .verstrekking = v, .status = "", .registratienummer = ""};
	buffer_init(&out, 64 * 1024);
	bool all = sheet_write(&sheet, &input, &out);
	assert_int_equal(out.status, RESULT_OK);
	const uint8_t *line = memchr(out.data, '\n', out.len);
	assert_non_null(line);
	size_t len = out.len - (size_t)(line + 1 - out.data);
	assert_true(len > 0 && len < size);
	memcpy(ret_line, line + 1, len);
	ret_line[len - 1] = '\0'; // its line end
	buffer_done(&out);
	return all;
}

static void expect_cell(const char *naam, const char *cell)
{
	const struct part_verstrekking part = {.soort = VERSTREKKING_GEGEVEN};
	struct veld veld = {IDENTIFICATIE_GESLACHTSNAAM, bytes_of_text(naam)};
	struct rubriek rubriek = {
		.soort = RUBRIEK_IDENTIFICATIE, .betrokkene = 1, .velden = &veld, .veld_count = 1};
	const struct verstrekking v = {.part = &part, .rubrieken = &rubriek, .rubriek_count = 1};
	char line[200];
	assert_true(write_line(&v, 1, line, sizeof line));
	assert_string_equal(line, cell);
}

static void nothing_in_a_cell_is_a_formula(void **unused)
{
	(void)unused;
	expect_cell("=1+1", "'=1+1");
	expect_cell("@SUM(A1)", "'@SUM(A1)");
	expect_cell("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0");
	expect_cell("-2+3", "'-2+3");
	expect_cell("\t=1", "'\t=1");
	expect_cell("=HYPERLINK(\"x\";1)", "\"'=HYPERLINK(\"\"x\"\";1)\"");
	// As they are.
	expect_cell("+31 6 12345678", "+31 6 12345678");
	expect_cell("-12", "-12");
	expect_cell("Jansen-Smit", "Jansen-Smit");
	expect_cell("'s-Gravesande", "'s-Gravesande");
	expect_cell("a;b", "\"a;b\"");
	expect_cell("", "");
}

static void what_lapses_names_what_it_takes_back(void **unused)
{
	const struct part_verstrekking part = {.soort = VERSTREKKING_VERVALLEN, .betreft = 41};
	const struct verstrekking v = {.part = &part, .index = 57, .vervallen = true};
	char line[200];
	(void)unused;
	assert_true(write_line(&v, COLUMNS, line, sizeof line));
	assert_string_equal(line, ";vervallen;57;41");
	// Without such a column it comes as JSON too.
	assert_false(write_line(&v, AT_BETREFT, line, sizeof line));
	assert_string_equal(line, ";vervallen;57");
	assert_false(write_line(&v, AT_SOORT, line, sizeof line));
}

static void a_rechtzetting_is_no_verstrekking(void **unused)
{
	struct part_verstrekking part = {.soort = VERSTREKKING_ONJUIST, .betreft = 41};
	const struct verstrekking v = {.part = &part, .index = 57};
	char line[200];
	(void)unused;
	assert_false(write_line(&v, COLUMNS, line, sizeof line));
	assert_string_equal(line, ";onjuist;57;41");
	part = (struct part_verstrekking){.soort = VERSTREKKING_GEGEVEN};
	assert_true(write_line(&v, COLUMNS, line, sizeof line));
	assert_string_equal(line, ";verstrekking;57;");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_in_a_cell_is_a_formula),
		cmocka_unit_test(what_lapses_names_what_it_takes_back),
		cmocka_unit_test(a_rechtzetting_is_no_verstrekking),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
// The columns of a sheet out of the settings.
#include "adapter/sheet.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	enum sheet_what what;
} wholes[] = {
	{"nummer", SHEET_NUMMER},
	{"functie", SHEET_FUNCTIE},
	{"soort", SHEET_SOORT},
	{"id", SHEET_ID},
	{"bron", SHEET_BRON},
	{"index", SHEET_INDEX},
	{"betreft", SHEET_BETREFT},
	{"betrokkene", SHEET_BETROKKENE},
	{"regels", SHEET_REGELS},
	{"geldig-tot", SHEET_GELDIG_TOT},
	{"casus", SHEET_CASUS},
	{"oefening", SHEET_OEFENING},
	{"voorlopig", SHEET_VOORLOPIG},
	{"status", SHEET_STATUS},
	{"registratienummer", SHEET_REGISTRATIENUMMER},
};

void sheet_done(struct sheet *sheet)
{
	for (size_t i = 0; i < sheet->count; i++)
		free(sheet->columns[i].codes);
	free(sheet->columns);
	*sheet = (struct sheet){.count = 0};
}

// "identificatie/geslachtsnaam": the name of a rubriek has dots in it.
static bool find_veld(struct bytes text, struct sheet_column *column)
{
	const uint8_t *slash = text.len > 0 ? memchr(text.data, '/', text.len) : NULL;
	if (!slash)
		return false;
	size_t len = (size_t)(slash - text.data);
	const struct rubriek_row *rubriek = rubriek_row_named(bytes_make(text.data, len));
	if (!rubriek)
		return false;
	const struct veld_row *veld = veld_row_named(rubriek->velden, rubriek->veld_count,
						     bytes_make(slash + 1, text.len - len - 1));
	column->rubriek = rubriek->soort;
	column->veld = veld ? veld->veld : 0;
	return veld != NULL;
}

static bool find_what(struct bytes text, struct sheet_column *column)
{
	column->what = SHEET_VELD;
	for (size_t i = 0; i < sizeof wholes / sizeof wholes[0]; i++) {
		if (bytes_equal(text, bytes_of_text(wholes[i].name))) {
			column->what = wholes[i].what;
			return true;
		}
	}
	return find_veld(text, column);
}

static enum result read_column(const struct reading *reading, const struct yaml_node *node,
			       struct sheet_column *column)
{
	static const char *const keys[] = {"kolom", "van", "codes", "datum", "voegt", NULL};
	const struct yaml_node *from = yaml_find(node, "van"), *join = yaml_find(node, "voegt");
	enum result result = yaml_only_keys(reading->yaml, node, keys, reading->problem);
	if (result != RESULT_OK)
		return result;
	if (!from || !yaml_find(node, "kolom"))
		return reading_lack(reading, node, from ? "kolom" : "van");
	if (!find_what(yaml_scalar(from), column))
		return reading_refuse(reading, from, "van",
				      "give rubriek/veld, as in identificatie/geslachtsnaam, or "
				      "nummer, functie, soort, id, bron, index, betreft, "
				      "betrokkene, regels, geldig-tot, casus, oefening or "
				      "voorlopig");
	if (join && (yaml_scalar(join).len != 1 || yaml_scalar(join).data[0] >= 0x80))
		return reading_refuse(reading, join, "voegt", "give one character");
	column->join = join ? (char)yaml_scalar(join).data[0] : ',';
	result = reading_text(reading, yaml_find(node, "kolom"), "kolom", column->name,
			      sizeof column->name);
	if (result == RESULT_OK)
		result = mapping_read_codes(reading, node, &column->codes, &column->code_count);
	return result == RESULT_OK ? mapping_read_date(reading, node, &column->date) : result;
}

static enum result read_columns(const struct reading *reading, const struct yaml_node *root,
				struct sheet *sheet)
{
	const struct yaml_node *node = yaml_find(root, "kolommen");
	size_t count = node ? yaml_count(node) : 0;
	bool told = false;
	if (!node)
		return reading_lack(reading, root, "kolommen");
	if (yaml_kind(node) != YAML_SEQUENCE || count == 0 || count > SHEET_COLUMNS_MAX)
		return reading_refuse(reading, node, "kolommen", "give a list of kolom and van");
	sheet->columns = calloc(count, sizeof *sheet->columns);
	if (!sheet->columns)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < count; i++) {
		sheet->count = i + 1;
		enum result result = read_column(reading, yaml_item(node, i), &sheet->columns[i]);
		if (result != RESULT_OK)
			return result;
		told = told || sheet->columns[i].what == SHEET_OEFENING;
	}
	return told ? RESULT_OK
		    : reading_refuse(reading, node, "kolommen",
				     "give a column that says whether it is an oefening: {kolom: "
				     "Oefening, van: oefening}");
}

static enum result read_ignored(const struct reading *reading, const struct yaml_node *root,
				struct sheet *sheet)
{
	const struct yaml_node *node = yaml_find(root, "negeer");
	size_t count = node ? yaml_count(node) : 0;
	if (node && (yaml_kind(node) != YAML_SEQUENCE || count > SHEET_IGNORED_MAX))
		return reading_refuse(reading, node, "negeer", "give a list of rubrieken");
	for (size_t i = 0; i < count; i++) {
		struct bytes text = yaml_scalar(yaml_item(node, i));
		struct sheet_column column = {.veld = 0};
		const struct rubriek_row *row = rubriek_row_named(text);
		if (!row && !find_veld(text, &column))
			return reading_refuse(reading, yaml_item(node, i), "negeer",
					      "give the name of a rubriek, or rubriek/veld");
		sheet->ignored[sheet->ignored_count++] = (struct sheet_ignored){
			row ? (uint32_t)row->soort : column.rubriek, column.veld};
	}
	return RESULT_OK;
}

enum result sheet_read(const struct reading *reading, const struct yaml_node *root,
		       struct sheet *ret_sheet)
{
	*ret_sheet = (struct sheet){.count = 0};
	enum result result = mapping_read_separator(reading, root, &ret_sheet->separator);
	if (result == RESULT_OK)
		result = read_ignored(reading, root, ret_sheet);
	return result == RESULT_OK ? read_columns(reading, root, ret_sheet) : result;
}

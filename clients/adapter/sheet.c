// SPDX-License-Identifier: EUPL-1.2
#include "adapter/sheet.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CELL_MAX (64 * 1024)
#define FORMULA_MARK "'" // a spreadsheet takes what stands behind it as text

// ---- cells -------------------------------------------------------------------------------------

// A spreadsheet that opens the file would run it, and others wrote it. A number with a sign, and a
// telefoon such as "+31 6 12345678", is none.
static bool is_formula(struct bytes cell)
{
	static const char runs[] = {'=', '@', '\t', '\r', '\n'};
	if (cell.len == 0 || memchr(runs, cell.data[0], sizeof runs))
		return cell.len > 0;
	if (cell.data[0] != '+' && cell.data[0] != '-')
		return false;
	for (size_t i = 1; i < cell.len; i++) {
		if ((cell.data[i] < '0' || cell.data[i] > '9') && cell.data[i] != ' ')
			return true;
	}
	return false;
}

// RFC 4180: what has a separator, a quote or a line end in it stands in quotes. `mark` stands
// before what is in it.
static void put_cell(const struct sheet *sheet, const char *mark, struct bytes cell,
		     struct buffer *out)
{
	bool plain = true;
	for (size_t i = 0; i < cell.len; i++) {
		uint8_t c = cell.data[i];
		plain = plain && c != (uint8_t)sheet->separator && c != '"' && c != '\n' &&
			c != '\r';
	}
	if (plain) {
		buffer_append_text(out, mark);
		buffer_append(out, cell);
		return;
	}
	buffer_append_u8(out, '"');
	buffer_append_text(out, mark);
	for (size_t i = 0; i < cell.len; i++) {
		if (cell.data[i] == '"')
			buffer_append_u8(out, '"');
		buffer_append_u8(out, cell.data[i]);
	}
	buffer_append_u8(out, '"');
}

static void put_date(struct bytes value, enum mapping_date form, struct buffer *cell)
{
	const uint8_t *d = value.data;
	if (form == DATE_AS_IT_IS || value.len != 10)
		buffer_append(cell, value);
	else if (form == DATE_BARE)
		buffer_append_format(cell, "%.4s%.2s%.2s", (const char *)d, (const char *)d + 5,
				     (const char *)d + 8);
	else
		buffer_append_format(cell, "%.2s-%.2s-%.4s", (const char *)d + 8,
				     (const char *)d + 5, (const char *)d);
}

// False: there is no translation; it stands there as it is.
static bool put_value(const struct sheet_column *column, struct bytes value, struct buffer *cell)
{
	if (cell->len > 0)
		buffer_append_u8(cell, (uint8_t)column->join);
	for (size_t i = 0; i < column->code_count; i++) {
		if (bytes_equal(bytes_of_text(column->codes[i].from), value)) {
			buffer_append_text(cell, column->codes[i].to);
			return true;
		}
	}
	put_date(value, column->date, cell);
	return column->code_count == 0;
}

// Of this betrokkene, or of the incident.
static bool put_veld(const struct sheet_column *column, const struct verstrekking *v,
		     uint32_t betrokkene, struct buffer *cell)
{
	bool all = true;
	for (size_t i = 0; i < v->rubriek_count; i++) {
		const struct rubriek *rubriek = &v->rubrieken[i];
		if (rubriek->soort != column->rubriek ||
		    (rubriek->betrokkene != 0 && rubriek->betrokkene != betrokkene))
			continue;
		for (size_t k = 0; k < rubriek->veld_count; k++) {
			if (rubriek->velden[k].veld == column->veld)
				all &= put_value(column, rubriek->velden[k].waarde, cell);
		}
	}
	return all;
}

static void put_id(const struct verstrekking *v, struct buffer *cell)
{
	char hash[2 * sizeof v->header_hash.b + 1];
	hex_encode(hash, bytes_of_hash(&v->header_hash));
	buffer_append(cell, v->sender ? v->header.id : bytes_of_text(hash));
}

static void put_regels(const struct part_verstrekking *part, char join, struct buffer *cell)
{
	for (size_t i = 0; i < part->grond_count; i++) {
		bool before = false;
		for (size_t k = 0; k < i; k++)
			before |= bytes_equal(part->gronden[k].regel, part->gronden[i].regel);
		if (before)
			continue;
		if (cell->len > 0)
			buffer_append_u8(cell, (uint8_t)join);
		buffer_append(cell, part->gronden[i].regel);
	}
}

static void put_until(const struct verstrekking *v, struct buffer *cell)
{
	char until[21];
	if (!v->part->geldig_tot)
		return;
	time_format(until, (int64_t)v->part->geldig_tot);
	buffer_append_text(cell, until);
}

static void put_number(uint64_t number, struct buffer *cell)
{
	buffer_append_format(cell, "%" PRIu64, number);
}

static bool is_voorlopig(const struct part_verstrekking *part)
{
	for (size_t i = 0; i < part->grond_count; i++) {
		if (part->gronden[i].voorlopig)
			return true;
	}
	return false;
}

static bool put_what(const struct sheet_column *column, const struct sheet_input *input,
		     uint32_t betrokkene, struct buffer *cell)
{
	const struct verstrekking *v = input->verstrekking;
	switch (column->what) {
	case SHEET_VELD:
		return put_veld(column, v, betrokkene, cell);
	case SHEET_NUMMER:
		put_number(v->number, cell);
		break;
	case SHEET_FUNCTIE:
		buffer_append_text(cell, input->functie);
		break;
	case SHEET_SOORT:
		buffer_append_text(cell, verstrekking_soort_name(v->part->soort));
		break;
	case SHEET_ID:
		put_id(v, cell);
		break;
	case SHEET_BRON:
		buffer_append(cell, v->sender ? v->header.source : bytes_of_text(""));
		break;
	case SHEET_INDEX:
		put_number(v->index, cell);
		break;
	case SHEET_BETREFT:
		if (v->part->betreft)
			put_number(v->part->betreft, cell);
		break;
	case SHEET_BETROKKENE:
		put_number(betrokkene, cell);
		break;
	case SHEET_REGELS:
		put_regels(v->part, column->join, cell);
		break;
	case SHEET_GELDIG_TOT:
		put_until(v, cell);
		break;
	case SHEET_OEFENING:
		buffer_append_text(cell, v->oefening ? "OEFENING" : "");
		break;
	case SHEET_VOORLOPIG:
		buffer_append_text(cell, is_voorlopig(v->part) ? "ja" : "");
		break;
	case SHEET_CASUS:
		buffer_append(cell, input->casus);
		break;
	case SHEET_REGISTRATIENUMMER:
		buffer_append_text(cell, input->registratienummer);
		break;
	case SHEET_STATUS:
		buffer_append_text(cell, input->status);
		break;
	}
	return true;
}

// ---- lines -------------------------------------------------------------------------------------

static void put_names(const struct sheet *sheet, struct buffer *out)
{
	for (size_t i = 0; i < sheet->count; i++) {
		if (i > 0)
			buffer_append_u8(out, (uint8_t)sheet->separator);
		put_cell(sheet, "", bytes_of_text(sheet->columns[i].name), out);
	}
	buffer_append_u8(out, '\n');
}

static bool put_line(const struct sheet *sheet, const struct sheet_input *input,
		     uint32_t betrokkene, struct buffer *out)
{
	bool all = true;
	struct buffer cell;
	buffer_init(&cell, CELL_MAX);
	for (size_t i = 0; i < sheet->count; i++) {
		buffer_clear(&cell);
		all &= put_what(&sheet->columns[i], input, betrokkene, &cell);
		all &= cell.status == RESULT_OK;
		if (i > 0)
			buffer_append_u8(out, (uint8_t)sheet->separator);
		put_cell(sheet, is_formula(buffer_view(&cell)) ? FORMULA_MARK : "",
			 buffer_view(&cell), out);
	}
	buffer_append_u8(out, '\n');
	buffer_wipe(&cell);
	return all;
}

static bool has_column(const struct sheet *sheet, uint32_t rubriek, uint32_t veld)
{
	for (size_t i = 0; i < sheet->count; i++) {
		const struct sheet_column *column = &sheet->columns[i];
		if (column->what == SHEET_VELD && column->rubriek == rubriek &&
		    column->veld == veld)
			return true;
	}
	return false;
}

static bool is_ignored(const struct sheet *sheet, uint32_t rubriek, uint32_t veld)
{
	for (size_t i = 0; i < sheet->ignored_count; i++) {
		const struct sheet_ignored *ignored = &sheet->ignored[i];
		if (ignored->rubriek == rubriek && (ignored->veld == 0 || ignored->veld == veld))
			return true;
	}
	return false;
}

static bool is_whole(const struct sheet *sheet, const struct rubriek *rubriek)
{
	for (size_t i = 0; i < rubriek->veld_count; i++) {
		uint32_t veld = rubriek->velden[i].veld;
		if (!has_column(sheet, rubriek->soort, veld) &&
		    !is_ignored(sheet, rubriek->soort, veld))
			return false;
	}
	return true;
}

static bool says(const struct sheet *sheet, enum sheet_what what)
{
	for (size_t i = 0; i < sheet->count; i++) {
		if (sheet->columns[i].what == what)
			return true;
	}
	return false;
}

// What it is as a whole. Of what a rechtzetting is, or what was shown,
// stands in its gronden: no column has those.
static bool is_told(const struct sheet *sheet, const struct sheet_input *input)
{
	const struct part_verstrekking *part = input->verstrekking->part;
	return (!input->status[0] ||
		(says(sheet, SHEET_STATUS) && says(sheet, SHEET_REGISTRATIENUMMER))) &&
	       !verstrekking_only_tells(part->soort) &&
	       (part->soort == VERSTREKKING_GEGEVEN || says(sheet, SHEET_SOORT)) &&
	       (!part->betreft || says(sheet, SHEET_BETREFT)) &&
	       (!part->geldig_tot || says(sheet, SHEET_GELDIG_TOT)) &&
	       (!is_voorlopig(part) || says(sheet, SHEET_VOORLOPIG));
}

bool sheet_write(const struct sheet *sheet, const struct sheet_input *input, struct buffer *out)
{
	const struct verstrekking *v = input->verstrekking;
	bool any = false;
	bool all = is_told(sheet, input);
	put_names(sheet, out);
	for (size_t i = 0; i < v->rubriek_count; i++)
		all &= is_whole(sheet, &v->rubrieken[i]);
	for (uint32_t n = 1; n <= BETROKKENEN_MAX; n++) {
		bool named = false;
		for (size_t i = 0; i < v->rubriek_count; i++)
			named |= v->rubrieken[i].betrokkene == n;
		if (named)
			all &= put_line(sheet, input, n, out);
		any |= named;
	}
	if (!any)
		all &= put_line(sheet, input, 0, out);
	return all;
}

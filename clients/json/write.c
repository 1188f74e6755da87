// SPDX-License-Identifier: EUPL-1.2
#include "json/melding_json.h"

#include <stdio.h>

static bool is_number(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
	}
	return text.len >= 1 && text.len <= 10;
}

static uint64_t number_of(struct bytes text)
{
	uint64_t number = 0;
	for (size_t i = 0; i < text.len; i++)
		number = number * 10 + (text.data[i] - '0');
	return number;
}

static void write_waarde(struct json_out *out, const struct veld_row *row, struct bytes waarde)
{
	bool ja = bytes_equal(waarde, bytes_of_text("ja"));
	bool nee = bytes_equal(waarde, bytes_of_text("nee"));
	if (row && row->kind == VELD_JANEE && (ja || nee))
		json_out_bool(out, ja);
	else if (row && row->kind == VELD_NUMBER && is_number(waarde))
		json_out_number(out, number_of(waarde));
	else
		json_out_text(out, waarde);
}

static bool is_first(const struct rubriek *rubriek, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (rubriek->velden[i].veld == rubriek->velden[n].veld)
			return false;
	}
	return true;
}

static void write_all(struct json_out *out, const struct veld_row *row,
		      const struct rubriek *rubriek, uint32_t veld)
{
	json_out_array_begin(out);
	for (size_t i = 0; i < rubriek->veld_count; i++) {
		if (rubriek->velden[i].veld == veld)
			write_waarde(out, row, rubriek->velden[i].waarde);
	}
	json_out_array_end(out);
}

static void write_velden(struct json_out *out, const struct rubriek_row *row,
			 const struct rubriek *rubriek)
{
	json_out_object_begin(out);
	for (size_t n = 0; n < rubriek->veld_count; n++) {
		const struct veld *veld = &rubriek->velden[n];
		const struct veld_row *veld_is =
			row ? veld_row(row->velden, row->veld_count, veld->veld) : NULL;
		char number[24];
		snprintf(number, sizeof number, "veld-%u", veld->veld);
		if (!is_first(rubriek, n))
			continue;
		json_out_key(out, veld_is ? veld_is->name : number);
		if (veld_is && veld_is->at_most == 1)
			write_waarde(out, veld_is, veld->waarde);
		else
			write_all(out, veld_is, rubriek, veld->veld);
	}
	json_out_object_end(out);
}

static void write_rubriek(struct json_out *out, const struct rubriek *rubriek)
{
	const struct rubriek_row *row = rubriek_row(rubriek->soort);
	const char *regime = regime_name(rubriek->regime);
	char number[24];
	snprintf(number, sizeof number, "rubriek-%u", rubriek->soort);
	json_out_object_begin(out);
	json_out_add_text(out, "rubriek", row ? row->name : number);
	json_out_add_number(out, "betrokkene", rubriek->betrokkene);
	json_out_key(out, "regime");
	if (regime)
		json_out_text(out, bytes_of_text(regime));
	else
		json_out_null(out);
	json_out_add_bytes(out, "bron", rubriek->bron);
	json_out_key(out, "velden");
	write_velden(out, row, rubriek);
	json_out_object_end(out);
}

void melding_json_write(struct json_out *out, const struct rubriek *rubrieken, size_t count)
{
	json_out_array_begin(out);
	for (size_t n = 0; n < count; n++)
		write_rubriek(out, &rubrieken[n]);
	json_out_array_end(out);
}

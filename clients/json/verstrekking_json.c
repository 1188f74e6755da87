// SPDX-License-Identifier: EUPL-1.2
// A verstrekking as one object: what was given, by whom, and under which regels.
#include "json/client_json.h"
#include "json/melding_json.h"

// A melding is named by source and id. Where herkomst is withheld neither is known; then, and for
// what has lapsed, the header hash stands in the place of the id.
static void write_names(struct json_out *out, const struct verstrekking *v)
{
	char hash[2 * sizeof v->header_hash.b + 1];
	hex_encode(hash, bytes_of_hash(&v->header_hash));
	if (!v->sender) {
		json_out_add_text(out, "id", hash);
		return;
	}
	json_out_add_bytes(out, "id", v->header.id);
	json_out_add_bytes(out, "bron", v->header.source);
	json_out_add_text(out, "bron_naam", v->sender->bundle.naam);
	char time[21];
	time_format(time, (int64_t)v->header.time);
	json_out_add_text(out, "tijd", time);
}

static bool named_before(const struct part_verstrekking *part, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (bytes_equal(part->gronden[i].regel, part->gronden[n].regel))
			return true;
	}
	return false;
}

static void write_regels(struct json_out *out, const struct part_verstrekking *part)
{
	json_out_key(out, "regels");
	json_out_array_begin(out);
	for (size_t i = 0; i < part->grond_count; i++) {
		if (!named_before(part, i))
			json_out_text(out, part->gronden[i].regel);
	}
	json_out_array_end(out);
}

static void write_grond(struct json_out *out, const struct grond *grond)
{
	const struct rubriek_row *row = rubriek_row(grond->rubriek);
	json_out_object_begin(out);
	json_out_add_number(out, "betrokkene", grond->betrokkene);
	if (row || grond->rubriek == 0) // that there is a melding, and nothing of it
		json_out_add_text(out, "rubriek", row ? row->name : "bericht");
	else
		json_out_add_number(out, "rubriek", grond->rubriek);
	if (grond->overleg.len > 0)
		json_out_add_bytes(out, "overleg", grond->overleg);
	json_out_add_bytes(out, "regel", grond->regel);
	json_out_add_bytes(out, "convenantartikel", grond->convenantartikel);
	json_out_add_bytes(out, "doel", grond->doel);
	json_out_key(out, "grondslag");
	json_out_array_begin(out);
	for (size_t i = 0; i < grond->grondslag_count; i++)
		json_out_text(out, grond->grondslag[i]);
	json_out_array_end(out);
	json_out_add_bool(out, "voorlopig", grond->voorlopig);
	json_out_object_end(out);
}

static void write_gronden(struct json_out *out, const struct part_verstrekking *part)
{
	char convenant[2 * sizeof part->convenant_hash.b + 1];
	hex_encode(convenant, bytes_of_hash(&part->convenant_hash));
	json_out_key(out, "gronden");
	json_out_array_begin(out);
	for (size_t i = 0; i < part->grond_count; i++)
		write_grond(out, &part->gronden[i]);
	json_out_array_end(out);
	json_out_add_text(out, "convenant", convenant);
}

void verstrekking_json_write(struct json_out *out, const char *functie,
			     const struct verstrekking *v)
{
	write_names(out, v);
	json_out_add_text(out, "soort", verstrekking_soort_name(v->part->soort));
	json_out_add_text(out, "functie", functie);
	json_out_add_number(out, "number", v->number);
	json_out_add_number(out, "index", v->index);
	if (v->part->betreft)
		json_out_add_number(out, "betreft", v->part->betreft);
	json_out_add_bool(out, "oefening", v->oefening);
	json_out_key(out, "rubrieken");
	melding_json_write(out, v->rubrieken, v->rubriek_count);
	write_regels(out, v->part);
	write_gronden(out, v->part);
	if (v->part->geldig_tot) {
		char until[21];
		time_format(until, (int64_t)v->part->geldig_tot);
		json_out_add_text(out, "geldig_tot", until);
	}
	json_out_add_bool(out, "verified", true);
}

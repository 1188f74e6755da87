// SPDX-License-Identifier: EUPL-1.2
// The register of verwerkingen (AVG art. 30 lid 1): of each convenant in force what the law asks to
// be on record, from the document itself. Its annex is `convenant matrix` of the same document.
// What no convenant says (the contact of the FG, a DPIA) is not made up here.
#include "audit/audit.h"
#include "audit/convenant.h"

#include "base/clock.h"
#include "desk/answer.h"
#include "melding/lists.h"

#include <string.h>

#define NAMES_MAX 512
#define DOORGIFTE "geen doorgifte buiten de Europese Economische Ruimte"
#define BEVEILIGING                                                                                \
	"ondertekend en versleuteld per ontvanger, versleuteld bewaard, ieder besluit in een log " \
	"die niet ongezien kan worden gewijzigd; vernietiging na de termijn door overschrijven "   \
	"van de sleutel"

// Names that are told once each.
struct names {
	const char *names[NAMES_MAX];
	size_t count;
};

static void add_name(struct names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->names[i], name) == 0)
			return;
	if (names->count < NAMES_MAX)
		names->names[names->count++] = name;
}

static void write_names(struct json_out *out, const char *key, const struct names *names)
{
	json_out_key(out, key);
	json_out_array_begin(out);
	for (size_t i = 0; i < names->count; i++)
		json_out_text(out, bytes_of_text(names->names[i]));
	json_out_array_end(out);
}

// ---- one verwerking ------------------------------------------------------------------------

static void write_partijen(struct json_out *out, const struct convenant *convenant)
{
	json_out_key(out, "verantwoordelijken");
	json_out_array_begin(out);
	for (size_t i = 0; i < convenant_partij_count(convenant); i++) {
		const struct partij *partij = convenant_partij(convenant, i);
		json_out_object_begin(out);
		json_out_add_text(out, "naam", partij->naam);
		json_out_add_text(out, "oin", partij->oin.text);
		json_out_add_text(out, "soort", partij->soort);
		json_out_add_bool(out, "getekend", partij->getekend);
		if (partij->invoer)
			json_out_add_text(out, "invoer", partij->invoer);
		json_out_object_end(out);
	}
	json_out_array_end(out);
}

static void write_purposes(struct json_out *out, const struct convenant *convenant)
{
	struct names doelen = {.count = 0}, gronden = {.count = 0};
	for (size_t i = 0; i < convenant_regel_count(convenant); i++) {
		const struct regel_text *regel = convenant_regel(convenant, i);
		if (regel_soort_forbids(regel->soort))
			continue;
		add_name(&doelen, regel->doel);
		for (size_t g = 0; g < regel->grondslag_count; g++)
			add_name(&gronden, regel->grondslag[g]);
	}
	write_names(out, "doelen", &doelen);
	write_names(out, "grondslagen", &gronden);
}

static void write_data(struct json_out *out, const struct convenant *convenant)
{
	struct names rollen = {.count = 0}, gegevens = {.count = 0}, ontvangers = {.count = 0};
	const struct code_list *rol = code_list_named(bytes_of_text("rol"));
	struct vakje vakje;
	for (size_t i = 0; rol && i < rol->count; i++)
		add_name(&rollen, rol->codes[i].code);
	for (size_t n = 0; convenant_next_vakje(convenant, &n, &vakje);) {
		if (vakje.overleg >= 0)
			continue;
		add_name(&gegevens, vakje_rubriek(convenant, &vakje));
		add_name(&ontvangers, vakje_ontvanger(convenant, &vakje));
	}
	write_names(out, "betrokkenen", &rollen);
	write_names(out, "gegevens", &gegevens);
	write_names(out, "ontvangers", &ontvangers);
}

// Of what comes today and no regel gives a term of its own.
static void write_terms(struct json_out *out, const struct convenant *convenant)
{
	int64_t inhoud = 0, verantwoording = 0;
	char until[21];
	convenant_bewaar(convenant, NULL, 0, clock_wall_ms(), &inhoud, &verantwoording);
	json_out_key(out, "bewaard_tot");
	json_out_object_begin(out);
	time_format(until, inhoud);
	json_out_add_text(out, "inhoud", until);
	time_format(until, verantwoording);
	json_out_add_text(out, "verantwoording", until);
	json_out_object_end(out);
}

static void write_wpg20(struct json_out *out, const struct convenant_text *text)
{
	json_out_key(out, "wpg20");
	json_out_object_begin(out);
	for (size_t i = 0; convenant_wpg20_name(i); i++)
		json_out_add_text(out, convenant_wpg20_name(i), text->wpg20[i]);
	json_out_object_end(out);
}

static void tell_json(struct desk *desk, const struct convenant *convenant)
{
	const struct convenant_text *text = convenant_text(convenant);
	struct hash hash = convenant_hash(convenant);
	struct desk_line line;
	char hex[65];
	hex_encode(hex, bytes_of_hash(&hash));
	desk_line_begin(&line);
	json_out_add_text(&line.out, "verwerking", text->convenant);
	json_out_add_text(&line.out, "versie", text->versie);
	json_out_add_text(&line.out, "status", text->status);
	json_out_add_text(&line.out, "hash", hex);
	json_out_add_text(&line.out, "doel", text->doel);
	json_out_add_text(&line.out, "contactpunt", text->contactpunt);
	write_partijen(&line.out, convenant);
	write_purposes(&line.out, convenant);
	write_data(&line.out, convenant);
	json_out_add_text(&line.out, "doorgifte", DOORGIFTE);
	write_terms(&line.out, convenant);
	json_out_add_text(&line.out, "beveiliging", BEVEILIGING);
	write_wpg20(&line.out, text);
	desk_line_end(desk, &line);
}

static void tell_text(struct desk *desk, const struct convenant *convenant)
{
	const struct convenant_text *text = convenant_text(convenant);
	desk_say(desk, "%s, versie %s (%s)", text->convenant, text->versie, text->status);
	desk_say(desk, "  doel: %s", text->doel);
	desk_say(desk, "  contactpunt: %s", text->contactpunt);
	for (size_t i = 0; i < convenant_partij_count(convenant); i++) {
		const struct partij *partij = convenant_partij(convenant, i);
		desk_say(desk, "  verantwoordelijke: %s (%s)%s%s%s", partij->naam, partij->oin.text,
			 partij->getekend ? "" : ", not signed",
			 partij->invoer ? ", entered for by " : "",
			 partij->invoer ? partij->invoer : "");
	}
	desk_say(desk, "  the rest stands in --json; the annex is convenant matrix");
}

int audit_register(struct desk *desk)
{
	struct buffer request;
	struct answer *answer;
	size_t told = 0;
	desk_question(&request, "convenanten");
	int code = desk_ask(desk, &request, &answer);
	if (code != DESK_DONE)
		return code;
	for (size_t at = 0; code == DESK_DONE; told++) {
		struct convenant *convenant = NULL;
		code = in_force_next(desk, answer, &at, &convenant);
		if (code != DESK_DONE || !convenant)
			break;
		if (desk->json)
			tell_json(desk, convenant);
		else
			tell_text(desk, convenant);
		convenant_free(convenant);
	}
	answer_free(answer);
	if (code == DESK_DONE && told == 0)
		desk_say(desk, "no convenant is in force: nothing is given to anybody");
	return code;
}

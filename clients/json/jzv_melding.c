// SPDX-License-Identifier: EUPL-1.2
// A melding of JZV becomes one of docs/melding-json.md, which the same reader as ever judges; what
// it finds wrong is told at the place it came from.
#include "json/jzv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct jzv_code soorten[] = {{"NAZ", NULL}, {"VT", NULL}, {"ZVH", NULL}, {0}};
static const struct jzv_code adressen[] = {
	{"01", "post"}, {"02", "woon"}, {"03", "brp"}, {NULL, NULL}};
static const struct jzv_code geslachten[] = {{"man", "man"},
					     {"vrouw", "vrouw"},
					     {"anders", "anders"},
					     {"onbekend", "onbekend"},
					     {NULL, NULL}};
// Words of JZV's questions; those that are placeholders there have none.
static const struct jzv_code vragen[] = {{"NAZ-001", NULL},
					 {"NAZ-002", NULL},
					 {"VT-001", "Is er sprake van bestaande hulpverlening?"},
					 {"VT-002", "Is er sprake van een tijdelijk huisverbod?"},
					 {"ZVH-001", NULL},
					 {"ZVH-002", NULL},
					 {NULL, NULL}};
static const struct {
	const char *type, *veld;
} middelen[] = {
	{"Vaste telefoon", "telefoon"}, {"Mobiele telefoon", "mobiel"}, {"Emailadres", "e-mail"}};
#define MIDDELEN (sizeof middelen / sizeof middelen[0])

#define PERSOON "/natuurlijkPersoon"
#define ADRES PERSOON "/adres"
#define SITUATIE "/zorgelijkeSituatie"
#define VRAAG SITUATIE "/vraagAntwoord"
#define PERIODE "/incident/periodeVanTot"
#define TO(rubriek, veld) false, rubriek, veld, NULL, NULL
#define OF(rubriek, veld) true, rubriek, veld, NULL, NULL
#define LINE(caption) false, NULL, NULL, caption, NULL
#define NOWHERE false, NULL, NULL, NULL, NULL

// What JZV requires and practice lacks is not required here: a person, a BSN, a huisletter.
static const struct jzv_row rows[] = {
	{"/registratienummer", JZV_TEXT, true, TO("kenmerken", "registratienummer")},
	{"/soort", JZV_TEXT, true, false, NULL, NULL, NULL, soorten},
	{"/datumTijd", JZV_TEXT, true, TO("kenmerken", "tijdstip")},
	{"/verzoek", JZV_TEXT, true, TO("toelichting", "verzoek")},
	{"/terugkoppelingGewenst", JZV_BOOL, true, TO("kenmerken", "terugkoppeling")},
	{"/incident", JZV_OBJECT, true, NOWHERE},
	{"/incident/omschrijving", JZV_TEXT, true, LINE("Omschrijving")},
	{"/incident/locatie", JZV_TEXT, false, LINE("Locatie")},
	{PERIODE, JZV_OBJECT, false, NOWHERE},
	{PERIODE "/datumTijdBegin", JZV_TEXT, true, TO("incident", "begin")},
	{PERIODE "/datumTijdEinde", JZV_TEXT, false, TO("incident", "einde")},
	{"/incident/datumTijd", JZV_TEXT, true, TO("incident", "begin")},
	{PERSOON, JZV_OBJECT, false, NOWHERE},
	{PERSOON "/burgerservicenummer", JZV_TEXT, false, OF("bsn", "waarde")},
	{PERSOON "/naam", JZV_OBJECT, false, NOWHERE},
	{PERSOON "/naam/geslachtsnaam", JZV_TEXT, true, OF("identificatie", "geslachtsnaam")},
	{PERSOON "/naam/voorletters1", JZV_TEXT, false, OF("identificatie", "voorletters")},
	{PERSOON "/naam/voornamen", JZV_TEXT, false, OF("identificatie", "voornamen")},
	{PERSOON "/naam/voorvoegselGeslachtsnaam", JZV_TEXT, false,
	 OF("identificatie", "voorvoegsel")},
	{PERSOON "/geboorte", JZV_OBJECT, false, NOWHERE},
	{PERSOON "/geboorte/datum", JZV_TEXT, true, OF("identificatie", "geboortedatum")},
	{PERSOON "/geslachtsaanduiding", JZV_TEXT, false, true, "identificatie", "geslacht", NULL,
	 geslachten},
	{ADRES, JZV_OBJECT, false, NOWHERE},
	{ADRES "/soortAdres", JZV_TEXT, true, true, "verblijfadres", "soort", NULL, adressen},
	{ADRES "/straatAdres", JZV_OBJECT, true, NOWHERE},
	{ADRES "/straatAdres/straatnaam", JZV_TEXT, true, OF("verblijfadres", "straat")},
	{ADRES "/straatAdres/huisnummer", JZV_NUMBER, true, OF("verblijfadres", "huisnummer")},
	{ADRES "/straatAdres/huisletter", JZV_TEXT, false, OF("verblijfadres", "huisletter")},
	{PERSOON "/communicatiemiddel", JZV_LIST, false, NOWHERE},
	{SITUATIE, JZV_OBJECT, false, NOWHERE},
	{SITUATIE "/situatieSchets", JZV_TEXT, true, LINE("Situatieschets")},
	{SITUATIE "/nadereOmschrijving", JZV_TEXT, false, LINE("Nadere omschrijving")},
	{VRAAG, JZV_OBJECT, false, NOWHERE},
	{VRAAG "/vraag", JZV_TEXT, true, false, NULL, NULL, "Vraag", vragen},
	{VRAAG "/antwoord", JZV_TEXT, true, LINE("Antwoord")},
	{"/overigeInformatie", JZV_OBJECT, false, NOWHERE},
	{"/overigeInformatie/omschrijving", JZV_TEXT, false, LINE("Overige informatie")},
	{"/overigeInformatie/uRL", JZV_TEXT, false, LINE("Verwijzing")},
	{"/knooppunt", JZV_EXTENSION, false, NOWHERE},
};

const char *jzv_soort_name(size_t n)
{
	return n < JZV_SOORTEN ? soorten[n].jzv : NULL;
}

// ---- building ----------------------------------------------------------------------------------

static json_t *first_person(struct jzv *jzv)
{
	json_t *list = json_object_get(jzv->out, "betrokkenen");
	if (!list) {
		list = json_array();
		if (json_object_set_new(jzv->out, "betrokkenen", list) != 0)
			return NULL;
	}
	if (json_array_size(list) == 0 && json_array_append_new(list, json_object()) != 0)
		return NULL;
	return json_array_get(list, 0);
}

enum result jzv_put(struct jzv *jzv, bool of_person, const char *rubriek, const char *veld,
		    json_t *value)
{
	json_t *holder = of_person ? first_person(jzv) : jzv->out;
	json_t *object = json_object_get(holder, rubriek);
	if (!object && holder && value) {
		object = json_object();
		if (json_object_set_new(holder, rubriek, object) != 0)
			object = NULL;
	}
	enum result result = RESULT_OK;
	if (!object || !value)
		result = RESULT_NO_MEMORY;
	else if (!json_is_object(object) || json_object_get(object, veld))
		result = RESULT_EXISTS;
	else if (json_object_set(object, veld, value) != 0)
		result = RESULT_NO_MEMORY;
	json_decref(value);
	return result;
}

static const char *code_here(const struct jzv_row *row, struct bytes text)
{
	for (const struct jzv_code *code = row->codes; code && code->jzv; code++) {
		if (bytes_equal(bytes_of_text(code->jzv), text))
			return code->here;
	}
	return NULL;
}

static void append_line(struct buffer *out, const struct jzv_row *row, struct bytes text)
{
	const char *words = code_here(row, text);
	if (out->len > 0)
		buffer_append_u8(out, '\n');
	buffer_append_text(out, row->caption);
	buffer_append_text(out, ": ");
	jzv_append_text(out, text);
	if (words)
		buffer_append_format(out, " %s", words);
}

static json_t *translate(const struct jzv_row *row, json_t *value)
{
	struct buffer clean;
	const char *code = code_here(row, jzv_text(value));
	if (code)
		return json_string(code);
	if (!json_is_string(value))
		return json_incref(value);
	buffer_init(&clean, MELDING_JSON_MAX);
	jzv_append_text(&clean, jzv_text(value));
	json_t *made = clean.status == RESULT_OK ? json_stringn((const char *)clean.data, clean.len)
						 : NULL;
	buffer_wipe(&clean);
	return made;
}

// Of a period its begin is the begin; else the moment is.
static enum result put_rows(struct jzv *jzv, struct buffer *lines)
{
	for (size_t i = 0; i < jzv->row_count; i++) {
		const struct jzv_row *row = &jzv->rows[i];
		json_t *value = jzv_get(jzv, row->path);
		if (!value)
			continue;
		if (row->caption)
			append_line(lines, row, jzv_text(value));
		if (!row->rubriek)
			continue;
		enum result result = jzv_put(jzv, row->of_person, row->rubriek, row->veld,
					     translate(row, value));
		if (result != RESULT_OK && result != RESULT_EXISTS)
			return result;
	}
	return RESULT_OK;
}

static enum result put_lines(struct jzv *jzv, const struct buffer *lines)
{
	if (lines->status == RESULT_NO_MEMORY)
		return RESULT_NO_MEMORY;
	if (lines->status != RESULT_OK)
		return jzv_fail(jzv, REASON_TOO_LONG, "/incident/omschrijving",
				"All free texts together become one toelichting of at most 8000 "
				"bytes: shorten them.");
	return jzv_put(jzv, false, "toelichting", "tekst",
		       json_stringn((const char *)lines->data, lines->len));
}

// ---- ways to reach somebody --------------------------------------------------------------------

static enum result fail_middel(const struct jzv *jzv, size_t n, const char *fix)
{
	char pointer[JZV_POINTER_MAX];
	snprintf(pointer, sizeof pointer, PERSOON "/communicatiemiddel/%zu", n);
	return jzv_fail(jzv, REASON_BAD_VALUE, pointer, fix);
}

static enum result put_middel(struct jzv *jzv, json_t *item, size_t n)
{
	struct bytes type = jzv_text(json_object_get(item, "type"));
	json_t *waarde = json_object_get(item, "waarde");
	if (json_object_size(item) != 2 || !json_is_string(waarde))
		return fail_middel(jzv, n, "Write an object with type and waarde.");
	for (size_t i = 0; i < MIDDELEN; i++) {
		if (!bytes_equal(bytes_of_text(middelen[i].type), type))
			continue;
		enum result result = jzv_put(jzv, true, "contact", middelen[i].veld, json_array());
		if (result != RESULT_OK && result != RESULT_EXISTS)
			return result;
		json_t *contact = json_object_get(first_person(jzv), "contact");
		return json_array_append(json_object_get(contact, middelen[i].veld), waarde) == 0
			       ? RESULT_OK
			       : RESULT_NO_MEMORY;
	}
	return fail_middel(jzv, n, "Use as type Vaste telefoon, Mobiele telefoon or Emailadres.");
}

static enum result put_middelen(struct jzv *jzv)
{
	json_t *list = jzv_get(jzv, PERSOON "/communicatiemiddel");
	enum result result = RESULT_OK;
	for (size_t n = 0; result == RESULT_OK && n < json_array_size(list); n++)
		result = put_middel(jzv, json_array_get(list, n), n);
	return result;
}

// ---- where a problem belongs -------------------------------------------------------------------

// Length of what `pointer` and the place of the row have in common, if one leads to the other.
static bool is_of_row(const struct jzv *jzv, const struct jzv_row *row, const char *pointer,
		      bool *ret_inside)
{
	char place[JZV_POINTER_MAX];
	if (!row->rubriek || !jzv_get(jzv, row->path))
		return false;
	snprintf(place, sizeof place, "%s/%s/%s", row->of_person ? "/betrokkenen/0" : "",
		 row->rubriek, row->veld);
	size_t len = strlen(place), given = strlen(pointer);
	*ret_inside = given < len;
	return strncmp(place, pointer, given < len ? given : len) == 0 &&
	       (given == len || (given < len ? place[given] : pointer[len]) == '/');
}

void jzv_origin(const struct jzv *jzv, const char *pointer, char ret_origin[JZV_POINTER_MAX])
{
	bool inside;
	if (strncmp(pointer, "/toelichting/tekst", 18) == 0) {
		snprintf(ret_origin, JZV_POINTER_MAX, "/incident/omschrijving");
		return;
	}
	if (strncmp(pointer, "/betrokkenen/0/contact/", 23) == 0 &&
	    jzv_get(jzv, PERSOON "/communicatiemiddel")) {
		snprintf(ret_origin, JZV_POINTER_MAX, PERSOON "/communicatiemiddel");
		return;
	}
	for (size_t i = 0; i < jzv->row_count; i++) {
		const char *path = jzv->rows[i].path;
		if (!is_of_row(jzv, &jzv->rows[i], pointer, &inside))
			continue;
		int len = inside ? (int)(strrchr(path, '/') - path) : (int)strlen(path);
		snprintf(ret_origin, JZV_POINTER_MAX, "%.*s", len, path);
		return;
	}
	if (snprintf(ret_origin, JZV_POINTER_MAX, "/knooppunt%s", pointer) < 0)
		ret_origin[0] = '\0';
}

// ---- reading -----------------------------------------------------------------------------------

static enum result build(struct jzv *jzv)
{
	struct buffer lines;
	if (jzv_get(jzv, PERSOON) && !first_person(jzv))
		return RESULT_NO_MEMORY;
	buffer_init(&lines, JZV_TEXT_MAX);
	enum result result = put_rows(jzv, &lines);
	if (result == RESULT_OK)
		result = put_lines(jzv, &lines);
	buffer_wipe(&lines);
	if (result == RESULT_OK)
		result = put_middelen(jzv);
	if (result == RESULT_OK)
		result = jzv_add_extension(jzv);
	return result == RESULT_OK ? jzv_add_defaults(jzv) : result;
}

static enum result judge(struct jzv *jzv, struct arena *arena, struct melding_file *ret_file)
{
	char origin[JZV_POINTER_MAX];
	struct melding_json_input input = jzv->input->json;
	char *text = json_dumps(jzv->out, JSON_COMPACT);
	if (!text)
		return RESULT_NO_MEMORY;
	input.text = bytes_of_text(text);
	enum result result = melding_json_read(&input, arena, ret_file, jzv->problem);
	memset(text, 0, strlen(text));
	free(text);
	if (result != RESULT_MALFORMED || !jzv->problem)
		return result;
	jzv->problem->line = 0;
	jzv_origin(jzv, jzv->problem->field, origin);
	problem_set_field(jzv->problem, "%s", origin);
	return result;
}

enum result jzv_melding_read(const struct jzv_input *input, struct arena *arena,
			     struct jzv_melding *ret_melding, struct problem *problem)
{
	struct jzv jzv = {.input = input,
			  .problem = problem,
			  .rows = rows,
			  .row_count = sizeof rows / sizeof rows[0]};
	struct melding_file file;
	enum result result = json_text_parse(input->json.text, input->json.file, &jzv.doc, problem);
	if (result != RESULT_OK)
		return result;
	jzv.out = json_object();
	result = jzv.out ? jzv_check(&jzv) : RESULT_NO_MEMORY;
	if (result == RESULT_OK)
		result = build(&jzv);
	if (result == RESULT_OK)
		result = judge(&jzv, arena, &file);
	if (result == RESULT_OK) {
		const struct rubriek *kenmerken = melding_find(&file.melding, RUBRIEK_KENMERKEN, 0);
		ret_melding->registratienummer = veld_get(kenmerken->velden, kenmerken->veld_count,
							  KENMERK_REGISTRATIENUMMER);
		ret_melding->melding = file.melding;
	}
	json_decref(jzv.out);
	json_decref(jzv.doc);
	return result;
}

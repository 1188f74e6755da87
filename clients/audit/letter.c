// SPDX-License-Identifier: EUPL-1.2
#include "audit/letter.h"

#include "audit/audit.h"
#include "audit/pagina.h"
#include "base/clock.h"
#include "base/json_out.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ARENA (32u * 1024 * 1024)
#define TEKST_MAX 8192

int letter_begin(struct desk *desk, struct letter *letter)
{
	letter->huis = letter->oin = letter->contactpunt = letter->aan = "";
	letter->zaak = letter->zaak ? letter->zaak : "";
	if (arena_new(ARENA, &letter->arena) != RESULT_OK)
		return audit_no_memory(desk);
	letter->stukken = arena_alloc(letter->arena, STUKKEN_MAX * sizeof *letter->stukken);
	return letter->stukken ? DESK_DONE : audit_no_memory(desk);
}

void letter_done(struct letter *letter)
{
	arena_free(letter->arena);
	*letter = (struct letter){.failed = true};
}

static void add(struct letter *letter, enum stuk_soort soort, struct bytes text)
{
	const char *copy = letter->count < STUKKEN_MAX ? arena_text(letter->arena, text) : NULL;
	if (copy)
		letter->stukken[letter->count++] = (struct stuk){soort, copy};
	else
		letter->failed = true;
}

void letter_add(struct letter *letter, enum stuk_soort soort, const char *format, ...)
{
	char text[TEKST_MAX];
	va_list arguments;
	va_start(arguments, format);
	int len = vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (len >= 0 && (size_t)len < sizeof text)
		add(letter, soort, bytes_of_text(text));
	else
		letter->failed = true;
}

void letter_add_lines(struct letter *letter, const char *text)
{
	for (const char *at = text; *at;) {
		size_t len = strcspn(at, "\n");
		if (len > 0)
			add(letter, STUK_ALINEA, bytes_make((const uint8_t *)at, len));
		at += len + (at[len] == '\n');
	}
}

// ---- as a page -----------------------------------------------------------------------------

static void append_lines(struct buffer *out, const char *lines)
{
	for (const char *at = lines; *at;) {
		size_t len = strcspn(at, "\n");
		pagina_bytes(out, bytes_make((const uint8_t *)at, len));
		buffer_append_text(out, "<br>");
		at += len + (at[len] == '\n');
	}
}

static void append_head(const struct letter *letter, const char *datum, struct buffer *out)
{
	pagina_begin(out, letter->titel, letter->oefening);
	pagina_text(out, "<p>", letter->huis, "</p>\n");
	if (letter->aan[0]) {
		buffer_append_text(out, "<p>");
		append_lines(out, letter->aan);
		buffer_append_text(out, "</p>\n");
	}
	pagina_text(out, "<p>", datum, "");
	if (letter->zaak[0])
		pagina_text(out, "<br>Ons kenmerk: ", letter->zaak, "");
	pagina_text(out, "</p>\n<h1>", letter->titel, "</h1>\n");
}

static void append_stukken(const struct letter *letter, struct buffer *out)
{
	bool list = false;
	for (size_t i = 0; i < letter->count; i++) {
		const struct stuk *stuk = &letter->stukken[i];
		bool punt = stuk->soort == STUK_PUNT;
		if (punt != list)
			buffer_append_text(out, punt ? "<ul>\n" : "</ul>\n");
		list = punt;
		const char *tag = punt ? "li" : stuk->soort == STUK_KOP ? "h2" : "p";
		buffer_append_format(out, "<%s>", tag);
		pagina_text(out, "", stuk->tekst, "");
		buffer_append_format(out, "</%s>\n", tag);
	}
	buffer_append_text(out, list ? "</ul>\n" : "");
}

static void write_html(const void *context, const char *datum, const char *sleutel,
		       struct buffer *out)
{
	const struct letter *letter = context;
	append_head(letter, datum, out);
	append_stukken(letter, out);
	pagina_text(out, "<p>De privacy officer<br>Ondertekend met sleutel ", sleutel, "</p>\n");
	pagina_end(out);
}

// ---- as JSON -------------------------------------------------------------------------------

// Without name and address: they are of the page alone.
static void write_json(const struct letter *letter, const char *datum, struct buffer *buffer)
{
	static const char *const names[] = {"alinea", "kop", "punt"};
	struct json_out out;
	json_out_init(&out, buffer);
	json_out_object_begin(&out);
	json_out_add_text(&out, "brief", letter->soort);
	if (letter->oefening)
		json_out_add_bool(&out, "oefening", true);
	json_out_add_text(&out, "verantwoordelijke", letter->huis);
	json_out_add_text(&out, "oin", letter->oin);
	json_out_add_text(&out, "contactpunt", letter->contactpunt);
	json_out_add_text(&out, "datum", datum);
	if (letter->zaak[0])
		json_out_add_text(&out, "zaak", letter->zaak);
	json_out_key(&out, "tekst");
	json_out_array_begin(&out);
	for (size_t i = 0; i < letter->count; i++) {
		json_out_object_begin(&out);
		json_out_add_text(&out, names[letter->stukken[i].soort], letter->stukken[i].tekst);
		json_out_object_end(&out);
	}
	json_out_array_end(&out);
	json_out_object_end(&out);
	buffer_append_text(buffer, "\n");
}

int letter_send(struct desk *desk, struct letter *letter, const char *map)
{
	struct brief_uit uit = {.map = map, .context = letter, .html = write_html};
	letter->oefening = desk->oefening;
	if (letter->failed)
		return audit_no_memory(desk);
	buffer_init(&uit.json, LETTER_MAX);
	brief_datum(clock_wall_ms(), uit.datum);
	write_json(letter, uit.datum, &uit.json);
	int code = brief_teken(desk, &uit);
	buffer_wipe(&uit.json);
	return code;
}

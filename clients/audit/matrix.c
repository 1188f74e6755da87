// SPDX-License-Identifier: EUPL-1.2
// knooppunt-audit convenant matrix: who may receive what about whom, as an annex to a DPIA and the
// register: one row for each regel that gives a rubriek to an ontvanger, with its conditions and
// with what may forbid it.
#include "audit/audit.h"
#include "audit/convenant.h"
#include "convenant/berust.h"

#include <stdio.h>
#include <string.h>

#define KOLOM_MAX 8192
enum kolom {
	KOLOM_SOORT, // of the melding
	KOLOM_ONTVANGER,
	KOLOM_RUBRIEK,
	KOLOM_ROL, // of the betrokkene
	KOLOM_DOEL,
	KOLOM_GRONDSLAG,
	KOLOM_VOORLOPIG, // the codes it rests on that nobody confirmed
	KOLOM_VOORWAARDEN,
	KOLOM_NIET,
	KOLOM_REGEL,
	KOLOM_ARTIKEL,
	KOLOM_GEVALLEN,
	KOLOMMEN,
};
static const char *const koppen[KOLOMMEN] = {
	"soort",        "ontvanger", "rubriek",          "rol",
	"doel",         "grondslag", "voorlopig",        "voorwaarden",
	"niet wanneer", "regel",     "convenantartikel", "gegeven in gevallen",
};

struct opmaak {
	const char *name;
	void (*begin)(const struct convenant *convenant);
	void (*row)(const struct buffer kolommen[KOLOMMEN]);
	void (*end)(void);
};

// ---- CSV (RFC 4180) ------------------------------------------------------------------------

static void print_csv_field(struct bytes text)
{
	putchar('"');
	// A field that a spreadsheet would take for a formula is only text.
	if (text.len > 0 && memchr("=+-@\t\r", text.data[0], 6))
		putchar('\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '"')
			putchar('"');
		putchar(text.data[i]);
	}
	putchar('"');
}

static void begin_csv(const struct convenant *convenant)
{
	(void)convenant;
	for (size_t i = 0; i < KOLOMMEN; i++) {
		print_csv_field(bytes_of_text(koppen[i]));
		fputs(i + 1 < KOLOMMEN ? "," : "\r\n", stdout);
	}
}

static void print_csv(const struct buffer kolommen[KOLOMMEN])
{
	for (size_t i = 0; i < KOLOMMEN; i++) {
		print_csv_field(buffer_view(&kolommen[i]));
		fputs(i + 1 < KOLOMMEN ? "," : "\r\n", stdout);
	}
}

// ---- HTML ----------------------------------------------------------------------------------

static void print_html_text(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = (char)text.data[i];
		if (c == '<')
			fputs("&lt;", stdout);
		else if (c == '>')
			fputs("&gt;", stdout);
		else if (c == '&')
			fputs("&amp;", stdout);
		else if (c == '"')
			fputs("&quot;", stdout);
		else
			putchar(c);
	}
}

static void begin_html(const struct convenant *convenant)
{
	const struct convenant_text *text = convenant_text(convenant);
	struct hash hash = convenant_hash(convenant);
	char hex[2 * sizeof hash + 1];
	hex_encode(hex, bytes_of_hash(&hash));
	fputs("<!DOCTYPE html>\n<html lang=\"nl\"><head><meta charset=\"utf-8\"><title>", stdout);
	print_html_text(bytes_of_text(text->convenant));
	fputs("</title><style>body{font:14px sans-serif}table{border-collapse:collapse}"
	      "td,th{border:1px solid #999;padding:3px 6px;text-align:left;vertical-align:top}"
	      "</style></head><body>\n<h1>",
	      stdout);
	print_html_text(bytes_of_text(text->convenant));
	fputs("</h1>\n<p>versie ", stdout);
	print_html_text(bytes_of_text(text->versie));
	fputs(" · ", stdout);
	print_html_text(bytes_of_text(text->status));
	printf(" · SHA-256 %s</p>\n<p>", hex);
	print_html_text(bytes_of_text(text->doel));
	fputs("</p>\n<table><thead><tr>", stdout);
	for (size_t i = 0; i < KOLOMMEN; i++)
		printf("<th>%s</th>", koppen[i]);
	fputs("</tr></thead><tbody>\n", stdout);
}

static void print_html(const struct buffer kolommen[KOLOMMEN])
{
	fputs("<tr>", stdout);
	for (size_t i = 0; i < KOLOMMEN; i++) {
		fputs("<td>", stdout);
		print_html_text(buffer_view(&kolommen[i]));
		fputs("</td>", stdout);
	}
	fputs("</tr>\n", stdout);
}

static void end_html(void)
{
	fputs("</tbody></table></body></html>\n", stdout);
}

// ---- text ----------------------------------------------------------------------------------

static void begin_text(const struct convenant *convenant)
{
	printf("%s, versie %s (%s)\n", convenant_name(convenant), convenant_text(convenant)->versie,
	       convenant_text(convenant)->status);
}

static void print_text(const struct buffer kolommen[KOLOMMEN])
{
	printf("%.*s  %.*s\n", (int)kolommen[KOLOM_ONTVANGER].len,
	       (const char *)kolommen[KOLOM_ONTVANGER].data, (int)kolommen[KOLOM_RUBRIEK].len,
	       (const char *)kolommen[KOLOM_RUBRIEK].data);
	for (size_t i = 0; i < KOLOMMEN; i++) {
		if (i == KOLOM_ONTVANGER || i == KOLOM_RUBRIEK || kolommen[i].len == 0)
			continue;
		printf("    %s: %.*s\n", koppen[i], (int)kolommen[i].len,
		       (const char *)kolommen[i].data);
	}
}

static void end_nothing(void)
{
}

static const struct opmaak opmaken[] = {
	{"tekst", begin_text, print_text, end_nothing},
	{"csv", begin_csv, print_csv, end_nothing},
	{"html", begin_html, print_html, end_html},
};

struct matrix {
	struct desk *desk;
	const struct opmaak *opmaak;
	const struct convenant *convenant;
	const struct codes *codes; // NULL: none are here
};

// ---- rows ----------------------------------------------------------------------------------

static void say_asked(const struct convenant *convenant, size_t regel, enum attribuut attribuut,
		      struct buffer *out)
{
	convenant_asked(convenant, regel, attribuut, out);
	if (out->len == 0)
		buffer_append_text(out, "alle");
}

// What may forbid it, each with when.
static void say_forbidden(const struct convenant *convenant, const struct vakje *vakje,
			  const struct bereik *bereik, struct buffer *out)
{
	for (size_t i = 0; i < bereik->regel_count; i++) {
		size_t n = bereik->regels[i].regel;
		const struct regel_text *regel = convenant_regel(convenant, n);
		if (!regel_soort_forbids(regel->soort) || bereik->regels[i].holds == 0)
			continue;
		buffer_append_format(out, "%s%s (", out->len ? " | " : "", regel->regel);
		size_t before = out->len;
		convenant_conditions(convenant, n, vakje->overleg >= 0 ? -1 : (int)vakje->ontvanger,
				     out);
		if (out->len == before)
			buffer_append_text(out, "altijd");
		buffer_append_text(out, ")");
	}
}

// Where no tables are here nobody can tell, and that is no "confirmed".
static void say_voorlopig(const struct matrix *matrix, size_t regel, struct buffer *out)
{
	struct codes_set set = {{0}};
	if (!matrix->codes) {
		buffer_append_text(out, "niet nagegaan");
		return;
	}
	convenant_regel_berust(matrix->convenant, regel, matrix->codes, &set);
	for (size_t n = 0; n < codes_count(matrix->codes); n++) {
		const struct codes_row row = codes_at(matrix->codes, n);
		if (codes_set_has(&set, n) && !row.bevestigd)
			buffer_append_format(out, "%s%s %s", out->len ? ", " : "", row.tabel,
					     row.code);
	}
}

static void fill_row(const struct matrix *matrix, const struct vakje *vakje,
		     const struct bereik *bereik, const struct regel_bereik *of,
		     struct buffer kolommen[KOLOMMEN])
{
	const struct convenant *convenant = matrix->convenant;
	const struct regel_text *regel = convenant_regel(convenant, of->regel);
	say_asked(convenant, of->regel, ATTRIBUUT_SOORT, &kolommen[KOLOM_SOORT]);
	buffer_append_text(&kolommen[KOLOM_ONTVANGER], vakje_ontvanger(convenant, vakje));
	buffer_append_text(&kolommen[KOLOM_RUBRIEK], vakje_rubriek(convenant, vakje));
	say_asked(convenant, of->regel, ATTRIBUUT_ROL, &kolommen[KOLOM_ROL]);
	buffer_append_text(&kolommen[KOLOM_DOEL], regel->doel);
	for (size_t i = 0; i < regel->grondslag_count; i++)
		buffer_append_format(&kolommen[KOLOM_GRONDSLAG], "%s%s", i ? ", " : "",
				     regel->grondslag[i]);
	say_voorlopig(matrix, of->regel, &kolommen[KOLOM_VOORLOPIG]);
	convenant_conditions(convenant, of->regel, vakje->overleg >= 0 ? -1 : (int)vakje->ontvanger,
			     &kolommen[KOLOM_VOORWAARDEN]);
	say_forbidden(convenant, vakje, bereik, &kolommen[KOLOM_NIET]);
	buffer_append_text(&kolommen[KOLOM_REGEL], regel->regel);
	buffer_append_text(&kolommen[KOLOM_ARTIKEL], regel->convenantartikel);
	buffer_append_format(&kolommen[KOLOM_GEVALLEN], "%llu van %llu",
			     (unsigned long long)of->decides, (unsigned long long)bereik->gevallen);
}

static void print_json(struct desk *desk, const struct buffer kolommen[KOLOMMEN])
{
	struct desk_line line;
	desk_line_begin(&line);
	for (size_t i = 0; i < KOLOMMEN; i++)
		json_out_add_bytes(&line.out, koppen[i], buffer_view(&kolommen[i]));
	desk_line_end(desk, &line);
}

static void print_row(const struct matrix *matrix, const struct vakje *vakje,
		      const struct bereik *bereik)
{
	const struct convenant *convenant = matrix->convenant;
	for (size_t i = 0; i < bereik->regel_count; i++) {
		struct buffer kolommen[KOLOMMEN];
		if (regel_soort_forbids(convenant_regel(convenant, bereik->regels[i].regel)->soort))
			continue;
		for (size_t k = 0; k < KOLOMMEN; k++)
			buffer_init(&kolommen[k], KOLOM_MAX);
		fill_row(matrix, vakje, bereik, &bereik->regels[i], kolommen);
		if (matrix->desk->json)
			print_json(matrix->desk, kolommen);
		else
			matrix->opmaak->row(kolommen);
		for (size_t k = 0; k < KOLOMMEN; k++)
			buffer_done(&kolommen[k]);
	}
}

static int print_matrix(const struct matrix *matrix)
{
	struct desk *desk = matrix->desk;
	const struct convenant *convenant = matrix->convenant;
	struct vakje vakje;
	struct bereik bereik;
	int code = DESK_DONE;
	if (!desk->json)
		matrix->opmaak->begin(convenant);
	for (size_t n = 0; code == DESK_DONE && convenant_next_vakje(convenant, &n, &vakje);) {
		enum result result = convenant_reach(convenant, &vakje, &bereik);
		if (result == RESULT_TOO_LARGE) {
			desk_say(desk, "%s %s: more cases than are looked at",
				 vakje_ontvanger(convenant, &vakje),
				 vakje_rubriek(convenant, &vakje));
			code = DESK_BROKEN;
		} else if (result != RESULT_OK) {
			code = audit_no_memory(desk);
		} else {
			print_row(matrix, &vakje, &bereik);
		}
	}
	if (!desk->json)
		matrix->opmaak->end();
	return code;
}

static const char *opmaak_at(const void *context, size_t n)
{
	(void)context;
	return n < sizeof opmaken / sizeof opmaken[0] ? opmaken[n].name : NULL;
}

int audit_convenant_matrix(struct desk *desk)
{
	const char *wanted = desk->argument_count > 1 ? desk->arguments[1] : opmaken[0].name;
	const struct opmaak *opmaak = NULL;
	struct convenant *convenant;
	for (size_t i = 0; i < sizeof opmaken / sizeof opmaken[0]; i++) {
		if (strcmp(opmaken[i].name, wanted) == 0)
			opmaak = &opmaken[i];
	}
	if (!opmaak)
		return desk_no_such_name(desk, &(const struct desk_names){"forms", opmaak_at, NULL},
					 wanted, "no form of the matrix");
	int code = convenant_open(desk, desk->arguments[0], &convenant);
	if (code != DESK_DONE)
		return code;
	struct codes *codes = convenant_codes(desk);
	code = print_matrix(&(const struct matrix){desk, opmaak, convenant, codes});
	codes_free(codes);
	convenant_free(convenant);
	return code;
}

// SPDX-License-Identifier: EUPL-1.2
// The letter as a page and as JSON, from the same regels: what one has the other has.
#include "audit/brief.h"

#include "audit/pagina.h"
#include "base/json_out.h"

#include <string.h>

static const char *const zinnen[] = {
	"In dit overzicht staat niet: gegevens over anderen, wie iets heeft verteld, en vrije "
	"tekst. "
	"Dat geldt voor iedereen die om een overzicht vraagt.",
	"Vraagt het Openbaar Ministerie ons iets na een aanhouding? Wat wij dan antwoorden, staat "
	"niet in dit overzicht.",
	"Hebben wij gegevens van de politie, het Openbaar Ministerie of een gevangenis? Dan kunt u "
	"ook daar om een overzicht vragen.",
	"Of het overzicht volledig is, is niet met een aparte controle bewezen. Wij hebben gezocht "
	"op "
	"het nummer dat u ons gaf.",
	"U mag ons vragen om gegevens te verbeteren, aan te vullen, te verwijderen of minder te "
	"gebruiken. U mag ook bezwaar maken.",
	"Bent u het niet eens met deze brief? Dan kunt u naar de rechter gaan. U kunt ook een "
	"klacht "
	"indienen bij de Autoriteit Persoonsgegevens.",
};

const char *brief_zin(size_t n)
{
	return n < sizeof zinnen / sizeof zinnen[0] ? zinnen[n] : NULL;
}

// The annex, in plain words.
static const char *const uitleg[][2] = {
	{"Melding", "Een bericht van een organisatie over een situatie waarin u voorkomt."},
	{"Vermoedelijk", "Iemand denkt dat het zo is. Het is niet bewezen."},
	{"Gedeeld",
	 "Wij gaven dit stukje informatie aan die organisatie. Er staat bij waarom dat mag."},
	{"Klaargezet", "De organisatie kon het ophalen. Wij weten niet zeker of dat is gebeurd."},
	{"Vernietigd", "Wij hebben het weggegooid. Wij kunnen het zelf ook niet meer lezen."},
	{"(niet verteld)", "Wij mogen of willen dit niet vertellen. Waarom staat in deze brief."},
};

static const char *told_text(const struct regel *regel)
{
	return regel->besluit == BESLUIT_MASKEREN ? "(niet verteld)\n" : regel->lines;
}

static void append_regel(struct buffer *out, const struct regel *regel)
{
	pagina_text(out, regel->is_melding ? "<h2>" : "<h3>", regel->kop,
		    regel->is_melding ? "</h2>\n<ul>\n" : "</h3>\n<ul>\n");
	for (const char *at = told_text(regel); *at;) {
		size_t len = strcspn(at, "\n");
		buffer_append_text(out, "<li>");
		pagina_bytes(out, bytes_make((const uint8_t *)at, len));
		buffer_append_text(out, "</li>\n");
		at += len + (at[len] == '\n');
	}
	buffer_append_text(out, "</ul>\n");
}

static void append_begin(const struct brief *brief, const char *datum, struct buffer *out)
{
	pagina_begin(out, "Overzicht van uw gegevens", brief->oefening);
	pagina_text(out, "<p>", brief->huis, "<br>");
	pagina_text(out, "", datum, "");
	if (brief->zaak[0])
		pagina_text(out, "<br>Ons kenmerk: ", brief->zaak, "");
	buffer_append_text(out,
			   "</p>\n<h1>Overzicht van uw gegevens</h1>\n"
			   "<p>U vroeg ons welke gegevens wij over u hebben. In deze brief staat "
			   "wat wij hebben, waar het vandaan komt en met wie wij het "
			   "deelden.</p>\n");
	pagina_text(out, "<p>Wij zijn ", brief->huis, ". Hebt u vragen? Ons contactpunt is: ");
	pagina_text(out, "", brief->contactpunt, ".</p>\n");
}

static void append_gronden(const struct brief *brief, struct buffer *out)
{
	if (!brief_grond(brief, 0))
		return;
	buffer_append_text(out, "<h2>Wat wij niet vertellen</h2>\n<ul>\n");
	for (size_t n = 0; brief_grond(brief, n); n++)
		pagina_text(out, "<li>", brief_grond(brief, n)->zin, "</li>\n");
	buffer_append_text(out, "</ul>\n");
}

void brief_html(const struct brief *brief, const char *datum, const char *sleutel,
		struct buffer *out)
{
	bool any = false;
	append_begin(brief, datum, out);
	for (size_t i = 0; i < brief->count; i++) {
		if (!brief_tells(brief, i))
			continue;
		append_regel(out, &brief->regels[i]);
		any = true;
	}
	if (!any)
		buffer_append_text(out, "<p>Er zijn geen gegevens die wij hierover kunnen "
					"verstrekken.</p>\n");
	append_gronden(brief, out);
	buffer_append_text(out, "<h2>Goed om te weten</h2>\n<ul>\n");
	for (size_t n = 0; brief_zin(n); n++)
		pagina_text(out, "<li>", brief_zin(n), "</li>\n");
	pagina_text(out, "</ul>\n<p>De privacy officer<br>Ondertekend met sleutel ", sleutel,
		    "</p>\n<h2>Uitleg</h2>\n<dl>\n");
	for (size_t n = 0; n < sizeof uitleg / sizeof uitleg[0]; n++) {
		pagina_text(out, "<dt>", uitleg[n][0], "</dt>");
		pagina_text(out, "<dd>", uitleg[n][1], "</dd>\n");
	}
	buffer_append_text(out, "</dl>\n");
	pagina_end(out);
}

// ---- JSON ----------------------------------------------------------------------------------

// Without its number: the numbers that are lacking would tell how many there were.
static void write_regel(struct json_out *out, const struct regel *regel)
{
	json_out_object_begin(out);
	json_out_add_text(out, "kop", regel->kop);
	json_out_key(out, "regels");
	json_out_array_begin(out);
	for (const char *at = told_text(regel); *at;) {
		size_t len = strcspn(at, "\n");
		json_out_text(out, bytes_make((const uint8_t *)at, len));
		at += len + (at[len] == '\n');
	}
	json_out_array_end(out);
	json_out_object_end(out);
}

void brief_json(const struct brief *brief, const char *datum, struct buffer *buffer)
{
	struct json_out out;
	json_out_init(&out, buffer);
	json_out_object_begin(&out);
	json_out_add_text(&out, "brief", "inzage");
	if (brief->oefening)
		json_out_add_bool(&out, "oefening", true);
	json_out_add_text(&out, "verantwoordelijke", brief->huis);
	json_out_add_text(&out, "oin", brief->huis_oin);
	json_out_add_text(&out, "contactpunt", brief->contactpunt);
	json_out_add_text(&out, "datum", datum);
	if (brief->zaak[0])
		json_out_add_text(&out, "zaak", brief->zaak);
	json_out_key(&out, "overzicht");
	json_out_array_begin(&out);
	for (size_t i = 0; i < brief->count; i++)
		if (brief_tells(brief, i))
			write_regel(&out, &brief->regels[i]);
	json_out_array_end(&out);
	json_out_key(&out, "gronden");
	json_out_array_begin(&out);
	for (size_t n = 0; brief_grond(brief, n); n++)
		json_out_text(&out, bytes_of_text(brief_grond(brief, n)->zin));
	json_out_array_end(&out);
	json_out_key(&out, "mededelingen");
	json_out_array_begin(&out);
	for (size_t n = 0; brief_zin(n); n++)
		json_out_text(&out, bytes_of_text(brief_zin(n)));
	json_out_array_end(&out);
	json_out_object_end(&out);
	buffer_append_text(buffer, "\n");
}

// SPDX-License-Identifier: EUPL-1.2
// The list that the officer goes through: every regel as it would be told, behind a "#", and before
// each its number with a place for the decision:
//
//   inzage <SHA-256 of all regels>
//   1 ?
//   # Melding van 22 november 2026
//   #   Soort melding: politie
//   1.1 ?
//   …
//
// A decision is "verstrekken", "maskeren <grond>" (the regel is told without what it says) or
// "weigeren <grond>".
#include "audit/brief.h"

#include "melding/reason.h"

#include <string.h>

#define FIX                                                                                        \
	"behind each number write verstrekken, maskeren GROND or weigeren GROND; the gronden "     \
	"stand at the top of the list"

static const struct weigergrond gronden[] = {
	{"avg-15-4", "Wij vertellen niet wat rechten of vrijheden van anderen zou schaden (artikel "
		     "15, vierde lid, AVG)."},
	{"uavg-41", "Wij vertellen niet wat een zwaarwegend algemeen belang zou schaden, zoals de "
		    "veiligheid of het voorkomen van strafbare feiten (artikel 41 Uitvoeringswet "
		    "AVG)."},
	{"wpg-27",
	 "Wij vertellen niet wat de taak van de politie of rechten van anderen zou schaden "
	 "(artikel 27 Wet politiegegevens)."},
	{"wjsg-39l", "Wij vertellen niet wat de opsporing, de tenuitvoerlegging of rechten van "
		     "anderen zou schaden (artikel 39l Wet justitiële en strafvorderlijke "
		     "gegevens)."},
};

const struct weigergrond *weigergrond_at(size_t n)
{
	return n < sizeof gronden / sizeof gronden[0] ? &gronden[n] : NULL;
}

const struct weigergrond *weigergrond_named(struct bytes code)
{
	for (size_t n = 0; weigergrond_at(n); n++)
		if (bytes_equal(code, bytes_of_text(gronden[n].code)))
			return &gronden[n];
	return NULL;
}

struct hash brief_hash(const struct brief *brief)
{
	struct buffer all;
	buffer_init(&all, SIZE_MAX);
	for (size_t i = 0; i < brief->count; i++) {
		const struct regel *regel = &brief->regels[i];
		const char *texts[] = {regel->nummer, regel->kop, regel->tekst};
		for (size_t n = 0; n < sizeof texts / sizeof texts[0]; n++) {
			buffer_append_u32be(&all, (uint32_t)strlen(texts[n]));
			buffer_append_text(&all, texts[n]);
		}
	}
	struct hash hash = sha256(buffer_view(&all));
	buffer_wipe(&all);
	return hash;
}

// ---- writing it ----------------------------------------------------------------------------

// Each line of the text behind "# ".
static void append_remark(struct buffer *out, const char *text, const char *indent)
{
	for (const char *at = text; *at;) {
		size_t len = strcspn(at, "\n");
		buffer_append_format(out, "# %s%.*s\n", indent, (int)len, at);
		at += len + (at[len] == '\n');
	}
}

void besluiten_write(const struct brief *brief, struct buffer *out)
{
	char hex[65];
	struct hash hash = brief_hash(brief);
	hex_encode(hex, bytes_of_hash(&hash));
	buffer_append_text(
		out, "# Zet achter elk nummer: verstrekken, maskeren GROND of weigeren "
		     "GROND.\n# Gemaskeerd blijft de kop staan; wat wordt geweigerd staat "
		     "niet in de brief.\n# Met wie iets is gedeeld, noemt ook de kop van wat er "
		     "is gedeeld: beslis daar apart over.\n# Gronden:\n");
	for (size_t n = 0; weigergrond_at(n); n++)
		buffer_append_format(out, "#   %s\t%s\n", gronden[n].code, gronden[n].zin);
	buffer_append_format(out, "inzage %s\n", hex);
	for (size_t i = 0; i < brief->count; i++) {
		const struct regel *regel = &brief->regels[i];
		buffer_append_format(out, "\n%s ?\n", regel->nummer);
		append_remark(out, regel->kop, "");
		append_remark(out, regel->tekst, "  ");
	}
}

// ---- reading it ----------------------------------------------------------------------------

struct reading {
	struct brief *brief;
	struct problem *problem;
	unsigned line;
	bool headed;
};

static enum result refuse(const struct reading *reading, enum result result, const char *message)
{
	enum reason reason = result == RESULT_CONFLICT ? REASON_CONFLICT : REASON_SYNTAX;
	problem_set(reading->problem, reason_code(reason), FIX, "%s", message);
	reading->problem->line = reading->line;
	return result;
}

static enum result read_head(struct reading *reading, struct bytes rest)
{
	char hex[65];
	struct hash hash = brief_hash(reading->brief);
	hex_encode(hex, bytes_of_hash(&hash));
	if (!bytes_equal(rest, bytes_of_text(hex)))
		return refuse(reading, RESULT_CONFLICT,
			      "this list is of another answer: something came or went since it was "
			      "made; write a new list and go through that");
	reading->headed = true;
	return RESULT_OK;
}

static struct regel *regel_named(struct brief *brief, struct bytes nummer)
{
	for (size_t i = 0; i < brief->count; i++)
		if (bytes_equal(nummer, bytes_of_text(brief->regels[i].nummer)))
			return &brief->regels[i];
	return NULL;
}

static enum result read_besluit(struct reading *reading, struct bytes nummer, struct bytes rest)
{
	static const struct {
		const char *word;
		enum besluit besluit;
	} words[] = {{"verstrekken", BESLUIT_VERSTREKKEN},
		     {"maskeren", BESLUIT_MASKEREN},
		     {"weigeren", BESLUIT_WEIGEREN}};
	struct regel *regel = regel_named(reading->brief, nummer);
	struct bytes word;
	size_t n = 0, count = sizeof words / sizeof words[0];
	if (!regel)
		return refuse(reading, RESULT_MALFORMED, "there is no regel of this number");
	if (regel->besluit != BESLUIT_GEEN)
		return refuse(reading, RESULT_MALFORMED, "this regel is decided on twice");
	bool said = word_take(&rest, &word);
	while (said && n < count && !bytes_equal(word, bytes_of_text(words[n].word)))
		n++;
	if (!said || n == count)
		return refuse(reading, RESULT_MALFORMED, "this regel is not decided on");
	regel->besluit = words[n].besluit;
	regel->grond = weigergrond_named(rest);
	bool needs = regel->besluit != BESLUIT_VERSTREKKEN;
	if (needs != (regel->grond != NULL) || (!needs && rest.len > 0))
		return refuse(reading, RESULT_MALFORMED,
			      needs ? "what is not told needs one of the gronden"
				    : "what is told has no grond");
	return RESULT_OK;
}

static enum result read_line(struct reading *reading, struct bytes line)
{
	struct bytes word;
	while (line.len > 0 && (line.data[line.len - 1] == ' ' || line.data[line.len - 1] == '\r'))
		line.len--;
	if (line.len == 0 || line.data[0] == '#')
		return RESULT_OK;
	if (!word_take(&line, &word))
		return RESULT_OK;
	if (!reading->headed)
		return bytes_equal(word, bytes_of_text("inzage"))
			       ? read_head(reading, line)
			       : refuse(reading, RESULT_MALFORMED, "this is no list of an inzage");
	return read_besluit(reading, word, line);
}

enum result besluiten_read(struct brief *brief, struct bytes text, struct problem *problem)
{
	struct reading reading = {.brief = brief, .problem = problem};
	enum result result = RESULT_OK;
	while (result == RESULT_OK && text.len > 0) {
		const uint8_t *end = memchr(text.data, '\n', text.len);
		size_t len = end ? (size_t)(end - text.data) : text.len;
		reading.line++;
		result = read_line(&reading, bytes_make(text.data, len));
		len += end ? 1 : 0;
		text = bytes_make(text.data + len, text.len - len);
	}
	for (size_t i = 0; result == RESULT_OK && i < brief->count; i++)
		if (!reading.headed || brief->regels[i].besluit == BESLUIT_GEEN)
			result = refuse(&reading, RESULT_MALFORMED,
					"the list ends before every regel is decided on");
	return result;
}

// ---- what it comes to ----------------------------------------------------------------------

// What belongs to a melding that is refused or masked is not told either: it would tell of it.
bool brief_tells(const struct brief *brief, size_t n)
{
	size_t melding = n;
	while (melding > 0 && !brief->regels[melding].is_melding)
		melding--;
	return brief->regels[n].besluit != BESLUIT_WEIGEREN &&
	       (melding == n || brief->regels[melding].besluit == BESLUIT_VERSTREKKEN);
}

const struct weigergrond *brief_grond(const struct brief *brief, size_t n)
{
	for (size_t g = 0; weigergrond_at(g); g++) {
		bool used = false;
		for (size_t i = 0; i < brief->count; i++)
			used |= brief->regels[i].grond == weigergrond_at(g);
		if (used && n-- == 0)
			return weigergrond_at(g);
	}
	return NULL;
}

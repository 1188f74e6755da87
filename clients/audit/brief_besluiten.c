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

#define LINES_MAX (1024u * 1024)

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

// ---- what a regel says ---------------------------------------------------------------------

static size_t melding_of(const struct brief *brief, size_t n)
{
	while (n > 0 && !brief->regels[n].is_melding)
		n--;
	return n;
}

// Not when the melding says it and all of that is refused. What another melding says of the same
// kind is decided on there.
static bool names_deel(const struct brief *brief, size_t n, const struct deel *deel)
{
	bool said = false, told = false;
	for (size_t i = melding_of(brief, n) + 1;
	     deel->rubriek && i < brief->count && !brief->regels[i].is_melding; i++) {
		if (brief->regels[i].rubriek != deel->rubriek)
			continue;
		said = true;
		told |= brief->regels[i].besluit != BESLUIT_WEIGEREN;
	}
	return told || !said;
}

// What was given for the same reason is told together, and the reason once: the first says it.
static bool begins_reason(const struct brief *brief, size_t n, size_t at)
{
	const struct deel *delen = brief->regels[n].delen;
	for (size_t i = 0; i < at; i++)
		if (names_deel(brief, n, &delen[i]) &&
		    strcmp(delen[i].waarom, delen[at].waarom) == 0)
			return false;
	return names_deel(brief, n, &delen[at]);
}

static void append_lines(const struct brief *brief, size_t n, struct buffer *out)
{
	const struct regel *regel = &brief->regels[n];
	for (size_t at = 0; at < regel->deel_count; at++) {
		const struct deel *first = &regel->delen[at];
		if (!begins_reason(brief, n, at))
			continue;
		buffer_append_format(out, "Gedeeld: %s", first->naam);
		for (size_t i = at + 1; i < regel->deel_count; i++)
			if (names_deel(brief, n, &regel->delen[i]) &&
			    strcmp(regel->delen[i].waarom, first->waarom) == 0)
				buffer_append_format(out, ", %s", regel->delen[i].naam);
		buffer_append_format(out, "\n%s", first->waarom);
	}
	buffer_append_text(out, regel->tekst);
}

// A verstrekking of which every rubriek is refused: what is left would tell that there is one.
static bool is_left_empty(const struct brief *brief, size_t n)
{
	const struct regel *regel = &brief->regels[n];
	bool names = regel->deel_count == 0 || regel->besluit != BESLUIT_VERSTREKKEN;
	for (size_t i = 0; i < regel->deel_count; i++)
		names |= names_deel(brief, n, &regel->delen[i]);
	return !names && brief_tells(brief, n);
}

enum result brief_settle(struct brief *brief)
{
	enum result result = RESULT_OK;
	for (size_t n = 0; result == RESULT_OK && n < brief->count; n++) {
		struct buffer lines;
		buffer_init(&lines, LINES_MAX);
		append_lines(brief, n, &lines);
		result = lines.status;
		if (result == RESULT_OK)
			brief->regels[n].lines = arena_text(brief->arena, buffer_view(&lines));
		if (result == RESULT_OK && !brief->regels[n].lines)
			result = RESULT_NO_MEMORY;
		buffer_wipe(&lines);
	}
	return result;
}

struct hash brief_hash(const struct brief *brief)
{
	struct hash hash = {{0}};
	for (size_t n = 0; n < brief->count; n++) {
		const struct regel *regel = &brief->regels[n];
		const struct bytes pieces[] = {bytes_of_hash(&hash), bytes_of_text(regel->nummer),
					       bytes_of_text(regel->kop),
					       bytes_of_text(regel->lines)};
		hash = pae_sha256(pieces, sizeof pieces / sizeof pieces[0]);
	}
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
	buffer_append_text(out,
			   "# Zet achter elk nummer: verstrekken, maskeren GROND of weigeren "
			   "GROND.\n# Gemaskeerd blijft de kop staan; wat wordt geweigerd staat "
			   "niet in de brief.\n# Wat is geweigerd, noemt de brief ook niet bij met "
			   "wie het is gedeeld.\n# Gronden:\n");
	for (size_t n = 0; weigergrond_at(n); n++)
		buffer_append_format(out, "#   %s\t%s\n", gronden[n].code, gronden[n].zin);
	buffer_append_format(out, "inzage %s\n", hex);
	for (size_t i = 0; i < brief->count; i++) {
		const struct regel *regel = &brief->regels[i];
		buffer_append_format(out, "\n%s ?\n", regel->nummer);
		append_remark(out, regel->kop, "");
		append_remark(out, regel->lines, "  ");
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

// Of no line: it follows from several.
static enum result refuse_empty(struct reading *reading, const char *nummer)
{
	reading->line = 0;
	problem_set(reading->problem, reason_code(REASON_SYNTAX),
		    "refuse it too, or tell one of the rubrieken that it gave",
		    "all that the verstrekking %s gave is refused in the melding itself", nummer);
	return RESULT_MALFORMED;
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
	for (size_t i = 0; result == RESULT_OK && i < brief->count; i++)
		if (is_left_empty(brief, i))
			result = refuse_empty(&reading, brief->regels[i].nummer);
	return result == RESULT_OK ? brief_settle(brief) : result;
}

// ---- what it comes to ----------------------------------------------------------------------

// What belongs to a melding that is refused or masked is not told either: it would tell of it.
bool brief_tells(const struct brief *brief, size_t n)
{
	size_t melding = melding_of(brief, n);
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

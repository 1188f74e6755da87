// SPDX-License-Identifier: EUPL-1.2
// An answer to why for people: first one line for each rubriek, then the facts that were looked at,
// then (of one rubriek, or with --alles) every step.
#include "audit/why.h"

#include "desk/answer.h"

#include <stdio.h>
#include <string.h>

#define LINE_BYTES 4096

static bool is_named(const struct control_line *line, const char *name)
{
	return bytes_equal(line->name, bytes_of_text(name));
}

static void say_value(const struct desk *desk, const struct block *block, const char *line,
		      const char *caption)
{
	for (size_t i = 0; i < block->count; i++) {
		struct bytes value = block->lines[i].value;
		if (is_named(&block->lines[i], line))
			desk_say(desk, "  %-12s %.*s", caption, (int)value.len,
				 value.data ? (const char *)value.data : "");
	}
}

// "/wmo" of "<oin>/wmo"; nothing when there is no slash.
static struct bytes functie_of(struct bytes ontvanger)
{
	const uint8_t *slash = ontvanger.len ? memchr(ontvanger.data, '/', ontvanger.len) : NULL;
	size_t skip = slash ? (size_t)(slash - ontvanger.data) : ontvanger.len;
	return bytes_make(ontvanger.data + skip, ontvanger.len - skip);
}

// "gemeente/wmo: identificatie of betrokkene 1: verstrekt"
static void append_head(struct buffer *out, const struct block *block)
{
	struct bytes who = block_value(block, "vraag"), name = block_value(block, "partij");
	struct bytes functie = functie_of(who), whom = block_value(block, "betrokkene");
	bool incident = bytes_equal(whom, bytes_of_text("0"));
	if (!name.data)
		name = bytes_make(who.data, who.len - functie.len);
	buffer_append(out, name);
	buffer_append(out, functie);
	buffer_append_text(out, ": ");
	buffer_append(out, block_value(block, "rubriek"));
	buffer_append_text(out, incident ? " of the incident" : " of betrokkene ");
	if (!incident)
		buffer_append(out, whom);
	buffer_append_text(out, ": ");
	buffer_append(out, block_value(block, "beslissing"));
}

static void say_line(const struct desk *desk, struct buffer *line)
{
	desk_say(desk, "%.*s", (int)line->len, line->len ? (const char *)line->data : "");
	buffer_done(line);
}

static void say_block(const struct desk *desk, const struct block *block)
{
	static const char *const lines[][2] = {
		{"gegeven", "given by"},
		{"vervallen", "lapsed in"},
		{"regel", "regel"},
		{"regeltekst", ""},
		{"convenantartikel", "artikel"},
		{"herkomst", "herkomst"},
		{"doel", "doel"},
		{"grondslag", "grondslag"},
		{"voorlopig", "voorlopig"},
		{"nearest-regel", "nearest"},
		{"nearest-test", "but for"},
		{"wacht-op", "waits for"},
	};
	struct buffer head;
	buffer_init(&head, LINE_BYTES);
	append_head(&head, block);
	say_line(desk, &head);
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		say_value(desk, block, lines[i][0], lines[i][1]);
}

static void say_story(const struct desk *desk, const struct block *common,
		      const struct block *block)
{
	say_block(desk, block);
	verloop_say(desk, common, block);
}

// The code tables it was decided with, where they have changed since.
static void say_codes(const struct desk *desk, const struct block *common)
{
	struct bytes rest = block_value(common, "codes-hash"), hash;
	if (word_take(&rest, &hash) && !bytes_equal(rest, bytes_of_text("yes")))
		desk_say(desk, "  %-10s other code tables than those of now: %.*s", "codes",
			 (int)hash.len, (const char *)hash.data);
}

// Where it was decided and by which document; later wegingen may rest on another.
static void say_common(const struct desk *desk, const struct block *common)
{
	say_value(desk, common, "index", "entry");
	say_value(desk, common, "convenant", "convenant");
	say_value(desk, common, "convenant-hash", "hash");
	say_codes(desk, common);
	say_value(desk, common, "later", "later");
	say_value(desk, common, "gewist", "gewist");
	say_value(desk, common, "gewist-index", "by entry");
	say_value(desk, common, "gewist-grond", "grond");
	screening_say(desk, common);
}

// ---- facts ---------------------------------------------------------------------------------

// Of "1.minderjarig=nee" the attribute, and the betrokkene: 0 for a fact of the melding as a whole.
struct feit_naam {
	struct bytes attribuut, betrokkene;
};

static struct feit_naam name_of(struct bytes feit)
{
	const uint8_t *equals = feit.len ? memchr(feit.data, '=', feit.len) : NULL;
	struct feit_naam naam = {.betrokkene = bytes_of_text("0")};
	size_t len = equals ? (size_t)(equals - feit.data) : feit.len, digits = 0;
	while (digits < len && feit.data[digits] >= '0' && feit.data[digits] <= '9')
		digits++;
	bool numbered = digits > 0 && digits < len && feit.data[digits] == '.';
	size_t skip = numbered ? digits + 1 : 0;
	if (numbered)
		naam.betrokkene = bytes_make(feit.data, digits);
	naam.attribuut = bytes_make(feit.data + skip, len - skip);
	return naam;
}

static bool has_value(const struct block *block, const char *name, struct bytes value)
{
	for (size_t i = 0; i < block->count; i++)
		if (is_named(&block->lines[i], name) && bytes_equal(block->lines[i].value, value))
			return true;
	return false;
}

// "weging.<regel>" is a fact that this regel looks at, or that it waits for.
static bool is_weging_of(const struct block *block, struct bytes attribuut)
{
	static const char weging[] = "weging.";
	const size_t len = sizeof weging - 1;
	if (attribuut.len <= len || memcmp(attribuut.data, weging, len) != 0)
		return false;
	struct bytes regel = bytes_make(attribuut.data + len, attribuut.len - len);
	return has_value(block, "regel", regel) || has_value(block, "wacht-op", regel);
}

// Whether the answer of this block rests on the fact: its regels look at it, of this betrokkene, of
// the melding as a whole, or (asked of the incident) of any.
static bool rests_on(const struct block *block, struct bytes feit)
{
	struct feit_naam naam = name_of(feit);
	struct bytes whom = block_value(block, "betrokkene");
	bool about = bytes_equal(naam.betrokkene, bytes_of_text("0")) ||
		     bytes_equal(whom, bytes_of_text("0")) || bytes_equal(naam.betrokkene, whom);
	return about && (has_value(block, "getoetst", naam.attribuut) ||
			 is_weging_of(block, naam.attribuut));
}

// ---- the summary ---------------------------------------------------------------------------

static void append_all(struct buffer *out, const struct block *block, const char *name,
		       const char *before)
{
	size_t count = 0;
	for (size_t i = 0; i < block->count; i++) {
		if (!is_named(&block->lines[i], name))
			continue;
		buffer_append_text(out, count++ ? ", " : before);
		buffer_append(out, block->lines[i].value);
	}
}

static void append_feiten(struct buffer *out, const struct block *common, const struct block *block)
{
	size_t count = 0;
	for (size_t i = 0; i < common->count; i++) {
		const struct control_line *line = &common->lines[i];
		if (!is_named(line, "feit") || !rests_on(block, line->value))
			continue;
		buffer_append_text(out, count++ ? ", " : " (");
		buffer_append(out, line->value);
	}
	if (count > 0)
		buffer_append_text(out, ")");
}

// The outcome, the regels it comes from, and what decided: a fact that they look at, or the test
// that failed or cannot be answered yet.
static void say_summary(const struct desk *desk, const struct block *common,
			const struct block *block)
{
	struct buffer line;
	struct bytes test = block_value(block, "nearest-test");
	bool by_regel = block_value(block, "regel").data != NULL;
	buffer_init(&line, LINE_BYTES);
	append_head(&line, block);
	append_all(&line, block, "vervallen", ", given and vervallen in entry ");
	append_all(&line, block, "regel", ", regel ");
	if (!by_regel)
		append_all(&line, block, "nearest-regel", ", nearest regel ");
	append_all(&line, block, "wacht-op", ", waits for ");
	if (test.len > 0) {
		buffer_append_text(&line, ": ");
		buffer_append(&line, test);
	} else {
		append_feiten(&line, common, block);
	}
	say_line(desk, &line);
}

// The same for a procesregisseur, as one sentence: who got what about whom or did not, and why.
static void say_zin(const struct desk *desk, const struct block *block)
{
	static const struct {
		const char *oordeel, *kreeg, *door, *bijna;
	} zinnen[] = {{"verstrekt", " kreeg ", " omdat dit het geeft: ", ""},
		      {"geweigerd",
		       " kreeg niet: ", " omdat dit het verbiedt: ", ", het dichtst bij kwam "},
		      {"wacht", " kreeg nog niet: ", " want het wacht op ", " want het wacht op "}};
	struct bytes oordeel = block_value(block, "beslissing");
	struct bytes who = block_value(block, "vraag"), naam = block_value(block, "partij");
	struct bytes functie = functie_of(who), over = block_value(block, "betrokkene");
	struct bytes test = block_value(block, "nearest-test");
	struct buffer zin;
	size_t n = 0;
	while (n < 3 && !bytes_equal(oordeel, bytes_of_text(zinnen[n].oordeel)))
		n++;
	if (n == 3)
		return;
	buffer_init(&zin, LINE_BYTES);
	buffer_append_text(&zin, "Waarom? ");
	buffer_append(&zin, naam.data ? naam : bytes_make(who.data, who.len - functie.len));
	buffer_append(&zin, functie);
	buffer_append_text(&zin, zinnen[n].kreeg);
	buffer_append(&zin, block_value(block, "rubriek"));
	if (!bytes_equal(over, bytes_of_text("0"))) {
		buffer_append_text(&zin, " over betrokkene ");
		buffer_append(&zin, over);
	}
	append_all(&zin, block, "vervallen", ", het verviel in entry ");
	append_all(&zin, block, "regel", zinnen[n].door);
	if (!block_value(block, "regel").data)
		append_all(&zin, block, "nearest-regel", zinnen[n].bijna);
	if (test.len > 0) {
		buffer_append_text(&zin, "; ");
		buffer_append(&zin, test);
	}
	buffer_append_text(&zin, ".");
	say_line(desk, &zin);
}

static bool is_used(const struct why_telling *telling, struct bytes feit)
{
	struct block block;
	for (size_t at = 0; why_next(telling, &at, &block);)
		if (rests_on(&block, feit))
			return true;
	return false;
}

static void say_feiten(const struct desk *desk, const struct why_telling *telling,
		       const struct block *common)
{
	size_t left = 0;
	bool all = desk->values[DESK_ALLES] != NULL;
	desk_say(desk, all ? "feiten:" : "feiten that were looked at:");
	for (size_t i = 0; i < common->count; i++) {
		struct bytes value = common->lines[i].value;
		bool origin = is_named(&common->lines[i], "feit-uit");
		if (!origin && !is_named(&common->lines[i], "feit"))
			continue;
		if (all || is_used(telling, value))
			desk_say(desk, "  %-12s %.*s", origin ? "from entries" : "", (int)value.len,
				 value.data ? (const char *)value.data : "");
		else
			left += !origin;
	}
	if (left > 0)
		desk_say(desk, "  and %zu that no regel looked at: --alles", left);
}

size_t why_say(const struct desk *desk, const struct why_telling *telling)
{
	struct block common = why_preamble(telling->answer), block;
	size_t told = 0;
	for (size_t at = 0; why_next(telling, &at, &block); told++)
		say_summary(desk, &common, &block);
	if (told == 0)
		return 0;
	for (size_t at = 0; why_next(telling, &at, &block);)
		say_zin(desk, &block);
	say_common(desk, &common);
	say_feiten(desk, telling, &common);
	bool whole = told == 1 || desk->values[DESK_ALLES];
	for (size_t at = 0; whole && why_next(telling, &at, &block);)
		say_story(desk, &common, &block);
	if (!whole)
		desk_say(desk, "Doel, grondslag and every step: name a BETROKKENE and a RUBRIEK, "
			       "or --alles.");
	return told;
}

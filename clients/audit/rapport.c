// SPDX-License-Identifier: EUPL-1.2
// What the house reports of a year, per onderwerp and gemeente: meldingen, casussen and unique
// persons apart (R13). The sources count from Q4 of the year before to Q3 (rapportagejaar) or from
// January (kalenderjaar). Numbers that are small are left out unless the house asks it for itself:
// with --alles, which tells what all onderwerpen of a gemeente come to as well; that would give
// away what is left out.
#include "audit/rapport.h"

#include "audit/audit.h"
#include "audit/stretches.h"
#include "base/clock.h"
#include "desk/answer.h"
#include "desk/vraag.h"

#include <stdio.h>
#include <string.h>

#define NAMEN_MAX 512
#define ONDERWERPEN_OF_ONE 24 // of one melding or casus, those of an aanpak included
#define YEAR_FIRST 1990
#define YEAR_LAST 2190

struct naam {
	char gemeente[GEMEENTE_LEN + 1], naam[64];
};

// A program tells one question: what it counts lies here.
static struct {
	struct tabel tabel;
	struct naam namen[NAMEN_MAX];
	size_t naam_count;
	// the melding or casus in hand
	uint8_t onderwerpen[ONDERWERPEN_OF_ONE];
	size_t onderwerp_count;
	char gemeente[GEMEENTE_LEN + 1];
	char entry[GETELD_MAX + 1];
	uint8_t handle[GETELD_MAX];
} rapport;

// ---- counting ------------------------------------------------------------------------------

static enum result take_onderwerp(struct bytes naam)
{
	if (rapport.onderwerp_count == ONDERWERPEN_OF_ONE)
		return RESULT_TOO_LARGE;
	return tabel_onderwerp(&rapport.tabel, naam,
			       &rapport.onderwerpen[rapport.onderwerp_count++]);
}

// Under each onderwerp of the one in hand, and under all.
static enum result count(enum telling wat, struct bytes id)
{
	enum result result = RESULT_OK;
	for (size_t i = 0; result == RESULT_OK && i < rapport.onderwerp_count; i++) {
		const struct waar waar = {rapport.onderwerpen[i], bytes_of_text(rapport.gemeente)};
		result = tabel_tel(&rapport.tabel, &waar, wat, id);
	}
	return result;
}

// "<gemeente> <thema,…>"
static enum result begin_one(struct bytes entry, struct bytes rest)
{
	struct bytes gemeente;
	rapport.onderwerp_count = 0;
	if (!word_take(&rest, &gemeente) || gemeente.len > GEMEENTE_LEN || entry.len > GETELD_MAX)
		return RESULT_MALFORMED;
	snprintf(rapport.gemeente, sizeof rapport.gemeente, "%.*s", (int)gemeente.len,
		 (const char *)gemeente.data);
	snprintf(rapport.entry, sizeof rapport.entry, "%.*s", (int)entry.len,
		 (const char *)entry.data);
	enum result result = take_onderwerp(bytes_of_text("alles"));
	if (bytes_equal(rest, bytes_of_text("-")))
		return result == RESULT_OK ? take_onderwerp(bytes_of_text("geen thema")) : result;
	while (result == RESULT_OK && rest.len > 0) {
		const uint8_t *comma = memchr(rest.data, ',', rest.len);
		size_t len = comma ? (size_t)(comma - rest.data) : rest.len;
		result = take_onderwerp(bytes_make(rest.data, len));
		len += comma ? 1 : 0;
		rest = bytes_make(rest.data + len, rest.len - len);
	}
	return result;
}

static enum result take_melding(struct desk *desk, struct bytes rest)
{
	struct bytes entry;
	(void)desk;
	enum result result = word_take(&rest, &entry) ? begin_one(entry, rest) : RESULT_MALFORMED;
	return result == RESULT_OK ? count(TELLING_MELDINGEN, bytes_of_text(rapport.entry))
				   : result;
}

static enum result take_persoon(struct desk *desk, struct bytes handle)
{
	uint8_t raw[GETELD_MAX];
	(void)desk;
	if (hex_decode(raw, sizeof raw, handle) != RESULT_OK)
		return RESULT_MALFORMED;
	return count(TELLING_PERSONEN, bytes_make(raw, sizeof raw));
}

static enum result take_onbekend(struct desk *desk, struct bytes betrokkene)
{
	char id[GETELD_MAX + 1];
	int len = snprintf(id, sizeof id, "%s/%.*s", rapport.entry, (int)betrokkene.len,
			   (const char *)betrokkene.data);
	(void)desk;
	return len < (int)sizeof id ? count(TELLING_ZONDER_NUMMER, bytes_of_text(id))
				    : RESULT_MALFORMED;
}

// Its person is one of those the house dealt with.
static enum result count_casus(void)
{
	enum result result = count(TELLING_CASUSSEN, bytes_of_text(rapport.entry));
	return result == RESULT_OK
		       ? count(TELLING_PERSONEN, bytes_make(rapport.handle, sizeof rapport.handle))
		       : result;
}

static enum result take_casus(struct desk *desk, struct bytes rest)
{
	struct bytes entry, handle;
	(void)desk;
	if (!word_take(&rest, &entry) || !word_take(&rest, &handle) ||
	    hex_decode(rapport.handle, sizeof rapport.handle, handle) != RESULT_OK)
		return RESULT_MALFORMED;
	enum result result = begin_one(entry, rest);
	return result == RESULT_OK ? count_casus() : result;
}

static enum result take_aanpak(struct desk *desk, struct bytes naam)
{
	char text[32];
	(void)desk;
	snprintf(text, sizeof text, "aanpak %.*s", (int)naam.len, (const char *)naam.data);
	rapport.onderwerp_count = 0; // the others have it
	enum result result = take_onderwerp(bytes_of_text(text));
	return result == RESULT_OK ? count_casus() : result;
}

static enum result take_naam(struct desk *desk, struct bytes rest)
{
	struct naam *naam = &rapport.namen[rapport.naam_count];
	struct bytes gemeente;
	(void)desk;
	if (!word_take(&rest, &gemeente) || gemeente.len > GEMEENTE_LEN)
		return RESULT_MALFORMED;
	for (size_t i = 0; i < rapport.naam_count; i++) // each answer has those of its gemeenten
		if (bytes_equal(gemeente, bytes_of_text(rapport.namen[i].gemeente)))
			return RESULT_OK;
	if (rapport.naam_count == NAMEN_MAX)
		return RESULT_OK;
	rapport.naam_count++;
	snprintf(naam->gemeente, sizeof naam->gemeente, "%.*s", (int)gemeente.len,
		 (const char *)gemeente.data);
	snprintf(naam->naam, sizeof naam->naam, "%.*s", (int)rest.len, (const char *)rest.data);
	return RESULT_OK;
}

// ---- asking --------------------------------------------------------------------------------

static const struct stretch_line lines[] = {{"melding", take_melding},
					    {"m-persoon", take_persoon},
					    {"m-onbekend", take_onbekend},
					    {"casus", take_casus},
					    {"c-aanpak", take_aanpak},
					    {"naam", take_naam},
					    {NULL, NULL}};

struct window {
	char since[21], until[21];
};

// The casussen, a piece an answer, until it does not say where they go on.
static int ask_casussen(struct desk *desk, const struct window *window)
{
	char place[64] = "0", next[64];
	for (int code;; snprintf(place, sizeof place, "%s", next)) {
		const struct stretch_more more[] = {
			{"until", window->until}, {"key", place}, {NULL, NULL}};
		const struct stretches stretches = {.command = "rapport",
						    .sealed = true,
						    .more = more,
						    .since = window->since,
						    .lines = lines,
						    .next = next,
						    .next_size = sizeof next};
		uint64_t told = 0;
		next[0] = '\0';
		code = audit_stretches(desk, &stretches, &told);
		if (code != DESK_DONE || !next[0])
			return code;
		if (strcmp(place, "0") != 0 && strcmp(next, place) <= 0)
			return desk_odd_answer(desk, "casussen that do not go on");
	}
}

static int ask_all(struct desk *desk, const struct window *window)
{
	const struct stretch_more more[] = {{"until", window->until}, {NULL, NULL}};
	const struct stretches stretches = {.command = "rapport",
					    .sealed = true,
					    .more = more,
					    .since = window->since,
					    .lines = lines};
	uint64_t told = 0;
	int code = audit_stretches(desk, &stretches, &told);
	return code == DESK_DONE ? ask_casussen(desk, window) : code;
}

// ---- telling -------------------------------------------------------------------------------

static const char *const tellingen[TELLING_COUNT] = {"meldingen", "casussen", "personen",
						     "zonder_nummer"};

static const char *naam_of(const struct cel *cel)
{
	if (strcmp(cel->gemeente, GEMEENTE_TOTAAL) == 0)
		return "totaal";
	if (strcmp(cel->gemeente, GEMEENTE_ONBEKEND) == 0)
		return "gemeente onbekend";
	for (size_t i = 0; i < rapport.naam_count; i++)
		if (strcmp(rapport.namen[i].gemeente, cel->gemeente) == 0)
			return rapport.namen[i].naam;
	return cel->gemeente;
}

static void say_cel(struct desk *desk, const struct cel *cel)
{
	char numbers[160] = "";
	size_t len = 0;
	for (int wat = 0; wat < TELLING_COUNT; wat++) {
		char number[24] = "*";
		if (!cel->onderdrukt[wat])
			snprintf(number, sizeof number, "%llu",
				 (unsigned long long)cel->aantal[wat]);
		len += (size_t)snprintf(
			numbers + len, sizeof numbers - len, "%s %s %s", wat > 0 ? "," : "", number,
			wat == TELLING_ZONDER_NUMMER ? "zonder nummer" : tellingen[wat]);
	}
	desk_say(desk, "  %-24s%s", naam_of(cel), numbers);
}

static void tell_cel(struct desk *desk, const struct cel *cel)
{
	struct desk_line line;
	bool any = false;
	say_cel(desk, cel);
	if (!desk->json)
		return;
	desk_line_begin(&line);
	json_out_add_bytes(&line.out, "onderwerp", rapport.tabel.onderwerpen[cel->onderwerp]);
	if (strncmp(cel->gemeente, "GM", 2) == 0)
		json_out_add_text(&line.out, "gemeente", cel->gemeente);
	json_out_add_text(&line.out, "naam", naam_of(cel));
	for (int wat = 0; wat < TELLING_COUNT; wat++) {
		any |= cel->onderdrukt[wat];
		if (!cel->onderdrukt[wat])
			json_out_add_number(&line.out, tellingen[wat], cel->aantal[wat]);
	}
	if (any) {
		json_out_key(&line.out, "onderdrukt");
		json_out_array_begin(&line.out);
		for (int wat = 0; wat < TELLING_COUNT; wat++)
			if (cel->onderdrukt[wat])
				json_out_text(&line.out, bytes_of_text(tellingen[wat]));
		json_out_array_end(&line.out);
	}
	desk_line_end(desk, &line);
}

static void tell_all(struct desk *desk, bool inside)
{
	for (size_t i = 0; i < rapport.tabel.cel_count; i++) {
		const struct cel *cel = &rapport.tabel.cellen[i];
		const struct bytes naam = rapport.tabel.onderwerpen[cel->onderwerp];
		if (cel->onderwerp == ONDERWERP_ALLES && !inside)
			continue;
		if (i == 0 || cel[-1].onderwerp != cel->onderwerp)
			desk_say(desk, "%.*s", (int)naam.len, (const char *)naam.data);
		tell_cel(desk, cel);
	}
	desk_say(desk, inside ? "for the house itself: small numbers are in it"
			      : "* is less than 5, or would tell another that is");
}

static bool window_read(const char *year, const char *kind, struct window *ret_window)
{
	uint64_t number;
	char from[8], to[8];
	bool season = strcmp(kind, "rapportagejaar") == 0;
	if ((!season && strcmp(kind, "kalenderjaar") != 0) ||
	    number_parse(bytes_of_text(year), &number) || number < YEAR_FIRST || number > YEAR_LAST)
		return false;
	snprintf(from, sizeof from, "%u-%s", (unsigned)number - season, season ? "10" : "01");
	snprintf(to, sizeof to, "%u-%s", (unsigned)number, season ? "09" : "12");
	return month_begin(from, false, ret_window->since) &&
	       month_begin(to, true, ret_window->until);
}

int audit_rapport(struct desk *desk)
{
	const char *kind = desk->argument_count > 1 ? desk->arguments[1] : "kalenderjaar";
	bool inside = desk->values[DESK_ALLES] != NULL;
	struct window window;
	if (!window_read(desk->arguments[0], kind, &window))
		return desk_misused(desk, "give YEAR, as 2026, and kalenderjaar or rapportagejaar");
	int code = ask_all(desk, &window);
	if (code == DESK_DONE && tabel_maak(&rapport.tabel) != RESULT_OK)
		code = audit_no_memory(desk);
	if (code == DESK_DONE && !inside)
		tabel_onderdruk(&rapport.tabel);
	if (code == DESK_DONE)
		tell_all(desk, inside);
	tabel_done(&rapport.tabel);
	return code;
}

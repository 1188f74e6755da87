// SPDX-License-Identifier: EUPL-1.2
// The verklaring van vernietiging: what was destroyed in a time, when, how much, on which ground,
// by which entries of the log, and whether the destruction is done. It names nobody.
#include "audit/letter.h"

#include "audit/audit.h"
#include "audit/gebeurtenis.h"
#include "audit/verzoeken.h"
#include "base/clock.h"

#include <string.h>

// A program tells one question: the letter in hand lies here.
static struct {
	struct letter letter;
	uint64_t inhoud, verantwoording, begun;
} verklaring;

// "<time> <entry> <inhoud|verantwoording> <meldingen> <sleutels> <done: 1 or 0> <grond>"
static enum result take(struct desk *desk, struct bytes rest)
{
	struct bytes time, entry, what, meldingen, keys, done;
	char datum[DATUM_MAX];
	uint64_t count;
	int64_t ms;
	(void)desk;
	if (!word_take(&rest, &time) || !word_take(&rest, &entry) || !word_take(&rest, &what) ||
	    !word_take(&rest, &meldingen) || !word_take(&rest, &keys) || !word_take(&rest, &done) ||
	    number_parse(meldingen, &count) != RESULT_OK || time_parse(time, &ms) != RESULT_OK)
		return RESULT_MALFORMED;
	bool content = bytes_equal(what, bytes_of_text("inhoud"));
	bool is_done = bytes_equal(done, bytes_of_text("1"));
	verklaring.inhoud += content && is_done ? count : 0;
	verklaring.verantwoording += content || !is_done ? 0 : count;
	verklaring.begun += !is_done;
	brief_datum(ms, datum);
	letter_add(&verklaring.letter, STUK_PUNT,
		   "%s: %s van %llu %s; reden: %.*s; regel %.*s van het log; sleutels: %.*s; %s",
		   datum, content ? "de inhoud" : "de verantwoording", (unsigned long long)count,
		   count == 1 ? "melding" : "meldingen", (int)rest.len, (const char *)rest.data,
		   (int)entry.len, (const char *)entry.data, (int)keys.len, (const char *)keys.data,
		   is_done ? "klaar" : "begonnen, nog niet klaar");
	return RESULT_OK;
}

static const struct stretch_line lines[] = {{"vernietigd", take}, {NULL, NULL}};

// Of the house: a question about nothing tells whose log it is.
static int ask_house(struct desk *desk)
{
	struct verzoeken verzoeken = {0};
	char now[21];
	time_format(now, clock_wall_ms());
	int code = verzoeken_ask(desk, now, &verzoeken);
	verzoeken_free(&verzoeken);
	verklaring.letter.huis = gebeurtenis_huis()->naam;
	verklaring.letter.oin = gebeurtenis_huis()->oin;
	verklaring.letter.contactpunt = gebeurtenis_huis()->contactpunt;
	return code;
}

static int ask_gone(struct desk *desk, const struct days *days)
{
	struct letter *letter = &verklaring.letter;
	const struct stretches stretches = {
		.command = "erasures", .since = days->since, .lines = lines};
	uint64_t told = 0;
	letter_add(letter, STUK_ALINEA,
		   "Wij verklaren dat wij in de laatste %llu dagen hebben vernietigd wat hieronder "
		   "als klaar staat. Wij hebben de sleutels overschreven waarmee de gegevens waren "
		   "versleuteld. "
		   "Daarna kan niemand ze meer lezen, wij ook niet.",
		   (unsigned long long)days->count);
	letter_add(letter, STUK_KOP, "Wat is vernietigd?");
	int code = audit_stretches(desk, &stretches, &told);
	if (code == DESK_DONE && told == 0)
		letter_add(letter, STUK_ALINEA, "Niets.");
	return code;
}

static void add_total(void)
{
	struct letter *letter = &verklaring.letter;
	letter_add(letter, STUK_KOP, "Samen");
	letter_add(letter, STUK_PUNT, "Meldingen waarvan de inhoud is vernietigd: %llu.",
		   (unsigned long long)verklaring.inhoud);
	letter_add(letter, STUK_PUNT, "Meldingen waarvan de verantwoording is vernietigd: %llu.",
		   (unsigned long long)verklaring.verantwoording);
	if (verklaring.begun > 0)
		letter_add(letter, STUK_PUNT,
			   "Begonnen en nog niet klaar: %llu keer. Daarvoor geldt deze verklaring "
			   "niet.",
			   (unsigned long long)verklaring.begun);
	letter_add(
		letter, STUK_ALINEA,
		"In reservekopieën van de sleutels verdwijnen zij als die kopieën aflopen. Wie wil "
		"controleren of dit klopt, kan het log van het knooppunt opvragen.");
	letter_add(letter, STUK_ALINEA, "Wij zijn %s. Ons contactpunt is: %s.", letter->huis,
		   letter->contactpunt);
}

int audit_brief_vernietiging(struct desk *desk)
{
	struct days days;
	int code = brief_key_given(desk);
	if (code == DESK_DONE)
		code = audit_days(desk, 1, &days); // DAYS is the first argument
	if (code != DESK_DONE)
		return code;
	verklaring.letter =
		(struct letter){.soort = "vernietiging", .titel = "Verklaring van vernietiging"};
	code = letter_begin(desk, &verklaring.letter);
	if (code == DESK_DONE)
		code = ask_house(desk);
	if (code == DESK_DONE)
		code = ask_gone(desk, &days);
	if (code == DESK_DONE) {
		add_total();
		code = letter_send(desk, &verklaring.letter, desk->arguments[1]);
	}
	letter_done(&verklaring.letter);
	return code;
}

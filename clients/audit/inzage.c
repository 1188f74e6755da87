// SPDX-License-Identifier: EUPL-1.2
// A concept of the answer to somebody who asks what is kept about him (AVG art. 15, Wpg art. 25,
// Wjsg art. 18): the lines of daemon/core/inzage.c, a melding at a time. What it leaves out it says
// in one sentence that is always the same, whatever there was.
#include "audit/audit.h"

#include "audit/inzage.h"
#include "base/arena.h"
#include "base/clock.h"
#include "json/melding_json.h"

#define RUBRIEK_ARENA (4u * 1024 * 1024)
#define NIET_OPGENOMEN                                                                             \
	"Niet opgenomen zijn gegevens over anderen, over wie iets heeft verteld, vrije tekst, en " \
	"wat op een vraag van ZSM of om verrijking is geantwoord."
#define ONTHOUDEN                                                                                  \
	"Wij noemen de bron van deze melding niet: de naam alleen al kan iets over u zeggen dat "  \
	"geheim moet blijven."

struct concept {
	struct desk *desk;
	struct arena *arena; // of one melding
	uint64_t meldingen;
};

// ---- one melding ---------------------------------------------------------------------------

static void write_moment(struct json_out *out, const char *key, struct bytes ms)
{
	uint64_t number;
	char moment[21];
	if (number_parse(ms, &number) != RESULT_OK)
		return;
	time_format(moment, (int64_t)number);
	json_out_add_text(out, key, moment);
}

static void write_words(struct json_out *out, const char *key, struct bytes line)
{
	json_out_add_bytes(out, key, line);
}

static void write_facts(struct json_out *out, const struct block *melding)
{
	static const char *const names[] = {"soort", "thema", "rol"};
	for (size_t n = 0; n < 3; n++) {
		json_out_key(out, names[n]);
		json_out_array_begin(out);
		for (size_t i = 0; i < melding->count; i++) {
			struct bytes rest = melding->lines[i].value, name;
			if (inzage_is(&melding->lines[i], "m-feit") && word_take(&rest, &name) &&
			    bytes_equal(name, bytes_of_text(names[n])))
				json_out_text(out, rest);
		}
		json_out_array_end(out);
	}
}

static void write_source(struct json_out *out, const struct block *melding)
{
	struct bytes rest = block_value(melding, "m-bron"), oin;
	json_out_key(out, "bron");
	json_out_object_begin(out);
	if (word_take(&rest, &oin)) {
		write_words(out, "oin", oin);
		write_words(out, "naam", rest);
	} else {
		json_out_add_text(out, "niet_genoemd", ONTHOUDEN);
	}
	json_out_object_end(out);
}

static enum result write_rubrieken(struct concept *concept, struct json_out *out, const char *key,
				   const struct block *melding, const char *name)
{
	size_t count = 0, room = 1; // none is left out, however many there are
	for (size_t i = 0; i < melding->count; i++)
		room += inzage_is(&melding->lines[i], name);
	struct rubriek *rubrieken = arena_alloc(concept->arena, room * sizeof *rubrieken);
	enum result result = rubrieken ? RESULT_OK : RESULT_NO_MEMORY;
	for (size_t i = 0; result == RESULT_OK && i < melding->count; i++) {
		if (!inzage_is(&melding->lines[i], name))
			continue;
		result = rubriek_decode(melding->lines[i].value, concept->arena, &rubrieken[count]);
		rubrieken[count++].bron = bytes_make(NULL, 0); // may name who told it
	}
	if (result != RESULT_OK)
		return RESULT_MALFORMED;
	json_out_key(out, key);
	melding_json_write(out, rubrieken, count);
	return RESULT_OK;
}

static void write_gone(struct json_out *out, const struct block *melding)
{
	struct bytes rest = block_value(melding, "m-gewist"), ms, entry;
	uint64_t index;
	if (!word_take(&rest, &ms) || !word_take(&rest, &entry) ||
	    number_parse(entry, &index) != RESULT_OK)
		return;
	json_out_key(out, "vernietigd");
	json_out_object_begin(out);
	write_moment(out, "op", ms);
	json_out_add_number(out, "entry", index);
	json_out_add_bytes(out, "grond", rest);
	json_out_object_end(out);
}

static void write_informed(struct json_out *out, const struct block *melding)
{
	bool any = false;
	for (size_t i = 0; i < melding->count; i++) {
		uint64_t at;
		char moment[21];
		if (!inzage_is(&melding->lines[i], "m-geinformeerd") ||
		    number_parse(melding->lines[i].value, &at) != RESULT_OK)
			continue;
		if (!any) {
			json_out_key(out, "geinformeerd");
			json_out_array_begin(out);
		}
		any = true;
		time_format(moment, (int64_t)at);
		json_out_text(out, bytes_of_text(moment));
	}
	if (any)
		json_out_array_end(out);
}

static void write_terms(struct json_out *out, const struct block *melding)
{
	struct bytes rest = block_value(melding, "m-bewaar"), inhoud;
	if (!word_take(&rest, &inhoud))
		return;
	json_out_key(out, "bewaard_tot");
	json_out_object_begin(out);
	if (!bytes_equal(inhoud, bytes_of_text("0")))
		write_moment(out, "inhoud", inhoud);
	write_moment(out, "verantwoording", rest);
	json_out_object_end(out);
}

// One rubriek of a verstrekking, with the doel and the grondslagen that follow it.
static size_t write_given(struct json_out *out, const struct block *melding, size_t at)
{
	struct bytes rest = melding->lines[at].value, rubriek, regel;
	if (!word_take(&rest, &rubriek) || !word_take(&rest, &regel))
		return at + 1;
	json_out_object_begin(out);
	json_out_add_bytes(out, "rubriek", rubriek);
	json_out_add_bytes(out, "regel", regel);
	json_out_add_bytes(out, "convenantartikel", rest);
	bool open = false, voorlopig = false;
	for (at++; at < melding->count; at++) {
		const struct control_line *line = &melding->lines[at];
		if (inzage_is(line, "v-doel")) {
			json_out_add_bytes(out, "doel", line->value);
		} else if (inzage_is(line, "v-grondslag")) {
			if (!open) {
				json_out_key(out, "grondslag");
				json_out_array_begin(out);
			}
			open = true;
			json_out_text(out, line->value);
		} else if (inzage_is(line, "v-voorlopig")) {
			voorlopig = true;
		} else if (!inzage_is(line, "m-overleg")) {
			break;
		}
	}
	if (open)
		json_out_array_end(out);
	json_out_add_bool(out, "voorlopig", voorlopig);
	json_out_object_end(out);
	return at;
}

static size_t write_verstrekking(struct json_out *out, const struct block *melding, size_t at)
{
	struct bytes rest = melding->lines[at].value, entry, ms, status, oin, functie;
	uint64_t index = 0;
	if (!word_take(&rest, &entry) || !word_take(&rest, &ms) || !word_take(&rest, &status) ||
	    !word_take(&rest, &oin) || !word_take(&rest, &functie) ||
	    number_parse(entry, &index) != RESULT_OK)
		return at + 1;
	json_out_object_begin(out);
	write_moment(out, "op", ms);
	json_out_add_number(out, "entry", index);
	json_out_add_bytes(out, "status", status);
	json_out_add_bytes(out, "organisatie", rest);
	json_out_add_bytes(out, "oin", oin);
	json_out_add_bytes(out, "functie", functie);
	json_out_key(out, "gegevens");
	json_out_array_begin(out);
	at++;
	while (at < melding->count && inzage_is(&melding->lines[at], "v-rubriek"))
		at = write_given(out, melding, at);
	json_out_array_end(out);
	json_out_object_end(out);
	return at;
}

static void write_verstrekkingen(struct json_out *out, const struct block *melding)
{
	json_out_key(out, "verstrekkingen");
	json_out_array_begin(out);
	for (size_t at = 0; at < melding->count;) {
		if (!inzage_is(&melding->lines[at], "m-verstrekking")) {
			at++;
			continue;
		}
		at = write_verstrekking(out, melding, at);
	}
	json_out_array_end(out);
}

static void write_overleggen(struct json_out *out, const struct block *melding)
{
	json_out_key(out, "overleggen");
	json_out_array_begin(out);
	for (size_t i = 0; i < melding->count; i++)
		if (inzage_is_overleg(melding, i))
			json_out_text(out, melding->lines[i].value);
	json_out_array_end(out);
}

static enum result tell_melding(void *context, const struct answer *answer,
				const struct block *melding)
{
	struct concept *concept = context;
	struct bytes rest = melding->lines[0].value, entry, ms;
	struct desk_line line;
	uint64_t index;
	(void)answer;
	if (!word_take(&rest, &entry) || !word_take(&rest, &ms) ||
	    number_parse(entry, &index) != RESULT_OK)
		return RESULT_MALFORMED;
	concept->meldingen++;
	desk_line_begin(&line);
	json_out_key(&line.out, "melding");
	json_out_object_begin(&line.out);
	json_out_add_number(&line.out, "entry", index);
	write_moment(&line.out, "ontvangen", ms);
	write_facts(&line.out, melding);
	write_source(&line.out, melding);
	enum result result = write_rubrieken(concept, &line.out, "gegevens", melding, "m-rubriek");
	if (result == RESULT_OK)
		result = write_rubrieken(concept, &line.out, "toegevoegd", melding, "m-toegevoegd");
	write_overleggen(&line.out, melding);
	write_verstrekkingen(&line.out, melding);
	write_informed(&line.out, melding);
	write_gone(&line.out, melding);
	write_terms(&line.out, melding);
	json_out_object_end(&line.out);
	if (result == RESULT_OK)
		desk_line_end(concept->desk, &line);
	else
		buffer_wipe(&line.buffer); // half of what is kept would be no answer
	arena_clear(concept->arena);
	return result;
}

// ---- the whole -----------------------------------------------------------------------------

static void tell_head(void *context, const struct answer *answer)
{
	const struct concept *concept = context;
	struct desk_line line;
	char huis[160], contact[400];
	uint64_t size = 0;
	if (answer_number(answer, "size", &size) != RESULT_OK)
		return;
	desk_line_begin(&line);
	json_out_add_bool(&line.out, "concept", true);
	json_out_key(&line.out, "verantwoordelijke");
	json_out_object_begin(&line.out);
	json_out_add_text(&line.out, "naam", answer_text(answer, "huis", huis, sizeof huis));
	json_out_add_text(&line.out, "oin", answer_text(answer, "huis-oin", huis, sizeof huis));
	json_out_add_text(&line.out, "contactpunt",
			  answer_text(answer, "contactpunt", contact, sizeof contact));
	json_out_object_end(&line.out);
	json_out_add_number(&line.out, "log", size);
	json_out_add_text(&line.out, "niet_opgenomen", NIET_OPGENOMEN);
	json_out_add_text(
		&line.out, "rechten",
		"U kunt vragen om verbetering, aanvulling, verwijdering of beperking, en "
		"bezwaar maken. Bent u het niet eens met ons antwoord, dan kunt u naar de "
		"rechter of een klacht indienen bij de Autoriteit Persoonsgegevens.");
	desk_line_end(concept->desk, &line);
}

int audit_inzage(struct desk *desk)
{
	struct concept concept = {.desk = desk};
	if (desk->values[DESK_OUT])
		return audit_inzage_list(desk);
	if (!desk->json)
		return desk_misused(desk, "inzage is told as JSON: give --json, or --out FILE for "
					  "the list to go through");
	if (arena_new(RUBRIEK_ARENA, &concept.arena) != RESULT_OK)
		return audit_no_memory(desk);
	const struct inzage_reader reader = {&concept, tell_head, tell_melding};
	int code = inzage_ask(desk, desk->arguments[0], &reader);
	arena_free(concept.arena);
	return code == DESK_DONE && concept.meldingen == 0 ? DESK_NO : code;
}

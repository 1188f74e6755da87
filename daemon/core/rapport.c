// SPDX-License-Identifier: EUPL-1.2
// `rapport`: what a house counts of a time: its meldingen, as `refusals` goes through the log, or,
// with `key` (the place of the person index to go on from, "0" at first), its casussen. The asker
// counts; nothing of what was said is told.
//
//   melding <entry> <gemeente; none is known: -> <thema,…; none: ->
//   m-persoon <handle>          of the melding before: somebody in it who has a number
//   m-onbekend <betrokkene>     the same of somebody without one
//   casus <entry> <handle> <gemeente or -> <thema,… or ->    as the newest melding about the person
//                               before `until` has them
//   c-aanpak <pga|top-x|wth|levensloop>                      of the casus before
//   volgende <place>            where the casussen go on; not said at the end
//   naam <gemeente> <naam>      of the gemeenten of this answer
//
// Who is counted is gone from it once the accountability of what named him is destroyed.
#include "core/command.h"

#include "base/clock.h"
#include "flow/casus.h"
#include "flow/toestemming.h"

#include <stdio.h>
#include <string.h>

#define CASUSSEN_ASKED 64 // of one answer
#define OCCURRENCES 64    // of one person, of which the newest before `until` counts
#define PLACE_LEN (HANDLE_LEN + 8)

struct rapport {
	struct core *core;
	struct buffer *out;
	struct codes_set *gemeenten; // that were said
	int64_t since, until;
};

// ---- what a melding says -------------------------------------------------------------------

struct bytes feit_of(const struct part_verantwoording *v, enum attribuut attribuut,
		     uint32_t betrokkene)
{
	for (size_t i = 0; i < v->feit_count; i++)
		if (v->feiten[i].attribuut == (uint32_t)attribuut &&
		    v->feiten[i].betrokkene == betrokkene && v->feiten[i].waarde_count > 0)
			return v->feiten[i].waarden[0];
	return bytes_make(NULL, 0);
}

static bool is_known(struct bytes gemeente)
{
	return gemeente.len > 0 && !bytes_equal(gemeente, bytes_of_text("GM0000"));
}

// Where it happened, else where the first lives of whom that is known: each melding counts in one.
static struct bytes gemeente_of_melding(const struct part_verantwoording *v)
{
	struct bytes gemeente = feit_of(v, ATTRIBUUT_GEMEENTE, 0);
	for (uint32_t n = 1; !is_known(gemeente) && n <= BETROKKENEN_MAX; n++)
		gemeente = feit_of(v, ATTRIBUUT_WOONGEMEENTE, n);
	return is_known(gemeente) ? gemeente : bytes_make(NULL, 0);
}

static struct bytes gemeente_of_person(const struct part_verantwoording *v, uint32_t betrokkene)
{
	struct bytes gemeente = feit_of(v, ATTRIBUUT_WOONGEMEENTE, betrokkene);
	return is_known(gemeente) ? gemeente : gemeente_of_melding(v);
}

// " <gemeente> <thema,…>"
static void append_where(struct buffer *line, const struct part_verantwoording *v,
			 struct bytes gemeente)
{
	buffer_append_text(line, " ");
	buffer_append(line, gemeente.len > 0 ? gemeente : bytes_of_text("-"));
	append_themas(line, v);
}

static void note_gemeente(const struct rapport *rapport, struct bytes gemeente, uint64_t received)
{
	if (gemeente.len > 0)
		codes_set_add(rapport->gemeenten,
			      codes_number_gemeente(rapport->core->codes, gemeente,
						    date_amsterdam((int64_t)received)));
}

static enum result say_line(const struct rapport *rapport, const char *name, struct buffer *line)
{
	enum result r = line->status;
	control_append(rapport->out, name, buffer_view(line));
	buffer_done(line);
	return r;
}

// ---- meldingen -----------------------------------------------------------------------------

uint32_t betrokkenen_of(const struct part_verantwoording *v)
{
	uint32_t last = 0;
	for (size_t i = 0; i < v->rubriek_count; i++)
		if (v->rubrieken[i].betrokkene > last)
			last = v->rubrieken[i].betrokkene;
	return last;
}

// Whoever something was said of: who has no number is no person here.
static void say_persons(const struct rapport *rapport, const struct part_verantwoording *v)
{
	uint32_t last = betrokkenen_of(v);
	for (uint32_t n = 1; n <= last; n++) {
		const struct persoon_link *link = persoon_of(v->personen, v->persoon_count, n);
		char hex[2 * HANDLE_LEN + 1];
		if (!link) {
			control_append_number(rapport->out, "m-onbekend", n);
			continue;
		}
		hex_encode(hex, bytes_make(link->handle, HANDLE_LEN));
		control_append_text(rapport->out, "m-persoon", hex);
	}
}

static enum result say_melding(const struct stretch *stretch)
{
	const struct rapport *rapport = stretch->context;
	struct recalled entry;
	struct buffer line;
	if (stretch->entry.class != ENTRY_EVENT || (int64_t)stretch->entry.time >= stretch->until)
		return RESULT_OK;
	enum result r = recall_entry(stretch->core, stretch->index, RECALL_PARTS,
				     stretch->core->command_arena, &entry);
	const struct part_verantwoording *v = r ? NULL : entry.verantwoording;
	const struct type_row *type = v ? type_row(v->type) : NULL;
	// What carries rubrieken is a melding.
	if (!type || !type->has_slots || v->betreft || entry.parts[0].kind != PART_SENDER ||
	    entry.parts[0].sender.outcome != OUTCOME_AANVAARD)
		return r;
	struct bytes gemeente = gemeente_of_melding(v);
	buffer_init(&line, CONTROL_MESSAGE_MAX / 4);
	buffer_append_format(&line, "%llu", (unsigned long long)stretch->index);
	append_where(&line, v, gemeente);
	note_gemeente(rapport, gemeente, v->received);
	r = say_line(rapport, "melding", &line);
	if (!r)
		say_persons(rapport, v);
	return r;
}

// ---- casussen ------------------------------------------------------------------------------

// The newest melding before `until` in which the person occurs; RESULT_NOT_FOUND.
static enum result newest_melding(const struct rapport *rapport, const uint8_t *handle,
				  struct state_occurrence *ret_occurrence,
				  struct recalled *ret_melding)
{
	struct state_occurrence found[OCCURRENCES];
	const struct state_span span = {.handle = handle, .max = OCCURRENCES};
	size_t count = 0, n = 0;
	enum result r = state_occurrences(rapport->core->state, span, found, &count);
	while (!r && n < count && (int64_t)found[n].received >= rapport->until)
		n++;
	if (!r && n == count)
		return RESULT_NOT_FOUND;
	*ret_occurrence = r ? (struct state_occurrence){0} : found[n];
	return r ? r
		 : recall_entry(rapport->core, found[n].index, RECALL_PARTS,
				rapport->core->command_arena, ret_melding);
}

// It began before the end, and was not closed before the beginning.
static enum result counts(const struct rapport *rapport, const struct casus *casus,
			  bool *ret_counts)
{
	struct civil_date since = {0};
	struct recalled first;
	enum result r = recall_entry(rapport->core, casus->first, RECALL_PARTS,
				     rapport->core->command_arena, &first);
	*ret_counts = !r && !casus->gewist && first.verantwoording &&
		      (int64_t)first.verantwoording->received < rapport->until;
	if (*ret_counts && !casus_is_open(casus) && date_parse(casus->sinds, &since) == RESULT_OK)
		*ret_counts = date_to_days(since) >= date_to_days(date_amsterdam(rapport->since));
	return r;
}

static void say_aanpak(const struct rapport *rapport, const struct casus *casus)
{
	const struct {
		const char *naam;
		struct bytes said;
	} rows[] = {{"pga", casus->pga},
		    {"top-x", casus->top_x},
		    {"wth", casus->wth},
		    {"levensloop", casus->levensloop}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (bytes_equal(rows[i].said, bytes_of_text("ja")))
			control_append_text(rapport->out, "c-aanpak", rows[i].naam);
}

static enum result say_casus(const struct rapport *rapport, const struct state_casus_place *place)
{
	struct state_occurrence occurrence = {0};
	struct recalled melding = {.verantwoording = NULL};
	struct casus casus;
	struct buffer line;
	char hex[2 * HANDLE_LEN + 1];
	bool wanted = false;
	enum result r =
		casus_read(rapport->core, place->first, rapport->core->command_arena, &casus);
	if (!r)
		r = counts(rapport, &casus, &wanted);
	if (r || !wanted)
		return r;
	r = newest_melding(rapport, place->handle, &occurrence, &melding);
	if (r && r != RESULT_NOT_FOUND)
		return r;
	const struct part_verantwoording *v = melding.verantwoording;
	struct bytes gemeente =
		v ? gemeente_of_person(v, occurrence.betrokkene) : bytes_make(NULL, 0);
	hex_encode(hex, bytes_make(place->handle, HANDLE_LEN));
	buffer_init(&line, CONTROL_MESSAGE_MAX / 4);
	buffer_append_format(&line, "%llu %s", (unsigned long long)place->first, hex);
	append_where(&line, v, gemeente);
	note_gemeente(rapport, gemeente, occurrence.received);
	r = say_line(rapport, "casus", &line);
	if (!r)
		say_aanpak(rapport, &casus);
	return r;
}

static enum result say_casussen(const struct rapport *rapport, struct state_casus_place place)
{
	char hex[2 * PLACE_LEN + 1];
	uint8_t raw[PLACE_LEN];
	enum result r = RESULT_OK;
	for (size_t n = 0; !r; n++) {
		r = state_next_casus(rapport->core->state, &place, &place);
		if (!r && n == CASUSSEN_ASKED) {
			memcpy(raw, place.handle, HANDLE_LEN);
			put_u64be(raw + HANDLE_LEN, place.first);
			hex_encode(hex, bytes_make(raw, sizeof raw));
			control_append_text(rapport->out, "volgende", hex);
			return RESULT_OK;
		}
		if (!r)
			r = say_casus(rapport, &place);
		arena_clear(rapport->core->command_arena);
		if (!r)
			r = core_breathe(rapport->core);
		place.first++;
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

// ---- the question --------------------------------------------------------------------------

static bool read_place(struct bytes text, struct state_casus_place *ret_place)
{
	uint8_t raw[PLACE_LEN] = {0};
	if (!bytes_equal(text, bytes_of_text("0")) && hex_decode(raw, sizeof raw, text))
		return false;
	memcpy(ret_place->handle, raw, HANDLE_LEN);
	ret_place->first = get_u64be(raw + HANDLE_LEN);
	return true;
}

static void say_namen(const struct rapport *rapport)
{
	const struct codes *codes = rapport->core->codes;
	const struct gemeenten *gemeenten = codes_gemeenten(codes);
	for (size_t n = 0; n < codes_count(codes); n++) {
		const struct gemeente *gemeente =
			codes_set_has(rapport->gemeenten, n) ? gemeenten_at(gemeenten, n) : NULL;
		char line[RIJ_CODE_MAX + RIJ_TEXT_MAX + 8];
		if (!gemeente)
			continue;
		snprintf(line, sizeof line, "%s %s", codes_at(codes, n).code, gemeente->naam);
		control_append_text(rapport->out, "naam", line);
	}
}

void command_rapport(struct core *core, const struct control_message *ask, struct buffer *out)
{
	struct codes_set gemeenten = {{0}};
	struct rapport rapport = {.core = core, .out = out, .gemeenten = &gemeenten};
	const struct stretch_walk walk = {.each = say_melding, .context = &rapport};
	struct bytes key = control_value(ask, "key");
	struct state_casus_place place;
	if (!key.data) {
		if (walk_stretch(core, ask, out, &walk))
			say_namen(&rapport);
		return;
	}
	if (time_parse(control_value(ask, "since"), &rapport.since) ||
	    time_parse(control_value(ask, "until"), &rapport.until) || !read_place(key, &place)) {
		say_reason(out, REASON_USAGE,
			   "since and until are times, and key is 0 or what volgende said");
		return;
	}
	say_ok(core, out);
	if (say_casussen(&rapport, place))
		say_reason(out, REASON_DAMAGED, "an entry of the log cannot be read");
	else
		say_namen(&rapport);
}

// SPDX-License-Identifier: EUPL-1.2
// `terms`: how many meldingen are kept, until when, from one index on; and which have passed their
// term. Where it stopped it says "next <entry>", with which it is asked again.
//
//   bewaard <n>           content and account are kept
//   verlopen <n>          the content is past its term, and goes with a next tick
//   verantwoord <n>       the content is gone, the account is kept
//   verantwoord-verlopen <n>
//   vragen <n>            records of questions and requests, kept
//   zonder-termijn <n>    a casus, or no convenant was in force: only an order ends it
//   verloopt <n>          the content goes within the days that were asked
//   gehouden <n>          past its term, and kept by a vernietigingsstop
//   te-laat <entry> <ms>  past its term for longer than a day: something keeps it
//
// `stops`: the vernietigingsstoppen in force, three lines each:
//
//   stop <entry> <herzien, ms> <meldingen; 0: all>, stop-eigenaar <functie>, stop-grond <grond>
//
// `erasures`: what was ordered destroyed, newest first, as `refusals` goes through the log:
//
//   vernietigd <time> <entry> <inhoud|verantwoording> <meldingen> <sleutels> <done: 1 or 0> <grond>
#include "core/command.h"

#include "base/clock.h"
#include "register/stop.h"

#include <stdio.h>

#define ROWS_MAX 16384 // looked at for one answer
#define LATE_MAX 100   // named in one answer
#define DAYS_MAX 36500

// ---- what is kept --------------------------------------------------------------------------

struct terms {
	int64_t now, until;
	uint64_t bewaard, verlopen, verantwoord, verantwoord_verlopen, vragen;
	uint64_t zonder, verloopt, gehouden;
	size_t late;
	struct buffer *out;
};

static bool is_past(const struct state_bewaar *bewaar, int64_t now)
{
	uint64_t term = bewaar->inhoud ? bewaar->inhoud : bewaar->verantwoording;
	return term != STATE_BEWAAR_NOOIT && (int64_t)term <= now;
}

static void count_row(struct terms *t, const struct state_bewaar *bewaar, bool held)
{
	uint64_t term = bewaar->inhoud ? bewaar->inhoud : bewaar->verantwoording;
	bool none = term == STATE_BEWAAR_NOOIT, past = is_past(bewaar, t->now);
	char line[64];
	t->zonder += none;
	t->bewaard += bewaar->inhoud != 0;
	t->verantwoord += bewaar->inhoud == 0 && !bewaar->bureau;
	t->vragen += bewaar->bureau;
	t->verlopen += past && bewaar->inhoud;
	t->verantwoord_verlopen += past && !bewaar->inhoud && !bewaar->bureau;
	t->verloopt += !none && !past && bewaar->inhoud && (int64_t)term <= t->until;
	t->gehouden += past && held;
	if (!past || held || (int64_t)term > t->now - MS_PER_DAY || t->late++ >= LATE_MAX)
		return;
	snprintf(line, sizeof line, "%llu %llu", (unsigned long long)bewaar->melding,
		 (unsigned long long)term);
	control_append_text(t->out, "te-laat", line);
}

void command_terms(struct core *core, const struct control_message *ask, struct buffer *out)
{
	struct terms t = {.now = time_now(core), .out = out};
	struct bytes from = control_value(ask, "next"), text = control_value(ask, "days");
	uint64_t next = 0, days = 0;
	struct state_bewaar bewaar;
	if ((from.data && number_parse(from, &next)) || (text.data && number_parse(text, &days)) ||
	    days > DAYS_MAX) {
		say_reason(out, REASON_USAGE, "days is a number, next that of an entry");
		return;
	}
	t.until = t.now + (int64_t)days * MS_PER_DAY;
	say_ok(core, out);
	enum result r = RESULT_OK;
	for (size_t n = 0; !r && n < ROWS_MAX; n++) {
		r = state_bewaar(core->state, next, &bewaar);
		bool held = false;
		if (!r && is_past(&bewaar, t.now))
			r = state_held(core->state, bewaar.melding, &held);
		if (!r) {
			count_row(&t, &bewaar, held);
			next = bewaar.melding + 1;
			r = core_breathe(core);
		}
	}
	control_append_number(out, "bewaard", t.bewaard);
	control_append_number(out, "verlopen", t.verlopen);
	control_append_number(out, "verantwoord", t.verantwoord);
	control_append_number(out, "verantwoord-verlopen", t.verantwoord_verlopen);
	control_append_number(out, "vragen", t.vragen);
	control_append_number(out, "zonder-termijn", t.zonder);
	control_append_number(out, "verloopt", t.verloopt);
	control_append_number(out, "gehouden", t.gehouden);
	if (!r)
		control_append_number(out, "next", next);
	else if (r != RESULT_NOT_FOUND)
		say_reason(out, REASON_DAMAGED, "the terms cannot be read; state is replayed");
}

// ---- what may not go -----------------------------------------------------------------------

static enum result say_stop(struct core *core, const struct state_stop *stop, struct buffer *out)
{
	struct recalled recalled;
	struct stop_opdracht opdracht;
	char line[80];
	enum result r =
		recall_entry(core, stop->index, RECALL_PARTS, core->command_arena, &recalled);
	if (!r && (recalled.part_count == 0 || recalled.parts[0].kind != PART_STOP))
		r = RESULT_DAMAGED;
	if (!r)
		r = stop_opdracht_read(recalled.parts[0].stop.opdracht, &opdracht);
	if (r)
		return r;
	snprintf(line, sizeof line, "%llu %llu %zu", (unsigned long long)stop->index,
		 (unsigned long long)stop->herzien, stop->meldingen);
	control_append_text(out, "stop", line);
	control_append_text(out, "stop-eigenaar", opdracht.eigenaar);
	control_append_text(out, "stop-grond", opdracht.grond);
	arena_clear(core->command_arena);
	return RESULT_OK;
}

void command_stops(struct core *core, const struct control_message *ask, struct buffer *out)
{
	struct state_stop stop = {.index = 0};
	enum result r = RESULT_OK;
	(void)ask;
	say_ok(core, out);
	for (uint64_t from = 0; !r; from = stop.index + 1) {
		r = state_stop(core->state, from, &stop);
		if (!r)
			r = say_stop(core, &stop, out);
		if (!r)
			r = core_breathe(core);
	}
	if (r != RESULT_NOT_FOUND)
		say_reason(out, REASON_DAMAGED, "a stop cannot be read");
}

// ---- what went -----------------------------------------------------------------------------

struct erasure {
	const char *what, *grond;
	size_t meldingen, slots;
	bool done;
};

static enum result all_done(struct core *core, const uint32_t *slots, size_t count, bool *done)
{
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && *done && i < count; i++) {
		struct state_wissing w;
		r = state_wissing(core->state, slots[i], &w);
		*done = !r && w.slot == slots[i] && w.klaar > 0;
	}
	return r;
}

static void say_erasure(const struct stretch *stretch, const struct erasure *e)
{
	char line[WISSING_GROND_MAX + 160], moment[21];
	time_format(moment, (int64_t)stretch->entry.time);
	snprintf(line, sizeof line, "%s %llu %s %zu %zu %d %s", moment,
		 (unsigned long long)stretch->index, e->what, e->meldingen, e->slots, e->done,
		 e->grond);
	control_append_text(stretch->out, "vernietigd", line);
}

static enum result say_part(const struct stretch *stretch, const struct part *part)
{
	struct wissing_opdracht opdracht = {.grond = ""};
	struct erasure e = {.what = "inhoud", .grond = TERM_GROND, .done = true};
	enum result r = RESULT_OK;
	if (part->kind == PART_WISSING) {
		r = wissing_opdracht_read(part->wissing.opdracht, &opdracht);
		e.grond = opdracht.grond;
		e.meldingen = 1;
		e.slots = part->wissing.slot_count;
		if (!r)
			r = all_done(stretch->core, part->wissing.slots, e.slots, &e.done);
	} else {
		const struct part_vernietiging *v = &part->vernietiging;
		e.what = v->soort == VERNIETIGING_INHOUD ? "inhoud" : "verantwoording";
		e.meldingen = v->count;
		for (size_t i = 0; !r && i < v->count; i++) {
			e.slots += v->vernietigd[i].slot_count;
			r = all_done(stretch->core, v->vernietigd[i].slots,
				     v->vernietigd[i].slot_count, &e.done);
		}
	}
	if (!r)
		say_erasure(stretch, &e);
	return r;
}

enum result core_recall_system(struct core *core, uint64_t index, struct recalled *ret_recalled)
{
	uint64_t slot, content;
	*ret_recalled = (struct recalled){.part_count = 0};
	enum result r = journal_slots(core->journal, index, &slot, &content);
	return r || slot != KEYSTORE_SLOT_SYSTEM
		       ? r
		       : recall_entry(core, index, RECALL_PARTS, core->command_arena, ret_recalled);
}

// Only what lies under the key of the system can tell of an erasure.
static enum result say_gone(const struct stretch *stretch)
{
	struct recalled recalled = {.part_count = 0};
	enum result r = core_recall_system(stretch->core, stretch->index, &recalled);
	for (size_t i = 0; !r && i < recalled.part_count; i++)
		if (recalled.parts[i].kind == PART_WISSING ||
		    recalled.parts[i].kind == PART_VERNIETIGING)
			r = say_part(stretch, &recalled.parts[i]);
	return r;
}

void command_erasures(struct core *core, const struct control_message *ask, struct buffer *out)
{
	walk_stretch(core, ask, out, &(const struct stretch_walk){.each = say_gone});
}

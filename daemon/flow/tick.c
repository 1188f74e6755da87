// SPDX-License-Identifier: EUPL-1.2
// The tick: a leaf at fixed times, busy or not, so that an old checkpoint shows its age and log
// growth tells nothing. What time alone causes is part of it: a waiting delivery whose ground has
// lapsed becomes "vervallen" under its own number.
#include "flow/bekend.h"
#include "flow/in_force.h"
#include "flow/recheck.h"
#include "flow/wissing.h"

#include "base/clock.h"
#include "base/log.h"

#include <string.h>

#define ENDINGS_MAX 2 // parts of what terms end
// Of one tick; what is left waits for the next.
#define LAPSES_MAX (PARTS_PER_ENTRY - 1 - ENDINGS_MAX)

struct ticking {
	struct core *core;
	struct part *parts;
	size_t count;
	int64_t now;
	bool account_due; // of the melding in hand: its content is gone
};

struct part part_lapsed(const struct core *core, const struct part_verstrekking *old,
			uint64_t index)
{
	struct part part = {.kind = PART_VERSTREKKING, .verstrekking = *old};
	struct part_verstrekking *v = &part.verstrekking;
	v->origin = bytes_of_text(register_origin(&core->registry));
	v->soort = VERSTREKKING_VERVALLEN;
	v->slot_count = v->grond_count = 0;
	v->has_verrijking = false;
	v->geldig_tot = 0;
	if (!v->betreft)
		v->betreft = index;
	const struct convenant *now = in_force_of(core, &old->convenant_hash);
	if (now)
		v->convenant_hash = convenant_hash(now);
	return part;
}

static bool has_lapsed(const struct ticking *t, const struct part_verstrekking *v)
{
	return v->soort != VERSTREKKING_VERVALLEN && v->geldig_tot &&
	       (int64_t)v->geldig_tot < t->now;
}

// The oldest waiting deliveries of one ontvanger, as long as they have lapsed.
static enum result collect_lapsed(struct ticking *t, const struct ontvanger *ontvanger)
{
	uint64_t after = 0;
	while (t->count < 1 + LAPSES_MAX) {
		struct state_delivery row;
		struct recalled recalled;
		enum result r = state_next_delivery(t->core->state, ontvanger, after, &row);
		if (r)
			return r == RESULT_NOT_FOUND ? RESULT_OK : r;
		r = recall_entry(t->core, row.index, RECALL_PARTS, t->core->arena, &recalled);
		if (r)
			return r;
		if (row.part >= recalled.part_count ||
		    recalled.parts[row.part].kind != PART_VERSTREKKING)
			return RESULT_OK;
		const struct part_verstrekking *v = &recalled.parts[row.part].verstrekking;
		if (!has_lapsed(t, v))
			return RESULT_OK;
		t->parts[t->count++] = part_lapsed(t->core, v, row.index);
		after = row.number;
	}
	return RESULT_OK;
}

static bool each_ontvanger(void *context, const struct state_ontvanger_row *row)
{
	struct ticking *t = context;
	enum result r = row->unacknowledged > 0 ? collect_lapsed(t, &row->ontvanger) : RESULT_OK;
	// A tick comes at its time whatever cannot be read of one queue.
	if (r)
		log_line(LOG_LEVEL_ERROR, "event=lapses-not-read oin=%s result=\"%s\"",
			 row->ontvanger.oin.text, result_name(r));
	return t->count < 1 + LAPSES_MAX;
}

static bool is_taken(const struct ticking *t, const struct part_verstrekking *v)
{
	for (size_t i = 1; i < t->count; i++) {
		const struct part_verstrekking *taken = &t->parts[i].verstrekking;
		if (taken->number == v->number && bytes_equal(taken->oin, v->oin) &&
		    bytes_equal(taken->functie, v->functie))
			return true;
	}
	return false;
}

// That something lapsed before, and nobody confirmed it, is said again when its melding is to go:
// here it lies under no key that goes with one, and the numbers of its ontvanger stay without a
// hole.
static bool is_said_again(const struct ticking *t, const struct recalled *entry,
			  const struct part_verstrekking *v)
{
	return t->account_due && v->soort == VERSTREKKING_VERVALLEN && entry->verantwoording;
}

static enum result lapse_waiting(void *context, const struct recalled *entry)
{
	struct ticking *t = context;
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < entry->part_count && t->count < 1 + LAPSES_MAX; i++) {
		const struct part_verstrekking *v = &entry->parts[i].verstrekking;
		struct state_delivery row;
		bool waits = false;
		if (entry->parts[i].kind != PART_VERSTREKKING ||
		    !(has_lapsed(t, v) || is_said_again(t, entry, v)) || is_taken(t, v))
			continue;
		r = delivery_waits(t->core, v, entry->index, &row, &waits);
		if (!r && waits)
			t->parts[t->count++] = part_lapsed(t->core, v, entry->index);
	}
	return r;
}

// What waits behind a delivery of a longer term lapses by its own when it keeps a melding past
// what that may be kept. What cannot be read of one is told where it ends (bewaar.c).
static void collect_due(struct ticking *t)
{
	const struct bewaar_walk *walk = &t->core->bewaar;
	for (size_t i = 0; i < walk->count && t->count < 1 + LAPSES_MAX; i++) {
		struct state_bewaar bewaar;
		enum result r = state_bewaar(t->core->state, walk->due[i], &bewaar);
		t->account_due = !r && bewaar.melding == walk->due[i] && bewaar.inhoud == 0;
		(void)!recall_each(t->core, walk->due[i], t->core->arena, lapse_waiting, t);
	}
}

// ---- what waited for a fact, and waits no longer; questions that close ------------------------

#define ENDED_MAX 4096 // of one tick

struct ended {
	uint64_t *meldingen;
	size_t count;
	int64_t now;
	struct state_obligation closing[LAPSES_MAX];
	size_t closing_count;
};

static bool each_obligation(void *context, const struct state_obligation *o)
{
	struct ended *e = context;
	if ((int64_t)o->due >= e->now || e->count == ENDED_MAX)
		return false; // in order of due time
	if (o->soort == VERPLICHTING_FEIT &&
	    (e->count == 0 || e->meldingen[e->count - 1] != o->index))
		e->meldingen[e->count++] = o->index;
	if (o->soort == VERPLICHTING_AFSLUITING && e->closing_count < LAPSES_MAX)
		e->closing[e->closing_count++] = *o;
	return true;
}

static uint64_t closed_before(const struct ended *e, size_t n)
{
	uint64_t count = 0;
	for (size_t i = 0; i < n; i++)
		count += ontvanger_equal(&e->closing[i].owed_by, &e->closing[n].owed_by);
	return count;
}

// Each question is closed by itself; one that cannot be read waits for somebody to look.
static void close_questions(struct ticking *t, struct ended *e)
{
	size_t kept = 0;
	for (size_t i = 0; i < e->closing_count; i++) {
		bool due = false;
		e->closing[kept] = e->closing[i];
		enum result r = bekend_close(t->core, &e->closing[kept], closed_before(e, kept),
					     &t->parts[t->count], &due);
		if (r)
			log_line(LOG_LEVEL_ERROR,
				 "event=question-not-closed index=%llu result=\"%s\"",
				 (unsigned long long)e->closing[i].index, result_name(r));
		t->count += due;
		kept += due;
	}
}

// Nobody can still tell a fact of which the content is kept no longer; a weging that is late stays
// owed, for somebody must answer for it.
static enum result collect_ended(struct ticking *t, struct part_tick *tick)
{
	struct ended e = {.now = t->now};
	e.meldingen = arena_alloc(t->core->arena, ENDED_MAX * sizeof *e.meldingen);
	if (!e.meldingen)
		return RESULT_NO_MEMORY;
	enum result r = state_obligations(t->core->state, each_obligation, &e);
	if (r)
		log_line(LOG_LEVEL_ERROR, "event=obligations-not-read result=\"%s\"",
			 result_name(r));
	tick->vervallen = e.meldingen;
	tick->vervallen_count = e.count;
	close_questions(t, &e);
	return RESULT_OK;
}

void flow_count(struct core *core, const struct oin *oin, enum reason reason, uint32_t count,
		int64_t now)
{
	struct tellingen *t = &core->tellingen;
	watch_refused(&core->watch, oin, reason, count, now);
	uint64_t minuut = (uint64_t)(now / MS_PER_MINUTE);
	for (size_t i = 0; i < t->count; i++)
		if (t->rows[i].minuut == minuut && t->rows[i].reden == (uint32_t)reason &&
		    oin_equal(&t->rows[i].oin, oin)) {
			uint32_t room = UINT32_MAX - t->rows[i].aantal;
			t->rows[i].aantal += count < room ? count : room;
			return;
		}
	if (t->count == TELLINGEN_MAX) {
		t->beyond += count;
		return;
	}
	t->rows[t->count].oin = *oin;
	t->rows[t->count].minuut = minuut;
	t->rows[t->count].reden = reason;
	t->rows[t->count++].aantal = count;
}

static enum result take_tellingen(struct core *core, struct part_tick *tick)
{
	struct tellingen *t = &core->tellingen;
	tick->tellingen = arena_alloc(core->arena, (t->count + 1) * sizeof *tick->tellingen);
	if (!tick->tellingen)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < t->count; i++)
		tick->tellingen[i] = (struct telling){.oin = bytes_of_text(t->rows[i].oin.text),
						      .minuut = t->rows[i].minuut,
						      .reden = t->rows[i].reden,
						      .aantal = t->rows[i].aantal};
	tick->telling_count = t->count;
	return RESULT_OK;
}

enum result flow_tick(struct core *core, int64_t now)
{
	struct ticking t = {.core = core, .now = now};
	struct record *record;
	t.parts = arena_alloc(core->arena, PARTS_PER_ENTRY * sizeof *t.parts);
	if (!t.parts)
		return RESULT_NO_MEMORY;
	t.parts[t.count++] = (struct part){.kind = PART_TICK};
	// In doubt about the time nothing ends by it: a tick later is soon enough.
	enum result r =
		core->time.doubt == CLOCK_SURE ? collect_ended(&t, &t.parts[0].tick) : RESULT_OK;
	if (!r && core->time.doubt == CLOCK_SURE && t.count < 1 + LAPSES_MAX)
		r = state_ontvangers(core->state, each_ontvanger, &t);
	if (!r && core->time.doubt == CLOCK_SURE)
		collect_due(&t);
	if (!r)
		r = wissing_done(core, &t.parts[0].tick);
	if (r)
		return r;
	t.parts[0].tick.generation = core->generation;
	r = take_tellingen(core, &t.parts[0].tick);
	size_t endings = 0;
	if (!r && core->time.doubt == CLOCK_SURE)
		r = bewaar_end(core, now, &t.parts[t.count], &endings);
	if (r)
		return r;
	t.count += endings;
	struct record_request request = {.class = ENTRY_TICK,
					 .now = now,
					 .parts = t.parts,
					 .count = t.count,
					 .slot_parts = KEYSTORE_SLOT_SYSTEM};
	r = record_add(core, &request, &record);
	core->wissend |= !r && endings > 0;
	recheck_retry(core);
	if (core->tellingen.beyond)
		log_line(LOG_LEVEL_WARNING, "event=refusals-not-recorded count=%llu",
			 (unsigned long long)core->tellingen.beyond);
	return r;
}

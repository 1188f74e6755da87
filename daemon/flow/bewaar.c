// SPDX-License-Identifier: EUPL-1.2
// What terms end (design §6, §7). A walk over all terms goes on in the background, a little at a
// time, and keeps what has passed its term; each tick begins the destruction of at most so many. In
// this order, so that a crash at any point leaves what a start can finish:
//
//   begun      a part of the tick, durable: the meldingen, their keystore slots, and of an
//              accountability the numbers that outlive it
//   overwrite  the slots, in place, synced and read back, a few between two batches (wissing.c)
//   done       the slots, in a later tick
//
// The content goes first, the accountability by its own term. A delivery that still waits lapses
// before what it would give goes: its term is no later, so the tick comes that says so.
#include "flow/recheck.h"
#include "flow/wissing.h"

#include "base/clock.h"
#include "base/log.h"

#include <string.h>

// A statement's time may be that far ahead of when it was received, and more.
#define AHEAD_MS MS_PER_HOUR
#define POOL_MAX 4096 // slots, and entries, of one part

// ---- the walk ------------------------------------------------------------------------------

static bool is_due(const struct state_bewaar *bewaar, int64_t now)
{
	uint64_t until = bewaar->inhoud ? bewaar->inhoud : bewaar->verantwoording;
	return until != STATE_BEWAAR_NOOIT && (int64_t)until <= now;
}

enum result flow_bewaar_walk(struct core *core, size_t rows)
{
	struct bewaar_walk *walk = &core->bewaar;
	struct state_bewaar bewaar;
	enum result r = RESULT_OK;
	int64_t now = time_now(core);
	for (size_t n = 0; n < rows && !walk->done && walk->count < VERNIETIGING_MAX; n++) {
		r = state_bewaar(core->state, walk->next, &bewaar);
		if (r)
			break;
		walk->next = bewaar.melding + 1;
		if (is_due(&bewaar, now))
			walk->due[walk->count++] = bewaar.melding;
	}
	walk->done |= r == RESULT_NOT_FOUND;
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

// ---- one melding ---------------------------------------------------------------------------

// A part as it grows: first of contents, then one of accountabilities.
struct ending {
	struct core *core;
	struct part_vernietiging *part;
	uint32_t *slots; // pools of the part
	uint64_t *entries;
	size_t slot_count, entry_count;
	struct vernietigd row; // of the melding in hand, at the end of the pools
	bool waits; // it may not go, a delivery of it waits to lapse, its statement can come again
	int64_t now;
};

static enum result add_slot(struct ending *e, uint32_t slot)
{
	struct vernietigd *row = &e->row;
	struct state_wissing known;
	for (size_t i = 0; i < row->slot_count; i++)
		if (row->slots[i] == slot)
			return RESULT_OK;
	enum result r = slot ? state_wissing(e->core->state, slot, &known) : RESULT_NOT_FOUND;
	if (!slot || (!r && known.slot == slot))
		return RESULT_OK; // it has none, or went before
	if (r && r != RESULT_NOT_FOUND)
		return r;
	if (e->slot_count + row->slot_count == POOL_MAX)
		return RESULT_TOO_LARGE;
	row->slots[row->slot_count++] = slot;
	return RESULT_OK;
}

static struct bron_teller *teller_of(struct ending *e, const struct part_verantwoording *v)
{
	struct part_vernietiging *part = e->part;
	for (size_t i = 0; i < part->bron_count; i++)
		if (part->bronnen[i].number == v->source_number)
			return &part->bronnen[i];
	if (part->bron_count == VERNIETIGING_MAX)
		return NULL;
	struct bron_teller *bron = &part->bronnen[part->bron_count];
	*bron = (struct bron_teller){.source = v->source, .number = v->source_number};
	bron->sequences = arena_alloc(e->core->arena, POOL_MAX * sizeof *bron->sequences);
	part->bron_count += bron->sequences != NULL;
	return bron->sequences ? bron : NULL;
}

static enum result add_source(struct ending *e, const struct part_verantwoording *v)
{
	struct bron_teller *bron = teller_of(e, v);
	if (!bron || bron->sequence_count == POOL_MAX)
		return RESULT_TOO_LARGE;
	if (v->sequence)
		bron->sequences[bron->sequence_count++] = v->sequence;
	return RESULT_OK;
}

static enum result add_ontvanger(struct ending *e, const struct part_verstrekking *v)
{
	struct part_vernietiging *part = e->part;
	for (size_t i = 0; i < part->ontvanger_count; i++) {
		struct ontvanger_teller *o = &part->ontvangers[i];
		if (!bytes_equal(o->oin, v->oin) || !bytes_equal(o->functie, v->functie))
			continue;
		o->number = v->number > o->number ? v->number : o->number;
		return RESULT_OK;
	}
	if (part->ontvanger_count == POOL_MAX)
		return RESULT_TOO_LARGE;
	part->ontvangers[part->ontvanger_count++] =
		(struct ontvanger_teller){v->oin, v->functie, v->number};
	return RESULT_OK;
}

// What an entry made that outlives it.
static enum result add_tellers(struct ending *e, const struct recalled *entry)
{
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < entry->part_count; i++) {
		const struct part *part = &entry->parts[i];
		if (part->kind == PART_SENDER)
			r = add_source(e, entry->verantwoording);
		else if (part->kind == PART_VERSTREKKING)
			r = add_ontvanger(e, &part->verstrekking);
	}
	return r;
}

// As long as the same statement can come again it must find its outcome (P1).
static bool may_come_again(const struct ending *e, const struct part_verantwoording *v)
{
	const struct type_row *type = type_row(v->type);
	return type && (int64_t)v->received + type->max_age_ms + AHEAD_MS > e->now;
}

// Only an entry that lies under slots of its own or the melding's goes: a tick in which something
// of it lapsed tells of others too, and of no person.
static enum result add_entry(struct ending *e, const struct recalled *entry)
{
	const struct part_verantwoording *v = entry->verantwoording;
	if (!v)
		return RESULT_OK;
	if (e->part->soort == VERNIETIGING_INHOUD)
		return add_slot(e, v->slot_inhoud);
	if (e->entry_count + e->row.entry_count == POOL_MAX)
		return RESULT_TOO_LARGE;
	e->waits |= may_come_again(e, v);
	e->row.entries[e->row.entry_count++] = entry->index;
	enum result r = add_slot(e, v->slot_verantwoording);
	return r ? r : add_tellers(e, entry);
}

// A rechtzetting has no content, and what lapsed has none: those keep the accountability alone,
// the first until its own term, the other until a tick said it again (tick.c).
static bool is_kept_by(const struct ending *e, const struct recalled *entry,
		       const struct part_verstrekking *v)
{
	bool lapsed = v->soort == VERSTREKKING_VERVALLEN;
	if (e->part->soort == VERNIETIGING_INHOUD)
		return !lapsed && !verstrekking_only_tells(v->soort);
	return !lapsed || entry->verantwoording;
}

static enum result look_for_waiting(struct ending *e, const struct recalled *entry)
{
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < entry->part_count; i++) {
		const struct part_verstrekking *v = &entry->parts[i].verstrekking;
		struct state_delivery row;
		bool waits = false;
		if (entry->parts[i].kind != PART_VERSTREKKING || !is_kept_by(e, entry, v))
			continue;
		r = delivery_waits(e->core, v, entry->index, &row, &waits);
		e->waits |= waits;
	}
	return r;
}

static enum result take_entry(void *context, const struct recalled *entry)
{
	struct ending *e = context;
	enum result r = look_for_waiting(e, entry);
	return r ? r : add_entry(e, entry);
}

// Into the part, or not at all: what has to wait, or does not fit any more, leaves nothing in it
// but numbers that are as true without it.
static enum result take_melding(struct ending *e, uint64_t melding)
{
	e->row = (struct vernietigd){.melding = melding,
				     .slots = e->slots + e->slot_count,
				     .entries = e->entries + e->entry_count};
	enum result r = state_held(e->core->state, melding, &e->waits);
	if (!r && !e->waits)
		r = recall_each(e->core, melding, e->core->arena, take_entry, e);
	if (r || e->waits)
		return r;
	e->slot_count += e->row.slot_count;
	e->entry_count += e->row.entry_count;
	e->part->vernietigd[e->part->count++] = e->row;
	return RESULT_OK;
}

// ---- the tick ------------------------------------------------------------------------------

static enum result ending_begin(struct ending *e, enum vernietiging_soort soort,
				struct part *ret_part)
{
	struct arena *arena = e->core->arena;
	*ret_part = (struct part){.kind = PART_VERNIETIGING, .vernietiging = {.soort = soort}};
	e->part = &ret_part->vernietiging;
	e->part->vernietigd = arena_alloc(arena, VERNIETIGING_MAX * sizeof *e->part->vernietigd);
	e->part->bronnen = arena_alloc(arena, VERNIETIGING_MAX * sizeof *e->part->bronnen);
	e->part->ontvangers = arena_alloc(arena, POOL_MAX * sizeof *e->part->ontvangers);
	e->slots = arena_alloc(arena, POOL_MAX * sizeof *e->slots);
	e->entries = arena_alloc(arena, POOL_MAX * sizeof *e->entries);
	e->slot_count = e->entry_count = 0;
	return e->part->vernietigd && e->part->bronnen && e->part->ontvangers && e->slots &&
			       e->entries
		       ? RESULT_OK
		       : RESULT_NO_MEMORY;
}

// Those of the due ones whose content goes, or whose accountability does. What cannot be read of
// one stays, and is told; a tick comes at its time whatever that is.
static enum result take_due(struct ending *e, bool content)
{
	const struct bewaar_walk *walk = &e->core->bewaar;
	enum result r = RESULT_OK;
	for (size_t i = 0; i < walk->count && r != RESULT_NO_MEMORY; i++) {
		struct state_bewaar bewaar;
		r = state_bewaar(e->core->state, walk->due[i], &bewaar);
		if (r == RESULT_NOT_FOUND ||
		    (!r && (bewaar.melding != walk->due[i] || !is_due(&bewaar, e->now) ||
			    (bewaar.inhoud != 0) != content)))
			continue; // changed since the walk came by
		if (!r)
			r = take_melding(e, bewaar.melding);
		if (r == RESULT_TOO_LARGE && e->part->count > 0)
			return RESULT_OK; // the rest in a later tick
		if (r && r != RESULT_NO_MEMORY)
			log_line(LOG_LEVEL_ERROR, "event=term-not-kept index=%llu result=\"%s\"",
				 (unsigned long long)walk->due[i], result_name(r));
	}
	return r == RESULT_NO_MEMORY ? r : RESULT_OK;
}

enum result bewaar_end(struct core *core, int64_t now, struct part *parts, size_t *ret_count)
{
	static const enum vernietiging_soort soorten[] = {VERNIETIGING_INHOUD,
							  VERNIETIGING_VERANTWOORDING};
	struct ending e = {.core = core, .now = now};
	enum result r = RESULT_OK;
	size_t count = 0;
	for (size_t i = 0; !r && core->bewaar.count > 0 && i < 2; i++) {
		r = ending_begin(&e, soorten[i], &parts[count]);
		if (!r)
			r = take_due(&e, soorten[i] == VERNIETIGING_INHOUD);
		count += !r && e.part->count > 0;
	}
	if (r)
		return r;
	core->bewaar.count = 0;
	if (core->bewaar.done)
		core->bewaar.next = 0; // a whole walk between two ticks, and no more
	core->bewaar.done = false;
	*ret_count = count;
	return RESULT_OK;
}

// SPDX-License-Identifier: EUPL-1.2
// Erasing the content of one melding, with that of every statement about it, or of one such
// statement alone, by order of two roles (design §7, §10). In this order, so that a crash at any
// point leaves what a start can finish:
//
//   begun      a leaf of its own, durable: the order with its acts, the keystore slots, and in the
//              place of each delivery that still waits its "vervallen"; and who was given any of
//              the melding is told (rechtzetting.c)
//   overwrite  the slots, in place, synced and read back
//   done       the slots, in the next tick
//
// Every start overwrites all that was ever begun, before anything else can read it: a keystore that
// was put back from a backup brings no content back. What is kept is the verantwoording: the sender
// gets the same outcome and receipt for the same id, why answers, and the log verifies as before.
#include "flow/wissing.h"
#include "flow/recheck.h"
#include "flow/rechtzetting.h"

#include "base/log.h"
#include "crypto/secret.h"

#include <string.h>

#define WISSING_SLOTS_MAX 4096 // of one order (specification §5)
#define OVERWRITE_MAX 64       // slots between two batches

// One order as it is carried out.
struct carrying {
	struct core *core;
	const struct wissing_request *request;
	struct wissing_opdracht opdracht;
	uint32_t *slots; // the first is that of the entry the order names
	size_t slot_count;
	uint64_t melding;   // whose later entries are looked at: that entry, or what it is about
	struct part *parts; // of the leaf in hand
	size_t count;
	uint64_t index; // of the first leaf
};

// ---- what it is about ----------------------------------------------------------------------

static enum result find_melding(struct carrying *c, struct problem *problem)
{
	struct core *core = c->core;
	struct recalled recalled;
	struct state_wissing known;
	enum result r = RESULT_NOT_FOUND;
	if (c->opdracht.melding < journal_size(core->journal))
		r = recall_entry(core, c->opdracht.melding, RECALL_PARTS, core->arena, &recalled);
	const struct part_verantwoording *v = r ? NULL : recalled.verantwoording;
	if (r && r != RESULT_NOT_FOUND)
		return order_refuse(problem, r, REASON_DAMAGED, "the entry cannot be read");
	if (!v || !v->type || !v->slot_inhoud ||
	    !hash_equal(&v->header_hash, &c->opdracht.header_hash))
		return order_refuse(problem, RESULT_NOT_FOUND, REASON_NOT_FOUND,
				    "no statement with content has this entry and header");
	c->slots = arena_alloc(core->arena, WISSING_SLOTS_MAX * sizeof *c->slots);
	if (!c->slots)
		return RESULT_NO_MEMORY;
	c->slots[c->slot_count++] = v->slot_inhoud;
	c->melding = v->betreft ? v->betreft : c->opdracht.melding;
	bool held = false;
	r = state_held(core->state, c->melding, &held);
	if (r || held)
		return order_refuse(problem, r ? r : RESULT_DENIED,
				    r ? REASON_DAMAGED : REASON_HELD,
				    "a vernietigingsstop keeps this melding from being destroyed");
	r = state_wissing(core->state, v->slot_inhoud, &known);
	if (!r && known.slot == v->slot_inhoud)
		return order_refuse(problem, RESULT_EXISTS, REASON_ALREADY_DECIDED,
				    "the content of this statement was ordered destroyed before");
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

static bool whole_melding(const struct carrying *c)
{
	return c->melding == c->opdracht.melding;
}

static bool has_slot(const struct carrying *c, uint32_t slot)
{
	for (size_t i = 0; i < c->slot_count; i++)
		if (c->slots[i] == slot)
			return true;
	return false;
}

static enum result check(struct carrying *c, bool whole, struct problem *problem)
{
	struct core *core = c->core;
	const struct wissing_request *request = c->request;
	if (wissing_opdracht_read(request->opdracht, &c->opdracht))
		return order_refuse(problem, RESULT_MALFORMED, REASON_MALFORMED,
				    "the order is not written as it should be");
	enum result r = find_melding(c, problem);
	return r ? r : order_check_acts(core, request, WISSING_SOORT, whole, problem);
}

enum result flow_wissing_check(struct core *core, const struct wissing_request *request,
			       struct problem *problem)
{
	struct carrying c = {.core = core, .request = request};
	return check(&c, false, problem);
}

// ---- the leaves ----------------------------------------------------------------------------

static enum result end_leaf(struct carrying *c)
{
	struct record *record;
	struct record_request request = {.class = ENTRY_EVENT,
					 .now = time_now(c->core),
					 .parts = c->parts,
					 .count = c->count,
					 .slot_parts = KEYSTORE_SLOT_SYSTEM};
	c->count = 0;
	return request.count > 0 ? record_add(c->core, &request, &record) : RESULT_OK;
}

static enum result add_part(struct carrying *c, const struct part *part)
{
	enum result r = c->count == PARTS_PER_ENTRY ? end_leaf(c) : RESULT_OK;
	if (!r)
		c->parts[c->count++] = *part;
	return r;
}

static enum result add_order(struct carrying *c)
{
	const struct wissing_request *request = c->request;
	struct part part = {.kind = PART_WISSING,
			    .wissing = {.melding = c->opdracht.melding,
					.opdracht = request->opdracht,
					.act_count = request->act_count,
					.slots = c->slots,
					.slot_count = c->slot_count}};
	part.wissing.acts =
		arena_alloc(c->core->arena, request->act_count * sizeof *part.wissing.acts);
	if (!part.wissing.acts)
		return RESULT_NO_MEMORY;
	memcpy(part.wissing.acts, request->acts, request->act_count * sizeof *request->acts);
	return add_part(c, &part);
}

static enum result add_lapses(struct carrying *c, const struct recalled *entry)
{
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < entry->part_count; i++) {
		const struct part_verstrekking *v = &entry->parts[i].verstrekking;
		struct state_delivery row;
		bool waits = false;
		if (entry->parts[i].kind != PART_VERSTREKKING || v->soort != VERSTREKKING_GEGEVEN)
			continue;
		r = delivery_waits(c->core, v, entry->index, &row, &waits);
		if (r || !waits)
			continue;
		struct part part = part_lapsed(c->core, v, entry->index);
		r = add_part(c, &part);
	}
	return r;
}

// What was said about the melding goes with it, unless it went before.
static enum result add_slot(void *context, const struct recalled *entry)
{
	struct carrying *c = context;
	const struct part_verantwoording *v = entry->verantwoording;
	struct state_wissing known;
	if (!whole_melding(c) || !v || !v->slot_inhoud || has_slot(c, v->slot_inhoud))
		return RESULT_OK;
	if (c->slot_count == WISSING_SLOTS_MAX)
		return RESULT_TOO_LARGE;
	enum result r = state_wissing(c->core->state, v->slot_inhoud, &known);
	if (r == RESULT_NOT_FOUND || (!r && known.slot != v->slot_inhoud)) {
		c->slots[c->slot_count++] = v->slot_inhoud;
		r = RESULT_OK;
	}
	return r;
}

static enum result add_lapses_of(void *context, const struct recalled *entry)
{
	struct carrying *c = context;
	const struct part_verantwoording *v = entry->verantwoording;
	bool goes = whole_melding(c) || (v && has_slot(c, v->slot_inhoud));
	return goes ? add_lapses(c, entry) : RESULT_OK;
}

// Who was given any of it is found before what waits lapses, and told after.
static enum result add_all(struct carrying *c)
{
	struct rechtzetting rechtzetting = {.core = c->core,
					    .melding = c->melding,
					    .before = UINT64_MAX,
					    .soort = VERSTREKKING_GEWIST};
	c->parts = arena_alloc(c->core->arena, PARTS_PER_ENTRY * sizeof *c->parts);
	if (!c->parts)
		return RESULT_NO_MEMORY;
	enum result r = whole_melding(c) ? rechtzetting_gather(&rechtzetting) : RESULT_OK;
	if (!r)
		r = recall_each(c->core, c->melding, c->core->arena, add_slot, c);
	if (!r)
		r = add_order(c);
	if (!r)
		r = recall_each(c->core, c->melding, c->core->arena, add_lapses_of, c);
	if (!r)
		r = end_leaf(c);
	return r ? r : rechtzetting_give(&rechtzetting, time_now(c->core));
}

// ---- the keys ------------------------------------------------------------------------------

static void stop(struct core *core, enum result result)
{
	log_line(LOG_LEVEL_ERROR, "event=read-only reason=keystore result=\"%s\"",
		 result_name(result));
	flow_stop(core, "keystore");
}

// Those of the slots that have a key yet, in one go. RESULT_NOT_FOUND of a slot: a keystore that
// was put back is shorter, and has nothing there.
static enum result overwrite(struct core *core, const uint64_t *slots, size_t count)
{
	uint64_t left[OVERWRITE_MAX];
	size_t n = 0;
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < count; i++) {
		uint8_t key[KEYSTORE_KEY_LEN];
		r = keystore_get(core->keystore, slots[i], key);
		secret_wipe(key, sizeof key);
		if (!r)
			left[n++] = slots[i];
		else if (r == RESULT_ERASED || r == RESULT_NOT_FOUND)
			r = RESULT_OK;
	}
	if (!r && n > 0)
		r = keystore_erase(core->keystore, left, n);
	if (!r && n > 0)
		log_line(LOG_LEVEL_NOTICE, "event=gewist slots=%zu", n);
	return r;
}

enum result flow_overwrite(struct core *core)
{
	enum result r = RESULT_OK, done = RESULT_OK;
	for (uint64_t from = 0; !r && !done;) {
		uint64_t slots[OVERWRITE_MAX];
		size_t count = 0;
		while (!r && count < OVERWRITE_MAX) {
			struct state_wissing w;
			r = state_wissing(core->state, from, &w);
			if (r)
				break;
			slots[count++] = w.slot;
			from = w.slot + 1;
		}
		done = overwrite(core, slots, count);
	}
	r = done ? done : r;
	if (r == RESULT_NOT_FOUND)
		return RESULT_OK;
	if (!state_is_damaged(core->state)) // that is replayed, and this is called again
		stop(core, r);
	return r;
}

enum result flow_overwrite_some(struct core *core)
{
	uint64_t slots[OVERWRITE_MAX];
	size_t count = 0;
	// Before the keys go, what goes with them (state/state.h).
	enum result r = state_flush(core->state);
	if (r) {
		state_discard(core->state);
		return flow_catch_up(core);
	}
	while (!r && count < OVERWRITE_MAX) {
		r = state_wissend(core->state, core->wissend_at, &slots[count]);
		if (!r)
			core->wissend_at = slots[count++] + 1;
	}
	core->wissend = !r;
	if (r == RESULT_NOT_FOUND) {
		core->wissend_at = 0;
		r = RESULT_OK;
	}
	if (!r)
		r = overwrite(core, slots, count);
	if (r && !state_is_damaged(core->state))
		stop(core, r);
	return r;
}

enum result flow_wissing(struct core *core, const struct wissing_request *request,
			 uint64_t *ret_index, struct problem *problem)
{
	struct carrying c = {.core = core, .request = request};
	enum result r = order_ready(core, problem);
	if (!r)
		r = check(&c, true, problem);
	if (r)
		return r;
	c.index = journal_size(core->journal);
	r = order_commit(core, c.index, add_all(&c), problem);
	core->wissend |= !r;
	while (!r && core->wissend)
		r = flow_overwrite_some(core);
	if (!r)
		*ret_index = c.index;
	return r;
}

enum result wissing_done(struct core *core, struct part_tick *tick)
{
	uint64_t slot = 0;
	enum result r = RESULT_OK;
	tick->erased_done = arena_alloc(core->arena, WISSINGEN_PER_TICK * sizeof(uint32_t));
	if (!tick->erased_done)
		return RESULT_NO_MEMORY;
	for (uint64_t from = 0; !r && tick->erased_done_count < WISSINGEN_PER_TICK;
	     from = slot + 1) {
		uint8_t key[KEYSTORE_KEY_LEN];
		r = state_wissend(core->state, from, &slot);
		if (!r && keystore_get(core->keystore, slot, key) == RESULT_ERASED)
			tick->erased_done[tick->erased_done_count++] = (uint32_t)slot;
		secret_wipe(key, sizeof key);
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

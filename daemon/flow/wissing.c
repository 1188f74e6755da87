// SPDX-License-Identifier: EUPL-1.2
// Erasing the content of one melding, with that of every statement about it, or of one such
// statement alone, by order of two roles (design §7, §10). In this order, so that a crash at any
// point leaves what a start can finish:
//
//   begun      a leaf of its own, durable: the order with its acts, the keystore slots, and in the
//              place of each delivery that still waits its "vervallen"
//   overwrite  the slots, in place, synced and read back
//   done       the slots, in the next tick
//
// Every start overwrites all that was ever begun, before anything else can read it: a keystore that
// was put back from a backup brings no content back. What is kept is the verantwoording: the sender
// gets the same outcome and receipt for the same id, why answers, and the log verifies as before.
#include "flow/flow.h"

#include "base/log.h"
#include "crypto/secret.h"

#include <string.h>

#define WISSING_SLOTS_MAX 4096 // of one order (specification §5)

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

static enum result refuse(struct problem *problem, enum result result, enum reason reason,
			  const char *what)
{
	problem_set(problem, reason_code(reason), reason_fix(reason), "%s", what);
	return result;
}

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
		return refuse(problem, r, REASON_DAMAGED, "the entry cannot be read");
	if (!v || !v->type || !v->slot_inhoud ||
	    !hash_equal(&v->header_hash, &c->opdracht.header_hash))
		return refuse(problem, RESULT_NOT_FOUND, REASON_NOT_FOUND,
			      "no statement with content has this entry and header");
	c->slots = arena_alloc(core->arena, WISSING_SLOTS_MAX * sizeof *c->slots);
	if (!c->slots)
		return RESULT_NO_MEMORY;
	c->slots[c->slot_count++] = v->slot_inhoud;
	c->melding = v->betreft ? v->betreft : c->opdracht.melding;
	r = state_wissing(core->state, v->slot_inhoud, &known);
	if (!r && known.slot == v->slot_inhoud)
		return refuse(problem, RESULT_EXISTS, REASON_ALREADY_DECIDED,
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
		return refuse(problem, RESULT_MALFORMED, REASON_MALFORMED,
			      "the order is not written as it should be");
	enum result r = find_melding(c, problem);
	if (r)
		return r;
	int64_t now = time_now(core);
	struct act_demand demand = {
		.index = journal_size(core->journal),
		.time = (uint64_t)(now > core->last_time ? now : core->last_time),
		.soort = WISSING_SOORT,
		.object = sha256(request->opdracht),
		.one = !whole};
	return register_check_acts(&core->registry, &demand, request->acts, request->act_count,
				   problem);
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
		if (entry->parts[i].kind != PART_VERSTREKKING || v->soort == VERSTREKKING_VERVALLEN)
			continue;
		r = delivery_waits(c->core, v, entry->index, &row, &waits);
		if (r || !waits)
			continue;
		struct part part = part_lapsed(c->core, v, entry->index);
		r = add_part(c, &part);
	}
	return r;
}

// Every entry about the melding, from the melding itself on, in the order of the log.
static enum result each_entry(struct carrying *c,
			      enum result (*each)(struct carrying *, const struct recalled *))
{
	struct recalled recalled;
	uint64_t at = c->melding;
	enum result r = RESULT_OK;
	for (uint64_t from = 0; !r; from = at + 1) {
		r = recall_entry(c->core, at, RECALL_PARTS, c->core->arena, &recalled);
		if (!r)
			r = each(c, &recalled);
		if (!r)
			r = state_next_cause(c->core->state, c->melding, from, &at);
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

// What was said about the melding goes with it, unless it went before.
static enum result add_slot(struct carrying *c, const struct recalled *entry)
{
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

static enum result add_lapses_of(struct carrying *c, const struct recalled *entry)
{
	const struct part_verantwoording *v = entry->verantwoording;
	bool goes = whole_melding(c) || (v && has_slot(c, v->slot_inhoud));
	return goes ? add_lapses(c, entry) : RESULT_OK;
}

static enum result add_all(struct carrying *c)
{
	c->parts = arena_alloc(c->core->arena, PARTS_PER_ENTRY * sizeof *c->parts);
	if (!c->parts)
		return RESULT_NO_MEMORY;
	enum result r = each_entry(c, add_slot);
	if (!r)
		r = add_order(c);
	if (!r)
		r = each_entry(c, add_lapses_of);
	return r ? r : end_leaf(c);
}

// ---- the keys ------------------------------------------------------------------------------

static void stop(struct core *core, enum result result)
{
	log_line(LOG_LEVEL_ERROR, "event=read-only reason=keystore result=\"%s\"",
		 result_name(result));
	flow_stop(core, "keystore");
}

enum result flow_overwrite(struct core *core)
{
	struct state_wissing w = {.slot = 0};
	enum result r = RESULT_OK;
	for (uint64_t from = 0; !r; from = w.slot + 1) {
		uint8_t key[KEYSTORE_KEY_LEN];
		r = state_wissing(core->state, from, &w);
		if (r)
			break;
		enum result there = keystore_get(core->keystore, w.slot, key);
		secret_wipe(key, sizeof key);
		if (there == RESULT_ERASED || there == RESULT_NOT_FOUND)
			continue;
		r = there ? there : keystore_erase(core->keystore, &w.slot, 1);
		if (!r)
			log_line(LOG_LEVEL_NOTICE, "event=gewist index=%llu",
				 (unsigned long long)w.melding);
	}
	if (r == RESULT_NOT_FOUND)
		return RESULT_OK;
	if (!state_is_damaged(core->state)) // that is replayed, and this is called again
		stop(core, r);
	return r;
}

enum result flow_wissing(struct core *core, const struct wissing_request *request,
			 uint64_t *ret_index, struct problem *problem)
{
	struct carrying c = {.core = core, .request = request};
	enum result r = core->item_count || core->record_count ? flow_commit(core) : RESULT_OK;
	if (!r && core->readonly)
		r = refuse(problem, RESULT_AGAIN, REASON_READONLY, reason_text(REASON_READONLY));
	if (!r && core->time.doubt != CLOCK_SURE)
		r = refuse(problem, RESULT_AGAIN, REASON_CLOCK, reason_text(REASON_CLOCK));
	if (!r)
		r = check(&c, true, problem);
	if (r)
		return r;
	c.index = journal_size(core->journal);
	r = add_all(&c);
	if (r) {
		enum result undone = flow_abort(core, r);
		return undone ? undone : r;
	}
	r = flow_commit(core);
	if (!r && journal_size(core->journal) == c.index)
		r = refuse(problem, RESULT_AGAIN, REASON_FULL, reason_text(REASON_FULL));
	if (!r)
		r = flow_overwrite(core);
	if (!r)
		*ret_index = c.index;
	return r;
}

enum result wissing_done(struct core *core, struct part_tick *tick)
{
	struct state_wissing w = {.slot = 0};
	enum result r = RESULT_OK;
	tick->erased_done = arena_alloc(core->arena, WISSINGEN_PER_TICK * sizeof(uint32_t));
	if (!tick->erased_done)
		return RESULT_NO_MEMORY;
	for (uint64_t from = 0; !r && tick->erased_done_count < WISSINGEN_PER_TICK;
	     from = w.slot + 1) {
		uint8_t key[KEYSTORE_KEY_LEN];
		r = state_wissing(core->state, from, &w);
		if (r || w.klaar)
			continue;
		if (keystore_get(core->keystore, w.slot, key) == RESULT_ERASED)
			tick->erased_done[tick->erased_done_count++] = (uint32_t)w.slot;
		secret_wipe(key, sizeof key);
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

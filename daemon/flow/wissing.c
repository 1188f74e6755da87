// SPDX-License-Identifier: EUPL-1.2
// Erasing the content of one melding by order of two roles (design §7, §10). In this order, so that
// a crash at any point leaves what a start can finish:
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

// One order as it is carried out.
struct carrying {
	struct core *core;
	const struct wissing_request *request;
	struct wissing_opdracht opdracht;
	uint32_t slot;
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
	if (!v || v->betreft || !v->slot_inhoud ||
	    !hash_equal(&v->header_hash, &c->opdracht.header_hash))
		return refuse(problem, RESULT_NOT_FOUND, REASON_NOT_FOUND,
			      "no melding with content has this entry and header");
	c->slot = v->slot_inhoud;
	r = state_wissing(core->state, c->slot, &known);
	if (!r && known.slot == c->slot)
		return refuse(problem, RESULT_EXISTS, REASON_ALREADY_DECIDED,
			      "the content of this melding was ordered destroyed before");
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
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
					.slots = &c->slot,
					.slot_count = 1}};
	part.wissing.acts =
		arena_alloc(c->core->arena, request->act_count * sizeof *part.wissing.acts);
	if (!part.wissing.acts)
		return RESULT_NO_MEMORY;
	memcpy(part.wissing.acts, request->acts, request->act_count * sizeof *request->acts);
	return add_part(c, &part);
}

// Whether this very part is what waits under its number.
static enum result still_waits(struct core *core, const struct part_verstrekking *v, uint64_t index,
			       bool *ret_waits)
{
	struct ontvanger ontvanger = {.functie = ""};
	struct state_delivery row;
	if (v->oin.len != OIN_LEN || v->functie.len > FUNCTIE_MAX || v->number == 0)
		return RESULT_DAMAGED;
	memcpy(ontvanger.oin.text, v->oin.data, OIN_LEN);
	memcpy(ontvanger.functie, v->functie.data, v->functie.len);
	enum result r = state_next_delivery(core->state, &ontvanger, v->number - 1, &row);
	*ret_waits = !r && row.number == v->number && row.index == index;
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

static enum result add_lapses(struct carrying *c, uint64_t index)
{
	struct recalled recalled;
	enum result r = recall_entry(c->core, index, RECALL_PARTS, c->core->arena, &recalled);
	for (size_t i = 0; !r && i < recalled.part_count; i++) {
		const struct part_verstrekking *v = &recalled.parts[i].verstrekking;
		bool waits = false;
		if (recalled.parts[i].kind != PART_VERSTREKKING ||
		    v->soort == VERSTREKKING_VERVALLEN)
			continue;
		r = still_waits(c->core, v, index, &waits);
		if (r || !waits)
			continue;
		struct part part = part_lapsed(c->core, v, index);
		r = add_part(c, &part);
	}
	return r;
}

static enum result add_all(struct carrying *c)
{
	c->parts = arena_alloc(c->core->arena, PARTS_PER_ENTRY * sizeof *c->parts);
	if (!c->parts)
		return RESULT_NO_MEMORY;
	enum result r = add_order(c);
	if (!r)
		r = add_lapses(c, c->opdracht.melding);
	for (size_t n = 0; !r; n++) {
		uint64_t later;
		r = state_cause(c->core->state, c->opdracht.melding, n, &later);
		if (!r)
			r = add_lapses(c, later);
	}
	return r == RESULT_NOT_FOUND ? end_leaf(c) : r;
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

// SPDX-License-Identifier: EUPL-1.2
// A vernietigingsstop: two roles keep meldingen from being destroyed, and two let that end. In a
// leaf of its own; terms and orders look before they begin (bewaar.c, wissing.c). What was begun
// before it is finished: nobody could bring back what is half gone.
#include "flow/wissing.h"

#include "base/clock.h"
#include "melding/reason.h"
#include "register/stop.h"

#include <string.h>

static enum result refuse(struct problem *problem, enum result result, enum reason reason,
			  const char *what)
{
	problem_set(problem, reason_code(reason), reason_fix(reason), "%s", what);
	return result;
}

// Each must be a melding that can still be accounted for, or it is a slip of the pen.
static enum result check_meldingen(struct core *core, const struct stop_opdracht *opdracht,
				   struct problem *problem)
{
	for (size_t i = 0; i < opdracht->melding_count; i++) {
		struct state_bewaar bewaar;
		enum result r = state_bewaar(core->state, opdracht->meldingen[i], &bewaar);
		if (r && r != RESULT_NOT_FOUND)
			return refuse(problem, r, REASON_DAMAGED, "the terms cannot be read");
		if (r || bewaar.melding != opdracht->meldingen[i])
			return refuse(problem, RESULT_NOT_FOUND, REASON_NOT_FOUND,
				      "an entry it names is no melding that is kept");
	}
	return RESULT_OK;
}

static enum result check_object(struct core *core, const struct stop_opdracht *opdracht,
				struct problem *problem)
{
	struct state_stop stop;
	if (!opdracht->einde)
		return check_meldingen(core, opdracht, problem);
	enum result r = state_stop(core->state, opdracht->einde, &stop);
	if (r && r != RESULT_NOT_FOUND)
		return refuse(problem, r, REASON_DAMAGED, "the stops cannot be read");
	return r || stop.index != opdracht->einde
		       ? refuse(problem, RESULT_NOT_FOUND, REASON_NOT_FOUND,
				"no vernietigingsstop of this entry is in force")
		       : RESULT_OK;
}

static enum result check(struct core *core, const struct wissing_request *request, bool whole,
			 struct stop_opdracht *opdracht, struct problem *problem)
{
	if (stop_opdracht_read(request->opdracht, opdracht))
		return refuse(problem, RESULT_MALFORMED, REASON_MALFORMED,
			      "the order is not written as it should be");
	enum result r = check_object(core, opdracht, problem);
	if (r)
		return r;
	int64_t now = time_now(core);
	struct act_demand demand = {
		.index = journal_size(core->journal),
		.time = (uint64_t)(now > core->last_time ? now : core->last_time),
		.soort = STOP_SOORT,
		.object = sha256(request->opdracht),
		.one = !whole};
	return register_check_acts(&core->registry, &demand, request->acts, request->act_count,
				   problem);
}

enum result flow_hold_check(struct core *core, const struct wissing_request *request,
			    struct problem *problem)
{
	struct stop_opdracht opdracht;
	return check(core, request, false, &opdracht, problem);
}

static enum result add_leaf(struct core *core, const struct wissing_request *request,
			    const struct stop_opdracht *opdracht)
{
	struct record *record;
	struct part *part = arena_alloc(core->arena, sizeof *part);
	if (!part)
		return RESULT_NO_MEMORY;
	part->kind = PART_STOP;
	struct part_stop *stop = &part->stop;
	stop->opdracht = request->opdracht;
	stop->act_count = request->act_count;
	stop->acts = arena_alloc(core->arena, request->act_count * sizeof *stop->acts);
	stop->meldingen = arena_alloc(core->arena, sizeof opdracht->meldingen);
	if (!stop->acts || !stop->meldingen)
		return RESULT_NO_MEMORY;
	memcpy(stop->acts, request->acts, request->act_count * sizeof *stop->acts);
	memcpy(stop->meldingen, opdracht->meldingen, sizeof opdracht->meldingen);
	stop->einde = opdracht->einde;
	stop->melding_count = opdracht->melding_count;
	if (!opdracht->einde)
		stop->herzien = (uint64_t)(date_to_days(opdracht->herzien) * MS_PER_DAY);
	struct record_request leaf = {.class = ENTRY_EVENT,
				      .now = time_now(core),
				      .parts = part,
				      .count = 1,
				      .slot_parts = KEYSTORE_SLOT_SYSTEM};
	return record_add(core, &leaf, &record);
}

enum result flow_hold(struct core *core, const struct wissing_request *request, uint64_t *ret_index,
		      struct problem *problem)
{
	struct stop_opdracht opdracht;
	enum result r = core->item_count || core->record_count ? flow_commit(core) : RESULT_OK;
	if (!r && core->readonly)
		r = refuse(problem, RESULT_AGAIN, REASON_READONLY, reason_text(REASON_READONLY));
	if (!r && core->time.doubt != CLOCK_SURE)
		r = refuse(problem, RESULT_AGAIN, REASON_CLOCK, reason_text(REASON_CLOCK));
	if (!r)
		r = check(core, request, true, &opdracht, problem);
	if (r)
		return r;
	uint64_t index = journal_size(core->journal);
	r = add_leaf(core, request, &opdracht);
	if (r) {
		enum result undone = flow_abort(core, r);
		return undone ? undone : r;
	}
	r = flow_commit(core);
	if (!r && journal_size(core->journal) == index)
		r = refuse(problem, RESULT_AGAIN, REASON_FULL, reason_text(REASON_FULL));
	if (!r)
		*ret_index = index;
	return r;
}

// SPDX-License-Identifier: EUPL-1.2
// A vernietigingsstop: two roles keep meldingen from being destroyed, and two let that end. In a
// leaf of its own; terms and orders look before they begin (bewaar.c, wissing.c). What was begun
// before it is finished: nobody could bring back what is half gone.
#include "flow/wissing.h"

#include "base/clock.h"
#include "melding/reason.h"
#include "register/stop.h"

#include <string.h>

// Each must be a melding that can still be accounted for, or it is a slip of the pen.
static enum result check_meldingen(struct core *core, const struct stop_opdracht *opdracht,
				   struct problem *problem)
{
	for (size_t i = 0; i < opdracht->melding_count; i++) {
		struct state_bewaar bewaar;
		enum result r = state_bewaar(core->state, opdracht->meldingen[i], &bewaar);
		if (r && r != RESULT_NOT_FOUND)
			return order_refuse(problem, r, REASON_DAMAGED, "the terms cannot be read");
		if (r || bewaar.melding != opdracht->meldingen[i])
			return order_refuse(problem, RESULT_NOT_FOUND, REASON_NOT_FOUND,
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
		return order_refuse(problem, r, REASON_DAMAGED, "the stops cannot be read");
	return r || stop.index != opdracht->einde
		       ? order_refuse(problem, RESULT_NOT_FOUND, REASON_NOT_FOUND,
				      "no vernietigingsstop of this entry is in force")
		       : RESULT_OK;
}

static enum result check(struct core *core, const struct wissing_request *request, bool whole,
			 struct stop_opdracht *opdracht, struct problem *problem)
{
	if (stop_opdracht_read(request->opdracht, opdracht))
		return order_refuse(problem, RESULT_MALFORMED, REASON_MALFORMED,
				    "the order is not written as it should be");
	enum result r = check_object(core, opdracht, problem);
	return r ? r : order_check_acts(core, request, STOP_SOORT, whole, problem);
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
	enum result r = order_ready(core, problem);
	if (!r)
		r = check(core, request, true, &opdracht, problem);
	if (r)
		return r;
	uint64_t index = journal_size(core->journal);
	r = order_commit(core, index, add_leaf(core, request, &opdracht), problem);
	if (!r)
		*ret_index = index;
	return r;
}

// SPDX-License-Identifier: EUPL-1.2
// What an order of two roles goes through, whatever it orders (wissing.c, hold.c, acceptatie.c).
#include "flow/wissing.h"

#include "melding/reason.h"

enum result order_refuse(struct problem *problem, enum result result, enum reason reason,
			 const char *what)
{
	problem_set(problem, reason_code(reason), reason_fix(reason), "%s", what);
	return result;
}

enum result order_check_acts(struct core *core, const struct wissing_request *request,
			     const char *soort, bool whole, struct problem *problem)
{
	int64_t now = time_now(core);
	struct act_demand demand = {
		.index = journal_size(core->journal),
		.time = (uint64_t)(now > core->last_time ? now : core->last_time),
		.soort = soort,
		.object = sha256(request->opdracht),
		.one = !whole};
	return register_check_acts(&core->registry, &demand, request->acts, request->act_count,
				   problem);
}

enum result order_ready(struct core *core, struct problem *problem)
{
	enum result r = core->item_count || core->record_count ? flow_commit(core) : RESULT_OK;
	if (!r && core->readonly)
		r = order_refuse(problem, RESULT_AGAIN, REASON_READONLY,
				 reason_text(REASON_READONLY));
	if (!r && core->time.doubt != CLOCK_SURE)
		r = order_refuse(problem, RESULT_AGAIN, REASON_CLOCK, reason_text(REASON_CLOCK));
	return r;
}

enum result order_commit(struct core *core, uint64_t index, enum result made,
			 struct problem *problem)
{
	if (made) {
		enum result undone = flow_abort(core, made);
		return undone ? undone : made;
	}
	enum result r = flow_commit(core);
	if (!r && journal_size(core->journal) == index)
		r = order_refuse(problem, RESULT_AGAIN, REASON_FULL, reason_text(REASON_FULL));
	return r;
}

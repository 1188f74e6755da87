// SPDX-License-Identifier: EUPL-1.2
// What the house makes of a melding of which nothing came, by the functie that owes it: it needs
// nothing, it was taken up outside, or it is put before the convenanten in force now. That is the
// only way by which a newer convenant looks at what was there before it (design §8: loosening does
// not re-route silently), and it gives what its regels give and nothing else.
#include "control/control.h"
#include "flow/bureau.h"
#include "flow/in_force.h"
#include "flow/type.h"

#include <stdio.h>

// Of what no convenant ever decided, screened while none is in force: the content is of no further
// use to anybody here.
#define SCREENED_MS (30 * MS_PER_DAY)

static bool is_again(const struct flow_item *item)
{
	return bytes_equal(said(item, SCREENING_UITKOMST), bytes_of_text("opnieuw"));
}

static enum result screening_settle(struct core *core, struct flow_item *item)
{
	static const struct owed_velden velden = {.soort = VERPLICHTING_SCREENING,
						  .entry = SCREENING_ENTRY,
						  .entry_field = "screening.entry",
						  .naam_field = "screening.entry"};
	return settle_owed(core, item, &velden);
}

// On the facts it was decided on under that convenant, else on those gathered for it now.
static enum result put_before(struct core *core, struct flow_item *item,
			      const struct convenant *convenant)
{
	const struct part_verantwoording *decision = NULL;
	bool found;
	enum result r =
		recall_decision(core, item->recalled, bytes_of_text(convenant_name(convenant)),
				item->arena, &decision);
	item->convenant = convenant;
	item->gathered = false;
	if (!r)
		r = recall_item(core, item->betreft, item, &found);
	return r || decision ? r : enrich_again(core, item);
}

static enum result put_before_each(struct core *core, struct flow_item *item)
{
	struct flow_item *last = NULL;
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < core->convenant_count; i++) {
		struct flow_item *next = item;
		if (!convenant_concerns(core->convenanten[i], item->feiten))
			continue;
		if (last)
			r = item_further(last, &next);
		if (!r)
			r = put_before(core, next, core->convenanten[i]);
		last = next;
	}
	if (!r && !last)
		refuse_whole(item, REASON_NOT_FOUND, "convenant");
	return r;
}

static enum result screening_prepare(struct core *core, struct flow_item *item)
{
	bool found = false;
	if (!is_again(item))
		return RESULT_OK;
	enum result r = recall_item(core, item->betreft, item, &found);
	if (!r && !found) // its content is gone
		refuse_whole(item, REASON_NOT_FOUND, "screening.entry");
	return r || !found ? r : put_before_each(core, item);
}

static enum result screening_subtract(struct core *core, struct flow_item *item)
{
	return subtract_given(core, item, bytes_make(NULL, 0));
}

// What comes to nothing again stays owed, by the same day.
static enum result screening_whole(struct core *core, struct flow_item *item)
{
	struct state_obligation owed = {.soort = 0};
	enum result r = RESULT_OK;
	if (came_of(item))
		return RESULT_OK;
	for (uint32_t n = 0; !r && owed.soort != VERPLICHTING_SCREENING; n = owed.n + 1)
		r = state_owed(core->state, item->betreft, n, &owed);
	return r ? r : screening_owe(core, item, owed.due);
}

// Until when a melding that no convenant decided is kept: as what was given to nobody by any of
// those in force now. (What is put before them again has the terms of that.)
static enum result screening_account(struct core *core, struct flow_item *item,
				     struct part_verantwoording *v)
{
	int64_t inhoud = 0, verantwoording = 0;
	if (item->feiten)
		return RESULT_OK;
	for (size_t i = 0; i < core->convenant_count; i++) {
		int64_t one = 0, other = 0;
		convenant_bewaar(core->convenanten[i], NULL, 0, item->now, &one, &other);
		inhoud = one > inhoud ? one : inhoud;
		verantwoording = other > verantwoording ? other : verantwoording;
	}
	v->bewaar_inhoud = (uint64_t)(inhoud ? inhoud : item->now + SCREENED_MS);
	v->bewaar_verantwoording =
		(uint64_t)(verantwoording ? verantwoording : item->now + BUREAU_KEPT_MS);
	return RESULT_OK;
}

// The velden stand with the first of its entries, and so does what is owed anew. A melding without
// a term begins one.
static enum result screening_apply(struct state *state, const struct part_verantwoording *v)
{
	const struct state_settled screening = {.soort = VERPLICHTING_SCREENING};
	const struct state_settled feit = {.soort = VERPLICHTING_FEIT, .convenant = v->convenant};
	enum result r =
		v->betreft && v->veld_count > 0 ? state_settle(state, v, &screening) : RESULT_OK;
	if (!r && v->betreft && v->veld_count > 0)
		r = state_begin_term(state, v);
	return !r && v->betreft && v->has_convenant ? state_settle(state, v, &feit) : r;
}

// "g-screening <uitkomst>"
static void screening_tell(const struct part_verantwoording *v, struct buffer *out)
{
	control_append(out, "g-screening", veld_get(v->velden, v->veld_count, SCREENING_UITKOMST));
}

const struct type_handler type_screening = {
	.decided = true,
	.read = read_signed,
	.settle = screening_settle,
	.enrich = screening_prepare,
	.afterwards = screening_subtract,
	.whole = screening_whole,
	.account = screening_account,
	.apply = screening_apply,
	.content = UINT64_C(1) << SCREENING_MOTIVERING,
	.event = "screening",
	.tell = screening_tell,
};

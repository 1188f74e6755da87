// SPDX-License-Identifier: EUPL-1.2
#include "core/again.h"

struct collecting {
	struct again *again;
	bool given_only;
};

static enum result note(void *context, size_t ontvanger, const struct plaats *plaats,
			const struct beslissing *beslissing)
{
	struct again *again = ((struct collecting *)context)->again;
	if (((struct collecting *)context)->given_only && beslissing->oordeel != OORDEEL_VERSTREKT)
		return RESULT_OK;
	if (again->count == again->cap)
		return RESULT_INTERNAL;
	again->answers[again->count++] =
		(struct answer_again){&again->ontvangers[ontvanger], *plaats, *beslissing};
	return RESULT_OK;
}

enum result again_decide(struct again *again, bool given_only)
{
	const struct part_verantwoording *of = again->melding->verantwoording;
	struct arena *arena = again->core->command_arena;
	struct flow_item *item = arena_alloc(arena, sizeof *item);
	const struct recall_question question = {again->melding->index, again->before,
						 again->convenant};
	if (!item)
		return RESULT_NO_MEMORY;
	item->arena = arena;
	item->sent = of->rubrieken;
	item->sent_count = of->rubriek_count;
	enum result r = recall_feiten(again->core, &question, again->melding, arena, &item->feiten);
	if (!r)
		r = list_plaatsen(again->convenant, item);
	if (r)
		return r;
	item->feiten->now = again->now;
	again->cap =
		convenant_ontvangers(again->convenant, &again->ontvangers) * item->plaats_count;
	again->answers = arena_alloc(arena, (again->cap + 1) * sizeof *again->answers);
	if (!again->answers)
		return RESULT_NO_MEMORY;
	struct collecting collecting = {again, given_only};
	const struct beslissing_visitor visitor = {&collecting, note};
	return convenant_decide_all(again->convenant, item->feiten, item->plaatsen,
				    item->plaats_count, &visitor);
}

// Whether this ontvanger is given nothing but herkomst.
static bool is_alone(const struct again *again, const struct ontvanger *ontvanger)
{
	for (size_t i = 0; i < again->count; i++)
		if (again->answers[i].ontvanger == ontvanger &&
		    again->answers[i].plaats.rubriek != RUBRIEK_HERKOMST &&
		    again->answers[i].beslissing.oordeel == OORDEEL_VERSTREKT)
			return false;
	return true;
}

void again_drop_lone_herkomst(struct again *again)
{
	size_t kept = 0;
	for (size_t i = 0; i < again->count; i++)
		if (again->answers[i].plaats.rubriek != RUBRIEK_HERKOMST ||
		    (again->answers[i].beslissing.oordeel == OORDEEL_VERSTREKT &&
		     !is_alone(again, again->answers[i].ontvanger)))
			again->answers[kept++] = again->answers[i];
	again->count = kept;
}

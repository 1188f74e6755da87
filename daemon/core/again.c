// SPDX-License-Identifier: EUPL-1.2
#include "core/again.h"

#include "flow/bekend.h"
#include "flow/type.h"

#include <string.h>

#define ANSWERS_FIRST 64

struct collecting {
	struct again *again;
	const struct feiten *feiten;
	bool given_only;
};

static enum result add(struct collecting *collecting, const struct answer_again *answer)
{
	struct again *again = collecting->again;
	if (collecting->given_only && answer->beslissing.oordeel != OORDEEL_VERSTREKT)
		return RESULT_OK;
	if (again->count == again->cap) { // few of the many that may be
		size_t cap = again->cap ? 2 * again->cap : ANSWERS_FIRST;
		struct answer_again *grown =
			arena_alloc(again->core->command_arena, cap * sizeof *grown);
		if (!grown)
			return RESULT_NO_MEMORY;
		if (again->count > 0)
			memcpy(grown, again->answers, again->count * sizeof *grown);
		again->answers = grown;
		again->cap = cap;
	}
	again->answers[again->count++] = *answer;
	return RESULT_OK;
}

static enum result note(void *context, size_t ontvanger, const struct plaats *plaats,
			const struct beslissing *beslissing)
{
	const struct collecting *collecting = context;
	struct again *again = collecting->again;
	if (!vraag_reaches(again->convenant, collecting->feiten, &again->ontvangers[ontvanger]))
		return RESULT_OK;
	return add(context, &(struct answer_again){&again->ontvangers[ontvanger], *plaats, NULL,
						   *beslissing});
}

static enum result note_agenda(void *context, size_t n, const struct plaats *plaats,
			       const struct beslissing *beslissing)
{
	const struct again *again = ((struct collecting *)context)->again;
	const struct overleg *overleg = convenant_overleg(again->convenant, n);
	const struct ontvanger *chair =
		overleg_voorzitter(overleg, &((struct collecting *)context)->feiten->bron);
	return add(context, &(struct answer_again){chair, *plaats, overleg->overleg, *beslissing});
}

enum result again_decide(struct again *again, bool given_only)
{
	const struct part_verantwoording *of = again->melding->verantwoording;
	const struct type_handler *handler = type_handler(of->type);
	bool waits = type_waits(handler);
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
	again->feiten = item->feiten;
	convenant_ontvangers(again->convenant, &again->ontvangers);
	struct collecting collecting = {again, item->feiten, given_only || !waits};
	struct beslissing_visitor visitor = {&collecting, note};
	r = convenant_decide_all(again->convenant, item->feiten, item->plaatsen, item->plaats_count,
				 &visitor);
	visitor.visit = note_agenda;
	return r || !waits ? r : convenant_agenda_all(again->convenant, item->feiten, &visitor);
}

// Whether this ontvanger is given nothing that says something alone.
static bool is_alone(const struct again *again, const struct ontvanger *ontvanger)
{
	for (size_t i = 0; i < again->count; i++)
		if (ontvanger_equal(again->answers[i].ontvanger, ontvanger) &&
		    vraag_says_alone(again->feiten, again->answers[i].plaats.rubriek) &&
		    again->answers[i].beslissing.oordeel == OORDEEL_VERSTREKT)
			return false;
	return true;
}

void again_drop_lone(struct again *again)
{
	size_t kept = 0;
	for (size_t i = 0; i < again->count; i++)
		if (vraag_says_alone(again->feiten, again->answers[i].plaats.rubriek) ||
		    (again->answers[i].beslissing.oordeel == OORDEEL_VERSTREKT &&
		     !is_alone(again, again->answers[i].ontvanger)))
			again->answers[kept++] = again->answers[i];
	again->count = kept;
}

// SPDX-License-Identifier: EUPL-1.2
// ZSM says what became of context that it was given. It owes that where a regel passes it on, and
// who sees it follows from such regels alone: it is decided on the facts of the question. Of a
// question that was answered with nothing nothing is owed, so that nothing can be told from it.
#include "flow/in_force.h"
#include "flow/type.h"

#include <string.h>

static enum result terugkoppeling_settle(struct core *core, struct flow_item *item)
{
	static const struct owed_velden velden = {.soort = VERPLICHTING_TERUGKOPPELING,
						  .entry = ZSM_TERUGKOPPELING_ENTRY,
						  .entry_field = "zsm_terugkoppeling.entry"};
	bool used = bytes_equal(said(item, ZSM_TERUGKOPPELING_GEBRUIKT), bytes_of_text("ja"));
	bool why = said(item, ZSM_TERUGKOPPELING_REDEN).len > 0;
	if (!used && !why)
		refuse_item(item, REASON_MISSING_FIELD, "zsm_terugkoppeling.reden");
	else if (used && why)
		refuse_item(item, REASON_BAD_VALUE, "zsm_terugkoppeling.reden");
	if (item->refusal.reason)
		return RESULT_OK;
	enum result r = settle_owed(core, item, &velden);
	if (!r && !item->refusal.reason)
		item->convenant =
			in_force_of(core, &item->recalled->verantwoording->convenant_hash);
	return r;
}

// Those of the question, as it was decided.
static enum result terugkoppeling_feiten(struct core *core, struct flow_item *item)
{
	const struct recall_question question = {item->betreft, 0, item->convenant};
	enum result r = recall_feiten(core, &question, item->recalled, item->arena, &item->feiten);
	if (r)
		return r;
	item->feiten->now = item->enriched_at = item->now;
	item->gathered = true;
	feit_set(feiten_at(item->feiten, ATTRIBUUT_VRAAG, 0), bytes_of_text("zsm.terugkoppeling"));
	return RESULT_OK;
}

static enum result terugkoppeling_apply(struct state *state, const struct part_verantwoording *v)
{
	const struct state_settled settled = {.soort = VERPLICHTING_TERUGKOPPELING, .own = true};
	return v->betreft ? state_settle(state, v, &settled) : RESULT_OK;
}

static size_t terugkoppeling_passes(const struct statement *s, uint32_t rubriek,
				    struct veld *velden, size_t max)
{
	static const struct {
		uint32_t from, to;
	} rows[] = {{ZSM_TERUGKOPPELING_GEBRUIKT, VERRIJKING_TERUGKOPPELING_GEBRUIKT},
		    {ZSM_TERUGKOPPELING_REDEN, VERRIJKING_TERUGKOPPELING_REDEN},
		    {ZSM_TERUGKOPPELING_AFDOENING, VERRIJKING_TERUGKOPPELING_AFDOENING},
		    {ZSM_TERUGKOPPELING_VOORWAARDE, VERRIJKING_TERUGKOPPELING_VOORWAARDE}};
	size_t count = 0;
	(void)rubriek;
	for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++)
		for (size_t i = 0; i < s->veld_count && count < max; i++)
			if (s->velden[i].veld == rows[n].from)
				velden[count++] = (struct veld){rows[n].to, s->velden[i].waarde};
	return count;
}

const struct type_handler type_zsm_terugkoppeling = {
	.decided = true,
	.alone = true,
	.read = read_signed,
	.settle = terugkoppeling_settle,
	.enrich = terugkoppeling_feiten,
	.apply = terugkoppeling_apply,
	.is_content = true,
	.passes = terugkoppeling_passes,
	.content = ~(VELD_BIT(ZSM_TERUGKOPPELING_ENTRY) | VELD_BIT(ZSM_TERUGKOPPELING_MEDEWERKER)),
};

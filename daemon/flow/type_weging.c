// SPDX-License-Identifier: EUPL-1.2
// A weging: a person's judgement that a regel requires. It must be owed, come from the functie that
// owes it, and it opens only what its regel says; without it nothing goes.
#include "flow/in_force.h"
#include "flow/type.h"
#include "flow/weighing.h"

#include "base/clock.h"
#include "control/control.h"

#include <stdio.h>
#include <string.h>

// The open obligation this weging settles.
static enum result find_owed(struct core *core, const struct flow_item *item, uint64_t melding,
			     struct state_obligation *ret_owed)
{
	struct bytes regel = said(item, WEGING_REGEL);
	enum result r = RESULT_OK;
	for (uint32_t n = 0; !r; n = ret_owed->n + 1) {
		r = state_owed(core->state, melding, n, ret_owed);
		if (!r && ret_owed->soort == VERPLICHTING_WEGING &&
		    bytes_equal(bytes_of_text(ret_owed->regel), regel))
			return RESULT_OK;
	}
	return r;
}

// Which betrokkene a weging is about; 0 the melding as a whole.
static uint32_t weging_betrokkene(const struct veld *velden, size_t count)
{
	const struct statement statement = {.velden = (struct veld *)(uintptr_t)velden,
					    .veld_count = count};
	return (uint32_t)statement_number(&statement, WEGING_BETROKKENE, 0);
}

// The functie that weighs: by the convenant in force, which may have changed since it was asked.
static const char *weigher(const struct convenant *convenant, const struct state_obligation *owed)
{
	size_t n;
	const struct weging_eis *eis = NULL;
	if (convenant &&
	    convenant_regel_named(convenant, bytes_of_text(owed->regel), &n) == RESULT_OK)
		eis = convenant_weging(convenant, n);
	return eis ? eis->door : owed->owed_by.functie;
}

static enum result weging_settle(struct core *core, struct flow_item *item)
{
	uint64_t melding = statement_number(&item->opened->statement, WEGING_ENTRY, UINT64_MAX);
	struct state_obligation owed;
	enum result r = find_owed(core, item, melding, &owed);
	if (r && r != RESULT_NOT_FOUND)
		return r;
	const struct convenant *convenant = r ? NULL : weighing_under(core, &owed);
	if (r || !oin_equal(&owed.owed_by.oin, &item->signer->bundle.oin) ||
	    !party_has_functie(item->signer, weigher(convenant, &owed))) {
		weighing_refuse(core, said(item, WEGING_REGEL), item);
		return RESULT_OK;
	}
	item->convenant = convenant;
	weighing_check(convenant, said(item, WEGING_REGEL), said(item, WEGING_UITKOMST), item);
	if (!item->refusal.reason)
		item->betreft = melding;
	return RESULT_OK;
}

// Whether this was weighed for this betrokkene already: what is still owed is owed for the others,
// and a second outcome would contradict what has gone out.
static bool is_weighed(const struct feiten *feiten, struct bytes regel, uint32_t betrokkene)
{
	for (size_t i = 0; i < feiten->weging_count; i++)
		if (feiten->wegingen[i].betrokkene == betrokkene &&
		    bytes_equal(feiten->wegingen[i].regel, regel))
			return true;
	return false;
}

static enum result add_weging(struct feiten *feiten, const struct weging_feit *weging,
			      struct arena *arena)
{
	struct weging_feit *grown =
		arena_alloc(arena, (feiten->weging_count + 1) * sizeof *feiten->wegingen);
	if (!grown)
		return RESULT_NO_MEMORY;
	if (feiten->weging_count > 0)
		memcpy(grown, feiten->wegingen, feiten->weging_count * sizeof *grown);
	grown[feiten->weging_count++] = *weging;
	feiten->wegingen = grown;
	return RESULT_OK;
}

static enum result weging_prepare(struct core *core, struct flow_item *item)
{
	bool found = false;
	enum result r = recall_item(core, item->betreft, item, &found);
	if (r)
		return r;
	if (!found) {
		refuse_whole(item, REASON_NOT_FOUND, "weging.entry");
		return RESULT_OK;
	}
	struct feiten *f = item->feiten;
	uint32_t betrokkene = weging_betrokkene(item->opened->statement.velden,
						item->opened->statement.veld_count);
	if (betrokkene > f->betrokkenen) {
		refuse_whole(item, REASON_UNKNOWN_BETROKKENE, "weging.betrokkene");
		return RESULT_OK;
	}
	if (is_weighed(f, said(item, WEGING_REGEL), betrokkene)) {
		refuse_whole(item, REASON_ALREADY_DECIDED, "weging.betrokkene");
		return RESULT_OK;
	}
	const struct weging_feit weging = {
		.regel = said(item, WEGING_REGEL),
		.uitkomst = said(item, WEGING_UITKOMST),
		.betrokkene = betrokkene,
	};
	return add_weging(f, &weging, item->arena);
}

static enum result weging_subtract(struct core *core, struct flow_item *item)
{
	return subtract_given(core, item, said(item, WEGING_REGEL));
}

// A weging counts when it was given by the functie that weighs under this convenant. Of a regel it
// does not know, the engine makes nothing.
static bool counts(const struct convenant *convenant, const struct part_verantwoording *v)
{
	size_t n;
	struct bytes regel = veld_get(v->velden, v->veld_count, WEGING_REGEL);
	if (!convenant || convenant_regel_named(convenant, regel, &n))
		return true;
	const struct weging_eis *eis = convenant_weging(convenant, n);
	for (size_t i = 0; eis && i < v->signer_functie_count; i++)
		if (bytes_equal(v->signer_functies[i], bytes_of_text(eis->door)))
			return true;
	return !eis;
}

static enum result weging_recall(const struct recall_question *question,
				 const struct part_verantwoording *v, struct arena *arena,
				 struct feiten *feiten)
{
	if (!counts(question->convenant, v))
		return RESULT_OK;
	const struct weging_feit weging = {
		.regel = veld_get(v->velden, v->veld_count, WEGING_REGEL),
		.uitkomst = veld_get(v->velden, v->veld_count, WEGING_UITKOMST),
		.betrokkene = weging_betrokkene(v->velden, v->veld_count),
	};
	return add_weging(feiten, &weging, arena);
}

// What its regel asked is settled, and what waited for a fact under that convenant too: the whole
// melding was decided again under it, and what still waits, for other betrokkenen or for a fact,
// its own part names anew.
static enum result weging_apply(struct state *state, const struct part_verantwoording *v)
{
	const struct state_settled weging = {
		.soort = VERPLICHTING_WEGING,
		.naam = veld_get(v->velden, v->veld_count, WEGING_REGEL),
		.convenant = v->convenant};
	const struct state_settled feit = {.soort = VERPLICHTING_FEIT, .convenant = v->convenant};
	enum result r = v->betreft ? state_settle(state, v, &weging) : RESULT_OK;
	return !r && v->betreft && v->has_convenant ? state_settle(state, v, &feit) : r;
}

static void weging_tell(const struct part_verantwoording *v, struct buffer *out)
{
	char line[512], functies[FUNCTIES_MAX * (FUNCTIE_MAX + 1) + 1] = "-";
	size_t used = 0;
	for (size_t i = 0; i < v->signer_functie_count && used < sizeof functies; i++)
		used += (size_t)snprintf(functies + used, sizeof functies - used, "%s%.*s",
					 i ? "," : "", (int)v->signer_functies[i].len,
					 (const char *)v->signer_functies[i].data);
	struct bytes regel = veld_get(v->velden, v->veld_count, WEGING_REGEL);
	struct bytes uitkomst = veld_get(v->velden, v->veld_count, WEGING_UITKOMST);
	snprintf(line, sizeof line, "%.*s %u %.*s %.200s %.*s", (int)regel.len,
		 regel.data ? (const char *)regel.data : "",
		 weging_betrokkene(v->velden, v->veld_count), (int)v->signer.len,
		 (const char *)v->signer.data, functies, (int)uitkomst.len,
		 uitkomst.data ? (const char *)uitkomst.data : "");
	control_append_text(out, "g-weging", line);
}

const struct type_handler type_weging = {
	.decided = true,
	.read = read_signed,
	.settle = weging_settle,
	.enrich = weging_prepare,
	.afterwards = weging_subtract,
	.apply = weging_apply,
	.content = UINT64_C(1) << WEGING_MOTIVERING,
	.recall = weging_recall,
	.event = "weging",
	.tell = weging_tell,
};

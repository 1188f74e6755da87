// SPDX-License-Identifier: EUPL-1.2
// The regie of a casus passes to who signs (R10): the house, or somebody named in it. Nothing else
// changes who is responsible.
#include "flow/casus.h"
#include "flow/type.h"

#include <string.h>

static enum result regie_settle(struct core *core, struct flow_item *item)
{
	static const struct casus_velden velden = {REGIE_CASUS, REGIE_FUNCTIE, "regie.casus",
						   "regie.functie"};
	struct casus casus;
	struct ontvanger who;
	enum result r = casus_settle_by(core, item, &velden, &casus, &who);
	if (!r && !item->refusal.reason && ontvanger_equal(&casus.regie, &who))
		refuse_item(item, REASON_ALREADY_DECIDED, "regie.functie");
	return r;
}

static enum result regie_apply(struct state *state, const struct part_verantwoording *v)
{
	if (v->betreft)
		state_is_newest(state, v);
	return RESULT_OK;
}

static void regie_say(const struct part_verantwoording *v, const struct statement *s,
		      struct casus *casus)
{
	struct ontvanger who = {.functie = ""};
	struct bytes functie = veld_get(s->velden, s->veld_count, REGIE_FUNCTIE);
	if (oin_parse(v->signer, &who.oin) || functie.len > FUNCTIE_MAX)
		return;
	memcpy(who.functie, functie.data, functie.len);
	casus->regie = who;
}

const struct type_handler type_regie = {
	.read = read_signed,
	.settle = regie_settle,
	.apply = regie_apply,
	.is_content = true,
	.content = UINT64_C(1) << REGIE_CASUS | UINT64_C(1) << REGIE_MOTIVERING,
	.casus = regie_say,
};

// SPDX-License-Identifier: EUPL-1.2
// The regie of a casus passes to who signs (R10): the house, or somebody named in it. Nothing else
// changes who is responsible.
#include "control/control.h"
#include "flow/casus.h"
#include "flow/type.h"

#include <stdio.h>
#include <string.h>

static struct bytes said(const struct flow_item *item, uint32_t veld)
{
	const struct statement *s = &item->opened->statement;
	return veld_get(s->velden, s->veld_count, veld);
}

static struct ontvanger who_takes(const struct flow_item *item)
{
	struct ontvanger who = {.oin = item->signer->bundle.oin};
	struct bytes functie = said(item, REGIE_FUNCTIE);
	if (functie.len <= FUNCTIE_MAX && functie.len > 0)
		memcpy(who.functie, functie.data, functie.len);
	return who;
}

// The same words whether there is no such casus, or one that is none of the signer's business.
static enum result regie_settle(struct core *core, struct flow_item *item)
{
	const struct ontvanger who = who_takes(item);
	struct casus casus = {.gewist = true};
	uint64_t first = 0;
	if (!party_has_functie(item->signer, who.functie)) {
		refuse_item(item, REASON_FUNCTIE_NOT_HELD, "regie.functie");
		return RESULT_OK;
	}
	enum result r = casus_named(core, said(item, REGIE_CASUS), &first);
	if (!r)
		r = casus_read(core, first, item->arena, &casus);
	if (!r && !casus.gewist && casus_known_to(core, &casus, &who)) {
		if (ontvanger_equal(&casus.regie, &who))
			refuse_item(item, REASON_ALREADY_DECIDED, "regie.functie");
		else
			r = casus_settle(core, item, first);
	} else if (!r)
		r = RESULT_NOT_FOUND;
	if (r != RESULT_NOT_FOUND)
		return r;
	refuse_item(item, REASON_NOT_FOUND, "regie.casus");
	return RESULT_OK;
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

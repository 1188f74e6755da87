// SPDX-License-Identifier: EUPL-1.2
// What ZSM should know about a casus before it decides, said beforehand by who has a part in it,
// and until when. What was asked for by a question is settled by it.
#include "flow/casus.h"
#include "flow/type.h"

#include "base/clock.h"

#include <string.h>

static enum result advies_settle(struct core *core, struct flow_item *item)
{
	static const struct casus_velden velden = {ZSM_ADVIES_CASUS, ZSM_ADVIES_FUNCTIE,
						   "zsm_advies.casus", "zsm_advies.functie"};
	const struct statement *s = &item->opened->statement;
	struct civil_date until;
	struct casus casus;
	struct ontvanger who;
	if (date_parse(veld_get(s->velden, s->veld_count, ZSM_ADVIES_GELDIG_TOT), &until) ||
	    date_to_days(until) < date_to_days(date_amsterdam(item->now))) {
		refuse_item(item, REASON_BAD_VALUE, "zsm_advies.geldig-tot");
		return RESULT_OK;
	}
	return casus_settle_by(core, item, &velden, &casus, &who);
}

static enum result advies_apply(struct state *state, const struct part_verantwoording *v)
{
	const struct state_settled owed = {.soort = VERPLICHTING_ADVIES};
	if (!v->betreft) // refused
		return RESULT_OK;
	state_is_newest(state, v);
	return state_settle(state, v, &owed);
}

static void advies_say(const struct part_verantwoording *v, const struct statement *s,
		       struct casus *casus)
{
	struct casus_advies advies = {
		.tekst = veld_get(s->velden, s->veld_count, ZSM_ADVIES_TEKST),
		.geldig_tot = veld_get(s->velden, s->veld_count, ZSM_ADVIES_GELDIG_TOT),
		.gegeven = (int64_t)v->received,
	};
	struct bytes functie = veld_get(s->velden, s->veld_count, ZSM_ADVIES_FUNCTIE);
	if (oin_parse(v->signer, &advies.door.oin) || functie.len > FUNCTIE_MAX)
		return;
	memcpy(advies.door.functie, functie.data, functie.len);
	for (size_t i = 0; i < s->veld_count; i++) {
		const struct veld *veld = &s->velden[i];
		if (veld->veld == ZSM_ADVIES_ADVIES && advies.advies_count < CASUS_ADVIEZEN_MAX)
			advies.adviezen[advies.advies_count++] = veld->waarde;
		if (veld->veld == ZSM_ADVIES_AFSPRAAK &&
		    advies.afspraak_count < CASUS_AFSPRAKEN_MAX)
			advies.afspraken[advies.afspraak_count++] = veld->waarde;
	}
	casus->advies = advies;
}

const struct type_handler type_zsm_advies = {
	.read = read_signed,
	.settle = advies_settle,
	.apply = advies_apply,
	.is_content = true,
	.content = ~(VELD_BIT(ZSM_ADVIES_FUNCTIE) | VELD_BIT(ZSM_ADVIES_MEDEWERKER)),
	.casus = advies_say,
};

// SPDX-License-Identifier: EUPL-1.2
// A recipient asks for what waits for one of its functies, naming the last number its inbox has
// durable (step 9, deliver).
#include "flow/type.h"

#include <string.h>

static enum result fetch_request(struct core *core, struct flow_item *item, struct arena *arena)
{
	const struct statement *s = &item->opened->statement;
	struct bytes functie = veld_get(s->velden, s->veld_count, FETCH_FUNCTIE);
	struct waiter wanted = {
		.route = item->opened->route,
		.about = item->opened->header_hash,
		.sealing_id = item->opened->sealing_id,
		.ontvanger = {.oin = item->signer->bundle.oin},
		.after = statement_number(s, FETCH_AFTER, 0),
		.max = (uint32_t)statement_number(s, FETCH_MAX, FETCH_MAX_ITEMS),
		.envelopes = (uint32_t)statement_number(s, FETCH_ENVELOPES, 1),
		.held = item->opened->held,
		.live = true,
	};
	if (functie.len == 0 || functie.len > FUNCTIE_MAX)
		return refuse_request(core, item, REASON_BAD_VALUE, "fetch.functie");
	memcpy(wanted.ontvanger.functie, functie.data, functie.len);
	// Functies are ears of their own: the key it is sealed for must hold this one too.
	if (!party_has_functie(item->signer, wanted.ontvanger.functie) ||
	    !waiter_holds(core, &wanted))
		return refuse_request(core, item, REASON_FUNCTIE_NOT_HELD, "fetch.functie");
	return deliver_fetch(core, &wanted, statement_number(s, FETCH_WAIT, 0), arena);
}

const struct type_handler type_fetch = {.request = fetch_request, .distinct = FETCH_FUNCTIE};

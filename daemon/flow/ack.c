// SPDX-License-Identifier: EUPL-1.2
// Step 10, confirm: a recipient says which deliveries its inbox has durable, by number and part
// hash. An item that is acknowledged already is fine: the same fact said twice.
#include "flow/flow.h"

#include <stdio.h>
#include <string.h>

#define ACK_ITEM_LEN 40

static enum result check_item(struct core *core, const struct ontvanger *ontvanger,
			      struct bytes waarde, bool *ret_known)
{
	struct state_delivery delivery;
	if (waarde.len != ACK_ITEM_LEN)
		return RESULT_MALFORMED;
	uint64_t number = get_u64be(waarde.data), last = 0;
	enum result r = state_last_number(core->state, ontvanger, &last);
	if (r)
		return r;
	*ret_known = number >= 1 && number <= last;
	if (!*ret_known)
		return RESULT_OK;
	r = state_next_delivery(core->state, ontvanger, number - 1, &delivery);
	if (r == RESULT_NOT_FOUND || (!r && delivery.number != number))
		return RESULT_OK; // acknowledged before
	if (!r)
		*ret_known = memcmp(delivery.part_hash.b, waarde.data + 8, 32) == 0;
	return r;
}

enum result ack_settle(struct core *core, struct flow_item *item)
{
	const struct statement *s = &item->opened->statement;
	struct ontvanger ontvanger = {.oin = item->signer->bundle.oin};
	struct bytes functie = veld_get(s->velden, s->veld_count, ACK_FUNCTIE);
	if (functie.len == 0 || functie.len > FUNCTIE_MAX) {
		refuse_item(item, REASON_BAD_VALUE, "ack.functie");
		return RESULT_OK;
	}
	memcpy(ontvanger.functie, functie.data, functie.len);
	if (!party_has_functie(item->signer, ontvanger.functie)) {
		refuse_item(item, REASON_FUNCTIE_NOT_HELD, "ack.functie");
		return RESULT_OK;
	}
	for (size_t i = 0; i < s->veld_count; i++) {
		bool known = false;
		if (s->velden[i].veld != ACK_ITEM)
			continue;
		enum result r = check_item(core, &ontvanger, s->velden[i].waarde, &known);
		if (r == RESULT_MALFORMED || (!r && !known)) {
			char field[FIELD_MAX];
			snprintf(field, sizeof field, "ack.item[%zu]", i);
			refuse_item(item, REASON_NOT_FOUND, field);
			return RESULT_OK;
		}
		if (r)
			return r;
		core->counts.acks++;
	}
	return RESULT_OK;
}

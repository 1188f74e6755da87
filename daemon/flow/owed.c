// SPDX-License-Identifier: EUPL-1.2
// Statements that answer for something owed: verified by core itself, and only by who owes it.
#include "flow/flow.h"

#include "base/clock.h"

enum result read_signed(struct core *core, struct flow_item *item)
{
	const struct signed_statement *proof = &item->opened->signed_statement;
	struct statement *s = &item->opened->statement;
	struct refusal refusal;
	struct hash hash;
	if (!bytes_equal(proof->signer, bytes_of_text(item->signer->bundle.oin.text)) ||
	    batch_verify_one(proof, item->signer->bundle.identity, NULL, &hash) ||
	    !hash_equal(&hash, &item->opened->header_hash))
		return RESULT_MALFORMED;
	enum result r = statement_decode(proof->statement, item->arena, s);
	if (r || s->type != (uint32_t)item->type->type)
		return r == RESULT_NO_MEMORY ? r : RESULT_MALFORMED;
	if (!statement_validate(s, date_amsterdam(item->now), &refusal))
		refuse_item(item, refusal.reason, refusal.field);
	if (!bytes_equal(s->audience_oin, bytes_of_text(core->registry.genesis.house.text)))
		refuse_item(item, REASON_WRONG_AUDIENCE, "audience_oin");
	if (!bytes_equal(s->audience_log, bytes_of_text(core->registry.genesis.origin)))
		refuse_item(item, REASON_WRONG_AUDIENCE, "audience_log");
	return RESULT_OK;
}

static bool is_owed(const struct flow_item *item, const struct owed_velden *velden,
		    const struct state_obligation *o)
{
	const struct statement *s = &item->opened->statement;
	struct bytes naam = veld_get(s->velden, s->veld_count, velden->naam);
	return o->soort == (uint32_t)velden->soort && bytes_equal(bytes_of_text(o->regel), naam) &&
	       oin_equal(&o->owed_by.oin, &item->signer->bundle.oin) &&
	       party_has_functie(item->signer, o->owed_by.functie);
}

enum result settle_owed(struct core *core, struct flow_item *item, const struct owed_velden *velden)
{
	uint64_t melding = statement_number(&item->opened->statement, velden->entry, UINT64_MAX);
	struct recalled *recalled = arena_alloc(item->arena, sizeof *recalled);
	struct state_obligation owed = {.soort = 0};
	enum result r = recalled ? RESULT_OK : RESULT_NO_MEMORY;
	for (uint32_t n = 0; !r; n = owed.n + 1) {
		r = state_owed(core->state, melding, n, &owed);
		if (!r && is_owed(item, velden, &owed))
			break;
	}
	if (r == RESULT_NOT_FOUND) {
		refuse_item(item, REASON_NOT_OWED, velden->field);
		return RESULT_OK;
	}
	if (!r)
		r = recall_entry(core, melding, RECALL_PARTS, item->arena, recalled);
	if (!r && !recalled->verantwoording)
		r = RESULT_DAMAGED;
	if (r)
		return r;
	item->betreft = melding;
	item->recalled = recalled; // it lies under that melding's slot
	return RESULT_OK;
}

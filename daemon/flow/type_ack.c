// SPDX-License-Identifier: EUPL-1.2
// Step 10, confirm: a recipient says which deliveries its inbox has durable, by number and part
// hash. An item that is acknowledged already is fine, for it is the same fact said twice; another
// part under that number is none.
#include "flow/ready.h"
#include "flow/recheck.h"
#include "flow/type.h"

#include "base/log.h"

#include <stdio.h>
#include <string.h>

#define ACK_ITEM_LEN 40

// One item of an ack: this ontvanger has this part under this number.
struct ack_claim {
	const struct ontvanger *ontvanger;
	uint64_t number;
	const uint8_t *part_hash; // 32 bytes
};

// Does this entry hold a part with this hash for this delivery? *ret_melding becomes the entry of
// the melding that the delivery is of. Of an erased one nothing is left to hold the claim against,
// nor to be claimed.
static enum result entry_gave(struct core *core, uint64_t index, const struct ack_claim *claim,
			      bool *ret_gave, uint64_t *ret_melding)
{
	struct recalled recalled;
	const size_t used = arena_used(core->scratch);
	enum result r = recall_entry(core, index, RECALL_PARTS, core->scratch, &recalled);
	if (r)
		return r;
	*ret_gave |= recalled.part_count == 0;
	for (size_t i = 0; i < recalled.part_count; i++) {
		const struct part_verstrekking *v = &recalled.parts[i].verstrekking;
		if (recalled.parts[i].kind != PART_VERSTREKKING || v->number != claim->number ||
		    !bytes_equal(v->oin, bytes_of_text(claim->ontvanger->oin.text)) ||
		    !bytes_equal(v->functie, bytes_of_text(claim->ontvanger->functie)))
			continue;
		struct hash hash = sha256(recalled.part_bytes[i]);
		*ret_gave |= memcmp(hash.b, claim->part_hash, sizeof hash.b) == 0;
		*ret_melding = v->betreft ? v->betreft : index;
	}
	arena_back(core->scratch, used);
	return RESULT_OK;
}

// The part may have been replaced between fetch and ack (a new convenant, a lapse): what was given
// under that number before is as true an acknowledgement. `index` is the newest entry that gave it.
static enum result gave_ever(struct core *core, uint64_t index, const struct ack_claim *claim,
			     bool *ret_gave)
{
	uint64_t melding = index, later = 0;
	enum result r = entry_gave(core, index, claim, ret_gave, &melding);
	if (!r && !*ret_gave && melding != index)
		r = entry_gave(core, melding, claim, ret_gave, &melding);
	for (uint64_t from = 0; !r && !*ret_gave; from = later + 1) {
		r = state_next_cause(core->state, melding, from, &later);
		if (!r)
			r = entry_gave(core, later, claim, ret_gave, &melding);
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

// A tick has parts of what lapsed and nothing else for an ontvanger.
static bool lies_in_a_tick(struct core *core, uint64_t index)
{
	uint8_t encoded[ENTRY_LEN];
	struct entry entry;
	return ready_class(core, index, &entry.class) ||
			       (journal_read(core->journal, index, encoded, NULL, NULL) ==
					RESULT_OK &&
				entry_decode(bytes_make(encoded, ENTRY_LEN), &entry) == RESULT_OK)
		       ? entry.class == ENTRY_TICK
		       : false;
}

// What waits under this number is confirmed now, for the first time.
static enum result note_lapsed(struct core *core, struct flow_item *item,
			       const struct state_delivery *delivery)
{
	if (!lies_in_a_tick(core, delivery->index))
		return RESULT_OK;
	for (size_t i = 0; i < item->lapsed_count; i++)
		if (item->lapsed[i].index == delivery->index &&
		    item->lapsed[i].part == delivery->part)
			return RESULT_OK;
	if (!item->lapsed)
		item->lapsed = arena_alloc(core->arena, item->opened->statement.veld_count *
								sizeof *item->lapsed);
	if (!item->lapsed)
		return RESULT_NO_MEMORY;
	item->lapsed[item->lapsed_count++] = (struct lapsed_row){delivery->index, delivery->part};
	return RESULT_OK;
}

// What was given before a herstel under a number that this log does not know is of what is lost.
static bool is_of_lost(const struct core *core, uint64_t number)
{
	return number <= register_number_base(&core->registry, REGISTER_NEVER);
}

static enum result check_item(struct core *core, struct flow_item *item,
			      const struct ontvanger *ontvanger, struct bytes waarde,
			      bool *ret_known)
{
	struct state_delivery delivery;
	if (waarde.len != ACK_ITEM_LEN)
		return RESULT_MALFORMED;
	uint64_t number = get_u64be(waarde.data), index = 0;
	struct ack_claim claim = {ontvanger, number, waarde.data + 8};
	if (number == 0)
		return RESULT_OK;
	enum result r = state_next_delivery(core->state, ontvanger, number - 1, &delivery);
	if (!r && delivery.number == number) {
		*ret_known = memcmp(delivery.part_hash.b, claim.part_hash, 32) == 0;
		return *ret_known ? note_lapsed(core, item, &delivery)
				  : gave_ever(core, delivery.index, &claim, ret_known);
	}
	if (!r || r == RESULT_NOT_FOUND)
		r = state_acked(core->state, ontvanger, number, &index);
	*ret_known = r == RESULT_NOT_FOUND && is_of_lost(core, number);
	if (r)
		return r == RESULT_NOT_FOUND ? RESULT_OK : r;
	return gave_ever(core, index, &claim, ret_known);
}

static enum result ack_settle(struct core *core, struct flow_item *item)
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
		enum result r = check_item(core, item, &ontvanger, s->velden[i].waarde, &known);
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

// Refused: nothing of it was recorded, so it names no functie.
static enum result ack_apply(struct state *state, const struct part_verantwoording *v)
{
	struct ontvanger ontvanger = {.functie = ""};
	struct bytes functie = veld_get(v->velden, v->veld_count, ACK_FUNCTIE);
	enum result r = RESULT_OK;
	if (functie.len == 0)
		return RESULT_OK;
	if (v->signer.len != OIN_LEN || functie.len > FUNCTIE_MAX)
		return RESULT_DAMAGED;
	memcpy(ontvanger.oin.text, v->signer.data, OIN_LEN);
	memcpy(ontvanger.functie, functie.data, functie.len);
	for (size_t i = 0; !r && i < v->veld_count; i++)
		if (v->velden[i].veld == ACK_ITEM && v->velden[i].waarde.len == ACK_ITEM_LEN)
			r = state_acknowledge(state, &ontvanger,
					      get_u64be(v->velden[i].waarde.data));
	return r;
}

// Once its ontvanger knows that it lapsed, it gets what may still be given of it.
static enum result give_rest_of(struct core *core, const struct lapsed_row *row,
				struct flow_item *item)
{
	struct recalled entry;
	enum result r = recall_entry(core, row->index, RECALL_PARTS, item->arena, &entry);
	if (!r &&
	    (row->part >= entry.part_count || entry.parts[row->part].kind != PART_VERSTREKKING))
		r = RESULT_DAMAGED;
	if (r || entry.parts[row->part].verstrekking.soort != VERSTREKKING_VERVALLEN)
		return r;
	return recheck_rest(core, &entry.parts[row->part].verstrekking, item);
}

// Too little room, of the batch or of the machine, may pass: the ack comes again then, and what is
// left with it. What cannot be read stays so, and keeps no ack from being recorded.
static bool ends_the_batch(const struct flow_item *item, enum result result)
{
	return result == RESULT_AGAIN || result == RESULT_NO_MEMORY || item->applying;
}

// What it is made of is given back after each: of all that an ack may confirm there is no room.
static enum result rest_of(struct core *core, const struct lapsed_row *row)
{
	const size_t used = arena_used(core->scratch);
	struct flow_item *item = arena_alloc(core->scratch, sizeof *item);
	if (!item)
		return RESULT_NO_MEMORY;
	item->arena = core->scratch;
	enum result r = give_rest_of(core, row, item);
	bool ends = r && ends_the_batch(item, r);
	arena_back(core->scratch, used);
	if (!r || ends)
		return r;
	log_line(LOG_LEVEL_ERROR, "event=rest-not-given index=%llu result=\"%s\"",
		 (unsigned long long)row->index, result_name(r));
	return RESULT_OK;
}

static enum result ack_recorded(struct core *core, struct flow_item *item)
{
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < item->lapsed_count; i++)
		r = rest_of(core, &item->lapsed[i]);
	return r;
}

static enum result ack_confirmed(const struct part_verantwoording *v,
				 const struct confirmed_each *each)
{
	struct bytes functie = veld_get(v->velden, v->veld_count, ACK_FUNCTIE);
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < v->veld_count; i++)
		if (v->velden[i].veld == ACK_ITEM && v->velden[i].waarde.len == ACK_ITEM_LEN)
			r = each->take(each->context, functie, get_u64be(v->velden[i].waarde.data));
	return r;
}

const struct type_handler type_ack = {
	.patient = true,
	.settle = ack_settle,
	.apply = ack_apply,
	.recorded = ack_recorded,
	.confirmed = ack_confirmed,
};

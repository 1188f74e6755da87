// SPDX-License-Identifier: EUPL-1.2
// What is owed, and how a later statement ends it: obligations of a melding, and deliveries that
// wait for their acknowledgement.
#include "state/apply.h"

#include <string.h>

struct obligation_place {
	uint64_t index; // of the melding
	uint32_t n, slot;
};

static enum result apply_obligation(struct state *state, const struct obligation_place *place,
				    const struct verplichting *v)
{
	uint8_t key[OBLIGATION_KEY_LEN], owed[OWED_KEY_LEN], due[8];
	struct buffer plain, sealed;
	put_u64be(key, v->uiterlijk);
	put_u64be(key + 8, place->index);
	put_u16be(key + 16, (uint16_t)place->n);
	if (v->oin.len != OIN_LEN || v->functie.len > FUNCTIE_MAX ||
	    v->regel.len > REGEL_NAME_MAX || v->convenant.len > CONVENANT_NAME_MAX)
		return RESULT_DAMAGED;
	buffer_init(&plain, 512);
	buffer_init(&sealed, 1024);
	buffer_append_u8(&plain, (uint8_t)v->soort);
	buffer_append_u8(&plain, (uint8_t)v->betrokkene);
	buffer_append(&plain, v->oin);
	buffer_append(&plain, v->functie);
	buffer_append_u8(&plain, 0);
	buffer_append(&plain, v->regel);
	if (v->convenant.len > 0) {
		buffer_append_u8(&plain, 0);
		buffer_append(&plain, v->convenant);
	}
	const struct keystore_sealing sealing = {
		.slot = place->slot,
		.nonce = KEYSTORE_NONCE_DERIVED,
		.place = {.table = OBLIGATION_PLACE, .key = bytes_make(key, sizeof key)},
	};
	enum result r = plain.status;
	if (!r)
		r = keystore_seal(state->keystore, &sealing, buffer_view(&plain), &sealed);
	if (!r) {
		row_put(state, STATE_OBLIGATION, sealing.place.key, buffer_view(&sealed));
		put_u64be(owed, place->index);
		put_u16be(owed + 8, (uint16_t)place->n);
		put_u64be(due, v->uiterlijk);
		row_put(state, STATE_OWED, bytes_make(owed, sizeof owed), bytes_make(due, 8));
	}
	buffer_wipe(&plain);
	buffer_wipe(&sealed);
	return r;
}

void delete_obligation(struct state *state, const struct state_obligation *o)
{
	uint8_t key[OBLIGATION_KEY_LEN], owed[OWED_KEY_LEN];
	put_u64be(key, o->due);
	put_u64be(key + 8, o->index);
	put_u16be(key + 16, (uint16_t)o->n);
	row_del(state, STATE_OBLIGATION, bytes_make(key, sizeof key));
	put_u64be(owed, o->index);
	put_u16be(owed + 8, (uint16_t)o->n);
	row_del(state, STATE_OWED, bytes_make(owed, sizeof owed));
}

static bool owes(const struct state_obligation *o, const struct part_verantwoording *v,
		 struct bytes namens)
{
	bool holds = false;
	if (namens.len > 0)
		return bytes_equal(namens, bytes_of_text(o->owed_by.oin.text));
	for (size_t i = 0; i < v->signer_functie_count; i++)
		holds |= bytes_equal(v->signer_functies[i], bytes_of_text(o->owed_by.functie));
	return holds && bytes_equal(v->signer, bytes_of_text(o->owed_by.oin.text));
}

// What was owed before names were recorded is owed under whichever convenant.
static bool is_under(const struct state_obligation *o, struct bytes convenant)
{
	return convenant.len == 0 || o->convenant[0] == '\0' ||
	       bytes_equal(bytes_of_text(o->convenant), convenant);
}

static bool ends(const struct part_verantwoording *v, const struct state_settled *settled,
		 const struct state_obligation *o)
{
	return o->soort == (uint32_t)settled->soort &&
	       (!settled->betrokkene || o->betrokkene == settled->betrokkene) &&
	       (settled->naam.len == 0 || bytes_equal(bytes_of_text(o->regel), settled->naam)) &&
	       is_under(o, settled->convenant) && (!settled->own || owes(o, v, settled->namens));
}

enum result state_settle(struct state *state, const struct part_verantwoording *v,
			 const struct state_settled *settled)
{
	struct state_obligation o;
	enum result r = RESULT_OK;
	for (uint32_t n = 0; !r; n = o.n + 1) {
		r = state_owed(state, v->betreft, n, &o);
		if (!r && ends(v, settled, &o))
			delete_obligation(state, &o);
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

enum result state_settles(struct state *state, const struct part_verantwoording *v,
			  const struct state_settled *settled, bool *ret_any)
{
	struct state_obligation o;
	enum result r = RESULT_OK;
	*ret_any = false;
	for (uint32_t n = 0; !r && !*ret_any; n = o.n + 1) {
		r = state_owed(state, v->betreft, n, &o);
		*ret_any = !r && ends(v, settled, &o);
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

// An obligation about another entry than its own lies under its own slot, and goes with it.
enum result forget_obligations(struct state *state, const struct part_verantwoording *v)
{
	struct state_obligation o;
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < v->verplichting_count; i++) {
		const struct verplichting *owed = &v->verplichtingen[i];
		for (uint32_t n = 0; !r && owed->over; n = o.n + 1) {
			r = state_owed(state, owed->over, n, &o);
			if (!r && o.soort == (uint32_t)owed->soort && o.due == owed->uiterlijk &&
			    bytes_equal(bytes_of_text(o.regel), owed->regel))
				delete_obligation(state, &o);
		}
		r = r == RESULT_NOT_FOUND ? RESULT_OK : r;
	}
	return r;
}

// Who was given nothing after all owes nothing for it.
enum result end_owed_by(struct state *state, uint64_t melding, const struct ontvanger *ontvanger)
{
	struct state_obligation o;
	enum result r = RESULT_OK;
	for (uint32_t n = 0; !r; n = o.n + 1) {
		r = state_owed(state, melding, n, &o);
		bool for_given =
			!r &&
			(o.soort == VERPLICHTING_AGENDA || o.soort == VERPLICHTING_OVERDRACHT ||
			 o.soort == VERPLICHTING_OVERNAME ||
			 o.soort == VERPLICHTING_TERUGKOPPELING || o.soort == VERPLICHTING_BEKEND);
		if (for_given && ontvanger_equal(&o.owed_by, ontvanger))
			delete_obligation(state, &o);
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

// A question that is closed: nobody owes an answer any more, and it is not closed again.
enum result end_question(struct state *state, uint64_t question)
{
	struct state_obligation o;
	enum result r = RESULT_OK;
	for (uint32_t n = 0; !r; n = o.n + 1) {
		r = state_owed(state, question, n, &o);
		if (!r && (o.soort == VERPLICHTING_BEKEND || o.soort == VERPLICHTING_AFSLUITING))
			delete_obligation(state, &o);
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

// The first n above every open obligation of a melding, so that a later entry adds its own.
static enum result owed_end(struct state *state, uint64_t melding, uint32_t *ret_n)
{
	struct state_obligation o;
	uint32_t n = 0;
	enum result r;
	while (!(r = state_owed(state, melding, n, &o)))
		n = o.n + 1;
	*ret_n = n;
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

enum result apply_obligations(struct state *state, uint64_t melding,
			      const struct part_verantwoording *v)
{
	enum result r = RESULT_OK;
	struct obligation_place place = {.index = UINT64_MAX, .slot = v->slot_verantwoording};
	for (size_t i = 0; !r && i < v->verplichting_count; i++, place.n++) {
		uint64_t over = v->verplichtingen[i].over ? v->verplichtingen[i].over : melding;
		if (over != place.index)
			r = owed_end(state, over, &place.n);
		place.index = over;
		if (!r)
			r = apply_obligation(state, &place, &v->verplichtingen[i]);
	}
	return r;
}

// ---- deliveries ----------------------------------------------------------------------------

// What was acknowledged waits no more; which entry gave it stays known, so that another part can
// not be acknowledged under its number.
static enum result acknowledge(struct state *state, uint64_t ontvanger, uint64_t number)
{
	uint8_t key[DELIVERY_KEY_LEN];
	struct bytes value;
	put_u64be(key, ontvanger);
	put_u64be(key + 8, number);
	struct bytes row = bytes_make(key, sizeof key);
	enum result r = row_get(state, STATE_DELIVERY, row, &value);
	if (r)
		return r == RESULT_NOT_FOUND ? RESULT_OK : r;
	if (value.len != DELIVERY_VALUE_LEN)
		return RESULT_DAMAGED;
	uint8_t index[ACKED_VALUE_LEN];
	memcpy(index, value.data, sizeof index);
	row_del(state, STATE_DELIVERY, row);
	row_put(state, STATE_ACKED, row, bytes_make(index, sizeof index));
	return RESULT_OK;
}

enum result state_acknowledge(struct state *state, const struct ontvanger *ontvanger,
			      uint64_t number)
{
	struct ontvanger_numbers numbers;
	enum result r = ontvanger_numbers(state, ontvanger, &numbers);
	if (!r)
		r = acknowledge(state, numbers.number, number);
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

// SPDX-License-Identifier: EUPL-1.2
// Parts become rows here and nowhere else, while running and in a rebuild (P7). Order within one
// entry does not matter: each part writes rows of its own.
#include "state/apply.h"

#include "crypto/hash.h"
#include "melding/validate.h"
#include "state/bron.h"

#include <string.h>

// ---- source, dedupe --------------------------------------------------------------

void apply_source(struct state *state, struct bytes source, uint32_t number)
{
	uint8_t value[SOURCE_NUMBER_LEN];
	put_u32be(value, number);
	row_put(state, STATE_SOURCE, source, bytes_make(value, sizeof value));
	if (state->meta.sources <= number)
		state->meta.sources = (uint64_t)number + 1;
}

struct bytes dedupe_key(uint32_t source, struct bytes id, uint8_t key[SOURCE_NUMBER_LEN + ID_MAX])
{
	put_u32be(key, source);
	memcpy(key + SOURCE_NUMBER_LEN, id.data, id.len);
	return bytes_make(key, SOURCE_NUMBER_LEN + id.len);
}

static void apply_dedupe(struct state *state, const struct applied *applied,
			 const struct part_sender *sender, uint32_t source)
{
	uint8_t key[SOURCE_NUMBER_LEN + ID_MAX], value[DEDUPE_VALUE_LEN];
	if (sender->id.len > ID_MAX)
		return;
	memcpy(value, sender->header_hash.b, 32);
	put_u64be(value + 32, applied->index);
	value[40] = (uint8_t)sender->outcome;
	put_u16be(value + 41, (uint16_t)sender->reason);
	row_put(state, STATE_DEDUPE, dedupe_key(source, sender->id, key),
		bytes_make(value, sizeof value));
}

// ---- persons -------------------------------------------------------------------------------

struct bytes occurrence_key(uint64_t index, const struct persoon_link *link,
			    uint8_t key[OCCURRENCE_KEY_LEN])
{
	memcpy(key, link->handle, HANDLE_LEN);
	put_u64be(key + HANDLE_LEN, index);
	key[HANDLE_LEN + 8] = (uint8_t)link->betrokkene;
	return bytes_make(key, OCCURRENCE_KEY_LEN);
}

static enum result apply_occurrence(struct state *state, const struct applied *applied,
				    const struct part_verantwoording *v,
				    const struct persoon_link *link)
{
	uint8_t key[OCCURRENCE_KEY_LEN], plain[OCCURRENCE_LEN];
	struct bytes bron = bron_of(v);
	put_u64be(plain, v->received);
	memset(plain + 8, 0, OIN_LEN);
	memcpy(plain + 8, bron.data, bron.len < OIN_LEN ? bron.len : OIN_LEN);
	const struct keystore_sealing sealing = {
		.slot = v->slot_verantwoording,
		.nonce = KEYSTORE_NONCE_DERIVED,
		.place = {.table = "occurrence", .key = occurrence_key(applied->index, link, key)},
	};
	struct buffer sealed;
	buffer_init(&sealed, 256);
	enum result r =
		keystore_seal(state->keystore, &sealing, bytes_make(plain, sizeof plain), &sealed);
	if (!r)
		row_put(state, STATE_OCCURRENCE, sealing.place.key, buffer_view(&sealed));
	buffer_wipe(&sealed);
	return r;
}

// Of a casus (betrokkene 0) one link is its person, the other its own numbers.
static bool names_person(const struct persoon_link *link)
{
	return link->identificatie_count == 0 || link->identificaties[0].soort != ID_CASUS;
}

static void apply_casus(struct state *state, const struct applied *applied,
			const struct persoon_link *link)
{
	uint8_t key[CASUS_KEY_LEN];
	memcpy(key, link->handle, HANDLE_LEN);
	put_u64be(key + HANDLE_LEN, applied->index);
	row_put(state, STATE_CASUS, bytes_make(key, sizeof key), bytes_make(NULL, 0));
}

enum result person_row(struct state *state, uint64_t index, const struct persoon_link *link,
		       size_t n, struct person_row *ret_row)
{
	struct hash hash;
	enum result r = person_key(state, &link->identificaties[n], &hash);
	if (r)
		return r;
	memcpy(ret_row->key, hash.b, sizeof hash.b);
	put_u64be(ret_row->key + 32, index);
	ret_row->key[40] = (uint8_t)link->betrokkene;
	return RESULT_OK;
}

static enum result apply_person(struct state *state, const struct applied *applied,
				const struct part_verantwoording *v,
				const struct persoon_link *link)
{
	for (size_t i = 0; i < link->identificatie_count; i++) {
		// A number leads to the person of the oldest entry that names it: one melding that
		// names two persons' numbers together must not merge them.
		struct person_row row;
		enum result r = person_row(state, applied->index, link, i, &row);
		if (r)
			return r;
		row_put(state, STATE_PERSON, bytes_make(row.key, sizeof row.key),
			bytes_make(link->handle, HANDLE_LEN));
	}
	if (link->betrokkene > 0)
		return apply_occurrence(state, applied, v, link);
	if (names_person(link) && !v->betreft)
		apply_casus(state, applied, link);
	return RESULT_OK;
}

void state_is_newest(struct state *state, const struct part_verantwoording *v)
{
	uint8_t key[NEWEST_KEY_LEN], value[8];
	put_u64be(key, v->betreft ? v->betreft : state->meta.position);
	put_u32be(key + 8, v->type);
	put_u64be(value, state->meta.position);
	row_put(state, STATE_NEWEST, bytes_make(key, sizeof key), bytes_make(value, sizeof value));
}

enum result state_is_gesloten(struct state *state, const struct part_verantwoording *v,
			      uint32_t betrokkene, uint8_t what, bool gesloten)
{
	uint8_t key_bytes[GESLOTEN_KEY_LEN], all = 0;
	struct bytes key = bytes_make(key_bytes, sizeof key_bytes), value;
	put_u64be(key_bytes, v->betreft);
	key_bytes[8] = (uint8_t)betrokkene;
	enum result r = row_get(state, STATE_GESLOTEN, key, &value);
	if (!r && value.len != GESLOTEN_VALUE_LEN)
		return RESULT_DAMAGED;
	if (r && r != RESULT_NOT_FOUND)
		return r;
	bool there = !r;
	if (there)
		all = value.data[0];
	all = (uint8_t)(gesloten ? all | what : all & ~what);
	if (all)
		row_put(state, STATE_GESLOTEN, key, bytes_make(&all, sizeof all));
	else if (there)
		row_del(state, STATE_GESLOTEN, key);
	return RESULT_OK;
}

void state_is_nood(struct state *state, const struct part_verantwoording *v)
{
	uint8_t key[8], value[8];
	put_u64be(key, state->meta.position);
	put_u64be(value, v->received);
	row_put(state, STATE_NOOD, bytes_make(key, sizeof key), bytes_make(value, sizeof value));
}

// ---- deliveries ----------------------------------------------------------------------------

void ontvanger_of(const struct part_verstrekking *v, struct ontvanger *ret_ontvanger)
{
	memset(ret_ontvanger, 0, sizeof *ret_ontvanger);
	memcpy(ret_ontvanger->oin.text, v->oin.data, v->oin.len < OIN_LEN ? v->oin.len : OIN_LEN);
	memcpy(ret_ontvanger->functie, v->functie.data,
	       v->functie.len < FUNCTIE_MAX ? v->functie.len : FUNCTIE_MAX);
}

enum result ontvanger_touch(struct state *state, const struct ontvanger *ontvanger,
			    uint64_t delivery, uint64_t *ret_number)
{
	struct ontvanger_key key = ontvanger_key(ontvanger);
	struct ontvanger_numbers numbers = {0};
	enum result r = ontvanger_numbers(state, ontvanger, &numbers);
	if (r == RESULT_NOT_FOUND)
		r = ontvanger_number(state, ontvanger_key_view(&key), &numbers.number);
	if (r)
		return r;
	if (delivery > numbers.last)
		numbers.last = delivery;
	uint8_t value[ONTVANGER_VALUE_LEN];
	put_u64be(value, numbers.last);
	row_put(state, STATE_ONTVANGER, ontvanger_key_view(&key), bytes_make(value, sizeof value));
	*ret_number = numbers.number;
	return RESULT_OK;
}

// What lapsed before it was fetched is not known to the ontvanger, unless another delivery gave
// something of the same melding.
static void apply_known(struct state *state, uint64_t ontvanger, uint64_t melding,
			const struct part_verstrekking *v)
{
	uint8_t key[KNOWN_KEY_LEN];
	put_u64be(key, ontvanger);
	put_u64be(key + 8, melding);
	put_u64be(key + 16, v->number);
	if (v->soort == VERSTREKKING_GEGEVEN)
		row_put(state, STATE_KNOWN, bytes_make(key, sizeof key), bytes_make(NULL, 0));
	else
		row_del(state, STATE_KNOWN, bytes_make(key, sizeof key));
}

// A later entry about a melding: a weging, a delivery decided again, or what lapsed in a tick.
static void apply_cause(struct state *state, uint64_t melding, uint64_t later)
{
	uint8_t key[16];
	put_u64be(key, melding);
	put_u64be(key + 8, later);
	row_put(state, STATE_CAUSE, bytes_make(key, 16), bytes_make(NULL, 0));
}

static enum result apply_verstrekking(struct state *state, const struct applied *applied,
				      size_t place)
{
	const struct part_verstrekking *v = &applied->parts[place].verstrekking;
	struct ontvanger ontvanger;
	uint64_t number;
	ontvanger_of(v, &ontvanger);
	enum result r = ontvanger_touch(state, &ontvanger, v->number, &number);
	if (r)
		return r;
	uint8_t key[DELIVERY_KEY_LEN], value[DELIVERY_VALUE_LEN];
	put_u64be(key, number);
	put_u64be(key + 8, v->number);
	put_u64be(value, applied->index);
	value[8] = (uint8_t)place;
	put_u64be(value + 9, state->meta.generation);
	struct hash hash = sha256(applied->encoded[place]);
	memcpy(value + 17, hash.b, 32);
	row_put(state, STATE_DELIVERY, bytes_make(key, sizeof key),
		bytes_make(value, sizeof value));
	uint64_t melding = v->betreft ? v->betreft : applied->index;
	apply_known(state, number, melding, v);
	if (v->betreft)
		apply_cause(state, v->betreft, applied->index);
	bool known = true;
	if (v->soort == VERSTREKKING_AFGESLOTEN)
		r = end_question(state, melding);
	if (!r && v->soort == VERSTREKKING_VERVALLEN)
		r = state_known(state, &ontvanger, melding, &known);
	return r || known ? r : end_owed_by(state, melding, &ontvanger);
}

void use_slot(struct state *state, uint64_t slot)
{
	if (slot >= state_next_slot(state))
		state->meta.next_slot = slot + 1;
}

static enum result apply_verantwoording(struct state *state, const struct applied *applied,
					const struct part_verantwoording *v)
{
	state_effect_fn *effect = state->effect_of(v->type);
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < v->persoon_count; i++)
		r = apply_person(state, applied, v, &v->personen[i]);
	if (!r && effect)
		r = effect(state, v);
	if (!r)
		r = apply_ongelezen(state, v);
	if (!r)
		r = apply_obligations(state, v->betreft ? v->betreft : applied->index, v);
	if (!r)
		r = apply_bewaar(state, applied->index, v);
	if (r)
		return r;
	if (v->betreft)
		apply_cause(state, v->betreft, applied->index);
	use_slot(state, v->slot_inhoud);
	use_slot(state, v->slot_verantwoording);
	return r;
}

static const struct part_verantwoording *find_verantwoording(const struct applied *applied)
{
	for (size_t i = 0; i < applied->count; i++)
		if (applied->parts[i].kind == PART_VERANTWOORDING)
			return &applied->parts[i].verantwoording;
	return NULL;
}

static enum result apply_sender(struct state *state, const struct applied *applied,
				const struct part_sender *sender)
{
	const struct part_verantwoording *v = find_verantwoording(applied);
	if (!v)
		return RESULT_DAMAGED;
	uint32_t source = (uint32_t)v->source_number;
	apply_source(state, sender->source, source);
	apply_dedupe(state, applied, sender, source);
	enum result r = apply_gehoord(state, v);
	return r || !v->sequence ? r : apply_sequence(state, source, v->sequence, v->received);
}

static void apply_register(struct state *state, const struct applied *applied,
			   const struct part_register *part)
{
	uint8_t key[8];
	put_u64be(key, applied->index);
	row_put(state, STATE_REGISTER, bytes_make(key, 8), bytes_of_hash(&applied->leaf));
	if (part->soort == REGISTER_CONVENANT || part->soort == REGISTER_CONVENANT_EINDE)
		state->meta.generation = applied->index;
}

static void apply_acceptatie(struct state *state, const struct applied *applied)
{
	uint8_t key[8];
	put_u64be(key, applied->index);
	row_put(state, STATE_ACCEPTATIE, bytes_make(key, 8), bytes_make(NULL, 0));
}

static enum result apply_part(struct state *state, const struct applied *applied, size_t place)
{
	const struct part *part = &applied->parts[place];
	switch (part->kind) {
	case PART_SENDER:
		return apply_sender(state, applied, &part->sender);
	case PART_VERANTWOORDING:
		return apply_verantwoording(state, applied, &part->verantwoording);
	case PART_VERSTREKKING:
		return apply_verstrekking(state, applied, place);
	case PART_REGISTER:
		apply_register(state, applied, &part->registerdeel);
		return RESULT_OK;
	case PART_TICK:
		return apply_tick(state, applied, &part->tick);
	case PART_WISSING:
		return apply_wissing(state, applied, &part->wissing);
	case PART_VERNIETIGING:
		return apply_vernietiging(state, applied, &part->vernietiging);
	case PART_STOP:
		apply_stop(state, applied, &part->stop);
		return RESULT_OK;
	case PART_ACCEPTATIE:
		apply_acceptatie(state, applied);
		return RESULT_OK;
	}
	return RESULT_DAMAGED;
}

enum result state_apply(struct state *state, const struct applied *applied)
{
	struct store_txn *txn;
	enum result r = state_txn(state, &txn);
	if (r)
		return r;
	if (applied->index != state_position(state))
		return RESULT_CONFLICT;
	for (size_t i = 0; !r && i < applied->count; i++)
		r = apply_part(state, applied, i);
	if (r)
		return r;
	state->meta.position = applied->index + 1;
	state->meta.leaf = get_u64be(applied->leaf.b);
	return state->failure ? state->failure : store_status(txn);
}

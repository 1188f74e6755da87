// SPDX-License-Identifier: EUPL-1.2
// Terms, and what goes when they end. After the content a melding can still be accounted for; after
// its accountability every row that its entries made goes, and what is left is the same as when a
// rebuild finds those entries empty: numbers that were given out once, which the part carries.
#include "state/apply.h"

#include <string.h>

// ---- until when ----------------------------------------------------------------------------

static void bewaar_put(struct state *state, const struct state_bewaar *bewaar)
{
	uint8_t key[8], value[BEWAAR_VALUE_LEN];
	put_u64be(key, bewaar->melding);
	put_u64be(value, bewaar->bureau ? BEWAAR_OF_BUREAU : bewaar->inhoud);
	put_u64be(value + 8, bewaar->verantwoording);
	row_put(state, STATE_BEWAAR, bytes_make(key, 8), bytes_make(value, sizeof value));
}

// The row of this melding; RESULT_NOT_FOUND.
static enum result bewaar_of(struct state *state, uint64_t melding, struct state_bewaar *ret_bewaar)
{
	enum result r = state_bewaar(state, melding, ret_bewaar);
	return !r && ret_bewaar->melding != melding ? RESULT_NOT_FOUND : r;
}

static uint64_t later_of(uint64_t has, uint64_t comes)
{
	return has == STATE_BEWAAR_NOOIT || comes > has ? comes : has;
}

// A casus goes on for as long as it goes on: nothing tells here when it ended.
static bool is_casus(const struct part_verantwoording *v)
{
	return v->persoon_count > 0 && v->personen[0].betrokkene == 0;
}

// A melding begins with the terms of what it gave itself, or the convenant's; what gives something
// of it later may lengthen them, and content that is gone does not come back.
enum result apply_bewaar(struct state *state, uint64_t index, const struct part_verantwoording *v)
{
	struct state_bewaar bewaar = {.melding = index};
	bool has = v->bewaar_inhoud && v->bewaar_verantwoording && !is_casus(v);
	if (!v->betreft && !v->slot_inhoud && v->bewaar_verantwoording) {
		bewaar.verantwoording = v->bewaar_verantwoording;
		bewaar.bureau = true;
		bewaar_put(state, &bewaar);
		return RESULT_OK;
	}
	if (!v->betreft && v->slot_inhoud) {
		bewaar.inhoud = has ? v->bewaar_inhoud : STATE_BEWAAR_NOOIT;
		bewaar.verantwoording = has ? v->bewaar_verantwoording : STATE_BEWAAR_NOOIT;
		bewaar_put(state, &bewaar);
		return RESULT_OK;
	}
	if (!v->betreft || v->gift_count == 0 || !has)
		return RESULT_OK;
	enum result r = bewaar_of(state, v->betreft, &bewaar);
	if (r)
		return r == RESULT_NOT_FOUND ? RESULT_OK : r;
	if (bewaar.inhoud)
		bewaar.inhoud = later_of(bewaar.inhoud, v->bewaar_inhoud);
	bewaar.verantwoording = later_of(bewaar.verantwoording, v->bewaar_verantwoording);
	bewaar_put(state, &bewaar);
	return RESULT_OK;
}

enum result state_begin_term(struct state *state, const struct part_verantwoording *v)
{
	struct state_bewaar bewaar;
	enum result r = bewaar_of(state, v->betreft, &bewaar);
	if (r || !v->bewaar_inhoud || !v->bewaar_verantwoording)
		return r == RESULT_NOT_FOUND ? RESULT_OK : r;
	if (bewaar.inhoud == STATE_BEWAAR_NOOIT)
		bewaar.inhoud = v->bewaar_inhoud;
	if (bewaar.verantwoording == STATE_BEWAAR_NOOIT)
		bewaar.verantwoording = v->bewaar_verantwoording;
	bewaar_put(state, &bewaar);
	return RESULT_OK;
}

enum result content_gone(struct state *state, uint64_t melding)
{
	struct state_bewaar bewaar;
	enum result r = bewaar_of(state, melding, &bewaar);
	if (r)
		return r == RESULT_NOT_FOUND ? RESULT_OK : r; // a statement about one, alone
	bewaar.inhoud = 0;
	bewaar_put(state, &bewaar);
	return RESULT_OK;
}

// ---- rows of an entry that goes ------------------------------------------------------------

static void forget_sender(struct state *state, const struct part_sender *sender,
			  const struct part_verantwoording *v)
{
	uint8_t key[SOURCE_NUMBER_LEN + ID_MAX];
	if (v && sender->id.len <= ID_MAX)
		row_del(state, STATE_DEDUPE,
			dedupe_key((uint32_t)v->source_number, sender->id, key));
}

static enum result forget_persons(struct state *state, uint64_t index,
				  const struct part_verantwoording *v)
{
	uint8_t key[OCCURRENCE_KEY_LEN];
	struct person_row row;
	enum result r = RESULT_OK;
	for (size_t i = 0; i < v->persoon_count; i++) {
		const struct persoon_link *link = &v->personen[i];
		for (size_t n = 0; !r && n < link->identificatie_count; n++) {
			r = person_row(state, index, link, n, &row);
			if (!r)
				row_del(state, STATE_PERSON, bytes_make(row.key, sizeof row.key));
		}
		row_del(state, STATE_OCCURRENCE, occurrence_key(index, link, key));
	}
	return r;
}

// The row under a delivery number, as long as it is this entry's: another may have taken its place.
static enum result forget_number(struct state *state, enum state_table table, struct bytes key,
				 uint64_t index)
{
	struct bytes value;
	enum result r = row_get(state, table, key, &value);
	if (!r && value.len >= 8 && get_u64be(value.data) == index)
		row_del(state, table, key);
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

static enum result forget_verstrekking(struct state *state, uint64_t index,
				       const struct part_verstrekking *v)
{
	struct ontvanger ontvanger;
	struct ontvanger_numbers numbers;
	uint8_t key[DELIVERY_KEY_LEN], known[KNOWN_KEY_LEN];
	ontvanger_of(v, &ontvanger);
	enum result r = ontvanger_numbers(state, &ontvanger, &numbers);
	if (r)
		return r == RESULT_NOT_FOUND ? RESULT_DAMAGED : r;
	put_u64be(key, numbers.number);
	put_u64be(key + 8, v->number);
	put_u64be(known, numbers.number);
	put_u64be(known + 8, v->betreft ? v->betreft : index);
	put_u64be(known + 16, v->number);
	row_del(state, STATE_KNOWN, bytes_make(known, sizeof known));
	r = forget_number(state, STATE_DELIVERY, bytes_make(key, sizeof key), index);
	return r ? r : forget_number(state, STATE_ACKED, bytes_make(key, sizeof key), index);
}

static void forget_cause(struct state *state, uint64_t melding, uint64_t later)
{
	uint8_t key[16];
	put_u64be(key, melding);
	put_u64be(key + 8, later);
	row_del(state, STATE_CAUSE, bytes_make(key, sizeof key));
}

static void forget_nood(struct state *state, uint64_t index)
{
	uint8_t key[8];
	put_u64be(key, index);
	row_del(state, STATE_NOOD, bytes_make(key, sizeof key));
}

static enum result forget_gesloten(struct state *state, uint64_t melding)
{
	uint8_t from[GESLOTEN_KEY_LEN] = {0};
	struct row row;
	enum result r;
	put_u64be(from, melding);
	while (!(r = row_one(state, STATE_GESLOTEN, bytes_make(from, sizeof from), 8, &row))) {
		uint8_t key[GESLOTEN_KEY_LEN];
		memcpy(key, row.key.data, sizeof key);
		row_del(state, STATE_GESLOTEN, bytes_make(key, sizeof key));
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

// With its key destroyed already the entry has no parts, and made no rows: a replay.
static enum result forget_entry(struct state *state, const struct applied *applied, uint64_t index)
{
	struct part *parts = NULL;
	const struct part_verantwoording *v = NULL;
	size_t count = 0;
	enum result r = applied->earlier(applied->context, index, &parts, &count);
	for (size_t i = 0; !r && i < count; i++)
		if (parts[i].kind == PART_VERANTWOORDING)
			v = &parts[i].verantwoording;
	for (size_t i = 0; !r && i < count; i++) {
		if (parts[i].kind == PART_SENDER)
			forget_sender(state, &parts[i].sender, v);
		else if (parts[i].kind == PART_VERSTREKKING)
			r = forget_verstrekking(state, index, &parts[i].verstrekking);
	}
	if (!r && v)
		r = forget_persons(state, index, v);
	if (!r && v)
		r = forget_obligations(state, v);
	if (!r && v)
		r = forget_gehoord(state, v);
	if (v && v->betreft)
		forget_cause(state, v->betreft, index);
	if (v)
		forget_nood(state, index);
	return r;
}

// ---- the part ------------------------------------------------------------------------------

static enum result apply_inhoud(struct state *state, const struct vernietigd *row)
{
	enum result r = content_gone(state, row->melding);
	return r ? r : end_obligations(state, row->melding, true, 0);
}

static enum result apply_account(struct state *state, const struct applied *applied,
				 const struct vernietigd *row)
{
	uint8_t key[8];
	enum result r = end_obligations(state, row->melding, true, 0);
	for (size_t i = 0; !r && i < row->entry_count; i++)
		r = row->entries[i] < applied->index ? forget_entry(state, applied, row->entries[i])
						     : RESULT_DAMAGED;
	put_u64be(key, row->melding);
	row_del(state, STATE_BEWAAR, bytes_make(key, sizeof key));
	return r ? r : forget_gesloten(state, row->melding);
}

static enum result apply_tellers(struct state *state, const struct part_vernietiging *part)
{
	enum result r = RESULT_OK;
	for (size_t i = 0; i < part->bron_count; i++) {
		const struct bron_teller *bron = &part->bronnen[i];
		apply_source(state, bron->source, (uint32_t)bron->number);
		for (size_t n = 0; !r && n < bron->sequence_count; n++)
			r = apply_sequence(state, (uint32_t)bron->number, bron->sequences[n], 0);
	}
	for (size_t i = 0; !r && i < part->ontvanger_count; i++) {
		const struct ontvanger_teller *teller = &part->ontvangers[i];
		const struct part_verstrekking named = {.oin = teller->oin,
							.functie = teller->functie};
		struct ontvanger ontvanger;
		uint64_t number;
		ontvanger_of(&named, &ontvanger);
		r = ontvanger_touch(state, &ontvanger, teller->number, &number);
	}
	return r;
}

enum result apply_vernietiging(struct state *state, const struct applied *applied,
			       const struct part_vernietiging *part)
{
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < part->count; i++) {
		const struct vernietigd *row = &part->vernietigd[i];
		for (size_t n = 0; n < row->slot_count; n++)
			begin_wissing(state, row->slots[n], row->melding, applied->index);
		r = part->soort == VERNIETIGING_INHOUD ? apply_inhoud(state, row)
						       : apply_account(state, applied, row);
	}
	return r ? r : apply_tellers(state, part);
}

// ---- what may not go -----------------------------------------------------------------------

void apply_stop(struct state *state, const struct applied *applied, const struct part_stop *part)
{
	uint8_t key[8], value[ROW_VALUE_MAX];
	size_t count = part->melding_count < ROW_VALUE_MAX / 8 ? part->melding_count
							       : ROW_VALUE_MAX / 8 - 1;
	put_u64be(key, part->einde ? part->einde : applied->index);
	if (part->einde) {
		row_del(state, STATE_STOP, bytes_make(key, 8));
		return;
	}
	put_u64be(value, part->herzien);
	for (size_t i = 0; i < count; i++)
		put_u64be(value + 8 + 8 * i, part->meldingen[i]);
	row_put(state, STATE_STOP, bytes_make(key, 8), bytes_make(value, 8 + 8 * count));
}

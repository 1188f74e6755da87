// SPDX-License-Identifier: EUPL-1.2
#include "state/internal.h"

#include "crypto/hash.h"
#include "crypto/secret.h"

#include <stdlib.h>
#include <string.h>

static const char *const table_names[STATE_TABLES + 1] = {
	[STATE_META] = "meta",           [STATE_SOURCE] = "source",
	[STATE_DEDUPE] = "dedupe",       [STATE_SEQUENCE] = "sequence",
	[STATE_PERSON] = "person",       [STATE_OCCURRENCE] = "occurrence",
	[STATE_ONTVANGER] = "ontvanger", [STATE_DELIVERY] = "delivery",
	[STATE_KNOWN] = "known",         [STATE_OBLIGATION] = "obligation",
	[STATE_OWED] = "owed",           [STATE_CAUSE] = "cause",
	[STATE_REGISTER] = "register",   [STATE_WISSING] = "wissing",
	[STATE_ACKED] = "acked",         [STATE_CASUS] = "casus",
	[STATE_NEWEST] = "newest",       [STATE_BEWAAR] = "bewaar",
	[STATE_STOP] = "stop",           [STATE_WISSEND] = "wissend",
	[STATE_NOOD] = "nood",           [STATE_ACCEPTATIE] = "acceptatie",
	[STATE_GESLOTEN] = "gesloten",   [STATE_GEHOORD] = "gehoord",
	[STATE_TABLES] = NULL,
};

const char *state_table_name(enum state_table table)
{
	return table_names[table];
}

// ---- the meta row --------------------------------------------------------------------------

#define META_KEY "meta"
#define META_NUMBERS 6
#define META_LEN (4 + 8 * META_NUMBERS + 16 * STATE_TABLES)

static void meta_encode(const struct state_meta *meta, uint8_t out[META_LEN])
{
	const uint64_t numbers[META_NUMBERS] = {meta->position, meta->leaf,       meta->next_slot,
						meta->sources,  meta->generation, meta->persons};
	uint8_t *p = out + 4;
	put_u32be(out, STATE_FORMAT);
	for (size_t i = 0; i < META_NUMBERS; i++, p += 8)
		put_u64be(p, numbers[i]);
	for (size_t i = 0; i < STATE_TABLES; i++, p += 16) {
		put_u64be(p, meta->sums[i].rows);
		put_u64be(p + 8, meta->sums[i].sum);
	}
}

static void meta_decode(const uint8_t *in, struct state_meta *ret_meta)
{
	uint64_t *const numbers[META_NUMBERS] = {&ret_meta->position,   &ret_meta->leaf,
						 &ret_meta->next_slot,  &ret_meta->sources,
						 &ret_meta->generation, &ret_meta->persons};
	const uint8_t *p = in + 4;
	for (size_t i = 0; i < META_NUMBERS; i++, p += 8)
		*numbers[i] = get_u64be(p);
	for (size_t i = 0; i < STATE_TABLES; i++, p += 16)
		ret_meta->sums[i] = (struct state_sum){get_u64be(p), get_u64be(p + 8)};
}

// Hash of the meta row as it stands.
static enum result meta_hash(struct state *state, const uint8_t row[META_LEN], uint64_t *ret_hash)
{
	return keystore_short_hash(state->keystore, KEYSTORE_SLOT_STATE, bytes_make(row, META_LEN),
				   ret_hash);
}

static enum result meta_write(struct state *state)
{
	uint8_t row[META_LEN + ROW_HASH_LEN];
	uint64_t hash;
	meta_encode(&state->meta, row);
	enum result r = meta_hash(state, row, &hash);
	if (r)
		return r;
	put_u64be(row + META_LEN, hash);
	store_put(state->txn, STATE_META, bytes_of_text(META_KEY), bytes_make(row, sizeof row));
	return RESULT_OK;
}

// Which key the person index is made with: of another one nobody would be found again.
static enum result persons_hash(struct state *state, uint64_t *ret_hash)
{
	return keystore_short_hash(state->keystore, KEYSTORE_SLOT_PERSON_INDEX,
				   bytes_of_text("persons"), ret_hash);
}

// A store without a meta row must be empty, or it is of an older format.
static enum result meta_absent(struct state *state)
{
	for (unsigned t = 0; t < STATE_TABLES; t++) {
		struct store_cursor *cursor;
		struct bytes key, value;
		enum result r = store_cursor_open(state->txn, t, &cursor);
		if (r)
			return r;
		r = store_cursor_seek(cursor, bytes_make(NULL, 0), &key, &value);
		store_cursor_close(cursor);
		if (r != RESULT_NOT_FOUND)
			return r ? r : RESULT_UNSUPPORTED;
	}
	memset(&state->meta, 0, sizeof state->meta);
	return persons_hash(state, &state->meta.persons);
}

static enum result meta_read(struct state *state)
{
	struct bytes row;
	uint64_t hash, persons;
	enum result r = store_get(state->txn, STATE_META, bytes_of_text(META_KEY), &row);
	if (r)
		return r == RESULT_NOT_FOUND ? meta_absent(state) : r;
	if (row.len < 4 || get_u32be(row.data) != STATE_FORMAT)
		return RESULT_UNSUPPORTED;
	if (row.len != META_LEN + ROW_HASH_LEN)
		return RESULT_DAMAGED;
	r = meta_hash(state, row.data, &hash);
	if (!r)
		r = persons_hash(state, &persons);
	if (r)
		return r;
	meta_decode(row.data, &state->meta);
	return hash == get_u64be(row.data + META_LEN) && persons == state->meta.persons
		       ? RESULT_OK
		       : RESULT_DAMAGED;
}

// ---- opening, flushing ---------------------------------------------------------------------

// Of `state` until it is returned, also when it fails.
static enum result open_it(struct state *state, const char *folder, size_t map_bytes,
			   struct state **ret_state)
{
	struct store_txn *txn;
	const struct store_options options = {
		.map_bytes = map_bytes, .tables = table_names, .read_only = state->read_only};
	state->scrub.table = STATE_META + 1;
	enum result r = store_open(folder, &options, &state->store);
	if (!r)
		r = state_txn(state, &txn);
	if (r)
		state_close(state);
	else
		*ret_state = state;
	return r;
}

enum result state_open(const char *folder, size_t map_bytes, struct keystore *keystore,
		       state_effect_of_fn *effect_of, struct state **ret_state)
{
	struct state *state = calloc(1, sizeof *state);
	if (!state)
		return RESULT_NO_MEMORY;
	state->keystore = keystore;
	state->effect_of = effect_of;
	return open_it(state, folder, map_bytes, ret_state);
}

enum result state_open_to_read(const char *folder, size_t map_bytes, struct keystore *keystore,
			       struct state **ret_state)
{
	struct state *state = calloc(1, sizeof *state);
	if (!state)
		return RESULT_NO_MEMORY;
	state->keystore = keystore;
	state->read_only = true;
	return open_it(state, folder, map_bytes, ret_state);
}

enum result state_renew(struct state *state)
{
	struct store_txn *txn;
	state->has_meta = false;
	enum result r = state->txn ? store_renew(state->txn) : RESULT_OK;
	return r ? r : state_txn(state, &txn);
}

enum result state_forget_dead(struct state *state)
{
	return store_forget_dead(state->store);
}

void state_close(struct state *state)
{
	if (!state)
		return;
	store_abort(state->txn);
	store_close(state->store);
	free(state);
}

enum result state_txn(struct state *state, struct store_txn **ret_txn)
{
	if (!state->txn) {
		enum result r = store_begin(state->store, !state->read_only, &state->txn);
		if (r)
			return r;
	}
	if (!state->has_meta) {
		enum result r = meta_read(state);
		state->damaged |= r == RESULT_DAMAGED;
		if (r)
			return r;
		state->has_meta = true;
	}
	*ret_txn = state->txn;
	return RESULT_OK;
}

enum result state_flush(struct state *state)
{
	if (!state->txn)
		return RESULT_OK;
	enum result r = state->failure;
	if (!r && state->has_meta)
		r = meta_write(state);
	if (r)
		return r;
	struct store_txn *txn = state->txn;
	state->txn = NULL;
	r = store_commit(txn);
	// What LMDB makes of a list of free pages that is damaged; trying again would end the same.
	state->damaged |= r == RESULT_DAMAGED || r == RESULT_INTERNAL;
	if (r)
		state_discard(state);
	return r;
}

void state_discard(struct state *state)
{
	store_abort(state->txn);
	state->txn = NULL;
	state->has_meta = false;
	state->failure = RESULT_OK;
	state->scrub = (struct scrub){.table = STATE_META + 1};
}

bool state_is_damaged(const struct state *state)
{
	return state->damaged;
}

uint64_t state_position(struct state *state)
{
	struct store_txn *txn;
	return state_txn(state, &txn) ? 0 : state->meta.position;
}

bool state_follows(struct state *state, const struct hash *leaf)
{
	struct store_txn *txn;
	return !state_txn(state, &txn) && state->meta.leaf == get_u64be(leaf->b);
}

uint64_t state_next_slot(struct state *state)
{
	struct store_txn *txn;
	if (state_txn(state, &txn) || state->meta.next_slot < KEYSTORE_FIRST_FREE)
		return KEYSTORE_FIRST_FREE;
	return state->meta.next_slot;
}

struct ontvanger_key ontvanger_key(const struct ontvanger *ontvanger)
{
	struct ontvanger_key key;
	size_t functie = strlen(ontvanger->functie);
	memcpy(key.b, ontvanger->oin.text, OIN_LEN);
	memcpy(key.b + OIN_LEN, ontvanger->functie, functie);
	key.len = OIN_LEN + functie;
	return key;
}

struct bytes ontvanger_key_view(const struct ontvanger_key *key)
{
	return bytes_make(key->b, key->len);
}

enum result ontvanger_number(struct state *state, struct bytes key, uint64_t *ret_number)
{
	uint8_t message[1 + OIN_LEN + FUNCTIE_MAX] = {0xff}; // no table begins so, nor the meta row
	if (key.len > sizeof message - 1)
		return RESULT_DAMAGED;
	memcpy(message + 1, key.data, key.len);
	return keystore_short_hash(state->keystore, KEYSTORE_SLOT_STATE,
				   bytes_make(message, 1 + key.len), ret_number);
}

enum result ontvanger_numbers(struct state *state, const struct ontvanger *ontvanger,
			      struct ontvanger_numbers *ret_numbers)
{
	struct ontvanger_key key = ontvanger_key(ontvanger);
	struct bytes value;
	enum result r = row_get(state, STATE_ONTVANGER, ontvanger_key_view(&key), &value);
	if (r)
		return r;
	if (value.len != ONTVANGER_VALUE_LEN)
		return RESULT_DAMAGED;
	ret_numbers->last = get_u64be(value.data);
	return ontvanger_number(state, ontvanger_key_view(&key), &ret_numbers->number);
}

enum result person_key(struct state *state, const struct identificatie *identificatie,
		       struct hash *ret_key)
{
	uint8_t message[1 + 64];
	if (identificatie->waarde.len > 64)
		return RESULT_TOO_LARGE;
	message[0] = (uint8_t)identificatie->soort;
	memcpy(message + 1, identificatie->waarde.data, identificatie->waarde.len);
	enum result r =
		keystore_keyed_hash(state->keystore, KEYSTORE_SLOT_PERSON_INDEX, "person",
				    bytes_make(message, 1 + identificatie->waarde.len), ret_key);
	secret_wipe(message, sizeof message); // a BSN
	return r;
}

static enum result obligation_decode(struct bytes key, struct bytes value,
				     struct state_obligation *ret_obligation)
{
	if (value.len < OBLIGATION_FIXED_LEN + 2)
		return RESULT_DAMAGED;
	struct state_obligation o = {.due = get_u64be(key.data),
				     .index = get_u64be(key.data + 8),
				     .n = get_u16be(key.data + 16),
				     .soort = value.data[0],
				     .betrokkene = value.data[1]};
	memcpy(o.owed_by.oin.text, value.data + 2, OIN_LEN);
	const uint8_t *texts = value.data + OBLIGATION_FIXED_LEN;
	size_t left = value.len - OBLIGATION_FIXED_LEN;
	const uint8_t *end = memchr(texts, 0, left);
	size_t functie = end ? (size_t)(end - texts) : left;
	if (!end || functie > FUNCTIE_MAX)
		return RESULT_DAMAGED;
	const uint8_t *names = end + 1;
	left -= functie + 1;
	end = memchr(names, 0, left);
	size_t regel = end ? (size_t)(end - names) : left;
	size_t convenant = end ? left - regel - 1 : 0;
	if (regel > REGEL_NAME_MAX || convenant > CONVENANT_NAME_MAX)
		return RESULT_DAMAGED;
	memcpy(o.owed_by.functie, texts, functie);
	memcpy(o.regel, names, regel);
	memcpy(o.convenant, names + regel + (end ? 1 : 0), convenant);
	*ret_obligation = o;
	return RESULT_OK;
}

enum result obligation_open(struct state *state, struct bytes key, struct bytes value,
			    struct state_obligation *ret_obligation)
{
	const struct keystore_place place = {.table = OBLIGATION_PLACE, .key = key};
	struct buffer plain;
	if (key.len != OBLIGATION_KEY_LEN)
		return RESULT_DAMAGED;
	buffer_init(&plain, 512);
	enum result r = keystore_unseal(state->keystore, &place, value, &plain);
	if (!r)
		r = obligation_decode(key, buffer_view(&plain), ret_obligation);
	buffer_wipe(&plain);
	return r;
}

// Keys and values go into the hash with their lengths, so that no two tables look alike.
static void digest_add(struct hash *hash, struct bytes key, struct bytes value)
{
	uint8_t lengths[8];
	put_u32be(lengths, (uint32_t)key.len);
	put_u32be(lengths + 4, (uint32_t)value.len);
	struct bytes pieces[] = {bytes_of_hash(hash), bytes_make(lengths, 8), key, value};
	*hash = sha256_of(pieces, 4);
}

enum result state_digest(struct state *state, enum state_table table,
			 struct state_digest *ret_digest)
{
	struct store_txn *txn;
	enum result r = state_txn(state, &txn);
	if (r)
		return r;
	if (table == STATE_META)
		r = meta_write(state);
	struct store_cursor *cursor;
	if (!r)
		r = store_cursor_open(txn, table, &cursor);
	if (r)
		return r;
	struct state_digest digest = {.rows = 0};
	struct bytes key, value;
	r = store_cursor_seek(cursor, bytes_make(NULL, 0), &key, &value);
	while (!r) {
		digest_add(&digest.hash, key, value);
		digest.rows++;
		r = store_cursor_next(cursor, &key, &value);
	}
	store_cursor_close(cursor);
	if (r != RESULT_NOT_FOUND)
		return r;
	*ret_digest = digest;
	return RESULT_OK;
}

enum result state_facts(struct state *state, struct store_facts *ret_facts)
{
	return store_facts(state->store, ret_facts);
}

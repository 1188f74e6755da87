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
	[STATE_REGISTER] = "register",   [STATE_TABLES] = NULL,
};

const char *state_table_name(enum state_table table)
{
	return table_names[table];
}

enum result state_open(const char *folder, size_t map_bytes, struct keystore *keystore,
		       struct state **ret_state)
{
	struct state *state = calloc(1, sizeof *state);
	if (!state)
		return RESULT_NO_MEMORY;
	struct store_options options = {.map_bytes = map_bytes, .tables = table_names};
	enum result r = store_open(folder, &options, &state->store);
	if (r) {
		free(state);
		return r;
	}
	state->keystore = keystore;
	*ret_state = state;
	return RESULT_OK;
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
		enum result r = store_begin(state->store, true, &state->txn);
		if (r)
			return r;
	}
	*ret_txn = state->txn;
	return RESULT_OK;
}

enum result state_flush(struct state *state)
{
	if (!state->txn)
		return RESULT_OK;
	struct store_txn *txn = state->txn;
	state->txn = NULL;
	return store_commit(txn);
}

void state_discard(struct state *state)
{
	store_abort(state->txn);
	state->txn = NULL;
}

enum result meta_get(struct state *state, const char *name, uint64_t *ret_value)
{
	struct store_txn *txn;
	enum result r = state_txn(state, &txn);
	if (r)
		return r;
	struct bytes value;
	r = store_get(txn, STATE_META, bytes_of_text(name), &value);
	if (r == RESULT_NOT_FOUND) {
		*ret_value = 0;
		return RESULT_OK;
	}
	if (r)
		return r;
	if (value.len != 8)
		return RESULT_DAMAGED;
	*ret_value = get_u64be(value.data);
	return RESULT_OK;
}

void meta_put(struct state *state, const char *name, uint64_t value)
{
	uint8_t encoded[8];
	put_u64be(encoded, value);
	store_put(state->txn, STATE_META, bytes_of_text(name), bytes_make(encoded, 8));
}

uint64_t state_position(struct state *state)
{
	uint64_t position = 0;
	return meta_get(state, META_POSITION, &position) ? 0 : position;
}

bool state_follows(struct state *state, const struct hash *leaf)
{
	uint64_t last = 0;
	return !meta_get(state, META_LEAF, &last) && last == get_u64be(leaf->b);
}

uint64_t state_next_slot(struct state *state)
{
	uint64_t slot = 0;
	if (meta_get(state, META_NEXT_SLOT, &slot) || slot < KEYSTORE_FIRST_FREE)
		return KEYSTORE_FIRST_FREE;
	return slot;
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

enum result ontvanger_numbers(struct state *state, const struct ontvanger *ontvanger,
			      struct ontvanger_numbers *ret_numbers)
{
	struct store_txn *txn;
	enum result r = state_txn(state, &txn);
	if (r)
		return r;
	struct ontvanger_key key = ontvanger_key(ontvanger);
	struct bytes value;
	r = store_get(txn, STATE_ONTVANGER, ontvanger_key_view(&key), &value);
	if (r)
		return r;
	if (value.len != ONTVANGER_VALUE_LEN)
		return RESULT_DAMAGED;
	ret_numbers->number = get_u32be(value.data);
	ret_numbers->last = get_u64be(value.data + 4);
	return RESULT_OK;
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
	if (!end || functie > FUNCTIE_MAX || left - functie - 1 > REGEL_NAME_MAX)
		return RESULT_DAMAGED;
	memcpy(o.owed_by.functie, texts, functie);
	memcpy(o.regel, end + 1, left - functie - 1);
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
	struct store_cursor *cursor;
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

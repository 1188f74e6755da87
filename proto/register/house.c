// SPDX-License-Identifier: EUPL-1.2
#include "register/house.h"

#include "register/huissleutel.h"

#include <string.h>

enum result register_key_twice(struct problem *problem)
{
	problem_set(
		problem, reason_code(REASON_EXISTS),
		"if these keys are in force, nothing needs to be done; otherwise make new keys, "
		"for a key is enrolled once",
		"a key of the bundle is in the register already");
	return RESULT_EXISTS;
}

// ---- which keys there are --------------------------------------------------------------------

static bool party_has(const struct party *party, const uint8_t key[32], const struct key_id *id)
{
	const struct bundle *b = &party->bundle;
	if (memcmp(b->identity, key, 32) == 0 || key_id_equal(&party->identity_id, id))
		return true;
	return !party->is_role &&
	       (memcmp(b->sealing, key, 32) == 0 || memcmp(b->transport, key, 32) == 0 ||
		key_id_equal(&party->sealing_id, id) || key_id_equal(&party->transport_id, id));
}

bool register_has_key(const struct registry *reg, const uint8_t key[32], const struct key_id *id)
{
	for (size_t i = 0; i < reg->house_key_count; i++)
		if (memcmp(reg->house_keys[i].key, key, 32) == 0 ||
		    key_id_equal(&reg->house_keys[i].id, id))
			return true;
	for (size_t i = 0; i < reg->party_count; i++)
		if (party_has(&reg->parties[i], key, id))
			return true;
	return false;
}

const struct house_key *register_house_key(const struct registry *reg, enum house_use use)
{
	const struct house_key *found = NULL;
	for (size_t i = 0; i < reg->house_key_count; i++) {
		const struct house_key *key = &reg->house_keys[i];
		if (key->use == use && key->until == REGISTER_NEVER)
			found = key;
	}
	return found;
}

// Those that count under the origin that the n-th herstel brought, 0 genesis.
static enum result keys_under(const struct registry *reg, size_t n, struct log_keys *keys)
{
	const bool last = n == reg->herstel_count;
	const uint64_t from = n > 0 ? reg->herstel[n - 1].from : 0;
	const uint64_t until = last ? LOG_KEY_NEVER : reg->herstel[n].from;
	for (size_t i = 0; i < reg->house_key_count; i++) {
		const struct house_key *key = &reg->house_keys[i];
		struct log_vkey *log = &keys->keys[keys->count];
		if (key->use != HOUSE_LOG || key->from >= until || key->until <= from)
			continue;
		if (vkey_make(register_origin_at(reg, from), key->key, &log->vkey) != RESULT_OK)
			return RESULT_CONFIG;
		log->from = key->from > from ? key->from : from;
		log->until = key->until < until ? key->until : until;
		keys->count++;
	}
	return RESULT_OK;
}

enum result register_log_keys(const struct registry *reg, struct log_keys *ret_keys)
{
	ret_keys->count = 0;
	for (size_t n = 0; n <= reg->herstel_count; n++) {
		enum result r = keys_under(reg, n, ret_keys);
		if (r)
			return r;
	}
	return ret_keys->count > 0 ? RESULT_OK : RESULT_CONFIG;
}

// ---- those of the knooppunt ------------------------------------------------------------------

static struct house_key *add(struct registry *reg, enum house_use use, const uint8_t key[32],
			     const struct register_leaf *leaf)
{
	struct house_key *added = &reg->house_keys[reg->house_key_count++];
	*added = (struct house_key){.use = use,
				    .id = key_id_of(house_use_kind(use), key),
				    .from = leaf->index,
				    .until = REGISTER_NEVER,
				    .since = leaf->time};
	memcpy(added->key, key, 32);
	return added;
}

void house_begin(struct registry *reg, uint64_t time)
{
	const struct register_leaf leaf = {.index = 0, .time = time};
	reg->house_key_count = 0;
	add(reg, HOUSE_RECEIVE, reg->genesis.receive_key, &leaf);
	add(reg, HOUSE_LOG, reg->genesis.log_key, &leaf);
	add(reg, HOUSE_SEND, reg->genesis.send_key, &leaf);
	add(reg, HOUSE_TRANSPORT, reg->genesis.transport_key, &leaf);
}

static bool is_usable(const struct huissleutel *text)
{
	return text->use == HOUSE_LOG ? sign_public_is_valid(text->key)
				      : agreement_key_is_usable(text->key);
}

// Towards which of the send keys does not matter.
static bool is_proven(const struct huissleutel *text, struct register_source source)
{
	enum result r = huissleutel_check(text, NULL);
	for (size_t i = 0; i < source.send_count; i++) {
		r = huissleutel_check(text, &source.send[i]);
		if (!r)
			return true;
	}
	return r == RESULT_OK;
}

enum result register_read_bundle(struct bytes wire, struct register_source source,
				 struct bundle *ret_bundle)
{
	enum result r = RESULT_BAD_SIGNATURE;
	if (source.send_count == 0)
		return bundle_decode(wire, NULL, ret_bundle, source.problem);
	for (size_t i = 0; r == RESULT_BAD_SIGNATURE && i < source.send_count; i++)
		r = bundle_decode(wire, &source.send[i], ret_bundle, source.problem);
	return r;
}

static enum result begin(struct registry *reg, const struct register_leaf *leaf,
			 const struct huissleutel *text, struct register_source source)
{
	struct key_id id = key_id_of(house_use_kind(text->use), text->key);
	if (reg->house_key_count == REGISTER_HOUSE_KEYS_MAX)
		return register_refuse(source.problem, RESULT_TOO_LARGE, REASON_TOO_MANY,
				       "the register holds as many keys of the knooppunt as it "
				       "can");
	if (register_has_key(reg, text->key, &id))
		return register_key_twice(source.problem);
	if (!is_usable(text))
		return register_refuse(source.problem, RESULT_MALFORMED, REASON_MALFORMED,
				       "the key of the knooppunt is no usable key of its kind");
	if (!is_proven(text, source))
		return register_refuse(source.problem, RESULT_BAD_SIGNATURE, REASON_BAD_SIGNATURE,
				       "the knooppunt does not prove that it holds this key");
	struct house_key *added = add(reg, text->use, text->key, leaf);
	memcpy(added->adres, text->adres, sizeof added->adres);
	return RESULT_OK;
}

static enum result end(struct registry *reg, uint64_t index, const struct huissleutel *text,
		       struct problem *problem)
{
	struct house_key *ends = NULL;
	size_t others = 0;
	for (size_t i = 0; i < reg->house_key_count; i++) {
		struct house_key *key = &reg->house_keys[i];
		if (key->use != text->use || key->until != REGISTER_NEVER)
			continue;
		if (memcmp(key->key, text->key, 32) == 0)
			ends = key;
		else
			others++;
	}
	if (!ends)
		return register_refuse(problem, RESULT_NOT_FOUND, REASON_NOT_FOUND,
				       "no key of the knooppunt in force is the one that is to "
				       "end");
	if (others == 0)
		return register_refuse(problem, RESULT_DENIED, REASON_CONFLICT,
				       "it is the only key in force for its use: bring the next "
				       "one first");
	ends->until = index;
	return RESULT_OK;
}

enum result house_fold(struct registry *reg, const struct register_leaf *leaf,
		       struct register_source source)
{
	struct huissleutel text;
	enum result r = huissleutel_read(leaf->part->opdracht, &text);
	if (r)
		return register_refuse(source.problem, r, REASON_MALFORMED,
				       "the text about a key of the knooppunt has not its form");
	if (text.einde != (leaf->part->soort == REGISTER_HUISSLEUTEL_EINDE))
		return register_refuse(source.problem, RESULT_MALFORMED, REASON_MALFORMED,
				       "the text is about the other end of a key of the knooppunt");
	if (strcmp(text.origin, register_origin(reg)) != 0)
		return register_refuse(source.problem, RESULT_DENIED, REASON_WRONG_AUDIENCE,
				       "the text is about a key of another log");
	return text.einde ? end(reg, leaf->index, &text, source.problem)
			  : begin(reg, leaf, &text, source);
}

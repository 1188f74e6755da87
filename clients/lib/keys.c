// SPDX-License-Identifier: EUPL-1.2
// Which of its keys a client uses: those in use, until the register that it folded has the next
// ones in force; and the end of the old ones, once the register says that they are revoked.
#include "lib/shared.h"

#include "base/file.h"
#include "crypto/secret.h"

#include <stdio.h>
#include <string.h>

#define PASSPHRASE_MAX 1024

// ---- opening ---------------------------------------------------------------------------------

static enum result read_passphrase(struct client *client, struct buffer *ret_text)
{
	const char *path = client->settings.passphrase_file;
	enum result result = file_read_private(path, PASSPHRASE_MAX, ret_text);
	if (result != RESULT_OK)
		client_fail(client, result,
			    result == RESULT_DENIED ? REASON_FILE_MODE : REASON_FILE_MISSING,
			    "the passphrase file cannot be read: %s", result_name(result));
	// The first line; editors end it.
	const uint8_t *end = ret_text->len > 0 ? memchr(ret_text->data, '\n', ret_text->len) : NULL;
	if (end)
		ret_text->len = (size_t)(end - ret_text->data);
	if (result == RESULT_OK && ret_text->len == 0) {
		result = client_fail(client, RESULT_CONFIG, REASON_BAD_VALUE,
				     "the first line of the passphrase file is empty");
		snprintf(client->problem.fix, sizeof client->problem.fix,
			 "Put the passphrase the keys were made with on its first line.");
	}
	if (result != RESULT_OK)
		problem_set_file(&client->problem, path);
	return result;
}

enum result keys_open(struct client *client)
{
	const struct client_settings *s = &client->settings;
	struct buffer passphrase;
	struct unlock unlock = {.key_file = s->unlock_file[0] ? s->unlock_file : NULL};
	enum result result = RESULT_OK;
	buffer_init(&passphrase, PASSPHRASE_MAX);
	if (!unlock.key_file) {
		result = read_passphrase(client, &passphrase);
		unlock.passphrase = buffer_view(&passphrase);
	}
	if (result == RESULT_OK)
		result = keyring_open(s->keys, &unlock, &client->keyring, &client->problem);
	buffer_wipe(&passphrase);
	client->keys = &client->keyring.current;
	return result;
}

// ---- using -----------------------------------------------------------------------------------

static enum result make_from(struct client *client, const struct house_key *house)
{
	const struct register_genesis *genesis = &client->reg.genesis;
	struct pair_end own = {.oin = client->settings.oin}, send = {.oin = genesis->house};
	struct from_key *from = &client->from[client->from_count];
	if (client->from_count == FROM_KEYS_MAX) // the oldest are used first
		return RESULT_OK;
	memcpy(own.public_key, client->keys->sealing.public_key, 32);
	memcpy(send.public_key, house->key, 32);
	from->id = house->id;
	client->from_count++;
	return envelope_pair_key(&(const struct pair_direction){genesis->origin,
								ENVELOPE_FROM_KNOOPPUNT, &send,
								&own, NULL},
				 client->keys->sealing.secret, &from->key);
}

// Each send key in force: the knooppunt goes over to the next one when the old one ends.
static enum result make_from_keys(struct client *client)
{
	enum result result = RESULT_OK;
	client->from_count = 0;
	if (client->has_told[HOUSE_SEND])
		result = make_from(client, &client->told[HOUSE_SEND]);
	for (size_t i = 0; result == RESULT_OK && i < client->reg.house_key_count; i++) {
		const struct house_key *key = &client->reg.house_keys[i];
		if (key->use == HOUSE_SEND && key->until == REGISTER_NEVER)
			result = make_from(client, key);
	}
	return result;
}

// One key per direction, fixed for as long as the keys of both sides are.
static enum result make_pair_keys(struct client *client)
{
	const struct register_genesis *genesis = &client->reg.genesis;
	const struct house_key *house = client->has_told[HOUSE_RECEIVE]
						? &client->told[HOUSE_RECEIVE]
						: register_house_key(&client->reg, HOUSE_RECEIVE);
	struct pair_end own = {.oin = client->settings.oin}, receive = {.oin = genesis->house};
	memcpy(own.public_key, client->keys->sealing.public_key, 32);
	memcpy(receive.public_key, house->key, 32);
	enum result result = envelope_pair_key(&(const struct pair_direction){genesis->origin,
									      ENVELOPE_TO_KNOOPPUNT,
									      &own, &receive, NULL},
					       client->keys->sealing.secret, &client->to);
	if (result == RESULT_OK)
		result = make_from_keys(client);
	if (result != RESULT_OK)
		return client_fail(client, RESULT_CONFIG, REASON_DAMAGED,
				   "a key of the knooppunt cannot be used");
	client->receive_id = house->id;
	client->keyed_at = client->reg.head_index;
	return RESULT_OK;
}

static enum result agree(struct client *client)
{
	enum result result = make_pair_keys(client);
	client->keyed = result == RESULT_OK;
	return result;
}

// The register may have brought other keys of the knooppunt: then it says itself which they are.
static enum result follow_house(struct client *client)
{
	if (client->keyed_at == client->reg.head_index)
		return RESULT_OK;
	memset(client->has_told, 0, sizeof client->has_told);
	way_follow(client);
	return agree(client);
}

enum result client_tell_key(struct client *client, enum house_use use, const uint8_t key[32])
{
	client->told[use] = (struct house_key){.use = use, .id = key_id_of(KEY_KIND_SEALING, key)};
	memcpy(client->told[use].key, key, 32);
	client->has_told[use] = true;
	return agree(client);
}

// Answers to the keys used until now cannot be opened any more: what waits for one is asked again.
static enum result use(struct client *client, const struct key_set *keys)
{
	client->keys = keys;
	client->greeted = false;
	way_drop(client);
	client->keyed = false;
	return agree(client);
}

static bool in_force(const struct party *party)
{
	return party && party->until == REGISTER_NEVER;
}

static void destroy_current(struct client *client)
{
	struct key_change *change = &client->key_change;
	change->from = client->keyring.current.identity.id;
	change->result = keyring_promote(client->settings.keys);
	change->destroyed = change->result == RESULT_OK;
	// In memory they are of no use either. The next ones stay where others point at.
	key_set_done(&client->keyring.current);
	client->keyring.retired = true;
	change->under_way = false;
}

static void drop_next(struct client *client)
{
	client->key_change.from = client->keyring.next.identity.id;
	client->key_change.result = keyring_drop_next(client->settings.keys);
	client->key_change.destroyed = client->key_change.result == RESULT_OK;
	key_set_done(&client->keyring.next);
	client->keyring.has_next = client->key_change.under_way = false;
}

enum result keys_follow(struct client *client)
{
	struct keyring *ring = &client->keyring;
	if (client->keyed) {
		enum result house = follow_house(client);
		if (house != RESULT_OK)
			return house;
	}
	client->key_change.under_way = ring->has_next && !ring->retired;
	if (!client->key_change.under_way)
		return client->keyed ? RESULT_OK : use(client, client->keys);
	const struct party *old = register_by_identity(&client->reg, &ring->current.identity.id);
	const struct party *next = register_by_identity(&client->reg, &ring->next.identity.id);
	enum result result = RESULT_OK;
	bool switches = in_force(next) && client->keys != &ring->next;
	if (switches || !client->keyed)
		result = use(client, in_force(next) ? &ring->next : client->keys);
	if (result != RESULT_OK)
		return result;
	client->key_change.to = client->keys->identity.id;
	client->key_change.switched = client->keys == &ring->next;
	if (in_force(next) && old && !in_force(old))
		destroy_current(client);
	else if (next && !in_force(next) && client->keys != &ring->next)
		drop_next(client);
	return RESULT_OK;
}

enum result keys_try_other(struct client *client)
{
	struct keyring *ring = &client->keyring;
	if (!client->key_change.under_way)
		return RESULT_NOT_FOUND;
	return use(client, client->keys == &ring->next ? &ring->current : &ring->next);
}

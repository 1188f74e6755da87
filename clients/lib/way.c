// SPDX-License-Identifier: EUPL-1.2
// The ways to the knooppunt: while its transport key changes there are two, each a key at an
// address of its own. The newest is taken; who cannot be reached by it, because a firewall does not
// know the address yet, is reached by the other.
#include "lib/shared.h"

#include "lib/session.h"

#include <string.h>

bool way_at(const struct client *client, unsigned n, struct way *ret_way)
{
	const struct house_key *told =
		client->has_told[HOUSE_TRANSPORT] ? &client->told[HOUSE_TRANSPORT] : NULL;
	const struct house_key *found = told && n == 0 ? told : NULL;
	unsigned at = told ? 1 : 0;
	for (size_t i = client->reg.house_key_count; !found && i-- > 0;) {
		const struct house_key *key = &client->reg.house_keys[i];
		if (key->use == HOUSE_TRANSPORT && key->until == REGISTER_NEVER && at++ == n)
			found = key;
	}
	if (!found)
		return false;
	// Where the register does not say it was agreed outside: the settings have it.
	*ret_way = (struct way){
		.key = found->key,
		.endpoint = found->adres[0] ? found->adres : client->settings.endpoint,
	};
	return true;
}

struct way way_in_use(const struct client *client)
{
	struct way way = {.key = client->reg.genesis.transport_key,
			  .endpoint = client->settings.endpoint};
	(void)way_at(client, client->way, &way); // there is always one in force
	return way;
}

void way_drop(struct client *client)
{
	if (client->linked && !client->link_given) {
		client->link.close(client->link.context);
		client->linked = false;
	}
}

enum result way_link(struct client *client)
{
	if (client->linked)
		return RESULT_OK;
	const struct way way = way_in_use(client);
	struct session_settings settings = {
		.endpoint = way.endpoint,
		.server_key = way.key,
		.transport = &client->keys->transport,
	};
	enum result result = session_open(&settings, &client->link, &client->problem);
	client->linked = result == RESULT_OK;
	if (client->linked)
		memcpy(client->linked_to, way.key, sizeof client->linked_to);
	return result;
}

void way_follow(struct client *client)
{
	client->way = 0;
	const struct way newest = way_in_use(client);
	if (client->linked && memcmp(newest.key, client->linked_to, sizeof client->linked_to) != 0)
		way_drop(client);
}

bool way_try_next(struct client *client, unsigned first)
{
	struct way way;
	if (client->link_given)
		return false;
	way_drop(client);
	client->way = way_at(client, client->way + 1, &way) ? client->way + 1 : 0;
	return client->way != first;
}

enum result client_tell_way(struct client *client, const uint8_t key[32], const char *adres)
{
	struct house_key *told = &client->told[HOUSE_TRANSPORT];
	struct bytes given = bytes_of_text(adres ? adres : client->settings.endpoint);
	if (given.len > HOUSE_ADRES_MAX)
		return client_fail(client, RESULT_CONFIG, REASON_TOO_LONG,
				   "the address of the knooppunt is longer than %d characters",
				   HOUSE_ADRES_MAX);
	*told = (struct house_key){.use = HOUSE_TRANSPORT,
				   .id = key_id_of(KEY_KIND_TRANSPORT, key)};
	memcpy(told->key, key, sizeof told->key);
	memcpy(told->adres, given.data, given.len);
	client->has_told[HOUSE_TRANSPORT] = true;
	way_follow(client);
	return RESULT_OK;
}

bool client_by_old_way(const struct client *client)
{
	return client->linked && client->way > 0;
}

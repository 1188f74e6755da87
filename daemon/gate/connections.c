// SPDX-License-Identifier: EUPL-1.2
#include "gate/connections.h"

#include "crypto/hash.h"
#include "crypto/secret.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 16384
#define INDEX_BITS 16
#define NONE UINT16_MAX

_Static_assert(CONNECTIONS_MAX < NONE, "an index fits 16 bits");

struct entry {
	uint64_t number; // serial << INDEX_BITS | own index; 0 free
	struct oin oin;
	uint8_t door, id_len;
	uint8_t id[ROUTING_ID_MAX];
	uint16_t bucket, next; // chain of its bucket
	uint16_t older, newer; // by use
};

struct connections {
	struct entry entries[CONNECTIONS_MAX];
	uint16_t buckets[BUCKETS];
	uint16_t oldest, newest;
	uint16_t used; // entries in use are 0..used-1
	uint64_t serial;
	uint8_t seed[32];
};

enum result connections_new(struct connections **ret_connections)
{
	struct connections *connections = calloc(1, sizeof *connections);
	if (!connections)
		return RESULT_NO_MEMORY;
	random_bytes(connections->seed, sizeof connections->seed);
	memset(connections->buckets, 0xff, sizeof connections->buckets);
	connections->oldest = connections->newest = NONE;
	*ret_connections = connections;
	return RESULT_OK;
}

void connections_free(struct connections *connections)
{
	free(connections);
}

// Keyed, because peers choose their ids: no partner can fill one chain.
static uint16_t bucket_of(const struct connections *connections, const struct peer *peer)
{
	const uint8_t door = (uint8_t)peer->door;
	struct bytes pieces[] = {bytes_make(connections->seed, sizeof connections->seed),
				 bytes_make(&door, 1), peer->routing_id};
	struct hash hash = sha256_of(pieces, sizeof pieces / sizeof pieces[0]);
	return get_u16be(hash.b) % BUCKETS;
}

static void unlink_use(struct connections *c, uint16_t at)
{
	const struct entry *entry = &c->entries[at];
	*(entry->older == NONE ? &c->oldest : &c->entries[entry->older].newer) = entry->newer;
	*(entry->newer == NONE ? &c->newest : &c->entries[entry->newer].older) = entry->older;
}

static void link_newest(struct connections *c, uint16_t at)
{
	c->entries[at].older = c->newest;
	c->entries[at].newer = NONE;
	*(c->newest == NONE ? &c->oldest : &c->entries[c->newest].newer) = at;
	c->newest = at;
}

static void unlink_chain(struct connections *c, uint16_t at)
{
	uint16_t *link = &c->buckets[c->entries[at].bucket];
	while (*link != at)
		link = &c->entries[*link].next;
	*link = c->entries[at].next;
}

// An unused entry, or the one not used for longest, taken out of its chains.
static uint16_t take_entry(struct connections *c)
{
	if (c->used < CONNECTIONS_MAX)
		return c->used++;
	uint16_t at = c->oldest;
	unlink_use(c, at);
	unlink_chain(c, at);
	return at;
}

static void number_entry(struct connections *c, uint16_t at, const struct oin *oin)
{
	c->entries[at].number = ++c->serial << INDEX_BITS | at;
	c->entries[at].oin = *oin;
}

static uint16_t add_entry(struct connections *c, uint16_t bucket, const struct peer *peer)
{
	uint16_t at = take_entry(c);
	struct entry *entry = &c->entries[at];
	number_entry(c, at, &peer->oin);
	entry->door = (uint8_t)peer->door;
	entry->id_len = (uint8_t)peer->routing_id.len;
	memcpy(entry->id, peer->routing_id.data, peer->routing_id.len);
	entry->bucket = bucket;
	entry->next = c->buckets[bucket];
	c->buckets[bucket] = at;
	return at;
}

static bool is_of(const struct entry *entry, const struct peer *peer)
{
	return entry->door == peer->door &&
	       bytes_equal(bytes_make(entry->id, entry->id_len), peer->routing_id);
}

uint64_t connections_number(struct connections *c, const struct peer *peer)
{
	assert(peer->routing_id.len >= 1 && peer->routing_id.len <= ROUTING_ID_MAX);
	uint16_t bucket = bucket_of(c, peer);
	uint16_t at = c->buckets[bucket];
	while (at != NONE && !is_of(&c->entries[at], peer))
		at = c->entries[at].next;
	if (at == NONE) {
		at = add_entry(c, bucket, peer);
	} else {
		unlink_use(c, at);
		if (!oin_equal(&c->entries[at].oin, &peer->oin))
			number_entry(c, at, &peer->oin);
	}
	link_newest(c, at);
	return c->entries[at].number;
}

bool connections_find(struct connections *c, uint64_t number, struct peer *ret_peer)
{
	uint16_t at = number & (((uint64_t)1 << INDEX_BITS) - 1);
	if (at >= c->used || c->entries[at].number != number)
		return false;
	unlink_use(c, at);
	link_newest(c, at);
	const struct entry *entry = &c->entries[at];
	*ret_peer = (struct peer){.door = entry->door,
				  .routing_id = bytes_make(entry->id, entry->id_len),
				  .oin = entry->oin};
	return true;
}

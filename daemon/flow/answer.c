// SPDX-License-Identifier: EUPL-1.2
// Sealing answers. Every answer carries the newest signed checkpoint and the proof that it extends
// the one the asker holds.
#include "flow/ready.h"

#include "base/clock.h"
#include "crypto/secret.h"
#include "wire/envelope.h"

#include <stdlib.h>
#include <string.h>

// Pair keys by place in the register, where parties are only ever added.
struct pair_cache {
	struct key_id send; // of the send key that they are of
	struct pair_key keys[REGISTER_PARTIES_MAX];
	bool made[REGISTER_PARTIES_MAX];
};

struct pair_cache *pair_cache_new(void)
{
	return calloc(1, sizeof(struct pair_cache));
}

void pair_cache_free(struct pair_cache *cache)
{
	if (!cache)
		return;
	secret_wipe(cache, sizeof *cache);
	free(cache);
}

static enum result pair_key_for(struct core *core, const struct party *party,
				const struct pair_key **ret_key)
{
	size_t place = (size_t)(party - core->registry.parties);
	const struct private_key *send = own_keys_oldest(&core->sending, &core->registry);
	if (!send)
		return RESULT_INTERNAL; // core holds what is in force, or does not start
	if (!key_id_equal(&send->id, &core->pairs->send)) {
		secret_wipe(core->pairs, sizeof *core->pairs);
		core->pairs->send = send->id;
	}
	if (!core->pairs->made[place]) {
		struct pair_end own = {.oin = core->registry.genesis.house};
		struct pair_end other = {.oin = party->bundle.oin};
		memcpy(own.public_key, send->public_key, 32);
		memcpy(other.public_key, party->bundle.sealing, 32);
		enum result r = envelope_pair_key(
			&(const struct pair_direction){core->registry.genesis.origin,
						       ENVELOPE_FROM_KNOOPPUNT, &own, &other, NULL},
			send->secret, &core->pairs->keys[place]);
		if (r)
			return r;
		core->pairs->made[place] = true;
	}
	*ret_key = &core->pairs->keys[place];
	return RESULT_OK;
}

// From what the asker holds to our checkpoint; nothing when it holds none, or claims one that is
// not ours yet.
static enum result prove_growth(struct core *core, const struct head *held, struct replies *replies)
{
	struct tree_reader reader = journal_tree(core->journal);
	struct hash root;
	if (held->size == 0 || held->size > core->checkpoint.size)
		return RESULT_OK;
	enum result r = tree_root_at(&reader, held->size, &root);
	if (r || !hash_equal(&root, &held->root))
		return r; // not one of ours: there is nothing to prove
	replies->old_size = held->size;
	return tree_consistency(&reader, held->size, core->checkpoint.size, &replies->consistency);
}

static enum result seal_and_send(struct core *core, const struct answer *answer,
				 const struct party *party, struct bytes content)
{
	const struct pair_key *key = NULL;
	struct envelope_prefix prefix = {.direction = ENVELOPE_FROM_KNOOPPUNT,
					 .recipient = party->sealing_id};
	buffer_clear(&core->frame);
	enum result r = pair_key_for(core, party, &key);
	prefix.sender = core->pairs->send;
	if (!r)
		r = envelope_seal_wide(&prefix, key, content, answer->at_least, &core->frame);
	// A full queue drops the answer, not the fact: the partner asks again and gets the same.
	if (!r && !core->send(core->send_context, &answer->route, buffer_view(&core->frame)))
		core->counts.again++;
	return r;
}

const struct party *answer_party(const struct core *core, const struct key_id *sealing_id)
{
	const struct party *party = register_by_sealing(&core->registry, sealing_id);
	return party && party->until == REGISTER_NEVER ? party : NULL;
}

enum result answer_send(struct core *core, const struct answer *answer, struct arena *arena)
{
	const struct party *party = register_by_sealing(&core->registry, &answer->sealing_id);
	if (!party)
		return RESULT_OK; // nobody to seal for: the gate's hint has to do
	struct replies *replies = arena_alloc(arena, sizeof *replies);
	if (!replies)
		return RESULT_NO_MEMORY;
	replies->checkpoint = buffer_view(&core->note);
	replies->replies = answer->replies;
	replies->reply_count = answer->count;
	enum result r = prove_growth(core, &answer->held, replies);
	if (r)
		return r;
	buffer_clear(&core->content);
	r = replies_encode(replies, &core->content);
	if (!r)
		r = seal_and_send(core, answer, party, buffer_view(&core->content));
	secret_wipe(core->content.data, core->content.len);
	return r;
}

void answer_end(struct core *core)
{
	arena_clear(core->answer_arena);
	ready_turn(core->ready, clock_monotonic_ms());
}

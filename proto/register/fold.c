// SPDX-License-Identifier: EUPL-1.2
// Folding register leaves. Genesis comes first and is believed because it is pinned; every leaf
// after it is believed because of whom it is signed by.
#include "register/fold.h"
#include "register/demand.h"
#include "register/house.h"

#include <stdlib.h>
#include <string.h>

#define KEYS_PER_PARTY 3

static bool bundle_keys_are_new(const struct registry *reg, const struct bundle *bundle,
				bool is_role)
{
	static const enum key_kind kinds[KEYS_PER_PARTY] = {KEY_KIND_IDENTITY, KEY_KIND_SEALING,
							    KEY_KIND_TRANSPORT};
	const uint8_t *keys[KEYS_PER_PARTY] = {bundle->identity, bundle->sealing,
					       bundle->transport};
	size_t count = is_role ? 1 : KEYS_PER_PARTY;
	for (size_t i = 0; i < count; i++) {
		struct key_id id = key_id_of(kinds[i], keys[i]);
		if (register_has_key(reg, keys[i], &id))
			return false;
		for (size_t j = 0; j < i; j++)
			if (memcmp(keys[i], keys[j], 32) == 0)
				return false;
	}
	return true;
}

// Role keys only sign; they have neither a sealing nor a transport key.
static bool bundle_is_role(const struct bundle *bundle)
{
	return bytes_all_zero(bytes_make(bundle->sealing, 32)) &&
	       bytes_all_zero(bytes_make(bundle->transport, 32));
}

static bool functie_is_role(const char *functie)
{
	return strcmp(functie, FUNCTIE_BEHEERDER) == 0 || strcmp(functie, FUNCTIE_OFFICER) == 0 ||
	       strcmp(functie, FUNCTIE_OFFICER_DEPUTY) == 0;
}

// A role key holds role functies only and belongs to the house; a partner's key holds none.
static bool functies_fit(const struct registry *reg, const struct bundle *bundle, bool is_role)
{
	if (is_role && !oin_equal(&bundle->oin, &reg->genesis.house))
		return false;
	for (size_t i = 0; i < bundle->functie_count; i++)
		if (functie_is_role(bundle->functies[i]) != is_role)
			return false;
	// One role, one key: who held two would be two signatures alone.
	return is_role ? bundle->functie_count == 1 : bundle->functie_count > 0;
}

static enum result party_append(struct registry *reg, const struct bundle *bundle, bool is_role,
				const struct register_leaf *leaf)
{
	if (reg->party_count >= REGISTER_PARTIES_MAX)
		return RESULT_TOO_LARGE;
	struct party *grown = realloc(reg->parties, (reg->party_count + 1) * sizeof *reg->parties);
	if (!grown)
		return RESULT_NO_MEMORY;
	reg->parties = grown;
	struct party *party = &grown[reg->party_count];
	memset(party, 0, sizeof *party);
	party->bundle = *bundle;
	party->identity_id = key_id_of(KEY_KIND_IDENTITY, bundle->identity);
	if (!is_role) {
		party->sealing_id = key_id_of(KEY_KIND_SEALING, bundle->sealing);
		party->transport_id = key_id_of(KEY_KIND_TRANSPORT, bundle->transport);
	}
	party->from = leaf->index;
	party->since = leaf->time;
	party->until = REGISTER_NEVER;
	party->is_role = is_role;
	reg->party_count++;
	return RESULT_OK;
}

static enum result fold_bundle(struct registry *reg, const struct register_leaf *leaf,
			       struct bytes wire, struct register_source source)
{
	struct bundle bundle;
	struct problem *problem = source.problem;
	enum result r = register_read_bundle(wire, source, &bundle);
	if (r)
		return r;
	bool is_role = bundle_is_role(&bundle);
	if (!functies_fit(reg, &bundle, is_role))
		return register_refuse(
			problem, RESULT_DENIED, REASON_FUNCTIE_NOT_HELD,
			"the functies of the bundle do not fit its keys or its organisation");
	if (!bundle_keys_are_new(reg, &bundle, is_role))
		return register_key_twice(problem);
	return party_append(reg, &bundle, is_role, leaf);
}

static enum result fold_genesis(struct registry *reg, const struct register_leaf *leaf,
				const struct genesis *genesis, struct problem *problem)
{
	struct register_genesis *g = &reg->genesis;
	if (!register_text(g->origin, sizeof g->origin, genesis->origin) ||
	    !register_text(g->naam, sizeof g->naam, genesis->naam) ||
	    oin_parse(genesis->oin, &g->house) != RESULT_OK || genesis->rol_count == 0)
		return register_refuse(problem, RESULT_MALFORMED, REASON_MALFORMED,
				       "genesis lacks origin, house or roles");
	memcpy(g->log_key, genesis->log_key, 32);
	memcpy(g->receive_key, genesis->receive_key, 32);
	memcpy(g->send_key, genesis->send_key, 32);
	memcpy(g->transport_key, genesis->transport_key, 32);
	g->oefening = genesis->oefening;
	g->created = genesis->created;
	g->leaf = leaf->hash;
	house_begin(reg, leaf->time);
	for (size_t i = 0; i < genesis->rol_count; i++) {
		enum result r =
			fold_bundle(reg, leaf, genesis->rollen[i],
				    (struct register_source){.send = NULL, .problem = problem});
		if (r)
			return r;
		if (!reg->parties[reg->party_count - 1].is_role)
			return register_refuse(problem, RESULT_MALFORMED, REASON_MALFORMED,
					       "genesis may enrol roles only");
	}
	return RESULT_OK;
}

static enum result fold_revocation(struct registry *reg, uint64_t index, struct bytes key_id,
				   struct problem *problem)
{
	if (key_id.len != KEY_ID_LEN)
		return register_refuse(problem, RESULT_MALFORMED, REASON_MALFORMED,
				       "a revocation names a key id of 8 bytes");
	struct key_id id;
	memcpy(id.b, key_id.data, KEY_ID_LEN);
	for (size_t i = 0; i < reg->party_count; i++) {
		struct party *party = &reg->parties[i];
		bool same = key_id_equal(&party->identity_id, &id) ||
			    (!party->is_role && (key_id_equal(&party->sealing_id, &id) ||
						 key_id_equal(&party->transport_id, &id)));
		if (same && party->until == REGISTER_NEVER) {
			party->until = index;
			return RESULT_OK;
		}
	}
	return register_refuse(problem, RESULT_NOT_FOUND, REASON_NOT_FOUND,
			       "no key in force has the id that is to be revoked");
}

enum result register_check_revocation(const struct registry *reg, struct bytes key_id,
				      struct problem *problem)
{
	static const char *const roles[] = {FUNCTIE_BEHEERDER, FUNCTIE_OFFICER,
					    FUNCTIE_OFFICER_DEPUTY};
	size_t left = 0;
	bool of_role = false;
	for (size_t n = 0; n < sizeof roles / sizeof roles[0]; n++) {
		bool held = false;
		for (size_t i = 0; i < reg->party_count; i++) {
			const struct party *party = &reg->parties[i];
			bool same =
				bytes_equal(bytes_make(party->identity_id.b, KEY_ID_LEN), key_id);
			of_role |= same && party->is_role;
			held |= !same && party->is_role && party->until == REGISTER_NEVER &&
				party_has_functie(party, roles[n]);
		}
		left += held;
	}
	if (!of_role || left >= 2)
		return RESULT_OK;
	problem_set(
		problem, reason_code(REASON_TWO_NEEDED),
		"enrol the successor first, by two roles; then revoke the old key",
		"fewer than two of the three roles would be left, and nobody could be enrolled");
	return RESULT_DENIED;
}

static bool is_of_role(const struct part_register *part)
{
	struct bundle bundle;
	return part->soort == REGISTER_PARTNER &&
	       bundle_decode(part->partner, NULL, &bundle, NULL) == RESULT_OK &&
	       bundle_is_role(&bundle);
}

// What a leaf of the register needs.
static struct act_demand demand_of(const struct registry *reg, const struct register_leaf *leaf)
{
	const struct part_register *part = leaf->part;
	return (struct act_demand){.index = leaf->index,
				   .time = leaf->time,
				   .soort = register_act_soort(part->soort),
				   .object = register_act_object(part),
				   .seen = register_seen(reg, part),
				   .one = part->soort == REGISTER_INTREKKING,
				   .role = is_of_role(part)};
}

static enum result fold_into(struct registry *reg, const struct register_leaf *leaf,
			     struct register_source source)
{
	const struct part_register *part = leaf->part;
	uint64_t index = leaf->index;
	switch (part->soort) {
	case REGISTER_GENESIS:
		return fold_genesis(reg, leaf, &part->genesis, source.problem);
	case REGISTER_PARTNER:
		return fold_bundle(reg, leaf, part->partner, source);
	case REGISTER_INTREKKING:
		return fold_revocation(reg, index, part->ingetrokken, source.problem);
	case REGISTER_CONVENANT:
		return register_fold_convenant(reg, index, &part->convenant, source.problem);
	case REGISTER_CONVENANT_EINDE:
		return register_fold_einde(reg, index, part->opdracht, source.problem);
	case REGISTER_HERSTEL:
		return register_fold_herstel(reg, leaf, source.problem);
	case REGISTER_HUISSLEUTEL:
	case REGISTER_HUISSLEUTEL_EINDE:
		return house_fold(reg, leaf, source);
	}
	return register_refuse(source.problem, RESULT_UNSUPPORTED, REASON_UNSUPPORTED,
			       "a register leaf of a kind this program does not know");
}

enum result register_fold(struct registry *reg, const struct register_leaf *leaf,
			  struct register_source source)
{
	const struct part_register *part = leaf->part;
	bool first = reg->leaves == 0;
	if (first != (part->soort == REGISTER_GENESIS) || first == part->has_vorige ||
	    (!first && !hash_equal(&part->vorige, &reg->head)))
		return register_refuse(source.problem, RESULT_CONFLICT, REASON_CONFLICT,
				       "a register leaf does not name the one before it");
	if (!first) {
		struct act_demand demand = demand_of(reg, leaf);
		enum result r = register_check_acts(reg, &demand, part->acts, part->act_count,
						    source.problem);
		if (r)
			return r;
	}
	struct registry next = {0};
	enum result r = register_copy(reg, &next);
	if (!r)
		r = fold_into(&next, leaf, source);
	if (r) {
		register_done(&next);
		return r;
	}
	next.head_index = leaf->index;
	next.head = leaf->hash;
	next.leaves++;
	register_done(reg);
	*reg = next;
	return RESULT_OK;
}

// ---- proposals -----------------------------------------------------------------------------

static enum result check_proposer(const struct registry *reg, const struct register_leaf *leaf,
				  struct problem *problem)
{
	struct act_roles roles = {.beheerder = false};
	struct act_demand demand = demand_of(reg, leaf);
	enum result r = RESULT_DENIED;
	if (leaf->part->act_count == 1)
		r = register_act_role(reg, &demand, &leaf->part->acts[0], &roles);
	if (r && r != RESULT_DENIED && r != RESULT_BAD_SIGNATURE)
		return register_refuse(problem, r, REASON_MALFORMED,
				       "the act of the proposal is not whole");
	if (r) {
		problem_set(problem, reason_code(REASON_BAD_SIGNATURE),
			    "sign it anew with the key folder of a beheerder of this log",
			    "no role in force in this log signed this object, or its act has "
			    "expired");
		return r;
	}
	if (roles.beheerder || (demand.role && (roles.officer || roles.deputy)))
		return RESULT_OK;
	problem_set(problem, reason_code(REASON_FUNCTIE_NOT_HELD),
		    "have the beheerder propose it; the officer approves it afterwards",
		    "a proposal is signed by a beheerder, and this one is not");
	return RESULT_DENIED;
}

enum result register_check_proposal(const struct registry *reg, const struct register_leaf *leaf,
				    struct register_source source)
{
	struct registry next = {0};
	enum result r = check_proposer(reg, leaf, source.problem);
	if (!r)
		r = register_copy(reg, &next);
	if (!r)
		r = fold_into(&next, leaf, source);
	register_done(&next);
	return r;
}

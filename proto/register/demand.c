// SPDX-License-Identifier: EUPL-1.2
// The acts of roles that a change of the register rests on: who signed for this very object.
#include "register/demand.h"

#include "melding/reason.h"

#include <string.h>

#define ACT_ARENA (512 * 1024)

// Is this statement about this very object, and about no other place or time?
static bool act_fits(const struct registry *reg, const struct act_demand *demand,
		     const struct statement *s)
{
	struct act_view act;
	return register_act_view(s, &act) == RESULT_OK && s->head.size >= demand->seen &&
	       bytes_equal(s->audience_oin, bytes_of_text(reg->genesis.house.text)) &&
	       bytes_equal(s->audience_log, bytes_of_text(register_origin(reg))) &&
	       bytes_equal(act.soort, bytes_of_text(demand->soort)) &&
	       bytes_equal(act.object, bytes_of_hash(&demand->object)) &&
	       (uint64_t)act.expires >= demand->time;
}

enum result register_act_role(const struct registry *reg, const struct act_demand *demand,
			      const struct signed_statement *act, struct act_roles *ret_roles)
{
	struct key_id id;
	if (act->key_id.len != KEY_ID_LEN)
		return RESULT_MALFORMED;
	memcpy(id.b, act->key_id.data, KEY_ID_LEN);
	const struct party *party = register_by_identity(reg, &id);
	if (!party || !party->is_role || !party_valid_at(party, demand->index) ||
	    !bytes_equal(act->signer, bytes_of_text(party->bundle.oin.text)))
		return RESULT_DENIED;
	struct hash hash;
	enum result r = batch_verify_one(act, party->bundle.identity, NULL, &hash);
	if (r)
		return r;
	struct arena *arena;
	r = arena_new(ACT_ARENA, &arena);
	if (r)
		return r;
	struct statement s;
	r = statement_decode(act->statement, arena, &s);
	if (!r && !act_fits(reg, demand, &s))
		r = RESULT_DENIED;
	if (!r) {
		ret_roles->beheerder |= party_has_functie(party, FUNCTIE_BEHEERDER);
		ret_roles->officer |= party_has_functie(party, FUNCTIE_OFFICER);
		ret_roles->deputy |= party_has_functie(party, FUNCTIE_OFFICER_DEPUTY);
	}
	arena_free(arena);
	return r;
}

static bool are_enough(const struct act_roles *roles, const struct act_demand *demand)
{
	bool officers = roles->officer || roles->deputy;
	if (demand->one)
		return roles->beheerder || officers;
	return (roles->beheerder && officers) || (demand->role && roles->officer && roles->deputy);
}

static bool signer_is_partner(const struct registry *reg, const struct signed_statement *act)
{
	struct key_id id;
	if (act->key_id.len != KEY_ID_LEN)
		return false;
	memcpy(id.b, act->key_id.data, KEY_ID_LEN);
	const struct party *party = register_by_identity(reg, &id);
	return party && !party->is_role;
}

// Fits but for its head, which is of before what it is about came: the slip of a key that is
// elsewhere, whose act says nothing of the log unless it was shown a checkpoint.
static bool saw_too_little(const struct registry *reg, struct act_demand demand,
			   const struct signed_statement *act)
{
	struct act_roles roles = {.beheerder = false};
	demand.seen = 0;
	return register_act_role(reg, &demand, act, &roles) == RESULT_OK;
}

static enum result bad_act(struct problem *problem, enum result result, const char *what)
{
	problem_set(problem, reason_code(REASON_BAD_SIGNATURE), reason_fix(REASON_BAD_SIGNATURE),
		    "%s", what);
	return result;
}

enum result register_check_acts(const struct registry *reg, const struct act_demand *demand,
				const struct signed_statement *acts, size_t count,
				struct problem *problem)
{
	struct act_roles roles = {.beheerder = false};
	for (size_t i = 0; i < count; i++) {
		enum result r = register_act_role(reg, demand, &acts[i], &roles);
		if (r == RESULT_DENIED && signer_is_partner(reg, &acts[i]))
			return bad_act(problem, r,
				       "an act is signed with the key of a partner; only "
				       "beheerder, privacy officer and deputy sign for the house");
		if (r == RESULT_DENIED && saw_too_little(reg, *demand, &acts[i])) {
			problem_set(problem, reason_code(REASON_BAD_SIGNATURE),
				    "Sign it with a newer checkpoint of the log: knooppunt act "
				    "--checkpoint FILE.",
				    "an act was signed without having seen the log as far as the "
				    "convenant of this name");
			return r;
		}
		if (r)
			return bad_act(problem, r,
				       "an act is not signed by a role in force for this object");
	}
	if (are_enough(&roles, demand))
		return RESULT_OK;
	problem_set(problem, reason_code(REASON_TWO_NEEDED), reason_fix(REASON_TWO_NEEDED),
		    "the act needs the signatures of beheerder and privacy officer");
	return RESULT_DENIED;
}

// SPDX-License-Identifier: EUPL-1.2
// Names of the checks, and the checks of leaves and receipts; deliveries are in proof_delivery.c.
#include "lib/proof.h"

#include "crypto/hash.h"

static const struct {
	const char *name, *text;
} checks[PROOF_CHECK_COUNT] = {
	[PROOF_FINE] = {"fine", "Everything was proven."},
	[PROOF_CHECKPOINT] =
		{"checkpoint",
		 "The checkpoint is not signed by the key that the log has by its register."},
	[PROOF_CONSISTENCY] = {"consistency",
			       "The checkpoint does not extend the one that is held."},
	[PROOF_ENTRY] = {"entry", "The entry is malformed or of a class that cannot hold this."},
	[PROOF_VECTOR] = {"vector", "The vector of parts is not the one the entry commits to."},
	[PROOF_OPENING] = {"opening", "The part is not in the vector of the entry."},
	[PROOF_INCLUSION] = {"inclusion", "The entry is not in the log of the checkpoint."},
	[PROOF_REGISTER_HEAD] =
		{"register-head",
		 "The entry names another register leaf than the newest before it."},
	[PROOF_STALE] = {"register-stale", "The entry names a register leaf that was not shown."},
	[PROOF_PART] = {"part", "The part is malformed or of another kind."},
	[PROOF_ORIGIN] = {"origin", "The part belongs to another log."},
	[PROOF_OEFENING] = {"oefening", "Part and genesis differ on whether this is an oefening."},
	[PROOF_SOURCE] = {"source", "The receipt names another source."},
	[PROOF_ID] = {"id", "The receipt names another id."},
	[PROOF_HEADER_HASH] = {"header-hash", "It is about another statement."},
	[PROOF_OUTCOME] = {"outcome", "The answer says something else than the log."},
	[PROOF_ONTVANGER] = {"ontvanger", "It is meant for another OIN or functie."},
	[PROOF_NUMBER] = {"number", "The delivery number is not the next one."},
	[PROOF_GELDIG] = {"geldig-tot", "It lapsed before it was given."},
	[PROOF_VERVALLEN] = {"vervallen", "It gives nothing by its soort and yet carries content."},
	[PROOF_SENDER] = {"sender", "Herkomst is neither shown nor withheld."},
	[PROOF_SIGNER] = {"signer", "The signer's key is not that party's in the register."},
	[PROOF_SIGNER_KEY_PERIOD] = {"signer-key-period",
				     "The signer's key was not in force at the entry."},
	[PROOF_SIGNATURE] = {"signature", "The sender's signature does not hold."},
	[PROOF_HEADER] = {"header", "The header is not a melding of its signer to this log."},
	[PROOF_SENDER_HEAD] = {"sender-head",
			       "The log does not extend the checkpoint that the sender saw."},
	[PROOF_SLOTS_VECTOR] = {"slots-vector", "The slots are not those the sender signed."},
	[PROOF_SLOTS_LIST] = {"slots-list", "Other slots are opened than the log says."},
	[PROOF_SLOTS_OPENING] = {"slots-opening", "A rubriek is not what the sender committed to."},
	[PROOF_VERRIJKING] = {"verrijking",
			      "What the knooppunt adds is not what the log commits to."},
	[PROOF_RUBRIEK] = {"rubriek", "A rubriek is malformed or stated by the wrong side."},
	[PROOF_GROND] = {"grond", "A rubriek is given under no regel."},
};

const char *proof_check_name(enum proof_check check)
{
	return checks[check].name;
}

const char *proof_check_text(enum proof_check check)
{
	return checks[check].text;
}

// An entry names the newest register leaf before it, so a register leaf that was kept from us shows
// at the first thing that comes after it.
static enum proof_check check_register_head(const struct chain *chain, uint64_t index,
					    const struct hash *named)
{
	size_t before = chain->count;
	while (before > 0 && chain->links[before - 1].index >= index)
		before--;
	if (before > 0 && hash_equal(&chain->links[before - 1].hash, named))
		return PROOF_FINE;
	for (size_t i = 0; i < chain->count; i++) {
		if (hash_equal(&chain->links[i].hash, named))
			return PROOF_REGISTER_HEAD;
	}
	return PROOF_STALE;
}

static enum proof_check check_commitments(const struct leaf *leaf, const struct entry *entry)
{
	struct hash root;
	if (leaf->vector.len != VECTOR_PARTS * sizeof(struct hash) ||
	    vector_root_of(VECTOR_PARTS_LABEL, leaf->vector, &root) != RESULT_OK ||
	    !hash_equal(&root, &entry->parts_root))
		return PROOF_VECTOR;
	if (vector_check(VECTOR_PARTS_LABEL, leaf->vector, leaf->part.position, leaf->part.salt,
			 leaf->part.value) != RESULT_OK)
		return PROOF_OPENING;
	return PROOF_FINE;
}

enum proof_check proof_leaf(const struct proof_base *base, const struct leaf *leaf,
			    struct proven_leaf *ret_leaf)
{
	struct proven_leaf proven;
	if (entry_decode(leaf->entry, &proven.entry) != RESULT_OK)
		return PROOF_ENTRY;
	enum proof_check check = check_commitments(leaf, &proven.entry);
	if (check != PROOF_FINE)
		return check;
	proven.hash = tree_leaf(leaf->entry);
	const struct checkpoint *checkpoint = base->checkpoint;
	if (tree_verify_inclusion(&proven.hash, leaf->index, checkpoint->size, &leaf->path,
				  &checkpoint->root) != RESULT_OK)
		return PROOF_INCLUSION;
	check = check_register_head(base->chain, leaf->index, &proven.entry.register_head);
	if (check != PROOF_FINE)
		return check;
	if (part_decode(leaf->part.value, base->arena, &proven.part) != RESULT_OK)
		return PROOF_PART;
	proven.part_hash = sha256(leaf->part.value);
	*ret_leaf = proven;
	return PROOF_FINE;
}

static enum proof_check check_sender_part(const struct proof_base *base, uint64_t index,
					  const struct part_sender *part,
					  const struct receipt_claim *claim)
{
	const struct register_genesis *genesis = &base->reg->genesis;
	if (!bytes_equal(part->origin, bytes_of_text(register_origin_at(base->reg, index))))
		return PROOF_ORIGIN;
	if (part->oefening != genesis->oefening)
		return PROOF_OEFENING;
	if (!bytes_equal(part->source, claim->statement->source))
		return PROOF_SOURCE;
	if (!bytes_equal(part->id, claim->statement->id))
		return PROOF_ID;
	if (!hash_equal(&part->header_hash, claim->header_hash))
		return PROOF_HEADER_HASH;
	bool final = part->outcome == OUTCOME_AANVAARD || part->outcome == OUTCOME_GEWEIGERD;
	if (!final || part->outcome != claim->outcome || part->reason != claim->reason)
		return PROOF_OUTCOME;
	return PROOF_FINE;
}

enum proof_check proof_receipt(const struct proof_base *base, const struct leaf *receipt,
			       const struct receipt_claim *claim, struct proven_leaf *ret_leaf)
{
	struct proven_leaf proven;
	enum proof_check check = proof_leaf(base, receipt, &proven);
	if (check != PROOF_FINE)
		return check;
	// An act that completes a change of the register is receipted in that register leaf.
	if (proven.entry.class != ENTRY_EVENT && proven.entry.class != ENTRY_REGISTER)
		return PROOF_ENTRY;
	if (proven.part.kind != PART_SENDER)
		return PROOF_PART;
	check = check_sender_part(base, receipt->index, &proven.part.sender, claim);
	if (check == PROOF_FINE)
		*ret_leaf = proven;
	return check;
}

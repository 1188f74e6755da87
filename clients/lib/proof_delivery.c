// SPDX-License-Identifier: EUPL-1.2
// The checks of a delivery, from the part that says what is given to the sender's own signature
// over it.
#include "lib/proof.h"

#include "crypto/hash.h"
#include "melding/lists.h"

#include <stdio.h>
#include <string.h>

// ---- taking apart ----------------------------------------------------------------------------

static enum proof_check read_rubrieken(const struct opening *openings, size_t count,
				       struct arena *arena, struct rubriek *ret_rubrieken)
{
	for (size_t i = 0; i < count; i++) {
		if (rubriek_decode(openings[i].value, arena, &ret_rubrieken[i]) != RESULT_OK)
			return PROOF_RUBRIEK;
	}
	return PROOF_FINE;
}

// What stands around a part that was decoded and hashed.
static enum proof_check take_apart(const struct delivery *delivery, const struct part *part,
				   const struct hash *part_hash, struct arena *arena,
				   struct delivered *ret_delivered)
{
	struct delivered read = {.delivery = delivery,
				 .part = &part->verstrekking,
				 .part_hash = *part_hash,
				 .has_sender = delivery->has_sender};
	enum proof_check check;
	if (read.has_sender &&
	    statement_decode(delivery->sender.statement, arena, &read.header) != RESULT_OK)
		return PROOF_HEADER;
	read.from_sender = delivery->opening_count;
	read.rubriek_count = delivery->opening_count + delivery->verrijking_count;
	read.rubrieken = arena_alloc(arena, read.rubriek_count * sizeof *read.rubrieken);
	if (!read.rubrieken)
		return PROOF_RUBRIEK;
	check = read_rubrieken(delivery->openings, delivery->opening_count, arena, read.rubrieken);
	if (check == PROOF_FINE)
		check = read_rubrieken(delivery->verrijkingen, delivery->verrijking_count, arena,
				       read.rubrieken + read.from_sender);
	if (check == PROOF_FINE)
		*ret_delivered = read;
	return check;
}

enum proof_check delivered_read(const struct delivery *delivery, struct arena *arena,
				struct delivered *ret_delivered)
{
	struct bytes wire = delivery->leaf.part.value;
	struct part *part = arena_alloc(arena, sizeof *part);
	if (!part || part_decode(wire, arena, part) != RESULT_OK || part->kind != PART_VERSTREKKING)
		return PROOF_PART;
	struct hash part_hash = sha256(wire);
	return take_apart(delivery, part, &part_hash, arena, ret_delivered);
}

// ---- the part --------------------------------------------------------------------------------

// The next number; after a herstel one above all that were given out before it, of which the part
// says up to where the log has them: none of those may be missing.
static bool is_next(const struct proof_base *base, uint64_t index,
		    const struct part_verstrekking *part, uint64_t expected)
{
	if (!register_begins_numbers(base->reg, index, part->number))
		return part->number == expected && part->vorige == 0;
	return part->number >= expected && part->vorige < expected;
}

static enum proof_check check_part(const struct proof_base *base, uint64_t index,
				   const struct part_verstrekking *part,
				   const struct delivery_claim *claim)
{
	const struct register_genesis *genesis = &base->reg->genesis;
	if (!bytes_equal(part->origin, bytes_of_text(register_origin_at(base->reg, index))))
		return PROOF_ORIGIN;
	if (part->oefening != genesis->oefening)
		return PROOF_OEFENING;
	if (!bytes_equal(part->oin, bytes_of_text(claim->oin->text)) ||
	    !bytes_equal(part->functie, bytes_of_text(claim->functie)))
		return PROOF_ONTVANGER;
	if (!is_next(base, index, part, claim->number))
		return PROOF_NUMBER;
	bool lapsed = part->geldig_tot != 0 && part->geldig_tot < (uint64_t)claim->now;
	return lapsed ? PROOF_GELDIG : PROOF_FINE;
}

// What has lapsed, a rechtzetting, and that something was shown give nothing.
static enum proof_check check_vervallen(const struct delivery *delivery)
{
	bool empty = !delivery->has_sender && delivery->slots_vector.len == 0 &&
		     delivery->opening_count == 0 && delivery->verrijking_count == 0 &&
		     delivery->sender_consistency.count == 0;
	return empty ? PROOF_FINE : PROOF_VERVALLEN;
}

// ---- the sender ------------------------------------------------------------------------------

static const struct party *signer_of(const struct proof_base *base,
				     const struct signed_statement *sender)
{
	struct key_id id;
	if (sender->key_id.len != sizeof id.b)
		return NULL;
	memcpy(id.b, sender->key_id.data, sizeof id.b);
	const struct party *party = register_by_identity(base->reg, &id);
	if (!party || !bytes_equal(sender->signer, bytes_of_text(party->bundle.oin.text)))
		return NULL;
	return party;
}

// Only a source of its own: urn:nld:oin:<oin of the signer>:systeem:<name>.
static bool source_is_of(struct bytes source, const struct party *party)
{
	char prefix[SOURCE_MAX];
	int len =
		snprintf(prefix, sizeof prefix, "urn:nld:oin:%s:systeem:", party->bundle.oin.text);
	return source.len > (size_t)len && memcmp(source.data, prefix, (size_t)len) == 0;
}

static enum proof_check check_header(const struct proof_base *base, const struct statement *header,
				     const struct party *party)
{
	const struct register_genesis *genesis = &base->reg->genesis;
	const struct type_row *row = type_row(header->type);
	bool ours = row && row->has_slots && header->has_slots &&
		    bytes_equal(header->audience_oin, bytes_of_text(genesis->house.text)) &&
		    register_has_origin(base->reg, header->audience_log) &&
		    source_is_of(header->source, party);
	return ours ? PROOF_FINE : PROOF_HEADER;
}

// The log we see must extend the log the sender saw when it signed: otherwise it was shown another.
// A statement to a predecessor names a checkpoint of that, which may be of what is lost.
static enum proof_check check_sender_head(const struct proof_base *base,
					  const struct statement *header,
					  const struct tree_path *path)
{
	const struct checkpoint *ours = base->checkpoint;
	const struct head *head = &header->head;
	bool ours_now =
		bytes_equal(header->audience_log, bytes_of_text(register_origin(base->reg)));
	if (head->size == 0 || !ours_now)
		return path->count == 0 ? PROOF_FINE : PROOF_SENDER_HEAD;
	if (head->size > ours->size || tree_verify_consistency(head->size, &head->root, ours->size,
							       &ours->root, path) != RESULT_OK)
		return PROOF_SENDER_HEAD;
	return PROOF_FINE;
}

static enum proof_check check_sender(const struct proof_base *base, const struct delivery *delivery,
				     const struct delivered *delivered)
{
	const struct part_verstrekking *part = delivered->part;
	const struct party *party = signer_of(base, &delivery->sender);
	if (!party)
		return PROOF_SIGNER;
	// A key counts by log index: that of the entry with which the melding came in.
	uint64_t at = part->betreft ? part->betreft : delivery->leaf.index;
	if (at > delivery->leaf.index || !party_valid_at(party, at))
		return PROOF_SIGNER_KEY_PERIOD;
	struct hash header_hash;
	if (batch_verify_one(&delivery->sender, party->bundle.identity, base->seen, &header_hash) !=
	    RESULT_OK)
		return PROOF_SIGNATURE;
	if (!hash_equal(&header_hash, &part->header_hash))
		return PROOF_HEADER_HASH;
	enum proof_check check = check_header(base, &delivered->header, party);
	if (check == PROOF_FINE)
		check = check_sender_head(base, &delivered->header, &delivery->sender_consistency);
	return check;
}

// ---- the rubrieken ---------------------------------------------------------------------------

// An opening for each slot the part names, in its order, and no other.
static enum proof_check check_slots_list(const struct delivery *delivery,
					 const struct part_verstrekking *part)
{
	size_t capacity = delivery->slots_vector.len / sizeof(struct hash);
	bool opened[VECTOR_CAPACITY_MAX] = {false};
	if (part->slot_count != delivery->opening_count)
		return PROOF_SLOTS_LIST;
	for (size_t i = 0; i < part->slot_count; i++) {
		uint32_t position = part->slots[i];
		if (position != delivery->openings[i].position || position >= capacity ||
		    opened[position])
			return PROOF_SLOTS_LIST;
		opened[position] = true;
	}
	return PROOF_FINE;
}

static enum proof_check check_slots(const struct delivery *delivery,
				    const struct delivered *delivered)
{
	struct hash root;
	if (vector_root_of(VECTOR_SLOTS, delivery->slots_vector, &root) != RESULT_OK ||
	    !hash_equal(&root, &delivered->header.slots_root))
		return PROOF_SLOTS_VECTOR;
	enum proof_check check = check_slots_list(delivery, delivered->part);
	for (size_t i = 0; check == PROOF_FINE && i < delivery->opening_count; i++) {
		const struct opening *opening = &delivery->openings[i];
		if (vector_check(VECTOR_SLOTS, delivery->slots_vector, opening->position,
				 opening->salt, opening->value) != RESULT_OK)
			check = PROOF_SLOTS_OPENING;
	}
	return check;
}

// Where herkomst is withheld there is no signature to show: all comes from the knooppunt.
static enum proof_check check_withheld(const struct delivery *delivery,
				       const struct part_verstrekking *part)
{
	bool nothing = delivery->slots_vector.len == 0 && delivery->opening_count == 0 &&
		       part->slot_count == 0 && delivery->sender_consistency.count == 0;
	return nothing ? PROOF_FINE : PROOF_SLOTS_LIST;
}

static enum proof_check check_verrijkingen(const struct delivery *delivery,
					   const struct part_verstrekking *part)
{
	if (part->has_verrijking != (delivery->verrijking_count > 0))
		return PROOF_VERRIJKING;
	if (!part->has_verrijking)
		return PROOF_FINE;
	struct hash commitment =
		verrijking_commitment(delivery->verrijkingen, delivery->verrijking_count);
	return hash_equal(&commitment, &part->verrijking) ? PROOF_FINE : PROOF_VERRIJKING;
}

static bool has_grond(const struct part_verstrekking *part, uint32_t soort, uint32_t betrokkene)
{
	for (size_t i = 0; i < part->grond_count; i++) {
		const struct grond *grond = &part->gronden[i];
		if (grond->betrokkene == betrokkene && grond->rubriek == soort &&
		    grond->regel.len > 0)
			return true;
	}
	return false;
}

// A rubriek of a number we do not know yet is let through: the list only grows.
static enum proof_check check_rubrieken(const struct delivered *delivered)
{
	const struct part_verstrekking *part = delivered->part;
	for (size_t i = 0; i < delivered->rubriek_count; i++) {
		const struct rubriek *rubriek = &delivered->rubrieken[i];
		const struct rubriek_row *row = rubriek_row(rubriek->soort);
		bool by_sender = i < delivered->from_sender;
		if (row && row->by_knooppunt && by_sender)
			return PROOF_RUBRIEK;
		if (row && !row->by_knooppunt && !by_sender && delivered->has_sender)
			return PROOF_RUBRIEK;
		if (!has_grond(part, rubriek->soort, rubriek->betrokkene))
			return PROOF_GROND;
	}
	return PROOF_FINE;
}

// ---- all of it -------------------------------------------------------------------------------

static enum proof_check check_given(const struct proof_base *base,
				    const struct delivered *delivered)
{
	const struct delivery *delivery = delivered->delivery;
	const struct part_verstrekking *part = delivered->part;
	if (delivery->has_sender == part->herkomst_onthouden)
		return PROOF_SENDER;
	enum proof_check check;
	if (delivery->has_sender) {
		check = check_sender(base, delivery, delivered);
		if (check == PROOF_FINE)
			check = check_slots(delivery, delivered);
	} else {
		check = check_withheld(delivery, part);
	}
	if (check == PROOF_FINE)
		check = check_verrijkingen(delivery, part);
	if (check == PROOF_FINE)
		check = check_rubrieken(delivered);
	return check;
}

// The part as the log commits to it, before anything that stands around it is looked at.
static enum proof_check prove_part(const struct proof_base *base, const struct delivery *delivery,
				   const struct delivery_claim *claim, struct proven_leaf *proven)
{
	enum proof_check check = proof_leaf(base, &delivery->leaf, proven);
	if (check != PROOF_FINE)
		return check;
	if (proven->entry.class != ENTRY_EVENT && proven->entry.class != ENTRY_TICK)
		return PROOF_ENTRY;
	if (proven->part.kind != PART_VERSTREKKING)
		return PROOF_PART;
	check = check_part(base, delivery->leaf.index, &proven->part.verstrekking, claim);
	if (check != PROOF_FINE)
		return check;
	switch (proven->part.verstrekking.soort) {
	case VERSTREKKING_GEGEVEN:
		return PROOF_FINE;
	case VERSTREKKING_VERVALLEN:
		return check_vervallen(delivery);
	default:
		return verstrekking_only_tells(proven->part.verstrekking.soort)
			       ? check_vervallen(delivery)
			       : PROOF_PART;
	}
}

enum proof_check proof_delivery(const struct proof_base *base, const struct delivery *delivery,
				const struct delivery_claim *claim, struct delivered *ret_delivered)
{
	struct proven_leaf *proven = arena_alloc(base->arena, sizeof *proven);
	struct delivered delivered;
	if (!proven)
		return PROOF_PART;
	enum proof_check check = prove_part(base, delivery, claim, proven);
	if (check == PROOF_FINE)
		check = take_apart(delivery, &proven->part, &proven->part_hash, base->arena,
				   &delivered);
	if (check == PROOF_FINE && delivered.part->soort == VERSTREKKING_GEGEVEN)
		check = check_given(base, &delivered);
	if (check == PROOF_FINE)
		*ret_delivered = delivered;
	return check;
}

// SPDX-License-Identifier: EUPL-1.2
#include "wire/part_convert.h"

#include <string.h>

// Which content each soort carries, and that it alone carries.
static bool content_fits(const Knooppunt__V1__PartRegister *message)
{
	bool partner = message->partner.len > 0;
	bool key = message->ingetrokken.len > 0;
	bool first = message->soort == REGISTER_GENESIS;
	bool house = message->soort == REGISTER_HUISSLEUTEL ||
		     message->soort == REGISTER_HUISSLEUTEL_EINDE;
	bool text = house || message->soort == REGISTER_CONVENANT_EINDE ||
		    message->soort == REGISTER_HERSTEL;
	return (message->soort <= REGISTER_HUISSLEUTEL_EINDE || text) &&
	       (message->opdracht.len > 0) == text && (message->genesis != NULL) == first &&
	       (message->vorige.len == 0) == first &&
	       partner == (message->soort == REGISTER_PARTNER) &&
	       key == (message->soort == REGISTER_INTREKKING) &&
	       (message->convenant != NULL) == (message->soort == REGISTER_CONVENANT);
}

static enum result read_genesis(const Knooppunt__V1__Genesis *message, struct arena *arena,
				struct genesis *ret_genesis)
{
	*ret_genesis = (struct genesis){
		.origin = bytes_of_text(message->origin),
		.oin = bytes_of_text(message->oin),
		.naam = bytes_of_text(message->naam),
		.rol_count = message->n_rollen,
		.oefening = message->oefening,
		.created = message->created,
		.predecessor = bytes_of_text(message->predecessor),
	};
	memcpy(ret_genesis->log_key, message->log_key.data, sizeof ret_genesis->log_key);
	memcpy(ret_genesis->receive_key, message->receive_key.data,
	       sizeof ret_genesis->receive_key);
	memcpy(ret_genesis->send_key, message->send_key.data, sizeof ret_genesis->send_key);
	memcpy(ret_genesis->transport_key, message->transport_key.data,
	       sizeof ret_genesis->transport_key);
	return codec_views(message->rollen, message->n_rollen, arena, &ret_genesis->rollen);
}

static enum result read_acts(Knooppunt__V1__SignedStatement **acts, size_t count,
			     struct arena *arena, struct signed_statement **ret_acts)
{
	struct signed_statement *array = arena_alloc(arena, count * sizeof *array);
	if (!array)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < count; i++) {
		enum result result = signed_statement_read(acts[i], &array[i]);
		if (result)
			return result;
	}
	*ret_acts = array;
	return RESULT_OK;
}

enum result register_read(const Knooppunt__V1__PartRegister *message, struct arena *arena,
			  struct part_register *ret_part)
{
	if (!content_fits(message))
		return RESULT_MALFORMED;
	*ret_part = (struct part_register){
		.soort = message->soort,
		.partner = codec_view(message->partner),
		.ingetrokken = codec_view(message->ingetrokken),
		.opdracht = codec_view(message->opdracht),
		.act_count = message->n_acts,
	};
	ret_part->has_vorige = codec_hash(message->vorige, &ret_part->vorige);
	if (message->convenant) {
		ret_part->convenant.naam = bytes_of_text(message->convenant->naam);
		memcpy(ret_part->convenant.hash.b, message->convenant->hash.data,
		       sizeof(struct hash));
		ret_part->convenant.size = message->convenant->size;
		ret_part->convenant.ondertekend = message->convenant->ondertekend;
	}
	enum result result = RESULT_OK;
	if (message->genesis)
		result = read_genesis(message->genesis, arena, &ret_part->genesis);
	if (!result)
		result = read_acts(message->acts, message->n_acts, arena, &ret_part->acts);
	return result;
}

static Knooppunt__V1__Genesis *write_genesis(struct scratch *scratch, const struct genesis *genesis)
{
	Knooppunt__V1__Genesis *message = scratch_array(scratch, 1, sizeof *message);
	if (!message)
		return NULL;
	knooppunt__v1__genesis__init(message);
	message->origin = scratch_text(scratch, genesis->origin);
	message->oin = scratch_text(scratch, genesis->oin);
	message->naam = scratch_text(scratch, genesis->naam);
	message->log_key = codec_data(bytes_make(genesis->log_key, 32));
	message->receive_key = codec_data(bytes_make(genesis->receive_key, 32));
	message->send_key = codec_data(bytes_make(genesis->send_key, 32));
	message->transport_key = codec_data(bytes_make(genesis->transport_key, 32));
	message->rollen =
		scratch_views(scratch, genesis->rollen, genesis->rol_count, &message->n_rollen);
	message->oefening = genesis->oefening;
	message->created = genesis->created;
	message->predecessor = scratch_text(scratch, genesis->predecessor);
	return message;
}

static Knooppunt__V1__Convenantversie *write_convenant(struct scratch *scratch,
						       const struct convenantversie *convenant)
{
	Knooppunt__V1__Convenantversie *message = scratch_array(scratch, 1, sizeof *message);
	if (!message)
		return NULL;
	knooppunt__v1__convenantversie__init(message);
	message->naam = scratch_text(scratch, convenant->naam);
	message->hash = codec_hash_data(&convenant->hash);
	message->size = convenant->size;
	message->ondertekend = convenant->ondertekend;
	return message;
}

static Knooppunt__V1__SignedStatement **write_acts(struct scratch *scratch,
						   const struct signed_statement *acts,
						   size_t count, size_t *ret_count)
{
	Knooppunt__V1__SignedStatement **messages =
		(void *)scratch_messages(scratch, count, sizeof **messages, ret_count);
	for (size_t i = 0; i < *ret_count; i++)
		signed_statement_write(scratch, &acts[i], messages[i]);
	return messages;
}

void register_write(struct scratch *scratch, const struct part_register *part,
		    Knooppunt__V1__PartRegister *message)
{
	message->soort = part->soort;
	if (part->has_vorige)
		message->vorige = codec_hash_data(&part->vorige);
	if (part->soort == REGISTER_GENESIS)
		message->genesis = write_genesis(scratch, &part->genesis);
	if (part->soort == REGISTER_CONVENANT)
		message->convenant = write_convenant(scratch, &part->convenant);
	message->partner = codec_data(part->partner);
	message->ingetrokken = codec_data(part->ingetrokken);
	message->opdracht = codec_data(part->opdracht);
	message->acts = write_acts(scratch, part->acts, part->act_count, &message->n_acts);
	if (!content_fits(message))
		scratch_refuse(scratch, RESULT_MALFORMED);
}

// ---- a wissing -----------------------------------------------------------------------------

enum result wissing_read(const Knooppunt__V1__PartWissing *message, struct arena *arena,
			 struct part_wissing *ret_part)
{
	*ret_part = (struct part_wissing){
		.melding = message->melding,
		.opdracht = codec_view(message->opdracht),
		.act_count = message->n_acts,
		.slot_count = message->n_slots,
	};
	enum result result = read_acts(message->acts, message->n_acts, arena, &ret_part->acts);
	return result ? result
		      : codec_u32s(message->slots, message->n_slots, arena, &ret_part->slots);
}

void wissing_write(struct scratch *scratch, const struct part_wissing *part,
		   Knooppunt__V1__PartWissing *message)
{
	message->melding = part->melding;
	message->opdracht = codec_data(part->opdracht);
	message->acts = write_acts(scratch, part->acts, part->act_count, &message->n_acts);
	message->slots = scratch_u32s(scratch, part->slots, part->slot_count, &message->n_slots);
}

// ---- a vernietigingsstop -------------------------------------------------------------------

enum result stop_read(const Knooppunt__V1__PartStop *message, struct arena *arena,
		      struct part_stop *ret_part)
{
	*ret_part = (struct part_stop){
		.opdracht = codec_view(message->opdracht),
		.act_count = message->n_acts,
		.einde = message->einde,
		.melding_count = message->n_meldingen,
		.herzien = message->herzien,
	};
	enum result result = read_acts(message->acts, message->n_acts, arena, &ret_part->acts);
	return result ? result
		      : codec_u64s(message->meldingen, message->n_meldingen, arena,
				   &ret_part->meldingen);
}

void stop_write(struct scratch *scratch, const struct part_stop *part,
		Knooppunt__V1__PartStop *message)
{
	message->opdracht = codec_data(part->opdracht);
	message->acts = write_acts(scratch, part->acts, part->act_count, &message->n_acts);
	message->einde = part->einde;
	message->meldingen =
		scratch_u64s(scratch, part->meldingen, part->melding_count, &message->n_meldingen);
	message->herzien = part->herzien;
}

// ---- codes accepted until a day ----------------------------------------------------------------

enum result acceptatie_part_read(const Knooppunt__V1__PartAcceptatie *message, struct arena *arena,
				 struct part_acceptatie *ret_part)
{
	*ret_part = (struct part_acceptatie){.opdracht = codec_view(message->opdracht),
					     .act_count = message->n_acts};
	return read_acts(message->acts, message->n_acts, arena, &ret_part->acts);
}

void acceptatie_part_write(struct scratch *scratch, const struct part_acceptatie *part,
			   Knooppunt__V1__PartAcceptatie *message)
{
	message->opdracht = codec_data(part->opdracht);
	message->acts = write_acts(scratch, part->acts, part->act_count, &message->n_acts);
}

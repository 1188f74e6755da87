// SPDX-License-Identifier: EUPL-1.2
// Rubriek and Statement: what a sender signs, hashed exactly as written.
#include "wire/convert.h"

#include <string.h>

enum result rubriek_encode(const struct rubriek *rubriek, struct buffer *out)
{
	struct scratch scratch;
	scratch_init(&scratch);
	Knooppunt__V1__Rubriek message;
	knooppunt__v1__rubriek__init(&message);
	message.soort = rubriek->soort;
	message.betrokkene = rubriek->betrokkene;
	message.regime = rubriek->regime;
	message.bron = scratch_text(&scratch, rubriek->bron);
	message.velden =
		velden_write(&scratch, rubriek->velden, rubriek->veld_count, &message.n_velden);
	return codec_pack(&message.base, RUBRIEK_MAX, &scratch, out);
}

enum result rubriek_decode(struct bytes wire, struct arena *arena, struct rubriek *ret_rubriek)
{
	const ProtobufCMessage *base;
	if (wire.len > RUBRIEK_MAX)
		return RESULT_TOO_LARGE;
	enum result result = codec_unpack(&knooppunt__v1__rubriek__descriptor, wire, arena, &base);
	if (result)
		return result;
	const Knooppunt__V1__Rubriek *message = (const void *)base;
	struct veld *velden;
	result = velden_read(message->velden, message->n_velden, arena, &velden);
	if (result)
		return result;
	*ret_rubriek = (struct rubriek){
		.soort = message->soort,
		.betrokkene = message->betrokkene,
		.regime = message->regime,
		.bron = bytes_of_text(message->bron),
		.velden = velden,
		.veld_count = message->n_velden,
	};
	return RESULT_OK;
}

enum result statement_encode(const struct statement *statement, struct buffer *out)
{
	struct scratch scratch;
	scratch_init(&scratch);
	Knooppunt__V1__Statement message;
	knooppunt__v1__statement__init(&message);
	message.type = statement->type;
	message.audience_oin = scratch_text(&scratch, statement->audience_oin);
	message.audience_log = scratch_text(&scratch, statement->audience_log);
	message.source = scratch_text(&scratch, statement->source);
	message.id = scratch_text(&scratch, statement->id);
	message.time = statement->time;
	message.sequence = statement->sequence;
	message.antwoord_op = scratch_text(&scratch, statement->antwoord_op);
	message.vervangt = scratch_text(&scratch, statement->vervangt);
	message.head = head_write(&scratch, &statement->head);
	message.random = codec_data(bytes_make(statement->random, RANDOM_LEN));
	if (statement->has_slots)
		message.slots_root = codec_hash_data(&statement->slots_root);
	message.velden =
		velden_write(&scratch, statement->velden, statement->veld_count, &message.n_velden);
	return codec_pack(&message.base, STATEMENT_MAX, &scratch, out);
}

static void read_header(const Knooppunt__V1__Statement *message, struct statement *ret_statement)
{
	ret_statement->type = message->type;
	ret_statement->audience_oin = bytes_of_text(message->audience_oin);
	ret_statement->audience_log = bytes_of_text(message->audience_log);
	ret_statement->source = bytes_of_text(message->source);
	ret_statement->id = bytes_of_text(message->id);
	ret_statement->time = message->time;
	ret_statement->sequence = message->sequence;
	ret_statement->antwoord_op = bytes_of_text(message->antwoord_op);
	ret_statement->vervangt = bytes_of_text(message->vervangt);
	ret_statement->head = head_read(message->head);
	memcpy(ret_statement->random, message->random.data, RANDOM_LEN);
	ret_statement->has_slots = codec_hash(message->slots_root, &ret_statement->slots_root);
	if (!ret_statement->has_slots)
		ret_statement->slots_root = (struct hash){0};
}

enum result statement_decode(struct bytes wire, struct arena *arena,
			     struct statement *ret_statement)
{
	const ProtobufCMessage *base;
	if (wire.len > STATEMENT_MAX)
		return RESULT_TOO_LARGE;
	enum result result =
		codec_unpack(&knooppunt__v1__statement__descriptor, wire, arena, &base);
	if (result)
		return result;
	const Knooppunt__V1__Statement *message = (const void *)base;
	struct veld *velden;
	result = velden_read(message->velden, message->n_velden, arena, &velden);
	if (result)
		return result;
	read_header(message, ret_statement);
	ret_statement->velden = velden;
	ret_statement->veld_count = message->n_velden;
	return RESULT_OK;
}

// The statement, and room for signer, key, path and signature.
#define SIGNED_STATEMENT_MAX (STATEMENT_MAX + 1024)

enum result signed_statement_encode(const struct signed_statement *statement, struct buffer *out)
{
	struct scratch scratch;
	scratch_init(&scratch);
	Knooppunt__V1__SignedStatement message;
	signed_statement_write(&scratch, statement, &message);
	return codec_pack(&message.base, SIGNED_STATEMENT_MAX, &scratch, out);
}

enum result signed_statement_decode(struct bytes wire, struct arena *arena,
				    struct signed_statement *ret_statement)
{
	const ProtobufCMessage *base;
	if (wire.len > SIGNED_STATEMENT_MAX)
		return RESULT_TOO_LARGE;
	enum result result =
		codec_unpack(&knooppunt__v1__signed_statement__descriptor, wire, arena, &base);
	return result ? result : signed_statement_read((const void *)base, ret_statement);
}

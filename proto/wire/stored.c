// SPDX-License-Identifier: EUPL-1.2
// What the knooppunt stores of an entry and never sends: the seed of its parts, and the content.
#include "wire/convert.h"
#include "wire/part.h"

#include <string.h>

enum result stored_parts_encode(const struct stored_parts *stored, struct buffer *out)
{
	struct scratch scratch;
	scratch_init(&scratch);
	Knooppunt__V1__StoredParts message;
	knooppunt__v1__stored_parts__init(&message);
	message.seed = codec_data(bytes_make(stored->seed, VECTOR_SEED_LEN));
	message.parts = scratch_views(&scratch, stored->parts, stored->count, &message.n_parts);
	return codec_pack(&message.base, CODEC_WIRE_MAX, &scratch, out);
}

enum result stored_parts_decode(struct bytes wire, struct arena *arena,
				struct stored_parts *ret_stored)
{
	const ProtobufCMessage *base;
	enum result result =
		codec_unpack_own(&knooppunt__v1__stored_parts__descriptor, wire, arena, &base);
	if (result)
		return result;
	const Knooppunt__V1__StoredParts *message = (const void *)base;
	struct bytes *parts;
	result = codec_views(message->parts, message->n_parts, arena, &parts);
	if (result)
		return result;
	memcpy(ret_stored->seed, message->seed.data, VECTOR_SEED_LEN);
	ret_stored->parts = parts;
	ret_stored->count = message->n_parts;
	return RESULT_OK;
}

enum result stored_content_encode(const struct stored_content *content, struct buffer *out)
{
	struct scratch scratch;
	scratch_init(&scratch);
	Knooppunt__V1__SignedStatement sender;
	Knooppunt__V1__Slots slots;
	Knooppunt__V1__StoredContent message;
	knooppunt__v1__stored_content__init(&message);
	signed_statement_write(&scratch, &content->sender, &sender);
	message.sender = &sender;
	// A statement that has no slots (a weging) is stored without: capacity 0 says so.
	if (content->slots.capacity != 0) {
		slots_write(&scratch, &content->slots, &slots);
		message.slots = &slots;
	}
	message.verrijkingen = openings_write(&scratch, content->verrijkingen,
					      content->verrijking_count, &message.n_verrijkingen);
	return codec_pack(&message.base, CODEC_WIRE_MAX, &scratch, out);
}

enum result stored_content_decode(struct bytes wire, struct arena *arena,
				  struct stored_content *ret_content)
{
	const ProtobufCMessage *base;
	enum result result =
		codec_unpack_own(&knooppunt__v1__stored_content__descriptor, wire, arena, &base);
	if (result)
		return result;
	const Knooppunt__V1__StoredContent *message = (const void *)base;
	struct stored_content content = {.verrijking_count = message->n_verrijkingen};
	result = signed_statement_read(message->sender, &content.sender);
	if (!result && message->slots)
		result = slots_read(message->slots, arena, &content.slots);
	if (!result)
		result = openings_read(message->verrijkingen, message->n_verrijkingen, arena,
				       &content.verrijkingen);
	if (!result)
		*ret_content = content;
	return result;
}

// SPDX-License-Identifier: EUPL-1.2
// Request: the plaintext of an envelope to the knooppunt.
#include "wire/convert.h"

struct item_message {
	Knooppunt__V1__Item item;
	Knooppunt__V1__Slots slots;
};

static void write_item(struct scratch *scratch, const struct item *item, uint32_t size,
		       struct item_message *message)
{
	knooppunt__v1__item__init(&message->item);
	if (item->index >= size)
		scratch_refuse(scratch, RESULT_MALFORMED);
	message->item.statement = codec_data(item->statement);
	message->item.index = item->index;
	message->item.path = scratch_path(scratch, &item->path, &message->item.n_path);
	if (item->has_slots) {
		slots_write(scratch, &item->slots, &message->slots);
		message->item.slots = &message->slots;
	}
}

enum result request_encode(const struct request *request, struct buffer *out)
{
	struct scratch scratch;
	scratch_init(&scratch);
	Knooppunt__V1__Request message;
	knooppunt__v1__request__init(&message);
	message.signer = scratch_text(&scratch, request->signer);
	message.key_id = codec_data(request->key_id);
	message.size = request->size;
	message.signature = codec_data(request->signature);
	message.held = head_write(&scratch, &request->held);
	struct item_message **items = (void *)scratch_messages(&scratch, request->item_count,
							       sizeof **items, &message.n_items);
	for (size_t i = 0; i < message.n_items; i++)
		write_item(&scratch, &request->items[i], request->size, items[i]);
	// Each item stands first in its struct, so the array points at items as well.
	message.items = (Knooppunt__V1__Item **)(void *)items;
	return codec_pack(&message.base, CODEC_WIRE_MAX, &scratch, out);
}

static enum result read_item(const Knooppunt__V1__Item *message, uint32_t size, struct arena *arena,
			     struct item *ret_item)
{
	if (message->index >= size)
		return RESULT_MALFORMED;
	enum result result =
		codec_path(message->path, message->n_path, BATCH_PATH_MAX, &ret_item->path);
	if (result)
		return result;
	ret_item->statement = codec_view(message->statement);
	ret_item->index = message->index;
	ret_item->has_slots = message->slots != NULL;
	if (!message->slots)
		return RESULT_OK;
	return slots_read(message->slots, arena, &ret_item->slots);
}

enum result request_decode(struct bytes wire, struct arena *arena, struct request *ret_request)
{
	const ProtobufCMessage *base;
	enum result result = codec_unpack(&knooppunt__v1__request__descriptor, wire, arena, &base);
	if (result)
		return result;
	const Knooppunt__V1__Request *message = (const void *)base;
	struct item *items = arena_alloc(arena, message->n_items * sizeof *items);
	if (!items)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < message->n_items; i++) {
		result = read_item(message->items[i], message->size, arena, &items[i]);
		if (result)
			return result;
	}
	*ret_request = (struct request){
		.signer = bytes_of_text(message->signer),
		.key_id = codec_view(message->key_id),
		.size = message->size,
		.signature = codec_view(message->signature),
		.items = items,
		.item_count = message->n_items,
		.held = head_read(message->held),
	};
	return RESULT_OK;
}

// SPDX-License-Identifier: EUPL-1.2
#include "wire/codec.h"
#include "wire/check.h"
#include "wire/message.h"

#include <string.h>

struct budget {
	struct arena *arena;
	bool spent;
};

static void *allocate(void *context, size_t size)
{
	struct budget *budget = context;
	void *memory = arena_alloc(budget->arena, size);
	if (!memory)
		budget->spent = true;
	return memory;
}

// What protobuf-c gives back stays in the arena until the arena is cleared.
static void release(void *context, void *memory)
{
	(void)context;
	(void)memory;
}

// Packs again and compares. Packing first into memory costs half of what protobuf-c's virtual
// buffer does.
static enum result check_canonical(const ProtobufCMessage *message, struct bytes wire,
				   struct arena *arena)
{
	if (protobuf_c_message_get_packed_size(message) != wire.len)
		return RESULT_MALFORMED;
	uint8_t *packed = arena_alloc(arena, wire.len);
	if (!packed)
		return RESULT_NO_MEMORY;
	protobuf_c_message_pack(message, packed);
	return bytes_equal(bytes_make(packed, wire.len), wire) ? RESULT_OK : RESULT_MALFORMED;
}

static enum result unpack(const ProtobufCMessageDescriptor *type, struct bytes wire,
			  struct arena *arena, ProtobufCMessage **ret_message,
			  struct wire_fault *ret_fault)
{
	*ret_fault = (struct wire_fault){.kind = WIRE_FAULT_SHAPE};
	if (wire.len > CODEC_WIRE_MAX) {
		ret_fault->kind = WIRE_FAULT_TOO_LONG;
		return RESULT_TOO_LARGE;
	}
	struct budget budget = {arena, false};
	ProtobufCAllocator allocator = {allocate, release, &budget};
	ProtobufCMessage *message =
		protobuf_c_message_unpack(type, &allocator, wire.len, wire.data);
	if (!message)
		return budget.spent ? RESULT_NO_MEMORY : RESULT_MALFORMED;
	enum result result = check_message(message, ret_fault);
	if (!result)
		*ret_message = message;
	return result;
}

enum result codec_unpack_own(const ProtobufCMessageDescriptor *type, struct bytes wire,
			     struct arena *arena, const ProtobufCMessage **ret_message)
{
	struct wire_fault fault;
	ProtobufCMessage *message;
	enum result result = unpack(type, wire, arena, &message, &fault);
	if (!result)
		*ret_message = message;
	return result;
}

enum result codec_unpack_told(const ProtobufCMessageDescriptor *type, struct bytes wire,
			      struct arena *arena, const ProtobufCMessage **ret_message,
			      struct wire_fault *ret_fault)
{
	ProtobufCMessage *message;
	enum result result = unpack(type, wire, arena, &message, ret_fault);
	if (result)
		return result;
	// This is also how a NUL inside a string is found: protobuf-c packs up to it.
	result = check_canonical(message, wire, arena);
	if (result) {
		ret_fault->kind = WIRE_FAULT_NOT_CANONICAL;
		return result;
	}
	*ret_message = message;
	return RESULT_OK;
}

enum result codec_unpack(const ProtobufCMessageDescriptor *type, struct bytes wire,
			 struct arena *arena, const ProtobufCMessage **ret_message)
{
	struct wire_fault fault;
	return codec_unpack_told(type, wire, arena, ret_message, &fault);
}

struct bytes codec_view(ProtobufCBinaryData data)
{
	return bytes_make(data.data, data.len);
}

bool codec_hash(ProtobufCBinaryData data, struct hash *ret_hash)
{
	if (data.len != sizeof ret_hash->b)
		return false;
	memcpy(ret_hash->b, data.data, sizeof ret_hash->b);
	return true;
}

enum result codec_path(const ProtobufCBinaryData *hashes, size_t count, size_t max,
		       struct tree_path *ret_path)
{
	if (count > max)
		return RESULT_TOO_LARGE;
	for (size_t i = 0; i < count; i++) {
		if (!codec_hash(hashes[i], &ret_path->hashes[i]))
			return RESULT_MALFORMED;
	}
	ret_path->count = count;
	return RESULT_OK;
}

enum result codec_views(const ProtobufCBinaryData *data, size_t count, struct arena *arena,
			struct bytes **ret_views)
{
	struct bytes *views = arena_alloc(arena, count * sizeof *views);
	if (!views)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < count; i++)
		views[i] = codec_view(data[i]);
	*ret_views = views;
	return RESULT_OK;
}

enum result codec_texts(char *const *texts, size_t count, struct arena *arena,
			struct bytes **ret_views)
{
	struct bytes *views = arena_alloc(arena, count * sizeof *views);
	if (!views)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < count; i++)
		views[i] = bytes_of_text(texts[i]);
	*ret_views = views;
	return RESULT_OK;
}

enum result codec_u32s(const uint32_t *values, size_t count, struct arena *arena,
		       uint32_t **ret_values)
{
	uint32_t *array = arena_alloc(arena, count * sizeof *array);
	if (!array)
		return RESULT_NO_MEMORY;
	if (count > 0)
		memcpy(array, values, count * sizeof *array);
	*ret_values = array;
	return RESULT_OK;
}

enum result codec_u64s(const uint64_t *values, size_t count, struct arena *arena,
		       uint64_t **ret_values)
{
	uint64_t *array = arena_alloc(arena, count * sizeof *array);
	if (!array)
		return RESULT_NO_MEMORY;
	if (count > 0)
		memcpy(array, values, count * sizeof *array);
	*ret_values = array;
	return RESULT_OK;
}

ProtobufCBinaryData codec_data(struct bytes view)
{
	union {
		const uint8_t *in;
		uint8_t *out;
	} pointer = {.in = view.data};
	return (ProtobufCBinaryData){.len = view.len, .data = pointer.out};
}

static enum result append_packed(const ProtobufCMessage *message, size_t max, struct buffer *out)
{
	struct wire_fault fault;
	enum result result = check_message(message, &fault);
	if (result)
		return result;
	size_t size = protobuf_c_message_get_packed_size(message);
	if (size > max)
		return RESULT_TOO_LARGE;
	uint8_t *room = buffer_reserve(out, size);
	if (room)
		protobuf_c_message_pack(message, room);
	return out->status;
}

enum result codec_pack(const ProtobufCMessage *message, size_t max, struct scratch *scratch,
		       struct buffer *out)
{
	enum result result = scratch->status;
	if (!result)
		result = append_packed(message, max, out);
	scratch_done(scratch);
	return result;
}

// SPDX-License-Identifier: EUPL-1.2
// Why a decoder refused. The decoders themselves only say that they did: this runs once per
// refusal.
#include "wire/check.h"

#include <stdio.h>
#include <string.h>

enum wire_kind { KIND_VARINT = 0, KIND_FIXED64 = 1, KIND_BYTES = 2, KIND_FIXED32 = 5 };

// One field of a message as it stands in the bytes.
struct raw_field {
	uint32_t number;
	struct bytes value; // of KIND_BYTES, else empty
};

static bool take_varint(struct bytes *rest, uint64_t *ret_value)
{
	uint64_t value = 0;
	for (unsigned shift = 0; shift < 64 && rest->len > 0; shift += 7) {
		uint8_t byte = rest->data[0];
		*rest = bytes_make(rest->data + 1, rest->len - 1);
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			*ret_value = value;
			return true;
		}
	}
	return false;
}

static bool take_field(struct bytes *rest, struct raw_field *ret_field)
{
	uint64_t tag, size = 0;
	if (!take_varint(rest, &tag))
		return false;
	ret_field->number = (uint32_t)(tag >> 3);
	ret_field->value = (struct bytes){0};
	unsigned kind = tag & 7;
	if (kind == KIND_VARINT)
		return take_varint(rest, &size);
	if (kind == KIND_FIXED64)
		size = 8;
	else if (kind == KIND_FIXED32)
		size = 4;
	else if (kind != KIND_BYTES || !take_varint(rest, &size))
		return false;
	if (size > rest->len)
		return false;
	if (kind == KIND_BYTES)
		ret_field->value = bytes_make(rest->data, size);
	*rest = bytes_make(rest->data + size, rest->len - size);
	return true;
}

// Finds a string that holds a NUL, which protobuf-c's C strings cannot show. The bytes were
// unpacked already, so they are well formed; types are not recursive, so this ends.
static bool find_nul(const ProtobufCMessageDescriptor *type, struct bytes wire,
		     struct wire_fault *ret_fault)
{
	struct raw_field raw;
	size_t seen[64] = {0}; // how often each field came, for its index
	while (wire.len > 0 && take_field(&wire, &raw)) {
		const ProtobufCFieldDescriptor *field =
			protobuf_c_message_descriptor_get_field(type, raw.number);
		if (!field || raw.number >= sizeof seen / sizeof seen[0])
			continue;
		bool found = false;
		if (field->type == PROTOBUF_C_TYPE_STRING)
			found = raw.value.len > 0 && memchr(raw.value.data, 0, raw.value.len);
		else if (field->type == PROTOBUF_C_TYPE_MESSAGE)
			found = find_nul(field->descriptor, raw.value, ret_fault);
		if (found) {
			ret_fault->kind = WIRE_FAULT_TEXT;
			check_name_place(ret_fault, field, seen[raw.number]);
			return true;
		}
		seen[raw.number]++;
	}
	return false;
}

void wire_explain(enum wire_type type, struct bytes wire, struct arena *arena,
		  struct wire_fault *ret_fault)
{
	static const ProtobufCMessageDescriptor *const types[] = {
		[WIRE_REQUEST] = &knooppunt__v1__request__descriptor,
		[WIRE_STATEMENT] = &knooppunt__v1__statement__descriptor,
		[WIRE_RUBRIEK] = &knooppunt__v1__rubriek__descriptor,
		[WIRE_REPLIES] = &knooppunt__v1__replies__descriptor,
		[WIRE_PART] = &knooppunt__v1__part__descriptor,
	};
	const ProtobufCMessage *message;
	struct wire_fault fault;
	if (codec_unpack_told(types[type], wire, arena, &message, &fault) == RESULT_OK) {
		fault.kind = WIRE_FAULT_NONE;
	} else if (fault.kind == WIRE_FAULT_NOT_CANONICAL || fault.kind == WIRE_FAULT_MISSING) {
		// A string that begins with NUL looks absent.
		struct wire_fault nul = {.kind = WIRE_FAULT_NONE};
		if (find_nul(types[type], wire, &nul))
			fault = nul;
	}
	*ret_fault = fault;
}

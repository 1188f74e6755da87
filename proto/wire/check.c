// SPDX-License-Identifier: EUPL-1.2
#include "wire/check.h"

#include "wire/rules.h"

#include <stdio.h>
#include <string.h>

// The fault is found deep and named on the way back: each level puts its own name in front.
void check_name_place(struct wire_fault *fault, const ProtobufCFieldDescriptor *field, size_t index)
{
	char inner[WIRE_FIELD_MAX];
	memcpy(inner, fault->field, sizeof inner);
	const char *dot = inner[0] ? "." : "";
	// A place too long to print is cut; it still begins where the fault is. The precision
	// leaves room for the outer names.
	if (field->label == PROTOBUF_C_LABEL_REPEATED)
		snprintf(fault->field, sizeof fault->field, "%.32s[%zu]%s%.60s", field->name, index,
			 dot, inner);
	else
		snprintf(fault->field, sizeof fault->field, "%.32s%s%.80s", field->name, dot,
			 inner);
}

static bool is_absent(ProtobufCType type, const void *member)
{
	switch (type) {
	case PROTOBUF_C_TYPE_STRING: {
		const char *text = *(char *const *)member;
		return !text || !*text;
	}
	case PROTOBUF_C_TYPE_BYTES:
		return ((const ProtobufCBinaryData *)member)->len == 0;
	case PROTOBUF_C_TYPE_MESSAGE:
		return *(ProtobufCMessage *const *)member == NULL;
	case PROTOBUF_C_TYPE_UINT64:
		return *(const uint64_t *)member == 0;
	default: // uint32 and bool are all that is left in the schema
		return *(const uint32_t *)member == 0;
	}
}

static uint64_t measure(ProtobufCType type, const void *member)
{
	switch (type) {
	case PROTOBUF_C_TYPE_STRING: {
		const char *text = *(char *const *)member;
		return text ? strlen(text) : 0;
	}
	case PROTOBUF_C_TYPE_BYTES:
		return ((const ProtobufCBinaryData *)member)->len;
	case PROTOBUF_C_TYPE_UINT64:
		return *(const uint64_t *)member;
	default:
		return *(const uint32_t *)member;
	}
}

static enum wire_fault_kind check_value(ProtobufCType type, const void *member,
					const struct rule *rule)
{
	uint64_t size = measure(type, member);
	if (type == PROTOBUF_C_TYPE_STRING &&
	    !utf8_is_string(bytes_make(*(char *const *)member, size)))
		return WIRE_FAULT_TEXT;
	if (size > rule->max)
		return rule->min == rule->max ? WIRE_FAULT_LENGTH : WIRE_FAULT_TOO_LONG;
	if (size < rule->min)
		return size == 0 ? WIRE_FAULT_MISSING : WIRE_FAULT_LENGTH;
	return WIRE_FAULT_NONE;
}

static bool check(const ProtobufCMessage *message, const struct rule *rules,
		  struct wire_fault *ret_fault);

static bool check_single(const ProtobufCFieldDescriptor *field, const struct rule *rule,
			 const void *member, struct wire_fault *ret_fault)
{
	if (is_absent(field->type, member)) {
		bool fine = rule->optional ||
			    (rule->min == 0 && field->type != PROTOBUF_C_TYPE_MESSAGE);
		ret_fault->kind = fine ? WIRE_FAULT_NONE : WIRE_FAULT_MISSING;
	} else if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
		if (!check(*(ProtobufCMessage *const *)member, rules_of(field->descriptor),
			   ret_fault))
			check_name_place(ret_fault, field, 0);
		return ret_fault->kind == WIRE_FAULT_NONE;
	} else {
		ret_fault->kind = check_value(field->type, member, rule);
	}
	if (ret_fault->kind != WIRE_FAULT_NONE)
		check_name_place(ret_fault, field, 0);
	return ret_fault->kind == WIRE_FAULT_NONE;
}

static size_t item_size(ProtobufCType type)
{
	switch (type) {
	case PROTOBUF_C_TYPE_BYTES:
		return sizeof(ProtobufCBinaryData);
	case PROTOBUF_C_TYPE_UINT64:
		return sizeof(uint64_t);
	case PROTOBUF_C_TYPE_UINT32:
		return sizeof(uint32_t);
	default:
		return sizeof(void *);
	}
}

static bool check_repeated(const ProtobufCFieldDescriptor *field, const struct rule *rule,
			   const uint8_t *items, size_t count, struct wire_fault *ret_fault)
{
	if (count > rule->count_max || (count == 0 && !rule->optional)) {
		ret_fault->kind = count == 0 ? WIRE_FAULT_MISSING : WIRE_FAULT_TOO_MANY;
		snprintf(ret_fault->field, sizeof ret_fault->field, "%.32s", field->name);
		return false;
	}
	const bool messages = field->type == PROTOBUF_C_TYPE_MESSAGE;
	const struct rule *rules = messages ? rules_of(field->descriptor) : NULL;
	size_t size = item_size(field->type);
	for (size_t i = 0; i < count; i++) {
		const void *member = items + i * size;
		if (messages) {
			if (!check(*(ProtobufCMessage *const *)member, rules, ret_fault)) {
				check_name_place(ret_fault, field, i);
				return false;
			}
			continue;
		}
		ret_fault->kind = check_value(field->type, member, rule);
		if (ret_fault->kind != WIRE_FAULT_NONE) {
			check_name_place(ret_fault, field, i);
			return false;
		}
	}
	return true;
}

static bool check_field(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
			const struct rule *rule, struct wire_fault *ret_fault)
{
	const uint8_t *base = (const uint8_t *)message;
	const void *member = base + field->offset;
	const void *quantifier = base + field->quantifier_offset;
	if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF &&
	    *(const uint32_t *)quantifier != field->id)
		return true; // the memory belongs to the branch that was chosen
	if (field->label != PROTOBUF_C_LABEL_REPEATED)
		return check_single(field, rule, member, ret_fault);
	return check_repeated(field, rule, *(const uint8_t *const *)member,
			      *(const size_t *)quantifier, ret_fault);
}

// The schema has no recursive type, so this ends. False with the fault.
static bool check(const ProtobufCMessage *message, const struct rule *rules,
		  struct wire_fault *ret_fault)
{
	const ProtobufCMessageDescriptor *type = message->descriptor;
	if (message->n_unknown_fields != 0) {
		ret_fault->kind = WIRE_FAULT_UNKNOWN_FIELD;
		snprintf(ret_fault->field, sizeof ret_fault->field, "%u",
			 (unsigned)message->unknown_fields[0].tag);
		return false;
	}
	if (!rules) { // a type without a row would pass unchecked
		ret_fault->kind = WIRE_FAULT_SHAPE;
		return false;
	}
	for (unsigned i = 0; i < type->n_fields; i++) {
		if (!check_field(message, &type->fields[i], &rules[i], ret_fault))
			return false;
	}
	return true;
}

enum result check_message(const ProtobufCMessage *message, struct wire_fault *ret_fault)
{
	*ret_fault = (struct wire_fault){.kind = WIRE_FAULT_NONE};
	if (check(message, rules_of(message->descriptor), ret_fault))
		return RESULT_OK;
	if (ret_fault->kind == WIRE_FAULT_TOO_LONG || ret_fault->kind == WIRE_FAULT_TOO_MANY)
		return RESULT_TOO_LARGE;
	return RESULT_MALFORMED;
}

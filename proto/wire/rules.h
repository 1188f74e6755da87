// SPDX-License-Identifier: EUPL-1.2
// Inside proto/wire only: what each field of knooppunt.proto may be.
#ifndef KNP_WIRE_RULES_H
#define KNP_WIRE_RULES_H

#include "wire/codec.h"

// `min` and `max` bound the length in bytes of a text or bytes, or the value of a number; of each
// item when the field is repeated.
struct rule {
	uint64_t min, max;
	uint32_t count_max; // of a repeated field
	bool optional;      // may also be absent (a repeated field: have no items)
};

// The rules of a message type, in the order of its fields; NULL for a type that has none.
const struct rule *rules_of(const ProtobufCMessageDescriptor *type);

#endif

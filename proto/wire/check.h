// SPDX-License-Identifier: EUPL-1.2
// Inside proto/wire only: the length, count and presence of every field of knooppunt.proto, held in
// one table (check.c) that decoding and encoding both obey.
#ifndef KNP_WIRE_CHECK_H
#define KNP_WIRE_CHECK_H

#include "wire/codec.h"
#include "wire/message.h"

// Walks the message and everything under it. RESULT_TOO_LARGE or RESULT_MALFORMED, with the fault.
enum result check_message(const ProtobufCMessage *message,
			  struct wire_fault *ret_fault) KNP_MUST_CHECK;
// Puts the name of `field` (with its index when it repeats) in front of the place in the fault.
void check_name_place(struct wire_fault *fault, const ProtobufCFieldDescriptor *field,
		      size_t index);

#endif

// SPDX-License-Identifier: EUPL-1.2
// What the fuzz targets of proto/wire share: whatever is read at all is written back as the same
// bytes, and an explanation of a refusal fits what the decoder did.
#ifndef KNP_FUZZ_WIRE_FUZZ_H
#define KNP_FUZZ_WIRE_FUZZ_H

#include "tests/fuzz/fuzz.h"
#include "wire/message.h"

#include <string.h>

#define WIRE_FUZZ_ARENA (8u << 20)

struct wire_fuzz {
	struct arena *arena;
	struct buffer again;
};

static inline struct wire_fuzz wire_fuzz_start(void)
{
	struct wire_fuzz fuzz;
	fuzz_check(arena_new(WIRE_FUZZ_ARENA, &fuzz.arena) == RESULT_OK);
	buffer_init(&fuzz.again, 8u << 20);
	return fuzz;
}

// `decoded` and `encoded` are what the decoder and then the encoder said about `wire`.
static inline void wire_fuzz_check(struct wire_fuzz *fuzz, struct bytes wire, enum result decoded,
				   enum result encoded)
{
	if (decoded == RESULT_OK)
		fuzz_check(encoded == RESULT_OK && bytes_equal(buffer_view(&fuzz->again), wire));
	else
		fuzz_check(decoded == RESULT_MALFORMED || decoded == RESULT_TOO_LARGE ||
			   decoded == RESULT_NO_MEMORY);
}

static inline void wire_fuzz_explain(struct wire_fuzz *fuzz, struct bytes wire, enum wire_type type,
				     enum result decoded)
{
	struct wire_fault fault;
	arena_clear(fuzz->arena);
	wire_explain(type, wire, fuzz->arena, &fault);
	if (decoded == RESULT_OK)
		fuzz_check(fault.kind == WIRE_FAULT_NONE);
	fuzz_check(memchr(fault.field, 0, sizeof fault.field) != NULL);
}

static inline void wire_fuzz_end(struct wire_fuzz *fuzz)
{
	arena_free(fuzz->arena);
	buffer_done(&fuzz->again);
}

#endif

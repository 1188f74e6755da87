// SPDX-License-Identifier: EUPL-1.2
#include "tests/fuzz/wire_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire_fuzz fuzz = wire_fuzz_start();
	struct bytes wire = bytes_make(data, size);
	struct replies replies;
	enum result decoded = replies_decode(wire, fuzz.arena, &replies), encoded = RESULT_INTERNAL;
	if (decoded == RESULT_OK)
		encoded = replies_encode(&replies, &fuzz.again);
	wire_fuzz_check(&fuzz, wire, decoded, encoded);
	wire_fuzz_explain(&fuzz, wire, WIRE_REPLIES, decoded);
	wire_fuzz_end(&fuzz);
	return 0;
}

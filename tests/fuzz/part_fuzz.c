// SPDX-License-Identifier: EUPL-1.2
#include "tests/fuzz/wire_fuzz.h"
#include "wire/part.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire_fuzz fuzz = wire_fuzz_start();
	struct bytes wire = bytes_make(data, size);
	struct part part, own;
	enum result decoded = part_decode(wire, fuzz.arena, &part), encoded = RESULT_INTERNAL;
	enum result decoded_own = part_decode_own(wire, fuzz.arena, &own);
	if (decoded == RESULT_OK && decoded_own != RESULT_OK)
		abort();
	if (decoded == RESULT_OK)
		encoded = part_encode(&part, &fuzz.again);
	wire_fuzz_check(&fuzz, wire, decoded, encoded);
	wire_fuzz_explain(&fuzz, wire, WIRE_PART, decoded);
	wire_fuzz_end(&fuzz);
	return 0;
}

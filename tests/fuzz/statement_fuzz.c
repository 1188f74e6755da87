// SPDX-License-Identifier: EUPL-1.2
#include "tests/fuzz/wire_fuzz.h"

// The same bytes as an act is handed in: a statement with its signature.
static void read_signed(struct wire_fuzz *fuzz, struct bytes wire)
{
	struct signed_statement signed_statement;
	arena_clear(fuzz->arena);
	buffer_clear(&fuzz->again);
	enum result decoded = signed_statement_decode(wire, fuzz->arena, &signed_statement),
		    encoded = RESULT_INTERNAL;
	if (decoded == RESULT_OK)
		encoded = signed_statement_encode(&signed_statement, &fuzz->again);
	wire_fuzz_check(fuzz, wire, decoded, encoded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire_fuzz fuzz = wire_fuzz_start();
	struct bytes wire = bytes_make(data, size);
	struct statement statement;
	enum result decoded = statement_decode(wire, fuzz.arena, &statement),
		    encoded = RESULT_INTERNAL;
	if (decoded == RESULT_OK)
		encoded = statement_encode(&statement, &fuzz.again);
	wire_fuzz_check(&fuzz, wire, decoded, encoded);
	wire_fuzz_explain(&fuzz, wire, WIRE_STATEMENT, decoded);
	read_signed(&fuzz, wire);
	wire_fuzz_end(&fuzz);
	return 0;
}

// SPDX-License-Identifier: EUPL-1.2
#include "tests/fuzz/fuzz.h"
#include "wire/entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct entry entry;
	uint8_t again[ENTRY_LEN];
	struct bytes wire = bytes_make(data, size);
	if (entry_decode(wire, &entry))
		return 0;
	entry_encode(again, &entry);
	fuzz_check(bytes_equal(bytes_make(again, sizeof again), wire));
	return 0;
}

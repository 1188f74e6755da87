// SPDX-License-Identifier: EUPL-1.2
#include "tests/fuzz/fuzz.h"
#include "tree/tiles.h"

// A bundle that is read to its end is made again from its entries.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rest = bytes_make(data, size), entry;
	struct buffer again;
	enum result result;
	buffer_init(&again, size + 1);
	while ((result = bundle_next_entry(&rest, &entry)) == RESULT_OK)
		fuzz_check(bundle_append_entry(&again, entry) == RESULT_OK);
	fuzz_check(result == RESULT_NOT_FOUND || result == RESULT_MALFORMED);
	fuzz_check(again.len + rest.len == size);
	fuzz_check(bytes_equal(buffer_view(&again), bytes_make(data, again.len)));
	fuzz_check((result == RESULT_NOT_FOUND) == (rest.len == 0));
	buffer_done(&again);
	return 0;
}

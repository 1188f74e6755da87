// SPDX-License-Identifier: EUPL-1.2
#include "register/stop.h"
#include "tests/fuzz/fuzz.h"

// Whatever is read is the one text of its order.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stop_opdracht opdracht;
	struct buffer again;
	if (stop_opdracht_read(bytes_make(data, size), &opdracht) != RESULT_OK)
		return 0;
	buffer_init(&again, STOP_OPDRACHT_MAX);
	fuzz_check(stop_opdracht_write(&opdracht, &again) == RESULT_OK);
	fuzz_check(bytes_equal(buffer_view(&again), bytes_make(data, size)));
	buffer_done(&again);
	return 0;
}

// SPDX-License-Identifier: EUPL-1.2
#include "register/huissleutel.h"
#include "tests/fuzz/fuzz.h"

// Whatever is read is the one text of its key.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct huissleutel huissleutel;
	struct buffer again;
	if (huissleutel_read(bytes_make(data, size), &huissleutel) != RESULT_OK)
		return 0;
	fuzz_check(house_use_name(huissleutel.use) != NULL);
	buffer_init(&again, HUISSLEUTEL_MAX);
	fuzz_check(huissleutel_write(&huissleutel, &again) == RESULT_OK);
	fuzz_check(bytes_equal(buffer_view(&again), bytes_make(data, size)));
	buffer_done(&again);
	return 0;
}

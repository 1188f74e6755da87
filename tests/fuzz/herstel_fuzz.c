// SPDX-License-Identifier: EUPL-1.2
#include "register/herstel.h"
#include "tests/fuzz/fuzz.h"

// Whatever is read is the one text of its herstel.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct herstel herstel;
	struct buffer again;
	if (herstel_read(bytes_make(data, size), &herstel) != RESULT_OK)
		return 0;
	buffer_init(&again, HERSTEL_MAX);
	fuzz_check(herstel_write(&herstel, &again) == RESULT_OK);
	fuzz_check(bytes_equal(buffer_view(&again), bytes_make(data, size)));
	buffer_done(&again);
	return 0;
}

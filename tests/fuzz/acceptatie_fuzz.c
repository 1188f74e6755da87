// SPDX-License-Identifier: EUPL-1.2
#include "register/acceptatie.h"
#include "tests/fuzz/fuzz.h"

// Whatever is read is the one text of its order.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct acceptatie_rij rijen[ACCEPTATIE_RIJEN_MAX];
	struct acceptatie acceptatie;
	struct buffer again;
	if (acceptatie_read(bytes_make(data, size), &acceptatie) != RESULT_OK)
		return 0;
	struct bytes rest = acceptatie.rijen;
	for (size_t i = 0; i < acceptatie.rij_count; i++)
		fuzz_check(acceptatie_next(&rest, &rijen[i]));
	fuzz_check(rest.len == 0);
	buffer_init(&again, ACCEPTATIE_MAX);
	fuzz_check(acceptatie_write(&acceptatie, rijen, &again) == RESULT_OK);
	fuzz_check(bytes_equal(buffer_view(&again), bytes_make(data, size)));
	buffer_done(&again);
	return 0;
}

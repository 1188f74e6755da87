// SPDX-License-Identifier: EUPL-1.2
#include "register/einde.h"
#include "tests/fuzz/fuzz.h"

// Whatever is read is the one text of its convenant.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct convenant_einde einde;
	struct buffer again;
	if (convenant_einde_read(bytes_make(data, size), &einde) != RESULT_OK)
		return 0;
	buffer_init(&again, CONVENANT_EINDE_MAX);
	fuzz_check(convenant_einde_write(&einde, &again) == RESULT_OK);
	fuzz_check(bytes_equal(buffer_view(&again), bytes_make(data, size)));
	buffer_done(&again);
	return 0;
}

// SPDX-License-Identifier: EUPL-1.2
// What fuzz targets share. A target checks properties that hold for every input, in every build.
#ifndef KNP_FUZZ_FUZZ_H
#define KNP_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Not assert(): release builds compile that away.
static inline void fuzz_check(bool holds)
{
	if (!holds)
		abort();
}

#endif

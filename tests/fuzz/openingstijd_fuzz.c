// SPDX-License-Identifier: EUPL-1.2
#include "codes/openingstijd.h"
#include "tests/fuzz/fuzz.h"

#define MONDAY INT64_C(1795996800000) // 2026-11-30
#define WEEK 7

// Whatever parses opens within a month of any day of a week, and is open then.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct openingstijd tijd;
	if (openingstijd_parse(bytes_make(data, size), &tijd) != RESULT_OK)
		return 0;
	fuzz_check(tijd.count > 0 && tijd.count <= OPENINGSTIJD_MAX);
	for (int64_t i = 0; i < WEEK; i++) {
		int64_t from = MONDAY + i * (MS_PER_DAY + MS_PER_HOUR);
		int64_t open = openingstijd_vanaf(&tijd, from);
		fuzz_check(open >= from && open < from + 31 * MS_PER_DAY);
		fuzz_check(openingstijd_vanaf(&tijd, open) == open);
	}
	return 0;
}

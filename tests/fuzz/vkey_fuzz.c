// SPDX-License-Identifier: EUPL-1.2
#include "tests/fuzz/fuzz.h"
#include "tree/note.h"

// Whatever parses is the one text of its key.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vkey vkey;
	char text[VKEY_MAX];
	if (vkey_parse(bytes_make(data, size), &vkey) != RESULT_OK)
		return 0;
	fuzz_check(origin_is_valid(vkey.name));
	vkey_format(text, &vkey);
	fuzz_check(bytes_equal(bytes_of_text(text), bytes_make(data, size)));
	return 0;
}

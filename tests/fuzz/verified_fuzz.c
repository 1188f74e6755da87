// SPDX-License-Identifier: EUPL-1.2
#include "tests/fuzz/fuzz.h"
#include "tree/verified.h"

static void check(struct bytes text)
{
	struct verified verified;
	enum result result = verified_parse(text, &verified);
	fuzz_check(result == RESULT_OK || result == RESULT_MALFORMED || result == RESULT_DAMAGED ||
		   result == RESULT_UNSUPPORTED);
	if (result != RESULT_OK)
		return;
	fuzz_check(verified.note.len >= 1 && verified.note.len <= CHECKPOINT_MAX);
	fuzz_check(verified.note.data + verified.note.len == text.data + text.len);
	// One state has one text.
	struct buffer again;
	buffer_init(&again, VERIFIED_MAX);
	verified_format(&verified, &again);
	fuzz_check(again.status == RESULT_OK && bytes_equal(buffer_view(&again), text));
	buffer_done(&again);
}

// The input as the whole file, and behind the hash of it, which no mutation would ever find.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char hash_text[64];
	struct bytes input = bytes_make(data, size);
	struct hash hash = sha256(input);
	struct buffer mended;
	check(input);
	base64_encode(hash_text, bytes_of_hash(&hash));
	buffer_init(&mended, size + 200);
	buffer_append_format(&mended, "knooppunt-verified/1 %s\n", hash_text);
	buffer_append(&mended, input);
	fuzz_check(mended.status == RESULT_OK);
	check(buffer_view(&mended));
	buffer_done(&mended);
	return 0;
}

// SPDX-License-Identifier: EUPL-1.2
#include "tests/fuzz/log_key.h"

// A text that passes as a checkpoint is the one text of that checkpoint.
static void sign_and_verify(struct bytes text, const struct log_key *key)
{
	struct buffer note, again;
	struct checkpoint checkpoint;
	buffer_init(&note, 2 * CHECKPOINT_MAX);
	buffer_init(&again, 2 * CHECKPOINT_MAX);
	log_key_append_note(key, text, &note);
	if (checkpoint_verify(buffer_view(&note), &key->vkey, &checkpoint) == RESULT_OK) {
		fuzz_check(checkpoint_sign(&checkpoint, &key->vkey, key->secret, &again) ==
			   RESULT_OK);
		fuzz_check(bytes_equal(buffer_view(&note), buffer_view(&again)));
	}
	buffer_done(&note);
	buffer_done(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct log_key key = log_key_make();
	struct checkpoint checkpoint;
	struct bytes input = bytes_make(data, size);
	if (checkpoint_verify(input, &key.vkey, &checkpoint) == RESULT_OK)
		fuzz_check(checkpoint.size < UINT64_C(1) << 63 &&
			   strcmp(checkpoint.origin, key.vkey.name) == 0);
	if (size <= CHECKPOINT_MAX)
		sign_and_verify(input, &key);
	return 0;
}

// SPDX-License-Identifier: EUPL-1.2
#include "tests/fuzz/log_key.h"

// The receipts of the corpus are for the empty entry.
static void verify(struct bytes text, const struct vkey *vkey)
{
	struct hash leaf = tree_leaf(bytes_make(NULL, 0));
	struct checkpoint checkpoint;
	static struct log_keys keys; // too large for a stack with sanitizers in it
	uint64_t index = 0;
	log_keys_one(&keys, vkey);
	if (tlog_proof_verify(text, &leaf, &keys, &index, &checkpoint) == RESULT_OK)
		fuzz_check(index < checkpoint.size);
}

// The input without its signature lines: what follows the first blank line is signed here.
static void sign_and_verify(struct bytes input, const struct log_key *key)
{
	const uint8_t *blank = input.len == 0 ? NULL : memmem(input.data, input.len, "\n\n", 2);
	struct buffer proof;
	if (blank == NULL || input.len > TLOG_PROOF_MAX)
		return;
	size_t head = (size_t)(blank - input.data) + 2;
	buffer_init(&proof, 2 * TLOG_PROOF_MAX);
	buffer_append(&proof, bytes_make(input.data, head));
	log_key_append_note(key, bytes_make(input.data + head, input.len - head), &proof);
	verify(buffer_view(&proof), &key->vkey);
	buffer_done(&proof);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct log_key key = log_key_make();
	verify(bytes_make(data, size), &key.vkey);
	sign_and_verify(bytes_make(data, size), &key);
	return 0;
}

// SPDX-License-Identifier: EUPL-1.2
#include "tests/fuzz/fuzz.h"
#include "witness/witness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct witness_request request;
	enum result result = witness_request_parse(bytes_make(data, size), &request);
	fuzz_check(result == RESULT_OK || result == RESULT_MALFORMED);
	if (result != RESULT_OK)
		return 0;
	fuzz_check(request.proof.count <= TREE_PATH_MAX && request.note.len > 0);
	fuzz_check(request.note.data + request.note.len == data + size);
	// A request has one text.
	struct buffer again;
	buffer_init(&again, size + 64);
	buffer_append_format(&again, "old %llu\n", (unsigned long long)request.old);
	for (size_t i = 0; i < request.proof.count; i++) {
		char line[64];
		base64_encode(line, bytes_of_hash(&request.proof.hashes[i]));
		buffer_append_format(&again, "%s\n", line);
	}
	buffer_append_text(&again, "\n");
	buffer_append(&again, request.note);
	fuzz_check(bytes_equal(buffer_view(&again), bytes_make(data, size)));
	buffer_done(&again);
	return 0;
}

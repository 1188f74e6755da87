// SPDX-License-Identifier: EUPL-1.2
#include "tests/fuzz/fuzz.h"
#include "tree/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct policy policy;
	static const char note[] = "a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n";
	unsigned line = 0;
	enum result result = policy_parse(bytes_make(data, size), &policy, &line);
	fuzz_check(result == RESULT_OK || result == RESULT_MALFORMED || result == RESULT_TOO_LARGE);
	fuzz_check(line >= 1);
	if (result != RESULT_OK)
		return 0;
	fuzz_check(policy.quorum == POLICY_NONE || policy.quorum < policy.member_count);
	for (size_t i = 0; i < policy.member_count; i++) {
		const struct policy_member *member = &policy.members[i];
		// A group stands behind its members.
		fuzz_check(member->group == POLICY_NONE ||
			   (member->group > i && member->group < policy.member_count));
		fuzz_check(member->is_group == (member->need > 0));
	}
	// Nobody cosigned this note.
	fuzz_check(policy_is_met(&policy, bytes_of_text(note)) == (policy.quorum == POLICY_NONE));
	return 0;
}

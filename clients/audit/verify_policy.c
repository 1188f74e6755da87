// SPDX-License-Identifier: EUPL-1.2
// Whether those who were asked to look cosigned what this log says (tree/policy.h).
#include "audit/verify_internal.h"
#include "base/file.h"

enum result verify_policy(struct verifier *verifier)
{
	const char *path = verifier->options->policy_file;
	struct buffer text;
	unsigned line;
	if (!path)
		return RESULT_OK;
	buffer_init(&text, POLICY_MAX);
	enum result result = file_read(path, POLICY_MAX, &text);
	if (result == RESULT_OK &&
	    (policy_parse(buffer_view(&text), &verifier->policy, &line) != RESULT_OK ||
	     verifier->policy.log_count == 0))
		result = RESULT_CONFIG;
	buffer_done(&text);
	return result == RESULT_TOO_LARGE ? RESULT_CONFIG : result;
}

void verify_cosigned(struct verifier *verifier, struct bytes note, uint64_t size)
{
	struct verify_outcome *outcome = &verifier->outcome;
	if (!verifier->options->policy_file || !policy_is_met(&verifier->policy, note) ||
	    (outcome->cosigned && outcome->cosigned_size >= size))
		return;
	outcome->cosigned = true;
	outcome->cosigned_size = size;
}

enum result verify_quorum(struct verifier *verifier)
{
	const char *path = verifier->options->policy_file;
	bool is_named = false;
	if (!path)
		return RESULT_OK;
	for (size_t i = 0; i < verifier->keys.count; i++)
		is_named |= policy_has_log(&verifier->policy, &verifier->keys.keys[i].vkey);
	if (!is_named)
		return verify_report(verifier, path, "the policy names no key of this log");
	if (!verifier->outcome.cosigned)
		return verify_report(verifier, "checkpoint",
				     "neither it nor a checkpoint seen before carries the "
				     "cosignatures that the quorum of the policy asks for");
	return RESULT_OK;
}

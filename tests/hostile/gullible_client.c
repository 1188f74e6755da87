// SPDX-License-Identifier: EUPL-1.2
// A planted fault, linked into knooppunt-gullible only (never installed): a client that takes the
// gate's word for a refusal. The test must find that it settled what nobody decided.
#include "lib/shared.h"

#include "melding/lists.h"

enum result __real_exchange(struct client *client, struct ask *asks, size_t count, int64_t wait_ms,
			    struct answer *ret_answer);
enum result __wrap_exchange(struct client *client, struct ask *asks, size_t count, int64_t wait_ms,
			    struct answer *ret_answer);

enum result __wrap_exchange(struct client *client, struct ask *asks, size_t count, int64_t wait_ms,
			    struct answer *ret_answer)
{
	static const struct reply refused = {.outcome = OUTCOME_GEWEIGERD,
					     .reason = REASON_MALFORMED};
	enum result r = __real_exchange(client, asks, count, wait_ms, ret_answer);
	if (r != RESULT_AGAIN || !asks[0].slots)
		return r;
	for (size_t i = 0; i < count; i++) {
		asks[i].reply = &refused;
		asks[i].answered = true;
	}
	return RESULT_OK;
}

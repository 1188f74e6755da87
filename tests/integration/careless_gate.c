// SPDX-License-Identifier: EUPL-1.2
// A planted fault: the door admits whoever knocks, as a libzmq that fails open would. Linked around
// the gate's own answers (--wrap=zap_answer_all), never installed.
#include "gate/socket.h"

#include <string.h>

unsigned __real_zap_answer_all(void *zap, const struct zap_decider *decider);
unsigned __wrap_zap_answer_all(void *zap, const struct zap_decider *decider);

static enum zap_verdict admit(void *context, unsigned door, const uint8_t key[32],
			      struct oin *ret_oin)
{
	static const char oin[] = "00000099000000002000";
	(void)context;
	(void)door;
	(void)key;
	memcpy(ret_oin->text, oin, sizeof oin);
	return ZAP_ADMIT;
}

unsigned __wrap_zap_answer_all(void *zap, const struct zap_decider *decider)
{
	const struct zap_decider careless = {admit, NULL};
	(void)decider;
	return __real_zap_answer_all(zap, &careless);
}

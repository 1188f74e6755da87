// SPDX-License-Identifier: EUPL-1.2
// The gate's test of itself at every start: a stranger must be refused. libzmq lets anybody in when
// its handler or one option is missing, and says nothing.
#ifndef KNP_GATE_SELFTEST_H
#define KNP_GATE_SELFTEST_H

#include "gate/socket.h"

#define SELFTEST_MS 5000 // for each of the two strangers

// How the gate goes on while the test runs.
struct selftest_host {
	// Answers the questions about keys that wait now. `stranger` is the key this test uses: it
	// is refused as an unknown key is.
	void (*answer_zap)(void *context, const uint8_t stranger[32]);
	void *context;
};

// Knocks on a bound door as a stranger: once with CURVE and a random key, once with no
// security at all. RESULT_OK when both were refused; RESULT_DENIED when one got in or its message
// came through; RESULT_AGAIN when nothing was decided in time (the endpoint cannot be reached from
// here); RESULT_IO. Messages that arrive at the door meanwhile are read and dropped: nobody is
// admitted yet.
enum result selftest_run(const struct sockets *sockets, unsigned door, const uint8_t server_key[32],
			 const struct selftest_host *host) KNP_MUST_CHECK;

#endif

// SPDX-License-Identifier: EUPL-1.2
// A CURVE connection to the knooppunt: ZeroMQ DEALER, one frame a message. The only user of libzmq
// on the client's side. Not thread safe.
#ifndef KNP_LIB_SESSION_H
#define KNP_LIB_SESSION_H

#include "keys/keys.h"
#include "lib/link.h"

struct session_settings {
	const char *endpoint;
	const uint8_t *server_key;           // the knooppunt's transport key there
	const struct private_key *transport; // outlives the session
};
// Connects in the background: an unreachable knooppunt shows at send. RESULT_CONFIG when the
// endpoint cannot be understood, RESULT_NO_MEMORY, RESULT_INTERNAL.
enum result session_open(const struct session_settings *settings, struct link *ret_link,
			 struct problem *problem) KNP_MUST_CHECK;

#endif

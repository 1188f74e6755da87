// SPDX-License-Identifier: EUPL-1.2
// What carries frames to the knooppunt and back, one protocol message a frame. lib/session.h makes
// one of a CURVE connection; tests make one of a knooppunt inside their own process.
#ifndef KNP_LIB_LINK_H
#define KNP_LIB_LINK_H

#include "base/problem.h"
#include "melding/reason.h"

struct link_trouble {
	enum reason reason; // REASON_UNREACHABLE, REASON_NOT_ADMITTED
	const char *what;   // what the knooppunt does: "cannot be reached"
	const char *why;    // what was seen, in words
	const char *fix;    // NULL: that of the reason
};

struct link {
	// RESULT_AGAIN when it cannot be sent within `timeout_ms`: nothing was.
	enum result (*send)(void *context, struct bytes frame, int64_t timeout_ms);
	// Replaces the content of an initialised buffer by the next frame. RESULT_AGAIN after
	// `timeout_ms` without one.
	enum result (*receive)(void *context, int64_t timeout_ms, struct buffer *ret_frame);
	// Forgets answers that are still on their way.
	void (*reset)(void *context);
	// Whether the connection over which the last frame went is gone: what it asked is answered
	// by nobody, and `receive` waits for it only until there is another. NULL: it never is.
	bool (*was_lost)(void *context);
	// Why nothing was sent or received, as far as it is known.
	const struct link_trouble *(*explain)(void *context);
	void (*close)(void *context);
	void *context;
};

#endif

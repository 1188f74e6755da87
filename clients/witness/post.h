// SPDX-License-Identifier: EUPL-1.2
// A request to a witness, by libcurl, without redirects, proxies or cookies.
#ifndef KNP_WITNESS_POST_H
#define KNP_WITNESS_POST_H

#include "base/bytes.h"

struct post_answer {
	unsigned status;
	struct buffer body; // done by the caller, whatever came of it
};

// To <url>/add-checkpoint. RESULT_CLOSED: nobody answered within ten seconds, or too much.
enum result post_body(const char *url, struct bytes body,
		      struct post_answer *ret_answer) KNP_MUST_CHECK;

#endif

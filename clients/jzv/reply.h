// SPDX-License-Identifier: EUPL-1.2
// Building replies; inside this folder only.
#ifndef KNP_JZV_REPLY_H
#define KNP_JZV_REPLY_H

#include "base/json_out.h"
#include "jzv/gateway.h"

// A problem document (RFC 9457) with code, field, line and fix beside its own members.
void reply_problem(struct http_reply *reply, unsigned status, const struct problem *problem);
// The same for a result of the client, which decides the status.
void reply_failed(struct gateway *gateway, struct http_reply *reply, enum result result);
// A JSON body, open until reply_json_end.
void reply_json(struct http_reply *reply, unsigned status, struct json_out *ret_out);
// What did not fit is a problem instead.
void reply_json_end(struct http_reply *reply);

#endif

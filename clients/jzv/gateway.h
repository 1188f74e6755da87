// SPDX-License-Identifier: EUPL-1.2
// What knooppunt-jzv does, without HTTP: requests in, replies out, and the duties towards the
// knooppunt in between. One thread: while a duty waits for the knooppunt or the webhook (for each
// question at most DUTY_WAIT_MS), no request is answered.
#ifndef KNP_JZV_GATEWAY_H
#define KNP_JZV_GATEWAY_H

#include "jzv/settings.h"
#include "jzv/webhook.h"

#define DUTY_WAIT_MS 2000

struct duty {
	int64_t at;          // monotonic; INT64_MAX: never
	int64_t pause_ms;    // after the next failure
	struct problem kept; // why the last attempt left something, no code: it did not
};

struct gateway {
	const struct jzv_settings *settings;
	struct client *client;
	struct duty send, fetch;
	struct duty ack;         // has its turn with send: what cannot be acked keeps nothing else
	struct duty hook;        // nothing is kept of it but:
	unsigned unheard;        // what the webhook answered last, no 2xx; 0: it is fine
	struct webhook *webhook; // NULL: none
	int64_t reopen_at;
	bool unacked;
};

enum result gateway_open(const struct jzv_settings *settings, struct gateway *ret_gateway,
			 struct problem *problem) KNP_MUST_CHECK;
void gateway_close(struct gateway *gateway);
// Does what is due; returns when something is again.
int64_t gateway_duty(struct gateway *gateway, int64_t now);
// Something was put into the outbox.
void gateway_pushed(struct gateway *gateway);
// What somebody should look at first; without a code when there is nothing.
const struct problem *gateway_kept(const struct gateway *gateway);

// ---- requests (resources.c) --------------------------------------------------------------------

#define BODY_MAX MELDING_JSON_MAX
#define LOCATION_MAX 160
#define ALLOW_MAX 40

struct http_request {
	const char *method, *path;
	const char *content_type; // NULL when there is none
	const char *after;        // query parameter `na`, NULL when there is none
	struct bytes body;
};
struct http_reply {
	unsigned status;
	const char *type; // of the body; NULL: there is none
	struct buffer body;
	char location[LOCATION_MAX]; // "" none
	char allow[ALLOW_MAX];       // methods of the path, "" none
	unsigned retry_s;            // 0 none
};

void reply_init(struct http_reply *reply);
void reply_done(struct http_reply *reply);
// Answers every request there is: with a resource or a problem document (RFC 9457).
void gateway_answer(struct gateway *gateway, const struct http_request *request,
		    struct http_reply *reply);
// What is wrong, under a status; a reason's own text and fix.
void reply_reason(struct http_reply *reply, unsigned status, enum reason reason, const char *fix);

// The OpenAPI description of all this, JSON.
struct bytes openapi_text(void);

#endif

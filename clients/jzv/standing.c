// SPDX-License-Identifier: EUPL-1.2
// How what was pushed stands. A melding is known by the registratienummer of the partner: its id at
// the knooppunt follows from that, so the outbox itself tells whether it was here before.
#include "jzv/call.h"

#include "json/client_json.h"

#include <stdio.h>
#include <string.h>

// ---- ids ---------------------------------------------------------------------------------------

static bool is_over(const struct item_status *status)
{
	return status->state == ITEM_GEWEIGERD && (status->refusal.reason == REASON_FROM_FUTURE ||
						   status->refusal.reason == REASON_TOO_OLD);
}

// One that the outbox let go of, 14 days after it was refused, whatever for. Not so a *conflict*:
// the knooppunt took another under that id.
static bool was_over(const struct gateway *gateway, const char *id)
{
	enum reason reason;
	return client_refused_before(gateway->client, id, &reason) == RESULT_OK &&
	       reason != REASON_CONFLICT;
}

// The first attempt that is not over, and whether it is there. Each before it lies in the outbox or
// among what was refused before, so this ends.
static enum result find_attempt(const struct gateway *gateway, const char *what,
				struct bytes number, uint32_t *ret_attempt, bool *ret_there)
{
	char first[ID_MAX + 1], id[ID_MAX + 1];
	struct item_status status;
	jzv_make_id(gateway, what, number, first);
	for (uint32_t attempt = 0;; attempt++) {
		client_attempt_id(gateway->client, "jzv", first, attempt, id);
		enum result result = client_item(gateway->client, id, &status);
		if (result != RESULT_OK && result != RESULT_NOT_FOUND)
			return result;
		*ret_attempt = attempt;
		*ret_there = result == RESULT_OK;
		if (*ret_there ? !is_over(&status) : !was_over(gateway, id))
			return RESULT_OK;
	}
}

static enum result choose_id(const struct gateway *gateway, const char *what, struct bytes number,
			     bool pushed, char ret_id[ID_MAX + 1])
{
	char first[ID_MAX + 1];
	uint32_t attempt;
	bool there;
	enum result result = find_attempt(gateway, what, number, &attempt, &there);
	if (result != RESULT_OK)
		return result;
	jzv_make_id(gateway, what, number, first);
	if (pushed && !there && attempt > 0)
		attempt--;
	client_attempt_id(gateway->client, "jzv", first, attempt, ret_id);
	return RESULT_OK;
}

enum result jzv_id_to_push(const struct gateway *gateway, const char *what, struct bytes number,
			   char ret_id[ID_MAX + 1])
{
	return choose_id(gateway, what, number, false, ret_id);
}

enum result jzv_id_pushed(const struct gateway *gateway, const char *what, struct bytes number,
			  char ret_id[ID_MAX + 1])
{
	return choose_id(gateway, what, number, true, ret_id);
}

// ---- how something stands ----------------------------------------------------------------------

void jzv_write_kept(struct json_out *out, const struct problem *kept)
{
	if (!kept->code)
		return;
	json_out_add_text(out, "wacht", kept->code);
	json_out_add_text(out, "uitleg", kept->message);
}

void jzv_write_standing(const struct call *call, struct json_out *out, struct bytes number,
			const struct item_status *status)
{
	json_out_add_bytes(out, "registratienummer", number);
	json_out_add_text(out, "id", status->id);
	json_out_add_text(out, "toestand", item_state_name(status->state));
	if (status->proof[0])
		json_out_add_number(out, "index", status->index);
	if (status->state == ITEM_GEWEIGERD)
		refusal_json_write(out, &status->refusal);
	if (status->state == ITEM_OUTBOX)
		jzv_write_kept(out, &call->gateway->send.kept);
	if (client_register(call->gateway->client)->genesis.oefening)
		json_out_add_bool(out, "oefening", true);
}

void jzv_show_last(const struct call *call, const char *what, struct bytes number)
{
	char id[ID_MAX + 1];
	enum result result = jzv_id_pushed(call->gateway, what, number, id);
	if (result == RESULT_OK)
		jzv_show_standing(call, 200, id, number);
	else
		reply_failed(call->gateway, call->reply, result);
}

static enum result find_standing(const struct call *call, const char *id,
				 struct item_status *ret_status)
{
	struct item_status gone = {.state = ITEM_GEWEIGERD};
	enum result result = client_item(call->gateway->client, id, ret_status);
	if (result != RESULT_NOT_FOUND ||
	    client_refused_before(call->gateway->client, id, &gone.refusal.reason) != RESULT_OK)
		return result;
	snprintf(gone.id, sizeof gone.id, "%s", id);
	*ret_status = gone;
	return RESULT_OK;
}

void jzv_show_standing(const struct call *call, unsigned status, const char *id,
		       struct bytes number)
{
	struct item_status item;
	struct json_out out;
	enum result result = find_standing(call, id, &item);
	if (result != RESULT_OK) {
		reply_failed(call->gateway, call->reply, result);
		return;
	}
	reply_json(call->reply, status, &out);
	jzv_write_standing(call, &out, number, &item);
	json_out_object_end(&out);
	reply_json_end(call->reply);
}

void jzv_show_pushed(const struct call *call, const char *resource, const char *id,
		     struct bytes number)
{
	bool is_new = strcmp(call->request->method, "POST") == 0;
	gateway_pushed(call->gateway);
	jzv_show_standing(call, is_new ? 201 : 200, id, number);
	if (is_new && call->reply->status == 201)
		snprintf(call->reply->location, LOCATION_MAX, "%s/%.*s", resource, (int)number.len,
			 (const char *)number.data);
}

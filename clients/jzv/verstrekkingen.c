// SPDX-License-Identifier: EUPL-1.2
// What is ours: verstrekkingen to take, how the gateway stands, and its description.
#include "jzv/call.h"

#include "json/client_json.h"

#include <string.h>

#define SHOWN_MAX 50 // verstrekkingen in one answer

// ---- verstrekkingen ----------------------------------------------------------------------------

static bool read_decimal(const char *text, uint64_t *ret_number)
{
	uint64_t number = 0;
	size_t len = strlen(text);
	if (len == 0 || len > 18 || strspn(text, "0123456789") != len)
		return false;
	for (const char *p = text; *p; p++)
		number = 10 * number + (uint64_t)(*p - '0');
	*ret_number = number;
	return true;
}

// The functie at the beginning of the rest, one of those that are fetched; else it is answered.
static const char *find_functie(const struct call *call, size_t len)
{
	const struct jzv_settings *settings = call->gateway->settings;
	for (size_t i = 0; i < settings->functie_count; i++) {
		if (strlen(settings->functies[i]) == len &&
		    strncmp(settings->functies[i], call->rest, len) == 0)
			return settings->functies[i];
	}
	reply_reason(call->reply, 404, REASON_NOT_FOUND,
		     "A functie stands here that the settings of this gateway name.");
	return NULL;
}

void jzv_get_verstrekkingen(const struct call *call)
{
	const char *functie = find_functie(call, strlen(call->rest));
	struct verstrekking verstrekking;
	struct json_out out;
	uint64_t after = 0;
	enum result result = RESULT_OK;
	if (!functie)
		return;
	if (call->request->after && !read_decimal(call->request->after, &after)) {
		reply_reason(call->reply, 400, REASON_BAD_VALUE, "na is a number.");
		return;
	}
	call->reply->status = 200;
	call->reply->type = "application/json";
	json_out_init(&out, &call->reply->body);
	json_out_array_begin(&out);
	for (unsigned n = 0; result == RESULT_OK && n < SHOWN_MAX; n++) {
		result = client_peek(call->gateway->client, functie, after, &verstrekking);
		if (result != RESULT_OK)
			break;
		after = verstrekking.number;
		json_out_object_begin(&out);
		verstrekking_json_write(&out, functie, &verstrekking);
		json_out_object_end(&out);
	}
	json_out_array_end(&out);
	if (result != RESULT_OK && result != RESULT_NOT_FOUND)
		reply_failed(call->gateway, call->reply, result);
	else
		reply_json_end(call->reply);
}

void jzv_delete_verstrekking(const struct call *call)
{
	uint64_t number;
	size_t len = strcspn(call->rest, "/");
	const char *functie = find_functie(call, len);
	if (!functie)
		return;
	if (call->rest[len] != '/' || !read_decimal(call->rest + len + 1, &number)) {
		reply_reason(call->reply, 404, REASON_NOT_FOUND, "A number stands here.");
		return;
	}
	enum result result = client_handed_over(call->gateway->client, functie, number);
	if (result != RESULT_OK) {
		reply_failed(call->gateway, call->reply, result);
		return;
	}
	call->gateway->unacked = true;
	gateway_pushed(call->gateway);
	call->reply->status = 204;
}

// ---- about the gateway -------------------------------------------------------------------------

struct counts {
	uint64_t outbox, aanvaard, geweigerd;
};

static bool count_item(void *context, const struct item_status *status)
{
	struct counts *counts = context;
	if (type_by_library(status->type))
		return true;
	counts->outbox += status->state == ITEM_OUTBOX;
	counts->aanvaard += status->state == ITEM_AANVAARD;
	counts->geweigerd += status->state == ITEM_GEWEIGERD;
	return true;
}

void jzv_get_status(const struct call *call)
{
	struct gateway *gateway = call->gateway;
	const struct problem *kept = gateway_kept(gateway);
	struct counts counts = {0};
	struct json_out out;
	enum result result = client_items(gateway->client, count_item, &counts);
	bool conflict = client_has_conflict(gateway->client);
	bool stands_still = client_log_stands_still(gateway->client);
	reply_json(call->reply, 200, &out);
	json_out_add_bool(&out, "ok",
			  result == RESULT_OK && !conflict && !stands_still && !kept->code &&
				  gateway->unheard == 0 && client_party(gateway->client));
	json_out_add_bool(&out, "enrolled", client_party(gateway->client) != NULL);
	json_out_add_number(&out, "outbox", counts.outbox);
	json_out_add_number(&out, "aanvaard", counts.aanvaard);
	json_out_add_number(&out, "geweigerd", counts.geweigerd);
	json_out_add_bool(&out, "conflict", conflict);
	json_out_add_bool(&out, "stands_still", stands_still);
	json_out_add_bool(&out, "damaged", result == RESULT_DAMAGED);
	if (gateway->unheard)
		json_out_add_number(&out, "webhook", gateway->unheard);
	jzv_write_kept(&out, kept);
	json_out_object_end(&out);
	reply_json_end(call->reply);
}

void jzv_get_openapi(const struct call *call)
{
	call->reply->status = 200;
	call->reply->type = "application/json";
	buffer_append(&call->reply->body, openapi_text());
}

// SPDX-License-Identifier: EUPL-1.2
// How what was pushed stands. A melding is known by the registratienummer of the partner: its id at
// the knooppunt follows from that, so the outbox itself tells whether it was here before.
#include "jzv/call.h"

#include "json/client_json.h"

#include <stdio.h>
#include <string.h>

// ---- ids ---------------------------------------------------------------------------------------

void jzv_make_id(const struct gateway *gateway, const char *what, struct bytes number,
		 char out[ID_MAX + 1])
{
	const struct client_settings *own = &gateway->settings->client;
	const struct bytes pieces[] = {bytes_of_text("knooppunt/jzv/v1"), bytes_of_text(what),
				       bytes_of_text(own->oin.text), bytes_of_text(own->systeem),
				       number};
	client_make_id(gateway->client, "jzv", pieces, sizeof pieces / sizeof pieces[0], out);
}

bool jzv_is_number(struct bytes text)
{
	const struct rubriek_row *kenmerken = rubriek_row(RUBRIEK_KENMERKEN);
	const struct veld_row *row =
		veld_row(kenmerken->velden, kenmerken->veld_count, KENMERK_REGISTRATIENUMMER);
	struct refusal refusal;
	return text.len <= NUMBER_MAX &&
	       veld_validate(row, text, (struct civil_date){2026, 1, 1}, &refusal);
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
}

void jzv_show_standing(const struct call *call, unsigned status, const char *id,
		       struct bytes number)
{
	struct item_status item;
	struct json_out out;
	enum result result = client_item(call->gateway->client, id, &item);
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

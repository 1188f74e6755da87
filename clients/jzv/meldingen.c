// SPDX-License-Identifier: EUPL-1.2
// The resources of JZV Meldingen 1.0.
#include "jzv/call.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LISTED_MAX 1000
#define PROOF_MAX (64 * 1024)

// ---- meldingen ---------------------------------------------------------------------------------

static enum result read_input(const struct call *call, char soort[32], struct jzv_input *ret_input)
{
	enum result result = client_soort(call->gateway->client, soort);
	if (result != RESULT_OK)
		return result;
	*ret_input = (struct jzv_input){.json = {.text = call->request->body,
						 .file = "",
						 .partner_soort = bytes_of_text(soort),
						 .today = date_amsterdam(clock_wall_ms())},
					.defaults = &call->gateway->settings->defaults};
	return RESULT_OK;
}

static void push_melding(const struct call *call, const struct jzv_melding *melding)
{
	char id[ID_MAX + 1];
	struct push_result result;
	enum result done = jzv_id_to_push(call->gateway, "melding", melding->registratienummer, id);
	if (done == RESULT_OK)
		done = client_push(call->gateway->client, &melding->melding, id, &result);
	if (done == RESULT_OK)
		jzv_show_pushed(call, "/meldingen", id, melding->registratienummer);
	else if (done == RESULT_CONFLICT)
		reply_reason(
			call->reply, 409, REASON_CONFLICT,
			"Another melding has this registratienummer. A melding is not replaced: "
			"give what is new a registratienummer of its own.");
	else
		reply_failed(call->gateway, call->reply, done);
}

void jzv_post_melding(const struct call *call)
{
	char soort[32];
	struct jzv_input input;
	struct jzv_melding melding;
	struct problem problem = {.code = NULL};
	struct arena *arena = NULL;
	enum result result = read_input(call, soort, &input);
	if (result != RESULT_OK) {
		reply_failed(call->gateway, call->reply, result);
		return;
	}
	result = arena_new(16 * call->request->body.len + CALL_ARENA_EXTRA, &arena);
	if (result == RESULT_OK)
		result = jzv_melding_read(&input, arena, &melding, &problem);
	if (result == RESULT_OK && melding.registratienummer.len > 0)
		push_melding(call, &melding);
	else if (result == RESULT_MALFORMED)
		reply_problem(call->reply, 400, &problem);
	else
		reply_reason(call->reply, 503, REASON_IO, NULL);
	arena_free(arena);
}

static bool check_rest(const struct call *call)
{
	if (registratienummer_is_valid(bytes_of_text(call->rest)))
		return true;
	reply_reason(call->reply, 404, REASON_NOT_FOUND, "A registratienummer stands here.");
	return false;
}

void jzv_get_melding(const struct call *call)
{
	if (check_rest(call))
		jzv_show_last(call, "melding", bytes_of_text(call->rest));
}

void jzv_delete_melding(const struct call *call)
{
	reply_reason(call->reply, 501, REASON_UNSUPPORTED,
		     "A melding is never withdrawn without a trace: ask the house to correct or "
		     "erase it.");
}

void jzv_get_proof(const struct call *call)
{
	char id[ID_MAX + 1], number[REGISTRATIENUMMER_MAX + 1];
	struct item_status item = {.state = ITEM_OUTBOX};
	size_t len = strcspn(call->rest, "/");
	snprintf(number, sizeof number, "%.*s", len > REGISTRATIENUMMER_MAX ? 0 : (int)len,
		 call->rest);
	if (strcmp(call->rest + len, "/bewijs") != 0 ||
	    !registratienummer_is_valid(bytes_of_text(number))) {
		reply_reason(call->reply, 404, REASON_NOT_FOUND, NULL);
		return;
	}
	enum result result = jzv_id_pushed(call->gateway, "melding", bytes_of_text(number), id);
	if (result == RESULT_OK)
		result = client_item(call->gateway->client, id, &item);
	if (result == RESULT_OK && !item.proof[0])
		reply_reason(call->reply, 404, REASON_NOT_FOUND,
			     "The proof is there once the melding is receipted.");
	else if (result != RESULT_OK ||
		 (result = file_read(item.proof, PROOF_MAX, &call->reply->body)) != RESULT_OK)
		reply_failed(call->gateway, call->reply, result);
	else {
		call->reply->status = 200;
		call->reply->type = "text/plain; charset=utf-8";
	}
}

// ---- the list of them --------------------------------------------------------------------------

// The newest, oldest first: a ring that forgets.
struct listing {
	struct item_status *items;
	size_t count;
};

static bool note_item(void *context, const struct item_status *status)
{
	struct listing *listing = context;
	if (!type_by_library(status->type))
		listing->items[listing->count++ % LISTED_MAX] = *status;
	return true;
}

static void write_listed(const struct call *call, struct json_out *out,
			 const struct item_status *item)
{
	struct melding melding;
	if (client_pushed(call->gateway->client, item->id, &melding) != RESULT_OK)
		return;
	const struct rubriek *kenmerken = melding_find(&melding, RUBRIEK_KENMERKEN, 0);
	if (!kenmerken)
		return;
	json_out_object_begin(out);
	jzv_write_standing(
		call, out,
		veld_get(kenmerken->velden, kenmerken->veld_count, KENMERK_REGISTRATIENUMMER),
		item);
	json_out_object_end(out);
}

void jzv_get_meldingen(const struct call *call)
{
	struct json_out out;
	struct listing listing = {.items = calloc(LISTED_MAX, sizeof *listing.items)};
	enum result result = RESULT_NO_MEMORY;
	if (listing.items)
		result = client_items(call->gateway->client, note_item, &listing);
	if (result == RESULT_OK || result == RESULT_DAMAGED) {
		size_t first = listing.count > LISTED_MAX ? listing.count - LISTED_MAX : 0;
		call->reply->status = 200;
		call->reply->type = "application/json";
		json_out_init(&out, &call->reply->body);
		json_out_array_begin(&out);
		for (size_t i = first; i < listing.count; i++)
			write_listed(call, &out, &listing.items[i % LISTED_MAX]);
		json_out_array_end(&out);
		reply_json_end(call->reply);
	} else {
		reply_failed(call->gateway, call->reply, result);
	}
	free(listing.items);
}

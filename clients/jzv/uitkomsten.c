// SPDX-License-Identifier: EUPL-1.2
// What the partner did with a melding that it was given, as an overdracht.
#include "jzv/call.h"

#include "json/problem_json.h"

#include <stdio.h>
#include <string.h>

// ---- uitkomsten --------------------------------------------------------------------------------

static void say_uitkomst(const struct call *call, const struct jzv_uitkomst *uitkomst)
{
	char id[ID_MAX + 1];
	const struct veld velden[] = {{OVERDRACHT_ENTRY, uitkomst->entry},
				      {OVERDRACHT_REGEL, uitkomst->regel},
				      {OVERDRACHT_ANTWOORD, bytes_of_text(uitkomst->antwoord)},
				      {OVERDRACHT_MEDEWERKER, uitkomst->medewerker},
				      {OVERDRACHT_MOTIVERING, uitkomst->motivering}};
	struct said said = {.type = TYPE_OVERDRACHT,
			    .id = id,
			    .velden = velden,
			    .count = sizeof velden / sizeof velden[0]};
	struct push_result result;
	enum result done =
		jzv_id_to_push(call->gateway, "uitkomst", uitkomst->registratienummer, id);
	if (done == RESULT_OK)
		done = client_say(call->gateway->client, &said, &result);
	if (done == RESULT_OK) {
		jzv_show_pushed(call, "/uitkomstmeldingen", id, uitkomst->registratienummer);
		return;
	}
	if (done != RESULT_MALFORMED) {
		reply_failed(call->gateway, call->reply, done);
		return;
	}
	struct problem problem = *client_problem(call->gateway->client);
	const char *veld = strrchr(result.refusal.field, '.');
	problem_set_field(&problem, "/knooppunt/%s", veld ? veld + 1 : result.refusal.field);
	reply_problem(call->reply, 400, &problem);
}

void jzv_post_uitkomst(const struct call *call)
{
	struct jzv_input input = {.json = {.text = call->request->body, .file = ""}};
	struct jzv_uitkomst uitkomst;
	struct problem problem = {.code = NULL};
	struct arena *arena = NULL;
	enum result result = arena_new(CALL_ARENA_EXTRA + 2 * call->request->body.len, &arena);
	if (result == RESULT_OK)
		result = jzv_uitkomst_read(&input, arena, &uitkomst, &problem);
	if (result == RESULT_OK && !registratienummer_is_valid(uitkomst.registratienummer)) {
		result = problem_refuse(&problem, REASON_BAD_VALUE, "/registratienummer", NULL);
	}
	if (result == RESULT_OK)
		say_uitkomst(call, &uitkomst);
	else if (result == RESULT_MALFORMED)
		reply_problem(call->reply, 400, &problem);
	else
		reply_reason(call->reply, 503, REASON_IO, NULL);
	arena_free(arena);
}

void jzv_get_uitkomst(const struct call *call)
{
	if (registratienummer_is_valid(bytes_of_text(call->rest)))
		jzv_show_last(call, "uitkomst", bytes_of_text(call->rest));
	else
		reply_reason(call->reply, 404, REASON_NOT_FOUND, NULL);
}

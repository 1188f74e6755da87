// SPDX-License-Identifier: EUPL-1.2
// What the partner did with what it had been given, once it was told that it is not so or may not
// be used: JZV has no word for that, so the body has the velden of the statement by name.
#include "jzv/call.h"

#include "json/problem_json.h"

#include <stdio.h>
#include <string.h>

#define RESOURCE "/opvolgingen"

static void refused(const struct call *call, const struct refusal *refusal)
{
	struct problem problem = *client_problem(call->gateway->client);
	const char *veld = strrchr(refusal->field, '.');
	problem_set_field(&problem, "/%s", veld ? veld + 1 : refusal->field);
	reply_problem(call->reply, 400, &problem);
}

static void say_opvolging(const struct call *call, const struct velden_file *file)
{
	char id[ID_MAX + 1];
	struct push_result result;
	const struct said said = {
		.type = TYPE_OPVOLGING, .id = id, .velden = file->velden, .count = file->count};
	enum result done = jzv_id_to_push(call->gateway, "opvolging", file->registratienummer, id);
	if (done == RESULT_OK)
		done = client_say(call->gateway->client, &said, &result);
	if (done == RESULT_OK)
		jzv_show_pushed(call, RESOURCE, id, file->registratienummer);
	else if (done == RESULT_MALFORMED)
		refused(call, &result.refusal);
	else
		reply_failed(call->gateway, call->reply, done);
}

void jzv_post_opvolging(const struct call *call)
{
	const struct velden_json_input input = {.text = call->request->body,
						.file = "",
						.row = type_row(TYPE_OPVOLGING),
						.today = date_amsterdam(clock_wall_ms()),
						.numbered = true};
	struct velden_file file;
	struct problem problem = {.code = NULL};
	struct arena *arena = NULL;
	enum result result = arena_new(CALL_ARENA_EXTRA + 8 * call->request->body.len, &arena);
	if (result == RESULT_OK)
		result = velden_json_read(&input, arena, &file, &problem);
	if (result == RESULT_OK && file.registratienummer.len == 0)
		result = problem_refuse(&problem, REASON_MISSING_FIELD, "/registratienummer", NULL);
	if (result == RESULT_OK)
		say_opvolging(call, &file);
	else if (result == RESULT_MALFORMED)
		reply_problem(call->reply, 400, &problem);
	else
		reply_reason(call->reply, 503, REASON_IO, NULL);
	arena_free(arena);
}

void jzv_get_opvolging(const struct call *call)
{
	if (registratienummer_is_valid(bytes_of_text(call->rest)))
		jzv_show_last(call, "opvolging", bytes_of_text(call->rest));
	else
		reply_reason(call->reply, 404, REASON_NOT_FOUND, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
#include "jzv/reply.h"

#include "json/client_json.h"
#include "json/problem_json.h"

#include <stdio.h>
#include <string.h>

#define REPLY_MAX (16 * 1024 * 1024)
#define RETRY_S 30

void reply_init(struct http_reply *reply)
{
	memset(reply, 0, sizeof *reply);
	buffer_init(&reply->body, REPLY_MAX);
}

void reply_done(struct http_reply *reply)
{
	buffer_wipe(&reply->body);
}

static const char *title_of(unsigned status)
{
	static const struct {
		unsigned status;
		const char *title;
	} titles[] = {{400, "Bad Request"},        {401, "Unauthorized"},
		      {403, "Forbidden"},          {404, "Not Found"},
		      {405, "Method Not Allowed"}, {409, "Conflict"},
		      {413, "Content Too Large"},  {415, "Unsupported Media Type"},
		      {501, "Not Implemented"},    {503, "Service Unavailable"}};
	for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
		if (titles[i].status == status)
			return titles[i].title;
	}
	return "Internal Server Error";
}

void reply_problem(struct http_reply *reply, unsigned status, const struct problem *problem)
{
	struct json_out out;
	char type[80];
	const char *code = problem->code ? problem->code : reason_code(REASON_IO);
	buffer_scrub(&reply->body);
	reply->location[0] = '\0';
	snprintf(type, sizeof type, "urn:knooppunt:%s", code);
	reply_json(reply, status, &out);
	reply->type = "application/problem+json";
	json_out_add_text(&out, "type", type);
	json_out_add_text(&out, "title", title_of(status));
	json_out_add_number(&out, "status", status);
	json_out_add_text(&out, "detail", problem->message);
	json_out_add_text(&out, "code", code);
	if (problem->field[0] || status == 400)
		json_out_add_text(&out, "field", problem->field);
	if (problem->line)
		json_out_add_number(&out, "line", problem->line);
	json_out_add_text(&out, "fix", problem->fix);
	json_out_object_end(&out);
	if (status == 503)
		reply->retry_s = RETRY_S;
}

void reply_reason(struct http_reply *reply, unsigned status, enum reason reason, const char *fix)
{
	struct problem problem = {.code = NULL};
	(void)problem_refuse(&problem, reason, "", fix);
	reply_problem(reply, status, &problem);
}

static unsigned status_of(enum result result)
{
	switch (result) {
	case RESULT_MALFORMED:
	case RESULT_TOO_LARGE:
		return 400;
	case RESULT_NOT_FOUND:
		return 404;
	case RESULT_CONFLICT:
	case RESULT_EXISTS:
		return 409;
	case RESULT_FULL:
	case RESULT_IO:
	case RESULT_NO_MEMORY:
	case RESULT_AGAIN:
		return 503;
	default:
		return 500;
	}
}

void reply_failed(struct gateway *gateway, struct http_reply *reply, enum result result)
{
	struct problem problem = *client_problem(gateway->client);
	enum reason reason = result == RESULT_FULL        ? REASON_FULL
			     : result == RESULT_NOT_FOUND ? REASON_NOT_FOUND
							  : REASON_IO;
	if (!problem.code || result == RESULT_NOT_FOUND)
		problem_set(&problem, reason_code(reason), reason_fix(reason), "%s",
			    result_name(result));
	// Whose disk it is and where the file lies there is for the log of this machine.
	if (status_of(result) >= 500)
		problem_set_field(&problem, "%s", "");
	reply_problem(reply, status_of(result), &problem);
}

void reply_json(struct http_reply *reply, unsigned status, struct json_out *ret_out)
{
	reply->status = status;
	reply->type = "application/json";
	json_out_init(ret_out, &reply->body);
	json_out_object_begin(ret_out);
}

void reply_json_end(struct http_reply *reply)
{
	if (reply->body.status != RESULT_OK)
		reply_reason(reply, 503, REASON_TOO_LONG, NULL);
}

// SPDX-License-Identifier: EUPL-1.2
// Which resource answers which request.
#include "jzv/call.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum rest { REST_NONE, REST_ONE, REST_TWO };
static const struct route {
	const char *path, *method;
	enum rest rest;
	bool has_body;
	void (*answer)(const struct call *call);
} routes[] = {
	{"/meldingen", "POST", REST_NONE, true, jzv_post_melding},
	{"/meldingen", "PUT", REST_NONE, true, jzv_post_melding},
	{"/meldingen", "GET", REST_NONE, false, jzv_get_meldingen},
	{"/meldingen", "GET", REST_ONE, false, jzv_get_melding},
	{"/meldingen", "DELETE", REST_ONE, false, jzv_delete_melding},
	{"/meldingen", "GET", REST_TWO, false, jzv_get_proof},
	{"/uitkomstmeldingen", "POST", REST_NONE, true, jzv_post_uitkomst},
	{"/uitkomstmeldingen", "PUT", REST_NONE, true, jzv_post_uitkomst},
	{"/uitkomstmeldingen", "GET", REST_ONE, false, jzv_get_uitkomst},
	{"/opvolgingen", "POST", REST_NONE, true, jzv_post_opvolging},
	{"/opvolgingen", "PUT", REST_NONE, true, jzv_post_opvolging},
	{"/opvolgingen", "GET", REST_ONE, false, jzv_get_opvolging},
	{"/verstrekkingen", "GET", REST_ONE, false, jzv_get_verstrekkingen},
	{"/verstrekkingen", "DELETE", REST_TWO, false, jzv_delete_verstrekking},
	{"/status", "GET", REST_NONE, false, jzv_get_status},
	{"/openapi.json", "GET", REST_NONE, false, jzv_get_openapi},
};
#define ROUTES (sizeof routes / sizeof routes[0])

// Whether the path is the route's; its rest then.
static bool is_path(const struct route *route, const char *path, const char **ret_rest)
{
	size_t len = strlen(route->path);
	if (strncmp(path, route->path, len) != 0)
		return false;
	*ret_rest = path[len] == '/' ? path + len + 1 : path + len;
	if (path[len] == '\0')
		return route->rest == REST_NONE;
	const char *slash = strchr(*ret_rest, '/');
	return path[len] == '/' && (*ret_rest)[0] != '\0' &&
	       route->rest == (slash ? REST_TWO : REST_ONE);
}

static bool is_json(const char *type)
{
	return type && strncasecmp(type, "application/json", 16) == 0 &&
	       (type[16] == '\0' || type[16] == ';' || type[16] == ' ');
}

static void answer_route(const struct route *route, struct call *call)
{
	if (!call->gateway->client)
		reply_problem(call->reply, 503, &call->gateway->send.kept);
	else if (route->has_body && !is_json(call->request->content_type))
		reply_reason(call->reply, 415, REASON_UNSUPPORTED,
			     "Send it as Content-Type: application/json.");
	else
		route->answer(call);
}

void gateway_answer(struct gateway *gateway, const struct http_request *request,
		    struct http_reply *reply)
{
	struct call call = {.gateway = gateway, .request = request, .reply = reply};
	char allow[ALLOW_MAX] = "";
	for (size_t i = 0; i < ROUTES; i++) {
		size_t len = strlen(allow);
		if (!is_path(&routes[i], request->path, &call.rest))
			continue;
		if (strcmp(routes[i].method, request->method) == 0) {
			answer_route(&routes[i], &call);
			return;
		}
		snprintf(allow + len, sizeof allow - len, "%s%s", len > 0 ? ", " : "",
			 routes[i].method);
	}
	reply_reason(reply, allow[0] ? 405 : 404, allow[0] ? REASON_UNSUPPORTED : REASON_NOT_FOUND,
		     "See /openapi.json for what there is.");
	snprintf(reply->allow, sizeof reply->allow, "%s", allow);
}

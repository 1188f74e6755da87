// SPDX-License-Identifier: EUPL-1.2
// Making, opening and closing a client, and what went wrong with it.
#include "api/handle.h"

#include "melding/reason.h"

#include <stdlib.h>

#define TEXT_MAX (16 * 1024 * 1024)

const char *knp_version(void)
{
	return KNP_VERSION;
}

const char *knp_result_name(enum knp_result result)
{
	static const char *const names[] = {
		[KNP_OK] = "done",           [KNP_REFUSED] = "refused",
		[KNP_MISUSE] = "misuse",     [KNP_AGAIN] = "try again",
		[KNP_CONFIG] = "settings",   [KNP_BROKEN] = "broken",
		[KNP_NOT_FOUND] = "no such", [KNP_CONFLICT] = "conflict",
		[KNP_UNPROVEN] = "unproven", [KNP_DAMAGED] = "damaged",
	};
	size_t n = (size_t)result;
	return n < sizeof names / sizeof names[0] ? names[n] : "unknown";
}

// ---- results -----------------------------------------------------------------------------------

static enum knp_result meaning(enum result result)
{
	switch (result) {
	case RESULT_OK:
		return KNP_OK;
	case RESULT_MALFORMED:
	case RESULT_TOO_LARGE:
	case RESULT_DENIED:
		return KNP_REFUSED;
	case RESULT_AGAIN:
		return KNP_AGAIN;
	case RESULT_CONFIG:
	case RESULT_UNSUPPORTED:
	case RESULT_EXISTS:
		return KNP_CONFIG;
	case RESULT_NOT_FOUND:
		return KNP_NOT_FOUND;
	case RESULT_CONFLICT:
		return KNP_CONFLICT;
	case RESULT_BAD_SIGNATURE:
		return KNP_UNPROVEN;
	case RESULT_DAMAGED:
		return KNP_DAMAGED;
	default:
		return KNP_BROKEN;
	}
}

enum knp_result api_fail(struct knp_client *client, enum result result,
			 const struct problem *problem)
{
	client->problem = *problem;
	if (!client->problem.code)
		problem_set(&client->problem,
			    reason_code(result == RESULT_FULL ? REASON_FULL : REASON_IO),
			    reason_fix(result == RESULT_FULL ? REASON_FULL : REASON_IO), "%s",
			    result_name(result));
	return meaning(result);
}

enum knp_result api_done(struct knp_client *client, enum result result)
{
	return result == RESULT_OK ? KNP_OK
				   : api_fail(client, result, client_problem(client->client));
}

enum knp_result api_misused(struct knp_client *client, const char *what)
{
	client->problem = (struct problem){.code = NULL};
	problem_set(&client->problem, reason_code(REASON_USAGE), "see knooppunt.h", "%s", what);
	return KNP_MISUSE;
}

bool api_begin(struct knp_client *client, bool has_arguments, enum knp_result *ret_result)
{
	*ret_result = KNP_MISUSE;
	if (!client)
		return false;
	if (!has_arguments)
		*ret_result = api_misused(client, "an argument is missing");
	else if (!client->client)
		*ret_result = api_misused(client, "the client is not open");
	else
		return true;
	return false;
}

// ---- text that is given out --------------------------------------------------------------------

void api_json_begin(struct knp_client *client, struct json_out *out)
{
	buffer_scrub(&client->text);
	json_out_init(out, &client->text);
	json_out_object_begin(out);
}

enum knp_result api_json_end(struct knp_client *client, struct json_out *out, const char **ret_json)
{
	json_out_object_end(out);
	buffer_append_u8(&client->text, '\0');
	if (client->text.status != RESULT_OK)
		return api_fail(client, client->text.status, &(struct problem){.code = NULL});
	*ret_json = (const char *)client->text.data;
	return KNP_OK;
}

// ---- the client --------------------------------------------------------------------------------

struct knp_client *knp_new(void)
{
	struct knp_client *client = calloc(1, sizeof *client);
	if (client)
		buffer_init(&client->text, TEXT_MAX);
	return client;
}

void knp_free(struct knp_client *client)
{
	if (!client)
		return;
	client_close(client->client);
	buffer_wipe(&client->text);
	free(client);
}

enum knp_result knp_open(struct knp_client *client, const char *settings_file)
{
	struct client_settings settings;
	struct problem problem = {.code = NULL};
	if (!client)
		return KNP_MISUSE;
	if (client->client || !settings_file)
		return api_misused(client, settings_file ? "the client is open already"
							 : "an argument is missing");
	enum result result = client_settings_read(settings_file, &settings, &problem);
	if (result == RESULT_OK)
		result = client_open(&settings, &client->client, &problem);
	if (result == RESULT_OK)
		return KNP_OK;
	enum knp_result told = api_fail(client, result, &problem);
	// Of a file or key that is missing or shut, what has to be mended is the settings.
	return told == KNP_NOT_FOUND || told == KNP_REFUSED ? KNP_CONFIG : told;
}

// ---- its problem -------------------------------------------------------------------------------

const char *knp_problem_code(const struct knp_client *client)
{
	return client && client->problem.code ? client->problem.code : "";
}

const char *knp_problem_message(const struct knp_client *client)
{
	return client ? client->problem.message : "";
}

const char *knp_problem_file(const struct knp_client *client)
{
	return client ? client->problem.file : "";
}

unsigned knp_problem_line(const struct knp_client *client)
{
	return client ? client->problem.line : 0;
}

const char *knp_problem_field(const struct knp_client *client)
{
	return client ? client->problem.field : "";
}

const char *knp_problem_fix(const struct knp_client *client)
{
	return client ? client->problem.fix : "";
}

// SPDX-License-Identifier: EUPL-1.2
// Inside clients/api only: what the files behind knooppunt.h share.
#ifndef KNP_API_HANDLE_H
#define KNP_API_HANDLE_H

#include "api/knooppunt.h"
#include "base/json_out.h"
#include "lib/client.h"

struct knp_client {
	struct client *client; // NULL until it is open
	struct problem problem;
	struct buffer text; // the JSON given out last
	char id[ID_MAX + 1];
	char functie[FUNCTIE_MAX + 1];
};

// Every call on a client that is open and has all its arguments begins so: false, and *ret_result
// is what to return, when it is not.
bool api_begin(struct knp_client *client, bool has_arguments, enum knp_result *ret_result);
// What a result of the client means to a caller; its problem is copied.
enum knp_result api_done(struct knp_client *client, enum result result);
// The same for a problem that the client does not have.
enum knp_result api_fail(struct knp_client *client, enum result result,
			 const struct problem *problem);
enum knp_result api_misused(struct knp_client *client, const char *what);

// An object in client->text, open between the two calls.
void api_json_begin(struct knp_client *client, struct json_out *out);
enum knp_result api_json_end(struct knp_client *client, struct json_out *out,
			     const char **ret_json);

#endif

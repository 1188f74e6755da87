// SPDX-License-Identifier: EUPL-1.2
// Receiving: from the knooppunt into the inbox, and out of it.
#include "api/handle.h"
#include "json/client_json.h"

#include <stdio.h>

#define AT_ONCE_MAX 1024
#define WAIT_S_MAX 60

const char *knp_functie(struct knp_client *client, size_t n)
{
	enum knp_result told;
	if (!api_begin(client, true, &told))
		return NULL;
	const struct party *party = client_party(client->client);
	if (!party || n >= party->bundle.functie_count)
		return NULL;
	// A sync may move the register: the name is kept.
	snprintf(client->functie, sizeof client->functie, "%s", party->bundle.functies[n]);
	return client->functie;
}

enum knp_result knp_sync(struct knp_client *client)
{
	enum knp_result told;
	return api_begin(client, true, &told) ? api_done(client, client_sync(client->client))
					      : told;
}

enum knp_result knp_fetch(struct knp_client *client, const char *functie, unsigned max,
			  unsigned wait_s, size_t *ret_count)
{
	enum knp_result told;
	size_t count = 0;
	if (!api_begin(client, functie != NULL, &told))
		return told;
	if (max == 0 || max > AT_ONCE_MAX || wait_s > WAIT_S_MAX)
		return api_misused(client, "max is 1 to 1024, wait_s 0 to 60");
	told = api_done(client, client_fetch(client->client, functie, max, wait_s, &count));
	if (told == KNP_OK && ret_count)
		*ret_count = count;
	return told;
}

enum knp_result knp_next(struct knp_client *client, const char *functie, uint64_t after,
			 uint64_t *ret_number, const char **ret_json)
{
	enum knp_result told;
	struct verstrekking verstrekking;
	struct json_out out;
	if (!api_begin(client, functie && ret_number && ret_json, &told))
		return told;
	told = api_done(client, client_peek(client->client, functie, after, &verstrekking));
	if (told != KNP_OK)
		return told;
	api_json_begin(client, &out);
	verstrekking_json_write(&out, functie, &verstrekking);
	told = api_json_end(client, &out, ret_json);
	if (told == KNP_OK)
		*ret_number = verstrekking.number;
	return told;
}

enum knp_result knp_handed_over(struct knp_client *client, const char *functie, uint64_t number)
{
	enum knp_result told;
	if (!api_begin(client, functie != NULL, &told))
		return told;
	return api_done(client, client_handed_over(client->client, functie, number));
}

enum knp_result knp_ack(struct knp_client *client, const char *functie)
{
	enum knp_result told;
	if (!api_begin(client, functie != NULL, &told))
		return told;
	return api_done(client, client_ack(client->client, functie));
}

// ---- looking after it --------------------------------------------------------------------------

static void write_key(struct json_out *out, const char *name, const struct party *party)
{
	char id[2 * KEY_ID_LEN + 1];
	hex_encode(id, bytes_make(party->identity_id.b, KEY_ID_LEN));
	json_out_add_text(out, name, id);
}

enum knp_result knp_keys(struct knp_client *client, const char **ret_json)
{
	enum knp_result told;
	struct json_out out;
	if (!api_begin(client, ret_json != NULL, &told))
		return told;
	const struct party *own = client_party(client->client);
	const struct party *foreign = client_foreign_key(client->client);
	api_json_begin(client, &out);
	if (own)
		write_key(&out, "key", own);
	json_out_add_bool(&out, "enrolled", own != NULL);
	json_out_key(&out, "functies");
	json_out_array_begin(&out);
	for (size_t i = 0; own && i < own->bundle.functie_count; i++)
		json_out_text(&out, bytes_of_text(own->bundle.functies[i]));
	json_out_array_end(&out);
	if (foreign)
		write_key(&out, "foreign_key", foreign);
	json_out_add_bool(&out, "conflict", client_has_conflict(client->client));
	json_out_add_bool(&out, "stands_still", client_log_stands_still(client->client));
	json_out_add_number(&out, "size", client_checkpoint(client->client)->size);
	return api_json_end(client, &out, ret_json);
}

enum knp_result knp_checkpoint(struct knp_client *client, const char **ret_note)
{
	enum knp_result told;
	if (!api_begin(client, ret_note != NULL, &told))
		return told;
	struct bytes note = client_checkpoint_note(client->client);
	if (note.len == 0) {
		struct problem problem = {.code = NULL};
		problem_set(&problem, reason_code(REASON_NOT_FOUND), "Call knp_sync first.",
			    "no checkpoint of the log was verified yet");
		return api_fail(client, RESULT_NOT_FOUND, &problem);
	}
	buffer_clear(&client->text);
	buffer_append(&client->text, note);
	buffer_append_u8(&client->text, '\0');
	told = api_done(client, client->text.status);
	if (told == KNP_OK)
		*ret_note = (const char *)client->text.data;
	return told;
}

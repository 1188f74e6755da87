// SPDX-License-Identifier: EUPL-1.2
// Which kind of partner we are: it decides under which regime a rubriek is held when its file does
// not say, so it is never guessed.
#include "lib/shared.h"

#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define BUNDLE_WIRE_MAX 16384

static enum result fail_oin(struct client *client, const struct bundle *bundle)
{
	char key[2 * KEY_ID_LEN + 1];
	struct key_id id = key_id_of(KEY_KIND_IDENTITY, bundle->identity);
	hex_encode(key, bytes_make(id.b, KEY_ID_LEN));
	problem_set(&client->problem, reason_code(REASON_BAD_VALUE),
		    "Correct oin in the settings, or name the key folder of that OIN under keys.",
		    "the settings say oin %s, but the bundle of identity key %s says oin %s",
		    client->settings.oin.text, key, bundle->oin.text);
	problem_set_field(&client->problem, "oin");
	return RESULT_CONFIG;
}

static enum result fail_read(struct client *client, const char *path, enum result result)
{
	enum reason reason = result == RESULT_NOT_FOUND ? REASON_FILE_MISSING : REASON_IO;
	client_fail(client, result, reason, "the file cannot be read: %s",
		    result == RESULT_IO ? strerror(errno) : result_name(result));
	problem_set_file(&client->problem, path);
	return result == RESULT_IO ? RESULT_IO : RESULT_CONFIG;
}

static enum result read_bundle(struct client *client, struct buffer *wire,
			       struct bundle *ret_bundle)
{
	char path[400];
	snprintf(path, sizeof path, "%s/bundle.knp", client->settings.keys);
	enum result result = file_read(path, BUNDLE_WIRE_MAX, wire);
	if (result != RESULT_OK)
		return fail_read(client, path, result);
	client->problem = (struct problem){.code = NULL};
	problem_set_file(&client->problem, path);
	result = bundle_decode(buffer_view(wire), NULL, ret_bundle, &client->problem);
	if (result != RESULT_OK)
		return RESULT_CONFIG;
	return oin_equal(&ret_bundle->oin, &client->settings.oin) ? RESULT_OK
								  : fail_oin(client, ret_bundle);
}

enum result client_soort(struct client *client, char ret_soort[32])
{
	struct buffer wire;
	struct bundle bundle;
	const struct party *party = client_party(client);
	if (party) {
		snprintf(ret_soort, sizeof bundle.soort, "%s", party->bundle.soort);
		return RESULT_OK;
	}
	memset(&bundle, 0, sizeof bundle);
	buffer_init(&wire, BUNDLE_WIRE_MAX);
	enum result result = read_bundle(client, &wire, &bundle);
	buffer_done(&wire);
	if (result == RESULT_OK)
		memcpy(ret_soort, bundle.soort, sizeof bundle.soort);
	return result;
}

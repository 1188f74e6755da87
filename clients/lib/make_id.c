// SPDX-License-Identifier: EUPL-1.2
// Ids that follow from what something is known by elsewhere.
#include "lib/shared.h"

#include "crypto/hash.h"
#include "crypto/seal.h"
#include "crypto/secret.h"

#include <stdio.h>

#define ID_BYTES 24

void client_make_id(const struct client *client, const char *prefix, const struct bytes *pieces,
		    size_t count, char ret_id[ID_MAX + 1])
{
	// The spool's key outlives a change of the others.
	struct bytes spool_key = bytes_make(client->keyring.spool_key, SEAL_KEY_LEN);
	struct hash key = hmac_sha256(spool_key, bytes_of_text("knooppunt/id/v1"));
	struct hash of = pae_sha256(pieces, count);
	struct hash id = hmac_sha256(bytes_of_hash(&key), bytes_of_hash(&of));
	char hex[2 * ID_BYTES + 1];
	hex_encode(hex, bytes_make(id.b, ID_BYTES));
	snprintf(ret_id, ID_MAX + 1, "%s-%s", prefix, hex);
	secret_wipe(&key, sizeof key);
}

void client_attempt_id(const struct client *client, const char *prefix, const char *first,
		       uint32_t attempt, char ret_id[ID_MAX + 1])
{
	uint8_t number[4];
	put_u32be(number, attempt);
	const struct bytes pieces[] = {bytes_of_text("knooppunt/attempt/v1"), bytes_of_text(first),
				       bytes_make(number, sizeof number)};
	if (attempt == 0)
		snprintf(ret_id, ID_MAX + 1, "%s", first);
	else
		client_make_id(client, prefix, pieces, sizeof pieces / sizeof pieces[0], ret_id);
}

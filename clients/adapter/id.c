// SPDX-License-Identifier: EUPL-1.2
#include "adapter/adapter.h"

#include "crypto/hash.h"

#include <string.h>

#define ID_BYTES 16

void adapter_make_id(const struct adapter *adapter, struct bytes number, char out[ID_MAX + 1])
{
	const struct client_settings *own = &adapter->settings->client;
	const struct bytes pieces[] = {bytes_of_text("knooppunt/adapter/v1"),
				       bytes_of_text(own->oin.text), bytes_of_text(own->systeem),
				       bytes_of_text(adapter->settings->name), number};
	struct hash hash = pae_sha256(pieces, sizeof pieces / sizeof pieces[0]);
	memcpy(out, "adp-", 5);
	hex_encode(out + 4, bytes_make(hash.b, ID_BYTES));
}

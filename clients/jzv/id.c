// SPDX-License-Identifier: EUPL-1.2
#include "jzv/call.h"

void jzv_make_id(const struct gateway *gateway, const char *what, struct bytes number,
		 char out[ID_MAX + 1])
{
	const struct client_settings *own = &gateway->settings->client;
	const struct bytes pieces[] = {bytes_of_text("knooppunt/jzv/v1"), bytes_of_text(what),
				       bytes_of_text(own->oin.text), bytes_of_text(own->systeem),
				       number};
	client_make_id(gateway->client, "jzv", pieces, sizeof pieces / sizeof pieces[0], out);
}

// SPDX-License-Identifier: EUPL-1.2
#include "adapter/adapter.h"

void adapter_make_id(const struct adapter *adapter, struct bytes number, char ret_id[ID_MAX + 1])
{
	const struct client_settings *own = &adapter->settings->client;
	const struct bytes pieces[] = {bytes_of_text("knooppunt/adapter/v1"),
				       bytes_of_text(own->oin.text), bytes_of_text(own->systeem),
				       bytes_of_text(adapter->settings->name), number};
	client_make_id(adapter->client, "adp", pieces, sizeof pieces / sizeof pieces[0], ret_id);
}

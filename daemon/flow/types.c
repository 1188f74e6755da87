// SPDX-License-Identifier: EUPL-1.2
#include "flow/flow.h"

static const struct type_handler handlers[] = {
	{.type = TYPE_MELDING, .decided = true, .enrich = enrich_melding, .places = melding_places},
	{.type = TYPE_WEGING,
	 .decided = true,
	 .read = weging_read,
	 .settle = weging_settle,
	 .enrich = weging_prepare,
	 .afterwards = weging_subtract},
	{.type = TYPE_ACK, .settle = ack_settle},
	{.type = TYPE_ACT, .settle = act_settle},
	{.type = TYPE_FETCH, .request = fetch_request},
	{.type = TYPE_HELLO, .request = hello_request},
	{.type = TYPE_REGISTER, .request = register_request},
};

const struct type_handler *type_handler(uint32_t type)
{
	for (size_t i = 0; i < sizeof handlers / sizeof handlers[0]; i++)
		if (handlers[i].type == type)
			return &handlers[i];
	return NULL;
}
